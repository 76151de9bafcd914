//! Whose turn it is: start times, dependencies and slots; and the [`Scheduler`] that moves every
//! job forward.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::ports::{Batch, Expect, Guard};
use crate::base::time::Timestamp;
use crate::error::{Error, Result};
use crate::job::config::Start;
use crate::job::driver::VisionFinetuner;
use crate::job::failure::{back_off_ms, is_passing};
use crate::job::manager::FineTuneJobManager;
use crate::job::record::FineTuneJob;
use crate::job::state::{Event, JobStatus, State};
use crate::job::step::Step;
use crate::provider::{ProviderName, RemoteError};

/// Jobs of one vendor at a time, unless set otherwise. Vendors publish no number that holds for
/// every account, and one always works.
pub const DEFAULT_SLOTS: u32 = 1;

/// Rounds without anything that moves before the queue counts as blocked.
const ROUNDS: u32 = 5;

/// Collection of settings, and the key of the slots in it.
const SETTINGS: &str = "settings";
const SLOTS: &str = "slots";
/// How often a waiting job looks whether its turn has come, in milliseconds.
const QUEUE_MS: u64 = 2000;

/// How many jobs of each vendor run at a time; a vendor without a number has
/// [`DEFAULT_SLOTS`]. Practice runs count for themselves, with the same number.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Slots(BTreeMap<String, u32>);

impl Slots {
    /// The number for `provider`.
    pub fn of(&self, provider: ProviderName) -> u32 {
        self.0.get(provider.id()).copied().unwrap_or(DEFAULT_SLOTS)
    }

    /// Sets the number for `provider`; at least 1.
    pub fn set(&mut self, provider: ProviderName, number: u32) {
        self.0.insert(provider.id().to_owned(), number.max(1));
    }
}

impl FineTuneJobManager {
    /// How many jobs of each vendor run at a time.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn slots(&self) -> Result<Slots> {
        match self.store.get(SETTINGS, SLOTS).await? {
            Some(doc) => Ok(serde_json::from_value(doc.value)?),
            None => Ok(Slots::default()),
        }
    }

    /// Sets how many jobs of each vendor run at a time. Jobs that run already go on.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn set_slots(&self, slots: &Slots) -> Result<()> {
        let value = serde_json::to_value(slots)?;
        let batch = Batch::new().put(SETTINGS, SLOTS, value, Expect::Any);
        self.store.commit(batch).await.map(|_| ())
    }
}

impl FineTuneJob {
    /// What a waiting job waits for, in words; `None` for one that does not wait.
    pub fn waits_for(&self) -> Option<String> {
        if !matches!(self.state, State::Waiting) {
            return None;
        }
        let slot = format!("a free slot at {}", self.provider.vendor().label());
        Some(match &self.config.start {
            Start::Now => "its driver".to_owned(),
            Start::WhenFree => slot,
            Start::At(time) => format!("{time}, then for {slot}"),
            Start::After(id) => format!("the job {id} to complete, then for {slot}"),
        })
    }
}

/// Whether a waiting job may begin.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Turn {
    Now,
    /// Not before so many milliseconds.
    Later(u64),
    Never(RemoteError),
}

/// Decides about the waiting `job` among all `jobs`.
pub(super) fn turn(job: &FineTuneJob, jobs: &[FineTuneJob], slots: &Slots, now: Timestamp) -> Turn {
    match &job.config.start {
        Start::Now => return Turn::Now,
        Start::WhenFree => {}
        Start::At(time) => {
            let left = time.since(now);
            if left > 0 {
                return Turn::Later(left.unsigned_abs());
            }
        }
        Start::After(id) => {
            let first = jobs.iter().find(|j| j.job_id == *id);
            match first.map(|j| j.status) {
                Some(JobStatus::Completed) => {}
                Some(JobStatus::Scheduled | JobStatus::Running) => return Turn::Later(QUEUE_MS),
                Some(JobStatus::Failed) => return Turn::Never(depends("failed", id)),
                Some(JobStatus::Cancelled) => return Turn::Never(depends("cancelled", id)),
                None => return Turn::Never(depends("missing", id)),
            }
        }
    }
    let busy = jobs.iter().filter(|j| {
        let same = (j.provider, j.simulated) == (job.provider, job.simulated);
        // What the vendor no longer has takes nothing there.
        let gone = j.hold.as_ref().is_some_and(|h| h.error.code == "not_found");
        same && j.job_id != job.job_id && takes_a_slot(&j.state) && !gone
    });
    if busy.count() < slots.of(job.provider) as usize {
        Turn::Now
    } else {
        Turn::Later(QUEUE_MS)
    }
}

