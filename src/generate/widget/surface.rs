//! Cards, dialogs, toasts, messages, tooltips.

use super::button::{bare_icon_button, link_as};
use super::node::{block, column, row, wrap_row};
use super::text::{Mood, heading};
use super::ui::{Ui, passive};
use crate::base::color::Rgba8;
use crate::generate::plan::{Align, Display, FlexDirection, Length, NameFrom, Node, Tag, Viewport};
use crate::generate::theme::TextRole;

/// The whole screen: as large as the viewport, cut off at its edges.
pub fn page(ui: &Ui<'_>, viewport: Viewport, children: Vec<Node>) -> Node {
    column(0.0, children)
        .width(viewport.width_px as f32)
        .height(viewport.height_px as f32)
        .relative()
        .clip()
        .bg(ui.theme.colors.canvas)
}

/// A card around `children`, `gap` steps of the spacing scale apart.
pub fn card(ui: &Ui<'_>, gap: f32, children: Vec<Node>) -> Node {
    let t = ui.theme;
    column(ui.space(gap), children)
        .pad(t.card.pad, t.card.pad)
        .radius(t.radius.card)
        .bg(t.colors.surface)
        .when(t.card.border > 0.0, |n| {
            n.border(t.card.border, t.colors.border)
        })
        .when(t.card.shadow, |n| n.shadows(&t.shadow.low))
}

/// A named card: a region with its title.
pub fn titled_card(ui: &Ui<'_>, title: &str, gap: f32, mut children: Vec<Node>) -> Node {
    children.insert(0, heading(ui, 2, title));
    card(ui, gap, children)
        .tag(Tag::Section)
        .element(passive("card", "region", title, NameFrom::Aria))
        .group(title)
}

/// A dialog.
#[derive(Clone, Debug)]
pub struct Dialog<'a> {
    /// Title, and the accessible name.
    pub title: &'a str,
    /// Between title and buttons.
    pub body: Vec<Node>,
    /// From left to right; the main one last.
    pub actions: Vec<Node>,
    /// Shows a close button.
    pub close: bool,
    /// Needs an answer (`alertdialog`).
    pub alert: bool,
    /// Width in CSS px where the screen is wide enough.
    pub width: f32,
}

/// A dialog over everything: a scrim as large as the screen with the dialog in its middle.
pub fn dialog(ui: &Ui<'_>, viewport: Viewport, d: Dialog<'_>) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let mut head = vec![heading(ui, 2, d.title).grow(1.0)];
    if d.close {
        head.push(bare_icon_button(
            ui,
            "close",
            "Close dialog",
            32.0,
            18.0,
            c.muted,
        ));
    }
    let mut kids = vec![row(ui.space(3.0), head).align(Align::Start)];
    kids.extend(d.body);
    if !d.actions.is_empty() {
        kids.push(
            wrap_row(ui.space(2.0), d.actions)
                .justify(Align::End)
                .margin4(ui.space(2.0), 0.0, 0.0, 0.0),
        );
    }
    let role = if d.alert { "alertdialog" } else { "dialog" };
    let mut shell = column(ui.space(3.0), kids)
        .pad(ui.space(6.0), ui.space(5.0))
        .max_width(d.width)
        .radius(t.radius.overlay)
        .bg(c.raised)
        .shadows(&t.shadow.high)
        .element(passive("dialog", role, d.title, NameFrom::Aria))
        .group(d.title);
    if t.is_dark() {
        shell = shell.border(1.0, c.border);
    }
    shell.style.width = Length::Percent(100.0);
    overlay(viewport, c.scrim, vec![shell])
}

fn overlay(viewport: Viewport, scrim: Rgba8, kids: Vec<Node>) -> Node {
    let mut n = block(kids)
        .absolute(Length::Px(0.0), Length::Auto, Length::Auto, Length::Px(0.0))
        .width(viewport.width_px as f32)
        .height(viewport.height_px as f32)
        .z(100)
        .bg(scrim)
        .pad(16.0, 16.0);
    n.style.display = Display::Flex;
    n.style.flex_direction = FlexDirection::Column;
    n.style.align_items = Align::Center;
    n.style.justify_content = Align::Center;
    n
}

