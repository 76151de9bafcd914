//! [`DatasetExporter`]: samples → files of a folder.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::dataset::{ImageStorage, Record};
use crate::error::{Error, Result};
use crate::generate::html::font_files;
use crate::generate::sample::Sample;
use crate::task;

/// Writes samples into a folder, in the shapes of the seed document. Every file is written
/// beside its place and moved there when it is complete.
///
/// # Examples
/// ```no_run
/// use screensmith::{DatasetExporter, GenerationConfig, SyntheticUiGenerator};
/// let generator = SyntheticUiGenerator::new(GenerationConfig::default())?;
/// let exporter = DatasetExporter::new("./datasets/finetune");
/// let path = exporter.export_jsonl(generator.iter(), "synthetic_ui.jsonl")?;
/// # Ok::<(), screensmith::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DatasetExporter {
    /// Folder that files go to; made when missing.
    pub output_dir: PathBuf,
    /// Put pictures into the records (base64).
    pub include_screenshots: bool,
}

impl DatasetExporter {
    /// An exporter into `output_dir`, with pictures.
    pub fn new(output_dir: impl Into<PathBuf>) -> Self {
        Self {
            output_dir: output_dir.into(),
            include_screenshots: true,
        }
    }

    fn record(&self, sample: &Sample) -> Record {
        let mut record = Record::new(sample, task::tasks(sample), ImageStorage::Embedded);
        if !self.include_screenshots {
            record.screenshot_base64 = None;
        }
        record
    }

    fn path(&self, filename: &str) -> Result<PathBuf> {
        let relative = Path::new(filename);
        if filename.is_empty()
            || relative
                .components()
                .any(|c| !matches!(c, std::path::Component::Normal(_)))
        {
            return Err(Error::caller(
                "filename",
                format!("{filename:?} is not a file name inside the output folder"),
            )
            .at("filename"));
        }
        Ok(self.output_dir.join(relative))
    }

    /// One record per line. Samples are taken one by one, so memory stays bounded. Returns the
    /// path of the file.
    ///
    /// # Errors
    /// The first error of the samples, or of the file system; nothing is left half-written.
    pub fn export_jsonl(
        &self,
        samples: impl IntoIterator<Item = Result<Sample>>,
        filename: &str,
    ) -> Result<PathBuf> {
        let path = self.path(filename)?;
        atomic_write(&path, |out| {
            for sample in samples {
                out.write_all(self.record(&sample?).to_line()?.as_bytes())?;
                out.write_all(b"\n")?;
            }
            Ok(())
        })?;
        Ok(path)
    }

    /// All records as one JSON array, written as a stream. Returns the path of the file.
    ///
    /// # Errors
    /// As [`export_jsonl`](Self::export_jsonl).
    pub fn export_json(
        &self,
        samples: impl IntoIterator<Item = Result<Sample>>,
        filename: &str,
    ) -> Result<PathBuf> {
        let path = self.path(filename)?;
        atomic_write(&path, |out| {
            out.write_all(b"[")?;
            for (i, sample) in samples.into_iter().enumerate() {
                out.write_all(if i == 0 { b"\n" } else { b",\n" })?;
                out.write_all(self.record(&sample?).to_line()?.as_bytes())?;
            }
            out.write_all(b"\n]\n")?;
            Ok(())
        })?;
        Ok(path)
    }

    /// The pages, as `html/{prefix}_{index:05}_{layout_id}.html`, with the fonts they name in
    /// `html/fonts/`. Returns the paths of the pages.
    ///
    /// # Errors
    /// As [`export_jsonl`](Self::export_jsonl).
    pub fn save_html_files(
        &self,
        samples: impl IntoIterator<Item = Result<Sample>>,
        prefix: &str,
    ) -> Result<Vec<PathBuf>> {
        let mut paths = Vec::new();
        for sample in samples {
            let sample = sample?;
            let path = self.path(&format!(
                "html/{prefix}_{:05}_{}.html",
                sample.index, sample.layout_id
            ))?;
            atomic_write(&path, |out| Ok(out.write_all(sample.html.as_bytes())?))?;
            paths.push(path);
        }
        if !paths.is_empty() {
            write_page_fonts(&self.output_dir.join("html"))?;
        }
        Ok(paths)
    }
}

/// Writes the font files that pages in `folder` name, unless they are there.
///
/// # Errors
/// As [`atomic_write`].
pub fn write_page_fonts(folder: &Path) -> Result<()> {
    for (path, bytes) in font_files() {
        let path = folder.join(path);
        if !path.exists() {
            atomic_write(&path, |out| Ok(out.write_all(bytes)?))?;
        }
    }
    Ok(())
}

/// Writes a file so that readers see the old content or the complete new one: into a
/// neighbouring temporary file, flushed to disk, then moved. Missing folders are made.
///
/// # Errors
/// Those of `write`, or `io` with the path; the temporary file is removed.
pub fn atomic_write(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let at = |e: std::io::Error| {
        Error::storage("io", e.to_string())
            .at(path.display().to_string())
            .hint("check that the folder exists, is writable and has room")
    };
    let folder = path.parent().filter(|p| !p.as_os_str().is_empty());
    if let Some(folder) = folder {
        fs::create_dir_all(folder).map_err(at)?;
    }
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.tmp", std::process::id()));
    let temporary = path.with_file_name(name);
    let result = (|| {
        let mut out = BufWriter::new(fs::File::create(&temporary).map_err(at)?);
        write(&mut out)?;
        out.flush().map_err(at)?;
        out.get_ref().sync_all().map_err(at)?;
        drop(out);
        fs::rename(&temporary, path).map_err(at)
    })();
    if result.is_err() {
        // The write failed already; a leftover that cannot be removed changes nothing about it.
        drop(fs::remove_file(&temporary));
    }
    result
}
