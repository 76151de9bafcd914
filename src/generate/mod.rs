//! Stage 1: seed and configuration → plan → layout → pixels, HTML and ground truth.

pub mod archetype;
pub mod config;
pub mod content;
pub mod encode;
#[cfg(test)]
mod fixture;
mod generator;
pub mod html;
pub mod icon;
pub mod layout;
pub mod paint;
pub mod plan;
pub mod raster;
pub mod sample;
pub mod text;
pub mod theme;
pub mod truth;
pub mod widget;

pub use generator::{SyntheticUiGenerator, layout_id};

/// Version of everything that decides what a seed looks like. It rises whenever any sample of
/// any configuration changes.
pub const GENERATOR_VERSION: u32 = 3;
