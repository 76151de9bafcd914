//! What vendors and model processors do to a picture before the model sees it, exactly.

use serde::{Deserialize, Serialize};

/// A rule that turns the size of a picture into the size that is really seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resize {
    /// Seen as it is.
    None,
    /// Fit into `long` × `long`, then the short side down to `short`.
    Tiles {
        /// Longest side.
        long: u32,
        /// Longest short side.
        short: u32,
    },
    /// Fit the long side to `max_edge`, then shrink until there are at most `budget` patches of
    /// 32 × 32.
    Patches {
        /// Longest side.
        max_edge: u32,
        /// Most patches.
        budget: u32,
    },
    /// Both sides to multiples of `factor` with an area between the bounds.
    Smart {
        /// Side of a patch times the merge size.
        factor: u32,
        /// Smallest area in pixels.
        min_pixels: u64,
        /// Largest area in pixels.
        max_pixels: u64,
    },
    /// The largest size of the same shape that is at most `max_edge` long and `max_tokens`
    /// squares of 28 × 28 large.
    Squares {
        /// Longest side after padding to 28.
        max_edge: u32,
        /// Most squares.
        max_tokens: u32,
    },
    /// Squashed to a square, whatever its shape.
    Square {
        /// Side.
        side: u32,
    },
}

/// Guards against a pixel that float division loses.
const SLACK: f64 = 1e-9;

impl Resize {
    /// The size that is seen; `None` when the rule refuses the picture (an empty one, or a shape
    /// of more than 200 : 1 for [`Resize::Smart`]).
    pub fn apply(&self, width: u32, height: u32) -> Option<(u32, u32)> {
        if width == 0 || height == 0 {
            return None;
        }
        let (w, h) = (f64::from(width), f64::from(height));
        Some(match *self {
            Self::None => (width, height),
            Self::Square { side } => (side, side),
            Self::Tiles { long, short } => tiles(w, h, f64::from(long), f64::from(short)),
            Self::Patches { max_edge, budget } => patches(w, h, f64::from(max_edge), budget),
            Self::Smart {
                factor,
                min_pixels,
                max_pixels,
            } => smart(
                w,
                h,
                f64::from(factor),
                min_pixels as f64,
                max_pixels as f64,
            )?,
            Self::Squares {
                max_edge,
                max_tokens,
            } => squares(width, height, max_edge, max_tokens),
        })
    }
}

fn floor(v: f64) -> u32 {
    (v + SLACK).floor() as u32
}

fn tiles(mut w: f64, mut h: f64, long: f64, short: f64) -> (u32, u32) {
    if w.max(h) > long {
        let s = long / w.max(h);
        (w, h) = (w * s, h * s);
    }
    if w.min(h) > short {
        let s = short / w.min(h);
        (w, h) = (w * s, h * s);
    }
    (floor(w), floor(h))
}

/// Number of 32 × 32 patches that cover a picture.
pub fn patch_count(width: u32, height: u32) -> u64 {
    u64::from(width.div_ceil(32)) * u64::from(height.div_ceil(32))
}

fn patches(mut w: f64, mut h: f64, max_edge: f64, budget: u32) -> (u32, u32) {
    if w.max(h) > max_edge {
        let s = max_edge / w.max(h);
        (w, h) = ((w * s + SLACK).floor(), (h * s + SLACK).floor());
    }
    if patch_count(w as u32, h as u32) > u64::from(budget) {
        let mut s = (1024.0 * f64::from(budget) / (w * h)).sqrt();
        let (pw, ph) = (w * s / 32.0, h * s / 32.0);
        s *= (pw.floor() / pw).min(ph.floor() / ph);
        (w, h) = ((w * s + SLACK).floor(), (h * s + SLACK).floor());
    }
    ((w as u32).max(1), (h as u32).max(1))
}

fn smart(w: f64, h: f64, f: f64, min: f64, max: f64) -> Option<(u32, u32)> {
    if w.max(h) / w.min(h) > 200.0 || f < 1.0 {
        return None;
    }
    // Python rounds half to even: 720 / 32 = 22.5 becomes 22.
    let near = |v: f64| ((v / f).round_ties_even() * f).max(f);
    let (mut wb, mut hb) = (near(w), near(h));
    if hb * wb > max {
        let beta = (h * w / max).sqrt();
        let down = |v: f64| ((v / beta / f).floor() * f).max(f);
        (wb, hb) = (down(w), down(h));
    } else if hb * wb < min {
        let beta = (min / (h * w)).sqrt();
        let up = |v: f64| (v * beta / f).ceil() * f;
        (wb, hb) = (up(w), up(h));
    }
    Some((wb as u32, hb as u32))
}

