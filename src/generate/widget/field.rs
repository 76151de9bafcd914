//! Fields that are typed into, with label, help and error text.

use super::button::bare_icon_button;
use super::field_box::{Box_, labelled, required};
use super::node::{block, column, row};
use super::ui::{Flags, Size, Ui, control};
use crate::generate::plan::{
    Action, Align, Content, FieldRun, Length, NameFrom, Node, Sides, Tag, TextAlign,
};
use crate::generate::theme::{NumberLook, TextRole};

/// What a field is for.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum FieldKind {
    /// Any text.
    #[default]
    Text,
    /// E-mail address.
    Email,
    /// Telephone number.
    Tel,
    /// A search; `clear` shows a button that empties it.
    Search,
    /// Secret; shown as bullets unless revealed, with a button that reveals it.
    Password {
        /// Shown as text.
        revealed: bool,
    },
    /// A number with two stepper buttons.
    Number {
        /// Smallest value.
        min: f64,
        /// Largest value.
        max: f64,
    },
    /// Several lines; the number is how many are shown.
    Area(u8),
}

/// Everything a field can have.
#[derive(Clone, Copy, Debug, Default)]
pub struct Field<'a> {
    /// Label, and the accessible name.
    pub label: &'a str,
    /// What it is for.
    pub kind: FieldKind,
    /// What is typed.
    pub value: &'a str,
    /// Shown while it is empty.
    pub placeholder: &'a str,
    /// Hint below.
    pub help: &'a str,
    /// What is wrong with the value; not empty makes it invalid.
    pub error: &'a str,
    /// States.
    pub flags: Flags,
    /// Meaning of the icon before the value.
    pub icon: Option<&'a str>,
    /// Height.
    pub size: Size,
    /// No visible label: the name is an `aria-label` (or the placeholder).
    pub hide_label: bool,
    /// HTML `name`.
    pub name: &'a str,
}

/// A labelled field.
pub fn field(ui: &Ui<'_>, f: Field<'_>) -> Node {
    let t = ui.theme;
    let flags = Flags {
        invalid: f.flags.invalid || !f.error.is_empty(),
        ..f.flags
    };
    let look = Box_::new(ui, flags, f.size, !f.hide_label);
    let id = ui.id();
    let pad = t.field.pad.max(if f.icon.is_some() { 8.0 } else { 0.0 });
    let icon_size = t.control.icon[f.size.index()];
    let left = if f.icon.is_some() {
        pad + icon_size + 8.0
    } else {
        pad
    };
    let area = match f.kind {
        FieldKind::Area(lines) => Some(f32::from(lines)),
        _ => None,
    };
    let extras = end_buttons(ui, &f, &look, flags, &id);
    let role = if f.size == Size::Small {
        TextRole::Small
    } else {
        TextRole::Body
    };
    let mut style = t.text_style(role, look.fg);
    style.wrap = area.is_some();
    let sides = matches!(f.kind, FieldKind::Number { .. }) && t.field.number == NumberLook::Sides;
    if sides {
        style.align = TextAlign::Center;
    }
    let side_room = if sides { look.height } else { 0.0 };
    let (pad_top, pad_bottom) = match (area.is_some(), look.inside) {
        (true, true) => (26.0, 8.0),
        (true, false) => (8.0, 8.0),
        (false, true) => (22.0, 4.0),
        (false, false) => (2.0, 2.0),
    };
    let line = style.line_height_px;
    let mut input = Node {
        tag: if area.is_some() {
            Tag::Textarea
        } else {
            Tag::Input
        },
        content: Content::Field(FieldRun {
            value: f.value.into(),
            placeholder: f.placeholder.into(),
            style,
            placeholder_color: if flags.disabled {
                t.colors.disabled_text
            } else {
                t.colors.subtle
            },
            input_type: input_type(f.kind).into(),
            caret: flags.focused,
        }),
        ..Node::default()
    }
    .full()
    .pad4(
        pad_top,
        if sides {
            side_room
        } else {
            pad.max(4.0) + extras.room
        },
        pad_bottom,
        if sides { side_room } else { left },
    )
    .element(field_element(&f, flags, &id));
    input.style.height = Length::Px(match area {
        Some(lines) => lines * line + pad_top + pad_bottom + 4.0,
        None => look.height,
    });
    let input = look.paint(ui, input, flags);
    let mut kids = vec![input];
    if let Some(m) = f.icon {
        let top = ((look.height - icon_size) / 2.0).floor();
        kids.push(ui.icon(m, icon_size, t.colors.muted).absolute(
            Length::Px(top),
            Length::Auto,
            Length::Auto,
            Length::Px(pad),
        ));
    }
    kids.extend(look.inner_label(ui, &required(f.label, flags), flags, left.max(t.field.pad)));
    kids.extend(extras.nodes);
    labelled(ui, &f, &id, look.inside, block(kids).relative())
}

