//! Blurred shadows: one small cached mask serves boxes of every size, its middle row and column
//! stretched.

use std::collections::HashMap;
use std::sync::Arc;

use super::corner::Corners;
use crate::base::geometry::PxRect;
use crate::generate::paint::RoundRect;

/// A blurred shape, as small as it can be.
pub(super) struct ShadowMask {
    /// How far the blur reaches beyond the shape.
    pub(super) margin: i32,
    pub(super) width: i32,
    pub(super) height: i32,
    /// The column and row to repeat when the shape is larger than the mask's.
    pub(super) middle: (i32, i32),
    coverage: Vec<u8>,
}

impl ShadowMask {
    pub(super) fn row(&self, y: i32) -> &[u8] {
        let w = self.width as usize;
        &self.coverage[y as usize * w..(y as usize + 1) * w]
    }
}

type Key = ([u32; 8], i32, i32, u32);

/// Shadow masks by shape and blur.
#[derive(Default)]
pub(super) struct Shadows {
    masks: HashMap<Key, Arc<ShadowMask>>,
    bytes: usize,
}

impl Shadows {
    /// Forgets everything beyond this many bytes of masks.
    const LIMIT: usize = 8 << 20;

    pub(super) fn get(
        &mut self,
        shape: &RoundRect,
        sigma: f32,
        corners: &mut Corners,
    ) -> Arc<ShadowMask> {
        let blur = Blur::new(sigma);
        let round = shape.radii.iter().map(|r| r.x.max(r.y));
        let round = round.fold(0.0, f32::max).ceil() as i32;
        // Further in than this the blur meets neither corner nor opposite edge.
        let zone = blur.margin + round.max(blur.margin) + 1;
        let width = shape.rect.width.min(2 * zone + 1);
        let height = shape.rect.height.min(2 * zone + 1);
        let mut bits = [0; 8];
        for (two, r) in bits.chunks_exact_mut(2).zip(shape.radii) {
            two.copy_from_slice(&[r.x.to_bits(), r.y.to_bits()]);
        }
        let key = (bits, width, height, sigma.to_bits());
        if let Some(m) = self.masks.get(&key) {
            return Arc::clone(m);
        }
        let small = RoundRect {
            rect: PxRect::new(0, 0, width, height),
            radii: shape.radii,
        };
        let mask = Arc::new(blurred(&small, &blur, corners));
        if self.bytes > Self::LIMIT {
            self.masks.clear();
            self.bytes = 0;
        }
        self.bytes += mask.coverage.len();
        self.masks.insert(key, Arc::clone(&mask));
        mask
    }
}

fn blurred(shape: &RoundRect, blur: &Blur, corners: &mut Corners) -> ShadowMask {
    let margin = blur.margin;
    let (width, height) = (
        shape.rect.width + 2 * margin,
        shape.rect.height + 2 * margin,
    );
    let (w, h) = (width as usize, height as usize);
    let smooth = corners.shape(shape);
    let mut plane = vec![0u16; w * h];
    let mut row = Vec::new();
    for y in 0..shape.rect.height {
        smooth.coverage(y, &mut row);
        let start = (y + margin) as usize * w + margin as usize;
        for (to, from) in plane[start..].iter_mut().zip(&row) {
            // 257 · 255 = 65535
            *to = u16::from(*from) * 257;
        }
    }
    let (mut line, mut spare) = (Vec::new(), Vec::new());
    for y in 0..h {
        line.clear();
        line.extend_from_slice(&plane[y * w..(y + 1) * w]);
        blur.run(&mut line, &mut spare);
        plane[y * w..(y + 1) * w].copy_from_slice(&line);
    }
    for x in 0..w {
        line.clear();
        line.extend((0..h).map(|y| plane[y * w + x]));
        blur.run(&mut line, &mut spare);
        for (y, v) in line.iter().enumerate() {
            plane[y * w + x] = *v;
        }
    }
    ShadowMask {
        margin,
        width,
        height,
        middle: (width / 2, height / 2),
        coverage: plane
            .iter()
            .map(|v| ((u32::from(*v) + 128) / 257) as u8)
            .collect(),
    }
}

/// A blur of one row in integers. Wide ones are three box filters, as browsers do it; narrow ones
/// use the bell curve itself.
struct Blur {
    margin: i32,
    kind: Kind,
}

enum Kind {
    None,
    /// Weights of 65536 in total, middle first.
    Bell(Vec<u32>),
    /// Widths of the three boxes with the places of their results.
    Boxes([(usize, usize); 3]),
}

impl Blur {
    fn new(sigma: f32) -> Self {
        if sigma < 0.05 {
            return Self {
                margin: 0,
                kind: Kind::None,
            };
        }
        if sigma < 2.0 {
            return Self::bell(f64::from(sigma));
        }
        // floor(σ · 3 · √(2π) / 4 + ½)
        let window = (f64::from(sigma) * 1.879_971_205_932_5 + 0.5).floor() as usize;
        let half = window / 2;
        let (boxes, margin) = if window % 2 == 1 {
            ([(window, half); 3], 3 * half)
        } else {
            let even = [(window, half), (window, half - 1), (window + 1, half)];
            (even, 3 * half)
        };
        Self {
            margin: margin as i32,
            kind: Kind::Boxes(boxes),
        }
    }

