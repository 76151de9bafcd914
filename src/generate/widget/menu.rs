//! Menus.

use super::node::{block, column, row};
use super::ui::{Flags, Ui, control, passive};
use crate::generate::plan::{Action, Checked, NameFrom, Node, Tag};
use crate::generate::theme::TextRole;

/// One entry of a menu.
#[derive(Clone, Copy, Debug)]
pub enum MenuEntry<'a> {
    /// Something to choose.
    Item(MenuItem<'a>),
    /// A line.
    Separator,
    /// A title above the entries that follow.
    Title(&'a str),
}

/// Something to choose in a menu.
#[derive(Clone, Copy, Debug, Default)]
pub struct MenuItem<'a> {
    /// Text, and the accessible name.
    pub label: &'a str,
    /// Meaning of the icon before it.
    pub icon: Option<&'a str>,
    /// Keyboard shortcut at the end.
    pub shortcut: &'a str,
    /// Opens a submenu; the value tells whether it is open.
    pub submenu: Option<bool>,
    /// Can be switched on and off.
    pub checked: Option<bool>,
    /// Destroys something.
    pub danger: bool,
    /// The item the keyboard is on.
    pub active: bool,
    /// States.
    pub flags: Flags,
}

/// A menu; the caller places it (`absolute`) and gives it a `z`.
pub fn menu(ui: &Ui<'_>, name: &str, entries: &[MenuEntry<'_>]) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let with_marks = entries.iter().any(|e| match e {
        MenuEntry::Item(i) => i.icon.is_some() || i.checked.is_some(),
        _ => false,
    });
    let kids = entries
        .iter()
        .map(|e| match e {
            MenuEntry::Item(i) => item(ui, i, with_marks, name),
            MenuEntry::Separator => block(Vec::new())
                .height(1.0)
                .rigid()
                .margin4(4.0, 0.0, 4.0, 0.0)
                .bg(c.border)
                .element(passive("divider", "separator", "", NameFrom::None)),
            MenuEntry::Title(text) => ui
                .line(TextRole::Caption, c.subtle, text)
                .weight(600)
                .pad(ui.space(3.0), ui.space(1.5))
                .element(passive("text", "generic", text, NameFrom::Text)),
        })
        .collect();
    column(0.0, kids)
        .pad(4.0, 4.0)
        .min_width(168.0)
        .radius(t.radius.overlay.min(12.0))
        .bg(c.raised)
        .border(1.0, c.border)
        .shadows(&t.shadow.mid)
        .element(passive("menu", "menu", name, NameFrom::Aria))
}

fn item(ui: &Ui<'_>, i: &MenuItem<'_>, with_marks: bool, group: &str) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let on = i.active || i.submenu == Some(true);
    let fg = match (i.flags.disabled, i.danger, on) {
        (true, ..) => c.disabled_text,
        (_, true, _) => c.danger.text,
        (_, _, true) => c.on_primary_soft,
        _ => c.text,
    };
    let role = if i.checked.is_some() {
        "menuitemcheckbox"
    } else {
        "menuitem"
    };
    let action = if i.checked.is_some() {
        [Action::Toggle, Action::Click]
    } else {
        [Action::Click, Action::Select]
    };
    let mut e = control(
        "menu_item",
        role,
        i.label,
        NameFrom::Text,
        &action[..if i.checked.is_some() { 2 } else { 1 }],
        i.flags,
    );
    e.group = group.into();
    e.state.checked = i
        .checked
        .map(|on| if on { Checked::True } else { Checked::False });
    if let Some(open) = i.submenu {
        e.state.has_popup = Some("menu".into());
        e.state.expanded = Some(open);
    }
    let mut kids = Vec::new();
    match (i.icon, i.checked) {
        (Some(m), _) => {
            let glyph = ui.icon(m, 16.0, fg);
            e.icon = ui.drawing(m).into();
            kids.push(glyph);
        }
        (None, Some(true)) => kids.push(ui.icon("confirm", 16.0, fg)),
        _ if with_marks => kids.push(super::node::sized(16.0, 16.0)),
        _ => {}
    }
    kids.push(ui.line(TextRole::Body, fg, i.label).grow(1.0));
    if !i.shortcut.is_empty() {
        let color = if i.flags.disabled {
            c.disabled_text
        } else {
            c.subtle
        };
        kids.push(
            ui.line(TextRole::Caption, color, i.shortcut)
                .rigid()
                .margin4(0.0, 0.0, 0.0, ui.space(4.0)),
        );
    }
    if i.submenu.is_some() {
        kids.push(ui.icon("next", 14.0, fg));
    }
    let n = row(ui.space(2.5), kids)
        .tag(Tag::Button)
        .full()
        .pad(ui.space(3.0), 4.0)
        .min_height(t.control.height[0].max(30.0))
        .radius((t.radius.overlay / 2.0).floor())
        .when(on, |n| n.bg(c.primary_soft))
        .element(e);
    ui.ring(n, i.flags.focused)
}
