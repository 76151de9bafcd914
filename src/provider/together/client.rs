//! Jobs at Together.

use serde_json::{Map, Value, json};

use crate::base::ports::{FileWriter, LocalFuture, Ports};
use crate::base::time::Timestamp;
use crate::error::{Error, ErrorKind, Result};
use crate::provider::call::{Call, escaped, failed};
use crate::provider::rest::Rest;
use crate::provider::together::{BASE, KEY, Together, upload};
use crate::provider::{
    Artifact, Checkpoint, CreateJob, EventKind, Level, LocalFile, MetricPoint, Progress, Provider,
    ProviderOptions, RemoteError, RemoteEvent, RemoteFile, RemoteJob, RemoteState, Setting, Vendor,
};

/// Passes over the data that are ordered when the user leaves the choice.
pub(super) const EPOCHS: u32 = 1;

/// The learning rate that the vendor's own client sends, multiplied by the user's factor.
const LEARNING_RATE: f64 = 1e-5;
/// Longest suffix of a model's name.
const MAX_SUFFIX: usize = 40;
/// Of it, the unique end of the job's key.
const MARK: usize = 24;
/// Of it, the job's name; a hyphen stands between.
pub(super) const NAME_ROOM: usize = MAX_SUFFIX - MARK - 1;
const MODEL: &str = "model.json";
const EVENTS: &str = "events.json";
const METRICS: &str = "metrics.json";
/// The archive's ending as the vendor's own client writes it.
const ADAPTER: &str = "adapter.tar.zst";
const WEIGHTS: &str = "model.tar.zst";

/// The connection.
pub(super) struct Client {
    rest: Rest,
    /// Larger files go in parts.
    whole: u64,
}

/// Name of the tuned model's ending: the job's name and what is unique to it. Together keeps
/// nothing else by which a job could be found again.
fn suffix(job: &CreateJob) -> String {
    let key = mark(&job.unique_key);
    let name: String = job.name.chars().take(NAME_ROOM).collect();
    format!("{name}-{key}")
}

/// The unique end of a key.
fn mark(unique_key: &str) -> String {
    let key = unique_key.rsplit('-').next().unwrap_or(unique_key);
    key.chars().take(MARK).collect()
}

fn text(v: &Value) -> Option<String> {
    v.as_str().filter(|s| !s.is_empty()).map(str::to_owned)
}

impl Client {
    pub(super) fn new(ports: &Ports, options: &ProviderOptions) -> Self {
        let base = options.base_url.as_deref().unwrap_or(BASE);
        Self {
            rest: Rest::new(ports, base, options, KEY, false),
            whole: options.whole_file(upload::WHOLE),
        }
    }

    fn job_call(&self, method: &'static str, id: &str, rest: &str) -> Call {
        self.rest
            .call(method, &format!("/fine-tunes/{}{rest}", escaped(id)))
    }

    async fn job(&self, id: &str) -> Result<Value> {
        self.rest.json(&self.job_call("GET", id, "")).await
    }

