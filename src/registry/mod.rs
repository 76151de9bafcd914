//! Registered models: how each is called, where it comes from, and its export to Skyvern.
//!
//! The names are Skyvern's, so that the seed's example reads the same:
//! `LLMConfigRegistry.register_config(key, LLMConfig(…))`.

mod config;
mod skyvern;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;
use std::rc::Rc;

use serde_json::Value;

pub use config::{LlmConfig, Provenance, RegistryEntry};
pub use skyvern::{EXPORTS, Export};

use crate::base::ports::{Batch, Clock, Expect, LocalFuture, Store};
use crate::error::{Error, Result};
use crate::job::{ModelSink, TunedModel, key_fault};
use crate::problem;

/// Collection of the registered models.
pub const REGISTRY: &str = "registry";

/// Registered models in a store. Clones share the store.
#[derive(Clone)]
pub struct LlmConfigRegistry {
    store: Rc<dyn Store>,
    clock: Rc<dyn Clock>,
}

impl fmt::Debug for LlmConfigRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlmConfigRegistry").finish_non_exhaustive()
    }
}

impl LlmConfigRegistry {
    /// The models in `store`.
    pub fn new(store: Rc<dyn Store>, clock: Rc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Registers a model by hand.
    ///
    /// # Errors
    /// `llm_key` for an impossible key, `duplicate_llm_config` for a taken one, the first
    /// problem of the configuration, or a failure of storage.
    pub async fn register_config(&self, key: &str, config: LlmConfig) -> Result<RegistryEntry> {
        let entry = RegistryEntry {
            key: key.to_owned(),
            config,
            provenance: Provenance::default(),
            provider_options: Default::default(),
            registered_at: self.clock.now(),
        };
        self.insert(entry).await
    }

    async fn insert(&self, entry: RegistryEntry) -> Result<RegistryEntry> {
        check_entry(&entry)?;
        let value = serde_json::to_value(&entry)?;
        let batch = Batch::new().put(REGISTRY, &entry.key, value, Expect::Absent);
        match self.store.commit(batch).await {
            Ok(_) => Ok(entry),
            Err(e) if e.code() == "store_conflict" => Err(duplicate(&entry.key)),
            Err(e) => Err(e),
        }
    }

    /// How the model `key` is called.
    ///
    /// # Errors
    /// `llm_config_missing`, or a failure of storage.
    pub async fn get_config(&self, key: &str) -> Result<LlmConfig> {
        Ok(self.get(key).await?.config)
    }

    /// The entry of `key`.
    ///
    /// # Errors
    /// `llm_config_missing`, or a failure of storage.
    pub async fn get(&self, key: &str) -> Result<RegistryEntry> {
        self.find(key).await?.ok_or_else(|| {
            Error::caller(
                "llm_config_missing",
                "no model is registered under this key",
            )
            .at(key)
            .hint("list the registry to see the keys")
        })
    }

    async fn find(&self, key: &str) -> Result<Option<RegistryEntry>> {
        let doc = self.store.get(REGISTRY, key).await?;
        doc.map(|d| parse(&d.key, d.value)).transpose()
    }

    /// Whether `key` is taken.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn is_registered(&self, key: &str) -> Result<bool> {
        Ok(self.store.get(REGISTRY, key).await?.is_some())
    }

    /// All models in order of their keys.
    ///
    /// # Errors
    /// A failure of storage, or `registry_json` for a damaged entry.
    pub async fn list(&self) -> Result<Vec<RegistryEntry>> {
        let docs = self.store.scan(REGISTRY).await?;
        docs.into_iter().map(|d| parse(&d.key, d.value)).collect()
    }

