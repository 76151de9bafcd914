//! `screensmith run`: the whole flow of a fine-tuning job, to a registered model.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use clap::Args as ClapArgs;

use crate::base::ports::Ports;
use crate::base::system::block_on;
use crate::cli::{Outcome, Output};
use crate::error::{Error, Result};
use crate::job::{
    Ask, FineTuneConfig, FineTuneJob, FineTuneJobManager, Hold, JobStatus, Preflight, Row,
    Scheduler, State, Update, VisionFinetuner,
};
use crate::problem::Problem;
use crate::provider::{Access, Level, Scenario, Simulation};
use crate::registry::LlmConfigRegistry;
use crate::store::files::{self, FileStore};

/// How much faster than the practice timeline the command line runs: about three seconds.
const PRACTICE_SPEED: f64 = 10.0;

/// Arguments of `run`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// FineTuneConfig as JSON
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Only tell what would be sent where, what is wrong, what it would cost, and, after asking
    /// the vendor, whether the key may do it; nothing is created
    #[arg(long, visible_alias = "dry-run")]
    preflight: bool,
    /// Do not ask the vendor before the start
    #[arg(long)]
    offline: bool,
    /// Only ask the vendor what the key may do; nothing is created
    #[arg(long, conflicts_with_all = ["preflight", "enqueue"])]
    check_key: bool,
    /// Only put it into the queue: `jobs work` goes on with it
    #[arg(long, conflicts_with = "preflight")]
    enqueue: bool,
    /// Practise: nothing is sent, nothing is trained, everything is marked SIMULATED
    #[arg(long)]
    simulated: bool,
    /// What happens in a practice run
    #[arg(long, value_name = "SCENARIO", requires = "simulated", value_parser = scenarios())]
    scenario: Option<String>,
    #[command(flatten)]
    store: StoreArg,
}

/// The folder of jobs and registry.
#[derive(Clone, Debug, ClapArgs)]
pub(super) struct StoreArg {
    /// Folder of jobs and registry
    #[arg(
        long = "store",
        global = true,
        value_name = "DIR",
        default_value = "./finetune_runs"
    )]
    pub(super) folder: PathBuf,
}

fn scenarios() -> clap::builder::PossibleValuesParser {
    let ids = Scenario::ALL
        .iter()
        .map(|(_, id, text)| clap::builder::PossibleValue::new(*id).help(*text));
    clap::builder::PossibleValuesParser::new(ids)
}

/// Runs the command.
pub(super) fn run(args: &Args, output: &Output) -> Result<Outcome> {
    let config = read_config(args)?;
    let ports = open(&args.store.folder)?;
    let tuner = finetuner(&ports, output);
    if args.check_key {
        let access = block_on(tuner.check_key(&config))?;
        output.problems(&access.problems, 20);
        output.result(&access, rights)?;
        return Ok(match access.problems.iter().any(Problem::is_error) {
            false => Outcome::Done,
            true => Outcome::Problems,
        });
    }
    // A job that is there goes on, and asks for what it needs itself.
    let known = match &config.job_name {
        Some(name) => block_on(tuner.job_manager().find(name))?.is_some(),
        None => false,
    };
    let ask = match args.offline || args.enqueue || (known && !args.preflight) {
        true => Ask::Nobody,
        false => Ask::Vendor,
    };
    let before = block_on(tuner.preflight(&config, ask))?;
    if args.preflight {
        output.problems(&before.problems, 20);
        output.result(&before, forecast)?;
        return Ok(match before.ok() {
            true => Outcome::Done,
            false => Outcome::Problems,
        });
    }
    if known {
        // What it sends and costs was told when it was new.
        output.problems(&before.problems, 20);
    } else if args.enqueue {
        output.problems(&before.problems, 20);
        output.note(&forecast(&before));
    } else if !may_begin(&before, output)? {
        return Ok(Outcome::Problems);
    }
    let job = block_on(tuner.enqueue(&config))?;
    if args.enqueue {
        output.result(&job, describe)?;
        return Ok(Outcome::Done);
    }
    finish(&to_the_end(tuner, &job.job_id)?, output)
}

/// Tells what a new job would send and cost; false when it cannot come to an end, and so is not
/// begun.
pub(super) fn may_begin(before: &Preflight, output: &Output) -> Result<bool> {
    output.problems(&before.problems, 20);
    if before.can_begin() {
        output.note(&forecast(before));
        return Ok(true);
    }
    output.result(before, forecast)?;
    output.note(match before.refusal {
        Some(_) => "nothing was started: the vendor would refuse the job",
        None => "nothing was started: mend the errors first",
    });
    Ok(false)
}

/// Drives a stored job to its end; while it waits for others, drives those too, because nobody
/// else may be doing so.
pub(super) fn to_the_end(tuner: VisionFinetuner, job_id: &str) -> Result<FineTuneJob> {
    let job = block_on(tuner.job_manager().get(job_id))?;
    if matches!(job.state, State::Waiting) {
        block_on(Scheduler::new(tuner).work_until(job_id))
    } else {
        block_on(tuner.wait(job_id))
    }
}