    async fn create_job(&self, job: &CreateJob) -> Result<RemoteJob> {
        let limits = self.limits(job).await?;
        let h = &job.hyperparameters;
        let epochs = h.n_epochs.unwrap_or(EPOCHS);
        let most = limits["max_num_checkpoints"].as_u64().unwrap_or(1).max(1);
        let evals = match (&job.validation, limits["max_num_evals"].as_u64()) {
            (None, _) => 0,
            (Some(_), Some(most)) => u64::from(epochs).min(most),
            (Some(_), None) => u64::from(epochs),
        };
        let mut body = json!({
            "model": job.base_model,
            "training_file": job.training.id,
            "validation_file": job.validation.as_ref().map_or("", |v| v.id.as_str()),
            "n_epochs": epochs,
            "n_evals": evals,
            "n_checkpoints": u64::from(epochs).min(most),
            "batch_size": match h.batch_size {
                Setting::Auto => json!("max"),
                Setting::Value(n) => json!(n),
            },
            "learning_rate": LEARNING_RATE * h.learning_rate_multiplier.unwrap_or(1.0),
            "lr_scheduler": {"lr_scheduler_type": "cosine",
                "lr_scheduler_args": {"min_lr_ratio": 0.0, "num_cycles": 0.5}},
            "warmup_ratio": 0.0,
            "max_grad_norm": 1.0,
            "weight_decay": 0.0,
            "packing": true,
            "training_method": {"method": "sft", "train_on_inputs": "auto"},
            "multimodal_params": {"train_vision": false},
            "suffix": suffix(job),
        });
        if let Some(rank) = h.adapter_size {
            body["training_type"] = json!({"type": "Lora", "lora_r": rank,
                "lora_alpha": 2 * u64::from(rank), "lora_dropout": 0.0,
                "lora_trainable_modules": "all-linear"});
        }
        if let Some(seed) = h.seed {
            body["random_seed"] = json!(seed);
        }
        let call = self.rest.call("POST", "/fine-tunes").json(&body);
        let made = self.rest.ask_json(&call).await?;
        self.remote(&made, &call)
    }

    /// What the model allows; refuses what it does not.
    async fn limits(&self, job: &CreateJob) -> Result<Value> {
        let path = format!(
            "/fine-tunes/models/limits?model_name={}",
            escaped(&job.base_model)
        );
        let limits = match self.rest.json(&self.rest.call("GET", &path)).await {
            Err(e) if e.code() == "not_found" => {
                return Err(
                    refused("model_not_tunable", "base_model", "there is no such model")
                        .hint("choose one of the models in the documentation of the vendor"),
                );
            }
            other => other?,
        };
        if limits["supports_vision"].as_bool() == Some(false) {
            return Err(
                refused("model_not_tunable", "base_model", "it takes no pictures")
                    .hint("choose a model with vision"),
            );
        }
        let h = &job.hyperparameters;
        let above = |field: &str, given: Option<u32>, least: &Value, most: &Value| {
            let given = u64::from(given?);
            let (least, most) = (
                least.as_u64().unwrap_or(0),
                most.as_u64().unwrap_or(u64::MAX),
            );
            (given < least || given > most).then(|| {
                refused(
                    "hyperparameter_range",
                    &format!("hyperparameters.{field}"),
                    &format!("{given}; this model takes {least} to {most}"),
                )
                .hint("choose a value in this range, or leave it out")
            })
        };
        let value = |s: Setting<u32>| match s {
            Setting::Auto => None,
            Setting::Value(n) => Some(n),
        };
        let lora = &limits["lora_training"];
        let faults = [
            above(
                "n_epochs",
                value(h.n_epochs),
                &Value::Null,
                &limits["max_num_epochs"],
            ),
            above(
                "batch_size",
                value(h.batch_size),
                &lora["min_batch_size"],
                &lora["max_batch_size"],
            ),
            above(
                "adapter_size",
                h.adapter_size,
                &Value::Null,
                &lora["max_rank"],
            ),
        ];
        match faults.into_iter().flatten().next() {
            Some(e) => Err(e),
            None => Ok(limits),
        }
    }

    async fn find_jobs(&self, unique_key: &str) -> Result<Vec<RemoteJob>> {
        let call = self.rest.call("GET", "/fine-tunes");
        let answer = self.rest.json(&call).await?;
        let end = format!("-{}", mark(unique_key));
        let is_it = |j: &&Value| {
            let named = j["suffix"].as_str().is_some_and(|s| s.ends_with(&end));
            // The model's name has the suffix and a number behind it.
            let made = j["model_output_name"]
                .as_str()
                .is_some_and(|s| s.contains(&end));
            named || made
        };
        let all = answer["data"].as_array().into_iter().flatten();
        all.filter(is_it).map(|j| self.remote(j, &call)).collect()
    }

