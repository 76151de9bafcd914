//! LLaMA-Factory: `{"messages": [{"role", "content": "<image>…"}], "images": ["images/000000.png"]}`,
//! described by its `dataset_info.json`. The count of `<image>` must equal that of the pictures.

use serde_json::Value;

use crate::format::example::{Example, ImageSource};
use crate::format::limits::{CUSTOM, Limits};
use crate::format::messages;
use crate::format::{Format, FormatOptions};
use crate::problem::Problem;

/// The lines of LLaMA-Factory.
#[derive(Debug)]
pub(super) struct LlamaFactory;

impl Format for LlamaFactory {
    fn id(&self) -> &'static str {
        "llamafactory"
    }

    fn title(&self) -> &'static str {
        "LLaMA-Factory"
    }

    fn doc(&self) -> &'static str {
        "Texts with <image> for each picture of a list beside them (sharegpt with OpenAI's roles)"
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
