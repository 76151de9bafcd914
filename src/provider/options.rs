//! [`ProviderOptions`]: what a vendor needs beyond the seed's fields, and the practice run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::provider::Trainer;

/// What a vendor needs beyond the seed's fields. Keys never stand here: they come from the
/// environment or the user's hand.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ProviderOptions {
    /// Another address of the vendor's interface, or of one's own server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base_url: Option<String>,
    /// Another address of the vendor's storage, where that is a service of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storage_url: Option<String>,
    /// Further headers, without keys.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// Cloud project.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub project: Option<String>,
    /// Cloud region.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<String>,
    /// Storage bucket, without `gs://`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bucket: Option<String>,
    /// Account at the vendor, where its addresses need one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// Program that a custom bundle is made for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trainer: Option<Trainer>,
    /// Address of an HTTP trainer of one's own, such as `http://localhost:8765`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trainer_url: Option<String>,
    /// Largest file in bytes that goes in one request, where a vendor takes larger ones another
    /// way; by default what the vendor takes. For a proxy in between that takes less.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub whole_file_bytes: Option<u64>,
    /// Practise: nothing is sent and nothing is trained.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub simulated: Option<Simulation>,
}

impl ProviderOptions {
    /// Largest file that goes in one request, where the vendor takes `most`; both in bytes.
    pub(super) fn whole_file(&self, most: u64) -> u64 {
        self.whole_file_bytes.map_or(most, |own| own.min(most))
    }
}

/// A practice run: deterministic, without network, marked SIMULATED everywhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Simulation {
    /// What happens.
    pub scenario: Scenario,
    /// Seed of the curves and waiting times.
    pub seed: u64,
    /// How many times faster than the practice timeline (about 30 seconds), 0.1 to 1000.
    pub speed: f64,
}

impl Default for Simulation {
    fn default() -> Self {
        Self {
            scenario: Scenario::Success,
            seed: 1,
            speed: 1.0,
        }
    }
}

/// What happens in a practice run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scenario {
    /// All goes well.
    #[default]
    Success,
    /// The vendor creates no jobs for this organisation any more (403 `training_not_available`).
    TrainingNotAvailable,
    /// Too many requests (429) twice, then all goes well.
    RateLimited,
    /// The answer to the creation is lost; the job is found again by listing.
    LostAnswer,
    /// The vendor refuses the training file.
    InvalidFile,
    /// Somebody cancels the job at the vendor in mid-training.
    Cancelled,
    /// Training breaks down in the middle.
    FailsMidRun,
}

impl Scenario {
    /// Every scenario with its id and a line for people.
    pub const ALL: &'static [(Self, &'static str, &'static str)] = &[
        (Self::Success, "success", "All goes well"),
        (
            Self::TrainingNotAvailable,
            "training_not_available",
            "The vendor creates no jobs for this organisation (403)",
        ),
        (
            Self::RateLimited,
            "rate_limited",
            "Too many requests twice (429), then all goes well",
        ),
        (
            Self::LostAnswer,
            "lost_answer",
            "The answer to the creation is lost; the job is found again",
        ),
        (
            Self::InvalidFile,
            "invalid_file",
            "The vendor refuses the training file",
        ),
        (
            Self::Cancelled,
            "cancelled",
            "The job is cancelled at the vendor in mid-training",
        ),
        (
            Self::FailsMidRun,
            "fails_mid_run",
            "Training breaks down in the middle",
        ),
    ];
}

/// Where an address leads in the end: that of a proxy on this machine
/// (`http://127.0.0.1:8787/api.example.com/v1`) leads to the host behind it; every other one is
/// itself.
pub(crate) fn direct(url: &str) -> String {
    let parts = || {
        let (_, rest) = url.split_once("://")?;
        let (authority, path) = rest.split_once('/')?;
        let near = authority.split(':').next()?;
        let (host, path) = path.split_once('/').unwrap_or((path, ""));
        let name = host.split(':').next()?;
        let number = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
        let port = host.split_once(':').is_some_and(|(_, p)| number(p));
        let last = name.rsplit_once('.').map_or("", |(_, last)| last);
        let domain = last.len() > 1 && last.bytes().all(|b| b.is_ascii_alphabetic());
        let loopback = |h: &str| matches!(h, "localhost" | "127.0.0.1");
        let scheme = if loopback(name) { "http" } else { "https" };
        (loopback(near) && (port || domain)).then(|| format!("{scheme}://{host}/{path}"))
    };
    parts().unwrap_or_else(|| url.to_owned())
}

/// Host and port of an address.
pub(super) fn host_of(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit('@').next()?;
    (!host.is_empty()).then(|| host.to_owned())
}

