//! What both models are asked.

use serde::{Deserialize, Serialize};

use crate::base::geometry::PxRect;
use crate::base::hash;
use crate::dataset::{Record, Side, SplitConfig, SplitKey, split};
use crate::error::Result;
use crate::task::{Found, Geometry, kind};

/// One question about one picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Question {
    /// Names it in files of answers: `12/t3` for task `t3` of the sample with index 12.
    pub id: String,
    /// Path of the picture as the file of questions has it; empty when it is inside that file.
    #[serde(default)]
    pub image: String,
    /// Size of the picture in pixels.
    pub size: (u32, u32),
    /// What is asked.
    pub instruction: String,
    /// What the answer consists of.
    pub geometry: Geometry,
    /// The right box, in pixels.
    pub target: PxRect,
    /// Corners of the right area where that is no box; a point must lie within.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub polygon: Vec<[f64; 2]>,
    /// Kind of task.
    #[serde(default)]
    pub kind: String,
    /// Role of the element, or the benchmark's type of target.
    #[serde(default)]
    pub role: String,
    /// Archetype of the screen, or where the benchmark has it from.
    #[serde(default)]
    pub archetype: String,
}

/// Classes of [`Question::size_class`]: the share of the screen below which each ends, in percent.
const SIZE_CLASSES: &[(f64, &str)] = &[
    (0.01, "below 0.01 %"),
    (0.05, "0.01 to 0.05 %"),
    (0.2, "0.05 to 0.2 %"),
    (1.0, "0.2 to 1 %"),
];
const LARGEST: &str = "1 % and more";

impl Question {
    /// A question whose answer nobody has written down, about a picture of `size`.
    pub fn open(instruction: &str, geometry: Geometry, size: (u32, u32)) -> Self {
        Self {
            id: "open".to_owned(),
            image: String::new(),
            size,
            instruction: instruction.to_owned(),
            geometry,
            target: PxRect::default(),
            polygon: Vec::new(),
            kind: String::new(),
            role: String::new(),
            archetype: String::new(),
        }
    }

    /// Index of the sample it is about, when it comes from a dataset.
    pub fn sample(&self) -> Option<u64> {
        self.id.split_once('/')?.0.parse().ok()
    }

    /// How large the target is as a share of the screen, as a class.
    pub fn size_class(&self) -> &'static str {
        let screen = f64::from(self.size.0) * f64::from(self.size.1);
        let percent = self.target.area() as f64 * 100.0 / screen.max(1.0);
        SIZE_CLASSES
            .iter()
            .find(|(end, _)| percent < *end)
            .map_or(LARGEST, |(_, name)| name)
    }

    /// Whether the point, or the middle of the box, lies in the right area, where that is a
    /// polygon: by the even-odd rule.
    pub(super) fn surrounds(&self, found: &Found) -> bool {
        let (x, y) = match *found {
            Found::Point { x, y } => (x, y),
            Found::Box { x0, y0, x1, y1 } => ((x0 + x1) / 2.0, (y0 + y1) / 2.0),
        };
        let ends = self.polygon.iter().cycle().skip(1);
        let crossed = self.polygon.iter().zip(ends).filter(|(a, b)| {
            let [ax, ay] = **a;
            let [bx, by] = **b;
            (ay > y) != (by > y) && x < (bx - ax) * (y - ay) / (by - ay) + ax
        });
        self.polygon.is_empty() || crossed.count() % 2 == 1
    }

    /// Place of [`size_class`](Self::size_class) in order of size.
    pub(super) fn size_rank(class: &str) -> usize {
        SIZE_CLASSES
            .iter()
            .position(|(_, name)| *name == class)
            .unwrap_or(SIZE_CLASSES.len())
    }
}

/// The questions of one record: each task that asks for a point or a box, in its plainest words.
pub fn questions_of(record: &Record) -> Vec<Question> {
    let size = record.size();
    record
        .tasks
        .iter()
        .filter_map(|task| {
            let geometry = kind(&task.kind)?.geometry()?;
            let target = task.target.as_ref()?;
            let element = record
                .ground_truth
                .components
                .iter()
                .find(|c| c.component_id == target.component_id);
            Some(Question {
                id: format!("{}/{}", record.index, task.id),
                image: record.image.clone().unwrap_or_default(),
                size,
                instruction: task.instructions.first()?.text.clone(),
                geometry,
                target: target.bounds,
                polygon: Vec::new(),
                kind: task.kind.clone(),
                role: element.map(|c| c.semantic_role.clone()).unwrap_or_default(),
                archetype: record.archetype.clone(),
            })
        })
        .collect()
}

/// What can be asked about the records of one side of the split, or about all of them: at most
/// `limit` questions, as [`pick`] takes them.
///
/// # Errors
/// As [`split`].
pub fn choose<'a>(
    records: impl Iterator<Item = &'a Record> + Clone,
    side: Option<Side>,
    config: &SplitConfig,
    limit: usize,
) -> Result<Vec<Question>> {
    let all: Vec<Question> = match side {
        None => records.flat_map(questions_of).collect(),
        Some(wanted) => {
            let keys: Vec<SplitKey> = records.clone().map(SplitKey::from).collect();
            let sides = split(&keys, config)?.sides;
            let on_side = records.zip(sides).filter(|(_, s)| *s == wanted);
            on_side.flat_map(|(r, _)| questions_of(r)).collect()
        }
    };
    Ok(pick(all, limit))
}

/// At most `limit` of the questions, chosen by a hash of their ids: always the same ones, spread
/// over all screens, and those of a smaller limit are among those of a larger one.
pub fn pick(mut questions: Vec<Question>, limit: usize) -> Vec<Question> {
    if questions.len() <= limit {
        return questions;
    }
    let rank = |q: &Question| hash::key64([b"compare/pick".as_slice(), q.id.as_bytes()]);
    let mut ranks: Vec<u64> = questions.iter().map(rank).collect();
    ranks.sort_unstable();
    let Some(end) = ranks.get(limit).copied() else {
        return questions;
    };
    questions.retain(|q| rank(q) < end);
    questions
}
