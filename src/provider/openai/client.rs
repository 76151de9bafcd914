//! The connection to OpenAI, and to what speaks its language.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::future::Future;

use serde_json::{Value, json};

use crate::base::ports::{FileWriter, LocalFuture, Ports};
use crate::error::{Error, ErrorKind, Result};
use crate::problem::Problem;
use crate::provider::call::{escaped, failed};
use crate::provider::openai::jobs::{self, LABEL, text};
use crate::provider::openai::{OpenAi, metrics, upload};
use crate::provider::rest::Rest;
use crate::provider::{
    Access, Artifact, Bookmark, Checkpoint, CreateJob, ListedModel, LocalFile, MetricPoint,
    Progress, Provider, ProviderOptions, RemoteEvent, RemoteFile, RemoteJob, Vendor,
};

const BASE: &str = "https://api.openai.com/v1";
const KEY: &str = "OPENAI_API_KEY";
/// Entries asked for in one page.
const PAGE: u32 = 100;
/// Pages looked through for a job when the vendor does not filter: 5,000 jobs.
const MAX_PAGES: usize = 50;

const MODEL: &str = "model.json";
const JOB: &str = "fine_tuning_job.json";
const METRICS: &str = "metrics.json";

/// The connection.
pub(in crate::provider) struct Client {
    rest: Rest,
    vendor: &'static dyn Vendor,
    /// Whether files are read by the vendor before a job may name them.
    reads_files_first: bool,
}

impl Client {
    /// A connection to the address that the options name, or to OpenAI's own.
    pub(super) fn new(ports: &Ports, options: &ProviderOptions) -> Self {
        let base = options.base_url.as_deref().unwrap_or(BASE);
        Self::of(&OpenAi, Rest::new(ports, base, options, KEY, false))
    }

    /// A connection to another vendor with the same interface.
    pub(in crate::provider) fn of(vendor: &'static dyn Vendor, rest: Rest) -> Self {
        Self {
            rest,
            vendor,
            reads_files_first: false,
        }
    }

    /// For a vendor that refuses jobs on files which it has not read yet.
    pub(in crate::provider) fn waiting_for_files(self) -> Self {
        Self {
            reads_files_first: true,
            ..self
        }
    }

    async fn send_file(
        &self,
        file: &LocalFile,
        progress: &dyn Fn(Progress),
        bookmark: &dyn Bookmark,
    ) -> Result<RemoteFile> {
        let sent = upload::send(&self.rest, file, progress, bookmark).await?;
        if self.reads_files_first {
            upload::wait_until_read(&self.rest, &sent.id, &file.path).await?;
        }
        Ok(sent)
    }

    async fn get_json(&self, path: &str) -> Result<Value> {
        self.rest.json(&self.rest.call("GET", path)).await
    }

    async fn job(&self, id: &str) -> Result<Value> {
        self.get_json(&job_path(id, "")).await
    }

    async fn state(&self, id: &str) -> Result<RemoteJob> {
        let call = self.rest.call("GET", &job_path(id, ""));
        jobs::remote(&self.rest.json(&call).await?).ok_or_else(|| {
            failed("answer_json", "the answer names no job", &call).retry_after(1000)
        })
    }

    /// Entries of a list from the first page on, until `last` says that one is the last wanted.
    async fn list(
        &self,
        path: &str,
        query: &str,
        pages: usize,
        last: impl Fn(&Value) -> bool,
    ) -> Result<Vec<Value>> {
        let mut out: Vec<Value> = Vec::new();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        let mut after = String::new();
        for _ in 0..pages {
            let path = format!("{path}?limit={PAGE}{query}{after}");
            let mut page = self.get_json(&path).await?;
            let more = page["has_more"].as_bool() == Some(true);
            let mut next = None;
            let Value::Array(data) = page["data"].take() else {
                break;
            };
            for entry in data {
                if last(&entry) {
                    out.push(entry);
                    return Ok(out);
                }
                next = text(&entry["id"]);
                // Entries move from page to page while new ones come.
                if next.as_ref().is_none_or(|id| seen.insert(id.clone())) {
                    out.push(entry);
                }
            }
            match next {
                Some(id) if more => {
                    let cursor = format!("&after={}", escaped(&id));
                    // A list that does not move on would never end.
                    if cursor == after {
                        break;
                    }
                    after = cursor;
                }
                _ => break,
            }
        }
        Ok(out)
    }

