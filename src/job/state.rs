//! The life of a job: [`State`], [`Event`] and the pure function [`State::next`] between them.
//!
//! ```text
//! Waiting → Preparing → Uploading → Ready → Creating → Remote → Saving → Registering → Succeeded
//!  │                                           │          └→ Failed, Cancelled
//!  └ its turn has not come                     └ the intent: stored before the vendor is asked
//! ```
//! The same few rules hold for every order of events, and a test tries random ones: final
//! states keep; a remote job, once known, is never forgotten or exchanged; nothing is created
//! after a cancellation.

use serde::{Deserialize, Serialize};

use crate::provider::{
    LocalFile, Pictures, Progress, RemoteError, RemoteFile, RemoteJob, RemoteState,
};

/// The seed's statuses, and `cancelled`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    /// Not yet training.
    Scheduled,
    /// Training, or collecting what it left.
    Running,
    /// Done.
    Completed,
    /// Failed.
    Failed,
    /// Stopped on request.
    Cancelled,
}

impl JobStatus {
    /// `scheduled`, `running`, `completed`, `failed`, `cancelled`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
}

/// The prepared files of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Prepared {
    /// Training lines.
    pub train: LocalFile,
    /// Validation lines; `None` without validation.
    pub validation: Option<LocalFile>,
    /// Pictures that the lines name by URI and that are not there yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pictures: Option<Pictures>,
}

/// The uploaded files of a job.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Uploaded {
    /// Training lines.
    pub train: RemoteFile,
    /// Validation lines.
    pub validation: Option<RemoteFile>,
}

/// Where a job is, with what belongs to that place.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "phase", rename_all = "snake_case")]
pub enum State {
    /// Its turn has not come: see [`crate::job::Start`].
    Waiting,
    /// Splitting and formatting the dataset.
    Preparing,
    /// Sending the files.
    Uploading {
        /// What to send.
        prepared: Prepared,
        /// The training file, once there.
        train: Option<RemoteFile>,
    },
    /// All files are there; the vendor has not been asked for a job.
    Ready {
        /// The files.
        uploaded: Uploaded,
    },
    /// The vendor may have been asked for a job: look before asking again.
    Creating {
        /// The files.
        uploaded: Uploaded,
        /// The user cancelled in the meantime.
        cancel: bool,
    },
    /// The vendor has the job.
    Remote {
        /// The vendor's id of the job.
        id: String,
        /// Where it stands there.
        stage: RemoteState,
        /// The vendor's own word for it.
        raw: String,
        /// Steps done.
        progress: Option<Progress>,
        /// The user asked to cancel, the vendor has not confirmed.
        cancel: bool,
        /// The user asked to pause (`true`) or to go on (`false`), the vendor has not confirmed.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pause: Option<bool>,
    },
    /// The vendor is done; its artifacts are being fetched.
    Saving {
        /// The vendor's id of the job.
        id: String,
        /// The tuned model.
        model: String,
    },
    /// The model is being registered.
    Registering {
        /// The vendor's id of the job.
        id: String,
        /// The tuned model.
        model: String,
    },
    /// Done.
    Succeeded {
        /// The vendor's id of the job; `None` for jobs imported without one.
        id: Option<String>,
        /// The tuned model.
        model: Option<String>,
    },
    /// Failed.
    Failed {
        /// The vendor's id of the job, when there was one.
        id: Option<String>,
        /// Why.
        error: RemoteError,
    },
    /// Cancelled.
    Cancelled {
        /// The vendor's id of the job, when there was one.
        id: Option<String>,
    },
}

/// Something that happened to a job.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// Its turn has come.
    Due,
    /// The dataset is split and formatted.
    Prepared(Prepared),
    /// The training file is at the vendor; with the validation file when there is none to send.
    UploadedTrain(RemoteFile),
    /// The validation file is at the vendor.
    UploadedValidation(RemoteFile),
    /// The vendor is about to be asked for the job.
    Intended,
    /// The vendor created the job, or it was found there.
    Created(RemoteJob),
    /// A job that is to be cancelled is given up: the vendor knows it no longer, or the user
    /// asks nobody.
    Gone,
    /// The vendor was asked and knows of no such job.
    NotThere,
    /// The vendor told where the job stands.
    Seen(RemoteJob),
    /// The artifacts are here; `register` tells whether the model is to be registered.
    Saved {
        /// Whether registration follows.
        register: bool,
    },
    /// The model is registered.
    Registered,
    /// A step on this side failed for good.
    Failed(RemoteError),
    /// The user wants to stop the job.
    CancelAsked,
    /// The user wants to pause the job (`true`) or to go on with it (`false`).
    PauseAsked(bool),
    /// The vendor does not pause this job, or does not go on with it.
    PauseRefused,
}

