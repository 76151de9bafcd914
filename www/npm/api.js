// The classes, the same everywhere. Rules live in the module; this file only arranges calls.
import {
  Engine,
  Workspace,
  compareAnswers,
  compareQuestions,
  datasetStats,
  embedFonts,
  fontFiles,
  formatRecords,
  formats,
  generatorVersion,
  providerNames,
  recordLine,
  registryExports,
  resolve,
  screenspotQuestions,
  splitRecords,
  tasks,
  validateConfig,
  validateFineTuneConfig,
  validateLines,
  version,
} from './screensmith_core.js';

export {
  Workspace,
  compareAnswers,
  compareQuestions,
  datasetStats,
  embedFonts,
  fontFiles,
  formatRecords,
  formats,
  generatorVersion,
  providerNames,
  recordLine,
  registryExports,
  resolve,
  screenspotQuestions,
  splitRecords,
  tasks,
  validateConfig,
  validateFineTuneConfig,
  validateLines,
  version,
};

/** Ids of vendors under the seed's names: `ProviderName.OPENAI === "openai"`. */
export const ProviderName = new Proxy(
  {},
  {
    get: (_, name) =>
      typeof name === 'string'
        ? providerNames().find((id) => id.toUpperCase() === name)
        : undefined,
    ownKeys: () => providerNames().map((id) => id.toUpperCase()),
    getOwnPropertyDescriptor: (_, name) => ({
      value: String(name).toLowerCase(),
      enumerable: true,
      configurable: true,
    }),
  },
);

function aborted(signal) {
  return signal.reason ?? new DOMException('The operation was aborted', 'AbortError');
}

/** Makes the samples of one dataset: any one alone, in any order. */
export class Generator {
  #engine;

  constructor(config = {}) {
    this.#engine = new Engine(config);
  }

  /** The configuration with every default and the seed filled in. */
  get config() {
    return this.#engine.config;
  }

  /** Sample `index`. */
  sample(index) {
    return this.#engine.sample(index);
  }

  /**
   * Samples `from` to before `to`, one by one, giving the host room between them.
   * `signal` stops it, `onProgress` hears of `{done, total}`.
   */
  async *samples({ from = 0, to, signal, onProgress } = {}) {
    const end = to ?? this.config.num_samples;
    for (let index = from; index < end; index += 1) {
      if (signal?.aborted) throw aborted(signal);
      yield this.#engine.sample(index);
      onProgress?.({ done: index + 1 - from, total: end - from });
      await new Promise((resume) => setTimeout(resume, 0));
    }
  }

  /** Frees the module's memory of this generator. */
  free() {
    this.#engine.free();
  }
}

/** What to generate, checked at once. */
export class GenerationConfig {
  constructor(options = {}) {
    Object.assign(this, options);
  }

  /** What is wrong with it; empty when it can be used. */
  validate() {
    return validateConfig({ ...this });
  }
}

/** The generator under the seed's names. */
export class SyntheticUIGenerator extends Generator {
  constructor(config = {}) {
    super({ ...config });
  }

  /** Sample `index`. */
  generateLayout(index = 0) {
    return this.sample(index);
  }

  /** All samples of the configuration at once; for many, prefer `samples()`. */
  generateBatch() {
    return Array.from({ length: this.config.num_samples }, (_, index) => this.sample(index));
  }
}

/** Where the seed's classes keep their files, jobs and models unless told otherwise. */
let shared;
export function workspace() {
  shared ??= new Workspace();
  return shared;
}

const text = new TextEncoder();

function join(folder, name) {
  return `${folder.replace(/\/+$/, '')}/${name}`;
}

/** Writes datasets into a workspace. */
export class DatasetExporter {
  #to;

  constructor({ outputDir = './datasets', includeScreenshots = true, to = workspace() } = {}) {
    this.outputDir = outputDir;
    this.includeScreenshots = includeScreenshots;
    this.#to = to;
  }

  /** One record a line; returns the path. */
  async exportJsonl(layouts, { filename = 'dataset.jsonl' } = {}) {
    const lines = layouts.map((s) => `${recordLine(s, this.includeScreenshots)}\n`);
    return this.#write(filename, lines.join(''));
  }

  /** All records as one JSON array; returns the path. */
  async exportJson(layouts, { filename = 'dataset.json' } = {}) {
    const lines = layouts.map((s) => recordLine(s, this.includeScreenshots));
    return this.#write(filename, `[\n${lines.join(',\n')}\n]\n`);
  }

