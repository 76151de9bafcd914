//! The first step of a job: dataset → training and validation lines, in files of the job.

use sha2::{Digest as _, Sha256};

use crate::base::hash::hex;
use crate::base::ports::{FileWriter, Files, Ports};
use crate::dataset::{Record, Side, SplitConfig};
use crate::error::{Error, Result};
use crate::format::{Preparator, Survey, format, image_info, record_image};
use crate::job::record::FineTuneJob;
use crate::job::state::Prepared;
use crate::problem::Problem;
use crate::provider::{LocalFile, Picture, Pictures};

/// What preparation found out.
#[derive(Debug)]
pub(super) struct Preparation {
    pub(super) files: Prepared,
    fingerprint: String,
    /// Records on the training and on the validation side.
    samples: [u64; 2],
    convention: String,
    image_size: [u32; 2],
    problems: Vec<Problem>,
}

impl Preparation {
    /// Writes it into the job.
    pub(super) fn describe(&self, job: &mut FineTuneJob) {
        let v = self.files.validation.as_ref();
        job.dataset_paths.train.clone_from(&self.files.train.path);
        job.dataset_paths.validation = v.map(|f| f.path.clone()).unwrap_or_default();
        [job.metrics.train_samples, job.metrics.validation_samples] = self.samples;
        job.dataset_fingerprint = Some(self.fingerprint.clone());
        job.convention = Some(self.convention.clone());
        job.image_size = Some(self.image_size);
        job.problems.clone_from(&self.problems);
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
    uri: Option<String>,
    path: String,
    writer: Box<dyn FileWriter>,
    hash: Sha256,
    bytes: u64,
    lines: u64,
}

impl Output {
    /// A file `name` in `folder`, which will lie in `remote`.
    async fn create(
        files: &dyn Files,
        folder: &str,
        name: &str,
        remote: Option<&str>,
    ) -> Result<Self> {
        let path = format!("{folder}/{name}");
        Ok(Self {
            uri: remote.map(|r| format!("{r}{name}")),
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
            uri: self.uri,
        })
    }
}

/// Records of a file, one in memory at a time.
struct Records<'a> {
    lines: Lines<'a>,
    row: u64,
}

impl<'a> Records<'a> {
    fn new(files: &'a dyn Files, path: &'a str) -> Self {
        Self {
            lines: Lines::new(files, path),
            row: 0,
        }
    }

    /// The next record; a row that is none is an error, because a job costs money and must
    /// not silently train on a part of what was given.
    async fn next(&mut self) -> Result<Option<Record>> {
        while let Some(line) = self.lines.next().await? {
            self.row += 1;
            if line.trim_ascii().is_empty() {
                continue;
            }
            return match serde_json::from_slice(&line) {
                Ok(record) => Ok(Some(record)),
                Err(e) => Err(self.at(Error::data("record_json", e.to_string()).hint(
                    "repair or remove the row; a record has layout_id, html and ground_truth",
                ))),
            };
        }
        Ok(None)
    }

    fn at(&self, e: Error) -> Error {
        let path = format!("{}: row {}", self.lines.path, self.row);
        e.at(path)
    }
}

