//! `manifest.json`: what a dataset is, and checksums to know it by.

use serde::{Deserialize, Serialize};

use std::path::Path;

use crate::base::hash;
use crate::error::{Error, Result};
use crate::generate::GENERATOR_VERSION;
use crate::generate::config::GenerationConfig;

/// What is in a dataset folder or archive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// `screensmith-dataset/1`.
    pub format: String,
    /// Version of the generator.
    pub generator_version: u32,
    /// The configuration with its seed: enough to make the dataset again.
    pub config: GenerationConfig,
    /// Number of records.
    pub samples: u64,
    /// Hash of all sample fingerprints in order.
    pub fingerprint: String,
    /// Data files with checksums. Pictures are not listed: each record carries the checksum of
    /// its own.
    pub files: Vec<ManifestFile>,
}

/// One file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ManifestFile {
    /// Path with `/`.
    pub path: String,
    /// Size.
    pub bytes: u64,
    /// Lower-case hex.
    pub sha256: String,
}

impl Manifest {
    /// A manifest of the current generator.
    pub fn new(config: GenerationConfig, samples: u64, fingerprint: String) -> Self {
        Self {
            format: "screensmith-dataset/1".to_owned(),
            generator_version: GENERATOR_VERSION,
            config,
            samples,
            fingerprint,
            files: Vec::new(),
        }
    }

    /// Reads a manifest; `None` when there is no such file.
    ///
    /// # Errors
    /// `manifest` when the file cannot be read or is no manifest.
    pub fn read(path: &Path) -> Result<Option<Self>> {
        let bytes = match std::fs::read(path) {
            Ok(b) => b,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(Error::from(e).at(path.display().to_string())),
        };
        serde_json::from_slice(&bytes).map(Some).map_err(|e| {
            Error::data("manifest", format!("this is no dataset manifest: {e}"))
                .at(path.display().to_string())
                .because(e)
        })
    }

    /// Fingerprint of a dataset from those of its samples, in order.
    pub fn dataset_fingerprint<'a>(samples: impl IntoIterator<Item = &'a str>) -> String {
        hash::fingerprint(samples.into_iter().map(str::as_bytes))
    }
}
