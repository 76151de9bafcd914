//! Smooth edges of rounded rectangles, from cached corner masks.

use std::collections::HashMap;
use std::sync::Arc;

use crate::generate::paint::{Radius, RoundRect};

/// Coverage of the top left corner of a rounded rectangle.
pub(super) struct Corner {
    pub(super) width: i32,
    pub(super) height: i32,
    coverage: Vec<u8>,
}

const SUB_ROWS: u32 = 16;

impl Corner {
    fn new(radius: Radius) -> Self {
        let (width, height) = (radius.x.ceil() as i32, radius.y.ceil() as i32);
        let mut coverage = vec![0; (width * height) as usize];
        let mut row = vec![0.0f32; width as usize];
        for y in 0..height {
            row.fill(0.0);
            for s in 0..SUB_ROWS {
                let inset = radius.inset_at(y as f32 + (s as f32 + 0.5) / SUB_ROWS as f32);
                for (x, sum) in row.iter_mut().enumerate() {
                    *sum += (x as f32 + 1.0 - inset).clamp(0.0, 1.0);
                }
            }
            let out = &mut coverage[(y * width) as usize..((y + 1) * width) as usize];
            for (c, sum) in out.iter_mut().zip(&row) {
                *c = (sum * (255.0 / SUB_ROWS as f32) + 0.5) as u8;
            }
        }
        Self {
            width,
            height,
            coverage,
        }
    }

    /// Coverage of row `y` from the outside in.
    pub(super) fn row(&self, y: i32) -> &[u8] {
        if y < 0 || y >= self.height {
            return &[];
        }
        &self.coverage[(y * self.width) as usize..((y + 1) * self.width) as usize]
    }
}

/// Corner masks by radius.
#[derive(Default)]
pub(super) struct Corners {
    masks: HashMap<(u32, u32), Arc<Corner>>,
    bytes: usize,
}

impl Corners {
    /// Forgets everything beyond this many bytes of masks.
    const LIMIT: usize = 2 << 20;

    pub(super) fn get(&mut self, radius: Radius) -> Arc<Corner> {
        let key = (radius.x.to_bits(), radius.y.to_bits());
        if let Some(c) = self.masks.get(&key) {
            return Arc::clone(c);
        }
        let corner = Arc::new(Corner::new(radius));
        if self.bytes > Self::LIMIT {
            self.masks.clear();
            self.bytes = 0;
        }
        self.bytes += corner.coverage.len();
        self.masks.insert(key, Arc::clone(&corner));
        corner
    }

    pub(super) fn shape(&mut self, shape: &RoundRect) -> SmoothShape {
        SmoothShape {
            shape: *shape,
            corners: shape.radii.map(|r| self.get(r)),
        }
    }
}

/// A rounded rectangle with its corner masks.
pub(super) struct SmoothShape {
    pub(super) shape: RoundRect,
    pub(super) corners: [Arc<Corner>; 4],
}

impl SmoothShape {
    /// Whether row `y` meets a corner.
    pub(super) fn has_corner_in(&self, y: i32) -> bool {
        let r = self.shape.rect;
        let [tl, tr, br, bl] = &self.corners;
        y - r.y < tl.height.max(tr.height) || r.bottom() - 1 - y < bl.height.max(br.height)
    }

    /// Widths of the parts of row `y` on the left and on the right that corners touch.
    pub(super) fn corner_widths(&self, y: i32) -> (i32, i32) {
        let r = self.shape.rect;
        let [tl, tr, br, bl] = &self.corners;
        let part = |top: &Corner, bottom: &Corner| {
            let a = if y - r.y < top.height { top.width } else { 0 };
            let b = if r.bottom() - 1 - y < bottom.height {
                bottom.width
            } else {
                0
            };
            a.max(b)
        };
        (part(tl, bl), part(tr, br))
    }

    /// Coverage of row `y`, one value per column of the rectangle.
    pub(super) fn coverage(&self, y: i32, out: &mut Vec<u8>) {
        let r = self.shape.rect;
        out.clear();
        out.resize(r.width.max(0) as usize, 255);
        let [tl, tr, br, bl] = &self.corners;
        // Two corners can meet in one pixel of a narrow shape: their losses add up.
        let mut lose = |c: &u8, i: usize| {
            if let Some(v) = out.get_mut(i) {
                *v = v.saturating_sub(255 - c);
            }
        };
        let last = r.width.max(1) as usize - 1;
        for (corner, depth) in [(tl, y - r.y), (bl, r.bottom() - 1 - y)] {
            corner
                .row(depth)
                .iter()
                .enumerate()
                .for_each(|(i, c)| lose(c, i));
        }
        for (corner, depth) in [(tr, y - r.y), (br, r.bottom() - 1 - y)] {
            for (i, c) in corner.row(depth).iter().enumerate().take(last + 1) {
                lose(c, last - i);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::geometry::PxRect;

    #[test]
    fn coverage_sums_to_the_area_of_the_shape() {
        for (w, h, r) in [
            (40, 30, 8.0),
            (21, 21, 10.5),
            (13, 9, 2.25),
            (100, 17, 99.0),
        ] {
            let shape = RoundRect::new(PxRect::new(3, 4, w, h), [r; 4]);
            let smooth = Corners::default().shape(&shape);
            let mut row = Vec::new();
            let mut sum = 0.0;
            for y in 4..4 + h {
                smooth.coverage(y, &mut row);
                sum += row.iter().map(|c| f64::from(*c) / 255.0).sum::<f64>();
            }
            let fit = f64::from(shape.radii[0].x);
            let area = f64::from(w * h) - (4.0 - std::f64::consts::PI) * fit * fit;
            assert!((sum - area).abs() < 0.35, "{w}x{h} r{r}: {sum} {area}");
        }
    }
}
