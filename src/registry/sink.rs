//! Tuned models of jobs: each becomes a version of its key.

use crate::base::ports::LocalFuture;
use crate::base::time::Timestamp;
use crate::error::Result;
use crate::job::{ModelSink, TunedModel};
use crate::registry::{LlmConfig, LlmConfigRegistry, Provenance, RegistryEntry};

/// The entry of a tuned model: the best way to call it, and its contract.
fn entry_of(tuned: &TunedModel<'_>, registered_at: Timestamp) -> RegistryEntry {
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
    let several = job.system_prompts.len() > 1;
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
            system_prompts: if several {
                job.system_prompts.clone()
            } else {
                Vec::new()
            },
            simulated: job.simulated,
            awaits_training: !job.simulated && vendor.awaits_training(&config.provider_options),
            end_of_life: vendor
                .end_of_life(&config.base_model)
                .map(|m| m.date.to_owned()),
            validation_loss: job.metrics.validation_loss,
            metrics: Some(job.metrics.clone()),
        },
        provider_options: config.provider_options.clone(),
        registered_at,
        version: 1,
        tags: Vec::new(),
        note: String::new(),
    }
}

impl ModelSink for LlmConfigRegistry {
    fn check<'a>(&'a self, key: &'a str, _: &'a str) -> LocalFuture<'a, Result<()>> {
        Box::pin(self.check_key(key))
    }

    fn register<'a>(&'a self, model: TunedModel<'a>) -> LocalFuture<'a, Result<()>> {
        Box::pin(async move {
            self.check_key(model.key).await?;
            let entry = entry_of(&model, self.now());
            self.change(model.key, true, |shelf| {
                // The same model of the same job: it is there already. A job that was deleted
                // leaves its name to another one, with another model.
                let same = |e: &RegistryEntry| {
                    e.provenance.job_id == entry.provenance.job_id
                        && e.provenance.model == entry.provenance.model
                };
                let known = shelf.versions.iter().any(same);
                if !known {
                    shelf.add(entry.clone());
                }
                Ok(())
            })
            .await
        })
    }
}
