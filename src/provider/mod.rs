//! Vendors: what they offer, how their jobs are created and watched, and what they leave behind.
//!
//! [`PROVIDERS`] holds one [`Vendor`] per name of the seed. A vendor is connected to the ports
//! and then is a [`Provider`]; a practice run replaces it by the simulated provider, which is
//! marked SIMULATED in every name, event and artifact.

mod azure;
mod bedrock;
mod bundle;
mod call;
mod custom;
mod fireworks;
mod gemini;
pub mod google;
mod openai;
mod options;
mod points;
mod rest;
mod retry_after;
mod simulated;
mod together;
mod types;

pub use custom::Trainer;
pub use openai::{COMPATIBLE_KEY_ENV, compatible_env};

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

pub(crate) use options::direct;
pub use options::{ProviderOptions, Scenario, Simulation};
pub(crate) use retry_after::retry_after_ms;
pub use simulated::SIMULATED;
pub use types::{
    Access, Artifact, BaseModel, Capabilities, Checkpoint, CreateJob, Effect, EventKind,
    Hyperparameters, Level, ListedModel, LocalFile, MetricPoint, Milestone, Picture, Pictures,
    Progress, ProviderName, RemoteError, RemoteEvent, RemoteFile, RemoteJob, RemoteState, Serving,
    ServingParam, Setting, litellm_param, skyvern_setting,
};

use crate::base::ports::{FileWriter, LocalFuture, Ports};
use crate::base::time::Timestamp;
use crate::error::{Error, ErrorKind, Result};
use crate::problem::Problem;

/// What is known of a vendor without talking to it.
pub trait Vendor: std::fmt::Debug + Sync {
    /// Its name.
    fn name(&self) -> ProviderName;
    /// Its name for people.
    fn label(&self) -> &'static str;
    /// Id of the line format it trains on, one of `format::FORMATS`.
    fn format(&self) -> &'static str;
    /// Id of the line format that a job with these options trains on.
    fn format_for(&self, options: &ProviderOptions) -> &'static str {
        let _ = options;
        self.format()
    }
    /// Whether what the line format says of models, their prices and their ends, is said of
    /// this vendor; false for one that trains on the lines of another.
    fn models_of_format(&self) -> bool {
        true
    }
    /// What its interface offers.
    fn capabilities(&self) -> Capabilities;
    /// Dated facts, oldest first.
    fn lifecycle(&self) -> &'static [Milestone];
    /// Base models that it tunes on pictures; others may be typed.
    fn base_models(&self) -> &'static [BaseModel];
    /// Environment variables that hold what a real job needs.
    fn job_env_vars(&self) -> &'static [&'static str];
    /// Environment variables that the seed's registration of a tuned model requires.
    fn seed_env_vars(&self) -> &'static [&'static str];
    /// Fields of [`ProviderOptions`] that a real job of this vendor reads, what it needs first.
    fn settings(&self) -> &'static [&'static str] {
        &["base_url"]
    }
    /// Environment variables of keys that some real jobs of this vendor need and others do not.
    fn optional_env_vars(&self) -> &'static [&'static str] {
        &[]
    }
    /// Names of the machines that a real job talks to, first the one that the files go to;
    /// empty when nothing leaves this machine.
    fn hosts(&self, options: &ProviderOptions) -> Vec<String> {
        options.host().into_iter().collect()
    }
    /// Hosts that a proxy for this vendor must reach, whatever the options; a `*` at the
    /// beginning stands for any start.
    fn proxy_hosts(&self) -> Vec<String> {
        self.hosts(&ProviderOptions::default())
    }
    /// Passes over the data when the vendor chooses: its default, or what it chose for small
    /// sets so far.
    fn usual_epochs(&self) -> u32 {
        3
    }
    /// What is wrong with the hyperparameters; paths below `hyperparameters`.
    fn check(&self, hyperparameters: &Hyperparameters, options: &ProviderOptions) -> Vec<Problem>;
    /// What is wrong with a job of this model and these labels, beyond what [`check`](Self::check)
    /// sees; paths as in the configuration.
    fn check_job(
        &self,
        base_model: &str,
        hyperparameters: &Hyperparameters,
        metadata: &BTreeMap<String, Value>,
        options: &ProviderOptions,
    ) -> Vec<Problem> {
        let _ = (base_model, hyperparameters, metadata, options);
        Vec::new()
    }
    /// Characters of a job's name that the vendor keeps in the model's name.
    fn name_room(&self) -> usize {
        64
    }
    /// Ways to call the tuned model through litellm, the best first; never empty.
    fn serving(&self, model: &str, base_model: &str, options: &ProviderOptions) -> Vec<Serving>;
    /// Where the files of a job will lie, put before the paths of pictures in the lines; `None`
    /// when the lines carry the pictures or name them by relative path.
    fn image_uri_prefix(&self, job: &str, options: &ProviderOptions) -> Option<String> {
        let _ = (job, options);
        None
    }
    /// Whether uploaded files can be deleted through its interface.
    fn deletes_files(&self) -> bool {
        false
    }
    /// Whether a job with these options ends before anything is trained.
    fn awaits_training(&self, options: &ProviderOptions) -> bool {
        let _ = options;
        false
    }
    /// The id a practice run gives its model; contains the mark.
    fn simulated_model(&self, base_model: &str, name: &str) -> String;
    /// Connects to the vendor for a real job.
    ///
    /// # Errors
    /// [`crate::ErrorKind::Unsupported`] when this version has no connection to it.
    fn connect(&self, ports: &Ports, options: &ProviderOptions) -> Result<Rc<dyn Provider>>;
}

