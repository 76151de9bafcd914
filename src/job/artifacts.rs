//! What a job leaves behind: fetched file by file, with resume and checksums.

use crate::error::Result;
use crate::job::driver::VisionFinetuner;
use crate::job::prepare::below;
use crate::job::record::{FineTuneJob, SavedArtifact};
use crate::job::version::checksum;
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
        // A damaged list only costs another download.
        let held: Vec<SavedArtifact> = match files.size(&list).await? {
            Some(_) if settled => {
                serde_json::from_slice(&files.read_all(&list).await?).unwrap_or_default()
            }
            _ => Vec::new(),
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
}
