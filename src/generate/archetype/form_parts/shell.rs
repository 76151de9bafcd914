//! The frame around forms: site header, footer, consent banner.

use super::Budget;
use crate::base::rng::Stream;
use crate::generate::plan::{Align, Length, NameFrom, Node, Tag, Viewport};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    ButtonKind, Size, Ui, body_text, brand, button, column, icon_button, link_as, row, select_with,
    spacer, wrap_row,
};

/// Width below which things stand below each other.
pub(in crate::generate::archetype) const NARROW: f32 = 640.0;

const SITE_LINKS: &[&str] = &[
    "Products", "Pricing", "Features", "Docs", "Support", "Blog", "Contact", "About", "Status",
    "Partners",
];

const FOOTER_LINKS: &[&str] = &[
    "Privacy",
    "Terms",
    "Cookies",
    "Imprint",
    "Accessibility",
    "Security",
    "Help center",
    "Contact us",
];

pub(in crate::generate::archetype) const LANGUAGES: &[&str] = &[
    "English",
    "Deutsch",
    "Français",
    "Español",
    "Italiano",
    "Nederlands",
    "Português",
];

/// A named landmark.
fn landmark(n: Node, tag: Tag, role: &str, name: &str) -> Node {
    n.tag(tag).element(crate::generate::plan::Element {
        widget: "landmark".into(),
        role: role.into(),
        name: name.into(),
        name_from: NameFrom::Aria,
        ..crate::generate::plan::Element::default()
    })
}

/// A bar with the product's mark, and links and tools as the budget allows.
pub(in crate::generate::archetype) fn header(
    ui: &Ui<'_>,
    s: &mut Stream,
    view: Viewport,
    mark: (&str, &str),
    most: u32,
    b: &mut Budget,
) -> Node {
    let c = &ui.theme.colors;
    let width = view.width_px as f32;
    let narrow = width < NARROW;
    let mut kids = vec![brand(ui, mark.0, mark.1, c.text)];
    let mut left = most.min(b.elements.max(0) as u32);
    if narrow {
        kids.push(spacer());
        if left > 0 {
            kids.push(icon_button(ui, "menu", "Open menu", Size::Medium));
            b.pay(1, 0.0);
        }
    } else {
        let room = ((width - 420.0) / 110.0).clamp(0.0, 8.0) as u32;
        let usual = if left >= 8 { 8 } else { s.range(2, 6) as u32 };
        let n = left.min(room).min(usual);
        let links: Vec<Node> = s
            .sample(SITE_LINKS, n as usize)
            .into_iter()
            .map(|l| link_as(ui, TextRole::Small, c.muted, l).nowrap())
            .collect();
        left -= n;
        b.pay(n, 0.0);
        let end = s.chance(50);
        let nav = landmark(row(ui.space(6.0), links), Tag::Nav, "navigation", "Main").margin4(
            0.0,
            0.0,
            0.0,
            ui.space(6.0),
        );
        if end {
            kids.push(spacer());
            kids.push(nav);
        } else {
            kids.push(nav);
            kids.push(spacer());
        }
        for (icon, name) in [("dark theme", "Switch theme"), ("help", "Help")] {
            if left > 0 && s.chance(45) {
                kids.push(icon_button(ui, icon, name, Size::Medium));
                left -= 1;
                b.pay(1, 0.0);
            }
        }
    }
    let n = row(ui.space(2.0), kids)
        .rigid()
        .pad(if narrow { 16.0 } else { ui.space(7.0) }, ui.space(2.0))
        .min_height(60.0)
        .bg(c.surface)
        .border_bottom(1.0, c.border);
    b.pay(0, 61.0);
    landmark(n, Tag::Header, "banner", "Site header").group("Site header")
}

/// A quiet line of links at the bottom of the screen.
pub(in crate::generate::archetype) fn footer(
    ui: &Ui<'_>,
    s: &mut Stream,
    view: Viewport,
    mark: &str,
    most: u32,
    b: &mut Budget,
) -> Node {
    let c = &ui.theme.colors;
    let width = view.width_px as f32;
    let room = ((width - 60.0) / 96.0).clamp(1.0, 7.0) as u32;
    let n = most.min(b.elements.max(0) as u32).min(room);
    let mut kids = Vec::new();
    if width > 900.0 {
        kids.push(body_text(
            ui,
            TextRole::Caption,
            c.muted,
            &format!("© {mark}"),
        ));
        kids.push(spacer());
    }
    for l in s.sample(FOOTER_LINKS, n as usize) {
        kids.push(link_as(ui, TextRole::Caption, c.muted, l).nowrap());
    }
    b.pay(n, 44.0);
    let n = wrap_row(ui.space(5.0), kids)
        .row_gap(4.0)
        .rigid()
        .justify(if width > 900.0 {
            Align::Normal
        } else {
            Align::Center
        })
        .pad(ui.space(6.0), ui.space(3.0))
        .min_height(44.0);
    landmark(n, Tag::Footer, "contentinfo", "Footer").group("Footer")
}

