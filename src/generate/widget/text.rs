//! Text that is read: headings, paragraphs, labels, help and error texts, badges, tags.

use super::node::{row, wrap_row};
use super::ui::{Flags, Size, Ui, control, passive};
use super::{button, node};
use crate::base::color::Rgba8;
use crate::generate::plan::{Action, NameFrom, Node, Tag};
use crate::generate::theme::{TextRole, Tone};

/// The kind of a message, badge or tag.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Mood {
    /// No meaning in the colour.
    #[default]
    Neutral,
    /// Worth knowing.
    Info,
    /// Went well.
    Success,
    /// Needs care.
    Warning,
    /// Went wrong.
    Danger,
}

impl Mood {
    /// Every mood.
    pub const ALL: &'static [Self] = &[
        Self::Neutral,
        Self::Info,
        Self::Success,
        Self::Warning,
        Self::Danger,
    ];

    /// Meaning of the icon that goes with it.
    pub(super) const fn icon(self) -> &'static str {
        match self {
            Self::Neutral | Self::Info => "information",
            Self::Success => "done",
            Self::Warning => "warning",
            Self::Danger => "error",
        }
    }

    /// Its colours.
    pub(super) fn tone(self, ui: &Ui<'_>) -> Tone {
        let c = &ui.theme.colors;
        match self {
            Self::Neutral => Tone {
                fill: c.secondary,
                on_fill: c.on_secondary,
                text: c.on_secondary,
                soft: c.secondary,
            },
            Self::Info => c.info,
            Self::Success => c.success,
            Self::Warning => c.warning,
            Self::Danger => c.danger,
        }
    }
}

/// A heading of level 1 to 4.
pub fn heading(ui: &Ui<'_>, level: u8, text: &str) -> Node {
    let (role, tag) = match level {
        0 | 1 => (TextRole::H1, Tag::H1),
        2 => (TextRole::H2, Tag::H2),
        3 => (TextRole::H3, Tag::H3),
        _ => (TextRole::H4, Tag::H4),
    };
    heading_as(ui, level, tag, role, text)
}

/// A heading of level 1 in the largest size.
pub fn display(ui: &Ui<'_>, text: &str) -> Node {
    heading_as(ui, 1, Tag::H1, TextRole::Display, text)
}

fn heading_as(ui: &Ui<'_>, level: u8, tag: Tag, role: TextRole, text: &str) -> Node {
    let mut e = passive("heading", "heading", text, NameFrom::Text);
    e.state.level = Some(level.clamp(1, 6));
    ui.text(role, ui.theme.colors.text, text)
        .tag(tag)
        .element(e)
}

/// Running text.
pub fn paragraph(ui: &Ui<'_>, text: &str) -> Node {
    body_text(ui, TextRole::Body, ui.theme.colors.text, text)
}

/// Secondary text.
pub fn muted(ui: &Ui<'_>, text: &str) -> Node {
    body_text(ui, TextRole::Small, ui.theme.colors.muted, text)
}

/// A note in the smallest size.
pub fn caption(ui: &Ui<'_>, text: &str) -> Node {
    body_text(ui, TextRole::Caption, ui.theme.colors.subtle, text)
}

/// Text of any role and colour, as an element to be read.
pub fn body_text(ui: &Ui<'_>, role: TextRole, color: Rgba8, text: &str) -> Node {
    ui.text(role, color, text).tag(Tag::P).element(passive(
        "text",
        "paragraph",
        text,
        NameFrom::Text,
    ))
}

/// The label of a field; `for_id` is the HTML id of its control.
pub fn label(ui: &Ui<'_>, text: &str, for_id: &str, required: bool) -> Node {
    let c = &ui.theme.colors;
    let mut e = passive("label", "generic", text, NameFrom::Text);
    e.label_for = for_id.into();
    row(ui.space(0.5), vec![ui.text(TextRole::Label, c.text, text)])
        .when(required, |n| {
            n.push(ui.line(TextRole::Label, c.danger.text, "*"))
        })
        .tag(Tag::Label)
        .element(e)
}

/// A hint below a field.
pub fn help_text(ui: &Ui<'_>, text: &str) -> Node {
    ui.text(TextRole::Caption, ui.theme.colors.subtle, text)
        .tag(Tag::P)
        .element(passive("help_text", "paragraph", text, NameFrom::Text))
}

