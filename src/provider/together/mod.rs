//! Together AI: LoRA tuning of open models with vision.

mod client;
mod upload;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use crate::base::ports::Ports;
use crate::error::Result;
use crate::problem::Problem;
use crate::provider::openai::range_checks;
use crate::provider::options::host_of;
use crate::provider::{
    BaseModel, Capabilities, Hyperparameters, Milestone, Provider, ProviderName, ProviderOptions,
    SIMULATED, Serving, Vendor,
};

/// The vendor.
#[derive(Debug)]
pub(crate) struct Together;

/// Environment variable of the key.
const KEY: &str = "TOGETHER_API_KEY";
/// Address of the interface.
const BASE: &str = "https://api.together.ai/v1";

/// From docs.together.ai/docs/fine-tuning/vision, read on 2026-11-22; whether a model still takes
/// pictures is asked before a job is created.
const MODELS: &[BaseModel] = &[
    BaseModel {
        id: "Qwen/Qwen3.5-9B",
        note: "a usual choice",
    },
    BaseModel {
        id: "Qwen/Qwen3.5-4B",
        note: "cheaper to serve",
    },
    BaseModel {
        id: "Qwen/Qwen3.5-27B",
        note: "for hard screens",
    },
];

impl Vendor for Together {
    fn name(&self) -> ProviderName {
        ProviderName::Together
    }

    fn label(&self) -> &'static str {
        "Together AI"
    }

    fn format(&self) -> &'static str {
        "together"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            real_jobs: true,
            cancel: true,
            pause: false,
            events: true,
            metrics: true,
            checkpoints: true,
            weights: true,
            validation: true,
        }
    }

    fn lifecycle(&self) -> &'static [Milestone] {
        &[]
    }

    fn base_models(&self) -> &'static [BaseModel] {
        MODELS
    }

    fn job_env_vars(&self) -> &'static [&'static str] {
        &[KEY]
    }

    fn hosts(&self, options: &ProviderOptions) -> Vec<String> {
        let host = options.host().or_else(|| host_of(BASE));
        host.into_iter().collect()
    }

    fn seed_env_vars(&self) -> &'static [&'static str] {
        &[KEY]
    }

    fn check(&self, h: &Hyperparameters, _: &ProviderOptions) -> Vec<Problem> {
        let mut out = range_checks(h, u32::MAX);
        if h.adapter_size == Some(0) {
            out.push(
                Problem::error(
                    "hyperparameter_range",
                    "hyperparameters.adapter_size",
                    "a LoRA of rank 0 learns nothing",
                )
                .hint("64 is a usual choice"),
            );
        }
        out
    }

    fn check_job(
        &self,
        _: &str,
        _: &Hyperparameters,
        metadata: &BTreeMap<String, Value>,
        _: &ProviderOptions,
    ) -> Vec<Problem> {
        if metadata.is_empty() {
            return Vec::new();
        }
        vec![
            Problem::warning(
                "metadata_kept_here",
                "metadata",
                "Together keeps no labels of jobs; they stay in the job on this side",
            )
            .hint("nothing to do"),
        ]
    }

    fn usual_epochs(&self) -> u32 {
        client::EPOCHS
    }

    fn name_room(&self) -> usize {
        client::NAME_ROOM
    }

    fn serving(&self, model: &str, _: &str, options: &ProviderOptions) -> Vec<Serving> {
        let base = options.base_url.clone().unwrap_or_else(|| BASE.to_owned());
        vec![Serving {
            model_name: format!("together_ai/{model}"),
            required_env_vars: vec![KEY.to_owned()],
            warnings: vec![
                "a tuned model may need a dedicated endpoint at Together before it answers"
                    .to_owned(),
            ],
            compatible_base_url: Some(base),
            ..Serving::default()
        }]
    }

    fn simulated_model(&self, base_model: &str, name: &str) -> String {
        format!("{SIMULATED}/{base_model}-{name}-{SIMULATED}")
    }

    fn connect(&self, ports: &Ports, options: &ProviderOptions) -> Result<Rc<dyn Provider>> {
        Ok(Rc::new(client::Client::new(ports, options)))
    }
}
