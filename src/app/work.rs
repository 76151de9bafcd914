//! Jobs and models: the finetuner over this browser's store, mirrored into signals.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use leptos::prelude::*;
use web_sys::Blob;

use crate::app::context::Ctx;
use crate::app::dataset::Parts;
use crate::app::part::notice::Tone;
use crate::app::route::Route;
use crate::app::state::number;
use crate::app::state::told::Told as _;
use crate::app::{browser, models};
use crate::base::fakes::MemorySecrets;
use crate::base::ports::{Ports, Secret, file_missing};
use crate::error::{Error, Result};
use crate::job::{
    Ask, FineTuneConfig, FineTuneJob, FineTuneJobManager, Preflight, Scheduler, Update as News,
    VisionFinetuner,
};
use crate::provider::{RemoteEvent, SIMULATED};
use crate::registry::LlmConfigRegistry;
use crate::store::indexeddb::IndexedDb;

/// What drives the jobs.
#[derive(Clone)]
pub(crate) struct Work {
    pub(crate) ports: Ports,
    pub(crate) tuner: VisionFinetuner,
    pub(crate) registry: LlmConfigRegistry,
    secrets: MemorySecrets,
    db: IndexedDb,
}

impl Work {
    /// Over this database; every change is mirrored into `ctx`.
    pub(crate) fn new(ctx: Ctx, db: &IndexedDb) -> Self {
        let secrets = MemorySecrets::new();
        let ports = db.ports(&secrets);
        let manager = FineTuneJobManager::new(Rc::clone(&ports.store));
        let registry = LlmConfigRegistry::new(Rc::clone(&ports.store), Rc::clone(&ports.clock));
        let tuner = VisionFinetuner::new(manager, ports.clone())
            .with_registry(Rc::new(registry.clone()))
            .on_update(move |u| heard(ctx, &u));
        Self {
            ports,
            tuner,
            registry,
            secrets,
            db: db.clone(),
        }
    }

    /// Keeps a key in this tab's memory, and nowhere else.
    pub(crate) fn set_key(&self, ctx: Ctx, name: &str, key: &str) {
        self.secrets.insert(name, Secret::new(key.trim()));
        ctx.keys.update(|k| {
            if key.trim().is_empty() {
                k.remove(name);
            } else {
                k.insert(name.to_owned());
            }
        });
    }

    fn jobs(&self) -> &FineTuneJobManager {
        self.tuner.job_manager()
    }
}

/// Takes a change of a job into the pages.
fn heard(ctx: Ctx, update: &News<'_>) {
    match update {
        News::Job(job) | News::Elsewhere(job) => put(ctx, job),
        News::Upload { job, progress } => {
            ctx.uploads.update(|u| {
                u.insert(job.job_id.clone(), *progress);
            });
        }
        News::Metrics { job, points } => {
            ctx.points.update(|all| {
                all.insert(job.job_id.clone(), points.to_vec());
            });
        }
        News::Checkpoints { job, checkpoints } => {
            ctx.checkpoints.update(|all| {
                all.insert(job.job_id.clone(), checkpoints.to_vec());
            });
        }
        News::Events { job, events } => {
            ctx.events.update(|all| {
                if let Some(list) = all.get_mut(&job.job_id) {
                    let known: BTreeSet<&str> = list.iter().map(|e| e.id.as_str()).collect();
                    let fresh: Vec<RemoteEvent> = events
                        .iter()
                        .filter(|e| !known.contains(e.id.as_str()))
                        .cloned()
                        .collect();
                    list.extend(fresh);
                }
            });
        }
    }
}

/// Shows a job as it is in the store.
pub(crate) fn put(ctx: Ctx, job: &FineTuneJob) {
    let finished = job.state.is_final()
        && ctx.jobs.with_untracked(|l| {
            l.iter()
                .any(|j| j.job_id == job.job_id && !j.state.is_final())
        });
    ctx.jobs.update(
        |list| match list.iter_mut().find(|j| j.job_id == job.job_id) {
            Some(old) => *old = job.clone(),
            None => list.insert(0, job.clone()),
        },
    );
    if finished {
        let tone = if job.model_name.is_some() {
            Tone::Ok
        } else {
            Tone::Warn
        };
        ctx.toast(tone, format!("Job {} {}", job.job_id, job.state.label()));
        models::reload(ctx);
    }
}

