//! [`VisionFinetuner`]: drives jobs from dataset to tuned model.

use std::fmt;
use std::rc::Rc;

use crate::base::hash::{fingerprint, hex};
use crate::base::ports::{Expect, LocalFuture, Ports};
use crate::error::{Error, ErrorKind, Result};
use crate::job::config::FineTuneConfig;
use crate::job::manager::FineTuneJobManager;
use crate::job::record::{FineTuneJob, Hold};
use crate::job::state::{Event, State, Uploaded};
use crate::problem::{self, Problem};
use crate::provider::{
    self, CreateJob, Progress, Provider, RemoteError, RemoteEvent, RemoteJob, metadata_text,
};

/// Tries of a step that may work later, before it counts as failed.
const MAX_TRIES: u32 = 6;

/// A tuned model, handed to the registry when its job is done.
#[derive(Clone, Debug)]
pub struct TunedModel<'a> {
    /// Key to register it under.
    pub key: &'a str,
    /// The job that made it.
    pub job: &'a FineTuneJob,
    /// The vendor's id of the model.
    pub model: &'a str,
}

/// Where tuned models are registered; the registry implements it.
pub trait ModelSink {
    /// Fails when a model of the job `job_id` could not be registered under `key`: because the
    /// key is taken by another job's model.
    fn check<'a>(&'a self, key: &'a str, job_id: &'a str) -> LocalFuture<'a, Result<()>>;

    /// Registers the model. Doing it again for the same job changes nothing.
    fn register<'a>(&'a self, model: TunedModel<'a>) -> LocalFuture<'a, Result<()>>;
}

/// News of a job for whoever watches it.
#[derive(Debug)]
pub enum Update<'a> {
    /// The stored job changed.
    Job(&'a FineTuneJob),
    /// Bytes of the present upload.
    Upload {
        /// The job.
        job: &'a FineTuneJob,
        /// Bytes done and in all.
        progress: Progress,
    },
    /// The vendor reported new events.
    Events {
        /// The job.
        job: &'a FineTuneJob,
        /// The events, oldest first.
        events: &'a [RemoteEvent],
    },
}

type Observer = Rc<dyn Fn(Update<'_>)>;

/// Drives jobs: prepares, uploads, creates, watches, collects and registers.
#[derive(Clone)]
pub struct VisionFinetuner {
    manager: FineTuneJobManager,
    ports: Ports,
    registry: Option<Rc<dyn ModelSink>>,
    observer: Option<Observer>,
}

impl fmt::Debug for VisionFinetuner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VisionFinetuner").finish_non_exhaustive()
    }
}

impl VisionFinetuner {
    /// A driver of the jobs of `job_manager`.
    pub fn new(job_manager: FineTuneJobManager, ports: Ports) -> Self {
        Self {
            manager: job_manager,
            ports,
            registry: None,
            observer: None,
        }
    }

    /// Registers tuned models there.
    #[must_use]
    pub fn with_registry(mut self, registry: Rc<dyn ModelSink>) -> Self {
        self.registry = Some(registry);
        self
    }

