//! Paint order: CSS 2.2 appendix E for the subset that plans use.

use super::{Clip, DisplayList, Hit, Item, NodePaint, Paint, PlacedGlyph, RoundRect};
use crate::base::color::Rgba8;
use crate::base::geometry::{PxRect, Rect, round_px, to_px};
use crate::generate::layout::{Layout, Line};
use crate::generate::plan::{
    Content, Display, FieldRun, Fill, Node, Overflow, Plan, Position, Sides, TextAlign, TextStyle,
};

/// Lists what is painted, bottom first.
///
/// `layout` must come from the same plan; nodes without a layout entry are not painted.
pub fn display_list(plan: &Plan, layout: &Layout) -> DisplayList {
    let mut nodes = Vec::with_capacity(layout.nodes.len());
    plan.root.walk(&mut |n| nodes.push(n));
    nodes.truncate(layout.nodes.len());
    let (width, height) = plan.viewport.image_size();
    let screen = PxRect::new(0, 0, width as i32, height as i32);
    let mut b = Builder {
        nodes,
        layout,
        scale: plan.viewport.device_scale,
        list: DisplayList {
            width,
            height,
            scale: plan.viewport.device_scale,
            canvas: plan.canvas.over(Rgba8::WHITE),
            clips: vec![Clip {
                parent: None,
                shape: RoundRect::square(screen),
                bounds: screen,
            }],
            items: Vec::new(),
            hits: Vec::new(),
            nodes: Vec::new(),
        },
        next_order: 0,
    };
    b.prepare();
    if !b.nodes.is_empty() {
        b.context(0);
    }
    b.list
}

struct Builder<'a> {
    nodes: Vec<&'a Node>,
    layout: &'a Layout,
    scale: f32,
    list: DisplayList,
    next_order: u32,
}

