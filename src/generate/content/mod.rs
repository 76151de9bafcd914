//! Words, names, numbers and dates: what screens say. One file a locale, one line in
//! [`LOCALES`]; inside a locale one file a domain.
//!
//! Everything is invented. No text holds a real brand, a trainer's placeholder token or a
//! character that the bundled fonts lack.

mod en;
mod format;
mod policy;
mod schema;

pub use format::{Currency, Date, DateStyle, group_digits};
pub use policy::{is_covered, reserved_token};
pub use schema::{
    Cell, CellValue, Column, Domain, Facet, Locale, Mark, NavItem, Search, Section, Stat, Table,
    TableAction, Words,
};

use crate::base::rng::Stream;

/// The icon meaning that shows what is called `name`, by its last words; `None` when no icon
/// comes near.
pub fn picture_of(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let name = name.split(',').next().unwrap_or_default().trim_end();
    let shown = |(word, _): &&(&str, &str)| name.ends_with(word);
    en::PICTURED.iter().find(shown).map(|(_, icon)| *icon)
}

/// Every locale.
pub static LOCALES: &[&Locale] = &[&en::EN];

/// The words of one screen: a locale, and the formats it keeps throughout.
#[derive(Clone, Copy, Debug)]
pub struct Content {
    /// Where the words come from.
    pub locale: &'static Locale,
    /// Currency of all prices.
    pub currency: Currency,
    /// How dates are written.
    pub date_style: DateStyle,
    /// The day the screen pretends it is.
    pub today: Date,
}

/// A person, as text only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Given name.
    pub given: &'static str,
    /// Family name.
    pub family: &'static str,
}

impl Person {
    /// Given and family name.
    pub fn full(&self) -> String {
        format!("{} {}", self.given, self.family)
    }

    /// An address at a domain reserved for examples.
    pub fn email(&self, s: &mut Stream) -> String {
        let (g, f) = (ascii_lower(self.given), ascii_lower(self.family));
        let host = s.pick(&[
            "example.com",
            "example.org",
            "example.net",
            "mail.example.com",
        ]);
        match s.below(4) {
            0 => format!("{g}@{host}"),
            1 => format!("{}{f}@{host}", &g[..1]),
            2 => format!("{g}.{f}@{host}"),
            _ => format!("{g}{}@{host}", s.range(2, 99)),
        }
    }

    /// Two capitals.
    pub fn initials(&self) -> String {
        self.given
            .chars()
            .take(1)
            .chain(self.family.chars().take(1))
            .collect()
    }
}

/// A postal address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// House number and street.
    pub street: String,
    /// City.
    pub city: &'static str,
    /// Postal code.
    pub postcode: String,
    /// Region or state.
    pub region: &'static str,
    /// Country.
    pub country: &'static str,
}

