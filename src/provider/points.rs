//! The numbers of training steps, put together from several sources.

use std::collections::BTreeMap;

use crate::provider::MetricPoint;

impl MetricPoint {
    /// One point for each step, in order. Of several points of a step the first counts, and the
    /// others give what it lacks.
    ///
    /// # Examples
    /// ```
    /// use screensmith::provider::MetricPoint;
    /// let point = |step, train_loss, valid_loss| MetricPoint {
    ///     step, train_loss, valid_loss, ..MetricPoint::default()
    /// };
    /// let told = [point(2, Some(0.5), None), point(1, Some(0.9), None), point(2, Some(0.4), Some(0.6))];
    /// let merged = MetricPoint::merged(told);
    /// assert_eq!(merged, [point(1, Some(0.9), None), point(2, Some(0.5), Some(0.6))]);
    /// ```
    pub fn merged(points: impl IntoIterator<Item = Self>) -> Vec<Self> {
        let mut out: BTreeMap<u64, Self> = BTreeMap::new();
        for p in points {
            let held = out.entry(p.step).or_insert(p);
            *held = held.filled(&p);
        }
        out.into_values().collect()
    }

    /// This point with what `other` knows beyond it.
    fn filled(self, other: &Self) -> Self {
        Self {
            step: self.step,
            total_steps: self.total_steps.max(other.total_steps),
            train_loss: self.train_loss.or(other.train_loss),
            train_mean_token_accuracy: self
                .train_mean_token_accuracy
                .or(other.train_mean_token_accuracy),
            valid_loss: self.valid_loss.or(other.valid_loss),
            valid_mean_token_accuracy: self
                .valid_mean_token_accuracy
                .or(other.valid_mean_token_accuracy),
            full_valid_loss: self.full_valid_loss.or(other.full_valid_loss),
            full_valid_mean_token_accuracy: self
                .full_valid_mean_token_accuracy
                .or(other.full_valid_mean_token_accuracy),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_point() -> impl Strategy<Value = MetricPoint> {
        let number = || prop::option::of(0.0..9.0f64);
        (0..12u64, number(), number(), number()).prop_map(|(step, a, b, c)| MetricPoint {
            step,
            train_loss: a,
            valid_loss: b,
            full_valid_loss: c,
            ..MetricPoint::default()
        })
    }

    proptest! {
        #[test]
        fn every_step_is_there_once_and_nothing_known_is_lost(
            points in prop::collection::vec(any_point(), 0..40),
        ) {
            let merged = MetricPoint::merged(points.iter().copied());
            prop_assert!(merged.windows(2).all(|w| w[0].step < w[1].step));
            for p in &points {
                let held = merged.iter().find(|m| m.step == p.step).unwrap();
                prop_assert!(held.train_loss.is_some() || p.train_loss.is_none());
                prop_assert!(held.valid_loss.is_some() || p.valid_loss.is_none());
                prop_assert!(held.full_valid_loss.is_some() || p.full_valid_loss.is_none());
            }
            for m in &merged {
                let told = |v: fn(&MetricPoint) -> Option<f64>| {
                    points.iter().filter(|p| p.step == m.step).find_map(v)
                };
                prop_assert_eq!(m.train_loss, told(|p| p.train_loss));
                prop_assert_eq!(m.valid_loss, told(|p| p.valid_loss));
            }
            // Reading the same once more changes nothing.
            let twice = MetricPoint::merged(merged.iter().chain(&points).copied());
            prop_assert_eq!(twice, merged);
        }
    }
}