    async fn create_job(&self, job: &CreateJob) -> Result<RemoteJob> {
        let call = self
            .rest
            .call("POST", "/fine_tuning/jobs")
            .json(&jobs::body(job));
        // Never repeated here: whether a lost answer left a job is for `find` to tell.
        let answer = match self.rest.ask_json(&call).await {
            Ok(answer) => answer,
            Err(e) if e.code() == "conflict" => {
                return self.find_job(&job.unique_key).await?.ok_or(e);
            }
            Err(e) => return Err(e),
        };
        jobs::remote(&answer).ok_or_else(|| {
            failed("answer_json", "the answer names no job", &call).retry_after(1000)
        })
    }

    async fn find_job(&self, unique_key: &str) -> Result<Option<RemoteJob>> {
        Ok(self.find_jobs(unique_key).await?.into_iter().next())
    }

    async fn find_jobs(&self, unique_key: &str) -> Result<Vec<RemoteJob>> {
        let filter = format!("&metadata%5B{LABEL}%5D={}", escaped(unique_key));
        match self.find_in(unique_key, &filter).await {
            // Without filters all jobs are looked through.
            Err(e) if e.code() == "invalid_request" => self.find_in(unique_key, "").await,
            other => other,
        }
    }

    async fn find_in(&self, unique_key: &str, filter: &str) -> Result<Vec<RemoteJob>> {
        // The label is compared here too: a filter that is not understood lists all.
        let ours = |v: &Value| v["metadata"][LABEL].as_str() == Some(unique_key);
        // Those of one key were made at the same time, so they lie together.
        let met = Cell::new(false);
        let past = |v: &Value| met.replace(ours(v)) && !ours(v);
        let found = self
            .list("/fine_tuning/jobs", filter, MAX_PAGES, past)
            .await?;
        Ok(found
            .iter()
            .filter(|v| ours(v))
            .filter_map(jobs::remote)
            .collect())
    }

    async fn events_after(&self, id: &str, after: Option<&str>) -> Result<Vec<RemoteEvent>> {
        // The newest come first.
        let known = |v: &Value| after.is_some() && v["id"].as_str() == after;
        let path = job_path(id, "/events");
        let mut list = self.list(&path, "", usize::MAX, known).await?;
        if list.last().is_some_and(known) {
            list.pop();
        }
        Ok(list.iter().rev().filter_map(jobs::event).collect())
    }

    async fn list_checkpoints(&self, id: &str) -> Result<Vec<Checkpoint>> {
        let path = job_path(id, "/checkpoints");
        let list = self.list(&path, "", MAX_PAGES, |_| false).await?;
        let mut out: Vec<Checkpoint> = list.iter().filter_map(jobs::checkpoint).collect();
        out.sort_by_key(|c| c.step);
        Ok(out)
    }

    async fn act(&self, id: &str, what: &str) -> Result<RemoteJob> {
        let call = self.rest.call("POST", &job_path(id, what));
        let answer = self.rest.json(&call).await?;
        match jobs::remote(&answer) {
            Some(job) => Ok(job),
            None => self.state(id).await,
        }
    }

    async fn cancel_job(&self, id: &str) -> Result<RemoteJob> {
        match self.act(id, "/cancel").await {
            // It ended in the meantime: the state tells how.
            Err(e) if matches!(e.code(), "invalid_request" | "conflict") => {
                let job = self.state(id).await?;
                if job.state.is_final() {
                    Ok(job)
                } else {
                    Err(e)
                }
            }
            other => other,
        }
    }

    /// Id and name of the result files that are still there.
    async fn result_files(&self, job: &Value) -> Result<Vec<(String, String)>> {
        let mut out: Vec<(String, String)> = Vec::new();
        for id in job["result_files"].as_array().into_iter().flatten() {
            let Some(id) = text(id) else { continue };
            let file = match self.get_json(&file_path(&id, "")).await {
                Ok(file) => file,
                // Somebody deleted it: the model is there all the same.
                Err(e) if e.code() == "not_found" => continue,
                Err(e) => return Err(e),
            };
            let name = file_name(&file, out.len());
            out.push((id, name));
        }
        Ok(out)
    }

    async fn table(&self, file: &str) -> Result<Vec<u8>> {
        let call = self.rest.call("GET", &file_path(file, "/content"));
        Ok(metrics::decoded(&self.rest.repeat(&call).await?.body))
    }

