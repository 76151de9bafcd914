//! The simulated provider: behaves like a vendor, trains nothing, touches no network.
//!
//! Its "servers" are documents in the store port, so a practice job survives a reload and the
//! same recovery code runs as for a real one. Where a job stands is a pure function of what was
//! asked, the seed and the clock ([`timeline`]). Every name, event and artifact carries
//! [`SIMULATED`].

mod curve;
mod timeline;

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::base::hash::fingerprint;
use crate::base::ports::{Batch, Document, Expect, FileWriter, LocalFuture, Ports};
use crate::base::time::Timestamp;
use crate::error::{Error, ErrorKind, Result};
use crate::format::{FormatOptions, Purpose, Validator, format};
use crate::provider::{
    Artifact, Checkpoint, CreateJob, LocalFile, Progress, Provider, RemoteError, RemoteEvent,
    RemoteFile, RemoteJob, RemoteState, Scenario, Simulation, Vendor,
};
use timeline::Timeline;

/// The mark on everything that was not really trained.
pub const SIMULATED: &str = "SIMULATED";

const FILES: &str = "simulated/files";
const JOBS: &str = "simulated/jobs";
const CALLS: &str = "simulated/calls";
/// Bytes per uploaded part.
const PART: usize = 1 << 20;

/// A file as the simulated servers keep it: its facts, not its bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct SimFile {
    file: RemoteFile,
    lines: u64,
    /// Findings of the line validators.
    #[serde(default)]
    problems: Vec<RemoteError>,
}

/// A job as the simulated servers keep it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct SimJob {
    pub(crate) id: String,
    pub(crate) created_at: Timestamp,
    pub(crate) cancelled_at: Option<Timestamp>,
    /// When it was paused, and when it went on.
    #[serde(default)]
    pub(crate) pauses: Vec<(Timestamp, Option<Timestamp>)>,
    pub(crate) model: String,
    pub(crate) scenario: Scenario,
    pub(crate) seed: u64,
    pub(crate) speed: f64,
    pub(crate) request: CreateJob,
    /// Why validation fails, if it does.
    pub(crate) refused: Option<RemoteError>,
}

/// The practice version of a vendor.
pub(crate) struct Simulated {
    vendor: &'static dyn Vendor,
    /// Id of the format of the lines.
    format: &'static str,
    ports: Ports,
    simulation: Simulation,
}

impl Simulated {
    pub(crate) fn new(
        vendor: &'static dyn Vendor,
        format: &'static str,
        ports: Ports,
        simulation: Simulation,
    ) -> Self {
        Self {
            vendor,
            format,
            ports,
            simulation,
        }
    }

    fn scaled(&self, ms: f64) -> u64 {
        (ms / self.simulation.speed).max(1.0) as u64
    }

    async fn job(&self, id: &str) -> Result<(Document, SimJob)> {
        let doc = self.ports.store.get(JOBS, id).await?.ok_or_else(|| {
            Error::new(
                ErrorKind::Provider,
                "not_found",
                format!("{SIMULATED}: no such job"),
            )
            .at(id)
        })?;
        let job = serde_json::from_value(doc.value.clone())?;
        Ok((doc, job))
    }

    async fn timeline(&self, id: &str) -> Result<Timeline> {
        Ok(Timeline::new(self.job(id).await?.1))
    }

    /// Counts calls of `what` across restarts and returns the number of this one, from 1.
    async fn count(&self, what: &str) -> Result<u64> {
        let held = self.ports.store.get(CALLS, what).await?;
        let n = held.and_then(|d| d.value.as_u64()).unwrap_or(0) + 1;
        let batch = Batch::new().put(CALLS, what, json!(n), Expect::Any);
        self.ports.store.commit(batch).await?;
        Ok(n)
    }

    async fn upload_file(
        &self,
        file: &LocalFile,
        progress: &dyn Fn(Progress),
    ) -> Result<RemoteFile> {
        let id = format!(
            "file-{SIMULATED}-{}",
            &file.sha256[..file.sha256.len().min(24)]
        );
        let mut done = 0u64;
        let mut rest: Vec<u8> = Vec::new();
        let mut lines = 0u64;
        // The checks that a real upload would fail late; pictures named by path are not here.
        let mut checks = Validator::new(
            format(self.format)?,
            &FormatOptions::default(),
            Purpose::Validation,
        );
        progress(Progress {
            done,
            total: file.bytes,
        });
        // A second for the whole file, whatever its size, in at most 20 visible steps.
        let part = PART.max((file.bytes / 20) as usize);
        let pause = self.scaled(1000.0 / ((file.bytes / part as u64) as f64 + 1.0));
        loop {
            let bytes = self.ports.files.read(&file.path, done, part).await?;
            if bytes.is_empty() {
                break;
            }
            done += bytes.len() as u64;
            rest.extend_from_slice(&bytes);
            let whole = rest.iter().rposition(|b| *b == b'\n').map_or(0, |i| i + 1);
            for line in rest[..whole]
                .split(|b| *b == b'\n')
                .filter(|l| !l.is_empty())
            {
                lines += 1;
                checks.line(lines, line);
            }
            rest.drain(..whole);
            self.ports.clock.sleep(pause).await;
            progress(Progress {
                done,
                total: file.bytes.max(done),
            });
        }
        if !rest.is_empty() {
            lines += 1;
            checks.line(lines, &rest);
        }
        let kept = SimFile {
            file: RemoteFile {
                id: id.clone(),
                bytes: done,
            },
            lines,
            problems: checks
                .finish()
                .problems
                .into_iter()
                // Which coordinates the base model answers in no vendor checks.
                .filter(|p| p.is_error() && p.code != "coord_range")
                .take(20)
                .map(|p| RemoteError {
                    code: p.code.into_owned(),
                    message: format!("{}: {}", p.path, p.message),
                    hint: p.hint,
                })
                .collect(),
        };
        let batch = Batch::new().put(FILES, &id, serde_json::to_value(&kept)?, Expect::Any);
        self.ports.store.commit(batch).await?;
        Ok(kept.file)
    }

