//! Tuning jobs as the interface writes them, translated. Every field may be absent: the JSON
//! form of protocol buffers leaves out what is empty.

use serde_json::{Map, Value, json};

use crate::base::time::Timestamp;
use crate::problem::Problem;
use crate::provider::gemini::storage::int;
use crate::provider::{
    Checkpoint, CreateJob, EventKind, Level, MetricPoint, Progress, RemoteError, RemoteEvent,
    RemoteJob, RemoteState, Setting,
};

/// Label that carries the unique key.
pub(super) const LABEL: &str = "screensmith_job";

/// Adapter sizes with the interface's words for them.
pub(super) const ADAPTER_SIZES: &[(u32, &str)] = &[
    (1, "ADAPTER_SIZE_ONE"),
    (2, "ADAPTER_SIZE_TWO"),
    (4, "ADAPTER_SIZE_FOUR"),
    (8, "ADAPTER_SIZE_EIGHT"),
    (16, "ADAPTER_SIZE_SIXTEEN"),
];

/// The body that creates `job`.
pub(super) fn body(job: &CreateJob) -> Value {
    let h = &job.hyperparameters;
    let mut hyper = Map::new();
    if let Setting::Value(n) = h.n_epochs {
        // 64-bit numbers are text in this JSON.
        hyper.insert("epochCount".to_owned(), json!(n.to_string()));
    }
    if let Setting::Value(x) = h.learning_rate_multiplier {
        hyper.insert("learningRateMultiplier".to_owned(), json!(x));
    }
    let size = h.adapter_size;
    if let Some((_, word)) = ADAPTER_SIZES.iter().find(|(n, _)| Some(*n) == size) {
        hyper.insert("adapterSize".to_owned(), json!(word));
    }
    let mut spec = Map::new();
    spec.insert("trainingDatasetUri".to_owned(), json!(job.training.id));
    if let Some(v) = &job.validation {
        spec.insert("validationDatasetUri".to_owned(), json!(v.id));
    }
    if !hyper.is_empty() {
        spec.insert("hyperParameters".to_owned(), Value::Object(hyper));
    }
    let mut labels: Map<String, Value> = job
        .metadata
        .iter()
        .map(|(k, v)| (k.clone(), json!(v)))
        .collect();
    labels.insert(LABEL.to_owned(), json!(job.unique_key));
    let mut out = json!({
        "baseModel": job.base_model,
        "tunedModelDisplayName": job.name,
        "labels": labels,
        "supervisedTuningSpec": spec,
    });
    if let Some(text) = &job.description {
        out["description"] = json!(text);
    }
    out
}

fn text(v: &Value) -> Option<&str> {
    v.as_str().filter(|s| !s.is_empty())
}

fn time(v: &Value) -> Option<Timestamp> {
    text(v).and_then(Timestamp::parse)
}

/// The finest word for where the job stands: `tuningJobState` while it runs, where offered.
fn raw_state(job: &Value) -> &str {
    let state = text(&job["state"]).unwrap_or("JOB_STATE_UNSPECIFIED");
    match text(&job["tuningJobState"]) {
        Some(fine) if state == "JOB_STATE_RUNNING" && !fine.ends_with("_UNSPECIFIED") => fine,
        _ => state,
    }
}

fn state(raw: &str, has_model: bool) -> RemoteState {
    let word = raw
        .trim_start_matches("TUNING_")
        .trim_start_matches("JOB_STATE_");
    match word {
        "QUEUED" | "PENDING" | "WAITING_FOR_QUOTA" | "WAITING_FOR_CAPACITY" => RemoteState::Queued,
        "PROCESSING_DATASET" => RemoteState::Validating,
        "POST_PROCESSING" | "UPDATING" => RemoteState::Finalising,
        "SUCCEEDED" => RemoteState::Succeeded,
        "PARTIALLY_SUCCEEDED" if has_model => RemoteState::Succeeded,
        "PARTIALLY_SUCCEEDED" | "FAILED" | "EXPIRED" => RemoteState::Failed,
        "CANCELLING" => RemoteState::Cancelling,
        "CANCELLED" => RemoteState::Cancelled,
        "PAUSED" => RemoteState::Paused,
        // Also words that are not known: the vendor's own is shown.
        _ => RemoteState::Running,
    }
}

/// The tuned model: its endpoint, which answers at once, or else its entry in the registry.
fn model(job: &Value) -> Option<&str> {
    let tuned = &job["tunedModel"];
    text(&tuned["endpoint"]).or_else(|| text(&tuned["model"]))
}

fn stats(job: &Value) -> &Value {
    &job["tuningDataStats"]["supervisedTuningDataStats"]
}

fn epochs(job: &Value) -> Option<u64> {
    int(&job["supervisedTuningSpec"]["hyperParameters"]["epochCount"]).filter(|n| *n > 0)
}