    fn remote(&self, job: &Value, call: &Call) -> Result<RemoteJob> {
        // Any word will do for the state, also none.
        let status = job["status"].as_str().map(str::to_owned);
        let (Some(id), Some(status)) = (text(&job["id"]), status) else {
            return Err(failed(
                "answer_shape",
                "the answer is no job: id or status is missing",
                call,
            ));
        };
        let state = match status.as_str() {
            "pending" | "queued" => RemoteState::Queued,
            "compressing" | "uploading" => RemoteState::Finalising,
            "cancel_requested" => RemoteState::Cancelling,
            "cancelled" | "user_error_cancelled" => RemoteState::Cancelled,
            "error" | "user_error" => RemoteState::Failed,
            "completed" => RemoteState::Succeeded,
            _ => RemoteState::Running,
        };
        let events = job["events"].as_array().map_or(&[][..], Vec::as_slice);
        let steps = events.iter().filter_map(|e| {
            let total = e["total_steps"].as_u64().filter(|t| *t > 0)?;
            Some(Progress {
                done: e["step"].as_u64()?,
                total,
            })
        });
        let left = &job["progress"];
        let seconds = left["seconds_remaining"]
            .as_i64()
            .filter(|_| left["estimate_available"].as_bool() == Some(true) && !state.is_final());
        Ok(RemoteJob {
            id,
            state,
            raw_state: status,
            progress: steps.max_by_key(|p| p.done),
            model: text(&job["model_output_name"]).filter(|_| state == RemoteState::Succeeded),
            error: (state == RemoteState::Failed).then(|| why(events)),
            trained_tokens: job["token_count"].as_u64().filter(|n| *n > 0),
            estimated_finish: seconds.map(|s| {
                let ms = s.saturating_mul(1000);
                self.rest.ports.clock.now().plus_millis(ms)
            }),
            problems: Vec::new(),
        })
    }

    /// Events and metrics in one row. The vendor numbers neither, so an id tells how many events
    /// and which step have been read up to it.
    async fn read_events(&self, id: &str, after: Option<&str>) -> Result<Vec<RemoteEvent>> {
        let (seen, step) = after.and_then(cursor).unwrap_or((0, 0));
        let answer = self.rest.json(&self.job_call("GET", id, "/events")).await?;
        let mut events: Vec<(Timestamp, &Value)> = answer["data"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|e| Some((Timestamp::parse(e["created_at"].as_str()?)?, e)))
            .collect();
        // Stable: events of the same time keep their order.
        events.sort_by_key(|(at, _)| *at);
        let mut out = Vec::new();
        let mut count = events.len().min(seen);
        let mut last = events.last().map(|(at, _)| *at);
        for (at, e) in events.iter().skip(seen) {
            count += 1;
            out.push(RemoteEvent {
                id: place(count, step),
                created_at: *at,
                level: match e["level"].as_str() {
                    Some("error" | "legacy_ierror") => Level::Error,
                    Some("warning" | "legacy_iwarning") => Level::Warn,
                    _ => Level::Info,
                },
                kind: EventKind::Message,
                message: text(&e["message"]).or(text(&e["type"])).unwrap_or_default(),
                metrics: None,
            });
        }
        let total = events
            .iter()
            .filter_map(|(_, e)| e["total_steps"].as_u64())
            .max();
        for (at, point) in self.metrics(id, step, total.unwrap_or(0)).await? {
            let created_at = at.or(last).unwrap_or_else(|| self.rest.ports.clock.now());
            last = Some(created_at);
            out.push(RemoteEvent {
                id: place(count, point.step),
                created_at,
                level: Level::Info,
                kind: EventKind::Metrics,
                message: format!("Step {}", point.step),
                metrics: Some(point),
            });
        }
        Ok(out)
    }

