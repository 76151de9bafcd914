//! Parts that several pages are made of.

pub(crate) mod ask;
pub(crate) mod boxes;
pub(crate) mod chart;
pub(crate) mod code;
pub(crate) mod dialog;
pub(crate) mod elements;
pub(crate) mod field;
pub(crate) mod findings;
pub(crate) mod icon;
pub(crate) mod job_state;
pub(crate) mod marks;
pub(crate) mod model_state;
pub(crate) mod notice;
pub(crate) mod progress;
pub(crate) mod secret;
pub(crate) mod time;
pub(crate) mod toast;
