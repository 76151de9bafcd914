//! Models saved during training: asked for, and kept beside the job.

use crate::base::ports::{Batch, Expect};
use crate::error::{Error, Result};
use crate::job::driver::{Update, VisionFinetuner};
use crate::job::manager::FineTuneJobManager;
use crate::job::record::FineTuneJob;
use crate::provider::{Checkpoint, Provider};

/// Collection of the checkpoints, by job.
pub(super) const CHECKPOINTS: &str = "checkpoints";

impl FineTuneJobManager {
    /// The checkpoints of a job as they were last told by the vendor, in order of their steps;
    /// empty before.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn checkpoints(&self, job_id: &str) -> Result<Vec<Checkpoint>> {
        match self.store.get(CHECKPOINTS, job_id).await? {
            Some(doc) => Ok(serde_json::from_value(doc.value)?),
            None => Ok(Vec::new()),
        }
    }
}

impl VisionFinetuner {
    /// Asks the vendor for the checkpoints of a job, while it trains or afterwards, and keeps
    /// them. In order of their steps.
    ///
    /// # Errors
    /// `checkpoints_unsupported` when the vendor keeps none; `job_not_at_vendor` when it does not
    /// have the job yet; `job_missing`; what the vendor says; a failure of storage.
    pub async fn checkpoints(&self, job_id: &str) -> Result<Vec<Checkpoint>> {
        let job = self.manager.get(job_id).await?;
        let vendor = job.provider.vendor();
        if !vendor.capabilities().checkpoints {
            let text = format!("{} keeps no checkpoints", vendor.label());
            return Err(Error::unsupported("checkpoints_unsupported", text)
                .at(job_id)
                .hint("only the final model is there"));
        }
        let id = job.state.remote_id().ok_or_else(|| {
            Error::caller("job_not_at_vendor", "the vendor does not have the job")
                .at(job_id)
                .hint("checkpoints are saved while it trains")
        })?;
        let provider = self.connect(&job.config)?;
        self.keep_checkpoints(&job, id, provider.as_ref()).await
    }

    pub(super) async fn keep_checkpoints(
        &self,
        job: &FineTuneJob,
        id: &str,
        provider: &dyn Provider,
    ) -> Result<Vec<Checkpoint>> {
        let mut list = provider.checkpoints(id).await?;
        list.sort_by_key(|c| c.step);
        let value = serde_json::to_value(&list)?;
        let batch = Batch::new().put(CHECKPOINTS, &job.job_id, value, Expect::Any);
        self.manager.store.commit(batch).await?;
        self.tell(Update::Checkpoints {
            job,
            checkpoints: &list,
        });
        Ok(list)
    }
}
