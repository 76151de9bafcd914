//! Outlines → coverage masks: exact areas for fills, distances for strokes.
//!
//! Both need additions, multiplications and square roots only, so masks are the same bytes on
//! every platform.

/// Coverage of a small picture.
#[derive(Clone, Debug, Default)]
pub(super) struct Mask {
    pub(super) width: usize,
    pub(super) coverage: Vec<u8>,
}

/// An outline flattened to straight lines.
#[derive(Default)]
pub(super) struct Polyline {
    /// Start and end of each line.
    pub(super) lines: Vec<([f32; 2], [f32; 2])>,
    start: [f32; 2],
    at: [f32; 2],
}

/// Curves are split so that no line is further than this from its curve, in pixels.
const TOLERANCE: f32 = 0.03;

impl Polyline {
    pub(super) fn move_to(&mut self, to: [f32; 2]) {
        self.start = to;
        self.at = to;
    }

    pub(super) fn line_to(&mut self, to: [f32; 2]) {
        self.lines.push((self.at, to));
        self.at = to;
    }

    pub(super) fn quad_to(&mut self, c: [f32; 2], to: [f32; 2]) {
        let from = self.at;
        let bend = length([from[0] - 2.0 * c[0] + to[0], from[1] - 2.0 * c[1] + to[1]]);
        let n = (bend / (4.0 * TOLERANCE)).sqrt().ceil().clamp(1.0, 64.0);
        for i in 1..n as u32 {
            let t = i as f32 / n;
            let u = 1.0 - t;
            let on = |k: usize| u * u * from[k] + 2.0 * u * t * c[k] + t * t * to[k];
            self.line_to([on(0), on(1)]);
        }
        self.line_to(to);
    }

    pub(super) fn cubic_to(&mut self, c1: [f32; 2], c2: [f32; 2], to: [f32; 2]) {
        let from = self.at;
        let bend = |a: [f32; 2], b: [f32; 2], c: [f32; 2]| {
            length([a[0] - 2.0 * b[0] + c[0], a[1] - 2.0 * b[1] + c[1]])
        };
        let bend = bend(from, c1, c2).max(bend(c1, c2, to));
        let n = (bend * 0.75 / TOLERANCE).sqrt().ceil().clamp(1.0, 64.0);
        for i in 1..n as u32 {
            let t = i as f32 / n;
            let u = 1.0 - t;
            let on = |k: usize| {
                u * u * u * from[k]
                    + 3.0 * u * u * t * c1[k]
                    + 3.0 * u * t * t * c2[k]
                    + t * t * t * to[k]
            };
            self.line_to([on(0), on(1)]);
        }
        self.line_to(to);
    }

    pub(super) fn close(&mut self) {
        if self.at != self.start {
            self.line_to(self.start);
        }
    }
}

fn length(v: [f32; 2]) -> f32 {
    (v[0] * v[0] + v[1] * v[1]).sqrt()
}

/// Fills closed outlines, nonzero rule. What lies outside `0..width` × `0..height` is cut off.
///
/// Each line adds its signed area to the pixels it crosses; a running sum along the rows then
/// gives the coverage. This is how FreeType works, whose pictures browsers show.
pub(super) fn fill(outline: &Polyline, width: usize, height: usize) -> Mask {
    let stride = width + 2;
    let mut area = vec![0.0f32; stride * height];
    for &(a, b) in &outline.lines {
        add_line(&mut area, stride, height, a, b);
    }
    let mut coverage = Vec::with_capacity(width * height);
    for row in area.chunks_exact(stride) {
        let mut sum = 0.0f32;
        for v in &row[..width] {
            sum += v;
            coverage.push((sum.abs().min(1.0) * 255.0 + 0.5) as u8);
        }
    }
    Mask { width, coverage }
}

fn add_line(area: &mut [f32], stride: usize, height: usize, a: [f32; 2], b: [f32; 2]) {
    if a[1] == b[1] {
        return;
    }
    let (direction, top, bottom) = if a[1] < b[1] {
        (1.0, a, b)
    } else {
        (-1.0, b, a)
    };
    let slope = (bottom[0] - top[0]) / (bottom[1] - top[1]);
    let right = (stride - 2) as f32;
    let mut x = top[0] - slope * top[1].min(0.0);
    let first = top[1].max(0.0) as usize;
    let last = (bottom[1].ceil().max(0.0) as usize).min(height);
    for y in first..last {
        let row = &mut area[y * stride..(y + 1) * stride];
        let dy = (y as f32 + 1.0).min(bottom[1]) - (y as f32).max(top[1]);
        let next = x + slope * dy;
        let d = dy * direction;
        let x0 = x.min(next).clamp(0.0, right);
        let x1 = x.max(next).clamp(0.0, right);
        let (left, end) = (x0.floor(), x1.ceil());
        let i = left as usize;
        if end <= left + 1.0 {
            let inside = (x0 + x1) * 0.5 - left;
            row[i] += d - d * inside;
            row[i + 1] += d * inside;
        } else {
            let s = 1.0 / (x1 - x0);
            let x0f = x0 - left;
            let x1f = x1 - end + 1.0;
            let n = end as usize;
            let first_area = 0.5 * s * (1.0 - x0f) * (1.0 - x0f);
            let last_area = 0.5 * s * x1f * x1f;
            row[i] += d * first_area;
            if n == i + 2 {
                row[i + 1] += d * (1.0 - first_area - last_area);
            } else {
                let second = s * (1.5 - x0f);
                row[i + 1] += d * (second - first_area);
                for v in &mut row[i + 2..n - 1] {
                    *v += d * s;
                }
                let before = second + (n - i - 3) as f32 * s;
                row[n - 1] += d * (1.0 - before - last_area);
            }
            row[n] += d * last_area;
        }
        x = next;
    }
}