    /// Why the vendor would refuse the files.
    async fn refusal(&self, job: &CreateJob) -> Result<Option<RemoteError>> {
        if self.simulation.scenario == Scenario::InvalidFile {
            return Ok(Some(RemoteError {
                code: "invalid_n_examples".to_owned(),
                message: format!(
                    "{SIMULATED}: Training file has 7 example(s), but must have at least 10 \
                     examples"
                ),
                hint: "this failure was chosen for practice; add samples in real life".to_owned(),
            }));
        }
        for file in [Some(&job.training), job.validation.as_ref()]
            .into_iter()
            .flatten()
        {
            let Some(doc) = self.ports.store.get(FILES, &file.id).await? else {
                return Ok(Some(RemoteError {
                    code: "file_not_found".to_owned(),
                    message: format!("{SIMULATED}: No such File object: {}", file.id),
                    hint: "upload it again".to_owned(),
                }));
            };
            let kept: SimFile = serde_json::from_value(doc.value)?;
            if let Some(first) = kept.problems.first() {
                return Ok(Some(RemoteError {
                    message: format!("{SIMULATED}: {}", first.message),
                    ..first.clone()
                }));
            }
        }
        Ok(None)
    }

    async fn create_job(&self, job: &CreateJob) -> Result<RemoteJob> {
        match self.simulation.scenario {
            Scenario::TrainingNotAvailable => {
                return Err(Error::new(
                    ErrorKind::Provider,
                    "training_not_available",
                    format!(
                        "{SIMULATED}: {} is winding down fine-tuning and your organisation can \
                         no longer create training jobs (403)",
                        self.vendor.label()
                    ),
                )
                .at("provider")
                .hint("use another provider, or train the custom bundle on your own machine"));
            }
            Scenario::RateLimited if self.count(&job.unique_key).await? <= 2 => {
                return Err(Error::new(
                    ErrorKind::Provider,
                    "rate_limit_exceeded",
                    format!("{SIMULATED}: too many requests (429)"),
                )
                .retry_after(self.scaled(1500.0)));
            }
            _ => {}
        }
        let id = format!(
            "ftjob-{SIMULATED}-{}",
            &fingerprint([job.unique_key.as_bytes()])[..20]
        );
        let sim = SimJob {
            id: id.clone(),
            created_at: self.ports.clock.now(),
            cancelled_at: None,
            pauses: Vec::new(),
            model: self.vendor.simulated_model(&job.base_model, &job.name),
            scenario: self.simulation.scenario,
            seed: self.simulation.seed,
            speed: self.simulation.speed,
            request: job.clone(),
            refused: self.refusal(job).await?,
        };
        // A vendor would make a second job here; the simulated one refuses, which shows the
        // mistake of creating twice.
        let batch = Batch::new().put(JOBS, &id, serde_json::to_value(&sim)?, Expect::Absent);
        self.ports.store.commit(batch).await?;
        if self.simulation.scenario == Scenario::LostAnswer {
            return Err(Error::new(
                ErrorKind::Network,
                "answer_lost",
                format!("{SIMULATED}: the connection broke before the answer came"),
            )
            .retry_after(self.scaled(1000.0)));
        }
        Ok(Timeline::new(sim).remote(self.ports.clock.now()))
    }

    async fn find_job(&self, unique_key: &str) -> Result<Option<RemoteJob>> {
        for doc in self.ports.store.scan(JOBS).await? {
            let job: SimJob = serde_json::from_value(doc.value)?;
            if job.request.unique_key == unique_key {
                return Ok(Some(Timeline::new(job).remote(self.ports.clock.now())));
            }
        }
        Ok(None)
    }

    async fn cancel_job(&self, id: &str) -> Result<RemoteJob> {
        let (doc, mut job) = self.job(id).await?;
        let now = self.ports.clock.now();
        let before = Timeline::new(job.clone()).remote(now);
        if before.state.is_final() || job.cancelled_at.is_some() {
            return Ok(before);
        }
        job.cancelled_at = Some(now);
        let batch = Batch::new().put(
            JOBS,
            id,
            serde_json::to_value(&job)?,
            Expect::Version(doc.version),
        );
        self.ports.store.commit(batch).await?;
        Ok(Timeline::new(job).remote(now))
    }

