//! One step of one job: looks where it stands, and does the next thing that is due.

use crate::base::ports::Expect;
use crate::error::{ErrorKind, Result};
use crate::job::driver::{TunedModel, Update, VisionFinetuner};
use crate::job::failure::{Doing, Verdict, is_passing, verdict};
use crate::job::prepare::Pass;
use crate::job::record::FineTuneJob;
use crate::job::state::{Event, State, Uploaded};
use crate::problem::Problem;
use crate::provider::{CreateJob, Provider, RemoteError, RemoteEvent, RemoteJob, metadata_text};

/// Conflicts at the creation of a job before it counts as refused, and the wait after each.
const MAX_CONFLICTS: u32 = 3;
const CONFLICT_MS: u64 = 2000;

/// What a step led to.
#[derive(Debug)]
pub(super) struct Step {
    /// The job as it is stored now.
    pub(super) job: FineTuneJob,
    /// Milliseconds until the next step is due; 0: at once.
    pub(super) wait: u64,
    /// Whether there is no next step.
    pub(super) last: bool,
}

/// Whether a job has to be asked for.
enum Found {
    /// The vendor does not have it.
    Absent,
    /// What is known is stored, or will be after so many milliseconds.
    Known(u64),
}

impl Step {
    pub(super) fn new(job: FineTuneJob, wait: u64) -> Self {
        let last = job.state.is_final() && !unread(&job);
        Self { job, wait, last }
    }
}

/// A job that was found already finished has its events all the same.
fn unread(job: &FineTuneJob) -> bool {
    job.events == 0 && job.state.remote_id().is_some()
}

impl VisionFinetuner {
    /// Does the next thing for a job. The caller holds the lock of the job.
    pub(super) async fn step(&self, job_id: &str) -> Result<Step> {
        let job = self.manager.get(job_id).await?;
        if job.state.is_final() && !unread(&job) {
            return Ok(Step::new(job, 0));
        }
        if matches!(job.state, State::Waiting) {
            return self.admit(job).await;
        }
        if let Some(hold) = &job.hold {
            let left = hold.until.since(self.ports.clock.now());
            if left > 0 {
                let wait = left.unsigned_abs();
                return Ok(Step::new(job, wait));
            }
        }
        let job = self.taken_up(job).await?;
        let provider = self.connect(&job.config)?;
        let provider = provider.as_ref();
        let (doing, done) = match &job.state {
            State::Preparing => (Doing::Starting, self.prepare(&job).await.map(|()| 0)),
            State::Uploading { .. } => (
                Doing::Starting,
                self.upload(&job, provider).await.map(|()| 0),
            ),
            State::Ready { uploaded } => (
                Doing::Starting,
                self.create(&job, uploaded, provider).await.map(|()| 0),
            ),
            State::Creating { uploaded, cancel } => {
                match self.reconcile(&job, *cancel, provider).await {
                    Ok(Found::Absent) => (
                        Doing::Starting,
                        self.ask(&job, uploaded, provider).await.map(|()| 0),
                    ),
                    Ok(Found::Known(wait)) => (Doing::Asking, Ok(wait)),
                    Err(e) => (Doing::Asking, Err(e)),
                }
            }
            State::Remote { cancel, .. } => match self.look(job.clone(), provider).await {
                // What is not there needs no stopping.
                Err(e) if *cancel && e.code() == "not_found" => {
                    let told = Problem::warning("not_found", "job", e.message())
                        .hint("the vendor does not know the job any more");
                    (
                        Doing::Asking,
                        self.give_up_with(&job.job_id, told).await.map(|_| 0),
                    )
                }
                Err(e) if verdict(Doing::Asking, &e) == Verdict::Hold => (Doing::Asking, Err(e)),
                // A job that trains is asked about again by whoever drives it.
                other => return other,
            },
            State::Saving { .. } | State::Registering { .. } => {
                let done = self.conclude(job.clone(), provider).await;
                (Doing::Asking, done.map(|_| 0))
            }
            _ => {
                let mut step = Step::new(self.conclude(job, provider).await?, 0);
                // A vendor that reports no events has none to be read now either.
                step.last = true;
                return Ok(step);
            }
        };
        let wait = match done {
            Ok(wait) => wait,
            Err(e) => {
                self.failed(&job, doing, e).await?;
                0
            }
        };
        let job = self.manager.get(job_id).await?;
        Ok(Step::new(job, wait))
    }

    /// Passes on what the user wants and asks the vendor how the job stands.
    async fn look(&self, job: FineTuneJob, provider: &dyn Provider) -> Result<Step> {
        let State::Remote {
            id,
            stage,
            cancel,
            pause,
            ..
        } = &job.state
        else {
            return Ok(Step::new(job, 0));
        };
        self.cancel_doubles(&job, id, *stage, provider).await?;
        if *cancel {
            provider.cancel(id).await?;
        } else if let Some(pause) = pause {
            self.pass_on(&job, id, *pause, provider).await?;
        }
        let wait = provider.poll_after_ms(*stage);
        let job = self.poll(&job, id, provider).await?;
        let wait = match &job.state {
            State::Remote { stage, .. } => provider.poll_after_ms(*stage),
            State::Waiting => wait,
            _ => 0,
        };
        Ok(Step::new(job, wait))
    }

