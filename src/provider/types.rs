//! Neutral types that every vendor's answers are translated into.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::base::time::Timestamp;
use crate::problem::Problem;

/// The vendors. Serialised as `openai`, `gemini`, `custom` …
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ProviderName {
    /// OpenAI fine-tuning.
    #[serde(rename = "openai")]
    OpenAi,
    /// Azure OpenAI: OpenAI's protocol at an address of the user's own.
    Azure,
    /// Gemini, tuned on Vertex AI.
    Gemini,
    /// Together AI.
    Together,
    /// Fireworks AI.
    Fireworks,
    /// Amazon Bedrock: a folder and the commands to run.
    Bedrock,
    /// A trainer of one's own: a bundle on disk, or an HTTP trainer.
    Custom,
}

impl ProviderName {
    /// `openai`, `gemini`, `custom` …
    pub const fn id(self) -> &'static str {
        match self {
            Self::OpenAi => "openai",
            Self::Azure => "azure",
            Self::Gemini => "gemini",
            Self::Together => "together",
            Self::Fireworks => "fireworks",
            Self::Bedrock => "bedrock",
            Self::Custom => "custom",
        }
    }
}

/// What a vendor's interface offers; what is false is not shown to the user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Capabilities {
    /// This version of the program creates real jobs; otherwise only practice runs.
    pub real_jobs: bool,
    /// A running job can be cancelled.
    pub cancel: bool,
    /// A running job can be paused and resumed.
    pub pause: bool,
    /// The vendor reports events while training.
    pub events: bool,
    /// The vendor reports losses while training.
    pub metrics: bool,
    /// The vendor keeps checkpoints.
    pub checkpoints: bool,
    /// Weights can be downloaded.
    pub weights: bool,
    /// A validation file is accepted.
    pub validation: bool,
}

/// A dated fact of a vendor's or model's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Milestone {
    /// When it happens or happened, `YYYY-MM-DD`.
    pub date: &'static str,
    /// What it means for new jobs and models.
    pub effect: Effect,
    /// Base models concerned; empty is all.
    pub models: &'static [&'static str],
    /// One sentence for people.
    pub text: &'static str,
    /// Where it was announced.
    pub source: &'static str,
}

/// What a [`Milestone`] changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// Some organisations can no longer create jobs.
    RestrictsJobs,
    /// Nobody can create jobs any more.
    ClosesJobs,
    /// The models and what was tuned from them stop answering.
    EndsModels,
}

/// A base model that the vendor tunes on pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct BaseModel {
    /// The vendor's id.
    pub id: &'static str,
    /// What to know before choosing it.
    pub note: &'static str,
}

/// A hyperparameter that the vendor may choose: the word `auto`, or a number.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Setting<T> {
    /// The vendor chooses.
    #[default]
    Auto,
    /// This value.
    Value(T),
}

impl<T: Copy> Setting<T> {
    /// The value, or `default` when the vendor chooses.
    pub fn unwrap_or(self, default: T) -> T {
        match self {
            Self::Auto => default,
            Self::Value(v) => v,
        }
    }
}

impl<T: Serialize> Serialize for Setting<T> {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Auto => s.serialize_str("auto"),
            Self::Value(v) => v.serialize(s),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Setting<T> {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Raw<T> {
            Value(T),
            Text(String),
        }
        match Raw::deserialize(d) {
            Ok(Raw::Value(v)) => Ok(Self::Value(v)),
            Ok(Raw::Text(t)) if t == "auto" => Ok(Self::Auto),
            _ => Err(serde::de::Error::custom(
                "expected \"auto\" or a number in range",
            )),
        }
    }
}

/// How to train. What a vendor does not know is refused by its validator, not dropped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Hyperparameters {
    /// Passes over the data.
    pub n_epochs: Setting<u32>,
    /// Examples per step.
    pub batch_size: Setting<u32>,
    /// Factor on the vendor's learning rate.
    pub learning_rate_multiplier: Setting<f64>,
    /// Seed of the training run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u32>,
    /// Rank of the adapter, where the vendor offers a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub adapter_size: Option<u32>,
}

/// A file to upload, as prepared on this side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalFile {
    /// Path in the files port.
    pub path: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Lines.
    pub lines: u64,
    /// SHA-256 in hex.
    pub sha256: String,
    /// Where it will lie, for vendors whose files lie where the user says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}

