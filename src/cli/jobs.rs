//! `screensmith jobs`: what became of the jobs, and what can be done with them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Subcommand};
use futures_util::future::Either;

use crate::base::ports::Ports;
use crate::base::system::block_on;
use crate::cli::provider::Confirmed;
use crate::cli::run::{self, StoreArg};
use crate::cli::{Outcome, Output};
use crate::error::{Error, ErrorKind, Result};
use crate::job::{
    Ask, Cleaned, FineTuneConfig, FineTuneJob, FineTuneJobManager, Scheduler, VisionFinetuner,
    series,
};
use crate::provider::{Checkpoint, PROVIDERS, ProviderName, RemoteEvent};

/// Arguments of `jobs`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    store: StoreArg,
}

/// A job.
#[derive(Debug, ClapArgs)]
struct Id {
    /// Id of the job
    id: String,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// All jobs, the newest first
    List {
        /// Also those that were put away
        #[arg(long)]
        all: bool,
        /// Only those with this tag
        #[arg(long)]
        tag: Option<String>,
    },
    /// One job
    Show(Id),
    /// Go on with a job, or look on while another process does, to its end
    Watch(Id),
    /// Stop a job
    Cancel {
        #[command(flatten)]
        job: Id,
        /// Ask nobody: end it here, though the vendor may still train it
        #[arg(long)]
        give_up: bool,
    },
    /// Ask the vendor to pause a running job
    Pause(Id),
    /// Ask the vendor to go on with a paused job
    Resume(Id),
    /// Complete a job whose files cannot be fetched from the vendor, without them
    Complete(Id),
    /// Start a job that has ended again, with changes, linked to the old one
    Retry {
        #[command(flatten)]
        job: Id,
        #[command(flatten)]
        changes: Changes,
    },
    /// Print the settings of a job, changed, for another one
    Duplicate {
        #[command(flatten)]
        job: Id,
        #[command(flatten)]
        changes: Changes,
    },
    /// Set the note of a job; without text remove it
    Note {
        #[command(flatten)]
        job: Id,
        /// The note
        #[arg(default_value = "")]
        text: String,
    },
    /// Add and remove tags of a job
    Tag {
        #[command(flatten)]
        job: Id,
        /// Tags to add
        add: Vec<String>,
        /// Tag to remove; repeatable
        #[arg(long)]
        remove: Vec<String>,
    },
    /// Put a job that has ended away
    Archive {
        #[command(flatten)]
        job: Id,
        /// Take it back
        #[arg(long)]
        undo: bool,
    },
    /// Delete the files at the vendor that a job that has ended uploaded; its model stays
    Clean {
        #[command(flatten)]
        job: Id,
        #[command(flatten)]
        confirmed: Confirmed,
    },
    /// Forget a job that has ended, and its events; files and what the vendor has stay
    Delete(Id),
    /// The last events of a job
    Events {
        #[command(flatten)]
        job: Id,
        /// How many
        #[arg(long, default_value_t = 50)]
        limit: usize,
        /// Those before this number
        #[arg(long, value_name = "NUMBER")]
        before: Option<u64>,
    },
    /// The curves of a job, as reported and smoothed
    Metrics {
        #[command(flatten)]
        job: Id,
        /// Most points of a curve; peaks are kept
        #[arg(long, default_value_t = 200)]
        points: usize,
        /// Weight of the smoothing, 0 to below 1
        #[arg(long, default_value_t = 0.6, value_parser = weight)]
        smooth: f64,
    },
    /// The models saved during training, asked from the vendor
    Checkpoints(Id),
    /// Move every job forward until none is left to wait for
    Work,
    /// How many jobs of each provider run at a time
    Slots {
        /// Change a number, such as openai=3
        #[arg(long, value_name = "PROVIDER=NUMBER", value_parser = slot)]
        set: Vec<(ProviderName, u32)>,
    },
    /// Copy what a job left behind; a copy that broke off goes on
    Artifacts {
        #[command(flatten)]
        job: Id,
        /// Folder to copy into
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// The complete run as a zip file: settings, dataset manifest, events, metrics
    Bundle {
        #[command(flatten)]
        job: Id,
        /// File to write
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Changes of settings.
#[derive(Debug, ClapArgs)]
struct Changes {
    /// Name of the new job; else the old one's with a number
    #[arg(long)]
    name: Option<String>,
    /// Change a setting, such as hyperparameters.n_epochs=2; the value is JSON or text
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    set: Vec<String>,
}

/// Runs the command.
pub(super) fn run(args: &Args, output: &Output) -> Result<Outcome> {
    let folder = &args.store.folder;
    let reading = || manager(&run::open_read_only(folder));
    let writing = || Ok::<_, Error>(manager(&run::open(folder)?));
    let tuner = || Ok::<_, Error>(run::finetuner(&run::open(folder)?, output));
    let show = |job: FineTuneJob| output.result(&job, run::describe);
    match &args.action {
        Action::List { all, tag } => {
            let mut jobs = block_on(reading().list())?;
            jobs.retain(|j| {
                (*all || !j.archived) && tag.as_ref().is_none_or(|t| j.tags.contains(t))
            });
            output.result(&jobs, |jobs| match (jobs.as_slice(), tag) {
                ([], Some(tag)) => format!("no job has the tag {tag:?}"),
                _ => table(jobs),
            })?;
        }
        Action::Show(Id { id }) => show(block_on(reading().get(id))?)?,
        Action::Watch(Id { id }) => return run::finish(&block_on(tuner()?.wait(id))?, output),
        Action::Cancel { job, give_up: true } => show(block_on(tuner()?.give_up(&job.id))?)?,
        Action::Cancel { job: Id { id }, .. } => {
            let tuner = tuner()?;
            let job = block_on(tuner.job_manager().get(id))?;
            if job.state.is_final() {
                output.note(&format!("{id}: it has ended already"));
            }
            block_on(tuner.cancel(id))?;
            show(block_on(tuner.wait(id))?)?;
        }
        Action::Pause(Id { id }) => return asked(&tuner()?, id, true, output),
        Action::Resume(Id { id }) => return asked(&tuner()?, id, false, output),
        Action::Complete(Id { id }) => show(block_on(tuner()?.complete_without_artifacts(id))?)?,
        Action::Retry { job, changes } => {
            let tuner = tuner()?;
            let config = changed(tuner.job_manager(), &job.id, changes)?;
            let before = block_on(tuner.preflight(&config, Ask::Vendor))?;
            if !run::may_begin(&before, output)? {
                return Ok(Outcome::Problems);
            }
            let new = block_on(tuner.retry(&job.id, &config))?;
            return run::finish(&run::to_the_end(tuner, &new.job_id)?, output);
        }
        Action::Duplicate { job, changes } => {
            let config = changed(&reading(), &job.id, changes)?;
            let text = serde_json::to_string_pretty(&config)?;
            output.result(&config, |_| text)?;
        }
        Action::Note { job, text } => show(block_on(writing()?.set_note(&job.id, text))?)?,
        Action::Tag { job, add, remove } => {
            show(block_on(writing()?.tag(&job.id, add, remove))?)?;
        }
        Action::Archive { job, undo } => show(block_on(writing()?.archive(&job.id, !undo))?)?,
        Action::Clean { job, confirmed } => {
            let tuner = tuner()?;
            let found = block_on(tuner.cleanable(&job.id))?;
            if found == Cleaned::default() {
                output.result(&found, |_| {
                    format!("{}: nothing of it lies at a vendor", job.id)
                })?;
                return Ok(Outcome::Done);
            }
            confirmed.check(&left(&found))?;
            let done = block_on(tuner.clean(&job.id))?;
            output.result(&done, |done| format!("{}: deleted {}", job.id, left(done)))?;
        }
        Action::Delete(Id { id }) => {
            block_on(writing()?.delete(id))?;
            output.result(&serde_json::json!({"deleted": id}), |_| {
                format!("{id}: forgotten")
            })?;
        }
        Action::Events { job, limit, before } => {
            let manager = reading();
            block_on(manager.get(&job.id))?;
            let page = block_on(manager.events_before(&job.id, *before, *limit))?;
            output.result(&page, |page| {
                if page.events.is_empty() {
                    return "no events".to_owned();
                }
                let line = |e: &RemoteEvent| format!("{} {}", e.created_at, e.message);
                page.events.iter().map(line).collect::<Vec<_>>().join("\n")
            })?;
        }
        Action::Metrics {
            job,
            points,
            smooth,
        } => {
            let manager = reading();
            block_on(manager.get(&job.id))?;
            let all = block_on(manager.metrics(&job.id))?;
            output.result(&series::curves(&all, *smooth, *points), |curves| {
                if curves.is_empty() {
                    return "no numbers yet".to_owned();
                }
                let last = |c: &series::Curve| {
                    let (step, value) = c.raw.last().copied().unwrap_or_default();
                    let (_, smooth) = c.smoothed.last().copied().unwrap_or_default();
                    format!(
                        "{}: {value:.4} at step {step}, smoothed {smooth:.4}",
                        c.name
                    )
                };
                curves.iter().map(last).collect::<Vec<_>>().join("\n")
            })?;
        }
        Action::Checkpoints(Id { id }) => {
            let list = block_on(tuner()?.checkpoints(id))?;
            output.result(&list, |list| {
                if list.is_empty() {
                    return "no checkpoints".to_owned();
                }
                let line = |c: &Checkpoint| format!("step {}: {}", c.step, c.model);
                list.iter().map(line).collect::<Vec<_>>().join("\n")
            })?;
        }
        Action::Work => return work(folder, output),
        Action::Slots { set } => slots(&writing()?, set, output)?,
        Action::Artifacts { job, out } => {
            let ports = run::open_read_only(folder);
            let tuner = run::finetuner(&ports, output);
            let paths = block_on(tuner.download_model(&job.id, &out.to_string_lossy()))?;
            output.result(&paths, |paths| paths.join("\n"))?;
        }
        Action::Bundle { job, out } => {
            let ports = run::open_read_only(folder);
            let bytes = block_on(run::finetuner(&ports, output).bundle(&job.id))?;
            let path = out.to_string_lossy();
            block_on(ports.files.write_all(&path, &bytes))?;
            let told = serde_json::json!({"path": path, "bytes": bytes.len()});
            output.result(&told, |_| format!("{path}: {} bytes", bytes.len()))?;
        }
    }
    Ok(Outcome::Done)
}

/// Asks the vendor to pause a job or to go on with it; a refusal is an error.
fn asked(tuner: &VisionFinetuner, id: &str, pause: bool, output: &Output) -> Result<Outcome> {
    let before = block_on(tuner.job_manager().get(id))?;
    let job = block_on(match pause {
        true => Either::Left(tuner.pause(id)),
        false => Either::Right(tuner.resume(id)),
    })?;
    output.result(&job, run::describe)?;
    let word = if pause { "pause" } else { "resume" };
    let mut new = job.problems.iter().skip(before.problems.len());
    match new.find(|p| p.path == word) {
        Some(p) => Err(
            Error::new(ErrorKind::Provider, p.code.clone(), p.message.clone())
                .at(id)
                .hint(p.hint.clone()),
        ),
        None => Ok(Outcome::Done),
    }
}

/// The settings of a job with changes, under a free name.
fn changed(manager: &FineTuneJobManager, id: &str, changes: &Changes) -> Result<FineTuneConfig> {
    let config = block_on(manager.duplicate(id))?;
    let mut json = serde_json::to_value(&config)?;
    if let Some(name) = &changes.name {
        json["job_name"] = name.as_str().into();
    }
    for change in &changes.set {
        let (path, text) = change.split_once('=').ok_or_else(|| {
            Error::caller("set", format!("{change:?} has no ="))
                .at("--set")
                .hint("write FIELD=VALUE, such as hyperparameters.n_epochs=2")
        })?;
        let value = serde_json::from_str(text).unwrap_or_else(|_| text.into());
        let pointer = format!("/{}", path.replace('.', "/"));
        let (parent, field) = pointer.rsplit_once('/').unwrap_or_default();
        match json.pointer_mut(parent).and_then(|p| p.as_object_mut()) {
            Some(map) => map.insert(field.to_owned(), value),
            None => {
                return Err(Error::caller("set", format!("there is no field {path:?}"))
                    .at("--set")
                    .hint("the fields are those of the configuration"));
            }
        };
    }
    FineTuneConfig::from_value(json).map_err(|e| {
        let field = e.path().unwrap_or("--set").to_owned();
        Error::caller("set", e.message())
            .at(field)
            .hint("the fields are those of the configuration")
    })
}

/// What a job left at its vendor, in words.
fn left(found: &Cleaned) -> String {
    match (found.files.as_slice(), found.pictures) {
        (files, 0) => files.join(", "),
        ([], n) => format!("{n} pictures"),
        (files, n) => format!("{} and {n} pictures", files.join(", ")),
    }
}

/// Prints the slots, changed if asked.
fn slots(manager: &FineTuneJobManager, set: &[(ProviderName, u32)], output: &Output) -> Result<()> {
    let mut slots = block_on(manager.slots())?;
    for (provider, number) in set {
        slots.set(*provider, *number);
    }
    if !set.is_empty() {
        block_on(manager.set_slots(&slots))?;
    }
    let all: BTreeMap<&str, u32> = PROVIDERS
        .iter()
        .map(|v| (v.name().id(), slots.of(v.name())))
        .collect();
    output.result(&all, |all| {
        let lines = all.iter().map(|(name, n)| format!("{name}: {n}"));
        lines.collect::<Vec<_>>().join("\n")
    })
}

fn weight(text: &str) -> std::result::Result<f64, String> {
    match text.parse() {
        Ok(w) if (0.0..1.0).contains(&w) => Ok(w),
        _ => Err(format!("{text:?} is no number from 0 to below 1")),
    }
}

fn slot(text: &str) -> std::result::Result<(ProviderName, u32), String> {
    let (name, number) = text.split_once('=').ok_or("write PROVIDER=NUMBER")?;
    let vendor = PROVIDERS.iter().find(|v| v.name().id() == name);
    let vendor = vendor.ok_or_else(|| format!("there is no provider {name:?}"))?;
    match number.parse() {
        Ok(n) if n > 0 => Ok((vendor.name(), n)),
        _ => Err(format!("{number:?} is no number from 1")),
    }
}

/// Drives every job, and says at the end which could not go on.
fn work(folder: &Path, output: &Output) -> Result<Outcome> {
    let ports = run::open(folder)?;
    let ended = |j: &FineTuneJob| j.state.is_final();
    let before = block_on(manager(&ports).list())?;
    let before: BTreeSet<String> = before.into_iter().filter(ended).map(|j| j.job_id).collect();
    let mut scheduler = Scheduler::new(run::finetuner(&ports, output));
    block_on(scheduler.work())?;
    let jobs = block_on(manager(&ports).list())?;
    output.result(&jobs, |jobs| table(jobs))?;
    let mut failed = None;
    for e in jobs
        .iter()
        .filter(|j| !before.contains(&j.job_id))
        .filter_map(run::failure)
    {
        output.note(&e.to_string());
        failed = Some(e);
    }
    for (id, e) in scheduler.errors() {
        output.note(&format!("{id}: {e}"));
        failed = Some(Error::new(e.kind(), e.code().to_owned(), e.message()).at(id));
    }
    failed.map_or(Ok(Outcome::Done), Err)
}

fn manager(ports: &Ports) -> FineTuneJobManager {
    FineTuneJobManager::new(ports.store.clone())
}

fn table(jobs: &[FineTuneJob]) -> String {
    if jobs.is_empty() {
        return "no jobs yet; start one with: screensmith run --config finetune.json".to_owned();
    }
    let mut rows = vec![["JOB", "STATUS", "PROVIDER", "MODEL", "UPDATED"].map(str::to_owned)];
    for job in jobs {
        let mark = if job.simulated { " (SIMULATED)" } else { "" };
        rows.push([
            job.job_id.clone(),
            job.state.label().to_owned(),
            format!("{}{mark}", job.provider.id()),
            job.model_name
                .clone()
                .unwrap_or_else(|| job.config.base_model.clone()),
            job.updated_at.to_string(),
        ]);
    }
    columns(&rows)
}

/// Rows with their cells under each other.
pub(super) fn columns<const N: usize>(rows: &[[String; N]]) -> String {
    let width = |i: usize| rows.iter().map(|r| r[i].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..N).map(width).collect();
    let line = |r: &[String; N]| {
        let cells = r.iter().zip(&widths).map(|(c, w)| format!("{c:<w$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}
