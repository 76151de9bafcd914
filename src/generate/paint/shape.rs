//! Rounded rectangles in image pixels: the one shape that boxes, clips and shadows share.

use crate::base::geometry::{PxPoint, PxRect};
use crate::generate::plan::Sides;

/// A rectangle on whole image pixels with elliptical corners.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoundRect {
    /// The rectangle.
    pub rect: PxRect,
    /// Radii of the corners top left, top right, bottom right, bottom left, in pixels.
    pub radii: [Radius; 4],
}

/// Horizontal and vertical radius of a corner, in image pixels. Both are zero or neither is.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Radius {
    /// Horizontal.
    pub x: f32,
    /// Vertical.
    pub y: f32,
}

impl Radius {
    /// How far the curve is from the side of its rectangle at `depth` pixels from the other
    /// side: `x` at depth 0, nothing from depth `y` on.
    pub fn inset_at(self, depth: f32) -> f32 {
        if depth >= self.y || self.y <= 0.0 {
            return 0.0;
        }
        let d = ((self.y - depth) / self.y).clamp(0.0, 1.0);
        self.x * (1.0 - (1.0 - d * d).max(0.0).sqrt())
    }

    fn less(self, x: i32, y: i32) -> Self {
        let (x, y) = (self.x - x as f32, self.y - y as f32);
        if x <= 0.0 || y <= 0.0 {
            Self::default()
        } else {
            Self { x, y }
        }
    }
}

impl RoundRect {
    /// A rectangle with square corners.
    pub const fn square(rect: PxRect) -> Self {
        Self {
            rect,
            radii: [Radius { x: 0.0, y: 0.0 }; 4],
        }
    }

    /// A rectangle with circular corners. Radii that do not fit are scaled down together, as
    /// CSS does.
    pub fn new(rect: PxRect, radii: [f32; 4]) -> Self {
        let r = radii.map(|v| if v > 0.0 { v } else { 0.0 });
        let (w, h) = (rect.width as f32, rect.height as f32);
        let mut fit = 1.0_f32;
        for (side, sum) in [
            (w, r[0] + r[1]),
            (h, r[1] + r[2]),
            (w, r[2] + r[3]),
            (h, r[3] + r[0]),
        ] {
            if sum > side {
                fit = fit.min(side / sum);
            }
        }
        Self {
            rect,
            radii: r.map(|v| Radius {
                x: v * fit,
                y: v * fit,
            }),
        }
    }

    /// Whether any corner is round.
    pub fn is_rounded(&self) -> bool {
        self.radii.iter().any(|r| r.x > 0.0)
    }

    /// The shape inside borders of these widths: inner radii are the outer ones less the borders.
    #[must_use]
    pub fn inset(&self, by: Sides<i32>) -> Self {
        let r = self.rect;
        let [tl, tr, br, bl] = self.radii;
        Self {
            rect: PxRect::new(
                r.x + by.left,
                r.y + by.top,
                (r.width - by.left - by.right).max(0),
                (r.height - by.top - by.bottom).max(0),
            ),
            radii: [
                tl.less(by.left, by.top),
                tr.less(by.right, by.top),
                br.less(by.right, by.bottom),
                bl.less(by.left, by.bottom),
            ],
        }
    }

    /// The shape `by` pixels larger on every side. Square corners stay square.
    #[must_use]
    pub fn grow(&self, by: i32) -> Self {
        if by <= 0 {
            return self.inset(Sides::all(-by));
        }
        let r = self.rect;
        let grown = |r: Radius| {
            if r.x > 0.0 {
                Radius {
                    x: r.x + by as f32,
                    y: r.y + by as f32,
                }
            } else {
                r
            }
        };
        Self {
            rect: PxRect::new(r.x - by, r.y - by, r.width + 2 * by, r.height + 2 * by),
            radii: self.radii.map(grown),
        }
    }

    /// First and one past the last pixel of row `y` whose centre is inside.
    pub fn row_span(&self, y: i32) -> Option<(i32, i32)> {
        let r = self.rect;
        if y < r.y || y >= r.bottom() || r.width <= 0 {
            return None;
        }
        if !self.is_rounded() {
            return Some((r.x, r.right()));
        }
        let [tl, tr, br, bl] = self.radii;
        let above = (y - r.y) as f32 + 0.5;
        let below = r.height as f32 - above;
        let left = tl.inset_at(above).max(bl.inset_at(below));
        let right = tr.inset_at(above).max(br.inset_at(below));
        let x0 = r.x + (left - 0.5).ceil() as i32;
        let x1 = r.right() - (right - 0.5).ceil() as i32;
        (x1 > x0).then_some((x0, x1))
    }

    /// Whether the centre of pixel `p` is inside.
    pub fn contains(&self, p: PxPoint) -> bool {
        self.row_span(p.y)
            .is_some_and(|(x0, x1)| p.x >= x0 && p.x < x1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radii_that_do_not_fit_shrink_together() {
        let pill = RoundRect::new(PxRect::new(0, 0, 100, 20), [999.0; 4]);
        assert_eq!(pill.radii, [Radius { x: 10.0, y: 10.0 }; 4]);
        assert_eq!(pill.row_span(10), Some((0, 100)));
        assert!(!pill.contains(PxPoint { x: 0, y: 0 }));
        assert!(pill.contains(PxPoint { x: 50, y: 0 }));
    }

    #[test]
    fn area_of_a_disc_is_right() {
        let disc = RoundRect::new(PxRect::new(0, 0, 200, 200), [100.0; 4]);
        let area: i32 = (0..200)
            .filter_map(|y| disc.row_span(y))
            .map(|(a, b)| b - a)
            .sum();
        assert!((f64::from(area) - std::f64::consts::PI * 10_000.0).abs() < 40.0);
    }

    #[test]
    fn borders_eat_radii() {
        let r = RoundRect::new(PxRect::new(0, 0, 100, 100), [8.0; 4]);
        let inner = r.inset(Sides {
            top: 1,
            right: 2,
            bottom: 9,
            left: 0,
        });
        assert_eq!(inner.rect, PxRect::new(0, 1, 98, 90));
        assert_eq!(inner.radii[0], Radius { x: 8.0, y: 7.0 });
        assert_eq!(inner.radii[1], Radius { x: 6.0, y: 7.0 });
        assert_eq!(inner.radii[2], Radius::default());
        assert_eq!(r.grow(2).radii[0].x, 10.0);
    }
}
