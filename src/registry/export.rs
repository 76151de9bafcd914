//! The forms in which a registered model leaves the registry.

use crate::error::{Error, Result};
use crate::provider::{SIMULATED, Serving};
use crate::registry::{RegistryEntry, calling, skyvern};

/// A form of export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Export {
    /// A Python module that registers the model.
    SkyvernPython,
    /// Environment variables, without any code.
    SkyvernEnv,
    /// The entry as JSON.
    Json,
    /// Configuration of a LiteLLM proxy.
    LiteLlm,
    /// A shell command for any server with the chat completions interface.
    Curl,
    /// A Python program that asks the model and prints the point.
    CallPython,
}

/// Every form with its id and file name.
pub const EXPORTS: &[(Export, &str, &str)] = &[
    (Export::SkyvernPython, "skyvern-python", "tuned_models.py"),
    (Export::SkyvernEnv, "skyvern-env", "skyvern.env"),
    (Export::Json, "json", "model.json"),
    (Export::LiteLlm, "litellm", "config.yaml"),
    (Export::Curl, "curl", "call_model.sh"),
    (Export::CallPython, "python", "call_model.py"),
];

impl Export {
    /// The form with this id.
    ///
    /// # Errors
    /// `export_unknown`.
    pub fn from_id(id: &str) -> Result<Self> {
        let found = EXPORTS.iter().find(|e| e.1 == id);
        found.map(|e| e.0).ok_or_else(|| {
            let ids: Vec<&str> = EXPORTS.iter().map(|e| e.1).collect();
            Error::caller("export_unknown", format!("{id:?} is not a form of export"))
                .at("as")
                .hint(format!("choose from {}", ids.join(", ")))
        })
    }

    /// Short name for people.
    pub fn title(self) -> &'static str {
        match self {
            Self::SkyvernPython => "Skyvern, Python",
            Self::SkyvernEnv => "Skyvern, environment",
            Self::Json => "JSON",
            Self::LiteLlm => "LiteLLM",
            Self::Curl => "curl",
            Self::CallPython => "Python",
        }
    }
}

impl RegistryEntry {
    /// The text of this entry in the given form. It never holds a key.
    ///
    /// # Errors
    /// `export_unsupported` when the model cannot be reached in this form, `convention_unknown`
    /// when a form needs it and the entry does not say it.
    pub fn export(&self, form: Export) -> Result<String> {
        match form {
            Export::SkyvernPython => Ok(skyvern::python(self)),
            Export::SkyvernEnv => skyvern::env(self),
            Export::Json => Ok(serde_json::to_string_pretty(&skyvern::card(self))? + "\n"),
            Export::LiteLlm => Ok(calling::litellm(self)),
            Export::Curl => calling::curl(self),
            Export::CallPython => calling::python(self),
        }
    }

    /// What is to be done or known before the model answers well: what its vendor asks for, and
    /// what it was not trained on.
    pub fn warnings(&self) -> Vec<String> {
        let registered = |w: &Serving| w.model_name == self.config.model_name;
        let way = self.ways().into_iter().find(registered);
        let way = way.filter(|_| !self.provenance.simulated);
        let mut out = way.map(|w| w.warnings).unwrap_or_default();
        if self.lists_only() {
            out.push(
                "It was trained to list elements only: a question for one point or box is new \
                 to it."
                    .to_owned(),
            );
        }
        out
    }

    /// The ways to call the model; the registered one first.
    pub(super) fn ways(&self) -> Vec<Serving> {
        let p = &self.provenance;
        let (Some(provider), Some(model)) = (p.provider, &p.model) else {
            return Vec::new();
        };
        let base = p.base_model.as_deref().unwrap_or_default();
        provider
            .vendor()
            .serving(model, base, &self.provider_options)
    }
}

/// What the user must know before use, as lines of text.
pub(super) fn notices(entry: &RegistryEntry) -> Vec<String> {
    let p = &entry.provenance;
    let mut out = Vec::new();
    if p.simulated {
        out.push(format!(
            "{SIMULATED}: this entry comes from a practice run. Nothing was trained, the model does not exist, calls to it fail."
        ));
    }
    if p.awaits_training {
        out.push(
            "The bundle still has to be trained and served by you; see its README.".to_owned(),
        );
    }
    if let Some(day) = &p.end_of_life {
        out.push(format!("The model stops answering on {day}."));
    }
    out.extend(entry.warnings());
    out
}

/// The contract of the model, as `(name, value)` lines.
pub(super) fn contract(entry: &RegistryEntry) -> Vec<(&'static str, String)> {
    let p = &entry.provenance;
    let mut out = Vec::new();
    let mut add = |name, value: Option<String>| out.extend(value.map(|v| (name, v)));
    add("base model", p.base_model.clone());
    add("coordinates", p.convention.clone());
    add(
        "image size",
        p.image_size
            .map(|[w, h]| format!("up to {w}x{h} pixels in training")),
    );
    match &p.system_prompts[..] {
        [] => add("system prompt", p.system_prompt.clone()),
        several => {
            for prompt in several {
                add("system prompt", Some(prompt.clone()));
            }
        }
    }
    add("dataset", p.dataset_fingerprint.clone());
    add("job", p.job_id.clone());
    add("end of life", p.end_of_life.clone());
    out
}

/// Notices and contract as comment lines that start with `#`.
pub(super) fn comments(entry: &RegistryEntry) -> String {
    let mut out = String::new();
    for line in notices(entry) {
        out += &format!("# {}\n", comment(&line));
    }
    for (name, value) in contract(entry) {
        out += &format!("# {name}: {}\n", comment(&value));
    }
    out
}

/// Text as a string literal of Python and JSON. JSON's escapes are Python's too, except that
/// Python has no surrogate pairs; JSON written by serde holds none.
pub(super) fn literal(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Text that stays on one line of a comment.
pub(super) fn comment(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}
