//! An HTTP trainer of one's own, asked by this contract. All bodies are JSON unless said
//! otherwise; errors are `{"error": {"code", "message"}}` with a fitting status (401 for a wrong
//! key, 404, 409, 422, 429 with `retry-after`). With the key `CUSTOM_TRAINER_API_KEY` every
//! request carries `Authorization: Bearer …`.
//!
//! | request | answer |
//! |---|---|
//! | `GET /files/{sha256}` | `{"id", "received": bytes, "complete": bool}`; nothing received is fine too |
//! | `PUT /files/{sha256}`, raw bytes, `Content-Range: bytes 0-99/1000` | the same; 409 when the range does not start at `received`, 422 when the whole has another SHA-256 |
//! | `POST /jobs` `{"unique_key", "training_file": sha256, "validation_file"?: sha256, "config"}` | a job; the same `unique_key` again answers the job that is there and makes no second one |
//! | `GET /jobs?unique_key=…` | `{"jobs": […]}` |
//! | `GET /jobs/{id}` | `{"id", "unique_key", "state", "progress"?: {"done", "total"}, "model"?, "error"?: {"code", "message"}, "trained_tokens"?, "estimated_finish"?}` |
//! | `GET /jobs/{id}/events?after={event id}` | `{"events": [{"id", "created_at", "level", "message", "metrics"?}]}`, oldest first |
//! | `POST /jobs/{id}/cancel` | the job |
//! | `GET /jobs/{id}/artifacts` | `{"artifacts": [{"name", "bytes", "sha256"}]}` |
//! | `GET /jobs/{id}/artifacts/{name}` | raw bytes, by `Range` |
//!
//! States are `queued`, `running`, `cancelling`, `succeeded`, `failed`, `cancelled`; others count
//! as running. `level` is `info`, `warn` or `error`; `metrics` has the names of
//! [`MetricPoint`](crate::provider::MetricPoint). Times are RFC 3339. `config` is what the bundle's
//! `config.json` holds. Lines are chat messages with the pictures inside (format `chat`).

use serde_json::{Value, json};

use crate::base::ports::{FileWriter, LocalFuture, Ports, file_missing};
use crate::base::time::Timestamp;
use crate::error::{Error, Result};
use crate::provider::call::{Call, escaped, failed};
use crate::provider::custom::{Custom, trainer};
use crate::provider::rest::Rest;
use crate::provider::{
    Artifact, Checkpoint, CreateJob, EventKind, Level, LocalFile, Progress, Provider,
    ProviderOptions, RemoteError, RemoteEvent, RemoteFile, RemoteJob, RemoteState, Vendor,
};

/// Environment variable of the key; it may be missing.
pub(super) const KEY: &str = "CUSTOM_TRAINER_API_KEY";
/// Bytes of an upload in one request.
const PART: usize = 8 << 20;
/// Answers of 409 in one upload before it counts as failed.
const MAX_CONFLICTS: u32 = 3;
/// The job as the trainer tells it, among the artifacts.
const MODEL: &str = "model.json";

/// The connection.
pub(super) struct HttpTrainer {
    rest: Rest,
}

impl HttpTrainer {
    pub(super) fn new(ports: &Ports, url: &str, options: &ProviderOptions) -> Self {
        Self {
            rest: Rest::new(ports, url, options, KEY, true),
        }
    }

    async fn upload_file(
        &self,
        file: &LocalFile,
        progress: &dyn Fn(Progress),
    ) -> Result<RemoteFile> {
        let files = &self.rest.ports.files;
        let total = files.size(&file.path).await?;
        let total = total.ok_or_else(|| file_missing(&file.path))?;
        let path = format!("/files/{}", file.sha256);
        let look = self.rest.call("GET", &path);
        let (mut at, mut complete) = received(&self.rest.json(&look).await?, &look)?;
        let mut conflicts = 0;
        while !complete {
            progress(Progress {
                done: at.min(total),
                total,
            });
            let bytes = files.read(&file.path, at, PART).await?;
            if bytes.is_empty() {
                return Err(failed(
                    "upload",
                    "the trainer wants more bytes than the file has",
                    &look,
                ));
            }
            let range = format!("bytes {at}-{}/{total}", at + bytes.len() as u64 - 1);
            let call = self.rest.call("PUT", &path);
            let call = call
                .header("content-range", range)
                .body("application/octet-stream", bytes);
            (at, complete) = match self.rest.json(&call).await {
                Ok(answer) => received(&answer, &call)?,
                // A part arrived whose answer was lost: the trainer knows how far it is.
                Err(e) if e.code() == "conflict" && conflicts < MAX_CONFLICTS => {
                    conflicts += 1;
                    received(&self.rest.json(&look).await?, &look)?
                }
                Err(e) => return Err(e),
            };
        }
        progress(Progress { done: total, total });
        Ok(RemoteFile {
            id: file.sha256.clone(),
            bytes: total,
        })
    }

