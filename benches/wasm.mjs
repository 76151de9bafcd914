// Samples per second of the npm package in Node, and its memory over 2,000 samples.
import { readFileSync } from 'node:fs';
import { Engine, initSync } from '../pkg/screensmith_core.js';

const count = Number(process.argv[2] ?? 200);
const wasm = readFileSync(new URL('../pkg/screensmith_core_bg.wasm', import.meta.url));
const { memory } = initSync({ module: wasm });
const engine = new Engine({ numSamples: count, seed: 42 });
for (let i = 0; i < 10; i += 1) engine.sample(i);
const start = performance.now();
for (let i = 10; i < 10 + count; i += 1) engine.sample(i);
const ms = (performance.now() - start) / count;
const kib = [];
for (let i = 0; i < 2000; i += 1) {
  engine.sample(i);
  if ((i + 1) % 400 === 0) kib.push(memory.buffer.byteLength / 1024);
}
console.log(JSON.stringify({ samples: count, ms_per_sample: ms, memory_kib_every_400: kib }));
