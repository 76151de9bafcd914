//! Plan → boxes and lines of text, in unrounded CSS pixels.

mod solve;

use crate::base::geometry::Rect;

pub use solve::layout;
pub(crate) use solve::used_border;

/// Where everything is. Nodes are numbered in document order (parents first), the order of
/// [`crate::generate::plan::Node::walk`].
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// One entry per node of the plan.
    pub nodes: Vec<LaidNode>,
}

/// One laid-out node.
#[derive(Clone, Debug, PartialEq)]
pub struct LaidNode {
    /// Number of the parent; `None` for the root.
    pub parent: Option<u32>,
    /// One past the number of the last node inside this one.
    pub end: u32,
    /// Border box, relative to the top left of the screen.
    pub border_box: Rect,
    /// Content box, relative to the top left of the screen.
    pub content_box: Rect,
    /// Lines of text, for text and field nodes.
    pub text: Option<LaidText>,
}

/// Shaped and placed text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LaidText {
    /// Lines from top to bottom.
    pub lines: Vec<Line>,
    /// What is really shown, after cutting with an ellipsis or masking a password.
    pub shown: String,
    /// True when an ellipsis replaced part of the text.
    pub cut: bool,
}

/// One line of text; all coordinates are relative to the top left of the screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// Left edge of the first glyph's origin to the end of the last advance, and the full
    /// line height.
    pub rect: Rect,
    /// Baseline.
    pub baseline_y: f32,
    /// Glyphs, grouped by font.
    pub runs: Vec<GlyphRun>,
    /// Byte range of `shown` on this line.
    pub range: std::ops::Range<usize>,
}

/// Glyphs of one font.
#[derive(Clone, Debug, PartialEq)]
pub struct GlyphRun {
    /// Index into `text::FONTS`.
    pub font: u16,
    /// Font size in CSS pixels.
    pub size_px: f32,
    /// The glyphs.
    pub glyphs: Vec<Glyph>,
}

/// One glyph at its origin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glyph {
    /// Glyph id in the font.
    pub id: u16,
    /// Origin, CSS pixels from the left of the screen.
    pub x: f32,
    /// Origin (baseline), CSS pixels from the top of the screen.
    pub y: f32,
    /// Advance in CSS pixels.
    pub advance: f32,
}
