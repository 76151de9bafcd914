//! What can be read: visible text and its contrast.

use super::scene::Scene;
use crate::base::color::Rgba8;
use crate::base::geometry::{PxPoint, to_px};
use crate::generate::layout::Line;
use crate::generate::paint::{Paint, Ramp};
use crate::generate::plan::{Content, Fill};

/// Text that can be read in one node.
pub(super) struct Words {
    pub(super) text: String,
    /// WCAG contrast on what is painted below it.
    pub(super) contrast: f64,
}

/// Below this opacity nothing can be seen.
pub(super) const FAINT: f32 = 0.1;

/// Reads every node; `None` where nothing can be read.
pub(super) fn read(scene: &Scene<'_>) -> Vec<Option<Words>> {
    let mut out: Vec<Option<Words>> = scene.nodes.iter().map(|_| None).collect();
    for (index, item) in scene.list.items.iter().enumerate() {
        let node = item.node as usize;
        let Paint::Glyphs { color, .. } = &item.paint else {
            continue;
        };
        // The first run of a node speaks for all of its lines.
        if out[node].is_some() {
            continue;
        }
        if let Content::Field(f) = &scene.nodes[node].content
            && f.input_type == "password"
            && !f.value.is_empty()
        {
            continue;
        }
        if scene.list.nodes[node].opacity < FAINT {
            continue;
        }
        let Some(laid) = &scene.layout.nodes[node].text else {
            continue;
        };
        let mut text = String::new();
        let mut place = None;
        for line in &laid.lines {
            let shown = laid.shown.get(line.range.clone()).unwrap_or_default();
            let (seen, at) = readable(scene, item.node, item.clip, line, shown);
            let seen = seen.trim();
            if seen.is_empty() {
                continue;
            }
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(seen);
            place = place.or(at);
        }
        if let Some(at) = place {
            let contrast = contrast(scene, index, *color, at);
            out[node] = Some(Words { text, contrast });
        }
    }
    out
}

/// The characters of a line that can be seen, and a pixel in the middle of the first of them.
fn readable(
    scene: &Scene<'_>,
    node: u32,
    clip: u32,
    line: &Line,
    shown: &str,
) -> (String, Option<PxPoint>) {
    let scale = scene.list.scale;
    let rect = to_px(&line.rect, scale);
    let Some(seen) = rect.intersect(&scene.list.clips[clip as usize].bounds) else {
        return (String::new(), None);
    };
    // Letters need more than half of the height of their line.
    if seen.height * 2 < rect.height {
        return (String::new(), None);
    }
    let covers = scene.covers(node, seen);
    let y = rect.y + rect.height / 2;
    if seen == rect && covers.is_empty() {
        let at = PxPoint {
            x: rect.x + rect.width / 2,
            y,
        };
        return (shown.to_owned(), Some(at));
    }
    let letters: Vec<char> = shown.chars().collect();
    let glyphs: Vec<_> = line.runs.iter().flat_map(|r| &r.glyphs).collect();
    let mut text = String::new();
    let mut first = None;
    for (i, c) in letters.iter().enumerate() {
        let x = if glyphs.len() == letters.len() {
            glyphs[i].x + glyphs[i].advance / 2.0
        } else {
            // Ligatures: letters are taken as equally wide.
            line.rect.x + line.rect.width * (i as f32 + 0.5) / letters.len() as f32
        };
        let p = PxPoint {
            x: (x * scale).floor() as i32,
            y,
        };
        if seen.contains(PxPoint { x: p.x, y: seen.y })
            && !covers.iter().any(|c| scene.is_under(c, p))
        {
            text.push(*c);
            first = first.or(Some(p));
        }
    }
    (text, first)
}

/// Contrast of text of `color`, painted as item `index`, with what is painted below it at `p`.
fn contrast(scene: &Scene<'_>, index: usize, color: Rgba8, p: PxPoint) -> f64 {
    let list = scene.list;
    let faded = |c: Rgba8, node: u32| {
        let alpha = f32::from(c.a) * list.nodes[node as usize].opacity;
        c.with_alpha((alpha + 0.5) as u8)
    };
    let mut ground = list.canvas;
    for item in &list.items[..index] {
        let Paint::Fill { shape, fill, frame } = &item.paint else {
            continue;
        };
        if !shape.contains(p) || !list.clip_contains(item.clip, p) {
            continue;
        }
        let fill = match fill {
            Fill::None => continue,
            Fill::Color(c) => *c,
            Fill::Gradient {
                angle_deg,
                from,
                to,
            } => Ramp::new(*frame, *angle_deg, *from, *to).at(p.x, p.y),
        };
        ground = faded(fill, item.node).over(ground);
    }
    let node = list.items[index].node;
    faded(color, node).over(ground).contrast(ground)
}
