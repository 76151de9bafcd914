//! What the command line prints. The only place in the library that writes to the terminal.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "printing is this module's job"
)]

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
    /// When stdout is closed.
    pub fn result<T: Serialize>(&self, value: &T, human: impl FnOnce(&T) -> String) -> Result<()> {
        self.end_line();
        let text = if self.json {
            serde_json::to_string_pretty(value)?
        } else {
            human(value)
        };
        let mut out = std::io::stdout().lock();
        out.write_all(text.trim_end().as_bytes())?;
        out.write_all(b"\n")?;
        Ok(())
    }

    /// A line on stderr.
    pub fn note(&self, text: &str) {
        if !self.quiet {
            self.end_line();
            eprintln!("{text}");
        }
    }

    /// Progress on stderr: rewritten in place on a terminal, else one line at each call.
    pub fn progress(&self, text: &str) {
        if self.quiet {
        } else if self.terminal {
            eprint!("\r\x1b[2K{text}");
            self.line_open.set(true);
        } else {
            eprintln!("{text}");
        }
    }

    /// Problems on stderr, at most `limit` of them, then how many more there are.
    pub fn problems(&self, problems: &[Problem], limit: usize) {
        self.end_line();
        for p in problems.iter().take(limit) {
            eprintln!("{p}");
        }
        if problems.len() > limit {
            eprintln!("… and {} more", problems.len() - limit);
        }
    }

    /// The error that ended the command: on stderr, and as `{"error": …}` on stdout with `--json`.
    pub fn error(&self, e: &Error) {
        self.end_line();
        eprintln!("screensmith: {e}");
        if self.json {
            let value = serde_json::json!({"error": {
                "kind": e.kind(), "code": e.code(), "path": e.path(),
                "message": e.message(), "hint": e.hint_text(),
            }});
            println!("{value}");
        }
    }

    fn end_line(&self) {
        if self.line_open.replace(false) {
            eprintln!();
        }
    }
}
