//! Short ways to write nodes: boxes, rows, columns, grids and the style setters used on them.

use crate::base::color::Rgba8;
use crate::generate::plan::{
    Align, Display, Element, Fill, FlexDirection, Length, Node, Outline, Overflow, Position,
    Shadow, Sides, Tag, Track,
};

/// A block box.
pub fn block(children: Vec<Node>) -> Node {
    Node {
        children,
        ..Node::default()
    }
}

/// Side by side, centred across, `gap` CSS px apart.
pub fn row(gap: f32, children: Vec<Node>) -> Node {
    let mut n = block(children);
    n.style.display = Display::Flex;
    n.style.align_items = Align::Center;
    n.style.column_gap = gap;
    n
}

/// Side by side, continuing on the next line when there is no room.
pub fn wrap_row(gap: f32, children: Vec<Node>) -> Node {
    let mut n = row(gap, children);
    n.style.flex_wrap = true;
    n.style.row_gap = gap;
    n
}

/// Below each other, stretched to the full width, `gap` CSS px apart.
pub fn column(gap: f32, children: Vec<Node>) -> Node {
    let mut n = block(children);
    n.style.display = Display::Flex;
    n.style.flex_direction = FlexDirection::Column;
    n.style.align_items = Align::Stretch;
    n.style.row_gap = gap;
    n
}

/// A grid with these columns.
pub fn grid(columns: Vec<Track>, gap: f32, children: Vec<Node>) -> Node {
    let mut n = block(children);
    n.style.display = Display::Grid;
    n.style.grid_columns = columns;
    n.style.column_gap = gap;
    n.style.row_gap = gap;
    n
}

/// `n` equal columns.
pub fn equal_grid(n: usize, gap: f32, children: Vec<Node>) -> Node {
    grid(vec![Track::Fr(1.0); n.max(1)], gap, children)
}

/// Takes up the free room of a row or column.
pub fn spacer() -> Node {
    block(Vec::new()).grow(1.0)
}

/// An empty box of this size.
pub fn sized(width: f32, height: f32) -> Node {
    block(Vec::new()).size(width, height)
}

impl Node {
    /// Exports as this HTML element.
    #[must_use]
    pub fn tag(mut self, tag: Tag) -> Self {
        self.tag = tag;
        self
    }

    /// Fixed width in CSS px.
    #[must_use]
    pub fn width(mut self, v: f32) -> Self {
        self.style.width = Length::Px(v);
        self
    }

    /// Fixed height in CSS px.
    #[must_use]
    pub fn height(mut self, v: f32) -> Self {
        self.style.height = Length::Px(v);
        self
    }

    /// Fixed size in CSS px that flex containers do not shrink.
    #[must_use]
    pub fn size(self, width: f32, height: f32) -> Self {
        self.width(width).height(height).rigid()
    }

    /// At least this wide, CSS px.
    #[must_use]
    pub fn min_width(mut self, v: f32) -> Self {
        self.style.min_width = Length::Px(v);
        self
    }

    /// At least this high, CSS px.
    #[must_use]
    pub fn min_height(mut self, v: f32) -> Self {
        self.style.min_height = Length::Px(v);
        self
    }

    /// At most this wide, CSS px.
    #[must_use]
    pub fn max_width(mut self, v: f32) -> Self {
        self.style.max_width = Length::Px(v);
        self
    }

    /// As wide as its container.
    #[must_use]
    pub fn full(mut self) -> Self {
        self.style.width = Length::Percent(100.0);
        self
    }

    /// Takes a share of the free room (and may become narrower than its content).
    #[must_use]
    pub fn grow(mut self, share: f32) -> Self {
        self.style.flex_grow = share;
        self.style.min_width = Length::Px(0.0);
        self
    }

    /// Takes a share of the whole room, whatever its content (`flex: share 1 0`).
    #[must_use]
    pub fn share(mut self, share: f32) -> Self {
        self.style.flex_basis = Length::Px(0.0);
        self.grow(share)
    }

    /// Starts at `v` CSS px and grows; with [`wrap_row`] it wraps where less room is left.
    #[must_use]
    pub fn basis(mut self, v: f32) -> Self {
        self.style.flex_basis = Length::Px(v);
        self.grow(1.0)
    }

    /// Never shrinks in a flex container.
    #[must_use]
    pub fn rigid(mut self) -> Self {
        self.style.flex_shrink = 0.0;
        self
    }

    /// Padding: left and right, top and bottom.
    #[must_use]
    pub fn pad(mut self, x: f32, y: f32) -> Self {
        self.style.padding = Sides::xy(x, y);
        self
    }

    /// Padding: top, right, bottom, left.
    #[must_use]
    pub fn pad4(mut self, top: f32, right: f32, bottom: f32, left: f32) -> Self {
        self.style.padding = Sides {
            top,
            right,
            bottom,
            left,
        };
        self
    }

    /// Margin: top, right, bottom, left, CSS px.
    #[must_use]
    pub fn margin4(mut self, top: f32, right: f32, bottom: f32, left: f32) -> Self {
        self.style.margin = Sides {
            top: Length::Px(top),
            right: Length::Px(right),
            bottom: Length::Px(bottom),
            left: Length::Px(left),
        };
        self
    }

