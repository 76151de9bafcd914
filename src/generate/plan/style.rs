//! How nodes and text are laid out and painted: the part of CSS that plans use.

use serde::{Deserialize, Serialize};

use crate::base::color::Rgba8;

/// How text is set.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextStyle {
    /// Family.
    pub family: FontFamily,
    /// Multiple of 0.5.
    pub size_px: f32,
    /// 400, 500, 600 or 700.
    pub weight: u16,
    /// Height of one line, CSS pixels.
    pub line_height_px: f32,
    /// Extra space after each character, CSS pixels.
    pub letter_spacing_px: f32,
    /// Colour.
    pub color: Rgba8,
    /// Alignment of the lines in the box.
    pub align: TextAlign,
    /// False: one line, whatever the width (`white-space: nowrap`).
    pub wrap: bool,
    /// With `wrap: false`: cut text that does not fit with an ellipsis (the box must clip).
    pub ellipsis: bool,
    /// Draw a line under the text.
    pub underline: bool,
    /// Draw a line through the text.
    pub strike: bool,
}

/// Which of the plan's fonts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FontFamily {
    /// The plan's `sans_family`.
    #[default]
    Sans,
    /// The bundled monospace.
    Mono,
}

/// Alignment of text lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TextAlign {
    /// At the start of the line.
    #[default]
    Start,
    /// In the middle.
    Center,
    /// At the end of the line.
    End,
}

/// A length of the box model.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// Decided by content and container.
    #[default]
    Auto,
    /// CSS pixels.
    Px(f32),
    /// Share of the container, 0 to 100.
    Percent(f32),
}

/// Four values for the four sides.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Sides<T> {
    /// Top.
    pub top: T,
    /// Right.
    pub right: T,
    /// Bottom.
    pub bottom: T,
    /// Left.
    pub left: T,
}

impl<T: Copy> Sides<T> {
    /// The same on all sides.
    pub const fn all(v: T) -> Self {
        Self {
            top: v,
            right: v,
            bottom: v,
            left: v,
        }
    }

    /// `y` for top and bottom, `x` for left and right.
    pub const fn xy(x: T, y: T) -> Self {
        Self {
            top: y,
            right: x,
            bottom: y,
            left: x,
        }
    }
}

/// The typed subset of CSS that plans use.
///
/// `box-sizing` is `border-box`. Only text nodes, icons and fields have intrinsic sizes.
/// Positioned nodes (`relative`, `absolute`) with a `z_index` form stacking contexts; the
/// containing block of an `absolute` node is its nearest positioned ancestor, else the root.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Style {
    /// `display`.
    pub display: Display,
    /// `position`.
    pub position: Position,
    /// `top`, `right`, `bottom`, `left`, for positioned nodes.
    pub inset: Sides<Length>,
    /// `z-index`; `None` is `auto`.
    pub z_index: Option<i32>,
    /// `width`.
    pub width: Length,
    /// `height`.
    pub height: Length,
    /// `min-width`.
    pub min_width: Length,
    /// `min-height`.
    pub min_height: Length,
    /// `max-width`; `Auto` is `none`.
    pub max_width: Length,
    /// `max-height`; `Auto` is `none`.
    pub max_height: Length,
    /// `margin`.
    pub margin: Sides<Length>,
    /// `padding`, CSS pixels.
    pub padding: Sides<f32>,
    /// `border-width`, CSS pixels (`border-style: solid`).
    pub border: Sides<f32>,
    /// Colour of each border.
    pub border_color: Sides<Rgba8>,
    /// `border-radius` of the corners: top left, top right, bottom right, bottom left.
    pub radius: [f32; 4],
    /// What the box is filled with.
    pub background: Fill,
    /// `box-shadow`, first is on top.
    pub shadows: Vec<Shadow>,
    /// `outline` (focus ring): takes no room.
    pub outline: Option<Outline>,
    /// `opacity`, 0 to 1, of the node and all inside it.
    pub opacity: f32,
    /// `overflow`.
    pub overflow: Overflow,
    /// `visibility: hidden`: takes room, paints nothing, is no element.
    pub hidden: bool,
    /// `flex-direction`.
    pub flex_direction: FlexDirection,
    /// `flex-wrap: wrap`.
    pub flex_wrap: bool,
    /// `flex-grow`.
    pub flex_grow: f32,
    /// `flex-shrink`.
    pub flex_shrink: f32,
    /// `flex-basis`.
    pub flex_basis: Length,
    /// `justify-content`.
    pub justify_content: Align,
    /// `align-items`.
    pub align_items: Align,
    /// `align-self`; [`Align::Normal`] is `auto`.
    pub align_self: Align,
    /// `row-gap`, CSS pixels.
    pub row_gap: f32,
    /// `column-gap`, CSS pixels.
    pub column_gap: f32,
    /// `grid-template-columns`.
    pub grid_columns: Vec<Track>,
    /// `grid-template-rows`; rows beyond are `auto`.
    pub grid_rows: Vec<Track>,
    /// `grid-column: span n`; 0 and 1 are one cell.
    pub column_span: u16,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            display: Display::Block,
            position: Position::Static,
            inset: Sides::default(),
            z_index: None,
            width: Length::Auto,
            height: Length::Auto,
            min_width: Length::Auto,
            min_height: Length::Auto,
            max_width: Length::Auto,
            max_height: Length::Auto,
            margin: Sides::all(Length::Px(0.0)),
            padding: Sides::all(0.0),
            border: Sides::all(0.0),
            border_color: Sides::all(Rgba8::TRANSPARENT),
            radius: [0.0; 4],
            background: Fill::None,
            shadows: Vec::new(),
            outline: None,
            opacity: 1.0,
            overflow: Overflow::Visible,
            hidden: false,
            flex_direction: FlexDirection::Row,
            flex_wrap: false,
            flex_grow: 0.0,
            flex_shrink: 1.0,
            flex_basis: Length::Auto,
            justify_content: Align::Normal,
            align_items: Align::Normal,
            align_self: Align::Normal,
            row_gap: 0.0,
            column_gap: 0.0,
            grid_columns: Vec::new(),
            grid_rows: Vec::new(),
            column_span: 1,
        }
    }
}

