//! [`FineTuneConfig`]: what to train, in the seed's fields.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::json::fault;
use crate::base::strict;
use crate::base::time::Timestamp;
use crate::error::{Error, Result};
use crate::format::{FormatOptions, format};
use crate::problem::Problem;
use crate::provider::{Hyperparameters, ProviderName, ProviderOptions};

/// What to train, with the seed's fields and defaults. Unknown fields are refused.
///
/// # Examples
/// ```
/// use screensmith::job::FineTuneConfig;
/// let c = FineTuneConfig::from_json(r#"{
///     "dataset_path": "./datasets/finetune/synthetic_ui.jsonl",
///     "provider": "openai",
///     "base_model": "gpt-4o-mini",
///     "job_name": "ft_synthetic_demo",
///     "register_llm_key": "OPENAI_SYNTHETIC_UI_DEMO"
/// }"#).unwrap();
/// assert_eq!((c.output_dir.as_str(), c.validation_split), ("./finetune_runs", 0.1));
/// assert!(c.validate().is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FineTuneConfig {
    /// The dataset, JSON Lines as written by the exporter.
    pub dataset_path: String,
    /// Folder for prepared files and artifacts; each job takes a folder of its own in it.
    #[serde(default = "default_output_dir")]
    pub output_dir: String,
    /// Where to train.
    pub provider: ProviderName,
    /// The vendor's id of the model to start from.
    pub base_model: String,
    /// Name and id of the job; missing: an id is drawn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job_name: Option<String>,
    /// What the user says about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Labels, passed on to the vendor as text.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub metadata: BTreeMap<String, Value>,
    /// Key under which the tuned model is registered; missing: it is not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub register_llm_key: Option<String>,
    /// How to train.
    #[serde(default)]
    pub hyperparameters: Hyperparameters,
    /// Share of the samples kept for validation, 0 to below 1.
    #[serde(default = "default_validation_split")]
    pub validation_split: f64,
    /// What is put into the lines: kinds of task, coordinate convention, detail.
    #[serde(default)]
    pub format: FormatOptions,
    /// When to begin.
    #[serde(default, skip_serializing_if = "Start::is_now")]
    pub start: Start,
    /// What the vendor needs beyond this.
    #[serde(default)]
    pub provider_options: ProviderOptions,
}

/// When a job begins. In JSON: `"now"`, `"when_free"`, `{"at": "2026-12-01T08:00:00Z"}`,
/// `{"after": "ft_first"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// At once, whatever else runs.
    #[default]
    Now,
    /// As soon as its vendor's slots are not all taken, see [`crate::job::Slots`].
    WhenFree,
    /// Not before this time, and when a slot is free.
    At(Timestamp),
    /// When the job with this id has completed, and a slot is free. If that job fails or is
    /// cancelled, this one fails.
    After(String),
}

impl Start {
    /// Whether the job does not wait.
    pub fn is_now(&self) -> bool {
        matches!(self, Self::Now)
    }
}

fn default_output_dir() -> String {
    "./finetune_runs".to_owned()
}

fn default_validation_split() -> f64 {
    0.1
}

/// Longest job name: vendors take up to 64 characters as a suffix.
const MAX_NAME: usize = 64;

const HINT: &str = "compare with the fields of the documentation";

fn unreadable(e: &serde_path_to_error::Error<serde_json::Error>) -> Error {
    let error = Error::data("config_json", fault(e.inner())).hint(HINT);
    match strict::field(e) {
        Some(field) => error.at(field),
        None => error,
    }
}

impl FineTuneConfig {
    /// A configuration with the seed's defaults.
    pub fn new(
        dataset_path: impl Into<String>,
        provider: ProviderName,
        base_model: impl Into<String>,
    ) -> Self {
        Self {
            dataset_path: dataset_path.into(),
            output_dir: default_output_dir(),
            provider,
            base_model: base_model.into(),
            job_name: None,
            description: None,
            metadata: BTreeMap::new(),
            register_llm_key: None,
            hyperparameters: Hyperparameters::default(),
            validation_split: default_validation_split(),
            format: FormatOptions::default(),
            start: Start::Now,
            provider_options: ProviderOptions::default(),
        }
    }

