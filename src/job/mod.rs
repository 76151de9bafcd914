//! Fine-tuning jobs: configuration, preparation, the state machine and the stored record.
//!
//! [`VisionFinetuner`] drives a job from dataset to tuned model; [`FineTuneJobManager`] keeps
//! it. Every step is stored before the next begins, so a job goes on after a reload or crash
//! wherever it stood, and the vendor is never asked for the same job twice.

mod config;
mod manager;
mod pipeline;
mod prepare;
mod record;
pub mod series;
mod state;
#[cfg(test)]
mod tests;

pub use config::{FineTuneConfig, key_fault};
pub use manager::{FineTuneJobManager, ImportReport, JOBS};
pub use pipeline::{ModelSink, TunedModel, Update, VisionFinetuner};
pub use record::{DatasetPaths, FineTuneJob, Hold, JobMetrics};
pub use state::{Event, JobStatus, Prepared, State, Uploaded};
