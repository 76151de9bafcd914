//! The connection to Vertex AI.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future;

use futures_util::{StreamExt as _, stream};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::base::ports::{FileWriter, LocalFuture, Ports};
use crate::error::{Error, ErrorKind, Result};
use crate::problem::Problem;
use crate::provider::call::{Call, is_passing, read_json};
use crate::provider::gemini::Gemini;
use crate::provider::gemini::place::Place;
use crate::provider::gemini::rest::Google;
use crate::provider::gemini::storage::{Bucket, Object};
use crate::provider::gemini::tuning::{self, LABEL};
use crate::provider::{
    Access, Artifact, Checkpoint, CreateJob, LocalFile, Picture, Pictures, Progress, Provider,
    ProviderOptions, RemoteEvent, RemoteFile, RemoteJob, Vendor,
};

/// Pictures on the way at a time.
const PARALLEL: usize = 6;
/// Jobs asked for in one page.
const PAGE: u32 = 100;

/// The connection.
pub(super) struct Vertex {
    google: Google,
    place: Place,
    /// The bucket was found good.
    checked: Cell<bool>,
    sessions: RefCell<BTreeMap<String, String>>,
}

impl Vertex {
    /// A connection to the place that the options name.
    pub(super) fn new(ports: &Ports, options: &ProviderOptions) -> Result<Self> {
        Ok(Self {
            google: Google {
                ports: ports.clone(),
                headers: options.headers.clone().into_iter().collect(),
            },
            place: Place::new(options)?,
            checked: Cell::new(false),
            sessions: RefCell::default(),
        })
    }

