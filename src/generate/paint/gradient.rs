//! Linear gradients.

use crate::base::color::Rgba8;
use crate::base::geometry::PxRect;

/// A CSS linear gradient in fixed point.
#[derive(Clone, Copy, Debug)]
pub struct Ramp {
    from: Rgba8,
    to: Rgba8,
    /// Place along the gradient at the pixel (0, 0) and the steps per column and row, in 1/2³².
    start: i64,
    per_column: i64,
    per_row: i64,
}

impl Ramp {
    /// A gradient through `frame`; see [`Fill::Gradient`](crate::generate::plan::Fill::Gradient).
    pub fn new(frame: PxRect, angle_deg: f32, from: Rgba8, to: Rgba8) -> Self {
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

    /// Writes the pixels of row `y` from column `x` on, three bytes each, alpha left out: what
    /// [`at`](Self::at) gives, for opaque colours, without asking for each.
    pub fn row(&self, y: i32, x: i32, out: &mut [u8]) {
        let first = self.at(x, y);
        if self.per_column == 0 {
            for px in out.chunks_exact_mut(3) {
                px.copy_from_slice(&[first.r, first.g, first.b]);
            }
            return;
        }
        let channel = |f: u8, t: u8| (i32::from(f) << 16, i32::from(t) - i32::from(f));
        let (r, g, b) = (
            channel(self.from.r, self.to.r),
            channel(self.from.g, self.to.g),
            channel(self.from.b, self.to.b),
        );
        let mut at =
            self.start + i64::from(x) * self.per_column + i64::from(y) * self.per_row + (1 << 15);
        for px in out.chunks_exact_mut(3) {
            let t = (at >> 16).clamp(0, 65536) as i32;
            let c = |(from, step): (i32, i32)| ((from + step * t + 32768) >> 16) as u8;
            px[0] = c(r);
            px[1] = c(g);
            px[2] = c(b);
            at += self.per_column;
        }
    }

    /// Colour of the pixel at column `x` and row `y`. Colours are mixed premultiplied.
    pub fn at(&self, x: i32, y: i32) -> Rgba8 {
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
    fn a_row_is_its_pixels() {
        let (a, b) = (Rgba8::rgb(3, 240, 77), Rgba8::rgb(250, 12, 78));
        for angle in [0.0, 17.0, 90.0, 135.0, 180.0, 271.5] {
            let ramp = Ramp::new(PxRect::new(5, 7, 61, 23), angle, a, b);
            for y in 0..30 {
                let mut row = [0; 70 * 3];
                ramp.row(y, 1, &mut row);
                for (px, x) in row.chunks_exact(3).zip(1..) {
                    let c = ramp.at(x, y);
                    assert_eq!(px, [c.r, c.g, c.b], "{angle} {x} {y}");
                }
            }
        }
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
