//! Plan → one HTML page that a browser lays out exactly as [`layout`](crate::generate::layout::layout)
//! does, and a unique CSS selector and XPath for every element.
//!
//! The page names its fonts by relative URL (`fonts/inter-400.ttf`), which keeps records small;
//! [`embed_fonts`] makes it self-contained.

mod aria;
mod css;
mod dom;
mod locate;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::generate::plan::{ColorScheme, Content, FontFamily, Plan};
use crate::generate::text::{self, FAMILIES, FONTS, Font};
use dom::{Dom, Inner};

/// Folder of the font files in linked pages, relative to the page.
pub const FONT_FOLDER: &str = "fonts";

/// An exported page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Html {
    /// The page. Elements carry `data-e` (`e0`, `e1` … in document order).
    pub html: String,
    /// Where each element is found, by its `data-e`.
    pub locators: BTreeMap<String, Locator>,
}

/// Two ways to find one element; each matches nothing else in the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Locator {
    /// CSS selector.
    pub selector: String,
    /// XPath 1.0.
    pub xpath: String,
}

/// What both sides agree on: nothing has a size, a margin or a font of its own, and text is set
/// with unhinted, sub-pixel advances.
const RESET: &str = "*{box-sizing:border-box;margin:0;padding:0;border:0;font:inherit;\
color:inherit;background:none;text-decoration:none;list-style:none;outline:0}\
html{text-rendering:geometricPrecision;text-spacing-trim:space-all;text-autospace:no-autospace;\
line-break:strict;overflow-wrap:normal;word-break:normal;overflow:hidden;-webkit-text-size-adjust:none;\
text-decoration-skip-ink:none}\
body *{display:block}\
button,input,textarea{appearance:none;letter-spacing:normal;text-align:start;border-radius:0}\
textarea{resize:none;overflow:hidden;overflow-wrap:normal}\
fieldset{min-inline-size:auto}\
input::-webkit-search-cancel-button,input::-webkit-inner-spin-button{appearance:none;margin:0}";

/// Exports a plan.
pub fn html(plan: &Plan) -> Html {
    let dom = Dom::new(plan);
    let mut out = String::with_capacity(16 * 1024);
    head(&mut out, plan, &dom);
    out.push_str("<body>");
    if !dom.nodes.is_empty() {
        write_node(&mut out, &dom, 0);
    }
    out.push_str("</body></html>\n");
    Html {
        html: out,
        locators: locate::locators(&dom),
    }
}

/// The files that linked pages need beside them: path relative to the page, and content.
pub fn font_files() -> impl Iterator<Item = (String, &'static [u8])> {
    FONTS
        .iter()
        .map(|f| (format!("{FONT_FOLDER}/{}", f.file), f.bytes))
}

/// The same page with every linked font inside it, as data URLs.
pub fn embed_fonts(page: &str) -> String {
    let mut out = page.to_owned();
    for font in FONTS {
        let url = font_url(font);
        if out.contains(&url) {
            let data = format!("url(data:font/ttf;base64,{})", STANDARD.encode(font.bytes));
            out = out.replace(&url, &data);
        }
    }
    out
}

fn font_url(font: &Font) -> String {
    format!("url({FONT_FOLDER}/{})", font.file)
}

fn head(out: &mut String, plan: &Plan, dom: &Dom<'_>) {
    let scheme = match plan.color_scheme {
        ColorScheme::Light => "light",
        ColorScheme::Dark => "dark",
    };
    out.push_str("<!DOCTYPE html><html lang=\"");
    escape(out, &plan.locale);
    out.push_str("\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>");
    escape(out, &plan.title);
    out.push_str("</title><style>");
    for font in used_fonts(plan) {
        let name = FAMILIES
            .iter()
            .find(|f| f.id == font.family)
            .map_or(font.family, |f| f.css_name);
        let _ = write!(
            out,
            "@font-face{{font-family:\"{name}\";font-weight:{};src:{}}}",
            font.weight,
            font_url(font)
        );
    }
    let fallback = FAMILIES[0].css_name;
    let sans = text::css_name(FontFamily::Sans, &plan.sans_family);
    let mono = text::css_name(FontFamily::Mono, &plan.sans_family);
    let _ = write!(
        out,
        ":root{{color-scheme:{scheme};--sans:\"{sans}\",\"{fallback}\",sans-serif;--mono:\"{mono}\",\"{fallback}\",monospace}}{RESET}"
    );
    let _ = write!(
        out,
        "body{{position:relative;width:{}px;height:{}px;overflow:clip;background:{}}}",
        plan.viewport.width_px,
        plan.viewport.height_px,
        plan.canvas.css()
    );
    for (i, rule) in dom.rules.iter().enumerate() {
        let _ = write!(out, ".c{i}{{{}}}", rule.body);
        if let Some(c) = rule.placeholder {
            let _ = write!(out, ".c{i}::placeholder{{color:{};opacity:1}}", c.css());
        }
    }
    out.push_str("</style></head>");
}

/// Font files that the plan's text may need: its own faces, and the fallback family's.
fn used_fonts(plan: &Plan) -> Vec<&'static Font> {
    let mut used = vec![false; FONTS.len()];
    plan.root.walk(&mut |node| {
        let style = match &node.content {
            Content::Text(t) => &t.style,
            Content::Field(f) => &f.style,
            Content::None | Content::Icon(_) => return,
        };
        let own = text::css_name(style.family, &plan.sans_family);
        for (i, font) in FONTS.iter().enumerate() {
            let family = FAMILIES.iter().find(|f| f.id == font.family);
            let fallback = font.family == FAMILIES[0].id;
            if font.weight == style.weight
                && (fallback || family.is_some_and(|f| f.css_name == own))
            {
                used[i] = true;
            }
        }
    });
    FONTS
        .iter()
        .zip(used)
        .filter_map(|(f, used)| used.then_some(f))
        .collect()
}

fn write_node(out: &mut String, dom: &Dom<'_>, i: usize) {
    let n = &dom.nodes[i];
    out.push('<');
    out.push_str(n.tag);
    if let Some(c) = n.class {
        let _ = write!(out, " class=\"c{c}\"");
    }
    for (name, value) in &n.attrs {
        out.push(' ');
        out.push_str(name);
        if !value.is_empty() || !is_boolean(name) {
            out.push_str("=\"");
            escape(out, value);
            out.push('"');
        }
    }
    out.push('>');
    match &n.inner {
        Inner::Void => return,
        Inner::Text(t) => escape(out, t),
        Inner::Path(d) => {
            out.push_str("<path d=\"");
            escape(out, d);
            out.push_str("\"/>");
        }
        Inner::Children => {
            for c in &n.children {
                write_node(out, dom, *c);
            }
        }
    }
    out.push_str("</");
    out.push_str(n.tag);
    out.push('>');
}

fn is_boolean(attr: &str) -> bool {
    matches!(attr, "disabled" | "required" | "readonly")
}

fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\u{a0}' => out.push_str("&nbsp;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests;