/// Every vendor.
pub const PROVIDERS: &[&dyn Vendor] = &[
    &openai::OpenAi,
    &gemini::Gemini,
    &together::Together,
    &fireworks::Fireworks,
    &bedrock::Bedrock,
    &azure::Azure,
    &custom::Custom,
];

impl ProviderName {
    /// What is known of this vendor.
    pub fn vendor(self) -> &'static dyn Vendor {
        match self {
            Self::OpenAi => &openai::OpenAi,
            Self::Azure => &azure::Azure,
            Self::Gemini => &gemini::Gemini,
            Self::Together => &together::Together,
            Self::Fireworks => &fireworks::Fireworks,
            Self::Bedrock => &bedrock::Bedrock,
            Self::Custom => &custom::Custom,
        }
    }
}

impl dyn Vendor {
    /// The date from which nobody can create jobs, if announced.
    pub fn closes(&self) -> Option<&'static Milestone> {
        self.lifecycle()
            .iter()
            .find(|m| m.effect == Effect::ClosesJobs)
    }

    /// The day on which `base_model` and what was tuned from it stop answering, if announced.
    pub fn end_of_life(&self, base_model: &str) -> Option<&'static Milestone> {
        self.lifecycle().iter().find(|m| {
            m.effect == Effect::EndsModels
                && (m.models.is_empty() || m.models.contains(&base_model))
        })
    }

    /// What the calendar says about starting a job with `base_model` at `now`.
    pub fn calendar(&self, base_model: &str, now: Timestamp) -> Vec<Problem> {
        let today = now.date();
        let mut out = Vec::new();
        for m in self.lifecycle() {
            let applies = m.models.is_empty() || m.models.contains(&base_model);
            if !applies {
                continue;
            }
            let past = today.as_str() >= m.date;
            let text = format!("{} ({}, source: {})", m.text, m.date, m.source);
            let problem = match (m.effect, past) {
                (Effect::ClosesJobs, true) => Problem::error("jobs_closed", "provider", text)
                    .hint("choose another provider, or train the custom bundle"),
                (Effect::EndsModels, true) => {
                    Problem::error("model_shutdown_date", "base_model", text)
                        .hint("choose a base model that still answers")
                }
                (Effect::RestrictsJobs, false) => continue,
                (Effect::EndsModels, false) => {
                    Problem::warning("model_shutdown_date", "base_model", text)
                }
                (Effect::ClosesJobs, false) | (Effect::RestrictsJobs, true) => {
                    Problem::warning("jobs_closing", "provider", text)
                }
            };
            out.push(problem);
        }
        out
    }
}

/// Where a job keeps how far an upload is, so that it goes on after the program ended. What
/// stands in it is the provider's own.
pub trait Bookmark {
    /// What was kept last; `None` at the beginning of an upload.
    fn get(&self) -> Option<Value>;
    /// Keeps `mark` in place of it. A key or anything that gives access has no place in it.
    fn set(&self, mark: Option<Value>) -> LocalFuture<'_, Result<()>>;
}

