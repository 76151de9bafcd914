//! Points in time as ISO 8601 text, without a calendar library.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time: milliseconds since 1970-01-01T00:00:00Z. Serialised as ISO 8601 in UTC.
///
/// # Examples
/// ```
/// use screensmith::base::time::Timestamp;
/// let t = Timestamp::from_millis(1_700_000_000_123);
/// assert_eq!(t.to_string(), "2023-11-14T22:13:20.123Z");
/// assert_eq!(Timestamp::parse("2023-11-14T23:13:20.123+01:00"), Some(t));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

const DAY_MS: i64 = 86_400_000;
/// Years 0000 to 9999, the ones that ISO 8601 writes with four digits.
const MIN_MS: i64 = -719_528 * DAY_MS;
const MAX_MS: i64 = 2_932_897 * DAY_MS - 1;

impl Timestamp {
    /// From milliseconds since 1970, kept within the years 0000 to 9999.
    pub const fn from_millis(ms: i64) -> Self {
        if ms < MIN_MS {
            Self(MIN_MS)
        } else if ms > MAX_MS {
            Self(MAX_MS)
        } else {
            Self(ms)
        }
    }

    /// Milliseconds since 1970.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// This time moved by `ms` milliseconds.
    #[must_use]
    pub const fn plus_millis(self, ms: i64) -> Self {
        Self::from_millis(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to `self`; negative when `earlier` is later.
    pub const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The date alone, `2026-11-22`.
    pub fn date(self) -> String {
        let (y, m, d) = civil_from_days(self.0.div_euclid(DAY_MS));
        format!("{y:04}-{m:02}-{d:02}")
    }

    /// Reads `2026-11-22`, and date and time with `T` or a space, with or without seconds and
    /// fraction; an offset such as `+01:00` is applied, a missing one means UTC.
    pub fn parse(text: &str) -> Option<Self> {
        let b = text.as_bytes();
        if !text.is_ascii() || b.len() < 10 || b[4] != b'-' || b[7] != b'-' {
            return None;
        }
        let (y, m, d) = (digits(&b[..4])?, digits(&b[5..7])?, digits(&b[8..10])?);
        if !(1..=12).contains(&m) || d < 1 || d > days_in_month(y, m) {
            return None;
        }
        let date_ms = days_from_civil(y, m, d) * DAY_MS;
        if b.len() == 10 {
            return Some(Self::from_millis(date_ms));
        }
        if b[10] != b'T' && b[10] != b't' && b[10] != b' ' {
            return None;
        }
        let (clock, offset_ms) = split_offset(&b[11..])?;
        Some(Self::from_millis(date_ms + clock_ms(clock)? - offset_ms))
    }
}

/// `HH:MM[:SS[.fraction]]` in milliseconds.
fn clock_ms(b: &[u8]) -> Option<i64> {
    if b.len() < 5 || b[2] != b':' {
        return None;
    }
    let (h, m) = (digits(&b[..2])?, digits(&b[3..5])?);
    let mut ms = (h * 60 + m) * 60_000;
    if h > 23 || m > 59 {
        return None;
    }
    if b.len() > 5 {
        if b.len() < 8 || b[5] != b':' {
            return None;
        }
        let s = digits(&b[6..8])?;
        // 60 is a leap second; it is read as the following second.
        if s > 60 {
            return None;
        }
        ms += s * 1000;
    }
    if b.len() > 8 {
        let fraction = &b[9..];
        if b[8] != b'.' || fraction.is_empty() || fraction.len() > 9 {
            return None;
        }
        digits(fraction)?;
        let mut first_three = [b'0'; 3];
        for (to, from) in first_three.iter_mut().zip(fraction) {
            *to = *from;
        }
        ms += digits(&first_three)?;
    }
    Some(ms)
}

fn split_offset(b: &[u8]) -> Option<(&[u8], i64)> {
    if let Some(clock) = b.strip_suffix(b"Z").or_else(|| b.strip_suffix(b"z")) {
        return Some((clock, 0));
    }
    let Some(at) = b.iter().position(|c| *c == b'+' || *c == b'-') else {
        return Some((b, 0));
    };
    let o = &b[at + 1..];
    let (h, m) = match o.len() {
        5 if o[2] == b':' => (digits(&o[..2])?, digits(&o[3..])?),
        4 => (digits(&o[..2])?, digits(&o[2..])?),
        2 => (digits(o)?, 0),
        _ => return None,
    };
    if h > 23 || m > 59 {
        return None;
    }
    let sign = if b[at] == b'-' { -1 } else { 1 };
    Some((&b[..at], sign * (h * 60 + m) * 60_000))
}

fn digits(b: &[u8]) -> Option<i64> {
    b.iter().try_fold(0i64, |n, c| {
        c.is_ascii_digit().then(|| n * 10 + i64::from(c - b'0'))
    })
}

fn days_in_month(y: i64, m: i64) -> i64 {
    match m {
        4 | 6 | 9 | 11 => 30,
        2 if y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

/// Days since 1970-01-01 of a date of the Gregorian calendar. Years are counted from March so
/// that the leap day is the last of its year; an era is 400 years.
fn days_from_civil(y: i64, m: i64, d: i64) -> i64 {
    let y = if m <= 2 { y - 1 } else { y };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((m + 9) % 12) + 2) / 5 + d - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let m = if mp < 10 { mp + 3 } else { mp - 9 };
    let y = yoe + era * 400 + i64::from(m <= 2);
    (y, m, doy - (153 * mp + 2) / 5 + 1)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = self.0.rem_euclid(DAY_MS);
        write!(
            f,
            "{}T{:02}:{:02}:{:02}.{:03}Z",
            self.date(),
            ms / 3_600_000,
            ms / 60_000 % 60,
            ms / 1000 % 60,
            ms % 1000
        )
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let s = String::deserialize(d)?;
        Self::parse(&s).ok_or_else(|| {
            serde::de::Error::custom(format!("{s:?} is not an ISO 8601 date and time"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_dates() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_709_164_800_000, "2024-02-29T00:00:00.000Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00.000Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(Timestamp::from_millis(ms).to_string(), text);
            assert_eq!(Timestamp::parse(text), Some(Timestamp::from_millis(ms)));
        }
    }

    #[test]
    fn forms_that_others_write() {
        let t = Timestamp::parse("2026-11-22T10:00:00Z").unwrap();
        for same in [
            "2026-11-22T10:00:00",
            "2026-11-22 10:00",
            "2026-11-22T10:00:00.000000Z",
            "2026-11-22T10:00:00.000000+00:00",
            "2026-11-22T12:30:00+0230",
            "2026-11-22T05:00:00-05",
        ] {
            assert_eq!(Timestamp::parse(same), Some(t), "{same}");
        }
    }

    #[test]
    fn broken_text_is_refused() {
        for bad in [
            "",
            "2026",
            "2026-13-01",
            "2026-02-29",
            "2026-11-31",
            "2026-11-22T",
            "2026-11-22T24:00",
            "2026-11-22T10:61",
            "2026-11-22T10:00:00.",
            "2026-11-22T10:00:00.1234567890",
            "2026-11-22T10:00:00+25:00",
            "2026-11-22T10:00:00+1",
            "２026-11-22",
            "2026-11-2２",
            "2026-11-22T10:00:0x",
            "+026-11-22",
        ] {
            assert_eq!(Timestamp::parse(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn text_round_trips(ms in MIN_MS..=MAX_MS) {
            let t = Timestamp::from_millis(ms);
            proptest::prop_assert_eq!(Timestamp::parse(&t.to_string()), Some(t));
        }

        #[test]
        fn any_text_is_read_or_refused(s in "\\PC{0,40}") {
            let _ = Timestamp::parse(&s);
        }
    }
}