    /// Asks the vendor to pause or to go on; a refusal ends the wish, not the job.
    async fn pass_on(
        &self,
        job: &FineTuneJob,
        id: &str,
        pause: bool,
        provider: &dyn Provider,
    ) -> Result<()> {
        let asked = if pause {
            provider.pause(id).await
        } else {
            provider.resume(id).await
        };
        match asked {
            Err(e) if !is_passing(&e) => {
                let word = if pause { "pause" } else { "resume" };
                let told = Problem::warning(e.code().to_owned(), word, e.message())
                    .hint(e.hint_text().unwrap_or_default());
                self.apply(&job.job_id, Event::PauseRefused, |job| {
                    job.problems.push(told.clone());
                })
                .await?;
                Ok(())
            }
            other => other.map(|_| ()),
        }
    }

    async fn prepare(&self, job: &FineTuneJob) -> Result<()> {
        let pass = Pass {
            ports: &self.ports,
            config: &job.config,
            job_id: &job.job_id,
            folder: job.folder(),
            write: true,
            sha256: job.dataset_sha256.as_deref(),
        };
        let made = pass.run().await?;
        // What the vendor would refuse is not sent.
        let event = match made.problems.iter().find(|p| p.is_error()) {
            Some(p) => Event::Failed(RemoteError {
                code: p.code.clone().into_owned(),
                message: format!("{}: {}", p.path, p.message),
                hint: p.hint.clone(),
            }),
            None => Event::Prepared(made.files.clone()),
        };
        self.apply(&job.job_id, event, |job| made.describe(job))
            .await?;
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

    /// Looks whether the vendor has the job, which may have been asked for.
    async fn reconcile(
        &self,
        job: &FineTuneJob,
        cancel: bool,
        provider: &dyn Provider,
    ) -> Result<Found> {
        let age = self.ports.clock.now().since(job.updated_at);
        let delay = provider.listing_delay_ms();
        let early = delay.saturating_sub(age.max(0).unsigned_abs());
        if early > 0 {
            return Ok(Found::Known(early));
        }
        if let Some(found) = provider.find(&job.unique_key).await? {
            self.apply(&job.job_id, Event::Created(found), |_| {})
                .await?;
        } else if cancel {
            self.apply(&job.job_id, Event::NotThere, |_| {}).await?;
        } else {
            return Ok(Found::Absent);
        }
        Ok(Found::Known(0))
    }

    async fn ask(
        &self,
        job: &FineTuneJob,
        uploaded: &Uploaded,
        provider: &dyn Provider,
    ) -> Result<()> {
        let mut conflicts = 0;
        let created = loop {
            let e = match provider.create(&request(job, uploaded)).await {
                Err(e) if e.code() == "conflict" && conflicts < MAX_CONFLICTS => e,
                other => break other?,
            };
            // The job is there, or something is busy.
            conflicts += 1;
            let pause = e.retry_after_ms().unwrap_or(CONFLICT_MS);
            self.ports.clock.sleep(pause).await;
            match provider.find(&job.unique_key).await {
                Ok(Some(found)) => break found,
                Ok(None) => {}
                // Whether it is there is not known: the next step looks again.
                Err(_) => return Ok(()),
            }
        };
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
        let mut remote = provider.get(id).await?;
        crate::job::left_out::name_rows(&self.ports, job, &mut remote.problems).await?;
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
            job.metrics.take_progress(p);
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
        let pace = job.estimate_finish(job.updated_at);
        if !job.state.is_final() {
            job.estimated_finish = job.estimated_finish.or(pace);
        }
    }

    /// Fetches artifacts and registers the model.
    async fn conclude(&self, mut job: FineTuneJob, provider: &dyn Provider) -> Result<FineTuneJob> {
        if unread(&job)
            && let Some(id) = job.state.remote_id()
        {
            job = self.poll(&job, id, provider).await?;
        }
        if let State::Saving { id, .. } = &job.state {
            let silent = self.save_metrics(&job, id, provider).await?;
            if job.provider.vendor().capabilities().checkpoints {
                match self.keep_checkpoints(&job, id, provider).await {
                    Err(e) if e.kind() == ErrorKind::Storage => return Err(e),
                    // The vendor may say no: they can be asked for at any time.
                    _ => {}
                }
            }
            let points = self.manager.metrics(&job.job_id).await?;
            let (output, saved_files) = if provider.works_locally() {
                (job.folder(), Vec::new())
            } else {
                let folder = format!("{}/artifacts", job.folder());
                let saved = self.save_artifacts(&job, id, &folder, provider).await?;
                (format!("{folder}/model.json"), saved)
            };
            let saved = Event::Saved {
                register: self.registers(&job),
            };
            (job, _) = self
                .apply(&job.job_id, saved, |job| {
                    job.metrics.take_all(&points);
                    job.problems.extend(silent.clone());
                    job.output_artifact = Some(output.clone());
                    job.artifacts.clone_from(&saved_files);
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

    /// Applies an event to the stored job. Returns the job and whether its state changed. A
    /// change that someone else made in the meantime is respected: the event is applied to
    /// what is stored now.
    pub(super) async fn apply(
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
        convention: job.convention.clone(),
        folder: job.folder(),
    }
}
