//! Base model against tuned model: the same questions to both, scored by the rule of the common
//! benchmarks, with the uncertainty that so many questions allow.
//!
//! [`Question`]s come from a dataset ([`questions_of`]) or a benchmark file ([`screenspot`]),
//! [`Answer`]s from a file of recorded ones ([`read_answers`]) or a served model
//! ([`Asker`]); [`compare`] scores them and [`annotate`] draws both on the picture. Intervals take
//! the questions as independent: many questions about few screens are less certain than they say.

mod answers;
mod archive;
mod ask;
#[cfg(test)]
mod ask_tests;
mod benchmark;
mod book;
mod draw;
mod question;
mod report;
mod score;
mod stats;
#[cfg(test)]
mod tests;

pub use answers::{Answer, Answers, Prices, collect_answers, read_answers, write_answers};
pub use archive::BenchmarkZip;
pub use ask::{Asker, ask_all};
pub use benchmark::{BoxShape, screenspot};
pub use book::AnswerBook;
pub use draw::annotate;
pub use question::{Question, choose, pick, questions_of};
pub use report::About;
pub use score::{Comparison, Latency, ModelScore, Reading, Row, Slice, Verdict, compare};
pub use stats::{Paired, Share, mcnemar};
