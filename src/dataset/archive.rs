//! A dataset as one zip file, written as a stream.

use std::io::Write;

use sha2::{Digest as _, Sha256};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, ZipWriter};

use crate::base::hash;
use crate::dataset::{Manifest, ManifestFile};
use crate::error::{Error, Result};

/// Writes a zip file front to back into any writer; entries are stored, not compressed, because
/// pictures are compressed already. Nothing but the entry list is kept in memory. Equal content
/// gives equal bytes.
///
/// # Examples
/// ```
/// use screensmith::dataset::{DatasetArchive, Manifest};
/// let mut zip = DatasetArchive::new(Vec::new());
/// zip.start("dataset.jsonl")?;
/// zip.write(b"{}\n")?;
/// zip.file("images/000000.png", b"...")?;
/// let bytes = zip.finish(Manifest::new(Default::default(), 1, String::new()))?;
/// assert_eq!(&bytes[..4], b"PK\x03\x04");
/// # Ok::<(), screensmith::Error>(())
/// ```
pub struct DatasetArchive<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    files: Vec<ManifestFile>,
    open: Option<(String, u64, Sha256)>,
}

impl<W: Write> std::fmt::Debug for DatasetArchive<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DatasetArchive")
            .field("files", &self.files.len())
            .finish_non_exhaustive()
    }
}

impl<W: Write> DatasetArchive<W> {
    /// An empty archive that writes to `out`.
    pub fn new(out: W) -> Self {
        Self {
            zip: ZipWriter::new_stream(out),
            files: Vec::new(),
            open: None,
        }
    }

    /// Begins a file; what [`write`](Self::write) gets belongs to it until the next one begins.
    ///
    /// # Errors
    /// `archive` when the name is used already or the writer fails.
    pub fn start(&mut self, path: &str) -> Result<()> {
        self.close();
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Stored)
            .large_file(false);
        self.zip.start_file(path, options).map_err(failed)?;
        self.open = Some((path.to_owned(), 0, Sha256::new()));
        Ok(())
    }

    /// Adds bytes to the file that was begun last.
    ///
    /// # Errors
    /// `archive` when no file was begun or the writer fails.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let Some((_, size, digest)) = &mut self.open else {
            return Err(Error::caller("archive", "no file was begun"));
        };
        self.zip.write_all(bytes)?;
        *size += bytes.len() as u64;
        digest.update(bytes);
        Ok(())
    }

    /// Adds a whole file.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn file(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        self.start(path)?;
        self.write(bytes)
    }

    /// Writes `manifest.json` with the checksums of all files, and the directory of the archive;
    /// returns the writer.
    ///
    /// # Errors
    /// `archive` when the writer fails.
    pub fn finish(mut self, mut manifest: Manifest) -> Result<W> {
        self.close();
        manifest.files = std::mem::take(&mut self.files);
        let mut text = serde_json::to_vec_pretty(&manifest)?;
        text.push(b'\n');
        self.file("manifest.json", &text)?;
        self.finish_bare()
    }

    /// Writes the directory of an archive whose files need no manifest; returns the writer.
    ///
    /// # Errors
    /// `archive` when the writer fails.
    pub fn finish_bare(self) -> Result<W> {
        Ok(self.zip.finish().map_err(failed)?.into_inner())
    }

    fn close(&mut self) {
        if let Some((path, bytes, digest)) = self.open.take() {
            self.files.push(ManifestFile {
                path,
                bytes,
                sha256: hash::hex(&digest.finalize()),
            });
        }
    }
}

fn failed(e: zip::result::ZipError) -> Error {
    Error::storage("archive", e.to_string()).because(e)
}
