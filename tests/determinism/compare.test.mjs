// The fingerprints made natively, made again by the npm package in Node and in Chromium.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { launch, open, serve } from '../harness.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const config = JSON.parse(readFileSync(new URL('./config.json', import.meta.url)));
const native = JSON.parse(readFileSync(process.env.NATIVE_FINGERPRINTS));

function same(made, where) {
  const wrong = native.flatMap((f, i) => (f === made[i] ? [] : [i]));
  assert.deepEqual(wrong, [], `samples that differ in ${where}`);
  assert.equal(made.length, native.length);
}

test('there is something to compare', () => {
  assert.equal(native.length, 200);
  assert.equal(new Set(native).size, 200);
});

test('wasm in Node makes the same samples', async () => {
  const { Generator } = await import(`${root}pkg/node.js`);
  const generator = new Generator(config);
  same(native.map((_, i) => generator.sample(i).fingerprint), 'Node');
});

test('wasm in Chromium makes the same samples, in another order', async () => {
  const server = await serve(`${root}pkg`);
  const browser = await launch();
  try {
    const { page } = await open(browser, `${server.url}package.json`);
    const made = await page.evaluate(
      async ([config, count]) => {
        const { Generator, init } = await import('/index.js');
        await init();
        const generator = new Generator(config);
        const out = [];
        for (let i = count - 1; i >= 0; i -= 1) out[i] = generator.sample(i).fingerprint;
        return out;
      },
      [config, native.length],
    );
    same(made, 'Chromium');
  } finally {
    await browser.close();
    server.close();
  }
});
