//! Plan → tree of HTML elements that a parser reads back unchanged.
//!
//! A plan may use tags where HTML does not allow them (a `div` in a button, a table row without
//! a table). A parser would move such elements; so they become `span` or `div` with a role.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::aria;
use super::css::{self, Inside};
use crate::base::color::Rgba8;
use crate::generate::icon::{self, IconStyle};
use crate::generate::plan::{Content, Display, FieldRun, IconRun, Node, Overflow, Plan, Tag};

/// The page below `<body>`; node 0 is its only child.
pub(super) struct Dom<'a> {
    pub(super) nodes: Vec<DomNode<'a>>,
    pub(super) rules: Vec<Rule>,
}

/// One HTML element.
pub(super) struct DomNode<'a> {
    pub(super) tag: &'static str,
    pub(super) class: Option<usize>,
    pub(super) attrs: Vec<(&'static str, Cow<'a, str>)>,
    pub(super) parent: Option<usize>,
    pub(super) children: Vec<usize>,
    pub(super) inner: Inner<'a>,
    /// Number among the elements of the ground truth.
    pub(super) element: Option<usize>,
}

/// What stands between the tags.
pub(super) enum Inner<'a> {
    Children,
    Text(&'a str),
    /// Data of the only path of an icon.
    Path(&'a str),
    /// No end tag.
    Void,
}

/// One class.
pub(super) struct Rule {
    pub(super) body: String,
    pub(super) placeholder: Option<Rgba8>,
}

/// What is around a node, as far as it limits which tags may be used.
#[derive(Clone, Copy, Default)]
struct Around<'a> {
    parent: Option<usize>,
    parent_tag: &'a str,
    phrasing: bool,
    interactive: bool,
    form: bool,
    label: bool,
    sectioning: bool,
    /// The parent is no flex or grid container.
    in_block: bool,
}

struct Builder<'a> {
    dom: Dom<'a>,
    classes: HashMap<(String, Option<Rgba8>), usize>,
    labelled: HashSet<&'a str>,
    elements: usize,
}

impl<'a> Dom<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let mut labelled = HashSet::new();
        plan.root.walk(&mut |n| {
            if let (Tag::Label, Some(e)) = (n.tag, &n.element)
                && !e.label_for.is_empty()
            {
                labelled.insert(e.label_for.as_str());
            }
        });
        let mut b = Builder {
            dom: Self {
                nodes: Vec::with_capacity(plan.root.count()),
                rules: Vec::new(),
            },
            classes: HashMap::new(),
            labelled,
            elements: 0,
        };
        b.add(&plan.root, Around::default());
        b.dom
    }
}

impl<'a> Builder<'a> {
    fn add(&mut self, node: &'a Node, around: Around<'_>) {
        let tag = tag(node, around);
        let number = self.dom.nodes.len();
        let element = node.element.as_ref().map(|_| {
            self.elements += 1;
            self.elements - 1
        });
        let inside = match (&node.content, tag) {
            (_, "button") if node.style.display == Display::Block => Inside::Column,
            (Content::None, _) => Inside::Plan,
            _ => Inside::Block,
        };
        let placeholder = match &node.content {
            Content::Field(f) if !f.placeholder.is_empty() => Some(f.placeholder_color),
            _ => None,
        };
        let class = self.class(
            css::declarations(node, inside, tag == "button", around.in_block),
            placeholder,
        );
        let mut attrs = Vec::new();
        if let (Some(n), Some(e)) = (element, &node.element) {
            attrs.push(("data-e", Cow::Owned(format!("e{n}"))));
            let place = aria::Place {
                tag,
                in_label: around.label,
                has_label: self.labelled.contains(e.html_id.as_str()),
                sectioning: around.sectioning,
            };
            aria::attributes(node, e, place, &mut attrs);
        }
        let mut out = DomNode {
            tag,
            class,
            attrs,
            parent: around.parent,
            children: Vec::new(),
            inner: Inner::Children,
            element,
        };
        match &node.content {
            Content::Text(t) if tag != "button" => out.inner = Inner::Text(&t.text),
            Content::Icon(i) if tag == "svg" => {
                out.inner = draw(i, element.is_some(), &mut out.attrs);
            }
            Content::Field(f) => out.inner = field(f, tag, &mut out.attrs),
            Content::None if tag == "hr" => out.inner = Inner::Void,
            _ => {}
        }
        if let Some(p) = around.parent {
            self.dom.nodes[p].children.push(number);
        }
        self.dom.nodes.push(out);
        match &node.content {
            Content::Text(t) if tag == "button" => {
                // A button is a column here, and only a block can end text with an ellipsis.
                let clips = node.style.overflow == Overflow::Hidden;
                let class = self.class(css::text_declarations(&t.style, clips), None);
                self.leaf(number, "span", class, Vec::new(), Inner::Text(&t.text));
            }
            Content::Icon(i) if tag != "svg" => {
                let class = self.class(format!("color:{}", i.color.css()), None);
                let mut attrs = Vec::new();
                let inner = draw(i, false, &mut attrs);
                self.leaf(number, "svg", class, attrs, inner);
            }
            _ => {}
        }
        let below = Around {
            parent: Some(number),
            parent_tag: tag,
            phrasing: around.phrasing
                || matches!(
                    tag,
                    "p" | "h1" | "h2" | "h3" | "h4" | "button" | "label" | "span"
                ),
            interactive: around.interactive || matches!(tag, "a" | "button"),
            in_block: node.style.display == Display::Block && tag != "button",
            form: around.form || tag == "form",
            label: around.label || tag == "label",
            sectioning: around.sectioning
                || matches!(tag, "article" | "aside" | "main" | "nav" | "section"),
        };
        for child in &node.children {
            self.add(child, below);
        }
    }