    /// Reads the JSON of a configuration.
    ///
    /// # Errors
    /// `config_json` with the field at fault as path: broken JSON, unknown or missing fields,
    /// wrong types.
    pub fn from_json(text: &str) -> Result<Self> {
        let mut json = serde_json::Deserializer::from_str(text);
        let config = strict::with_path(&mut json).map_err(|e| unreadable(&e))?;
        json.end()
            .map_err(|e| Error::data("config_json", fault(&e)))?;
        Ok(config)
    }

    /// Reads a configuration from a JSON value.
    ///
    /// # Errors
    /// `config_json` as [`from_json`](Self::from_json).
    pub fn from_value(value: Value) -> Result<Self> {
        strict::with_path(value).map_err(|e| unreadable(&e))
    }

    /// Everything that is wrong with this configuration; empty when it can be used.
    pub fn validate(&self) -> Vec<Problem> {
        let mut out = Vec::new();
        let mut empty = |path: &str, value: &str, hint: &str| {
            if value.trim().is_empty() {
                out.push(
                    Problem::error("field_empty", path, format!("{path} is empty")).hint(hint),
                );
            }
        };
        empty("dataset_path", &self.dataset_path, "name a JSONL dataset");
        empty(
            "output_dir",
            &self.output_dir,
            "./finetune_runs is the default",
        );
        empty(
            "base_model",
            &self.base_model,
            "name the model to start from",
        );
        if let Some(name) = &self.job_name
            && let Some(why) = name_fault(name)
        {
            out.push(
                Problem::error("job_name", "job_name", why)
                    .hint("use letters, digits, _ and -, at most 64"),
            );
        }
        if let Some(key) = &self.register_llm_key
            && let Some(why) = key_fault(key)
        {
            out.push(
                Problem::error("llm_key", "register_llm_key", why)
                    .hint("use upper-case letters, digits and _, such as MY_TUNED_MODEL"),
            );
        }
        if let Start::After(id) = &self.start {
            let own = self.job_name.as_deref() == Some(id);
            let fault = name_fault(id).or_else(|| own.then(|| "it is the job itself".to_owned()));
            if let Some(why) = fault {
                out.push(
                    Problem::error("start_after", "start.after", why)
                        .hint("name the id of another job"),
                );
            }
        }
        if !(0.0..1.0).contains(&self.validation_split) {
            out.push(
                Problem::error(
                    "validation_split",
                    "validation_split",
                    format!("{} is not a share of 0 to below 1", self.validation_split),
                )
                .hint("0.1 keeps a tenth for validation"),
            );
        }
        for (key, value) in &self.metadata {
            let text = crate::provider::metadata_text(value);
            if key.is_empty() || key.chars().count() > 64 || text.chars().count() > 512 {
                out.push(
                    Problem::error(
                        "metadata_size",
                        format!("metadata.{key}"),
                        "keys take 1 to 64 characters, values up to 512",
                    )
                    .hint("shorten it"),
                );
            }
        }
        // One pair is taken by the key that makes the start idempotent.
        if self.metadata.len() > 15 {
            out.push(
                Problem::error(
                    "metadata_size",
                    "metadata",
                    format!("{} pairs; at most 15", self.metadata.len()),
                )
                .hint("remove some"),
            );
        }
        let vendor = self.provider.vendor();
        out.extend(vendor.check(&self.hyperparameters, &self.provider_options));
        out.extend(vendor.check_job(
            &self.base_model,
            &self.hyperparameters,
            &self.metadata,
            &self.provider_options,
        ));
        let named = self.job_name.as_deref().unwrap_or_default().len();
        let room = vendor.name_room();
        // A practice run names its model itself.
        let real = self.provider_options.simulated.is_none();
        if real && named > room && named <= MAX_NAME {
            out.push(
                Problem::info(
                    "suffix",
                    "job_name",
                    format!(
                        "{} keeps the first {room} characters of it in the model's name",
                        vendor.label()
                    ),
                )
                .hint("nothing to do; the job keeps its name here"),
            );
        }
        if let Ok(format) = format(vendor.format_for(&self.provider_options)) {
            let found = self.format.validate(format).into_iter();
            out.extend(found.filter(Problem::is_error).map(|mut p| {
                p.path = format!("format.{}", p.path);
                p
            }));
        }
        out.extend(self.provider_options.validate());
        out
    }
}

