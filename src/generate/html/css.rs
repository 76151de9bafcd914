//! Styles as CSS declarations. What equals the reset is left out.

use std::fmt::Write as _;

use crate::generate::layout::used_border;
use crate::generate::plan::{
    Align, Content, Display, Fill, FlexDirection, FontFamily, Length, Node, Overflow, Position,
    Sides, Style, TextAlign, TextStyle, Track,
};
use crate::generate::text::FIELD_WIDTH_PX;

/// How the inside of a node is laid out in CSS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Inside {
    /// As the plan says.
    Plan,
    /// A block, whatever `display` says: text, icons and fields have no children.
    Block,
    /// A column of full width: buttons centre a block vertically, but not a column.
    Column,
}

/// Declarations for the box of `node`. `shrinks`: the browser shrinks the element to its
/// content where the plan fills the room (buttons); `in_block`: the parent is a block.
pub(super) fn declarations(node: &Node, inside: Inside, shrinks: bool, in_block: bool) -> String {
    let mut o = Out(String::with_capacity(128));
    let s = &node.style;
    o.position(s);
    match inside {
        Inside::Plan => o.display(s),
        Inside::Block => {}
        Inside::Column => o.put("display:flex;flex-direction:column"),
    }
    o.item(s);
    o.size(node);
    if node.style.width == Length::Auto
        && !matches!(node.content, Content::Icon(_) | Content::Field(_))
        && shrinks
        && fills(&node.style, in_block)
    {
        o.put("width:-webkit-fill-available");
    }
    o.decoration(s);
    match &node.content {
        Content::Text(t) => o.text(&t.style, true),
        Content::Field(f) => o.text(&f.style, false),
        Content::Icon(i) => o.put(&format!("color:{}", i.color.css())),
        Content::None => {}
    }
    o.0
}

/// Declarations for text inside a node that has a box of its own.
pub(super) fn text_declarations(style: &TextStyle, clips: bool) -> String {
    let mut o = Out(String::new());
    o.text(style, true);
    if clips {
        o.put("overflow:hidden");
    }
    o.0
}

/// Whether an automatic width is all the room there is.
fn fills(s: &Style, in_block: bool) -> bool {
    match s.position {
        Position::Absolute => s.inset.left != Length::Auto && s.inset.right != Length::Auto,
        _ => in_block,
    }
}

struct Out(String);

impl Out {
    fn put(&mut self, declaration: &str) {
        if !self.0.is_empty() {
            self.0.push(';');
        }
        self.0.push_str(declaration);
    }

    fn length(&mut self, name: &str, l: Length) {
        if l != Length::Auto {
            let v = length(l);
            self.put(&format!("{name}:{v}"));
        }
    }

    fn position(&mut self, s: &Style) {
        match s.position {
            Position::Static => {}
            Position::Relative => self.put("position:relative"),
            Position::Absolute => self.put("position:absolute"),
        }
        if s.position != Position::Static {
            for (name, l) in [
                ("top", s.inset.top),
                ("right", s.inset.right),
                ("bottom", s.inset.bottom),
                ("left", s.inset.left),
            ] {
                self.length(name, l);
            }
        }
        if let Some(z) = s.z_index {
            self.put(&format!("z-index:{z}"));
        }
    }

    fn display(&mut self, s: &Style) {
        let grid = s.display == Display::Grid;
        match s.display {
            Display::Block => return,
            Display::Flex => {
                self.put("display:flex");
                match s.flex_direction {
                    FlexDirection::Row => {}
                    FlexDirection::Column => self.put("flex-direction:column"),
                    FlexDirection::RowReverse => self.put("flex-direction:row-reverse"),
                }
                if s.flex_wrap {
                    self.put("flex-wrap:wrap");
                }
            }
            Display::Grid => {
                self.put("display:grid");
                for (name, tracks) in [
                    ("grid-template-columns", &s.grid_columns),
                    ("grid-template-rows", &s.grid_rows),
                ] {
                    if !tracks.is_empty() {
                        let all: Vec<String> = tracks.iter().map(|t| track(*t)).collect();
                        self.put(&format!("{name}:{}", all.join(" ")));
                    }
                }
            }
        }
        if s.row_gap != 0.0 || s.column_gap != 0.0 {
            self.put(&format!("gap:{} {}", px(s.row_gap), px(s.column_gap)));
        }
        if s.align_items != Align::Normal {
            self.put(&format!("align-items:{}", align(s.align_items, grid)));
        }
        if s.justify_content != Align::Normal {
            self.put(&format!(
                "justify-content:{}",
                align(s.justify_content, grid)
            ));
        }
    }

    fn item(&mut self, s: &Style) {
        if s.flex_grow != 0.0 || s.flex_shrink != 1.0 || s.flex_basis != Length::Auto {
            self.put(&format!(
                "flex:{} {} {}",
                s.flex_grow,
                s.flex_shrink,
                length(s.flex_basis)
            ));
        }
        if s.align_self != Align::Normal {
            // `flex-start` means `start` for the items of a grid.
            self.put(&format!("align-self:{}", align(s.align_self, false)));
        }
        if s.column_span > 1 {
            self.put(&format!("grid-column:span {}", s.column_span));
        }
    }

