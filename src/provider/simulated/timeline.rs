//! Where a simulated job stands at a given time: a pure function.

use serde_json::{Value, json};

use crate::base::hash::fingerprint;
use crate::base::rng::Streams;
use crate::base::time::Timestamp;
use crate::provider::simulated::curve::Curve;
use crate::provider::simulated::{SIMULATED, SimJob};
use crate::provider::{
    Checkpoint, EventKind, Level, Progress, RemoteError, RemoteEvent, RemoteJob, RemoteState,
    Scenario, Setting,
};

/// Rough tokens of one example: a screenshot and a short answer.
const TOKENS_PER_EXAMPLE: u64 = 1200;
/// Checkpoints that are kept, counted from the last.
const KEPT_CHECKPOINTS: usize = 3;

/// A job on its time axis; times are milliseconds after creation.
pub(super) struct Timeline {
    job: SimJob,
    curve: Curve,
    validated: i64,
    started: i64,
    trained: i64,
    finished: i64,
}

impl Timeline {
    pub(super) fn new(job: SimJob) -> Self {
        let auto = |s| match s {
            Setting::Auto => None,
            Setting::Value(v) => Some(v),
        };
        let h = &job.request.hyperparameters;
        let curve = Curve::new(
            job.seed,
            job.request.train_samples,
            job.request.validation.is_some(),
            auto(h.batch_size),
            auto(h.n_epochs),
        );
        let mut s = Streams::new(job.seed, 0).stream("simulated/times");
        let validated = 1500 + s.range(0, 500);
        let started = validated + s.range(1000, 3000);
        let trained = started + 20_000 + s.range(0, 4000);
        let finished = trained + 2000;
        let scaled = |ms: i64| (ms as f64 / job.speed) as i64;
        Self {
            validated: scaled(validated),
            started: scaled(started),
            trained: scaled(trained),
            finished: scaled(finished),
            curve,
            job,
        }
    }

    /// The time at which the job has lived for `ms`, pauses left out.
    fn at(&self, ms: i64) -> Timestamp {
        let mut t = self.job.created_at.plus_millis(ms);
        for (from, to) in &self.job.pauses {
            if let Some(to) = to
                && t.since(*from) > 0
            {
                t = t.plus_millis(to.since(*from));
            }
        }
        t
    }

    /// When `step` ends.
    fn step_time(&self, step: u64) -> i64 {
        let span = (self.trained - self.started) as f64;
        self.started + (span * step as f64 / self.curve.total_steps() as f64) as i64
    }

    /// The last step that is trained: all of them, or half when the run breaks off.
    fn last_step(&self) -> u64 {
        let total = self.curve.total_steps();
        match self.job.scenario {
            Scenario::Cancelled | Scenario::FailsMidRun => (total / 2).max(1),
            _ => total,
        }
    }

    /// The end of the job and how it ends, unless the user cancels before.
    fn natural_end(&self) -> (i64, RemoteState) {
        if self.job.refused.is_some() {
            return (self.validated, RemoteState::Failed);
        }
        let broken = self.step_time(self.last_step()) + 1;
        match self.job.scenario {
            Scenario::Cancelled => (broken, RemoteState::Cancelled),
            Scenario::FailsMidRun => (broken, RemoteState::Failed),
            _ => (self.finished, RemoteState::Succeeded),
        }
    }

    fn end(&self) -> (i64, RemoteState) {
        let natural = self.natural_end();
        match self.job.cancelled_at {
            Some(t) if self.elapsed(t) < natural.0 => (self.elapsed(t), RemoteState::Cancelled),
            _ => natural,
        }
    }

    fn elapsed(&self, now: Timestamp) -> i64 {
        let mut lived = now.since(self.job.created_at);
        for (from, to) in &self.job.pauses {
            let to = to.filter(|t| now.since(*t) > 0).unwrap_or(now);
            lived -= to.since(*from).max(0);
        }
        lived.max(0)
    }

    fn is_paused(&self, now: Timestamp) -> bool {
        self.job
            .pauses
            .iter()
            .any(|(from, to)| now.since(*from) >= 0 && to.is_none_or(|t| now.since(t) < 0))
    }

