// Loads target/oracle/pages.json in Chromium and records what it answers in chromium.json.
// CHROMIUM names the browser (default /usr/bin/chromium).
import { readFile, writeFile } from "node:fs/promises";
import { chromium } from "playwright-core";

const root = new URL("../../", import.meta.url);
const origin = "http://oracle.test/";
const pages = JSON.parse(await readFile(new URL("target/oracle/pages.json", root)));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
    "--disable-background-networking", "--no-first-run", "--disable-component-update", "--disable-sync",
  ],
});

/** Runs in the page. */
async function answer(asked) {
  await document.fonts.ready;
  const broken = [...document.fonts].filter((f) => f.status === "error");
  if (broken.length) throw new Error(`fonts not loaded: ${broken.map((f) => f.family)}`);
  const round = (v) => Math.round(v * 1000) / 1000;
  const out = { boxes: [], clicks: "", unlocated: [], missed: [] };
  for (const e of asked) {
    const node = document.querySelector(`[data-e="${e.id}"]`);
    const r = node.getBoundingClientRect();
    out.boxes.push([r.left, r.top, r.right, r.bottom].map(round));
    const css = document.querySelectorAll(e.selector);
    const xpath = document.evaluate(e.xpath, document, null, XPathResult.ORDERED_NODE_SNAPSHOT_TYPE);
    if (css.length !== 1 || css[0] !== node || xpath.snapshotLength !== 1 || xpath.snapshotItem(0) !== node) {
      out.unlocated.push(e.id);
    }
    if (!e.point) {
      out.clicks += "-";
      continue;
    }
    const hit = document.elementFromPoint(...e.point);
    const ok = hit && (node.contains(hit) || hit.closest("label")?.control === node);
    out.clicks += ok ? "h" : "m";
    if (!ok) out.missed.push(`${e.id} at ${e.point} meets ${hit?.outerHTML.slice(0, 120)}`);
  }
  return out;
}

const recorded = [];
const contexts = new Map();
for (const { fingerprint, page: p } of pages) {
  const key = `${p.width}x${p.height}@${p.scale}`;
  if (!contexts.has(key)) {
    const context = await browser.newContext({
      viewport: { width: p.width, height: p.height },
      deviceScaleFactor: p.scale,
    });
    const page = await context.newPage();
    await page.route(`${origin}**`, async (route) => {
      const path = new URL(route.request().url()).pathname;
      if (path.startsWith("/fonts/")) {
        await route.fulfill({ body: await readFile(new URL(`www${path}`, root)), contentType: "font/ttf" });
      } else if (page.current && path === "/page") {
        await route.fulfill({ body: page.current, contentType: "text/html; charset=utf-8" });
      } else {
        await route.fulfill({ status: 404 });
      }
    });
    contexts.set(key, page);
  }
  const page = contexts.get(key);
  page.current = p.html;
  await page.goto(`${origin}page`, { waitUntil: "load" });
  const { missed, ...answered } = await page.evaluate(answer, p.elements);
  for (const m of missed) console.error(`${p.name} ${m}`);
  recorded.push({ name: p.name, html: fingerprint, ...answered });
}
const lines = recorded.map((r) => JSON.stringify(r)).join(",\n");
await writeFile(
  new URL("tests/oracle/chromium.json", root),
  `{"browser":${JSON.stringify(browser.version())},"pages":[\n${lines}\n]}\n`,
);
await browser.close();
console.error(`${recorded.length} pages recorded with Chromium ${browser.version()}`);
