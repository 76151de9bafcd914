//! Axolotl: `{"messages": [{"role", "content": [{"type": "image", "path": "images/000000.png"}, {"type": "text", "text": …}]}]}`.

use serde_json::Value;

use crate::format::example::{Example, ImageSource};
use crate::format::limits::{CUSTOM, Limits};
use crate::format::messages::{self, PartNames};
use crate::format::ordered::object;
use crate::format::{Format, FormatOptions};
use crate::problem::Problem;

/// The lines of Axolotl.
#[derive(Debug)]
pub(super) struct Axolotl;

impl Format for Axolotl {
    fn id(&self) -> &'static str {
        "axolotl"
    }

    fn title(&self) -> &'static str {
        "Axolotl"
    }

    fn doc(&self) -> &'static str {
        "Messages whose image parts carry a path"
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
            image: Some("path"),
        };
        object(&[("messages", messages::parts(example, &names))])
    }

    fn read(&self, line: &Value, problems: &mut Vec<Problem>) -> Option<Example> {
        messages::read(
            line,
            &PartNames {
                image: Some("path"),
            },
            problems,
        )
    }
}
