//! Tabs, breadcrumbs, pagination, steppers.

use super::button::{ButtonKind, icon_button_with};
use super::node::{block, column, row, wrap_row};
use super::ui::{Flags, Size, Ui, control, passive};
use crate::generate::plan::{Action, Align, Length, NameFrom, Node, Tag, TextAlign};
use crate::generate::theme::{StepLook, TabLook, TextRole};

/// One tab.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tab<'a> {
    /// Title, and the accessible name.
    pub title: &'a str,
    /// Meaning of the icon before it.
    pub icon: Option<&'a str>,
    /// A count after it.
    pub count: Option<u32>,
    /// States.
    pub flags: Flags,
}

/// A row of tabs in the theme's look; `selected` is the index of the chosen one. With `fill`
/// they share the whole width.
pub fn tabs(ui: &Ui<'_>, name: &str, items: &[Tab<'_>], selected: usize, fill: bool) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let look = t.tabs;
    let kids = items
        .iter()
        .enumerate()
        .map(|(i, tab)| {
            let n = one_tab(ui, tab, i == selected);
            if fill { n.share(1.0) } else { n.rigid() }
        })
        .collect();
    let n = match look {
        TabLook::Underline | TabLook::Boxed => row(0.0, kids).border_bottom(1.0, c.border),
        TabLook::Pill => row(ui.space(1.0), kids),
        TabLook::Segmented => row(2.0, kids)
            .pad(3.0, 3.0)
            .radius(t.radius.control + 2.0)
            .bg(c.sunken)
            .when(!fill, |n| n.align_self(Align::Start)),
    };
    n.align(Align::Stretch)
        .element(passive("tabs", "tablist", name, NameFrom::Aria))
        .group(name)
}

fn one_tab(ui: &Ui<'_>, tab: &Tab<'_>, on: bool) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let fg = match (tab.flags.disabled, on, t.tabs) {
        (true, ..) => c.disabled_text,
        (_, true, TabLook::Underline) => c.accent,
        (_, true, TabLook::Pill) => c.on_primary_soft,
        (_, true, _) => c.text,
        (_, false, _) => c.muted,
    };
    let mut kids = Vec::new();
    kids.extend(tab.icon.map(|m| ui.icon(m, 16.0, fg)));
    kids.push(ui.line(TextRole::Button, fg, tab.title).weight(if on {
        600
    } else {
        t.text.button.weight
    }));
    if let Some(n) = tab.count {
        kids.push(
            row(
                0.0,
                vec![ui.line(TextRole::Caption, c.on_secondary, &n.to_string())],
            )
            .pad(6.0, 1.0)
            .radius(9.0)
            .bg(c.secondary),
        );
    }
    let mut e = control(
        "tab",
        "tab",
        tab.title,
        NameFrom::Text,
        &[Action::Click],
        tab.flags,
    );
    e.state.selected = Some(on);
    let h = t.control.height[1];
    let n = row(ui.space(2.0), kids)
        .tag(Tag::Button)
        .justify(Align::Center)
        .element(e);
    let n = match t.tabs {
        TabLook::Underline => n
            .pad4(0.0, ui.space(4.0), 0.0, ui.space(4.0))
            .min_height(h.max(40.0))
            .border_bottom(
                2.0,
                if on {
                    c.primary
                } else {
                    crate::base::color::Rgba8::TRANSPARENT
                },
            ),
        TabLook::Boxed => {
            let r = t.radius.control;
            n.pad(ui.space(4.0), 0.0)
                .min_height(h)
                .radii([r, r, 0.0, 0.0])
                .when(on, |n| {
                    n.bg(c.surface)
                        .border(1.0, c.border)
                        .border_bottom(1.0, c.surface)
                        .margin4(0.0, 0.0, -1.0, 0.0)
                })
        }
        TabLook::Pill => n
            .pad(ui.space(3.5), 0.0)
            .min_height(h.min(36.0))
            .radius(t.button.radius.min(18.0))
            .when(on, |n| n.bg(c.primary_soft)),
        TabLook::Segmented => n
            .pad(ui.space(3.0), 0.0)
            .min_height(h - 6.0)
            .radius(t.radius.control)
            .when(on, |n| n.bg(c.surface).shadows(&t.shadow.low)),
    };
    ui.ring(n, tab.flags.focused)
}