/// Columns of links at the bottom of the screen, for screens that want many elements.
pub(in crate::generate::archetype) fn link_columns(
    ui: &Ui<'_>,
    s: &mut Stream,
    b: &mut Budget,
) -> Node {
    let c = &ui.theme.colors;
    let columns = ((b.elements.max(8) as usize).div_ceil(4)).clamp(2, COLUMNS.len());
    let kids = s
        .sample(COLUMNS, columns)
        .into_iter()
        .map(|(title, links)| {
            let mut kids = vec![body_text(ui, TextRole::Caption, c.text, title).weight(600)];
            for l in *links {
                kids.push(row(
                    0.0,
                    vec![link_as(ui, TextRole::Caption, c.muted, l).nowrap()],
                ));
            }
            b.pay(links.len() as u32, 0.0);
            column(ui.space(1.5), kids).group(title)
        })
        .collect();
    b.pay(0, 140.0);
    let n = row(ui.space(12.0), kids)
        .align(Align::Start)
        .justify(Align::Center)
        .rigid()
        .pad(ui.space(6.0), ui.space(4.0))
        .border_top(1.0, c.border)
        .bg(c.surface);
    landmark(n, Tag::Footer, "contentinfo", "Footer")
}

const COLUMNS: &[(&str, &[&str])] = &[
    (
        "Product",
        &["Overview", "Integrations", "Changelog", "Roadmap"],
    ),
    ("Learn", &["Guides", "Tutorials", "Webinars", "Glossary"]),
    ("Company", &["About us", "Careers", "Press", "Partners"]),
    ("Legal", &["Privacy", "Terms", "Imprint", "Licenses"]),
    ("Help", &["Help center", "Community", "Contact", "Status"]),
];

/// A small language select.
pub(in crate::generate::archetype) fn language(ui: &Ui<'_>, s: &mut Stream) -> Node {
    let value = *s.pick(LANGUAGES);
    row(
        0.0,
        vec![
            select_with(
                ui,
                crate::generate::widget::Select {
                    label: "Language",
                    value,
                    hide_label: true,
                    size: Size::Small,
                    icon: Some("language"),
                    ..Default::default()
                },
            )
            .width(168.0),
        ],
    )
    .justify(Align::Center)
}

/// A bar at the bottom that asks for consent: three buttons.
pub(in crate::generate::archetype) fn consent(ui: &Ui<'_>, s: &mut Stream, view: Viewport) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let width = view.width_px as f32;
    let text = *s.pick(&[
        "We use cookies to keep you signed in and to count visits.",
        "Choose which cookies this site may store on your device.",
        "Cookies help us remember your settings. You decide which.",
    ]);
    let accept = *s.pick(&["Accept all", "Allow all", "Accept cookies"]);
    let reject = *s.pick(&["Reject", "Only necessary", "Decline"]);
    let words = body_text(ui, TextRole::Small, c.text, text).basis(240.0);
    let mut n = wrap_row(
        ui.space(3.0),
        vec![
            words,
            wrap_row(
                ui.space(2.0),
                vec![
                    button(ui, ButtonKind::Ghost, "Manage"),
                    button(ui, ButtonKind::Outline, reject),
                    button(ui, ButtonKind::Primary, accept),
                ],
            ),
        ],
    )
    .pad(ui.space(5.0), ui.space(3.5))
    .bg(c.raised)
    .border_top(1.0, c.border)
    .shadows(&t.shadow.mid)
    .z(70)
    .absolute(
        Length::Auto,
        Length::Px(0.0),
        Length::Px(0.0),
        Length::Px(0.0),
    )
    .element(crate::generate::plan::Element {
        widget: "dialog".into(),
        role: "dialog".into(),
        name: "Cookie settings".into(),
        name_from: NameFrom::Aria,
        ..Default::default()
    })
    .group("Cookie settings");
    if width > 900.0 && s.chance(50) {
        // A floating box instead of a bar.
        n = n
            .absolute(
                Length::Auto,
                Length::Auto,
                Length::Px(20.0),
                Length::Px(20.0),
            )
            .width(400.0)
            .radius(t.radius.overlay)
            .border(1.0, c.border);
    }
    n
}
