//! Pages by the part of the address after `#`. A static host needs no rules for it.

/// Where the user is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Route {
    /// What there is and what to do next.
    #[default]
    Overview,
    /// Configuration with live preview.
    Generate,
    /// Grid of samples.
    Samples,
    /// One sample.
    Sample(u64),
    /// Split and health.
    Split,
    /// Lines of one target, by its id; empty: the first.
    Format(String),
    /// List of jobs.
    Jobs,
    /// Form of a new job.
    NewJob,
    /// One job, by id.
    Job(String),
    /// Registered models.
    Models,
    /// One model, by `KEY`, `KEY@2` or alias.
    Model(String),
    /// Base model against tuned model, by reference; empty: none chosen yet.
    Compare(String),
    /// One question to one model, by its reference; empty: none chosen yet.
    Playground(String),
    /// Storage, appearance, about.
    Settings,
    /// No page has this address.
    Unknown(String),
}

/// One stage of the pipeline, as listed in the navigation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// 1 to 5.
    pub number: u8,
    /// Its name.
    pub name: &'static str,
    /// Letter after `G` that opens it.
    pub key: char,
}

/// The stages in order.
pub const STAGES: [Stage; 5] = [
    Stage {
        number: 1,
        name: "Generate",
        key: 'g',
    },
    Stage {
        number: 2,
        name: "Split",
        key: 's',
    },
    Stage {
        number: 3,
        name: "Format",
        key: 'f',
    },
    Stage {
        number: 4,
        name: "Jobs",
        key: 'j',
    },
    Stage {
        number: 5,
        name: "Models",
        key: 'm',
    },
];

impl Stage {
    /// The page it opens.
    pub fn route(self) -> Route {
        match self.number {
            1 => Route::Generate,
            2 => Route::Split,
            3 => Route::Format(String::new()),
            4 => Route::Jobs,
            _ => Route::Models,
        }
    }
}

impl Route {
    /// Reads `location.hash` (`#/samples/42`).
    pub fn parse(hash: &str) -> Self {
        let path = hash.trim_start_matches('#').split('?').next().unwrap_or("");
        let parts: Vec<String> = path
            .split('/')
            .filter(|p| !p.is_empty())
            .map(decode)
            .collect();
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        match parts.as_slice() {
            [] => Self::Overview,
            ["generate"] => Self::Generate,
            ["samples"] => Self::Samples,
            ["samples", n] => n
                .parse()
                .map_or_else(|_| Self::Unknown(path.into()), Self::Sample),
            ["split"] => Self::Split,
            ["format"] => Self::Format(String::new()),
            ["format", id] => Self::Format((*id).into()),
            ["jobs"] => Self::Jobs,
            ["jobs", "new"] => Self::NewJob,
            ["jobs", "id", id] => Self::Job((*id).into()),
            ["models"] => Self::Models,
            ["models", key] => Self::Model((*key).into()),
            ["compare"] => Self::Compare(String::new()),
            ["compare", model] => Self::Compare((*model).into()),
            ["playground"] => Self::Playground(String::new()),
            ["playground", model] => Self::Playground((*model).into()),
            ["settings"] => Self::Settings,
            _ => Self::Unknown(path.into()),
        }
    }

    /// The address, with the `#`.
    pub fn href(&self) -> String {
        match self {
            Self::Overview => "#/".into(),
            Self::Generate => "#/generate".into(),
            Self::Samples => "#/samples".into(),
            Self::Sample(n) => format!("#/samples/{n}"),
            Self::Split => "#/split".into(),
            Self::Format(id) if id.is_empty() => "#/format".into(),
            Self::Format(id) => format!("#/format/{}", encode(id)),
            Self::Jobs => "#/jobs".into(),
            Self::NewJob => "#/jobs/new".into(),
            Self::Job(id) => format!("#/jobs/id/{}", encode(id)),
            Self::Models => "#/models".into(),
            Self::Model(key) => format!("#/models/{}", encode(key)),
            Self::Compare(model) if model.is_empty() => "#/compare".into(),
            Self::Compare(model) => format!("#/compare/{}", encode(model)),
            Self::Playground(model) if model.is_empty() => "#/playground".into(),
            Self::Playground(model) => format!("#/playground/{}", encode(model)),
            Self::Settings => "#/settings".into(),
            Self::Unknown(path) => format!("#{path}"),
        }
    }