    /// Forgets a model. Like Skyvern's, this may be called for a key that is not there.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn deregister_config(&self, key: &str) -> Result<()> {
        let batch = Batch::new().delete(REGISTRY, key, Expect::Any);
        self.store.commit(batch).await.map(|_| ())
    }

    /// All entries as a JSON array.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn export_json(&self) -> Result<String> {
        Ok(serde_json::to_string_pretty(&self.list().await?)? + "\n")
    }

    /// Reads what [`export_json`](Self::export_json) wrote. All entries are taken or none;
    /// returns how many are new. Entries that are there already, the same, are passed over.
    ///
    /// # Errors
    /// `registry_json` for broken text, `duplicate_llm_config` for a key that is taken by
    /// something else, the first problem of an entry, or a failure of storage.
    pub async fn import_json(&self, text: &str) -> Result<usize> {
        let items: Vec<Value> = serde_json::from_str(text).map_err(|e| {
            Error::data("registry_json", e.to_string()).hint("the registry is a JSON array")
        })?;
        let mut batch = Batch::new();
        let mut seen = BTreeSet::new();
        for (i, item) in items.into_iter().enumerate() {
            let entry = parse(&format!("[{i}]"), item)?;
            check_entry(&entry)?;
            let same = self.find(&entry.key).await?.as_ref() == Some(&entry);
            if !seen.insert(entry.key.clone()) {
                return Err(duplicate(&entry.key));
            }
            if !same {
                let value = serde_json::to_value(&entry)?;
                batch = batch.put(REGISTRY, &entry.key, value, Expect::Absent);
            }
        }
        let added = batch.changes.len();
        let taken = |e: Error| match e.code() {
            "store_conflict" => duplicate(e.path().unwrap_or_default()),
            _ => e,
        };
        self.store.commit(batch).await.map_err(taken)?;
        Ok(added)
    }
}

fn parse(at: &str, value: Value) -> Result<RegistryEntry> {
    serde_path_to_error::deserialize(value).map_err(|e| {
        Error::data("registry_json", e.inner().to_string())
            .at(format!("{at}.{}", e.path()))
            .hint("an entry needs key, config and registered_at")
    })
}

fn check_entry(entry: &RegistryEntry) -> Result<()> {
    if let Some(why) = key_fault(&entry.key) {
        return Err(Error::caller("llm_key", why)
            .at("key")
            .hint("use upper-case letters, digits and _, such as MY_TUNED_MODEL"));
    }
    problem::check(&entry.config.validate())
}

fn duplicate(key: &str) -> Error {
    Error::caller(
        "duplicate_llm_config",
        "a model is registered under this key already",
    )
    .at(key)
    .hint("choose another key, or deregister the old model first")
}

/// The entry of a tuned model: the best way to call it, and its contract.
fn entry_of(tuned: &TunedModel<'_>, registered_at: crate::base::time::Timestamp) -> RegistryEntry {
    let job = tuned.job;
    let config = &job.config;
    let vendor = config.provider.vendor();
    let ways = vendor.serving(tuned.model, &config.base_model, &config.provider_options);
    let mut llm = LlmConfig::new(tuned.model, vendor.seed_env_vars());
    if let Some(best) = ways.into_iter().next() {
        llm.model_name = best.model_name;
        llm.required_env_vars = best.required_env_vars;
        llm.litellm_params = best.litellm_params;
    }
    RegistryEntry {
        key: tuned.key.to_owned(),
        config: llm,
        provenance: Provenance {
            job_id: Some(job.job_id.clone()),
            provider: Some(config.provider),
            model: Some(tuned.model.to_owned()),
            base_model: Some(config.base_model.clone()),
            dataset_fingerprint: job.dataset_fingerprint.clone(),
            convention: job.convention.clone(),
            image_size: job.image_size,
            system_prompt: job.system_prompt.clone(),
            simulated: job.simulated,
            awaits_training: !job.simulated && vendor.awaits_training(&job.config.provider_options),
            end_of_life: vendor
                .end_of_life(&config.base_model)
                .map(|m| m.date.to_owned()),
            validation_loss: job.metrics.validation_loss,
        },
        provider_options: config.provider_options.clone(),
        registered_at,
    }
}

impl ModelSink for LlmConfigRegistry {
    fn check<'a>(&'a self, key: &'a str, job_id: &'a str) -> LocalFuture<'a, Result<()>> {
        Box::pin(async move {
            match self.find(key).await? {
                Some(held) if held.provenance.job_id.as_deref() != Some(job_id) => {
                    Err(duplicate(key))
                }
                _ => Ok(()),
            }
        })
    }

    fn register<'a>(&'a self, model: TunedModel<'a>) -> LocalFuture<'a, Result<()>> {
        Box::pin(async move {
            self.check(model.key, &model.job.job_id).await?;
            if self.find(model.key).await?.is_some() {
                return Ok(());
            }
            let entry = entry_of(&model, self.clock.now());
            self.insert(entry).await.map(|_| ())
        })
    }
}
