//! Gemini, tuned on Vertex AI with its files in Cloud Storage.

mod place;
mod rest;
mod storage;
mod tuning;
mod vertex;

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use crate::base::ports::Ports;
use crate::error::Result;
use crate::problem::Problem;
use crate::provider::google::TOKEN_ENV;
use crate::provider::openai::range_checks;
use crate::provider::options::host_of;
use crate::provider::{
    BaseModel, Capabilities, Hyperparameters, Milestone, Provider, ProviderName, ProviderOptions,
    SIMULATED, Serving, ServingParam, Setting, Vendor, metadata_text,
};

/// The vendor.
#[derive(Debug)]
pub(crate) struct Gemini;

const MODELS: &[BaseModel] = &[
    BaseModel {
        id: "gemini-2.5-flash",
        note: "tunes in most regions",
    },
    BaseModel {
        id: "gemini-2.5-pro",
        note: "adapter sizes 1 to 8",
    },
    BaseModel {
        id: "gemini-2.5-flash-lite",
        note: "the cheapest",
    },
    BaseModel {
        id: "gemini-3.5-flash",
        note: "tunes in us-central1 and europe-west4, serves on the regions us and eu only",
    },
];

/// Regions that tune models of the third generation, by the vendor's page of 2026-09-25.
const REGIONS_OF_3: &[&str] = &["us-central1", "europe-west4"];

impl Vendor for Gemini {
    fn name(&self) -> ProviderName {
        ProviderName::Gemini
    }