const fn input_type(kind: FieldKind) -> &'static str {
    match kind {
        FieldKind::Email => "email",
        FieldKind::Tel => "tel",
        FieldKind::Search => "search",
        FieldKind::Password { revealed: false } => "password",
        FieldKind::Number { .. } => "number",
        FieldKind::Text | FieldKind::Area(_) | FieldKind::Password { revealed: true } => "text",
    }
}

fn field_element(f: &Field<'_>, flags: Flags, id: &str) -> crate::generate::plan::Element {
    let (widget, role) = match f.kind {
        FieldKind::Search => ("search_field", "searchbox"),
        FieldKind::Number { .. } => ("number_field", "spinbutton"),
        FieldKind::Password { .. } => ("password_field", "textbox"),
        FieldKind::Area(_) => ("text_area", "textbox"),
        FieldKind::Text | FieldKind::Email | FieldKind::Tel => ("text_field", "textbox"),
    };
    let from = if !f.hide_label {
        NameFrom::Label
    } else if f.label == f.placeholder {
        NameFrom::Placeholder
    } else {
        NameFrom::Aria
    };
    let mut e = control(
        widget,
        role,
        f.label,
        from,
        &[Action::Type, Action::Click],
        flags,
    );
    e.html_id = id.into();
    e.html_name = f.name.into();
    e.icon = String::new();
    // A masked password is not readable on the screen: its value is no ground truth.
    if !matches!(f.kind, FieldKind::Password { revealed: false }) {
        e.state.value = Some(f.value.into());
    }
    if let FieldKind::Number { min, max } = f.kind {
        e.state.value_now = f.value.parse().ok();
        e.state.value_min = Some(min);
        e.state.value_max = Some(max);
    }
    e
}

#[derive(Default)]
struct Extras {
    nodes: Vec<Node>,
    /// Room at the end of the field, CSS px.
    room: f32,
}

/// Buttons inside the field: clear, reveal, steppers.
fn end_buttons(ui: &Ui<'_>, f: &Field<'_>, look: &Box_, flags: Flags, _id: &str) -> Extras {
    let c = &ui.theme.colors;
    let h = look.height;
    let side = (h - 8.0).clamp(20.0, 32.0);
    let icon = ui.theme.control.icon[f.size.index()];
    let at_end = |n: Node| {
        let top = ((h - side) / 2.0).floor();
        n.absolute(Length::Px(top), Length::Px(4.0), Length::Auto, Length::Auto)
    };
    let color = if flags.disabled {
        c.disabled_text
    } else {
        c.muted
    };
    let one = |m: &str, name: &str| Extras {
        nodes: vec![at_end(disable(
            bare_icon_button(ui, m, name, side, icon, color),
            flags,
        ))],
        room: side,
    };
    match f.kind {
        FieldKind::Search if !f.value.is_empty() => one("clear", "Clear search"),
        FieldKind::Password { revealed: true } => one("hide", "Hide password"),
        FieldKind::Password { revealed: false } => one("show", "Show password"),
        FieldKind::Number { min, max } => steppers(ui, f, (min, max), h, flags),
        _ => Extras::default(),
    }
}

/// Takes a control out of use.
pub(super) fn disable(n: Node, flags: Flags) -> Node {
    n.when(flags.disabled, |n| {
        n.with_element(|e| {
            e.interactive = false;
            e.actions.clear();
            e.state.disabled = true;
        })
    })
}

fn steppers(ui: &Ui<'_>, f: &Field<'_>, (min, max): (f64, f64), h: f32, flags: Flags) -> Extras {
    let c = &ui.theme.colors;
    let value: f64 = f.value.parse().unwrap_or(min);
    let lower = f.label.to_lowercase();
    let make = |m: &str, verb: &str, at_limit: bool, w: f32, hh: f32, icon: f32| {
        let off = Flags {
            disabled: flags.disabled || at_limit,
            ..Flags::NONE
        };
        let color = if off.disabled {
            c.disabled_text
        } else {
            c.text
        };
        let mut n = disable(
            bare_icon_button(ui, m, &format!("{verb} {lower}"), w, icon, color),
            off,
        )
        .with_element(|e| e.widget = "stepper_button".into());
        n.style.height = Length::Px(hh);
        n.style.radius = [0.0; 4];
        n
    };
    let icon = ui.theme.control.icon[0];
    let at = |n: Node, top: f32, right: Length, left: Length| {
        n.absolute(Length::Px(top), right, Length::Auto, left)
    };
    let (lo, hi) = (value <= min, value >= max);
    match ui.theme.field.number {
        NumberLook::Stacked => {
            let half = ((h - 2.0) / 2.0).floor();
            let w = 26.0;
            let edge = |n: Node| n.border_left(1.0, c.border);
            Extras {
                nodes: vec![
                    at(
                        edge(make("collapse", "Increase", hi, w, half, 12.0)),
                        1.0,
                        Length::Px(1.0),
                        Length::Auto,
                    ),
                    at(
                        edge(make("expand", "Decrease", lo, w, half, 12.0)),
                        1.0 + half,
                        Length::Px(1.0),
                        Length::Auto,
                    ),
                ],
                room: w,
            }
        }
        NumberLook::Sides => {
            let side = h - 2.0;
            Extras {
                nodes: vec![
                    at(
                        make("remove", "Decrease", lo, side, side, icon)
                            .border_right(1.0, c.border),
                        1.0,
                        Length::Auto,
                        Length::Px(1.0),
                    ),
                    at(
                        make("add", "Increase", hi, side, side, icon).border_left(1.0, c.border),
                        1.0,
                        Length::Px(1.0),
                        Length::Auto,
                    ),
                ],
                room: side,
            }
        }
        NumberLook::Trailing => {
            let side = (h - 8.0).min(36.0);
            let top = ((h - side) / 2.0).floor();
            Extras {
                nodes: vec![
                    at(
                        make("remove", "Decrease", lo, side, side, icon),
                        top,
                        Length::Px(4.0 + side),
                        Length::Auto,
                    ),
                    at(
                        make("add", "Increase", hi, side, side, icon).border_left(1.0, c.border),
                        top,
                        Length::Px(4.0),
                        Length::Auto,
                    ),
                ],
                room: side * 2.0,
            }
        }
    }
}