/// What a key may do, in a line.
fn rights(access: &Access) -> String {
    let word = |yes| if yes { "yes" } else { "no" };
    format!(
        "the key works; models: {}, files: {}, training jobs: {}",
        word(access.models),
        word(access.files),
        word(access.jobs)
    )
}

/// What would happen, in a few lines.
fn forecast(p: &Preflight) -> String {
    let row = |r: &Row| {
        let hint = match r.hint.as_str() {
            "" => String::new(),
            hint => format!(" ({hint})"),
        };
        format!("{:<13} {:<12} {}{hint}", r.what, r.state.label(), r.text)
    };
    let mut out: Vec<String> = p.rows.iter().map(row).collect();
    for s in &p.sends {
        let file = s
            .file
            .clone()
            .unwrap_or_else(|| format!("{} files", s.files));
        let bytes = s.bytes.div_ceil(1024);
        out.push(format!(
            "sends {} ({file}, {bytes} KB, {} pictures) to {}",
            s.what, s.images, s.host
        ));
    }
    if p.sends.is_empty() {
        out.push("sends nothing".to_owned());
    }
    out.push(format!(
        "{} training and {} validation examples",
        p.examples[0], p.examples[1]
    ));
    if let Some(e) = &p.estimate {
        let tokens = e.training_tokens.map(|t| format!("about {t}"));
        let price = e.usd.map(|usd| format!("about ${usd:.2}"));
        out.push(format!(
            "training tokens: {}, in {} epochs{}; price: {}{}",
            tokens.as_deref().unwrap_or("not known"),
            e.epochs,
            if e.epochs_guessed { " (a guess)" } else { "" },
            price.as_deref().unwrap_or("not known"),
            if e.as_of.is_empty() {
                String::new()
            } else {
                format!(" (as of {})", e.as_of)
            },
        ));
    }
    for (what, m) in [
        ("jobs until", &p.open_until),
        ("model until", &p.model_until),
    ] {
        if let Some(m) = m {
            out.push(format!("{what} {} (source: {})", m.date, m.source));
        }
    }
    if p.simulated {
        out.push("SIMULATED: a practice run, nothing is trained".to_owned());
    }
    out.join("\n")
}

fn read_config(args: &Args) -> Result<FineTuneConfig> {
    let path = args.config.display().to_string();
    let text = std::fs::read_to_string(&args.config).map_err(|e| {
        Error::caller("file_unreadable", e.to_string())
            .at(path.clone())
            .hint("check the path")
    })?;
    let mut config = FineTuneConfig::from_json(&text).map_err(|e| {
        let field = e.path().map(|p| format!(": {p}")).unwrap_or_default();
        Error::caller("config_json", e.message())
            .at(format!("{path}{field}"))
            .hint("the README shows configurations of jobs under \"Real jobs\"")
    })?;
    if args.simulated {
        let simulation = config
            .provider_options
            .simulated
            .get_or_insert_with(|| Simulation {
                speed: PRACTICE_SPEED,
                ..Simulation::default()
            });
        let chosen = args.scenario.as_deref();
        if let Some((scenario, ..)) = Scenario::ALL.iter().find(|s| Some(s.1) == chosen) {
            simulation.scenario = *scenario;
        }
    }
    Ok(config)
}

/// The ports of this machine around the store in `folder`.
pub(super) fn open(folder: &Path) -> Result<Ports> {
    Ok(files::ports(Rc::new(FileStore::open(folder)?)))
}

/// The same for reading, beside another process.
pub(super) fn open_read_only(folder: &Path) -> Ports {
    files::ports(Rc::new(FileStore::open_read_only(folder)))
}

/// The registry in the store.
pub(super) fn registry(ports: &Ports) -> LlmConfigRegistry {
    LlmConfigRegistry::new(ports.store.clone(), ports.clock.clone())
}

/// A driver that tells its progress on stderr.
pub(super) fn finetuner(ports: &Ports, output: &Output) -> VisionFinetuner {
    let output = output.clone();
    let told = RefCell::new(BTreeMap::<String, (&str, usize)>::new());
    let manager = FineTuneJobManager::new(ports.store.clone());
    VisionFinetuner::new(manager, ports.clone())
        .with_registry(Rc::new(registry(ports)))
        .on_update(move |update| match update {
            Update::Elsewhere(job) => {
                if is_news(&mut told.borrow_mut(), job) {
                    output.note(&format!(
                        "{}: {} (driven by another process)",
                        job.job_id,
                        job.state.label()
                    ));
                }
            }
            Update::Job(job) => {
                let known = told.borrow().get(&job.job_id).map(|(_, n)| *n);
                if is_news(&mut told.borrow_mut(), job) {
                    output.note(&format!("{}: {}", job.job_id, job.state.label()));
                }
                // What preparation found was told before the start.
                if let (Some(known), Some(_)) = (known, job.state.remote_id()) {
                    for p in job.problems.iter().skip(known) {
                        output.note(&format!("{}: {p}", job.job_id));
                    }
                }
                if let Some(hold) = &job.hold {
                    output.note(&format!("{}: {}", job.job_id, hold.told()));
                }
            }
            Update::Upload { job, progress } => output.progress(&format!(
                "{}: {} of {} KB",
                job.job_id,
                progress.done.div_ceil(1024),
                progress.total.div_ceil(1024)
            )),
            Update::Metrics { job, points } => {
                output.note(&format!(
                    "{}: the numbers of {} steps",
                    job.job_id,
                    points.len()
                ));
            }
            Update::Checkpoints { .. } => {}
            Update::Events { events, .. } => {
                for e in events {
                    let text = format!("{} {}", e.created_at, e.message);
                    match (e.level, e.metrics) {
                        (Level::Info, Some(_)) => output.progress(&text),
                        _ => output.note(&text),
                    }
                }
            }
        })
}

