//! Unique CSS selectors and XPaths, readable where the page allows it.
//!
//! An attribute is used only when a count over the whole page says that it is unique; a chain of
//! child steps from a unique ancestor is unique by construction.

use std::collections::{BTreeMap, HashMap};

use super::Locator;
use super::dom::{Dom, Inner};

/// Longer texts make unreadable paths.
const MAX_TEXT: usize = 60;

/// Attributes that tell elements apart, most lasting first.
const ATTRIBUTES: [&str; 4] = ["id", "name", "aria-label", "placeholder"];

/// Finds every element.
pub(super) fn locators(dom: &Dom<'_>) -> BTreeMap<String, Locator> {
    let mut page = Page::new(dom);
    let mut out = BTreeMap::new();
    for (i, n) in dom.nodes.iter().enumerate() {
        if let Some(e) = n.element {
            let at = Locator {
                selector: page.path(i, Kind::Css),
                xpath: page.by_text(i).unwrap_or_else(|| page.path(i, Kind::XPath)),
            };
            out.insert(format!("e{e}"), at);
        }
    }
    out
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Css,
    XPath,
}

struct Page<'d, 'a> {
    dom: &'d Dom<'a>,
    /// How often `(attribute, tag, value)` occurs.
    attributes: HashMap<(&'static str, &'static str, &'d str), u32>,
    /// How often `(tag, text)` occurs, and the text of each node when it is short.
    texts: Vec<Option<String>>,
    text_count: HashMap<(&'static str, String), u32>,
}

impl<'d, 'a> Page<'d, 'a> {
    fn new(dom: &'d Dom<'a>) -> Self {
        let mut attributes = HashMap::new();
        for n in &dom.nodes {
            for (name, value) in &n.attrs {
                if ATTRIBUTES.contains(name) {
                    *attributes
                        .entry((*name, scope(name, n.tag), &**value))
                        .or_insert(0) += 1;
                }
            }
        }
        // Children come after their parents, so texts grow from the end.
        let mut texts: Vec<Option<String>> = vec![None; dom.nodes.len()];
        let mut text_count = HashMap::new();
        for i in (0..dom.nodes.len()).rev() {
            let n = &dom.nodes[i];
            let text = match &n.inner {
                Inner::Text(t) => Some((*t).to_owned()),
                Inner::Children => n
                    .children
                    .iter()
                    .map(|c| texts[*c].as_deref())
                    .try_fold(String::new(), |all, t| Some(all + t?)),
                Inner::Path(_) | Inner::Void => Some(String::new()),
            };
            texts[i] = text.filter(|t| t.len() <= MAX_TEXT);
            if let Some(t) = &texts[i] {
                *text_count.entry((n.tag, normalized(t))).or_insert(0) += 1;
            }
        }
        Self {
            dom,
            attributes,
            texts,
            text_count,
        }
    }

    /// `//button[normalize-space()="Save"]`, when one text and nothing else is in it.
    fn by_text(&mut self, i: usize) -> Option<String> {
        let n = &self.dom.nodes[i];
        if self.unique_attribute(i).is_some_and(|(a, _)| a == "id") || self.leaves(i) != 1 {
            return None;
        }
        let text = normalized(self.texts[i].as_deref()?);
        if text.is_empty() {
            return None;
        }
        let quoted = quote_xpath(&text)?;
        (self.text_count.get(&(n.tag, text)) == Some(&1))
            .then(|| format!("//{}[normalize-space()={quoted}]", n.tag))
    }

    /// Number of texts inside, at most 2.
    fn leaves(&self, i: usize) -> usize {
        let n = &self.dom.nodes[i];
        match n.inner {
            Inner::Text(_) => usize::from(n.tag != "textarea"),
            _ => n
                .children
                .iter()
                .map(|c| self.leaves(*c))
                .sum::<usize>()
                .min(2),
        }
    }

    fn unique_attribute(&self, i: usize) -> Option<(&'static str, &'d str)> {
        let n = &self.dom.nodes[i];
        ATTRIBUTES.iter().find_map(|wanted| {
            let (name, value) = n.attrs.iter().find(|(name, _)| name == wanted)?;
            let value: &'d str = value;
            let once = self.attributes.get(&(*name, scope(name, n.tag), value)) == Some(&1);
            (once && !value.is_empty() && !value.contains(['\n', '\r'])).then_some((*name, value))
        })
    }

    /// The unique attribute of `i` as a whole path.
    fn anchor(&self, i: usize, kind: Kind) -> Option<String> {
        let (name, value) = self.unique_attribute(i)?;
        let tag = self.dom.nodes[i].tag;
        match kind {
            Kind::Css if name == "id" && is_plain_ident(value) => Some(format!("#{value}")),
            Kind::Css => {
                let v = value.replace('\\', "\\\\").replace('"', "\\\"");
                Some(format!("{tag}[{name}=\"{v}\"]"))
            }
            Kind::XPath if tag == "svg" => {
                let v = quote_xpath(value)?;
                Some(format!("//*[name()=\"svg\"][@{name}={v}]"))
            }
            Kind::XPath => Some(format!("//{tag}[@{name}={}]", quote_xpath(value)?)),
        }
    }

    fn path(&self, i: usize, kind: Kind) -> String {
        if let Some(a) = self.anchor(i, kind) {
            return a;
        }
        let n = &self.dom.nodes[i];
        let (mut out, place, of) = match n.parent {
            None => (
                match kind {
                    Kind::Css => "body",
                    Kind::XPath => "/html/body",
                }
                .to_owned(),
                1,
                1,
            ),
            Some(p) => {
                let same = |c: &&usize| self.dom.nodes[**c].tag == n.tag;
                let all = &self.dom.nodes[p].children;
                let place = all.iter().filter(same).position(|c| *c == i).unwrap_or(0) + 1;
                (self.path(p, kind), place, all.iter().filter(same).count())
            }
        };
        match kind {
            Kind::Css => {
                out.push_str(" > ");
                out.push_str(n.tag);
                if of > 1 {
                    out.push_str(&format!(":nth-of-type({place})"));
                }
            }
            Kind::XPath => {
                out.push('/');
                out.push_str(match n.tag {
                    // Outside the HTML namespace, which plain names stand for.
                    "svg" => "*[name()=\"svg\"]",
                    tag => tag,
                });
                if of > 1 {
                    out.push_str(&format!("[{place}]"));
                }
            }
        }
        out
    }
}

/// Ids are compared over all tags, other attributes within one.
fn scope(attribute: &str, tag: &'static str) -> &'static str {
    if attribute == "id" { "" } else { tag }
}

/// What `normalize-space()` makes of `text`.
fn normalized(text: &str) -> String {
    text.split([' ', '\t', '\n', '\r'])
        .filter(|w| !w.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn quote_xpath(v: &str) -> Option<String> {
    if !v.contains('"') {
        Some(format!("\"{v}\""))
    } else if !v.contains('\'') {
        Some(format!("'{v}'"))
    } else {
        None
    }
}

fn is_plain_ident(v: &str) -> bool {
    v.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && v.chars()
            .all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
}
