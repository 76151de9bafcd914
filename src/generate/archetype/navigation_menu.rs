//! Getting around: bars, side navigation, open menus, drawers, with a page behind them.

use super::navigation_bar::{bar_screen, bar_search, mega_screen};
use super::navigation_narrow::{bottom_screen, drawer_screen, list_screen};
use super::panels::Head;
use super::stage::Stage;
use super::{Archetype, Compose, Composed};
use crate::generate::content::{NavItem, Section};
use crate::generate::plan::{Align, Length, Node, Tag};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    MenuEntry, MenuItem, Mood, NavLink, alert, block, column, landmark, menu, nav_link, page, row,
    spacer,
};

pub(super) struct NavigationMenu;

/// How one gets around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Links in a bar at the top, perhaps with an open menu.
    Bar,
    /// A side navigation.
    Side,
    /// Both.
    Both,
    /// A narrow strip of icons at the side.
    Rail,
    /// A wide panel of links below the bar.
    Mega,
    /// Narrow: a panel over the page.
    Drawer,
    /// Narrow: a bar at the bottom.
    Bottom,
    /// Narrow: a page that is a list of links.
    List,
}

impl Archetype for NavigationMenu {
    fn id(&self) -> &'static str {
        "navigation_menu"
    }

    fn title(&self) -> &'static str {
        "Navigation menu"
    }

    fn doc(&self) -> &'static str {
        "Top bars, side navigation, rails, open menus with submenus, wide panels, drawers and \
         bottom bars around a page with content."
    }

    fn compose(&self, ctx: &Compose<'_>) -> Composed {
        let mut s = Stage::new(ctx, "navigation_menu");
        let kind = draw_kind(&mut s);
        let root = match kind {
            Kind::Bar => bar_screen(&mut s),
            Kind::Mega => mega_screen(&mut s),
            Kind::Side => side_screen(&mut s, false),
            Kind::Both => side_screen(&mut s, true),
            Kind::Rail => rail_screen(&mut s),
            Kind::Drawer => drawer_screen(&mut s),
            Kind::Bottom => bottom_screen(&mut s),
            Kind::List => list_screen(&mut s),
        };
        let title = s.brand.to_owned();
        Composed { title, root }
    }
}

fn draw_kind(s: &mut Stage<'_>) -> Kind {
    if s.narrow() {
        if !s.ctx.randomize_layout {
            return Kind::Bottom;
        }
        return [Kind::Drawer, Kind::Bottom, Kind::List][s.shape.weighted(&[3, 4, 3])];
    }
    if !s.ctx.randomize_layout {
        return Kind::Bar;
    }
    let wide = u32::from(s.width() >= 900.0);
    let many = u32::from(s.left >= 11);
    let few = u32::from(s.left <= 28);
    [Kind::Bar, Kind::Side, Kind::Both, Kind::Rail, Kind::Mega][s.shape.weighted(&[
        4,
        4 * wide,
        3 * wide * many,
        2,
        2 * wide * many * few,
    ])]
}

/// Title, perhaps tabs and figures, and panels: what the navigation leads to.
pub(super) fn filler(
    s: &mut Stage<'_>,
    width: f32,
    height: f32,
    title: &str,
    section: &str,
) -> Node {
    let narrow = s.narrow();
    let t = s.ctx.theme;
    let pad = if narrow { 32.0 } else { s.ui.space(7.0) * 2.0 };
    let inner = width - pad;
    let gap = s.ui.space(4.0);
    let mut free = height - s.ui.space(6.0);
    let mut kids = Vec::new();
    let crumbs = s.wants(6) && s.vary(35);
    let path = ["Home", section, title];
    let subtitle = if s.vary(50) {
        s.content.tagline(&mut s.words)
    } else {
        ""
    };
    let actions = if s.wants(2) {
        s.shape.below(3.min(s.left as usize)) as u32
    } else {
        0
    };
    let head = s.head(Head {
        title,
        crumbs: if crumbs { &path } else { &[] },
        subtitle,
        actions,
    });
    free -= t.face(TextRole::H1).line + 40.0 + if crumbs { 26.0 } else { 0.0 };
    kids.push(head);
    if s.wants(5) && s.vary(40) {
        kids.push(s.page_tabs(5));
        free -= t.control.height[1].max(42.0) + gap;
    }
    if s.vary(18) {
        let note = *s.words.pick(s.content.locale.notices);
        let dismiss = s.wants(2);
        let n = alert(&s.ui, Mood::Info, "", note, dismiss).rigid();
        kids.push(s.pay(n));
        free -= 50.0 + gap;
    }
    if s.vary(55) {
        kids.push(s.stats(inner));
        free -= t.card.pad * 2.0
            + t.face(TextRole::H1).line
            + t.face(TextRole::Small).line
            + t.face(TextRole::Caption).line
            + 10.0
            + gap;
    }
    if free > 80.0 {
        kids.push(s.panels(inner, free));
    }
    s.main(4.0, kids)
}

/// The current place: a section, its first item.
pub(super) fn place(s: &mut Stage<'_>) -> (&'static Section, &'static NavItem) {
    let section = s.state.pick(s.domain.nav);
    (section, s.state.pick(section.items))
}

