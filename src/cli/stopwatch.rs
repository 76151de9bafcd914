//! Elapsed time and rate for progress lines. Only the terminal sees it; no result depends on it.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// Measures one command.
#[derive(Debug)]
pub(super) struct Stopwatch {
    start: Instant,
    last: Cell<Option<Instant>>,
}

impl Stopwatch {
    #[expect(
        clippy::disallowed_methods,
        reason = "progress of the native command line"
    )]
    fn now() -> Instant {
        Instant::now()
    }

    pub(super) fn start() -> Self {
        Self {
            start: Self::now(),
            last: Cell::new(None),
        }
    }

    /// Whether it is time for another progress line: at most one in 200 ms.
    pub(super) fn due(&self) -> bool {
        let now = Self::now();
        let due = self
            .last
            .get()
            .is_none_or(|l| now - l > Duration::from_millis(200));
        if due {
            self.last.set(Some(now));
        }
        due
    }

    /// `120/500 samples, 85/s, about 4 s left`; `made` is what this run itself did.
    pub(super) fn progress(&self, done: u64, total: u64, made: u64, what: &str) -> String {
        let seconds = (Self::now() - self.start).as_secs_f64();
        let rate = made as f64 / seconds.max(1e-3);
        let mut text = format!("{done}/{total} {what}, {rate:.0}/s");
        if seconds > 2.0 && done < total {
            let left = (total - done) as f64 / rate.max(1e-3);
            text.push_str(&format!(", about {left:.0} s left"));
        }
        text
    }
}
