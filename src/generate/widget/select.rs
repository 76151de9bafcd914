//! Selects, closed and open.

use super::field::Field;
use super::field_box::{Box_, labelled, required};
use super::node::{block, row};
use super::ui::{Flags, Size, Ui, control, passive};
use crate::generate::plan::{Action, Align, Length, NameFrom, Node, Tag};
use crate::generate::theme::TextRole;

/// Everything a select can have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Select<'a> {
    /// Label, and the accessible name.
    pub label: &'a str,
    /// Chosen option; empty shows the placeholder.
    pub value: &'a str,
    /// Shown while nothing is chosen.
    pub placeholder: &'a str,
    /// Options in the open list; empty: closed.
    pub open: &'a [&'a str],
    /// Hint below.
    pub help: &'a str,
    /// What is wrong with the choice; not empty makes it invalid.
    pub error: &'a str,
    /// States.
    pub flags: Flags,
    /// Height.
    pub size: Size,
    /// No visible label: the name is an `aria-label`.
    pub hide_label: bool,
    /// Meaning of the icon before the value.
    pub icon: Option<&'a str>,
    /// The list opens upwards.
    pub upwards: bool,
    /// HTML `name`.
    pub name: &'a str,
}

/// A closed select.
pub fn select(ui: &Ui<'_>, label: &str, value: &str) -> Node {
    select_with(
        ui,
        Select {
            label,
            value,
            placeholder: "Select",
            ..Select::default()
        },
    )
}

/// A select with any of its options.
pub fn select_with(ui: &Ui<'_>, s: Select<'_>) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let open = !s.open.is_empty();
    let flags = Flags {
        invalid: s.flags.invalid || !s.error.is_empty(),
        focused: s.flags.focused || open,
        ..s.flags
    };
    let look = Box_::new(ui, flags, s.size, !s.hide_label);
    let id = ui.id();
    let shown = if s.value.is_empty() {
        s.placeholder
    } else {
        s.value
    };
    let color = if flags.disabled {
        c.disabled_text
    } else if s.value.is_empty() {
        c.subtle
    } else {
        c.text
    };
    let role = if s.size == Size::Small {
        TextRole::Small
    } else {
        TextRole::Body
    };
    let icon = t.control.icon[s.size.index()];
    let mut kids = Vec::new();
    kids.extend(s.icon.map(|m| ui.icon(m, icon, c.muted)));
    kids.push(ui.text(role, color, shown).ellipsis().grow(1.0));
    kids.push(ui.icon(
        if open { "collapse" } else { "expand" },
        icon,
        if flags.disabled {
            c.disabled_text
        } else {
            c.muted
        },
    ));
    let from = if s.hide_label {
        NameFrom::Aria
    } else {
        NameFrom::Label
    };
    let mut e = control(
        "select",
        "combobox",
        s.label,
        from,
        &[Action::Select, Action::Click],
        flags,
    );
    e.html_id.clone_from(&id);
    e.html_name = s.name.into();
    e.state.value = Some(s.value.into());
    e.state.expanded = Some(open);
    e.state.has_popup = Some("listbox".into());
    let pad = t.field.pad.max(4.0);
    let (top, bottom) = if look.inside { (22.0, 4.0) } else { (2.0, 2.0) };
    let mut b = row(ui.space(2.0), kids)
        .tag(Tag::Button)
        .full()
        .pad4(top, pad.min(12.0), bottom, pad)
        .element(e);
    b.style.height = Length::Px(look.height);
    let b = look.paint(ui, b, flags);
    let mut kids = vec![b];
    kids.extend(look.inner_label(ui, &required(s.label, flags), flags, t.field.pad));
    if open {
        let list = listbox(ui, s.label, s.open, s.value);
        let far = Length::Px(look.height + 4.0);
        let (top, bottom) = if s.upwards {
            (Length::Auto, far)
        } else {
            (far, Length::Auto)
        };
        kids.push(
            list.absolute(top, Length::Px(0.0), bottom, Length::Px(0.0))
                .z(50),
        );
    }
    let frame = Field {
        label: s.label,
        help: s.help,
        error: s.error,
        flags,
        hide_label: s.hide_label,
        ..Field::default()
    };
    labelled(ui, &frame, &id, look.inside, block(kids).relative())
}

/// The list of an open select.
pub fn listbox(ui: &Ui<'_>, name: &str, options: &[&str], selected: &str) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let rows = options
        .iter()
        .map(|o| {
            let on = *o == selected;
            let mut e = control(
                "option",
                "option",
                o,
                NameFrom::Text,
                &[Action::Select, Action::Click],
                Flags::NONE,
            );
            e.state.selected = Some(on);
            e.group = name.into();
            let fg = if on { c.on_primary_soft } else { c.text };
            let mut n = row(
                ui.space(2.0),
                vec![ui.text(TextRole::Body, fg, o).ellipsis().grow(1.0)],
            )
            .tag(Tag::Li)
            .pad(ui.space(3.0), ui.space(1.5))
            .min_height(32.0)
            .radius((t.radius.overlay / 2.0).floor())
            .element(e);
            if on {
                n = n.bg(c.primary_soft).push(ui.icon("confirm", 16.0, fg));
            }
            n
        })
        .collect();
    let mut n = super::node::column(0.0, rows)
        .tag(Tag::Ul)
        .align(Align::Stretch)
        .pad(4.0, 4.0)
        .radius(t.radius.overlay)
        .bg(c.raised)
        .border(1.0, c.border)
        .shadows(&t.shadow.mid)
        .element(passive("listbox", "listbox", name, NameFrom::Aria));
    n.style.min_width = Length::Px(120.0);
    n
}
