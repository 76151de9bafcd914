// Starts the app. Its hashed file names stand on this script's own tag.
const tag = document.querySelector("script[data-js]");
const text = document.getElementById("boot-text");
try {
  if (typeof WebAssembly !== "object") throw new Error("this browser has no WebAssembly");
  const app = await import(new URL(tag.dataset.js, document.baseURI).href);
  await app.default({ module_or_path: new URL(tag.dataset.wasm, document.baseURI).href });
} catch (e) {
  if (text) text.textContent = `Screensmith could not start: ${e.message ?? e}. Reload the page, or use a current browser.`;
  throw e;
}