    /// Metrics of steps after `step`, in order.
    async fn metrics(
        &self,
        id: &str,
        step: u64,
        total: u64,
    ) -> Result<Vec<(Option<Timestamp>, MetricPoint)>> {
        let path = format!("/metrics?global_step_from={}", step + 1);
        let answer = match self.rest.json(&self.job_call("GET", id, &path)).await {
            // There are none before the training begins.
            Err(e) if e.code() == "not_found" => return Ok(Vec::new()),
            other => other?,
        };
        let mut out: Vec<(Option<Timestamp>, MetricPoint)> = Vec::new();
        for row in answer["metrics"].as_array().into_iter().flatten() {
            let Some(row) = row.as_object() else { continue };
            let Some((at, mut point)) = metric(row) else {
                continue;
            };
            point.total_steps = total;
            if point.step <= step {
                continue;
            }
            match out.iter_mut().find(|(_, p)| p.step == point.step) {
                // Training and validation of a step may come as two rows.
                Some((_, held)) => {
                    held.train_loss = held.train_loss.or(point.train_loss);
                    held.valid_loss = held.valid_loss.or(point.valid_loss);
                    held.train_mean_token_accuracy = held
                        .train_mean_token_accuracy
                        .or(point.train_mean_token_accuracy);
                }
                None => out.push((at, point)),
            }
        }
        out.sort_by_key(|(_, p)| p.step);
        Ok(out)
    }

    async fn list_checkpoints(&self, id: &str) -> Result<Vec<Checkpoint>> {
        let answer = self
            .rest
            .json(&self.job_call("GET", id, "/checkpoints"))
            .await?;
        let rows = answer["data"].as_array().into_iter().flatten();
        let mut out: Vec<Checkpoint> = rows
            .filter_map(|c| {
                let path = text(&c["path"])?;
                let step = c["step"].as_u64()?;
                Some(Checkpoint {
                    id: path.clone(),
                    created_at: Timestamp::parse(c["created_at"].as_str()?)?,
                    step,
                    model: text(&c["object_name"]).unwrap_or(path),
                    metrics: MetricPoint {
                        step,
                        ..MetricPoint::default()
                    },
                })
            })
            .collect();
        out.sort_by_key(|c| c.step);
        Ok(out)
    }

    async fn list_artifacts(&self, id: &str) -> Result<Vec<Artifact>> {
        let job = self.job(id).await?;
        let artifact = |name: &str, media_type: &str| Artifact {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            id: name.to_owned(),
        };
        let mut out: Vec<Artifact> = [MODEL, EVENTS, METRICS]
            .map(|n| artifact(n, "application/json"))
            .into();
        if job["status"] == "completed" {
            // The merged model of a LoRA job is the base model again, with all its gigabytes.
            let full = job["training_type"]["type"] == "Full";
            let name = if full { WEIGHTS } else { ADAPTER };
            out.push(artifact(name, "application/zstd"));
        }
        Ok(out)
    }

    async fn save_artifact(
        &self,
        id: &str,
        artifact: &Artifact,
        to: &mut dyn FileWriter,
    ) -> Result<()> {
        let value = match artifact.id.as_str() {
            MODEL => self.job(id).await?,
            EVENTS => self.rest.json(&self.job_call("GET", id, "/events")).await?,
            METRICS => match self.rest.json(&self.job_call("GET", id, "/metrics")).await {
                Err(e) if e.code() == "not_found" => json!({"metrics": []}),
                other => other?,
            },
            ADAPTER | WEIGHTS => {
                let kind = match artifact.id == ADAPTER {
                    true => "adapter",
                    false => "model_output_path",
                };
                let path = format!("/finetune/download?ft_id={}&checkpoint={kind}", escaped(id));
                return self
                    .rest
                    .download(&self.rest.call("GET", &path), None, to)
                    .await;
            }
            _ => {
                return Err(
                    Error::caller("artifact_missing", "there is no such artifact")
                        .at(&*artifact.name),
                );
            }
        };
        to.write(&serde_json::to_vec_pretty(&value)?).await
    }
}

