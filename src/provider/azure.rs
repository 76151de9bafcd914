//! Azure OpenAI: OpenAI's protocol at the address of the user's own resource, with the key in a
//! header of its own.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use crate::base::ports::Ports;
use crate::error::{Error, Result};
use crate::problem::Problem;
use crate::provider::openai::OpenAi;
use crate::provider::openai::client::Client;
use crate::provider::rest::Rest;
use crate::provider::{
    BaseModel, Capabilities, Effect, Hyperparameters, Milestone, Provider, ProviderName,
    ProviderOptions, SIMULATED, Serving, Vendor,
};

/// The vendor.
#[derive(Debug)]
pub(crate) struct Azure;

/// The form of an address; `?api-version=…` behind it goes with every request.
const ADDRESS: &str = "https://NAME.openai.azure.com/openai/v1";
const KEY: &str = "AZURE_OPENAI_API_KEY";
const RETIREMENT: &str = "Azure OpenAI model retirement schedule, 2026-07-07";

const LIFECYCLE: &[Milestone] = &[
    Milestone {
        date: "2026-10-01",
        effect: Effect::RestrictsJobs,
        models: &["gpt-4o-2024-08-06"],
        text: "Only customers who used the model before can still train it",
        source: RETIREMENT,
    },
    Milestone {
        date: "2026-10-14",
        effect: Effect::RestrictsJobs,
        models: &["gpt-4.1-2025-04-14"],
        text: "Only customers who used the model before can still train it",
        source: RETIREMENT,
    },
    Milestone {
        date: "2027-04-01",
        effect: Effect::RestrictsJobs,
        models: &["gpt-4o-2024-08-06"],
        text: "Training of the model may end from this day on",
        source: RETIREMENT,
    },
    Milestone {
        date: "2027-04-14",
        effect: Effect::RestrictsJobs,
        models: &["gpt-4.1-2025-04-14"],
        text: "Training of the model may end from this day on",
        source: RETIREMENT,
    },
    Milestone {
        date: "2027-10-01",
        effect: Effect::EndsModels,
        models: &["gpt-4o-2024-08-06"],
        text: "Deployments of what was tuned from the model end",
        source: RETIREMENT,
    },
    Milestone {
        date: "2027-10-14",
        effect: Effect::EndsModels,
        models: &["gpt-4.1-2025-04-14"],
        text: "Deployments of what was tuned from the model end",
        source: RETIREMENT,
    },
];

const MODELS: &[BaseModel] = &[
    BaseModel {
        id: "gpt-4.1-2025-04-14",
        note: "tuned on pictures, for customers who used it before",
    },
    BaseModel {
        id: "gpt-4o-2024-08-06",
        note: "tuned on pictures, for customers who used it before",
    },
];

impl Vendor for Azure {
    fn name(&self) -> ProviderName {
        ProviderName::Azure
    }

    fn label(&self) -> &'static str {
        "Azure OpenAI"
    }

    fn format(&self) -> &'static str {
        OpenAi.format()
    }

    fn models_of_format(&self) -> bool {
        false
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            // Not found in its documents.
            pause: false,
            ..OpenAi.capabilities()
        }
    }

    fn lifecycle(&self) -> &'static [Milestone] {
        LIFECYCLE
    }

    fn base_models(&self) -> &'static [BaseModel] {
        MODELS
    }

    fn job_env_vars(&self) -> &'static [&'static str] {
        &[KEY]
    }

    fn seed_env_vars(&self) -> &'static [&'static str] {
        &[KEY]
    }

    fn proxy_hosts(&self) -> Vec<String> {
        vec!["*.openai.azure.com".to_owned()]
    }

    fn check(&self, h: &Hyperparameters, options: &ProviderOptions) -> Vec<Problem> {
        let mut out = OpenAi.check(h, options);
        if options.base_url.is_none() && options.simulated.is_none() {
            out.push(
                Problem::error(
                    "option_missing",
                    "provider_options.base_url",
                    "the address of the Azure resource is needed",
                )
                .hint(ADDRESS),
            );
        }
        out
    }

    fn check_job(
        &self,
        base_model: &str,
        h: &Hyperparameters,
        metadata: &BTreeMap<String, Value>,
        options: &ProviderOptions,
    ) -> Vec<Problem> {
        OpenAi.check_job(base_model, h, metadata, options)
    }

    fn serving(&self, model: &str, _: &str, options: &ProviderOptions) -> Vec<Serving> {
        let names = ["AZURE_API_KEY", "AZURE_API_BASE", "AZURE_API_VERSION"];
        vec![Serving {
            model_name: format!("azure/{model}"),
            required_env_vars: names.map(str::to_owned).to_vec(),
            warnings: vec![
                format!(
                    "{model} answers only after it was deployed in the Azure portal; then the \
                     name of the deployment stands in place of the model's"
                ),
                format!("{} is the key that jobs read from {KEY}", names[0]),
            ],
            // Clients of this kind put paths behind the address, so no version can stand there.
            compatible_base_url: options
                .base_url
                .as_deref()
                .and_then(|url| url.split('?').next())
                .map(str::to_owned),
            ..Serving::default()
        }]
    }

    fn simulated_model(&self, base_model: &str, name: &str) -> String {
        format!("{base_model}.ft-{name}-{SIMULATED}")
    }

    fn connect(&self, ports: &Ports, options: &ProviderOptions) -> Result<Rc<dyn Provider>> {
        let Some(base) = &options.base_url else {
            return Err(
                Error::caller("option_missing", "the address of the resource is needed")
                    .at("provider_options.base_url")
                    .hint(ADDRESS),
            );
        };
        let rest = Rest::new(ports, base, options, KEY, false).key_in("api-key");
        Ok(Rc::new(Client::of(&Azure, rest).waiting_for_files()))
    }
}