/// Whether what goes by this name is a secret, as far as names tell.
fn is_secret_name(name: &str) -> bool {
    const PARTS: &[&str] = &[
        "authorization",
        "cookie",
        "credential",
        "key",
        "passw",
        "secret",
        "signature",
        "token",
    ];
    let name = name.to_ascii_lowercase();
    PARTS.iter().any(|p| name.contains(p)) || name.split(['-', '_']).any(|w| w == "auth")
}

/// Whether a value is written as keys are.
fn is_secret(value: &str) -> bool {
    let value = value.trim().to_ascii_lowercase();
    let forms = ["bearer ", "basic ", "sk-", "ya29."];
    forms.iter().any(|f| value.starts_with(f))
}

/// Whether an address carries a password or a key.
fn holds_secret(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let query = rest.split_once('?').map_or("", |(_, query)| query);
    let pair = |p: &str| {
        let (name, value) = p.split_once('=').unwrap_or((p, ""));
        is_secret_name(name) || is_secret(value)
    };
    authority.contains('@') || query.split(['&', '#']).any(pair)
}

fn secret(path: String, what: &str) -> Problem {
    let message = format!("{what} carries a key; configurations are stored and shared");
    Problem::error("secret_in_config", path, message).hint("set the key in the environment instead")
}

impl ProviderOptions {
    /// Name of the machine of [`Self::base_url`], with its port when it has one.
    pub fn host(&self) -> Option<String> {
        host_of(self.base_url.as_deref()?)
    }

    /// What is wrong with the options, paths below `provider_options`.
    pub fn validate(&self) -> Vec<Problem> {
        let mut out = Vec::new();
        for (field, url) in [
            ("base_url", &self.base_url),
            ("storage_url", &self.storage_url),
            ("trainer_url", &self.trainer_url),
        ] {
            let Some(url) = url.as_ref() else { continue };
            let path = format!("provider_options.{field}");
            if !(url.starts_with("https://") || url.starts_with("http://")) {
                out.push(
                    Problem::error(field, path, format!("{url:?} is no http or https address"))
                        .hint("for example http://localhost:8000/v1"),
                );
            } else if holds_secret(url) {
                out.push(secret(path, "this address"));
            }
        }
        for (name, value) in &self.headers {
            if is_secret_name(name) || is_secret(value) {
                let path = format!("provider_options.headers.{name}");
                out.push(secret(path, "this header"));
            }
        }
        if let Some(s) = &self.simulated
            && !(0.1..=1000.0).contains(&s.speed)
        {
            out.push(
                Problem::error(
                    "simulated_speed",
                    "provider_options.simulated.speed",
                    format!("speed {}; allowed are 0.1 to 1000", s.speed),
                )
                .hint("1 takes about 30 seconds"),
            );
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_through_the_proxy_leads_to_the_vendor() {
        for (url, end) in [
            (
                "http://127.0.0.1:8787/api.example.com/v1",
                "https://api.example.com/v1",
            ),
            (
                "http://localhost:8787/127.0.0.1:9000/v1",
                "http://127.0.0.1:9000/v1",
            ),
            ("http://localhost:8000/v1", "http://localhost:8000/v1"),
            (
                "http://localhost:8000/v1.5/x",
                "http://localhost:8000/v1.5/x",
            ),
            (
                "https://a.example/b.example/v1",
                "https://a.example/b.example/v1",
            ),
            ("nothing", "nothing"),
        ] {
            assert_eq!(direct(url), end);
        }
    }

    #[test]
    fn a_key_in_an_address_or_a_header_is_refused_and_never_told() {
        let told = |url: &str, header: (&str, &str)| {
            let mut options = ProviderOptions {
                base_url: Some(url.to_owned()),
                ..ProviderOptions::default()
            };
            let (name, value) = header;
            options.headers.insert(name.to_owned(), value.to_owned());
            let found = options.validate();
            assert!(found.iter().all(|p| !format!("{p:?}").contains("hunter2")));
            found.len()
        };
        let fine = ("OpenAI-Organization", "org-1");
        let place = "https://a.example/v1?api-version=2025-01-01";
        for url in [
            "https://hunter2@a.example/v1",
            "https://me:hunter2@a.example",
            "https://a.example/v1?api-key=hunter2",
            "https://a.example/v1?v=1&access_token=hunter2",
            "https://a.example/v1?x=sk-hunter2",
        ] {
            assert_eq!(told(url, fine), 1, "{url}");
        }
        for header in [
            ("X-Auth", "hunter2"),
            ("Proxy-Authorization", "hunter2"),
            ("X-Mine", "Bearer hunter2"),
            ("X-Mine", "sk-hunter2"),
        ] {
            assert_eq!(told(place, header), 1, "{header:?}");
        }
        for header in [fine, ("X-Author", "me")] {
            assert_eq!(told(place, header), 0, "{header:?}");
        }
    }
}