    fn size(&mut self, node: &Node) {
        let s = &node.style;
        let icon = match &node.content {
            Content::Icon(i) => Some(i.size_px),
            _ => None,
        };
        let field = matches!(node.content, Content::Field(_));
        let own = |l: Length, sides: f32| match (l, icon) {
            (Length::Auto, Some(side)) => Length::Px(side + sides),
            (l, _) => l,
        };
        let (p, b) = (&s.padding, &s.border);
        let border = |a: f32, b: f32| used_border(a) + used_border(b);
        let width = own(s.width, p.left + p.right + border(b.left, b.right));
        let height = own(s.height, p.top + p.bottom + border(b.top, b.bottom));
        self.length(
            "width",
            if field && width == Length::Auto {
                Length::Px(FIELD_WIDTH_PX)
            } else {
                width
            },
        );
        self.length("height", height);
        self.length(
            "min-width",
            if field && s.min_width == Length::Auto {
                Length::Px(0.0)
            } else {
                s.min_width
            },
        );
        self.length("min-height", s.min_height);
        self.length("max-width", s.max_width);
        self.length("max-height", s.max_height);
        if s.margin != Sides::all(Length::Px(0.0)) {
            self.put(&format!("margin:{}", four(s.margin, length)));
        }
        if s.padding != Sides::all(0.0) {
            self.put(&format!("padding:{}", four(s.padding, px)));
        }
    }

    fn decoration(&mut self, s: &Style) {
        if s.border != Sides::all(0.0) {
            self.put(&format!("border-width:{}", four(s.border, px)));
            self.put("border-style:solid");
            self.put(&format!(
                "border-color:{}",
                four(s.border_color, |c| c.css())
            ));
        }
        if s.radius != [0.0; 4] {
            let [top, right, bottom, left] = s.radius;
            let corners = Sides {
                top,
                right,
                bottom,
                left,
            };
            self.put(&format!("border-radius:{}", four(corners, px)));
        }
        match s.background {
            Fill::None => {}
            Fill::Color(c) => self.put(&format!("background:{}", c.css())),
            Fill::Gradient {
                angle_deg,
                from,
                to,
            } => self.put(&format!(
                "background:linear-gradient({angle_deg}deg,{},{})",
                from.css(),
                to.css()
            )),
        }
        if !s.shadows.is_empty() {
            let all: Vec<String> = s
                .shadows
                .iter()
                .map(|h| {
                    let (x, y, blur, spread) = (px(h.x), px(h.y), px(h.blur), px(h.spread));
                    format!("{x} {y} {blur} {spread} {}", h.color.css())
                })
                .collect();
            self.put(&format!("box-shadow:{}", all.join(",")));
        }
        if let Some(o) = s.outline {
            self.put(&format!("outline:{} solid {}", px(o.width), o.color.css()));
            if o.offset != 0.0 {
                self.put(&format!("outline-offset:{}", px(o.offset)));
            }
        }
        if s.opacity != 1.0 {
            self.put(&format!("opacity:{}", s.opacity));
        }
        if s.overflow == Overflow::Hidden {
            self.put("overflow:hidden");
        }
        if s.hidden {
            self.put("visibility:hidden");
        }
    }

    fn text(&mut self, t: &TextStyle, paragraph: bool) {
        let family = match t.family {
            FontFamily::Sans => "var(--sans)",
            FontFamily::Mono => "var(--mono)",
        };
        self.put(&format!(
            "font:{} {}px/{}px {family}",
            t.weight, t.size_px, t.line_height_px
        ));
        self.put(&format!("color:{}", t.color.css()));
        if t.letter_spacing_px != 0.0 {
            self.put(&format!("letter-spacing:{}", px(t.letter_spacing_px)));
        }
        match t.align {
            TextAlign::Start => {}
            TextAlign::Center => self.put("text-align:center"),
            TextAlign::End => self.put("text-align:end"),
        }
        if !paragraph {
            return;
        }
        if !t.wrap {
            self.put("white-space:nowrap");
            if t.ellipsis {
                self.put("text-overflow:ellipsis");
            }
        }
        let lines: Vec<&str> = [(t.underline, "underline"), (t.strike, "line-through")]
            .into_iter()
            .filter_map(|(on, name)| on.then_some(name))
            .collect();
        if !lines.is_empty() {
            self.put(&format!("text-decoration:{}", lines.join(" ")));
        }
    }
}

fn px(v: f32) -> String {
    if v == 0.0 {
        "0".to_owned()
    } else {
        // As `f64`: the shortest decimals of an `f32` may fall below its layout unit.
        format!("{}px", f64::from(v))
    }
}

fn length(l: Length) -> String {
    match l {
        Length::Auto => "auto".to_owned(),
        Length::Px(v) => px(v),
        Length::Percent(v) => format!("{v}%"),
    }
}

fn track(t: Track) -> String {
    match t {
        Track::Auto => "auto".to_owned(),
        Track::Px(v) => px(v),
        Track::Fr(v) => format!("minmax(0,{v}fr)"),
    }
}

/// The shorthand for four sides, as short as CSS allows.
fn four<T: Copy + PartialEq>(s: Sides<T>, text: impl Fn(T) -> String) -> String {
    let mut out = text(s.top);
    if s.left != s.right {
        let _ = write!(
            out,
            " {} {} {}",
            text(s.right),
            text(s.bottom),
            text(s.left)
        );
    } else if s.top != s.bottom {
        let _ = write!(out, " {} {}", text(s.right), text(s.bottom));
    } else if s.right != s.top {
        let _ = write!(out, " {}", text(s.right));
    }
    out
}

fn align(a: Align, grid: bool) -> &'static str {
    match a {
        Align::Normal => "normal",
        Align::Start if grid => "start",
        Align::Start => "flex-start",
        Align::Center => "center",
        Align::End if grid => "end",
        Align::End => "flex-end",
        Align::Stretch => "stretch",
        Align::SpaceBetween => "space-between",
        Align::Baseline => "baseline",
    }
}
