//! [`FineTuneJob`]: a job as it is stored and exported, in the seed's shape.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::base::time::Timestamp;
use crate::job::config::FineTuneConfig;
use crate::job::phase::Phase;
use crate::job::state::{JobStatus, State, Uploaded};
use crate::job::version::TokenEstimate;
use crate::problem::Problem;
use crate::provider::{MetricPoint, Progress, ProviderName, RemoteError, RemoteState};

/// The prepared files, in the seed's shape.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct DatasetPaths {
    /// Training lines.
    pub train: String,
    /// Validation lines; empty without validation.
    pub validation: String,
}

/// Counts and losses of a job. The seed has the first two.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct JobMetrics {
    /// Training examples.
    pub train_samples: u64,
    /// Validation examples.
    pub validation_samples: u64,
    /// The last training loss.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train_loss: Option<f64>,
    /// The last validation loss, over the whole file when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_loss: Option<f64>,
    /// The last share of right tokens in training.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub train_accuracy: Option<f64>,
    /// The last share of right tokens in validation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub validation_accuracy: Option<f64>,
    /// Training steps done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub steps_done: Option<u64>,
    /// Training steps in all.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_steps: Option<u64>,
    /// Tokens that the vendor billed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trained_tokens: Option<u64>,
    /// Numbers of other programs, kept as they are.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl JobMetrics {
    /// Takes over the numbers of all steps, in order.
    pub fn take_all(&mut self, points: &[MetricPoint]) {
        for p in points {
            self.take(p);
        }
        let last = points.last().map(|p| p.step);
        self.total_steps = self.total_steps.or(last);
    }

    /// Takes over the numbers of a later step.
    pub fn take(&mut self, p: &MetricPoint) {
        let newer = |old: &mut Option<f64>, new: Option<f64>| *old = new.or(*old);
        newer(&mut self.train_loss, p.train_loss);
        newer(&mut self.train_accuracy, p.train_mean_token_accuracy);
        newer(
            &mut self.validation_loss,
            p.full_valid_loss.or(p.valid_loss),
        );
        newer(
            &mut self.validation_accuracy,
            p.full_valid_mean_token_accuracy
                .or(p.valid_mean_token_accuracy),
        );
        self.steps_done = self.steps_done.max(Some(p.step));
        if p.total_steps > 0 {
            self.total_steps = Some(p.total_steps);
        }
    }

    /// Takes over what a vendor says of the steps.
    pub(super) fn take_progress(&mut self, p: Progress) {
        self.total_steps = Some(p.total);
        if p.done > 0 {
            self.steps_done = self.steps_done.max(Some(p.done));
        }
    }
}

/// A file that was fetched from the vendor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedArtifact {
    /// Its name at the vendor.
    pub name: String,
    /// What it is.
    pub media_type: String,
    /// Where it lies here.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its checksum as it was received, lower-case hex.
    pub sha256: String,
}

/// How far an upload is: what a provider keeps to go on with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UploadMark {
    /// Checksum of the file that it belongs to, lower-case hex.
    pub sha256: String,
    /// What the provider keeps.
    pub mark: Value,
}

/// Why a job does not go on: a step failed, and is tried again or waits for the user.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Hold {
    /// Not before.
    pub until: Timestamp,
    /// Tries so far; 0: the user has to mend something and let the job go on.
    pub tries: u32,
    /// Why the last one failed.
    pub error: RemoteError,
}

impl Hold {
    /// A sentence for people.
    pub fn told(&self) -> String {
        let RemoteError { message, hint, .. } = &self.error;
        let hint = match hint.as_str() {
            "" => String::new(),
            hint => format!(" ({hint})"),
        };
        match self.tries {
            0 => format!("stands still: {message}{hint}"),
            n => format!(
                "waits until {} for try {}: {message}{hint}",
                self.until,
                n + 1
            ),
        }
    }
}

