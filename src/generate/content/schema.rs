//! The shape of a locale's data.

use super::{Content, Currency, group_digits};
use crate::base::rng::Stream;
use crate::generate::widget::Mood;

/// The words of one language and region.
#[derive(Debug)]
pub struct Locale {
    /// BCP 47 tag.
    pub tag: &'static str,
    /// Name in its own language.
    pub title: &'static str,
    /// Given names.
    pub given: &'static [&'static str],
    /// Family names.
    pub family: &'static [&'static str],
    /// First words of company names.
    pub company_stems: &'static [&'static str],
    /// Legal forms.
    pub company_forms: &'static [&'static str],
    /// What companies do.
    pub company_fields: &'static [&'static str],
    /// City, region, country.
    pub cities: &'static [(&'static str, &'static str, &'static str)],
    /// Countries.
    pub countries: &'static [&'static str],
    /// Street names.
    pub streets: &'static [&'static str],
    /// January to December.
    pub months: [&'static str; 12],
    /// Monday to Sunday.
    pub weekdays: [&'static str; 7],
    /// Marketing, one line each.
    pub taglines: &'static [&'static str],
    /// Help texts.
    pub help: &'static [&'static str],
    /// Error messages of whole pages and requests.
    pub errors: &'static [&'static str],
    /// Notes and announcements.
    pub notices: &'static [&'static str],
    /// Words for the items of a user menu: label, icon meaning.
    pub account_menu: &'static [(&'static str, &'static str)],
    /// Fields of work.
    pub domains: &'static [Domain],
}

/// A field of work: an invented product with its words, tables, navigation and search.
#[derive(Debug)]
pub struct Domain {
    /// Stable id.
    pub id: &'static str,
    /// Names of invented products.
    pub brands: &'static [&'static str],
    /// Meanings of icons for a product mark.
    pub marks: &'static [&'static str],
    /// Words for templates.
    pub words: Words,
    /// What can be searched.
    pub search: Search,
    /// Tables.
    pub tables: &'static [Table],
    /// Navigation, most important section first.
    pub nav: &'static [Section],
    /// Key figures.
    pub stats: &'static [Stat],
    /// Names of page tabs.
    pub tabs: &'static [&'static str],
    /// Actions of the domain: label, icon meaning.
    pub actions: &'static [(&'static str, &'static str)],
}

/// Words that templates draw from.
#[derive(Debug)]
pub struct Words {
    /// `{adj}`
    pub adjectives: &'static [&'static str],
    /// `{noun}`
    pub nouns: &'static [&'static str],
    /// `{kind}`
    pub kinds: &'static [&'static str],
}

/// What a search page of a domain holds.
#[derive(Debug)]
pub struct Search {
    /// What is found, plural.
    pub noun: &'static str,
    /// Placeholder of the search box.
    pub placeholder: &'static str,
    /// What people search for.
    pub queries: &'static [&'static str],
    /// Templates of result titles.
    pub titles: &'static [&'static str],
    /// Templates of result descriptions.
    pub snippets: &'static [&'static str],
    /// Templates of the small line.
    pub meta: &'static [&'static str],
    /// Categories.
    pub categories: &'static [&'static str],
    /// Filters.
    pub facets: &'static [Facet],
    /// Sort orders.
    pub sorts: &'static [&'static str],
    /// Main action of a result: label, icon meaning.
    pub action: (&'static str, &'static str),
    /// Price range in hundredths, when results have a price.
    pub price: Option<(u32, u32)>,
    /// Meanings of icons that stand in for pictures.
    pub pictures: &'static [&'static str],
}

/// A filter with its options.
#[derive(Debug)]
pub struct Facet {
    /// Name.
    pub name: &'static str,
    /// Options.
    pub options: &'static [&'static str],
}

/// A section of a navigation.
#[derive(Debug)]
pub struct Section {
    /// Heading.
    pub title: &'static str,
    /// Items.
    pub items: &'static [NavItem],
}