/// What is wrong with the field above.
pub fn error_text(ui: &Ui<'_>, text: &str) -> Node {
    let c = ui.theme.colors.danger.text;
    let size = ui.theme.text.caption.line;
    row(
        ui.space(1.0),
        vec![
            ui.icon("error", size - 2.0, c),
            ui.text(TextRole::Caption, c, text)
                .tag(Tag::P)
                .element(passive("error_text", "paragraph", text, NameFrom::Text)),
        ],
    )
}

/// A small coloured word or number.
pub fn badge(ui: &Ui<'_>, text: &str, mood: Mood, solid: bool) -> Node {
    let tone = mood.tone(ui);
    let (bg, fg) = if solid {
        (tone.fill, tone.on_fill)
    } else {
        (tone.soft, tone.text)
    };
    row(0.0, vec![ui.line(TextRole::Caption, fg, text).weight(500)])
        .justify(crate::generate::plan::Align::Center)
        .pad(ui.space(2.0), 2.0)
        .radius(ui.theme.radius.small.max(2.0))
        .bg(bg)
        .rigid()
        .align_self(crate::generate::plan::Align::Center)
        .element(passive("badge", "generic", text, NameFrom::Text))
}

/// A tag; with `removable`, its remove button is a target of its own.
pub fn tag(ui: &Ui<'_>, text: &str, removable: bool) -> Node {
    let c = &ui.theme.colors;
    let r = ui.theme.radius.small;
    row(
        ui.space(1.0),
        vec![ui.line(TextRole::Small, c.on_secondary, text)],
    )
    .pad4(
        2.0,
        if removable { 2.0 } else { ui.space(2.5) },
        2.0,
        ui.space(2.5),
    )
    .min_height(28.0)
    .radius(r)
    .bg(c.secondary)
    .rigid()
    .element(passive("tag", "generic", text, NameFrom::Text))
    .when(removable, |n| {
        n.push(button::bare_icon_button(
            ui,
            "close",
            &format!("Remove {text}"),
            24.0,
            14.0,
            c.on_secondary,
        ))
    })
}

/// A chip that filters: a toggle button.
pub fn filter_chip(ui: &Ui<'_>, text: &str, pressed: bool, flags: Flags) -> Node {
    let c = &ui.theme.colors;
    let (bg, fg, line) = match (pressed, flags.disabled) {
        (_, true) => (c.surface, c.disabled_text, c.border),
        (true, _) => (c.primary_soft, c.on_primary_soft, c.primary),
        (false, _) => (c.surface, c.text, c.outline),
    };
    let mut e = control(
        "chip",
        "button",
        text,
        NameFrom::Text,
        &[Action::Toggle],
        flags,
    );
    e.state.pressed = Some(pressed);
    let h = ui.theme.control.height[Size::Small.index()];
    let mut kids = Vec::new();
    if pressed {
        kids.push(ui.icon("confirm", 14.0, fg));
    }
    kids.push(ui.line(TextRole::Small, fg, text));
    let n = row(ui.space(1.5), kids)
        .tag(Tag::Button)
        .pad(ui.space(3.0), 2.0)
        .min_height(h)
        .radius(ui.theme.button.radius.min(h / 2.0))
        .bg(bg)
        .border(1.0, line)
        .rigid()
        .element(e);
    ui.ring(n, flags.focused)
}

/// Chips in one group, wrapping.
pub fn chip_group(ui: &Ui<'_>, name: &str, chips: Vec<Node>) -> Node {
    wrap_row(ui.space(2.0), chips).element(passive("chip_group", "group", name, NameFrom::Aria))
}

/// A line between parts.
pub fn divider(ui: &Ui<'_>) -> Node {
    node::block(Vec::new())
        .tag(Tag::Hr)
        .height(1.0)
        .full()
        .rigid()
        .bg(ui.theme.colors.border)
        .element(passive("divider", "separator", "", NameFrom::None))
}

/// A line with a word in its middle.
pub fn divider_with(ui: &Ui<'_>, text: &str) -> Node {
    let line = || {
        node::block(Vec::new())
            .height(1.0)
            .grow(1.0)
            .bg(ui.theme.colors.border)
    };
    row(
        ui.space(3.0),
        vec![
            line(),
            ui.line(TextRole::Small, ui.theme.colors.subtle, text),
            line(),
        ],
    )
}
