//! Points, sizes and rectangles; the one place where layout units become image pixels.

use serde::{Deserialize, Serialize};

/// A point in CSS pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Distance from the left edge.
    pub x: f32,
    /// Distance from the top edge.
    pub y: f32,
}

/// A rectangle in CSS pixels: left, top, width, height.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rect {
    /// Left edge.
    pub x: f32,
    /// Top edge.
    pub y: f32,
    /// Width, never negative.
    pub width: f32,
    /// Height, never negative.
    pub height: f32,
}

impl Rect {
    /// A rectangle from its left, top, width and height.
    pub const fn new(x: f32, y: f32, width: f32, height: f32) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    /// Right edge.
    pub fn right(&self) -> f32 {
        self.x + self.width
    }

    /// Bottom edge.
    pub fn bottom(&self) -> f32 {
        self.y + self.height
    }

    /// Centre.
    pub fn center(&self) -> Point {
        Point {
            x: self.x + self.width / 2.0,
            y: self.y + self.height / 2.0,
        }
    }

    /// Whether `p` is inside; left and top edges belong to the rectangle, right and bottom do not.
    pub fn contains(&self, p: Point) -> bool {
        p.x >= self.x && p.x < self.right() && p.y >= self.y && p.y < self.bottom()
    }

    /// The common part; `None` when the rectangles do not overlap.
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        let x = self.x.max(other.x);
        let y = self.y.max(other.y);
        let right = self.right().min(other.right());
        let bottom = self.bottom().min(other.bottom());
        (right > x && bottom > y).then(|| Self::new(x, y, right - x, bottom - y))
    }

    /// The smallest rectangle that holds both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        let x = self.x.min(other.x);
        let y = self.y.min(other.y);
        Self::new(
            x,
            y,
            self.right().max(other.right()) - x,
            self.bottom().max(other.bottom()) - y,
        )
    }

    /// The rectangle grown by `d` on each side (shrunk when negative, never below zero size).
    #[must_use]
    pub fn grow(&self, d: f32) -> Self {
        Self::new(
            self.x - d,
            self.y - d,
            (self.width + 2.0 * d).max(0.0),
            (self.height + 2.0 * d).max(0.0),
        )
    }
}

/// A point in image pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
pub struct PxPoint {
    /// Column.
    pub x: i32,
    /// Row.
    pub y: i32,
}

/// A rectangle in image pixels: the shape of every published box.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
pub struct PxRect {
    /// Left edge.
    pub x: i32,
    /// Top edge.
    pub y: i32,
    /// Width.
    pub width: i32,
    /// Height.
    pub height: i32,
}

impl PxRect {
    /// A rectangle from its left, top, width and height.
    pub const fn new(x: i32, y: i32, width: i32, height: i32) -> Self {
        Self {
            x,
            y,
            width,
            height,
        }
    }

    /// Right edge.
    pub fn right(&self) -> i32 {
        self.x + self.width
    }

    /// Bottom edge.
    pub fn bottom(&self) -> i32 {
        self.y + self.height
    }

    /// Area in square pixels.
    pub fn area(&self) -> i64 {
        i64::from(self.width) * i64::from(self.height)
    }

    /// Whether the pixel `p` belongs to the rectangle.
    pub fn contains(&self, p: PxPoint) -> bool {
        p.x >= self.x && p.x < self.right() && p.y >= self.y && p.y < self.bottom()
    }

    /// The common part; `None` when the rectangles do not overlap.
    pub fn intersect(&self, other: &Self) -> Option<Self> {
        let x = self.x.max(other.x);
        let y = self.y.max(other.y);
        let right = self.right().min(other.right());
        let bottom = self.bottom().min(other.bottom());
        (right > x && bottom > y).then(|| Self::new(x, y, right - x, bottom - y))
    }
}

/// Rounds CSS pixels to image pixels, half up. Every published box and point passes here
/// exactly once.
///
/// # Examples
/// ```
/// use screensmith::base::geometry::{to_px, PxRect, Rect};
/// assert_eq!(to_px(&Rect::new(0.5, 1.25, 10.0, 10.0), 2.0), PxRect::new(1, 3, 20, 20));
/// ```
pub fn to_px(rect: &Rect, device_scale: f32) -> PxRect {
    let x = round_px(rect.x * device_scale);
    let y = round_px(rect.y * device_scale);
    let right = round_px(rect.right() * device_scale);
    let bottom = round_px(rect.bottom() * device_scale);
    PxRect::new(x, y, right - x, bottom - y)
}

/// `floor(v + 0.5)`: the rounding used by [`to_px`].
pub fn round_px(v: f32) -> i32 {
    (v + 0.5).floor() as i32
}