    /// Name of the page, for the window title.
    pub fn title(&self) -> String {
        match self {
            Self::Overview => "Overview".into(),
            Self::Generate => "Generate".into(),
            Self::Samples => "Samples".into(),
            Self::Sample(n) => format!("Sample {n}"),
            Self::Split => "Split".into(),
            Self::Format(_) => "Format".into(),
            Self::Jobs => "Jobs".into(),
            Self::NewJob => "New job".into(),
            Self::Job(id) => format!("Job {id}"),
            Self::Models => "Models".into(),
            Self::Model(key) => format!("Model {key}"),
            Self::Compare(_) => "Compare".into(),
            Self::Playground(_) => "Playground".into(),
            Self::Settings => "Data and settings".into(),
            Self::Unknown(_) => "Page not found".into(),
        }
    }

    /// The stage the page belongs to, if any.
    pub fn stage(&self) -> Option<u8> {
        match self {
            Self::Generate | Self::Samples | Self::Sample(_) => Some(1),
            Self::Split => Some(2),
            Self::Format(_) => Some(3),
            Self::Jobs | Self::NewJob | Self::Job(_) => Some(4),
            Self::Models | Self::Model(_) | Self::Compare(_) | Self::Playground(_) => Some(5),
            Self::Overview | Self::Settings | Self::Unknown(_) => None,
        }
    }
}

/// Percent-encodes everything but the unreserved characters of RFC 3986.
fn encode(s: &str) -> String {
    let mut out = String::new();
    for b in s.bytes() {
        if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) {
            out.push(b as char);
        } else {
            out.push_str(&format!("%{b:02X}"));
        }
    }
    out
}

/// Undoes [`encode`]; broken sequences stay as they are.
fn decode(s: &str) -> String {
    let bytes = s.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let hex = bytes
            .get(i + 1..i + 3)
            .filter(|_| bytes[i] == b'%')
            .and_then(|h| std::str::from_utf8(h).ok())
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        match hex {
            Some(b) => {
                out.push(b);
                i += 3;
            }
            None => {
                out.push(bytes[i]);
                i += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_reads_back() {
        for r in [
            Route::Overview,
            Route::Generate,
            Route::Samples,
            Route::Sample(42),
            Route::Split,
            Route::Format("gemini".into()),
            Route::Format(String::new()),
            Route::Jobs,
            Route::NewJob,
            Route::Job("ft demo/1 ä%".into()),
            Route::Job("new".into()),
            Route::Models,
            Route::Model("OPENAI_SYNTHETIC_UI_DEMO".into()),
            Route::Model("KEY@2".into()),
            Route::Playground(String::new()),
            Route::Playground("KEY@2".into()),
            Route::Compare(String::new()),
            Route::Compare("production".into()),
            Route::Settings,
        ] {
            assert_eq!(Route::parse(&r.href()), r, "{}", r.href());
        }
    }

    #[test]
    fn odd_addresses_are_no_panic() {
        assert_eq!(Route::parse(""), Route::Overview);
        assert_eq!(Route::parse("#"), Route::Overview);
        assert_eq!(
            Route::parse("#/samples/x"),
            Route::Unknown("/samples/x".into())
        );
        assert_eq!(Route::parse("#/jobs/id/%"), Route::Job("%".into()));
        assert_eq!(Route::parse("#/generate?seed=1"), Route::Generate);
        assert!(matches!(Route::parse("#/nope/%ff"), Route::Unknown(_)));
    }
}
