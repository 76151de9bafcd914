//! What a job leaves behind: fetched file by file, with resume and checksums.

use crate::error::{Error, ErrorKind, Result};
use crate::job::driver::{Update, VisionFinetuner};
use crate::job::failure::is_passing;
use crate::job::prepare::below;
use crate::job::record::{FineTuneJob, SavedArtifact};
use crate::job::state::{Event, State};
use crate::job::version::checksum;
use crate::problem::Problem;
use crate::provider::Provider;

/// List of the fetched files, in their folder.
const LIST: &str = "artifacts.json";

impl VisionFinetuner {
    /// Fetches the artifacts of a job into `folder`. A file that broke off goes on where it
    /// stopped; of a job that has ended, what is here already, unchanged, is not fetched again.
    pub(super) async fn save_artifacts(
        &self,
        job: &FineTuneJob,
        id: &str,
        folder: &str,
        provider: &dyn Provider,
    ) -> Result<Vec<SavedArtifact>> {
        let files = self.ports.files.as_ref();
        let folder = folder.trim_end_matches('/');
        let list = format!("{folder}/{LIST}");
        let settled = job.state.model().is_some() || job.state.is_final();
        let held = match settled {
            true => self.fetched(folder).await?,
            false => Vec::new(),
        };
        let mut saved = Vec::new();
        for artifact in provider.artifacts(id).await? {
            let path = below(folder, &artifact.name)?;
            let known = held
                .iter()
                .find(|h| h.name == artifact.name && h.path == path);
            if let Some(known) = known
                && files.size(&path).await? == Some(known.bytes)
                && checksum(files, &path).await? == known.sha256
            {
                saved.push(known.clone());
                continue;
            }
            // What changes while the job runs cannot be put together from two pieces.
            let (mut file, done) = if settled {
                files.resume(&path).await?
            } else {
                (files.create(&path).await?, 0)
            };
            if done > 0 {
                provider
                    .save_from(id, &artifact, done, file.as_mut())
                    .await?;
            } else {
                provider.save(id, &artifact, file.as_mut()).await?;
            }
            file.finish().await?;
            saved.push(SavedArtifact {
                bytes: files.size(&path).await?.unwrap_or(0),
                sha256: checksum(files, &path).await?,
                name: artifact.name,
                media_type: artifact.media_type,
                path,
            });
            let text = serde_json::to_vec_pretty(&saved)?;
            files.write_all(&list, &text).await?;
        }
        Ok(saved)
    }
    /// Reads the numbers that the vendor gives only now that the job has ended, and keeps them
    /// beside those of its events. Returns what to say when they do not come.
    pub(super) async fn save_metrics(
        &self,
        job: &FineTuneJob,
        id: &str,
        provider: &dyn Provider,
    ) -> Result<Option<Problem>> {
        let points = match provider.final_metrics(id).await {
            Ok(points) => points,
            Err(e) if e.kind() != ErrorKind::Provider || is_passing(&e) => return Err(e),
            Err(e) if e.code() == "unauthorized" => return Err(e),
            // The model is there all the same.
            Err(e) => {
                let message = format!("the vendor's numbers did not come: {}", e.message());
                let told = Problem::warning("metrics_missing", "metrics", message);
                return Ok(Some(told.hint(e.hint_text().unwrap_or_default())));
            }
        };
        if !points.is_empty() {
            self.manager
                .keep_final_metrics(&job.job_id, &points)
                .await?;
            self.tell(Update::Metrics {
                job,
                points: &points,
            });
        }
        Ok(None)
    }

    /// The files that are complete in `folder`, as their list there tells.
    async fn fetched(&self, folder: &str) -> Result<Vec<SavedArtifact>> {
        let list = format!("{folder}/{LIST}");
        let files = self.ports.files.as_ref();
        match files.size(&list).await? {
            // A damaged list only costs another download.
            Some(_) => {
                Ok(serde_json::from_slice(&files.read_all(&list).await?).unwrap_or_default())
            }
            None => Ok(Vec::new()),
        }
    }

    /// Completes a job that the vendor has finished and whose files cannot be fetched: with
    /// those that are here, and a note about the others. The model is registered as usual.
    /// [`download_model`](Self::download_model) may fetch the others later.
    ///
    /// # Errors
    /// `job_not_saving` unless the job is fetching its files; `job_missing`; a failure of
    /// storage.
    pub async fn complete_without_artifacts(&self, job_id: &str) -> Result<FineTuneJob> {
        let job = self.manager.get(job_id).await?;
        if !matches!(job.state, State::Saving { .. }) {
            return Err(Error::caller(
                "job_not_saving",
                format!("the job is {}", job.state.label()),
            )
            .at(job_id)
            .hint("only a job that is fetching its files can do without them"));
        }
        let folder = format!("{}/artifacts", job.folder());
        let here = self.fetched(&folder).await?;
        let why = job.hold.as_ref().map(|h| format!(": {}", h.error.message));
        let note = Problem::warning(
            "artifacts_missing",
            "artifacts",
            format!("not all files were fetched{}", why.unwrap_or_default()),
        )
        .hint("fetch the artifacts again when the vendor gives them");
        let points = self.manager.metrics(job_id).await?;
        let saved = Event::Saved {
            register: self.registers(&job),
        };
        let (job, _) = self
            .apply(job_id, saved, |job| {
                job.metrics.take_all(&points);
                let model = here.iter().find(|a| a.name == "model.json");
                job.output_artifact = model.map(|a| a.path.clone());
                job.artifacts.clone_from(&here);
                job.problems.push(note.clone());
            })
            .await?;
        match job.state {
            State::Registering { .. } => self.look_again(job_id).await,
            _ => Ok(job),
        }
    }

    /// Whether the model of a job is to be registered.
    pub(super) fn registers(&self, job: &FineTuneJob) -> bool {
        job.config.register_llm_key.is_some() && self.registry.is_some()
    }
}
