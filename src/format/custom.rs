//! Custom: Hugging Face TRL's lines, with pictures as files beside them.
//!
//! `{"images": ["images/000000.png"], "messages": [{"role", "content": [{"type": "text"|"image"}]}]}`:
//! the conversational vision shape of Hugging Face TRL, which many loaders read.

use serde_json::Value;

use crate::format::example::{Example, ImageSource};
use crate::format::limits::{CUSTOM, Limits};
use crate::format::messages::{self, PartNames};
use crate::format::ordered::{array, object, string};
use crate::format::{Format, FormatOptions};
use crate::problem::Problem;

/// The generic format.
#[derive(Debug)]
pub(super) struct Custom;

impl Format for Custom {
    fn id(&self) -> &'static str {
        "custom"
    }

    fn title(&self) -> &'static str {
        "Custom trainer"
    }

    fn doc(&self) -> &'static str {
        "Messages with pictures as files beside the lines (Hugging Face TRL shape)"
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
        let images = example.images.iter().map(|i| string(&i.url));
        object(&[
            ("images", array(images)),
            ("messages", messages::parts(example, &PartNames::BESIDE)),
        ])
    }

    fn read(&self, line: &Value, problems: &mut Vec<Problem>) -> Option<Example> {
        let (Some(_), Some(images)) = (
            line.get("messages").and_then(Value::as_array),
            line.get("images").and_then(Value::as_array),
        ) else {
            problems.push(
                Problem::error(
                    "line_shape",
                    "messages",
                    "there are no lists of messages and images",
                )
                .hint("each line is {\"images\": […], \"messages\": […]}"),
            );
            return None;
        };
        let images = images.iter().map(Value::as_str);
        let mut out = messages::read(line, &PartNames::BESIDE, problems)?;
        messages::take_images(&mut out, images, problems);
        Some(out)
    }
}