/// Pictures to upload beside the lines that name them by URI.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pictures {
    /// Path in the files port of their list: one [`Picture`] as JSON per line.
    pub list: String,
    /// How many.
    pub count: u64,
    /// Bytes of all together.
    pub bytes: u64,
}

/// A picture to upload.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// Path in the files port.
    pub path: String,
    /// Where it will lie, as the lines name it.
    pub uri: String,
    /// `image/png` …
    pub media_type: String,
    /// Size in bytes.
    pub bytes: u64,
}

/// A file at the vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteFile {
    /// The vendor's id or URI.
    pub id: String,
    /// Size in bytes.
    pub bytes: u64,
}

/// What to train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CreateJob {
    /// Unique per job: written into the vendor's metadata, and found again by
    /// [`crate::provider::Provider::find`] when the answer to the creation was lost.
    pub unique_key: String,
    /// The job's id on this side; becomes the model's suffix or display name.
    pub name: String,
    /// Base model.
    pub base_model: String,
    /// What the user says about it.
    pub description: Option<String>,
    /// Training file.
    pub training: RemoteFile,
    /// Validation file.
    pub validation: Option<RemoteFile>,
    /// Training examples.
    pub train_samples: u64,
    /// Validation examples.
    pub validation_samples: u64,
    /// How to train.
    pub hyperparameters: Hyperparameters,
    /// The user's labels.
    pub metadata: BTreeMap<String, String>,
    /// Id of the convention that the answers are written in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub convention: Option<String>,
    /// Folder of the job in the files port, for vendors that work locally.
    pub folder: String,
}

/// Where a job stands at the vendor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RemoteState {
    /// The vendor reads the files.
    Validating,
    /// Waiting for a machine.
    Queued,
    /// Training; also every state whose name is not known (see [`RemoteJob::raw_state`]).
    Running,
    /// Trained; the model is being made ready.
    Finalising,
    /// Being cancelled.
    Cancelling,
    /// Paused by the user.
    Paused,
    /// Done: there is a model.
    Succeeded,
    /// Failed: see [`RemoteJob::error`].
    Failed,
    /// Cancelled.
    Cancelled,
}

impl RemoteState {
    /// Whether the vendor will change nothing any more.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled)
    }
}

/// Why a job failed, in the vendor's words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteError {
    /// The vendor's code, such as `invalid_n_examples`.
    pub code: String,
    /// The vendor's message.
    pub message: String,
    /// What to do about it; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
}

/// Steps done of steps to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// Done.
    pub done: u64,
    /// In all.
    pub total: u64,
}

/// A job as the vendor tells it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoteJob {
    /// The vendor's id.
    pub id: String,
    /// Where it stands.
    pub state: RemoteState,
    /// The vendor's own word for the state.
    pub raw_state: String,
    /// Training steps, when known.
    pub progress: Option<Progress>,
    /// The tuned model's id, when done.
    pub model: Option<String>,
    /// Why it failed.
    pub error: Option<RemoteError>,
    /// Billed tokens, when known.
    pub trained_tokens: Option<u64>,
    /// The vendor's estimate of the end.
    pub estimated_finish: Option<Timestamp>,
    /// What the vendor found in the files, such as examples that it left out; paths are
    /// `training row 17`, counted from 1.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

/// How much an event matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Ordinary progress.
    Info,
    /// Worth a look.
    Warn,
    /// Something failed.
    Error,
}

/// What an event is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// Text.
    Message,
    /// A training step; [`RemoteEvent::metrics`] is set.
    Metrics,
    /// A usage-policy check of the model.
    ModerationChecks,
}

/// Something that happened to a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RemoteEvent {
    /// The vendor's id, unique within the job.
    pub id: String,
    /// When.
    pub created_at: Timestamp,
    /// How much it matters.
    pub level: Level,
    /// What it is about.
    #[serde(rename = "type")]
    pub kind: EventKind,
    /// For people.
    pub message: String,
    /// Numbers of a training step.
    #[serde(default, rename = "data", skip_serializing_if = "Option::is_none")]
    pub metrics: Option<MetricPoint>,
}

