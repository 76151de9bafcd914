//! Unsloth: `{"messages": [{"role", "content": [{"type": "image", "image": "images/000000.png"}, {"type": "text", "text": …}]}]}`.
//! The train script of the bundle opens the pictures.

use serde_json::Value;

use crate::format::example::{Example, ImageSource};
use crate::format::limits::{CUSTOM, Limits};
use crate::format::messages::{self, PartNames};
use crate::format::ordered::object;
use crate::format::{Format, FormatOptions};
use crate::problem::Problem;

/// The lines of Unsloth.
#[derive(Debug)]
pub(super) struct Unsloth;

impl Format for Unsloth {
    fn id(&self) -> &'static str {
        "unsloth"
    }

    fn title(&self) -> &'static str {
        "Unsloth"
    }

    fn doc(&self) -> &'static str {
        "Messages whose image parts carry a path that the train script opens"
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
        let names = PartNames {
            image: Some("image"),
        };
        object(&[("messages", messages::parts(example, &names))])
    }

    fn read(&self, line: &Value, problems: &mut Vec<Problem>) -> Option<Example> {
        let names = PartNames {
            image: Some("image"),
        };
        messages::read(line, &names, problems)
    }
}
