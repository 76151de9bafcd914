//! Cached glyph masks.

use std::collections::HashMap;

use skrifa::instance::{LocationRef, Size};
use skrifa::outline::{DrawSettings, OutlineGlyphCollection, OutlinePen};
use skrifa::{FontRef, GlyphId, MetadataProvider};

use super::outline::{Polyline, fill};

/// Horizontal positions per pixel, as in Skia; vertically glyphs sit on whole pixels.
const STEPS: f32 = 4.0;

/// Where a glyph mask lies relative to the pixel of its origin.
#[derive(Clone, Copy, Debug)]
pub(super) struct GlyphMask {
    pub(super) left: i32,
    pub(super) top: i32,
    pub(super) width: usize,
    pub(super) height: usize,
    start: usize,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    font: u16,
    glyph: u16,
    size: u32,
    step: u8,
}

/// Glyph masks by font, glyph, size and fraction of a pixel.
pub(super) struct Glyphs {
    fonts: Vec<Option<OutlineGlyphCollection<'static>>>,
    masks: HashMap<Key, GlyphMask>,
    coverage: Vec<u8>,
}

/// A glyph placed on the pixel grid.
pub(super) struct Snapped {
    pub(super) x: i32,
    pub(super) y: i32,
    step: u8,
}

/// Columns snap to quarters, rows to whole pixels.
pub(super) fn snap(x: f32, y: f32) -> Snapped {
    let quarters = (x * STEPS + 0.5).floor();
    let column = (quarters / STEPS).floor();
    Snapped {
        x: column as i32,
        y: (y + 0.5).floor() as i32,
        step: (quarters - column * STEPS) as u8,
    }
}

impl Glyphs {
    /// Forgets everything beyond this many bytes of masks.
    const LIMIT: usize = 4 << 20;

    pub(super) fn new(fonts: impl Iterator<Item = &'static [u8]>) -> Self {
        Self {
            fonts: fonts
                .map(|data| FontRef::new(data).ok().map(|f| f.outline_glyphs()))
                .collect(),
            masks: HashMap::new(),
            coverage: Vec::new(),
        }
    }

    /// The mask of a glyph and its coverage; `None` for blanks and unknown fonts.
    pub(super) fn get(
        &mut self,
        font: u16,
        glyph: u16,
        size: f32,
        at: &Snapped,
    ) -> Option<(GlyphMask, &[u8])> {
        let key = Key {
            font,
            glyph,
            size: size.to_bits(),
            step: at.step,
        };
        let mask = match self.masks.get(&key) {
            Some(m) => *m,
            None => self.draw(key, size),
        };
        let end = mask.start + mask.width * mask.height;
        (mask.width > 0).then(|| (mask, &self.coverage[mask.start..end]))
    }

    fn draw(&mut self, key: Key, size: f32) -> GlyphMask {
        if self.coverage.len() > Self::LIMIT {
            self.masks.clear();
            self.coverage.clear();
        }
        let mut pen = Pen {
            outline: Polyline::default(),
            shift: f32::from(key.step) / STEPS,
        };
        let font = self
            .fonts
            .get(usize::from(key.font))
            .and_then(Option::as_ref);
        let outline = font.and_then(|f| f.get(GlyphId::from(key.glyph)));
        let settings = DrawSettings::unhinted(Size::new(size), LocationRef::default());
        let drawn = outline.is_some_and(|o| o.draw(settings, &mut pen).is_ok());
        let mut mask = GlyphMask {
            left: 0,
            top: 0,
            width: 0,
            height: 0,
            start: self.coverage.len(),
        };
        if drawn && !pen.outline.lines.is_empty() {
            let (mut low, mut high) = ([f32::MAX; 2], [f32::MIN; 2]);
            for p in pen.outline.lines.iter().flat_map(|(a, b)| [a, b]) {
                for k in 0..2 {
                    low[k] = low[k].min(p[k]);
                    high[k] = high[k].max(p[k]);
                }
            }
            let corner = [low[0].floor(), low[1].floor()];
            for (a, b) in &mut pen.outline.lines {
                for k in 0..2 {
                    a[k] -= corner[k];
                    b[k] -= corner[k];
                }
            }
            mask.left = corner[0] as i32;
            mask.top = corner[1] as i32;
            mask.width = (high[0].ceil() - corner[0]) as usize;
            mask.height = (high[1].ceil() - corner[1]) as usize;
            let filled = fill(&pen.outline, mask.width, mask.height);
            self.coverage.extend_from_slice(&filled.coverage);
        }
        self.masks.insert(key, mask);
        mask
    }
}

/// Turns font outlines (y up) into image lines (y down).
struct Pen {
    outline: Polyline,
    shift: f32,
}

impl Pen {
    fn at(&self, x: f32, y: f32) -> [f32; 2] {
        [x + self.shift, -y]
    }
}

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        self.outline.close();
        self.outline.move_to(to);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        let to = self.at(x, y);
        self.outline.line_to(to);
    }

    fn quad_to(&mut self, cx: f32, cy: f32, x: f32, y: f32) {
        let (c, to) = (self.at(cx, cy), self.at(x, y));
        self.outline.quad_to(c, to);
    }

    fn curve_to(&mut self, ax: f32, ay: f32, bx: f32, by: f32, x: f32, y: f32) {
        let (a, b, to) = (self.at(ax, ay), self.at(bx, by), self.at(x, y));
        self.outline.cubic_to(a, b, to);
    }

    fn close(&mut self) {
        self.outline.close();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_snap_to_quarters_and_whole_rows() {
        for (x, column, step) in [
            (3.0, 3, 0),
            (3.12, 3, 0),
            (3.13, 3, 1),
            (3.9, 4, 0),
            (-0.3, -1, 3),
        ] {
            let s = snap(x, 10.5);
            assert_eq!((s.x, s.step, s.y), (column, step, 11), "{x}");
        }
    }

    #[test]
    fn forgetting_masks_does_not_change_them() {
        let font: &[u8] = include_bytes!("../../../www/fonts/inter-400.ttf");
        let mut glyphs = Glyphs::new(std::iter::once(font));
        let of = |g: &mut Glyphs, id, size| {
            let (m, c) = g.get(0, id, size, &snap(0.25, 0.0)).unwrap();
            ((m.left, m.top, m.width, m.height), c.to_vec())
        };
        let before = of(&mut glyphs, 40, 15.5);
        let mut most = 0;
        for i in 0..200_u16 {
            of(&mut glyphs, 40, 300.0 + f32::from(i) * 4.0);
            most = most.max(glyphs.coverage.len());
        }
        assert!(glyphs.masks.len() < 200, "nothing was forgotten");
        assert!(most < Glyphs::LIMIT + 1100 * 1100);
        assert_eq!(of(&mut glyphs, 40, 15.5), before);
    }
}
