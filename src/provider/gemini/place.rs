//! Where a job's files and the job itself lie: project, region, bucket and addresses.

use crate::error::{Error, Result};
use crate::problem::Problem;
use crate::provider::ProviderOptions;

/// The region when none is given.
pub(super) const DEFAULT_LOCATION: &str = "us-central1";

/// The host of Cloud Storage.
pub(super) const STORAGE_HOST: &str = "storage.googleapis.com";

/// Checked names and addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Address of the tuning interface with its version.
    pub(super) base: String,
    /// Address of Cloud Storage.
    pub(super) storage: String,
    pub(super) project: String,
    pub(super) location: String,
    pub(super) bucket: String,
}

impl Place {
    /// The place that the options name.
    ///
    /// # Errors
    /// The first problem of [`problems`].
    pub(super) fn new(options: &ProviderOptions) -> Result<Self> {
        crate::problem::check(&problems(options))?;
        let missing = |field: &str| Error::caller("option_missing", field).at(field);
        let location = options.location.as_deref().unwrap_or(DEFAULT_LOCATION);
        let trimmed = |url: &str| url.trim_end_matches('/').to_owned();
        Ok(Self {
            base: options
                .base_url
                .as_deref()
                .map_or_else(|| format!("https://{}/v1", host(location)), trimmed),
            storage: options
                .storage_url
                .as_deref()
                .map_or_else(|| format!("https://{STORAGE_HOST}"), trimmed),
            project: options.project.clone().ok_or_else(|| missing("project"))?,
            location: location.to_owned(),
            bucket: options.bucket.clone().ok_or_else(|| missing("bucket"))?,
        })
    }

    /// `projects/P/locations/L`.
    pub(super) fn parent(&self) -> String {
        format!("projects/{}/locations/{}", self.project, self.location)
    }

    /// The object's name of `gs://bucket/name` in this bucket.
    pub(super) fn object<'a>(&self, uri: &'a str) -> Result<&'a str> {
        uri.strip_prefix("gs://")
            .and_then(|rest| rest.strip_prefix(self.bucket.as_str()))
            .and_then(|rest| rest.strip_prefix('/'))
            .filter(|name| !name.is_empty())
            .ok_or_else(|| {
                Error::caller(
                    "object_uri",
                    format!("{uri:?} is not in the bucket of the job"),
                )
                .at("provider_options.bucket")
                .hint("start a new job after changing the bucket")
            })
    }
}

/// The host that serves a region or multi-region.
pub(super) fn host(location: &str) -> String {
    match location {
        "global" => "aiplatform.googleapis.com".to_owned(),
        "us" | "eu" => format!("aiplatform.{location}.rep.googleapis.com"),
        _ => format!("{location}-aiplatform.googleapis.com"),
    }
}

/// What is wrong with the names of a real job; paths below `provider_options`.
pub(super) fn problems(options: &ProviderOptions) -> Vec<Problem> {
    let mut out = Vec::new();
    let mut need = |field: &str, value: &Option<String>, hint: &str| {
        if value.is_none() {
            out.push(
                Problem::error(
                    "option_missing",
                    format!("provider_options.{field}"),
                    format!("a job on Vertex AI needs a {field}"),
                )
                .hint(hint),
            );
        }
    };
    need(
        "project",
        &options.project,
        "the id of the Google Cloud project",
    );
    need(
        "bucket",
        &options.bucket,
        "a Cloud Storage bucket in the region of the job, without gs://",
    );
    out.extend(name_problems(options));
    out
}

/// What is wrong with the names that are given.
pub(super) fn name_problems(options: &ProviderOptions) -> Vec<Problem> {
    // These stand in addresses: nothing may pass that means something there.
    let plain = |s: &str, more: &str, lengths: std::ops::RangeInclusive<usize>| {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c);
        lengths.contains(&s.len())
            && s.chars().all(allowed)
            && s.starts_with(|c: char| c.is_ascii_alphanumeric())
            && s.ends_with(|c: char| c.is_ascii_alphanumeric())
            && !s.contains("..")
    };
    let mut out = Vec::new();
    for (field, code, value, more, lengths, hint) in [
        (
            "project",
            "project_name",
            &options.project,
            "-.:",
            1..=100,
            "the id (my-project) or number of the project",
        ),
        (
            "location",
            "location_name",
            &options.location,
            "-",
            2..=40,
            "a region such as us-central1",
        ),
        (
            "bucket",
            "bucket_name",
            &options.bucket,
            "-._",
            3..=222,
            "only the bucket's name: no gs://, no folder",
        ),
    ] {
        if let Some(value) = value
            && !plain(value, more, lengths)
        {
            out.push(
                Problem::error(
                    code,
                    format!("provider_options.{field}"),
                    format!("{value:?} is no name of a {field}"),
                )
                .hint(hint),
            );
        }
    }
    out
}

