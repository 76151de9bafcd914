//! Numbers, money and dates in integer arithmetic.

use super::schema::Locale;

/// A currency and how its amounts are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Currency {
    /// `$1,234.50`
    Dollar,
    /// `€1,234.50`
    Euro,
    /// `£1,234.50`
    Pound,
}

impl Currency {
    /// Every currency.
    pub const ALL: &'static [Self] = &[Self::Dollar, Self::Euro, Self::Pound];

    /// Its sign.
    pub const fn sign(self) -> &'static str {
        match self {
            Self::Dollar => "$",
            Self::Euro => "€",
            Self::Pound => "£",
        }
    }

    /// ISO 4217 code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Dollar => "USD",
            Self::Euro => "EUR",
            Self::Pound => "GBP",
        }
    }

    /// An amount of hundredths.
    pub fn format(self, cents: u64) -> String {
        format!(
            "{}{}.{:02}",
            self.sign(),
            group_digits(cents / 100),
            cents % 100
        )
    }

    /// An amount of hundredths without the fraction, shortened from 10,000 on (`$48.2K`).
    pub fn short(self, cents: u64) -> String {
        let whole = cents / 100;
        match whole {
            0..10_000 => format!("{}{}", self.sign(), group_digits(whole)),
            10_000..1_000_000 => {
                format!("{}{}.{}K", self.sign(), whole / 1000, whole % 1000 / 100)
            }
            _ => format!(
                "{}{}.{}M",
                self.sign(),
                whole / 1_000_000,
                whole % 1_000_000 / 100_000
            ),
        }
    }
}

/// `1234567` → `1,234,567`.
pub fn group_digits(v: u64) -> String {
    let digits = v.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// A day of the Gregorian calendar, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(i32);

/// How a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DateStyle {
    /// `Mar 4, 2026`
    Short,
    /// `4 March 2026`
    Long,
    /// `2026-03-04`
    Iso,
    /// `03/04/2026`
    Slashes,
}

impl DateStyle {
    /// Every style.
    pub const ALL: &'static [Self] = &[Self::Short, Self::Long, Self::Iso, Self::Slashes];
}

impl Date {
    /// From year, month (1–12) and day (1–31).
    pub const fn from_ymd(year: i32, month: u8, day: u8) -> Self {
        // Years start in March, so that the leap day is the last of its year.
        let y = if month <= 2 { year - 1 } else { year };
        let era = y.div_euclid(400);
        let yoe = y.rem_euclid(400);
        let m = month as i32;
        let doy = (153 * (if m > 2 { m - 3 } else { m + 9 }) + 2) / 5 + day as i32 - 1;
        let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
        Self(era * 146_097 + doe - 719_468)
    }

    /// Year, month (1–12), day (1–31).
    pub const fn ymd(self) -> (i32, u8, u8) {
        let z = self.0 + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = (doy - (153 * mp + 2) / 5 + 1) as u8;
        let month = (if mp < 10 { mp + 3 } else { mp - 9 }) as u8;
        let year = yoe + era * 400 + if month <= 2 { 1 } else { 0 };
        (year, month, day)
    }

    /// The year.
    pub const fn year(self) -> i32 {
        self.ymd().0
    }

    /// 0 is Monday.
    pub const fn weekday(self) -> u8 {
        (self.0 + 3).rem_euclid(7) as u8
    }

    /// This many days later (earlier when negative).
    #[must_use]
    pub const fn plus_days(self, days: i32) -> Self {
        Self(self.0 + days)
    }

    /// As text.
    pub fn format(self, style: DateStyle, locale: &Locale) -> String {
        let (y, m, d) = self.ymd();
        let month = locale.months[usize::from(m - 1)];
        match style {
            DateStyle::Short => {
                let short: String = month.chars().take(3).collect();
                format!("{short} {d}, {y}")
            }
            DateStyle::Long => format!("{d} {month} {y}"),
            DateStyle::Iso => format!("{y}-{m:02}-{d:02}"),
            DateStyle::Slashes => format!("{m:02}/{d:02}/{y}"),
        }
    }
}
