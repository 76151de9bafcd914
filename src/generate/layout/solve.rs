//! Plan → taffy → [`Layout`].

use taffy::prelude::{
    AvailableSpace, FromFr as _, FromLength as _, FromPercent as _, NodeId, TaffyAuto as _,
    TaffyTree,
};
use taffy::{Baselines, LayoutInput, LayoutOutput, compute_leaf_layout};

use crate::base::geometry::Rect;
use crate::error::{Error, Result};
use crate::generate::layout::{LaidNode, Layout};
use crate::generate::plan::{
    Align, Content, Display, FieldRun, FlexDirection, IconRun, Length, Node, Overflow, Plan,
    Position, Sides, Style, Tag, TextRun, Track,
};
use crate::generate::text::{FIELD_WIDTH_PX, TextEngine};

/// What a leaf measures.
enum Leaf<'a> {
    Text(&'a TextRun),
    Icon(&'a IconRun),
    Field(&'a FieldRun, bool),
}

/// Lays out a plan. Boxes are unrounded: rounding happens once, in
/// [`to_px`](crate::base::geometry::to_px).
///
/// # Errors
/// `layout_failed` when the layout library refuses the tree, which a valid plan never causes.
pub fn layout(plan: &Plan, engine: &mut TextEngine) -> Result<Layout> {
    solve(plan, engine).map_err(|e| {
        Error::new(
            crate::ErrorKind::Data,
            "layout_failed",
            format!("the screen cannot be laid out: {e}"),
        )
    })
}

fn solve(plan: &Plan, engine: &mut TextEngine) -> taffy::TaffyResult<Layout> {
    let mut tree: TaffyTree<Leaf<'_>> = TaffyTree::with_capacity(plan.root.count() + 1);
    tree.disable_rounding();
    let mut ids = Vec::with_capacity(plan.root.count());
    let root = build(&mut tree, &plan.root, &mut ids)?;
    let (width, height) = (
        plan.viewport.width_px as f32,
        plan.viewport.height_px as f32,
    );
    // The body: a block of the size of the viewport, containing block of last resort.
    let body = tree.new_with_children(
        taffy::Style {
            display: taffy::Display::Block,
            position: taffy::Position::Relative,
            size: taffy::Size {
                width: taffy::Dimension::from_length(width),
                height: taffy::Dimension::from_length(height),
            },
            ..taffy::Style::default()
        },
        &[root],
    )?;
    tree.compute_layout_with_measure(
        body,
        taffy::Size {
            width: AvailableSpace::Definite(width),
            height: AvailableSpace::Definite(height),
        },
        |input, _, leaf, style| measure(input, leaf, style, engine, &plan.sans_family),
    )?;
    let mut out = Vec::with_capacity(ids.len());
    let mut place = Place {
        tree: &tree,
        ids: &ids,
        engine,
        sans: &plan.sans_family,
        out: &mut out,
    };
    place.node(&plan.root, None, (0.0, 0.0), (0.0, 0.0));
    Ok(Layout { nodes: out })
}

fn build<'a>(
    tree: &mut TaffyTree<Leaf<'a>>,
    node: &'a Node,
    ids: &mut Vec<NodeId>,
) -> taffy::TaffyResult<NodeId> {
    let style = taffy_style(node);
    let slot = ids.len();
    let leaf = match &node.content {
        Content::None => None,
        Content::Text(t) => Some(Leaf::Text(t)),
        Content::Icon(i) => Some(Leaf::Icon(i)),
        Content::Field(f) => Some(Leaf::Field(f, node.tag == Tag::Textarea)),
    };
    let id = match leaf {
        Some(leaf) => tree.new_leaf_with_context(style, leaf)?,
        None => tree.new_leaf(style)?,
    };
    ids.push(id);
    debug_assert_eq!(ids.len(), slot + 1, "nodes are numbered parents first");
    for child in &node.children {
        let child = build(tree, child, ids)?;
        tree.add_child(id, child)?;
    }
    Ok(id)
}

struct Place<'a, 'p> {
    tree: &'a TaffyTree<Leaf<'p>>,
    ids: &'a [NodeId],
    engine: &'a mut TextEngine,
    sans: &'a str,
    out: &'a mut Vec<LaidNode>,
}

impl Place<'_, '_> {
    /// `parent_at` is the top left of the parent's border box, `containing_at` that of the
    /// nearest positioned ancestor.
    fn node(
        &mut self,
        node: &Node,
        parent: Option<u32>,
        parent_at: (f32, f32),
        containing_at: (f32, f32),
    ) {
        let number = self.out.len();
        let l = self.tree.unrounded_layout(self.ids[number]);
        let origin = if node.style.position == Position::Absolute {
            containing_at
        } else {
            parent_at
        };
        let at = (origin.0 + l.location.x, origin.1 + l.location.y);
        let border_box = Rect::new(at.0, at.1, l.size.width, l.size.height);
        let left = l.border.left + l.padding.left;
        let top = l.border.top + l.padding.top;
        let content_box = Rect::new(
            at.0 + left,
            at.1 + top,
            (l.size.width - left - l.border.right - l.padding.right).max(0.0),
            (l.size.height - top - l.border.bottom - l.padding.bottom).max(0.0),
        );
        let text = match &node.content {
            Content::Text(t) => Some(
                self.engine
                    .place(&t.text, &t.style, self.sans, &content_box),
            ),
            Content::Field(f) => {
                Some(
                    self.engine
                        .place_field(f, node.tag == Tag::Textarea, self.sans, &content_box),
                )
            }
            Content::None | Content::Icon(_) => None,
        };
        self.out.push(LaidNode {
            parent,
            end: 0,
            border_box,
            content_box,
            text,
        });
        let containing = if node.style.position == Position::Static {
            containing_at
        } else {
            at
        };
        for child in &node.children {
            self.node(child, Some(number as u32), at, containing);
        }
        self.out[number].end = self.out.len() as u32;
    }
}

fn measure(
    input: LayoutInput,
    leaf: Option<&mut Leaf<'_>>,
    style: &taffy::Style,
    engine: &mut TextEngine,
    sans: &str,
) -> LayoutOutput {
    let mut baseline = None;
    let mut out = compute_leaf_layout(
        input,
        style,
        |_, _| 0.0,
        // Only the available space is a content-box size here; known sizes are border boxes.
        |_, available| match leaf {
            None => taffy::Size::ZERO,
            Some(Leaf::Icon(i)) => taffy::Size {
                width: i.size_px,
                height: i.size_px,
            },
            Some(Leaf::Field(f, multiline)) => {
                let rows = if *multiline { 2.0 } else { 1.0 };
                baseline = Some(crate::generate::text::baseline_offset(&f.style, sans));
                taffy::Size {
                    width: match available.width {
                        AvailableSpace::MinContent => 0.0,
                        _ => FIELD_WIDTH_PX,
                    },
                    height: rows * f.style.line_height_px,
                }
            }
            Some(Leaf::Text(t)) => {
                let bound = match available.width {
                    AvailableSpace::Definite(w) => Some(w),
                    AvailableSpace::MinContent => Some(0.0),
                    AvailableSpace::MaxContent => None,
                };
                let size = engine.measure(&t.text, &t.style, sans, bound);
                baseline = Some(size.baseline);
                taffy::Size {
                    width: match bound {
                        Some(w) => size.max_width.min(w).max(size.min_width),
                        None => size.max_width,
                    },
                    height: size.height,
                }
            }
        },
    );
    if let (Some(b), None) = (baseline, out.baselines.first) {
        let top = |p: taffy::LengthPercentage| p.into_option_length().unwrap_or(0.0);
        out.baselines =
            Baselines::from_first(Some(b + top(style.padding.top) + top(style.border.top)));
    }
    out
}

trait IntoOptionLength {
    fn into_option_length(self) -> Option<f32>;
}

impl IntoOptionLength for taffy::LengthPercentage {
    fn into_option_length(self) -> Option<f32> {
        let raw = self.into_raw();
        (raw.tag() == taffy::CompactLength::LENGTH_TAG).then(|| raw.value())
    }
}

fn dimension(l: Length) -> taffy::Dimension {
    match l {
        Length::Auto => taffy::Dimension::AUTO,
        Length::Px(v) => taffy::Dimension::from_length(v),
        Length::Percent(p) => taffy::Dimension::from_percent(p / 100.0),
    }
}

fn length_auto(l: Length) -> taffy::LengthPercentageAuto {
    match l {
        Length::Auto => taffy::LengthPercentageAuto::AUTO,
        Length::Px(v) => taffy::LengthPercentageAuto::from_length(v),
        Length::Percent(p) => taffy::LengthPercentageAuto::from_percent(p / 100.0),
    }
}

fn px(v: f32) -> taffy::LengthPercentage {
    taffy::LengthPercentage::from_length(v)
}

fn sides<T: Copy, U>(s: Sides<T>, f: impl Fn(T) -> U) -> taffy::Rect<U> {
    taffy::Rect {
        left: f(s.left),
        right: f(s.right),
        top: f(s.top),
        bottom: f(s.bottom),
    }
}

fn align_items(a: Align, grid: bool) -> taffy::AlignItems {
    match a {
        Align::Normal | Align::SpaceBetween => taffy::AlignItems::NORMAL,
        Align::Start if grid => taffy::AlignItems::START,
        Align::Start => taffy::AlignItems::FLEX_START,
        Align::Center => taffy::AlignItems::CENTER,
        Align::End if grid => taffy::AlignItems::END,
        Align::End => taffy::AlignItems::FLEX_END,
        Align::Stretch => taffy::AlignItems::STRETCH,
        Align::Baseline => taffy::AlignItems::BASELINE,
    }
}

fn justify_content(a: Align, grid: bool) -> taffy::AlignContent {
    match a {
        Align::Normal | Align::Baseline => taffy::AlignContent::NORMAL,
        Align::Start if grid => taffy::AlignContent::START,
        Align::Start => taffy::AlignContent::FLEX_START,
        Align::Center => taffy::AlignContent::CENTER,
        Align::End if grid => taffy::AlignContent::END,
        Align::End => taffy::AlignContent::FLEX_END,
        Align::Stretch => taffy::AlignContent::STRETCH,
        Align::SpaceBetween => taffy::AlignContent::SPACE_BETWEEN,
    }
}

fn tracks(t: &[Track]) -> Vec<taffy::GridTemplateComponent<String>> {
    t.iter()
        .map(|t| match *t {
            Track::Auto => taffy::GridTemplateComponent::AUTO,
            Track::Px(v) => taffy::GridTemplateComponent::from_length(v),
            Track::Fr(v) => taffy::prelude::minmax(
                taffy::MinTrackSizingFunction::from_length(0.0),
                taffy::MaxTrackSizingFunction::from_fr(v),
            ),
        })
        .collect()
}

/// Width of a border as browsers use it: whole pixels, rounded down, but at least one.
pub(crate) fn used_border(width: f32) -> f32 {
    if width <= 0.0 {
        0.0
    } else {
        width.floor().max(1.0)
    }
}

fn taffy_style(node: &Node) -> taffy::Style {
    let s: &Style = &node.style;
    let grid = s.display == Display::Grid;
    let is_field = matches!(node.content, Content::Field(_));
    let is_replaced = is_field || matches!(node.content, Content::Icon(_));
    // A field's own width depends on the browser's font, so both sides fix it; the exported
    // CSS says the same.
    let width = if is_field && s.width == Length::Auto {
        Length::Px(FIELD_WIDTH_PX)
    } else {
        s.width
    };
    // An icon has its size whatever its container stretches; the exported CSS says the same.
    let icon = |l: Length, sides: f32| match (l, &node.content) {
        (Length::Auto, Content::Icon(i)) => Length::Px(i.size_px + sides),
        (l, _) => l,
    };
    let (p, b) = (&s.padding, &s.border);
    let border = |a: f32, b: f32| used_border(a) + used_border(b);
    let width = icon(width, p.left + p.right + border(b.left, b.right));
    let height = icon(s.height, p.top + p.bottom + border(b.top, b.bottom));
    let min_width = if is_field && s.min_width == Length::Auto {
        Length::Px(0.0)
    } else {
        s.min_width
    };
    let overflow = match s.overflow {
        Overflow::Visible => taffy::Overflow::Visible,
        Overflow::Hidden => taffy::Overflow::Hidden,
    };
    taffy::Style {
        display: match s.display {
            Display::Block => taffy::Display::Block,
            Display::Flex => taffy::Display::Flex,
            Display::Grid => taffy::Display::Grid,
        },
        item_is_replaced: is_replaced,
        item_is_compressible_replaced: is_field,
        overflow: taffy::Point {
            x: overflow,
            y: overflow,
        },
        position: match s.position {
            Position::Static => taffy::Position::Static,
            Position::Relative => taffy::Position::Relative,
            Position::Absolute => taffy::Position::Absolute,
        },
        inset: sides(s.inset, length_auto),
        size: taffy::Size {
            width: dimension(width),
            height: dimension(height),
        },
        min_size: taffy::Size {
            width: length_auto(min_width),
            height: length_auto(s.min_height),
        },
        max_size: taffy::Size {
            width: length_auto(s.max_width),
            height: length_auto(s.max_height),
        },
        margin: sides(s.margin, length_auto),
        padding: sides(s.padding, px),
        border: sides(s.border, |b| px(used_border(b))),
        align_items: align_items(s.align_items, grid),
        align_self: (s.align_self != Align::Normal).then(|| align_items(s.align_self, grid)),
        justify_content: justify_content(s.justify_content, grid),
        gap: taffy::Size {
            width: px(s.column_gap),
            height: px(s.row_gap),
        },
        flex_direction: match s.flex_direction {
            FlexDirection::Row => taffy::FlexDirection::Row,
            FlexDirection::Column => taffy::FlexDirection::Column,
            FlexDirection::RowReverse => taffy::FlexDirection::RowReverse,
        },
        flex_wrap: if s.flex_wrap {
            taffy::FlexWrap::Wrap
        } else {
            taffy::FlexWrap::NoWrap
        },
        flex_basis: dimension(s.flex_basis),
        flex_grow: s.flex_grow,
        flex_shrink: s.flex_shrink,
        grid_template_columns: tracks(&s.grid_columns),
        grid_template_rows: tracks(&s.grid_rows),
        grid_column: if s.column_span > 1 {
            taffy::Line {
                start: taffy::GridPlacement::Auto,
                end: taffy::GridPlacement::Span(s.column_span),
            }
        } else {
            taffy::Line::default()
        },
        ..taffy::Style::default()
    }
}
