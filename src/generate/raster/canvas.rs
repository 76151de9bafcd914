//! The picture in the making: 8-bit RGB and the few ways pixels get onto it. All arithmetic is in
//! integers, so every platform makes the same bytes.

use crate::base::color::Rgba8;
use crate::base::geometry::PxRect;

/// RGB pixels, rows from the top.
pub(super) struct Canvas {
    pub(super) bounds: PxRect,
    pub(super) rgb: Vec<u8>,
}

/// `v / 255`, rounded, for `v` up to 255 · 255.
pub(super) fn div255(v: u32) -> u32 {
    let v = v + 128;
    (v + (v >> 8)) >> 8
}

fn mix(below: u8, above: u8, alpha: u32) -> u8 {
    div255(u32::from(above) * alpha + u32::from(below) * (255 - alpha)) as u8
}

impl Canvas {
    /// A canvas of one colour in the memory of `spare`, whose content does not matter.
    pub(super) fn new(width: u32, height: u32, color: Rgba8, mut spare: Vec<u8>) -> Self {
        let pixels = width as usize * height as usize;
        let Rgba8 { r, g, b, .. } = color.over(Rgba8::BLACK);
        spare.clear();
        if r == g && g == b {
            spare.resize(pixels * 3, r);
        } else {
            spare.reserve_exact(pixels * 3);
            let row = [r, g, b].repeat(width as usize);
            for _ in 0..height {
                spare.extend_from_slice(&row);
            }
        }
        Self {
            bounds: PxRect::new(0, 0, width as i32, height as i32),
            rgb: spare,
        }
    }

    fn range(&self, y: i32, x0: i32, x1: i32) -> std::ops::Range<usize> {
        let start = (y as usize * self.bounds.width as usize + x0 as usize) * 3;
        start..start + (x1 - x0) as usize * 3
    }

    /// Pixels `x0..x1` of row `y`; they must lie on the canvas.
    pub(super) fn row(&self, y: i32, x0: i32, x1: i32) -> &[u8] {
        &self.rgb[self.range(y, x0, x1)]
    }

    pub(super) fn row_mut(&mut self, y: i32, x0: i32, x1: i32) -> &mut [u8] {
        let range = self.range(y, x0, x1);
        &mut self.rgb[range]
    }

    /// Fills a rectangle; `clip` must lie on the canvas.
    pub(super) fn fill_rect(&mut self, rect: PxRect, clip: PxRect, color: Rgba8) {
        let Some(r) = rect.intersect(&clip) else {
            return;
        };
        if color.a < 255 {
            for y in r.y..r.bottom() {
                self.blend_span(y, r.x, r.right(), color);
            }
            return;
        }
        let grey = color.r == color.g && color.g == color.b;
        let first = self.range(r.y, r.x, r.right());
        if grey {
            for y in r.y..r.bottom() {
                self.row_mut(y, r.x, r.right()).fill(color.r);
            }
            return;
        }
        paint(&mut self.rgb[first.clone()], color);
        for y in r.y + 1..r.bottom() {
            let to = self.range(y, r.x, r.right()).start;
            self.rgb.copy_within(first.clone(), to);
        }
    }

    /// Blends one colour over pixels `x0..x1` of row `y`, which must lie on the canvas.
    pub(super) fn blend_span(&mut self, y: i32, x0: i32, x1: i32, color: Rgba8) {
        if x1 <= x0 || color.a == 0 {
            return;
        }
        let row = self.row_mut(y, x0, x1);
        if color.a == 255 {
            paint(row, color);
            return;
        }
        let alpha = u32::from(color.a);
        for px in row.chunks_exact_mut(3) {
            px[0] = mix(px[0], color.r, alpha);
            px[1] = mix(px[1], color.g, alpha);
            px[2] = mix(px[2], color.b, alpha);
        }
    }

