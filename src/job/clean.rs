//! Tidying up at the vendor after a job.

use serde::Serialize;

use crate::error::{Error, Result};
use crate::job::driver::VisionFinetuner;
use crate::job::record::FineTuneJob;
use crate::job::rows::Lines;
use crate::provider::{Picture, RemoteFile};

/// Name of the list of pictures in a job's folder.
const PICTURES: &str = "pictures.jsonl";

/// What was, or would be, deleted at the vendor.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Cleaned {
    /// Lines, by the vendor's id or URI.
    pub files: Vec<String>,
    /// Pictures that lay beside them.
    pub pictures: u64,
}

impl FineTuneJob {
    /// Whether a job that has ended left files at its vendor that can be deleted there.
    pub fn can_be_cleaned(&self) -> bool {
        let deletes = self.provider.vendor().deletes_files();
        let left = self.uploaded.is_some() || self.pictures_sent;
        self.state.is_final() && left && deletes && !self.simulated
    }

    /// The uploaded lines that a job left at the vendor.
    fn left_behind(&self) -> impl Iterator<Item = &RemoteFile> {
        let all = self.uploaded.iter();
        all.flat_map(|u| std::iter::once(&u.train).chain(&u.validation))
    }
}

impl VisionFinetuner {
    /// What [`clean`](Self::clean) would delete.
    ///
    /// # Errors
    /// `job_active` while the job has not ended; `file_in_use` when a job that has not ended
    /// trains on the same file; `call_unsupported` when the vendor's interface does not delete
    /// files; `job_missing`; a failure of storage.
    pub async fn cleanable(&self, job_id: &str) -> Result<Cleaned> {
        let job = self.manager.get(job_id).await?;
        if !job.state.is_final() {
            return Err(Error::caller("job_active", "the job has not ended")
                .at(job_id)
                .hint("cancel it first, or wait for its end"));
        }
        // What a practice run or a bundle "uploaded" lies on this side.
        let vendor = job.provider.vendor();
        if job.simulated || vendor.hosts(&job.config.provider_options).is_empty() {
            return Ok(Cleaned::default());
        }
        let files: Vec<String> = job.left_behind().map(|f| f.id.clone()).collect();
        if !vendor.deletes_files() && !files.is_empty() {
            let message = format!("{} deletes no files by its interface", vendor.label());
            return Err(Error::unsupported("call_unsupported", message)
                .at(job_id)
                .hint("look for them in the vendor's console"));
        }
        // Vendors keep equal content once, whoever sent it.
        let others = self.manager.list().await?;
        let user = others.iter().find(|o| {
            let active = o.job_id != job_id && !o.state.is_final();
            active && o.left_behind().any(|f| files.contains(&f.id))
        });
        if let Some(user) = user {
            let message = format!("the job {:?} trains on the same file", user.job_id);
            return Err(Error::caller("file_in_use", message)
                .at(job_id)
                .hint("clean when that job has ended"));
        }
        Ok(Cleaned {
            files,
            pictures: self.pictures(&job).await?.len() as u64,
        })
    }

    /// Deletes the files that a job that has ended uploaded: its lines, and the pictures beside
    /// them. The tuned model and what is on this side stay. Doing it again changes nothing.
    ///
    /// # Errors
    /// As [`cleanable`](Self::cleanable); failures of provider and network.
    pub async fn clean(&self, job_id: &str) -> Result<Cleaned> {
        let found = self.cleanable(job_id).await?;
        let job = self.manager.get(job_id).await?;
        let provider = self.connect(&job.config)?;
        // The lines last: they are what tells that something is left.
        for uri in self.pictures(&job).await? {
            provider.delete_file(&uri).await?;
        }
        for id in &found.files {
            provider.delete_file(id).await?;
        }
        let forget = |job: &mut FineTuneJob| {
            job.uploaded = None;
            job.pictures_sent = false;
        };
        self.manager.change(job_id, forget).await?;
        Ok(found)
    }

    /// Where the pictures of a job lie, when they were uploaded beside the lines.
    async fn pictures(&self, job: &FineTuneJob) -> Result<Vec<String>> {
        let list = format!("{}/{PICTURES}", job.folder());
        let files = self.ports.files.as_ref();
        let options = &job.config.provider_options;
        let prefix = job.provider.vendor().image_uri_prefix(&job.job_id, options);
        let (Some(prefix), Some(_), true) = (prefix, files.size(&list).await?, job.pictures_sent)
        else {
            return Ok(Vec::new());
        };
        let mut out = Vec::new();
        let mut lines = Lines::new(files, &list);
        while let Some(line) = lines.next().await? {
            // Only what lies in the job's own folder is the job's.
            let picture: Option<Picture> = serde_json::from_slice(&line).ok();
            out.extend(picture.map(|p| p.uri).filter(|u| u.starts_with(&prefix)));
        }
        Ok(out)
    }
}
