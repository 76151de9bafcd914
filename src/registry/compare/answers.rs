//! Recorded answers: one JSON object a line.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::base::json::{fault, object};
use crate::error::{Error, Result};

/// What a model said to one question.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// Id of the question.
    pub id: String,
    /// Its words, as they came.
    pub answer: String,
    /// How long it took, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub latency_ms: Option<f64>,
    /// Whether the server said that the model refused.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
    /// What it cost, in US dollars.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost_usd: Option<f64>,
    /// Tokens of the question with its picture.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<u64>,
    /// Tokens of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<u64>,
}

impl Answer {
    fn check(&self) -> Result<()> {
        let low = |v: Option<f64>| v.is_some_and(|v| v < 0.0);
        let field = match (low(self.latency_ms), low(self.cost_usd)) {
            (true, _) => "latency_ms",
            (_, true) => "cost_usd",
            _ => return Ok(()),
        };
        Err(Error::data("answer_number", format!("{field} is below 0")))
    }
}

/// What a vendor asks for tokens, in US dollars per million.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Prices {
    /// Of questions with their pictures.
    pub prompt: f64,
    /// Of answers.
    pub completion: f64,
}

impl Prices {
    /// The cost of `answer`: what it says itself, else by its tokens; `None` when they are not
    /// known.
    pub fn cost(&self, answer: &Answer) -> Option<f64> {
        answer.cost_usd.or_else(|| {
            let part = |tokens: Option<u64>, price: f64| Some(tokens? as f64 * price / 1e6);
            let prompt = part(answer.prompt_tokens, self.prompt)?;
            Some(prompt + part(answer.completion_tokens, self.completion)?)
        })
    }

    /// The answers, each with its cost where that can be told.
    pub fn applied(&self, answers: &Answers) -> Answers {
        let mut out = answers.clone();
        for answer in out.values_mut() {
            answer.cost_usd = self.cost(answer);
        }
        out
    }
}

/// Answers as a file, one JSON object a line, in order of their ids.
///
/// # Errors
/// A number that JSON cannot hold.
pub fn write_answers(answers: &Answers) -> Result<String> {
    let mut out = String::new();
    for answer in answers.values() {
        out += &serde_json::to_string(answer)?;
        out.push('\n');
    }
    Ok(out)
}

/// Answers by the id of their question.
pub type Answers = BTreeMap<String, Answer>;

/// Answers by their ids.
///
/// # Errors
/// `answer_duplicate` for two answers to one question; `answer_number` for a time or a price
/// below 0.
pub fn collect_answers(answers: impl IntoIterator<Item = Answer>) -> Result<Answers> {
    let mut out = Answers::new();
    for answer in answers {
        answer.check()?;
        if out.contains_key(&answer.id) {
            return Err(duplicate(&answer.id));
        }
        out.insert(answer.id.clone(), answer);
    }
    Ok(out)
}

fn duplicate(id: &str) -> Error {
    Error::data("answer_duplicate", format!("{id:?} is answered twice"))
}

/// Reads a file of answers. Other fields than those of [`Answer`] are passed over.
///
/// # Errors
/// `answer_json` with the row that is broken; `answer_duplicate` for two answers to one question;
/// `answer_number` for a time or a price below 0.
pub fn read_answers(text: &str) -> Result<Answers> {
    let mut out = Answers::new();
    let text = text.trim_start_matches('\u{feff}');
    for (row, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let at = || format!("row {}", row + 1);
        let answer: Answer = object(line.as_bytes()).map_err(|e| {
            Error::data("answer_json", fault(&e))
                .at(at())
                .hint("each line is {\"id\": \"12/t3\", \"answer\": \"…\"}")
        })?;
        answer.check().map_err(|e| e.at(at()))?;
        if out.contains_key(&answer.id) {
            return Err(duplicate(&answer.id).at(at()));
        }
        out.insert(answer.id.clone(), answer);
    }
    Ok(out)
}