    /// Blends one colour over row `y` from column `x` with a coverage per pixel; pixels outside
    /// `clip` are left alone.
    pub(super) fn blend_coverage(
        &mut self,
        y: i32,
        x: i32,
        coverage: &[u8],
        color: Rgba8,
        clip: PxRect,
    ) {
        let Some((skip, x0, x1)) = visible(y, x, coverage.len(), clip) else {
            return;
        };
        let alpha = u32::from(color.a);
        let row = self.row_mut(y, x0, x1);
        for (px, &c) in row.chunks_exact_mut(3).zip(&coverage[skip..]) {
            if c == 0 {
                continue;
            }
            let a = if alpha == 255 {
                u32::from(c)
            } else {
                div255(u32::from(c) * alpha)
            };
            px[0] = mix(px[0], color.r, a);
            px[1] = mix(px[1], color.g, a);
            px[2] = mix(px[2], color.b, a);
        }
    }

    /// Like [`Self::blend_coverage`] with the coverage corrected by `table`.
    pub(super) fn blend_text(
        &mut self,
        y: i32,
        x: i32,
        coverage: &[u8],
        color: Rgba8,
        table: &[u8; 256],
        clip: PxRect,
    ) {
        let Some((skip, x0, x1)) = visible(y, x, coverage.len(), clip) else {
            return;
        };
        let alpha = u32::from(color.a);
        let row = self.row_mut(y, x0, x1);
        for (px, &c) in row.chunks_exact_mut(3).zip(&coverage[skip..]) {
            if c == 0 {
                continue;
            }
            let a = div255(u32::from(table[usize::from(c)]) * alpha);
            px[0] = mix(px[0], color.r, a);
            px[1] = mix(px[1], color.g, a);
            px[2] = mix(px[2], color.b, a);
        }
    }

    /// Like [`Self::blend_coverage`] with a colour per pixel.
    pub(super) fn blend_colors(
        &mut self,
        y: i32,
        x: i32,
        coverage: &[u8],
        clip: PxRect,
        color_at: impl Fn(i32) -> Rgba8,
    ) {
        let Some((skip, x0, x1)) = visible(y, x, coverage.len(), clip) else {
            return;
        };
        let row = self.row_mut(y, x0, x1);
        for ((px, &c), x) in row.chunks_exact_mut(3).zip(&coverage[skip..]).zip(x0..) {
            if c == 0 {
                continue;
            }
            let color = color_at(x);
            let a = div255(u32::from(c) * u32::from(color.a));
            px[0] = mix(px[0], color.r, a);
            px[1] = mix(px[1], color.g, a);
            px[2] = mix(px[2], color.b, a);
        }
    }

    /// A copy of a rectangle, which must lie on the canvas.
    pub(super) fn copy(&self, rect: PxRect) -> Vec<u8> {
        let mut out = Vec::with_capacity((rect.area() * 3) as usize);
        for y in rect.y..rect.bottom() {
            out.extend_from_slice(self.row(y, rect.x, rect.right()));
        }
        out
    }

    /// Mixes what was saved by [`Self::copy`] back in: `weight` 255 keeps the canvas as it is.
    pub(super) fn mix_back(&mut self, rect: PxRect, saved: &[u8], weight: impl Fn(i32, i32) -> u8) {
        let stride = rect.width as usize * 3;
        for (y, old) in (rect.y..rect.bottom()).zip(saved.chunks_exact(stride.max(1))) {
            let row = self.row_mut(y, rect.x, rect.right());
            for ((px, old), x) in row
                .chunks_exact_mut(3)
                .zip(old.chunks_exact(3))
                .zip(rect.x..)
            {
                let w = u32::from(weight(x, y));
                if w < 255 {
                    px[0] = mix(old[0], px[0], w);
                    px[1] = mix(old[1], px[1], w);
                    px[2] = mix(old[2], px[2], w);
                }
            }
        }
    }
}

fn paint(row: &mut [u8], color: Rgba8) {
    for px in row.chunks_exact_mut(3) {
        px.copy_from_slice(&[color.r, color.g, color.b]);
    }
}

/// How many of `len` pixels from `x` to skip, and which columns remain.
fn visible(y: i32, x: i32, len: usize, clip: PxRect) -> Option<(usize, i32, i32)> {
    let x0 = x.max(clip.x);
    let x1 = (x + len as i32).min(clip.right());
    (y >= clip.y && y < clip.bottom() && x1 > x0).then(|| ((x0 - x) as usize, x0, x1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_rounds_to_nearest() {
        for v in 0..=255 * 255u32 {
            assert_eq!(div255(v), (v * 2 + 255) / 510, "{v}");
        }
    }
}
