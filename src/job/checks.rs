//! The rows of a [`crate::job::Preflight`]: one for everything that a job needs, with what is
//! known of it.

use serde::Serialize;

use crate::problem::{Problem, Severity};
use crate::provider::{Access, Vendor};

/// Who is asked before a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// Nobody: only what is known on this side.
    Nobody,
    /// The vendor: whether the key works, and what it may do. Nothing is created.
    Vendor,
}

/// How a [`Row`] stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RowState {
    /// Nothing is wrong.
    Ok,
    /// Probably not what was wanted.
    Warning,
    /// It stops the job.
    Problem,
    /// Nobody was asked, or the vendor does not tell.
    Unknown,
}

impl RowState {
    /// A word for people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warning => "warning",
            Self::Problem => "problem",
            Self::Unknown => "not checked",
        }
    }
}

/// One thing that a job needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What it is: `Settings`, `Dataset`, `Key` …
    pub what: &'static str,
    /// How it stands.
    pub state: RowState,
    /// What was found, one sentence.
    pub text: String,
    /// What to do about it; may be empty.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub hint: String,
}

impl Row {
    fn new(what: &'static str, state: RowState, text: impl Into<String>) -> Self {
        Self {
            what,
            state,
            text: text.into(),
            hint: String::new(),
        }
    }

    /// The row of a finding.
    pub(super) fn of(what: &'static str, p: &Problem) -> Self {
        let state = match p.severity {
            Severity::Error => RowState::Problem,
            Severity::Warning => RowState::Warning,
            Severity::Info => RowState::Ok,
        };
        let place = match p.path.as_str() {
            "" | "provider" | "base_model" => String::new(),
            path => format!("{path}: "),
        };
        Self {
            hint: p.hint.clone(),
            ..Self::new(what, state, format!("{place}{}", p.message))
        }
    }

    /// A row for some findings: the worst of them and how many there are, or `fine`.
    pub(super) fn worst(what: &'static str, found: &[Problem], fine: String) -> Self {
        let Some(worst) = found.iter().rev().max_by_key(|p| p.severity) else {
            return Self::new(what, RowState::Ok, fine);
        };
        let mut row = Self::of(what, worst);
        if found.len() > 1 {
            row.text += &format!(" (and {} more)", found.len() - 1);
        }
        row
    }

    pub(super) fn unknown(what: &'static str, why: &str) -> Self {
        Self::new(what, RowState::Unknown, why)
    }
}

/// What the rows about the vendor are called.
fn names(vendor: &dyn Vendor) -> [&'static str; 3] {
    // Files that lie where the user says lie in a bucket of the user's.
    let bucket = vendor.settings().contains(&"bucket");
    let files = if bucket { "Bucket" } else { "Files" };
    ["Base model", files, "Training jobs"]
}

/// The rows about the vendor when it was not asked.
pub(super) fn unasked(vendor: &dyn Vendor, why: &str) -> Vec<Row> {
    let each = names(vendor).into_iter();
    each.map(|what| Row::unknown(what, why)).collect()
}

/// The rows about the vendor from its answer.
pub(super) fn answered(vendor: &dyn Vendor, base_model: &str, access: &Access) -> Vec<Row> {
    let [model, files, jobs] = names(vendor);
    let about_model = |p: &&Problem| p.path == "base_model";
    let of_model: Vec<Problem> = access
        .problems
        .iter()
        .filter(about_model)
        .cloned()
        .collect();
    let mut out = vec![Row::new(
        model,
        RowState::Ok,
        format!("the key sees {base_model}"),
    )];
    if !access.models && of_model.is_empty() {
        out[0] = Row::unknown(model, "the vendor tells only when the job is created");
    } else if !of_model.is_empty() {
        out[0] = Row::worst(model, &of_model, String::new());
    }
    // Refusals come in the order of what was asked.
    let refused = |p: &&Problem| p.is_error() && !about_model(p) && p.code != "jobs_closed";
    let mut refusals = access.problems.iter().filter(refused);
    for (what, right, fine) in [
        (files, access.files, "open to the key"),
        (jobs, access.jobs, "open to the key"),
    ] {
        out.push(if right {
            Row::new(what, RowState::Ok, fine)
        } else if let Some(p) = refusals.next() {
            Row::of(what, p)
        } else {
            Row::unknown(what, "the vendor tells only when it is used")
        });
    }
    out
}