impl Builder<'_> {
    /// Clips, opacity and visibility of every node, parents first.
    fn prepare(&mut self) {
        for i in 0..self.nodes.len() {
            let style = &self.nodes[i].style;
            let parent = self.layout.nodes[i].parent;
            let up = parent.map(|p| self.list.nodes[p as usize]);
            let holder = if style.position == Position::Absolute {
                self.containing_block(i)
            } else {
                parent
            };
            let clip = holder.map_or(0, |h| self.list.nodes[h as usize].inner_clip);
            let bounds = to_px(&self.layout.nodes[i].border_box, self.scale);
            let inner_clip = if style.overflow == Overflow::Hidden {
                let shape = self.border_shape(i, bounds).inset(self.border_widths(i));
                self.add_clip(clip, shape)
            } else {
                clip
            };
            self.list.nodes.push(NodePaint {
                order: 0,
                clip,
                inner_clip,
                opacity: up.map_or(1.0, |u| u.opacity) * style.opacity.clamp(0.0, 1.0),
                hidden: up.is_some_and(|u| u.hidden) || style.hidden,
                bounds,
            });
        }
    }

    fn containing_block(&self, node: usize) -> Option<u32> {
        let mut at = self.layout.nodes[node].parent;
        while let Some(i) = at {
            if self.nodes[i as usize].style.position != Position::Static {
                return at;
            }
            at = self.layout.nodes[i as usize].parent;
        }
        None
    }

    fn add_clip(&mut self, parent: u32, shape: RoundRect) -> u32 {
        let outer = self.list.clips[parent as usize].bounds;
        let bounds =
            outer
                .intersect(&shape.rect)
                .unwrap_or(PxRect::new(shape.rect.x, shape.rect.y, 0, 0));
        self.list.clips.push(Clip {
            parent: Some(parent),
            shape,
            bounds,
        });
        (self.list.clips.len() - 1) as u32
    }

    fn children(&self, node: usize) -> Vec<usize> {
        let end = (self.layout.nodes[node].end as usize).min(self.nodes.len());
        let mut out = Vec::new();
        let mut at = node + 1;
        while at < end {
            out.push(at);
            at = (self.layout.nodes[at].end as usize).max(at + 1);
        }
        out
    }

    /// Children of flex and grid containers paint as a unit, like inline blocks.
    fn lays_out_items(&self, node: usize) -> bool {
        self.nodes[node].style.display != Display::Block
    }

    fn is_stacking_context(&self, node: usize) -> bool {
        let s = &self.nodes[node].style;
        let item = self.layout.nodes[node]
            .parent
            .is_some_and(|p| self.lays_out_items(p as usize));
        s.opacity < 1.0 || (s.z_index.is_some() && (s.position != Position::Static || item))
    }

    /// Whether the node leaves the in-flow phases and is painted among the layers of its context.
    fn is_layer(&self, node: usize) -> bool {
        self.nodes[node].style.position != Position::Static || self.is_stacking_context(node)
    }

    /// Layers of the context rooted at `root`: z-index and node, in paint order.
    fn layers(&self, root: usize) -> Vec<(i32, usize)> {
        let end = (self.layout.nodes[root].end as usize).min(self.nodes.len());
        let mut out = Vec::new();
        let mut at = root + 1;
        while at < end {
            let context = self.is_stacking_context(at);
            if self.is_layer(at) {
                let z = if context {
                    self.nodes[at].style.z_index.unwrap_or(0)
                } else {
                    0
                };
                out.push((z, at));
            }
            at = if context {
                (self.layout.nodes[at].end as usize).max(at + 1)
            } else {
                at + 1
            };
        }
        out.sort_by_key(|(z, _)| *z);
        out
    }

    fn context(&mut self, node: usize) {
        let opacity = self.nodes[node].style.opacity.clamp(0.0, 1.0);
        let grouped = opacity < 1.0;
        if grouped {
            self.push(node, 0, Paint::BeginGroup { opacity });
        }
        let layers = self.layers(node);
        self.decorations(node);
        for &(_, n) in layers.iter().filter(|(z, _)| *z < 0) {
            self.layer(n);
        }
        self.flow(node);
        for &(_, n) in layers.iter().filter(|(z, _)| *z >= 0) {
            self.layer(n);
        }
        if grouped {
            self.push(node, 0, Paint::EndGroup);
        }
    }

    fn layer(&mut self, node: usize) {
        if self.is_stacking_context(node) {
            self.context(node);
        } else {
            self.unit(node);
        }
    }

    /// All phases of a node without its layers.
    fn unit(&mut self, node: usize) {
        self.decorations(node);
        self.flow(node);
    }

    fn flow(&mut self, node: usize) {
        self.block_backgrounds(node);
        self.foreground(node);
        self.outlines(node);
    }

    fn block_backgrounds(&mut self, node: usize) {
        if self.lays_out_items(node) {
            return;
        }
        for c in self.children(node) {
            if !self.is_layer(c) {
                self.decorations(c);
                self.block_backgrounds(c);
            }
        }
    }

    fn foreground(&mut self, node: usize) {
        self.content(node);
        let units = self.lays_out_items(node);
        for c in self.children(node) {
            if self.is_layer(c) {
                continue;
            }
            if units {
                self.unit(c);
            } else {
                self.foreground(c);
            }
        }
    }

    fn outlines(&mut self, node: usize) {
        self.outline(node);
        if self.lays_out_items(node) {
            return;
        }
        for c in self.children(node) {
            if !self.is_layer(c) {
                self.outlines(c);
            }
        }
    }

    fn push(&mut self, node: usize, clip: u32, paint: Paint) {
        self.list.items.push(Item {
            node: node as u32,
            clip,
            paint,
        });
    }

    /// Borders keep at least one pixel and lose fractions, as in browsers.
    fn border_widths(&self, node: usize) -> Sides<i32> {
        let px = |v: f32| device_width(v, self.scale);
        let b = self.nodes[node].style.border;
        Sides {
            top: px(b.top),
            right: px(b.right),
            bottom: px(b.bottom),
            left: px(b.left),
        }
    }

    fn border_shape(&self, node: usize, bounds: PxRect) -> RoundRect {
        let radius = self.nodes[node].style.radius;
        RoundRect::new(bounds, radius.map(|r| r * self.scale))
    }

    /// Shadows, background and borders; also the node's place in the paint order.
    fn decorations(&mut self, node: usize) {
        self.list.nodes[node].order = self.next_order;
        self.next_order += 1;
        let at = self.list.nodes[node];
        if at.hidden {
            return;
        }
        let shape = self.border_shape(node, at.bounds);
        self.list.hits.push(Hit {
            node: node as u32,
            clip: at.clip,
            shape,
        });
        if at.bounds.area() == 0 {
            return;
        }
        let n = self.nodes[node];
        let widths = self.border_widths(node);
        let opaque = match n.style.background {
            Fill::None => false,
            Fill::Color(c) => c.a == 255,
            Fill::Gradient { from, to, .. } => from.a == 255 && to.a == 255,
        };
        for s in n.style.shadows.iter().rev().filter(|s| s.color.a > 0) {
            // Under an opaque box the shadow reaches one pixel in, so that nothing shines
            // through its smooth edge.
            let hole = if opaque { shape.grow(-1) } else { shape };
            let mut cast = shape.grow(round_px(s.spread * self.scale));
            cast.rect.x += round_px(s.x * self.scale);
            cast.rect.y += round_px(s.y * self.scale);
            if cast.rect.area() > 0 {
                let paint = Paint::Shadow {
                    shape: cast,
                    sigma: s.blur * self.scale / 2.0,
                    color: s.color,
                    hole,
                };
                self.push(node, at.clip, paint);
            }
        }
        let bordered = [
            (widths.top, n.style.border_color.top),
            (widths.right, n.style.border_color.right),
            (widths.bottom, n.style.border_color.bottom),
            (widths.left, n.style.border_color.left),
        ];
        let visible = match n.style.background {
            Fill::None => false,
            Fill::Color(c) => c.a > 0,
            Fill::Gradient { from, to, .. } => from.a > 0 || to.a > 0,
        };
        if visible {
            // A background under opaque borders ends inside them, or its colour would fringe
            // the rounded corners.
            let covered = bordered.iter().all(|(w, c)| *w > 0 && c.a == 255);
            let filled = if covered && shape.is_rounded() {
                shape.inset(Sides {
                    top: (widths.top + 1) / 2,
                    right: (widths.right + 1) / 2,
                    bottom: (widths.bottom + 1) / 2,
                    left: (widths.left + 1) / 2,
                })
            } else {
                shape
            };
            let paint = Paint::Fill {
                shape: filled,
                fill: n.style.background.clone(),
                frame: shape.inset(widths).rect,
            };
            self.push(node, at.clip, paint);
        }
        if bordered.iter().any(|(w, c)| *w > 0 && c.a > 0) {
            let paint = Paint::Border {
                outer: shape,
                widths,
                colors: n.style.border_color,
            };
            self.push(node, at.clip, paint);
        }
    }

    fn outline(&mut self, node: usize) {
        let at = self.list.nodes[node];
        let Some(o) = self.nodes[node].style.outline else {
            return;
        };
        let width = device_width(o.width, self.scale);
        if at.hidden || width == 0 || o.color.a == 0 {
            return;
        }
        let shape = self.border_shape(node, at.bounds);
        let paint = Paint::Border {
            outer: shape.grow(width + round_px(o.offset * self.scale)),
            widths: Sides::all(width),
            colors: Sides::all(o.color),
        };
        self.push(node, at.clip, paint);
    }

    fn content(&mut self, node: usize) {
        let at = self.list.nodes[node];
        if at.hidden {
            return;
        }
        let content = to_px(&self.layout.nodes[node].content_box, self.scale);
        match &self.nodes[node].content {
            Content::None => {}
            Content::Text(run) => self.text(node, at.inner_clip, &run.style, run.style.color),
            Content::Field(field) => self.field(node, content, field),
            Content::Icon(icon) => {
                if content.area() > 0 && icon.color.a > 0 {
                    let paint = Paint::Icon {
                        icon: icon.icon.clone(),
                        rect: content,
                        stroke: icon.stroke,
                        color: icon.color,
                    };
                    self.push(node, at.inner_clip, paint);
                }
            }
        }
    }

    fn field(&mut self, node: usize, content: PxRect, field: &FieldRun) {
        let clip = self.add_clip(self.list.nodes[node].inner_clip, RoundRect::square(content));
        let color = if field.value.is_empty() {
            field.placeholder_color
        } else {
            field.style.color
        };
        self.text(node, clip, &field.style, color);
        if field.caret {
            let rect = self.caret(node, content, field);
            self.solid(node, clip, rect, field.style.color);
        }
    }

    fn caret(&self, node: usize, content: PxRect, field: &FieldRun) -> PxRect {
        let laid = &self.layout.nodes[node];
        let last = laid.text.as_ref().and_then(|t| t.lines.last());
        let line = last.map_or(laid.content_box, |l| l.rect);
        let box_ = laid.content_box;
        let x = match (last, field.style.align) {
            (Some(l), _) if !field.value.is_empty() => l.rect.right(),
            // Nothing typed yet: where the first letter would appear.
            (_, TextAlign::Start) => box_.x,
            (_, TextAlign::Center) => box_.x + (box_.width - 1.0) / 2.0,
            (_, TextAlign::End) => box_.right() - 1.0,
        };
        let height = (field.style.size_px * 1.2).min(line.height.max(1.0));
        let top = line.y + (line.height - height) / 2.0;
        let width = device_width(1.0, self.scale);
        let x = round_px(x * self.scale).min(content.right() - width);
        let y = round_px(top * self.scale);
        PxRect::new(
            x.max(content.x),
            y,
            width,
            round_px((top + height) * self.scale) - y,
        )
    }

    fn text(&mut self, node: usize, clip: u32, style: &TextStyle, color: Rgba8) {
        let Some(text) = self.layout.nodes[node].text.as_ref() else {
            return;
        };
        for line in &text.lines {
            self.list.hits.push(Hit {
                node: node as u32,
                clip,
                shape: RoundRect::square(to_px(&line.rect, self.scale)),
            });
            // Browsers paint the underline below the glyphs and the strike above them.
            if style.underline {
                let gap = (decoration_width(style) / 2.0).ceil().max(1.0);
                self.decoration_line(node, clip, style, line, line.baseline_y + gap, color);
            }
            for run in &line.runs {
                let glyphs = run.glyphs.iter().map(|g| PlacedGlyph {
                    id: g.id,
                    x: g.x * self.scale,
                    y: g.y * self.scale,
                });
                let paint = Paint::Glyphs {
                    font: run.font,
                    size: run.size_px * self.scale,
                    color,
                    glyphs: glyphs.collect(),
                };
                self.push(node, clip, paint);
            }
            if style.strike {
                // A third of the ascent, which is close to the font size in every bundled face.
                let y = line.baseline_y - style.size_px * 0.32 - decoration_width(style) / 2.0;
                self.decoration_line(node, clip, style, line, y, color);
            }
        }
    }

    fn decoration_line(
        &mut self,
        node: usize,
        clip: u32,
        style: &TextStyle,
        line: &Line,
        y: f32,
        color: Rgba8,
    ) {
        let across = to_px(&Rect::new(line.rect.x, y, line.rect.width, 0.0), self.scale);
        let height = round_px(decoration_width(style) * self.scale).max(1);
        let rect = PxRect::new(across.x, across.y, across.width, height);
        self.solid(node, clip, rect, color);
    }

    fn solid(&mut self, node: usize, clip: u32, rect: PxRect, color: Rgba8) {
        let paint = Paint::Fill {
            shape: RoundRect::square(rect),
            fill: Fill::Color(color),
            frame: rect,
        };
        self.push(node, clip, paint);
    }
}

/// `text-decoration-thickness: auto`, CSS pixels.
fn decoration_width(style: &TextStyle) -> f32 {
    (style.size_px / 10.0).max(1.0)
}

/// Width of a border or outline in image pixels: whole, and at least one when there is any.
fn device_width(v: f32, scale: f32) -> i32 {
    if v <= 0.0 {
        0
    } else {
        ((v * scale).floor() as i32).max(1)
    }
}
