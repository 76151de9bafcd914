//! Getting around on narrow screens: drawer, bottom bar, list of links.

use super::navigation_bar::bar_search;
use super::navigation_menu::{filler, rail_item};
use super::stage::Stage;
use crate::generate::content::NavItem;
use crate::generate::plan::{Align, Length, Node, Tag};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Button, ButtonKind, NavLink, Size, block, button_with, column, count_badge, heading,
    icon_button, landmark, link_as, muted, nav_link, page, row, spacer,
};

/// A bar for narrow screens: title, menu and tools.
fn small_bar(s: &mut Stage<'_>, title: Option<&str>, menu: bool, most: u32) -> Node {
    let mut parts = Vec::new();
    if menu {
        parts.push(s.menu_button());
    }
    match title {
        Some(t) => parts.push(heading(&s.ui, 2, t)),
        None => parts.push(s.logo()),
    }
    parts.push(spacer());
    if most > 1 && s.shape.chance(50) {
        let b = icon_button(&s.ui, "search", "Search", Size::Medium).purpose("search");
        parts.push(s.pay(b));
    }
    parts.extend(s.tools(most, false));
    s.bar(parts)
}

/// A panel with the navigation over the page.
pub(super) fn drawer_screen(s: &mut Stage<'_>) -> Node {
    let c = &s.ctx.theme.colors;
    let width = s.width();
    let w = (width - 56.0).min(300.0);
    let line = s.ctx.theme.control.height[0].max(32.0) + 10.0;
    let mut free = s.height() - 76.0;
    let close = icon_button(&s.ui, "close", "Close menu", Size::Medium).purpose("close the menu");
    let head = row(8.0, vec![s.logo(), spacer(), s.pay(close)])
        .min_height(52.0)
        .rigid();
    let mut kids = vec![head];
    if s.wants(6) && s.vary(40) {
        let b = bar_search(s).rigid();
        kids.push(b);
        free -= s.ctx.theme.control.height[1] + 8.0;
    }
    let mut here = s.state.below(3);
    for section in s.domain.nav {
        if !s.wants(1) || free < line + 40.0 {
            break;
        }
        kids.push(
            s.ui.line(TextRole::Caption, c.subtle, section.title)
                .weight(600)
                .pad4(12.0, 8.0, 4.0, 12.0)
                .rigid(),
        );
        free -= 40.0;
        for item in section.items {
            if !s.wants(1) || free < line {
                break;
            }
            let n = s.nav_item(item, here == 0, false).min_height(line - 2.0);
            here = here.wrapping_sub(1);
            kids.push(s.pay(n));
            free -= line;
        }
    }
    let panel = column(2.0, kids)
        .width(w)
        .height(s.height())
        .pad(12.0, 8.0)
        .clip()
        .bg(c.raised)
        .shadows(&s.ctx.theme.shadow.high);
    let panel = landmark(panel, Tag::Nav, "navigation", "Menu").group("Menu");
    let scrim = block(vec![panel])
        .absolute(Length::Px(0.0), Length::Auto, Length::Auto, Length::Px(0.0))
        .width(width)
        .height(s.height())
        .bg(c.scrim)
        .z(100);
    // The page behind cannot be reached.
    s.left = 0;
    let bar = s.bar(vec![s.logo(), spacer()]);
    let height = s.height() - s.bar_height();
    let item = s.domain.nav[0].items[0].label;
    let body = filler(s, width, height, item, s.domain.nav[0].title);
    page(&s.ui, s.ctx.viewport, vec![bar, body, scrim])
}

/// A bar of four or five places at the bottom.
pub(super) fn bottom_screen(s: &mut Stage<'_>) -> Node {
    let c = &s.ctx.theme.colors;
    let width = s.width();
    let n = s.left.clamp(3, if width < 340.0 { 4 } else { 5 }) as usize;
    let items: Vec<&'static NavItem> = s
        .domain
        .nav
        .iter()
        .flat_map(|n| &n.items[..2])
        .take(n)
        .collect();
    let here = s.state.below(items.len());
    let cells = items
        .iter()
        .enumerate()
        .map(|(i, item)| rail_item(s, item, i == here).share(1.0))
        .collect();
    let bottom = row(0.0, cells)
        .align(Align::Stretch)
        .min_height(62.0)
        .rigid()
        .pad(4.0, 2.0)
        .bg(c.surface)
        .border_top(1.0, c.border);
    let bottom = landmark(bottom, Tag::Nav, "navigation", "Main").group("Main navigation");
    let bottom = s.pay(bottom);
    let title = items[here].label;
    let most = (s.left / 3).clamp(0, 2) as u32;
    let menu = s.wants(5) && s.vary(30);
    let named = s.vary(50);
    let bar = small_bar(s, named.then_some(title), menu, most);
    let height = s.height() - s.bar_height() - 64.0;
    let body = filler(s, width, height, title, s.domain.nav[0].title).clip();
    page(&s.ui, s.ctx.viewport, vec![bar, body, bottom])
}

