//! Running programs: what they print is passed on, and their closing lines are kept.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use crate::root;

/// What a task gives back; the error is the sentence to print.
pub(crate) type Outcome<T> = Result<T, String>;

/// An error with this sentence.
pub(crate) fn fail<T>(message: impl Into<String>) -> Outcome<T> {
    Err(message.into())
}

/// A program to run from the repository's folder.
pub(crate) struct Sh(Command, String);

impl Sh {
    /// `line` is split at spaces; add arguments that hold spaces with [`arg`](Self::arg).
    pub(crate) fn new(line: &str) -> Self {
        let mut words = line.split_whitespace();
        let mut command = Command::new(words.next().unwrap_or_default());
        command.args(words).current_dir(root());
        // `cargo run` tells these of this program; a build that sees them takes what was built
        // without them for outdated.
        for (name, _) in std::env::vars_os() {
            let of_cargo = |start: &str| name.to_string_lossy().starts_with(start);
            if name == "OUT_DIR" || of_cargo("CARGO_MANIFEST_") || of_cargo("CARGO_PKG_") {
                command.env_remove(name);
            }
        }
        Self(command, line.to_owned())
    }

    /// Adds one argument.
    pub(crate) fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.1 = format!("{} {}", self.1, arg.as_ref().to_string_lossy());
        self.0.arg(arg);
        self
    }

    /// Adds what stands between the spaces of `line`.
    pub(crate) fn args(mut self, line: &str) -> Self {
        for word in line.split_whitespace() {
            self = self.arg(word);
        }
        self
    }

    /// Sets a variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// Runs elsewhere than in the repository's folder.
    pub(crate) fn dir(mut self, dir: &Path) -> Self {
        self.0.current_dir(dir);
        self
    }

    /// Puts folders before those of `PATH`.
    pub(crate) fn path_first(mut self, folder: &Path) -> Self {
        let old = std::env::var_os("PATH").unwrap_or_default();
        let all = std::iter::once(folder.to_path_buf()).chain(std::env::split_paths(&old));
        if let Ok(joined) = std::env::join_paths(all) {
            self.0.env("PATH", joined);
        }
        self
    }

    /// Runs it with everything passed through.
    pub(crate) fn run(mut self) -> Outcome<()> {
        println!("$ {}", self.1);
        match self.0.status() {
            Ok(s) if s.success() => Ok(()),
            Ok(s) => fail(format!("`{}` ended with {s}", self.1)),
            Err(e) => fail(format!("`{}` could not be started: {e}", self.1)),
        }
    }

    /// Runs it, passing its output on, and returns its closing lines: what test runners say at
    /// the end, or else the last line.
    pub(crate) fn closing(mut self) -> Outcome<String> {
        println!("$ {}", self.1);
        let child = self.0.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.or_else(|e| fail(format!("`{}`: {e}", self.1)))?;
        let lines = Arc::new(Mutex::new(Closing::default()));
        let readers: Vec<_> = [
            child
                .stdout
                .take()
                .map(|s| Box::new(s) as Box<dyn Read + Send>),
            child
                .stderr
                .take()
                .map(|s| Box::new(s) as Box<dyn Read + Send>),
        ]
        .into_iter()
        .flatten()
        .map(|stream| {
            let lines = Arc::clone(&lines);
            std::thread::spawn(move || {
                for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
                    let line = String::from_utf8_lossy(&line);
                    println!("{line}");
                    if let Ok(mut l) = lines.lock() {
                        l.hear(line.trim());
                    }
                }
            })
        })
        .collect();
        let status = child
            .wait()
            .or_else(|e| fail(format!("`{}`: {e}", self.1)))?;
        for r in readers {
            // A reader only fails by panicking, and then there is nothing more to read.
            let _ = r.join();
        }
        if !status.success() {
            return fail(format!("`{}` ended with {status}", self.1));
        }
        Ok(lines.lock().map(|l| l.text()).unwrap_or_default())
    }

    /// Runs it and returns what it printed; `None` for nothing. Errors are passed on.
    pub(crate) fn output_or_error(mut self) -> Outcome<Option<String>> {
        println!("$ {}", self.1);
        let out = self.0.stderr(Stdio::inherit()).output();
        let out = out.or_else(|e| fail(format!("`{}`: {e}", self.1)))?;
        if !out.status.success() {
            return fail(format!("`{}` ended with {}", self.1, out.status));
        }
        let text = String::from_utf8_lossy(&out.stdout).trim().to_owned();
        Ok((!text.is_empty()).then_some(text))
    }

    /// Runs it silently and returns what it printed, or `None` when it failed.
    pub(crate) fn output(mut self) -> Option<String> {
        let out = self.0.stderr(Stdio::null()).output().ok()?;
        out.status
            .success()
            .then(|| String::from_utf8_lossy(&out.stdout).trim().to_owned())
    }
}

/// Remembers what runners say at the end.
#[derive(Default)]
struct Closing {
    last: String,
    runners: Vec<String>,
    passed: u64,
    libtest: u64,
}

impl Closing {
    fn hear(&mut self, line: &str) {
        if line.is_empty() {
            return;
        }
        if let Some(rest) = line.strip_prefix("test result: ok. ") {
            self.libtest += 1;
            let passed = rest.split(' ').next().and_then(|n| n.parse::<u64>().ok());
            self.passed += passed.unwrap_or(0);
        } else if ["Summary [", "# tests", "# pass", "# fail"]
            .iter()
            .any(|start| line.starts_with(start))
        {
            self.runners.push(line.to_owned());
        }
        self.last = line.to_owned();
    }

    fn text(&self) -> String {
        let mut out = self.runners.clone();
        if self.libtest > 0 {
            out.push(format!(
                "test result: ok. {} passed in {} binaries",
                self.passed, self.libtest
            ));
        }
        if out.is_empty() {
            out.push(self.last.clone());
        }
        out.join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::Closing;

    fn closing(lines: &[&str]) -> String {
        let mut c = Closing::default();
        lines.iter().for_each(|l| c.hear(l));
        c.text()
    }

    #[test]
    fn closing_lines_are_found() {
        let libtest = "test result: ok. 3 passed; 0 failed; 0 ignored";
        assert_eq!(
            closing(&["a", libtest, "b", libtest]),
            "test result: ok. 6 passed in 2 binaries"
        );
        let nextest = "Summary [ 1.2s] 40 tests run: 40 passed, 0 skipped";
        assert_eq!(closing(&["x", nextest]), nextest);
        assert_eq!(
            closing(&["x", "", "12 passed (3.1s)", ""]),
            "12 passed (3.1s)"
        );
    }
}
