//! A trainer of one's own: the job is a folder that trains with one command.

use std::rc::Rc;

use serde::{Deserialize, Serialize};

use crate::base::hash::fingerprint;
use crate::base::ports::{Batch, Expect, FileWriter, LocalFuture, Ports, file_missing};
use crate::base::time::Timestamp;
use crate::error::{Error, ErrorKind, Result};
use crate::problem::Problem;
use crate::provider::openai::{range_checks, unknown_adapter};
use crate::provider::{
    Artifact, BaseModel, Capabilities, Checkpoint, CreateJob, EventKind, Hyperparameters, Level,
    LocalFile, Milestone, Progress, Provider, ProviderName, ProviderOptions, RemoteEvent,
    RemoteFile, RemoteJob, RemoteState, SIMULATED, Serving, ServingParam, Vendor,
};

/// The vendor.
#[derive(Debug)]
pub(crate) struct Custom;

const BUNDLES: &str = "custom/bundles";
const TRAIN_SCRIPT: &str = include_str!("custom_train.py");
const REQUIREMENTS: &str = "torch\ntransformers>=4.51\ntrl>=0.19\npeft>=0.15\naccelerate>=1.6\ndatasets>=3.5\npillow>=11\n";

const MODELS: &[BaseModel] = &[
    BaseModel {
        id: "Qwen/Qwen2.5-VL-3B-Instruct",
        note: "trains with LoRA on one 24 GB card",
    },
    BaseModel {
        id: "Qwen/Qwen2.5-VL-7B-Instruct",
        note: "trains with LoRA on one 48 GB card",
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

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            real_jobs: true,
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
        &[]
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

    fn serving(&self, model: &str, _: &str, options: &ProviderOptions) -> Vec<Serving> {
        let base = options
            .base_url
            .clone()
            .unwrap_or_else(|| "http://localhost:8000/v1".to_owned());
        vec![Serving {
            // A bare name fails in litellm ("LLM Provider NOT provided").
            model_name: format!("openai/{model}"),
            litellm_params: vec![("api_base".to_owned(), ServingParam::Text(base.clone()))],
            compatible_base_url: Some(base),
            ..Serving::default()
        }]
    }

    fn simulated_model(&self, _: &str, name: &str) -> String {
        format!("{name}-{SIMULATED}")
    }

    fn connect(&self, ports: &Ports, _: &ProviderOptions) -> Result<Rc<dyn Provider>> {
        Ok(Rc::new(Bundler {
            ports: ports.clone(),
        }))
    }
}

/// What is remembered of a written bundle.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Bundle {
    id: String,
    created_at: Timestamp,
    job: CreateJob,
    files: Vec<String>,
}

/// Writes bundles.
struct Bundler {
    ports: Ports,
}

/// `config.json` of the bundle, read by its train script.
#[derive(Serialize)]
struct BundleConfig<'a> {
    name: &'a str,
    description: Option<&'a str>,
    base_model: &'a str,
    train_file: &'a str,
    validation_file: Option<&'a str>,
    train_samples: u64,
    validation_samples: u64,
    epochs: u32,
    batch_size: u32,
    learning_rate: f64,
    lora_rank: u32,
    seed: u32,
    metadata: &'a std::collections::BTreeMap<String, String>,
}

/// The usual learning rate of LoRA on vision models, multiplied by the user's factor.
const LEARNING_RATE: f64 = 1e-4;

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn config(job: &CreateJob) -> BundleConfig<'_> {
    let h = &job.hyperparameters;
    BundleConfig {
        name: &job.name,
        description: job.description.as_deref(),
        base_model: &job.base_model,
        train_file: file_name(&job.training.id),
        validation_file: job.validation.as_ref().map(|v| file_name(&v.id)),
        train_samples: job.train_samples,
        validation_samples: job.validation_samples,
        epochs: h.n_epochs.unwrap_or(3),
        batch_size: h.batch_size.unwrap_or(8),
        learning_rate: LEARNING_RATE * h.learning_rate_multiplier.unwrap_or(1.0),
        lora_rank: h.adapter_size.unwrap_or(16),
        seed: h.seed.unwrap_or(0),
        metadata: &job.metadata,
    }
}

fn readme(job: &CreateJob) -> String {
    let c = config(job);
    let validation = c
        .validation_file
        .map(|v| {
            format!(
                "- `{v}`: {} examples to validate with\n",
                c.validation_samples
            )
        })
        .unwrap_or_default();
    format!(
        "# {name}\n\n\
         A fine-tuning bundle for `{base}`, written by Screensmith. Nothing has been trained yet.\n\n\
         ## Contents\n\
         - `{train}`: {n} examples to train with\n{validation}\
         - `images/`: the pictures that the examples name, when they are not inside the lines\n\
         - `config.json`: model and hyperparameters\n\
         - `train.py`: trains a LoRA adapter with TRL\n\
         - `bundle.json`: checksums\n\n\
         ## Train\n\
         ```sh\n\
         python3 -m venv .venv && . .venv/bin/activate\n\
         pip install -r requirements.txt\n\
         python3 train.py            # writes output/\n\
         ```\n\
         `python3 train.py --check` reads all examples and pictures without training.\n\n\
         ## Serve\n\
         ```sh\n\
         pip install vllm\n\
         vllm serve {base} --enable-lora --lora-modules {name}=output\n\
         ```\n\
         The model then answers as `{name}` at `http://localhost:8000/v1`.\n",
        name = c.name,
        base = c.base_model,
        train = c.train_file,
        n = c.train_samples,
    )
}

