//! Checkboxes, radio buttons, switches. Each stands in a `<label>`, so its text is clickable.

use super::node::{block, column, row};
use super::ui::{Flags, Ui, control, passive};
use crate::base::color::Rgba8;
use crate::generate::plan::{Action, Align, Checked, Element, NameFrom, Node, Tag};
use crate::generate::theme::TextRole;

/// Fill, line and mark colour of a box.
fn colors(ui: &Ui<'_>, on: bool, flags: Flags) -> (Rgba8, Rgba8, Rgba8) {
    let c = &ui.theme.colors;
    match (on, flags.disabled, flags.invalid) {
        (true, true, _) => (c.disabled_text, c.disabled_text, c.surface),
        (false, true, _) => (c.disabled_fill, c.disabled_text, c.surface),
        (true, _, true) => (c.danger.fill, c.danger.fill, c.danger.on_fill),
        (false, _, true) => (c.surface, c.danger.text, c.surface),
        (true, ..) => (c.primary, c.primary, c.on_primary),
        (false, ..) => (c.surface, c.outline, c.surface),
    }
}

fn toggle(
    widget: &str,
    role: &str,
    name: &str,
    from: NameFrom,
    checked: Checked,
    flags: Flags,
) -> Element {
    let mut e = control(
        widget,
        role,
        name,
        from,
        &[Action::Toggle, Action::Click],
        flags,
    );
    e.state.checked = Some(checked);
    e
}

/// The box of a checkbox alone, with its name as `aria-label` (table rows).
pub fn checkbox_box(ui: &Ui<'_>, name: &str, checked: Checked, flags: Flags) -> Node {
    draw_checkbox(ui, checked, flags).element(toggle(
        "checkbox",
        "checkbox",
        name,
        NameFrom::Aria,
        checked,
        flags,
    ))
}

fn draw_checkbox(ui: &Ui<'_>, checked: Checked, flags: Flags) -> Node {
    let k = ui.theme.check;
    let (bg, line, mark) = colors(ui, checked != Checked::False, flags);
    let glyph = k.size - k.border * 2.0 - 1.0;
    let kids = match checked {
        Checked::False => Vec::new(),
        Checked::True => vec![ui.check_mark(glyph, mark)],
        Checked::Mixed => vec![block(Vec::new()).size(k.size / 2.0, 2.0).bg(mark)],
    };
    let n = row(0.0, kids)
        .tag(Tag::Button)
        .justify(Align::Center)
        .size(k.size, k.size)
        .radius(k.radius)
        .bg(bg)
        .border(k.border, line);
    ui.ring(n, flags.focused)
}

fn draw_radio(ui: &Ui<'_>, checked: bool, flags: Flags) -> Node {
    let k = ui.theme.check;
    let (fill, line, mark) = colors(ui, checked, flags);
    let size = k.size + 2.0;
    let c = &ui.theme.colors;
    let (bg, dot) = if k.radio_filled {
        (fill, mark)
    } else {
        (c.surface, fill)
    };
    let side = if k.radio_filled { 8.0 } else { 10.0 };
    let kids = if checked {
        vec![
            block(Vec::new())
                .size(side, side)
                .radius(side / 2.0)
                .bg(dot),
        ]
    } else {
        Vec::new()
    };
    let n = row(0.0, kids)
        .tag(Tag::Button)
        .justify(Align::Center)
        .size(size, size)
        .radius(size / 2.0)
        .bg(bg)
        .border(k.border.max(1.0), line);
    ui.ring(n, flags.focused)
}

/// Box and text in a clickable label, the box in line with the first line of text.
fn labelled(ui: &Ui<'_>, mark: Node, height: f32, text: &str, flags: Flags) -> Node {
    let c = &ui.theme.colors;
    let line = ui.theme.text.body.line;
    let color = if flags.disabled {
        c.disabled_text
    } else if flags.invalid {
        c.danger.text
    } else {
        c.text
    };
    let gap = ((line - height) / 2.0).max(0.0);
    row(
        ui.space(2.5),
        vec![
            block(vec![mark]).rigid().pad4(gap, 0.0, gap, 0.0),
            ui.text(TextRole::Body, color, text).grow(0.0),
        ],
    )
    .tag(Tag::Label)
    .align(Align::Start)
}

/// A checkbox with its text.
pub fn checkbox(ui: &Ui<'_>, text: &str, checked: Checked, flags: Flags) -> Node {
    let b = draw_checkbox(ui, checked, flags).element(toggle(
        "checkbox",
        "checkbox",
        text,
        NameFrom::Label,
        checked,
        flags,
    ));
    labelled(ui, b, ui.theme.check.size, text, flags)
}

/// A radio button with its text.
pub fn radio(ui: &Ui<'_>, text: &str, checked: bool, flags: Flags) -> Node {
    let b = draw_radio(ui, checked, flags).element(toggle(
        "radio",
        "radio",
        text,
        NameFrom::Label,
        as_checked(checked),
        flags,
    ));
    labelled(ui, b, ui.theme.check.size + 2.0, text, flags)
}

pub(super) const fn as_checked(on: bool) -> Checked {
    if on { Checked::True } else { Checked::False }
}