/// A connection through which jobs are created and watched.
///
/// A call that may work later fails with [`Error::retry_after_ms`] set.
pub trait Provider {
    /// The vendor behind it.
    fn vendor(&self) -> &'static dyn Vendor;

    /// Whether nothing is really trained.
    fn is_simulated(&self) -> bool {
        false
    }

    /// Whether the artifacts already lie in the job's folder.
    fn works_locally(&self) -> bool {
        false
    }

    /// Asks what the key may do, and whether `base_model` is open to it. Creates nothing. Of a
    /// vendor that has no question for it, at least the jobs are listed.
    fn access<'a>(&'a self, base_model: &'a str) -> LocalFuture<'a, Result<Access>> {
        let _ = base_model;
        Box::pin(async move {
            if self.works_locally() || self.is_simulated() {
                return Err(not_offered(self.vendor(), "check a key"));
            }
            self.find("screensmith-check").await?;
            Ok(Access {
                jobs: true,
                ..Access::default()
            })
        })
    }

    /// Models that the key sees, tuned ones among them, by id.
    fn models(&self) -> LocalFuture<'_, Result<Vec<ListedModel>>> {
        Box::pin(async move { Err(not_offered(self.vendor(), "list models")) })
    }

    /// Uploads the pictures that the lines name by URI, before the lines. Those that are there
    /// already are not sent again.
    fn upload_pictures<'a>(
        &'a self,
        pictures: &'a Pictures,
        progress: &'a dyn Fn(Progress),
    ) -> LocalFuture<'a, Result<()>> {
        let _ = (pictures, progress);
        Box::pin(async { Ok(()) })
    }

    /// Uploads a prepared file; `progress` hears of bytes done and in all. Uploading the same
    /// content again is harmless.
    fn upload<'a>(
        &'a self,
        file: &'a LocalFile,
        progress: &'a dyn Fn(Progress),
    ) -> LocalFuture<'a, Result<RemoteFile>>;

    /// As [`upload`](Self::upload), going on where `bookmark` says that an earlier try of the
    /// same content ended, where the vendor can.
    fn upload_on<'a>(
        &'a self,
        file: &'a LocalFile,
        progress: &'a dyn Fn(Progress),
        bookmark: &'a dyn Bookmark,
    ) -> LocalFuture<'a, Result<RemoteFile>> {
        let _ = bookmark;
        self.upload(file, progress)
    }

    /// Creates a job. Not repeated without asking [`find`](Self::find) first.
    fn create<'a>(&'a self, job: &'a CreateJob) -> LocalFuture<'a, Result<RemoteJob>>;

    /// The job that was created with this unique key, if there is one.
    fn find<'a>(&'a self, unique_key: &'a str) -> LocalFuture<'a, Result<Option<RemoteJob>>>;

    /// All jobs that were created with this unique key, where the vendor makes a second one when
    /// it is asked twice.
    fn find_all<'a>(&'a self, unique_key: &'a str) -> LocalFuture<'a, Result<Vec<RemoteJob>>> {
        Box::pin(async move { Ok(self.find(unique_key).await?.into_iter().collect()) })
    }

    /// How long a job may exist before [`find`](Self::find) sees it, in milliseconds.
    fn listing_delay_ms(&self) -> u64 {
        5000
    }

    /// Where the job stands.
    fn get<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>>;

    /// Events after the one with id `after` (all when `None`), oldest first.
    fn events<'a>(
        &'a self,
        id: &'a str,
        after: Option<&'a str>,
    ) -> LocalFuture<'a, Result<Vec<RemoteEvent>>>;

    /// Checkpoints that are kept, oldest first.
    fn checkpoints<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<Vec<Checkpoint>>>;

    /// Asks the vendor to stop the job. Asking for a finished job changes nothing.
    fn cancel<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>>;

    /// Asks the vendor to pause a running job, where [`Capabilities::pause`] says it can.
    fn pause<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(async move { Err(not_paused(self.vendor(), id)) })
    }

    /// Asks the vendor to go on with a paused job.
    fn resume<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(async move { Err(not_paused(self.vendor(), id)) })
    }

    /// Numbers of training steps that are told only when the job has ended, such as those of a
    /// table of results; empty where the events tell all.
    fn final_metrics<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<Vec<MetricPoint>>> {
        let _ = id;
        Box::pin(async { Ok(Vec::new()) })
    }

    /// What a finished job leaves behind.
    fn artifacts<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<Vec<Artifact>>>;

    /// Writes an artifact's bytes to `to`, without finishing it.
    fn save<'a>(
        &'a self,
        id: &'a str,
        artifact: &'a Artifact,
        to: &'a mut dyn FileWriter,
    ) -> LocalFuture<'a, Result<()>>;

    /// Writes an artifact's bytes from offset `from` on, for a download that broke off. A
    /// vendor that cannot begin in the middle sends all of it again, and only the rest is
    /// written.
    fn save_from<'a>(
        &'a self,
        id: &'a str,
        artifact: &'a Artifact,
        from: u64,
        to: &'a mut dyn FileWriter,
    ) -> LocalFuture<'a, Result<()>> {
        Box::pin(async move {
            let mut rest = Rest { skip: from, to };
            self.save(id, artifact, &mut rest).await?;
            match rest.skip {
                0 => Ok(()),
                _ => Err(artifact_changed(&artifact.name)),
            }
        })
    }

    /// Deletes an uploaded file. Deleting what is gone already changes nothing.
    fn delete_file<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<()>> {
        let _ = id;
        Box::pin(async move { Err(not_offered(self.vendor(), "delete files")) })
    }

    /// Deletes a tuned model for good. Deleting what is gone already changes nothing.
    fn delete_model<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<()>> {
        let _ = id;
        Box::pin(async move { Err(not_offered(self.vendor(), "delete models")) })
    }

    /// Milliseconds until asking again makes sense.
    fn poll_after_ms(&self, job: RemoteState) -> u64 {
        match job {
            RemoteState::Validating | RemoteState::Cancelling => 5000,
            _ => 15_000,
        }
    }
}

