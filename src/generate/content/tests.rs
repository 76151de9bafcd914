use super::*;
use crate::base::rng::Streams;
use crate::generate::icon;

/// Every string literal of the locale files, read from the source: what a screen can say.
fn sources() -> Vec<(&'static str, &'static str)> {
    vec![
        ("mod", include_str!("en/mod.rs")),
        ("analytics", include_str!("en/analytics.rs")),
        ("clinic", include_str!("en/clinic.rs")),
        ("commerce", include_str!("en/commerce.rs")),
        ("devtools", include_str!("en/devtools.rs")),
        ("education", include_str!("en/education.rs")),
        ("finance", include_str!("en/finance.rs")),
        ("logistics", include_str!("en/logistics.rs")),
        ("media", include_str!("en/media.rs")),
        ("places", include_str!("en/places.rs")),
        ("people", include_str!("en/people.rs")),
        ("property", include_str!("en/property.rs")),
        ("support", include_str!("en/support.rs")),
        ("travel", include_str!("en/travel.rs")),
    ]
}

fn check(text: &str, place: &str) {
    for c in text.chars() {
        assert!(is_covered(c), "{c:?} in {text:?} ({place})");
    }
    assert_eq!(reserved_token(text), None, "{text:?} ({place})");
    assert!(!text.contains("  ") && text.trim() == text, "{text:?}");
}

#[test]
fn every_string_is_covered_by_the_fonts_and_holds_no_reserved_token() {
    let mut seen = 0;
    for (file, source) in sources() {
        for line in source.lines().filter(|l| !l.trim_start().starts_with("//")) {
            for (i, part) in line.split('"').enumerate() {
                if i % 2 == 1 {
                    check(
                        part.replace("\\u{201c}", "“")
                            .replace("\\u{201d}", "”")
                            .trim(),
                        file,
                    );
                    seen += 1;
                }
            }
        }
    }
    assert!(seen > 2000, "{seen}");
}

#[test]
fn every_slot_is_known_and_filled() {
    let mut s = Streams::new(1, 0).stream("t");
    let c = Content::new(&mut s);
    for (file, source) in sources() {
        for line in source.lines() {
            for slot in line.split('{').skip(1).filter_map(|t| t.split_once('}')) {
                let name = slot.0;
                if name.chars().all(|c| c.is_ascii_lowercase()) && !name.is_empty() {
                    let w = &c.locale.domains[0].words;
                    assert!(!c.slot(&mut s, w, name).is_empty(), "{{{name}}} in {file}");
                }
            }
        }
    }
}

#[test]
fn every_icon_meaning_exists() {
    let known = |m: &str| assert!(!icon::by_meaning(m).is_empty(), "{m}");
    for l in LOCALES {
        l.account_menu.iter().for_each(|m| known(m.1));
        for d in l.domains {
            d.marks.iter().for_each(|m| known(m));
            d.search.pictures.iter().for_each(|m| known(m));
            known(d.search.action.1);
            d.actions.iter().for_each(|a| known(a.1));
            d.stats.iter().for_each(|s| known(s.icon));
            for s in d.nav {
                s.items.iter().for_each(|i| known(i.icon));
            }
            for t in d.tables {
                t.actions.iter().chain(t.bulk).for_each(|a| known(a.icon));
            }
        }
    }
}

#[test]
fn data_are_complete_and_unique() {
    for l in LOCALES {
        let mut ids: Vec<_> = l.domains.iter().map(|d| d.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), l.domains.len());
        assert!(l.given.len() * l.family.len() > 10_000);
        for d in l.domains {
            assert!(
                d.search.queries.len() >= 6 && d.search.titles.len() >= 3,
                "{}",
                d.id
            );
            assert!(
                d.search.facets.len() >= 3 && d.search.sorts.len() >= 3,
                "{}",
                d.id
            );
            assert!(
                d.tables.len() >= 2 && d.nav.len() >= 3 && d.stats.len() >= 3,
                "{}",
                d.id
            );
            for t in d.tables {
                assert!(t.columns.len() >= 5 && t.actions.len() >= 2, "{}", t.title);
                let mut h: Vec<_> = t.columns.iter().map(|c| c.header).collect();
                h.sort_unstable();
                h.dedup();
                assert_eq!(h.len(), t.columns.len(), "{}", t.title);
            }
        }
    }
}