/// A fine-tuning job. The first ten fields are the seed's; the rest is this program's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FineTuneJob {
    /// The job's name, or `ft-` and 12 hex digits.
    pub job_id: String,
    /// Where it trains.
    pub provider: ProviderName,
    /// The seed's status; always that of [`Self::state`].
    pub status: JobStatus,
    /// The prepared files.
    #[serde(default)]
    pub dataset_paths: DatasetPaths,
    /// What was asked for.
    pub config: FineTuneConfig,
    /// When it was started.
    pub created_at: Timestamp,
    /// When something last changed.
    pub updated_at: Timestamp,
    /// Counts and losses.
    #[serde(default)]
    pub metrics: JobMetrics,
    /// The tuned model.
    #[serde(default)]
    pub model_name: Option<String>,
    /// Where the artifacts lie.
    #[serde(default)]
    pub output_artifact: Option<String>,

    /// Whether this is a practice run.
    #[serde(default)]
    pub simulated: bool,
    /// The exact place in the job's life.
    pub state: State,
    /// The last step that the state told of: where a stopped job was. See [`Self::phase`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reached: Option<Phase>,
    /// Written into the vendor's metadata; finds the job again when an answer was lost.
    #[serde(default)]
    pub unique_key: String,
    /// Fingerprint of the dataset as it was prepared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset_fingerprint: Option<String>,
    /// Checksum of the dataset file when the job was made, lower-case hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dataset_sha256: Option<String>,
    /// The coordinate convention that the lines ask for, part of the model's contract.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub convention: Option<String>,
    /// Largest picture that was trained on, `[width, height]` in pixels.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_size: Option<[u32; 2]>,
    /// Instruction that stands before the examples, part of the model's contract; the most
    /// frequent one when there are several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_prompt: Option<String>,
    /// All of these instructions, the most frequent first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub system_prompts: Vec<String>,
    /// Tokens and cost as estimated before the start, to compare with what is billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimate: Option<TokenEstimate>,
    /// Files that lie at the vendor, until they are deleted there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uploaded: Option<Uploaded>,
    /// Pictures were sent to lie beside the lines, perhaps not all; until they are deleted there.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub pictures_sent: bool,
    /// How far the present upload is, in the provider's own words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upload: Option<UploadMark>,
    /// Waiting for another try.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Hold>,
    /// Events stored so far.
    #[serde(default)]
    pub events: u64,
    /// The vendor's id of the last stored event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_event: Option<String>,
    /// The end of training as the vendor estimates it, else from the pace so far.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub estimated_finish: Option<Timestamp>,
    /// What the user noted.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The user's labels, which stay here.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// Put away: listed only on request.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub archived: bool,
    /// The job that this one tries again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_of: Option<String>,
    /// Files that were fetched from the vendor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<SavedArtifact>,
    /// When the first step of the present stretch of training was seen, and how many were done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pace: Option<(Timestamp, u64)>,
    /// What the user should know, such as a registration that was refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

impl FineTuneJob {
    /// A job that has not begun.
    pub fn new(job_id: String, config: FineTuneConfig, unique_key: String, now: Timestamp) -> Self {
        Self {
            job_id,
            provider: config.provider,
            status: JobStatus::Scheduled,
            dataset_paths: DatasetPaths::default(),
            simulated: config.provider_options.simulated.is_some(),
            state: if config.start.is_now() {
                State::Preparing
            } else {
                State::Waiting
            },
            config,
            created_at: now,
            updated_at: now,
            metrics: JobMetrics::default(),
            model_name: None,
            output_artifact: None,
            reached: None,
            unique_key,
            dataset_fingerprint: None,
            dataset_sha256: None,
            convention: None,
            image_size: None,
            system_prompt: None,
            system_prompts: Vec::new(),
            estimate: None,
            uploaded: None,
            pictures_sent: false,
            upload: None,
            hold: None,
            events: 0,
            last_event: None,
            estimated_finish: None,
            note: String::new(),
            tags: BTreeSet::new(),
            archived: false,
            retry_of: None,
            artifacts: Vec::new(),
            pace: None,
            problems: Vec::new(),
        }
    }

