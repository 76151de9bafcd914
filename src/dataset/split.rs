//! Training and validation sides that share no screen structure.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::base::hash;
use crate::dataset::Record;
use crate::error::{Error, Result};
use crate::problem::Problem;

/// How to split.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SplitConfig {
    /// Share of the validation side, 0 to below 1. 0 leaves it empty.
    pub validation_split: f64,
}

impl Default for SplitConfig {
    fn default() -> Self {
        Self {
            validation_split: 0.1,
        }
    }
}

/// A side of the split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// For training.
    Train,
    /// For validation.
    Validation,
}

/// What the split knows of one sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SplitKey {
    /// Hash of the layout: samples with equal layouts stay together.
    pub layout: u64,
    /// Hash of the sample itself.
    pub sample: u64,
}

impl SplitKey {
    /// The key of a sample with this layout id and fingerprint.
    pub fn new(layout_id: &str, fingerprint: &str) -> Self {
        Self {
            layout: hash::key64([b"split/layout".as_slice(), layout_id.as_bytes()]),
            sample: hash::key64([b"split/sample".as_slice(), fingerprint.as_bytes()]),
        }
    }
}

impl From<&Record> for SplitKey {
    fn from(r: &Record) -> Self {
        Self::new(&r.layout_id, &r.identity())
    }
}

/// Which sample is on which side, and the proof that nothing leaks.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Split {
    /// Side of each sample, in the order of the keys.
    pub sides: Vec<Side>,
    /// Samples on the training side.
    pub train: usize,
    /// Samples on the validation side.
    pub validation: usize,
    /// What is shared between the sides.
    pub leaks: LeakReport,
    /// Warnings.
    pub problems: Vec<Problem>,
}

/// What both sides share; all zeros is what a split promises.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeakReport {
    /// Layouts that occur on both sides.
    pub shared_layouts: usize,
    /// Identical samples that occur on both sides.
    pub shared_samples: usize,
    /// Samples that occur more than once, on whatever side.
    pub duplicate_samples: usize,
    /// Distinct layouts.
    pub layouts: usize,
}

/// Splits samples by layout.
///
/// A layout goes to the validation side when its hash, as a number from 0 to 1, is below
/// `validation_split`. So adding samples moves no old one, and the real share only approaches
/// the asked one. Two exceptions keep both sides filled when there are two samples or more and
/// `validation_split` is above 0: when one side would stay empty, the layout nearest to the
/// threshold changes sides; and when all samples have one layout, they are split by sample, with
/// the warning `split_one_layout`. A single sample goes to training, with the warning
/// `split_single_sample`.
///
/// # Errors
/// `split_empty` without samples; `validation_split_range` when the share is not at least 0 and
/// below 1.
pub fn split(keys: &[SplitKey], config: &SplitConfig) -> Result<Split> {
    let ratio = config.validation_split;
    if !(0.0..1.0).contains(&ratio) {
        return Err(Error::caller(
            "validation_split_range",
            format!("validation_split is {ratio}; allowed are 0 to below 1"),
        )
        .at("validation_split")
        .hint("0.1 keeps a tenth for validation"));
    }
    if keys.is_empty() {
        return Err(Error::data("split_empty", "there are no samples to split")
            .hint("generate at least two samples"));
    }
    let mut problems = Vec::new();
    let layouts: BTreeSet<u64> = keys.iter().map(|k| k.layout).collect();
    let distinct: BTreeSet<u64> = keys.iter().map(|k| k.sample).collect();
    let by_sample = layouts.len() == 1 && distinct.len() > 1 && ratio > 0.0;
    if by_sample {
        problems.push(
            Problem::warning(
                "split_one_layout",
                "layout_id",
                "all samples have the same layout, so both sides share it",
            )
            .hint("turn randomize_layout on or generate more screen types"),
        );
    }
    let group = |k: &SplitKey| if by_sample { k.sample } else { k.layout };
    let mut side: BTreeMap<u64, Side> = keys
        .iter()
        .map(|k| {
            let g = group(k);
            let validation = unit(g) < ratio;
            (
                g,
                if validation {
                    Side::Validation
                } else {
                    Side::Train
                },
            )
        })
        .collect();
    if keys.len() == 1 || side.len() == 1 {
        for s in side.values_mut() {
            *s = Side::Train;
        }
        if ratio > 0.0 {
            problems.push(
                Problem::warning(
                    "split_single_sample",
                    "samples",
                    "there is only one distinct sample: the validation side stays empty",
                )
                .hint("generate at least two samples"),
            );
        }
    } else if ratio > 0.0 {
        // BTreeMap order is hash order: the first group is nearest to validation, the last one
        // nearest to training.
        if side.values().all(|s| *s == Side::Train)
            && let Some(mut e) = side.first_entry()
        {
            e.insert(Side::Validation);
        } else if side.values().all(|s| *s == Side::Validation)
            && let Some(mut e) = side.last_entry()
        {
            e.insert(Side::Train);
        }
    }
    let sides: Vec<Side> = keys
        .iter()
        .map(|k| side.get(&group(k)).copied().unwrap_or(Side::Train))
        .collect();
    let validation = sides.iter().filter(|s| **s == Side::Validation).count();
    Ok(Split {
        leaks: leaks(keys, &sides),
        train: sides.len() - validation,
        validation,
        sides,
        problems,
    })
}