fn refused(code: &'static str, path: &str, message: &str) -> Error {
    Error::new(ErrorKind::Provider, code, message).at(path)
}

/// Why a job failed: the last event that says so.
fn why(events: &[Value]) -> RemoteError {
    let error = |e: &&Value| e["type"] == "job_error" || e["level"] == "error";
    let last = events.iter().rev().find(error);
    RemoteError {
        code: "job_error".to_owned(),
        message: last
            .and_then(|e| text(&e["message"]))
            .unwrap_or_else(|| "Together names no reason".to_owned()),
        hint: "see the events of the job".to_owned(),
    }
}

/// `e00000012-s00000300`: twelve events and the metrics up to step 300 have been read.
fn place(events: usize, step: u64) -> String {
    format!("e{events:08}-s{step:08}")
}

fn cursor(id: &str) -> Option<(usize, u64)> {
    let (events, step) = id.strip_prefix('e')?.split_once("-s")?;
    Some((events.parse().ok()?, step.parse().ok()?))
}

/// A row of metrics. The vendor documents that values are numbers, not their names, so the usual
/// ones are recognised.
fn metric(row: &Map<String, Value>) -> Option<(Option<Timestamp>, MetricPoint)> {
    let number = |names: &[&str]| {
        let found = names.iter().find_map(|n| row.get(*n));
        found.and_then(Value::as_f64)
    };
    let step = number(&["global_step", "step", "train/global_step"]).filter(|s| *s >= 1.0)?;
    let seconds = number(&["logged_at", "timestamp"]);
    Some((
        seconds.map(|s| Timestamp::from_millis((s * 1000.0) as i64)),
        MetricPoint {
            step: step as u64,
            train_loss: number(&["train/loss", "train_loss", "loss"]),
            train_mean_token_accuracy: number(&["train/accuracy", "train_accuracy", "accuracy"]),
            valid_loss: number(&["eval/loss", "eval_loss", "validation_loss", "valid_loss"]),
            ..MetricPoint::default()
        },
    ))
}

impl Provider for Client {
    fn vendor(&self) -> &'static dyn Vendor {
        &Together
    }

    fn upload<'a>(
        &'a self,
        file: &'a LocalFile,
        progress: &'a dyn Fn(Progress),
    ) -> LocalFuture<'a, Result<RemoteFile>> {
        Box::pin(upload::upload(&self.rest, self.whole, file, progress))
    }

    fn create<'a>(&'a self, job: &'a CreateJob) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(self.create_job(job))
    }

    fn find<'a>(&'a self, unique_key: &'a str) -> LocalFuture<'a, Result<Option<RemoteJob>>> {
        Box::pin(async move { Ok(self.find_jobs(unique_key).await?.into_iter().next()) })
    }

    fn find_all<'a>(&'a self, unique_key: &'a str) -> LocalFuture<'a, Result<Vec<RemoteJob>>> {
        Box::pin(self.find_jobs(unique_key))
    }

    fn get<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(async move { self.remote(&self.job(id).await?, &self.job_call("GET", id, "")) })
    }

    fn events<'a>(
        &'a self,
        id: &'a str,
        after: Option<&'a str>,
    ) -> LocalFuture<'a, Result<Vec<RemoteEvent>>> {
        Box::pin(self.read_events(id, after))
    }

    fn checkpoints<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<Vec<Checkpoint>>> {
        Box::pin(self.list_checkpoints(id))
    }

    fn cancel<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(async move {
            let job = self.get(id).await?;
            if job.state.is_final() || job.state == RemoteState::Cancelling {
                return Ok(job);
            }
            match self
                .rest
                .repeat(&self.job_call("POST", id, "/cancel"))
                .await
            {
                // It ended in the meantime; the state tells how.
                Err(e) if matches!(e.code(), "invalid_request" | "conflict") => {}
                other => drop(other?),
            }
            self.get(id).await
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
        Box::pin(self.save_artifact(id, artifact, to))
    }
}
