//! The independent solver: which of the visible elements does an instruction mean?
//!
//! It sees what a person sees: names, painted texts, looks, headings around an element, table
//! headers. It knows neither ids nor which element was meant. Where two looks can be mistaken
//! for each other (a link drawn as a button), it takes both, so a wrong "unique" is impossible
//! by that way and only some good instructions are lost.

use serde::{Deserialize, Serialize};

use crate::generate::truth::{TrueElement, Truth};

/// What an instruction says about its target. All given constraints must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Expression {
    /// Its name, whether painted on it, beside it or told by its icon.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The text painted on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// What it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
    /// What it looks like, or what can be done with it ("type into").
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look: Option<Look>,
    /// Heading of the card or section it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// Header of its table row.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row: Option<String>,
    /// Header of its table column.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

/// Looks that people tell apart without knowing the page's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// Pressed: buttons, links, tabs, menu items, options.
    Press,
    /// Typed into: text, search and number fields, editable combo boxes.
    Field,
    /// Opens a list of values.
    Dropdown,
    /// Switched: check boxes, radio buttons, switches.
    Choice,
    /// Dragged along a track.
    Slider,
    /// Table header.
    Header,
}

impl Look {
    /// The look of a WAI-ARIA role; `None` for what nobody acts on.
    pub fn of(role: &str) -> Option<Self> {
        Some(match role {
            "button" | "link" | "tab" | "menuitem" | "option" | "treeitem" => Self::Press,
            "textbox" | "searchbox" | "spinbutton" => Self::Field,
            "combobox" | "listbox" => Self::Dropdown,
            "checkbox" | "radio" | "switch" | "menuitemcheckbox" | "menuitemradio" => Self::Choice,
            "slider" => Self::Slider,
            "columnheader" | "rowheader" => Self::Header,
            _ => return None,
        })
    }
}

/// Why an instruction has one answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// Visible elements that were tried.
    pub candidates: u32,
    /// The constraints that were needed, joined by `+`.
    pub rule: String,
    /// Elements that share the first constraint and fail another, at most five.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub distractors: Vec<String>,
}

/// How instructions may be satisfied on one screen.
#[derive(Debug)]
pub struct Resolver<'a> {
    seen: Vec<&'a TrueElement>,
}

impl<'a> Resolver<'a> {
    /// Looks at a screen.
    pub fn new(truth: &'a Truth) -> Self {
        Self {
            seen: truth
                .elements
                .iter()
                .filter(|e| e.visible > 0.0 && e.visible_box.area() > 0)
                .collect(),
        }
    }

    /// Whether `words` are painted somewhere on the screen, whole words only.
    pub fn painted(&self, words: &str) -> bool {
        let words = normal(words);
        !words.is_empty()
            && self
                .seen
                .iter()
                .any(|e| format!(" {} ", normal(&e.text)).contains(&format!(" {words} ")))
    }

    /// Every element that satisfies `x`. An element that only wraps another one in the list, or
    /// lies inside it without being a control of its own, is the same place on the screen and
    /// is left out.
    pub fn solve(&self, x: &Expression) -> Vec<&'a TrueElement> {
        let all: Vec<&TrueElement> = self
            .seen
            .iter()
            .copied()
            .filter(|e| satisfies(e, x))
            .collect();
        all.iter()
            .copied()
            .filter(|e| Look::of(&e.role).is_some() || !self.same_place(e, &all))
            .collect()
    }

    /// The proof that `x` means `target` and nothing else; `None` when it does not.
    pub fn prove(&self, x: &Expression, target: &TrueElement) -> Option<Proof> {
        let context_painted = [&x.group, &x.row, &x.column]
            .into_iter()
            .flatten()
            .all(|c| self.painted(c));
        let solved = self.solve(x);
        if !context_painted || solved.len() != 1 || solved[0].id != target.id {
            return None;
        }
        let (rule, first) = rule(x);
        Some(Proof {
            candidates: self.seen.len() as u32,
            rule,
            distractors: self
                .seen
                .iter()
                .filter(|e| e.id != target.id && satisfies(e, &first))
                .take(5)
                .map(|e| e.id.clone())
                .collect(),
        })
    }

    /// Whether `e`, which nobody acts on, wraps or lies inside a control of `all`.
    fn same_place(&self, e: &TrueElement, all: &[&TrueElement]) -> bool {
        all.iter().any(|o| {
            o.id != e.id
                && Look::of(&o.role).is_some()
                && (self.inside(o, &e.id) || self.inside(e, &o.id))
        })
    }

    fn inside(&self, e: &TrueElement, ancestor: &str) -> bool {
        let mut parent = e.parent.as_deref();
        // Each step goes up in document order, so the walk ends.
        while let Some(p) = parent {
            if p == ancestor {
                return true;
            }
            parent = self
                .seen
                .iter()
                .find(|o| o.id == p)
                .and_then(|o| o.parent.as_deref());
        }
        false
    }
}

