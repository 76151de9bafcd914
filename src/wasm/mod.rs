//! The npm module: the library with plain JavaScript objects going in and out.
//!
//! It holds no rules of its own. Options may be written in camelCase; records (samples, jobs,
//! registry entries) keep the names of their files. Whatever fails throws an `Error` with
//! `code`, `kind`, `path` and `hint`.

pub mod compare;
mod convert;
pub mod dataset;
pub mod format;
pub mod generate;
pub mod pipeline;
pub mod registry;
mod types;

use wasm_bindgen::prelude::*;

/// Runs once when the module is loaded: a panic then names its place on the console.
#[wasm_bindgen(start)]
pub fn start() {
    console_error_panic_hook::set_once();
}

/// Version of the package.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Version of what decides how a seed looks; see `fingerprint` of a sample.
#[wasm_bindgen(js_name = generatorVersion)]
pub fn generator_version() -> u32 {
    crate::generate::GENERATOR_VERSION
}
