//! The upload of a job's files: checked against what was frozen, and gone on with after a crash.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use futures_util::future::{Either, select};
use serde_json::Value;

use crate::base::ports::LocalFuture;
use crate::error::Result;
use crate::job::driver::{Update, VisionFinetuner};
use crate::job::manager::FineTuneJobManager;
use crate::job::record::{FineTuneJob, UploadMark};
use crate::job::state::{Event, Prepared, State};
use crate::job::version::{verify, verify_pictures};
use crate::provider::{Bookmark, LocalFile, Progress, Provider, RemoteFile};

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
        let moved = Cell::new(false);
        let report = |progress| {
            moved.set(true);
            self.tell(Update::Upload { job, progress });
        };
        let sending = async {
            match (train, &prepared.validation) {
                (Some(_), Some(file)) => self
                    .send(job, file, provider, &report)
                    .await
                    .map(Event::UploadedValidation),
                _ => {
                    if let Some(pictures) = &prepared.pictures {
                        if !job.pictures_sent {
                            let sent = |job: &mut FineTuneJob| job.pictures_sent = true;
                            self.manager.change(&job.job_id, sent).await?;
                        }
                        provider.upload_pictures(pictures, &report).await?;
                    }
                    let sent = self.send(job, &prepared.train, provider, &report).await?;
                    Ok(Event::UploadedTrain(sent))
                }
            }
        };
        let event = match select(pin!(sending), pin!(self.over(job, &moved))).await {
            Either::Left((event, _)) => event?,
            // Nothing more is sent; what is on the way may still arrive.
            Either::Right((over, _)) => return over,
        };
        self.apply(&job.job_id, event, |job| job.upload = None)
            .await?;
        Ok(())
    }

    /// Ends when the job was cancelled in the meantime, by this driver or elsewhere: looks each
    /// time that the upload has `moved`.
    async fn over(&self, job: &FineTuneJob, moved: &Cell<bool>) -> Result<()> {
        loop {
            poll_fn(|_| match moved.replace(false) {
                true => Poll::Ready(()),
                false => Poll::Pending,
            })
            .await;
            if self.manager.get(&job.job_id).await?.state.is_final() {
                return Ok(());
            }
        }
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
        report: &dyn Fn(Progress),
    ) -> Result<RemoteFile> {
        let mark = job.upload.as_ref().filter(|u| u.sha256 == file.sha256);
        let place = Place {
            manager: &self.manager,
            job_id: &job.job_id,
            sha256: &file.sha256,
            mark: RefCell::new(mark.map(|u| u.mark.clone())),
        };
        provider.upload_on(file, report, &place).await
    }
}
