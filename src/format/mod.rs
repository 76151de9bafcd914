//! Stage 4: records → the exact lines a trainer or vendor reads, with local checks before
//! anything is uploaded.
//!
//! [`FORMATS`] holds one [`Format`] per file. A record becomes [`Example`]s, which know no
//! vendor; a format turns each into one line. Everything is streaming: one record in memory.

mod axolotl;
mod bedrock;
mod chat;
mod custom;
pub mod estimate;
mod example;
mod family;
mod gemini;
mod image_info;
mod limits;
mod llamafactory;
mod messages;
mod ms_swift;
mod openai;
mod ordered;
mod prepare;
mod report;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod trainer_tests;
mod unsloth;
mod validate;

pub use example::{
    Example, Examples, ImageSource, Part, Role, Turn, grounding_prompt, record_image,
};
pub use family::{FAMILIES, Family, family};
pub use image_info::{ColorMode, ImageInfo, image_info};
pub use limits::{IMAGE_MODELS, ImageTokens, Limits, ModelFacts, TRAINING_MODELS, model_facts};
pub use prepare::{Converted, Preparator, SideFile, Survey};
#[cfg(not(target_arch = "wasm32"))]
pub use prepare::{DatasetPreparator, Prepared};
pub use report::{Purpose, Report, check_pair};
pub use validate::{LoadImage, Validator, validate};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::{Error, Result};
use crate::problem::Problem;
use crate::task::coords::{CONVENTIONS, Convention, convention};
use crate::task::{self, TASKS};

/// A line format.
pub trait Format: std::fmt::Debug + Sync {
    /// Stable id: `openai`, `gemini`, `custom` …
    fn id(&self) -> &'static str;
    /// Name for people.
    fn title(&self) -> &'static str;
    /// One sentence: what the lines are and who reads them.
    fn doc(&self) -> &'static str;
    /// How pictures are referred to unless a prefix is given.
    fn image_source(&self) -> ImageSource;
    /// Id of the coordinate convention that its models answer best in.
    fn convention(&self) -> &'static str;
    /// Whether the convention is that of the base model's [`Family`] when the model is known.
    fn follows_model(&self) -> bool {
        false
    }
    /// What the vendor accepts.
    fn limits(&self) -> &'static Limits;
    /// One line without its line break.
    fn line(&self, example: &Example, options: &FormatOptions) -> String;
    /// Reads a line of this format back; the problems say what is not as documented.
    fn read(&self, line: &Value, problems: &mut Vec<Problem>) -> Option<Example>;
}

/// Every format.
pub static FORMATS: &[&dyn Format] = &[
    &openai::OpenAi,
    &gemini::Gemini,
    &chat::TOGETHER,
    &chat::FIREWORKS,
    &bedrock::Bedrock,
    &custom::Custom,
    &llamafactory::LlamaFactory,
    &ms_swift::MsSwift,
    &axolotl::Axolotl,
    &unsloth::Unsloth,
    &chat::CHAT,
];

/// The format called `id`.
///
/// # Errors
/// `format_unknown`.
pub fn format(id: &str) -> Result<&'static dyn Format> {
    FORMATS
        .iter()
        .copied()
        .find(|f| f.id() == id)
        .ok_or_else(|| {
            let known: Vec<&str> = FORMATS.iter().map(|f| f.id()).collect();
            Error::caller("format_unknown", format!("there is no format {id:?}"))
                .at("provider")
                .hint(format!("choose from {}", known.join(", ")))
        })
}

/// How much of the ground truth a listing answers with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListingAnswer {
    /// What can be read off the picture: type, text, box, action, role and name of each
    /// interactive element.
    #[default]
    Visible,
    /// The whole ground truth of the record, as in the seed document.
    Full,
}

/// How the vendor is asked to look at pictures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detail {
    /// In few tokens; too coarse for pointing.
    Low,
    /// In full.
    #[default]
    High,
    /// The vendor chooses.
    Auto,
}

