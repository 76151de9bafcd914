//! `screensmith jobs`: what became of the jobs, and what can be done with them.

use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, Subcommand};

use crate::base::ports::Ports;
use crate::base::system::block_on;
use crate::cli::run::{self, StoreArg};
use crate::cli::{Outcome, Output};
use crate::error::{Error, Result};
use crate::job::{FineTuneJob, FineTuneJobManager, Scheduler};
use crate::provider::{PROVIDERS, ProviderName};

/// Arguments of `jobs`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    store: StoreArg,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// All jobs, the newest first
    List,
    /// One job
    Show {
        /// Id of the job
        id: String,
    },
    /// Go on with a job, or wait for it, to its end
    Watch {
        /// Id of the job
        id: String,
    },
    /// Stop a job
    Cancel {
        /// Id of the job
        id: String,
    },
    /// Ask the vendor to pause a running job
    Pause {
        /// Id of the job
        id: String,
    },
    /// Ask the vendor to go on with a paused job
    Resume {
        /// Id of the job
        id: String,
    },
    /// Move every job forward until none is left to wait for
    Work,
    /// How many jobs of each provider run at a time
    Slots {
        /// Change a number, such as openai=3
        #[arg(long, value_name = "PROVIDER=NUMBER", value_parser = slot)]
        set: Vec<(ProviderName, u32)>,
    },
    /// Copy what a job left behind
    Artifacts {
        /// Id of the job
        id: String,
        /// Folder to copy into
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

/// Runs the command.
pub(super) fn run(args: &Args, output: &Output) -> Result<Outcome> {
    let folder = &args.store.folder;
    let reading = || run::open_read_only(folder);
    match &args.action {
        Action::List => {
            let jobs = block_on(manager(&reading()).list())?;
            output.result(&jobs, |jobs| table(jobs))?;
        }
        Action::Show { id } => {
            let job = block_on(manager(&reading()).get(id))?;
            output.result(&job, run::describe)?;
        }
        Action::Watch { id } => {
            let tuner = run::finetuner(&run::open(folder)?, output);
            let job = block_on(tuner.wait(id))?;
            return run::finish(&job, output);
        }
        Action::Pause { id } => {
            let tuner = run::finetuner(&run::open(folder)?, output);
            let job = block_on(tuner.pause(id))?;
            output.result(&job, run::describe)?;
        }
        Action::Resume { id } => {
            let tuner = run::finetuner(&run::open(folder)?, output);
            let job = block_on(tuner.resume(id))?;
            output.result(&job, run::describe)?;
        }
        Action::Work => return work(folder, output),
        Action::Slots { set } => {
            let ports = run::open(folder)?;
            let manager = manager(&ports);
            let mut slots = block_on(manager.slots())?;
            for (provider, number) in set {
                slots.set(*provider, *number);
            }
            if !set.is_empty() {
                block_on(manager.set_slots(&slots))?;
            }
            let all: std::collections::BTreeMap<&str, u32> = PROVIDERS
                .iter()
                .map(|v| (v.name().id(), slots.of(v.name())))
                .collect();
            output.result(&all, |all| {
                let lines = all.iter().map(|(name, n)| format!("{name}: {n}"));
                lines.collect::<Vec<_>>().join("\n")
            })?;
        }
        Action::Cancel { id } => {
            let ports = run::open(folder)?;
            let tuner = run::finetuner(&ports, output);
            block_on(tuner.cancel(id))?;
            let job = block_on(tuner.wait(id))?;
            output.result(&job, run::describe)?;
        }
        Action::Artifacts { id, out } => {
            let ports = reading();
            let tuner = run::finetuner(&ports, output);
            let to = out.to_string_lossy();
            let paths = block_on(tuner.download_model(id, &to))?;
            output.result(&paths, |paths| paths.join("\n"))?;
        }
    }
    Ok(Outcome::Done)
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
    let mut scheduler = Scheduler::new(run::finetuner(&ports, output));
    block_on(scheduler.work())?;
    let jobs = block_on(manager(&ports).list())?;
    output.result(&jobs, |jobs| table(jobs))?;
    let mut failed = None;
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
