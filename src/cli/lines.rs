//! `screensmith format` and `screensmith validate`: provider lines, and what is wrong with them.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use serde::Serialize;

use crate::cli::{Outcome, Output};
use crate::error::{Error, Result};
use crate::format::{
    self, DatasetPreparator, FormatOptions, Prepared, Purpose, Report, Validator, check_pair,
};
use crate::problem::{self, Problem};

/// Options that both commands take.
#[derive(Debug, ClapArgs)]
struct Target {
    /// Whose lines: openai, gemini, custom …
    #[arg(long)]
    provider: String,
    /// Base model, for checks and estimates
    #[arg(long)]
    model: Option<String>,
    /// How coordinates are written; see the README
    #[arg(long)]
    convention: Option<String>,
}

impl Target {
    fn options(&self) -> FormatOptions {
        FormatOptions {
            model: self.model.clone(),
            convention: self.convention.clone(),
            ..FormatOptions::default()
        }
    }
}

/// Arguments of `format`.
#[derive(Debug, ClapArgs)]
pub(super) struct FormatArgs {
    #[command(flatten)]
    target: Target,
    /// Dataset file (JSONL)
    #[arg(long = "in", value_name = "FILE")]
    input: PathBuf,
    /// Folder to write train.jsonl and validation.jsonl into
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Share of the validation side
    #[arg(long, default_value_t = 0.1)]
    validation_split: f64,
    /// Where pictures will lie, put before their path: gs://bucket/run1/
    #[arg(long, value_name = "URI")]
    image_uri_prefix: Option<String>,
    /// Kinds of tasks, separated by commas
    #[arg(long, value_delimiter = ',', default_value = "listing")]
    tasks: Vec<String>,
}

/// Arguments of `validate`.
#[derive(Debug, ClapArgs)]
pub(super) struct ValidateArgs {
    #[command(flatten)]
    target: Target,
    /// File of lines (JSONL)
    file: PathBuf,
    /// The training file, when FILE is for validation: both are compared
    #[arg(long, value_name = "FILE")]
    train: Option<PathBuf>,
}

#[derive(Serialize)]
struct Formatted {
    #[serde(flatten)]
    prepared: Prepared,
    train_report: Report,
    validation_report: Option<Report>,
    overlap: Vec<Problem>,
}

/// Runs `format`: splits, writes, and checks what was written.
///
/// # Errors
/// Wrong options, unreadable input, file system errors.
pub(super) fn format(args: &FormatArgs, out: &Output) -> Result<Outcome> {
    let options = FormatOptions {
        image_uri_prefix: args.image_uri_prefix.clone(),
        tasks: args.tasks.clone(),
        ..args.target.options()
    };
    let target = format::format(&args.target.provider)?;
    problem::check(&options.validate(target))?;
    let prepared = DatasetPreparator {
        provider: args.target.provider.clone(),
        validation_split: args.validation_split,
        options: options.clone(),
    }
    .prepare(&args.input, &args.out)?;
    let train_report = check(&prepared.train, &args.target, &options, Purpose::Training)?;
    let validation_report = if prepared.validation_lines > 0 {
        Some(check(
            &prepared.validation,
            &args.target,
            &options,
            Purpose::Validation,
        )?)
    } else {
        None
    };
    let result = Formatted {
        overlap: validation_report
            .as_ref()
            .map(|v| check_pair(&train_report, v))
            .unwrap_or_default(),
        prepared,
        train_report,
        validation_report,
    };
    let reports = std::iter::once(&result.train_report).chain(&result.validation_report);
    let problems: Vec<Problem> = result
        .prepared
        .problems
        .iter()
        .chain(reports.flat_map(|r| &r.problems))
        .chain(&result.overlap)
        .cloned()
        .collect();
    out.problems(&problems, 20);
    out.result(&result, |r| {
        format!(
            "{} lines in {}\n{} lines in {}",
            r.prepared.train_lines,
            r.prepared.train.display(),
            r.prepared.validation_lines,
            r.prepared.validation.display()
        )
    })?;
    Ok(outcome(&problems))
}

/// Runs `validate`.
///
/// # Errors
/// Wrong options and unreadable files.
pub(super) fn validate(args: &ValidateArgs, out: &Output) -> Result<Outcome> {
    let options = args.target.options();
    let purpose = if args.train.is_some() {
        Purpose::Validation
    } else {
        Purpose::Training
    };
    let mut report = check(&args.file, &args.target, &options, purpose)?;
    if let Some(train) = &args.train {
        let train = check(train, &args.target, &options, Purpose::Training)?;
        report.problems.extend(check_pair(&train, &report));
    }
    out.problems(&report.problems, 20);
    out.result(&report, |r| {
        let errors = r.problems.iter().filter(|p| p.is_error()).count();
        format!(
            "{} lines, {} pictures, {} bytes: {}",
            r.examples,
            r.images,
            r.bytes,
            match errors {
                0 => "no errors".to_owned(),
                n => format!("{n} errors"),
            }
        )
    })?;
    Ok(outcome(&report.problems))
}

fn outcome(problems: &[Problem]) -> Outcome {
    if problems.iter().any(Problem::is_error) {
        Outcome::Problems
    } else {
        Outcome::Done
    }
}

fn check(
    path: &Path,
    target: &Target,
    options: &FormatOptions,
    purpose: Purpose,
) -> Result<Report> {
    let format = format::format(&target.provider)?;
    let file = File::open(path).map_err(|e| {
        Error::caller("file_unreadable", e.to_string())
            .at(path.display().to_string())
            .hint("check the path")
    })?;
    let folder = path.parent().unwrap_or_else(|| Path::new("")).to_owned();
    let mut validator = Validator::new(format, options, purpose).images(move |p| {
        let inside = Path::new(p)
            .components()
            .all(|c| matches!(c, std::path::Component::Normal(_)));
        inside.then(|| std::fs::read(folder.join(p)).ok()).flatten()
    });
    validator.file_name(&path.display().to_string());
    Ok(format::validate(
        BufReader::with_capacity(1 << 20, file),
        validator,
    ))
}
