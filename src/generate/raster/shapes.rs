//! Boxes: fills, borders and shadows.

use super::Rasterizer;
use super::canvas::{Canvas, div255};
use crate::base::color::Rgba8;
use crate::base::geometry::PxRect;
use crate::generate::paint::{Ramp, RoundRect};
use crate::generate::plan::{Fill, Sides};

impl Rasterizer {
    pub(super) fn fill(
        &mut self,
        canvas: &mut Canvas,
        shape: &RoundRect,
        fill: &Fill,
        frame: PxRect,
        clip: PxRect,
    ) {
        let Some(seen) = shape.rect.intersect(&clip) else {
            return;
        };
        match fill {
            Fill::None => {}
            Fill::Color(color) if !shape.is_rounded() => canvas.fill_rect(seen, clip, *color),
            Fill::Color(color) => self.fill_solid(canvas, shape, *color, seen),
            Fill::Gradient {
                angle_deg,
                from,
                to,
            } => {
                let ramp = Ramp::new(frame, *angle_deg, *from, *to);
                let smooth = self.corners.shape(shape);
                let row = &mut self.rows[0];
                let opaque = from.a == 255 && to.a == 255;
                for y in seen.y..seen.bottom() {
                    if opaque && !smooth.has_corner_in(y) {
                        ramp.row(y, seen.x, canvas.row_mut(y, seen.x, seen.right()));
                        continue;
                    }
                    smooth.coverage(y, row);
                    canvas.blend_colors(y, shape.rect.x, row, seen, |x| ramp.at(x, y));
                }
            }
        }
    }

    fn fill_solid(&mut self, canvas: &mut Canvas, shape: &RoundRect, color: Rgba8, seen: PxRect) {
        let smooth = self.corners.shape(shape);
        let row = &mut self.rows[0];
        let r = shape.rect;
        let mut y = seen.y;
        while y < seen.bottom() {
            if !smooth.has_corner_in(y) {
                let first = y;
                while y < seen.bottom() && !smooth.has_corner_in(y) {
                    y += 1;
                }
                let plain = PxRect::new(seen.x, first, seen.width, y - first);
                canvas.fill_rect(plain, seen, color);
                continue;
            }
            smooth.coverage(y, row);
            let (left, right) = smooth.corner_widths(y);
            if left + right >= r.width {
                canvas.blend_coverage(y, r.x, row, color, seen);
            } else {
                let end = r.right() - right;
                canvas.blend_coverage(y, r.x, &row[..left as usize], color, seen);
                let (x0, x1) = ((r.x + left).max(seen.x), end.min(seen.right()));
                canvas.blend_span(y, x0.min(x1), x1, color);
                canvas.blend_coverage(y, end, &row[(end - r.x) as usize..], color, seen);
            }
            y += 1;
        }
    }

    pub(super) fn border(
        &mut self,
        canvas: &mut Canvas,
        outer: &RoundRect,
        widths: Sides<i32>,
        colors: Sides<Rgba8>,
        clip: PxRect,
    ) {
        let Some(seen) = outer.rect.intersect(&clip) else {
            return;
        };
        let inner = outer.inset(widths);
        let (o, i) = (outer.rect, inner.rect);
        let uniform = colors == Sides::all(colors.top);
        let (outside, inside) = (self.corners.shape(outer), self.corners.shape(&inner));
        let [row, hole] = &mut self.rows;
        for y in seen.y..seen.bottom() {
            let between = y >= i.y && y < i.bottom();
            if between && !outside.has_corner_in(y) && !inside.has_corner_in(y) {
                let left = PxRect::new(o.x, y, widths.left, 1);
                let right = PxRect::new(o.right() - widths.right, y, widths.right, 1);
                canvas.fill_rect(left, seen, colors.left);
                canvas.fill_rect(right, seen, colors.right);
                continue;
            }
            outside.coverage(y, row);
            if between {
                inside.coverage(y, hole);
                let start = (i.x - o.x) as usize;
                for (c, h) in row[start..].iter_mut().zip(hole.iter()) {
                    *c = c.saturating_sub(*h);
                }
            }
            if uniform {
                canvas.blend_coverage(y, o.x, row, colors.top, seen);
            } else {
                canvas.blend_colors(y, o.x, row, seen, |x| side_color(o, widths, colors, x, y));
            }
        }
    }

    pub(super) fn shadow(
        &mut self,
        canvas: &mut Canvas,
        shape: &RoundRect,
        sigma: f32,
        color: Rgba8,
        hole: &RoundRect,
        clip: PxRect,
    ) {
        let mask = self.shadows.get(shape, sigma, &mut self.corners);
        let m = mask.margin;
        let r = shape.rect;
        let reach = PxRect::new(r.x - m, r.y - m, r.width + 2 * m, r.height + 2 * m);
        let Some(seen) = reach.intersect(&clip) else {
            return;
        };
        // How many rows and columns are added in the middle.
        let (more_x, more_y) = (reach.width - mask.width, reach.height - mask.height);
        let (mid_x, mid_y) = mask.middle;
        for y in seen.y..seen.bottom() {
            let at = y - reach.y;
            let row = if at < mid_y {
                mask.row(at)
            } else {
                mask.row((at - more_y).max(mid_y))
            };
            let hole = hole.row_span(y).unwrap_or((reach.right(), reach.right()));
            for (x0, x1) in [
                (seen.x, hole.0.min(seen.right())),
                (hole.1.max(seen.x), seen.right()),
            ] {
                if x1 <= x0 {
                    continue;
                }
                let part = PxRect::new(x0, y, x1 - x0, 1);
                let stretch = reach.x + mid_x;
                canvas.blend_coverage(y, reach.x, &row[..mid_x as usize], color, part);
                let alpha = div255(u32::from(color.a) * u32::from(row[mid_x as usize])) as u8;
                let (a, b) = (stretch.max(x0), (stretch + more_x).min(x1));
                canvas.blend_span(y, a.min(b), b, color.with_alpha(alpha));
                let rest = stretch + more_x;
                canvas.blend_coverage(y, rest, &row[mid_x as usize..], color, part);
            }
        }
    }
}

/// Colour of the side that a border pixel belongs to: corners are mitred from outer to inner
/// corner.
fn side_color(outer: PxRect, widths: Sides<i32>, colors: Sides<Rgba8>, x: i32, y: i32) -> Rgba8 {
    let depth = |distance: i32, width: i32| {
        if width == 0 {
            f32::MAX
        } else {
            (distance as f32 + 0.5) / width as f32
        }
    };
    let sides = [
        (depth(y - outer.y, widths.top), colors.top),
        (depth(outer.bottom() - 1 - y, widths.bottom), colors.bottom),
        (depth(x - outer.x, widths.left), colors.left),
        (depth(outer.right() - 1 - x, widths.right), colors.right),
    ];
    let mut nearest = sides[0];
    for s in sides {
        if s.0 < nearest.0 {
            nearest = s;
        }
    }
    nearest.1
}
