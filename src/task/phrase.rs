//! Words for one element: short instructions by name, by painted text and by purpose.

use crate::base::rng::Stream;
use crate::generate::truth::TrueElement;
use crate::task::resolve::{Expression, Look, Resolver, normal};
use crate::task::{Geometry, Instruction, Style};

/// Longest name, text or heading that is put into an instruction, in characters.
const MAX_WORDS_CHARS: usize = 60;

/// Pieces that trainers and vendors treat as control tokens: no text that a model reads may
/// contain one.
pub const RESERVED: &[&str] = &[
    "<image>",
    "<video>",
    "<audio>",
    "<bbox>",
    "<ref-object>",
    "<|",
    "|>",
    "<loc",
    "<start_of_image>",
    "[INST]",
    "User:",
    "Assistant:",
    "System:",
];

/// The first reserved piece of `text`, if any.
pub fn reserved_token(text: &str) -> Option<&'static str> {
    RESERVED.iter().copied().find(|t| text.contains(t))
}

/// Every proved instruction for `e`, the plainest of each style first.
pub(super) fn instructions(
    e: &TrueElement,
    resolver: &Resolver<'_>,
    geometry: Geometry,
    stream: &mut Stream,
) -> Vec<Instruction> {
    let mut out: Vec<Instruction> = Vec::new();
    let mut push = |style, x: Option<Found>, stream: &mut Stream| {
        let Some((expression, proof)) = x else { return };
        let text = sentence(e, &expression, style, geometry, stream);
        if reserved_token(&text).is_none() && out.iter().all(|i| i.text != text) {
            out.push(Instruction {
                text,
                style,
                expression: Some(expression),
                proof: Some(proof),
            });
        }
    };
    if usable(&e.name) {
        let named = Expression {
            name: Some(e.name.clone()),
            ..Expression::default()
        };
        push(Style::Name, minimal(e, resolver, &named), stream);
        let look = Expression {
            look: Look::of(&e.role),
            ..named
        };
        if look.look.is_some() {
            push(Style::Name, minimal(e, resolver, &look), stream);
        }
    }
    if usable(&e.text) {
        let x = Expression {
            text: Some(e.text.clone()),
            ..Expression::default()
        };
        push(Style::Text, minimal(e, resolver, &x), stream);
    }
    if usable(&e.purpose) {
        let x = Expression {
            purpose: Some(e.purpose.clone()),
            ..Expression::default()
        };
        push(Style::Functional, minimal(e, resolver, &x), stream);
    }
    out
}

type Found = (Expression, crate::task::resolve::Proof);

/// `x` with the least context that makes it mean `e` alone.
fn minimal(e: &TrueElement, resolver: &Resolver<'_>, x: &Expression) -> Option<Found> {
    let look = Look::of(&e.role);
    let group = Some(e.group.clone()).filter(|g| usable(g) && !says(x, g));
    let grid = e.grid.as_ref();
    let row = grid
        .map(|g| g.row_header.clone())
        .filter(|r| usable(r) && !says(x, r));
    let column = grid
        .map(|g| g.column_header.clone())
        .filter(|c| usable(c) && !says(x, c));
    let tries = [
        (None, None, None, None),
        (look, None, None, None),
        (None, group.clone(), None, None),
        (None, None, row.clone(), None),
        (look, group, None, None),
        (look, None, row.clone(), None),
        (None, None, row, column),
    ];
    tries.into_iter().find_map(|(look, group, row, column)| {
        let x = Expression {
            look: x.look.or(look),
            group,
            row,
            column,
            ..x.clone()
        };
        resolver.prove(&x, e).map(|p| (x, p))
    })
}

fn usable(s: &str) -> bool {
    !normal(s).is_empty() && s.chars().count() <= MAX_WORDS_CHARS && !s.contains(['\n', '“', '”'])
}

/// Whether the context would only repeat what is said already.
fn says(x: &Expression, context: &str) -> bool {
    let c = normal(context);
    [&x.name, &x.text]
        .into_iter()
        .flatten()
        .any(|s| normal(s) == c)
}