impl Bundler {
    async fn bundle(&self, id: &str) -> Result<Bundle> {
        let found = self.ports.store.get(BUNDLES, id).await?;
        let doc = found.ok_or_else(|| {
            Error::new(ErrorKind::Provider, "not_found", "there is no such bundle").at(id)
        })?;
        Ok(serde_json::from_value(doc.value)?)
    }

    async fn write(&self, job: &CreateJob) -> Result<RemoteJob> {
        let files = &self.ports.files;
        let mut written = vec![file_name(&job.training.id).to_owned()];
        written.extend(job.validation.as_ref().map(|v| file_name(&v.id).to_owned()));
        let config = serde_json::to_vec_pretty(&config(job))?;
        let readme = readme(job);
        let texts: [(&str, &[u8]); 4] = [
            ("config.json", &config),
            ("README.md", readme.as_bytes()),
            ("train.py", TRAIN_SCRIPT.as_bytes()),
            ("requirements.txt", REQUIREMENTS.as_bytes()),
        ];
        for (name, bytes) in texts {
            files
                .write_all(&format!("{}/{name}", job.folder), bytes)
                .await?;
            written.push(name.to_owned());
        }
        let bundle = Bundle {
            id: bundle_id(&job.unique_key),
            created_at: self.ports.clock.now(),
            job: job.clone(),
            files: written,
        };
        files
            .write_all(
                &format!("{}/bundle.json", job.folder),
                &serde_json::to_vec_pretty(&bundle)?,
            )
            .await?;
        let batch = Batch::new().put(
            BUNDLES,
            &bundle.id,
            serde_json::to_value(&bundle)?,
            Expect::Any,
        );
        self.ports.store.commit(batch).await?;
        Ok(done(&bundle))
    }
}

fn bundle_id(unique_key: &str) -> String {
    format!("bundle-{}", &fingerprint([unique_key.as_bytes()])[..12])
}

fn done(bundle: &Bundle) -> RemoteJob {
    RemoteJob {
        id: bundle.id.clone(),
        state: RemoteState::Succeeded,
        raw_state: "bundle written".to_owned(),
        progress: None,
        model: Some(bundle.job.name.clone()),
        error: None,
        trained_tokens: None,
        estimated_finish: None,
        problems: Vec::new(),
    }
}

impl Provider for Bundler {
    fn vendor(&self) -> &'static dyn Vendor {
        &Custom
    }

    fn works_locally(&self) -> bool {
        true
    }

    fn upload<'a>(
        &'a self,
        file: &'a LocalFile,
        progress: &'a dyn Fn(Progress),
    ) -> LocalFuture<'a, Result<RemoteFile>> {
        Box::pin(async move {
            let bytes = self.ports.files.size(&file.path).await?;
            let bytes = bytes.ok_or_else(|| file_missing(&file.path))?;
            progress(Progress {
                done: bytes,
                total: bytes,
            });
            Ok(RemoteFile {
                id: file.path.clone(),
                bytes,
            })
        })
    }

    fn create<'a>(&'a self, job: &'a CreateJob) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(self.write(job))
    }

    fn find<'a>(&'a self, unique_key: &'a str) -> LocalFuture<'a, Result<Option<RemoteJob>>> {
        Box::pin(async move {
            let doc = self
                .ports
                .store
                .get(BUNDLES, &bundle_id(unique_key))
                .await?;
            let bundle: Option<Bundle> =
                doc.map(|d| serde_json::from_value(d.value)).transpose()?;
            Ok(bundle.as_ref().map(done))
        })
    }

    fn listing_delay_ms(&self) -> u64 {
        0
    }

    fn get<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(async move { Ok(done(&self.bundle(id).await?)) })
    }

    fn events<'a>(
        &'a self,
        id: &'a str,
        after: Option<&'a str>,
    ) -> LocalFuture<'a, Result<Vec<RemoteEvent>>> {
        Box::pin(async move {
            if after.is_some() {
                return Ok(Vec::new());
            }
            let bundle = self.bundle(id).await?;
            Ok(vec![RemoteEvent {
                id: format!("{id}-written"),
                created_at: bundle.created_at,
                level: Level::Info,
                kind: EventKind::Message,
                message: format!(
                    "Bundle written to {}; train it with `python3 train.py` there",
                    bundle.job.folder
                ),
                metrics: None,
            }])
        })
    }

    fn checkpoints<'a>(&'a self, _: &'a str) -> LocalFuture<'a, Result<Vec<Checkpoint>>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn cancel<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        self.get(id)
    }

    fn artifacts<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<Vec<Artifact>>> {
        Box::pin(async move {
            let bundle = self.bundle(id).await?;
            let names = bundle.files.iter().map(String::as_str);
            Ok(names
                .chain(["bundle.json"])
                .map(|name| Artifact {
                    name: name.to_owned(),
                    media_type: media_type(name).to_owned(),
                    id: format!("{}/{name}", bundle.job.folder),
                })
                .collect())
        })
    }

    fn save<'a>(
        &'a self,
        _: &'a str,
        artifact: &'a Artifact,
        to: &'a mut dyn FileWriter,
    ) -> LocalFuture<'a, Result<()>> {
        Box::pin(async move {
            let mut offset = 0;
            loop {
                let part = self.ports.files.read(&artifact.id, offset, 1 << 20).await?;
                if part.is_empty() {
                    return Ok(());
                }
                offset += part.len() as u64;
                to.write(&part).await?;
            }
        })
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("json") => "application/json",
        Some("jsonl") => "application/jsonl",
        Some("md") => "text/markdown",
        Some("py") => "text/x-python",
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("webp") => "image/webp",
        _ => "text/plain",
    }
}