/// An item of a navigation.
#[derive(Debug)]
pub struct NavItem {
    /// Label.
    pub label: &'static str,
    /// Meaning of its icon.
    pub icon: &'static str,
    /// Items below it.
    pub children: &'static [&'static str],
}

/// A key figure.
#[derive(Debug)]
pub struct Stat {
    /// Label.
    pub label: &'static str,
    /// Value.
    pub cell: Cell,
    /// Meaning of its icon.
    pub icon: &'static str,
}

/// A table.
#[derive(Debug)]
pub struct Table {
    /// Heading.
    pub title: &'static str,
    /// One row.
    pub noun: &'static str,
    /// Several rows.
    pub plural: &'static str,
    /// Columns, most important first; the first names the row.
    pub columns: &'static [Column],
    /// Actions of a row, most natural first.
    pub actions: &'static [TableAction],
    /// Actions for several rows.
    pub bulk: &'static [TableAction],
    /// Filters above the table.
    pub filters: &'static [Facet],
    /// Label of the button that adds a row.
    pub add: &'static str,
}

/// A column.
#[derive(Debug)]
pub struct Column {
    /// Header.
    pub header: &'static str,
    /// What is in its cells.
    pub cell: Cell,
    /// Room it needs, CSS px.
    pub width: f32,
}

/// An action on rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableAction {
    /// Label.
    pub label: &'static str,
    /// Meaning of its icon.
    pub icon: &'static str,
    /// Whether it destroys something.
    pub danger: bool,
}

