//! Boxes: fills, borders and shadows.

use super::Rasterizer;
use super::canvas::{Canvas, div255};
use crate::base::color::Rgba8;
use crate::base::geometry::PxRect;
use crate::generate::paint::RoundRect;
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
                for y in seen.y..seen.bottom() {
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

/// A CSS linear gradient in fixed point.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ramp {
    from: Rgba8,
    to: Rgba8,
    /// Place along the gradient at the pixel (0, 0) and the steps per column and row, in 1/2³².
    start: i64,
    per_column: i64,
    per_row: i64,
}

impl Ramp {
    pub(crate) fn new(frame: PxRect, angle_deg: f32, from: Rgba8, to: Rgba8) -> Self {
        let radians = f64::from(angle_deg) * std::f64::consts::PI / 180.0;
        let (dx, dy) = (libm::sin(radians), -libm::cos(radians));
        let (w, h) = (f64::from(frame.width), f64::from(frame.height));
        let length = ((w * dx).abs() + (h * dy).abs()).max(1e-6);
        let fixed = |v: f64| (v * 4_294_967_296.0).round() as i64;
        let x = 0.5 - f64::from(frame.x) - w / 2.0;
        let y = 0.5 - f64::from(frame.y) - h / 2.0;
        Self {
            from,
            to,
            start: fixed(0.5 + (x * dx + y * dy) / length),
            per_column: fixed(dx / length),
            per_row: fixed(dy / length),
        }
    }

    /// Colour of the pixel at column `x` and row `y`. Colours are mixed premultiplied.
    pub(crate) fn at(&self, x: i32, y: i32) -> Rgba8 {
        let t = self.start + i64::from(x) * self.per_column + i64::from(y) * self.per_row;
        let t = ((t + (1 << 15)) >> 16).clamp(0, 65536) as u32;
        let mix = |a: u32, b: u32| a * (65536 - t) + b * t;
        let (f, o) = (self.from, self.to);
        if f.a == 255 && o.a == 255 {
            let c = |a: u8, b: u8| ((mix(u32::from(a), u32::from(b)) + 32768) >> 16) as u8;
            return Rgba8::rgb(c(f.r, o.r), c(f.g, o.g), c(f.b, o.b));
        }
        let alpha = mix(u32::from(f.a), u32::from(o.a));
        let c = |a: u8, b: u8| {
            let (pa, pb) = (u64::from(a) * u64::from(f.a), u64::from(b) * u64::from(o.a));
            let sum = pa * u64::from(65536 - t) + pb * u64::from(t);
            (sum + u64::from(alpha) / 2)
                .checked_div(u64::from(alpha))
                .unwrap_or(0)
                .min(255) as u8
        };
        Rgba8::rgba(
            c(f.r, o.r),
            c(f.g, o.g),
            c(f.b, o.b),
            ((alpha + 32768) >> 16) as u8,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gradients_run_where_css_says() {
        let (a, b) = (Rgba8::rgb(0, 0, 0), Rgba8::rgb(200, 100, 50));
        let frame = PxRect::new(10, 20, 100, 50);
        let right = Ramp::new(frame, 90.0, a, b);
        assert_eq!(right.at(10, 30).r, 1);
        assert_eq!(right.at(109, 30).r, 199);
        assert_eq!(right.at(60, 20), right.at(60, 69));
        let up = Ramp::new(frame, 0.0, a, b);
        assert!(up.at(50, 20).r > up.at(50, 69).r);
        let down = Ramp::new(frame, 180.0, a, b);
        assert_eq!(down.at(50, 44).r, 98);
        let diagonal = Ramp::new(frame, 45.0, a, b);
        assert_eq!(diagonal.at(60, 45).r, 100);
        assert!(diagonal.at(10, 69).r < 3 && diagonal.at(109, 20).r > 197);
    }

    #[test]
    fn a_fading_gradient_keeps_its_colour() {
        let blue = Rgba8::rgb(10, 20, 230);
        let ramp = Ramp::new(PxRect::new(0, 0, 256, 1), 90.0, blue, Rgba8::TRANSPARENT);
        let mid = ramp.at(127, 0);
        assert_eq!((mid.r, mid.g, mid.b), (10, 20, 230));
        assert!(mid.a.abs_diff(128) <= 1);
    }
}
