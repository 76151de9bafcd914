//! [`LlmConfig`] and what is kept beside it.

use serde::{Deserialize, Serialize};

use crate::base::time::Timestamp;
use crate::job::JobMetrics;
use crate::problem::Problem;
use crate::provider::{ProviderName, ProviderOptions, ServingParam};

/// How a model is called, with the fields of Skyvern's `LLMConfig`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LlmConfig {
    /// litellm model name.
    pub model_name: String,
    /// Environment variables that must be set.
    #[serde(default)]
    pub required_env_vars: Vec<String>,
    /// Whether pictures may be sent.
    #[serde(default = "yes")]
    pub supports_vision: bool,
    /// Whether an assistant message is put before the answer.
    #[serde(default)]
    pub add_assistant_prefix: bool,
    /// Parameters handed to litellm, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub litellm_params: Vec<(String, ServingParam)>,
    /// Longest answer in tokens; missing: Skyvern's default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u32>,
    /// Longest answer in tokens for models that want this name; wins over `max_tokens`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_completion_tokens: Option<u32>,
    /// Randomness of the answer; missing: Skyvern's default, 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Effort of models that think.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning_effort: Option<String>,
}

fn yes() -> bool {
    true
}

impl LlmConfig {
    /// A vision model without further settings, as the seed registers it.
    pub fn new(model_name: impl Into<String>, required_env_vars: &[&str]) -> Self {
        Self {
            model_name: model_name.into(),
            required_env_vars: required_env_vars.iter().map(|s| (*s).to_owned()).collect(),
            supports_vision: true,
            add_assistant_prefix: false,
            litellm_params: Vec::new(),
            max_tokens: None,
            max_completion_tokens: None,
            temperature: None,
            reasoning_effort: None,
        }
    }

    /// Everything that is wrong with this configuration.
    pub fn validate(&self) -> Vec<Problem> {
        let mut out = Vec::new();
        if self.model_name.trim().is_empty() {
            out.push(
                Problem::error("model_name", "model_name", "the model name is empty")
                    .hint("name the model as litellm calls it"),
            );
        }
        for (i, v) in self.required_env_vars.iter().enumerate() {
            let ok = v
                .bytes()
                .enumerate()
                .all(|(i, b)| b.is_ascii_uppercase() || b == b'_' || (i > 0 && b.is_ascii_digit()));
            if v.is_empty() || !ok {
                out.push(
                    Problem::error(
                        "env_var_name",
                        format!("required_env_vars[{i}]"),
                        format!("{v:?} is no name of an environment variable"),
                    )
                    .hint("give the name, never the key itself"),
                );
            }
        }
        for (name, _) in &self.litellm_params {
            let ok = name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            if name.is_empty() || !ok {
                out.push(Problem::error(
                    "litellm_param",
                    format!("litellm_params.{name}"),
                    "parameter names are lower-case words joined by _",
                ));
            }
        }
        out
    }
}

/// Where a registered model comes from and what it was trained to expect. Its contract must be
/// kept when it is used: other sizes or conventions give wrong coordinates.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Provenance {
    /// The job that made it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_id: Option<String>,
    /// Where it was trained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<ProviderName>,
    /// The vendor's id of the model.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The model it was tuned from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_model: Option<String>,
    /// Fingerprint of the dataset.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dataset_fingerprint: Option<String>,
    /// Coordinate convention of the answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub convention: Option<String>,
    /// Largest picture in training, `[width, height]` in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_size: Option<[u32; 2]>,
    /// Instruction that stood before every example; the most frequent one of several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system_prompt: Option<String>,
    /// All of these instructions, the most frequent first, when there were several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub system_prompts: Vec<String>,
    /// Nothing was trained: the model does not exist.
    pub simulated: bool,
    /// The model is written as a bundle and still has to be trained and served by the user.
    pub awaits_training: bool,
    /// The day on which it stops answering, `YYYY-MM-DD`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_of_life: Option<String>,
    /// The last validation loss.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_loss: Option<f64>,
    /// Counts and losses of the job.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metrics: Option<JobMetrics>,
}

/// A registered model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegistryEntry {
    /// The key it is called by.
    pub key: String,
    /// How it is called.
    pub config: LlmConfig,
    /// Where it comes from.
    #[serde(default)]
    pub provenance: Provenance,
    /// What its vendor needs to be reached.
    #[serde(default)]
    pub provider_options: ProviderOptions,
    /// When it was registered.
    pub registered_at: Timestamp,
    /// Number of this version under its key, from 1.
    #[serde(default = "first")]
    pub version: u32,
    /// Words to find it by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// What people want to remember of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

fn first() -> u32 {
    1
}

impl RegistryEntry {
    /// `KEY@2`: this very version.
    pub fn reference(&self) -> String {
        format!("{}@{}", self.key, self.version)
    }

    /// Whether the model has stopped answering by `now`.
    pub fn has_ended(&self, now: Timestamp) -> bool {
        self.lifetime(now) == Lifetime::Ended
    }

    /// How long the model still answers, as far as its vendor has announced.
    pub fn lifetime(&self, now: Timestamp) -> Lifetime {
        let end = self.provenance.end_of_life.as_deref();
        let Some(end) = end.and_then(Timestamp::parse) else {
            return Lifetime::Open;
        };
        let left = end.since(now);
        if left <= 0 {
            return Lifetime::Ended;
        }
        let days = u32::try_from((left + 86_399_999) / 86_400_000).unwrap_or(u32::MAX);
        match days {
            0..=SOON_DAYS => Lifetime::Soon { days },
            _ => Lifetime::Ends { days },
        }
    }
}

/// Days before its end from which a model is warned of.
pub const SOON_DAYS: u32 = 90;

/// How long a model still answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lifetime {
    /// No end is announced.
    Open,
    /// It ends, but not within [`SOON_DAYS`].
    Ends {
        /// Days left, the begun one included.
        days: u32,
    },
    /// It ends within [`SOON_DAYS`]: time to train its successor.
    Soon {
        /// Days left, the begun one included.
        days: u32,
    },
    /// It answers no more.
    Ended,
}