fn progress(job: &Value) -> Option<Progress> {
    let total = int(&stats(job)["tuningStepCount"]).filter(|n| *n > 0)?;
    let done = int(&job["tuningJobMetadata"]["completedStepCount"]);
    let saved = checkpoints_of(job).filter_map(|c| int(&c["step"])).max();
    let done = done.or(saved)?;
    Some(Progress {
        done: done.min(total),
        total,
    })
}

/// A job.
pub(super) fn remote(job: &Value) -> Option<RemoteJob> {
    let raw = raw_state(job);
    let model = model(job);
    let state = state(raw, model.is_some());
    let tokens = int(&stats(job)["totalBillableTokenCount"]);
    Some(RemoteJob {
        id: text(&job["name"])?.to_owned(),
        state,
        raw_state: raw.to_owned(),
        progress: progress(job),
        model: model
            .filter(|_| state == RemoteState::Succeeded)
            .map(str::to_owned),
        error: (state == RemoteState::Failed).then(|| error(job, raw)),
        // The vendor counts one pass and bills every one.
        trained_tokens: tokens.zip(epochs(job)).map(|(t, n)| t.saturating_mul(n)),
        estimated_finish: None,
        problems: problems(job),
    })
}

fn error(job: &Value, raw: &str) -> RemoteError {
    let code = int(&job["error"]["code"]).unwrap_or(0);
    let message = text(&job["error"]["message"]).unwrap_or("the vendor gave no reason");
    let (code, hint) = match code {
        3 => (
            "invalid_argument",
            "correct the dataset or the settings that the vendor names",
        ),
        7 => (
            "forbidden",
            "let the tuning service agent of the project read the bucket",
        ),
        8 => ("rate_limited", "wait, or ask for a larger quota"),
        9 => ("failed_precondition", "see what the vendor says"),
        13 | 14 => (
            "server_error",
            "a failure at the vendor: start the job again",
        ),
        _ if raw.ends_with("EXPIRED") => ("expired", "the vendor's time ran out: start it again"),
        _ => (
            "tuning_failed",
            "look at the job in the Google Cloud console",
        ),
    };
    RemoteError {
        code: code.to_owned(),
        message: message.to_owned(),
        hint: hint.to_owned(),
    }
}

