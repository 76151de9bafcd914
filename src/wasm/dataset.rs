//! Records: making, counting, splitting; and the questions that can be asked about a screen.

use js_sys::{Reflect, Uint8Array};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use wasm_bindgen::prelude::*;

use crate::base::json::{fault, object};
use crate::dataset::{ImageStorage, Record, SplitConfig, SplitKey, StatsBuilder, split};
use crate::error::{Error, Result};
use crate::generate::sample::{EncodedImage, Sample};
use crate::generate::truth::Truth;
use crate::task::resolve::{Expression, Resolver};
use crate::task::tasks;
use crate::wasm::convert::{OrThrow as _, options, record, thrown, to_js};

fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

fn plain<T: DeserializeOwned>(value: JsValue, name: &str) -> Result<T, JsValue> {
    let value: Value = serde_wasm_bindgen::from_value(value)
        .map_err(|e| thrown(&Error::caller("not_a_sample", e.to_string()).at(name)))?;
    record(value)
}

/// A sample as `Engine::sample` gave it.
fn sample_of(value: &JsValue) -> Result<Sample, JsValue> {
    let text = |name: &str| {
        field(value, name).as_string().ok_or_else(|| {
            thrown(
                &Error::caller("not_a_sample", format!("{name} is missing"))
                    .at(name)
                    .hint("give what sample() returned"),
            )
        })
    };
    #[derive(Deserialize)]
    struct Picture {
        format: crate::ImageFormat,
        width: u32,
        height: u32,
    }
    let image = field(value, "image");
    let image = if image.is_undefined() {
        None
    } else {
        let bytes: Uint8Array = field(&image, "bytes").unchecked_into();
        let p: Picture = plain(
            {
                let head = js_sys::Object::new();
                for name in ["format", "width", "height"] {
                    // Setting a property of a fresh object does not fail.
                    let _ = Reflect::set(&head, &name.into(), &field(&image, name));
                }
                head.into()
            },
            "image",
        )?;
        Some(EncodedImage {
            format: p.format,
            width: p.width,
            height: p.height,
            bytes: bytes.to_vec(),
        })
    };
    Ok(Sample {
        index: field(value, "index").as_f64().unwrap_or(0.0) as u64,
        layout_id: text("layout_id")?,
        plan: plain(field(value, "plan"), "plan")?,
        html: text("html")?,
        truth: plain(field(value, "truth"), "truth")?,
        image,
        fingerprint: text("fingerprint")?,
    })
}

/// What can be asked about a sample, each with the proof that it has one answer.
#[wasm_bindgen(js_name = tasks, unchecked_return_type = "Task[]")]
pub fn tasks_of_sample(
    #[wasm_bindgen(unchecked_param_type = "Sample")] sample: &JsValue,
) -> Result<JsValue, JsValue> {
    to_js(&tasks(&sample_of(sample)?))
}

/// The ids of the elements that satisfy an expression, by what can be seen alone.
#[wasm_bindgen(unchecked_return_type = "string[]")]
pub fn resolve(
    #[wasm_bindgen(unchecked_param_type = "Truth")] truth: JsValue,
    #[wasm_bindgen(unchecked_param_type = "Expression")] expression: JsValue,
) -> Result<JsValue, JsValue> {
    let truth: Truth = plain(truth, "truth")?;
    let expression: Expression = plain(expression, "expression")?;
    let found: Vec<&str> = Resolver::new(&truth)
        .solve(&expression)
        .into_iter()
        .map(|e| e.id.as_str())
        .collect();
    to_js(&found)
}

/// The line of a sample in `dataset.jsonl`, without the line break. The picture goes into it,
/// or, with `imagePath`, is only named.
#[wasm_bindgen(js_name = recordLine)]
pub fn record_line(
    #[wasm_bindgen(unchecked_param_type = "Sample")] sample: &JsValue,
    include_screenshot: bool,
    image_path: Option<String>,
) -> Result<String, JsValue> {
    let mut sample = sample_of(sample)?;
    if !include_screenshot {
        sample.image = None;
    }
    let storage = image_path
        .as_deref()
        .map_or(ImageStorage::Embedded, ImageStorage::File);
    Record::new(&sample, tasks(&sample), storage)
        .to_line()
        .or_throw()
}

/// Reads the lines of a JSONL text, naming the row that is broken.
pub(super) fn records(jsonl: &str) -> Result<Vec<Record>> {
    jsonl
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(row, line)| {
            object(line.as_bytes()).map_err(|e| {
                Error::data("record_json", fault(&e))
                    .at(format!("row {}", row + 1))
                    .hint("each line is one JSON record")
            })
        })
        .collect()
}

/// Counts of the records in a JSONL text.
#[wasm_bindgen(js_name = datasetStats, unchecked_return_type = "DatasetStats")]
pub fn dataset_stats(jsonl: &str) -> Result<JsValue, JsValue> {
    let mut builder = StatsBuilder::default();
    for r in records(jsonl).or_throw()? {
        builder.add(&r);
    }
    to_js(&builder.stats())
}

/// Which record of a JSONL text is for training and which for validation.
#[wasm_bindgen(js_name = splitRecords, unchecked_return_type = "SplitResult")]
pub fn split_records(
    jsonl: &str,
    #[wasm_bindgen(unchecked_param_type = "{ validationSplit?: number } | undefined")]
    config: &JsValue,
) -> Result<JsValue, JsValue> {
    let config: SplitConfig = options(config)?;
    let keys: Vec<SplitKey> = records(jsonl)
        .or_throw()?
        .iter()
        .map(SplitKey::from)
        .collect();
    to_js(&split(&keys, &config).or_throw()?)
}
