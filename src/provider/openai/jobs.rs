//! OpenAI's jobs, events and checkpoints, translated. Every field may be missing or new.

use serde_json::{Map, Value, json};

use crate::base::time::Timestamp;
use crate::provider::{
    Checkpoint, CreateJob, EventKind, Hyperparameters, Level, MetricPoint, RemoteError,
    RemoteEvent, RemoteJob, RemoteState, Setting,
};

/// Metadata key under which a job is found again.
pub(super) const LABEL: &str = "screensmith_job";
/// Longest suffix of a model's name.
const MAX_SUFFIX: usize = 64;

/// The request that creates a job.
pub(super) fn body(job: &CreateJob) -> Value {
    let mut metadata: Map<String, Value> = job
        .metadata
        .iter()
        .map(|(name, text)| (name.clone(), json!(text)))
        .collect();
    metadata.insert(LABEL.to_owned(), json!(job.unique_key));
    let mut out = json!({
        "model": job.base_model,
        "training_file": job.training.id,
        "method": {"type": "supervised", "supervised": {"hyperparameters": hyperparameters(&job.hyperparameters)}},
        "metadata": metadata,
    });
    // A missing field and null are not the same here: a suffix of null is refused.
    if let Some(suffix) = suffix(&job.name) {
        out["suffix"] = json!(suffix);
    }
    if let Some(file) = &job.validation {
        out["validation_file"] = json!(file.id);
    }
    if let Some(seed) = job.hyperparameters.seed {
        out["seed"] = json!(seed);
    }
    out
}

fn hyperparameters(h: &Hyperparameters) -> Value {
    fn setting<T: Into<Value> + Copy>(s: Setting<T>) -> Value {
        match s {
            Setting::Auto => json!("auto"),
            Setting::Value(v) => v.into(),
        }
    }
    json!({
        "n_epochs": setting(h.n_epochs),
        "batch_size": setting(h.batch_size),
        "learning_rate_multiplier": setting(h.learning_rate_multiplier),
    })
}

/// The part of the model's name that the user recognises.
fn suffix(name: &str) -> Option<String> {
    let plain = |c: char| match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '_' => c,
        _ => '-',
    };
    let out: String = name.chars().take(MAX_SUFFIX).map(plain).collect();
    (!out.is_empty()).then_some(out)
}

/// A job; `None` when the answer names none.
pub(super) fn remote(v: &Value) -> Option<RemoteJob> {
    let id = text(&v["id"])?;
    let raw = text(&v["status"]).unwrap_or_default();
    let model = text(&v["fine_tuned_model"]);
    let state = match raw.as_str() {
        "validating_files" => RemoteState::Validating,
        "queued" | "pending" | "created" => RemoteState::Queued,
        "paused" => RemoteState::Paused,
        "cancelling" => RemoteState::Cancelling,
        "cancelled" => RemoteState::Cancelled,
        "failed" => RemoteState::Failed,
        // Without a name there is nothing to call yet.
        "succeeded" if model.is_none() => RemoteState::Finalising,
        "succeeded" => RemoteState::Succeeded,
        _ => RemoteState::Running,
    };
    Some(RemoteJob {
        id,
        state,
        raw_state: raw,
        progress: None,
        model,
        error: (state == RemoteState::Failed).then(|| failure(&v["error"])),
        trained_tokens: v["trained_tokens"].as_u64(),
        estimated_finish: v["estimated_finish"].as_i64().map(seconds),
        problems: Vec::new(),
    })
}

/// Why a job failed; a healthy job's error is `{}`.
fn failure(v: &Value) -> RemoteError {
    let code = text(&v["code"]).unwrap_or_else(|| "unknown".to_owned());
    let message = text(&v["message"]).unwrap_or_else(|| "OpenAI gave no reason".to_owned());
    let message = match text(&v["param"]) {
        Some(param) => format!("{param}: {message}"),
        None => message,
    };
    let hint = match code.as_str() {
        "invalid_n_examples" => "generate more samples: the least is 10",
        "invalid_training_file" | "invalid_validation_file" | "invalid_file_format" => {
            "check the lines with `screensmith validate`, and start a new job"
        }
        "exceeded_quota" | "insufficient_quota" | "billing_hard_limit_reached" => {
            "add credit to the account, and start a new job"
        }
        _ => "look at the job and its events at platform.openai.com",
    };
    RemoteError {
        code,
        message,
        hint: hint.to_owned(),
    }
}

