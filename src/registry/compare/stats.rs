//! The statistics of a comparison: shares with their uncertainty, and paired differences.

use serde::Serialize;

/// 97.5 % point of the normal distribution: intervals hold 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// A share with its 95 % confidence interval (Wilson's score interval).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Share {
    /// How many.
    pub count: usize,
    /// Of how many.
    pub of: usize,
    /// `count / of`; 0 of nothing.
    pub rate: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
}

impl Share {
    /// `count` of `of`. Of nothing the interval is everything, 0 to 1.
    pub fn new(count: usize, of: usize) -> Self {
        let (rate, low, high) = match of {
            0 => (0.0, 0.0, 1.0),
            _ => {
                let p = count as f64 / of as f64;
                let (low, high) = wilson(p, of as f64);
                (p, low, high)
            }
        };
        Self {
            count,
            of,
            rate,
            low,
            high,
        }
    }
}

fn wilson(p: f64, n: f64) -> (f64, f64) {
    let z2 = Z * Z;
    let middle = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    // At both ends the interval meets the share itself, but for rounding.
    let low = if p <= 0.0 { 0.0 } else { middle - half };
    let high = if p >= 1.0 { 1.0 } else { middle + half };
    (low.max(0.0), high.min(1.0))
}

/// Two models on the same questions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Paired {
    /// Questions that both were asked.
    pub n: usize,
    /// Both right.
    pub both: usize,
    /// Only the base model right: what tuning lost.
    pub base_only: usize,
    /// Only the tuned model right: what tuning won.
    pub tuned_only: usize,
    /// Neither right.
    pub neither: usize,
    /// Rate of the tuned model minus that of the base model.
    pub difference: f64,
    /// Lower end of its 95 % interval (Newcombe's for paired shares).
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Chance of a difference at least this large if the models were equally good: McNemar's
    /// exact test, two-sided.
    pub p_value: f64,
}

impl Paired {
    /// Counts `(base right, tuned right)` of each question.
    pub fn of(pairs: impl IntoIterator<Item = (bool, bool)>) -> Self {
        let (mut both, mut base_only, mut tuned_only, mut neither) = (0, 0, 0, 0);
        for pair in pairs {
            *match pair {
                (true, true) => &mut both,
                (true, false) => &mut base_only,
                (false, true) => &mut tuned_only,
                (false, false) => &mut neither,
            } += 1;
        }
        let n = both + base_only + tuned_only + neither;
        let (difference, low, high) = newcombe(both, base_only, tuned_only, neither);
        Self {
            n,
            both,
            base_only,
            tuned_only,
            neither,
            difference,
            low,
            high,
            p_value: mcnemar(base_only, tuned_only),
        }
    }
}

/// McNemar's exact test: the two-sided binomial test that of `b + c` questions on which the models
/// differ, each is won by either with the same chance.
pub fn mcnemar(b: usize, c: usize) -> f64 {
    let n = b + c;
    if n == 0 {
        return 1.0;
    }
    // Sum of C(n, i) / 2^n up to the smaller count, by logarithms: n may be thousands.
    let mut log = -(n as f64) * std::f64::consts::LN_2;
    let mut sum = libm::exp(log);
    for i in 1..=b.min(c) {
        log += libm::log((n + 1 - i) as f64 / i as f64);
        sum += libm::exp(log);
    }
    (2.0 * sum).min(1.0)
}

