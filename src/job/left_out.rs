//! The vendor's findings about rows of the training file, brought back to the samples.

use crate::base::ports::Ports;
use crate::error::Result;
use crate::format::format;
use crate::job::record::FineTuneJob;
use crate::job::rows::Lines;
use crate::problem::Problem;

/// How the path of a finding about a row begins.
const ROW: &str = "training row ";

impl FineTuneJob {
    /// What the vendor found about samples, each with the sample's picture as the dataset names
    /// it (`images/000012.png`).
    pub fn findings(&self) -> impl Iterator<Item = (&str, &Problem)> {
        self.problems.iter().filter_map(|p| {
            let (_, picture) = p.path.strip_prefix(ROW)?.split_once(": ")?;
            Some((picture, p))
        })
    }
}

/// Of the vendor's findings, keeps those that `job` does not have yet, and names the pictures of
/// the rows: `training row 17: images/000012.png`.
pub(super) async fn name_rows(
    ports: &Ports,
    job: &FineTuneJob,
    found: &mut Vec<Problem>,
) -> Result<()> {
    let same = |known: &Problem, p: &Problem| {
        let rest = known.path.strip_prefix(&p.path);
        known.code == p.code && rest.is_some_and(|r| r.is_empty() || r.starts_with(": "))
    };
    found.retain(|p| !job.problems.iter().any(|known| same(known, p)));
    let row_of = |p: &Problem| p.path.strip_prefix(ROW)?.parse::<u64>().ok();
    let Some(last) = found.iter().filter_map(row_of).max() else {
        return Ok(());
    };
    let files = ports.files.as_ref();
    if files.size(&job.dataset_paths.train).await?.is_none() {
        return Ok(());
    }
    let vendor = job.config.provider.vendor();
    let format = format(vendor.format_for(&job.config.provider_options))?;
    let prefix = vendor.image_uri_prefix(&job.job_id, &job.config.provider_options);
    let mut lines = Lines::new(files, &job.dataset_paths.train);
    let mut row = 0;
    while let Some(line) = lines.next().await? {
        row += 1;
        for p in found.iter_mut().filter(|p| row_of(p) == Some(row)) {
            let value = serde_json::from_slice(&line).unwrap_or_default();
            let example = format.read(&value, &mut Vec::new());
            if let Some(image) = example.iter().flat_map(|e| &e.images).next() {
                let name = prefix.as_deref().and_then(|p| image.url.strip_prefix(p));
                p.path = format!("{}: {}", p.path, name.unwrap_or(&image.url));
            }
        }
        if row >= last {
            break;
        }
    }
    Ok(())
}