/// The top 53 bits of a hash as a number in `[0, 1)`.
fn unit(key: u64) -> f64 {
    (key >> 11) as f64 / (1u64 << 53) as f64
}

fn leaks(keys: &[SplitKey], sides: &[Side]) -> LeakReport {
    let both = |of: fn(&SplitKey) -> u64| {
        let mut seen: BTreeMap<u64, (bool, bool)> = BTreeMap::new();
        for (k, s) in keys.iter().zip(sides) {
            let e = seen.entry(of(k)).or_default();
            match s {
                Side::Train => e.0 = true,
                Side::Validation => e.1 = true,
            }
        }
        (seen.values().filter(|e| e.0 && e.1).count(), seen.len())
    };
    let (shared_layouts, layouts) = both(|k| k.layout);
    let (shared_samples, samples) = both(|k| k.sample);
    LeakReport {
        shared_layouts,
        shared_samples,
        duplicate_samples: keys.len() - samples,
        layouts,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(n: usize, layouts: usize) -> Vec<SplitKey> {
        (0..n)
            .map(|i| SplitKey::new(&format!("l{}", i % layouts), &format!("s{i}")))
            .collect()
    }

    fn config(validation_split: f64) -> SplitConfig {
        SplitConfig { validation_split }
    }

    #[test]
    fn edges_are_errors_or_documented() {
        assert_eq!(split(&[], &config(0.1)).unwrap_err().code(), "split_empty");
        for bad in [1.0, -0.1, 1.5, f64::NAN, f64::INFINITY] {
            assert_eq!(
                split(&keys(5, 5), &config(bad)).unwrap_err().code(),
                "validation_split_range",
                "{bad}"
            );
        }
        let one = split(&keys(1, 1), &config(0.5)).unwrap();
        assert_eq!((one.train, one.validation), (1, 0));
        assert_eq!(one.problems[0].code, "split_single_sample");
        let none = split(&keys(9, 9), &config(0.0)).unwrap();
        assert_eq!((none.train, none.validation), (9, 0));
        assert!(none.problems.is_empty());
        let same = split(&keys(20, 1), &config(0.2)).unwrap();
        assert!(same.train > 0 && same.validation > 0);
        assert_eq!(same.problems[0].code, "split_one_layout");
    }

    #[test]
    fn duplicates_of_one_sample_never_straddle() {
        let k = SplitKey::new("a", "b");
        let s = split(&[k, k, k], &config(0.5)).unwrap();
        assert_eq!((s.train, s.validation, s.leaks.shared_samples), (3, 0, 0));
        assert_eq!(s.leaks.duplicate_samples, 2);
    }

    proptest::proptest! {
        #[test]
        fn no_side_is_empty_and_nothing_leaks(n in 2usize..300, layouts in 2usize..200, r in 0.001f64..0.999) {
            let k = keys(n, layouts.min(n));
            let s = split(&k, &config(r)).unwrap();
            proptest::prop_assert!(s.train > 0 && s.validation > 0);
            proptest::prop_assert_eq!(s.train + s.validation, n);
            proptest::prop_assert_eq!(s.leaks.shared_layouts, 0);
            proptest::prop_assert_eq!(s.leaks.shared_samples, 0);
        }

        #[test]
        fn growth_moves_nothing(n in 200usize..400, more in 1usize..200) {
            let all = keys(n + more, n + more);
            let small = split(&all[..n], &config(0.1)).unwrap();
            let large = split(&all, &config(0.1)).unwrap();
            proptest::prop_assert_eq!(&large.sides[..n], &small.sides[..]);
        }

        #[test]
        fn order_does_not_matter(n in 2usize..100) {
            let k = keys(n, n);
            let mut reversed = k.clone();
            reversed.reverse();
            let mut b = split(&reversed, &config(0.3)).unwrap().sides;
            b.reverse();
            proptest::prop_assert_eq!(split(&k, &config(0.3)).unwrap().sides, b);
        }
    }

    #[test]
    fn the_share_approaches_what_was_asked() {
        let s = split(&keys(10_000, 10_000), &SplitConfig::default()).unwrap();
        assert!((900..1100).contains(&s.validation), "{}", s.validation);
    }
}
