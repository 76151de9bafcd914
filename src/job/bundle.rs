//! The complete run of a job as one zip file.

use std::io::{Cursor, Write as _};

use serde::Serialize;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::base::hash::sha256_hex;
use crate::dataset::ManifestFile;
use crate::error::{Error, Result};
use crate::job::driver::VisionFinetuner;
use crate::job::version::DatasetVersion;
use crate::provider::MetricPoint;

/// `manifest.json` of a bundle.
#[derive(Serialize)]
struct Manifest<'a> {
    /// `screensmith-run/1`.
    format: &'static str,
    job_id: &'a str,
    simulated: bool,
    files: Vec<ManifestFile>,
}

struct Bundle {
    zip: ZipWriter<Cursor<Vec<u8>>>,
    files: Vec<ManifestFile>,
}

impl Bundle {
    fn add(&mut self, path: &str, bytes: &[u8]) -> Result<()> {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        self.zip.start_file(path, options).map_err(failed)?;
        self.zip.write_all(bytes)?;
        self.files.push(ManifestFile {
            path: path.to_owned(),
            bytes: bytes.len() as u64,
            sha256: sha256_hex(bytes),
        });
        Ok(())
    }

    fn json<T: Serialize>(&mut self, path: &str, value: &T) -> Result<()> {
        let mut text = serde_json::to_vec_pretty(value)?;
        text.push(b'\n');
        self.add(path, &text)
    }
}

fn failed(e: zip::result::ZipError) -> Error {
    Error::storage("archive", e.to_string()).because(e)
}

impl VisionFinetuner {
    /// The complete run as a zip file: `job.json`, `config.json` (the settings it was started
    /// with), `dataset.json` (the frozen dataset with checksums), `events.jsonl`, `metrics.csv`,
    /// `checkpoints.json`, `artifacts.json` (the fetched files with checksums; not the files),
    /// `manifest.json`. Keys are in none of them. Equal runs give equal bytes.
    ///
    /// # Errors
    /// `job_missing`, or a failure of storage.
    pub async fn bundle(&self, job_id: &str) -> Result<Vec<u8>> {
        let job = self.manager.get(job_id).await?;
        let events = self.manager.events(job_id).await?;
        let mut out = Bundle {
            zip: ZipWriter::new(Cursor::new(Vec::new())),
            files: Vec::new(),
        };
        out.json("job.json", &job)?;
        out.json("config.json", &job.config)?;
        let files = self.ports.files.as_ref();
        let dataset = format!("{}/{}", job.folder(), DatasetVersion::FILE);
        if files.size(&dataset).await?.is_some() {
            out.add(DatasetVersion::FILE, &files.read_all(&dataset).await?)?;
        }
        let mut lines = Vec::new();
        for event in &events {
            serde_json::to_writer(&mut lines, event)?;
            lines.push(b'\n');
        }
        out.add("events.jsonl", &lines)?;
        let metrics = self.manager.metrics(job_id).await?;
        out.add("metrics.csv", csv(&metrics).as_bytes())?;
        let checkpoints = self.manager.checkpoints(job_id).await?;
        out.json("checkpoints.json", &checkpoints)?;
        out.json("artifacts.json", &job.artifacts)?;
        let manifest = Manifest {
            format: "screensmith-run/1",
            job_id,
            simulated: job.simulated,
            files: std::mem::take(&mut out.files),
        };
        out.json("manifest.json", &manifest)?;
        Ok(out.zip.finish().map_err(failed)?.into_inner())
    }
}

fn csv(points: &[MetricPoint]) -> String {
    let mut out = String::from(
        "step,train_loss,train_mean_token_accuracy,valid_loss,valid_mean_token_accuracy,\
         full_valid_loss,full_valid_mean_token_accuracy\n",
    );
    for p in points {
        out += &p.step.to_string();
        for value in [
            p.train_loss,
            p.train_mean_token_accuracy,
            p.valid_loss,
            p.valid_mean_token_accuracy,
            p.full_valid_loss,
            p.full_valid_mean_token_accuracy,
        ] {
            out.push(',');
            if let Some(v) = value {
                out += &v.to_string();
            }
        }
        out.push('\n');
    }
    out
}