/// A one-line text field.
pub fn text_field(ui: &Ui<'_>, label: &str, value: &str) -> Node {
    field(
        ui,
        Field {
            label,
            value,
            ..Field::default()
        },
    )
}

/// A search box without visible label, with icon; a button empties it when it holds text.
pub fn search_field(ui: &Ui<'_>, name: &str, value: &str, size: Size) -> Node {
    field(
        ui,
        Field {
            label: name,
            value,
            placeholder: name,
            kind: FieldKind::Search,
            icon: Some("search"),
            hide_label: true,
            size,
            ..Field::default()
        },
    )
}

/// `count` boxes of one character each, filled from the left with `code`.
pub fn code_boxes(ui: &Ui<'_>, label_text: &str, count: usize, code: &str, flags: Flags) -> Node {
    let t = ui.theme;
    let chars: Vec<String> = code.chars().map(String::from).collect();
    let side = t.control.height[2];
    let boxes = (0..count)
        .map(|i| {
            let here = Flags {
                focused: flags.focused && i == chars.len(),
                ..flags
            };
            let look = Box_::new(ui, here, Size::Large, false);
            let value = chars.get(i).cloned().unwrap_or_default();
            let mut style = t.text_style(TextRole::H2, look.fg);
            style.align = TextAlign::Center;
            style.wrap = false;
            let name = format!("Digit {} of {count}", i + 1);
            let mut e = control(
                "code_box",
                "textbox",
                &name,
                NameFrom::Aria,
                &[Action::Type, Action::Click],
                here,
            );
            e.state.value = Some(value.clone());
            e.group = label_text.into();
            let mut n = Node {
                tag: Tag::Input,
                content: Content::Field(FieldRun {
                    value,
                    placeholder: String::new(),
                    style,
                    placeholder_color: t.colors.subtle,
                    input_type: "text".into(),
                    caret: here.focused,
                }),
                ..Node::default()
            }
            .height(side)
            .share(1.0)
            .pad(2.0, 2.0)
            .element(e);
            n.style.max_width = Length::Px(side + 4.0);
            look.paint(ui, n, here)
        })
        .collect();
    let boxes = row(ui.space(2.0), boxes);
    column(
        ui.space(1.5),
        vec![ui.text(TextRole::Label, t.colors.text, label_text), boxes],
    )
    .element(super::ui::passive(
        "code_group",
        "group",
        label_text,
        NameFrom::Aria,
    ))
}

/// A drop zone for files: one big button.
pub fn drop_zone(ui: &Ui<'_>, label_text: &str, hint: &str) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let mut e = control(
        "file_upload",
        "button",
        label_text,
        NameFrom::Text,
        &[Action::Click],
        Flags::NONE,
    );
    e.name = format!("{label_text} {hint}");
    let mut n = column(
        ui.space(1.0),
        vec![
            ui.icon("upload", 24.0, c.accent),
            ui.text(TextRole::Body, c.text, label_text)
                .weight(500)
                .text_align(TextAlign::Center),
            ui.text(TextRole::Caption, c.subtle, hint)
                .text_align(TextAlign::Center),
        ],
    )
    .tag(Tag::Button)
    .align(Align::Center)
    .full()
    .pad(ui.space(4.0), ui.space(4.0))
    .radius(t.radius.card)
    .bg(c.surface)
    .border(1.0, c.outline)
    .element(e);
    n.style.margin = Sides::all(Length::Px(0.0));
    n
}
