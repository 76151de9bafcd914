//! How a registered model must be asked, and where it answers.

use crate::error::{Error, Result};
use crate::format::grounding_prompt;
use crate::provider::{SIMULATED, ServingParam};
use crate::registry::RegistryEntry;
use crate::task::coords::{Convention, convention};
use crate::task::{Geometry, LISTING_SYSTEM_PROMPT};

/// A server with the chat completions interface that many share, and a model on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Address up to `/v1`.
    pub base_url: String,
    /// What the server calls the model.
    pub model: String,
    /// The environment variable with the key; `None` when the server asks for none.
    pub key_env: Option<String>,
}

impl RegistryEntry {
    /// The convention that the model answers in.
    ///
    /// # Errors
    /// `convention_unknown` when the entry does not say it.
    pub fn convention(&self) -> Result<&'static Convention> {
        let id = self.provenance.convention.as_deref().unwrap_or_default();
        convention(id).ok_or_else(|| {
            Error::data(
                "convention_unknown",
                "the entry does not say in which coordinates the model answers",
            )
            .at(self.reference())
            .hint("name the convention")
        })
    }

    /// The system prompt for a question whose answer is a point or a box: as in training, where
    /// that asked such questions; else the one that describes the answer.
    pub fn prompt_for(&self, c: &Convention, geometry: Geometry) -> String {
        let p = &self.provenance;
        let known = || p.system_prompts.iter().chain(&p.system_prompt);
        let fitting = grounding_prompt(c, geometry);
        if known().any(|k| *k == fitting) {
            return fitting;
        }
        let other = [Geometry::Point, Geometry::Box].map(|g| grounding_prompt(c, g));
        known()
            .find(|k| *k != LISTING_SYSTEM_PROMPT && !k.is_empty() && !other.contains(k))
            .cloned()
            .unwrap_or(fitting)
    }

    /// Where the model answers by chat completions.
    ///
    /// # Errors
    /// `model_simulated` for the model of a practice run, which does not exist;
    /// `serving_unsupported` when it is served in another way.
    pub fn endpoint(&self) -> Result<Endpoint> {
        if self.provenance.simulated {
            return Err(Error::caller(
                "model_simulated",
                format!("{SIMULATED}: a practice run made this entry; there is no such model"),
            )
            .at(self.reference()));
        }
        self.address().ok_or_else(|| {
            Error::unsupported(
                "serving_unsupported",
                "the model is not served by chat completions at a known address",
            )
            .at(self.reference())
            .hint("ask it by its vendor's own means and compare recorded answers")
        })
    }

    /// What [`endpoint`](Self::endpoint) says, for practice models too.
    pub(super) fn address(&self) -> Option<Endpoint> {
        let key_env = self.config.required_env_vars.first().cloned();
        let way = self.ways().into_iter().find_map(|w| w.compatible_base_url);
        if let (Some(base_url), Some(model)) = (way, self.provenance.model.clone()) {
            return Some(Endpoint {
                base_url,
                model,
                key_env,
            });
        }
        let params = &self.config.litellm_params;
        let base_url = params.iter().find_map(|(name, value)| match value {
            ServingParam::Text(url) if name == "api_base" => Some(url.clone()),
            _ => None,
        })?;
        // litellm's name is that of its driver and the server's own, joined by a stroke.
        let (_, model) = self.config.model_name.split_once('/')?;
        Some(Endpoint {
            base_url,
            model: model.to_owned(),
            key_env,
        })
    }
}
