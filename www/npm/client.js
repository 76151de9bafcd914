// A generator in a worker of its own, so that the page stays free.

/** Like `Generator`, with promises. */
export class WorkerGenerator {
  #worker;
  #waiting = new Map();
  #next = 1;
  #config;

  constructor(config = {}) {
    this.#worker = new Worker(new URL('./worker.js', import.meta.url), { type: 'module' });
    this.#worker.onmessage = ({ data }) => {
      const { resolve, reject } = this.#waiting.get(data.id);
      this.#waiting.delete(data.id);
      if (data.error) reject(Object.assign(new Error(data.error.message), data.error));
      else resolve(data.value);
    };
    this.#worker.onerror = (e) => this.#fail(new Error(e.message || 'the worker did not load'));
    this.#config = this.#ask({ config: { ...config } });
    // Whoever asks for a sample hears of it.
    this.#config.catch(() => {});
  }

  /** The configuration with every default and the seed filled in. */
  get config() {
    return this.#config;
  }

  /** Sample `index`. */
  async sample(index) {
    await this.#config;
    return this.#ask({ index });
  }

  /** Samples `from` to before `to`; `signal` stops it, `onProgress` hears of `{done, total}`. */
  async *samples({ from = 0, to, signal, onProgress } = {}) {
    const end = to ?? (await this.#config).num_samples;
    for (let index = from; index < end; index += 1) {
      if (signal?.aborted) throw signal.reason;
      yield await this.sample(index);
      onProgress?.({ done: index + 1 - from, total: end - from });
    }
  }

  /** Ends the worker; what is still asked for fails. */
  terminate() {
    this.#worker.terminate();
    this.#fail(new DOMException('The worker was ended', 'AbortError'));
  }

  #ask(message) {
    const id = this.#next;
    this.#next += 1;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, ...message });
    });
  }

  #fail(error) {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}