    fn bell(sigma: f64) -> Self {
        let margin = (3.0 * sigma).ceil() as usize;
        let bell = |i: usize| {
            let d = i as f64 / sigma;
            libm::exp(-0.5 * d * d)
        };
        let total = 1.0 + 2.0 * (1..=margin).map(bell).sum::<f64>();
        let mut weights: Vec<u32> = (0..=margin)
            .map(|i| (bell(i) / total * 65536.0 + 0.5) as u32)
            .collect();
        // What rounding lost or won goes to the middle.
        let sides = 2 * weights[1..].iter().sum::<u32>();
        weights[0] = 65536u32.saturating_sub(sides);
        Self {
            margin: margin as i32,
            kind: Kind::Bell(weights),
        }
    }

    fn run(&self, line: &mut Vec<u16>, spare: &mut Vec<u16>) {
        match &self.kind {
            Kind::None => {}
            Kind::Bell(weights) => {
                spare.clone_from(line);
                let n = spare.len();
                for (i, out) in line.iter_mut().enumerate() {
                    let mut sum = u64::from(spare[i]) * u64::from(weights[0]);
                    for (k, w) in weights.iter().enumerate().skip(1) {
                        let left = if i >= k { spare[i - k] } else { 0 };
                        let right = if i + k < n { spare[i + k] } else { 0 };
                        sum += (u64::from(left) + u64::from(right)) * u64::from(*w);
                    }
                    *out = ((sum + 32768) >> 16).min(65535) as u16;
                }
            }
            Kind::Boxes(boxes) => {
                for &(width, before) in boxes {
                    spare.clone_from(line);
                    box_filter(spare, line, width, before);
                }
            }
        }
    }
}

/// Mean of `width` values, of which `before` come before the one in question.
fn box_filter(from: &[u16], to: &mut [u16], width: usize, before: usize) {
    let after = width - 1 - before;
    let mut sum: u64 = from.iter().take(after).map(|v| u64::from(*v)).sum();
    for i in 0..from.len() {
        if let Some(v) = from.get(i + after) {
            sum += u64::from(*v);
        }
        to[i] = ((sum + width as u64 / 2) / width as u64) as u16;
        if i >= before {
            sum -= u64::from(from[i - before]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Share of a bell curve left of `x` standard deviations (Abramowitz and Stegun 7.1.26).
    fn normal(x: f64) -> f64 {
        let z = x.abs() / std::f64::consts::SQRT_2;
        let t = 1.0 / (1.0 + 0.327_591_1 * z);
        let poly =
            ((((1.061_405_429 * t - 1.453_152_027) * t) + 1.421_413_741) * t - 0.284_496_736) * t
                + 0.254_829_592;
        let erf = 1.0 - poly * t * libm::exp(-z * z);
        if x < 0.0 {
            (1.0 - erf) / 2.0
        } else {
            (1.0 + erf) / 2.0
        }
    }

    #[test]
    fn the_edge_of_a_blurred_box_is_a_bell_sum() {
        for sigma in [1.0f32, 1.5, 2.0, 3.0, 7.5, 12.0, 20.0] {
            let shape = RoundRect::square(PxRect::new(0, 0, 400, 300));
            let mask = Shadows::default().get(&shape, sigma, &mut Corners::default());
            let row = mask.row(mask.middle.1);
            for x in 0..mask.middle.0 {
                let inside = f64::from(x - mask.margin) + 0.5;
                let exact = normal(inside / f64::from(sigma)) * 255.0;
                let got = f64::from(row[x as usize]);
                assert!((got - exact).abs() < 7.0, "σ {sigma} x {x}: {got} {exact}");
            }
        }
    }

    #[test]
    fn the_mask_does_not_grow_with_the_box() {
        let mut shadows = Shadows::default();
        let mut corners = Corners::default();
        let of = |w, h| RoundRect::new(PxRect::new(5, 9, w, h), [12.0; 4]);
        let a = shadows.get(&of(900, 700), 10.0, &mut corners);
        let b = shadows.get(&of(3000, 2000), 10.0, &mut corners);
        assert!(Arc::ptr_eq(&a, &b));
        assert!(a.width < 200);
        assert_eq!(a.row(a.middle.1)[a.middle.0 as usize], 255);
    }

    #[test]
    fn a_mask_is_symmetric() {
        let shape = RoundRect::new(PxRect::new(0, 0, 50, 31), [6.0; 4]);
        for sigma in [1.2, 4.0, 5.3, 9.0] {
            let m = Shadows::default().get(&shape, sigma, &mut Corners::default());
            for y in 0..m.height {
                let (row, mirror) = (m.row(y), m.row(m.height - 1 - y));
                for x in 0..row.len() {
                    assert!(row[x].abs_diff(row[row.len() - 1 - x]) <= 1, "σ {sigma}");
                    assert!(row[x].abs_diff(mirror[x]) <= 1, "σ {sigma}");
                }
            }
        }
    }
}