/// `display`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Display {
    /// Children below each other (no margin is ever collapsed: plans use gaps and padding).
    #[default]
    Block,
    /// Flexbox.
    Flex,
    /// Grid.
    Grid,
}

/// `position`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Position {
    /// In the flow, not a containing block.
    #[default]
    Static,
    /// In the flow, a containing block.
    Relative,
    /// Out of the flow.
    Absolute,
}

/// `overflow`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Overflow {
    /// Painted beyond the box.
    #[default]
    Visible,
    /// Clipped to the padding box, with its rounded corners.
    Hidden,
}

/// `flex-direction`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FlexDirection {
    /// Side by side.
    #[default]
    Row,
    /// Below each other.
    Column,
    /// Side by side from the end.
    RowReverse,
}

/// Values of `justify-content`, `align-items` and `align-self`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Align {
    /// `normal` (`auto` for `align-self`).
    #[default]
    Normal,
    /// `flex-start` in flex containers, `start` in grids.
    Start,
    /// `center`.
    Center,
    /// `flex-end` in flex containers, `end` in grids.
    End,
    /// `stretch`.
    Stretch,
    /// `space-between` (`justify-content` only).
    SpaceBetween,
    /// `baseline` (`align-*` only).
    Baseline,
}

/// One grid track.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Track {
    /// `auto`.
    Auto,
    /// CSS pixels.
    Px(f32),
    /// `minmax(0, n fr)`.
    Fr(f32),
}

/// What a box is filled with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// Nothing.
    #[default]
    None,
    /// One colour.
    Color(Rgba8),
    /// `linear-gradient(<angle>deg, from, to)`.
    Gradient {
        /// CSS angle in degrees: 0 goes up, 90 to the right. Multiples of 45.
        angle_deg: f32,
        /// Colour at the start.
        from: Rgba8,
        /// Colour at the end.
        to: Rgba8,
    },
}

/// One `box-shadow`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shadow {
    /// Offset to the right.
    pub x: f32,
    /// Offset down.
    pub y: f32,
    /// `blur-radius` (twice the standard deviation).
    pub blur: f32,
    /// `spread-radius`.
    pub spread: f32,
    /// Colour.
    pub color: Rgba8,
}

/// `outline`: drawn outside the border box, follows its radius.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outline {
    /// Width.
    pub width: f32,
    /// Gap between border box and outline.
    pub offset: f32,
    /// Colour.
    pub color: Rgba8,
}