  /** The pages, and the fonts they name beside them; returns the paths of the pages. */
  async saveHtmlFiles(layouts, { prefix = 'layout' } = {}) {
    for (const { path, bytes } of layouts.length ? fontFiles() : []) {
      this.#write(`html/${path}`, bytes);
    }
    return layouts.map((s) => {
      const index = String(s.index).padStart(5, '0');
      return this.#write(`html/${prefix}_${index}_${s.layout_id}.html`, s.html);
    });
  }

  /** Lines of a provider's format, unsplit; returns the path. Pictures that the lines only name
   * go beside them. */
  async exportVisionFinetuneFormat(layouts, { filename, provider, ...options }) {
    const records = layouts.map((s) => `${recordLine(s, true)}\n`).join('');
    const { lines, images } = formatRecords(records, provider, options);
    for (const [i, { path }] of images.entries()) this.#write(path, layouts[i].image.bytes);
    return this.#write(filename, lines.map((l) => `${l}\n`).join(''));
  }

  #write(name, content) {
    const path = join(this.outputDir, name);
    this.#to.write(path, typeof content === 'string' ? text.encode(content) : content);
    return path;
  }
}

/** How a job is asked for. */
export class FineTuneConfig {
  constructor(options) {
    Object.assign(this, options);
  }

  /** What is wrong with it; empty when a job can be started. */
  validate() {
    return validateFineTuneConfig({ ...this });
  }
}

/** The jobs of a workspace. */
export class FineTuneJobManager {
  constructor({ storagePath = './finetune_runs/jobs.json', in: place = workspace() } = {}) {
    this.storagePath = storagePath;
    this.workspace = place;
  }

  list() {
    return this.workspace.listJobs();
  }

  get(jobId) {
    return this.workspace.getJob(jobId);
  }

  events(jobId) {
    return this.workspace.jobEvents(jobId);
  }

  /** Writes `jobs.json` to `storagePath` in the workspace and returns its text. */
  async save() {
    const json = await this.workspace.exportJobs();
    this.workspace.write(this.storagePath, text.encode(json));
    return json;
  }
}

/** Drives jobs from dataset to registered model. */
export class VisionFinetuner {
  constructor({ jobManager = new FineTuneJobManager() } = {}) {
    this.jobManager = jobManager;
  }

  /** Starts a job; returns when the vendor has it. */
  async startFinetune(config) {
    return this.#saved(await this.jobManager.workspace.startFinetune({ ...config }));
  }

  /** Asks once how the job stands. */
  async checkStatus(jobId) {
    return this.#saved(await this.jobManager.workspace.checkStatus(jobId));
  }

  /** Watches the job to its end. */
  async wait(jobId) {
    return this.#saved(await this.jobManager.workspace.wait(jobId));
  }

  /** Starts a job and watches it to its end. */
  async run(config) {
    const job = await this.startFinetune(config);
    return this.wait(job.job_id);
  }

  async cancel(jobId) {
    return this.#saved(await this.jobManager.workspace.cancel(jobId));
  }

  /** Copies the artifacts into `folder` of the workspace; returns their paths. */
  downloadModel(jobId, folder) {
    return this.jobManager.workspace.downloadModel(jobId, folder);
  }

  async #saved(job) {
    await this.jobManager.save();
    return job;
  }
}

/** How a model is called. */
export class LLMConfig {
  constructor(options) {
    Object.assign(this, options);
  }
}

/** Registered models; `LLMConfigRegistry.registerConfig(key, new LLMConfig({…}))`. */
export const LLMConfigRegistry = {
  registerConfig: (key, config) => workspace().registerConfig(key, { ...config }),
  getConfig: (key) => workspace().getConfig(key),
  deregisterConfig: (key) => workspace().deregisterConfig(key),
  list: () => workspace().listModels(),
  export: (key, form) => workspace().exportModel(key, form),
  versions: (key) => workspace().modelVersions(key),
  setCurrent: (reference) => workspace().setCurrentVersion(reference),
  aliases: () => workspace().modelAliases(),
  setAlias: (alias, reference) => workspace().setAlias(alias, reference),
  removeAlias: (alias) => workspace().removeAlias(alias),
  ask: (reference, instruction, picture, options) =>
    workspace().askModel(reference, instruction, picture, options),
};
