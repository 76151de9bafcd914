//! Numbers behind the charts: scales and ticks.

/// A range of values drawn over a range of pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    /// Value at `to_px.0`.
    pub min: f64,
    /// Value at `to_px.1`.
    pub max: f64,
    /// Pixels at both ends.
    pub to_px: (f64, f64),
}

impl Scale {
    /// A scale over all finite `values`; one value alone gets room around it.
    pub fn over(values: impl Iterator<Item = f64>, to_px: (f64, f64)) -> Self {
        let (mut min, mut max) = (f64::INFINITY, f64::NEG_INFINITY);
        for v in values.filter(|v| v.is_finite()) {
            min = min.min(v);
            max = max.max(v);
        }
        if min > max {
            (min, max) = (0.0, 1.0);
        }
        if min == max {
            (min, max) = (min - 0.5, max + 0.5);
        }
        Self { min, max, to_px }
    }

    /// Where `v` is drawn.
    pub fn px(&self, v: f64) -> f64 {
        self.to_px.0 + (v - self.min) / (self.max - self.min) * (self.to_px.1 - self.to_px.0)
    }

    /// Round values inside the range, about `wanted` of them, no closer than `closest`: 1 for
    /// what is counted.
    pub fn ticks(&self, wanted: usize, closest: f64) -> Vec<f64> {
        let raw = ((self.max - self.min) / wanted.max(1) as f64).max(closest);
        let mut step = 1.0;
        while step > raw {
            step /= 10.0;
        }
        while step * 10.0 <= raw {
            step *= 10.0;
        }
        let step = [1.0, 2.0, 5.0, 10.0]
            .map(|m| m * step)
            .into_iter()
            .find(|s| *s >= raw);
        let Some(step) = step else { return Vec::new() };
        let mut out = Vec::new();
        let mut i = (self.min / step).ceil();
        while i * step <= self.max + step * 1e-9 && out.len() < 100 {
            // Adding 0 makes -0, which reads badly, a plain 0.
            out.push(i * step + 0.0);
            i += 1.0;
        }
        out
    }
}

/// Text of a tick: no more decimals than the step between ticks needs.
pub fn tick_text(v: f64, step: f64) -> String {
    let decimals = [1.0, 0.1, 0.01, 0.001]
        .iter()
        .position(|d| step >= *d * 0.999)
        .unwrap_or(4);
    format!("{v:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        let s = Scale {
            min: 0.13,
            max: 2.31,
            to_px: (200.0, 0.0),
        };
        assert_eq!(s.ticks(5, 0.0), vec![0.5, 1.0, 1.5, 2.0]);
        assert_eq!(s.px(0.13), 200.0);
        assert_eq!(s.px(2.31), 0.0);
    }

    #[test]
    fn what_is_counted_has_whole_ticks() {
        let over = |values: &[f64]| Scale::over(values.iter().copied(), (0.0, 1.0));
        assert_eq!(over(&[1.0]).ticks(6, 1.0), [1.0]);
        assert_eq!(over(&[1.0, 3.0]).ticks(6, 1.0), [1.0, 2.0, 3.0]);
        let around_zero = over(&[-0.4, 0.4]).ticks(2, 0.0);
        assert!(around_zero.contains(&0.0));
        assert!(around_zero.iter().all(|t| tick_text(*t, 0.5) != "-0.0"));
    }

    #[test]
    fn nothing_and_one_value_still_scale() {
        let s = Scale::over(std::iter::empty(), (0.0, 10.0));
        assert!(s.px(0.5).is_finite());
        let s = Scale::over([3.0].into_iter(), (0.0, 10.0));
        assert_eq!(s.px(3.0), 5.0);
        let s = Scale::over([f64::NAN, 1.0, 2.0].into_iter(), (0.0, 1.0));
        assert_eq!((s.min, s.max), (1.0, 2.0));
    }

    #[test]
    fn tick_texts_follow_the_step() {
        assert_eq!(tick_text(0.5, 0.5), "0.5");
        assert_eq!(tick_text(20.0, 10.0), "20");
        assert_eq!(tick_text(0.25, 0.05), "0.25");
    }
}
