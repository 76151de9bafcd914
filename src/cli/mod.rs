//! The native command line: thin over the library, one file per command.
//!
//! Results go to stdout, progress and problems to stderr. Exit codes: 0 done, 1 problems found
//! in the data, 2 wrong use, 3 failed.

mod compare;
mod generate;
mod jobs;
mod lines;
mod output;
mod preview;
mod provider;
mod proxy;
mod registry;
mod run;
mod stats;
mod stopwatch;

use std::fs::File;
use std::io::{BufReader, Write as _};
use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::base::json::fault;
use crate::base::strict;
use crate::dataset::Records;
use crate::error::{Error, ErrorKind, Result};
pub use output::Output;
use stopwatch::Stopwatch;

/// Synthetic UI screenshots with exact ground truth, from generation to a registered model.
#[derive(Debug, Parser)]
#[command(name = "screensmith", version, max_term_width = 100)]
#[command(after_help = "Exit codes: 0 done, 1 problems found, 2 wrong use, 3 failed.")]
struct Cli {
    /// Print the result as JSON on stdout (progress stays on stderr)
    #[arg(long, global = true)]
    json: bool,
    /// Print no progress
    #[arg(long, short, global = true)]
    quiet: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a dataset: screenshots, pages, ground truth
    Generate(generate::Args),
    /// Split a dataset and write a provider's training and validation lines
    Format(lines::FormatArgs),
    /// Check a file of provider lines
    Validate(lines::ValidateArgs),
    /// Count what is in a dataset
    Stats(stats::Args),
    /// Draw a contact sheet of a dataset, with boxes
    Preview(preview::Args),
    /// Fine-tune: split, format, upload, train, register
    Run(run::Args),
    /// Look after fine-tuning jobs
    Jobs(jobs::Args),
    /// What lies at a vendor: models that the key sees, deleting files and tuned models
    Provider(provider::Args),
    /// Tuned models and their export
    Registry(registry::Args),
    /// Compare a base and a tuned model on the same questions
    Compare(compare::Args),
    /// Let a page in a browser talk to vendors that answer no browser
    Proxy(proxy::Args),
}

/// How a command that did not fail ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is fine: exit code 0.
    Done,
    /// The command ran, and found blocking problems in the data: exit code 1.
    Problems,
}

/// Runs the command line with the arguments of this process.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => return misused(&e),
    };
    let output = Output::new(cli.json, cli.quiet);
    match run(cli.command, &output) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Problems) => ExitCode::from(1),
        Err(e) => {
            output.error(&e);
            ExitCode::from(if e.kind() == ErrorKind::Caller { 2 } else { 3 })
        }
    }
}

/// Help, the version, or what is wrong with the arguments; with `--json` on stdout too, as every
/// error.
fn misused(e: &clap::Error) -> ExitCode {
    // A closed terminal is no reason to fail.
    let _ = e.print();
    let json = std::env::args_os().any(|a| a == "--json");
    if json && e.use_stderr() {
        let text = e.render().to_string();
        let first = text.split("\n\n").next().unwrap_or_default();
        let message = first.trim().trim_start_matches("error: ");
        let value = serde_json::json!({"error": {
            "kind": ErrorKind::Caller, "code": "usage", "path": null, "message": message,
            "hint": "see --help",
        }});
        let _ = writeln!(std::io::stdout(), "{value}");
    }
    // Clap's own codes: 0 for help and version, 2 for wrong use.
    ExitCode::from(if e.use_stderr() { 2 } else { 0 })
}

fn run(command: Command, output: &Output) -> Result<Outcome> {
    match command {
        Command::Generate(args) => generate::run(&args, output),
        Command::Format(args) => lines::format(&args, output),
        Command::Validate(args) => lines::validate(&args, output),
        Command::Stats(args) => stats::run(&args, output),
        Command::Preview(args) => preview::run(&args, output),
        Command::Run(args) => run::run(&args, output),
        Command::Jobs(args) => jobs::run(&args, output),
        Command::Provider(args) => provider::run(&args, output),
        Command::Registry(args) => registry::run(&args, output),
        Command::Compare(args) => compare::run(&args, output),
        Command::Proxy(args) => proxy::run(&args, output),
    }
}

/// The records of a dataset file, one at a time.
fn open_records(path: &Path) -> Result<Records<BufReader<File>>> {
    let file = File::open(path).map_err(|e| {
        Error::caller("file_unreadable", e.to_string())
            .at(path.display().to_string())
            .hint("check the path")
    })?;
    Ok(Records::new(BufReader::with_capacity(1 << 20, file)))
}

/// Reads a JSON file into a type that refuses unknown fields.
fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T> {
    let bytes = std::fs::read(path).map_err(|e| {
        Error::caller("file_unreadable", e.to_string())
            .at(path.display().to_string())
            .hint("check the path")
    })?;
    let wrong = |message: String, field: Option<String>| {
        let file = path.display().to_string();
        let place = field.map_or(file.clone(), |field| format!("{file}: {field}"));
        Error::caller("config_invalid", message)
            .at(place)
            .hint("the README lists the fields under \"Configuration\"")
    };
    let mut json = serde_json::Deserializer::from_slice(&bytes);
    let read =
        strict::with_path(&mut json).map_err(|e| wrong(fault(e.inner()), strict::field(&e)))?;
    json.end().map_err(|e| wrong(fault(&e), None))?;
    Ok(read)
}
