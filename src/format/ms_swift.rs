//! ms-swift: `{"messages": [{"role", "content": "<image>…"}], "images": ["images/000000.png"]}`.
//!
//! Answers carry the numbers as text in the model family's convention. The trainer's own
//! `objects` field is left out: it would rewrite the numbers in a form that depends on the
//! trainer's version, and the convention would no longer be known to whoever calls the model.

use serde_json::Value;

use crate::format::example::{Example, ImageSource};
use crate::format::limits::{CUSTOM, Limits};
use crate::format::messages;
use crate::format::{Format, FormatOptions};
use crate::problem::Problem;

/// The lines of ms-swift.
#[derive(Debug)]
pub(super) struct MsSwift;

impl Format for MsSwift {
    fn id(&self) -> &'static str {
        "ms_swift"
    }

    fn title(&self) -> &'static str {
        "ms-swift"
    }

    fn doc(&self) -> &'static str {
        "Texts with <image> for each picture of a list beside them"
    }

    fn image_source(&self) -> ImageSource {
        ImageSource::Path
    }

    fn convention(&self) -> &'static str {
        "absolute"
    }

    fn follows_model(&self) -> bool {
        true
    }

    fn limits(&self) -> &'static Limits {
        &CUSTOM
    }

    fn line(&self, example: &Example, _: &FormatOptions) -> String {
        messages::placeholder_line(example)
    }

    fn read(&self, line: &Value, problems: &mut Vec<Problem>) -> Option<Example> {
        messages::read_placeholder_line(line, problems)
    }
}