/// Whether a job is on its way or at the vendor. What is collected afterwards takes no slot.
fn takes_a_slot(state: &State) -> bool {
    matches!(
        state,
        State::Preparing
            | State::Uploading { .. }
            | State::Ready { .. }
            | State::Creating { .. }
            | State::Remote { .. }
    )
}

fn depends(how: &str, id: &str) -> RemoteError {
    let what = match how {
        "missing" => "is no longer there".to_owned(),
        "cancelled" => "was cancelled".to_owned(),
        _ => "failed".to_owned(),
    };
    RemoteError {
        code: format!("dependency_{how}"),
        message: format!("the job {id:?} that this one was to start after {what}"),
        hint: "start this job again without waiting, or after another job".to_owned(),
    }
}

impl VisionFinetuner {
    /// Lets a waiting job begin if its turn has come.
    pub(super) async fn admit(&self, job: FineTuneJob) -> Result<Step> {
        // One decision at a time, or two drivers would take the same slot.
        let Some(_guard) = self.ports.locks.try_lock("queue").await? else {
            return Ok(Step::new(job, 100));
        };
        let jobs = self.manager.all().await?;
        let slots = self.manager.slots().await?;
        let event = match turn(&job, &jobs, &slots, self.ports.clock.now()) {
            Turn::Later(wait) => return Ok(Step::new(job, wait)),
            Turn::Now => Event::Due,
            Turn::Never(error) => Event::Failed(error),
        };
        let (job, _) = self.apply(&job.job_id, event, |_| {}).await?;
        Ok(Step::new(job, 0))
    }
}

/// Moves every job of a store forward, each when it is due, oldest first. Jobs that another tab
/// or process drives are left to it.
#[derive(Debug)]
pub struct Scheduler {
    tuner: VisionFinetuner,
    seats: BTreeMap<String, Seat>,
}

/// A job that is driven here.
#[derive(Debug)]
struct Seat {
    guard: Option<Guard>,
    due: Timestamp,
    /// The state after our last step: another one means that somebody wants something.
    seen: Option<State>,
    failures: u32,
    /// Why it is no longer driven here.
    given_up: Option<Error>,
    /// The job as last told, while somebody else drives it.
    watched: Option<FineTuneJob>,
}

impl Scheduler {
    /// A scheduler of the jobs of `tuner`.
    pub fn new(tuner: VisionFinetuner) -> Self {
        Self {
            tuner,
            seats: BTreeMap::new(),
        }
    }

    /// Takes one step of every job that is due. Returns how many milliseconds later the next is
    /// due, at most a second, so that new jobs and wishes are noticed; `None` when no job is
    /// left that could go on here.
    ///
    /// # Errors
    /// A failure of storage. What goes wrong with one job stops only that one: see
    /// [`errors`](Self::errors).
    pub async fn drive_all(&mut self) -> Result<Option<u64>> {
        let all = self.tuner.manager.all().await?;
        // A job that was found already finished still has its events to be read.
        let open = |j: &&FineTuneJob| !j.state.is_final() || self.seats.contains_key(&j.job_id);
        let jobs: Vec<&FineTuneJob> = all.iter().rev().filter(open).collect();
        self.seats
            .retain(|id, seat| seat.given_up.is_some() || jobs.iter().any(|j| j.job_id == *id));
        let mut next = None;
        for job in jobs {
            if let Some(wait) = self.drive(job).await? {
                next = Some(next.unwrap_or(1000u64).min(wait));
            }
        }
        Ok(next)
    }