    fn leaf(
        &mut self,
        parent: usize,
        tag: &'static str,
        class: Option<usize>,
        attrs: Vec<(&'static str, Cow<'a, str>)>,
        inner: Inner<'a>,
    ) {
        let number = self.dom.nodes.len();
        self.dom.nodes[parent].children.push(number);
        self.dom.nodes.push(DomNode {
            tag,
            class,
            attrs,
            parent: Some(parent),
            children: Vec::new(),
            inner,
            element: None,
        });
    }

    fn class(&mut self, body: String, placeholder: Option<Rgba8>) -> Option<usize> {
        if body.is_empty() {
            return None;
        }
        let rules = &mut self.dom.rules;
        let next = rules.len();
        Some(
            *self
                .classes
                .entry((body, placeholder))
                .or_insert_with_key(|(body, _)| {
                    rules.push(Rule {
                        body: body.clone(),
                        placeholder,
                    });
                    next
                }),
        )
    }
}

/// The tag that `node` gets where it stands.
fn tag(node: &Node, around: Around<'_>) -> &'static str {
    let generic = if around.phrasing { "span" } else { "div" };
    if let Content::Icon(_) = node.content
        && matches!(node.tag, Tag::Div | Tag::Span)
    {
        return "svg";
    }
    if let Content::Field(_) = node.content {
        return if node.tag == Tag::Textarea {
            "textarea"
        } else {
            "input"
        };
    }
    let all = |tags: &[Tag]| node.children.iter().all(|c| tags.contains(&c.tag));
    let allowed = match node.tag {
        Tag::Span => true,
        Tag::Input | Tag::Textarea => false,
        Tag::A | Tag::Button => !around.interactive,
        Tag::Label => !around.interactive && !around.label,
        Tag::Form => !around.phrasing && !around.form,
        Tag::Ul | Tag::Ol => !around.phrasing && all(&[Tag::Li]) && no_content(node),
        Tag::Li => matches!(around.parent_tag, "ul" | "ol"),
        Tag::Table => !around.phrasing && well_formed_table(node),
        Tag::Thead | Tag::Tbody => around.parent_tag == "table",
        Tag::Tr => matches!(around.parent_tag, "thead" | "tbody"),
        Tag::Th | Tag::Td => around.parent_tag == "tr",
        Tag::Hr => !around.phrasing && node.children.is_empty() && no_content(node),
        _ => !around.phrasing,
    };
    if allowed { node.tag.name() } else { generic }
}

fn no_content(node: &Node) -> bool {
    node.content == Content::None
}

/// Whether a table holds nothing but sections, rows and cells: parsers move everything else out.
fn well_formed_table(table: &Node) -> bool {
    no_content(table)
        && table.children.iter().all(|part| {
            matches!(part.tag, Tag::Thead | Tag::Tbody)
                && no_content(part)
                && part.children.iter().all(|row| {
                    row.tag == Tag::Tr
                        && no_content(row)
                        && row
                            .children
                            .iter()
                            .all(|cell| matches!(cell.tag, Tag::Th | Tag::Td))
                })
        })
}

fn draw<'a>(
    run: &'a IconRun,
    is_element: bool,
    attrs: &mut Vec<(&'static str, Cow<'a, str>)>,
) -> Inner<'a> {
    let side: Cow<'a, str> = Cow::Owned(run.size_px.to_string());
    attrs.push(("width", side.clone()));
    attrs.push(("height", side));
    let drawing = icon::get(&run.icon);
    let view = drawing.map_or(24.0, |i| i.view_box);
    attrs.push(("viewBox", Cow::Owned(format!("0 0 {view} {view}"))));
    if drawing.is_some_and(|i| i.style == IconStyle::Fill) {
        attrs.push(("fill", Cow::Borrowed("currentColor")));
    } else {
        attrs.push(("fill", Cow::Borrowed("none")));
        attrs.push(("stroke", Cow::Borrowed("currentColor")));
        attrs.push(("stroke-width", Cow::Owned(run.stroke.to_string())));
        attrs.push(("stroke-linecap", Cow::Borrowed("round")));
        attrs.push(("stroke-linejoin", Cow::Borrowed("round")));
    }
    if !is_element {
        attrs.push(("aria-hidden", Cow::Borrowed("true")));
    }
    Inner::Path(drawing.map_or("", |i| i.path))
}

fn field<'a>(
    run: &'a FieldRun,
    tag: &str,
    attrs: &mut Vec<(&'static str, Cow<'a, str>)>,
) -> Inner<'a> {
    if !run.placeholder.is_empty() {
        attrs.push(("placeholder", Cow::Borrowed(run.placeholder.as_str())));
    }
    attrs.push(("autocomplete", Cow::Borrowed("off")));
    attrs.push(("spellcheck", Cow::Borrowed("false")));
    if tag == "textarea" {
        attrs.push(("rows", Cow::Borrowed("2")));
        return Inner::Text(&run.value);
    }
    attrs.push(("type", Cow::Borrowed(aria::input_type(run))));
    if !run.value.is_empty() {
        attrs.push(("value", Cow::Borrowed(run.value.as_str())));
    }
    Inner::Void
}