/// A status and how it feels.
pub type Mark = (&'static str, Mood);

/// Kinds of cells.
#[derive(Clone, Copy, Debug)]
pub enum Cell {
    /// Pattern for [`Content::code`], monospaced.
    Code(&'static str),
    /// A person.
    Person,
    /// A company.
    Company,
    /// An address at an example domain.
    Email,
    /// A city.
    City,
    /// A country.
    Country,
    /// One of several templates.
    Text(&'static [&'static str]),
    /// One of several words.
    Choice(&'static [&'static str]),
    /// A status badge.
    Status(&'static [Mark]),
    /// Hundredths between two bounds.
    Money(u32, u32),
    /// A whole number between two bounds.
    Count(u32, u32),
    /// A percentage between two bounds.
    Percent(u8, u8),
    /// A day in the past.
    Date,
    /// A day to come.
    Due,
    /// Minutes, hours or days ago.
    Ago,
    /// Bytes.
    Size,
    /// Minutes and seconds.
    Duration,
    /// A switch.
    Switch,
    /// A progress bar.
    Progress,
}

/// The content of one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CellValue {
    /// Text.
    Text(String),
    /// Monospaced text.
    Code(String),
    /// A name with initials.
    Person(String),
    /// Text aligned to the end.
    Number(String),
    /// A badge.
    Badge(&'static str, Mood),
    /// On or off.
    Switch(bool),
    /// 0 to 100.
    Progress(u8),
}

impl CellValue {
    /// The words in it.
    pub fn text(&self) -> String {
        match self {
            Self::Text(t) | Self::Code(t) | Self::Person(t) | Self::Number(t) => t.clone(),
            Self::Badge(t, _) => (*t).into(),
            Self::Switch(on) => if *on { "On" } else { "Off" }.into(),
            Self::Progress(v) => format!("{v}%"),
        }
    }
}

impl Cell {
    /// Whether its values are numbers, set at the end of the cell.
    pub const fn is_number(&self) -> bool {
        matches!(
            self,
            Self::Money(..) | Self::Count(..) | Self::Percent(..) | Self::Size | Self::Duration
        )
    }

    /// Whether its header can sort.
    pub const fn sortable(&self) -> bool {
        !matches!(self, Self::Switch)
    }

    /// Draws a value.
    pub fn value(&self, c: &Content, s: &mut Stream, words: &Words) -> CellValue {
        match self {
            Self::Code(p) => CellValue::Code(c.code(s, p)),
            Self::Person => CellValue::Person(c.person(s).full()),
            Self::Company => CellValue::Text(c.company(s)),
            Self::Email => {
                let p = c.person(s);
                CellValue::Text(p.email(s))
            }
            Self::City => CellValue::Text(c.city(s).into()),
            Self::Country => CellValue::Text(c.country(s).into()),
            Self::Text(t) => {
                let t = *s.pick(t);
                CellValue::Text(c.fill(s, words, t))
            }
            Self::Choice(t) => CellValue::Text((*s.pick(t)).into()),
            Self::Status(m) => {
                let (label, mood) = *s.pick(m);
                CellValue::Badge(label, mood)
            }
            Self::Money(a, b) => CellValue::Number(c.price(s, *a, *b)),
            Self::Count(a, b) => {
                CellValue::Number(group_digits(s.range(i64::from(*a), i64::from(*b)) as u64))
            }
            Self::Percent(a, b) => CellValue::Number(format!(
                "{}.{}%",
                s.range(i64::from(*a), i64::from(*b)),
                s.below(10)
            )),
            Self::Date => {
                let d = c.day(s, 400, 0);
                CellValue::Text(c.date(d))
            }
            Self::Due => {
                let d = c.today.plus_days(s.range(1, 120) as i32);
                CellValue::Text(c.date(d))
            }
            Self::Ago => CellValue::Text(match s.below(4) {
                0 => format!("{} min ago", s.range(2, 58)),
                1 => format!("{} h ago", s.range(2, 23)),
                2 => "Yesterday".into(),
                _ => format!("{} days ago", s.range(2, 30)),
            }),
            Self::Size => CellValue::Number(match s.below(3) {
                0 => format!("{} KB", s.range(12, 980)),
                1 => format!("{}.{} MB", s.range(1, 240), s.below(10)),
                _ => format!("{}.{} GB", s.range(1, 12), s.below(10)),
            }),
            Self::Duration => CellValue::Number(match s.below(2) {
                0 => format!("{} min {:02} s", s.range(1, 58), s.below(60)),
                _ => format!("{} h {:02} min", s.range(1, 9), s.below(60)),
            }),
            Self::Switch => CellValue::Switch(s.chance(65)),
            Self::Progress => CellValue::Progress(s.range(4, 100) as u8),
        }
    }

    /// Draws the value of a key figure: money is shortened.
    pub fn figure(&self, c: &Content, s: &mut Stream, words: &Words) -> String {
        match self {
            Self::Money(a, b) => {
                let v = s.range(i64::from(*a), i64::from(*b)) as u64;
                Currency::short(c.currency, v)
            }
            other => other.value(c, s, words).text(),
        }
    }
}

/// A row action.
pub(in crate::generate::content) const fn act(
    label: &'static str,
    icon: &'static str,
) -> TableAction {
    TableAction {
        label,
        icon,
        danger: false,
    }
}

/// A row action that destroys something.
pub(in crate::generate::content) const fn danger(
    label: &'static str,
    icon: &'static str,
) -> TableAction {
    TableAction {
        label,
        icon,
        danger: true,
    }
}

/// A navigation item.
pub(in crate::generate::content) const fn item(label: &'static str, icon: &'static str) -> NavItem {
    sub(label, icon, &[])
}

/// A navigation item with items below it.
pub(in crate::generate::content) const fn sub(
    label: &'static str,
    icon: &'static str,
    children: &'static [&'static str],
) -> NavItem {
    NavItem {
        label,
        icon,
        children,
    }
}

/// A navigation section.
pub(in crate::generate::content) const fn section(
    title: &'static str,
    items: &'static [NavItem],
) -> Section {
    Section { title, items }
}

/// A column.
pub(in crate::generate::content) const fn col(
    header: &'static str,
    cell: Cell,
    width: f32,
) -> Column {
    Column {
        header,
        cell,
        width,
    }
}

/// A filter.
pub(in crate::generate::content) const fn facet(
    name: &'static str,
    options: &'static [&'static str],
) -> Facet {
    Facet { name, options }
}

/// A key figure.
pub(in crate::generate::content) const fn stat(
    label: &'static str,
    icon: &'static str,
    cell: Cell,
) -> Stat {
    Stat { label, cell, icon }
}