/// A path of links; the last part is where one is.
pub fn breadcrumb(ui: &Ui<'_>, parts: &[&str]) -> Node {
    let c = &ui.theme.colors;
    let last = parts.len().saturating_sub(1);
    let mut kids = Vec::new();
    for (i, p) in parts.iter().enumerate() {
        if i < last {
            let mut e = control(
                "breadcrumb_link",
                "link",
                p,
                NameFrom::Text,
                &[Action::Click],
                Flags::NONE,
            );
            e.group = "Breadcrumb".into();
            kids.push(ui.line(TextRole::Small, c.link, p).tag(Tag::A).element(e));
            kids.push(ui.icon("next", 14.0, c.subtle));
        } else {
            let mut e = passive("breadcrumb_current", "generic", p, NameFrom::Text);
            e.state.current = Some("page".into());
            kids.push(ui.line(TextRole::Small, c.muted, p).element(e));
        }
    }
    wrap_row(ui.space(1.5), kids)
        .tag(Tag::Nav)
        .row_gap(2.0)
        .element(passive(
            "breadcrumb",
            "navigation",
            "Breadcrumb",
            NameFrom::Aria,
        ))
}

/// Page numbers with previous and next; `page` counts from 1. At most seven numbers show.
pub fn pagination(ui: &Ui<'_>, page: u32, pages: u32, compact: bool) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let side = t.control.height[0].max(28.0);
    let off = |yes: bool| Flags {
        disabled: yes,
        ..Flags::NONE
    };
    let arrow = |m: &str, name: &str, disabled: bool| {
        icon_button_with(ui, m, name, Size::Small, ButtonKind::Ghost, off(disabled))
    };
    let mut kids = vec![arrow("previous", "Previous page", page <= 1)];
    let mut last = 0;
    for n in shown_pages(page, pages, compact) {
        if n > last + 1 {
            kids.push(
                ui.line(TextRole::Small, c.muted, "…")
                    .text_align(TextAlign::Center)
                    .width(20.0),
            );
        }
        last = n;
        let on = n == page;
        let fg = if on { c.on_primary } else { c.text };
        let mut e = control(
            "page_button",
            "button",
            &format!("Page {n}"),
            NameFrom::Aria,
            &[Action::Click],
            Flags::NONE,
        );
        if on {
            e.state.current = Some("page".into());
        }
        kids.push(
            row(0.0, vec![ui.line(TextRole::Small, fg, &n.to_string())])
                .tag(Tag::Button)
                .justify(Align::Center)
                .min_width(side)
                .height(side)
                .pad(6.0, 0.0)
                .rigid()
                .radius(t.button.radius.min(side / 2.0))
                .when(on, |n| n.bg(c.primary))
                .element(e),
        );
    }
    kids.push(arrow("next", "Next page", page >= pages));
    row(ui.space(1.0), kids)
        .tag(Tag::Nav)
        .element(passive(
            "pagination",
            "navigation",
            "Pagination",
            NameFrom::Aria,
        ))
        .group("Pagination")
}

/// Previous and next page, and where one is between them.
pub fn page_arrows(ui: &Ui<'_>, page: u32, pages: u32) -> Node {
    let arrow = |m: &str, name: &str, disabled: bool| {
        let flags = Flags {
            disabled,
            ..Flags::NONE
        };
        icon_button_with(ui, m, name, Size::Small, ButtonKind::Outline, flags)
    };
    let text = format!("{page} of {pages}");
    let kids = vec![
        arrow("previous", "Previous page", page <= 1),
        ui.line(TextRole::Small, ui.theme.colors.muted, &text)
            .rigid(),
        arrow("next", "Next page", page >= pages),
    ];
    row(ui.space(2.0), kids)
        .tag(Tag::Nav)
        .element(passive(
            "pagination",
            "navigation",
            "Pagination",
            NameFrom::Aria,
        ))
        .group("Pagination")
}

fn shown_pages(page: u32, pages: u32, compact: bool) -> Vec<u32> {
    if compact {
        return (1..=pages)
            .filter(|n| *n == page || *n == pages || *n == 1)
            .collect();
    }
    (1..=pages)
        .filter(|n| pages <= 7 || *n == 1 || *n == pages || n.abs_diff(page) <= 1)
        .collect()
}

/// Steps of a wizard; `current` is an index. Steps before it can be clicked when `clickable`.
/// Narrow places take `vertical` or [`step_dots`].
pub fn stepper(
    ui: &Ui<'_>,
    titles: &[&str],
    current: usize,
    vertical: bool,
    clickable: bool,
) -> Node {
    let kids: Vec<Node> = titles
        .iter()
        .enumerate()
        .map(|(i, title)| step(ui, title, i, current, titles.len(), vertical, clickable))
        .collect();
    let n = if vertical {
        column(0.0, kids)
    } else {
        row(ui.space(2.0), kids).align(Align::Start)
    };
    n.tag(Tag::Ol)
        .element(passive("stepper", "list", "Steps", NameFrom::Aria))
        .group("Steps")
}