    /// Centred in its block container (`margin: 0 auto`).
    #[must_use]
    pub fn centered(mut self) -> Self {
        self.style.margin.left = Length::Auto;
        self.style.margin.right = Length::Auto;
        self
    }

    /// Background colour.
    #[must_use]
    pub fn bg(mut self, c: Rgba8) -> Self {
        self.style.background = Fill::Color(c);
        self
    }

    /// Background.
    #[must_use]
    pub fn fill(mut self, f: Fill) -> Self {
        self.style.background = f;
        self
    }

    /// The same border on all sides.
    #[must_use]
    pub fn border(mut self, width: f32, c: Rgba8) -> Self {
        self.style.border = Sides::all(width);
        self.style.border_color = Sides::all(c);
        self
    }

    /// Border below.
    #[must_use]
    pub fn border_bottom(mut self, width: f32, c: Rgba8) -> Self {
        self.style.border.bottom = width;
        self.style.border_color.bottom = c;
        self
    }

    /// Border above.
    #[must_use]
    pub fn border_top(mut self, width: f32, c: Rgba8) -> Self {
        self.style.border.top = width;
        self.style.border_color.top = c;
        self
    }

    /// Border on the left.
    #[must_use]
    pub fn border_left(mut self, width: f32, c: Rgba8) -> Self {
        self.style.border.left = width;
        self.style.border_color.left = c;
        self
    }

    /// Border on the right.
    #[must_use]
    pub fn border_right(mut self, width: f32, c: Rgba8) -> Self {
        self.style.border.right = width;
        self.style.border_color.right = c;
        self
    }

    /// The same radius on all corners.
    #[must_use]
    pub fn radius(mut self, r: f32) -> Self {
        self.style.radius = [r; 4];
        self
    }

    /// Radii: top left, top right, bottom right, bottom left.
    #[must_use]
    pub fn radii(mut self, r: [f32; 4]) -> Self {
        self.style.radius = r;
        self
    }

    /// Box shadows.
    #[must_use]
    pub fn shadows(mut self, s: &[Shadow]) -> Self {
        self.style.shadows = s.to_vec();
        self
    }

    /// Outline.
    #[must_use]
    pub fn outline(mut self, width: f32, offset: f32, color: Rgba8) -> Self {
        self.style.outline = Some(Outline {
            width,
            offset,
            color,
        });
        self
    }

    /// `align-items`.
    #[must_use]
    pub fn align(mut self, a: Align) -> Self {
        self.style.align_items = a;
        self
    }

    /// `align-self`.
    #[must_use]
    pub fn align_self(mut self, a: Align) -> Self {
        self.style.align_self = a;
        self
    }

    /// `justify-content`.
    #[must_use]
    pub fn justify(mut self, a: Align) -> Self {
        self.style.justify_content = a;
        self
    }

    /// `row-gap`, CSS px.
    #[must_use]
    pub fn row_gap(mut self, v: f32) -> Self {
        self.style.row_gap = v;
        self
    }

    /// Spans `n` grid columns.
    #[must_use]
    pub fn span(mut self, n: u16) -> Self {
        self.style.column_span = n;
        self
    }

    /// In the flow, and the containing block of absolute nodes inside.
    #[must_use]
    pub fn relative(mut self) -> Self {
        self.style.position = Position::Relative;
        self
    }

    /// Out of the flow: top, right, bottom, left of the containing block.
    #[must_use]
    pub fn absolute(mut self, top: Length, right: Length, bottom: Length, left: Length) -> Self {
        self.style.position = Position::Absolute;
        self.style.inset = Sides {
            top,
            right,
            bottom,
            left,
        };
        self
    }

    /// `z-index`.
    #[must_use]
    pub fn z(mut self, z: i32) -> Self {
        self.style.z_index = Some(z);
        self
    }

    /// Cuts off what does not fit (and forms no scroll area).
    #[must_use]
    pub fn clip(mut self) -> Self {
        self.style.overflow = Overflow::Hidden;
        self
    }

    /// Opacity, 0 to 1.
    #[must_use]
    pub fn opacity(mut self, v: f32) -> Self {
        self.style.opacity = v;
        self
    }

    /// Adds a child at the end.
    #[must_use]
    pub fn push(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    /// Applies `f` when `yes`.
    #[must_use]
    pub fn when(self, yes: bool, f: impl FnOnce(Self) -> Self) -> Self {
        if yes { f(self) } else { self }
    }

    /// Makes it an element of the ground truth.
    #[must_use]
    pub fn element(mut self, e: Element) -> Self {
        self.element = Some(e);
        self
    }

    /// Changes its element, when it is one.
    #[must_use]
    pub fn with_element(mut self, f: impl FnOnce(&mut Element)) -> Self {
        if let Some(e) = &mut self.element {
            f(e);
        }
        self
    }

    /// Sets what its element does ("sort by price").
    #[must_use]
    pub fn purpose(self, p: &str) -> Self {
        self.with_element(|e| e.purpose = p.into())
    }

    /// Names the card, section or row around every element in this tree that has no group yet.
    #[must_use]
    pub fn group(mut self, name: &str) -> Self {
        self.set_group(name);
        self
    }

    fn set_group(&mut self, name: &str) {
        if let Some(e) = &mut self.element
            && e.group.is_empty()
        {
            e.group = name.into();
        }
        for c in &mut self.children {
            c.set_group(name);
        }
    }
}
