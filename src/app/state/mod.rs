//! What the pages show, as plain values without a browser.

pub mod ask_form;
pub mod chart;
pub mod code;
pub mod compare_source;
pub mod config_form;
pub mod findings;
pub mod job_form;
pub mod job_list;
pub mod keys;
pub mod lines;
pub mod number;
pub mod overlay;
pub mod progress;
pub mod reach;
pub mod toasts;
pub mod told;