/// Strokes lines with round caps and joins: coverage follows from the distance to the nearest
/// line.
pub(super) fn stroke(outline: &Polyline, width: usize, height: usize, pen: f32) -> Mask {
    let half = pen / 2.0;
    let reach = half + 1.0;
    let mut nearest = vec![reach * reach; width * height];
    for &(a, b) in &outline.lines {
        let d = [b[0] - a[0], b[1] - a[1]];
        let squared = d[0] * d[0] + d[1] * d[1];
        let from = |v: f32| (v - reach).max(0.0) as usize;
        let to = |v: f32, end: usize| ((v + reach).max(0.0) as usize + 1).min(end);
        for y in from(a[1].min(b[1]))..to(a[1].max(b[1]), height) {
            for x in from(a[0].min(b[0]))..to(a[0].max(b[0]), width) {
                let p = [x as f32 + 0.5 - a[0], y as f32 + 0.5 - a[1]];
                let t = if squared > 0.0 {
                    ((p[0] * d[0] + p[1] * d[1]) / squared).clamp(0.0, 1.0)
                } else {
                    0.0
                };
                let (dx, dy) = (p[0] - t * d[0], p[1] - t * d[1]);
                let near = &mut nearest[y * width + x];
                *near = near.min(dx * dx + dy * dy);
            }
        }
    }
    // The second term keeps lines thinner than a pixel as light as they should be.
    let cover = |d: f32| (half + 0.5 - d).clamp(0.0, 1.0) - (0.5 - half - d).clamp(0.0, 1.0);
    let coverage = nearest
        .iter()
        .map(|d| (cover(d.sqrt()).max(0.0) * 255.0 + 0.5) as u8)
        .collect();
    Mask { width, coverage }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum(m: &Mask) -> f64 {
        m.coverage.iter().map(|c| f64::from(*c) / 255.0).sum()
    }

    fn polygon(points: &[[f32; 2]]) -> Polyline {
        let mut p = Polyline::default();
        p.move_to(points[0]);
        points[1..].iter().for_each(|q| p.line_to(*q));
        p.close();
        p
    }

    #[test]
    fn a_triangle_covers_its_area() {
        let mask = fill(&polygon(&[[1.25, 2.0], [18.5, 5.75], [4.0, 17.5]]), 20, 20);
        let exact = ((18.5 - 1.25) * (17.5 - 2.0) - (4.0 - 1.25) * (5.75 - 2.0)) / 2.0;
        assert!((sum(&mask) - exact).abs() < 0.1, "{} {exact}", sum(&mask));
        assert_eq!(mask.coverage[8 * 20 + 6], 255);
        assert_eq!(mask.coverage[19 * 20 + 19], 0);
    }

    #[test]
    fn a_hole_stays_empty() {
        let mut p = polygon(&[[0.0, 0.0], [10.0, 0.0], [10.0, 10.0], [0.0, 10.0]]);
        p.lines
            .extend(polygon(&[[3.0, 3.0], [3.0, 7.0], [7.0, 7.0], [7.0, 3.0]]).lines);
        let mask = fill(&p, 10, 10);
        assert_eq!(sum(&mask), 84.0);
        assert_eq!(mask.coverage[5 * 10 + 5], 0);
    }

    #[test]
    fn strokes_have_their_width_and_round_ends() {
        for pen in [0.5, 1.0, 2.0, 3.5] {
            let mut p = Polyline::default();
            p.move_to([5.0, 10.25]);
            p.line_to([25.0, 10.25]);
            let exact = 20.0 * f64::from(pen)
                + std::f64::consts::PI * f64::from(pen) * f64::from(pen) / 4.0;
            let got = sum(&stroke(&p, 30, 20, pen));
            assert!((got - exact).abs() < 0.06 * exact, "{pen}: {got} {exact}");
        }
    }

    #[test]
    fn a_circle_of_curves_covers_its_area() {
        let k = 0.552_284_8 * 8.0;
        let mut p = Polyline::default();
        p.move_to([2.0, 10.0]);
        p.cubic_to([2.0, 10.0 - k], [10.0 - k, 2.0], [10.0, 2.0]);
        p.cubic_to([10.0 + k, 2.0], [18.0, 10.0 - k], [18.0, 10.0]);
        p.cubic_to([18.0, 10.0 + k], [10.0 + k, 18.0], [10.0, 18.0]);
        p.cubic_to([10.0 - k, 18.0], [2.0, 10.0 + k], [2.0, 10.0]);
        let got = sum(&fill(&p, 20, 20));
        assert!((got - std::f64::consts::PI * 64.0).abs() < 1.0, "{got}");
    }
}