/// Numbers of one training step. Names are those of OpenAI's events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MetricPoint {
    /// Step, from 1.
    pub step: u64,
    /// Steps in all; 0 when unknown.
    pub total_steps: u64,
    /// Loss on the batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train_loss: Option<f64>,
    /// Share of right tokens on the batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train_mean_token_accuracy: Option<f64>,
    /// Loss on a validation batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_loss: Option<f64>,
    /// Share of right tokens on a validation batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_mean_token_accuracy: Option<f64>,
    /// Loss on the whole validation file, at the end of an epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_valid_loss: Option<f64>,
    /// Share of right tokens on the whole validation file, at the end of an epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_valid_mean_token_accuracy: Option<f64>,
}

/// A model saved during training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The vendor's id.
    pub id: String,
    /// When it was saved.
    pub created_at: Timestamp,
    /// Step at which it was saved.
    pub step: u64,
    /// The model's id, usable like the final one.
    pub model: String,
    /// Numbers at that step.
    pub metrics: MetricPoint,
}

/// What a key may do at a vendor, found without creating anything.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Access {
    /// It lists models.
    pub models: bool,
    /// It sees files.
    pub files: bool,
    /// It sees training jobs. Whether it may create one is known only by creating one.
    pub jobs: bool,
    /// What stands in the way, or will.
    pub problems: Vec<Problem>,
}

/// A model that the vendor lists for a key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ListedModel {
    /// The vendor's id.
    pub id: String,
    /// Whose it is, in the vendor's words.
    pub owner: Option<String>,
    /// Tuned by a job, not the vendor's own.
    pub tuned: bool,
    /// Day on which it stops answering, `YYYY-MM-DD`: as the vendor tells now, else as it was
    /// announced.
    pub shutdown_date: Option<String>,
}

/// A file that a job leaves behind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Artifact {
    /// File name, without folders.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// The vendor's id of it.
    pub id: String,
}

/// How a tuned model is called through litellm, the way Skyvern does it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Serving {
    /// litellm model name.
    pub model_name: String,
    /// Environment variables that must be set.
    pub required_env_vars: Vec<String>,
    /// Parameters handed to litellm, in order.
    pub litellm_params: Vec<(String, ServingParam)>,
    /// Sentences that the user must read.
    pub warnings: Vec<String>,
    /// Base URL of an OpenAI-compatible interface that serves it, when there is one: then
    /// environment variables alone reach it, see [`crate::provider::compatible_env`].
    pub compatible_base_url: Option<String>,
}

/// The parameter of litellm that a variable of this name fills; `None` for other names.
/// Source: litellm's documentation of its providers.
pub fn litellm_param(variable: &str) -> Option<&'static str> {
    const BY_NAME: &[(&str, &str)] = &[
        ("AWS_REGION", "aws_region_name"),
        ("AWS_ACCESS_KEY_ID", "aws_access_key_id"),
        ("AWS_SECRET_ACCESS_KEY", "aws_secret_access_key"),
    ];
    const BY_END: &[(&str, &str)] = &[
        ("_API_KEY", "api_key"),
        ("_API_BASE", "api_base"),
        ("_API_VERSION", "api_version"),
    ];
    let named = BY_NAME.iter().find(|(name, _)| *name == variable);
    let ending = || BY_END.iter().find(|(end, _)| variable.ends_with(end));
    named.or_else(ending).map(|(_, param)| *param)
}

/// Whether Skyvern's settings have a field of this name. It looks for a model's variables there
/// only, so that any other name counts as missing for ever. Source: `skyvern/config.py` of the
/// published package, 1.0.56.
pub fn skyvern_setting(variable: &str) -> bool {
    const FIELDS: &[&str] = &[
        "AWS_REGION",
        "AZURE_API_BASE",
        "AZURE_API_KEY",
        "AZURE_API_VERSION",
        "GEMINI_API_KEY",
        "OPENAI_API_KEY",
        "OPENAI_COMPATIBLE_API_KEY",
        "VERTEX_CREDENTIALS",
    ];
    FIELDS.contains(&variable)
}

/// A value of [`Serving::litellm_params`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServingParam {
    /// Literal text.
    Text(String),
    /// A field of Skyvern's settings, such as `VERTEX_CREDENTIALS`.
    Setting(String),
}