/// Reads jobs and models from the store and goes on with what was under way.
pub(crate) async fn open(ctx: Ctx) -> Result<()> {
    let Some(work) = ctx.work() else {
        return Ok(());
    };
    let mut jobs = work.jobs().list().await?;
    jobs.sort_by_key(|j| std::cmp::Reverse(j.created_at));
    let open = jobs.iter().any(|j| !j.state.is_final());
    ctx.jobs.set(jobs);
    ctx.models.set(work.registry.lineages().await?);
    if open {
        drive(ctx);
    }
    Ok(())
}

/// Reads the events of a job once.
pub(crate) fn load_events(ctx: Ctx, id: String) {
    let Some(work) = ctx.work() else { return };
    if ctx.events.with_untracked(|e| e.contains_key(&id)) {
        return;
    }
    leptos::task::spawn_local(async move {
        match work.jobs().final_metrics(&id).await {
            Ok(points) if points.is_empty() => {}
            Ok(points) => ctx.points.update(|p| {
                p.insert(id.clone(), points);
            }),
            Err(e) => ctx.failed("Numbers could not be read", e),
        }
        match work.jobs().checkpoints(&id).await {
            Ok(list) => ctx.checkpoints.update(|all| {
                all.insert(id.clone(), list);
            }),
            Err(e) => ctx.failed("Checkpoints could not be read", e),
        }
        match work.jobs().events(&id).await {
            Ok(list) => ctx.events.update(|e| {
                e.insert(id, list);
            }),
            Err(e) => ctx.failed("Events could not be read", e),
        }
    });
}

/// Drives all jobs until none is left that could go on. Called again, it tries once more what it
/// had given up.
pub(crate) fn drive(ctx: Ctx) {
    let Some(work) = ctx.work() else { return };
    let turn = ctx.turn.get_value() + 1;
    ctx.turn.set_value(turn);
    leptos::task::spawn_local(async move {
        let mut scheduler = Scheduler::new(work.tuner.clone());
        // A later call has a scheduler of its own; the locks of this one fall with it.
        while ctx.turn.get_value() == turn {
            let next = match scheduler.drive_all().await {
                Ok(next) => next,
                Err(e) => {
                    ctx.failed("Jobs stand still", e);
                    None
                }
            };
            let stuck: BTreeMap<String, String> = scheduler
                .errors()
                .map(|(id, e)| (id.to_owned(), e.told()))
                .collect();
            if ctx.stuck.with_untracked(|s| *s != stuck) {
                ctx.stuck.set(stuck);
            }
            let Some(wait) = next else { return };
            work.ports.clock.sleep(wait).await;
        }
    });
}

/// What is said while the browser's database is not open.
pub(crate) fn closed() -> Error {
    Error::storage("store_closed", "this browser keeps nothing")
        .hint("allow storage for this page, leave private browsing, and reload")
}

/// Stores a job over the samples there are; the drive of all jobs goes on with it.
///
/// # Errors
/// What stops the start.
pub(crate) async fn start(ctx: Ctx, config: FineTuneConfig) -> Result<String> {
    let work = ctx.work().ok_or_else(closed)?;
    let job = work.tuner.enqueue(&config).await?;
    drive(ctx);
    Ok(job.job_id)
}

/// Stores another try of the job `earlier`, over the dataset that it had.
///
/// # Errors
/// What stops the start.
pub(crate) async fn start_again(ctx: Ctx, earlier: &str, config: FineTuneConfig) -> Result<String> {
    let work = ctx.work().ok_or_else(closed)?;
    let old = work.jobs().get(earlier).await?;
    // A job that goes on is no failed try: the new one stands beside it.
    let job = match old.state.is_final() {
        true => work.tuner.retry(earlier, &config).await?,
        false => work.tuner.enqueue(&config).await?,
    };
    drive(ctx);
    Ok(job.job_id)
}

/// What a start would send, and where, and what the vendor says of the key. Asks the vendor, so
/// only at the user's word.
///
/// # Errors
/// A failure of storage.
pub(crate) async fn preflight(ctx: Ctx, config: FineTuneConfig) -> Result<Preflight> {
    let work = ctx.work().ok_or_else(closed)?;
    work.tuner.preflight(&config, Ask::Vendor).await
}

/// Asks for a running job to be paused, or to go on.
pub(crate) fn pause(ctx: Ctx, id: String, pause: bool) {
    let Some(work) = ctx.work() else { return };
    leptos::task::spawn_local(async move {
        let done = if pause {
            work.tuner.pause(&id).await
        } else {
            work.tuner.resume(&id).await
        };
        if let Err(e) = done {
            ctx.failed(if pause { "Not paused" } else { "Not resumed" }, e);
        }
    });
}