fn side_screen(s: &mut Stage<'_>, with_bar: bool) -> Node {
    let mut kids = Vec::new();
    let mut top = 0.0;
    if with_bar {
        let account = s.wants(14) && s.vary(15);
        let mut parts = vec![s.logo(), spacer()];
        if s.wants(9) && s.vary(60) {
            let b = bar_search(s).width(300.0);
            parts.push(b);
            parts.push(spacer());
        }
        let most = (s.left / 3).clamp(0, 4) as u32;
        parts.extend(s.tools(most, account));
        kids.push(s.bar(parts));
        top = s.bar_height();
    }
    let w = if s.width() > 1500.0 { 272.0 } else { 236.0 };
    let most = (s.left - if s.vary(50) { 4 } else { 1 }).max(3) as u32;
    let nav = s.side_nav(w, top, most, !with_bar);
    let (section, label) = s.here;
    let body = filler(s, s.width() - w, s.height() - top, label, section);
    kids.push(s.body(vec![nav, body]));
    page(&s.ui, s.ctx.viewport, kids)
}

/// Icons at the side; one may show its menu.
fn rail_screen(s: &mut Stage<'_>) -> Node {
    let c = &s.ctx.theme.colors;
    let items: Vec<&'static NavItem> = s.domain.nav.iter().flat_map(|n| n.items).collect();
    let step = s.ctx.theme.control.height[0].max(32.0) + 14.0;
    let fit = ((s.height() - 150.0) / step).floor().max(2.0) as i32;
    let flyout = s.wants(8) && s.vary(35);
    let n = (s.left - if flyout { 6 } else { 2 }).clamp(3, fit.min(9)) as usize;
    let here = s.state.below(n);
    let labels = s.vary(40) && s.height() > 560.0;
    let open = flyout.then(|| s.state.below(n));
    let mut kids = vec![
        row(0.0, vec![s.ui.icon(s.mark, 20.0, c.on_primary)])
            .justify(Align::Center)
            .size(36.0, 36.0)
            .radius(s.ctx.theme.radius.control.min(18.0))
            .bg(c.primary)
            .margin4(4.0, 0.0, 10.0, 0.0),
    ];
    for (i, item) in items.iter().take(n).enumerate() {
        let link = nav_link(
            &s.ui,
            NavLink {
                label: item.label,
                icon: item.icon,
                current: i == here,
                icon_only: true,
                ..NavLink::default()
            },
        );
        let link = if labels {
            rail_item(s, item, i == here)
        } else {
            link
        };
        let node = if open == Some(i) {
            let names: Vec<&str> = if item.children.is_empty() {
                s.domain.tabs.iter().copied().take(4).collect()
            } else {
                item.children.to_vec()
            };
            let most = (s.left - n as i32).clamp(2, 5) as usize;
            let mut entries = vec![MenuEntry::Title(item.label)];
            entries.extend(names.iter().take(most).map(|label| {
                MenuEntry::Item(MenuItem {
                    label,
                    ..MenuItem::default()
                })
            }));
            let m = menu(&s.ui, item.label, &entries)
                .width(196.0)
                .absolute(
                    Length::Px(0.0),
                    Length::Auto,
                    Length::Auto,
                    Length::Percent(100.0),
                )
                .margin4(0.0, 0.0, 0.0, 12.0)
                .z(60);
            block(vec![link, m]).relative().rigid()
        } else {
            link
        };
        kids.push(s.pay(node));
    }
    kids.push(spacer());
    if s.wants(2) {
        kids.extend(s.tools(1, false));
    }
    let w = if labels { 84.0 } else { 64.0 };
    let rail = column(if labels { 2.0 } else { 6.0 }, kids)
        .align(Align::Center)
        .width(w)
        .rigid()
        .pad(4.0, 12.0)
        .bg(c.surface)
        .border_right(1.0, c.border);
    let rail = landmark(rail, Tag::Nav, "navigation", "Main").group("Main navigation");
    let title = items[here].label;
    let body = filler(s, s.width() - w, s.height(), title, s.domain.nav[0].title);
    let body = s.body(vec![rail, body]);
    page(&s.ui, s.ctx.viewport, vec![body])
}

/// Icon above label, for rails and bottom bars.
pub(super) fn rail_item(s: &Stage<'_>, item: &NavItem, current: bool) -> Node {
    let c = &s.ctx.theme.colors;
    let color = if current { c.accent } else { c.muted };
    let pill = row(0.0, vec![s.ui.icon(item.icon, 20.0, color)])
        .justify(Align::Center)
        .size(48.0, 28.0)
        .radius(14.0f32.min(s.ctx.theme.radius.control + 6.0))
        .when(current, |n| n.bg(c.primary_soft));
    let short = item.label.split_whitespace().next().unwrap_or(item.label);
    let words =
        s.ui.text(TextRole::Caption, color, short)
            .weight(if current { 600 } else { 500 })
            .ellipsis()
            .text_align(crate::generate::plan::TextAlign::Center)
            .max_width(76.0);
    let link = nav_link(
        &s.ui,
        NavLink {
            label: item.label,
            icon: item.icon,
            current,
            ..NavLink::default()
        },
    );
    let mut n = column(2.0, vec![pill, words])
        .tag(Tag::A)
        .align(Align::Center)
        .justify(Align::Center)
        .pad(2.0, 4.0)
        .rigid();
    n.element = link.element;
    let short = short.to_owned();
    n.with_element(|e| e.name = short)
}
