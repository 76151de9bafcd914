//! Together AI: chat messages whose contents are all lists of parts; pictures as data URLs only.

use serde_json::Value;

use crate::format::example::{Example, ImageSource};
use crate::format::limits::{Limits, TOGETHER};
use crate::format::openai::{ChatShape, read_chat};
use crate::format::{Format, FormatOptions};
use crate::problem::Problem;

/// The lines of Together AI.
#[derive(Debug)]
pub(super) struct Together;

impl Format for Together {
    fn id(&self) -> &'static str {
        "together"
    }

    fn title(&self) -> &'static str {
        "Together AI"
    }

    fn doc(&self) -> &'static str {
        "Chat messages of parts, with pictures as data URLs only"
    }

    fn image_source(&self) -> ImageSource {
        ImageSource::DataUrl
    }

    fn convention(&self) -> &'static str {
        "thousand"
    }

    fn follows_model(&self) -> bool {
        true
    }

    fn limits(&self) -> &'static Limits {
        &TOGETHER
    }

    fn line(&self, example: &Example, options: &FormatOptions) -> String {
        ChatShape {
            lists: true,
            detail: false,
        }
        .line(example, options)
    }

    fn read(&self, line: &Value, problems: &mut Vec<Problem>) -> Option<Example> {
        read_chat(line, problems)
    }
}
