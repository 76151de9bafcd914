//! `screensmith stats`: what is in a dataset.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args as ClapArgs;
use serde::Serialize;

use crate::cli::{Outcome, Output, open_records};
use crate::dataset::{DatasetStats, StatsBuilder};
use crate::error::Result;
use crate::problem::Problem;

/// Arguments of `stats`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Dataset file (JSONL)
    file: PathBuf,
}

#[derive(Serialize)]
struct Report {
    #[serde(flatten)]
    stats: DatasetStats,
    problems: Vec<Problem>,
}

/// Runs the command.
///
/// # Errors
/// When the file cannot be read. Broken lines are reported and passed over.
pub(super) fn run(args: &Args, out: &Output) -> Result<Outcome> {
    let mut builder = StatsBuilder::default();
    let mut problems = Vec::new();
    for record in open_records(&args.file)? {
        match record {
            Ok(r) => builder.add(&r),
            Err(p) => problems.push(p),
        }
    }
    out.problems(&problems, 20);
    let report = Report {
        stats: builder.stats(),
        problems,
    };
    out.result(&report, |r| text(&r.stats))?;
    Ok(if report.problems.is_empty() {
        Outcome::Done
    } else {
        Outcome::Problems
    })
}

fn text(s: &DatasetStats) -> String {
    let mut t = format!(
        "samples                {}\nunique layouts         {}\ncomponents per sample  {:.1}\nelement types          {}\ninteractive components {} ({} to {} per sample)\ntasks                  {}\nwith picture           {}\n",
        s.total_samples,
        s.unique_layouts,
        s.avg_components_per_layout,
        s.unique_element_types,
        s.interactive_components,
        s.interactive_range.0,
        s.interactive_range.1,
        s.tasks,
        s.with_image,
    );
    for (title, map) in [
        ("archetypes", &s.archetypes),
        ("themes", &s.themes),
        ("colour schemes", &s.color_schemes),
        ("image sizes", &s.image_sizes),
        ("task kinds", &s.task_kinds),
        ("element types", &s.element_types),
    ] {
        if !map.is_empty() {
            let _ = writeln!(t, "\n{title}");
            for (name, n) in by_count(map) {
                let _ = writeln!(t, "  {n:>8}  {name}");
            }
        }
    }
    t
}

fn by_count(map: &BTreeMap<String, u64>) -> Vec<(&str, u64)> {
    let mut rows: Vec<(&str, u64)> = map.iter().map(|(k, v)| (k.as_str(), *v)).collect();
    rows.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    rows
}
