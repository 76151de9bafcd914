//! Cached icon masks.

use std::collections::HashMap;
use std::sync::Arc;

use super::outline::{Mask, Polyline, fill, stroke};
use crate::generate::icon::{self, Icon, IconStyle, Segment};

/// Icon masks by icon, size and stroke width.
#[derive(Default)]
pub(super) struct Icons {
    masks: HashMap<(&'static str, i32, i32, u32), Arc<Mask>>,
    bytes: usize,
}

impl Icons {
    /// Forgets everything beyond this many bytes of masks.
    const LIMIT: usize = 2 << 20;

    /// The icon stretched over `width` × `height` pixels; `None` for an unknown icon.
    pub(super) fn get(&mut self, id: &str, width: i32, height: i32, pen: f32) -> Option<Arc<Mask>> {
        let icon = icon::get(id)?;
        let key = (icon.id, width, height, pen.to_bits());
        if let Some(m) = self.masks.get(&key) {
            return Some(Arc::clone(m));
        }
        let mask = Arc::new(draw(icon, width as f32, height as f32, pen));
        if self.bytes > Self::LIMIT {
            self.masks.clear();
            self.bytes = 0;
        }
        self.bytes += mask.coverage.len();
        self.masks.insert(key, Arc::clone(&mask));
        Some(mask)
    }
}

fn draw(icon: &Icon, width: f32, height: f32, pen: f32) -> Mask {
    let (sx, sy) = (width / icon.view_box, height / icon.view_box);
    let at = |x: f32, y: f32| [x * sx, y * sy];
    let filled = icon.style == IconStyle::Fill;
    let mut outline = Polyline::default();
    for segment in icon.segments() {
        match segment {
            Segment::Move(x, y) => {
                // Filling closes what the path leaves open.
                if filled {
                    outline.close();
                }
                outline.move_to(at(x, y));
            }
            Segment::Line(x, y) => outline.line_to(at(x, y)),
            Segment::Quad(cx, cy, x, y) => outline.quad_to(at(cx, cy), at(x, y)),
            Segment::Cubic(ax, ay, bx, by, x, y) => {
                outline.cubic_to(at(ax, ay), at(bx, by), at(x, y));
            }
            Segment::Close => outline.close(),
        }
    }
    if filled {
        outline.close();
        fill(&outline, width as usize, height as usize)
    } else {
        stroke(&outline, width as usize, height as usize, pen * sx.min(sy))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_icon_draws_something_and_not_everything() {
        let mut icons = Icons::default();
        for i in icon::ICONS.iter() {
            let mask = icons.get(i.id, 24, 24, 2.0).unwrap();
            let ink: f64 = mask.coverage.iter().map(|c| f64::from(*c) / 255.0).sum();
            assert!(ink > 4.0 && ink < 500.0, "{}: {ink}", i.id);
        }
        assert!(icons.get("no such icon", 24, 24, 2.0).is_none());
    }
}
