// A module worker that makes samples; `client.js` talks to it.
import { Generator, init } from './index.js';

let generator;

self.onmessage = async ({ data }) => {
  try {
    if (data.config) {
      await init();
      generator?.free();
      generator = new Generator(data.config);
      self.postMessage({ id: data.id, value: generator.config });
    } else {
      const value = generator.sample(data.index);
      self.postMessage({ id: data.id, value }, value.image ? [value.image.bytes.buffer] : []);
    }
  } catch (e) {
    const { name, message, code, kind, path, hint } = e;
    self.postMessage({ id: data.id, error: { name, message, code, kind, path, hint } });
  }
};
