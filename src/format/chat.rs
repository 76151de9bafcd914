//! Chat messages with the pictures inside, for an HTTP trainer: one file holds all it needs.

use serde_json::Value;

use crate::format::example::{Example, ImageSource};
use crate::format::limits::{CHAT, Limits};
use crate::format::openai::{ChatShape, read_chat};
use crate::format::{Format, FormatOptions};
use crate::problem::Problem;

/// The lines of Chat with pictures inside.
#[derive(Debug)]
pub(super) struct Chat;

impl Format for Chat {
    fn id(&self) -> &'static str {
        "chat"
    }

    fn title(&self) -> &'static str {
        "Chat with pictures inside"
    }

    fn doc(&self) -> &'static str {
        "Chat messages with pictures as data URLs, for an HTTP trainer of your own"
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
        &CHAT
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