    fn steps_done(&self, now: Timestamp) -> u64 {
        let t = self.elapsed(now).min(self.end().0);
        if t <= self.started || self.job.refused.is_some() {
            return 0;
        }
        let span = (self.trained - self.started).max(1) as f64;
        let total = self.curve.total_steps();
        let guess = ((t - self.started) as f64 / span * total as f64) as u64;
        // The guess may be off by one through rounding; the events must agree with it.
        let mut done = guess.min(self.last_step());
        while done < self.last_step() && self.step_time(done + 1) <= t {
            done += 1;
        }
        while done > 0 && self.step_time(done) > t {
            done -= 1;
        }
        done
    }

    pub(super) fn state(&self, now: Timestamp) -> RemoteState {
        let t = self.elapsed(now);
        let (end, outcome) = self.end();
        if t >= end {
            outcome
        } else if self.is_paused(now) {
            RemoteState::Paused
        } else if t < self.validated {
            RemoteState::Validating
        } else if t < self.started {
            RemoteState::Queued
        } else if t < self.trained {
            RemoteState::Running
        } else {
            RemoteState::Finalising
        }
    }

    fn error(&self) -> RemoteError {
        self.job.refused.clone().unwrap_or_else(|| RemoteError {
            code: "server_error".to_owned(),
            message: format!("{SIMULATED}: training broke down"),
            hint: "this failure was chosen for practice; in real life start again".to_owned(),
        })
    }

    pub(super) fn remote(&self, now: Timestamp) -> RemoteJob {
        let state = self.state(now);
        let total = self.curve.total_steps();
        let succeeded = state == RemoteState::Succeeded;
        RemoteJob {
            id: self.job.id.clone(),
            state,
            raw_state: format!("{SIMULATED} {}", raw(state)),
            progress: Some(Progress {
                done: self.steps_done(now),
                total,
            }),
            model: succeeded.then(|| self.job.model.clone()),
            error: (state == RemoteState::Failed).then(|| self.error()),
            trained_tokens: succeeded
                .then(|| self.job.request.train_samples * TOKENS_PER_EXAMPLE * self.curve.epochs),
            estimated_finish: (!state.is_final()).then(|| self.at(self.finished)),
            problems: Vec::new(),
        }
    }

    /// All events up to `now`, oldest first. Ids do not depend on `now`.
    pub(super) fn events(&self, now: Timestamp) -> Vec<RemoteEvent> {
        let t = self.elapsed(now);
        let (end, outcome) = self.end();
        let mut out = Vec::new();
        let mut add = |at: i64, level, kind, message: String, metrics| {
            if at <= t {
                out.push(RemoteEvent {
                    id: format!("ftevent-{SIMULATED}-{}", out.len()),
                    created_at: self.at(at),
                    level,
                    kind,
                    message: format!("[{SIMULATED}] {message}"),
                    metrics,
                });
            }
        };
        let say = EventKind::Message;
        let info = Level::Info;
        let request = &self.job.request;
        add(
            0,
            info,
            say,
            format!("Created fine-tuning job: {}", self.job.id),
            None,
        );
        let files = match &request.validation {
            Some(v) => format!(
                "training file: {} and validation file: {}",
                request.training.id, v.id
            ),
            None => format!("training file: {}", request.training.id),
        };
        add(0, info, say, format!("Validating {files}"), None);
        if end > self.validated {
            let text = "Files validated, moving job to queued state".to_owned();
            add(self.validated, info, say, text, None);
        }
        if end > self.started {
            add(
                self.started,
                info,
                say,
                "Fine-tuning job started".to_owned(),
                None,
            );
        }
        let reached = self.steps_done(self.at(end));
        for step in (1..=reached).filter(|s| self.curve.is_reported(*s)) {
            let at = self.step_time(step);
            if at > t {
                break;
            }
            let p = self.curve.point(step);
            let mut text = format!(
                "Step {step}/{}: training loss={:.2}",
                p.total_steps,
                p.train_loss.unwrap_or_default()
            );
            if let Some(v) = p.valid_loss {
                text += &format!(", validation loss={v:.2}");
            }
            if let Some(v) = p.full_valid_loss {
                text += &format!(", full validation loss={v:.2}");
            }
            add(at, info, EventKind::Metrics, text, Some(p));
            if self.curve.ends_epoch(step) {
                let text = format!(
                    "Checkpoint created at step {step} with Snapshot ID: {}",
                    self.checkpoint_model(step)
                );
                add(at, info, say, text, None);
            }
        }
        match outcome {
            RemoteState::Succeeded => {
                let made = format!("New fine-tuned model created: {}", self.job.model);
                add(self.trained, info, say, made, None);
                let checked =
                    "Usage policy evaluations completed, model is now enabled for sampling";
                add(
                    end,
                    info,
                    EventKind::ModerationChecks,
                    checked.to_owned(),
                    None,
                );
                add(
                    end,
                    info,
                    say,
                    "The job has successfully completed".to_owned(),
                    None,
                );
            }
            RemoteState::Failed => {
                let e = self.error();
                let text = format!("The job failed: {} ({})", e.message, e.code);
                add(end, Level::Error, say, text, None);
            }
            _ => add(
                end,
                Level::Warn,
                say,
                "The job was cancelled".to_owned(),
                None,
            ),
        }
        out
    }

