//! What a job leaves behind: fetched file by file, with resume and checksums.

use std::io::Write;

use crate::base::ports::FileWriter;
use crate::dataset::{DatasetArchive, ManifestFile};
use crate::error::{Error, ErrorKind, Result};
use crate::job::driver::{Update, VisionFinetuner};
use crate::job::failure::is_passing;
use crate::job::prepare::below;
use crate::job::record::{FineTuneJob, SavedArtifact};
use crate::job::state::{Event, State};
use crate::job::version::{DatasetVersion, checksum};
use crate::problem::Problem;
use crate::provider::{Artifact, Provider};

/// Where the bytes of an artifact come from.
#[derive(Clone, Copy)]
enum Source<'a> {
    /// The provider, by its id of the job.
    Vendor(&'a dyn Provider, &'a str),
    /// A file on this side: the artifact's id is its path.
    Here,
}

/// List of the fetched files, in their folder.
const LIST: &str = "artifacts.json";
/// Bytes that are copied at a time.
const PART: usize = 1 << 20;

impl VisionFinetuner {
    /// Copies the artifacts of a job into `folder` and returns their paths. Those that were
    /// fetched when it ended are taken from here; else the vendor is asked. A download that
    /// broke off goes on where it stopped; `artifacts.json` there lists the files with checksums.
    ///
    /// # Errors
    /// `job_missing`; `no_artifacts` while the vendor has no job; failures of provider or
    /// storage.
    pub async fn download_model(&self, job_id: &str, folder: &str) -> Result<Vec<String>> {
        let job = self.manager.get(job_id).await?;
        let Some(id) = job.state.remote_id() else {
            return Err(Error::caller(
                "no_artifacts",
                "the vendor has no job yet, so no artifacts",
            )
            .at(job_id)
            .hint("wait until the job runs"));
        };
        let saved = match self.copy_kept(&job, folder).await? {
            Some(copied) => copied,
            None => {
                let provider = self.connect(&job.config)?;
                self.save_artifacts(&job, id, folder, provider.as_ref())
                    .await?
            }
        };
        Ok(saved.into_iter().map(|a| a.path).collect())
    }

    /// Writes what [`download_model`](Self::download_model) brought into `folder` as one zip
    /// file, with the list of its checksums.
    ///
    /// # Errors
    /// `no_artifacts` when nothing was brought there; failures of storage and of `out`.
    pub async fn zip_artifacts<W: Write>(&self, folder: &str, out: W) -> Result<W> {
        let folder = folder.trim_end_matches('/');
        let names: Vec<String> = self
            .fetched(folder)
            .await?
            .into_iter()
            .map(|a| a.name)
            .collect();
        if names.is_empty() {
            let nothing = Error::caller("no_artifacts", "no artifacts were fetched");
            return Err(nothing.at(folder).hint("fetch them first"));
        }
        let mut zip = DatasetArchive::new(out);
        for name in names.iter().map(String::as_str).chain([LIST]) {
            zip.start(name)?;
            let path = below(folder, name)?;
            let mut offset = 0;
            loop {
                let part = self.ports.files.read(&path, offset, PART).await?;
                if part.is_empty() {
                    break;
                }
                offset += part.len() as u64;
                zip.write(&part)?;
            }
        }
        zip.finish_bare()
    }

    /// Fetches the artifacts of a job into `folder`. A file that broke off goes on where it
    /// stopped; of a job that has ended, what is here already, unchanged, is not fetched again.
    pub(super) async fn save_artifacts(
        &self,
        job: &FineTuneJob,
        id: &str,
        folder: &str,
        provider: &dyn Provider,
    ) -> Result<Vec<SavedArtifact>> {
        let mut artifacts = provider.artifacts(id).await?;
        if provider.works_locally() {
            artifacts.extend(self.pictures_beside(job).await?);
        }
        self.copy(job, artifacts, folder, Source::Vendor(provider, id))
            .await
    }

