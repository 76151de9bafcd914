//! Buttons, icon buttons, links.

use super::node::{block, row};
use super::ui::{Flags, Size, Ui, control};
use crate::base::color::Rgba8;
use crate::generate::plan::{Action, Align, Length, NameFrom, Node, Tag, TextAlign};
use crate::generate::theme::TextRole;

/// How important a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ButtonKind {
    /// The main action.
    Primary,
    /// The other action, as the theme likes it: neutral fill or outline.
    #[default]
    Secondary,
    /// A border, no fill.
    Outline,
    /// Accent tint.
    Tonal,
    /// Text only.
    Ghost,
    /// Destructive, filled.
    Danger,
}

impl ButtonKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::Primary,
        Self::Secondary,
        Self::Outline,
        Self::Tonal,
        Self::Ghost,
        Self::Danger,
    ];
}

/// Everything a button can have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Button<'a> {
    /// Caption.
    pub label: &'a str,
    /// Importance.
    pub kind: ButtonKind,
    /// Height.
    pub size: Size,
    /// Meaning of the icon before the caption.
    pub icon: Option<&'a str>,
    /// Meaning of the icon after the caption.
    pub icon_end: Option<&'a str>,
    /// States.
    pub flags: Flags,
    /// Shows progress and cannot be pressed.
    pub loading: bool,
    /// Fills its container.
    pub full: bool,
    /// Opens a `menu`, `dialog` or `listbox`: its name and whether it is open.
    pub popup: Option<(&'a str, bool)>,
    /// What it does.
    pub purpose: &'a str,
}

/// A medium button.
pub fn button(ui: &Ui<'_>, kind: ButtonKind, label: &str) -> Node {
    button_with(
        ui,
        Button {
            label,
            kind,
            ..Button::default()
        },
    )
}

/// Fill, text and border colour.
fn colors(ui: &Ui<'_>, kind: ButtonKind, disabled: bool) -> (Rgba8, Rgba8, Rgba8) {
    let c = &ui.theme.colors;
    let none = Rgba8::TRANSPARENT;
    let kind = match kind {
        ButtonKind::Secondary if ui.theme.button.secondary_outlined => ButtonKind::Outline,
        k => k,
    };
    match (kind, disabled) {
        (ButtonKind::Ghost, true) => (none, c.disabled_text, none),
        (ButtonKind::Outline, true) => (none, c.disabled_text, c.border),
        (_, true) => (c.disabled_fill, c.disabled_text, none),
        (ButtonKind::Primary, _) => (c.primary, c.on_primary, none),
        (ButtonKind::Secondary, _) => (c.secondary, c.on_secondary, none),
        (ButtonKind::Outline, _) => (none, c.text, c.outline),
        (ButtonKind::Tonal, _) => (c.primary_soft, c.on_primary_soft, none),
        (ButtonKind::Ghost, _) => (none, c.accent, none),
        (ButtonKind::Danger, _) => (c.danger.fill, c.danger.on_fill, none),
    }
}

/// A button with any of its options.
pub fn button_with(ui: &Ui<'_>, b: Button<'_>) -> Node {
    let t = ui.theme;
    let i = b.size.index();
    let (h, icon_size) = (t.control.height[i], t.control.icon[i]);
    let flags = Flags {
        disabled: b.flags.disabled || b.loading,
        ..b.flags
    };
    let (bg, fg, line) = colors(ui, b.kind, flags.disabled);
    let caption = ui.cased(b.label);
    let role = if b.size == Size::Small {
        TextRole::Small
    } else {
        TextRole::Button
    };
    let start = t.button.start_aligned && b.kind != ButtonKind::Ghost && b.size != Size::Small;
    let mut kids = Vec::new();
    let lead = if b.loading { Some("loading") } else { b.icon };
    let icon = lead.map(|m| ui.icon(m, icon_size, fg));
    let text = ui
        .text(role, fg, &caption)
        .weight(t.text.button.weight)
        .text_align(if start {
            TextAlign::Start
        } else {
            TextAlign::Center
        });
    if start {
        kids.push(text);
        kids.extend(icon);
    } else {
        kids.extend(icon);
        kids.push(text);
    }
    kids.extend(b.icon_end.map(|m| ui.icon(m, icon_size, fg)));
    let mut e = control(
        "button",
        "button",
        &caption,
        NameFrom::Text,
        &[Action::Click],
        flags,
    );
    e.state.busy = b.loading;
    e.purpose = b.purpose.into();
    e.icon = kids
        .iter()
        .find_map(|k| match &k.content {
            crate::generate::plan::Content::Icon(i) => Some(i.icon.clone()),
            _ => None,
        })
        .unwrap_or_default();
    if let Some((what, open)) = b.popup {
        e.state.has_popup = Some(what.into());
        e.state.expanded = Some(open);
    }
    let ghost = b.kind == ButtonKind::Ghost;
    let pad = if ghost {
        t.control.pad[i] / 2.0
    } else {
        t.control.pad[i]
    };
    let mut n = row(ui.space(2.0), kids)
        .tag(Tag::Button)
        .justify(if start && has_two(b) {
            Align::SpaceBetween
        } else if start {
            Align::Start
        } else {
            Align::Center
        })
        .pad(pad, 2.0)
        .min_height(h)
        .radius(t.button.radius.min(h / 2.0))
        .bg(bg)
        .border(t.control.border, line)
        .when(
            t.button.raised && matches!(b.kind, ButtonKind::Primary) && !flags.disabled,
            |n| n.shadows(&t.shadow.low),
        )
        .when(b.full, Node::full)
        .element(e);
    if start && !b.full {
        n.style.min_width = Length::Px(120.0);
    }
    ui.ring(n, flags.focused)
}

