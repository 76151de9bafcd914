//! Numbers as people read them.

/// `1234567` as `1,234,567`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// `1 sample`, `2 samples`.
pub fn things(n: u64, one: &str) -> String {
    format!("{} {one}{}", count(n), if n == 1 { "" } else { "s" })
}

/// What came with a file: `2 jobs added`, `3 jobs were there already`, or both.
pub fn import_told(added: usize, same: usize, one: &str) -> String {
    let were = if same == 1 { "was" } else { "were" };
    match (added, same) {
        (_, 0) => format!("{} added", things(added as u64, one)),
        (0, _) => format!(
            "Nothing new: {} {were} there already",
            things(same as u64, one)
        ),
        _ => format!(
            "{} added, {} {were} there already",
            things(added as u64, one),
            count(same as u64)
        ),
    }
}

/// Bytes in decimal units with at most three digits: `812 B`, `4.1 kB`, `31 MB`.
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 5] = ["B", "kB", "MB", "GB", "TB"];
    let mut v = n as f64;
    let mut unit = 0;
    while v >= 999.5 && unit + 1 < UNITS.len() {
        v /= 1000.0;
        unit += 1;
    }
    if unit == 0 || v >= 9.95 {
        format!("{} {}", v.round() as u64, UNITS[unit])
    } else {
        format!("{v:.1} {}", UNITS[unit])
    }
}

/// A share from 0 to 1 as `12 %`; never `0 %` or `100 %` when it is not exactly that.
pub fn percent(share: f64) -> String {
    let p = share * 100.0;
    let r = p.round();
    if r == 0.0 && p > 0.0 {
        "< 1 %".into()
    } else if r == 100.0 && p < 100.0 {
        "> 99 %".into()
    } else {
        format!("{r:.0} %")
    }
}

/// A rate with one decimal: `75.8 %`.
pub fn rate(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A difference of rates in points, always with its sign: `+12.5`, `-3.0`, `0.0`.
pub fn points(difference: f64) -> String {
    let p = (difference * 1000.0).round() / 10.0;
    if p == 0.0 {
        "0.0".into()
    } else {
        format!("{p:+.1}")
    }
}

/// A chance as `p = 0.0123`, small ones as `p < 0.0001`.
pub fn chance(p: f64) -> String {
    if p < 0.0001 {
        "p < 0.0001".into()
    } else {
        format!("p = {p:.4}")
    }
}

/// Seconds as `8 s`, `2 min 5 s`, `3 h 10 min`.
pub fn duration(seconds: f64) -> String {
    let s = seconds.max(0.0).round() as u64;
    match s {
        0..=59 => format!("{s} s"),
        60..=3599 => match s % 60 {
            0 => format!("{} min", s / 60),
            r => format!("{} min {r} s", s / 60),
        },
        _ => match s % 3600 / 60 {
            0 => format!("{} h", s / 3600),
            m => format!("{} h {m} min", s / 3600),
        },
    }
}

/// A price in US dollars: `$0.04`, `$12`, `less than $0.01`.
pub fn dollars(v: f64) -> String {
    if v == 0.0 {
        "$0".into()
    } else if v < 0.01 {
        "less than $0.01".into()
    } else if v < 10.0 {
        format!("${v:.2}")
    } else {
        format!("${}", count(v.round() as u64))
    }
}

/// `login_form` as `Login form`.
pub fn words(id: &str) -> String {
    let s = id.replace(['_', '-'], " ");
    let mut c = s.chars();
    match c.next() {
        Some(first) => first.to_uppercase().chain(c).collect(),
        None => s,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_things() {
        assert_eq!(count(0), "0");
        assert_eq!(count(999), "999");
        assert_eq!(count(1_000), "1,000");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(things(1, "sample"), "1 sample");
        assert_eq!(things(0, "sample"), "0 samples");
        assert_eq!(import_told(2, 0, "job"), "2 jobs added");
        assert_eq!(
            import_told(0, 1, "job"),
            "Nothing new: 1 job was there already"
        );
        assert_eq!(
            import_told(1, 3, "job"),
            "1 job added, 3 were there already"
        );
    }

    #[test]
    fn sizes_keep_two_or_three_digits() {
        assert_eq!(bytes(0), "0 B");
        assert_eq!(bytes(999), "999 B");
        assert_eq!(bytes(1_000), "1.0 kB");
        assert_eq!(bytes(9_960), "10 kB");
        assert_eq!(bytes(999_600), "1.0 MB");
        assert_eq!(bytes(31_400_000), "31 MB");
        assert_eq!(bytes(u64::MAX), "18446744 TB");
    }

    #[test]
    fn shares_never_claim_all_or_nothing() {
        assert_eq!(percent(0.0), "0 %");
        assert_eq!(percent(0.001), "< 1 %");
        assert_eq!(percent(0.999), "> 99 %");
        assert_eq!(percent(1.0), "100 %");
    }

    #[test]
    fn rates_differences_chances() {
        assert_eq!(rate(0.7583), "75.8 %");
        assert_eq!(
            (points(0.125), points(-0.03)),
            ("+12.5".into(), "-3.0".into())
        );
        assert_eq!(points(-0.0001), "0.0");
        assert_eq!(
            (chance(0.0123), chance(1e-9)),
            ("p = 0.0123".into(), "p < 0.0001".into())
        );
    }

    #[test]
    fn durations_prices_words() {
        assert_eq!(duration(0.4), "0 s");
        assert_eq!(duration(125.0), "2 min 5 s");
        assert_eq!(duration(3600.0 * 3.0 + 600.0), "3 h 10 min");
        assert_eq!(dollars(0.001), "less than $0.01");
        assert_eq!(dollars(1234.4), "$1,234");
        assert_eq!(words("login_form"), "Login form");
        assert_eq!(words(""), "");
    }
}