    async fn job(&self, id: &str) -> Result<Value> {
        let call = self.rest.call("GET", &format!("/jobs/{}", escaped(id)));
        self.rest.json(&call).await
    }

    async fn create_job(&self, job: &CreateJob) -> Result<RemoteJob> {
        let body = json!({
            "unique_key": job.unique_key,
            "training_file": job.training.id,
            "validation_file": job.validation.as_ref().map(|v| &v.id),
            "config": trainer::config(job),
        });
        let call = self.rest.call("POST", "/jobs").json(&body);
        remote(&self.rest.ask_json(&call).await?, &call)
    }

    async fn read_events(&self, id: &str, after: Option<&str>) -> Result<Vec<RemoteEvent>> {
        let mut out: Vec<RemoteEvent> = Vec::new();
        let mut after = after.map(str::to_owned);
        loop {
            let query = after
                .as_deref()
                .map_or(String::new(), |a| format!("?after={}", escaped(a)));
            let call = self
                .rest
                .call("GET", &format!("/jobs/{}/events{query}", escaped(id)));
            let answer = self.rest.json(&call).await?;
            let page = answer["events"].as_array();
            let before = out.len();
            for value in page.into_iter().flatten() {
                let Some(event) = event(value) else { continue };
                if !out.iter().any(|e| e.id == event.id) {
                    out.push(event);
                }
            }
            // An empty page is the end; one that brings nothing new would go round in a circle.
            match out.last() {
                Some(last) if out.len() > before => after = Some(last.id.clone()),
                _ => return Ok(out),
            }
        }
    }

    async fn list_artifacts(&self, id: &str) -> Result<Vec<Artifact>> {
        let call = self.artifacts_call(id, "");
        let answer = self.rest.json(&call).await?;
        let mut out = vec![Artifact {
            name: MODEL.to_owned(),
            media_type: "application/json".to_owned(),
            id: String::new(),
        }];
        for a in answer["artifacts"].as_array().into_iter().flatten() {
            let name = a["name"].as_str().unwrap_or_default();
            if !is_plain(name) || name == MODEL {
                return Err(failed(
                    "artifact_name",
                    &format!("the trainer offers an artifact named {name:?}"),
                    &call,
                )
                .hint("names are relative paths below the output folder"));
            }
            out.push(Artifact {
                name: name.to_owned(),
                media_type: "application/octet-stream".to_owned(),
                id: a["sha256"].as_str().unwrap_or_default().to_owned(),
            });
        }
        Ok(out)
    }

    fn artifacts_call(&self, id: &str, name: &str) -> Call {
        let mut path = format!("/jobs/{}/artifacts", escaped(id));
        for part in name.split('/').filter(|p| !p.is_empty()) {
            path = format!("{path}/{}", escaped(part));
        }
        self.rest.call("GET", &path)
    }
}

/// How much of a file the trainer has.
fn received(answer: &Value, call: &Call) -> Result<(u64, bool)> {
    let at = answer["received"].as_u64();
    let at = at.ok_or_else(|| failed("answer_shape", "the answer has no \"received\"", call))?;
    Ok((at, answer["complete"].as_bool() == Some(true)))
}

fn remote(job: &Value, call: &Call) -> Result<RemoteJob> {
    let text = |v: &Value| v.as_str().map(str::to_owned);
    let (Some(id), Some(state)) = (text(&job["id"]), text(&job["state"])) else {
        return Err(failed(
            "answer_shape",
            "the answer is no job: id or state is missing",
            call,
        ));
    };
    let number = |v: &Value| v.as_u64();
    let progress = &job["progress"];
    Ok(RemoteJob {
        id,
        state: match state.as_str() {
            "queued" => RemoteState::Queued,
            "cancelling" => RemoteState::Cancelling,
            "succeeded" => RemoteState::Succeeded,
            "failed" => RemoteState::Failed,
            "cancelled" => RemoteState::Cancelled,
            _ => RemoteState::Running,
        },
        raw_state: state,
        progress: number(&progress["done"])
            .zip(number(&progress["total"]))
            .map(|(done, total)| Progress { done, total }),
        model: text(&job["model"]),
        error: job["error"].as_object().map(|e| RemoteError {
            code: e.get("code").and_then(text).unwrap_or_default(),
            message: e.get("message").and_then(text).unwrap_or_default(),
            hint: "read the events of the job: they hold what the trainer printed".to_owned(),
        }),
        trained_tokens: number(&job["trained_tokens"]),
        estimated_finish: job["estimated_finish"].as_str().and_then(Timestamp::parse),
        problems: Vec::new(),
    })
}