    fn bucket(&self) -> Bucket<'_> {
        Bucket {
            google: &self.google,
            place: &self.place,
            sessions: &self.sessions,
        }
    }

    /// Checks the bucket once, before anything is sent.
    async fn check_bucket(&self) -> Result<()> {
        if !self.checked.get() {
            self.bucket().check().await?;
            self.checked.set(true);
        }
        Ok(())
    }

    /// What the token may do: the bucket's check, and whether it sees tuning jobs.
    async fn look(&self) -> Result<Access> {
        let mut out = Access::default();
        let url = format!(
            "{}/{}/tuningJobs?pageSize=1",
            self.place.base,
            self.place.parent()
        );
        let call = Call::new("GET", url, self.place.parent());
        let jobs = self.google.json(&call).await;
        for (found, good) in [
            (self.check_bucket().await, &mut out.files),
            (jobs.map(|_| ()), &mut out.jobs),
        ] {
            match found {
                Ok(()) => *good = true,
                // A token that is not good, or a network that is not there, tells nothing.
                Err(e) if e.code() == "unauthorized" || is_passing(&e) => return Err(e),
                Err(e) => out.problems.push(Problem::from(&e)),
            }
        }
        Ok(out)
    }

    async fn send_pictures(&self, pictures: &Pictures, progress: &dyn Fn(Progress)) -> Result<()> {
        self.check_bucket().await?;
        let text = self.google.ports.files.read_all(&pictures.list).await?;
        let list: Vec<Picture> = text
            .split(|b| *b == b'\n')
            .filter(|line| !line.is_empty())
            .map(serde_json::from_slice)
            .collect::<Result<_, _>>()?;
        let bucket = self.bucket();
        // One listing tells what an earlier try sent.
        let there: BTreeMap<String, Object> = match list.first() {
            Some(first) => {
                let name = self.place.object(&first.uri)?;
                let folder = name.split_once('/').map_or("", |(folder, _)| folder);
                bucket.list(&format!("{folder}/")).await?
            }
            None => BTreeMap::new(),
        };
        let done = Cell::new(0);
        let failed: RefCell<Option<Error>> = RefCell::default();
        // After a failure nothing is begun any more, but what is on the way arrives: dropped, it
        // would be sent again by the next try.
        stream::iter(&list)
            .for_each_concurrent(PARALLEL, |picture| async {
                if failed.borrow().is_some() {
                    return;
                }
                match bucket.picture(picture, &there).await {
                    Ok(bytes) => {
                        done.set(done.get() + bytes);
                        progress(Progress {
                            done: done.get(),
                            total: pictures.bytes,
                        });
                    }
                    Err(e) => {
                        failed.borrow_mut().get_or_insert(e);
                    }
                }
            })
            .await;
        match failed.into_inner() {
            None => Ok(()),
            Some(e) => Err(e),
        }
    }

    async fn send_lines(
        &self,
        file: &LocalFile,
        progress: &dyn Fn(Progress),
    ) -> Result<RemoteFile> {
        self.check_bucket().await?;
        let uri = file.uri.as_deref().ok_or_else(|| {
            Error::caller("object_uri", "the file was prepared without a bucket")
                .at("provider_options.bucket")
                .hint("name a bucket and start a new job")
        })?;
        let name = self.place.object(uri)?;
        self.bucket()
            .file(file, name, "application/jsonl", progress)
            .await?;
        Ok(RemoteFile {
            id: uri.to_owned(),
            bytes: file.bytes,
        })
    }

    /// The address of a job; its id is `projects/P/locations/L/tuningJobs/N`.
    fn job_address(&self, id: &str) -> Result<String> {
        let parts: Vec<&str> = id.split('/').collect();
        let plain = |s: &&str| {
            !s.is_empty()
                && s.chars()
                    .all(|c| c.is_ascii_alphanumeric() || "-_.:".contains(c))
                && !s.contains("..")
        };
        match parts.as_slice() {
            ["projects", _, "locations", _, "tuningJobs", _] if parts.iter().all(plain) => {
                Ok(format!("{}/{id}", self.place.base))
            }
            _ => Err(Error::data("remote_id", "this is no name of a tuning job").at(id)),
        }
    }

    async fn job(&self, id: &str) -> Result<Value> {
        self.google
            .json(&Call::new("GET", self.job_address(id)?, id))
            .await
    }

    async fn create_job(&self, job: &CreateJob) -> Result<RemoteJob> {
        let url = format!("{}/{}/tuningJobs", self.place.base, self.place.parent());
        let body = tuning::body(job).to_string().into_bytes();
        let call = Call::new("POST", url, &*job.name).body("application/json", body);
        // Never repeated here: whether a lost answer left a job is for `find` to tell.
        let answer = match self.google.ask(&call).await {
            Ok(answer) => answer,
            Err(e) if e.code() == "conflict" => {
                let found = self.find_job(&job.unique_key).await?;
                return found.ok_or(e);
            }
            Err(e) => return Err(e),
        };
        tuning::remote(&read_json(&answer, &job.name)?).ok_or_else(|| unnamed(&job.name))
    }

    async fn find_job(&self, unique_key: &str) -> Result<Option<RemoteJob>> {
        Ok(self.find_jobs(unique_key).await?.into_iter().next())
    }

    async fn find_jobs(&self, unique_key: &str) -> Result<Vec<RemoteJob>> {
        let filter = format!("labels.{LABEL}=\"{unique_key}\"");
        let filter = utf8_percent_encode(&filter, NON_ALPHANUMERIC).to_string();
        match self.find_in(unique_key, &format!("&filter={filter}")).await {
            // Without filters all jobs are looked through.
            Err(e) if e.code() == "invalid_argument" => self.find_in(unique_key, "").await,
            other => other,
        }
    }

    async fn find_in(&self, unique_key: &str, filter: &str) -> Result<Vec<RemoteJob>> {
        let mut page = String::new();
        let mut out = Vec::new();
        loop {
            let url = format!(
                "{}/{}/tuningJobs?pageSize={PAGE}{filter}{page}",
                self.place.base,
                self.place.parent(),
            );
            let call = Call::new("GET", url, "tuningJobs");
            let v = self.google.json(&call).await?;
            // The label is compared here too: a filter that is not understood lists all.
            let jobs = v["tuningJobs"].as_array().into_iter().flatten();
            let ours = jobs.filter(|j| j["labels"][LABEL].as_str() == Some(unique_key));
            let before = out.len();
            out.extend(ours.filter_map(tuning::remote));
            // Those of one key were made at the same time, so they lie together.
            if before > 0 && out.len() == before {
                return Ok(out);
            }
            match v["nextPageToken"].as_str().filter(|t| !t.is_empty()) {
                Some(token) => {
                    let token = utf8_percent_encode(token, NON_ALPHANUMERIC);
                    page = format!("&pageToken={token}");
                }
                None => return Ok(out),
            }
        }
    }

    async fn cancel_job(&self, id: &str) -> Result<RemoteJob> {
        let url = format!("{}:cancel", self.job_address(id)?);
        let call = Call::new("POST", url, id).body("application/json", b"{}".to_vec());
        match self.google.repeat(&call).await {
            Ok(_) => {}
            // It ended in the meantime, or is being cancelled: the state tells.
            Err(e) if matches!(e.code(), "failed_precondition" | "conflict") => {}
            Err(e) => return Err(e),
        }
        self.state(id).await
    }

    async fn state(&self, id: &str) -> Result<RemoteJob> {
        tuning::remote(&self.job(id).await?).ok_or_else(|| unnamed(id))
    }
}

