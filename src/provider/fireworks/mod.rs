//! Fireworks AI: LoRA tuning of open models with vision.

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
    SIMULATED, Serving, Setting, Vendor,
};

/// The vendor.
#[derive(Debug)]
pub(crate) struct Fireworks;

/// Environment variable of the key.
const KEY: &str = "FIREWORKS_API_KEY";
/// Address of the interface.
const BASE: &str = "https://api.fireworks.ai/v1";

/// From docs.fireworks.ai and the vendor's client, read on 2026-11-22.
const MODELS: &[BaseModel] = &[
    BaseModel {
        id: "accounts/fireworks/models/qwen2p5-vl-32b-instruct",
        note: "answers in pixels of the resized picture",
    },
    BaseModel {
        id: "accounts/fireworks/models/qwen3-vl-8b-instruct",
        note: "answers in 0 to 1000",
    },
];

impl Vendor for Fireworks {
    fn name(&self) -> ProviderName {
        ProviderName::Fireworks
    }

    fn label(&self) -> &'static str {
        "Fireworks AI"
    }

    fn format(&self) -> &'static str {
        "fireworks"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            real_jobs: true,
            cancel: true,
            pause: false,
            events: true,
            metrics: true,
            checkpoints: false,
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

    fn settings(&self) -> &'static [&'static str] {
        &["account", "base_url"]
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
        if h.seed.is_some() {
            out.push(
                Problem::error(
                    "hyperparameter_unknown",
                    "hyperparameters.seed",
                    "Fireworks AI has no such setting",
                )
                .hint("remove it"),
            );
        }
        if let Setting::Value(n) = h.batch_size
            && n < 1024
        {
            out.push(
                Problem::warning(
                    "hyperparameter_unit",
                    "hyperparameters.batch_size",
                    format!("Fireworks counts a batch in tokens; {n} examples are sent as batchSizeSamples"),
                )
                .hint("\"auto\" lets the trainer choose"),
            );
        }
        if h.adapter_size
            .is_some_and(|r| r == 0 || !r.is_power_of_two())
        {
            out.push(
                Problem::error(
                    "hyperparameter_range",
                    "hyperparameters.adapter_size",
                    "the rank of the LoRA is a power of two",
                )
                .hint("8 is a usual choice"),
            );
        }
        out
    }

    fn check_job(
        &self,
        base_model: &str,
        _: &Hyperparameters,
        metadata: &BTreeMap<String, Value>,
        options: &ProviderOptions,
    ) -> Vec<Problem> {
        let mut out = Vec::new();
        let account = options.account.as_deref().unwrap_or_default();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        if options.simulated.is_none() && (account.is_empty() || !account.chars().all(plain)) {
            out.push(
                Problem::error(
                    "account_missing",
                    "provider_options.account",
                    "Fireworks needs the id of your account",
                )
                .hint("it stands in the address of the dashboard, behind /accounts/"),
            );
        }
        if !base_model.starts_with("accounts/") {
            out.push(
                Problem::error(
                    "base_model_form",
                    "base_model",
                    format!("{base_model:?} is no resource name"),
                )
                .hint("for example accounts/fireworks/models/qwen3-vl-8b-instruct"),
            );
        }
        if !metadata.is_empty() {
            out.push(
                Problem::warning(
                    "metadata_kept_here",
                    "metadata",
                    "Fireworks keeps no labels of jobs; they stay in the job on this side",
                )
                .hint("nothing to do"),
            );
        }
        out
    }

    fn usual_epochs(&self) -> u32 {
        // The default of its interface.
        1
    }

    fn serving(&self, model: &str, _: &str, options: &ProviderOptions) -> Vec<Serving> {
        // Jobs and answers have different addresses on the same host.
        let base = options.base_url.as_deref().unwrap_or(BASE);
        let host = base.trim_end_matches('/').trim_end_matches("/v1");
        let base = format!("{host}/inference/v1");
        vec![Serving {
            model_name: format!("fireworks_ai/{model}"),
            required_env_vars: vec![KEY.to_owned()],
            warnings: vec!["deploy the model at Fireworks before it answers".to_owned()],
            compatible_base_url: Some(base),
            ..Serving::default()
        }]
    }

    fn simulated_model(&self, _: &str, name: &str) -> String {
        format!("accounts/{SIMULATED}/models/{name}-{SIMULATED}")
    }

    fn connect(&self, ports: &Ports, options: &ProviderOptions) -> Result<Rc<dyn Provider>> {
        Ok(Rc::new(client::Client::new(ports, options)))
    }
}
