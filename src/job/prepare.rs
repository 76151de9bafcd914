//! The first step of a job: dataset → training and validation lines, in files of the job. The
//! same pass without writing is what [`crate::job::Preflight`] looks at.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use sha2::{Digest as _, Sha256};

use crate::base::hash::hex;
use crate::base::ports::Ports;
use crate::dataset::{ManifestFile, Record, Side, SplitConfig};
use crate::error::{Error, Result};
use crate::format::{
    Preparator, Purpose, Report, Survey, Validator, check_pair, format, image_info, record_image,
};
use crate::job::config::FineTuneConfig;
use crate::job::record::FineTuneJob;
use crate::job::rows::{Output, Records};
use crate::job::state::Prepared;
use crate::job::version::{DatasetVersion, TokenEstimate, changed};
use crate::problem::Problem;
use crate::provider::{LocalFile, Picture, Pictures};

/// What preparation found out.
#[derive(Debug)]
pub(super) struct Preparation {
    pub(super) files: Prepared,
    pub(super) version: DatasetVersion,
    /// Records on the training and on the validation side.
    pub(super) samples: [u64; 2],
    /// What the checks say about the lines of both sides.
    pub(super) reports: [Report; 2],
    /// Findings, errors first: those of the split, and of the lines, one for each rule.
    pub(super) problems: Vec<Problem>,
    pub(super) estimate: Option<TokenEstimate>,
    convention: String,
    image_size: [u32; 2],
}

impl Preparation {
    /// Writes it into the job.
    pub(super) fn describe(&self, job: &mut FineTuneJob) {
        let v = self.files.validation.as_ref();
        job.dataset_paths.train.clone_from(&self.files.train.path);
        job.dataset_paths.validation = v.map(|f| f.path.clone()).unwrap_or_default();
        [job.metrics.train_samples, job.metrics.validation_samples] = self.samples;
        job.dataset_fingerprint = Some(self.version.fingerprint.clone());
        job.dataset_sha256 = Some(self.version.sha256.clone());
        job.convention = Some(self.convention.clone());
        job.image_size = Some(self.image_size);
        job.system_prompts = self.system_prompts();
        job.system_prompt = job.system_prompts.first().cloned();
        job.estimate.clone_from(&self.estimate);
        job.problems.clone_from(&self.problems);
    }

    /// The instructions before the examples, the most frequent first.
    fn system_prompts(&self) -> Vec<String> {
        let mut all: BTreeMap<&str, u64> = BTreeMap::new();
        for (text, n) in self.reports.iter().flat_map(|r| &r.systems) {
            *all.entry(text).or_default() += n;
        }
        let mut all: Vec<(&str, u64)> = all.into_iter().collect();
        all.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
        all.into_iter().map(|(text, _)| text.to_owned()).collect()
    }
}

/// A pass over a dataset.
pub(super) struct Pass<'a> {
    pub(super) ports: &'a Ports,
    pub(super) config: &'a FineTuneConfig,
    pub(super) job_id: &'a str,
    /// The job's folder.
    pub(super) folder: String,
    /// Whether files are written, or only counted.
    pub(super) write: bool,
    /// What the dataset file must still be, if that is known.
    pub(super) sha256: Option<&'a str>,
}

/// A picture for the checks of the lines that name it.
type AtHand = Rc<RefCell<Option<(String, Vec<u8>)>>>;

