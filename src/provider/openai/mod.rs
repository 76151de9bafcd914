//! OpenAI: what is known of its fine-tuning and of its end, and the connection to it.

pub(super) mod client;
mod jobs;
mod metrics;
mod upload;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use crate::base::ports::Ports;
use crate::error::Result;
use crate::problem::Problem;
use crate::provider::{
    BaseModel, Capabilities, Effect, Hyperparameters, Milestone, Provider, ProviderName,
    ProviderOptions, SIMULATED, Serving, ServingParam, Setting, Vendor, direct,
};

/// The vendor.
#[derive(Debug)]
pub(crate) struct OpenAi;

const DEPRECATIONS: &str = "developers.openai.com/api/docs/deprecations";

const LIFECYCLE: &[Milestone] = &[
    Milestone {
        date: "2026-05-07",
        effect: Effect::RestrictsJobs,
        models: &[],
        text: "Organisations that never fine-tuned before cannot create jobs",
        source: DEPRECATIONS,
    },
    Milestone {
        date: "2026-07-02",
        effect: Effect::RestrictsJobs,
        models: &[],
        text: "Organisations that used no fine-tuned model for 60 days cannot create jobs",
        source: DEPRECATIONS,
    },
    Milestone {
        date: "2026-10-23",
        effect: Effect::EndsModels,
        models: &[
            "gpt-4.1-nano",
            "gpt-4.1-nano-2025-04-14",
            "o4-mini",
            "o4-mini-2025-04-16",
        ],
        text: "The model and everything tuned from it are shut down",
        source: DEPRECATIONS,
    },
    Milestone {
        date: "2027-01-06",
        effect: Effect::ClosesJobs,
        models: &[],
        text: "From this day on nobody can create fine-tuning jobs",
        source: DEPRECATIONS,
    },
    Milestone {
        date: "2027-01-14",
        effect: Effect::EndsModels,
        models: &[
            "gpt-4o",
            "gpt-4o-2024-08-06",
            "gpt-4o-2024-11-20",
            "gpt-4o-mini",
            "gpt-4o-mini-2024-07-18",
            "gpt-4.1",
            "gpt-4.1-2025-04-14",
            "gpt-4.1-mini",
            "gpt-4.1-mini-2025-04-14",
        ],
        text: "The model and everything tuned from it are shut down",
        source: "notice of 2026-10-14",
    },
];

const MODELS: &[BaseModel] = &[BaseModel {
    id: "gpt-4o-2024-08-06",
    note: "the only model that OpenAI documents for vision fine-tuning",
}];

impl Vendor for OpenAi {
    fn name(&self) -> ProviderName {
        ProviderName::OpenAi
    }

