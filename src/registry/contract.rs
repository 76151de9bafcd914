//! How a registered model must be asked, and where it answers.

use crate::error::{Error, Result};
use crate::format::grounding_prompt;
use crate::provider::{COMPATIBLE_KEY_ENV, SIMULATED, ServingParam};
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
    /// The environment variable with the key; `None` when no key is ever sent.
    pub key_env: Option<String>,
    /// Whether it may be asked without that key: a server of the user's own may need none.
    pub key_optional: bool,
}

/// Which of the two models that an entry knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// The registered one.
    Tuned,
    /// The one it was tuned from.
    Base,
}

/// Where the user wants to ask; what is empty is as the registry says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Address up to `/v1`: the user's own server, or a proxy.
    pub base_url: String,
    /// What that server calls the model.
    pub model: String,
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

    /// Whether training never asked for one point or box, but only for the list of elements.
    pub fn lists_only(&self) -> bool {
        let p = &self.provenance;
        let mut known = p.system_prompts.iter().chain(&p.system_prompt).peekable();
        known.peek().is_some() && known.all(|k| k == LISTING_SYSTEM_PROMPT)
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
            .at(self.reference())
            .hint("paste an answer, or run a real job"));
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

    /// Where the tuned model, or its base model at the same place, answers by chat completions.
    ///
    /// # Errors
    /// Those of [`endpoint`](Self::endpoint), but that a model without a known address may be
    /// asked at the one `place` names; `address_invalid` for one that is none;
    /// `base_model_unknown` when the entry does not name its base model and `place` neither.
    pub fn endpoint_of(&self, who: Who, place: &Place) -> Result<Endpoint> {
        let mut found = match (self.endpoint(), place.base_url.trim()) {
            (Err(e), _) if e.code() == "model_simulated" => return Err(e),
            (found, "") => found?,
            (found, url) => self.addressed(found.ok(), url)?,
        };
        match (place.model.trim(), who) {
            ("", Who::Tuned) => {}
            ("", Who::Base) => {
                found.model = self.provenance.base_model.clone().ok_or_else(|| {
                    Error::caller(
                        "base_model_unknown",
                        "the registry does not name its base model",
                    )
                    .at(self.reference())
                    .hint("name the model")
                })?;
            }
            (name, _) => name.clone_into(&mut found.model),
        }
        Ok(found)
    }

    /// The model at an address that the user gives.
    fn addressed(&self, known: Option<Endpoint>, url: &str) -> Result<Endpoint> {
        let rest = ["http://", "https://"]
            .iter()
            .find_map(|scheme| url.strip_prefix(scheme));
        let fit = |rest: &str| !rest.is_empty() && !rest.contains(['@', '?', '#', ' ']);
        if !rest.is_some_and(fit) {
            return Err(
                Error::caller("address_invalid", "this is no address of a server")
                    .at("base_url")
                    .hint("such as http://localhost:8000/v1; a key goes into its own field"),
            );
        }
        let config = &self.config;
        let driven = config.model_name.split_once('/').map(|(_, name)| name);
        let model = known.map(|k| k.model).or(self.provenance.model.clone());
        let key_env = config.required_env_vars.first().map(String::as_str);
        Ok(Endpoint {
            base_url: url.to_owned(),
            model: model.unwrap_or_else(|| driven.unwrap_or(&config.model_name).to_owned()),
            key_env: Some(key_env.unwrap_or(COMPATIBLE_KEY_ENV).to_owned()),
            key_optional: true,
        })
    }

    /// What [`endpoint`](Self::endpoint) says, for practice models too.
    pub(super) fn address(&self) -> Option<Endpoint> {
        // Servers of this kind that name no key may still be started with one.
        let own = self.config.required_env_vars.first().cloned();
        let key_optional = own.is_none();
        let key_env = Some(own.unwrap_or_else(|| COMPATIBLE_KEY_ENV.to_owned()));
        let way = self.ways().into_iter().find_map(|w| w.compatible_base_url);
        if let (Some(base_url), Some(model)) = (way, self.provenance.model.clone()) {
            return Some(Endpoint {
                base_url,
                model,
                key_env,
                key_optional,
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
            key_optional,
        })
    }
}
