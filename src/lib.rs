//! Synthetic UI screenshots with exact ground truth, turned into fine-tuning datasets for
//! vision models that click, and carried to a tuned, registered model.
//!
//! The modules are the pipeline, in order:
//!
//! | stage | module | what it does |
//! |---|---|---|
//! | – | [`base`] | geometry, colour, keyed random streams, hashes, ports |
//! | 1 | [`generate`] | seed + configuration → plan → layout → pixels, HTML, ground truth |
//! | 2 | [`task`] | what a model is asked about a screen, with proof that each question has one answer |
//! | 3 | [`dataset`] | records, files, statistics, a split without leaks |
//! | 4 | [`mod@format`] | records → the exact lines a vendor or trainer reads, local checks, estimates |
//! | 5 | [`provider`] | vendors: create, watch and collect fine-tuning jobs, really or for practice |
//! | 6 | [`job`] | the life of a job: configuration, preparation, state machine, record |
//! | 7 | [`registry`] | tuned models and their export to Skyvern |
//! | – | [`store`] | where all this is kept: memory, files, IndexedDB |

pub mod app;
pub mod base;
#[cfg(all(feature = "cli", not(target_arch = "wasm32")))]
pub mod cli;
pub mod dataset;
pub mod error;
pub mod format;
pub mod generate;
pub mod job;
pub mod problem;
pub mod provider;
pub mod registry;
pub mod store;
pub mod task;
#[cfg(all(feature = "npm", target_arch = "wasm32"))]
pub mod wasm;

pub use dataset::DatasetExporter;
pub use error::{Error, ErrorKind, Result};
pub use generate::SyntheticUiGenerator;
pub use generate::config::{GenerationConfig, ImageFormat};
pub use problem::{Problem, Severity};

// Test suites shared with the browser name this crate as its users do.
#[cfg(test)]
extern crate self as screensmith;

/// The README's examples, compiled.
#[cfg(all(doctest, not(target_arch = "wasm32")))]
#[doc = include_str!("../README.md")]
pub struct Readme;