impl State {
    /// The seed's word for this state.
    pub fn status(&self) -> JobStatus {
        match self {
            Self::Waiting
            | Self::Preparing
            | Self::Uploading { .. }
            | Self::Ready { .. }
            | Self::Creating { .. } => JobStatus::Scheduled,
            Self::Remote { stage, .. } => match stage {
                RemoteState::Validating | RemoteState::Queued => JobStatus::Scheduled,
                _ => JobStatus::Running,
            },
            Self::Saving { .. } | Self::Registering { .. } => JobStatus::Running,
            Self::Succeeded { .. } => JobStatus::Completed,
            Self::Failed { .. } => JobStatus::Failed,
            Self::Cancelled { .. } => JobStatus::Cancelled,
        }
    }

    /// A word or two for people.
    pub fn label(&self) -> &'static str {
        match self {
            state if state.is_cancelling() => "cancelling",
            Self::Waiting => "waiting",
            Self::Preparing => "preparing",
            Self::Uploading { .. } => "uploading",
            Self::Ready { .. } => "ready",
            Self::Creating { .. } => "creating",
            Self::Remote {
                pause: Some(true), ..
            } => "pausing",
            Self::Remote {
                pause: Some(false), ..
            } => "resuming",
            Self::Remote { stage, .. } => match stage {
                RemoteState::Validating => "validating",
                RemoteState::Queued => "queued",
                RemoteState::Finalising => "finalising",
                RemoteState::Paused => "paused",
                _ => "running",
            },
            Self::Saving { .. } => "saving artifacts",
            Self::Registering { .. } => "registering",
            Self::Succeeded { .. } => "completed",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
        }
    }

    /// Whether nothing changes any more.
    pub fn is_final(&self) -> bool {
        matches!(
            self,
            Self::Succeeded { .. } | Self::Failed { .. } | Self::Cancelled { .. }
        )
    }

    /// Whether the user asked to stop the job, or the vendor stops it, and it has not ended.
    pub fn is_cancelling(&self) -> bool {
        matches!(
            self,
            Self::Creating { cancel: true, .. }
                | Self::Remote { cancel: true, .. }
                | Self::Remote {
                    stage: RemoteState::Cancelling,
                    ..
                }
        )
    }

    /// The vendor's id of the job, once known.
    pub fn remote_id(&self) -> Option<&str> {
        match self {
            Self::Remote { id, .. } | Self::Saving { id, .. } | Self::Registering { id, .. } => {
                Some(id)
            }
            Self::Succeeded { id, .. } | Self::Failed { id, .. } | Self::Cancelled { id } => {
                id.as_deref()
            }
            _ => None,
        }
    }

    /// The tuned model, once there.
    pub fn model(&self) -> Option<&str> {
        match self {
            Self::Saving { model, .. } | Self::Registering { model, .. } => Some(model),
            Self::Succeeded { model, .. } => model.as_deref(),
            _ => None,
        }
    }

    /// The state after `event`. An event that makes no sense here changes nothing.
    #[must_use]
    pub fn next(self, event: Event) -> Self {
        use Event as E;
        match (self, event) {
            (Self::Waiting, E::Due) => Self::Preparing,
            (Self::Preparing, E::Prepared(prepared)) => Self::Uploading {
                prepared,
                train: None,
            },
            (
                Self::Uploading {
                    prepared,
                    train: None,
                },
                E::UploadedTrain(file),
            ) => match prepared.validation {
                None => Self::Ready {
                    uploaded: Uploaded {
                        train: file,
                        validation: None,
                    },
                },
                Some(_) => Self::Uploading {
                    prepared,
                    train: Some(file),
                },
            },
            (
                Self::Uploading {
                    train: Some(train), ..
                },
                E::UploadedValidation(file),
            ) => Self::Ready {
                uploaded: Uploaded {
                    train,
                    validation: Some(file),
                },
            },
            (Self::Ready { uploaded }, E::Intended) => Self::Creating {
                uploaded,
                cancel: false,
            },
            (Self::Creating { cancel, .. }, E::Created(job)) => remote(job, cancel, None),
            (Self::Creating { cancel: true, .. }, E::NotThere | E::Gone) => {
                Self::Cancelled { id: None }
            }
            (
                Self::Remote {
                    id, cancel: true, ..
                },
                E::Gone,
            ) => Self::Cancelled { id: Some(id) },
            (
                Self::Remote {
                    id, cancel, pause, ..
                },
                E::Seen(job),
            ) if job.id == id => remote(job, cancel, pause),
            (Self::Saving { id, model }, E::Saved { register: true }) => {
                Self::Registering { id, model }
            }
            (Self::Saving { id, model }, E::Saved { register: false })
            | (Self::Registering { id, model }, E::Registered) => Self::Succeeded {
                id: Some(id),
                model: Some(model),
            },
            (
                Self::Waiting | Self::Preparing | Self::Uploading { .. } | Self::Ready { .. },
                E::CancelAsked,
            ) => Self::Cancelled { id: None },
            (Self::Creating { uploaded, .. }, E::CancelAsked) => Self::Creating {
                uploaded,
                cancel: true,
            },
            (
                Self::Remote {
                    id,
                    stage,
                    raw,
                    progress,
                    ..
                },
                E::CancelAsked,
            ) => Self::Remote {
                id,
                stage,
                raw,
                progress,
                cancel: true,
                pause: None,
            },
            (
                Self::Remote {
                    id,
                    stage,
                    raw,
                    progress,
                    cancel: false,
                    pause,
                },
                event @ (E::PauseAsked(_) | E::PauseRefused),
            ) => Self::Remote {
                pause: match event {
                    // Asking for what is so already takes an earlier wish back.
                    E::PauseAsked(wish) if wish == (stage == RemoteState::Paused) => None,
                    E::PauseAsked(wish) => Some(wish),
                    E::PauseRefused => None,
                    _ => pause,
                },
                id,
                stage,
                raw,
                progress,
                cancel: false,
            },
            // A failure on this side ends a job only while the vendor does not have it.
            (
                Self::Waiting
                | Self::Preparing
                | Self::Uploading { .. }
                | Self::Ready { .. }
                | Self::Creating { .. },
                E::Failed(error),
            ) => Self::Failed { id: None, error },
            (state, _) => state,
        }
    }
}

