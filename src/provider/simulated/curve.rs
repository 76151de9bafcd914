//! Loss curves that look like training: exponential decay with noise, overfitting when the
//! epochs are many.

use crate::base::rng::Streams;
use crate::provider::MetricPoint;

/// Most metric events of one job; longer runs report every n-th step.
const MAX_POINTS: u64 = 2000;

/// The shape of one training run.
#[derive(Clone, Debug)]
pub(super) struct Curve {
    seed: u64,
    pub(super) epochs: u64,
    steps_per_epoch: u64,
    has_validation: bool,
    start: f64,
    floor: f64,
    tau: f64,
}

impl Curve {
    pub(super) fn new(
        seed: u64,
        samples: u64,
        has_validation: bool,
        batch: Option<u32>,
        epochs: Option<u32>,
    ) -> Self {
        let samples = samples.max(1);
        let auto_batch = ((samples as f64 * 0.002).round() as u64).clamp(1, 256);
        let batch = batch.map_or(auto_batch, u64::from).max(1);
        let epochs = epochs.map_or(3, u64::from).max(1);
        let steps_per_epoch = samples.div_ceil(batch);
        let mut s = Streams::new(seed, 0).stream("simulated/curve");
        let mut between = |low: f64, high: f64| low + (high - low) * f64::from(s.unit());
        let start = between(1.5, 2.5);
        let floor = between(0.05, 0.3);
        Self {
            seed,
            epochs,
            steps_per_epoch,
            has_validation,
            start,
            floor,
            tau: (steps_per_epoch * epochs) as f64 / 5.0,
        }
    }

    pub(super) fn total_steps(&self) -> u64 {
        self.steps_per_epoch * self.epochs
    }

    /// Steps between two reported ones.
    pub(super) fn stride(&self) -> u64 {
        self.total_steps().div_ceil(MAX_POINTS)
    }

    /// Whether `step` is reported.
    pub(super) fn is_reported(&self, step: u64) -> bool {
        step.is_multiple_of(self.stride()) || self.ends_epoch(step) || step == 1
    }

    pub(super) fn ends_epoch(&self, step: u64) -> bool {
        step.is_multiple_of(self.steps_per_epoch)
    }

    fn clean_loss(&self, step: u64) -> f64 {
        self.floor + (self.start - self.floor) * libm::exp(-(step as f64) / self.tau)
    }

    /// Validation loss lies above training loss, and rises from the fourth epoch on.
    fn valid_loss(&self, step: u64) -> f64 {
        let epoch = step as f64 / self.steps_per_epoch as f64;
        self.clean_loss(step) * 1.08 + 0.02 + 0.03 * (epoch - 4.0).max(0.0)
    }

    /// The numbers of one step.
    pub(super) fn point(&self, step: u64) -> MetricPoint {
        let mut s = Streams::new(self.seed, step).stream("simulated/step");
        let mut noise = |size: f64| 1.0 + size * (2.0 * f64::from(s.unit()) - 1.0);
        let train = self.clean_loss(step) * noise(0.12);
        let accuracy = |loss: f64| (1.0 - 0.45 * loss).clamp(0.0, 1.0);
        let mut p = MetricPoint {
            step,
            total_steps: self.total_steps(),
            train_loss: Some(round4(train)),
            train_mean_token_accuracy: Some(round4(accuracy(train))),
            ..MetricPoint::default()
        };
        if self.has_validation {
            let every = (self.steps_per_epoch / 4).max(1);
            if step.is_multiple_of(every) || self.ends_epoch(step) {
                let valid = self.valid_loss(step) * noise(0.06);
                p.valid_loss = Some(round4(valid));
                p.valid_mean_token_accuracy = Some(round4(accuracy(valid)));
            }
            if self.ends_epoch(step) {
                let full = self.valid_loss(step);
                p.full_valid_loss = Some(round4(full));
                p.full_valid_mean_token_accuracy = Some(round4(accuracy(full)));
            }
        }
        p
    }
}

fn round4(v: f64) -> f64 {
    (v * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loss_falls_and_many_epochs_overfit() {
        let c = Curve::new(3, 1000, true, None, Some(12));
        let full: Vec<f64> = (1..=c.total_steps())
            .filter_map(|s| c.point(s).full_valid_loss)
            .collect();
        assert_eq!(full.len(), 12);
        assert!(full[0] > full[3], "falls at first: {full:?}");
        assert!(
            full[11] > full[5],
            "rises when the epochs are many: {full:?}"
        );
        let first = c.point(1).train_loss.unwrap();
        let last = c.point(c.total_steps()).train_loss.unwrap();
        assert!(first > 1.2 && last < 0.5, "{first} {last}");
    }

    #[test]
    fn automatic_sizes() {
        for (samples, batch, steps) in [(45, 1, 135), (10_000, 20, 1500), (500_000, 256, 5862)] {
            let c = Curve::new(1, samples, false, None, None);
            assert_eq!(c.total_steps(), steps, "{samples} samples, batch {batch}");
            let reported = (1..=steps).filter(|s| c.is_reported(*s)).count();
            assert!(reported <= 2005, "{reported}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_curve() {
        let c = |seed| Curve::new(seed, 100, true, None, None).point(17);
        assert_eq!(c(5), c(5));
        assert_ne!(c(5), c(6));
    }
}
