//! Display list → RGB pixels.
//!
//! Boxes lie on whole pixels, so almost everything is a run of one colour or a small cached
//! coverage mask (corners, shadows, glyphs, icons) blended in integers. Groups with opacity and
//! rounded clips need no layers: the canvas below them is kept and mixed back in.
//!
//! The same list gives the same bytes on every platform and in every order: masks are pure
//! functions of their keys and no platform float function is used. A [`Rasterizer`] keeps up to
//! 16 MiB of masks (4 glyphs, 2 corners, 2 icons, 8 shadows); a full cache is emptied, which
//! costs time and changes nothing.

mod canvas;
mod contrast;
mod corner;
mod glyph;
#[cfg(test)]
mod golden;
mod icon;
mod outline;
mod shadow;
mod shapes;

use crate::base::color::Rgba8;
use crate::base::geometry::PxRect;
use crate::generate::paint::{DisplayList, Item, Paint, PlacedGlyph};
use crate::generate::text::FONTS;
use canvas::Canvas;
use contrast::TextContrast;
use corner::{Corner, Corners};
use glyph::Glyphs;
use icon::Icons;
use shadow::Shadows;
use std::sync::Arc;

/// Draws display lists; keep it between pictures, its caches make the next one fast.
pub struct Rasterizer {
    glyphs: Glyphs,
    corners: Corners,
    shadows: Shadows,
    icons: Icons,
    contrast: TextContrast,
    /// Coverage of the row at hand, and of a second shape in it.
    rows: [Vec<u8>; 2],
    /// Memory of an earlier picture.
    spare: Vec<u8>,
}

impl std::fmt::Debug for Rasterizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rasterizer").finish_non_exhaustive()
    }
}

impl Default for Rasterizer {
    fn default() -> Self {
        Self::new()
    }
}

/// A clip in force, with what was under its rounded corners.
struct OpenClip {
    clip: u32,
    corners: Vec<SavedCorner>,
}

struct SavedCorner {
    rect: PxRect,
    pixels: Vec<u8>,
    mask: Arc<Corner>,
    /// The pixel farthest out: where the mask starts, and which way it runs.
    origin: (i32, i32),
    step: (i32, i32),
}

struct OpenGroup {
    rect: PxRect,
    pixels: Vec<u8>,
    opacity: u8,
}

impl Rasterizer {
    /// A rasteriser with empty caches.
    pub fn new() -> Self {
        Self {
            glyphs: Glyphs::new(FONTS.iter().map(|f| f.bytes)),
            corners: Corners::default(),
            shadows: Shadows::default(),
            icons: Icons::default(),
            contrast: TextContrast::new(),
            rows: [Vec::new(), Vec::new()],
            spare: Vec::new(),
        }
    }

    /// Gives back the pixels of a picture that is done with, so that the next one needs no new
    /// memory.
    pub fn recycle(&mut self, pixels: Vec<u8>) {
        self.spare = pixels;
    }

    /// Draws `list`: `width · height · 3` bytes of RGB, rows from the top.
    pub fn render(&mut self, list: &DisplayList) -> Vec<u8> {
        let spare = std::mem::take(&mut self.spare);
        let mut canvas = Canvas::new(list.width, list.height, list.canvas, spare);
        let mut clips: Vec<OpenClip> = Vec::new();
        let mut groups: Vec<OpenGroup> = Vec::new();
        for (i, item) in list.items.iter().enumerate() {
            match &item.paint {
                Paint::BeginGroup { opacity } => {
                    close_clips(&mut canvas, &mut clips, 0);
                    let rect = group_bounds(list, i).unwrap_or_default();
                    groups.push(OpenGroup {
                        rect,
                        pixels: canvas.copy(rect),
                        opacity: (opacity * 255.0 + 0.5) as u8,
                    });
                }
                Paint::EndGroup => {
                    close_clips(&mut canvas, &mut clips, 0);
                    if let Some(g) = groups.pop() {
                        canvas.mix_back(g.rect, &g.pixels, |_, _| g.opacity);
                    }
                }
                _ => {
                    self.enter_clip(&mut canvas, &mut clips, list, item.clip);
                    self.draw(&mut canvas, list, item);
                }
            }
        }
        close_clips(&mut canvas, &mut clips, 0);
        canvas.rgb
    }

    fn enter_clip(
        &mut self,
        canvas: &mut Canvas,
        open: &mut Vec<OpenClip>,
        list: &DisplayList,
        clip: u32,
    ) {
        if open.last().map_or(0, |c| c.clip) == clip {
            return;
        }
        let mut chain = Vec::new();
        let mut at = Some(clip);
        while let Some(c) = at.filter(|c| *c != 0) {
            chain.push(c);
            at = list.clips[c as usize].parent;
        }
        chain.reverse();
        let common = open
            .iter()
            .zip(&chain)
            .take_while(|(o, c)| o.clip == **c)
            .count();
        close_clips(canvas, open, common);
        for &c in &chain[common..] {
            let corners = self.save_corners(canvas, list, c);
            open.push(OpenClip { clip: c, corners });
        }
    }

