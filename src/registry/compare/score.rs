//! Scoring the answers of both models to the same questions.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::registry::compare::{Answer, Answers, Paired, Question, Share};
use crate::task::coords::Convention;
use crate::task::{Found, Geometry, iou, parse_answer, point_hits};

/// One answer, read and scored.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// What it points at; missing when it holds no coordinates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<Found>,
    /// Whether its point, or the centre of its box, lies in the target, edges included.
    pub hit: bool,
    /// Intersection over union with the target, for questions that ask for a box.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iou: Option<f64>,
}

impl Reading {
    /// Reads `answer` to `question` as a model that answers in `convention` means it.
    pub fn of(question: &Question, answer: &str, convention: &Convention) -> Self {
        let found = parse_answer(answer, convention, question.size);
        let overlap = || found.map_or(0.0, |f| iou(&f, question.target));
        Self {
            found,
            hit: found.is_some_and(|f| point_hits(&f, question.target) && question.surrounds(&f)),
            iou: (question.geometry == Geometry::Box).then(overlap),
        }
    }
}

impl Reading {
    /// The same of a whole answer: the words of a refusal point at nothing, whatever numbers they
    /// hold.
    pub fn of_answer(question: &Question, answer: &Answer, convention: &Convention) -> Self {
        let words = if answer.refused { "" } else { &answer.answer };
        Self::of(question, words, convention)
    }
}

/// Who was right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Only the base model: what tuning lost.
    BaseOnly,
    /// Only the tuned model: what tuning won.
    TunedOnly,
    /// Neither.
    Neither,
    /// Both.
    Both,
}

impl Verdict {
    fn new(base: bool, tuned: bool) -> Self {
        match (base, tuned) {
            (true, false) => Self::BaseOnly,
            (false, true) => Self::TunedOnly,
            (false, false) => Self::Neither,
            (true, true) => Self::Both,
        }
    }
}

/// One question with both answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Id of the question.
    pub id: String,
    /// Who was right.
    pub verdict: Verdict,
    /// The base model's answer.
    pub base: Reading,
    /// The tuned model's answer.
    pub tuned: Reading,
}

/// Times of a model's answers, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Latency {
    /// Answers with a time.
    pub of: usize,
    /// The middle of all times; between the two in the middle when they are even in number.
    pub median_ms: f64,
    /// 95 % of the answers took at most this.
    pub p95_ms: f64,
}

/// How one model did on the questions that both answered.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ModelScore {
    /// Questions without an answer of this model; they are left out for both.
    pub missing: usize,
    /// Answers that hold no coordinates; they count as wrong.
    pub unread: usize,
    /// Answers of which the server said that the model refused; they count as wrong.
    pub refused: usize,
    /// Right answers.
    pub hits: Share,
    /// Mean intersection over union of the questions that ask for a box, 0 for unread answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_iou: Option<f64>,
    /// Times, when any answer has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latency: Option<Latency>,
    /// Cost of all these answers in US dollars, when each has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// Tokens of all these questions with their pictures, when each says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<u64>,
    /// Tokens of all these answers, when each says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<u64>,
}

/// A part of the questions.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Slice {
    /// What the questions are told apart by: `size`, `role`, `kind`, `archetype`.
    pub by: &'static str,
    /// What these have in common.
    pub value: String,
    /// Right answers of the base model.
    pub base: Share,
    /// Right answers of the tuned model.
    pub tuned: Share,
    /// The difference.
    pub paired: Paired,
}

/// Base model against tuned model.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// Questions that both answered.
    pub questions: usize,
    /// The base model.
    pub base: ModelScore,
    /// The tuned model.
    pub tuned: ModelScore,
    /// The difference.
    pub paired: Paired,
    /// The same for parts of the questions.
    pub slices: Vec<Slice>,
    /// Answers to questions that were not asked.
    pub unknown_answers: usize,
    /// Every question, those first on which the base model alone was right.
    pub rows: Vec<Row>,
}

