//! Plan + layout → display list: what is painted, where and in which order, in image pixels,
//! without painting it. The rasteriser draws this list and the ground truth reads it, so both
//! speak of the same picture.
//!
//! Boxes are snapped to whole image pixels by [`to_px`](crate::base::geometry::to_px), as
//! browsers do; text keeps its sub-pixel positions.

mod build;
mod gradient;
mod shape;

pub use build::display_list;
pub use gradient::Ramp;
pub use shape::{Radius, RoundRect};

use crate::base::color::Rgba8;
use crate::base::geometry::{PxPoint, PxRect};
use crate::generate::plan::{Fill, Sides};

/// Everything painted on one screen, bottom first.
#[derive(Clone, Debug, PartialEq)]
pub struct DisplayList {
    /// Image width in pixels.
    pub width: u32,
    /// Image height in pixels.
    pub height: u32,
    /// Image pixels per CSS pixel.
    pub scale: f32,
    /// Colour behind everything, opaque.
    pub canvas: Rgba8,
    /// What clips what; entry 0 is the image itself.
    pub clips: Vec<Clip>,
    /// What is painted, bottom first.
    pub items: Vec<Item>,
    /// Shapes that catch clicks, bottom first. Boxes catch clicks whether or not they are filled.
    pub hits: Vec<Hit>,
    /// One entry per node of the plan.
    pub nodes: Vec<NodePaint>,
}

/// A clip: the shape inside, further cut by its parent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clip {
    /// Number of the clip around this one; `None` for the image.
    pub parent: Option<u32>,
    /// What shows.
    pub shape: RoundRect,
    /// Bounding box of what shows after all clips around this one; may be empty.
    pub bounds: PxRect,
}

/// One painted thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Number of the node it belongs to.
    pub node: u32,
    /// Number of its clip.
    pub clip: u32,
    /// What it is.
    pub paint: Paint,
}

/// What is painted.
#[derive(Clone, Debug, PartialEq)]
pub enum Paint {
    /// A filled box.
    Fill {
        /// Shape.
        shape: RoundRect,
        /// Colour or gradient; never [`Fill::None`].
        fill: Fill,
        /// The box that a gradient runs through (`shape` may be a little smaller).
        frame: PxRect,
    },
    /// The four borders of a box.
    Border {
        /// Border box.
        outer: RoundRect,
        /// Widths in pixels.
        widths: Sides<i32>,
        /// Colours.
        colors: Sides<Rgba8>,
    },
    /// An outer shadow.
    Shadow {
        /// Border box with spread and offset.
        shape: RoundRect,
        /// Standard deviation of the blur, in pixels.
        sigma: f32,
        /// Colour.
        color: Rgba8,
        /// The shape that is left out (the box itself).
        hole: RoundRect,
    },
    /// Glyphs of one font in one colour.
    Glyphs {
        /// Index into `text::FONTS`.
        font: u16,
        /// Font size in image pixels.
        size: f32,
        /// Colour.
        color: Rgba8,
        /// The glyphs.
        glyphs: Vec<PlacedGlyph>,
    },
    /// An icon, stretched over a square.
    Icon {
        /// Id in `icon::ICONS`.
        icon: String,
        /// Where.
        rect: PxRect,
        /// Width of the strokes in the icon's own units.
        stroke: f32,
        /// Colour.
        color: Rgba8,
    },
    /// Everything up to the matching [`Paint::EndGroup`] is painted as one with this opacity.
    BeginGroup {
        /// 0 to 1.
        opacity: f32,
    },
    /// End of a group.
    EndGroup,
}

impl Paint {
    /// A rectangle that holds everything painted; `None` for group marks.
    pub fn bounds(&self) -> Option<PxRect> {
        match self {
            Self::Fill { shape, .. } => Some(shape.rect),
            Self::Border { outer, .. } => Some(outer.rect),
            Self::Icon { rect, .. } => Some(*rect),
            Self::Shadow { shape, sigma, .. } => Some(shape.grow((sigma * 3.0) as i32 + 3).rect),
            Self::Glyphs { size, glyphs, .. } => {
                // Ink stays within two font sizes of its origin.
                let reach = (size * 2.0) as i32 + 1;
                let (first, last) = (glyphs.first()?, glyphs.last()?);
                let (x0, x1) = (first.x.min(last.x), first.x.max(last.x));
                Some(PxRect::new(
                    x0 as i32 - reach,
                    first.y as i32 - reach,
                    (x1 - x0) as i32 + 2 * reach,
                    2 * reach,
                ))
            }
            Self::BeginGroup { .. } | Self::EndGroup => None,
        }
    }
}

/// A glyph at its origin on the baseline, in image pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PlacedGlyph {
    /// Glyph id in the font.
    pub id: u16,
    /// Column, with fraction.
    pub x: f32,
    /// Row, with fraction.
    pub y: f32,
}

/// A shape that catches clicks for a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hit {
    /// Number of the node.
    pub node: u32,
    /// Number of its clip.
    pub clip: u32,
    /// Shape.
    pub shape: RoundRect,
}

/// How a node takes part in the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NodePaint {
    /// Place in the paint order: larger is on top. Hidden nodes have one, too.
    pub order: u32,
    /// Clip of the node itself.
    pub clip: u32,
    /// Clip of what is inside it.
    pub inner_clip: u32,
    /// Opacity of the node and everything around it, multiplied.
    pub opacity: f32,
    /// `visibility: hidden`, of itself or inherited.
    pub hidden: bool,
    /// Border box, rounded once.
    pub bounds: PxRect,
}

impl DisplayList {
    /// Whether pixel `p` shows through clip `clip` and all clips around it.
    pub fn clip_contains(&self, clip: u32, p: PxPoint) -> bool {
        let mut at = Some(clip);
        while let Some(c) = at.and_then(|i| self.clips.get(i as usize)) {
            if !c.shape.contains(p) {
                return false;
            }
            at = c.parent;
        }
        true
    }

    /// Pixels `x0..x1` of row `y` of `shape` that show through `clip`.
    pub fn clipped_span(&self, shape: &RoundRect, clip: u32, y: i32) -> Option<(i32, i32)> {
        let (mut x0, mut x1) = shape.row_span(y)?;
        let mut at = Some(clip);
        while let Some(c) = at.and_then(|i| self.clips.get(i as usize)) {
            let (a, b) = c.shape.row_span(y)?;
            x0 = x0.max(a);
            x1 = x1.min(b);
            at = c.parent;
        }
        (x1 > x0).then_some((x0, x1))
    }

    /// The node that a click on pixel `p` meets: what `elementFromPoint` answers.
    pub fn topmost(&self, p: PxPoint) -> Option<u32> {
        self.hits
            .iter()
            .rev()
            .find(|h| h.shape.contains(p) && self.clip_contains(h.clip, p))
            .map(|h| h.node)
    }
}