    fn save_corners(&mut self, canvas: &Canvas, list: &DisplayList, clip: u32) -> Vec<SavedCorner> {
        let clip = &list.clips[clip as usize];
        if !clip.shape.is_rounded() {
            return Vec::new();
        }
        let r = clip.shape.rect;
        let masks = clip.shape.radii.map(|radius| self.corners.get(radius));
        let places = [
            (r.x, r.y, 1, 1),
            (r.right() - 1, r.y, -1, 1),
            (r.right() - 1, r.bottom() - 1, -1, -1),
            (r.x, r.bottom() - 1, 1, -1),
        ];
        let mut out = Vec::new();
        for (mask, (x, y, dx, dy)) in masks.into_iter().zip(places) {
            let left = if dx > 0 { x } else { x + 1 - mask.width };
            let top = if dy > 0 { y } else { y + 1 - mask.height };
            let rect = PxRect::new(left, top, mask.width, mask.height);
            if let Some(rect) = rect.intersect(&clip.bounds) {
                out.push(SavedCorner {
                    rect,
                    pixels: canvas.copy(rect),
                    mask,
                    origin: (x, y),
                    step: (dx, dy),
                });
            }
        }
        out
    }

    fn draw(&mut self, canvas: &mut Canvas, list: &DisplayList, item: &Item) {
        let clip = list.clips[item.clip as usize].bounds;
        if clip.area() == 0 {
            return;
        }
        match &item.paint {
            Paint::Fill { shape, fill, frame } => self.fill(canvas, shape, fill, *frame, clip),
            Paint::Border {
                outer,
                widths,
                colors,
            } => self.border(canvas, outer, *widths, *colors, clip),
            Paint::Shadow {
                shape,
                sigma,
                color,
                hole,
            } => self.shadow(canvas, shape, *sigma, *color, hole, clip),
            Paint::Glyphs {
                font,
                size,
                color,
                glyphs,
            } => self.text(canvas, *font, *size, *color, glyphs, clip),
            Paint::Icon {
                icon,
                rect,
                stroke,
                color,
            } => self.icon(canvas, icon, *rect, *stroke, *color, clip),
            Paint::BeginGroup { .. } | Paint::EndGroup => {}
        }
    }

    fn text(
        &mut self,
        canvas: &mut Canvas,
        font: u16,
        size: f32,
        color: Rgba8,
        glyphs: &[PlacedGlyph],
        clip: PxRect,
    ) {
        let table = self.contrast.table(color);
        for g in glyphs {
            let at = glyph::snap(g.x, g.y);
            let Some((mask, coverage)) = self.glyphs.get(font, g.id, size, &at) else {
                continue;
            };
            let (x, y) = (at.x + mask.left, at.y + mask.top);
            for (y, row) in (y..).zip(coverage.chunks_exact(mask.width)) {
                canvas.blend_text(y, x, row, color, table, clip);
            }
        }
    }

    fn icon(
        &mut self,
        canvas: &mut Canvas,
        icon: &str,
        rect: PxRect,
        stroke: f32,
        color: Rgba8,
        clip: PxRect,
    ) {
        let Some(mask) = self.icons.get(icon, rect.width, rect.height, stroke) else {
            return;
        };
        for (y, row) in (rect.y..).zip(mask.coverage.chunks_exact(mask.width)) {
            canvas.blend_coverage(y, rect.x, row, color, clip);
        }
    }
}

/// Ends clips until `keep` remain: what lies outside rounded corners becomes what it was.
fn close_clips(canvas: &mut Canvas, open: &mut Vec<OpenClip>, keep: usize) {
    while open.len() > keep {
        let Some(clip) = open.pop() else { break };
        for c in clip.corners {
            canvas.mix_back(c.rect, &c.pixels, |x, y| {
                let column = (x - c.origin.0) * c.step.0;
                let row = c.mask.row((y - c.origin.1) * c.step.1);
                row.get(column as usize).copied().unwrap_or(255)
            });
        }
    }
}

/// What the group that begins at item `begin` may paint on.
fn group_bounds(list: &DisplayList, begin: usize) -> Option<PxRect> {
    let mut depth = 0;
    let mut all: Option<PxRect> = None;
    for item in &list.items[begin..] {
        match item.paint {
            Paint::BeginGroup { .. } => depth += 1,
            Paint::EndGroup => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        let clip = list.clips[item.clip as usize].bounds;
        let Some(r) = item.paint.bounds().and_then(|b| b.intersect(&clip)) else {
            continue;
        };
        all = Some(all.map_or(r, |a| {
            let (x, y) = (a.x.min(r.x), a.y.min(r.y));
            PxRect::new(
                x,
                y,
                a.right().max(r.right()) - x,
                a.bottom().max(r.bottom()) - y,
            )
        }));
    }
    all
}
