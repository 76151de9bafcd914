//! Navigation by a bar at the top: links, open menus, wide panels of links.

use super::navigation_menu::{filler, place};
use super::stage::{Place, Stage, anchored};
use crate::generate::content::Section;
use crate::generate::plan::Track;
use crate::generate::plan::{Align, Length, Node, Tag};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Field, FieldKind, Flags, MenuEntry, MenuItem, NavLink, block, column, field, grid, heading,
    landmark, menu, nav_group, nav_link, page, row, spacer,
};

/// A link of a top bar; the current one is marked.
fn bar_link(s: &Stage<'_>, label: &str, current: bool) -> Node {
    let c = &s.ctx.theme.colors;
    let color = if current { c.accent } else { c.muted };
    let mut n =
        s.ui.line(TextRole::Small, color, label)
            .weight(if current { 600 } else { 500 });
    n.tag = Tag::Span;
    let link = nav_link(
        &s.ui,
        NavLink {
            label,
            current,
            ..NavLink::default()
        },
    );
    let mut b = row(0.0, vec![n])
        .tag(Tag::A)
        .pad(s.ui.space(2.5), 6.0)
        .min_height(36.0)
        .radius(s.ctx.theme.radius.small.min(8.0))
        .rigid();
    b.element = link.element;
    if current {
        b = b.bg(c.primary_soft);
    }
    b
}

/// A button of a top bar that opens a menu.
fn bar_menu_button(s: &Stage<'_>, label: &str, open: bool) -> Node {
    let c = &s.ctx.theme.colors;
    let group = nav_group(&s.ui, label, "", open, Flags::NONE);
    let color = if open { c.text } else { c.muted };
    let mut b = row(
        4.0,
        vec![
            s.ui.line(TextRole::Small, color, label).weight(500),
            s.ui.icon(if open { "collapse" } else { "expand" }, 14.0, color),
        ],
    )
    .tag(Tag::Button)
    .pad(s.ui.space(2.5), 6.0)
    .min_height(36.0)
    .radius(s.ctx.theme.radius.small.min(8.0))
    .when(open, |n| n.bg(c.sunken))
    .rigid();
    b.element = group.element;
    b.with_element(|e| {
        e.state.has_popup = Some("menu".into());
        e.purpose = format!(
            "{} the {} menu",
            if open { "close" } else { "open" },
            label.to_lowercase()
        );
    })
}

/// The entries of a section as menu items; one of them may open a submenu.
fn section_menu(s: &mut Stage<'_>, section: &'static Section, most: i32) -> Node {
    let icons = s.state.chance(65);
    let n = (most.max(2) as usize).min(section.items.len());
    let items = &section.items[..n];
    let nested = items
        .iter()
        .position(|i| !i.children.is_empty())
        .filter(|_| most > n as i32 + 2 && s.state.chance(60));
    let entries: Vec<MenuEntry<'_>> = items
        .iter()
        .enumerate()
        .map(|(i, item)| {
            MenuEntry::Item(MenuItem {
                label: item.label,
                icon: icons.then_some(item.icon),
                submenu: (!item.children.is_empty()).then_some(nested == Some(i)),
                ..MenuItem::default()
            })
        })
        .collect();
    let mut m = menu(&s.ui, section.title, &entries).width(212.0);
    if let Some(at) = nested {
        let room = (most - n as i32).max(2) as usize;
        let entries: Vec<MenuEntry<'_>> = items[at]
            .children
            .iter()
            .take(room)
            .map(|label| {
                MenuEntry::Item(MenuItem {
                    label,
                    ..MenuItem::default()
                })
            })
            .collect();
        let sub = menu(&s.ui, items[at].label, &entries)
            .width(188.0)
            .absolute(
                Length::Px(-5.0),
                Length::Auto,
                Length::Auto,
                Length::Percent(100.0),
            )
            .margin4(0.0, 0.0, 0.0, 8.0)
            .z(61);
        let item = std::mem::take(&mut m.children[at]);
        m.children[at] = block(vec![item, sub]).relative().rigid();
    }
    m
}

/// A search box for a bar.
pub(super) fn bar_search(s: &mut Stage<'_>) -> Node {
    let label = *s
        .words
        .pick(&["Search", "Search or jump to", "Find anything"]);
    let n = field(
        &s.ui,
        Field {
            label,
            placeholder: label,
            kind: FieldKind::Search,
            icon: Some("search"),
            hide_label: true,
            ..Field::default()
        },
    );
    s.pay(n)
}

