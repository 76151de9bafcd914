use super::*;
use crate::base::rng::Streams;

fn every_theme(mut f: impl FnMut(&Theme)) {
    for family in THEMES {
        for scheme in [ColorScheme::Light, ColorScheme::Dark] {
            f(&family.resolve(scheme, None));
            for i in 0..200 {
                let mut s = Streams::new(11, i).stream("theme");
                f(&family.resolve(scheme, Some(&mut s)));
            }
        }
    }
}

#[test]
fn text_roles_are_readable() {
    every_theme(|t| {
        let c = &t.colors;
        let who = format!("{} {:?}", t.id, t.scheme);
        for ground in [c.canvas, c.surface, c.raised, c.sunken] {
            for (name, text) in [
                ("text", c.text),
                ("muted", c.muted),
                ("subtle", c.subtle),
                ("accent", c.accent),
                ("link", c.link),
                ("danger", c.danger.text),
                ("success", c.success.text),
                ("warning", c.warning.text),
                ("info", c.info.text),
            ] {
                let k = text.contrast(ground);
                assert!(k >= 4.5, "{who}: {name} {text:?} on {ground:?}: {k:.2}");
            }
            let k = c.outline.contrast(ground);
            assert!(k >= 3.0, "{who}: outline on {ground:?}: {k:.2}");
            let k = c.focus.contrast(ground);
            assert!(k >= 3.0, "{who}: focus on {ground:?}: {k:.2}");
        }
        for (name, text, ground) in [
            ("primary", c.on_primary, c.primary),
            ("primary soft", c.on_primary_soft, c.primary_soft),
            ("accent on soft", c.accent, c.primary_soft),
            ("secondary", c.on_secondary, c.secondary),
            ("danger fill", c.danger.on_fill, c.danger.fill),
            ("danger soft", c.danger.text, c.danger.soft),
            ("success fill", c.success.on_fill, c.success.fill),
            ("success soft", c.success.text, c.success.soft),
            ("warning fill", c.warning.on_fill, c.warning.fill),
            ("warning soft", c.warning.text, c.warning.soft),
            ("info fill", c.info.on_fill, c.info.fill),
            ("info soft", c.info.text, c.info.soft),
            ("inverse", c.on_inverse, c.inverse),
            ("inverse accent", c.inverse_accent, c.inverse),
            ("brand from", c.on_brand, c.brand_from),
            ("brand to", c.on_brand, c.brand_to),
            ("text on success soft", c.text, c.success.soft),
            ("text on warning soft", c.text, c.warning.soft),
            ("text on danger soft", c.text, c.danger.soft),
            ("text on info soft", c.text, c.info.soft),
            ("text on primary soft", c.text, c.primary_soft),
        ] {
            let k = text.contrast(ground);
            assert!(k >= 4.5, "{who}: {name} {text:?} on {ground:?}: {k:.2}");
        }
    });
}

#[test]
fn control_boundaries_stand_out() {
    every_theme(|t| {
        let c = &t.colors;
        for ground in [c.canvas, c.surface] {
            for (name, fill) in [
                ("primary", c.primary),
                ("danger", c.danger.fill),
                ("success", c.success.fill),
            ] {
                let k = fill.contrast(ground);
                assert!(
                    k >= 3.0,
                    "{} {:?}: {name} {fill:?} on {ground:?}: {k:.2}",
                    t.id,
                    t.scheme
                );
            }
        }
    });
}

#[test]
fn sizes_are_on_the_layout_grid() {
    let grid = |v: f32| (v * 64.0).fract() == 0.0;
    every_theme(|t| {
        for role in [
            TextRole::Display,
            TextRole::H1,
            TextRole::H2,
            TextRole::H3,
            TextRole::H4,
            TextRole::Body,
            TextRole::Small,
            TextRole::Caption,
            TextRole::Label,
            TextRole::Button,
        ] {
            let f = t.face(role);
            assert_eq!((f.size * 2.0).fract(), 0.0, "{} {role:?}", t.id);
            assert!(grid(f.line) && grid(f.tracking), "{} {role:?}", t.id);
            assert!([400, 500, 600, 700].contains(&f.weight));
        }
        let c = &t.control;
        let lengths = [c.height, c.pad, c.icon].concat();
        for v in lengths.into_iter().chain([
            c.border,
            t.radius.control,
            t.radius.small,
            t.radius.card,
            t.radius.overlay,
            t.button.radius,
            t.field.tall,
            t.field.pad,
            t.space(1.0),
            t.space(2.5),
            t.table.row,
            t.table.pad,
        ]) {
            assert!(grid(v), "{}: {v}", t.id);
        }
    });
}

#[test]
fn plain_looks_do_not_vary_and_varied_ones_do() {
    for family in THEMES {
        let plain = family.resolve(ColorScheme::Light, None);
        assert_eq!(plain, family.resolve(ColorScheme::Light, None));
        let looks: Vec<Theme> = (0..40)
            .map(|i| {
                let mut s = Streams::new(3, i).stream("theme");
                family.resolve(ColorScheme::Light, Some(&mut s))
            })
            .collect();
        let mut accents: Vec<_> = looks.iter().map(|t| t.colors.primary).collect();
        accents.sort_by_key(|c| c.css());
        accents.dedup();
        assert!(accents.len() >= 5, "{}", family.id());
    }
}
