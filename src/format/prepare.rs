//! Records → training and validation lines.
//!
//! Two passes over the records, one record in memory: [`Survey`] decides the sides, then
//! [`Preparator`] makes the lines. [`DatasetPreparator`] does both on files.

use crate::base::hash;
use crate::dataset::{Record, Split, SplitConfig, SplitKey, image_path, split};
use crate::error::Result;
use crate::format::{Examples, FormatOptions, ImageSource, format, image_info};

/// The first pass: who is there.
#[derive(Clone, Debug, Default)]
pub struct Survey {
    keys: Vec<SplitKey>,
}

impl Survey {
    /// Takes note of a record. Records are numbered in this order.
    pub fn add(&mut self, record: &Record) {
        self.keys.push(record.into());
    }

    /// Decides on which side each record is.
    ///
    /// # Errors
    /// As [`split`].
    pub fn split(&self, config: &SplitConfig) -> Result<Split> {
        split(&self.keys, config)
    }
}

/// The second pass: a record's lines.
#[derive(Clone, Debug)]
pub struct Preparator {
    examples: Examples,
}

/// What became of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Converted {
    /// Lines without line breaks, one per example.
    pub lines: Vec<String>,
    /// The picture, when the lines name it by path or URI: to be put beside the lines, or
    /// uploaded.
    pub image: Option<SideFile>,
}

/// A file that belongs to the lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SideFile {
    /// Relative path with `/`.
    pub path: String,
    /// SHA-256 in hex.
    pub sha256: String,
}

impl Preparator {
    /// Lines of the format with this id.
    ///
    /// # Errors
    /// `format_unknown`, or the first problem of the options.
    pub fn new(provider: &str, options: FormatOptions) -> Result<Self> {
        Ok(Self {
            examples: Examples::new(format(provider)?, options)?,
        })
    }

    /// The lines of record `number` (its place in the dataset, from 0) with its picture file.
    ///
    /// # Errors
    /// `image_format` when the picture cannot be read.
    pub fn convert(&self, number: u64, record: &Record, picture: &[u8]) -> Result<Converted> {
        let path = match &record.image {
            Some(p) if is_plain(p) => p.clone(),
            _ => {
                let ending = match image_info(picture)?.media_type {
                    "image/jpeg" => "jpg",
                    "image/webp" => "webp",
                    _ => "png",
                };
                image_path(number, ending)
            }
        };
        let (format, options) = (self.examples.format, &self.examples.options);
        let lines = self
            .examples
            .of(record, picture, &path)?
            .iter()
            .map(|e| format.line(e, options))
            .collect();
        let embedded =
            options.image_uri_prefix.is_none() && format.image_source() == ImageSource::DataUrl;
        Ok(Converted {
            lines,
            image: (!embedded).then(|| SideFile {
                path,
                sha256: hash::sha256_hex(picture),
            }),
        })
    }
}

/// Whether a path stays below the folder it is put into.
fn is_plain(path: &str) -> bool {
    !path.is_empty()
        && !path.contains(['\\', ':'])
        && path.split('/').all(|p| !matches!(p, "" | "." | ".."))
}