    /// Steps done of steps to do, while the vendor trains and tells.
    pub fn progress(&self) -> Option<Progress> {
        match &self.state {
            State::Remote { progress, .. } => *progress,
            _ => None,
        }
    }

    /// Takes note of the pace and estimates the end from it; `None` while too little is known.
    pub(super) fn estimate_finish(&mut self, now: Timestamp) -> Option<Timestamp> {
        let running = matches!(
            &self.state,
            State::Remote {
                stage: RemoteState::Running,
                pause: None,
                ..
            }
        );
        let Some(p) = self.progress().filter(|p| running && p.done > 0) else {
            self.pace = None;
            return None;
        };
        let (since, first) = *self.pace.get_or_insert((now, p.done));
        let steps = p.done.checked_sub(first).filter(|n| *n > 0)?;
        let left = p.total.saturating_sub(p.done) as f64 / steps as f64;
        let ms = now.since(since) as f64 * left;
        Some(now.plus_millis(ms as i64))
    }

    /// Moves the state on and the fields that follow from it.
    pub(crate) fn set_state(&mut self, state: State) {
        self.status = state.status();
        if let Some(model) = state.model() {
            self.model_name = Some(model.to_owned());
        }
        match &state {
            State::Uploading {
                train: Some(train), ..
            } => {
                self.uploaded = Some(Uploaded {
                    train: train.clone(),
                    validation: None,
                });
            }
            State::Ready { uploaded } | State::Creating { uploaded, .. } => {
                self.uploaded = Some(uploaded.clone());
            }
            _ => {}
        }
        if let Some(phase) = Phase::of(&state) {
            self.reached = Some(phase);
        }
        if state.is_final() {
            self.upload = None;
            self.hold = None;
            self.estimated_finish = None;
        }
        self.state = state;
    }

    /// Folder of the job's files: a folder of its own in the output folder.
    pub fn folder(&self) -> String {
        format!(
            "{}/{}",
            self.config.output_dir.trim_end_matches('/'),
            self.job_id
        )
    }

    /// A job read from JSON. A job of the seed's shape has no `state`: it follows from `status`.
    ///
    /// # Errors
    /// `job_json` with the field at fault as path.
    pub fn from_value(mut value: Value) -> crate::Result<Self> {
        let Value::Object(map) = &mut value else {
            return Err(crate::Error::data("job_json", "this is no job")
                .hint("a job is an object with job_id, provider, status, config and two times"));
        };
        if !map.contains_key("state") {
            let state = state_of_seed(map);
            map.insert("state".to_owned(), state);
        }
        let mut job: Self = crate::base::strict::with_path(value).map_err(|e| {
            crate::Error::data("job_json", e.inner().to_string())
                .at(crate::base::strict::field(&e).unwrap_or_default())
                .hint("a job needs job_id, provider, status, config, created_at and updated_at")
        })?;
        if let Some(why) = crate::job::config::name_fault(&job.job_id) {
            return Err(crate::Error::data("job_json", why).at("job_id"));
        }
        job.status = job.state.status();
        Ok(job)
    }
}

/// The state of a job that another program tracked: a job that had not ended there cannot be
/// continued here, because its vendor's id is not known.
fn state_of_seed(map: &Map<String, Value>) -> Value {
    let model = map.get("model_name").cloned().unwrap_or(Value::Null);
    match map.get("status").and_then(Value::as_str) {
        Some("completed") => serde_json::json!({"phase": "succeeded", "id": null, "model": model}),
        Some("cancelled") => serde_json::json!({"phase": "cancelled", "id": null}),
        Some("failed") => serde_json::json!({"phase": "failed", "id": null, "error": {
            "code": "unknown", "message": "the job was imported as failed"
        }}),
        _ => serde_json::json!({"phase": "failed", "id": null, "error": {
            "code": "imported_unfinished",
            "message": "the job was imported while it was running elsewhere",
            "hint": "look for it in the vendor's console, or start a new job"
        }}),
    }
}
