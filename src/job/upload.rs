//! The upload of a job's files: checked against what was frozen, and gone on with after a crash.

use std::cell::RefCell;

use serde_json::Value;

use crate::base::ports::LocalFuture;
use crate::error::Result;
use crate::job::driver::{Update, VisionFinetuner};
use crate::job::manager::FineTuneJobManager;
use crate::job::record::{FineTuneJob, UploadMark};
use crate::job::state::{Event, Prepared, State};
use crate::job::version::{verify, verify_pictures};
use crate::provider::{Bookmark, LocalFile, Provider, RemoteFile};

/// The place in a job's record that says how far the upload of one file is.
struct Place<'a> {
    manager: &'a FineTuneJobManager,
    job_id: &'a str,
    sha256: &'a str,
    mark: RefCell<Option<Value>>,
}

impl Bookmark for Place<'_> {
    fn get(&self) -> Option<Value> {
        self.mark.borrow().clone()
    }

    fn set(&self, mark: Option<Value>) -> LocalFuture<'_, Result<()>> {
        Box::pin(async move {
            let upload = mark.clone().map(|mark| UploadMark {
                sha256: self.sha256.to_owned(),
                mark,
            });
            let change = |job: &mut FineTuneJob| job.upload.clone_from(&upload);
            self.manager.change(self.job_id, change).await?;
            *self.mark.borrow_mut() = mark;
            Ok(())
        })
    }
}

impl VisionFinetuner {
    /// Sends the next file of a job, pictures before lines.
    pub(super) async fn upload(&self, job: &FineTuneJob, provider: &dyn Provider) -> Result<()> {
        let State::Uploading { prepared, train } = &job.state else {
            return Ok(());
        };
        self.unchanged(job, prepared).await?;
        let event = match (train, &prepared.validation) {
            (Some(_), Some(file)) => {
                Event::UploadedValidation(self.send(job, file, provider).await?)
            }
            _ => {
                if let Some(pictures) = &prepared.pictures {
                    let report = |progress| self.tell(Update::Upload { job, progress });
                    provider.upload_pictures(pictures, &report).await?;
                }
                Event::UploadedTrain(self.send(job, &prepared.train, provider).await?)
            }
        };
        self.apply(&job.job_id, event, |job| job.upload = None)
            .await?;
        Ok(())
    }

    /// Fails when anything that is to be sent is not what was frozen: before any of it is sent.
    async fn unchanged(&self, job: &FineTuneJob, prepared: &Prepared) -> Result<()> {
        let files = self.ports.files.as_ref();
        verify(files, &prepared.train).await?;
        if let Some(file) = &prepared.validation {
            verify(files, file).await?;
        }
        if let Some(pictures) = &prepared.pictures {
            verify_pictures(files, &job.folder(), pictures).await?;
        }
        Ok(())
    }

    async fn send(
        &self,
        job: &FineTuneJob,
        file: &LocalFile,
        provider: &dyn Provider,
    ) -> Result<RemoteFile> {
        let report = |progress| self.tell(Update::Upload { job, progress });
        let mark = job.upload.as_ref().filter(|u| u.sha256 == file.sha256);
        let place = Place {
            manager: &self.manager,
            job_id: &job.job_id,
            sha256: &file.sha256,
            mark: RefCell::new(mark.map(|u| u.mark.clone())),
        };
        provider.upload_on(file, &report, &place).await
    }
}
