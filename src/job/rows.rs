//! Records of a file and lines into a file, one at a time in bounded memory.

use sha2::{Digest as _, Sha256};

use crate::base::hash::hex;
use crate::base::json::{fault, object};
use crate::base::ports::{FileWriter, Files};
use crate::dataset::Record;
use crate::error::{Error, Result};
use crate::provider::LocalFile;

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
    hash: Sha256,
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
            hash: Sha256::new(),
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
            self.hash.update(&part);
            self.buffer.extend_from_slice(&part);
        }
    }
}

/// Writes lines, or only keeps count and checksum of them.
pub(super) struct Output {
    uri: Option<String>,
    path: String,
    /// `None`: counted only.
    writer: Option<Box<dyn FileWriter>>,
    hash: Sha256,
    bytes: u64,
    lines: u64,
}

impl Output {
    /// A file `name` in `folder`, which will lie in `remote`.
    pub(super) async fn create(
        files: Option<&dyn Files>,
        folder: &str,
        name: &str,
        remote: Option<&str>,
    ) -> Result<Self> {
        let path = format!("{folder}/{name}");
        Ok(Self {
            uri: remote.map(|r| format!("{r}{name}")),
            writer: match files {
                Some(files) => Some(files.create(&path).await?),
                None => None,
            },
            path,
            hash: Sha256::new(),
            bytes: 0,
            lines: 0,
        })
    }

    pub(super) async fn line(&mut self, line: &[u8]) -> Result<()> {
        for part in [line, b"\n"] {
            self.hash.update(part);
            if let Some(writer) = &mut self.writer {
                writer.write(part).await?;
            }
            self.bytes += part.len() as u64;
        }
        self.lines += 1;
        Ok(())
    }

    pub(super) async fn finish(self) -> Result<LocalFile> {
        if let Some(writer) = self.writer {
            writer.finish().await?;
        }
        Ok(LocalFile {
            path: self.path,
            bytes: self.bytes,
            lines: self.lines,
            sha256: hex(&self.hash.finalize()),
            uri: self.uri,
        })
    }
}

/// Records of a file, one in memory at a time.
pub(super) struct Records<'a> {
    lines: Lines<'a>,
    row: u64,
}

impl<'a> Records<'a> {
    pub(super) fn new(files: &'a dyn Files, path: &'a str) -> Self {
        Self {
            lines: Lines::new(files, path),
            row: 0,
        }
    }

    /// The next record; a row that is none is an error, because a job costs money and must
    /// not silently train on a part of what was given.
    pub(super) async fn next(&mut self) -> Result<Option<Record>> {
        while let Some(line) = self.lines.next().await? {
            self.row += 1;
            if line.trim_ascii().is_empty() {
                continue;
            }
            return match object(&line) {
                Ok(record) => Ok(Some(record)),
                Err(e) => Err(self.at(Error::data("record_json", fault(&e)).hint(
                    "repair or remove the row; a record has layout_id, html and ground_truth",
                ))),
            };
        }
        Ok(None)
    }

    /// Size and SHA-256 in hex of the file, once all records are read.
    pub(super) fn checksum(&self) -> (u64, String) {
        let hash = self.lines.hash.clone().finalize();
        (self.lines.offset, hex(&hash))
    }

    pub(super) fn at(&self, e: Error) -> Error {
        let path = format!("{}: row {}", self.lines.path, self.row);
        e.at(path)
    }
}
