import { Generator, init } from 'screensmith';
import { WorkerGenerator } from 'screensmith/client';

await init();
const sample = new Generator({ numSamples: 2, seed: 11 }).sample(1);
const picture = await createImageBitmap(new Blob([sample.image.bytes], { type: 'image/png' }));
const worker = new WorkerGenerator({ numSamples: 2, seed: 11 });
const same = await worker.sample(1);
worker.terminate();
const refused = new WorkerGenerator({ screenshotWidth: 1 });
const code = await refused.sample(0).catch((e) => e.code);
refused.terminate();
globalThis.done = {
  page: sample.fingerprint,
  worker: same.fingerprint,
  width: picture.width,
  code,
};
