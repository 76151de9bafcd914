//! What the user does with jobs: notes, tags, putting away, and trying again.

use std::collections::BTreeSet;

use crate::base::ports::{Batch, Document, Expect};
use crate::error::{Error, Result};
use crate::job::checkpoints::CHECKPOINTS;
use crate::job::config::{FineTuneConfig, Start};
use crate::job::driver::VisionFinetuner;
use crate::job::manager::{FINAL_METRICS, FineTuneJobManager, JOBS, events_of};
use crate::job::record::FineTuneJob;

/// Longest note in characters.
const MAX_NOTE: usize = 10_000;
/// Most tags of a job, and the longest in characters.
const MAX_TAGS: (usize, usize) = (20, 40);

/// A job that was deleted, with its events, to be put back.
#[derive(Clone, Debug)]
pub struct DeletedJob {
    /// Collection and document each.
    documents: Vec<(String, Document)>,
}

impl FineTuneJobManager {
    /// Forgets a job and its events. What the vendor has is not touched.
    ///
    /// # Errors
    /// `job_missing`, `job_active` while the job has not ended, or a failure of storage.
    pub async fn delete(&self, job_id: &str) -> Result<DeletedJob> {
        let (job, version) = self.load(job_id).await?;
        if !job.state.is_final() {
            return Err(Error::caller("job_active", "the job has not ended")
                .at(job_id)
                .hint("cancel it first"));
        }
        let mut documents = Vec::new();
        let held = [
            (JOBS, self.store.get(JOBS, job_id).await?),
            (FINAL_METRICS, self.store.get(FINAL_METRICS, job_id).await?),
            (CHECKPOINTS, self.store.get(CHECKPOINTS, job_id).await?),
        ];
        for (collection, document) in held {
            documents.extend(document.map(|d| (collection.to_owned(), d)));
        }
        let events = events_of(job_id);
        for chunk in self.store.scan(&events).await? {
            documents.push((events.clone(), chunk));
        }
        let mut batch = Batch::new();
        for (collection, d) in &documents {
            let expect = match collection.as_str() {
                JOBS => Expect::Version(version),
                _ => Expect::Any,
            };
            batch = batch.delete(collection, &d.key, expect);
        }
        self.store.commit(batch).await?;
        Ok(DeletedJob { documents })
    }

    /// Puts a deleted job back as it was.
    ///
    /// # Errors
    /// `store_conflict` when another job has its name by now, or a failure of storage.
    pub async fn put_back(&self, job: &DeletedJob) -> Result<()> {
        let mut batch = Batch::new();
        for (collection, d) in &job.documents {
            let expect = match collection.as_str() {
                JOBS => Expect::Absent,
                _ => Expect::Any,
            };
            batch = batch.put(collection, &d.key, d.value.clone(), expect);
        }
        self.store.commit(batch).await.map(|_| ())
    }

    /// Changes a stored job, whatever else changes it meanwhile.
    pub(super) async fn change(
        &self,
        job_id: &str,
        change: impl Fn(&mut FineTuneJob),
    ) -> Result<FineTuneJob> {
        let mut tries = 0;
        loop {
            let (mut job, version) = self.load(job_id).await?;
            change(&mut job);
            match self.write(&job, Expect::Version(version), &[]).await {
                Ok(()) => return Ok(job),
                Err(e) if e.code() == "store_conflict" && tries < 8 => tries += 1,
                Err(e) => return Err(e),
            }
        }
    }

    /// Sets the note of a job; empty removes it.
    ///
    /// # Errors
    /// `note_size`, `job_missing`, or a failure of storage.
    pub async fn set_note(&self, job_id: &str, note: &str) -> Result<FineTuneJob> {
        let length = note.chars().count();
        if length > MAX_NOTE {
            let text = format!("{length} characters; at most {MAX_NOTE}");
            return Err(Error::caller("note_size", text)
                .at("note")
                .hint("shorten it"));
        }
        let note = note.trim();
        self.change(job_id, |job| note.clone_into(&mut job.note))
            .await
    }

    /// Adds and removes tags of a job.
    ///
    /// # Errors
    /// `tag` for an impossible tag or too many, `job_missing`, or a failure of storage.
    pub async fn tag(
        &self,
        job_id: &str,
        add: &[String],
        remove: &[String],
    ) -> Result<FineTuneJob> {
        let fault = |t: &&String| {
            let n = t.chars().count();
            n == 0 || n > MAX_TAGS.1 || t.trim() != t.as_str() || t.chars().any(char::is_control)
        };
        if let Some(bad) = add.iter().find(fault) {
            return Err(Error::caller("tag", format!("{bad:?} is no tag"))
                .at("tags")
                .hint(format!(
                    "1 to {} characters without spaces around",
                    MAX_TAGS.1
                )));
        }
        let next = |tags: &BTreeSet<String>| -> BTreeSet<String> {
            let all = tags.iter().chain(add).filter(|t| !remove.contains(t));
            all.cloned().collect()
        };
        if next(&self.get(job_id).await?.tags).len() > MAX_TAGS.0 {
            return Err(Error::caller("tag", format!("at most {} tags", MAX_TAGS.0))
                .at("tags")
                .hint("remove some"));
        }
        self.change(job_id, |job| job.tags = next(&job.tags)).await
    }

    /// Puts a job away, or back among the others.
    ///
    /// # Errors
    /// `job_active` for a job that has not ended, `job_missing`, or a failure of storage.
    pub async fn archive(&self, job_id: &str, archived: bool) -> Result<FineTuneJob> {
        if archived && !self.get(job_id).await?.state.is_final() {
            return Err(Error::caller("job_active", "the job has not ended")
                .at(job_id)
                .hint("cancel it first"));
        }
        self.change(job_id, |job| job.archived = archived).await
    }

    /// The settings of a job for another one, under a name that is free: `ft_demo` gives
    /// `ft_demo-2`. It starts at once unless changed.
    ///
    /// # Errors
    /// `job_missing`, or a failure of storage.
    pub async fn duplicate(&self, job_id: &str) -> Result<FineTuneConfig> {
        let mut config = self.get(job_id).await?.config;
        let stem = match job_id.rsplit_once('-') {
            Some((stem, n)) if !stem.is_empty() && n.len() < 4 && n.parse::<u32>().is_ok() => stem,
            _ => job_id,
        };
        // The longest name has room for `-999`.
        let stem: String = stem.chars().take(60).collect();
        config.start = Start::Now;
        for n in 2..1000 {
            let name = format!("{stem}-{n}");
            if self.find(&name).await?.is_none() {
                config.job_name = Some(name);
                return Ok(config);
            }
        }
        config.job_name = None;
        Ok(config)
    }
}

impl VisionFinetuner {
    /// Tries a job again that has ended, with `config`, which
    /// [`duplicate`](FineTuneJobManager::duplicate) gives and which may be changed. The new job
    /// is linked to the old one and is stored, not yet driven.
    ///
    /// # Errors
    /// `job_active` while the old job has not ended; as [`enqueue`](Self::enqueue).
    pub async fn retry(&self, job_id: &str, config: &FineTuneConfig) -> Result<FineTuneJob> {
        let old = self.manager.get(job_id).await?;
        if !old.state.is_final() {
            return Err(Error::caller("job_active", "the job has not ended")
                .at(job_id)
                .hint("cancel it first, or duplicate it"));
        }
        self.enqueue_as(config, Some(job_id)).await
    }
}
