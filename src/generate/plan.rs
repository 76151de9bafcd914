//! The plan: one screen as data, with every random decision already made.
//!
//! Layout, pixels, HTML, ground truth and tasks are pure functions of a [`Plan`]. One tree,
//! three views: our own layout and raster, the exported HTML + CSS, and the element list.
//!
//! Lengths are CSS pixels. A plan uses only values that both our layout and a browser
//! represent exactly: font sizes are multiples of 0.5 px, every other length a multiple of
//! 1/64 px.

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

/// What a node means: the part of the plan that becomes ground truth, ARIA attributes and
/// tasks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Element {
    /// Id in `WIDGETS` (`button`, `icon_button`, `switch` …): the seed's `element_type`.
    pub widget: String,
    /// WAI-ARIA 1.2 role; `generic` for plain text and decoration.
    pub role: String,
    /// Accessible name.
    pub name: String,
    /// Where the name comes from.
    pub name_from: NameFrom,
    /// Whether a person can act on it (a disabled control cannot).
    pub interactive: bool,
    /// What can be done with it, most natural first.
    pub actions: Vec<Action>,
    /// States.
    pub state: State,
    /// What it does, as a short imperative without a full stop ("sort by price"); empty when
    /// nothing better than the name is known.
    pub purpose: String,
    /// Id of the icon it shows.
    pub icon: String,
    /// Place in a table.
    pub grid: Option<GridPlace>,
    /// HTML `id`, when it needs one (labels, `aria-controls`); unique in the plan.
    pub html_id: String,
    /// HTML `name` attribute of fields.
    pub html_name: String,
    /// On a `<label>`: `html_id` of the control it labels.
    pub label_for: String,
    /// The text that marks the place of this element for people: heading of its card or
    /// section, row header. Empty when there is none.
    pub group: String,
}

/// Where an accessible name comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum NameFrom {
    /// No name.
    #[default]
    None,
    /// The text inside.
    Text,
    /// A `<label>`.
    Label,
    /// `aria-label` (icon-only controls).
    Aria,
    /// The placeholder.
    Placeholder,
}

/// Something a person can do with an element: the seed's `action`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Press it.
    Click,
    /// Type into it.
    Type,
    /// Choose an option of it.
    Select,
    /// Switch it on or off.
    Toggle,
    /// Drag it.
    Drag,
}

impl Action {
    /// The name used in records: `click`, `type`, `select`, `toggle`, `drag`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Click => "click",
            Self::Type => "type",
            Self::Select => "select",
            Self::Toggle => "toggle",
            Self::Drag => "drag",
        }
    }
}

/// WAI-ARIA states and properties, `None` where they do not apply.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
#[serde(default)]
pub struct State {
    /// `aria-checked`: `true`, `false` or `mixed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<Checked>,
    /// `aria-selected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selected: Option<bool>,
    /// `aria-expanded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expanded: Option<bool>,
    /// `aria-pressed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pressed: Option<bool>,
    /// `aria-current`: `page`, `step`, `true` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// `aria-sort`: `ascending`, `descending` or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// `disabled`.
    #[serde(skip_serializing_if = "is_false")]
    pub disabled: bool,
    /// Has keyboard focus.
    #[serde(skip_serializing_if = "is_false")]
    pub focused: bool,
    /// `aria-invalid`.
    #[serde(skip_serializing_if = "is_false")]
    pub invalid: bool,
    /// `required`.
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
    /// `readonly`.
    #[serde(skip_serializing_if = "is_false")]
    pub readonly: bool,
    /// `aria-busy`.
    #[serde(skip_serializing_if = "is_false")]
    pub busy: bool,
    /// Text of a field, chosen option of a select.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// `aria-valuenow`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_now: Option<f64>,
    /// `aria-valuemin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_min: Option<f64>,
    /// `aria-valuemax`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_max: Option<f64>,
    /// `aria-haspopup`: `menu`, `listbox`, `dialog`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_popup: Option<String>,
    /// `aria-level`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
}

fn is_false(v: &bool) -> bool {
    !*v
}

/// `aria-checked`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Checked {
    /// On.
    True,
    /// Off.
    False,
    /// Neither.
    Mixed,
}

/// Place of a cell, counted from 1 without the header row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
pub struct GridPlace {
    /// 0 for the header row.
    pub row: u32,
    /// From 1.
    pub column: u32,
    /// Text of the row's header cell.
    pub row_header: String,
    /// Text of the column's header cell.
    pub column_header: String,
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