/// A page that is nothing but links, as in settings.
pub(super) fn list_screen(s: &mut Stage<'_>) -> Node {
    let c = &s.ctx.theme.colors;
    let t = s.ctx.theme;
    let back = s.wants(4);
    let mut parts = Vec::new();
    if back {
        let b = icon_button(&s.ui, "back", "Back", Size::Medium).purpose("go back");
        parts.push(s.pay(b));
    }
    let title = *s.words.pick(&["Menu", "More", "All areas", "Settings"]);
    parts.push(heading(&s.ui, 2, title));
    parts.push(spacer());
    let most = (s.left / 6).clamp(0, 2) as u32;
    parts.extend(s.tools(most, false));
    let bar = s.bar(parts);
    let mut free = s.height() - s.bar_height() - 24.0;
    let mut kids = Vec::new();
    if s.wants(6) && s.vary(50) {
        let b = bar_search(s).rigid();
        kids.push(b);
        free -= t.control.height[1] + 12.0;
    }
    let line = (t.face(TextRole::Body).line + 26.0).max(50.0);
    for section in s.domain.nav {
        if !s.wants(1) || free < line + 40.0 {
            break;
        }
        kids.push(
            s.ui.line(TextRole::Caption, c.subtle, section.title)
                .weight(600)
                .pad(4.0, 0.0)
                .margin4(8.0, 0.0, 0.0, 0.0)
                .rigid(),
        );
        free -= 44.0;
        let mut rows = Vec::new();
        for item in section.items {
            if !s.wants(1) || free < line {
                break;
            }
            let badge = s.state.chance(16).then(|| s.state.range(1, 20).to_string());
            let mut parts = vec![
                s.ui.icon(item.icon, 20.0, c.accent),
                s.ui.text(TextRole::Body, c.text, item.label)
                    .ellipsis()
                    .grow(1.0),
            ];
            parts.extend(badge.map(|b| count_badge(&s.ui, &b, true)));
            parts.push(s.ui.icon("next", 16.0, c.subtle));
            let mut n = row(s.ui.space(3.0), parts)
                .tag(Tag::A)
                .pad(s.ui.space(3.5), 4.0)
                .min_height(line)
                .when(!rows.is_empty(), |n| n.border_top(1.0, c.border));
            n.element = nav_link(
                &s.ui,
                NavLink {
                    label: item.label,
                    icon: item.icon,
                    ..NavLink::default()
                },
            )
            .element;
            rows.push(s.pay(n));
            free -= line;
        }
        kids.push(
            column(0.0, rows)
                .radius(t.radius.card.min(16.0))
                .bg(c.surface)
                .border(1.0, c.border)
                .rigid()
                .group(section.title),
        );
    }
    if free > 90.0 {
        let version = format!("{} {}.{}", s.brand, s.words.range(1, 9), s.words.below(20));
        kids.push(
            column(
                2.0,
                vec![
                    muted(&s.ui, &version),
                    link_as(&s.ui, TextRole::Caption, c.muted, "Terms and privacy").nowrap(),
                ],
            )
            .align(Align::Center)
            .pad(0.0, 16.0),
        );
        s.left -= 1;
    } else if s.wants(1) && free > t.control.height[1] + 24.0 {
        let b = button_with(
            &s.ui,
            Button {
                label: "Sign out",
                icon: Some("sign out"),
                kind: ButtonKind::Outline,
                full: true,
                ..Button::default()
            },
        );
        kids.push(s.pay(b));
    }
    let body = s.main(2.0, kids);
    page(&s.ui, s.ctx.viewport, vec![bar, body])
}