#[cfg(not(target_arch = "wasm32"))]
pub use native::{DatasetPreparator, Prepared};

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::fs::File;
    use std::io::{BufReader, Write};
    use std::path::{Path, PathBuf};

    use serde::Serialize;

    use super::{Preparator, Survey, is_plain};
    use crate::dataset::{
        DatasetExporter, ImageStorage, LeakReport, Record, Records, Side, SplitConfig, atomic_write,
    };
    use crate::error::{Error, Result};
    use crate::format::{FormatOptions, record_image};
    use crate::generate::sample::Sample;
    use crate::problem::Problem;

    /// Most problems that are kept; the rest is counted by `skipped`.
    const MAX_PROBLEMS: usize = 200;

    /// Splits a dataset and writes each side in a provider's format.
    ///
    /// # Examples
    /// ```no_run
    /// use screensmith::format::DatasetPreparator;
    /// let done = DatasetPreparator::new("openai", 0.1).prepare("ds/dataset.jsonl", "ds/openai")?;
    /// println!("{} and {} samples", done.train_samples, done.validation_samples);
    /// # Ok::<(), screensmith::Error>(())
    /// ```
    #[derive(Clone, Debug)]
    pub struct DatasetPreparator {
        /// Id of the format.
        pub provider: String,
        /// Share of the validation side.
        pub validation_split: f64,
        /// What to put into lines.
        pub options: FormatOptions,
    }

    /// What a preparation wrote.
    #[derive(Clone, Debug, PartialEq, Serialize)]
    pub struct Prepared {
        /// `train.jsonl`.
        pub train: PathBuf,
        /// `validation.jsonl`; empty when that side is.
        pub validation: PathBuf,
        /// Records on the training side.
        pub train_samples: u64,
        /// Records on the validation side.
        pub validation_samples: u64,
        /// Lines for training.
        pub train_lines: u64,
        /// Lines for validation.
        pub validation_lines: u64,
        /// Rows that could not be used.
        pub skipped: u64,
        /// What the sides share.
        pub leaks: LeakReport,
        /// Broken rows and warnings.
        pub problems: Vec<Problem>,
    }

    impl DatasetPreparator {
        /// With the default options of the format.
        pub fn new(provider: &str, validation_split: f64) -> Self {
            Self {
                provider: provider.to_owned(),
                validation_split,
                options: FormatOptions::default(),
            }
        }

        /// Reads the records of `input` and writes `train.jsonl`, `validation.jsonl` and, when
        /// lines name pictures by path or URI, the pictures into `out`. Rows that cannot be
        /// used are left out and reported.
        ///
        /// # Errors
        /// `file_open`, those of [`split`](crate::dataset::split) and of the options, and of
        /// the file system. Neither file is left half-written.
        pub fn prepare(&self, input: impl AsRef<Path>, out: impl AsRef<Path>) -> Result<Prepared> {
            let (input, out) = (input.as_ref(), out.as_ref());
            let format = crate::format::format(&self.provider)?;
            let preparator = Preparator::new(&self.provider, self.options.clone())?;
            let folder = input.parent().unwrap_or(Path::new(""));
            let mut survey = Survey::default();
            let mut problems = self.options.validate(format);
            let mut skipped = 0;
            let mut note = |p: Problem| {
                skipped += 1;
                if problems.len() < MAX_PROBLEMS {
                    problems.push(p);
                }
            };
            let mut rows = Records::new(open(input)?);
            while let Some(row) = rows.next() {
                match row.and_then(|r| has_picture(&r, rows.row()).map(|()| r)) {
                    Ok(r) => survey.add(&r),
                    Err(p) => note(p),
                }
            }
            let split = survey.split(&SplitConfig {
                validation_split: self.validation_split,
            })?;
            let (train, validation) = (out.join("train.jsonl"), out.join("validation.jsonl"));
            let mut samples = [0u64; 2];
            let mut lines = [0u64; 2];
            atomic_write(&train, |t| {
                atomic_write(&validation, |v| {
                    let mut rows = Records::new(open(input)?);
                    let mut number = 0usize;
                    while let Some(row) = rows.next() {
                        let Some(r) = row.ok().filter(|r| has_picture(r, 0).is_ok()) else {
                            continue;
                        };
                        let side = split.sides.get(number).copied().unwrap_or(Side::Train);
                        number += 1;
                        let converted = record_image(&r, |p| load(folder, p)).and_then(|picture| {
                            let c = preparator.convert(number as u64 - 1, &r, &picture)?;
                            if let Some(file) = &c.image {
                                put(&out.join(&file.path), &picture)?;
                            }
                            Ok(c)
                        });
                        match converted {
                            Ok(c) => {
                                let i = usize::from(side == Side::Validation);
                                let target: &mut dyn Write = if i == 0 { t } else { v };
                                for line in &c.lines {
                                    target.write_all(line.as_bytes())?;
                                    target.write_all(b"\n")?;
                                }
                                samples[i] += 1;
                                lines[i] += c.lines.len() as u64;
                            }
                            // A full disk ends the work; a broken picture only loses its row.
                            Err(e) if e.kind() == crate::ErrorKind::Storage => return Err(e),
                            Err(e) => note(row_problem(rows.row(), &e)),
                        }
                    }
                    Ok(())
                })
            })?;
            problems.extend(split.problems);
            Ok(Prepared {
                train,
                validation,
                train_samples: samples[0],
                validation_samples: samples[1],
                train_lines: lines[0],
                validation_lines: lines[1],
                skipped,
                leaks: split.leaks,
                problems,
            })
        }
    }

    impl DatasetExporter {
        /// The samples as lines of a provider's format, unsplit, with pictures inside where the
        /// format allows it and else in `images/`. Returns the path of the file.
        ///
        /// # Errors
        /// `format_unknown`, `image_missing` for samples without pictures, and those of the
        /// samples and the file system.
        pub fn export_vision_finetune_format(
            &self,
            samples: impl IntoIterator<Item = Result<Sample>>,
            filename: &str,
            provider: &str,
        ) -> Result<PathBuf> {
            if !is_plain(filename) {
                return Err(Error::caller(
                    "filename",
                    format!("{filename:?} is not a file name inside the output folder"),
                )
                .at("filename"));
            }
            let preparator = Preparator::new(provider, FormatOptions::default())?;
            let path = self.output_dir.join(filename);
            atomic_write(&path, |out| {
                for (n, sample) in samples.into_iter().enumerate() {
                    let sample = sample?;
                    let picture = sample.image.as_ref().ok_or_else(|| {
                        Error::data("image_missing", "the sample has no picture")
                            .hint("generate with include_screenshots")
                    })?;
                    let record =
                        Record::new(&sample, crate::task::tasks(&sample), ImageStorage::Embedded);
                    let c = preparator.convert(n as u64, &record, &picture.bytes)?;
                    if let Some(file) = &c.image {
                        put(&self.output_dir.join(&file.path), &picture.bytes)?;
                    }
                    for line in &c.lines {
                        out.write_all(line.as_bytes())?;
                        out.write_all(b"\n")?;
                    }
                }
                Ok(())
            })?;
            Ok(path)
        }
    }

    fn open(path: &Path) -> Result<BufReader<File>> {
        File::open(path).map(BufReader::new).map_err(|e| {
            Error::caller("file_open", e.to_string())
                .at(path.display().to_string())
                .hint("check the path")
        })
    }

    /// A picture that a record names, from below the folder of the dataset.
    fn load(folder: &Path, path: &str) -> Result<Vec<u8>> {
        if !is_plain(path) {
            return Err(Error::data(
                "image_path",
                format!("{path:?} leaves the folder of the dataset"),
            )
            .hint("use a relative path below the dataset file"));
        }
        std::fs::read(folder.join(path)).map_err(|e| {
            Error::data("image_missing", format!("{path}: {e}"))
                .hint("keep the images beside the dataset file")
        })
    }

    /// Writes a picture unless it lies there already.
    fn put(path: &Path, bytes: &[u8]) -> Result<()> {
        if std::fs::read(path).is_ok_and(|have| have == bytes) {
            return Ok(());
        }
        atomic_write(path, |out| Ok(out.write_all(bytes)?))
    }

    fn has_picture(r: &Record, row: u64) -> Result<(), Problem> {
        if r.image.is_some() || r.screenshot_base64.is_some() {
            return Ok(());
        }
        Err(Problem::error(
            "image_missing",
            format!("row {row}"),
            "the record has no picture",
        )
        .hint("generate the dataset with include_screenshots"))
    }

    fn row_problem(row: u64, e: &Error) -> Problem {
        let p = Problem::error(
            e.code().to_owned(),
            format!("row {row}"),
            e.message().to_owned(),
        );
        match e.hint_text() {
            Some(h) => p.hint(h),
            None => p,
        }
    }
}
