//! How the boxes of a sample are drawn and listed.

use serde::{Deserialize, Serialize};

use crate::generate::truth::TrueElement;

/// What of the boxes is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Overlay {
    /// Boxes at all.
    pub boxes: bool,
    /// A label on every box, not only on the one under the pointer.
    pub labels: bool,
    /// Elements a person cannot act on as well.
    pub passive: bool,
    /// The click point of each box.
    pub points: bool,
}

impl Default for Overlay {
    fn default() -> Self {
        Self {
            boxes: true,
            labels: false,
            passive: false,
            points: false,
        }
    }
}

impl Overlay {
    /// Whether `e` gets a box.
    pub fn shows(&self, e: &TrueElement) -> bool {
        e.visible > 0.0 && (self.passive || e.interactive)
    }
}

/// Colour class 0 to 7 of a role: families of roles share one, so that a screen needs few.
pub fn color_class(role: &str) -> u8 {
    match role {
        "button" => 1,
        "textbox" | "searchbox" | "spinbutton" | "slider" => 2,
        "link" => 3,
        "combobox" | "listbox" | "option" => 4,
        "checkbox" | "radio" | "switch" | "menuitemcheckbox" | "menuitemradio" => 5,
        "tab" | "menuitem" | "treeitem" => 6,
        "columnheader" | "gridcell" | "cell" | "row" | "rowheader" => 7,
        _ => 0,
    }
}

/// What the families are called, by class.
pub const CLASS_NAMES: [&str; 8] = [
    "Other",
    "Button",
    "Text field",
    "Link",
    "List",
    "Choice",
    "Tab, menu",
    "Table",
];

/// Where the label of a box goes so that it stays on the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelPlace {
    /// Above the box.
    Above,
    /// Inside, at its top.
    Inside,
}

/// Above, unless the box touches the upper edge; `height` is that of the label.
pub fn label_place(box_y: i32, height: i32) -> LabelPlace {
    if box_y >= height {
        LabelPlace::Above
    } else {
        LabelPlace::Inside
    }
}

/// What a label says: the accessible name, else the text, else the widget.
pub fn label(e: &TrueElement) -> String {
    let name = [&e.name, &e.text].into_iter().find(|s| !s.is_empty());
    match name {
        Some(n) if n.chars().count() > 40 => {
            format!("{} {}…", e.role, n.chars().take(39).collect::<String>())
        }
        Some(n) => format!("{} {n}", e.role),
        None => e.widget.replace('_', " "),
    }
}

/// The states of an element in words, `checked, required`.
pub fn state_words(e: &TrueElement) -> String {
    use crate::generate::plan::Checked;
    let s = &e.state;
    let mut out: Vec<String> = Vec::new();
    match s.checked {
        Some(Checked::True) => out.push("checked".into()),
        Some(Checked::False) => out.push("unchecked".into()),
        Some(Checked::Mixed) => out.push("partly checked".into()),
        None => {}
    }
    for (on, word) in [
        (s.selected == Some(true), "selected"),
        (s.expanded == Some(true), "expanded"),
        (s.expanded == Some(false), "collapsed"),
        (s.pressed == Some(true), "pressed"),
        (s.current.is_some(), "current"),
        (s.disabled, "disabled"),
        (s.focused, "focused"),
        (s.invalid, "invalid"),
        (s.required, "required"),
        (s.readonly, "read-only"),
        (s.busy, "busy"),
    ] {
        if on {
            out.push(word.into());
        }
    }
    if let Some(v) = s.value.as_ref().filter(|v| !v.is_empty()) {
        out.push(format!("“{v}”"));
    }
    if let Some(v) = s.value_now {
        out.push(format!("{v}"));
    }
    if let Some(v) = s.sort.as_ref().filter(|v| *v != "none") {
        out.push(format!("sorted {v}"));
    }
    out.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(role: &str, name: &str) -> TrueElement {
        TrueElement {
            role: role.into(),
            name: name.into(),
            visible: 1.0,
            interactive: true,
            ..TrueElement::default()
        }
    }

    #[test]
    fn passive_elements_are_a_choice_and_hidden_ones_never_show() {
        let mut o = Overlay::default();
        let mut e = element("heading", "Sign in");
        assert!(o.shows(&e));
        e.interactive = false;
        assert!(!o.shows(&e));
        o.passive = true;
        assert!(o.shows(&e));
        e.visible = 0.0;
        assert!(!o.shows(&e));
    }

    #[test]
    fn labels_stay_short_and_on_the_picture() {
        assert_eq!(label(&element("button", "Save")), "button Save");
        let long = label(&element("link", &"ä".repeat(100)));
        assert_eq!(long.chars().count(), "link ".len() + 40);
        assert_eq!(label_place(4, 16), LabelPlace::Inside);
        assert_eq!(label_place(16, 16), LabelPlace::Above);
    }

    #[test]
    fn every_class_has_a_name() {
        for role in [
            "button", "textbox", "link", "combobox", "switch", "tab", "cell", "generic",
        ] {
            assert!((color_class(role) as usize) < CLASS_NAMES.len());
        }
    }

    #[test]
    fn states_read_as_words() {
        let mut e = element("checkbox", "");
        e.state.checked = Some(crate::generate::plan::Checked::False);
        e.state.required = true;
        e.state.value = Some("on".into());
        assert_eq!(state_words(&e), "unchecked, required, “on”");
    }
}
