//! [`FineTuneJobManager`]: all jobs and their events in a store.

use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use serde_json::Value;

use crate::base::json;
use crate::base::ports::{Batch, Expect, Store, Version};
use crate::error::{Error, Result};
use crate::job::record::FineTuneJob;
use crate::provider::{MetricPoint, RemoteEvent};

/// Collection of the jobs; the file store keeps it as `jobs.json`, the seed's array.
pub const JOBS: &str = "jobs";

/// Keeps jobs and their events. Clones share the store.
#[derive(Clone)]
pub struct FineTuneJobManager {
    pub(super) store: Rc<dyn Store>,
    /// All jobs as they were read, for as long as the store's mark stays the same.
    known: Rc<RefCell<Option<Known>>>,
}

/// The store's mark, and the jobs at that time.
type Known = (u64, Rc<Vec<FineTuneJob>>);

impl fmt::Debug for FineTuneJobManager {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FineTuneJobManager").finish_non_exhaustive()
    }
}

/// What an import did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ImportReport {
    /// Jobs that were not there before.
    pub added: usize,
    /// Jobs that were replaced.
    pub replaced: usize,
    /// Jobs that were there already, the same.
    pub same: usize,
}

/// A page of events.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct EventPage {
    /// Number of the first event here, counted from 0; earlier pages end before it.
    pub first: u64,
    /// The events, oldest first.
    pub events: Vec<RemoteEvent>,
}

/// Collection of the numbers that came when a job had ended, by job.
pub(super) const FINAL_METRICS: &str = "metrics";

pub(super) fn events_of(job_id: &str) -> String {
    format!("events/{job_id}")
}

impl FineTuneJobManager {
    /// A manager of the jobs in `store`.
    pub fn new(store: Rc<dyn Store>) -> Self {
        Self {
            store,
            known: Rc::default(),
        }
    }

    /// All jobs, the newest first.
    ///
    /// # Errors
    /// A failure of storage, or `job_json` for a damaged job.
    pub async fn list(&self) -> Result<Vec<FineTuneJob>> {
        Ok(self.all().await?.to_vec())
    }

    /// All jobs, the newest first; read only when the store has changed, because drivers look
    /// every second.
    pub(super) async fn all(&self) -> Result<Rc<Vec<FineTuneJob>>> {
        // The mark first: what changes after it is read again next time.
        let mark = self.store.mark(JOBS).await?;
        if let (Some(now), Some((held, jobs))) = (mark, &*self.known.borrow())
            && now == *held
        {
            return Ok(Rc::clone(jobs));
        }
        let docs = self.store.scan(JOBS).await?;
        let mut jobs = docs
            .into_iter()
            .map(|d| FineTuneJob::from_value(d.value))
            .collect::<Result<Vec<_>>>()?;
        jobs.sort_by(|a, b| (b.created_at, &a.job_id).cmp(&(a.created_at, &b.job_id)));
        let jobs = Rc::new(jobs);
        *self.known.borrow_mut() = mark.map(|mark| (mark, Rc::clone(&jobs)));
        Ok(jobs)
    }

    /// One job.
    ///
    /// # Errors
    /// `job_missing`, a failure of storage, or `job_json` for a damaged job.
    pub async fn get(&self, job_id: &str) -> Result<FineTuneJob> {
        Ok(self.load(job_id).await?.0)
    }

    /// One job with its version; `None` when absent.
    pub(crate) async fn find(&self, job_id: &str) -> Result<Option<(FineTuneJob, Version)>> {
        match self.store.get(JOBS, job_id).await? {
            None => Ok(None),
            Some(d) => Ok(Some((FineTuneJob::from_value(d.value)?, d.version))),
        }
    }

    /// The version of a stored job; `None` when absent.
    pub(super) async fn version(&self, job_id: &str) -> Result<Option<Version>> {
        Ok(self.store.get(JOBS, job_id).await?.map(|d| d.version))
    }

    pub(crate) async fn load(&self, job_id: &str) -> Result<(FineTuneJob, Version)> {
        self.find(job_id).await?.ok_or_else(|| {
            Error::caller("job_missing", "there is no such job")
                .at(job_id)
                .hint("list the jobs to see their ids")
        })
    }

    /// Stores a job and its new events together.
    pub(crate) async fn write(
        &self,
        job: &FineTuneJob,
        expect: Expect,
        new_events: &[RemoteEvent],
    ) -> Result<()> {
        let mut batch = Batch::new().put(JOBS, &job.job_id, serde_json::to_value(job)?, expect);
        if !new_events.is_empty() {
            // The key is the number of the chunk's first event, so chunks sort by time.
            let first = job.events - new_events.len() as u64;
            batch = batch.put(
                &events_of(&job.job_id),
                &format!("{first:09}"),
                serde_json::to_value(new_events)?,
                Expect::Any,
            );
        }
        self.store.commit(batch).await?;
        Ok(())
    }