    async fn list_artifacts(&self, id: &str) -> Result<Vec<Artifact>> {
        let artifact = |name: &str, media_type: &str, id: &str| Artifact {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            id: id.to_owned(),
        };
        let mut out = vec![
            artifact(MODEL, "application/json", MODEL),
            artifact(JOB, "application/json", JOB),
        ];
        let files = self.result_files(&self.job(id).await?).await?;
        if !files.is_empty() {
            out.push(artifact(METRICS, "application/json", METRICS));
        }
        out.extend(
            files
                .iter()
                .map(|(id, name)| artifact(name, "text/csv", id)),
        );
        Ok(out)
    }

    async fn content(&self, id: &str, artifact: &str) -> Result<Vec<u8>> {
        match artifact {
            MODEL => {
                let (job, checkpoints) = (self.job(id).await?, self.list_checkpoints(id).await?);
                Ok(serde_json::to_vec_pretty(&card(
                    self.vendor,
                    &job,
                    &checkpoints,
                ))?)
            }
            JOB => Ok(serde_json::to_vec_pretty(&self.job(id).await?)?),
            METRICS => Ok(serde_json::to_vec_pretty(&self.points(id).await?)?),
            file => self.table(file).await,
        }
    }

    /// Points of all result files.
    async fn points(&self, id: &str) -> Result<Vec<MetricPoint>> {
        let mut out = Vec::new();
        for (file, _) in self.result_files(&self.job(id).await?).await? {
            out.extend(metrics::points(&self.table(&file).await?));
        }
        Ok(MetricPoint::merged(out))
    }

    async fn list_models(&self) -> Result<Vec<ListedModel>> {
        let vendor = self.vendor;
        let list = self.get_json("/models").await?;
        let model = |v: &Value| {
            let id = text(&v["id"])?;
            let tuned = id.starts_with("ft:");
            let base = id.split(':').nth(usize::from(tuned)).unwrap_or(&id);
            let announced = || vendor.end_of_life(base).map(|m| m.date.to_owned());
            Some(ListedModel {
                shutdown_date: text(&v["shutdown_date"]).or_else(announced),
                owner: text(&v["owned_by"]),
                tuned,
                id,
            })
        };
        let data = list["data"].as_array().into_iter().flatten();
        let mut out: Vec<ListedModel> = data.filter_map(model).collect();
        out.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(out)
    }

    async fn look_around(&self, base_model: &str) -> Result<Access> {
        let mut out = Access::default();
        let mut lacks = Vec::new();
        match self.list_models().await {
            Ok(models) => {
                out.models = true;
                match models.iter().find(|m| m.id == base_model) {
                    None => out.problems.push(
                        Problem::error(
                            "model_not_tunable",
                            "base_model",
                            format!("this key does not see a model {base_model:?}"),
                        )
                        .hint("check the name, and the project that the key belongs to"),
                    ),
                    Some(m) => out.problems.extend(self.ending(m)),
                }
            }
            // A job needs no list of models.
            Err(e) => {
                let e = forbidden(e)?;
                let message = format!("the key has no right to list models: {}", e.message());
                let hint = "whether the model is open to it is told at the creation of the job";
                out.problems
                    .push(Problem::warning(e.code().to_owned(), "base_model", message).hint(hint));
            }
        }
        match self.get_json("/files?purpose=fine-tune&limit=1").await {
            Ok(_) => out.files = true,
            Err(e) => lacks.push(("files", forbidden(e)?)),
        }
        match self.get_json("/fine_tuning/jobs?limit=1").await {
            Ok(_) => out.jobs = true,
            Err(e) => lacks.push(("fine-tuning", forbidden(e)?)),
        }
        for (what, e) in lacks {
            let message = format!("the key has no right to {what}: {}", e.message());
            out.problems.push(
                Problem::error(e.code().to_owned(), "provider", message)
                    .hint(e.hint_text().unwrap_or_default()),
            );
        }
        let now = self.rest.ports.clock.now();
        let dated = self.vendor.calendar(base_model, now);
        out.problems
            .extend(dated.into_iter().filter(|p| p.path == "provider"));
        Ok(out)
    }

    /// What the end of a model means today.
    fn ending(&self, model: &ListedModel) -> Option<Problem> {
        let date = model.shutdown_date.as_deref()?;
        let (id, today) = (&model.id, self.rest.ports.clock.now().date());
        Some(if today.as_str() >= date {
            Problem::error(
                "model_shutdown_date",
                "base_model",
                format!("{id} was shut down on {date}"),
            )
            .hint("choose a base model that still answers")
        } else {
            Problem::warning(
                "model_shutdown_date",
                "base_model",
                format!("{id} and what is tuned from it are shut down on {date}"),
            )
        })
    }

