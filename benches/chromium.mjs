// The same pages rendered by Playwright and Chromium: the usual way, and the fastest known.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch } from '../tests/harness.mjs';

const folder = process.argv[2];
const pages = readdirSync(folder)
  .filter((f) => f.endsWith('.html'))
  .map((f) => readFileSync(join(folder, f), 'utf8'));
const boxes = () =>
  [...document.querySelectorAll('[data-e]')].map((e) => {
    const { x, y, width, height } = e.getBoundingClientRect();
    return [e.dataset.e, x, y, width, height];
  });

async function time(work) {
  for (const html of pages.slice(0, 3)) await work(html);
  const start = performance.now();
  for (const html of pages) await work(html);
  return (performance.now() - start) / pages.length;
}

const browser = await launch();
const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });

const usual = await time(async (html) => {
  await page.setContent(html);
  await page.evaluate(() => document.fonts.ready);
  await page.evaluate(boxes);
  await page.screenshot({ type: 'png' });
});

// Every face once, then only styles and bodies change.
const face = /@font-face\{[^}]*\}/g;
const faces = [...new Set(pages.flatMap((html) => html.match(face) ?? []))];
await page.setContent('<!DOCTYPE html><html><head></head><body></body></html>');
await page.evaluate(async (css) => {
  const style = document.createElement('style');
  style.textContent = css;
  const own = document.createElement('style');
  document.head.append(style, own);
  globalThis.own = own;
  await Promise.all([...document.fonts].map((f) => f.load()));
}, faces.join(''));
const devtools = await page.context().newCDPSession(page);
const best = await time(async (html) => {
  const css = html.slice(html.indexOf('<style>') + 7, html.indexOf('</style>')).replace(face, '');
  const body = html.slice(html.indexOf('<body>') + 6, html.indexOf('</body>'));
  await page.evaluate(
    async ([css, body]) => {
      globalThis.own.textContent = css;
      document.body.innerHTML = body;
      await document.fonts.ready;
    },
    [css, body],
  );
  await page.evaluate(boxes);
  const shot = { format: 'png', optimizeForSpeed: true };
  Buffer.from((await devtools.send('Page.captureScreenshot', shot)).data, 'base64');
});
await browser.close();
console.log(JSON.stringify({ pages: pages.length, usual_ms: usual, best_ms: best }));