fn unnamed(place: &str) -> Error {
    Error::new(
        ErrorKind::Provider,
        "answer_json",
        "the answer names no tuning job",
    )
    .at(place)
    .retry_after(1000)
}

const MODEL: &str = "model.json";
const JOB: &str = "tuning_job.json";

fn boxed<'a, T>(work: impl Future<Output = Result<T>> + 'a) -> LocalFuture<'a, Result<T>> {
    Box::pin(work)
}

impl Provider for Vertex {
    fn vendor(&self) -> &'static dyn Vendor {
        &Gemini
    }

    fn access<'a>(&'a self, _: &'a str) -> LocalFuture<'a, Result<Access>> {
        boxed(self.look())
    }

    fn delete_file<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<()>> {
        boxed(async move {
            let name = self.place.object(id)?;
            self.bucket().delete(name).await
        })
    }

    fn upload_pictures<'a>(
        &'a self,
        pictures: &'a Pictures,
        progress: &'a dyn Fn(Progress),
    ) -> LocalFuture<'a, Result<()>> {
        boxed(self.send_pictures(pictures, progress))
    }

    fn upload<'a>(
        &'a self,
        file: &'a LocalFile,
        progress: &'a dyn Fn(Progress),
    ) -> LocalFuture<'a, Result<RemoteFile>> {
        boxed(self.send_lines(file, progress))
    }

    fn create<'a>(&'a self, job: &'a CreateJob) -> LocalFuture<'a, Result<RemoteJob>> {
        boxed(self.create_job(job))
    }

    fn find<'a>(&'a self, unique_key: &'a str) -> LocalFuture<'a, Result<Option<RemoteJob>>> {
        boxed(self.find_job(unique_key))
    }

    fn find_all<'a>(&'a self, unique_key: &'a str) -> LocalFuture<'a, Result<Vec<RemoteJob>>> {
        boxed(self.find_jobs(unique_key))
    }

    fn get<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        boxed(self.state(id))
    }

    fn events<'a>(
        &'a self,
        id: &'a str,
        after: Option<&'a str>,
    ) -> LocalFuture<'a, Result<Vec<RemoteEvent>>> {
        boxed(async move {
            let all = tuning::events(&self.job(id).await?);
            let known = after.and_then(|a| all.iter().position(|e| e.id == a));
            Ok(all.into_iter().skip(known.map_or(0, |i| i + 1)).collect())
        })
    }

    fn checkpoints<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<Vec<Checkpoint>>> {
        boxed(async move { Ok(tuning::checkpoints(&self.job(id).await?)) })
    }

    fn cancel<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        boxed(self.cancel_job(id))
    }

    fn artifacts<'a>(&'a self, _: &'a str) -> LocalFuture<'a, Result<Vec<Artifact>>> {
        let artifact = |name: &str| Artifact {
            name: name.to_owned(),
            media_type: "application/json".to_owned(),
            id: name.to_owned(),
        };
        boxed(async move { Ok(vec![artifact(MODEL), artifact(JOB)]) })
    }

    fn save<'a>(
        &'a self,
        id: &'a str,
        artifact: &'a Artifact,
        to: &'a mut dyn FileWriter,
    ) -> LocalFuture<'a, Result<()>> {
        boxed(async move {
            let job = self.job(id).await?;
            let content = match artifact.id.as_str() {
                MODEL => tuning::model_card(&job),
                JOB => job,
                _ => {
                    return Err(
                        Error::caller("artifact_missing", "there is no such artifact")
                            .at(&*artifact.name),
                    );
                }
            };
            to.write(&serde_json::to_vec_pretty(&content)?).await
        })
    }
}
