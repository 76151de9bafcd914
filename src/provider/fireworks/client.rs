//! Jobs at Fireworks. Their ids are chosen here, so a creation can be repeated safely.

use serde_json::{Value, json};

use crate::base::hash::fingerprint;
use crate::base::ports::{FileWriter, LocalFuture, Ports};
use crate::base::time::Timestamp;
use crate::error::{Error, Result};
use crate::provider::call::{Call, escaped, failed};
use crate::provider::fireworks::{BASE, Fireworks, KEY, upload};
use crate::provider::rest::Rest;
use crate::provider::{
    Artifact, Checkpoint, CreateJob, EventKind, Level, LocalFile, MetricPoint, Progress, Provider,
    ProviderOptions, RemoteError, RemoteEvent, RemoteFile, RemoteJob, RemoteState, Setting, Vendor,
};

/// The usual learning rate, multiplied by the user's factor.
const LEARNING_RATE: f64 = 1e-4;
const MODEL: &str = "model.json";
const METRICS: &str = "metrics.jsonl";
const LOGS: &str = "trainer.log";
/// Put before the names of the model's files, so that none is taken for one of ours.
const WEIGHTS: &str = "weights";

/// The connection.
pub(super) struct Client {
    rest: Rest,
    account: String,
    /// Larger files go to a signed address.
    direct: u64,
}

/// Letters in lower case, digits and hyphens, beginning with a letter.
fn resource(text: &str, room: usize) -> String {
    let lower = text.to_ascii_lowercase();
    let plain = lower.chars().map(|c| match c {
        'a'..='z' | '0'..='9' => c,
        _ => '-',
    });
    let out: String = plain.take(room).collect();
    let out = out.trim_matches('-');
    match out.chars().next() {
        Some('a'..='z') => out.to_owned(),
        _ => format!("ft-{out}"),
    }
}

fn text(v: &Value) -> Option<String> {
    v.as_str().filter(|s| !s.is_empty()).map(str::to_owned)
}