    fn checkpoint_model(&self, step: u64) -> String {
        format!("{}:ckpt-step-{step}", self.job.model)
    }

    /// The last checkpoints, oldest first.
    pub(super) fn checkpoints(&self, now: Timestamp) -> Vec<Checkpoint> {
        let done = self.steps_done(now);
        let mut all: Vec<Checkpoint> = (1..=done)
            .filter(|s| self.curve.ends_epoch(*s))
            .map(|step| Checkpoint {
                id: format!(
                    "ftckpt_{SIMULATED}_{}",
                    &fingerprint([self.job.id.as_bytes(), &step.to_le_bytes()])[..16]
                ),
                created_at: self.at(self.step_time(step)),
                step,
                model: self.checkpoint_model(step),
                metrics: self.curve.point(step),
            })
            .collect();
        all.drain(..all.len().saturating_sub(KEPT_CHECKPOINTS));
        all
    }

    /// `step_metrics.csv` in OpenAI's columns, with the mark as a last column.
    pub(super) fn csv(&self, now: Timestamp) -> String {
        let mut out = String::from(
            "step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy,note\n",
        );
        let cell = |v: Option<f64>| v.map(|v| v.to_string()).unwrap_or_default();
        for step in (1..=self.steps_done(now)).filter(|s| self.curve.is_reported(*s)) {
            let p = self.curve.point(step);
            out += &format!(
                "{step},{},{},{},{},{SIMULATED}\n",
                cell(p.train_loss),
                cell(p.train_mean_token_accuracy),
                cell(p.valid_loss),
                cell(p.valid_mean_token_accuracy)
            );
        }
        out
    }

    /// `model.json`: what the job would have made.
    pub(super) fn card(&self, now: Timestamp) -> Value {
        let remote = self.remote(now);
        json!({
            "simulated": true,
            "notice": format!("{SIMULATED}: practice run, nothing was trained; this model does not exist"),
            "model": remote.model,
            "base_model": self.job.request.base_model,
            "job": self.job.id,
            "train_samples": self.job.request.train_samples,
            "validation_samples": self.job.request.validation_samples,
            "epochs": self.curve.epochs,
            "steps": self.curve.total_steps(),
            "trained_tokens": remote.trained_tokens,
            "last": self.curve.point(self.curve.total_steps()),
        })
    }
}

fn raw(state: RemoteState) -> &'static str {
    match state {
        RemoteState::Validating => "validating_files",
        RemoteState::Queued => "queued",
        RemoteState::Running => "running",
        RemoteState::Finalising => "finalising",
        RemoteState::Cancelling => "cancelling",
        RemoteState::Paused => "paused",
        RemoteState::Succeeded => "succeeded",
        RemoteState::Failed => "failed",
        RemoteState::Cancelled => "cancelled",
    }
}
