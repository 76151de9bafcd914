//! Fireworks AI: chat messages with pictures as data URLs only.

use serde_json::Value;

use crate::format::example::{Example, ImageSource};
use crate::format::limits::{FIREWORKS, Limits};
use crate::format::openai::{ChatShape, read_chat};
use crate::format::{Format, FormatOptions};
use crate::problem::Problem;

/// The lines of Fireworks AI.
#[derive(Debug)]
pub(super) struct Fireworks;

impl Format for Fireworks {
    fn id(&self) -> &'static str {
        "fireworks"
    }

    fn title(&self) -> &'static str {
        "Fireworks AI"
    }

    fn doc(&self) -> &'static str {
        "Chat messages with pictures as data URLs only"
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
        &FIREWORKS
    }

    fn line(&self, example: &Example, options: &FormatOptions) -> String {
        ChatShape {
            lists: false,
            detail: false,
        }
        .line(example, options)
    }

    fn read(&self, line: &Value, problems: &mut Vec<Problem>) -> Option<Example> {
        read_chat(line, problems)
    }
}