    fn label(&self) -> &'static str {
        "OpenAI"
    }

    fn format(&self) -> &'static str {
        "openai"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            real_jobs: true,
            cancel: true,
            pause: true,
            events: true,
            metrics: true,
            checkpoints: true,
            weights: false,
            validation: true,
        }
    }

    fn hosts(&self, options: &ProviderOptions) -> Vec<String> {
        vec![
            options
                .host()
                .unwrap_or_else(|| "api.openai.com".to_owned()),
        ]
    }

    fn deletes_files(&self) -> bool {
        true
    }

    fn lifecycle(&self) -> &'static [Milestone] {
        LIFECYCLE
    }

    fn base_models(&self) -> &'static [BaseModel] {
        MODELS
    }

    fn job_env_vars(&self) -> &'static [&'static str] {
        &["OPENAI_API_KEY"]
    }

    fn seed_env_vars(&self) -> &'static [&'static str] {
        &["OPENAI_API_KEY"]
    }

    fn check(&self, h: &Hyperparameters, _: &ProviderOptions) -> Vec<Problem> {
        let mut out = range_checks(h, 256);
        if h.seed.is_some_and(|s| s > 2_147_483_647) {
            out.push(
                Problem::error(
                    "hyperparameter_range",
                    "hyperparameters.seed",
                    "the seed goes up to 2147483647",
                )
                .hint("choose a smaller seed"),
            );
        }
        if h.adapter_size.is_some() {
            out.push(unknown_adapter("OpenAI"));
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
        let mut out = Vec::new();
        if metadata.contains_key(jobs::LABEL) {
            let path = format!("metadata.{}", jobs::LABEL);
            out.push(
                Problem::error("metadata_name", path, "by this name a job is found again")
                    .hint("choose another name"),
            );
        }
        out
    }

    fn serving(&self, model: &str, _: &str, options: &ProviderOptions) -> Vec<Serving> {
        const BASE: &str = "https://api.openai.com/v1";
        let base = options.base_url.as_deref().unwrap_or(BASE);
        let base = base.split('?').next().unwrap_or(base);
        // The model lives where it was tuned.
        let elsewhere = direct(base).trim_end_matches('/') != BASE;
        // litellm recognises `ft:gpt-4…` and `ft:gpt-3.5-turbo…`; other names need the prefix.
        let known = model.starts_with("ft:gpt-4") || model.starts_with("ft:gpt-3.5-turbo");
        vec![Serving {
            model_name: if known && !elsewhere {
                model.to_owned()
            } else {
                format!("openai/{model}")
            },
            required_env_vars: vec!["OPENAI_API_KEY".to_owned()],
            litellm_params: elsewhere
                .then(|| ("api_base".to_owned(), ServingParam::Text(base.to_owned())))
                .into_iter()
                .collect(),
            compatible_base_url: Some(base.to_owned()),
            ..Serving::default()
        }]
    }

    fn simulated_model(&self, base_model: &str, name: &str) -> String {
        format!("ft:{base_model}:screensmith:{name}:{SIMULATED}")
    }

    fn connect(&self, ports: &Ports, options: &ProviderOptions) -> Result<Rc<dyn Provider>> {
        Ok(Rc::new(client::Client::new(ports, options)))
    }
}

/// Ranges that OpenAI publishes and that make sense elsewhere too.
pub(crate) fn range_checks(h: &Hyperparameters, max_batch: u32) -> Vec<Problem> {
    let mut out = Vec::new();
    let mut refuse = |field: &str, message: String| {
        out.push(
            Problem::error(
                "hyperparameter_range",
                format!("hyperparameters.{field}"),
                message,
            )
            .hint("\"auto\" lets the trainer choose"),
        );
    };
    if let Setting::Value(n) = h.n_epochs
        && !(1..=50).contains(&n)
    {
        refuse("n_epochs", format!("{n} epochs; allowed are 1 to 50"));
    }
    if let Setting::Value(n) = h.batch_size
        && !(1..=max_batch).contains(&n)
    {
        refuse(
            "batch_size",
            format!("batch size {n}; allowed are 1 to {max_batch}"),
        );
    }
    if let Setting::Value(x) = h.learning_rate_multiplier
        && !(x > 0.0 && x.is_finite())
    {
        refuse(
            "learning_rate_multiplier",
            format!("factor {x}; it must be above 0"),
        );
    }
    out
}

pub(crate) fn unknown_adapter(label: &str) -> Problem {
    Problem::error(
        "hyperparameter_unknown",
        "hyperparameters.adapter_size",
        format!("{label} has no such setting"),
    )
    .hint("remove it")
}

/// The environment variables by which Skyvern calls a server with an OpenAI-compatible
/// interface. Its default for pictures is off, so that is among them.
pub fn compatible_env(
    model: &str,
    base_url: &str,
    key: &str,
    max_tokens: Option<u32>,
) -> Vec<(&'static str, String)> {
    let mut out = vec![
        ("ENABLE_OPENAI_COMPATIBLE", "true".to_owned()),
        ("OPENAI_COMPATIBLE_MODEL_NAME", model.to_owned()),
        ("OPENAI_COMPATIBLE_API_BASE", base_url.to_owned()),
        ("OPENAI_COMPATIBLE_SUPPORTS_VISION", "true".to_owned()),
        ("OPENAI_COMPATIBLE_MODEL_KEY", key.to_owned()),
        ("LLM_KEY", key.to_owned()),
    ];
    out.extend(max_tokens.map(|n| ("OPENAI_COMPATIBLE_MAX_TOKENS", n.to_string())));
    out
}

/// The variable that holds the key of such a server; the user sets it.
pub const COMPATIBLE_KEY_ENV: &str = "OPENAI_COMPATIBLE_API_KEY";