    /// Tells `observer` what happens.
    #[must_use]
    pub fn on_update(mut self, observer: impl Fn(Update<'_>) + 'static) -> Self {
        self.observer = Some(Rc::new(observer));
        self
    }

    /// The jobs.
    pub fn job_manager(&self) -> &FineTuneJobManager {
        &self.manager
    }

    fn tell(&self, update: Update<'_>) {
        if let Some(observer) = &self.observer {
            observer(update);
        }
    }

    /// What would stop or worry a start with this configuration, the calendar included.
    pub fn preflight(&self, config: &FineTuneConfig) -> Vec<Problem> {
        let mut out = config.validate();
        let simulated = config.provider_options.simulated.is_some();
        let vendor = config.provider.vendor();
        for mut p in vendor.calendar(&config.base_model, self.ports.clock.now()) {
            if simulated {
                // Practice is allowed after the vendor has closed.
                p.severity = p.severity.min(crate::Severity::Warning);
            }
            out.push(p);
        }
        out
    }

    /// Starts a job: splits and formats the dataset, uploads it and has the job created.
    /// Returns when the vendor has the job, or the job has failed.
    ///
    /// Starting the same configuration under the same `job_name` again continues that job and
    /// never makes a second one.
    ///
    /// # Errors
    /// The first problem of [`preflight`](Self::preflight); `provider_not_connected`;
    /// `job_exists` when the name belongs to another configuration; a taken
    /// `register_llm_key`; failures of storage and network that waiting did not cure. The job
    /// stays as it is and goes on with the next [`check_status`](Self::check_status).
    pub async fn start_finetune(&self, config: &FineTuneConfig) -> Result<FineTuneJob> {
        problem::check(&self.preflight(config))?;
        let provider = self.connect(config)?;
        if self.ports.files.size(&config.dataset_path).await?.is_none() {
            return Err(Error::data(
                "file_missing",
                format!("there is no file {:?}", config.dataset_path),
            )
            .at("dataset_path")
            .hint("check the path, or generate the dataset first"));
        }
        let now = self.ports.clock.now();
        let job_id = match &config.job_name {
            Some(name) => name.clone(),
            None => draw_job_id()?,
        };
        let key = config.register_llm_key.as_deref();
        if let (Some(key), Some(registry)) = (key, &self.registry) {
            registry.check(key, &job_id).await?;
        }
        match self.manager.find(&job_id).await? {
            Some((held, _)) if held.config == *config => {}
            Some(_) => {
                return Err(Error::caller(
                    "job_exists",
                    "a job with this name exists and was started with other settings",
                )
                .at("job_name")
                .hint("choose another job_name"));
            }
            None => {
                let unique = unique_key(&job_id, config, now.millis());
                let job = FineTuneJob::new(job_id.clone(), config.clone(), unique, now);
                self.manager.write(&job, Expect::Absent, &[]).await?;
                self.tell(Update::Job(&job));
            }
        }
        self.submit(&job_id, provider.as_ref()).await
    }

    /// Asks the vendor once how the job stands, stores the answer and does what is due on this
    /// side: goes on with an interrupted start, fetches artifacts, registers the model.
    ///
    /// # Errors
    /// `job_missing`, and failures of provider, network or storage; the job stays as it is.
    pub async fn check_status(&self, job_id: &str) -> Result<FineTuneJob> {
        let job = self.manager.get(job_id).await?;
        let unread = job.events == 0 && job.state.remote_id().is_some();
        if job.state.is_final() && !unread {
            return Ok(job);
        }
        let provider = self.connect(&job.config)?;
        let job = self.submit(job_id, provider.as_ref()).await?;
        let job = match &job.state {
            State::Remote { id, cancel, .. } => {
                if *cancel {
                    provider.cancel(id).await?;
                }
                self.poll(&job, id, provider.as_ref()).await?
            }
            _ => job,
        };
        self.conclude(job, provider.as_ref()).await
    }

    /// Watches a job to its end. A lost network or a busy vendor is waited for.
    ///
    /// # Errors
    /// As [`check_status`](Self::check_status), for failures that waiting does not cure.
    pub async fn wait(&self, job_id: &str) -> Result<FineTuneJob> {
        let mut failures = 0u32;
        loop {
            let pause = match self.check_status(job_id).await {
                Ok(job) if job.state.is_final() => return Ok(job),
                Ok(job) => {
                    failures = 0;
                    match &job.state {
                        State::Remote { stage, .. } => {
                            self.connect(&job.config)?.poll_after_ms(*stage)
                        }
                        _ => 1000,
                    }
                }
                Err(e) if is_passing(&e) => {
                    failures += 1;
                    e.retry_after_ms().unwrap_or(back_off_ms(failures + 2))
                }
                Err(e) => return Err(e),
            };
            self.ports.clock.sleep(pause).await;
        }
    }

    /// Starts a job and watches it to its end: the seed's whole flow in one call.
    ///
    /// # Errors
    /// As [`start_finetune`](Self::start_finetune) and [`wait`](Self::wait).
    pub async fn run(&self, config: &FineTuneConfig) -> Result<FineTuneJob> {
        let job = self.start_finetune(config).await?;
        self.wait(&job.job_id).await
    }

    /// Stops a job: at once when the vendor does not have it, else as soon as the vendor
    /// confirms. A job that has ended stays as it is.
    ///
    /// # Errors
    /// As [`check_status`](Self::check_status).
    pub async fn cancel(&self, job_id: &str) -> Result<FineTuneJob> {
        let (job, _) = self.apply(job_id, Event::CancelAsked, |_| {}).await?;
        match job.state {
            State::Remote { .. } => self.check_status(job_id).await,
            _ => Ok(job),
        }
    }

    /// Copies the artifacts of a job into `folder` and returns their paths.
    ///
    /// # Errors
    /// `job_missing`; `no_artifacts` while the vendor has no job; failures of provider or
    /// storage.
    pub async fn download_model(&self, job_id: &str, folder: &str) -> Result<Vec<String>> {
        let job = self.manager.get(job_id).await?;
        let Some(id) = job.state.remote_id() else {
            return Err(Error::caller(
                "no_artifacts",
                "the vendor has no job yet, so no artifacts",
            )
            .at(job_id)
            .hint("wait until the job runs"));
        };
        let provider = self.connect(&job.config)?;
        self.save_artifacts(id, folder, provider.as_ref()).await
    }

    fn connect(&self, config: &FineTuneConfig) -> Result<Rc<dyn Provider>> {
        provider::connect(config.provider, &self.ports, &config.provider_options)
    }

    /// Brings a job to the vendor, from wherever it stands.
    async fn submit(&self, job_id: &str, provider: &dyn Provider) -> Result<FineTuneJob> {
        loop {
            let job = self.manager.get(job_id).await?;
            if let Some(hold) = &job.hold {
                let wait = hold.until.since(self.ports.clock.now());
                self.ports.clock.sleep(wait.max(0).unsigned_abs()).await;
            }
            let step = match &job.state {
                State::Preparing => self.prepare(&job).await,
                State::Uploading { .. } => self.upload(&job, provider).await,
                State::Ready { uploaded } => self.create(&job, uploaded, provider).await,
                State::Creating { uploaded, cancel } => {
                    self.reconcile(&job, uploaded, *cancel, provider).await
                }
                _ => return Ok(job),
            };
            if let Err(e) = step {
                self.failed(&job, e).await?;
            }
        }
    }

    async fn prepare(&self, job: &FineTuneJob) -> Result<()> {
        let made = crate::job::prepare::prepare(&self.ports, job).await?;
        let prepared = made.files.clone();
        self.apply(&job.job_id, Event::Prepared(prepared), |job| {
            made.describe(job)
        })
        .await?;
        Ok(())
    }

    async fn upload(&self, job: &FineTuneJob, provider: &dyn Provider) -> Result<()> {
        let State::Uploading { prepared, train } = &job.state else {
            return Ok(());
        };
        let report = |progress| self.tell(Update::Upload { job, progress });
        let event = match (train, &prepared.validation) {
            (Some(_), Some(file)) => {
                Event::UploadedValidation(provider.upload(file, &report).await?)
            }
            _ => {
                if let Some(pictures) = &prepared.pictures {
                    provider.upload_pictures(pictures, &report).await?;
                }
                Event::UploadedTrain(provider.upload(&prepared.train, &report).await?)
            }
        };
        self.apply(&job.job_id, event, |_| {}).await?;
        Ok(())
    }

    /// Stores the intent, then asks the vendor.
    async fn create(
        &self,
        job: &FineTuneJob,
        uploaded: &Uploaded,
        provider: &dyn Provider,
    ) -> Result<()> {
        let (stored, changed) = self.apply(&job.job_id, Event::Intended, |_| {}).await?;
        if !changed || !matches!(stored.state, State::Creating { .. }) {
            // Someone else was faster: the next round looks before it asks.
            return Ok(());
        }
        self.ask(&stored, uploaded, provider).await
    }

    /// Looks whether the vendor has the job; asks again only when it does not.
    async fn reconcile(
        &self,
        job: &FineTuneJob,
        uploaded: &Uploaded,
        cancel: bool,
        provider: &dyn Provider,
    ) -> Result<()> {
        let age = self
            .ports
            .clock
            .now()
            .since(job.updated_at)
            .max(0)
            .unsigned_abs();
        let delay = provider.listing_delay_ms().saturating_sub(age);
        self.ports.clock.sleep(delay).await;
        if let Some(found) = provider.find(&job.unique_key).await? {
            self.apply(&job.job_id, Event::Created(found), |_| {})
                .await?;
            return Ok(());
        }
        if cancel {
            self.apply(&job.job_id, Event::NotThere, |_| {}).await?;
            return Ok(());
        }
        self.ask(job, uploaded, provider).await
    }

    async fn ask(
        &self,
        job: &FineTuneJob,
        uploaded: &Uploaded,
        provider: &dyn Provider,
    ) -> Result<()> {
        let created = provider.create(&request(job, uploaded)).await?;
        self.apply(&job.job_id, Event::Created(created), |_| {})
            .await?;
        Ok(())
    }

    async fn poll(
        &self,
        job: &FineTuneJob,
        id: &str,
        provider: &dyn Provider,
    ) -> Result<FineTuneJob> {
        // The state first: events read after it cannot lack the ones that led to it.
        let remote = provider.get(id).await?;
        for _ in 0..8 {
            let (mut job, version) = self.manager.load(&job.job_id).await?;
            let events = provider.events(id, job.last_event.as_deref()).await?;
            self.take(&mut job, remote.clone(), &events);
            let written = self
                .manager
                .write(&job, Expect::Version(version), &events)
                .await;
            match written {
                Err(e) if e.code() == "store_conflict" => continue,
                other => other?,
            }
            if !events.is_empty() {
                self.tell(Update::Events {
                    job: &job,
                    events: &events,
                });
            }
            self.tell(Update::Job(&job));
            return Ok(job);
        }
        self.manager.get(&job.job_id).await
    }

    /// Takes the vendor's answer into the job.
    fn take(&self, job: &mut FineTuneJob, remote: RemoteJob, events: &[RemoteEvent]) {
        for event in events {
            if let Some(p) = &event.metrics {
                job.metrics.take(p);
            }
        }
        job.events += events.len() as u64;
        if let Some(last) = events.last() {
            job.last_event = Some(last.id.clone());
        }
        if let Some(p) = remote.progress {
            job.metrics.total_steps = Some(p.total);
        }
        job.metrics.trained_tokens = remote.trained_tokens.or(job.metrics.trained_tokens);
        job.estimated_finish = remote.estimated_finish;
        for found in &remote.problems {
            if !job.problems.contains(found) {
                job.problems.push(found.clone());
            }
        }
        job.hold = None;
        job.updated_at = self.ports.clock.now();
        let state = job.state.clone().next(Event::Seen(remote));
        job.set_state(state);
    }

    /// Fetches artifacts and registers the model.
    async fn conclude(&self, mut job: FineTuneJob, provider: &dyn Provider) -> Result<FineTuneJob> {
        if job.events == 0
            && let Some(id) = job.state.remote_id()
        {
            // A job that was found already finished has its events all the same.
            job = self.poll(&job, id, provider).await?;
        }
        if let State::Saving { id, .. } = &job.state {
            let output = if provider.works_locally() {
                job.folder()
            } else {
                let folder = format!("{}/artifacts", job.folder());
                self.save_artifacts(id, &folder, provider).await?;
                format!("{folder}/model.json")
            };
            let register = job.config.register_llm_key.is_some() && self.registry.is_some();
            let saved = Event::Saved { register };
            (job, _) = self
                .apply(&job.job_id, saved, |job| {
                    job.output_artifact = Some(output.clone());
                })
                .await?;
        }
        if let (State::Registering { model, .. }, Some(registry), Some(key)) =
            (&job.state, &self.registry, &job.config.register_llm_key)
        {
            let tuned = TunedModel {
                key,
                job: &job,
                model,
            };
            let refused = match registry.register(tuned).await {
                Ok(()) => None,
                // The model exists and must not be lost to a taken key.
                Err(e) if e.kind() == ErrorKind::Caller => Some(
                    Problem::warning(e.code().to_owned(), "register_llm_key", e.message())
                        .hint(e.hint_text().unwrap_or_default()),
                ),
                Err(e) => return Err(e),
            };
            (job, _) = self
                .apply(&job.job_id, Event::Registered, |job| {
                    job.problems.extend(refused.clone());
                })
                .await?;
        }
        Ok(job)
    }

    async fn save_artifacts(
        &self,
        id: &str,
        folder: &str,
        provider: &dyn Provider,
    ) -> Result<Vec<String>> {
        let mut paths = Vec::new();
        for artifact in provider.artifacts(id).await? {
            let path = format!("{}/{}", folder.trim_end_matches('/'), artifact.name);
            let mut file = self.ports.files.create(&path).await?;
            provider.save(id, &artifact, file.as_mut()).await?;
            file.finish().await?;
            paths.push(path);
        }
        Ok(paths)
    }

    /// Applies an event to the stored job. Returns the job and whether its state changed. A
    /// change that someone else made in the meantime is respected: the event is applied to
    /// what is stored now.
    async fn apply(
        &self,
        job_id: &str,
        event: Event,
        describe: impl Fn(&mut FineTuneJob),
    ) -> Result<(FineTuneJob, bool)> {
        let mut tries = 0;
        loop {
            let (mut job, version) = self.manager.load(job_id).await?;
            let next = job.state.clone().next(event.clone());
            if next == job.state {
                return Ok((job, false));
            }
            job.set_state(next);
            job.hold = None;
            job.updated_at = self.ports.clock.now();
            describe(&mut job);
            match self
                .manager
                .write(&job, Expect::Version(version), &[])
                .await
            {
                Ok(()) => {
                    self.tell(Update::Job(&job));
                    return Ok((job, true));
                }
                Err(e) if e.code() == "store_conflict" && tries < 8 => tries += 1,
                Err(e) => return Err(e),
            }
        }
    }

    /// Decides what a failed step of the start means: wait, fail, or give the error back and
    /// leave the job where it is.
    async fn failed(&self, job: &FineTuneJob, error: Error) -> Result<()> {
        let asking = matches!(job.state, State::Ready { .. } | State::Creating { .. });
        match error.kind() {
            ErrorKind::Storage | ErrorKind::Cancelled => return Err(error),
            // The user mends it with a new key, and the job goes on where it stands.
            _ if error.code() == "unauthorized" => return Err(error),
            // Whether the vendor has the job is unknown while it cannot be asked.
            _ if asking && error.code() == "not_found" => return Err(error),
            _ => {}
        }
        let told = RemoteError {
            code: error.code().to_owned(),
            message: match error.path() {
                Some(path) => format!("{path}: {}", error.message()),
                None => error.message().to_owned(),
            },
            hint: error.hint_text().unwrap_or_default().to_owned(),
        };
        if !is_passing(&error) {
            self.apply(&job.job_id, Event::Failed(told), |_| {}).await?;
            return Ok(());
        }
        let (mut stored, version) = self.manager.load(&job.job_id).await?;
        let tries = stored.hold.as_ref().map_or(0, |h| h.tries) + 1;
        if tries > MAX_TRIES {
            return Err(error);
        }
        let pause = error.retry_after_ms().unwrap_or(back_off_ms(tries));
        stored.hold = Some(Hold {
            until: self
                .ports
                .clock
                .now()
                .plus_millis(i64::try_from(pause).unwrap_or(i64::MAX)),
            tries,
            error: told,
        });
        match self
            .manager
            .write(&stored, Expect::Version(version), &[])
            .await
        {
            Err(e) if e.code() != "store_conflict" => return Err(e),
            _ => self.tell(Update::Job(&stored)),
        }
        Ok(())
    }
}

/// Whether the same call may work later.
fn is_passing(e: &Error) -> bool {
    e.kind() == ErrorKind::Network || e.retry_after_ms().is_some()
}

/// Half a second, doubled with every try, at most 60 s.
fn back_off_ms(tries: u32) -> u64 {
    (500u64 << tries.min(10)).min(60_000)
}

fn request(job: &FineTuneJob, uploaded: &Uploaded) -> CreateJob {
    CreateJob {
        unique_key: job.unique_key.clone(),
        name: job.job_id.clone(),
        base_model: job.config.base_model.clone(),
        description: job.config.description.clone(),
        training: uploaded.train.clone(),
        validation: uploaded.validation.clone(),
        train_samples: job.metrics.train_samples,
        validation_samples: job.metrics.validation_samples,
        hyperparameters: job.config.hyperparameters.clone(),
        metadata: job
            .config
            .metadata
            .iter()
            .map(|(k, v)| (k.clone(), metadata_text(v)))
            .collect(),
        folder: job.folder(),
    }
}

/// The same job started at another time is another job, so the time is part of the key.
fn unique_key(job_id: &str, config: &FineTuneConfig, now_ms: i64) -> String {
    let parts = [
        job_id.as_bytes(),
        config.dataset_path.as_bytes(),
        config.base_model.as_bytes(),
        &now_ms.to_le_bytes(),
    ];
    format!("screensmith-{}", &fingerprint(parts)[..20])
}

/// The seed's form of an id: `ft-` and 12 hex digits.
fn draw_job_id() -> Result<String> {
    let mut b = [0u8; 6];
    getrandom::fill(&mut b)
        .map_err(|e| Error::unsupported("no_randomness", e.to_string()).hint("give a job_name"))?;
    Ok(format!("ft-{}", hex(&b)))
}
