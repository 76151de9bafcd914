//! Where to click: the pixel that surely acts on an element, as far from its edges as possible.

use std::ops::Range;

use super::scene::Scene;
use crate::base::geometry::{PxPoint, PxRect, round_px};
use crate::generate::paint::Hit;

/// Samples per side of the first search and of the search for slivers.
const COARSE: i32 = 24;
const FINE: i32 = 96;

/// Who may receive a click for it to count.
struct Target {
    /// The element itself.
    own: Range<u32>,
    /// Elements inside that act by themselves.
    others: Vec<Range<u32>>,
}

impl Target {
    fn accepts(&self, node: u32) -> bool {
        self.own.contains(&node) && !self.others.iter().any(|o| o.contains(&node))
    }
}

/// A pixel of `area` where a click acts on `node`. Clicks on `within` (the node, or the label
/// around it) count. With `strict`, clicks on other controls inside do not.
pub(super) fn reachable(
    scene: &Scene<'_>,
    node: u32,
    within: u32,
    area: PxRect,
    strict: bool,
) -> Option<PxPoint> {
    if area.area() == 0 {
        return None;
    }
    let own = scene.inside(within);
    let mut others = Vec::new();
    if strict {
        let mut at = own.start + 1;
        while at < own.end {
            let acts = scene.nodes[at as usize]
                .element
                .as_ref()
                .is_some_and(|e| e.interactive);
            if acts && at != node && !scene.inside(at).contains(&node) {
                others.push(scene.inside(at));
                at = scene.inside(at).end;
            } else {
                at += 1;
            }
        }
    }
    let target = Target { own, others };
    let hits: Vec<&Hit> = scene
        .list
        .hits
        .iter()
        .filter(|h| {
            let clip = scene.list.clips[h.clip as usize].bounds;
            h.shape
                .rect
                .intersect(&clip)
                .is_some_and(|r| r.intersect(&area).is_some())
        })
        .collect();
    let free = |p: PxPoint| {
        hits.iter()
            .rev()
            .find(|h| h.shape.contains(p) && scene.list.clip_contains(h.clip, p))
            .is_some_and(|h| target.accepts(h.node))
    };
    let middle = PxPoint {
        x: area.x + area.width / 2,
        y: area.y + area.height / 2,
    };
    let first = hits.iter().position(|h| target.own.contains(&h.node))?;
    let blocked = hits[first..].iter().any(|h| !target.accepts(h.node));
    // Browsers round boxes to whole CSS pixels before they look what a click meets, so a point
    // counts only with one CSS pixel of room on all sides.
    let room = round_px(scene.list.scale).max(1);
    let roomy = |p: &PxPoint| {
        [-room, 0, room].iter().all(|dy| {
            [-room, 0, room].iter().all(|dx| {
                free(PxPoint {
                    x: p.x + dx,
                    y: p.y + dy,
                })
            })
        })
    };
    if !blocked && free(middle) {
        return Some(middle).filter(roomy);
    }
    // Most unreachable boxes lie behind a layer that covers them whole.
    let last = hits.iter().rposition(|h| target.accepts(h.node))?;
    let corners = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(i, j)| PxPoint {
        x: area.x + i * (area.width - 1),
        y: area.y + j * (area.height - 1),
    });
    let behind = |h: &&Hit| {
        corners
            .iter()
            .all(|p| h.shape.contains(*p) && scene.list.clip_contains(h.clip, *p))
    };
    if hits[last + 1..].iter().any(behind) {
        return None;
    }
    farthest(area, COARSE, &free)
        .or_else(|| farthest(area, FINE, &free))
        .filter(roomy)
}

/// The free sample farthest from the edges and from samples that are not free; of equal ones the
/// one nearest to the middle.
fn farthest(area: PxRect, samples: i32, free: &impl Fn(PxPoint) -> bool) -> Option<PxPoint> {
    let (nx, ny) = (area.width.min(samples), area.height.min(samples));
    let at = |i: i32, j: i32| PxPoint {
        x: area.x + ((2 * i + 1) * area.width / (2 * nx)),
        y: area.y + ((2 * j + 1) * area.height / (2 * ny)),
    };
    // Distances in 1/256 pixel, from a border of zeros inwards.
    let (dx, dy) = (area.width * 256 / nx, area.height * 256 / ny);
    let stride = (nx + 2) as usize;
    let mut far = vec![0i32; stride * (ny + 2) as usize];
    let place = |i: i32, j: i32| (j + 1) as usize * stride + (i + 1) as usize;
    for j in 0..ny {
        for i in 0..nx {
            if free(at(i, j)) {
                far[place(i, j)] = i32::MAX / 2;
            }
        }
    }
    let slant = dx.max(dy);
    for j in 0..ny {
        for i in 0..nx {
            let p = place(i, j);
            far[p] = far[p]
                .min(far[p - 1] + dx)
                .min(far[p - stride] + dy)
                .min(far[p - stride - 1] + slant)
                .min(far[p - stride + 1] + slant);
        }
    }
    for j in (0..ny).rev() {
        for i in (0..nx).rev() {
            let p = place(i, j);
            far[p] = far[p]
                .min(far[p + 1] + dx)
                .min(far[p + stride] + dy)
                .min(far[p + stride + 1] + slant)
                .min(far[p + stride - 1] + slant);
        }
    }
    let mut best: Option<((i32, i32), PxPoint)> = None;
    for j in 0..ny {
        for i in 0..nx {
            let distance = far[place(i, j)];
            let aside = (2 * i + 1 - nx).abs() * dx + (2 * j + 1 - ny).abs() * dy;
            let rank = (distance, -aside);
            if distance > 0 && best.is_none_or(|(b, _)| rank > b) {
                best = Some((rank, at(i, j)));
            }
        }
    }
    best.map(|(_, p)| p)
}
