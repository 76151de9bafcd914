//! Icons, drawn by meaning: several drawings of several families for one meaning.
//!
//! The data are text files, one icon a line (`id`, meaning, SVG path data, separated by tabs).
//! No brand marks, no people, no faces.

mod path;

use std::sync::LazyLock;

pub use path::Segment;

/// How an icon is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IconStyle {
    /// Lines with round caps and joins; the width comes from the plan.
    Stroke,
    /// Filled areas, nonzero rule.
    Fill,
}

/// One drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Icon {
    /// Unique id (`trash-2`, `ph-trash`).
    pub id: &'static str,
    /// Id in [`FAMILIES`].
    pub family: &'static str,
    /// What it stands for, in words usable as an accessible name (`delete`).
    pub meaning: &'static str,
    /// What a control with this icon alone does, as a short imperative (`open settings`).
    pub purpose: &'static str,
    /// Other words for the meaning, separated by commas.
    pub synonyms: &'static str,
    /// Side of the square it is drawn in: `viewBox="0 0 n n"`.
    pub view_box: f32,
    /// Stroked or filled.
    pub style: IconStyle,
    /// SVG path data.
    pub path: &'static str,
}

impl Icon {
    /// The path as absolute segments in the icon's own square; arcs are cubics.
    pub fn segments(&self) -> Vec<Segment> {
        path::parse(self.path)
    }
}

/// A family of drawings: one look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Family {
    /// Stable id.
    pub id: &'static str,
    /// Name for people, with its licence.
    pub title: &'static str,
    style: IconStyle,
    view_box: f32,
    data: &'static str,
}

/// Every family; the first has a drawing for every meaning.
pub static FAMILIES: &[Family] = &[
    Family {
        id: "lucide",
        title: "Lucide (ISC)",
        style: IconStyle::Stroke,
        view_box: 24.0,
        data: include_str!("lucide.txt"),
    },
    Family {
        id: "phosphor",
        title: "Phosphor Fill (MIT)",
        style: IconStyle::Fill,
        view_box: 256.0,
        data: include_str!("phosphor.txt"),
    },
];

static MEANINGS: &str = include_str!("meanings.txt");

struct Table {
    icons: Vec<Icon>,
    /// Indices into `icons`, sorted by id.
    by_id: Vec<u16>,
    /// `(meaning, indices)`, sorted by meaning.
    by_meaning: Vec<(&'static str, Vec<Icon>)>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut by_meaning: Vec<(&str, Vec<Icon>)> = Vec::new();
    let mut words: Vec<(&str, &str, &str)> = MEANINGS
        .lines()
        .filter_map(|l| {
            let mut f = l.split('\t');
            Some((f.next()?, f.next()?, f.next()?))
        })
        .collect();
    words.sort_unstable();
    by_meaning.extend(words.iter().map(|w| (w.0, Vec::new())));
    let mut icons = Vec::new();
    for family in FAMILIES {
        for line in family.data.lines() {
            let mut f = line.split('\t');
            let (Some(id), Some(meaning), Some(path)) = (f.next(), f.next(), f.next()) else {
                continue;
            };
            let Ok(m) = words.binary_search_by_key(&meaning, |w| w.0) else {
                continue;
            };
            let icon = Icon {
                id,
                family: family.id,
                meaning,
                purpose: words[m].1,
                synonyms: words[m].2,
                view_box: family.view_box,
                style: family.style,
                path,
            };
            icons.push(icon);
            by_meaning[m].1.push(icon);
        }
    }
    let mut by_id: Vec<u16> = (0..icons.len() as u16).collect();
    by_id.sort_unstable_by_key(|i| icons[usize::from(*i)].id);
    Table {
        icons,
        by_id,
        by_meaning,
    }
});

/// Every icon, family by family.
pub static ICONS: LazyLock<&'static [Icon]> = LazyLock::new(|| &TABLE.icons);

/// The icon called `id`.
pub fn get(id: &str) -> Option<&'static Icon> {
    let t = &*TABLE;
    let i = t
        .by_id
        .binary_search_by_key(&id, |i| t.icons[usize::from(*i)].id)
        .ok()?;
    t.icons.get(usize::from(t.by_id[i]))
}

/// Every drawing of `meaning`, family by family; empty for an unknown meaning.
pub fn by_meaning(meaning: &str) -> &'static [Icon] {
    let t = &*TABLE;
    t.by_meaning
        .binary_search_by_key(&meaning, |m| m.0)
        .map_or(&[], |i| &t.by_meaning[i].1)
}

/// The first drawing of `meaning` in `family`, else the first of any family.
pub fn drawn(meaning: &str, family: &str) -> Option<&'static Icon> {
    let all = by_meaning(meaning);
    all.iter().find(|i| i.family == family).or(all.first())
}

/// Every meaning, in alphabetical order.
pub fn meanings() -> impl Iterator<Item = &'static str> {
    TABLE.by_meaning.iter().map(|m| m.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_is_an_icon_with_a_known_meaning_and_unique_id() {
        let lines: usize = FAMILIES.iter().map(|f| f.data.lines().count()).sum();
        assert_eq!(ICONS.len(), lines);
        assert!(ICONS.len() >= 300);
        assert_eq!(meanings().count(), MEANINGS.lines().count());
        for i in ICONS.iter() {
            assert_eq!(get(i.id), Some(i), "{} is not unique", i.id);
        }
    }

    #[test]
    fn every_meaning_is_drawn_by_the_first_family_and_described() {
        let mut twice = 0;
        for m in meanings() {
            let d = drawn(m, FAMILIES[0].id).unwrap();
            assert_eq!(d.family, FAMILIES[0].id, "{m}");
            assert!(!d.purpose.is_empty() && !d.synonyms.is_empty(), "{m}");
            twice += usize::from(drawn(m, "phosphor").unwrap().family == "phosphor");
        }
        assert!(twice * 10 >= meanings().count() * 8, "{twice}");
        assert_eq!(drawn("no such thing", "lucide"), None);
    }

    #[test]
    fn no_brands_people_or_faces() {
        for i in ICONS.iter() {
            for bad in ["logo", "user", "person", "smile", "face", "baby", "brand"] {
                assert!(!i.id.contains(bad), "{}", i.id);
            }
        }
    }
}