fn step(
    ui: &Ui<'_>,
    title: &str,
    i: usize,
    current: usize,
    count: usize,
    vertical: bool,
    clickable: bool,
) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let (done, here) = (i < current, i == current);
    let last = i + 1 == count;
    let fg = if here || done { c.text } else { c.muted };
    let title_node = ui
        .text(TextRole::Small, fg, title)
        .weight(if here { 600 } else { 400 });
    let mark = mark(ui, i, done, here);
    let line = |on: bool| block(Vec::new()).bg(if on { c.primary } else { c.border });
    let inner = match (t.steps, vertical) {
        (StepLook::Bars, false) => column(ui.space(1.5), vec![title_node])
            .pad4(ui.space(2.0), 0.0, 0.0, 0.0)
            .border_top(3.0, if here || done { c.primary } else { c.border }),
        (_, false) => row(ui.space(2.0), vec![mark, title_node]),
        (StepLook::Bars, true) => row(ui.space(2.0), vec![title_node])
            .pad4(ui.space(2.0), 0.0, ui.space(2.0), ui.space(3.0))
            .border_left(3.0, if here || done { c.primary } else { c.border }),
        (_, true) => row(ui.space(3.0), vec![mark, title_node]),
    };
    let inner = if clickable && done {
        inner.tag(Tag::Button).element(control(
            "step_button",
            "button",
            title,
            NameFrom::Text,
            &[Action::Click],
            Flags::NONE,
        ))
    } else {
        inner
    };
    let mut e = passive("step", "listitem", title, NameFrom::Text);
    if here {
        e.state.current = Some("step".into());
    }
    let bars = t.steps == StepLook::Bars;
    if vertical {
        let mut kids = vec![inner];
        if !last && !bars {
            kids.push(
                line(done)
                    .size(2.0, ui.space(4.0))
                    .margin4(4.0, 0.0, 4.0, 12.0),
            );
        }
        return block(kids).tag(Tag::Li).element(e);
    }
    let mut kids = vec![if bars { inner.share(1.0) } else { inner }];
    if !last && !bars {
        kids.push(line(done).height(2.0).grow(1.0).min_width(12.0));
    }
    let n = row(ui.space(2.0), kids).tag(Tag::Li).element(e);
    if bars || !last {
        n.basis(0.0).when(!bars, auto_basis)
    } else {
        n
    }
}

/// Grows from the size of its content.
fn auto_basis(mut n: Node) -> Node {
    n.style.flex_basis = Length::Auto;
    n.style.min_width = Length::Auto;
    n
}

fn mark(ui: &Ui<'_>, i: usize, done: bool, here: bool) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let side = 26.0;
    let base = |kids: Vec<Node>| {
        row(0.0, kids)
            .justify(Align::Center)
            .size(side, side)
            .radius(side / 2.0)
    };
    let number = |color| {
        ui.line(TextRole::Small, color, &(i + 1).to_string())
            .weight(600)
    };
    match (t.steps, done, here) {
        (StepLook::Rings, true, _) => base(vec![ui.icon("done", 20.0, c.accent)]),
        (StepLook::Rings, _, true) => base(vec![
            block(Vec::new()).size(8.0, 8.0).radius(4.0).bg(c.primary),
        ])
        .border(2.0, c.primary),
        (StepLook::Rings, ..) => base(Vec::new()).border(2.0, c.outline),
        (_, true, _) => base(vec![ui.check_mark(14.0, c.on_primary)]).bg(c.primary),
        (_, _, true) => base(vec![number(c.on_primary)]).bg(c.primary),
        _ => base(vec![number(c.muted)]).border(1.0, c.outline),
    }
}

/// Steps as dots, for narrow screens; read as one thing.
pub fn step_dots(ui: &Ui<'_>, current: usize, count: usize) -> Node {
    let c = &ui.theme.colors;
    let dots = (0..count)
        .map(|i| {
            let w = if i == current { 22.0 } else { 8.0 };
            block(Vec::new())
                .size(w, 8.0)
                .radius(4.0)
                .bg(if i <= current { c.primary } else { c.secondary })
        })
        .collect();
    let name = format!("Step {} of {count}", current + 1);
    row(ui.space(1.5), dots)
        .justify(Align::Center)
        .element(passive("step_dots", "img", &name, NameFrom::Aria))
}
