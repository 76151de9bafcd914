//! The six steps that every job goes through, and which one a job is at or stopped at.

use serde::{Deserialize, Serialize};

use crate::job::record::FineTuneJob;
use crate::job::state::State;
use crate::provider::{Progress, RemoteState};

/// A step of a job's life, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Splitting and formatting.
    Prepare,
    /// Sending the files.
    Upload,
    /// The vendor takes the job, checks the files and queues it.
    Create,
    /// The vendor trains.
    Train,
    /// Fetching what the job left.
    Save,
    /// Registering the model.
    Register,
}

impl Phase {
    /// All of them with their names.
    pub const ALL: [(Self, &'static str); 6] = [
        (Self::Prepare, "Prepare"),
        (Self::Upload, "Upload"),
        (Self::Create, "Create"),
        (Self::Train, "Train"),
        (Self::Save, "Save artifacts"),
        (Self::Register, "Register"),
    ];

    /// The step of `state`; `None` where the state alone does not tell.
    pub(super) fn of(state: &State) -> Option<Self> {
        Some(match state {
            State::Waiting | State::Preparing => Self::Prepare,
            State::Uploading { .. } => Self::Upload,
            State::Ready { .. } | State::Creating { .. } => Self::Create,
            State::Remote { stage, .. } => match stage {
                RemoteState::Validating | RemoteState::Queued => Self::Create,
                RemoteState::Running | RemoteState::Finalising => Self::Train,
                // Jobs are paused and cancelled in the queue as well as in training.
                _ => return None,
            },
            State::Saving { .. } => Self::Save,
            State::Registering { .. } => Self::Register,
            State::Succeeded { .. } | State::Failed { .. } | State::Cancelled { .. } => {
                return None;
            }
        })
    }
}

impl FineTuneJob {
    /// The step that the job is at or was stopped at; `None` when it is through.
    pub fn phase(&self) -> Option<Phase> {
        if matches!(self.state, State::Succeeded { .. }) {
            return None;
        }
        let told = Phase::of(&self.state).or(self.reached);
        // Jobs of earlier versions, and those that trained between two looks.
        let seen = if self.metrics.steps_done.is_some() || self.metrics.train_loss.is_some() {
            Phase::Train
        } else if self.state.remote_id().is_some() {
            Phase::Create
        } else {
            Phase::Prepare
        };
        Some(told.map_or(seen, |t| t.max(seen)))
    }

    /// Whether the job has ended with a folder that the user still has to train with.
    pub fn awaits_training(&self) -> bool {
        let vendor = self.provider.vendor();
        let ended = matches!(self.state, State::Succeeded { .. });
        ended && !self.simulated && vendor.awaits_training(&self.config.provider_options)
    }

    /// Training steps done of those to do; `None` while nothing is known of them.
    pub fn steps(&self) -> Option<Progress> {
        if let Some(now) = self.progress() {
            return Some(now);
        }
        let total = self.metrics.total_steps?;
        let done = match self.state {
            State::Saving { .. } | State::Registering { .. } | State::Succeeded { .. } => total,
            _ => self.metrics.steps_done.unwrap_or(0),
        };
        Some(Progress { done, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Timestamp;
    use crate::job::config::FineTuneConfig;
    use crate::job::state::{Event, Uploaded};
    use crate::provider::{MetricPoint, ProviderName, RemoteError, RemoteFile, RemoteJob};

    fn job() -> FineTuneJob {
        let config = FineTuneConfig::new("d.jsonl", ProviderName::OpenAi, "m");
        let now = Timestamp::from_millis(0);
        FineTuneJob::new("a".into(), config, String::new(), now)
    }

    fn seen(state: RemoteState, progress: Option<Progress>) -> Event {
        Event::Seen(remote(state, progress))
    }

    fn remote(state: RemoteState, progress: Option<Progress>) -> RemoteJob {
        RemoteJob {
            id: "r".into(),
            state,
            raw_state: String::new(),
            progress,
            model: None,
            error: None,
            trained_tokens: None,
            estimated_finish: None,
            problems: Vec::new(),
        }
    }

    fn at_vendor() -> FineTuneJob {
        let mut job = job();
        let train = RemoteFile {
            id: "f".into(),
            bytes: 1,
        };
        let uploaded = Uploaded {
            train,
            validation: None,
        };
        job.set_state(State::Ready { uploaded });
        step(&mut job, Event::Intended);
        step(
            &mut job,
            Event::Created(remote(RemoteState::Validating, None)),
        );
        job
    }

    fn step(job: &mut FineTuneJob, event: Event) {
        if let Event::Seen(remote) = &event
            && let Some(p) = remote.progress
        {
            job.metrics.take_progress(p);
        }
        let next = job.state.clone().next(event);
        job.set_state(next);
    }

    #[test]
    fn a_job_stops_where_it_was() {
        let failed = || {
            Event::Failed(RemoteError {
                code: "x".into(),
                message: String::new(),
                hint: String::new(),
            })
        };
        let mut early = job();
        assert_eq!(early.phase(), Some(Phase::Prepare));
        step(&mut early, failed());
        assert_eq!((early.phase(), early.steps()), (Some(Phase::Prepare), None));

        // Refused while it was checked: no step was made, though the plan was known.
        let mut refused = at_vendor();
        refused.metrics.total_steps = Some(69);
        step(&mut refused, seen(RemoteState::Failed, None));
        assert_eq!(refused.phase(), Some(Phase::Create));
        assert_eq!(refused.steps(), Some(Progress { done: 0, total: 69 }));

        let mut queued = at_vendor();
        step(&mut queued, Event::CancelAsked);
        step(&mut queued, seen(RemoteState::Cancelling, None));
        step(&mut queued, seen(RemoteState::Cancelled, None));
        assert_eq!(queued.phase(), Some(Phase::Create));

        let mut trained = at_vendor();
        let six = Some(Progress { done: 6, total: 69 });
        step(&mut trained, seen(RemoteState::Running, six));
        assert_eq!(trained.steps(), six);
        step(&mut trained, seen(RemoteState::Cancelling, None));
        step(&mut trained, seen(RemoteState::Cancelled, None));
        assert_eq!(
            (trained.phase(), trained.steps()),
            (Some(Phase::Train), six)
        );
    }

    #[test]
    fn a_job_that_trained_between_two_looks_stopped_in_training() {
        let mut job = at_vendor();
        job.metrics.take(&MetricPoint {
            step: 3,
            total_steps: 10,
            train_loss: Some(1.0),
            ..MetricPoint::default()
        });
        step(&mut job, seen(RemoteState::Failed, None));
        assert_eq!(job.phase(), Some(Phase::Train));
        assert_eq!(job.steps(), Some(Progress { done: 3, total: 10 }));
        step(&mut job, seen(RemoteState::Running, None));
        assert_eq!(job.phase(), Some(Phase::Train), "final states keep");
    }
}
