//! Fine-tuning jobs: configuration, preparation, the state machine and the stored record.
//!
//! [`VisionFinetuner`] drives a job from dataset to tuned model; [`FineTuneJobManager`] keeps
//! it. Every step is stored before the next begins, so a job goes on after a reload or crash
//! wherever it stood, and the vendor is never asked for the same job twice.

mod artifacts;
mod bundle;
#[cfg(test)]
mod chaos_tests;
mod checkpoints;
mod checks;
mod clean;
mod config;
mod doubles;
mod driver;
mod edit;
#[cfg(test)]
mod edit_tests;
mod failure;
mod left_out;
mod manager;
mod phase;
mod preflight;
#[cfg(test)]
mod preflight_tests;
mod prepare;
mod queue;
#[cfg(test)]
mod queue_tests;
mod record;
mod rows;
pub mod series;
mod state;
mod step;
#[cfg(test)]
mod tests;
mod upload;
mod version;

pub use checks::{Ask, Row, RowState};
pub use clean::Cleaned;
pub use config::{FineTuneConfig, Start, key_fault};
pub use driver::{ModelSink, TunedModel, Update, VisionFinetuner};
pub use edit::DeletedJob;
pub use manager::{EventPage, FineTuneJobManager, ImportReport, JOBS};
pub use phase::Phase;
pub use preflight::{Preflight, Sending};
pub use queue::{DEFAULT_SLOTS, Scheduler, Slots};
pub use record::{DatasetPaths, FineTuneJob, Hold, JobMetrics, SavedArtifact, UploadMark};
pub use state::{Event, JobStatus, Prepared, State, Uploaded};
pub use version::{DatasetVersion, TokenEstimate};