/// A bar of links, perhaps with an open menu.
pub(super) fn bar_screen(s: &mut Stage<'_>) -> Node {
    let (section, item) = place(s);
    let account = s.wants(9) && s.vary(20);
    let open = !account && s.wants(8) && s.vary(55);
    let mut parts = vec![s.logo(), block(Vec::new()).size(s.ui.space(2.0), 1.0)];
    let room = ((s.width() - 420.0) / 118.0).floor().max(1.0) as i32;
    let nav = s.domain.nav;
    let mut links = Vec::new();
    let at = if open {
        s.state.below(nav.len().min(room.max(1) as usize))
    } else {
        usize::MAX
    };
    let reserve = if account { 6 } else { 2 };
    let mut extra_labels: Vec<&'static str> = nav
        .iter()
        .flat_map(|n| n.items.iter().map(|i| i.label))
        .collect();
    s.shape.shuffle(&mut extra_labels);
    let popups = s.shape.chance(60) || open;
    let mut shown = 0;
    for (i, n) in nav.iter().enumerate() {
        if shown >= room || !s.wants(reserve + 1) {
            break;
        }
        let here = n.title == section.title;
        let node = if i == at {
            let most = (s.left - 3).clamp(2, 9);
            let m = section_menu(s, n, most);
            anchored(bar_menu_button(s, n.title, true), m, Place::BelowStart)
        } else if popups && (i + shown as usize).is_multiple_of(2) {
            bar_menu_button(s, n.title, false)
        } else {
            bar_link(s, n.title, here && !open)
        };
        links.push(s.pay(node));
        shown += 1;
    }
    for label in extra_labels {
        if shown >= room.min(7) || !s.wants(reserve + 4) {
            break;
        }
        let node = bar_link(s, label, false);
        links.push(s.pay(node));
        shown += 1;
    }
    parts.push(landmark(row(2.0, links), Tag::Nav, "navigation", "Main").group("Main navigation"));
    parts.push(spacer());
    if s.width() > 1100.0 && s.wants(5) && s.vary(40) {
        let b = bar_search(s).width(220.0).rigid();
        parts.push(b);
    }
    let most = s.left.clamp(0, 4) as u32;
    parts.extend(s.tools(most, account));
    let bar = s.bar(parts);
    let height = s.height() - s.bar_height();
    let body = filler(s, s.width(), height, item.label, section.title);
    page(&s.ui, s.ctx.viewport, vec![bar, body])
}

/// A wide panel of links in columns below the bar.
/// A bar with a wide panel of links below it.
pub(super) fn mega_screen(s: &mut Stage<'_>) -> Node {
    let c = &s.ctx.theme.colors;
    let (section, item) = place(s);
    let mut parts = vec![s.logo(), block(Vec::new()).size(s.ui.space(2.0), 1.0)];
    let label = *s
        .words
        .pick(&["Products", "Explore", "Browse", "All areas"]);
    let b = bar_menu_button(s, label, true);
    parts.push(s.pay(b));
    let others = ["Pricing", "Resources", "Customers", "Company"];
    for l in s.words.sample(&others, (s.left / 6).clamp(0, 3) as usize) {
        let n = bar_link(s, l, false);
        parts.push(s.pay(n));
    }
    parts.push(spacer());
    let most = (s.left / 5).clamp(0, 3) as u32;
    parts.extend(s.tools(most, false));
    let bar = s.bar(parts);

    let columns = s
        .domain
        .nav
        .len()
        .min(if s.width() > 1150.0 { 4 } else { 3 });
    let per = (s.left / columns as i32).clamp(2, 6) as usize;
    let icons = s.shape.chance(60);
    let mut cols = Vec::new();
    for section in s.domain.nav.iter().take(columns) {
        let mut kids = vec![heading(&s.ui, 4, section.title)];
        let mut n = 0;
        for i in section.items {
            if n == per {
                break;
            }
            kids.push(nav_link(
                &s.ui,
                NavLink {
                    label: i.label,
                    icon: if icons { i.icon } else { "" },
                    current: i.label == item.label,
                    ..NavLink::default()
                },
            ));
            n += 1;
            for child in i.children {
                if n == per || icons {
                    break;
                }
                kids.push(nav_link(
                    &s.ui,
                    NavLink {
                        label: child,
                        ..NavLink::default()
                    },
                ));
                n += 1;
            }
        }
        cols.push(column(s.ui.space(1.0), kids).group(section.title));
    }
    let note = s.content.tagline(&mut s.words);
    let mut tracks = vec![Track::Fr(1.0); cols.len()];
    if s.width() > 1000.0 && s.vary(60) {
        tracks.push(Track::Fr(1.1));
        cols.push(
            column(
                s.ui.space(2.0),
                vec![
                    row(0.0, vec![s.ui.icon("idea", 24.0, c.on_primary_soft)]),
                    s.ui.text(TextRole::H4, c.on_primary_soft, note),
                    s.ui.text(
                        TextRole::Small,
                        c.on_primary_soft,
                        s.content.help(&mut s.words),
                    ),
                ],
            )
            .pad(s.ui.space(4.0), s.ui.space(4.0))
            .radius(s.ctx.theme.radius.card.min(16.0))
            .bg(c.primary_soft)
            .align_self(Align::Start),
        );
    }
    let panel = grid(tracks, s.ui.space(5.0), cols)
        .align(Align::Start)
        .pad(s.ui.space(7.0), s.ui.space(5.0))
        .bg(c.raised)
        .border_bottom(1.0, c.border)
        .shadows(&s.ctx.theme.shadow.mid)
        .absolute(
            Length::Percent(100.0),
            Length::Px(0.0),
            Length::Auto,
            Length::Px(0.0),
        )
        .z(60);
    let panel = landmark(panel, Tag::Nav, "navigation", label);
    let panel = s.pay(panel);
    let bar = block(vec![bar, panel]).relative().rigid();
    let height = s.height() - s.bar_height();
    // What the panel covers holds nothing to click.
    s.left = 0;
    let body = filler(s, s.width(), height, item.label, section.title);
    page(&s.ui, s.ctx.viewport, vec![bar, body])
}
