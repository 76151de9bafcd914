import {
  type AskOptions,
  type AskedModel,
  type FineTuneJob,
  type FineTuneOptions,
  type FormatOptions,
  type GenerationConfigRecord,
  type GenerationOptions,
  type InitInput,
  type JobEvent,
  type LLMConfigOptions,
  type LLMConfigRecord,
  type ModelAlias,
  type Problem,
  type RegistryEntry,
  type Sample,
  Workspace,
} from './screensmith_core.js';

export type {
  Action,
  AnswerReading,
  AskOptions,
  AskedModel,
  Checked,
  ColorScheme,
  CompareQuestion,
  Comparison,
  DatasetStats,
  EncodedImage,
  ErrorKind,
  Expression,
  FineTuneJob,
  FineTuneOptions,
  FontFile,
  FormatInfo,
  FormatOptions,
  FormatReport,
  FormatResult,
  GenerationConfigRecord,
  GenerationOptions,
  GridPlace,
  ImageFormat,
  JobEvent,
  LLMConfigOptions,
  LLMConfigRecord,
  MetricPoint,
  ModelAlias,
  ModelAnswer,
  ModelLineage,
  ModelScore,
  NameFrom,
  PairedDifference,
  Preflight,
  PreflightRow,
  Problem,
  PxPoint,
  PxRect,
  RegistryEntry,
  Sample,
  ScreensmithError,
  Severity,
  Share,
  SplitResult,
  State,
  Task,
  TrueElement,
  Truth,
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
} from './screensmith_core.js';

/** Loads the module; idempotent. Node does it at import. */
export declare function init(source?: InitInput | Promise<InitInput>): Promise<void>;

export interface SamplesOptions {
  /** First index, 0. */
  from?: number;
  /** Before this index; all of the configuration. */
  to?: number;
  /** Stops between two samples. */
  signal?: AbortSignal;
  onProgress?: (progress: { done: number; total: number }) => void;
}

/** Makes the samples of one dataset: any one alone, in any order. */
export declare class Generator {
  constructor(config?: GenerationOptions);
  /** The configuration with every default and the seed filled in. */
  readonly config: GenerationConfigRecord;
  /** Sample `index`. Throws `ScreensmithError`. */
  sample(index: number): Sample;
  samples(options?: SamplesOptions): AsyncGenerator<Sample, void, undefined>;
  free(): void;
}

export interface GenerationConfig extends GenerationOptions {}
/** What to generate; every field has a default. */
export declare class GenerationConfig {
  constructor(options?: GenerationOptions);
  validate(): Problem[];
}

/** The generator under the seed's names. */
export declare class SyntheticUIGenerator extends Generator {
  generateLayout(index?: number): Sample;
  generateBatch(): Sample[];
}

/** The workspace that the classes below share unless told otherwise. */
export declare function workspace(): Workspace;

/** Writes datasets into a workspace. */
export declare class DatasetExporter {
  constructor(options?: { outputDir?: string; includeScreenshots?: boolean; to?: Workspace });
  outputDir: string;
  includeScreenshots: boolean;
  exportJsonl(layouts: Sample[], options?: { filename?: string }): Promise<string>;
  exportJson(layouts: Sample[], options?: { filename?: string }): Promise<string>;
  saveHtmlFiles(layouts: Sample[], options?: { prefix?: string }): Promise<string[]>;
  exportVisionFinetuneFormat(
    layouts: Sample[],
    options: { filename: string; provider: string } & FormatOptions,
  ): Promise<string>;
}

export type ProviderName = import('./screensmith_core.js').ProviderName;
/** Ids of vendors under the seed's names. */
export declare const ProviderName: { readonly [K in ProviderName as Uppercase<K>]: K };

export interface FineTuneConfig extends FineTuneOptions {}
/** How a job is asked for. */
export declare class FineTuneConfig {
  constructor(options: FineTuneOptions);
  validate(): Problem[];
}

/** The jobs of a workspace. */
export declare class FineTuneJobManager {
  constructor(options?: { storagePath?: string; in?: Workspace });
  storagePath: string;
  workspace: Workspace;
  list(): Promise<FineTuneJob[]>;
  get(jobId: string): Promise<FineTuneJob>;
  events(jobId: string): Promise<JobEvent[]>;
  save(): Promise<string>;
}

/** Drives jobs from dataset to registered model. */
export declare class VisionFinetuner {
  constructor(options?: { jobManager?: FineTuneJobManager });
  jobManager: FineTuneJobManager;
  startFinetune(config: FineTuneOptions): Promise<FineTuneJob>;
  checkStatus(jobId: string): Promise<FineTuneJob>;
  wait(jobId: string): Promise<FineTuneJob>;
  run(config: FineTuneOptions): Promise<FineTuneJob>;
  cancel(jobId: string): Promise<FineTuneJob>;
  downloadModel(jobId: string, folder: string): Promise<string[]>;
}

export interface LLMConfig extends LLMConfigOptions {}
/** How a model is called. */
export declare class LLMConfig {
  constructor(options: LLMConfigOptions);
}

/** Registered models of the shared workspace. */
export declare const LLMConfigRegistry: {
  registerConfig(key: string, config: LLMConfigOptions): Promise<RegistryEntry>;
  getConfig(key: string): Promise<LLMConfigRecord>;
  deregisterConfig(key: string): Promise<void>;
  list(): Promise<RegistryEntry[]>;
  export(key: string, form: string): Promise<string>;
  /** Every version of a key, oldest first. */
  versions(key: string): Promise<RegistryEntry[]>;
  /** Lets the bare key mean `KEY@1` until a newer model is registered. */
  setCurrent(reference: string): Promise<RegistryEntry>;
  aliases(): Promise<ModelAlias[]>;
  setAlias(alias: string, reference: string): Promise<ModelAlias>;
  removeAlias(alias: string): Promise<void>;
  /** Asks a registered model about a picture file; its key is the workspace's secret. */
  ask(
    reference: string,
    instruction: string,
    picture: Uint8Array,
    options?: AskOptions,
  ): Promise<AskedModel>;
};