    /// Milliseconds until the next step of this job; `None` when it is not driven any more.
    async fn drive(&mut self, job: &FineTuneJob) -> Result<Option<u64>> {
        let id = job.job_id.as_str();
        let now = self.tuner.ports.clock.now();
        let seat = self.seats.entry(id.to_owned()).or_insert_with(|| Seat {
            guard: None,
            due: now,
            seen: None,
            failures: 0,
            given_up: None,
            watched: None,
        });
        if seat.given_up.is_some() {
            return Ok(None);
        }
        if seat.guard.is_none() {
            seat.guard = self.tuner.lock(id).await?;
            if seat.guard.is_none() {
                self.tuner.look_on(job, seat.watched.as_ref()).await?;
                seat.watched = Some(job.clone());
                return Ok(Some(1000));
            }
            if let Some(before) = seat.watched.take() {
                // Whoever drove it may have ended it before leaving.
                self.tuner.look_on(job, Some(&before)).await?;
            }
        }
        let wished = seat.seen.as_ref().is_some_and(|s| *s != job.state);
        let left = seat.due.since(now);
        if left > 0 && !wished {
            return Ok(Some(left.unsigned_abs()));
        }
        let wait = match self.tuner.step(id).await {
            Ok(step) if step.last => {
                self.seats.remove(id);
                // Its end may let others begin.
                return Ok(Some(0));
            }
            Ok(step) => {
                seat.failures = 0;
                seat.seen = Some(step.job.state);
                step.wait
            }
            Err(e) if is_passing(&e) => {
                seat.failures += 1;
                seat.seen = None;
                e.retry_after_ms().unwrap_or(back_off_ms(seat.failures + 2))
            }
            Err(e) => {
                seat.guard = None;
                seat.given_up = Some(e);
                return Ok(None);
            }
        };
        seat.due = self
            .tuner
            .ports
            .clock
            .now()
            .plus_millis(i64::try_from(wait).unwrap_or(i64::MAX));
        Ok(Some(wait))
    }

    /// Drives until no job is left that could go on: none at all, or only some that wait behind
    /// one that stands still.
    ///
    /// # Errors
    /// As [`drive_all`](Self::drive_all).
    pub async fn work(&mut self) -> Result<()> {
        let mut still = 0;
        while let Some(wait) = self.drive_all().await? {
            still = match self.is_blocked().await? {
                true => still + 1,
                false => 0,
            };
            // A turn may come a round later.
            if still > ROUNDS {
                return Ok(());
            }
            self.tuner.ports.clock.sleep(wait).await;
        }
        Ok(())
    }

    /// Whether all jobs that this could drive wait, while another one stands still.
    async fn is_blocked(&self) -> Result<bool> {
        let stands = |id: &str| self.seats.get(id).is_some_and(|s| s.given_up.is_some());
        let now = self.tuner.ports.clock.now();
        let waits = |j: &FineTuneJob| {
            let later = matches!(j.config.start, Start::At(time) if time.since(now) > 0);
            matches!(j.state, State::Waiting) && !later
        };
        let all = self.tuner.manager.all().await?;
        let mut open = all.iter().filter(|j| !j.state.is_final());
        Ok(self.errors().next().is_some() && open.all(|j| stands(&j.job_id) || waits(j)))
    }

    /// Drives all jobs until `job_id` has ended.
    ///
    /// # Errors
    /// `job_missing`, a failure of storage, or the failure that this job could not go on from.
    pub async fn work_until(&mut self, job_id: &str) -> Result<FineTuneJob> {
        loop {
            let next = self.drive_all().await?;
            let job = self.tuner.manager.get(job_id).await?;
            if job.state.is_final() {
                return Ok(job);
            }
            if let Some(e) = self.seats.get_mut(job_id).and_then(|s| s.given_up.take()) {
                return Err(e);
            }
            self.tuner.ports.clock.sleep(next.unwrap_or(1000)).await;
        }
    }

    /// Jobs that could not go on, and why. They stay as they are in the store.
    pub fn errors(&self) -> impl Iterator<Item = (&str, &Error)> {
        self.seats
            .iter()
            .filter_map(|(id, seat)| Some((id.as_str(), seat.given_up.as_ref()?)))
    }
}
