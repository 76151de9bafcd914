//! What the app and its workers say to each other: JSON text, with the picture beside it as a
//! transferred buffer.

use serde::{Deserialize, Serialize};

use crate::dataset::Record;
use crate::error::Error;
use crate::generate::config::{GenerationConfig, ImageFormat};
use crate::generate::plan::ColorScheme;
use crate::generate::truth::Truth;

/// Version of these messages together with the program's: a page and a worker of different
/// releases must not work together.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), "/1");

/// The app asks for one sample.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// Comes back with the answer.
    pub ticket: u64,
    /// What to generate; its seed is set.
    pub config: GenerationConfig,
    /// Index of the sample.
    pub index: u64,
    /// Whether the plan is wanted as well.
    pub with_plan: bool,
}

/// A worker answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Reply {
    /// The worker runs and speaks this version.
    Ready {
        /// [`VERSION`] of the worker.
        version: String,
    },
    /// The sample.
    Sample {
        /// Of the request.
        ticket: u64,
        /// Everything but the picture's bytes.
        sample: Box<Shot>,
    },
    /// It could not be made.
    Failed {
        /// Of the request.
        ticket: u64,
        /// Why.
        error: Failure,
    },
}

/// A sample as the pages need it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shot {
    /// Index in the dataset.
    pub index: u64,
    /// Name of the structure.
    pub layout_id: String,
    /// Name of the sample's bytes.
    pub fingerprint: String,
    /// Seed of the dataset.
    pub seed: u64,
    /// Kind of screen.
    pub archetype: String,
    /// Design system.
    pub theme: String,
    /// Light or dark.
    pub color_scheme: ColorScheme,
    /// BCP 47 tag of its language.
    pub locale: String,
    /// Title of the page shown.
    pub title: String,
    /// Elements and boxes.
    pub truth: Truth,
    /// The sample as a line of `dataset.jsonl`, its picture named by path.
    pub record: Record,
    /// The picture's format, when there is one.
    pub image: Option<ImageFormat>,
    /// Bytes of the picture.
    pub image_bytes: u64,
    /// The plan as JSON, when asked for.
    pub plan: Option<String>,
    /// Time it took in the worker.
    pub milliseconds: f64,
}

/// An [`Error`] that can travel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// What happened.
    pub message: String,
    /// Stable name.
    pub code: String,
    /// The field at fault.
    pub path: Option<String>,
    /// What to do.
    pub hint: Option<String>,
}

impl From<&Error> for Failure {
    fn from(e: &Error) -> Self {
        Self {
            message: e.message().to_owned(),
            code: e.code().to_owned(),
            path: e.path().map(str::to_owned),
            hint: e.hint_text().map(str::to_owned),
        }
    }
}
