// For Node: the module is read from disk when it is imported, so `init()` has nothing left to do.
import { readFileSync } from 'node:fs';
import { initSync } from './screensmith_core.js';

initSync({ module: readFileSync(new URL('./screensmith_core_bg.wasm', import.meta.url)) });

/** Here for code that also runs in browsers. */
export async function init() {}

export * from './api.js';