/// Newcombe's interval for the difference of paired shares (his method 10): from the Wilson
/// intervals of both, with their correlation.
fn newcombe(both: usize, base_only: usize, tuned_only: usize, neither: usize) -> (f64, f64, f64) {
    let n = both + base_only + tuned_only + neither;
    if n == 0 {
        return (0.0, -1.0, 1.0);
    }
    let tuned = Share::new(both + tuned_only, n);
    let base = Share::new(both + base_only, n);
    let (a, b, c, d) = (
        both as f64,
        tuned_only as f64,
        base_only as f64,
        neither as f64,
    );
    let size = (a + b) * (c + d) * (a + c) * (b + d);
    let cross = a * d - b * c;
    let half = n as f64 / 2.0;
    let cross = match cross {
        x if x > half => x - half,
        x if x >= 0.0 => 0.0,
        x => x,
    };
    let phi = if size > 0.0 { cross / size.sqrt() } else { 0.0 };
    let difference = tuned.rate - base.rate;
    let reach = |x: f64, y: f64| (x * x - 2.0 * phi * x * y + y * y).max(0.0).sqrt();
    let down = reach(tuned.rate - tuned.low, base.high - base.rate);
    let up = reach(tuned.high - tuned.rate, base.rate - base.low);
    (
        difference,
        (difference - down).max(-1.0),
        (difference + up).min(1.0),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64, digits: u32) {
        let unit = 1.0 / 10u64.pow(digits) as f64;
        assert!((a - b).abs() < 0.5 * unit, "{a} and {b}");
    }

    /// Values of Newcombe, "Two-sided confidence intervals for the single proportion" (1998),
    /// table I, method 3.
    #[test]
    fn wilson_as_published() {
        for (count, of, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let s = Share::new(count, of);
            near(s.low, low, 4);
            near(s.high, high, 4);
        }
        let none = Share::new(0, 0);
        assert_eq!((none.rate, none.low, none.high), (0.0, 0.0, 1.0));
        assert_eq!(Share::new(20, 20).high, 1.0);
    }

    /// `scipy.stats.binomtest(b, b + c).pvalue`, and by hand: 2 · (1 + 10) / 2^10.
    #[test]
    fn mcnemar_as_computed_elsewhere() {
        near(mcnemar(1, 9), 22.0 / 1024.0, 12);
        near(mcnemar(9, 1), 22.0 / 1024.0, 12);
        near(mcnemar(0, 5), 0.0625, 12);
        assert_eq!(mcnemar(5, 5), 1.0);
        assert_eq!(mcnemar(0, 0), 1.0);
    }

    /// Newcombe, "Improved confidence intervals for the difference between binomial proportions
    /// based on paired data" (1998), method 10; and Fagerland, Lydersen, Laake, "Recommended
    /// tests and confidence intervals for paired binomial proportions" (2014).
    #[test]
    fn paired_interval_as_published() {
        let (d, low, high) = newcombe(36, 2, 12, 0);
        near(d, 0.2, 12);
        near(low, 0.0569, 4);
        near(high, 0.3404, 4);
        let (d, low, high) = newcombe(1, 7, 1, 12);
        near(d, -0.286, 3);
        near(low, -0.507, 3);
        near(high, -0.026, 3);
        assert_eq!(newcombe(0, 0, 0, 0), (0.0, -1.0, 1.0));
    }

    proptest::proptest! {
        #[test]
        fn intervals_hold_their_value(count in 0usize..400, more in 0usize..400) {
            let s = Share::new(count, count + more);
            proptest::prop_assert!(0.0 <= s.low && s.low <= s.high && s.high <= 1.0);
            if s.of > 0 {
                proptest::prop_assert!(s.low <= s.rate && s.rate <= s.high);
                // The ends solve Wilson's equation: the distance of the share from an end is Z
                // standard errors as computed at that end.
                for end in [s.low, s.high] {
                    let error = Z * (end * (1.0 - end) / s.of as f64).sqrt();
                    proptest::prop_assert!(((s.rate - end).abs() - error).abs() < 1e-9);
                }
                // Swapping right and wrong mirrors it.
                let m = Share::new(more, s.of);
                proptest::prop_assert!((m.low - (1.0 - s.high)).abs() < 1e-12);
            }
        }

        #[test]
        fn mcnemar_is_the_binomial_sum(b in 0u32..30, c in 0u32..30) {
            let n = u128::from(b + c);
            let mut ways = 1u128;
            let mut sum = 1u128;
            for i in 1..=u128::from(b.min(c)) {
                ways = ways * (n + 1 - i) / i;
                sum += ways;
            }
            let exact = (2.0 * sum as f64 / (1u64 << n) as f64).min(1.0);
            let p = mcnemar(b as usize, c as usize);
            proptest::prop_assert!((p - exact).abs() < 1e-12, "{p} {exact}");
        }

        #[test]
        fn a_paired_difference_lies_in_its_interval_and_mirrors(
            pairs in proptest::collection::vec(proptest::prelude::any::<(bool, bool)>(), 0..200),
        ) {
            let p = Paired::of(pairs.iter().copied());
            let q = Paired::of(pairs.iter().map(|(a, b)| (*b, *a)));
            proptest::prop_assert_eq!(p.n, pairs.len());
            proptest::prop_assert!(p.low <= p.difference + 1e-12 && p.difference <= p.high + 1e-12);
            proptest::prop_assert!((p.difference + q.difference).abs() < 1e-12);
            proptest::prop_assert!((p.low + q.high).abs() < 1e-9);
            proptest::prop_assert!((p.p_value - q.p_value).abs() < 1e-12);
        }

        #[test]
        fn many_questions_do_not_overflow(b in 0usize..20_000, c in 0usize..20_000) {
            let p = mcnemar(b, c);
            proptest::prop_assert!((0.0..=1.0).contains(&p));
        }
    }
}