/// Splits and formats the dataset of `job` into files in its folder.
pub(super) async fn prepare(ports: &Ports, job: &FineTuneJob) -> Result<Preparation> {
    let files = ports.files.as_ref();
    let path = job.config.dataset_path.as_str();
    let vendor = job.config.provider.vendor();
    let mut options = job.config.format.clone();
    let remote = vendor.image_uri_prefix(&job.job_id, &job.config.provider_options);
    let remote = remote.as_deref();
    // With a prefix of the user's own the pictures are there already.
    let sends_pictures = remote.is_some() && options.image_uri_prefix.is_none();
    if sends_pictures {
        options.image_uri_prefix = remote.map(str::to_owned);
    }
    let convention = options.convention(format(vendor.format())?).id.to_owned();
    let preparator = Preparator::new(vendor.format(), options)?;

    let mut survey = Survey::default();
    let mut hash = Sha256::new();
    let mut image_size = [0, 0];
    let mut records = Records::new(files, path);
    while let Some(record) = records.next().await? {
        survey.add(&record);
        hash.update(record.identity().as_bytes());
        let (w, h) = record.size();
        image_size = [image_size[0].max(w), image_size[1].max(h)];
    }
    let split = survey.split(&SplitConfig {
        validation_split: job.config.validation_split,
    })?;

    let folder = job.folder();
    let base = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut train = Output::create(files, &folder, "train.jsonl", remote).await?;
    let mut validation = Output::create(files, &folder, "validation.jsonl", remote).await?;
    let mut list = match sends_pictures {
        true => Some(Output::create(files, &folder, "pictures.jsonl", remote).await?),
        false => None,
    };
    let mut picture_bytes = 0;
    let mut samples = [0u64; 2];
    let mut records = Records::new(files, path);
    let mut number = 0usize;
    while let Some(record) = records.next().await? {
        let side = split.sides.get(number).copied().unwrap_or(Side::Train);
        let picture = match &record.image {
            Some(image) if record.screenshot_base64.is_none() => {
                files.read_all(&below(base, image)?).await
            }
            _ => record_image(&record, |_| Err(Error::data("image_missing", "no picture"))),
        };
        let picture = picture.map_err(|e| records.at(e))?;
        let made = preparator.convert(number as u64, &record, &picture);
        let made = made.map_err(|e| records.at(e))?;
        number += 1;
        if let Some(image) = &made.image {
            let path = format!("{folder}/{}", image.path);
            files.write_all(&path, &picture).await?;
            if let (Some(list), Some(remote)) = (&mut list, remote) {
                picture_bytes += picture.len() as u64;
                let entry = Picture {
                    path,
                    uri: format!("{remote}{}", image.path),
                    media_type: image_info(&picture)?.media_type.to_owned(),
                    bytes: picture.len() as u64,
                };
                list.line(&serde_json::to_vec(&entry)?).await?;
            }
        }
        let (output, n) = match side {
            Side::Train => (&mut train, 0),
            Side::Validation => (&mut validation, 1),
        };
        samples[n] += 1;
        for line in &made.lines {
            output.line(line.as_bytes()).await?;
        }
    }
    let train = train.finish().await?;
    let validation = validation.finish().await?;
    let pictures = match list {
        Some(list) => {
            let list = list.finish().await?;
            Some(Pictures {
                list: list.path,
                count: list.lines,
                bytes: picture_bytes,
            })
        }
        None => None,
    };
    Ok(Preparation {
        files: Prepared {
            train,
            validation: (validation.lines > 0).then_some(validation),
            pictures,
        },
        fingerprint: hex(&hash.finalize()[..16]),
        samples,
        convention,
        image_size,
        problems: split.problems,
    })
}

/// A picture's path below the folder of the dataset.
fn below(folder: &str, path: &str) -> Result<String> {
    let plain =
        !path.contains(['\\', ':']) && path.split('/').all(|p| !matches!(p, "" | "." | ".."));
    if !plain {
        return Err(Error::data(
            "image_path",
            format!("{path:?} leaves the folder of the dataset"),
        )
        .hint("use a relative path below the dataset file"));
    }
    Ok(if folder.is_empty() {
        path.to_owned()
    } else {
        format!("{folder}/{path}")
    })
}

#[cfg(test)]
pub(super) mod tests {
    use base64::Engine as _;

    /// A small dataset of different screens, pictures inside.
    pub(in crate::job) fn dataset(n: usize) -> Vec<u8> {
        let mut png = std::io::Cursor::new(Vec::new());
        image::RgbImage::new(320, 240)
            .write_to(&mut png, image::ImageFormat::Png)
            .unwrap();
        let png = base64::engine::general_purpose::STANDARD.encode(png.into_inner());
        let row = |i: usize| {
            let truth = serde_json::json!({
                "layout_id": format!("layout{i}"), "width": 320, "height": 240,
                "components": [{"component_id": "e0", "element_type": "button", "text": format!("Save {i}"),
                    "bbox": {"x": 10 + i, "y": 20, "width": 80, "height": 32}, "interactive": true,
                    "action": "click", "semantic_role": "button"}],
            });
            let record = serde_json::json!({
                "layout_id": format!("layout{i}"), "html": "<p>", "ground_truth": truth,
                "screenshot_base64": png, "fingerprint": format!("{i:032x}"),
            });
            format!("{record}\n").into_bytes()
        };
        (0..n).flat_map(row).collect()
    }
}
