//! Roles, names and states as HTML and ARIA attributes.

use std::borrow::Cow;

use crate::generate::plan::{Checked, Content, Element, FieldRun, NameFrom, Node};

/// What decides which attributes an element needs besides its own semantics.
#[derive(Clone, Copy)]
pub(super) struct Place {
    pub(super) tag: &'static str,
    /// Inside a `<label>`.
    pub(super) in_label: bool,
    /// A `<label for>` points at it.
    pub(super) has_label: bool,
    /// Inside sectioning content: `header` and `footer` are no landmarks there.
    pub(super) sectioning: bool,
}

type Attrs<'a> = Vec<(&'static str, Cow<'a, str>)>;

/// Appends the attributes of `element`.
pub(super) fn attributes<'a>(
    node: &'a Node,
    element: &'a Element,
    place: Place,
    out: &mut Attrs<'a>,
) {
    let tag = place.tag;
    if !element.html_id.is_empty() {
        out.push(("id", Cow::Borrowed(&element.html_id)));
    }
    if !element.html_name.is_empty() && matches!(tag, "input" | "textarea" | "button") {
        out.push(("name", Cow::Borrowed(&element.html_name)));
    }
    if tag == "label" && !element.label_for.is_empty() {
        out.push(("for", Cow::Borrowed(&element.label_for)));
    }
    match tag {
        "a" => out.push(("href", Cow::Borrowed("#"))),
        "button" => out.push(("type", Cow::Borrowed("button"))),
        "th" => {
            let scope = if element.role == "rowheader" {
                "row"
            } else {
                "col"
            };
            out.push(("scope", Cow::Borrowed(scope)));
        }
        _ => {}
    }
    let role = element.role.as_str();
    let shown = !matches!(role, "" | "generic");
    if shown && implicit_role(tag, &node.content, place.sectioning) != Some(role) {
        out.push(("role", Cow::Borrowed(role)));
    }
    if needs_aria_label(node, element, place) {
        out.push(("aria-label", Cow::Borrowed(&element.name)));
    }
    let native = matches!(tag, "a" | "button" | "input" | "textarea");
    if element.interactive && !native && tag != "label" {
        out.push(("tabindex", Cow::Borrowed("0")));
    }
    states(element, place, out);
}

fn states<'a>(element: &'a Element, place: Place, out: &mut Attrs<'a>) {
    let s = &element.state;
    let tag = place.tag;
    let field = matches!(tag, "input" | "textarea");
    let flag = |on: bool| Cow::Borrowed(if on { "true" } else { "false" });
    let bare = || Cow::Borrowed("");
    if let Some(c) = s.checked {
        let v = match c {
            Checked::True => "true",
            Checked::False => "false",
            Checked::Mixed => "mixed",
        };
        out.push(("aria-checked", Cow::Borrowed(v)));
    }
    for (name, value) in [
        ("aria-selected", s.selected),
        ("aria-expanded", s.expanded),
        ("aria-pressed", s.pressed),
        ("aria-busy", s.busy.then_some(true)),
        ("aria-invalid", s.invalid.then_some(true)),
    ] {
        if let Some(v) = value {
            out.push((name, flag(v)));
        }
    }
    for (name, value) in [
        ("aria-current", &s.current),
        ("aria-sort", &s.sort),
        ("aria-haspopup", &s.has_popup),
    ] {
        if let Some(v) = value {
            out.push((name, Cow::Borrowed(v.as_str())));
        }
    }
    for (name, value) in [
        ("aria-valuenow", s.value_now),
        ("aria-valuemin", s.value_min),
        ("aria-valuemax", s.value_max),
    ] {
        if let Some(v) = value {
            out.push((name, Cow::Owned(v.to_string())));
        }
    }
    if let Some(level) = s.level
        && heading_level(tag) != Some(level)
    {
        out.push(("aria-level", Cow::Owned(level.to_string())));
    }
    if s.disabled {
        if field || tag == "button" || tag == "fieldset" {
            out.push(("disabled", bare()));
        } else {
            out.push(("aria-disabled", flag(true)));
        }
    }
    if s.required {
        out.push(if field {
            ("required", bare())
        } else {
            ("aria-required", flag(true))
        });
    }
    if s.readonly {
        out.push(if field {
            ("readonly", bare())
        } else {
            ("aria-readonly", flag(true))
        });
    }
}

