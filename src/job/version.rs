//! [`DatasetVersion`]: the dataset of a job as an immutable version, and what training on it takes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::base::hash::hex;
use crate::base::ports::Files;
use crate::dataset::ManifestFile;
use crate::error::{Error, Result};
use crate::format::{Report, estimate};
use crate::job::config::FineTuneConfig;
use crate::job::rows::Lines;
use crate::provider::{LocalFile, Picture, Pictures, Setting};

/// What a job trains on, frozen: kept as `dataset.json` in the job's folder, beside the files
/// that it lists.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DatasetVersion {
    /// `screensmith-dataset-version/1`.
    pub format: String,
    /// The dataset file.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its checksum, lower-case hex.
    pub sha256: String,
    /// Records in it.
    pub samples: u64,
    /// Hash of the fingerprints of its records, in order.
    pub fingerprint: String,
    /// Share kept for validation.
    pub validation_split: f64,
    /// Prepared files, paths below the job's folder.
    pub files: Vec<ManifestFile>,
}

impl Default for DatasetVersion {
    fn default() -> Self {
        Self {
            format: "screensmith-dataset-version/1".to_owned(),
            path: String::new(),
            bytes: 0,
            sha256: String::new(),
            samples: 0,
            fingerprint: String::new(),
            validation_split: 0.0,
            files: Vec::new(),
        }
    }
}

impl DatasetVersion {
    /// Name of its file in the job's folder.
    pub const FILE: &'static str = "dataset.json";
}

/// What training takes, estimated from the prepared lines; what the vendor bills is the truth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TokenEstimate {
    /// Passes over the data that this is for.
    pub epochs: u32,
    /// Whether the vendor chooses the passes, so that the number is only the usual one.
    pub epochs_guessed: bool,
    /// Tokens that are billed, about; `None` when the model's counting is not known.
    pub training_tokens: Option<u64>,
    /// US dollars, when the price is known.
    pub usd: Option<f64>,
    /// When price and counting were looked up; empty when neither is known.
    pub as_of: String,
}

impl TokenEstimate {
    /// From the report on the training lines.
    pub(super) fn of(format: &str, config: &FineTuneConfig, training: &Report) -> Option<Self> {
        let counted = training.estimate.as_ref()?;
        let (epochs, epochs_guessed) = match config.hyperparameters.n_epochs {
            Setting::Value(n) => (n, false),
            Setting::Auto => (config.provider.vendor().usual_epochs(), true),
        };
        let (text, images) = (counted.text_tokens, counted.image_tokens);
        let e = estimate::estimate(format, &config.base_model, text, images, epochs);
        let own_prices = config.provider.vendor().models_of_format();
        Some(Self {
            epochs,
            epochs_guessed,
            training_tokens: e.training_tokens,
            usd: e.usd.filter(|_| own_prices),
            as_of: e.as_of.to_owned(),
        })
    }
}

/// The error of a file that is no longer what a job was made with.
pub(super) fn changed(path: &str, when: &str) -> Error {
    Error::data("dataset_changed", format!("the file changed {when}"))
        .at(path)
        .hint("put the old file back, or start a new job with the new one")
}

/// Bytes read at a time.
const CHUNK: usize = 1 << 20;

/// The SHA-256 of a file in hex.
///
/// # Errors
/// `file_missing`, or a failure of storage.
pub(super) async fn checksum(files: &dyn Files, path: &str) -> Result<String> {
    let mut hash = Sha256::new();
    let mut offset = 0;
    loop {
        let part = files.read(path, offset, CHUNK).await?;
        if part.is_empty() {
            return Ok(hex(&hash.finalize()));
        }
        offset += part.len() as u64;
        hash.update(&part);
    }
}

/// Fails when the list of a job's pictures or one of them is not what the frozen version of the
/// dataset in `folder` says.
pub(super) async fn verify_pictures(
    files: &dyn Files,
    folder: &str,
    pictures: &Pictures,
) -> Result<()> {
    let since = "since it was prepared";
    let version = format!("{folder}/{}", DatasetVersion::FILE);
    let frozen: DatasetVersion = serde_json::from_slice(&files.read_all(&version).await?)
        .map_err(|_| changed(&version, since))?;
    let mut frozen: BTreeMap<String, ManifestFile> = frozen
        .files
        .into_iter()
        .map(|f| (format!("{folder}/{}", f.path), f))
        .collect();
    let mut lines = Lines::new(files, &pictures.list);
    let mut count = 0;
    while let Some(line) = lines.next().await? {
        // Each picture once, and only such as were frozen.
        let listed = serde_json::from_slice::<Picture>(&line).ok();
        let known = listed.and_then(|p| Some((frozen.remove(&p.path)?, p)));
        let Some((file, picture)) = known else {
            return Err(changed(&pictures.list, since));
        };
        let same = files.size(&picture.path).await? == Some(file.bytes)
            && checksum(files, &picture.path).await? == file.sha256;
        if !same || picture.bytes != file.bytes {
            return Err(changed(&picture.path, since));
        }
        count += 1;
    }
    if count != pictures.count {
        return Err(changed(&pictures.list, since));
    }
    Ok(())
}

/// Fails when a prepared file is not what was prepared.
pub(super) async fn verify(files: &dyn Files, file: &LocalFile) -> Result<()> {
    if files.size(&file.path).await? != Some(file.bytes)
        || checksum(files, &file.path).await? != file.sha256
    {
        return Err(changed(&file.path, "since it was prepared"));
    }
    Ok(())
}