/// Radio buttons under a common title; `chosen` is the index of the checked one.
pub fn radio_group(
    ui: &Ui<'_>,
    title: &str,
    options: &[&str],
    chosen: Option<usize>,
    inline: bool,
) -> Node {
    let radios: Vec<Node> = options
        .iter()
        .enumerate()
        .map(|(i, o)| radio(ui, o, chosen == Some(i), Flags::NONE))
        .collect();
    let body = if inline {
        super::node::wrap_row(ui.space(5.0), radios).row_gap(ui.space(2.0))
    } else {
        column(ui.space(2.0), radios)
    };
    radio_frame(
        ui,
        title,
        vec![ui.text(TextRole::Label, ui.theme.colors.text, title), body],
    )
}

fn radio_frame(ui: &Ui<'_>, title: &str, kids: Vec<Node>) -> Node {
    column(ui.space(2.0), kids)
        .element(passive("radio_group", "radiogroup", title, NameFrom::Aria))
        .group(title)
}

/// One choice drawn as a card.
#[derive(Clone, Copy, Debug, Default)]
pub struct RadioCard<'a> {
    /// Title, and the accessible name.
    pub title: &'a str,
    /// Second line.
    pub detail: &'a str,
    /// At the end: a price.
    pub trailing: &'a str,
    /// Meaning of an icon.
    pub icon: Option<&'a str>,
    /// States.
    pub flags: Flags,
}

/// Choices as cards under a group name; `chosen` is the index of the checked one.
pub fn radio_cards(
    ui: &Ui<'_>,
    group: &str,
    cards: &[RadioCard<'_>],
    chosen: Option<usize>,
    columns: usize,
) -> Node {
    let kids = cards
        .iter()
        .enumerate()
        .map(|(i, k)| radio_card(ui, k, chosen == Some(i)))
        .collect();
    super::node::equal_grid(columns, ui.space(2.0), kids)
        .element(passive("radio_group", "radiogroup", group, NameFrom::Aria))
        .group(group)
}

fn radio_card(ui: &Ui<'_>, k: &RadioCard<'_>, on: bool) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let (fg, sub) = match (k.flags.disabled, on) {
        (true, _) => (c.disabled_text, c.disabled_text),
        (_, true) => (c.text, c.on_primary_soft),
        (_, false) => (c.text, c.muted),
    };
    let b = draw_radio(ui, on, k.flags).element(toggle(
        "radio",
        "radio",
        k.title,
        NameFrom::Aria,
        as_checked(on),
        k.flags,
    ));
    let mut words = vec![ui.text(TextRole::Body, fg, k.title).weight(500)];
    if !k.detail.is_empty() {
        words.push(ui.text(TextRole::Small, sub, k.detail));
    }
    let mut kids = vec![b];
    kids.extend(k.icon.map(|m| ui.icon(m, 20.0, sub)));
    kids.push(column(2.0, words).grow(1.0));
    if !k.trailing.is_empty() {
        kids.push(ui.line(TextRole::Body, fg, k.trailing).weight(500).rigid());
    }
    row(ui.space(3.0), kids)
        .tag(Tag::Label)
        .pad(ui.space(3.5), ui.space(2.5))
        .radius(t.radius.control.max(t.radius.card.min(10.0)))
        .bg(if on { c.primary_soft } else { c.surface })
        .border(1.0, if on { c.primary } else { c.border })
}

/// A switch alone, with its name as `aria-label` (table rows, list rows).
pub fn switch_box(ui: &Ui<'_>, name: &str, on: bool, flags: Flags) -> Node {
    draw_switch(ui, name, NameFrom::Aria, on, flags)
}

fn draw_switch(ui: &Ui<'_>, name: &str, from: NameFrom, on: bool, flags: Flags) -> Node {
    let c = &ui.theme.colors;
    let s = ui.theme.switch;
    let thumb = if on { s.thumb_on } else { s.thumb_off };
    let (bg, line, knob) = match (on, flags.disabled, s.ring) {
        (true, true, _) => (c.disabled_text, c.disabled_text, c.surface),
        (false, true, _) => (c.disabled_fill, c.disabled_text, c.disabled_text),
        (true, false, _) => (c.primary, c.primary, c.on_primary),
        (false, false, true) => (c.surface, c.outline, c.outline),
        (false, false, false) => (c.outline, c.outline, c.surface),
    };
    let b = if s.ring && s.width > 50.0 { 2.0 } else { 1.0 };
    let edge = ((s.height - thumb) / 2.0 - b).max(0.0);
    let mut track = row(
        0.0,
        vec![
            block(Vec::new())
                .size(thumb, thumb)
                .radius(thumb / 2.0)
                .bg(knob),
        ],
    )
    .tag(Tag::Button)
    .size(s.width, s.height)
    .radius(s.height / 2.0)
    .bg(bg)
    .border(b, line)
    .pad(edge, 0.0)
    .element(toggle(
        "switch",
        "switch",
        name,
        from,
        as_checked(on),
        flags,
    ));
    track = track.justify(if on { Align::End } else { Align::Start });
    ui.ring(track, flags.focused)
}

/// A switch with its text; the switch stands at the end when `at_end`.
pub fn switch(ui: &Ui<'_>, text: &str, on: bool, at_end: bool, flags: Flags) -> Node {
    let c = &ui.theme.colors;
    let track = draw_switch(ui, text, NameFrom::Label, on, flags);
    let words = ui
        .text(
            TextRole::Body,
            if flags.disabled {
                c.disabled_text
            } else {
                c.text
            },
            text,
        )
        .grow(if at_end { 1.0 } else { 0.0 });
    let kids = if at_end {
        vec![words, track]
    } else {
        vec![track, words]
    };
    row(ui.space(3.0), kids).tag(Tag::Label)
}