    async fn delete(&self, path: &str) -> Result<()> {
        match self.rest.json(&self.rest.call("DELETE", path)).await {
            // Gone already, or by an earlier try whose answer was lost.
            Err(e) if e.code() == "not_found" => Ok(()),
            other => other.map(|_| ()),
        }
    }
}

/// A right that is missing; any other failure is given back.
fn forbidden(e: Error) -> Result<Error> {
    if e.kind() == ErrorKind::Provider && matches!(e.code(), "forbidden" | "training_not_available")
    {
        Ok(e)
    } else {
        Err(e)
    }
}

fn job_path(id: &str, rest: &str) -> String {
    format!("/fine_tuning/jobs/{}{rest}", escaped(id))
}

fn file_path(id: &str, rest: &str) -> String {
    format!("/files/{}{rest}", escaped(id))
}

/// A name for a result file on this side: the vendor's, when it is a plain one.
fn file_name(file: &Value, index: usize) -> String {
    let plain = |name: &String| {
        !name.starts_with('.')
            && ![MODEL, JOB, METRICS].contains(&name.as_str())
            && name
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
    };
    let name = text(&file["filename"])
        .filter(plain)
        .unwrap_or_else(|| "step_metrics.csv".to_owned());
    match index {
        0 => name,
        n => format!("{}_{name}", n + 1),
    }
}

/// What is worth keeping of a finished job.
fn card(vendor: &dyn Vendor, job: &Value, checkpoints: &[Checkpoint]) -> Value {
    json!({
        "provider": vendor.name().id(),
        "model": job["fine_tuned_model"],
        "base_model": job["model"],
        "job": job["id"],
        "created_at": job["created_at"],
        "finished_at": job["finished_at"],
        "trained_tokens": job["trained_tokens"],
        "seed": job["seed"],
        "method": job["method"],
        "checkpoints": checkpoints,
    })
}

fn boxed<'a, T>(work: impl Future<Output = Result<T>> + 'a) -> LocalFuture<'a, Result<T>> {
    Box::pin(work)
}

impl Provider for Client {
    fn vendor(&self) -> &'static dyn Vendor {
        self.vendor
    }

    fn access<'a>(&'a self, base_model: &'a str) -> LocalFuture<'a, Result<Access>> {
        boxed(self.look_around(base_model))
    }

    fn models(&self) -> LocalFuture<'_, Result<Vec<ListedModel>>> {
        boxed(self.list_models())
    }

    fn upload<'a>(
        &'a self,
        file: &'a LocalFile,
        progress: &'a dyn Fn(Progress),
    ) -> LocalFuture<'a, Result<RemoteFile>> {
        boxed(self.send_file(file, progress, &upload::Nowhere))
    }

    fn upload_on<'a>(
        &'a self,
        file: &'a LocalFile,
        progress: &'a dyn Fn(Progress),
        bookmark: &'a dyn Bookmark,
    ) -> LocalFuture<'a, Result<RemoteFile>> {
        boxed(self.send_file(file, progress, bookmark))
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
        boxed(self.events_after(id, after))
    }

    fn checkpoints<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<Vec<Checkpoint>>> {
        boxed(self.list_checkpoints(id))
    }

    fn cancel<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        boxed(self.cancel_job(id))
    }

    fn pause<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        boxed(self.act(id, "/pause"))
    }

    fn resume<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<RemoteJob>> {
        boxed(self.act(id, "/resume"))
    }

    fn final_metrics<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<Vec<MetricPoint>>> {
        boxed(self.points(id))
    }

    fn artifacts<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<Vec<Artifact>>> {
        boxed(self.list_artifacts(id))
    }

    fn save<'a>(
        &'a self,
        id: &'a str,
        artifact: &'a Artifact,
        to: &'a mut dyn FileWriter,
    ) -> LocalFuture<'a, Result<()>> {
        boxed(async move { to.write(&self.content(id, &artifact.id).await?).await })
    }

    fn delete_file<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<()>> {
        boxed(async move { self.delete(&file_path(id, "")).await })
    }

    fn delete_model<'a>(&'a self, id: &'a str) -> LocalFuture<'a, Result<()>> {
        boxed(async move { self.delete(&format!("/models/{}", escaped(id))).await })
    }
}