/// `None` when it has no id or time: it could not be told from others.
fn event(value: &Value) -> Option<RemoteEvent> {
    let metrics = serde_json::from_value(value["metrics"].clone()).ok();
    Some(RemoteEvent {
        id: value["id"].as_str()?.to_owned(),
        created_at: Timestamp::parse(value["created_at"].as_str()?)?,
        level: match value["level"].as_str() {
            Some("error") => Level::Error,
            Some("warn" | "warning") => Level::Warn,
            _ => Level::Info,
        },
        kind: match metrics.is_some() {
            true => EventKind::Metrics,
            false => EventKind::Message,
        },
        message: value["message"].as_str().unwrap_or_default().to_owned(),
        metrics,
    })
}

/// Whether a path stays below the folder it is put into.
fn is_plain(path: &str) -> bool {
    !path.contains(['\\', ':', '\0']) && path.split('/').all(|p| !matches!(p, "" | "." | ".."))
}

impl Provider for HttpTrainer {
    fn vendor(&self) -> &'static dyn Vendor {
        &Custom
    }

    fn upload<'a>(
        &'a self,
        file: &'a LocalFile,
        progress: &'a dyn Fn(Progress),
    ) -> LocalFuture<'a, Result<RemoteFile>> {
        Box::pin(self.upload_file(file, progress))
    }

    fn create<'a>(&'a self, job: &'a CreateJob) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(self.create_job(job))
    }

    fn find<'a>(&'a self, unique_key: &'a str) -> LocalFuture<'a, Result<Option<RemoteJob>>> {
        Box::pin(async move {
            let path = format!("/jobs?unique_key={}", escaped(unique_key));
            let call = self.rest.call("GET", &path);
            let answer = self.rest.json(&call).await?;
            let jobs = answer["jobs"].as_array().into_iter().flatten();
            let held = jobs.into_iter().find(|j| j["unique_key"] == unique_key);
            held.map(|j| remote(j, &call)).transpose()
        })
    }

    fn listing_delay_ms(&self) -> u64 {
        // The contract lets a repeated creation answer the job that is there.
        0
    }

    fn get<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(async move {
            let call = self.rest.call("GET", &format!("/jobs/{}", escaped(id)));
            remote(&self.rest.json(&call).await?, &call)
        })
    }

    fn events<'a>(
        &'a self,
        id: &'a str,
        after: Option<&'a str>,
    ) -> LocalFuture<'a, Result<Vec<RemoteEvent>>> {
        Box::pin(self.read_events(id, after))
    }

    fn checkpoints<'a>(&'a self, _: &'a str) -> LocalFuture<'a, Result<Vec<Checkpoint>>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn cancel<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(async move {
            let call = self
                .rest
                .call("POST", &format!("/jobs/{}/cancel", escaped(id)));
            remote(&self.rest.json(&call).await?, &call)
        })
    }

    fn artifacts<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<Vec<Artifact>>> {
        Box::pin(self.list_artifacts(id))
    }

    fn save<'a>(
        &'a self,
        id: &'a str,
        artifact: &'a Artifact,
        to: &'a mut dyn FileWriter,
    ) -> LocalFuture<'a, Result<()>> {
        Box::pin(async move {
            if artifact.name == MODEL {
                return to
                    .write(&serde_json::to_vec_pretty(&self.job(id).await?)?)
                    .await;
            }
            if !is_plain(&artifact.name) {
                return Err(Error::caller("artifact_name", "this is no artifact's name"));
            }
            let sha256 = Some(artifact.id.as_str()).filter(|s| !s.is_empty());
            let call = self.artifacts_call(id, &artifact.name);
            self.rest.download(&call, sha256, to).await
        })
    }
}
