import type { GenerationConfigRecord, GenerationOptions, Sample, SamplesOptions } from './index.js';

/** Like `Generator`, in a worker of its own. */
export declare class WorkerGenerator {
  constructor(config?: GenerationOptions);
  /** The configuration with every default and the seed filled in. */
  readonly config: Promise<GenerationConfigRecord>;
  sample(index: number): Promise<Sample>;
  samples(options?: SamplesOptions): AsyncGenerator<Sample, void, undefined>;
  /** Ends the worker; what is still asked for fails. */
  terminate(): void;
}