/// An event; `None` when it has no id to be told apart by.
pub(super) fn event(v: &Value) -> Option<RemoteEvent> {
    let point = metric_point(&v["data"]);
    let kind = match (v["type"].as_str(), &point) {
        (Some("metrics"), Some(_)) => EventKind::Metrics,
        (Some("moderation_checks"), _) => EventKind::ModerationChecks,
        _ => EventKind::Message,
    };
    Some(RemoteEvent {
        id: text(&v["id"])?,
        created_at: v["created_at"].as_i64().map(seconds).unwrap_or_default(),
        level: match v["level"].as_str() {
            Some("warn" | "warning") => Level::Warn,
            Some("error") => Level::Error,
            _ => Level::Info,
        },
        message: text(&v["message"]).unwrap_or_default(),
        metrics: point.filter(|_| kind == EventKind::Metrics),
        kind,
    })
}

/// A checkpoint; `None` when it names no model.
pub(super) fn checkpoint(v: &Value) -> Option<Checkpoint> {
    let metrics = metric_point(&v["metrics"]).unwrap_or_default();
    Some(Checkpoint {
        id: text(&v["id"])?,
        created_at: v["created_at"].as_i64().map(seconds).unwrap_or_default(),
        step: v["step_number"].as_u64().unwrap_or(metrics.step),
        model: text(&v["fine_tuned_model_checkpoint"])?,
        metrics,
    })
}

/// The numbers of a step; `None` without a step.
fn metric_point(v: &Value) -> Option<MetricPoint> {
    let whole = |name: &str| {
        let n = &v[name];
        n.as_u64()
            .or_else(|| n.as_f64().filter(|x| *x >= 0.0).map(|x| x as u64))
    };
    let number = |name: &str| v[name].as_f64().filter(|x| x.is_finite());
    Some(MetricPoint {
        step: whole("step")?,
        total_steps: whole("total_steps").unwrap_or(0),
        train_loss: number("train_loss"),
        train_mean_token_accuracy: number("train_mean_token_accuracy"),
        valid_loss: number("valid_loss"),
        valid_mean_token_accuracy: number("valid_mean_token_accuracy"),
        full_valid_loss: number("full_valid_loss"),
        full_valid_mean_token_accuracy: number("full_valid_mean_token_accuracy"),
    })
}

fn seconds(s: i64) -> Timestamp {
    Timestamp::from_millis(s.saturating_mul(1000))
}

pub(super) fn text(v: &Value) -> Option<String> {
    v.as_str().filter(|s| !s.is_empty()).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn healthy_failed_and_unknown_jobs_are_told_apart() {
        let job = |status: &str, error: Value| {
            remote(&json!({"id": "ftjob-1", "status": status, "error": error, "new": [1]})).unwrap()
        };
        assert_eq!(job("running", json!({})).error, None);
        let strange = job("warming_up", Value::Null);
        assert_eq!(
            (strange.state, strange.raw_state.as_str()),
            (RemoteState::Running, "warming_up")
        );
        let failed = job(
            "failed",
            json!({"code": "invalid_n_examples", "param": "training_file", "message": "3 example(s)"}),
        );
        let error = failed.error.unwrap();
        assert_eq!(error.code, "invalid_n_examples");
        assert_eq!(error.message, "training_file: 3 example(s)");
        assert_eq!(job("failed", json!({})).error.unwrap().code, "unknown");
        // Without a model's name the job is not taken for done.
        assert_eq!(job("succeeded", json!({})).state, RemoteState::Finalising);
        assert_eq!(remote(&json!({"status": "running"})), None);
    }

    #[test]
    fn events_with_odd_fields_are_kept() {
        let odd = json!({"id": "ft-event-1", "level": "debug", "type": "news", "data": "x", "created_at": "soon"});
        let odd = event(&odd).unwrap();
        assert_eq!((odd.level, odd.kind), (Level::Info, EventKind::Message));
        let point = json!({"id": "e", "type": "metrics", "data": {"step": 3.0, "train_loss": 0.5, "valid_loss": null, "x": 1}});
        let point = event(&point).unwrap().metrics.unwrap();
        assert_eq!(
            (point.step, point.train_loss, point.valid_loss),
            (3, Some(0.5), None)
        );
        assert_eq!(event(&json!({"message": "no id"})), None);
    }

    #[test]
    fn a_suffix_has_only_what_names_allow() {
        assert_eq!(suffix("ui ground/1.é").as_deref(), Some("ui-ground-1--"));
        assert_eq!(suffix(&"x".repeat(90)).unwrap().len(), 64);
        assert_eq!(suffix(""), None);
    }
}
