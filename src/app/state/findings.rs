//! What the checks of lines found, each kind told once instead of once a row.

use std::collections::BTreeMap;

use crate::format::Report;
use crate::problem::Problem;

/// Findings of one kind in one file that are shown.
const SHOWN: u64 = 2;

/// A finding, and how many more of its kind are in the same file.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Its place begins with the file, unless it concerns both.
    pub problem: Problem,
    /// More like it, on the last one that is shown.
    pub more: u64,
}

/// The findings about two files of lines, and about both together.
pub fn grouped(train: &Report, validation: &Report, pair: &[Problem]) -> Vec<Finding> {
    let mut out = Vec::new();
    for (file, report, other) in [
        ("train.jsonl", train, None),
        ("validation.jsonl", validation, Some(train)),
    ] {
        let mut last: BTreeMap<&str, (usize, u64)> = BTreeMap::new();
        for p in &report.problems {
            let in_row = p.path.starts_with("row ");
            // What concerns the model or the options is found on both sides.
            if !in_row && other.is_some_and(|o| o.problems.contains(p)) {
                continue;
            }
            let (at, seen) = last.entry(&p.code).or_insert((0, 0));
            *seen += 1;
            let new = out[*at..]
                .iter()
                .all(|f: &Finding| (&f.problem.code, &f.problem.message) != (&p.code, &p.message));
            if *seen == 1 || (*seen <= SHOWN && new) {
                let mut problem = p.clone();
                if in_row {
                    problem.path = format!("{file}, {}", p.path);
                }
                *at = out.len();
                out.push(Finding { problem, more: 0 });
            }
        }
        for (code, (at, seen)) in last {
            let shown = out
                .iter()
                .filter(|f| f.problem.code == code && f.problem.path.starts_with(file))
                .count() as u64;
            let all = report.counts.get(code).copied().unwrap_or(seen);
            out[at].more = all.saturating_sub(shown.max(1));
        }
    }
    out.extend(pair.iter().map(|p| Finding {
        problem: p.clone(),
        more: 0,
    }));
    out
}

/// How many errors and other findings these stand for.
pub fn counted(list: &[Finding]) -> (u64, u64) {
    let sum = |errors: bool| {
        let of = list.iter().filter(|f| f.problem.is_error() == errors);
        of.map(|f| 1 + f.more).sum()
    };
    (sum(true), sum(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(problems: Vec<Problem>) -> Report {
        let mut r = Report::default();
        for p in &problems {
            *r.counts.entry(p.code.to_string()).or_default() += 1;
        }
        r.problems = problems;
        r
    }

    fn rows(n: u32, message: impl Fn(u32) -> String) -> Vec<Problem> {
        let row = |i| Problem::error("kind", format!("row {i}: image 0"), message(i));
        (1..=n).map(row).collect()
    }

    #[test]
    fn one_kind_is_told_once_a_file() {
        let train = report(rows(11, |_| "a relative path".into()));
        let validation = report(rows(1, |_| "a relative path".into()));
        let list = grouped(&train, &validation, &[]);
        let told: Vec<_> = list
            .iter()
            .map(|f| (f.problem.path.as_str(), f.more))
            .collect();
        assert_eq!(
            told,
            [
                ("train.jsonl, row 1: image 0", 10),
                ("validation.jsonl, row 1: image 0", 0)
            ]
        );
        assert_eq!(counted(&list), (12, 0));
    }

    #[test]
    fn different_words_are_shown_twice_and_all_are_counted() {
        let mut train = report(rows(50, |i| format!("{i} bytes too many")));
        train.counts.insert("kind".into(), 700);
        let list = grouped(&train, &Report::default(), &[]);
        assert_eq!(list.len(), 2);
        assert_eq!((list[0].more, list[1].more), (0, 698));
        assert_eq!(counted(&list), (700, 0));
    }

    #[test]
    fn what_concerns_both_files_is_told_once() {
        let model = || Problem::warning("model", "model", "ends soon");
        let pair = [Problem::error("overlap", "validation", "2 examples")];
        let list = grouped(&report(vec![model()]), &report(vec![model()]), &pair);
        assert_eq!(list.len(), 2);
        assert_eq!(list[0].problem.path, "model");
        assert_eq!(counted(&list), (1, 1));
    }
}
