//! What a failed step of a job means: it is repeated, the job is held for the user, or it ends.

use crate::base::ports::Expect;
use crate::error::{Error, ErrorKind, Result};
use crate::job::driver::{Update, VisionFinetuner};
use crate::job::record::{FineTuneJob, Hold};
use crate::job::state::{Event, State};
use crate::provider::RemoteError;

/// Tries of a step that may work later, before the driver that takes single steps gives up.
const MAX_TRIES: u32 = 6;

/// What was being done when it failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    /// Preparing, uploading, asking for the job: a refusal means that there is no job.
    Starting,
    /// Asking about a job that the vendor has or may have: ending it here would lose it.
    Asking,
}

/// What a failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The same may work in a while.
    Repeat,
    /// The user mends what is wrong, and the job goes on where it stands.
    Hold,
    /// Nothing helps but another job.
    End,
}

/// The one rule. Whatever may pass is repeated. What the user can mend without another
/// configuration (a key, a disk) holds the job, and so does every refusal while the vendor may
/// have the job. Any other refusal ends it.
pub(super) fn verdict(doing: Doing, e: &Error) -> Verdict {
    match e.kind() {
        ErrorKind::Storage | ErrorKind::Cancelled => Verdict::Hold,
        _ if e.code() == "unauthorized" => Verdict::Hold,
        _ if is_passing(e) => Verdict::Repeat,
        _ if doing == Doing::Asking => Verdict::Hold,
        _ => Verdict::End,
    }
}

/// Whether the same call may work later.
pub(super) fn is_passing(e: &Error) -> bool {
    e.kind() == ErrorKind::Network || e.retry_after_ms().is_some()
}

/// Half a second, doubled with every try, at most 60 s.
pub(super) fn back_off_ms(tries: u32) -> u64 {
    (500u64 << tries.min(10)).min(60_000)
}

impl VisionFinetuner {
    /// Does what the [`verdict`] on a failed step says: stores the wait or the end, or gives the
    /// error back and leaves the job where it is, with the reason.
    pub(super) async fn failed(&self, job: &FineTuneJob, doing: Doing, error: Error) -> Result<()> {
        let mut told = told(&error);
        match verdict(doing, &error) {
            Verdict::End => {
                if error.code() == "not_found" && job.uploaded.is_some() && told.hint.is_empty() {
                    told.hint = "the uploaded files may be gone at the vendor; another try of the \
                                 job uploads them anew"
                        .to_owned();
                }
                self.apply(&job.job_id, Event::Failed(told), |_| {}).await?;
                Ok(())
            }
            Verdict::Repeat => {
                let tries = job.hold.as_ref().map_or(0, |h| h.tries) + 1;
                // At least what the service asks for, and longer each time.
                let pause = error.retry_after_ms().unwrap_or(0).max(back_off_ms(tries));
                self.hold(job, told, tries, pause).await?;
                match tries > MAX_TRIES {
                    true => Err(error),
                    false => Ok(()),
                }
            }
            // A store that fails now would not take the reason either.
            Verdict::Hold if error.kind() == ErrorKind::Storage => Err(error),
            Verdict::Hold => {
                let mut error = error;
                if matches!(job.state, State::Saving { .. }) && error.code() != "unauthorized" {
                    const WAY: &str = "the job can be completed without its files";
                    let hint = match error.hint_text() {
                        Some(hint) => format!("{hint}; or {WAY}"),
                        None => WAY.to_owned(),
                    };
                    error = error.hint(hint);
                }
                if matches!(job.state, State::Remote { .. }) && error.code() == "not_found" {
                    error = error.hint("the vendor no longer has the job: cancel it to give it up");
                }
                self.hold(job, self::told(&error), 0, 0).await?;
                Err(error)
            }
        }
    }

    /// A job that stood still and is driven again does so no longer.
    pub(super) async fn taken_up(&self, job: FineTuneJob) -> Result<FineTuneJob> {
        if job.hold.as_ref().is_none_or(|h| h.tries > 0) {
            return Ok(job);
        }
        let forget = |job: &mut FineTuneJob| job.hold = None;
        let job = self.manager.change(&job.job_id, forget).await?;
        self.tell(Update::Job(&job));
        Ok(job)
    }

    /// Stores why a job does not go on, and for how long; 0 tries: until somebody drives it
    /// again.
    async fn hold(
        &self,
        job: &FineTuneJob,
        error: RemoteError,
        tries: u32,
        pause: u64,
    ) -> Result<()> {
        let (mut stored, version) = self.manager.load(&job.job_id).await?;
        let pause = i64::try_from(pause).unwrap_or(i64::MAX);
        stored.hold = Some(Hold {
            until: self.ports.clock.now().plus_millis(pause),
            tries,
            error,
        });
        let expect = Expect::Version(version);
        match self.manager.write(&stored, expect, &[]).await {
            // Somebody changed the job: the next step looks again.
            Err(e) if e.code() == "store_conflict" => Ok(()),
            Err(e) => Err(e),
            Ok(()) => {
                self.tell(Update::Job(&stored));
                Ok(())
            }
        }
    }
}

/// An error as the record of a job keeps it.
fn told(e: &Error) -> RemoteError {
    RemoteError {
        code: e.code().to_owned(),
        message: match e.path() {
            Some(path) => format!("{path}: {}", e.message()),
            None => e.message().to_owned(),
        },
        hint: e.hint_text().unwrap_or_default().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(code: &'static str) -> Error {
        Error::new(ErrorKind::Provider, code, "no")
    }

    #[test]
    fn every_failure_has_one_meaning() {
        use Verdict::{End, Hold, Repeat};
        let network = || Error::new(ErrorKind::Network, "network", "no connection");
        // While starting, and while the vendor may have the job.
        let table = [
            (network(), Repeat, Repeat),
            (provider("rate_limited").retry_after(5000), Repeat, Repeat),
            (provider("server_error").retry_after(1000), Repeat, Repeat),
            (provider("timeout").retry_after(1000), Repeat, Repeat),
            (provider("answer_json").retry_after(1000), Repeat, Repeat),
            (provider("conflict").retry_after(2000), Repeat, Repeat),
            (provider("unauthorized"), Hold, Hold),
            (provider("unauthorized").retry_after(1), Hold, Hold),
            (Error::storage("storage_full", "full"), Hold, Hold),
            (
                Error::storage("store_locked", "busy").retry_after(1),
                Hold,
                Hold,
            ),
            (Error::cancelled("stopped"), Hold, Hold),
            (provider("not_found"), End, Hold),
            (provider("invalid_request"), End, Hold),
            (provider("payment_required"), End, Hold),
            (provider("forbidden"), End, Hold),
            (provider("training_not_available"), End, Hold),
            (provider("conflict"), End, Hold),
            (provider("too_large"), End, Hold),
            (provider("insufficient_quota"), End, Hold),
            // A vendor that forbids to try again (`x-should-retry: false`).
            (provider("server_error"), End, Hold),
            (provider("redirected"), End, Hold),
            (Error::data("dataset_changed", "other bytes"), End, Hold),
            (Error::limit("too_large", "9 GB"), End, Hold),
            (Error::unsupported("call_unsupported", "no"), End, Hold),
            (Error::caller("option_missing", "no bucket"), End, Hold),
        ];
        for (e, starting, asking) in table {
            assert_eq!(verdict(Doing::Starting, &e), starting, "starting: {e}");
            assert_eq!(verdict(Doing::Asking, &e), asking, "asking: {e}");
        }
    }
}
