// For browsers and bundlers: call `await init()` once before anything else.
import load from './screensmith_core.js';

let ready;

/**
 * Loads the module; further calls wait for the first. `source` is a URL, a Response, bytes or a
 * compiled module, and only needed where the file is not served beside this one.
 */
export function init(source) {
  ready ??= load(source === undefined ? undefined : { module_or_path: source }).then(
    () => undefined,
    (error) => {
      ready = undefined;
      throw error;
    },
  );
  return ready;
}

export * from './api.js';
