//! The box of a field in each state, and the label, help and error text around it.

use super::field::Field;
use super::node::column;
use super::text::{error_text, help_text, label};
use super::ui::{Flags, Size, Ui};
use crate::base::color::Rgba8;
use crate::generate::plan::{Length, Node};
use crate::generate::theme::{FieldStyle, LabelPlace, TextRole};

/// Colours and measures of a field box in one state.
pub(super) struct Box_ {
    pub(super) bg: Rgba8,
    pub(super) fg: Rgba8,
    pub(super) line: Rgba8,
    pub(super) height: f32,
    pub(super) inside: bool,
}

impl Box_ {
    pub(super) fn new(ui: &Ui<'_>, flags: Flags, size: Size, has_label: bool) -> Self {
        let (t, c) = (ui.theme, &ui.theme.colors);
        let inside = t.field.label == LabelPlace::Inside && has_label;
        Self {
            bg: match (t.field.style, flags.disabled) {
                (FieldStyle::Underlined, _) => Rgba8::TRANSPARENT,
                (_, true) => c.disabled_fill,
                (FieldStyle::Filled, _) => c.sunken,
                (FieldStyle::Outlined, _) => c.surface,
            },
            fg: if flags.disabled {
                c.disabled_text
            } else {
                c.text
            },
            line: if flags.invalid {
                c.danger.text
            } else if flags.disabled {
                c.border
            } else if flags.focused {
                c.accent
            } else {
                c.outline
            },
            height: if inside {
                t.field.tall
            } else {
                t.control.height[size.index()]
            },
            inside,
        }
    }

    /// Draws the box onto the control.
    pub(super) fn paint(&self, ui: &Ui<'_>, node: Node, flags: Flags) -> Node {
        let t = ui.theme;
        let heavy = if flags.focused || flags.invalid {
            2.0
        } else {
            1.0
        };
        let r = t.radius.control;
        let n = match t.field.style {
            FieldStyle::Outlined => node.radius(r).border(heavy, self.line),
            FieldStyle::Filled => node.radii([r, r, 0.0, 0.0]).border_bottom(heavy, self.line),
            FieldStyle::Underlined => node.border_bottom(heavy, self.line),
        };
        let ring = flags.focused && t.field.style == FieldStyle::Outlined;
        ui.ring(n.bg(self.bg).min_height(self.height), ring)
    }

    /// The label inside the box, when the theme puts it there.
    pub(super) fn inner_label(
        &self,
        ui: &Ui<'_>,
        text: &str,
        flags: Flags,
        left: f32,
    ) -> Option<Node> {
        let c = &ui.theme.colors;
        let color = if flags.invalid {
            c.danger.text
        } else if flags.disabled {
            c.disabled_text
        } else if flags.focused {
            c.accent
        } else {
            c.muted
        };
        self.inside.then(|| {
            ui.text(TextRole::Label, color, text).ellipsis().absolute(
                Length::Px(8.0),
                Length::Px(ui.theme.field.pad),
                Length::Auto,
                Length::Px(left),
            )
        })
    }
}

/// Puts label, control and help or error text below each other. `inner` says that the label
/// already stands inside the box.
pub(super) fn labelled(ui: &Ui<'_>, f: &Field<'_>, id: &str, inner: bool, boxed: Node) -> Node {
    let mut kids = Vec::new();
    if !f.hide_label && !inner {
        kids.push(label(ui, f.label, id, f.flags.required));
    }
    kids.push(boxed);
    if !f.error.is_empty() {
        kids.push(error_text(ui, f.error));
    } else if !f.help.is_empty() {
        kids.push(help_text(ui, f.help));
    }
    column(ui.space(1.5), kids)
}

/// The label with the star of a required field, for labels inside the box.
pub(super) fn required(label: &str, flags: Flags) -> String {
    if flags.required {
        format!("{label} *")
    } else {
        label.into()
    }
}
