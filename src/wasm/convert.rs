//! JavaScript values ↔ records, and errors that JavaScript can read.

use js_sys::Reflect;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use wasm_bindgen::prelude::*;

use crate::base::strict;
use crate::error::{Error, Result};

/// A record as a plain object: maps are objects, absent options are left out.
pub(super) fn to_js<T: Serialize + ?Sized>(value: &T) -> Result<JsValue, JsValue> {
    let plain = serde_wasm_bindgen::Serializer::json_compatible();
    value
        .serialize(&plain)
        .map_err(|e| thrown(&Error::data("to_js", e.to_string())))
}

/// Options: camelCase or snake_case names, `undefined` for none. Maps of the user's own names
/// (`metadata`, `headers`) stay as they are.
pub(super) fn options<T: DeserializeOwned>(value: &JsValue) -> Result<T, JsValue> {
    let plain: Value = if value.is_undefined() || value.is_null() {
        Value::Object(Map::new())
    } else {
        serde_wasm_bindgen::from_value(value.clone())
            .map_err(|e| thrown(&Error::caller("options", e.to_string())))?
    };
    record(snake(plain))
}

/// A record as read from a file.
pub(super) fn record<T: DeserializeOwned>(value: Value) -> Result<T, JsValue> {
    strict::with_path(value).map_err(|e| {
        let error = Error::caller("options", e.inner().to_string())
            .hint("see the types of the package for the names and their values");
        thrown(&match strict::field(&e) {
            Some(field) => error.at(field),
            None => error,
        })
    })
}

fn snake(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(name, inner)| {
                    let name = snake_name(&name);
                    let own_names = name == "metadata" || name == "headers";
                    (name, if own_names { inner } else { snake(inner) })
                })
                .collect(),
        ),
        Value::Array(list) => Value::Array(list.into_iter().map(snake).collect()),
        Value::Number(n) => Value::Number(whole(n)),
        other => other,
    }
}

/// JavaScript has one kind of number; fields that count want `50`, not `50.0`.
fn whole(n: serde_json::Number) -> serde_json::Number {
    match n.as_f64() {
        Some(f) if !n.is_i64() && !n.is_u64() && f.fract() == 0.0 && f.abs() < 9.1e15 => {
            (f as i64).into()
        }
        _ => n,
    }
}

/// `registerLlmKey` → `register_llm_key`; names in capitals (`OPENAI_API_KEY`) stay.
fn snake_name(name: &str) -> String {
    if !name.chars().any(|c| c.is_ascii_lowercase()) {
        return name.to_owned();
    }
    let mut out = String::with_capacity(name.len() + 4);
    for c in name.chars() {
        if c.is_ascii_uppercase() {
            out.push('_');
        }
        out.push(c.to_ascii_lowercase());
    }
    out
}

/// An `Error` of JavaScript with `name`, `code`, `kind`, `path` and `hint`.
pub(super) fn thrown(e: &Error) -> JsValue {
    let out = js_sys::Error::new(e.message());
    out.set_name("ScreensmithError");
    let kind = serde_json::to_value(e.kind()).ok();
    let kind = kind.as_ref().and_then(Value::as_str).unwrap_or("caller");
    let fields = [
        ("code", Some(e.code())),
        ("kind", Some(kind)),
        ("path", e.path()),
        ("hint", e.hint_text()),
    ];
    for (name, value) in fields {
        if let Some(text) = value {
            // Setting a property of a fresh object does not fail.
            let _ = Reflect::set(&out, &name.into(), &text.into());
        }
    }
    out.into()
}

/// For `map_err` on this crate's results.
pub(super) trait OrThrow<T> {
    /// The value, or the error as JavaScript sees it.
    fn or_throw(self) -> Result<T, JsValue>;
}

impl<T> OrThrow<T> for Result<T> {
    fn or_throw(self) -> Result<T, JsValue> {
        self.map_err(|e| thrown(&e))
    }
}
