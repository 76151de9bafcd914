//! Base model against tuned model, from recorded answers.

use serde::Deserialize;
use wasm_bindgen::prelude::*;

use crate::dataset::{Side, SplitConfig};
use crate::error::{Error, Result};
use crate::registry::compare::{
    Answer, Question, choose, collect_answers, compare, read_answers, screenspot,
};
use crate::task::coords::{CONVENTIONS, Convention, convention};
use crate::wasm::convert::{OrThrow as _, options, to_js};
use crate::wasm::dataset::records;

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Choice {
    side: Option<Side>,
    validation_split: Option<f64>,
    limit: Option<usize>,
}

/// What can be asked about the records of a JSONL text: those of one side of the split, or all.
#[wasm_bindgen(js_name = compareQuestions, unchecked_return_type = "CompareQuestion[]")]
pub fn compare_questions(
    jsonl: &str,
    #[wasm_bindgen(
        unchecked_param_type = "{ side?: 'train' | 'validation'; validationSplit?: number; limit?: number } | undefined"
    )]
    choice: &JsValue,
) -> Result<JsValue, JsValue> {
    let choice: Choice = options(choice)?;
    to_js(&chosen(jsonl, &choice).or_throw()?)
}

fn chosen(jsonl: &str, asked: &Choice) -> Result<Vec<Question>> {
    let records = records(jsonl)?;
    let config = SplitConfig {
        validation_split: asked.validation_split.unwrap_or(0.1),
    };
    let limit = asked.limit.unwrap_or(usize::MAX);
    choose(records.iter(), asked.side, &config, limit)
}

/// The questions of a benchmark file of the ScreenSpot family. Its rows must carry `img_size`.
#[wasm_bindgen(js_name = screenspotQuestions, unchecked_return_type = "CompareQuestion[]")]
pub fn screenspot_questions(json: &str) -> Result<JsValue, JsValue> {
    let unsized_picture = |path: &str| {
        Err(Error::data(
            "image_size_missing",
            "the row does not tell the size of its picture",
        )
        .at(path)
        .hint("add img_size: [width, height] to each row"))
    };
    to_js(&screenspot(json, None, unsized_picture).or_throw()?)
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Conventions {
    convention: Option<String>,
    base_convention: Option<String>,
}

/// Scores the answers of a base and a tuned model to the same questions. Answers are a list, or
/// the text of a file with one JSON object a line.
#[wasm_bindgen(js_name = compareAnswers, unchecked_return_type = "Comparison")]
pub fn compare_answers(
    #[wasm_bindgen(unchecked_param_type = "CompareQuestion[]")] questions: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "ModelAnswer[] | string")] base: &JsValue,
    #[wasm_bindgen(unchecked_param_type = "ModelAnswer[] | string")] tuned: &JsValue,
    #[wasm_bindgen(
        unchecked_param_type = "{ convention?: string; baseConvention?: string } | undefined"
    )]
    how: &JsValue,
) -> Result<JsValue, JsValue> {
    let how: Conventions = options(how)?;
    let questions: Vec<Question> = plain(questions)?;
    let answers = |value: &JsValue| match value.as_string() {
        Some(text) => read_answers(&text).or_throw(),
        None => collect_answers(plain::<Vec<Answer>>(value)?).or_throw(),
    };
    let (base, tuned) = (answers(base)?, answers(tuned)?);
    let of_tuned = how.convention.as_deref().unwrap_or(CONVENTIONS[0].id);
    let of_base = how.base_convention.as_deref().unwrap_or(of_tuned);
    let found = compare(
        &questions,
        (&base, named(of_base).or_throw()?),
        (&tuned, named(of_tuned).or_throw()?),
    );
    to_js(&found.or_throw()?)
}

fn plain<T: serde::de::DeserializeOwned>(value: &JsValue) -> Result<T, JsValue> {
    serde_wasm_bindgen::from_value(value.clone())
        .map_err(|e| {
            Error::caller("options", e.to_string())
                .hint("see the types of the package for the names and their values")
        })
        .or_throw()
}

pub(super) fn named(id: &str) -> Result<&'static Convention> {
    convention(id).ok_or_else(|| {
        let ids: Vec<&str> = CONVENTIONS.iter().map(|c| c.id).collect();
        Error::caller("convention_unknown", format!("{id:?} is no convention"))
            .at("convention")
            .hint(format!("choose from {}", ids.join(", ")))
    })
}