/// Why `name` is no job name: it becomes a file name, a suffix and a display name.
pub(crate) fn name_fault(name: &str) -> Option<String> {
    if name.is_empty() {
        return Some("the job name is empty".to_owned());
    }
    if name.len() > MAX_NAME {
        return Some(format!("{} characters; at most {MAX_NAME}", name.len()));
    }
    let bad = name
        .chars()
        .find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
    bad.map(|c| format!("{c:?} is not allowed in a job name"))
}

/// Why `key` is no registry key.
pub fn key_fault(key: &str) -> Option<String> {
    if key.is_empty() {
        return Some("the key is empty".to_owned());
    }
    if key.len() > 128 {
        return Some(format!("{} characters; at most 128", key.len()));
    }
    let bad = key
        .chars()
        .find(|c| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/')));
    bad.map(|c| format!("{c:?} is not allowed in a registry key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: &str = r#"{"dataset_path":"d.jsonl","provider":"gemini","base_model":"m""#;

    #[test]
    fn broken_configurations_name_the_field() {
        for (text, path, word) in [
            (
                format!("{SMALL},\"epochs\":3}}"),
                Some("epochs"),
                "unknown field",
            ),
            (
                format!("{SMALL},\"hyperparameters\":{{\"n_epochs\":\"many\"}}}}"),
                Some("hyperparameters.n_epochs"),
                "auto",
            ),
            (
                format!("{SMALL},\"provider_options\":{{\"api_key\":\"x\"}}}}"),
                Some("provider_options.api_key"),
                "unknown field",
            ),
            (r#"{"provider":"openai"}"#.to_owned(), None, "dataset_path"),
            (
                SMALL.replace("gemini", "acme") + "}",
                Some("provider"),
                "acme",
            ),
            (format!("{SMALL}}} x"), None, "trailing"),
            ("{".to_owned(), None, "breaks off"),
            ("[3]".to_owned(), None, "an object"),
            (
                format!("{SMALL},\"hyperparameters\":[3]}}"),
                Some("hyperparameters"),
                "an object",
            ),
        ] {
            let e = FineTuneConfig::from_json(&text).unwrap_err();
            assert_eq!(e.path(), path, "{text}: {e}");
            assert!(e.message().contains(word), "{text}: {e}");
        }
    }

    #[test]
    fn a_name_that_the_vendor_shortens_is_told() {
        let mut c = FineTuneConfig::new("d.jsonl", ProviderName::Together, "Qwen/Qwen3.5-9B");
        for (name, told) in [("ui-ground-2026a", false), ("ui-ground-2026-a", true)] {
            c.job_name = Some(name.to_owned());
            let found = c.validate();
            assert_eq!(found.iter().any(|p| p.code == "suffix"), told, "{found:?}");
        }
    }

    #[test]
    fn impossible_values_are_problems() {
        let mut c = FineTuneConfig::from_json(&format!("{SMALL}}}")).unwrap();
        c.provider_options.project = Some("my-project".to_owned());
        c.provider_options.bucket = Some("my-bucket".to_owned());
        assert!(c.validate().is_empty());
        c.job_name = Some("a/../b".to_owned());
        c.register_llm_key = Some("MY KEY".to_owned());
        c.validation_split = 1.0;
        c.base_model = " ".to_owned();
        c.provider_options
            .headers
            .insert("Authorization".to_owned(), "Bearer x".to_owned());
        c.provider_options.base_url = Some("ftp://x".to_owned());
        c.hyperparameters.adapter_size = Some(3);
        let paths: Vec<String> = c.validate().into_iter().map(|p| p.path).collect();
        assert_eq!(
            paths,
            [
                "base_model",
                "job_name",
                "register_llm_key",
                "validation_split",
                "hyperparameters.adapter_size",
                "provider_options.base_url",
                "provider_options.headers.Authorization",
            ]
        );
        c.validation_split = f64::NAN;
        assert!(c.validate().iter().any(|p| p.code == "validation_split"));
    }

    #[test]
    fn json_round_trips() {
        let text = format!(
            "{SMALL},\"hyperparameters\":{{\"n_epochs\":3,\"batch_size\":\"auto\"}},\"provider_options\":{{\"simulated\":{{\"scenario\":\"rate_limited\"}}}},\"start\":{{\"after\":\"ft_first\"}}}}"
        );
        let c = FineTuneConfig::from_json(&text).unwrap();
        let again = FineTuneConfig::from_json(&serde_json::to_string(&c).unwrap()).unwrap();
        assert_eq!(c, again);
    }
}
