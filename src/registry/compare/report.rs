//! A comparison as a report to keep: JSON for programs, Markdown for people.

use serde::Serialize;
use serde_json::json;

use crate::base::time::Timestamp;
use crate::error::Result;
use crate::registry::compare::{Comparison, ModelScore, Paired, Share};

/// What a report says beside the numbers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct About {
    /// What the base model is called.
    pub base: String,
    /// What the tuned model is called.
    pub tuned: String,
    /// Where the questions come from.
    pub questions: String,
    /// Convention in which the base model answers.
    pub base_convention: String,
    /// Convention in which the tuned model answers.
    pub tuned_convention: String,
    /// When it was made.
    pub made_at: Timestamp,
}

impl Comparison {
    /// Everything as JSON: what it is about, all scores, slices and readings.
    ///
    /// # Errors
    /// A number that JSON cannot hold.
    pub fn json(&self, about: &About) -> Result<String> {
        let all = json!({"schema": 1, "about": about, "comparison": self});
        Ok(serde_json::to_string_pretty(&all)? + "\n")
    }

    /// The scores and slices as a page of Markdown.
    pub fn markdown(&self, about: &About) -> String {
        let p = &self.paired;
        let mut out = format!(
            "# {} against {}\n\n{} questions from {}, answered by both. Made {}.\n\n",
            cell(&about.tuned),
            cell(&about.base),
            self.questions,
            cell(&about.questions),
            about.made_at
        );
        out += &format!("**{}** {}\n\n", p.verdict(), difference(p));
        out += "| | Base | Tuned |\n|---|---|---|\n";
        let mut line = |name: &str, of: &dyn Fn(&ModelScore) -> String| {
            let (base, tuned) = (of(&self.base), of(&self.tuned));
            out += &format!("| {name} | {base} | {tuned} |\n");
        };
        let or_dash = |v: Option<String>| v.unwrap_or_else(|| "–".to_owned());
        line("Hit rate", &|m| share(&m.hits));
        line("Hits", &|m| format!("{} of {}", m.hits.count, m.hits.of));
        line("Mean IoU of boxes", &|m| {
            or_dash(m.mean_iou.map(|v| format!("{v:.3}")))
        });
        line("Without coordinates", &|m| m.unread.to_string());
        line("Refused", &|m| m.refused.to_string());
        line("Not answered, left out", &|m| m.missing.to_string());
        line("Median time", &|m| {
            or_dash(m.latency.map(|l| format!("{:.0} ms", l.median_ms)))
        });
        line("95 % of times", &|m| {
            or_dash(m.latency.map(|l| format!("{:.0} ms", l.p95_ms)))
        });
        line("Tokens asked", &|m| {
            or_dash(m.prompt_tokens.map(|n| n.to_string()))
        });
        line("Tokens answered", &|m| {
            or_dash(m.completion_tokens.map(|n| n.to_string()))
        });
        line("Cost", &|m| or_dash(m.cost_usd.map(|c| format!("${c:.4}"))));
        out += &format!(
            "| Coordinates | {} | {} |\n\n",
            cell(&about.base_convention),
            cell(&about.tuned_convention)
        );
        out += "Right: both ";
        out += &format!(
            "{}, only tuned {}, only base {}, neither {}.\n\n",
            p.both, p.tuned_only, p.base_only, p.neither
        );
        out +=
            "| By | Value | Questions | Base | Tuned | Difference |\n|---|---|---|---|---|---|\n";
        for s in &self.slices {
            out += &format!(
                "| {} | {} | {} | {} | {} | {} |\n",
                s.by,
                cell(&s.value),
                s.paired.n,
                share(&s.base),
                share(&s.tuned),
                range(&s.paired)
            );
        }
        out += "\nIn brackets: 95 % confidence intervals, by Wilson for shares and by Newcombe for \
                differences. They take the questions as independent; many questions about few \
                screens are less certain than that.\n";
        out
    }
}

/// Chance below which a difference is taken for real.
const LEVEL: f64 = 0.05;

impl Paired {
    /// Whether the difference is told from chance.
    pub fn is_told(&self) -> bool {
        self.p_value < LEVEL
    }

    /// What may be concluded, in one sentence.
    pub fn verdict(&self) -> &'static str {
        match (self.is_told(), self.difference > 0.0) {
            (true, true) => "The tuned model is better.",
            (true, false) => "The tuned model is worse.",
            (false, _) => "No difference can be told from chance.",
        }
    }
}

fn difference(p: &Paired) -> String {
    format!(
        "Difference {} points, McNemar p {}.",
        range(p),
        chance(p.p_value)
    )
}

fn chance(p: f64) -> String {
    if p < 0.0001 {
        "< 0.0001".to_owned()
    } else {
        format!("= {p:.4}")
    }
}

fn share(s: &Share) -> String {
    let [rate, low, high] = [s.rate, s.low, s.high].map(|v| v * 100.0);
    format!("{rate:.1} % [{low:.1}, {high:.1}]")
}

fn range(p: &Paired) -> String {
    let [d, low, high] = [p.difference, p.low, p.high].map(|v| v * 100.0);
    format!("{d:+.1} [{low:+.1}, {high:+.1}]")
}

/// Text that stays within its cell and its line.
fn cell(text: &str) -> String {
    text.replace('|', "\\|").replace(['\n', '\r'], " ")
}
