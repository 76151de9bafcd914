//! The one public error type, split by whose fault a failure is.

use std::borrow::Cow;
use std::fmt;

/// Result of every fallible call in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Whose fault a failure is, and so what the caller can do about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call was wrong: a bad argument or configuration.
    Caller,
    /// The data that was read is broken or not what it claims to be.
    Data,
    /// A limit of size, count or memory was met.
    Limit,
    /// The request is understood but not offered here.
    Unsupported,
    /// A provider answered with a refusal or a failure.
    Provider,
    /// The network could not be reached, or the connection broke.
    Network,
    /// Reading or writing storage failed: refused, full or damaged.
    Storage,
    /// The user or the caller stopped the work.
    Cancelled,
}

/// A failure: a stable `code`, the place (`path`), what happened and what to do about it.
///
/// The message never carries a secret: code that handles keys must not put them here.
///
/// # Examples
/// ```
/// use screensmith::{Error, ErrorKind};
/// let e = Error::caller("size_zero", "width is 0").at("screenshot_width").hint("give 1 or more");
/// assert_eq!(e.kind(), ErrorKind::Caller);
/// assert_eq!(e.to_string(), "screenshot_width: width is 0 (hint: give 1 or more) [size_zero]");
/// ```
#[derive(Debug)]
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    kind: ErrorKind,
    code: Cow<'static, str>,
    message: String,
    path: Option<String>,
    hint: Option<String>,
    retry_after_ms: Option<u64>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error of `kind` with a stable snake_case `code` and a sentence for people.
    pub fn new(
        kind: ErrorKind,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<String>,
    ) -> Self {
        Self(Box::new(Inner {
            kind,
            code: code.into(),
            message: message.into(),
            path: None,
            hint: None,
            retry_after_ms: None,
            source: None,
        }))
    }

    /// [`ErrorKind::Caller`].
    pub fn caller(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Caller, code, message)
    }

    /// [`ErrorKind::Data`].
    pub fn data(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Data, code, message)
    }

    /// [`ErrorKind::Limit`].
    pub fn limit(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Limit, code, message)
    }

    /// [`ErrorKind::Storage`].
    pub fn storage(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Storage, code, message)
    }

    /// [`ErrorKind::Unsupported`].
    pub fn unsupported(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Unsupported, code, message)
    }

    /// [`ErrorKind::Cancelled`].
    pub fn cancelled(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Cancelled, "cancelled", message)
    }

    /// Names the field, file or row at fault.
    #[must_use]
    pub fn at(mut self, path: impl Into<String>) -> Self {
        self.0.path = Some(path.into());
        self
    }

    /// Says what to do about it; an empty text says nothing.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.0.hint = Some(hint.into()).filter(|h| !h.is_empty());
        self
    }

    /// Says that the same call may work after `ms` milliseconds.
    #[must_use]
    pub fn retry_after(mut self, ms: u64) -> Self {
        self.0.retry_after_ms = Some(ms);
        self
    }

    /// Keeps the error that caused this one.
    #[must_use]
    pub fn because(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Box::new(source));
        self
    }

    /// Whose fault it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// Stable snake_case name of the rule or failure.
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// What happened, one sentence.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The field, file or row at fault.
    pub fn path(&self) -> Option<&str> {
        self.0.path.as_deref()
    }

    /// What to do about it.
    pub fn hint_text(&self) -> Option<&str> {
        self.0.hint.as_deref()
    }

    /// Milliseconds after which the same call may work; `None` when it will not by waiting.
    pub fn retry_after_ms(&self) -> Option<u64> {
        self.0.retry_after_ms
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(path) = &self.0.path {
            write!(f, "{path}: ")?;
        }
        f.write_str(&self.0.message)?;
        if let Some(hint) = &self.0.hint {
            write!(f, " (hint: {hint})")?;
        }
        write!(f, " [{}]", self.0.code)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|s| s as _)
    }
}

impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        Self::storage("io", e.to_string()).because(e)
    }
}

impl From<serde_json::Error> for Error {
    fn from(e: serde_json::Error) -> Self {
        Self::data("json", e.to_string()).because(e)
    }
}
