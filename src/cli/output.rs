//! What the command line prints. The only place in the library that writes to the terminal.
use std::cell::Cell;
use std::io::{IsTerminal as _, Write as _};
use std::rc::Rc;

use serde::Serialize;

use crate::error::{Error, Result};
use crate::problem::Problem;

/// Writes results to stdout, everything else to stderr.
#[derive(Clone, Debug)]
pub struct Output {
    json: bool,
    quiet: bool,
    terminal: bool,
    line_open: Rc<Cell<bool>>,
}

impl Output {
    /// `json`: results as one JSON value. `quiet`: no progress.
    pub fn new(json: bool, quiet: bool) -> Self {
        Self {
            json,
            quiet,
            terminal: std::io::stderr().is_terminal(),
            line_open: Rc::default(),
        }
    }

    /// Prints the result of a command: `value` with `--json`, else the text of `human`.
    ///
    /// # Errors
    /// When stdout cannot be written; a reader that has gone is no error.
    pub fn result<T: Serialize>(&self, value: &T, human: impl FnOnce(&T) -> String) -> Result<()> {
        self.end_line();
        let text = if self.json {
            serde_json::to_string_pretty(value)?
        } else {
            human(value)
        };
        let mut out = std::io::stdout().lock();
        let line = format!("{}\n", text.trim_end());
        match out.write_all(line.as_bytes()).and_then(|()| out.flush()) {
            // Whoever reads has read enough (`| head`).
            Err(e) if e.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
            other => Ok(other?),
        }
    }

    /// A line on stderr.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.end_line();
            tell(&format!("{text}\n"));
        }
    }

    /// Progress on stderr: rewritten in place on a terminal, else one line at each call.
    pub fn progress(&self, text: &str) {
        if self.quiet {
        } else if self.terminal {
            tell(&format!("\r\x1b[2K{text}"));
            self.line_open.set(true);
        } else {
            tell(&format!("{text}\n"));
        }
    }

    /// Problems on stderr, at most `limit` of them, then how many more there are.
    pub fn problems(&self, problems: &[Problem], limit: usize) {
        self.end_line();
        for p in problems.iter().take(limit) {
            tell(&format!("{p}\n"));
        }
        if problems.len() > limit {
            tell(&format!("… and {} more\n", problems.len() - limit));
        }
    }

    /// The error that ended the command: on stderr, and as `{"error": …}` on stdout with `--json`.
    pub fn error(&self, e: &Error) {
        self.end_line();
        tell(&format!("screensmith: {e}\n"));
        if self.json {
            let value = serde_json::json!({"error": {
                "kind": e.kind(), "code": e.code(), "path": e.path(),
                "message": e.message(), "hint": e.hint_text(),
            }});
            let _ = writeln!(std::io::stdout(), "{value}");
        }
    }

    fn end_line(&self) {
        if self.line_open.replace(false) {
            tell("\n");
        }
    }
}

/// A closed stderr is no reason to stop: what counts is on stdout and in files.
fn tell(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
