//! Progress of a long piece of work: never goes backwards, estimates after two seconds.

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Finished pieces.
    pub done: u64,
    /// All pieces.
    pub total: u64,
    /// Seconds since the start.
    pub seconds: f64,
}

impl Progress {
    /// A run of `total` pieces that begins now.
    pub fn new(total: u64) -> Self {
        Self {
            done: 0,
            total,
            seconds: 0.0,
        }
    }

    /// Records that `done` pieces are finished after `seconds`; an older report changes nothing.
    pub fn report(&mut self, done: u64, seconds: f64) {
        self.done = self.done.max(done.min(self.total));
        self.seconds = self.seconds.max(seconds);
    }

    /// 0 to 1; a run of nothing is complete.
    pub fn share(&self) -> f64 {
        if self.total == 0 {
            1.0
        } else {
            self.done as f64 / self.total as f64
        }
    }

    /// Pieces per second.
    pub fn rate(&self) -> Option<f64> {
        (self.seconds > 0.0 && self.done > 0).then(|| self.done as f64 / self.seconds)
    }

    /// Seconds left, known after two seconds.
    pub fn seconds_left(&self) -> Option<f64> {
        (self.seconds >= 2.0)
            .then(|| self.rate().map(|r| (self.total - self.done) as f64 / r))
            .flatten()
    }

    /// `12 of 50 · 8.1 per second · about 5 s left`.
    pub fn text(&self) -> String {
        let mut out = format!(
            "{} of {}",
            super::number::count(self.done),
            super::number::count(self.total)
        );
        if let Some(r) = self.rate() {
            out.push_str(&format!(" · {r:.1} per second"));
        }
        if let Some(s) = self.seconds_left().filter(|_| self.done < self.total) {
            out.push_str(&format!(
                " · about {} left",
                super::number::duration(s.max(1.0))
            ));
        }
        out
    }

    /// The quarter reached: what is announced to screen readers.
    pub fn quarter(&self) -> u8 {
        (self.share() * 4.0).floor() as u8
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn estimates_wait_two_seconds_and_never_go_back() {
        let mut p = Progress::new(50);
        p.report(5, 1.0);
        assert_eq!(p.text(), "5 of 50 · 5.0 per second");
        p.report(20, 4.0);
        assert_eq!(p.text(), "20 of 50 · 5.0 per second · about 6 s left");
        p.report(10, 3.0);
        assert_eq!((p.done, p.seconds), (20, 4.0));
        p.report(70, 10.0);
        assert_eq!(p.text(), "50 of 50 · 5.0 per second");
        assert_eq!(p.quarter(), 4);
    }

    #[test]
    fn nothing_to_do_is_done() {
        assert_eq!(Progress::new(0).share(), 1.0);
    }
}
