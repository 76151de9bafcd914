//! [`VisionFinetuner`]: drives jobs from dataset to tuned model.

use std::fmt;
use std::rc::Rc;

use crate::base::hash::{fingerprint, hex};
use crate::base::ports::{Expect, Guard, LocalFuture, Ports};
use crate::error::{Error, Result};
use crate::job::config::{FineTuneConfig, Start};
use crate::job::failure::{back_off_ms, is_passing};
use crate::job::manager::FineTuneJobManager;
use crate::job::record::FineTuneJob;
use crate::job::state::{Event, State};
use crate::job::step::Step;
use crate::job::version::{changed, checksum};
use crate::problem::{self, Problem};
use crate::provider::{self, Checkpoint, MetricPoint, Progress, Provider, RemoteEvent};

/// How often a watcher looks at what another tab or process stored, and how soon a driver hears
/// of a wish of the user, in milliseconds.
const GLANCE_MS: u64 = 1000;

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
    /// Another tab or process drives the job, and this one looks on.
    Elsewhere(&'a FineTuneJob),
    /// Bytes of the present upload.
    Upload {
        /// The job.
        job: &'a FineTuneJob,
        /// Bytes done and in all.
        progress: Progress,
    },
    /// Numbers came when the job had ended, beyond those of its events.
    Metrics {
        /// The job.
        job: &'a FineTuneJob,
        /// The numbers, one point a step.
        points: &'a [MetricPoint],
    },
    /// The vendor told which models it saved during training.
    Checkpoints {
        /// The job.
        job: &'a FineTuneJob,
        /// All of them, in order of their steps.
        checkpoints: &'a [Checkpoint],
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

/// Drives jobs: prepares, uploads, creates, watches, collects and registers. Each job is driven
/// by one tab or process at a time, which holds its lock; others look on.
#[derive(Clone)]
pub struct VisionFinetuner {
    pub(super) manager: FineTuneJobManager,
    pub(super) ports: Ports,
    pub(super) registry: Option<Rc<dyn ModelSink>>,
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

    pub(super) fn tell(&self, update: Update<'_>) {
        if let Some(observer) = &self.observer {
            observer(update);
        }
    }

    /// What would stop or worry a start with this configuration, the calendar included, without
    /// looking at the dataset: see [`preflight`](Self::preflight) for all of it.
    pub fn problems(&self, config: &FineTuneConfig) -> Vec<Problem> {
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

    /// Puts a job into the store without doing anything for it yet:
    /// [`wait`](Self::wait) or a [`Scheduler`](crate::job::Scheduler) goes on with it.
    ///
    /// The same configuration under the same `job_name` is the same job.
    ///
    /// # Errors
    /// The first of [`problems`](Self::problems); `file_missing`;
    /// `dataset_changed` when the job exists and its dataset is another one now; `job_exists` when the name belongs to another configuration;
    /// `dependency_missing` when there is no job to start after; a taken `register_llm_key`;
    /// failures of storage.
    pub async fn enqueue(&self, config: &FineTuneConfig) -> Result<FineTuneJob> {
        self.enqueue_as(config, None).await
    }

    pub(super) async fn enqueue_as(
        &self,
        config: &FineTuneConfig,
        retry_of: Option<&str>,
    ) -> Result<FineTuneJob> {
        problem::check(&self.problems(config))?;
        self.connect(config)?;
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
            Some((held, _)) if held.config == *config => {
                let sha = &held.dataset_sha256;
                if !held.state.is_final()
                    && sha.is_some()
                    && *sha != Some(self.dataset(config).await?)
                {
                    return Err(changed(&config.dataset_path, "since the job was made"));
                }
                return Ok(held);
            }
            Some(_) => {
                return Err(Error::caller(
                    "job_exists",
                    "a job with this name exists and was started with other settings",
                )
                .at("job_name")
                .hint("choose another job_name"));
            }
            None => {}
        }
        if let Start::After(id) = &config.start
            && self.manager.find(id).await?.is_none()
        {
            return Err(
                Error::caller("dependency_missing", format!("there is no job {id:?}"))
                    .at("start.after")
                    .hint("list the jobs to see their ids"),
            );
        }
        let unique = unique_key(&job_id, config, now.millis());
        let mut job = FineTuneJob::new(job_id, config.clone(), unique, now);
        job.dataset_sha256 = Some(self.dataset(config).await?);
        job.retry_of = retry_of.map(str::to_owned);
        match self.manager.write(&job, Expect::Absent, &[]).await {
            // Another tab began the same job at the same moment: that is the job.
            Err(e) if e.code() == "store_conflict" => {
                Box::pin(self.enqueue_as(config, retry_of)).await
            }
            Err(e) => Err(e),
            Ok(()) => {
                self.tell(Update::Job(&job));
                Ok(job)
            }
        }
    }

    async fn dataset(&self, config: &FineTuneConfig) -> Result<String> {
        checksum(self.ports.files.as_ref(), &config.dataset_path).await
    }

    /// Starts a job: splits and formats the dataset, uploads it and has the job created.
    /// Returns when the vendor has the job, when the job has failed, or, for a job that is to
    /// start later, when it waits for its turn.
    ///
    /// Starting the same configuration under the same `job_name` again continues that job and
    /// never makes a second one.
    ///
    /// # Errors
    /// As [`enqueue`](Self::enqueue), and failures of storage and network that waiting did not
    /// cure. The job stays as it is and goes on with the next
    /// [`check_status`](Self::check_status).
    pub async fn start_finetune(&self, config: &FineTuneConfig) -> Result<FineTuneJob> {
        let job = self.enqueue(config).await?;
        let begun = |s: &Step| {
            let there = s.job.state.remote_id().is_some();
            there || s.job.state.is_final() || (matches!(s.job.state, State::Waiting) && s.wait > 0)
        };
        self.drive(&job.job_id, begun).await
    }

    /// Asks the vendor once how the job stands, stores the answer and does what is due on this
    /// side: goes on with an interrupted start, fetches artifacts, registers the model. While
    /// another tab or process drives the job, this is what that one stored.
    ///
    /// # Errors
    /// `job_missing`, and failures of provider, network or storage; the job stays as it is.
    pub async fn check_status(&self, job_id: &str) -> Result<FineTuneJob> {
        self.drive(job_id, |s| {
            let waits = matches!(s.job.state, State::Waiting | State::Remote { .. });
            (waits && s.wait > 0) || s.last
        })
        .await
    }

    /// Takes steps until `enough`, unless somebody else drives the job.
    async fn drive(&self, job_id: &str, enough: impl Fn(&Step) -> bool) -> Result<FineTuneJob> {
        let Some(_guard) = self.lock(job_id).await? else {
            return self.manager.get(job_id).await;
        };
        loop {
            // A job that is far enough already is left alone.
            let job = self.manager.get(job_id).await?;
            let now = Step::new(job, 0);
            if enough(&now) {
                return Ok(now.job);
            }
            let step = self.step(job_id).await?;
            if enough(&step) {
                return Ok(step.job);
            }
            self.rest(job_id, step.wait).await?;
        }
    }

    /// Watches a job to its end. A lost network or a busy vendor is waited for. While another
    /// tab or process drives the job, this looks on, and takes over when the other stops.
    ///
    /// # Errors
    /// As [`check_status`](Self::check_status), for failures that waiting does not cure.
    pub async fn wait(&self, job_id: &str) -> Result<FineTuneJob> {
        let mut failures = 0u32;
        let mut guard: Option<Guard> = None;
        let mut seen: Option<FineTuneJob> = None;
        loop {
            if guard.is_none() {
                guard = self.lock(job_id).await?;
            }
            if guard.is_none() {
                let job = self.manager.get(job_id).await?;
                self.look_on(&job, seen.as_ref()).await?;
                if job.state.is_final() {
                    return Ok(job);
                }
                seen = Some(job);
                self.ports.clock.sleep(GLANCE_MS).await;
                continue;
            }
            let pause = match self.step(job_id).await {
                Ok(step) if step.last => return Ok(step.job),
                Ok(step) => {
                    failures = 0;
                    step.wait
                }
                Err(e) if is_passing(&e) => {
                    failures += 1;
                    e.retry_after_ms().unwrap_or(back_off_ms(failures + 2))
                }
                Err(e) => return Err(e),
            };
            self.rest(job_id, pause).await?;
        }
    }

    /// Tells what somebody else's work changed in a job since it was `seen`.
    pub(super) async fn look_on(
        &self,
        job: &FineTuneJob,
        seen: Option<&FineTuneJob>,
    ) -> Result<()> {
        if seen == Some(job) {
            return Ok(());
        }
        self.tell(Update::Elsewhere(job));
        let known = seen.map_or(job.events, |s| s.events);
        let new = usize::try_from(job.events.saturating_sub(known)).unwrap_or(usize::MAX);
        if new > 0 {
            let page = self
                .manager
                .events_before(&job.job_id, Some(job.events), new)
                .await?;
            let events = &page.events;
            self.tell(Update::Events { job, events });
        }
        Ok(())
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
    /// confirms. A job that has ended stays as it is. The wish is stored, so that whoever
    /// drives the job passes it on.
    ///
    /// # Errors
    /// As [`check_status`](Self::check_status).
    pub async fn cancel(&self, job_id: &str) -> Result<FineTuneJob> {
        let (job, _) = self.apply(job_id, Event::CancelAsked, |_| {}).await?;
        match job.state {
            State::Remote { .. } => self.look_again(job_id).await,
            _ => Ok(job),
        }
    }

    /// Ends a job here without asking the vendor, who may no longer know it or take the key. It
    /// may still run, and cost, there.
    ///
    /// # Errors
    /// `job_ended` when there is nothing to give up; `job_missing`; a failure of storage.
    pub async fn give_up(&self, job_id: &str) -> Result<FineTuneJob> {
        self.apply(job_id, Event::CancelAsked, |_| {}).await?;
        let told = Problem::warning(
            "given_up",
            "job",
            "it was given up here without asking the vendor",
        )
        .hint("it may still run, and cost, there: look in the vendor's console");
        let job = self.give_up_with(job_id, told).await?;
        match job.state {
            State::Cancelled { .. } => Ok(job),
            _ => Err(
                Error::caller("job_ended", format!("the job is {}", job.state.label()))
                    .at(job_id)
                    .hint("only a job that the vendor has is given up"),
            ),
        }
    }

    pub(super) async fn give_up_with(&self, job_id: &str, told: Problem) -> Result<FineTuneJob> {
        let note = |job: &mut FineTuneJob| job.problems.push(told.clone());
        Ok(self.apply(job_id, Event::Gone, note).await?.0)
    }

    /// Asks the vendor to pause a running job.
    ///
    /// # Errors
    /// `pause_unsupported` when the vendor cannot; `job_not_running` when it does not have the
    /// job or the job has ended; as [`check_status`](Self::check_status).
    pub async fn pause(&self, job_id: &str) -> Result<FineTuneJob> {
        self.ask_pause(job_id, true).await
    }

    /// Asks the vendor to go on with a paused job.
    ///
    /// # Errors
    /// As [`pause`](Self::pause).
    pub async fn resume(&self, job_id: &str) -> Result<FineTuneJob> {
        self.ask_pause(job_id, false).await
    }

    async fn ask_pause(&self, job_id: &str, pause: bool) -> Result<FineTuneJob> {
        let job = self.manager.get(job_id).await?;
        let vendor = job.provider.vendor();
        if !vendor.capabilities().pause {
            return Err(Error::unsupported(
                "pause_unsupported",
                format!("{} does not pause jobs", vendor.label()),
            )
            .at(job_id)
            .hint("cancel it, and start again later"));
        }
        let State::Remote { .. } = job.state else {
            return Err(Error::caller(
                "job_not_running",
                format!("the job is {}", job.state.label()),
            )
            .at(job_id)
            .hint("only a job that the vendor has can be paused and resumed"));
        };
        let (job, changed) = self.apply(job_id, Event::PauseAsked(pause), |_| {}).await?;
        if changed {
            self.look_again(job_id).await
        } else {
            Ok(job)
        }
    }

    /// One look at a job at the vendor, unless somebody else drives it and will take it.
    pub(super) async fn look_again(&self, job_id: &str) -> Result<FineTuneJob> {
        match self.lock(job_id).await? {
            Some(_guard) => Ok(self.step(job_id).await?.job),
            None => self.manager.get(job_id).await,
        }
    }

    pub(super) fn connect(&self, config: &FineTuneConfig) -> Result<Rc<dyn Provider>> {
        provider::connect(config.provider, &self.ports, &config.provider_options)
    }

    /// The right to drive a job; `None` while another tab or process has it.
    pub(super) async fn lock(&self, job_id: &str) -> Result<Option<Guard>> {
        self.ports.locks.try_lock(&format!("job-{job_id}")).await
    }

    /// Waits, but not on when somebody changes the stored job: the user may have asked for
    /// something.
    async fn rest(&self, job_id: &str, ms: u64) -> Result<()> {
        let clock = &self.ports.clock;
        let end = clock
            .now()
            .plus_millis(i64::try_from(ms).unwrap_or(i64::MAX));
        let at_first = self.manager.version(job_id).await?;
        loop {
            let left = end.since(clock.now()).max(0).unsigned_abs();
            if left == 0 {
                return Ok(());
            }
            clock.sleep(left.min(GLANCE_MS)).await;
            if self.manager.version(job_id).await? != at_first {
                return Ok(());
            }
        }
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
