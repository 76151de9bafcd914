//! Parts of the frame around a page: navigation links, account button, landmarks, pictures.

use super::node::row;
use super::ui::{Flags, Ui, control, passive};
use crate::base::color::Rgba8;
use crate::generate::plan::{Action, Align, Fill, Length, NameFrom, Node, Tag};
use crate::generate::theme::TextRole;

/// An item of a navigation.
#[derive(Clone, Copy, Debug, Default)]
pub struct NavLink<'a> {
    /// Text, and the accessible name.
    pub label: &'a str,
    /// Meaning of its icon; empty: none.
    pub icon: &'a str,
    /// The page one is on.
    pub current: bool,
    /// A count after it; empty: none.
    pub badge: &'a str,
    /// Steps of indentation.
    pub indent: u8,
    /// Only the icon shows; the name is an `aria-label`.
    pub icon_only: bool,
    /// States.
    pub flags: Flags,
}

/// Text, fill and, for a marked edge, line colour of an item.
fn nav_colors(ui: &Ui<'_>, on: bool) -> (Rgba8, Rgba8) {
    let c = &ui.theme.colors;
    if on {
        (c.on_primary_soft, c.primary_soft)
    } else {
        (c.text, Rgba8::TRANSPARENT)
    }
}

/// A link of a side navigation, as wide as its container.
pub fn nav_link(ui: &Ui<'_>, l: NavLink<'_>) -> Node {
    let t = ui.theme;
    let (fg, bg) = nav_colors(ui, l.current);
    let from = if l.icon_only {
        NameFrom::Aria
    } else {
        NameFrom::Text
    };
    let mut e = control("nav_link", "link", l.label, from, &[Action::Click], l.flags);
    e.state.current = l.current.then(|| "page".into());
    e.purpose = format!("go to {}", l.label.to_lowercase());
    let mut kids = Vec::new();
    if !l.icon.is_empty() {
        e.icon = ui.drawing(l.icon).into();
        let color = if l.current { fg } else { t.colors.muted };
        kids.push(ui.icon(l.icon, 18.0, color));
    }
    let height = t.control.height[0].max(32.0);
    if l.icon_only {
        let n = row(0.0, kids)
            .tag(Tag::A)
            .justify(Align::Center)
            .size(height + 8.0, height + 8.0)
            .radius(t.radius.control.min(12.0))
            .bg(bg)
            .element(e);
        return ui.ring(n, l.flags.focused);
    }
    kids.push(
        ui.text(TextRole::Small, fg, l.label)
            .weight(if l.current { 600 } else { 400 })
            .ellipsis()
            .grow(1.0),
    );
    if !l.badge.is_empty() {
        kids.push(count_badge(ui, l.badge, l.current));
    }
    let marked = t.id == "graphite" && l.current;
    let left = ui.space(3.0) + f32::from(l.indent) * 28.0 - if marked { 3.0 } else { 0.0 };
    let n = row(ui.space(2.5), kids)
        .tag(Tag::A)
        .pad4(0.0, ui.space(2.5), 0.0, left)
        .min_height(height)
        .rigid()
        .radius(t.radius.control.min(height / 2.0))
        .bg(bg)
        .when(marked, |n| n.border_left(3.0, t.colors.primary))
        .element(e);
    ui.ring(n, l.flags.focused)
}

/// A button that opens and closes a part of a navigation.
pub fn nav_group(ui: &Ui<'_>, label: &str, icon: &str, open: bool, flags: Flags) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let mut e = control(
        "nav_group",
        "button",
        label,
        NameFrom::Text,
        &[Action::Click],
        flags,
    );
    e.state.expanded = Some(open);
    e.purpose = format!(
        "{} {}",
        if open { "collapse" } else { "expand" },
        label.to_lowercase()
    );
    let mut kids = Vec::new();
    if !icon.is_empty() {
        e.icon = ui.drawing(icon).into();
        kids.push(ui.icon(icon, 18.0, c.muted));
    }
    kids.push(ui.text(TextRole::Small, c.text, label).ellipsis().grow(1.0));
    kids.push(ui.icon(if open { "collapse" } else { "expand" }, 16.0, c.muted));
    let height = t.control.height[0].max(32.0);
    let n = row(ui.space(2.5), kids)
        .tag(Tag::Button)
        .full()
        .pad4(0.0, ui.space(2.5), 0.0, ui.space(3.0))
        .min_height(height)
        .rigid()
        .radius(t.radius.control.min(height / 2.0))
        .element(e);
    ui.ring(n, flags.focused)
}