/// A message inside the page, optionally with a button that dismisses it.
pub fn alert(ui: &Ui<'_>, mood: Mood, title: &str, text: &str, dismiss: bool) -> Node {
    let t = ui.theme;
    let tone = mood.tone(ui);
    let mut words = Vec::new();
    if !title.is_empty() {
        words.push(ui.text(TextRole::Small, tone.text, title).weight(600));
    }
    if !text.is_empty() {
        words.push(ui.text(TextRole::Small, t.colors.text, text));
    }
    let line = t.text.small.line;
    let mut kids = vec![
        ui.icon(mood.icon(), line, tone.text),
        column(2.0, words).grow(1.0),
    ];
    if dismiss {
        let side = line.max(24.0);
        kids.push(bare_icon_button(
            ui,
            "close",
            "Dismiss message",
            side,
            16.0,
            tone.text,
        ));
    }
    let role = if matches!(mood, Mood::Danger | Mood::Warning) {
        "alert"
    } else {
        "status"
    };
    let name = [title, text].join(" ");
    row(ui.space(2.5), kids)
        .align(Align::Start)
        .pad(ui.space(3.5), ui.space(3.0))
        .radius(t.radius.control)
        .bg(tone.soft)
        .when(t.id == "graphite", |n| n.border_left(3.0, tone.fill))
        .when(matches!(t.id, "harbor" | "linen"), |n| {
            n.border(1.0, tone.soft.mix(tone.text, 90))
        })
        .element(passive("alert", role, name.trim(), NameFrom::Text))
}

/// A short message in a corner of the screen, over the page.
pub fn toast(
    ui: &Ui<'_>,
    viewport: Viewport,
    mood: Mood,
    text: &str,
    action: Option<&str>,
) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let light = t.id == "linen" || t.id == "harbor";
    let (bg, fg, accent) = if light {
        (c.raised, c.text, c.link)
    } else {
        (c.inverse, c.on_inverse, c.inverse_accent)
    };
    let mut kids = Vec::new();
    if mood != Mood::Neutral {
        let color = if light { mood.tone(ui).text } else { fg };
        kids.push(ui.icon(mood.icon(), 18.0, color));
    }
    kids.push(ui.text(TextRole::Small, fg, text).grow(1.0));
    if let Some(a) = action {
        kids.push(link_button(ui, a, accent));
    }
    kids.push(bare_icon_button(
        ui,
        "close",
        "Dismiss notification",
        28.0,
        16.0,
        fg,
    ));
    let width = 380.0f32.min(viewport.width_px as f32 - 32.0);
    row(ui.space(3.0), kids)
        .pad4(ui.space(2.0), ui.space(2.0), ui.space(2.0), ui.space(4.0))
        .min_height(48.0)
        .width(width)
        .radius(t.radius.overlay.min(12.0))
        .bg(bg)
        .when(light, |n| n.border(1.0, c.border))
        .shadows(&t.shadow.mid)
        .z(90)
        .absolute(
            Length::Auto,
            Length::Px(16.0),
            Length::Px(16.0),
            Length::Auto,
        )
        .element(passive("toast", "status", text, NameFrom::Text))
        .group("Notification")
}

fn link_button(ui: &Ui<'_>, text: &str, color: Rgba8) -> Node {
    link_as(ui, TextRole::Small, color, text)
        .nowrap()
        .weight(600)
        .rigid()
        .tag(Tag::Button)
        .with_element(|e| {
            e.widget = "button".into();
            e.role = "button".into();
        })
}

/// A tooltip below or above what it explains; the caller places it.
pub fn tooltip(ui: &Ui<'_>, text: &str) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    block(vec![ui.line(TextRole::Caption, c.on_inverse, text)])
        .pad(ui.space(2.0), ui.space(1.0))
        .radius(t.radius.small.min(6.0))
        .bg(c.inverse)
        .z(80)
        .element(passive("tooltip", "tooltip", text, NameFrom::Text))
}