impl Pass<'_> {
    /// Splits, formats and checks the dataset.
    pub(super) async fn run(&self) -> Result<Preparation> {
        let files = self.ports.files.as_ref();
        let path = self.config.dataset_path.as_str();
        let vendor = self.config.provider.vendor();
        let target_format = vendor.format_for(&self.config.provider_options);
        let line_format = format(target_format)?;
        let mut options = self.config.format.clone();
        options
            .model
            .get_or_insert_with(|| self.config.base_model.clone());
        let remote = vendor.image_uri_prefix(self.job_id, &self.config.provider_options);
        let remote = remote.as_deref();
        // With a prefix of the user's own the pictures are there already.
        let sends_pictures = remote.is_some() && options.image_uri_prefix.is_none();
        if sends_pictures {
            options.image_uri_prefix = remote.map(str::to_owned);
        }

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
        let (bytes, sha256) = records.checksum();
        if self.sha256.is_some_and(|s| s != sha256) {
            return Err(changed(path, "since the job was made"));
        }
        let split = survey.split(&SplitConfig {
            validation_split: self.config.validation_split,
        })?;

        let at_hand = AtHand::default();
        let checks = |purpose| {
            let picture = Rc::clone(&at_hand);
            Validator::new(line_format, &options, purpose).images(move |url| {
                let held = picture.borrow();
                let (path, bytes) = held.as_ref()?;
                url.ends_with(path.as_str()).then(|| bytes.clone())
            })
        };
        let mut checks = [checks(Purpose::Training), checks(Purpose::Validation)];
        let preparator = Preparator::new(target_format, options.clone())?;
        let target = self.write.then_some(files);
        let folder = self.folder.as_str();
        let mut train = Output::create(target, folder, "train.jsonl", remote).await?;
        let mut validation = Output::create(target, folder, "validation.jsonl", remote).await?;
        let mut list = match sends_pictures {
            true => Some(Output::create(target, folder, "pictures.jsonl", remote).await?),
            false => None,
        };
        let mut picture_bytes = 0;
        let mut samples = [0u64; 2];
        let mut rows = [0u64; 2];
        let mut frozen = Vec::new();
        let mut records = Records::new(files, path);
        let mut number = 0usize;
        while let Some(record) = records.next().await? {
            let side = split.sides.get(number).copied().unwrap_or(Side::Train);
            let picture = self.picture(&record).await.map_err(|e| records.at(e))?;
            let made = preparator.convert(number as u64, &record, &picture);
            let made = made.map_err(|e| records.at(e))?;
            number += 1;
            if let Some(image) = &made.image {
                let path = format!("{folder}/{}", image.path);
                if self.write {
                    files.write_all(&path, &picture).await?;
                }
                frozen.push(ManifestFile {
                    path: image.path.clone(),
                    bytes: picture.len() as u64,
                    sha256: image.sha256.clone(),
                });
                picture_bytes += picture.len() as u64;
                if let (Some(list), Some(remote)) = (&mut list, remote) {
                    let entry = Picture {
                        path,
                        uri: format!("{remote}{}", image.path),
                        media_type: image_info(&picture)?.media_type.to_owned(),
                        bytes: picture.len() as u64,
                    };
                    list.line(&serde_json::to_vec(&entry)?).await?;
                }
                *at_hand.borrow_mut() = Some((image.path.clone(), picture));
            }
            let (output, n) = match side {
                Side::Train => (&mut train, 0),
                Side::Validation => (&mut validation, 1),
            };
            samples[n] += 1;
            for line in &made.lines {
                rows[n] += 1;
                checks[n].line(rows[n], line.as_bytes());
                output.line(line.as_bytes()).await?;
            }
        }
        if records.checksum().1 != sha256 {
            return Err(changed(path, "while it was read"));
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
        for file in [&train, &validation].into_iter().filter(|f| f.lines > 0) {
            frozen.push(frozen_file(folder, file));
        }
        let version = DatasetVersion {
            path: path.to_owned(),
            bytes,
            sha256,
            samples: number as u64,
            fingerprint: hex(&hash.finalize()[..16]),
            validation_split: self.config.validation_split,
            files: frozen,
            ..DatasetVersion::default()
        };
        if self.write {
            let text = serde_json::to_vec_pretty(&version)?;
            let path = format!("{folder}/{}", DatasetVersion::FILE);
            files.write_all(&path, &text).await?;
        }
        let reports = checks.map(Validator::finish);
        Ok(Preparation {
            files: Prepared {
                train,
                validation: (validation.lines > 0).then_some(validation),
                pictures,
            },
            problems: findings(self.config, split.problems, &reports),
            estimate: TokenEstimate::of(target_format, self.config, &reports[0]),
            version,
            samples,
            reports,
            convention: options.convention(line_format).id.to_owned(),
            image_size,
        })
    }

    /// The picture of a record, the one that the record was made with.
    async fn picture(&self, record: &Record) -> Result<Vec<u8>> {
        let path = self.config.dataset_path.as_str();
        let base = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let Some(image) = record
            .image
            .as_ref()
            .filter(|_| record.screenshot_base64.is_none())
        else {
            return record_image(record, |_| Err(Error::data("image_missing", "no picture")));
        };
        let path = below(base, image)?;
        let bytes = self.ports.files.read_all(&path).await?;
        match &record.image_sha256 {
            Some(sha) if *sha != crate::base::hash::sha256_hex(&bytes) => {
                Err(changed(&path, "since the dataset was made"))
            }
            _ => Ok(bytes),
        }
    }
}

fn frozen_file(folder: &str, file: &LocalFile) -> ManifestFile {
    let path = file.path.strip_prefix(folder).unwrap_or(&file.path);
    ManifestFile {
        path: path.trim_start_matches('/').to_owned(),
        bytes: file.bytes,
        sha256: file.sha256.clone(),
    }
}

/// The findings, errors first: each rule of each side once, with how often it was broken.
fn findings(config: &FineTuneConfig, split: Vec<Problem>, reports: &[Report; 2]) -> Vec<Problem> {
    let vendor = config.provider.vendor();
    // The vendor's own calendar tells the end of its models.
    let told = |p: &Problem| {
        p.path == "model"
            && (!vendor.models_of_format()
                || (p.code == "model_shutdown_date"
                    && vendor.end_of_life(&config.base_model).is_some()))
    };
    let mut out = split;
    for (side, report) in ["training", "validation"].into_iter().zip(reports) {
        if report.examples == 0 && side == "validation" {
            continue;
        }
        for (code, count) in &report.counts {
            let Some(first) = report.problems.iter().find(|p| p.code == code.as_str()) else {
                continue;
            };
            if told(first) {
                continue;
            }
            if first.path == "model" && side == "validation" {
                // What is said of the model is said once.
                continue;
            }
            let mut p = first.clone();
            p.path = format!("{side} {}", p.path);
            if *count > 1 {
                p.message = format!("{} (and {} more)", p.message, count - 1);
            }
            out.push(p);
        }
    }
    out.extend(check_pair(&reports[0], &reports[1]));
    out.sort_by_key(|p| std::cmp::Reverse(p.severity));
    out
}

/// A relative path below a folder.
pub(super) fn below(folder: &str, path: &str) -> Result<String> {
    let plain =
        !path.contains(['\\', ':']) && path.split('/').all(|p| !matches!(p, "" | "." | ".."));
    if !plain {
        return Err(
            Error::data("path_outside", format!("{path:?} leaves its folder"))
                .hint("only relative paths below the folder are read and written"),
        );
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
