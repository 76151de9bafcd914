//! The plan: one screen as data, with every random decision already made.
//!
//! Layout, pixels, HTML, ground truth and tasks are pure functions of a [`Plan`]. One tree,
//! three views: our own layout and raster, the exported HTML + CSS, and the element list.
//!
//! Lengths are CSS pixels. A plan uses only values that both our layout and a browser
//! represent exactly: font sizes are multiples of 0.5 px, every other length a multiple of
//! 1/64 px.

mod element;
mod style;

pub use element::{Action, Checked, Element, GridPlace, NameFrom, State};
pub use style::{
    Align, Display, Fill, FlexDirection, FontFamily, Length, Outline, Overflow, Position, Shadow,
    Sides, Style, TextAlign, TextStyle, Track,
};

use serde::{Deserialize, Serialize};

use crate::base::color::Rgba8;

/// One resolved screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// Dataset seed.
    pub seed: u64,
    /// Index of the sample in its dataset.
    pub index: u64,
    /// Id of the archetype in `ARCHETYPES` (`login_form` …).
    pub archetype: String,
    /// Page title (`<title>`).
    pub title: String,
    /// Id of the theme in `THEMES`.
    pub theme: String,
    /// Light or dark.
    pub color_scheme: ColorScheme,
    /// BCP 47 tag (`en-US`).
    pub locale: String,
    /// Size of the screen.
    pub viewport: Viewport,
    /// Family behind [`FontFamily::Sans`]: an id of `text::FAMILIES`.
    pub sans_family: String,
    /// Colour behind everything: the `background` of `<body>`.
    pub canvas: Rgba8,
    /// The tree; its first node is `<body>`'s only child and fills the viewport.
    pub root: Node,
}

/// Light or dark.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum ColorScheme {
    /// Dark text on a light page.
    #[default]
    Light,
    /// Light text on a dark page.
    Dark,
}

/// The size of a screen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Viewport {
    /// CSS pixels.
    pub width_px: u32,
    /// CSS pixels.
    pub height_px: u32,
    /// Image pixels per CSS pixel, 1 to 3.
    pub device_scale: f32,
}

impl Viewport {
    /// Size of the image: CSS size times device scale, rounded like every box.
    pub fn image_size(&self) -> (u32, u32) {
        let side = |v: u32| crate::base::geometry::round_px(v as f32 * self.device_scale) as u32;
        (side(self.width_px), side(self.height_px))
    }
}

/// One box of the screen and what is in it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Node {
    /// HTML element to export.
    pub tag: Tag,
    /// How it is laid out and painted.
    pub style: Style,
    /// What is in it besides children.
    pub content: Content,
    /// Semantics, when this node is an element of the ground truth.
    pub element: Option<Element>,
    /// Boxes inside, in document order. Only for [`Content::None`].
    pub children: Vec<Node>,
}

/// What a node holds.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Children only.
    #[default]
    None,
    /// A paragraph in one style.
    Text(TextRun),
    /// An icon: a replaced box of `size_px` × `size_px`, exported as inline SVG.
    Icon(IconRun),
    /// The text inside `<input>` or `<textarea>`.
    Field(FieldRun),
}

/// A paragraph of text in one style.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextRun {
    /// The characters; no line breaks, no leading, trailing or double spaces.
    pub text: String,
    /// How they are set.
    pub style: TextStyle,
}

/// The value or placeholder of a field. An `<input>` shows it on one line, vertically centred
/// in its content box and clipped there; a `<textarea>` wraps it from the top.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldRun {
    /// What is typed; empty when the placeholder shows.
    pub value: String,
    /// Shown while the value is empty.
    pub placeholder: String,
    /// Style of the value.
    pub style: TextStyle,
    /// Colour of the placeholder.
    pub placeholder_color: Rgba8,
    /// `text`, `search`, `email`, `tel`, `number`, `password`: a password shows one bullet
    /// (U+2022) per character.
    pub input_type: String,
    /// Draw a caret after the value (the field has focus).
    pub caret: bool,
}

/// An icon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IconRun {
    /// Id in `icon::ICONS` (`search`, `trash` …).
    pub icon: String,
    /// Side of the square, CSS pixels.
    pub size_px: f32,
    /// Width of the strokes in the icon's own 24-unit grid (ignored by filled icons).
    pub stroke: f32,
    /// Colour.
    pub color: Rgba8,
}

macro_rules! tags {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// HTML element names that plans use.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "lowercase")]
        #[allow(missing_docs, reason = "each variant is the HTML element of that name")]
        pub enum Tag { #[default] $($variant),* }
        impl Tag {
            /// Every tag.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];
            /// The element name.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }
    };
}
tags! {
    Div = "div", Span = "span", P = "p", H1 = "h1", H2 = "h2", H3 = "h3", H4 = "h4",
    A = "a", Button = "button", Label = "label", Input = "input", Textarea = "textarea",
    Nav = "nav", Header = "header", Main = "main", Aside = "aside", Footer = "footer",
    Section = "section", Article = "article", Form = "form", Fieldset = "fieldset",
    Ul = "ul", Ol = "ol", Li = "li",
    Table = "table", Thead = "thead", Tbody = "tbody", Tr = "tr", Th = "th", Td = "td",
    Hr = "hr",
}

impl Node {
    /// Calls `f` on this node and every node inside, in document order (parents first).
    pub fn walk<'a>(&'a self, f: &mut impl FnMut(&'a Self)) {
        f(self);
        for c in &self.children {
            c.walk(f);
        }
    }

    /// Number of nodes in this tree.
    pub fn count(&self) -> usize {
        1 + self.children.iter().map(Self::count).sum::<usize>()
    }
}