#[test]
fn drawn_texts_are_clean() {
    for seed in 0..60 {
        let mut s = Streams::new(seed, 0).stream("t");
        let c = Content::new(&mut s);
        let d = c.domain(&mut s);
        for t in d
            .search
            .titles
            .iter()
            .chain(d.search.snippets)
            .chain(d.search.meta)
        {
            let text = c.fill(&mut s, &d.words, t);
            check(&text, t);
            assert!(!text.is_empty() && !text.contains(['{', '}']), "{text}");
        }
        for t in d.tables {
            for col in t.columns {
                let v = col.cell.value(&c, &mut s, &d.words).text();
                check(&v, col.header);
                assert!(!v.is_empty());
            }
        }
        let p = c.person(&mut s);
        let mail = p.email(&mut s);
        let host = mail.rsplit_once('@').unwrap().1;
        assert!(mail.is_ascii() && host.contains("example."), "{mail}");
        check(&p.full(), "person");
        check(&c.company(&mut s), "company");
        check(&c.phone(&mut s), "phone");
        check(&c.address(&mut s).street, "address");
    }
}

#[test]
fn dates_agree_with_the_calendar() {
    // 2000-03-01 is day 11017; 2024-02-29 exists; 1970-01-01 was a Thursday.
    assert_eq!(Date::from_ymd(1970, 1, 1).weekday(), 3);
    assert_eq!(
        Date::from_ymd(2000, 3, 1),
        Date::from_ymd(1970, 1, 1).plus_days(11_017)
    );
    assert_eq!(
        Date::from_ymd(2024, 2, 28).plus_days(1).ymd(),
        (2024, 2, 29)
    );
    assert_eq!(Date::from_ymd(2023, 2, 28).plus_days(1).ymd(), (2023, 3, 1));
    for d in 0..4000 {
        let (y, m, day) = Date::from_ymd(2020, 1, 1).plus_days(d).ymd();
        assert_eq!(
            Date::from_ymd(y, m, day),
            Date::from_ymd(2020, 1, 1).plus_days(d)
        );
    }
    let d = Date::from_ymd(2026, 3, 4);
    let all: Vec<_> = DateStyle::ALL
        .iter()
        .map(|s| d.format(*s, LOCALES[0]))
        .collect();
    assert_eq!(
        all,
        ["Mar 4, 2026", "4 March 2026", "2026-03-04", "03/04/2026"]
    );
}

#[test]
fn articles_agree() {
    let mut s = Streams::new(4, 0).stream("t");
    let c = Content::new(&mut s);
    let words = |adjectives| Words {
        adjectives,
        nouns: &[],
        kinds: &[],
    };
    let said = c.fill(&mut s, &words(&["expired"]), "fix a {adj} code");
    assert_eq!(said, "Fix an expired code");
    let said = c.fill(&mut s, &words(&["late"]), "fix a {adj} code");
    assert_eq!(said, "Fix a late code");
}

#[test]
fn money_is_grouped() {
    assert_eq!(Currency::Dollar.format(123_456_789), "$1,234,567.89");
    assert_eq!(Currency::Euro.format(5), "€0.05");
    assert_eq!(Currency::Pound.short(4_821_000), "£48.2K");
    assert_eq!(Currency::Dollar.short(98_000), "$980");
    assert_eq!(group_digits(1_000), "1,000");
}

#[test]
fn coverage_is_what_the_fonts_have() {
    use skrifa::MetadataProvider as _;
    let fonts: [&[u8]; 3] = [
        include_bytes!("../../../www/fonts/inter-400.ttf"),
        include_bytes!("../../../www/fonts/source-sans-3-700.ttf"),
        include_bytes!("../../../www/fonts/jetbrains-mono-500.ttf"),
    ];
    for bytes in fonts {
        let font = skrifa::FontRef::new(bytes).unwrap();
        let map = font.charmap();
        for c in (0x20..0x2_300)
            .filter_map(char::from_u32)
            .filter(|c| is_covered(*c))
        {
            assert!(map.map(c).is_some(), "{c:?}");
        }
    }
}
