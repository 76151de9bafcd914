use super::*;
use crate::generate::content::{is_covered, reserved_token};
use crate::generate::icon;
use crate::generate::plan::{ColorScheme, Content};
use crate::generate::{theme, widget};

const VIEWPORTS: &[(u32, u32)] = &[
    (240, 240),
    (360, 800),
    (768, 1024),
    (1024, 600),
    (1280, 720),
    (1920, 1080),
    (3840, 2160),
];

fn compose(kind: &dyn Archetype, seed: u64, size: (u32, u32), target: u32) -> Composed {
    let streams = Streams::new(seed, 3);
    let mut s = streams.stream("test");
    let family = s.pick(theme::THEMES);
    let scheme = if s.chance(50) {
        ColorScheme::Dark
    } else {
        ColorScheme::Light
    };
    let theme = family.resolve(scheme, Some(&mut s));
    kind.compose(&Compose {
        streams,
        theme: &theme,
        viewport: Viewport {
            width_px: size.0,
            height_px: size.1,
            device_scale: 1.0,
        },
        target_elements: target,
        element_range: (3, 60),
        randomize_layout: !seed.is_multiple_of(10),
    })
}

fn all(f: impl Fn(&str, &Composed)) {
    for kind in ARCHETYPES {
        for seed in 0..45 {
            for (i, size) in VIEWPORTS.iter().enumerate() {
                let target = 3 + ((seed as u32 * 7 + i as u32 * 11) % 58);
                f(kind.id(), &compose(*kind, seed, *size, target));
            }
        }
    }
}

#[test]
fn every_text_can_be_drawn_and_holds_no_reserved_token() {
    let check = |id: &str, t: &str| {
        assert_eq!(reserved_token(t), None, "{id}: {t:?}");
        if let Some(c) = t.chars().find(|c| !is_covered(*c)) {
            panic!("{id}: {c:?} in {t:?}");
        }
    };
    all(|id, c| {
        check(id, &c.title);
        c.root.walk(&mut |n| {
            match &n.content {
                Content::Text(t) => {
                    check(id, &t.text);
                    assert!(
                        !t.text.contains("  ") && t.text.trim() == t.text,
                        "{:?}",
                        t.text
                    );
                }
                Content::Field(f) => {
                    check(id, &f.value);
                    check(id, &f.placeholder);
                }
                Content::Icon(i) => assert!(icon::get(&i.icon).is_some(), "{}", i.icon),
                Content::None => {}
            }
            if let Some(e) = &n.element {
                check(id, &e.name);
                check(id, &e.purpose);
                check(id, &e.group);
                assert!(widget::get(&e.widget).is_some(), "{id}: {}", e.widget);
                assert!(!e.interactive || !e.name.is_empty(), "{id}: {e:?}");
            }
        });
    });
}

#[test]
fn the_same_streams_compose_the_same_screen() {
    for kind in ARCHETYPES {
        for seed in 0..6 {
            let one = compose(*kind, seed, (1280, 720), 14);
            assert_eq!(one, compose(*kind, seed, (1280, 720), 14));
            assert_ne!(one, compose(*kind, seed + 100, (1280, 720), 14));
        }
    }
}

/// Elements that people tell apart by their row or section carry it.
#[test]
fn repeated_names_have_a_group_or_a_place() {
    for id in ["data_table", "search_page", "navigation_menu"] {
        let kind = ARCHETYPES.iter().find(|a| a.id() == id).unwrap();
        for seed in 0..60 {
            let c = compose(*kind, seed, (1280, 720), 24);
            let mut seen = std::collections::BTreeSet::new();
            c.root.walk(&mut |n| {
                let Some(e) = n.element.as_ref().filter(|e| e.interactive) else {
                    return;
                };
                let place = e.grid.as_ref().map(|g| (g.row, g.column));
                let key = (e.role.clone(), e.name.clone(), e.group.clone(), place);
                assert!(seen.insert(key.clone()), "{id} {seed}: {key:?}");
            });
        }
    }
}

#[test]
fn wished_element_numbers_can_be_reached() {
    for id in ["data_table", "search_page", "navigation_menu"] {
        let kind = ARCHETYPES.iter().find(|a| a.id() == id).unwrap();
        for target in [3, 8, 14, 30, 55] {
            let best = (0..40)
                .map(|seed| {
                    let c = compose(*kind, seed, (1280, 720), target);
                    let mut n = 0u32;
                    c.root.walk(&mut |k| {
                        n += u32::from(k.element.as_ref().is_some_and(|e| e.interactive))
                    });
                    n.abs_diff(target)
                })
                .min()
                .unwrap();
            assert!(best <= 3, "{id} {target}: {best} away");
        }
    }
}