    /// Stores a job as it is, new or changed.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn save(&self, job: &FineTuneJob) -> Result<()> {
        self.write(job, Expect::Any, &[]).await
    }

    /// The events of a job, oldest first.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn events(&self, job_id: &str) -> Result<Vec<RemoteEvent>> {
        let mut out = Vec::new();
        for chunk in self.store.scan(&events_of(job_id)).await? {
            let events: Vec<RemoteEvent> = serde_json::from_value(chunk.value)?;
            out.extend(events);
        }
        Ok(out)
    }

    /// A page of the events of a job: at most `limit` events before number `before` (the last
    /// ones when `None`), oldest first, without reading the others.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn events_before(
        &self,
        job_id: &str,
        before: Option<u64>,
        limit: usize,
    ) -> Result<EventPage> {
        let collection = events_of(job_id);
        let mut first = before.unwrap_or(u64::MAX);
        let mut chunk_before = before.map(|n| format!("{n:09}"));
        let mut newest_first: Vec<RemoteEvent> = Vec::new();
        while newest_first.len() < limit {
            let chunks = self
                .store
                .scan_back(&collection, chunk_before.as_deref(), 8)
                .await?;
            if chunks.is_empty() {
                break;
            }
            for chunk in chunks {
                // Keys are made by `write`; anything else is damage.
                let start: u64 = chunk.key.parse().map_err(|_| {
                    Error::storage("storage_damaged", "an event has no number")
                        .at(format!("{collection}/{}", chunk.key))
                })?;
                let events: Vec<RemoteEvent> = serde_json::from_value(chunk.value)?;
                let numbered = (start..).zip(events).filter(|(n, _)| *n < first);
                let mut part: Vec<(u64, RemoteEvent)> = numbered.collect();
                while let Some((n, event)) = part.pop() {
                    if newest_first.len() == limit {
                        break;
                    }
                    first = n;
                    newest_first.push(event);
                }
                chunk_before = Some(chunk.key);
            }
        }
        newest_first.reverse();
        let first = if newest_first.is_empty() { 0 } else { first };
        Ok(EventPage {
            first,
            events: newest_first,
        })
    }

    /// The numbers of every reported step of a job, in order, each step once: those of its
    /// events, and those that came when it had ended.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn metrics(&self, job_id: &str) -> Result<Vec<MetricPoint>> {
        let events = self.events(job_id).await?;
        let told = events.into_iter().filter_map(|e| e.metrics);
        let later = self.final_metrics(job_id).await?;
        Ok(MetricPoint::merged(told.chain(later)))
    }

    /// The numbers that came when a job had ended; empty before.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn final_metrics(&self, job_id: &str) -> Result<Vec<MetricPoint>> {
        match self.store.get(FINAL_METRICS, job_id).await? {
            Some(doc) => Ok(serde_json::from_value(doc.value)?),
            None => Ok(Vec::new()),
        }
    }

    /// Keeps the numbers that came when a job had ended, in place of earlier ones.
    pub(super) async fn keep_final_metrics(
        &self,
        job_id: &str,
        points: &[MetricPoint],
    ) -> Result<()> {
        let value = serde_json::to_value(points)?;
        let batch = Batch::new().put(FINAL_METRICS, job_id, value, Expect::Any);
        self.store.commit(batch).await.map(|_| ())
    }

    /// All jobs as the seed's `jobs.json`: a JSON array, the oldest first.
    ///
    /// # Errors
    /// A failure of storage, or `job_json` for a damaged job.
    pub async fn export_json(&self) -> Result<String> {
        let mut jobs = self.list().await?;
        jobs.reverse();
        Ok(serde_json::to_string_pretty(&jobs)? + "\n")
    }

    /// Reads a `jobs.json`. All jobs are taken or none. A job that exists and differs is an
    /// error unless `replace`.
    ///
    /// # Errors
    /// `jobs_json` for text that is no JSON array, `job_json` with the path of the fault,
    /// `job_exists`, or a failure of storage.
    pub async fn import_json(&self, text: &str, replace: bool) -> Result<ImportReport> {
        let value: Value = serde_json::from_str(text).map_err(|e| {
            Error::data("jobs_json", json::fault(&e)).hint("jobs.json is a JSON array")
        })?;
        let Value::Array(items) = value else {
            return Err(Error::data("jobs_json", "the text is no JSON array")
                .hint("jobs.json is an array of jobs"));
        };
        let mut report = ImportReport::default();
        let mut batch = Batch::new();
        let mut seen = std::collections::BTreeSet::new();
        for (i, item) in items.into_iter().enumerate() {
            let job = FineTuneJob::from_value(item).map_err(|e| {
                let path = match e.path() {
                    None | Some("") => format!("[{i}]"),
                    Some(field) => format!("[{i}].{field}"),
                };
                e.at(path)
            })?;
            if !seen.insert(job.job_id.clone()) {
                return Err(Error::data("jobs_json", "two jobs have the same id")
                    .at(format!("[{i}].job_id")));
            }
            let expect = match self.find(&job.job_id).await? {
                None => {
                    report.added += 1;
                    Expect::Absent
                }
                Some((held, _)) if held == job => {
                    report.same += 1;
                    continue;
                }
                Some((_, version)) if replace => {
                    report.replaced += 1;
                    Expect::Version(version)
                }
                Some(_) => {
                    return Err(Error::caller(
                        "job_exists",
                        format!("{:?} exists and differs", job.job_id),
                    )
                    .at(format!("[{i}].job_id"))
                    .hint("import with replacing, or rename it"));
                }
            };
            batch = batch.put(JOBS, &job.job_id, serde_json::to_value(&job)?, expect);
        }
        if !batch.changes.is_empty() {
            self.store.commit(batch).await?;
        }
        Ok(report)
    }
}
