//! The painted screen, ready for questions: what covers what, and how much of a box shows.

use std::ops::Range;

use crate::base::geometry::{PxPoint, PxRect};
use crate::generate::layout::Layout;
use crate::generate::paint::{DisplayList, Paint, RoundRect};
use crate::generate::plan::{Fill, Node, Plan};

/// From this opacity on a fill hides what is below it; a dimming layer does not.
const HIDES: f32 = 0.85;

pub(super) struct Scene<'a> {
    pub(super) nodes: Vec<&'a Node>,
    pub(super) layout: &'a Layout,
    pub(super) list: &'a DisplayList,
    /// Nearest node with an element, itself or around it.
    pub(super) element_of: Vec<Option<u32>>,
    covers: Vec<Cover>,
}

/// A fill that hides what is below it.
#[derive(Clone, Copy)]
pub(super) struct Cover {
    pub(super) node: u32,
    order: u32,
    clip: u32,
    shape: RoundRect,
    bounds: PxRect,
}

impl<'a> Scene<'a> {
    pub(super) fn new(plan: &'a Plan, layout: &'a Layout, list: &'a DisplayList) -> Self {
        let mut nodes = Vec::with_capacity(list.nodes.len());
        plan.root.walk(&mut |n| nodes.push(n));
        nodes.truncate(list.nodes.len());
        let mut element_of: Vec<Option<u32>> = Vec::with_capacity(nodes.len());
        for (i, n) in nodes.iter().enumerate() {
            let own = n.element.is_some().then_some(i as u32);
            let around = layout.nodes[i].parent.and_then(|p| element_of[p as usize]);
            element_of.push(own.or(around));
        }
        let covers = list.items.iter().filter_map(|item| {
            let Paint::Fill { shape, fill, .. } = &item.paint else {
                return None;
            };
            let alpha = match fill {
                Fill::None => 0,
                Fill::Color(c) => c.a,
                Fill::Gradient { from, to, .. } => from.a.min(to.a),
            };
            let at = list.nodes[item.node as usize];
            let bounds = shape
                .rect
                .intersect(&list.clips[item.clip as usize].bounds)?;
            (f32::from(alpha) / 255.0 * at.opacity >= HIDES).then_some(Cover {
                node: item.node,
                order: at.order,
                clip: item.clip,
                shape: *shape,
                bounds,
            })
        });
        Self {
            covers: covers.collect(),
            nodes,
            layout,
            list,
            element_of,
        }
    }

    /// Numbers of a node and everything inside it.
    pub(super) fn inside(&self, node: u32) -> Range<u32> {
        node..self.layout.nodes[node as usize].end.max(node + 1)
    }

    /// The part of a node's border box that overflow and the image leave.
    pub(super) fn shown_box(&self, node: u32) -> PxRect {
        let at = self.list.nodes[node as usize];
        let clip = self.list.clips[at.clip as usize].bounds;
        at.bounds.intersect(&clip).unwrap_or_else(|| {
            // Nothing is left: an empty box at the nearest place.
            let x = at.bounds.x.clamp(clip.x, clip.right());
            let y = at.bounds.y.clamp(clip.y, clip.bottom());
            PxRect::new(x, y, 0, 0)
        })
    }

    /// What hides parts of `rect` from above `node`, without covers that lie inside others.
    pub(super) fn covers(&self, node: u32, rect: PxRect) -> Vec<Cover> {
        let order = self.list.nodes[node as usize].order;
        let inside = self.inside(node);
        let over: Vec<Cover> = self
            .covers
            .iter()
            .filter(|c| {
                c.order > order && !inside.contains(&c.node) && c.bounds.intersect(&rect).is_some()
            })
            .copied()
            .collect();
        let held = |inner: &Cover, outer: &Cover| {
            let b = inner.bounds;
            [b.x, b.right() - 1].into_iter().all(|x| {
                [b.y, b.bottom() - 1]
                    .into_iter()
                    .all(|y| self.is_under(outer, PxPoint { x, y }))
            })
        };
        over.iter()
            .enumerate()
            .filter(|(i, c)| {
                !over.iter().enumerate().any(|(j, o)| {
                    // Of two equal ones the lower stays.
                    *i != j && held(c, o) && (j < *i || !held(o, c))
                })
            })
            .map(|(_, c)| *c)
            .collect()
    }