fn squares(w: u32, h: u32, edge: u32, tokens: u32) -> (u32, u32) {
    let fits = |a: u32, b: u32| {
        let (a, b) = (u64::from(a.div_ceil(28)), u64::from(b.div_ceil(28)));
        a * 28 <= u64::from(edge) && b * 28 <= u64::from(edge) && a * b <= u64::from(tokens)
    };
    if fits(w, h) {
        return (w, h);
    }
    if h > w {
        let (b, a) = squares(h, w, edge, tokens);
        return (a, b);
    }
    let ratio = f64::from(w) / f64::from(h);
    let short = |long: u32| (f64::from(long) / ratio).round_ties_even().max(1.0) as u32;
    let (mut low, mut high) = (1, w);
    while low + 1 < high {
        let middle = (low + high) / 2;
        if fits(middle, short(middle)) {
            low = middle;
        } else {
            high = middle;
        }
    }
    (low, short(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    const QWEN25: Resize = Resize::Smart {
        factor: 28,
        min_pixels: 56 * 56,
        max_pixels: 1_003_520,
    };
    const QWEN25_LARGE: Resize = Resize::Smart {
        factor: 28,
        min_pixels: 4 * 28 * 28,
        max_pixels: 16_384 * 28 * 28,
    };
    const QWEN3: Resize = Resize::Smart {
        factor: 32,
        min_pixels: 4 * 32 * 32,
        max_pixels: 16_384 * 32 * 32,
    };
    const CLAUDE: Resize = Resize::Squares {
        max_edge: 1568,
        max_tokens: 1568,
    };
    const CLAUDE_LARGE: Resize = Resize::Squares {
        max_edge: 2576,
        max_tokens: 4784,
    };
    const TILES: Resize = Resize::Tiles {
        long: 2048,
        short: 768,
    };
    const PATCHES: Resize = Resize::Patches {
        max_edge: 2048,
        budget: 2500,
    };

    type Size = (u32, u32);

    /// Image; tiles; patches with their number; the three smart rules; the two square rules.
    type Row = (Size, Size, Size, u64, Size, Size, Size, Size, Size);

    const VECTORS: &[Row] = &[
        (
            (512, 512),
            (512, 512),
            (512, 512),
            256,
            (504, 504),
            (504, 504),
            (512, 512),
            (512, 512),
            (512, 512),
        ),
        (
            (800, 600),
            (800, 600),
            (800, 600),
            475,
            (812, 588),
            (812, 588),
            (800, 608),
            (800, 600),
            (800, 600),
        ),
        (
            (1024, 768),
            (1024, 768),
            (1024, 768),
            768,
            (1036, 756),
            (1036, 756),
            (1024, 768),
            (1024, 768),
            (1024, 768),
        ),
        (
            (1024, 1024),
            (768, 768),
            (1024, 1024),
            1024,
            (980, 980),
            (1036, 1036),
            (1024, 1024),
            (1024, 1024),
            (1024, 1024),
        ),
        (
            (1280, 720),
            (1280, 720),
            (1280, 720),
            920,
            (1288, 728),
            (1288, 728),
            (1280, 704),
            (1280, 720),
            (1280, 720),
        ),
        (
            (1280, 800),
            (1228, 768),
            (1280, 800),
            1000,
            (1260, 784),
            (1288, 812),
            (1280, 800),
            (1280, 800),
            (1280, 800),
        ),
        (
            (1366, 768),
            (1366, 768),
            (1366, 768),
            1032,
            (1316, 728),
            (1372, 756),
            (1376, 768),
            (1366, 768),
            (1366, 768),
        ),
        (
            (1440, 900),
            (1228, 768),
            (1440, 900),
            1305,
            (1260, 784),
            (1428, 896),
            (1440, 896),
            (1389, 868),
            (1440, 900),
        ),
        (
            (1920, 1080),
            (1365, 768),
            (1920, 1080),
            2040,
            (1316, 728),
            (1932, 1092),
            (1920, 1088),
            (1456, 819),
            (1920, 1080),
        ),
        (
            (2560, 1440),
            (1365, 768),
            (2048, 1152),
            2304,
            (1316, 728),
            (2548, 1428),
            (2560, 1440),
            (1456, 819),
            (2560, 1440),
        ),
        (
            (3840, 2160),
            (1365, 768),
            (2048, 1152),
            2304,
            (1316, 728),
            (3836, 2156),
            (3840, 2176),
            (1456, 819),
            (2576, 1449),
        ),
        (
            (390, 844),
            (390, 844),
            (390, 844),
            351,
            (392, 840),
            (392, 840),
            (384, 832),
            (390, 844),
            (390, 844),
        ),
        (
            (1170, 2532),
            (768, 1662),
            (946, 2048),
            1920,
            (672, 1456),
            (1176, 2520),
            (1184, 2528),
            (725, 1568),
            (1170, 2532),
        ),
        (
            (70, 70),
            (70, 70),
            (70, 70),
            9,
            (56, 56),
            (56, 56),
            (64, 64),
            (70, 70),
            (70, 70),
        ),
    ];

    #[test]
    fn every_rule_gives_the_recorded_sizes() {
        for (image, tiles, patches, count, q25, q25l, q3, claude, claude_large) in VECTORS {
            let at = |r: Resize| r.apply(image.0, image.1).unwrap();
            assert_eq!(at(TILES), *tiles, "tiles of {image:?}");
            assert_eq!(at(PATCHES), *patches, "patches of {image:?}");
            assert_eq!(patch_count(patches.0, patches.1), *count, "{image:?}");
            assert_eq!(at(QWEN25), *q25, "smart 28 of {image:?}");
            assert_eq!(at(QWEN25_LARGE), *q25l, "smart 28, large, of {image:?}");
            assert_eq!(at(QWEN3), *q3, "smart 32 of {image:?}");
            assert_eq!(at(CLAUDE), *claude, "squares of {image:?}");
            assert_eq!(
                at(CLAUDE_LARGE),
                *claude_large,
                "squares, large, of {image:?}"
            );
        }
    }

    #[test]
    fn the_worked_examples_of_the_vendors() {
        assert_eq!(PATCHES.apply(2048, 2048), Some((1600, 1600)));
        let old = Resize::Patches {
            max_edge: 2048,
            budget: 1536,
        };
        assert_eq!(old.apply(1800, 2400), Some((1056, 1408)));
        assert_eq!(CLAUDE.apply(1075, 1520), Some((924, 1307)));
        let tars = Resize::Smart {
            factor: 28,
            min_pixels: 100 * 28 * 28,
            max_pixels: 16_384 * 28 * 28,
        };
        assert_eq!(tars.apply(70, 70), Some((280, 280)));
        assert_eq!(QWEN25.apply(4000, 10), None);
        assert_eq!(TILES.apply(0, 10), None);
    }
}
