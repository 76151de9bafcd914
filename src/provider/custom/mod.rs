//! A trainer of one's own: a folder that trains with one command, or a server that is asked.
//!
//! Without [`ProviderOptions::trainer_url`] the job is a bundle for the program that
//! [`ProviderOptions::trainer`] names. With it, the job goes to the HTTP trainer at that
//! address; the contract stands in the documentation of `http.rs`, and `server.py` beside it is a
//! trainer that keeps it.

mod http;
#[cfg(test)]
mod tests;
mod trainer;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

pub use trainer::Trainer;

use crate::base::ports::Ports;
use crate::error::Result;
use crate::problem::Problem;
use crate::provider::bundle::Bundler;
use crate::provider::openai::{range_checks, unknown_adapter};
use crate::provider::options::host_of;
use crate::provider::{
    BaseModel, Capabilities, Hyperparameters, Milestone, Provider, ProviderName, ProviderOptions,
    SIMULATED, Serving, ServingParam, Vendor,
};

/// The vendor.
#[derive(Debug)]
pub(crate) struct Custom;

const MODELS: &[BaseModel] = &[
    BaseModel {
        id: "Qwen/Qwen2.5-VL-3B-Instruct",
        note: "trains with LoRA on one 24 GB card",
    },
    BaseModel {
        id: "Qwen/Qwen2.5-VL-7B-Instruct",
        note: "trains with LoRA on one 48 GB card",
    },
    BaseModel {
        id: "Qwen/Qwen3-VL-4B-Instruct",
        note: "answers in 0 to 1000, so the size of pictures does not matter",
    },
    BaseModel {
        id: "Qwen/Qwen3-VL-8B-Instruct",
        note: "answers in 0 to 1000, so the size of pictures does not matter",
    },
];

impl Vendor for Custom {
    fn name(&self) -> ProviderName {
        ProviderName::Custom
    }

    fn label(&self) -> &'static str {
        "Custom trainer"
    }

    fn format(&self) -> &'static str {
        "custom"
    }

    fn format_for(&self, options: &ProviderOptions) -> &'static str {
        match &options.trainer_url {
            Some(_) => "chat",
            None => options.trainer.unwrap_or_default().format(),
        }
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            real_jobs: true,
            cancel: true,
            events: true,
            metrics: true,
            weights: true,
            validation: true,
            ..Capabilities::default()
        }
    }

    fn lifecycle(&self) -> &'static [Milestone] {
        &[]
    }

    fn base_models(&self) -> &'static [BaseModel] {
        MODELS
    }

    fn job_env_vars(&self) -> &'static [&'static str] {
        // Bundles need no key, and an HTTP trainer only when its owner set one.
        &[]
    }

    fn settings(&self) -> &'static [&'static str] {
        &["trainer", "trainer_url"]
    }

    fn optional_env_vars(&self) -> &'static [&'static str] {
        &[http::KEY]
    }

    fn hosts(&self, options: &ProviderOptions) -> Vec<String> {
        let host = options.trainer_url.as_deref().and_then(host_of);
        host.into_iter().collect()
    }

    fn seed_env_vars(&self) -> &'static [&'static str] {
        &[]
    }

    fn check(&self, h: &Hyperparameters, _: &ProviderOptions) -> Vec<Problem> {
        let mut out = range_checks(h, 4096);
        if h.adapter_size == Some(0) {
            out.push(unknown_adapter("a LoRA of rank 0"));
        }
        out
    }

    fn check_job(
        &self,
        base_model: &str,
        _: &Hyperparameters,
        _: &BTreeMap<String, Value>,
        options: &ProviderOptions,
    ) -> Vec<Problem> {
        match &options.trainer_url {
            Some(_) => Vec::new(),
            None => {
                let trainer = options.trainer.unwrap_or_default();
                trainer.check(base_model).into_iter().collect()
            }
        }
    }

    fn serving(&self, model: &str, _: &str, options: &ProviderOptions) -> Vec<Serving> {
        let base = options
            .base_url
            .clone()
            .unwrap_or_else(|| "http://localhost:8000/v1".to_owned());
        vec![Serving {
            // A bare name fails in litellm ("LLM Provider NOT provided").
            model_name: format!("openai/{model}"),
            litellm_params: vec![("api_base".to_owned(), ServingParam::Text(base.clone()))],
            warnings: match options.base_url {
                Some(_) => Vec::new(),
                None => vec![format!(
                    "{base} is where such servers usually answer: put the address of yours in its place"
                )],
            },
            compatible_base_url: Some(base),
            ..Serving::default()
        }]
    }

    fn awaits_training(&self, options: &ProviderOptions) -> bool {
        options.trainer_url.is_none()
    }

    fn simulated_model(&self, _: &str, name: &str) -> String {
        format!("{name}-{SIMULATED}")
    }

    fn connect(&self, ports: &Ports, options: &ProviderOptions) -> Result<Rc<dyn Provider>> {
        Ok(match &options.trainer_url {
            Some(url) => Rc::new(http::HttpTrainer::new(ports, url, options)),
            None => {
                let trainer = options.trainer.unwrap_or_default();
                Rc::new(Bundler {
                    ports: ports.clone(),
                    vendor: &Custom,
                    texts: Box::new(move |job| trainer.files(job)),
                    next: format!("train it with {} by `sh train.sh` there", trainer.label()),
                })
            }
        })
    }
}