/// Examples that were left out of the training.
fn problems(job: &Value) -> Vec<Problem> {
    let s = stats(job);
    let reasons = s["droppedExampleReasons"].as_array();
    let rows: Vec<u64> = s["truncatedExampleIndices"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(int)
        .collect();
    let mut out: Vec<Problem> = rows
        .iter()
        .enumerate()
        .map(|(i, row)| {
            let reason = reasons.and_then(|r| r.get(i)).and_then(text);
            Problem::warning(
                "example_dropped",
                format!("training row {row}"),
                format!(
                    "the vendor left the example out: {}",
                    reason.unwrap_or("it gave no reason")
                ),
            )
            .hint("repair the sample before the next job")
        })
        .collect();
    let dropped = int(&s["totalTruncatedExampleCount"]).unwrap_or(0);
    if dropped > rows.len() as u64 {
        let of = int(&s["tuningDatasetExampleCount"]);
        let of = of.map(|n| format!(" of {n}")).unwrap_or_default();
        out.push(
            Problem::warning(
                "examples_dropped",
                "training",
                format!(
                    "{dropped}{of} examples were left out; the vendor names {} of them",
                    rows.len()
                ),
            )
            .hint("repair the samples before the next job"),
        );
    }
    out
}

fn checkpoints_of(job: &Value) -> impl Iterator<Item = &Value> {
    job["tunedModel"]["checkpoints"]
        .as_array()
        .into_iter()
        .flatten()
}

/// The checkpoints that can be called, oldest first. The vendor tells no time of theirs, so they
/// carry that of the job's last change.
pub(super) fn checkpoints(job: &Value) -> Vec<Checkpoint> {
    let changed = time(&job["endTime"])
        .or_else(|| time(&job["updateTime"]))
        .or_else(|| time(&job["createTime"]))
        .unwrap_or(Timestamp::from_millis(0));
    let total_steps = int(&stats(job)["tuningStepCount"]).unwrap_or(0);
    let mut out: Vec<Checkpoint> = checkpoints_of(job)
        .filter_map(|c| {
            let step = int(&c["step"]).unwrap_or(0);
            Some(Checkpoint {
                id: text(&c["checkpointId"])?.to_owned(),
                created_at: changed,
                step,
                model: text(&c["endpoint"])?.to_owned(),
                metrics: MetricPoint {
                    step,
                    total_steps,
                    ..MetricPoint::default()
                },
            })
        })
        .collect();
    out.sort_by_key(|c| c.step);
    out
}

/// The dated facts of a job as events, oldest first. The interface has no events of its own.
pub(super) fn events(job: &Value) -> Vec<RemoteEvent> {
    let raw = raw_state(job);
    let state = state(raw, model(job).is_some());
    let ended = match state {
        RemoteState::Succeeded => (Level::Info, "The tuned model is ready".to_owned()),
        RemoteState::Cancelled => (Level::Warn, "The job was cancelled".to_owned()),
        _ => (
            Level::Error,
            format!("The job failed: {}", error(job, raw).message),
        ),
    };
    let facts = [
        (
            "created",
            &job["createTime"],
            (Level::Info, "The tuning job was created".to_owned()),
        ),
        (
            "started",
            &job["startTime"],
            (Level::Info, "Tuning began".to_owned()),
        ),
        ("ended", &job["endTime"], ended),
    ];
    facts
        .into_iter()
        .filter(|(id, ..)| *id != "ended" || state.is_final())
        .filter_map(|(id, at, (level, message))| {
            Some(RemoteEvent {
                id: id.to_owned(),
                created_at: time(at)?,
                level,
                kind: EventKind::Message,
                message,
                metrics: None,
            })
        })
        .collect()
}

/// What is kept of the tuned model: enough to call it and to know where it comes from.
pub(super) fn model_card(job: &Value) -> Value {
    let points: Vec<Value> = checkpoints_of(job).cloned().collect();
    json!({
        "model": model(job),
        "endpoint": job["tunedModel"]["endpoint"],
        "registered_model": job["tunedModel"]["model"],
        "base_model": job["baseModel"],
        "tuning_job": job["name"],
        "checkpoints": points,
        "experiment": job["experiment"],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A finished job in the shape of the published messages.
    fn finished() -> Value {
        json!({
            "name": "projects/123456/locations/us-central1/tuningJobs/4488734109388341248",
            "tunedModelDisplayName": "ui-ground-1", "baseModel": "gemini-2.5-flash",
            "state": "JOB_STATE_SUCCEEDED",
            "createTime": "2026-11-22T10:00:00.000000Z", "startTime": "2026-11-22T10:04:11.000000Z",
            "endTime": "2026-11-22T10:41:03.000000Z", "updateTime": "2026-11-22T10:41:03.000000Z",
            "supervisedTuningSpec": {"trainingDatasetUri": "gs://b/run1/train.jsonl",
                "hyperParameters": {"epochCount": "3", "learningRateMultiplier": 1,
                    "adapterSize": "ADAPTER_SIZE_FOUR"}},
            "tunedModel": {"model": "projects/123456/locations/us-central1/models/8888@1",
                "endpoint": "projects/123456/locations/us-central1/endpoints/9999",
                "checkpoints": [
                    {"checkpointId": "2", "epoch": "2", "step": "60", "endpoint": "projects/1/locations/l/endpoints/2"},
                    {"checkpointId": "1", "epoch": "1", "step": "30", "endpoint": "projects/1/locations/l/endpoints/1"}]},
            "tuningDataStats": {"supervisedTuningDataStats": {"tuningDatasetExampleCount": "300",
                "totalBillableTokenCount": "412000", "tuningStepCount": "90",
                "totalTruncatedExampleCount": "3", "truncatedExampleIndices": ["17"],
                "droppedExampleReasons": ["Too many tokens."]}}
        })
    }

    #[test]
    fn a_finished_job_is_understood() {
        let job = finished();
        let r = remote(&job).unwrap();
        assert_eq!(r.state, RemoteState::Succeeded);
        assert_eq!(
            r.model.as_deref(),
            Some("projects/123456/locations/us-central1/endpoints/9999")
        );
        assert_eq!(r.trained_tokens, Some(3 * 412_000));
        assert_eq!(
            r.progress,
            Some(Progress {
                done: 60,
                total: 90
            })
        );
        let paths: Vec<&str> = r.problems.iter().map(|p| p.path.as_str()).collect();
        assert_eq!(paths, ["training row 17", "training"]);
        let steps: Vec<u64> = checkpoints(&job).iter().map(|c| c.step).collect();
        assert_eq!(steps, [30, 60]);
        assert_eq!(events(&job).len(), 3);
    }

    #[test]
    fn every_field_may_be_absent_or_of_another_kind() {
        assert!(remote(&json!({})).is_none() && remote(&json!(null)).is_none());
        let bare = remote(&json!({"name": "n"})).unwrap();
        assert_eq!(bare.state, RemoteState::Running);
        assert_eq!(
            (bare.model, bare.progress, bare.trained_tokens),
            (None, None, None)
        );
        // Each field in turn is replaced by something else.
        let whole = finished();
        for key in whole.as_object().unwrap().keys() {
            for odd in [
                json!(null),
                json!(7),
                json!("x"),
                json!([1]),
                json!({"a": []}),
            ] {
                let mut job = whole.clone();
                job[key] = odd;
                let _ = remote(&job);
                let _ = (checkpoints(&job), events(&job), model_card(&job));
            }
        }
    }

    #[test]
    fn partial_success_counts_when_there_is_a_model() {
        let mut job = finished();
        job["state"] = json!("JOB_STATE_PARTIALLY_SUCCEEDED");
        assert_eq!(remote(&job).unwrap().state, RemoteState::Succeeded);
        job["tunedModel"] = json!({});
        assert_eq!(remote(&job).unwrap().state, RemoteState::Failed);
    }
}