fn satisfies(e: &TrueElement, x: &Expression) -> bool {
    let same = |want: &Option<String>, have: &[&str]| {
        want.as_ref().is_none_or(|w| {
            let w = normal(w);
            have.iter().any(|h| normal(h) == w)
        })
    };
    let value = e.state.value.as_deref().unwrap_or_default();
    let (row, column) = e
        .grid
        .as_ref()
        .map_or(("", ""), |g| (&*g.row_header, &*g.column_header));
    same(&x.name, &[&e.name, &e.text])
        && same(&x.text, &[&e.text, &e.name, value])
        && same(&x.purpose, &[&e.purpose, &e.name, &e.text])
        && x.look.is_none_or(|l| Look::of(&e.role) == Some(l))
        && same(&x.group, &[&e.group])
        && same(&x.row, &[row, &e.group])
        && same(&x.column, &[column])
}

/// The names of the constraints, and the first one alone.
fn rule(x: &Expression) -> (String, Expression) {
    let mut first = Expression::default();
    let mut names = Vec::new();
    if x.name.is_some() {
        names.push("name");
        first.name.clone_from(&x.name);
    }
    if x.text.is_some() {
        names.push("text");
        first.text.clone_from(&x.text);
    }
    if x.purpose.is_some() {
        names.push("purpose");
        first.purpose.clone_from(&x.purpose);
    }
    for (given, name) in [
        (x.look.is_some(), "look"),
        (x.group.is_some(), "group"),
        (x.row.is_some(), "row"),
        (x.column.is_some(), "column"),
    ] {
        if given {
            names.push(name);
        }
    }
    (names.join("+"), first)
}

/// How texts are compared: lower case, single spaces, no punctuation at the ends.
pub fn normal(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    for word in s.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.extend(word.chars().flat_map(char::to_lowercase));
    }
    out.trim_matches(|c: char| matches!(c, '.' | ':' | '*' | '…' | ',' | '"' | '“' | '”' | ' '))
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::geometry::{PxPoint, PxRect};

    pub(crate) fn element(id: &str, role: &str, name: &str, text: &str) -> TrueElement {
        TrueElement {
            id: id.into(),
            role: role.into(),
            name: name.into(),
            text: text.into(),
            visible: 1.0,
            visible_box: PxRect::new(0, 0, 10, 10),
            hit: PxRect::new(0, 0, 10, 10),
            point: Some(PxPoint { x: 5, y: 5 }),
            interactive: Look::of(role).is_some(),
            ..TrueElement::default()
        }
    }

    fn named(name: &str) -> Expression {
        Expression {
            name: Some(name.into()),
            ..Expression::default()
        }
    }

    #[test]
    fn two_elements_of_one_name_are_never_unique() {
        let mut truth = Truth {
            elements: vec![
                element("e0", "button", "Save", "Save"),
                element("e1", "link", "Save", "Save"),
            ],
            ..Truth::default()
        };
        let x = named("save");
        assert_eq!(Resolver::new(&truth).solve(&x).len(), 2);
        assert!(
            Resolver::new(&truth)
                .prove(&x, &truth.elements[0])
                .is_none()
        );
        // Out of sight it cannot be meant.
        truth.elements[1].visible = 0.0;
        let proof = Resolver::new(&truth).prove(&x, &truth.elements[0]);
        assert_eq!(proof.map(|p| p.candidates), Some(1));
    }

    #[test]
    fn a_heading_of_the_same_words_makes_a_bare_name_ambiguous_but_not_a_look() {
        let truth = Truth {
            elements: vec![
                element("e0", "heading", "Payment", "Payment"),
                element("e1", "button", "Payment", "Payment"),
            ],
            ..Truth::default()
        };
        let r = Resolver::new(&truth);
        let mut x = named("Payment");
        assert!(r.prove(&x, &truth.elements[1]).is_none());
        x.look = Some(Look::Press);
        let proof = r.prove(&x, &truth.elements[1]).unwrap();
        assert_eq!(
            (&*proof.rule, &proof.distractors[..]),
            ("name+look", &["e0".to_owned()][..])
        );
    }

    #[test]
    fn a_wrapper_is_the_same_place_and_a_control_inside_is_not() {
        let mut inner = element("e1", "link", "Home", "Home");
        inner.parent = Some("e0".into());
        let mut truth = Truth {
            elements: vec![element("e0", "listitem", "", "Home"), inner],
            ..Truth::default()
        };
        assert!(
            Resolver::new(&truth)
                .prove(&named("Home"), &truth.elements[1])
                .is_some()
        );
        truth.elements[0].role = "button".into();
        assert!(
            Resolver::new(&truth)
                .prove(&named("Home"), &truth.elements[1])
                .is_none()
        );
    }

    #[test]
    fn a_group_helps_only_when_its_heading_is_painted() {
        let mut a = element("e0", "button", "Edit", "Edit");
        let mut b = element("e1", "button", "Edit", "Edit");
        a.group = "Shipping".into();
        b.group = "Payment".into();
        let mut truth = Truth {
            elements: vec![a, b],
            ..Truth::default()
        };
        let x = Expression {
            group: Some("Payment".into()),
            ..named("Edit")
        };
        assert!(
            Resolver::new(&truth)
                .prove(&x, &truth.elements[1])
                .is_none()
        );
        truth
            .elements
            .push(element("e2", "heading", "Payment", "Payment"));
        assert!(
            Resolver::new(&truth)
                .prove(&x, &truth.elements[1])
                .is_some()
        );
    }
}