/// Lower-case ASCII letters of `text`: accents and other characters are dropped.
fn ascii_lower(text: &str) -> String {
    text.chars()
        .filter(char::is_ascii_alphabetic)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

impl Content {
    /// Draws the formats of one screen.
    pub fn new(s: &mut Stream) -> Self {
        let locale = *s.pick(LOCALES);
        Self {
            locale,
            currency: Currency::ALL[s.weighted(&[5, 3, 2])],
            date_style: *s.pick(DateStyle::ALL),
            today: Date::from_ymd(
                s.range(2024, 2027) as i32,
                s.range(1, 12) as u8,
                s.range(1, 28) as u8,
            ),
        }
    }

    /// One of the locale's domains.
    pub fn domain(&self, s: &mut Stream) -> &'static Domain {
        s.pick(self.locale.domains)
    }

    /// A name.
    pub fn person(&self, s: &mut Stream) -> Person {
        Person {
            given: s.pick::<&str>(self.locale.given),
            family: s.pick::<&str>(self.locale.family),
        }
    }

    /// An invented company.
    pub fn company(&self, s: &mut Stream) -> String {
        let l = self.locale;
        let stem = s.pick(l.company_stems);
        match s.below(4) {
            0 => format!("{stem} {}", s.pick(l.company_forms)),
            1 => format!("{} & {}", s.pick(l.family), s.pick(l.family)),
            _ => format!("{stem} {}", s.pick(l.company_fields)),
        }
    }

    /// A city.
    pub fn city(&self, s: &mut Stream) -> &'static str {
        s.pick(self.locale.cities).0
    }

    /// A country.
    pub fn country(&self, s: &mut Stream) -> &'static str {
        s.pick::<&str>(self.locale.countries)
    }

    /// An address.
    pub fn address(&self, s: &mut Stream) -> Address {
        let (city, region, country) = *s.pick(self.locale.cities);
        Address {
            street: format!("{} {}", s.range(1, 240), s.pick(self.locale.streets)),
            city,
            postcode: format!("{:05}", s.range(10_000, 98_999)),
            region,
            country,
        }
    }

    /// A telephone number from a range reserved for fiction.
    pub fn phone(&self, s: &mut Stream) -> String {
        format!("({}) 555-01{:02}", s.range(201, 989), s.below(100))
    }

    /// A price between `min` and `max` in hundredths of the currency, with a plausible ending.
    pub fn price(&self, s: &mut Stream, min: u32, max: u32) -> String {
        self.money(self.price_cents(s, min, max))
    }

    /// The same as a number of hundredths.
    pub fn price_cents(&self, s: &mut Stream, min: u32, max: u32) -> u64 {
        let v = s.range(i64::from(min), i64::from(max)) as u64;
        match s.below(4) {
            0 => v / 100 * 100 + 99,
            1 => v / 100 * 100 + 50,
            2 => v / 100 * 100,
            _ => v / 5 * 5,
        }
    }

    /// Hundredths of the currency as text.
    pub fn money(&self, cents: u64) -> String {
        self.currency.format(cents)
    }

    /// A day up to `back` days before or `ahead` days after today.
    pub fn day(&self, s: &mut Stream, back: u32, ahead: u32) -> Date {
        self.today
            .plus_days(s.range(-i64::from(back), i64::from(ahead)) as i32)
    }

    /// A date in the style of this screen.
    pub fn date(&self, d: Date) -> String {
        d.format(self.date_style, self.locale)
    }

    /// An identifier from a pattern: `#` is a digit, `@` a capital letter.
    pub fn code(&self, s: &mut Stream, pattern: &str) -> String {
        let mut first = true;
        pattern
            .chars()
            .map(|c| match c {
                '#' => {
                    let low = u8::from(first);
                    first = false;
                    (b'0' + s.range(i64::from(low), 9) as u8) as char
                }
                // Letters that cannot be mistaken for digits.
                '@' => *s.pick(b"ABCDEFGHJKLMNPQRSTUVWXYZ") as char,
                c => c,
            })
            .collect()
    }

    /// A sentence about nothing in particular: marketing of one line.
    pub fn tagline(&self, s: &mut Stream) -> &'static str {
        s.pick::<&str>(self.locale.taglines)
    }

    /// A help text.
    pub fn help(&self, s: &mut Stream) -> &'static str {
        s.pick::<&str>(self.locale.help)
    }

    /// Fills the slots of `template` (`{adj} {noun} in {city}`), from `words` and the locale.
    /// Unknown slots are left out.
    pub fn fill(&self, s: &mut Stream, words: &Words, template: &str) -> String {
        let mut out = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((slot, tail)) = after.split_once('}') else {
                rest = "";
                break;
            };
            let word = self.slot(s, words, slot);
            if takes_an(&out, &word) {
                out.insert(out.len() - 1, 'n');
            }
            out.push_str(&word);
            rest = tail;
        }
        out.push_str(rest);
        capitalise(&out)
    }

    fn slot(&self, s: &mut Stream, words: &Words, slot: &str) -> String {
        match slot {
            "adj" => (*s.pick(words.adjectives)).into(),
            "noun" => (*s.pick(words.nouns)).into(),
            "kind" => (*s.pick(words.kinds)).into(),
            "city" => self.city(s).into(),
            "country" => self.country(s).into(),
            "company" => self.company(s),
            "person" => self.person(s).full(),
            "family" => self.person(s).family.into(),
            "month" => (*s.pick(&self.locale.months)).into(),
            "year" => self.today.year().to_string(),
            "date" => {
                let d = self.day(s, 200, 0);
                self.date(d)
            }
            "n" => s.range(2, 9).to_string(),
            "nn" => s.range(10, 99).to_string(),
            "nnn" => s.range(100, 999).to_string(),
            "nk" => group_digits(s.range(1_000, 48_000) as u64),
            _ => String::new(),
        }
    }
}

/// Whether `before` ends in the article "a" and `word` starts with a vowel.
fn takes_an(before: &str, word: &str) -> bool {
    let article = before == "A " || before == "a " || before.ends_with(" a ");
    article && word.starts_with(['a', 'e', 'i', 'o', 'u'])
}

/// The same with a capital at the start.
fn capitalise(text: &str) -> String {
    let mut c = text.chars();
    match c.next() {
        Some(first) => first.to_uppercase().chain(c).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests;
