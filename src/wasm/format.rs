//! Records → the exact lines a trainer accepts, and the checks for such lines.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::error::Error;
use crate::format::{FORMATS, FormatOptions, Preparator, Purpose, Validator, format, validate};
use crate::wasm::convert::{OrThrow as _, options, thrown, to_js};
use crate::wasm::dataset::records;

#[derive(Serialize)]
struct About {
    id: &'static str,
    title: &'static str,
    doc: &'static str,
    convention: &'static str,
}

#[derive(Default, Serialize)]
struct Made {
    lines: Vec<String>,
    images: Vec<Picture>,
}

#[derive(Serialize)]
struct Picture {
    path: String,
    sha256: String,
}

/// The line formats there are.
#[wasm_bindgen(unchecked_return_type = "FormatInfo[]")]
pub fn formats() -> Result<JsValue, JsValue> {
    let all: Vec<About> = FORMATS
        .iter()
        .map(|f| About {
            id: f.id(),
            title: f.title(),
            doc: f.doc(),
            convention: f.convention(),
        })
        .collect();
    to_js(&all)
}

/// The lines of the records in a JSONL text, which must carry their pictures. Pictures that the
/// lines only name are listed beside them.
#[wasm_bindgen(js_name = formatRecords, unchecked_return_type = "FormatResult")]
pub fn format_records(
    jsonl: &str,
    provider: &str,
    #[wasm_bindgen(unchecked_param_type = "FormatOptions | undefined")] how: &JsValue,
) -> Result<JsValue, JsValue> {
    let preparator = Preparator::new(provider, options(how)?).or_throw()?;
    let mut made = Made::default();
    for (row, record) in records(jsonl).or_throw()?.iter().enumerate() {
        let picture = record.embedded_image().or_throw()?.ok_or_else(|| {
            thrown(
                &Error::data("record_image", "the record carries no picture")
                    .at(format!("row {}", row + 1))
                    .hint("write records with their screenshots"),
            )
        })?;
        let converted = preparator
            .convert(row as u64, record, &picture)
            .or_throw()?;
        made.lines.extend(converted.lines);
        made.images.extend(converted.image.map(|i| Picture {
            path: i.path,
            sha256: i.sha256,
        }));
    }
    to_js(&made)
}

/// What is wrong with lines, before anybody uploads them. With a `model` among the options the
/// report also estimates tokens and cost.
#[wasm_bindgen(js_name = validateLines, unchecked_return_type = "FormatReport")]
pub fn validate_lines(
    text: &str,
    provider: &str,
    #[wasm_bindgen(unchecked_param_type = "FormatOptions | undefined")] how: &JsValue,
) -> Result<JsValue, JsValue> {
    let how: FormatOptions = options(how)?;
    let validator = Validator::new(format(provider).or_throw()?, &how, Purpose::Training);
    to_js(&validate(text.as_bytes(), validator))
}