/// Scores the answers of both models. Only questions that both answered count: what was not
/// asked is not wrong.
///
/// # Errors
/// `compare_empty` when no question was answered by both; `question_duplicate` when two questions
/// have one id.
pub fn compare(
    questions: &[Question],
    (base, base_convention): (&Answers, &Convention),
    (tuned, tuned_convention): (&Answers, &Convention),
) -> Result<Comparison> {
    let mut known = BTreeMap::new();
    for q in questions {
        if known.insert(q.id.as_str(), q).is_some() {
            return Err(Error::data(
                "question_duplicate",
                format!("two questions are called {:?}", q.id),
            )
            .hint("give the samples different indices"));
        }
    }
    let both: Vec<(&Question, &Answer, &Answer)> = questions
        .iter()
        .filter_map(|q| Some((q, base.get(&q.id)?, tuned.get(&q.id)?)))
        .collect();
    if both.is_empty() {
        return Err(
            Error::data("compare_empty", "no question has an answer of both models")
                .hint("the ids of answers are those of the questions, such as 12/t3"),
        );
    }
    let mut rows: Vec<(Row, &Question)> = both
        .iter()
        .map(|(q, b, t)| {
            let base = Reading::of_answer(q, b, base_convention);
            let tuned = Reading::of_answer(q, t, tuned_convention);
            let row = Row {
                id: q.id.clone(),
                verdict: Verdict::new(base.hit, tuned.hit),
                base,
                tuned,
            };
            (row, *q)
        })
        .collect();
    let missing = |a: &Answers| questions.iter().filter(|q| !a.contains_key(&q.id)).count();
    let unknown = |a: &Answers| {
        a.keys()
            .filter(|id| !known.contains_key(id.as_str()))
            .count()
    };
    let readings = |of: fn(&Row) -> &Reading| rows.iter().map(|r| of(&r.0)).collect::<Vec<_>>();
    let base_score = model(
        &readings(|r| &r.base),
        both.iter().map(|b| b.1),
        missing(base),
    );
    let tuned_score = model(
        &readings(|r| &r.tuned),
        both.iter().map(|b| b.2),
        missing(tuned),
    );
    let slices = slices(&rows);
    let paired = Paired::of(rows.iter().map(|(r, _)| (r.base.hit, r.tuned.hit)));
    rows.sort_by_key(|(r, _)| r.verdict);
    Ok(Comparison {
        questions: rows.len(),
        base: base_score,
        tuned: tuned_score,
        paired,
        slices,
        unknown_answers: unknown(base) + unknown(tuned),
        rows: rows.into_iter().map(|(r, _)| r).collect(),
    })
}

fn model<'a>(
    readings: &[&Reading],
    answers: impl Iterator<Item = &'a Answer>,
    missing: usize,
) -> ModelScore {
    let overlaps: Vec<f64> = readings.iter().filter_map(|r| r.iou).collect();
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    let answers: Vec<&Answer> = answers.collect();
    let times = answers.iter().filter_map(|a| a.latency_ms);
    let costs = answers.iter().map(|a| a.cost_usd.filter(|c| c.is_finite()));
    let hits = readings.iter().filter(|r| r.hit).count();
    ModelScore {
        missing,
        unread: readings.iter().filter(|r| r.found.is_none()).count(),
        hits: Share::new(hits, readings.len()),
        mean_iou: (!overlaps.is_empty()).then(|| mean(&overlaps)),
        refused: answers.iter().filter(|a| a.refused).count(),
        latency: latency(times.filter(|t| t.is_finite()).collect()),
        cost_usd: costs.sum(),
        prompt_tokens: answers.iter().map(|a| a.prompt_tokens).sum(),
        completion_tokens: answers.iter().map(|a| a.completion_tokens).sum(),
    }
}

pub(super) fn latency(mut times: Vec<f64>) -> Option<Latency> {
    times.sort_by(f64::total_cmp);
    // The smallest time that so many percent do not exceed.
    let at = |percent: usize| times.get((times.len() * percent).div_ceil(100).max(1) - 1);
    let middle = times.len() / 2;
    let median_ms = match times.len() % 2 {
        0 => (times.get(middle.checked_sub(1)?)? + times.get(middle)?) / 2.0,
        _ => *times.get(middle)?,
    };
    Some(Latency {
        of: times.len(),
        median_ms,
        p95_ms: *at(95)?,
    })
}

fn slices(rows: &[(Row, &Question)]) -> Vec<Slice> {
    type Of = fn(&Question) -> &str;
    const BY: &[(&str, Of)] = &[
        ("size", |q| q.size_class()),
        ("role", |q| &q.role),
        ("kind", |q| &q.kind),
        ("archetype", |q| &q.archetype),
    ];
    let mut out = Vec::new();
    for (by, of) in BY {
        let mut groups: BTreeMap<(usize, &str), Vec<(bool, bool)>> = BTreeMap::new();
        for (row, q) in rows {
            let value = of(q);
            if value.is_empty() {
                continue;
            }
            let rank = match *by {
                "size" => Question::size_rank(value),
                _ => 0,
            };
            let pair = (row.base.hit, row.tuned.hit);
            groups.entry((rank, value)).or_default().push(pair);
        }
        for ((_, value), pairs) in groups {
            let share = |of: fn(&(bool, bool)) -> bool| {
                Share::new(pairs.iter().filter(|p| of(p)).count(), pairs.len())
            };
            out.push(Slice {
                by,
                value: value.to_owned(),
                base: share(|p| p.0),
                tuned: share(|p| p.1),
                paired: Paired::of(pairs.iter().copied()),
            });
        }
    }
    out
}