    async fn pause_job(&self, id: &str, pause: bool) -> Result<RemoteJob> {
        let (doc, mut job) = self.job(id).await?;
        let now = self.ports.clock.now();
        let before = Timeline::new(job.clone()).remote(now);
        match (before.state, pause) {
            (RemoteState::Running, true) => job.pauses.push((now, None)),
            (RemoteState::Paused, false) => {
                if let Some((_, to)) = job.pauses.last_mut() {
                    *to = Some(now);
                }
            }
            (RemoteState::Paused, true) | (RemoteState::Running, false) => return Ok(before),
            _ => {
                return Err(Error::new(
                    ErrorKind::Provider,
                    "invalid_state",
                    format!("{SIMULATED}: only a job that trains can be paused"),
                )
                .at(id)
                .hint("wait until it trains"));
            }
        }
        let value = serde_json::to_value(&job)?;
        let batch = Batch::new().put(JOBS, id, value, Expect::Version(doc.version));
        self.ports.store.commit(batch).await?;
        Ok(Timeline::new(job).remote(now))
    }

    async fn artifact_bytes(&self, id: &str, artifact: &Artifact) -> Result<Vec<u8>> {
        let timeline = self.timeline(id).await?;
        let now = self.ports.clock.now();
        match artifact.name.as_str() {
            "step_metrics.csv" => Ok(timeline.csv(now).into_bytes()),
            "events.jsonl" => {
                let mut out = Vec::new();
                for e in timeline.events(now) {
                    serde_json::to_writer(&mut out, &e)?;
                    out.push(b'\n');
                }
                Ok(out)
            }
            "checkpoints.json" => Ok(serde_json::to_vec_pretty(&timeline.checkpoints(now))?),
            "model.json" => Ok(serde_json::to_vec_pretty(&timeline.card(now))?),
            _ => Err(Error::new(
                ErrorKind::Provider,
                "not_found",
                format!("{SIMULATED}: no such artifact"),
            )
            .at(artifact.name.clone())),
        }
    }
}

impl Provider for Simulated {
    fn vendor(&self) -> &'static dyn Vendor {
        self.vendor
    }

    fn is_simulated(&self) -> bool {
        true
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
        Box::pin(self.find_job(unique_key))
    }

    fn listing_delay_ms(&self) -> u64 {
        0
    }

    fn get<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(async move { Ok(self.timeline(id).await?.remote(self.ports.clock.now())) })
    }

    fn events<'a>(
        &'a self,
        id: &'a str,
        after: Option<&'a str>,
    ) -> LocalFuture<'a, Result<Vec<RemoteEvent>>> {
        Box::pin(async move {
            let mut events = self.timeline(id).await?.events(self.ports.clock.now());
            if let Some(at) = after.and_then(|a| events.iter().position(|e| e.id == a)) {
                events.drain(..=at);
            }
            Ok(events)
        })
    }

    fn checkpoints<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<Vec<Checkpoint>>> {
        Box::pin(async move { Ok(self.timeline(id).await?.checkpoints(self.ports.clock.now())) })
    }

    fn cancel<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(self.cancel_job(id))
    }

    fn pause<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(self.pause_job(id, true))
    }

    fn resume<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(self.pause_job(id, false))
    }

    fn artifacts<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<Vec<Artifact>>> {
        Box::pin(async move {
            self.job(id).await?;
            let files = [
                ("step_metrics.csv", "text/csv"),
                ("events.jsonl", "application/jsonl"),
                ("checkpoints.json", "application/json"),
                ("model.json", "application/json"),
            ];
            Ok(files
                .into_iter()
                .map(|(name, media_type)| Artifact {
                    name: name.to_owned(),
                    media_type: media_type.to_owned(),
                    id: format!("{id}/{name}"),
                })
                .collect())
        })
    }

    fn save<'a>(
        &'a self,
        id: &'a str,
        artifact: &'a Artifact,
        to: &'a mut dyn FileWriter,
    ) -> LocalFuture<'a, Result<()>> {
        Box::pin(async move { to.write(&self.artifact_bytes(id, artifact).await?).await })
    }

    fn save_from<'a>(
        &'a self,
        id: &'a str,
        artifact: &'a Artifact,
        from: u64,
        to: &'a mut dyn FileWriter,
    ) -> LocalFuture<'a, Result<()>> {
        Box::pin(async move {
            let bytes = self.artifact_bytes(id, artifact).await?;
            let from = usize::try_from(from).unwrap_or(usize::MAX);
            let rest = bytes.get(from..);
            to.write(rest.ok_or_else(|| crate::provider::artifact_changed(&artifact.name))?)
                .await
        })
    }

    fn poll_after_ms(&self, _: RemoteState) -> u64 {
        self.scaled(500.0).max(50)
    }
}