/// The `type` of an `<input>`. A number that is not written as HTML wants it would be dropped by
/// the browser, so it stays text.
pub(super) fn input_type(run: &FieldRun) -> &str {
    let plain_number = || {
        run.value
            .bytes()
            .all(|b| b.is_ascii_digit() || b == b'.' || b == b'-')
            && run.value.parse::<f64>().is_ok()
    };
    match run.input_type.as_str() {
        "number" if !run.value.is_empty() && !plain_number() => "text",
        "" => "text",
        t => t,
    }
}

/// The role a tag has by itself; `None` when it has none or it depends on CSS (tables).
fn implicit_role(tag: &str, content: &Content, sectioning: bool) -> Option<&'static str> {
    Some(match tag {
        "a" => "link",
        "button" => "button",
        "nav" => "navigation",
        "main" => "main",
        "aside" => "complementary",
        "header" if !sectioning => "banner",
        "footer" if !sectioning => "contentinfo",
        "section" => "region",
        "article" => "article",
        "form" => "form",
        "fieldset" => "group",
        "ul" | "ol" => "list",
        "li" => "listitem",
        "h1" | "h2" | "h3" | "h4" => "heading",
        "p" => "paragraph",
        "hr" => "separator",
        "textarea" => "textbox",
        "input" => match content {
            Content::Field(f) => match input_type(f) {
                "search" => "searchbox",
                "number" => "spinbutton",
                // A password field has no role of its own and takes none.
                _ => "textbox",
            },
            _ => "textbox",
        },
        _ => return None,
    })
}

fn heading_level(tag: &str) -> Option<u8> {
    match tag {
        "h1" => Some(1),
        "h2" => Some(2),
        "h3" => Some(3),
        "h4" => Some(4),
        _ => None,
    }
}

/// Whether the name must be written out because nothing else in the page gives it.
fn needs_aria_label(node: &Node, element: &Element, place: Place) -> bool {
    if element.name.is_empty() || !may_be_named(&element.role) {
        return false;
    }
    let labelable = matches!(place.tag, "button" | "input" | "textarea");
    match element.name_from {
        NameFrom::None => false,
        NameFrom::Aria => true,
        NameFrom::Label => !(labelable && (place.in_label || place.has_label)),
        NameFrom::Placeholder => !matches!(place.tag, "input" | "textarea"),
        NameFrom::Text => !named_by_content(&element.role) || !text_is(node, &element.name),
    }
}

/// WAI-ARIA prohibits names on these roles.
fn may_be_named(role: &str) -> bool {
    !matches!(
        role,
        "" | "generic"
            | "paragraph"
            | "caption"
            | "code"
            | "deletion"
            | "emphasis"
            | "insertion"
            | "none"
            | "presentation"
            | "strong"
            | "subscript"
            | "superscript"
    )
}

fn named_by_content(role: &str) -> bool {
    matches!(
        role,
        "button"
            | "cell"
            | "checkbox"
            | "columnheader"
            | "gridcell"
            | "heading"
            | "link"
            | "menuitem"
            | "menuitemcheckbox"
            | "menuitemradio"
            | "option"
            | "radio"
            | "row"
            | "rowheader"
            | "switch"
            | "tab"
            | "tooltip"
            | "treeitem"
    )
}

/// Whether the texts inside `node`, joined by spaces, are `name`.
fn text_is(node: &Node, name: &str) -> bool {
    let mut rest = Some(name.trim());
    node.walk(&mut |n| {
        if let (Content::Text(t), Some(r)) = (&n.content, rest) {
            rest = r.strip_prefix(t.text.trim()).map(str::trim_start);
        }
    });
    rest == Some("")
}