    /// Whether `cover` hides pixel `p`.
    pub(super) fn is_under(&self, cover: &Cover, p: PxPoint) -> bool {
        cover.bounds.contains(p)
            && cover.shape.contains(p)
            && self.list.clip_contains(cover.clip, p)
    }

    /// Pixels of `rect` that show through the clip of `node` and are not covered, and the nodes
    /// that cover some of it, bottom first.
    pub(super) fn shown_area(&self, node: u32, rect: PxRect) -> (i64, Vec<u32>) {
        if rect.area() == 0 {
            return (0, Vec::new());
        }
        let clip = self.list.nodes[node as usize].clip;
        let covers = self.covers(node, rect);
        if covers.is_empty() && !self.cuts_corners(clip, rect) {
            return (rect.area(), Vec::new());
        }
        let window = RoundRect::square(rect);
        let mut hides = vec![false; covers.len()];
        let mut area = 0;
        let mut spans = Vec::new();
        let rows = self.changing_rows(clip, &covers, rect);
        for pair in rows.windows(2) {
            let (y, height) = (pair[0], i64::from(pair[1] - pair[0]));
            let Some((x0, x1)) = self.list.clipped_span(&window, clip, y) else {
                continue;
            };
            spans.clear();
            for (c, hides) in covers.iter().zip(&mut hides) {
                if let Some((a, b)) = self.list.clipped_span(&c.shape, c.clip, y) {
                    let (a, b) = (a.max(x0), b.min(x1));
                    if b > a {
                        spans.push((a, b));
                        *hides = true;
                    }
                }
            }
            spans.sort_unstable();
            let (mut free, mut at) = (0, x0);
            for &(a, b) in &spans {
                free += (a - at).max(0);
                at = at.max(b);
            }
            free += (x1 - at).max(0);
            area += i64::from(free) * height;
        }
        let by = covers.iter().zip(hides).filter(|(_, h)| *h);
        (area, by.map(|(c, _)| c.node).collect())
    }

    /// Whether a rounded clip takes pixels of `rect` away.
    fn cuts_corners(&self, clip: u32, rect: PxRect) -> bool {
        [rect.x, rect.right() - 1].into_iter().any(|x| {
            [rect.y, rect.bottom() - 1]
                .into_iter()
                .any(|y| !self.list.clip_contains(clip, PxPoint { x, y }))
        })
    }

    /// Rows of `rect` where any of the shapes may differ from the row above; first and one past
    /// the last row included.
    fn changing_rows(&self, clip: u32, covers: &[Cover], rect: PxRect) -> Vec<i32> {
        let mut rows = vec![rect.y, rect.bottom()];
        let mut shape_rows = |s: &RoundRect| {
            let [tl, tr, br, bl] = s.radii;
            let top = tl.y.max(tr.y).ceil() as i32;
            let bottom = bl.y.max(br.y).ceil() as i32;
            rows.extend(s.rect.y..=s.rect.y + top);
            rows.extend(s.rect.bottom() - bottom..=s.rect.bottom());
        };
        for c in covers {
            shape_rows(&c.shape);
        }
        for first in covers.iter().map(|c| c.clip).chain([clip]) {
            let mut at = Some(first);
            while let Some(c) = at {
                shape_rows(&self.list.clips[c as usize].shape);
                at = self.list.clips[c as usize].parent;
            }
        }
        rows.retain(|y| *y >= rect.y && *y <= rect.bottom());
        rows.sort_unstable();
        rows.dedup();
        rows
    }
}
