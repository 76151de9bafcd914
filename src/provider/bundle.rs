//! A bundle: the job is a folder that trains with one command.

use serde::{Deserialize, Serialize};

use crate::base::hash::fingerprint;
use crate::base::ports::{Batch, Expect, FileWriter, LocalFuture, Ports, file_missing};
use crate::base::time::Timestamp;
use crate::error::{Error, ErrorKind, Result};
use crate::provider::{
    Artifact, Checkpoint, CreateJob, EventKind, Level, LocalFile, Progress, Provider, RemoteEvent,
    RemoteFile, RemoteJob, RemoteState, Vendor,
};

const BUNDLES: &str = "custom/bundles";

/// What is remembered of a written bundle.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Bundle {
    id: String,
    created_at: Timestamp,
    job: CreateJob,
    files: Vec<String>,
}

/// The text files of a bundle beside the lines, by name.
pub(super) type Texts = Vec<(&'static str, String)>;

/// Makes the texts of a job.
pub(super) type MakeTexts = dyn Fn(&CreateJob) -> Result<Texts>;

/// Writes bundles.
pub(super) struct Bundler {
    pub(super) ports: Ports,
    pub(super) vendor: &'static dyn Vendor,
    /// What the bundle holds beside the lines.
    pub(super) texts: Box<MakeTexts>,
    /// What to do with it, behind "Bundle written to …; ".
    pub(super) next: String,
}

/// The last part of a path.
pub(super) fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

impl Bundler {
    async fn bundle(&self, id: &str) -> Result<Bundle> {
        let found = self.ports.store.get(BUNDLES, id).await?;
        let doc = found.ok_or_else(|| {
            Error::new(ErrorKind::Provider, "not_found", "there is no such bundle").at(id)
        })?;
        Ok(serde_json::from_value(doc.value)?)
    }

    async fn write(&self, job: &CreateJob) -> Result<RemoteJob> {
        let files = &self.ports.files;
        let mut written = vec![file_name(&job.training.id).to_owned()];
        written.extend(job.validation.as_ref().map(|v| file_name(&v.id).to_owned()));
        for (name, text) in (self.texts)(job)? {
            files
                .write_all(&format!("{}/{name}", job.folder), text.as_bytes())
                .await?;
            written.push(name.to_owned());
        }
        let bundle = Bundle {
            id: bundle_id(&job.unique_key),
            created_at: self.ports.clock.now(),
            job: job.clone(),
            files: written,
        };
        files
            .write_all(
                &format!("{}/bundle.json", job.folder),
                &serde_json::to_vec_pretty(&bundle)?,
            )
            .await?;
        let batch = Batch::new().put(
            BUNDLES,
            &bundle.id,
            serde_json::to_value(&bundle)?,
            Expect::Any,
        );
        self.ports.store.commit(batch).await?;
        Ok(done(&bundle))
    }
}

fn bundle_id(unique_key: &str) -> String {
    format!("bundle-{}", &fingerprint([unique_key.as_bytes()])[..12])
}

fn done(bundle: &Bundle) -> RemoteJob {
    RemoteJob {
        id: bundle.id.clone(),
        state: RemoteState::Succeeded,
        raw_state: "bundle written".to_owned(),
        progress: None,
        model: Some(bundle.job.name.clone()),
        error: None,
        trained_tokens: None,
        estimated_finish: None,
        problems: Vec::new(),
    }
}

impl Provider for Bundler {
    fn vendor(&self) -> &'static dyn Vendor {
        self.vendor
    }

    fn works_locally(&self) -> bool {
        true
    }

    fn upload<'a>(
        &'a self,
        file: &'a LocalFile,
        progress: &'a dyn Fn(Progress),
    ) -> LocalFuture<'a, Result<RemoteFile>> {
        Box::pin(async move {
            let bytes = self.ports.files.size(&file.path).await?;
            let bytes = bytes.ok_or_else(|| file_missing(&file.path))?;
            progress(Progress {
                done: bytes,
                total: bytes,
            });
            Ok(RemoteFile {
                id: file.path.clone(),
                bytes,
            })
        })
    }

    fn create<'a>(&'a self, job: &'a CreateJob) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(self.write(job))
    }

    fn find<'a>(&'a self, unique_key: &'a str) -> LocalFuture<'a, Result<Option<RemoteJob>>> {
        Box::pin(async move {
            let doc = self
                .ports
                .store
                .get(BUNDLES, &bundle_id(unique_key))
                .await?;
            let bundle: Option<Bundle> =
                doc.map(|d| serde_json::from_value(d.value)).transpose()?;
            Ok(bundle.as_ref().map(done))
        })
    }

    fn listing_delay_ms(&self) -> u64 {
        0
    }

    fn get<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        Box::pin(async move { Ok(done(&self.bundle(id).await?)) })
    }

    fn events<'a>(
        &'a self,
        id: &'a str,
        after: Option<&'a str>,
    ) -> LocalFuture<'a, Result<Vec<RemoteEvent>>> {
        Box::pin(async move {
            if after.is_some() {
                return Ok(Vec::new());
            }
            let bundle = self.bundle(id).await?;
            Ok(vec![RemoteEvent {
                id: format!("{id}-written"),
                created_at: bundle.created_at,
                level: Level::Info,
                kind: EventKind::Message,
                message: format!("Bundle written to {}; {}", bundle.job.folder, self.next),
                metrics: None,
            }])
        })
    }

    fn checkpoints<'a>(&'a self, _: &'a str) -> LocalFuture<'a, Result<Vec<Checkpoint>>> {
        Box::pin(async { Ok(Vec::new()) })
    }

    fn cancel<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        self.get(id)
    }

    fn artifacts<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<Vec<Artifact>>> {
        Box::pin(async move {
            let bundle = self.bundle(id).await?;
            let names = bundle.files.iter().map(String::as_str);
            Ok(names
                .chain(["bundle.json"])
                .map(|name| Artifact {
                    name: name.to_owned(),
                    media_type: media_type(name).to_owned(),
                    id: format!("{}/{name}", bundle.job.folder),
                })
                .collect())
        })
    }

    fn save<'a>(
        &'a self,
        _: &'a str,
        artifact: &'a Artifact,
        to: &'a mut dyn FileWriter,
    ) -> LocalFuture<'a, Result<()>> {
        Box::pin(async move {
            let mut offset = 0;
            loop {
                let part = self.ports.files.read(&artifact.id, offset, 1 << 20).await?;
                if part.is_empty() {
                    return Ok(());
                }
                offset += part.len() as u64;
                to.write(&part).await?;
            }
        })
    }
}

fn media_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("json") => "application/json",
        Some("jsonl") => "application/jsonl",
        Some("md") => "text/markdown",
        Some("py") => "text/x-python",
        Some("sh") => "text/x-shellscript",
        Some("yaml") => "application/yaml",
        Some("png") => "image/png",
        Some("jpg") => "image/jpeg",
        Some("webp") => "image/webp",
        _ => "text/plain",
    }
}
