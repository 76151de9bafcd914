//! `screensmith jobs`: what became of the jobs, and what can be done with them.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

use crate::base::ports::Ports;
use crate::base::system::block_on;
use crate::cli::run::{self, StoreArg};
use crate::cli::{Outcome, Output};
use crate::error::Result;
use crate::job::{FineTuneJob, FineTuneJobManager};

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
        Action::Watch { id } => return watch(args, id, output),
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

fn manager(ports: &Ports) -> FineTuneJobManager {
    FineTuneJobManager::new(ports.store.clone())
}

/// Drives the job, or looks on while another process drives it.
fn watch(args: &Args, id: &str, output: &Output) -> Result<Outcome> {
    let folder = &args.store.folder;
    let mut told = "";
    loop {
        match run::open(folder) {
            Ok(ports) => {
                let job = block_on(run::finetuner(&ports, output).wait(id))?;
                return run::finish(&job, output);
            }
            Err(e) if e.code() == "store_locked" => {}
            Err(e) => return Err(e),
        }
        let ports = run::open_read_only(folder);
        let job = block_on(manager(&ports).get(id))?;
        if job.state.is_final() {
            return run::finish(&job, output);
        }
        if told != job.state.label() {
            told = job.state.label();
            output.note(&format!("{id}: {told} (driven by another process)"));
        }
        block_on(ports.clock.sleep(500));
    }
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