/// Leaves out the first bytes.
struct Rest<'a> {
    skip: u64,
    to: &'a mut dyn FileWriter,
}

impl FileWriter for Rest<'_> {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> LocalFuture<'a, Result<()>> {
        let skipped = usize::try_from(self.skip)
            .unwrap_or(usize::MAX)
            .min(bytes.len());
        self.skip -= skipped as u64;
        match bytes.get(skipped..) {
            Some(rest) if !rest.is_empty() => self.to.write(rest),
            _ => Box::pin(async { Ok(()) }),
        }
    }

    fn finish(self: Box<Self>) -> LocalFuture<'static, Result<()>> {
        // The owner of the file finishes it.
        Box::pin(async { Ok(()) })
    }
}

/// The error of an artifact that is shorter than what was fetched of it before.
pub(crate) fn artifact_changed(name: &str) -> Error {
    Error::new(
        ErrorKind::Provider,
        "artifact_changed",
        "the file at the vendor is another one than when the download began",
    )
    .at(name)
    .hint("remove the unfinished .part file and download again")
}

/// Connects to `name`: to its practice version when the options ask for one.
///
/// # Errors
/// [`crate::ErrorKind::Unsupported`] when this version has no connection to it.
pub fn connect(
    name: ProviderName,
    ports: &Ports,
    options: &ProviderOptions,
) -> Result<Rc<dyn Provider>> {
    match &options.simulated {
        Some(simulation) => Ok(Rc::new(simulated::Simulated::new(
            name.vendor(),
            name.vendor().format_for(options),
            ports.clone(),
            simulation.clone(),
        ))),
        None => name.vendor().connect(ports, options),
    }
}

/// The error of a call that the vendor's interface does not offer.
fn not_offered(vendor: &dyn Vendor, what: &str) -> Error {
    Error::unsupported(
        "call_unsupported",
        format!("{} does not offer to {what}", vendor.label()),
    )
    .at("provider")
    .hint("use the vendor's console")
}

/// The error of a vendor that neither pauses jobs nor goes on with them.
fn not_paused(vendor: &dyn Vendor, id: &str) -> Error {
    Error::unsupported(
        "pause_unsupported",
        format!("{} does not pause jobs", vendor.label()),
    )
    .at(id)
    .hint("cancel it, and start again later")
}

/// Text of a JSON value, for metadata that the vendor keeps as text.
pub fn metadata_text(value: &Value) -> String {
    match value {
        Value::String(s) => s.clone(),
        other => other.to_string(),
    }
}
