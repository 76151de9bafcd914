//! TypeScript of what is put together here; that of the records is generated where they are
//! defined.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** `num_samples` → `numSamples`. */
export type CamelName<S extends string> =
  S extends `${infer A}_${infer B}` ? `${A}${Capitalize<CamelName<B>>}` : S;
/** The same fields in camelCase, all optional. */
export type Options<T> = { [K in keyof T as CamelName<K & string>]?: T[K] };

/** A configuration as in files. */
export type GenerationConfigRecord = GenerationConfig;
/** What to generate; every field has a default. */
export type GenerationOptions = Options<GenerationConfigRecord>;

/** A picture in a file format. */
export interface EncodedImage {
  format: ImageFormat;
  media_type: "image/png" | "image/jpeg" | "image/webp";
  /** Pixels. */
  width: number;
  /** Pixels. */
  height: number;
  /** The file. */
  bytes: Uint8Array<ArrayBuffer>;
}

/** A font file that pages name, relative to the page. */
export interface FontFile {
  path: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/** A screen with everything made from it. */
export interface Sample {
  index: number;
  layout_id: string;
  /** 32 hex digits over everything: equal on every platform. */
  fingerprint: string;
  /** Page that a browser lays out the same way. It names its fonts; `embedFonts` puts them inside. */
  html: string;
  /** Elements, boxes, visibility. */
  truth: Truth;
  /** The screen as data. */
  plan: Record<string, unknown>;
  /** Missing when screenshots are off. */
  image?: EncodedImage;
}

/** What is thrown. */
export interface ScreensmithError extends Error {
  name: "ScreensmithError";
  /** Stable name of the rule or failure. */
  code: string;
  /** Whose fault it is. */
  kind: ErrorKind;
  /** The field, file or row at fault. */
  path?: string;
  /** What to do about it. */
  hint?: string;
}

/** A way to name an element, as constraints on what can be seen. */
export interface Expression {
  name?: string;
  text?: string;
  purpose?: string;
  look?: string;
  group?: string;
  row?: string;
  column?: string;
}

/** One question about a screen. */
export interface Task {
  id: string;
  kind: string;
  instructions: {
    text: string;
    style: string;
    expression?: Expression;
    /** Why exactly one element is meant. */
    proof?: { candidates: number; rule: string; distractors: string[] };
  }[];
  target?: { component_id: string; label: string; box: PxRect; hit: PxRect; point: PxPoint };
}

/** Counts of a dataset. */
export interface DatasetStats {
  total_samples: number;
  unique_layouts: number;
  avg_components_per_layout: number;
  unique_element_types: number;
  [name: string]: unknown;
}

/** Which record is on which side, and what the sides share. */
export interface SplitResult {
  sides: ("train" | "validation")[];
  train: number;
  validation: number;
  leaks: { shared_layouts: number; shared_samples: number; duplicate_samples: number; layouts: number };
  problems: Problem[];
}

/** A line format. */
export interface FormatInfo {
  id: string;
  title: string;
  doc: string;
  /** Id of the coordinate convention its models answer best in. */
  convention: string;
}

/** What to put into lines. */
export interface FormatOptions {
  model?: string;
  convention?: string;
  /** Ids of kinds of task; `["listing"]` is the default. */
  tasks?: string[];
  maxPerScreen?: number;
  instructionsPerTask?: number;
  listing?: "visible" | "full";
  detail?: "low" | "high" | "auto";
  /** Where pictures will lie: `gs://bucket/run1/`. */
  imageUriPrefix?: string;
}

/** Lines, and the pictures that they only name. */
export interface FormatResult {
  lines: string[];
  images: { path: string; sha256: string }[];
}

/** What the checks of lines found. */
export interface FormatReport {
  format: string;
  examples: number;
  bytes: number;
  images: number;
  estimate?: {
    model: string;
    text_tokens: number;
    image_tokens?: number | null;
    epochs: number;
    training_tokens?: number | null;
    usd?: number | null;
    as_of: string;
  } | null;
  counts: Record<string, number>;
  problems: Problem[];
  [name: string]: unknown;
}

/** How a job is asked for. */
export interface FineTuneOptions {
  datasetPath: string;
  outputDir?: string;
  provider: ProviderName;
  baseModel: string;
  jobName?: string;
  description?: string;
  metadata?: Record<string, unknown>;
  registerLlmKey?: string;
  hyperparameters?: Record<string, unknown>;
  /** Share kept for validation, 0 to below 1. */
  validationSplit?: number;
  /** When to begin; `when_free`: when not all of the provider's slots are taken. */
  start?: "now" | "when_free" | { at: string } | { after: string };
  providerOptions?: {
    baseUrl?: string;
    headers?: Record<string, string>;
    project?: string;
    location?: string;
    bucket?: string;
    account?: string;
    /** Program that a custom bundle is made for. */
    trainer?: "trl" | "llamafactory" | "ms_swift" | "axolotl" | "unsloth";
    /** Address of an HTTP trainer of one's own. */
    trainerUrl?: string;
    /** Largest file in bytes that goes in one request, for a proxy that takes less than the vendor. */
    wholeFileBytes?: number;
    /** Practise: nothing is sent and nothing is trained. */
    simulated?: { scenario?: string; seed?: number; speed?: number };
  };
}

/** One thing that a job needs, and how it stands. */
export interface PreflightRow {
  /** `Settings`, `Dataset`, `Key`, `Base model` … */
  what: string;
  /** `unknown`: nobody was asked, or the vendor does not tell. */
  state: "ok" | "warning" | "problem" | "unknown";
  text: string;
  hint?: string;
}

/** What a start would do. */
export interface Preflight {
  rows: PreflightRow[];
  /** Errors first; with an error the start is refused or the job fails before anything is sent. */
  problems: Problem[];
  /** What the key may do; `null` when the vendor was not asked or did not tell. */
  access: { models: boolean; files: boolean; jobs: boolean; problems: Problem[] } | null;
  /** Why the vendor would refuse the job; `null` also when it was not asked or not reached. */
  refusal: Problem | null;
  /** Why the vendor could not be asked just now; a job waits for better times. */
  unreached: Problem | null;
  /** What is sent where; nothing else leaves this machine. */
  sends: { what: string; file: string | null; files: number; bytes: number; images: number; host: string }[];
  upload_bytes: number;
  simulated: boolean;
  open_until: { date: string; text: string; source: string; [name: string]: unknown } | null;
  model_until: { date: string; text: string; source: string; [name: string]: unknown } | null;
  /** Records for training and validation. */
  samples: [train: number, validation: number];
  /** Lines for training and validation. */
  examples: [train: number, validation: number];
  estimate: {
    epochs: number;
    epochs_guessed: boolean;
    training_tokens: number | null;
    usd: number | null;
    as_of: string;
  } | null;
  dataset: Record<string, unknown> | null;
  reports: FormatReport[];
}

/** A job, as in `jobs.json`. */
export interface FineTuneJob {
  job_id: string;
  provider: ProviderName;
  status: "scheduled" | "running" | "completed" | "failed" | "cancelled";
  dataset_paths: { train: string; validation: string };
  config: Record<string, unknown>;
  created_at: string;
  updated_at: string;
  metrics: { train_samples: number; validation_samples: number; [name: string]: unknown };
  model_name?: string | null;
  output_artifact?: string | null;
  simulated: boolean;
  [name: string]: unknown;
}

/** Something a vendor reported. */
export type JobEvent = Record<string, unknown>;

/** A model saved during training. */
export interface Checkpoint {
  id: string;
  created_at: string;
  step: number;
  /** Usable like the final one. */
  model: string;
  metrics: MetricPoint;
}

/** Numbers of one training step. */
export interface MetricPoint {
  step: number;
  /** 0 when unknown. */
  total_steps: number;
  train_loss?: number;
  train_mean_token_accuracy?: number;
  valid_loss?: number;
  valid_mean_token_accuracy?: number;
  full_valid_loss?: number;
  full_valid_mean_token_accuracy?: number;
}

/** How a model is called. */
export interface LLMConfigOptions {
  modelName: string;
  requiredEnvVars?: string[];
  supportsVision?: boolean;
  addAssistantPrefix?: boolean;
  maxTokens?: number;
  maxCompletionTokens?: number;
  temperature?: number;
  reasoningEffort?: string;
}

/** How a registered model is called, as in files. */
export interface LLMConfigRecord {
  model_name: string;
  required_env_vars: string[];
  supports_vision: boolean;
  add_assistant_prefix: boolean;
  [name: string]: unknown;
}

/** A registered model with its provenance. */
export interface RegistryEntry {
  key: string;
  /** Number of this version under its key, from 1. */
  version: number;
  tags?: string[];
  note?: string;
  config: LLMConfigRecord;
  provenance: Record<string, unknown>;
  registered_at: string;
  [name: string]: unknown;
}

/** All there is of one key. */
export interface ModelLineage {
  key: string;
  /** The version that the bare key means. */
  current: number;
  /** Oldest first. */
  versions: RegistryEntry[];
  aliases: ModelAlias[];
}

/** A name for one version of one key. */
export interface ModelAlias {
  alias: string;
  key: string;
  version: number;
}

/** How a model is asked; what is missing is as the registry says. */
export interface AskOptions {
  /** What the answer consists of; a point unless said. */
  geometry?: "point" | "box";
  /** The right box in pixels, to tell whether the answer hits. */
  target?: PxRect;
  /** The registered model, or the one it was tuned from. */
  who?: "tuned" | "base";
  /** Your own server or proxy, up to `/v1`. */
  baseUrl?: string;
  /** What that server calls the model. */
  model?: string;
  /** Coordinates of the answer. */
  convention?: string;
}

/** What a model said, and where that points in pixels of the picture. */
export interface AskedModel extends Omit<AnswerReading, "hit"> {
  answer: ModelAnswer;
  /** Only with a target. */
  hit?: boolean;
}

/** One question about one picture. */
export interface CompareQuestion {
  /** `12/t3`: task `t3` of the sample with index 12. */
  id: string;
  image?: string;
  /** Pixels. */
  size: [width: number, height: number];
  instruction: string;
  geometry: "point" | "box";
  /** The right box, in pixels. */
  target: PxRect;
  /** Corners of the right area where that is no box. */
  polygon?: [x: number, y: number][];
  kind?: string;
  role?: string;
  archetype?: string;
}

/** What a model said to one question. */
export interface ModelAnswer {
  id: string;
  /** Its words, as they came. */
  answer: string;
  latency_ms?: number;
  /** Whether the server said that the model refused. */
  refused?: boolean;
  cost_usd?: number;
  prompt_tokens?: number;
  completion_tokens?: number;
}

/** A share with its 95 % confidence interval (Wilson). */
export interface Share {
  count: number;
  of: number;
  rate: number;
  low: number;
  high: number;
}

/** Two models on the same questions. */
export interface PairedDifference {
  n: number;
  both: number;
  base_only: number;
  tuned_only: number;
  neither: number;
  /** Rate of the tuned model minus that of the base model. */
  difference: number;
  /** Ends of its 95 % interval (Newcombe). */
  low: number;
  high: number;
  /** McNemar's exact test, two-sided. */
  p_value: number;
}

/** How one model did. */
export interface ModelScore {
  /** Questions without an answer; left out for both models. */
  missing: number;
  /** Answers without coordinates; they count as wrong. */
  unread: number;
  /** Answers that were refusals; they count as wrong. */
  refused: number;
  hits: Share;
  mean_iou?: number;
  latency?: { of: number; median_ms: number; p95_ms: number };
  cost_usd?: number;
  prompt_tokens?: number;
  completion_tokens?: number;
}

/** One answer, read and scored. */
export interface AnswerReading {
  found?:
    | { kind: "point"; x: number; y: number }
    | { kind: "box"; x0: number; y0: number; x1: number; y1: number };
  hit: boolean;
  iou?: number;
}

/** Base model against tuned model. */
export interface Comparison {
  questions: number;
  base: ModelScore;
  tuned: ModelScore;
  paired: PairedDifference;
  slices: {
    by: "size" | "role" | "kind" | "archetype";
    value: string;
    base: Share;
    tuned: Share;
    paired: PairedDifference;
  }[];
  unknown_answers: number;
  /** Those first on which the base model alone was right. */
  rows: {
    id: string;
    verdict: "base_only" | "tuned_only" | "neither" | "both";
    base: AnswerReading;
    tuned: AnswerReading;
  }[];
}
"#;