fn has_two(b: Button<'_>) -> bool {
    b.loading || b.icon.is_some() || b.icon_end.is_some()
}

/// A square button that shows only an icon; `name` is what assistive technology reads.
pub fn icon_button(ui: &Ui<'_>, icon: &str, name: &str, size: Size) -> Node {
    icon_button_with(ui, icon, name, size, ButtonKind::Ghost, Flags::NONE)
}

/// An icon button of any kind.
pub fn icon_button_with(
    ui: &Ui<'_>,
    icon: &str,
    name: &str,
    size: Size,
    kind: ButtonKind,
    flags: Flags,
) -> Node {
    let t = ui.theme;
    let h = t.control.height[size.index()];
    let (bg, fg, line) = match kind {
        ButtonKind::Ghost if !flags.disabled => {
            (Rgba8::TRANSPARENT, t.colors.muted, Rgba8::TRANSPARENT)
        }
        k => colors(ui, k, flags.disabled),
    };
    let n = icon_box(
        ui,
        icon,
        name,
        h,
        t.control.icon[size.index()] + 2.0,
        fg,
        flags,
    )
    .radius(t.button.radius.min(h / 2.0))
    .bg(bg)
    .border(t.control.border, line);
    ui.ring(n, flags.focused)
}

/// An icon button without box, for the inside of fields and tags.
pub(super) fn bare_icon_button(
    ui: &Ui<'_>,
    icon: &str,
    name: &str,
    side: f32,
    icon_size: f32,
    color: Rgba8,
) -> Node {
    icon_box(ui, icon, name, side, icon_size, color, Flags::NONE)
        .radius(ui.theme.radius.control.min(side / 2.0))
}

fn icon_box(
    ui: &Ui<'_>,
    icon: &str,
    name: &str,
    side: f32,
    icon_size: f32,
    color: Rgba8,
    flags: Flags,
) -> Node {
    let glyph = ui.icon(icon, icon_size, color);
    let mut e = control(
        "icon_button",
        "button",
        name,
        NameFrom::Aria,
        &[Action::Click],
        flags,
    );
    if let crate::generate::plan::Content::Icon(run) = &glyph.content {
        e.icon.clone_from(&run.icon);
    }
    row(0.0, vec![glyph])
        .tag(Tag::Button)
        .justify(Align::Center)
        .size(side, side)
        .element(e)
}

/// A link.
pub fn link(ui: &Ui<'_>, text: &str) -> Node {
    link_as(ui, TextRole::Body, ui.theme.colors.link, text)
}

/// A small link.
pub fn small_link(ui: &Ui<'_>, text: &str) -> Node {
    link_as(ui, TextRole::Small, ui.theme.colors.link, text)
}

/// A link of any size and colour. Links in the text colour are underlined.
pub fn link_as(ui: &Ui<'_>, role: TextRole, color: Rgba8, text: &str) -> Node {
    let c = &ui.theme.colors;
    let plain = ui.theme.id == "aurora" || ui.theme.id == "linen" && color != c.link;
    ui.text(role, color, text)
        .tag(Tag::A)
        .when(!plain, Node::underlined)
        .element(control(
            "link",
            "link",
            text,
            NameFrom::Text,
            &[Action::Click],
            Flags::NONE,
        ))
}

/// A link with an icon before its text.
pub fn icon_link(ui: &Ui<'_>, icon: &str, role: TextRole, color: Rgba8, text: &str) -> Node {
    let size = ui.theme.face(role).line - 4.0;
    let glyph = ui.icon(icon, size, color);
    let mut e = control(
        "link",
        "link",
        text,
        NameFrom::Text,
        &[Action::Click],
        Flags::NONE,
    );
    if let crate::generate::plan::Content::Icon(run) = &glyph.content {
        e.icon.clone_from(&run.icon);
    }
    row(ui.space(1.5), vec![glyph, ui.text(role, color, text)])
        .tag(Tag::A)
        .element(e)
}

/// A tile with the initials of a name or thing, in the accent; never a picture of a person.
pub fn initials(ui: &Ui<'_>, text: &str, side: f32) -> Node {
    let c = &ui.theme.colors;
    let short: String = text
        .split_whitespace()
        .filter_map(|w| w.chars().next())
        .take(2)
        .collect::<String>()
        .to_uppercase();
    row(
        0.0,
        vec![
            ui.line(
                if side < 36.0 {
                    TextRole::Caption
                } else {
                    TextRole::Small
                },
                c.on_primary_soft,
                &short,
            )
            .weight(600),
        ],
    )
    .justify(Align::Center)
    .size(side, side)
    .radius(ui.theme.radius.control)
    .bg(c.primary_soft)
    .element(super::ui::passive("initials", "img", text, NameFrom::Aria))
}

/// A geometric mark with a product name: stands for a logo.
pub fn brand(ui: &Ui<'_>, icon: &str, name: &str, color: Rgba8) -> Node {
    let c = &ui.theme.colors;
    let mark = row(0.0, vec![ui.icon(icon, 18.0, c.on_primary)])
        .justify(Align::Center)
        .size(32.0, 32.0)
        .radius(ui.theme.radius.control.min(16.0))
        .bg(c.primary);
    row(
        ui.space(2.5),
        vec![
            mark,
            block(vec![ui.line(TextRole::H3, color, name).weight(600)]),
        ],
    )
    .rigid()
    .element(super::ui::passive("brand", "img", name, NameFrom::Text))
}