/// The noun for an element of this role.
fn noun(role: &str) -> &'static str {
    match role {
        "button" => "button",
        "link" => "link",
        "tab" => "tab",
        "menuitem" | "treeitem" => "menu item",
        "option" => "option",
        "textbox" => "field",
        "searchbox" => "search field",
        "spinbutton" => "number field",
        "combobox" | "listbox" => "dropdown",
        "checkbox" | "menuitemcheckbox" => "checkbox",
        "radio" | "menuitemradio" => "radio button",
        "switch" => "switch",
        "slider" => "slider",
        "columnheader" => "column header",
        "rowheader" => "row header",
        _ => "element",
    }
}

/// A verb that people use for pointing at an element of this role.
fn verb(role: &str, stream: &mut Stream) -> &'static str {
    let others: &[&str] = match Look::of(role) {
        Some(Look::Field) => &["Click into", "Select", "Focus"],
        Some(Look::Dropdown) => &["Open", "Expand"],
        Some(Look::Choice) if role == "radio" => &["Choose", "Select"],
        Some(Look::Choice) => &["Toggle", "Click on"],
        Some(Look::Slider) => &["Grab", "Click on"],
        _ if matches!(role, "link" | "tab") => &["Go to", "Open", "Click on"],
        _ if role == "option" => &["Choose", "Pick"],
        _ => &["Click on", "Press", "Hit"],
    };
    if stream.chance(50) {
        "Click"
    } else {
        others[stream.below(others.len())]
    }
}

/// The sentence that says `x`: every constraint appears in it word for word.
fn sentence(
    e: &TrueElement,
    x: &Expression,
    style: Style,
    geometry: Geometry,
    stream: &mut Stream,
) -> String {
    let noun = noun(&e.role);
    let thing = match style {
        Style::Functional => {
            let purpose = x.purpose.as_deref().unwrap_or_default();
            match (geometry, x.look.is_some()) {
                (Geometry::Point, false) => capitalised(purpose),
                (Geometry::Point, true) => format!("Use the {noun} to {purpose}"),
                (Geometry::Box, false) => format!("the control to {purpose}"),
                (Geometry::Box, true) => format!("the {noun} to {purpose}"),
            }
        }
        Style::Text => {
            let text = x.text.as_deref().unwrap_or_default();
            let thing = match (x.look, stream.below(2)) {
                (None, _) => format!("“{text}”"),
                (Some(Look::Field), _) => format!("the {noun} that shows “{text}”"),
                (Some(_), 0) => format!("the {noun} that says “{text}”"),
                (Some(_), _) => format!("the “{text}” {noun}"),
            };
            pointed(&thing, e, geometry, stream, false)
        }
        Style::Name | Style::Prompt => {
            let name = x.name.as_deref().unwrap_or_default();
            let repeated = normal(name).ends_with(noun);
            let bare = x.look.is_none() || repeated;
            let thing = if bare {
                name.to_owned()
            } else {
                match (Look::of(&e.role), stream.below(4)) {
                    (Some(Look::Field | Look::Dropdown), 0) => format!("the {noun} for {name}"),
                    (Some(Look::Choice), 0) => format!("the {noun} labelled {name}"),
                    _ => format!("the {name} {noun}"),
                }
            };
            pointed(&thing, e, geometry, stream, bare)
        }
    };
    let mut out = thing;
    if let Some(column) = &x.column {
        out.push_str(&format!(" in the {column} column"));
    }
    if let Some(row) = &x.row {
        out.push_str(&format!(" in the row of {row}"));
    }
    if let Some(group) = &x.group {
        out.push_str(&match stream.below(2) {
            0 => format!(" under {group}"),
            _ => format!(" in the {group} section"),
        });
    }
    out
}

/// Puts a verb in front, or leaves the bare phrase, which is how benchmarks often ask.
fn pointed(
    thing: &str,
    e: &TrueElement,
    geometry: Geometry,
    stream: &mut Stream,
    bare: bool,
) -> String {
    match geometry {
        Geometry::Box => thing.to_owned(),
        Geometry::Point if bare && stream.chance(40) => thing.to_owned(),
        Geometry::Point => format!("{} {thing}", verb(&e.role, stream)),
    }
}

fn capitalised(s: &str) -> String {
    let mut c = s.chars();
    match c.next() {
        Some(first) => first.to_uppercase().chain(c).collect(),
        None => String::new(),
    }
}