/// Asks for a job to be stopped.
pub(crate) fn cancel(ctx: Ctx, id: String) {
    let Some(work) = ctx.work() else { return };
    leptos::task::spawn_local(async move {
        if let Err(e) = work.tuner.cancel(&id).await {
            ctx.failed("Not cancelled", e);
        }
    });
}

/// Forgets a job that has ended, with a way back.
pub(crate) fn delete(ctx: Ctx, id: String) {
    let Some(work) = ctx.work() else { return };
    leptos::task::spawn_local(async move {
        let gone = match work.jobs().delete(&id).await {
            Ok(gone) => gone,
            Err(e) => return ctx.failed("Not deleted", e),
        };
        ctx.jobs.update(|l| l.retain(|j| j.job_id != id));
        ctx.go(&Route::Jobs);
        ctx.done(format!("{id} is deleted"), move || {
            let Some(work) = ctx.work() else { return };
            let gone = gone.clone();
            leptos::task::spawn_local(async move {
                let back = match work.jobs().put_back(&gone).await {
                    Ok(()) => open(ctx).await,
                    Err(e) => Err(e),
                };
                if let Err(e) = back {
                    ctx.failed("Not put back", e);
                }
            });
        });
    });
}

/// Ends a job here without asking its vendor.
pub(crate) fn give_up(ctx: Ctx, id: String) {
    let Some(work) = ctx.work() else { return };
    leptos::task::spawn_local(async move {
        if let Err(e) = work.tuner.give_up(&id).await {
            ctx.failed("Not given up", e);
        }
    });
}

/// Completes a job whose files cannot be fetched, without them.
pub(crate) fn complete(ctx: Ctx, id: String) {
    let Some(work) = ctx.work() else { return };
    leptos::task::spawn_local(async move {
        if let Err(e) = work.tuner.complete_without_artifacts(&id).await {
            ctx.failed("Not completed", e);
        }
    });
}

/// Name of a file about a job; one of a practice run says so.
pub(crate) fn zip_name(ctx: Ctx, id: &str, what: &str) -> String {
    let practice = |l: &Vec<FineTuneJob>| l.iter().any(|j| j.job_id == id && j.simulated);
    match ctx.jobs.with_untracked(practice) {
        true => format!("{id}-{what}-{SIMULATED}.zip"),
        false => format!("{id}-{what}.zip"),
    }
}

fn artifact_folder(job: &FineTuneJob) -> String {
    format!("{}/artifacts", job.folder())
}

/// The fetched artifacts of a job as one zip file.
pub(crate) async fn artifacts_zip(work: &Work, job: &FineTuneJob) -> Result<Blob> {
    let zip = work
        .tuner
        .zip_artifacts(&artifact_folder(job), Parts::default())
        .await?;
    zip.into_blob("application/zip")
}

/// Fetches the artifacts of a job into this browser's storage: names and files.
pub(crate) async fn artifacts(work: &Work, job: &FineTuneJob) -> Result<Vec<(String, Blob)>> {
    let folder = artifact_folder(job);
    let mut out = Vec::new();
    for path in work.tuner.download_model(&job.job_id, &folder).await? {
        let file = work.db.blob(&path).await?;
        let file = file.ok_or_else(|| file_missing(&path))?;
        let name = path.strip_prefix(&folder).unwrap_or(&path);
        out.push((name.trim_start_matches('/').to_owned(), file));
    }
    Ok(out)
}

/// The jobs as `jobs.json`.
pub(crate) fn export_jobs(ctx: Ctx) {
    let Some(work) = ctx.work() else { return };
    leptos::task::spawn_local(async move {
        match work.jobs().export_json().await {
            Ok(text) => {
                let done = browser::bytes_blob(text.as_bytes(), "application/json")
                    .and_then(|b| browser::download(&b, "jobs.json"));
                if let Err(e) = done {
                    ctx.failed("No download", browser::js_text(&e));
                }
            }
            Err(e) => ctx.failed("Jobs could not be exported", e),
        }
    });
}

/// Reads a `jobs.json`; jobs that are there already stay as they are.
pub(crate) fn import_jobs(ctx: Ctx, text: String) {
    let Some(work) = ctx.work() else { return };
    leptos::task::spawn_local(async move {
        match work.jobs().import_json(&text, false).await {
            Ok(r) => {
                ctx.toast(Tone::Ok, number::import_told(r.added, r.same, "job"));
                if let Err(e) = open(ctx).await {
                    ctx.failed("Jobs could not be read", e);
                }
            }
            Err(e) => ctx.failed("Nothing was imported", e),
        }
    });
}
