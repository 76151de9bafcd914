//! The first step of a job: dataset → training and validation lines, in files of the job.

use sha2::{Digest as _, Sha256};

use crate::base::hash::hex;
use crate::base::ports::{FileWriter, Files, Ports};
use crate::error::{Error, Result};
use crate::job::record::FineTuneJob;
use crate::job::state::Prepared;
use crate::provider::LocalFile;

/// What preparation found out.
#[derive(Debug)]
pub(super) struct Preparation {
    pub(super) files: Prepared,
    fingerprint: String,
}

impl Preparation {
    /// Writes it into the job.
    pub(super) fn describe(&self, job: &mut FineTuneJob) {
        let v = self.files.validation.as_ref();
        job.dataset_paths.train.clone_from(&self.files.train.path);
        job.dataset_paths.validation = v.map(|f| f.path.clone()).unwrap_or_default();
        job.metrics.train_samples = self.files.train.lines;
        job.metrics.validation_samples = v.map_or(0, |f| f.lines);
        job.dataset_fingerprint = Some(self.fingerprint.clone());
    }
}

/// Bytes read at a time.
const CHUNK: usize = 1 << 20;
/// Longest line that is read; a line with a large picture inside takes a few megabytes.
const MAX_LINE: usize = 128 << 20;

/// Reads a file line by line in bounded memory.
pub(super) struct Lines<'a> {
    files: &'a dyn Files,
    path: &'a str,
    offset: u64,
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
}

impl<'a> Lines<'a> {
    pub(super) fn new(files: &'a dyn Files, path: &'a str) -> Self {
        Self {
            files,
            path,
            offset: 0,
            buffer: Vec::new(),
            start: 0,
            ended: false,
        }
    }

    /// The next line without its end; `None` after the last.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>> {
        let mut searched = self.start;
        loop {
            if let Some(i) = self.buffer[searched..].iter().position(|b| *b == b'\n') {
                let end = searched + i;
                let line = self.buffer[self.start..end].to_vec();
                self.start = end + 1;
                return Ok(Some(line));
            }
            if self.ended {
                let line = self.buffer.split_off(self.start);
                self.buffer.clear();
                self.start = 0;
                return Ok((!line.is_empty()).then_some(line));
            }
            self.buffer.drain(..self.start);
            self.start = 0;
            searched = self.buffer.len();
            if searched > MAX_LINE {
                return Err(Error::limit(
                    "line_bytes",
                    format!("a line is longer than {MAX_LINE} bytes"),
                )
                .at(self.path)
                .hint("is this a JSON Lines file?"));
            }
            let part = self.files.read(self.path, self.offset, CHUNK).await?;
            self.ended = part.is_empty();
            self.offset += part.len() as u64;
            self.buffer.extend_from_slice(&part);
        }
    }
}

/// Writes lines and keeps count and checksum.
struct Output {
    path: String,
    writer: Box<dyn FileWriter>,
    hash: Sha256,
    bytes: u64,
    lines: u64,
}

impl Output {
    async fn create(files: &dyn Files, path: String) -> Result<Self> {
        Ok(Self {
            writer: files.create(&path).await?,
            path,
            hash: Sha256::new(),
            bytes: 0,
            lines: 0,
        })
    }

    async fn line(&mut self, line: &[u8]) -> Result<()> {
        for part in [line, b"\n"] {
            self.hash.update(part);
            self.writer.write(part).await?;
            self.bytes += part.len() as u64;
        }
        self.lines += 1;
        Ok(())
    }

    async fn finish(self) -> Result<LocalFile> {
        self.writer.finish().await?;
        Ok(LocalFile {
            path: self.path,
            bytes: self.bytes,
            lines: self.lines,
            sha256: hex(&self.hash.finalize()),
        })
    }
}

/// Splits and formats the dataset of `job` into files in its folder.
pub(super) async fn prepare(ports: &Ports, job: &FineTuneJob) -> Result<Preparation> {
    let files = ports.files.as_ref();
    let path = job.config.dataset_path.as_str();
    let mut train = Output::create(files, format!("{}/train.jsonl", job.folder())).await?;
    let mut validation =
        Output::create(files, format!("{}/validation.jsonl", job.folder())).await?;
    let mut input = Lines::new(files, path);
    let mut hash = Sha256::new();
    let mut n = 0u64;
    while let Some(line) = input.next().await? {
        hash.update(&line);
        n += 1;
        if n.is_multiple_of(10) {
            validation.line(&line).await?;
        } else {
            train.line(&line).await?;
        }
    }
    let train = train.finish().await?;
    let validation = validation.finish().await?;
    Ok(Preparation {
        files: Prepared {
            train,
            validation: (validation.lines > 0).then_some(validation),
        },
        fingerprint: hex(&hash.finalize()[..16]),
    })
}

#[cfg(test)]
pub(super) mod tests {
    /// A small dataset.
    pub(in crate::job) fn dataset(n: usize) -> Vec<u8> {
        (0..n)
            .flat_map(|i| format!("{{\"layout_id\":\"l{i}\"}}\n").into_bytes())
            .collect()
    }
}
