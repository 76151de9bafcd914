//! [`Problem`]: what every validator returns, so that the app, the command line and
//! npm users see the same list.

use std::borrow::Cow;
use std::fmt;

use crate::error::{Error, ErrorKind};

/// How bad a [`Problem`] is. Errors block, warnings never do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Worth knowing.
    Info,
    /// Probably not what was wanted.
    Warning,
    /// Blocks the step.
    Error,
}

/// One finding of a validator.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
pub struct Problem {
    /// How bad it is.
    pub severity: Severity,
    /// Stable snake_case name of the rule.
    pub code: Cow<'static, str>,
    /// Where: a field (`num_samples`), or a place in a line (`row 12: messages[1].content[0]`).
    pub path: String,
    /// What was found and what is allowed.
    pub message: String,
    /// What to do about it; may be empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub hint: String,
}

impl Problem {
    /// A finding that blocks.
    pub fn error(
        code: impl Into<Cow<'static, str>>,
        path: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Error,
            code: code.into(),
            path: path.into(),
            message: message.into(),
            hint: String::new(),
        }
    }

    /// A finding that does not block.
    pub fn warning(
        code: impl Into<Cow<'static, str>>,
        path: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, path, message)
        }
    }

    /// A finding that is only good to know.
    pub fn info(
        code: impl Into<Cow<'static, str>>,
        path: impl Into<String>,
        message: impl Into<String>,
    ) -> Self {
        Self {
            severity: Severity::Info,
            ..Self::error(code, path, message)
        }
    }

    /// Says what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Whether this finding blocks.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Info => "info",
            Severity::Warning => "warning",
            Severity::Error => "error",
        };
        write!(f, "{word}[{}]", self.code)?;
        if !self.path.is_empty() {
            write!(f, " {}", self.path)?;
        }
        write!(f, ": {}", self.message)?;
        if !self.hint.is_empty() {
            write!(f, " (hint: {})", self.hint)?;
        }
        Ok(())
    }
}

impl From<&Error> for Problem {
    fn from(e: &Error) -> Self {
        let path = e.path().unwrap_or_default();
        Self::error(e.code().to_owned(), path, e.message()).hint(e.hint_text().unwrap_or_default())
    }
}

/// The first blocking finding of `problems` as an [`Error`] of [`ErrorKind::Caller`], if any.
///
/// # Errors
/// When at least one problem is an error.
pub fn check(problems: &[Problem]) -> Result<(), Error> {
    match problems.iter().find(|p| p.is_error()) {
        None => Ok(()),
        Some(p) => {
            let e =
                Error::new(ErrorKind::Caller, p.code.clone(), p.message.clone()).at(p.path.clone());
            Err(if p.hint.is_empty() {
                e
            } else {
                e.hint(p.hint.clone())
            })
        }
    }
}