/// Whether the state of a job is another one than `told` last; remembers it, and how many
/// findings it has.
fn is_news(told: &mut BTreeMap<String, (&'static str, usize)>, job: &FineTuneJob) -> bool {
    let now = (job.state.label(), job.problems.len());
    let before = told.insert(job.job_id.clone(), now);
    before.is_none_or(|(label, _)| label != now.0)
}

/// Prints a job that has ended and turns its status into the exit code.
pub(super) fn finish(job: &FineTuneJob, output: &Output) -> Result<Outcome> {
    output.problems(&job.problems, 20);
    output.result(job, describe)?;
    if job.can_be_cleaned() {
        output.note(&format!(
            "its files still lie at the vendor; delete them with: jobs clean {}",
            job.job_id
        ));
    }
    match job.status {
        JobStatus::Cancelled => {
            Err(Error::cancelled("the job was cancelled").at(job.job_id.clone()))
        }
        _ => failure(job).map_or(Ok(Outcome::Done), Err),
    }
}

/// Why a job failed.
pub(super) fn failure(job: &FineTuneJob) -> Option<Error> {
    let State::Failed { error, .. } = &job.state else {
        return None;
    };
    let (code, message) = (error.code.clone(), error.message.clone());
    let failed = Error::new(crate::ErrorKind::Provider, code, message).at(job.job_id.clone());
    Some(match error.hint.as_str() {
        "" => failed,
        hint => failed.hint(hint),
    })
}

/// A job in a few lines.
pub(super) fn describe(job: &FineTuneJob) -> String {
    let mut out = format!("{}: {}\n", job.job_id, job.state.label());
    let mut line = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            out += &format!("  {name:<11} {value}\n");
        }
    };
    line("provider", Some(job.provider.vendor().label().to_owned()));
    line("waits for", job.waits_for());
    if let State::Failed { error, .. } = &job.state {
        let hint = match error.hint.as_str() {
            "" => String::new(),
            hint => format!(" ({hint})"),
        };
        line(
            "why",
            Some(format!("{}{hint} [{}]", error.message, error.code)),
        );
    }
    for p in &job.problems {
        line("note", Some(p.to_string()));
    }
    if job.simulated {
        line(
            "practice",
            Some("SIMULATED: nothing was sent, nothing is trained".to_owned()),
        );
    }
    line("base model", Some(job.config.base_model.clone()));
    line("model", job.model_name.clone());
    line(
        "registered",
        job.config
            .register_llm_key
            .clone()
            .filter(|_| job.status == JobStatus::Completed),
    );
    line("artifacts", job.output_artifact.clone());
    if job.awaits_training() {
        let text = "nothing is trained yet: the README.md in that folder says how";
        line("next", Some(text.to_owned()));
    }
    line(
        "samples",
        Some(format!(
            "{} training, {} validation",
            job.metrics.train_samples, job.metrics.validation_samples
        )),
    );
    let loss = |v: Option<f64>| v.map(|v| format!("{v:.4}"));
    line("train loss", loss(job.metrics.train_loss));
    line("valid loss", loss(job.metrics.validation_loss));
    let estimate = job.estimate.as_ref().and_then(|e| e.training_tokens);
    if job.metrics.trained_tokens.is_some() || estimate.is_some() {
        let number = |n: Option<u64>| n.map_or_else(|| "unknown".to_owned(), |n| n.to_string());
        let (billed, about) = (number(job.metrics.trained_tokens), number(estimate));
        line(
            "tokens",
            Some(format!("{billed} billed, {about} estimated")),
        );
    }
    line(
        "progress",
        job.progress()
            .map(|p| format!("step {} of {}", p.done, p.total)),
    );
    line("held", job.hold.as_ref().map(Hold::told));
    if job.hold.is_some() && matches!(job.state, State::Saving { .. }) {
        line(
            "or",
            Some(format!("without its files: jobs complete {}", job.job_id)),
        );
    }
    line("finish", job.estimated_finish.map(|t| t.to_string()));
    line("retry of", job.retry_of.clone());
    let tags: Vec<&str> = job.tags.iter().map(String::as_str).collect();
    line("tags", (!tags.is_empty()).then(|| tags.join(", ")));
    line("note", (!job.note.is_empty()).then(|| job.note.clone()));
    line("updated", Some(job.updated_at.to_string()));
    out
}