/// Whether a bucket's data lies where jobs of `location` read it. `kind` and `places` are
/// `locationType` and `customPlacementConfig.dataLocations` of its storage layout.
pub(super) fn region_fits(location: &str, bucket: &str, kind: &str, places: &[String]) -> bool {
    let (location, bucket) = (location.to_ascii_lowercase(), bucket.to_ascii_lowercase());
    if bucket.is_empty() || bucket == location {
        return true;
    }
    if !places.is_empty() {
        return places.iter().any(|p| p.eq_ignore_ascii_case(&location));
    }
    if kind == "region" {
        return false;
    }
    // Multi-regions and the named pairs: us, eu, asia; nam4, eur4, asia1.
    let continent = bucket.trim_end_matches(|c: char| c.is_ascii_digit());
    match continent {
        "us" | "nam" => location == "us" || location.starts_with("us-"),
        "eu" | "eur" => location == "eu" || location.starts_with("europe-"),
        "asia" => location.starts_with("asia-"),
        // A kind of place that is not known here is not refused.
        _ => true,
    }
}

/// Labels: keys and values of lower-case letters, digits, `_` and `-`, at most 63 characters.
/// The vendor's text says 64 at one place and 63 at another.
pub(super) fn is_label(text: &str, is_key: bool) -> bool {
    let allowed = |c: char| c.is_lowercase() || c.is_numeric() || matches!(c, '_' | '-');
    text.chars().count() <= 63
        && text.chars().all(allowed)
        && (!is_key || text.chars().next().is_some_and(char::is_lowercase))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_fit_or_do_not() {
        for (location, bucket, kind, places, fits) in [
            ("us-central1", "US-CENTRAL1", "region", &[][..], true),
            ("us-central1", "US-EAST1", "region", &[], false),
            ("us-central1", "US", "multi-region", &[], true),
            ("europe-west4", "US", "multi-region", &[], false),
            ("europe-west4", "EU", "multi-region", &[], true),
            ("us-central1", "NAM4", "dual-region", &[], true),
            (
                "us-west1",
                "US",
                "dual-region",
                &["US-EAST1", "US-WEST1"],
                true,
            ),
            (
                "us-west4",
                "US",
                "dual-region",
                &["US-EAST1", "US-WEST1"],
                false,
            ),
            ("me-central1", "MOON", "orbit", &[], true),
        ] {
            let places: Vec<String> = places.iter().map(|p| (*p).to_owned()).collect();
            assert_eq!(
                region_fits(location, bucket, kind, &places),
                fits,
                "{location} and {bucket}"
            );
        }
    }

    #[test]
    fn names_that_would_change_an_address_are_refused() {
        for (project, location, bucket, bad) in [
            ("my-project", "us-central1", "my-bucket_1.x", 0),
            ("example.com:p", "europe-west4", "b01", 0),
            ("p/../q", "us-central1", "my-bucket", 1),
            ("p", "us-central1.evil.example/", "my-bucket", 1),
            ("p", "us-central1", "gs://my-bucket", 1),
            ("p", "us-central1", "my..bucket", 1),
            ("p?x", "US", "B", 3),
        ] {
            let options = ProviderOptions {
                project: Some(project.to_owned()),
                location: Some(location.to_owned()),
                bucket: Some(bucket.to_owned()),
                ..ProviderOptions::default()
            };
            assert_eq!(
                problems(&options).len(),
                bad,
                "{project} {location} {bucket}"
            );
            assert_eq!(Place::new(&options).is_err(), bad > 0);
        }
        assert_eq!(problems(&ProviderOptions::default()).len(), 2);
    }

    #[test]
    fn labels_have_their_charset() {
        assert!(is_label("screensmith_job", true) && is_label("", false) && is_label("1-a", false));
        for (text, key) in [("Upper", false), ("a b", false), ("1a", true), ("", true)] {
            assert!(!is_label(text, key), "{text}");
        }
        assert!(is_label(&"a".repeat(63), true) && !is_label(&"a".repeat(64), true));
    }

    #[test]
    fn a_region_has_its_host() {
        assert_eq!(host("us-central1"), "us-central1-aiplatform.googleapis.com");
        assert_eq!(host("eu"), "aiplatform.eu.rep.googleapis.com");
        assert_eq!(host("global"), "aiplatform.googleapis.com");
    }
}