/// The last part of a resource name.
fn last(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

impl Client {
    pub(super) fn new(ports: &Ports, options: &ProviderOptions) -> Self {
        let base = options.base_url.as_deref().unwrap_or(BASE);
        Self {
            rest: Rest::new(ports, base, options, KEY, false),
            account: options.account.clone().unwrap_or_default(),
            direct: options.whole_file(upload::DIRECT),
        }
    }

    fn jobs(&self) -> String {
        format!(
            "/accounts/{}/supervisedFineTuningJobs",
            escaped(&self.account)
        )
    }

    fn job_call(&self, method: &'static str, id: &str, action: &str) -> Call {
        self.rest
            .call(method, &format!("{}/{}{action}", self.jobs(), escaped(id)))
    }

    async fn job(&self, id: &str) -> Result<Value> {
        self.rest.json(&self.job_call("GET", id, "")).await
    }

    async fn create_job(&self, job: &CreateJob) -> Result<RemoteJob> {
        let h = &job.hyperparameters;
        let id = resource(&job.unique_key, 60);
        let short = &fingerprint([job.unique_key.as_bytes()])[..8];
        let model = format!("{}-{short}", resource(&job.name, 50));
        let mut body = json!({
            "displayName": job.name,
            "dataset": job.training.id,
            "baseModel": job.base_model,
            "outputModel": format!("accounts/{}/models/{model}", self.account),
            "learningRate": LEARNING_RATE * h.learning_rate_multiplier.unwrap_or(1.0),
            "evalAutoCarveout": false,
        });
        if let Setting::Value(n) = h.n_epochs {
            body["epochs"] = json!(n);
        }
        if let Setting::Value(n) = h.batch_size {
            // Numbers this large can only be meant as tokens.
            body[if n < 1024 {
                "batchSizeSamples"
            } else {
                "batchSize"
            }] = json!(n);
        }
        if let Some(rank) = h.adapter_size {
            body["loraRank"] = json!(rank);
        }
        if let Some(v) = &job.validation {
            body["evaluationDataset"] = json!(v.id);
        }
        let path = format!("{}?supervisedFineTuningJobId={}", self.jobs(), escaped(&id));
        let call = self.rest.call("POST", &path).json(&body);
        match self.rest.ask_json(&call).await {
            Ok(made) => remote(&made, &call),
            // The id is this job's alone, so what is there is this job.
            Err(e) if e.code() == "conflict" => match self.find_job(&job.unique_key).await? {
                Some(held) => Ok(held),
                None => Err(e),
            },
            Err(e) => Err(e),
        }
    }

    async fn find_job(&self, unique_key: &str) -> Result<Option<RemoteJob>> {
        let call = self.job_call("GET", &resource(unique_key, 60), "");
        match self.rest.json(&call).await {
            Ok(held) => Ok(Some(remote(&held, &call)?)),
            Err(e) if e.code() == "not_found" => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// The vendor has no list of events: they are told from the job, each once, in this order.
    async fn read_events(&self, id: &str, after: Option<&str>) -> Result<Vec<RemoteEvent>> {
        let job = self.job(id).await?;
        let seen = remote(&job, &self.job_call("GET", id, ""))?;
        let time = |v: &Value| v.as_str().and_then(Timestamp::parse);
        let now = self.rest.ports.clock.now();
        let created = time(&job["createTime"]).unwrap_or(now);
        let ended = time(&job["completedTime"]).unwrap_or(now);
        let event = |id: String, created_at, level, message: String| RemoteEvent {
            id,
            created_at,
            level,
            kind: EventKind::Message,
            message,
            metrics: None,
        };
        let cost =
            cost(&job["estimatedCost"]).map_or(String::new(), |c| format!("; estimated cost {c}"));
        let mut out = vec![event(
            "0-created".to_owned(),
            created,
            Level::Info,
            format!("Job created{cost}"),
        )];
        let after = after.unwrap_or_default();
        let percent = job["jobProgress"]["percent"].as_u64().filter(|p| *p > 0);
        if let Some(p) = percent.filter(|_| !seen.state.is_final()) {
            let epoch = job["jobProgress"]["epoch"].as_u64();
            let epoch = epoch.map_or(String::new(), |e| format!(", epoch {}", e + 1));
            out.push(event(
                format!("1-{p:03}"),
                now,
                Level::Info,
                format!("Trained {p} %{epoch}"),
            ));
        }
        if seen.state.is_final() {
            for point in self.metrics(&job).await? {
                out.push(RemoteEvent {
                    kind: EventKind::Metrics,
                    metrics: Some(point),
                    ..event(
                        format!("2-{:08}", point.step),
                        ended,
                        Level::Info,
                        format!("Step {}", point.step),
                    )
                });
            }
            let (level, message) = match &seen.error {
                Some(e) => (Level::Error, e.message.clone()),
                None => (Level::Info, format!("Job ended: {}", seen.raw_state)),
            };
            out.push(event("3-ended".to_owned(), ended, level, message));
        }
        // Ids sort in the order of events.
        out.retain(|e| e.id.as_str() > after);
        Ok(out)
    }

    /// The steps of the metrics file: one JSON object per line. Names are not documented, so the
    /// usual ones are recognised; the file itself is among the artifacts.
    async fn metrics(&self, job: &Value) -> Result<Vec<MetricPoint>> {
        let Some(url) = text(&job["metricsFileSignedUrl"]) else {
            return Ok(Vec::new());
        };
        let call = Call::signed("GET", &url, "the metrics");
        let answer = self.rest.repeat(&call).await?;
        let mut out: Vec<MetricPoint> = Vec::new();
        for line in answer.body.split(|b| *b == b'\n') {
            let row: Value = serde_json::from_slice(line).unwrap_or_default();
            let number = |names: &[&str]| names.iter().find_map(|n| row[*n].as_f64());
            let Some(step) = number(&["step", "global_step"]).filter(|s| *s >= 1.0) else {
                continue;
            };
            let step = step as u64;
            let train = number(&["train_loss", "train/loss", "loss"]);
            let valid = number(&["eval_loss", "eval/loss", "validation_loss"]);
            match out.last_mut() {
                Some(held) if held.step == step => {
                    held.train_loss = held.train_loss.or(train);
                    held.valid_loss = held.valid_loss.or(valid);
                }
                _ => out.push(MetricPoint {
                    step,
                    train_loss: train,
                    valid_loss: valid,
                    ..MetricPoint::default()
                }),
            }
        }
        out.sort_by_key(|p| p.step);
        out.dedup_by_key(|p| p.step);
        let total = out.last().map_or(0, |p| p.step);
        out.iter_mut().for_each(|p| p.total_steps = total);
        Ok(out)
    }

    /// Signed addresses of the model's files by name.
    async fn weights(&self, job: &Value) -> Result<Vec<(String, String)>> {
        let Some(model) = text(&job["outputModel"]) else {
            return Ok(Vec::new());
        };
        let path = format!(
            "/accounts/{}/models/{}:getDownloadEndpoint",
            escaped(&self.account),
            escaped(last(&model))
        );
        let call = self.rest.call("GET", &path);
        let answer = self.rest.json(&call).await?;
        let urls = answer["filenameToSignedUrls"].as_object();
        let mut out = Vec::new();
        for (name, url) in urls.into_iter().flatten() {
            let plain = !name.contains(['\\', ':', '\0'])
                && name.split('/').all(|p| !matches!(p, "" | "." | ".."));
            match url.as_str() {
                Some(url) if plain => out.push((name.clone(), url.to_owned())),
                _ => {
                    return Err(failed(
                        "artifact_name",
                        "a file of the model has no usable name",
                        &call,
                    ));
                }
            }
        }
        Ok(out)
    }

    async fn list_artifacts(&self, id: &str) -> Result<Vec<Artifact>> {
        let job = self.job(id).await?;
        let artifact = |name: &str, media_type: &str| Artifact {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            id: name.to_owned(),
        };
        let mut out = vec![artifact(MODEL, "application/json")];
        if text(&job["metricsFileSignedUrl"]).is_some() {
            out.push(artifact(METRICS, "application/jsonl"));
        }
        if text(&job["trainerLogsSignedUrl"]).is_some() {
            out.push(artifact(LOGS, "text/plain"));
        }
        if matches!(
            job["state"].as_str(),
            Some("JOB_STATE_COMPLETED" | "JOB_STATE_EARLY_STOPPED")
        ) {
            for (name, _) in self.weights(&job).await? {
                out.push(artifact(
                    &format!("{WEIGHTS}/{name}"),
                    "application/octet-stream",
                ));
            }
        }
        Ok(out)
    }

    async fn save_artifact(
        &self,
        id: &str,
        artifact: &Artifact,
        to: &mut dyn FileWriter,
    ) -> Result<()> {
        // Asked anew: signed addresses do not live long.
        let mut job = self.job(id).await?;
        let url = match artifact.id.as_str() {
            MODEL => {
                // They are keys to what they lead to.
                if let Some(fields) = job.as_object_mut() {
                    fields.retain(|name, _| !name.ends_with("SignedUrl"));
                }
                return to.write(&serde_json::to_vec_pretty(&job)?).await;
            }
            METRICS => text(&job["metricsFileSignedUrl"]),
            LOGS => text(&job["trainerLogsSignedUrl"]),
            other => {
                let name = other
                    .strip_prefix(WEIGHTS)
                    .map(|n| n.trim_start_matches('/'));
                let files = self.weights(&job).await?;
                files
                    .into_iter()
                    .find(|(n, _)| Some(n.as_str()) == name)
                    .map(|(_, url)| url)
            }
        };
        let url = url.ok_or_else(|| {
            Error::caller("artifact_missing", "there is no such artifact").at(&*artifact.name)
        })?;
        let call = Call::signed("GET", &url, &artifact.name);
        self.rest.download(&call, None, to).await
    }
}

fn cost(money: &Value) -> Option<String> {
    let units: f64 = match &money["units"] {
        Value::String(s) => s.parse().ok()?,
        other => other.as_f64().unwrap_or(0.0),
    };
    let value = units + money["nanos"].as_f64().unwrap_or(0.0) / 1e9;
    let currency = money["currencyCode"].as_str()?;
    (value > 0.0).then(|| format!("{value:.2} {currency}"))
}

fn remote(job: &Value, call: &Call) -> Result<RemoteJob> {
    // Any word will do for the state, also none.
    let raw = job["state"].as_str().map(str::to_owned);
    let (Some(name), Some(raw)) = (text(&job["name"]), raw) else {
        return Err(failed(
            "answer_shape",
            "the answer is no job: name or state is missing",
            call,
        ));
    };
    let state = match raw.strip_prefix("JOB_STATE_").unwrap_or(&raw) {
        "CREATING" | "CREATING_INPUT_DATASET" | "VALIDATING" => RemoteState::Validating,
        "PENDING" | "RE_QUEUEING" | "IDLE" => RemoteState::Queued,
        "WRITING_RESULTS" => RemoteState::Finalising,
        "CANCELLING" => RemoteState::Cancelling,
        "CANCELLED" | "DELETING" | "DELETING_CLEANING_UP" => RemoteState::Cancelled,
        "PAUSED" => RemoteState::Paused,
        "COMPLETED" | "EARLY_STOPPED" => RemoteState::Succeeded,
        "FAILED" | "EXPIRED" => RemoteState::Failed,
        _ => RemoteState::Running,
    };
    let status = &job["status"];
    Ok(RemoteJob {
        id: last(&name).to_owned(),
        state,
        progress: None,
        model: text(&job["outputModel"]).filter(|_| state == RemoteState::Succeeded),
        error: (state == RemoteState::Failed).then(|| RemoteError {
            code: text(&status["code"]).map_or_else(|| raw.clone(), |c| c.to_ascii_lowercase()),
            message: text(&status["message"])
                .unwrap_or_else(|| format!("Fireworks names no reason ({raw})")),
            hint: "see the job in the dashboard of Fireworks".to_owned(),
        }),
        raw_state: raw,
        trained_tokens: None,
        estimated_finish: None,
        problems: Vec::new(),
    })
}

impl Provider for Client {
    fn vendor(&self) -> &'static dyn Vendor {
        &Fireworks
    }

    fn upload<'a>(
        &'a self,
        file: &'a LocalFile,
        progress: &'a dyn Fn(Progress),
    ) -> LocalFuture<'a, Result<RemoteFile>> {
        Box::pin(upload::upload(
            &self.rest,
            &self.account,
            self.direct,
            file,
            progress,
        ))
    }

    fn create<'a>(&'a self, job: &'a CreateJob) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(self.create_job(job))
    }

    fn find<'a>(&'a self, unique_key: &'a str) -> LocalFuture<'a, Result<Option<RemoteJob>>> {
        Box::pin(self.find_job(unique_key))
    }

    fn get<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(async move { remote(&self.job(id).await?, &self.job_call("GET", id, "")) })
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
            let job = self.get(id).await?;
            if job.state.is_final() || job.state == RemoteState::Cancelling {
                return Ok(job);
            }
            let call = self.job_call("POST", id, ":cancel").json(&json!({}));
            match self.rest.repeat(&call).await {
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