/// A count in a small pill.
pub fn count_badge(ui: &Ui<'_>, text: &str, strong: bool) -> Node {
    let c = &ui.theme.colors;
    let (bg, fg) = if strong {
        (c.primary, c.on_primary)
    } else {
        (c.secondary, c.on_secondary)
    };
    row(0.0, vec![ui.line(TextRole::Caption, fg, text).weight(600)])
        .justify(Align::Center)
        .pad(6.0, 1.0)
        .min_width(20.0)
        .radius(9.0)
        .bg(bg)
        .rigid()
        .element(passive("badge", "generic", text, NameFrom::Text))
}

/// The round button with a person's initials that opens the account menu.
pub fn profile_button(ui: &Ui<'_>, name: &str, initials: &str, side: f32, open: bool) -> Node {
    let c = &ui.theme.colors;
    let mut e = control(
        "profile_button",
        "button",
        "Account menu",
        NameFrom::Aria,
        &[Action::Click],
        Flags::NONE,
    );
    e.state.has_popup = Some("menu".into());
    e.state.expanded = Some(open);
    e.purpose = format!("open the account menu of {name}");
    let n = row(
        0.0,
        vec![
            ui.line(TextRole::Caption, c.on_primary, initials)
                .weight(600),
        ],
    )
    .tag(Tag::Button)
    .justify(Align::Center)
    .size(side, side)
    .radius(side / 2.0)
    .bg(c.primary)
    .element(e);
    ui.ring(n, open)
}

/// An icon that is on or off (saved, pinned, liked).
pub fn toggle_icon(ui: &Ui<'_>, icon: &str, name: &str, on: bool, side: f32) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let mut e = control(
        "toggle_button",
        "button",
        name,
        NameFrom::Aria,
        &[Action::Toggle, Action::Click],
        Flags::NONE,
    );
    e.state.pressed = Some(on);
    e.icon = ui.drawing(icon).into();
    let (fg, bg) = if on {
        (c.on_primary_soft, c.primary_soft)
    } else {
        (c.muted, Rgba8::TRANSPARENT)
    };
    row(0.0, vec![ui.icon(icon, 18.0, fg)])
        .tag(Tag::Button)
        .justify(Align::Center)
        .size(side, side)
        .radius(t.button.radius.min(side / 2.0))
        .bg(bg)
        .element(e)
}

/// Makes `node` a landmark of the page.
pub fn landmark(node: Node, tag: Tag, role: &str, name: &str) -> Node {
    let from = if name.is_empty() {
        NameFrom::None
    } else {
        NameFrom::Aria
    };
    node.tag(tag).element(passive("landmark", role, name, from))
}

/// A tinted area with an icon that stands for a picture, `height` CSS px high and as wide as
/// its container. `shade` picks one of several tints.
pub fn picture(ui: &Ui<'_>, icon: &str, name: &str, height: f32, shade: u8) -> Node {
    let c = &ui.theme.colors;
    let (from, to) = match shade % 4 {
        0 => (c.primary_soft, c.primary_soft),
        1 => (c.sunken, c.primary_soft),
        2 => (c.info.soft, c.success.soft),
        _ => (c.warning.soft, c.sunken),
    };
    let color = [c.on_primary_soft, c.muted, c.info.text, c.warning.text][usize::from(shade % 4)];
    let mut n = row(
        0.0,
        vec![ui.icon(icon, (height * 0.36).round().clamp(18.0, 56.0), color)],
    )
    .justify(Align::Center)
    .rigid()
    .fill(if from == to {
        Fill::Color(from)
    } else {
        Fill::Gradient {
            angle_deg: 135.0,
            from,
            to,
        }
    })
    .element(passive("picture", "img", name, NameFrom::Aria));
    n.style.height = Length::Px(height);
    n
}