fn remote(job: RemoteJob, cancel: bool, pause: Option<bool>) -> State {
    match job.state {
        RemoteState::Succeeded => State::Saving {
            model: job.model.unwrap_or_else(|| job.id.clone()),
            id: job.id,
        },
        RemoteState::Failed => State::Failed {
            error: job.error.unwrap_or_else(|| RemoteError {
                code: "unknown".to_owned(),
                message: "the vendor gave no reason".to_owned(),
                hint: "look at the job in the vendor's console".to_owned(),
            }),
            id: Some(job.id),
        },
        RemoteState::Cancelled => State::Cancelled { id: Some(job.id) },
        stage => State::Remote {
            id: job.id,
            stage,
            raw: job.raw_state,
            progress: job.progress,
            cancel,
            // The wish is fulfilled when the vendor says so.
            pause: pause.filter(|wish| *wish != (stage == RemoteState::Paused)),
        },
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn file(name: &str) -> RemoteFile {
        RemoteFile {
            id: name.to_owned(),
            bytes: 1,
        }
    }

    fn local(name: &str) -> LocalFile {
        LocalFile {
            path: name.to_owned(),
            bytes: 1,
            lines: 1,
            sha256: String::new(),
            uri: None,
        }
    }

    fn job(id: &str, state: RemoteState) -> RemoteJob {
        RemoteJob {
            id: id.to_owned(),
            state,
            raw_state: String::new(),
            progress: None,
            model: (state == RemoteState::Succeeded).then(|| format!("model of {id}")),
            error: None,
            trained_tokens: None,
            estimated_finish: None,
            problems: Vec::new(),
        }
    }

    fn any_remote() -> impl Strategy<Value = RemoteJob> {
        use RemoteState as S;
        let states = vec![
            S::Validating,
            S::Queued,
            S::Running,
            S::Finalising,
            S::Cancelling,
            S::Paused,
            S::Succeeded,
            S::Failed,
            S::Cancelled,
        ];
        (
            prop_oneof![Just("job-1"), Just("job-2")],
            prop::sample::select(states),
        )
            .prop_map(|(id, state)| job(id, state))
    }

    fn any_event() -> impl Strategy<Value = Event> {
        prop_oneof![
            any::<bool>().prop_map(|v| Event::Prepared(Prepared {
                train: local("train"),
                validation: v.then(|| local("validation")),
                pictures: None,
            })),
            Just(Event::UploadedTrain(file("train"))),
            Just(Event::UploadedValidation(file("validation"))),
            Just(Event::Intended),
            any_remote().prop_map(Event::Created),
            Just(Event::NotThere),
            any_remote().prop_map(Event::Seen),
            any::<bool>().prop_map(|register| Event::Saved { register }),
            Just(Event::Registered),
            Just(Event::Failed(RemoteError {
                code: "x".to_owned(),
                message: String::new(),
                hint: String::new(),
            })),
            Just(Event::CancelAsked),
            Just(Event::Due),
            any::<bool>().prop_map(Event::PauseAsked),
            Just(Event::PauseRefused),
        ]
    }

    fn rank(s: &State) -> u8 {
        match s {
            State::Waiting => 0,
            State::Preparing => 1,
            State::Uploading { train: None, .. } => 2,
            State::Uploading { .. } => 3,
            State::Ready { .. } => 4,
            State::Creating { .. } => 5,
            State::Remote { .. } => 6,
            State::Saving { .. } => 7,
            State::Registering { .. } => 8,
            _ => 9,
        }
    }

    fn cancelled(s: &State) -> bool {
        matches!(
            s,
            State::Creating { cancel: true, .. } | State::Remote { cancel: true, .. }
        )
    }

    proptest! {
        #[test]
        fn rules_hold_for_any_order_of_events(events in prop::collection::vec(any_event(), 0..60)) {
            let mut s = State::Waiting;
            for event in events {
                let before = s.clone();
                s = s.next(event.clone());
                prop_assert!(rank(&s) >= rank(&before), "{before:?} --{event:?}-> {s:?}");
                if before.is_final() {
                    prop_assert_eq!(&s, &before);
                }
                if let Some(id) = before.remote_id() {
                    prop_assert_eq!(s.remote_id(), Some(id));
                    // What happens on this side never ends a job that runs at the vendor.
                    let ended_here = s.is_final() && matches!(event, Event::Failed(_)) && !before.is_final();
                    prop_assert!(!ended_here);
                }
                if cancelled(&before) && !s.is_final() {
                    let kept = cancelled(&s) || matches!(s, State::Saving { .. });
                    prop_assert!(kept);
                }
                if let State::Remote { stage, cancel, pause: Some(wish), .. } = &s {
                    // A wish stands only while it is not yet so, and never beside a cancellation.
                    prop_assert!(!cancel && *wish != (*stage == RemoteState::Paused));
                }
                if let State::Succeeded { id, model } = &s {
                    prop_assert!(id.is_some() && model.is_some());
                }
                let text = serde_json::to_string(&s).unwrap();
                prop_assert_eq!(serde_json::from_str::<State>(&text).unwrap(), s.clone());
            }
        }
    }

    #[test]
    fn the_straight_way() {
        let mut s = State::Waiting;
        let mut seen = vec![s.label()];
        for event in [
            Event::Due,
            Event::Prepared(Prepared {
                train: local("t"),
                validation: Some(local("v")),
                pictures: None,
            }),
            Event::UploadedTrain(file("t")),
            Event::UploadedValidation(file("v")),
            Event::Intended,
            Event::Created(job("j", RemoteState::Validating)),
            Event::Seen(job("j", RemoteState::Queued)),
            Event::Seen(job("j", RemoteState::Running)),
            Event::PauseAsked(true),
            Event::Seen(job("j", RemoteState::Running)),
            Event::Seen(job("j", RemoteState::Paused)),
            Event::PauseAsked(false),
            Event::Seen(job("j", RemoteState::Running)),
            Event::Seen(job("j", RemoteState::Succeeded)),
            Event::Saved { register: true },
            Event::Registered,
        ] {
            s = s.next(event);
            seen.push(s.label());
        }
        assert_eq!(
            seen,
            [
                "waiting",
                "preparing",
                "uploading",
                "uploading",
                "ready",
                "creating",
                "validating",
                "queued",
                "running",
                "pausing",
                "pausing",
                "paused",
                "resuming",
                "running",
                "saving artifacts",
                "registering",
                "completed"
            ]
        );
        assert_eq!(s.model(), Some("model of j"));
    }
}