    fn label(&self) -> &'static str {
        "Gemini (Vertex AI)"
    }

    fn format(&self) -> &'static str {
        "gemini"
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            real_jobs: true,
            cancel: true,
            pause: false,
            events: false,
            metrics: false,
            checkpoints: true,
            weights: false,
            validation: true,
        }
    }

    fn hosts(&self, options: &ProviderOptions) -> Vec<String> {
        let location = options.location.as_deref();
        let jobs = options
            .host()
            .unwrap_or_else(|| place::host(location.unwrap_or(place::DEFAULT_LOCATION)));
        let files = options.storage_url.as_deref().and_then(host_of);
        vec![
            files.unwrap_or_else(|| place::STORAGE_HOST.to_owned()),
            jobs,
        ]
    }

    fn proxy_hosts(&self) -> Vec<String> {
        let mut hosts = self.hosts(&ProviderOptions::default());
        // One host for each region.
        hosts.push("*-aiplatform.googleapis.com".to_owned());
        hosts
    }

    fn deletes_files(&self) -> bool {
        true
    }

    fn lifecycle(&self) -> &'static [Milestone] {
        &[]
    }

    fn base_models(&self) -> &'static [BaseModel] {
        MODELS
    }

    fn job_env_vars(&self) -> &'static [&'static str] {
        &[TOKEN_ENV]
    }

    fn settings(&self) -> &'static [&'static str] {
        &["project", "location", "bucket", "base_url", "storage_url"]
    }

    fn seed_env_vars(&self) -> &'static [&'static str] {
        &["GEMINI_API_KEY"]
    }

    fn check(&self, h: &Hyperparameters, options: &ProviderOptions) -> Vec<Problem> {
        let mut out = range_checks(h, u32::MAX);
        out.extend(match options.simulated {
            None => place::problems(options),
            Some(_) => place::name_problems(options),
        });
        if h.seed.is_some() {
            out.push(
                Problem::error(
                    "hyperparameter_unknown",
                    "hyperparameters.seed",
                    "Vertex AI takes no seed",
                )
                .hint("remove it"),
            );
        }
        if matches!(h.batch_size, Setting::Value(_)) {
            out.push(
                Problem::error(
                    "hyperparameter_unknown",
                    "hyperparameters.batch_size",
                    "Vertex AI chooses the batch size itself",
                )
                .hint("remove it or write \"auto\""),
            );
        }
        if h.adapter_size
            .is_some_and(|a| tuning::ADAPTER_SIZES.iter().all(|(n, _)| *n != a))
        {
            out.push(
                Problem::error(
                    "hyperparameter_range",
                    "hyperparameters.adapter_size",
                    "adapter sizes are 1, 2, 4, 8 and 16",
                )
                .hint("4 is a usual choice"),
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
        let mut out = Vec::new();
        if base_model.starts_with("gemini-2.5-pro") && h.adapter_size == Some(16) {
            out.push(
                Problem::error(
                    "hyperparameter_range",
                    "hyperparameters.adapter_size",
                    "gemini-2.5-pro takes adapter sizes up to 8",
                )
                .hint("choose 8 or less"),
            );
        }
        let location = options
            .location
            .as_deref()
            .unwrap_or(place::DEFAULT_LOCATION);
        if base_model.starts_with("gemini-3") && !REGIONS_OF_3.contains(&location) {
            out.push(
                Problem::warning(
                    "model_location",
                    "provider_options.location",
                    format!(
                        "{base_model} was tuned only in {} (as of 2026-09-25)",
                        REGIONS_OF_3.join(" and ")
                    ),
                )
                .hint("choose one of them, with a bucket there"),
            );
        }
        for (key, value) in metadata {
            let value = metadata_text(value);
            if !place::is_label(key, true)
                || !place::is_label(&value, false)
                || key == tuning::LABEL
            {
                out.push(
                    Problem::error(
                        "label_charset",
                        format!("metadata.{key}"),
                        format!("{key:?} with {value:?} is no label of Vertex AI"),
                    )
                    .hint(
                        "keys and values take lower-case letters, digits, _ and -, at most 63; \
                         keys begin with a letter",
                    ),
                );
            }
        }
        out
    }

    fn serving(&self, model: &str, _: &str, options: &ProviderOptions) -> Vec<Serving> {
        let place = endpoint(model);
        let pick = |from_model: Option<&str>, typed: &Option<String>, blank: &str| {
            from_model
                .map(str::to_owned)
                .or_else(|| typed.clone())
                .unwrap_or_else(|| blank.to_owned())
        };
        let project = pick(place.map(|p| p.0), &options.project, "YOUR_PROJECT");
        let location = pick(place.map(|p| p.1), &options.location, "us-central1");
        let id = place.map_or(model, |p| p.2);
        vec![
            Serving {
                model_name: format!("vertex_ai/gemini/{id}"),
                required_env_vars: vec!["VERTEX_CREDENTIALS".to_owned()],
                litellm_params: vec![
                    ("vertex_location".to_owned(), ServingParam::Text(location)),
                    (
                        "vertex_credentials".to_owned(),
                        ServingParam::Setting("VERTEX_CREDENTIALS".to_owned()),
                    ),
                    ("vertex_project".to_owned(), ServingParam::Text(project)),
                ],
                ..Serving::default()
            },
            Serving {
                model_name: format!("gemini/{id}"),
                required_env_vars: vec!["GEMINI_API_KEY".to_owned()],
                warnings: vec![
                    "GEMINI_API_KEY reaches the Gemini API only, which cannot serve models tuned \
                     on Vertex AI: this form answers with \"model not found\" for them"
                        .to_owned(),
                ],
                ..Serving::default()
            },
        ]
    }

    fn image_uri_prefix(&self, job: &str, options: &ProviderOptions) -> Option<String> {
        let bucket = match (&options.bucket, &options.simulated) {
            (Some(b), _) => b.as_str(),
            (None, Some(_)) => SIMULATED,
            (None, None) => return None,
        };
        Some(format!("gs://{bucket}/{job}/"))
    }

    fn simulated_model(&self, _: &str, name: &str) -> String {
        format!("projects/{SIMULATED}/locations/us-central1/endpoints/{SIMULATED}-{name}")
    }

    fn connect(&self, ports: &Ports, options: &ProviderOptions) -> Result<Rc<dyn Provider>> {
        Ok(Rc::new(vertex::Vertex::new(ports, options)?))
    }
}

/// Project, location and number of `projects/P/locations/L/endpoints/N`.
fn endpoint(model: &str) -> Option<(&str, &str, &str)> {
    let mut parts = model.split('/');
    let mut after = |word| (parts.next() == Some(word)).then(|| parts.next()).flatten();
    Some((after("projects")?, after("locations")?, after("endpoints")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_path_becomes_litellm_parameters() {
        let forms = Gemini.serving(
            "projects/123/locations/europe-west4/endpoints/9999",
            "gemini-2.5-flash",
            &ProviderOptions::default(),
        );
        assert_eq!(forms[0].model_name, "vertex_ai/gemini/9999");
        let text = |s: &str| ServingParam::Text(s.to_owned());
        assert!(
            forms[0]
                .litellm_params
                .contains(&("vertex_location".to_owned(), text("europe-west4")))
        );
        assert!(
            forms[0]
                .litellm_params
                .contains(&("vertex_project".to_owned(), text("123")))
        );
        assert_eq!(forms[1].required_env_vars, Gemini.seed_env_vars());
        assert!(!forms[1].warnings.is_empty());
    }
}
