//! One creation, two jobs: what browsers make of a connection that breaks at the wrong moment.

use crate::base::ports::Expect;
use crate::error::Result;
use crate::job::driver::{Update, VisionFinetuner};
use crate::job::record::FineTuneJob;
use crate::problem::Problem;
use crate::provider::{Provider, RemoteState};

impl VisionFinetuner {
    /// Cancels the jobs that the vendor made for the same creation as `id`, and notes it. Only
    /// where requests may arrive twice, and before the training begins, when it is still early.
    pub(super) async fn cancel_doubles(
        &self,
        job: &FineTuneJob,
        id: &str,
        stage: RemoteState,
        provider: &dyn Provider,
    ) -> Result<()> {
        let early = matches!(stage, RemoteState::Validating | RemoteState::Queued);
        if !self.ports.http.resends() || !early {
            return Ok(());
        }
        for double in provider.find_all(&job.unique_key).await? {
            if double.id == id || double.state.is_final() {
                continue;
            }
            provider.cancel(&double.id).await?;
            let told = format!(
                "the browser sent the request for the job twice; the second job, {}, was cancelled",
                double.id
            );
            let note = Problem::warning("double_cancelled", "provider", told);
            self.note(&job.job_id, &note).await?;
        }
        Ok(())
    }

    async fn note(&self, job_id: &str, problem: &Problem) -> Result<()> {
        loop {
            let (mut job, version) = self.manager.load(job_id).await?;
            job.problems.push(problem.clone());
            let expect = Expect::Version(version);
            match self.manager.write(&job, expect, &[]).await {
                // Somebody else changed the job in the meantime.
                Err(e) if e.code() == "store_conflict" => {}
                Err(e) => return Err(e),
                Ok(()) => {
                    self.tell(Update::Job(&job));
                    return Ok(());
                }
            }
        }
    }
}
