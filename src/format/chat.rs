//! Chat messages with the pictures inside, as many vendors and trainers read them. They differ in
//! what they accept.

use serde_json::Value;

use crate::format::example::{Example, ImageSource};
use crate::format::limits::{self, Limits};
use crate::format::openai::{ChatShape, read_chat};
use crate::format::{Format, FormatOptions};
use crate::problem::Problem;

/// The lines of one reader.
#[derive(Debug)]
pub(super) struct Chat {
    id: &'static str,
    title: &'static str,
    doc: &'static str,
    /// Every content is a list of parts, even one text.
    lists: bool,
    limits: &'static Limits,
}

pub(super) static TOGETHER: Chat = Chat {
    id: "together",
    title: "Together AI",
    doc: "Chat messages of parts, with pictures as data URLs only",
    lists: true,
    limits: &limits::TOGETHER,
};

pub(super) static FIREWORKS: Chat = Chat {
    id: "fireworks",
    title: "Fireworks AI",
    doc: "Chat messages with pictures as data URLs only",
    lists: false,
    limits: &limits::FIREWORKS,
};

/// For an HTTP trainer: one file holds all it needs.
pub(super) static CHAT: Chat = Chat {
    id: "chat",
    title: "Chat with pictures inside",
    doc: "Chat messages with pictures as data URLs, for an HTTP trainer of your own",
    lists: false,
    limits: &limits::CHAT,
};

impl Format for Chat {
    fn id(&self) -> &'static str {
        self.id
    }

    fn title(&self) -> &'static str {
        self.title
    }

    fn doc(&self) -> &'static str {
        self.doc
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
        self.limits
    }

    fn line(&self, example: &Example, options: &FormatOptions) -> String {
        ChatShape {
            lists: self.lists,
            detail: false,
        }
        .line(example, options)
    }

    fn read(&self, line: &Value, problems: &mut Vec<Problem>) -> Option<Example> {
        read_chat(line, problems)
    }
}
