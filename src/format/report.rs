//! [`Report`]: what the checks found in a file of lines, and in two files together.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::format::estimate::Estimate;
use crate::problem::Problem;

/// Problems of one code that are kept; the rest is counted.
const MAX_PER_CODE: usize = 50;

/// What a file of lines is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Training.
    #[default]
    Training,
    /// Validation.
    Validation,
}

/// What the checks found.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Report {
    /// Id of the format.
    pub format: String,
    /// Lines that are not empty.
    pub examples: u64,
    /// Size of the file.
    pub bytes: u64,
    /// Pictures in all.
    pub images: u64,
    /// Size of the pictures as the model sees them, smallest to largest width and height;
    /// `None` when unknown.
    pub seen: Option<(u32, u32)>,
    /// Tokens and cost, when a model is given.
    pub estimate: Option<Estimate>,
    /// How often each rule was broken.
    pub counts: BTreeMap<String, u64>,
    /// The findings, at most fifty of each rule.
    pub problems: Vec<Problem>,
    /// The instructions before the examples, with how many examples each stands before.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub systems: BTreeMap<String, u64>,
    /// Hashes of questions and pictures, to compare files.
    #[serde(skip)]
    pub keys: BTreeSet<u64>,
}

impl Report {
    /// Whether nothing blocks.
    pub fn ok(&self) -> bool {
        !self.problems.iter().any(Problem::is_error)
    }

    pub(super) fn push(&mut self, p: Problem) {
        let n = self.counts.entry(p.code.to_string()).or_default();
        *n += 1;
        if *n <= MAX_PER_CODE as u64 {
            self.problems.push(p);
        }
    }
}

/// What two checked files must not have in common, and how large one may be beside the other.
pub fn check_pair(train: &Report, validation: &Report) -> Vec<Problem> {
    let mut out = Vec::new();
    let shared = train.keys.intersection(&validation.keys).count();
    if shared > 0 {
        out.push(
            Problem::error(
                "overlap",
                "validation",
                format!("{shared} examples stand in both files"),
            )
            .hint("split again: no example may be in both"),
        );
    }
    let limits = crate::format::format(&train.format).map(|f| f.limits());
    if let Ok(limits) = limits
        && let Some((free, percent)) = limits.validation_share
        && validation.examples > free
        && validation.examples * 100 > train.examples * percent
    {
        out.push(
            Problem::error(
                "validation_size",
                "validation",
                format!(
                    "{} validation examples for {} training examples; beyond {free}, at most \
                     {percent} % are allowed",
                    validation.examples, train.examples
                ),
            )
            .hint("use a smaller validation_split"),
        );
    }
    out
}
