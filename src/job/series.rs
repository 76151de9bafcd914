//! Curves for people: smoothing, and fewer points without losing the peaks.

use crate::provider::MetricPoint;

/// A point of a curve: step and value.
pub type XY = (u64, f64);

/// At most about `max_points` points: each bucket of neighbouring points keeps its smallest and
/// its largest, so that peaks and dips stay. First and last point always stay.
///
/// # Examples
/// ```
/// use screensmith::job::series::downsample;
/// let curve: Vec<(u64, f64)> = (0..1000).map(|i| (i, if i == 500 { 9.0 } else { 1.0 })).collect();
/// let few = downsample(&curve, 50);
/// assert!(few.len() <= 52 && few.contains(&(500, 9.0)));
/// ```
pub fn downsample(points: &[XY], max_points: usize) -> Vec<XY> {
    if points.len() <= max_points.max(2) {
        return points.to_vec();
    }
    let buckets = (max_points / 2).max(1);
    let inner = &points[1..points.len() - 1];
    let mut out = vec![points[0]];
    for b in 0..buckets {
        let part = &inner[b * inner.len() / buckets..(b + 1) * inner.len() / buckets];
        let Some(first) = part.first() else { continue };
        let (mut low, mut high) = (*first, *first);
        for p in part {
            if p.1 < low.1 {
                low = *p;
            }
            if p.1 > high.1 {
                high = *p;
            }
        }
        out.push(if low.0 <= high.0 { low } else { high });
        if low.0 != high.0 {
            out.push(if low.0 <= high.0 { high } else { low });
        }
    }
    out.push(points[points.len() - 1]);
    out
}

/// Exponential smoothing with the start-up bias removed: `weight` 0 changes nothing, towards 1
/// smooths more.
pub fn smooth(points: &[XY], weight: f64) -> Vec<XY> {
    let weight = weight.clamp(0.0, 0.999);
    let (mut mean, mut left) = (0.0, 1.0);
    points
        .iter()
        .map(|(x, y)| {
            mean = mean * weight + y * (1.0 - weight);
            left *= weight;
            (*x, mean / (1.0 - left))
        })
        .collect()
}

/// A curve of a job, as it was reported and smoothed.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Curve {
    /// `train_loss`, `validation_loss`, `train_accuracy`, `validation_accuracy`.
    pub name: &'static str,
    /// Points as reported, fewer when there were many, peaks kept.
    pub raw: Vec<XY>,
    /// The smoothed curve, likewise.
    pub smoothed: Vec<XY>,
}

/// The curves of a job with at most about `max_points` points each; a curve without points is
/// left out. `weight` is that of [`smooth`].
pub fn curves(points: &[MetricPoint], weight: f64, max_points: usize) -> Vec<Curve> {
    type Value = fn(&MetricPoint) -> Option<f64>;
    const NAMES: [(&str, Value); 4] = [
        ("train_loss", |p| p.train_loss),
        ("validation_loss", |p| p.full_valid_loss.or(p.valid_loss)),
        ("train_accuracy", |p| p.train_mean_token_accuracy),
        ("validation_accuracy", |p| {
            p.full_valid_mean_token_accuracy
                .or(p.valid_mean_token_accuracy)
        }),
    ];
    let curve = |(name, value): (&'static str, Value)| {
        let all: Vec<XY> = points
            .iter()
            .filter_map(|p| Some((p.step, value(p).filter(|v| v.is_finite())?)))
            .collect();
        (!all.is_empty()).then(|| Curve {
            name,
            raw: downsample(&all, max_points),
            smoothed: downsample(&smooth(&all, weight), max_points),
        })
    };
    NAMES.into_iter().filter_map(curve).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn downsampling_keeps_order_ends_and_extremes(
            values in prop::collection::vec(-100.0..100.0f64, 0..400),
            max in 0..60usize,
        ) {
            let points: Vec<XY> = values.iter().enumerate().map(|(i, v)| (i as u64, *v)).collect();
            let few = downsample(&points, max);
            prop_assert!(few.len() <= max.max(2) + 2, "{} of {max}", few.len());
            prop_assert!(few.windows(2).all(|w| w[0].0 < w[1].0));
            prop_assert!(few.iter().all(|p| points.contains(p)));
            prop_assert_eq!((few.first(), few.last()), (points.first(), points.last()));
            let range = |p: &[XY]| p.iter().fold((f64::MAX, f64::MIN), |(l, h), p| (l.min(p.1), h.max(p.1)));
            prop_assert_eq!(range(&few), range(&points));
        }

        #[test]
        fn smoothing_stays_within_the_values(
            values in prop::collection::vec(-100.0..100.0f64, 1..200),
            weight in 0.0..1.0f64,
        ) {
            let points: Vec<XY> = values.iter().enumerate().map(|(i, v)| (i as u64, *v)).collect();
            let low = values.iter().copied().fold(f64::MAX, f64::min);
            let high = values.iter().copied().fold(f64::MIN, f64::max);
            for (_, y) in smooth(&points, weight) {
                prop_assert!(y >= low - 1e-9 && y <= high + 1e-9);
            }
            prop_assert_eq!(smooth(&points, 0.0), points);
        }
    }
}