impl Detail {
    /// `low`, `high`, `auto`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::High => "high",
            Self::Auto => "auto",
        }
    }
}

/// What to put into lines.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FormatOptions {
    /// Base model, for checks and estimates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Id of a [`Convention`]; missing: the one the format's models answer best in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub convention: Option<String>,
    /// Ids of [`TASKS`]. The default is the seed's: one listing per screen.
    pub tasks: Vec<String>,
    /// Most examples of each kind from one screen; 0 is all.
    pub max_per_screen: u32,
    /// How many of a task's instructions become examples, at least 1.
    pub instructions_per_task: u32,
    /// What a listing answers with.
    pub listing: ListingAnswer,
    /// How pictures are looked at.
    pub detail: Detail,
    /// Where pictures will lie: `gs://bucket/run1/` or `https://…`; put before their path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_uri_prefix: Option<String>,
}

impl Default for FormatOptions {
    fn default() -> Self {
        Self {
            model: None,
            convention: None,
            tasks: vec!["listing".to_owned()],
            max_per_screen: 0,
            instructions_per_task: 1,
            listing: ListingAnswer::Visible,
            detail: Detail::High,
            image_uri_prefix: None,
        }
    }
}

impl FormatOptions {
    /// What is wrong with the options for `format`.
    pub fn validate(&self, format: &dyn Format) -> Vec<Problem> {
        let mut out = Vec::new();
        if let Some(id) = &self.convention
            && convention(id).is_none()
        {
            let known: Vec<&str> = CONVENTIONS.iter().map(|c| c.id).collect();
            out.push(
                Problem::error(
                    "convention_unknown",
                    "convention",
                    format!("there is no convention {id:?}"),
                )
                .hint(format!("choose from {}", known.join(", "))),
            );
        }
        if self.tasks.is_empty() {
            out.push(
                Problem::error("tasks_empty", "tasks", "no kind of task is chosen")
                    .hint("listing is the default"),
            );
        }
        for (i, id) in self.tasks.iter().enumerate() {
            if task::kind(id).is_none() {
                let known: Vec<&str> = TASKS.iter().map(|t| t.id()).collect();
                out.push(
                    Problem::error(
                        "task_unknown",
                        format!("tasks[{i}]"),
                        format!("there is no kind of task {id:?}"),
                    )
                    .hint(format!("choose from {}", known.join(", "))),
                );
            }
        }
        if self.instructions_per_task == 0 {
            out.push(
                Problem::error(
                    "instructions_range",
                    "instructions_per_task",
                    "0 instructions per task; allowed are 1 or more",
                )
                .hint("1 is the default"),
            );
        }
        if let Some(p) = &self.image_uri_prefix {
            let schemes = format.limits().image_uri_schemes;
            if !schemes.iter().any(|s| p.starts_with(s)) {
                out.push(
                    Problem::error(
                        "image_ref_kind",
                        "image_uri_prefix",
                        format!(
                            "{p:?} is not a place that {} reads pictures from",
                            format.title()
                        ),
                    )
                    .hint(format!("start it with {}", schemes.join(" or "))),
                );
            }
        } else if format.image_source() == ImageSource::Uri {
            out.push(
                Problem::warning(
                    "image_ref_kind",
                    "image_uri_prefix",
                    "without a prefix the lines name pictures by relative path, which has to be replaced after the upload",
                )
                .hint("give the place the pictures will be uploaded to, such as gs://bucket/run1/"),
            );
        }
        out
    }

    /// The convention in use with `format`.
    pub fn convention(&self, format: &dyn Format) -> &'static Convention {
        let model = self.model.as_deref().filter(|_| format.follows_model());
        self.convention
            .as_deref()
            .and_then(convention)
            .or_else(|| {
                model
                    .and_then(family)
                    .and_then(|f| convention(f.convention))
            })
            .or_else(|| convention(format.convention()))
            .unwrap_or(&CONVENTIONS[0])
    }
}