    /// Copies what was fetched when the job ended into `folder`; `None` when that is not here
    /// as it was.
    async fn copy_kept(
        &self,
        job: &FineTuneJob,
        folder: &str,
    ) -> Result<Option<Vec<SavedArtifact>>> {
        let kept = self.kept(job).await?;
        if kept.is_empty() {
            return Ok(None);
        }
        self.copy(job, kept, folder, Source::Here).await.map(Some)
    }

    async fn copy(
        &self,
        job: &FineTuneJob,
        artifacts: Vec<Artifact>,
        folder: &str,
        source: Source<'_>,
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
        for artifact in artifacts {
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
            match source {
                Source::Here => self.read_into(&artifact.id, done, file.as_mut()).await?,
                Source::Vendor(provider, id) if done > 0 => {
                    provider
                        .save_from(id, &artifact, done, file.as_mut())
                        .await?;
                }
                Source::Vendor(provider, id) => {
                    provider.save(id, &artifact, file.as_mut()).await?;
                }
            }
            file.finish().await?;
            saved.push(SavedArtifact {
                bytes: files.size(&path).await?.unwrap_or(0),
                sha256: checksum(files, &path).await?,
                name: artifact.name,
                media_type: artifact.media_type,
                path,
            });
            // Pictures are many and small: not a new list for each of them.
            if saved.len() < 100 {
                self.list_saved(&list, &saved).await?;
            }
        }
        if saved.len() >= 100 {
            self.list_saved(&list, &saved).await?;
        }
        Ok(saved)
    }

    async fn list_saved(&self, list: &str, saved: &[SavedArtifact]) -> Result<()> {
        let text = serde_json::to_vec_pretty(saved)?;
        self.ports.files.write_all(list, &text).await
    }

    /// Copies a file from byte `offset` on.
    async fn read_into(&self, path: &str, mut offset: u64, to: &mut dyn FileWriter) -> Result<()> {
        loop {
            let part = self.ports.files.read(path, offset, PART).await?;
            if part.is_empty() {
                return Ok(());
            }
            offset += part.len() as u64;
            to.write(&part).await?;
        }
    }

    /// The pictures that lie beside the lines of a job that stays on this side.
    async fn pictures_beside(&self, job: &FineTuneJob) -> Result<Vec<Artifact>> {
        let folder = job.folder();
        let files = self.ports.files.as_ref();
        let version = format!("{folder}/{}", DatasetVersion::FILE);
        if files.size(&version).await?.is_none() {
            return Ok(Vec::new());
        }
        let frozen: DatasetVersion = serde_json::from_slice(&files.read_all(&version).await?)
            .map_err(|e| Error::storage("storage_damaged", e.to_string()).at(version))?;
        let picture = |f: ManifestFile| {
            let media_type = match f.path.rsplit('.').next() {
                Some("jpg") => "image/jpeg",
                Some("webp") => "image/webp",
                Some("png") => "image/png",
                // The lines: the provider names them.
                _ => return None,
            };
            Some(Artifact {
                id: format!("{folder}/{}", f.path),
                media_type: media_type.to_owned(),
                name: f.path,
            })
        };
        Ok(frozen.files.into_iter().filter_map(picture).collect())
    }

    /// What was fetched when the job ended, by its place here; empty unless all of it is here
    /// as it was.
    async fn kept(&self, job: &FineTuneJob) -> Result<Vec<Artifact>> {
        let files = self.ports.files.as_ref();
        let missing = |p: &Problem| p.code == "artifacts_missing";
        if !job.state.is_final() || job.problems.iter().any(missing) {
            return Ok(Vec::new());
        }
        let mut out = Vec::new();
        for a in &job.artifacts {
            let same = files.size(&a.path).await? == Some(a.bytes)
                && checksum(files, &a.path).await? == a.sha256;
            if !same {
                return Ok(Vec::new());
            }
            out.push(Artifact {
                name: a.name.clone(),
                media_type: a.media_type.clone(),
                id: a.path.clone(),
            });
        }
        Ok(out)
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
