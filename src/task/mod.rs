//! Stage 2: what a model is asked about a screen, and what the right answer is.
//!
//! [`TASKS`] holds one [`TaskKind`] per file. Every instruction that points at an element is
//! solved again by [`resolve`], which knows only what can be seen; it is kept when exactly one
//! element satisfies it, and the proof stays with it.

mod answer;
pub mod coords;
mod ground;
mod listing;
mod phrase;
pub mod resize;
pub mod resolve;
#[cfg(test)]
mod tests;

pub use answer::{Found, iou, parse_answer, point_hits};
pub use listing::{LISTING_SYSTEM_PROMPT, LISTING_USER_PROMPT};
pub use phrase::{RESERVED, reserved_token};

use serde::{Deserialize, Serialize};

use crate::base::geometry::{PxPoint, PxRect};
use crate::base::rng::Streams;
use crate::generate::sample::Sample;
use crate::generate::truth::Truth;
use resolve::{Expression, Proof};

/// One question about a screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// `t0`, `t1` … within the screen.
    pub id: String,
    /// Id of its [`TaskKind`].
    pub kind: String,
    /// Ways to ask it, the plainest first. All have the same answer.
    pub instructions: Vec<Instruction>,
    /// The element that is asked for; `None` when the whole screen is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
}

/// The element a task asks for, in image pixels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// Its `component_id`.
    pub component_id: String,
    /// What to call it.
    pub label: String,
    /// The part of its box that the image shows.
    #[serde(rename = "box")]
    pub bounds: PxRect,
    /// Where a click acts on it.
    pub hit: PxRect,
    /// A pixel inside where a click surely meets it.
    pub point: PxPoint,
}

/// One way to ask.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Instruction {
    /// What the model reads.
    pub text: String,
    /// How it names the target.
    pub style: Style,
    /// What the text says about the target, as constraints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expression: Option<Expression>,
    /// Why exactly one element is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Proof>,
}

/// How an instruction names its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Style {
    /// A fixed prompt about the whole screen.
    Prompt,
    /// By accessible name.
    Name,
    /// By the text painted on it, quoted.
    Text,
    /// By what it does.
    Functional,
}

/// A kind of task.
pub trait TaskKind: std::fmt::Debug + Sync {
    /// Stable id.
    fn id(&self) -> &'static str;
    /// Short name for people.
    fn title(&self) -> &'static str;
    /// One sentence: what is asked and answered.
    fn doc(&self) -> &'static str;
    /// Whether the answer is a point or a box; `None` for anything else.
    fn geometry(&self) -> Option<Geometry>;
    /// The tasks of this kind on a screen, in document order, without ids.
    fn make(&self, truth: &Truth, streams: &Streams) -> Vec<Task>;
}

/// What an answer in coordinates consists of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Geometry {
    /// One point.
    Point,
    /// One box.
    Box,
}

/// Every kind of task.
pub static TASKS: &[&dyn TaskKind] = &[&listing::Listing, &ground::Point, &ground::BoundingBox];

/// The kind called `id`.
pub fn kind(id: &str) -> Option<&'static dyn TaskKind> {
    TASKS.iter().copied().find(|k| k.id() == id)
}

/// All tasks of a sample. They depend on its truth, seed and index only.
pub fn tasks(sample: &Sample) -> Vec<Task> {
    tasks_of(&sample.truth, sample.plan.seed, sample.plan.index)
}

/// All tasks of a screen: what [`tasks`] does, from its parts.
pub fn tasks_of(truth: &Truth, seed: u64, index: u64) -> Vec<Task> {
    let streams = Streams::new(seed, index);
    let mut out: Vec<Task> = TASKS.iter().flat_map(|k| k.make(truth, &streams)).collect();
    for (i, t) in out.iter_mut().enumerate() {
        t.id = format!("t{i}");
    }
    out
}
