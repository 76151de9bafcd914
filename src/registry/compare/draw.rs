//! Both answers on the picture.

use image::{Rgb, RgbImage};

use crate::base::geometry::PxRect;
use crate::registry::compare::{Question, Row};
use crate::task::Found;

/// Okabe–Ito colours, told apart by people with any colour vision.
const TARGET: Rgb<u8> = Rgb([0, 158, 115]);
const BASE: Rgb<u8> = Rgb([213, 94, 0]);
const TUNED: Rgb<u8> = Rgb([0, 114, 178]);
const EDGE: Rgb<u8> = Rgb([255, 255, 255]);

/// The picture with the target (green box) and the answers of the base model (orange) and the
/// tuned model (blue): a disc where it hit, a cross where it missed, and the box of an answer that
/// is one. Marks grow with the picture; what lies outside is not drawn.
pub fn annotate(picture: &RgbImage, question: &Question, row: &Row) -> RgbImage {
    let mut out = picture.clone();
    let unit = i64::from(out.width().max(out.height()) / 640).max(1);
    // Around the target, not on it: its edge pixels stay to be seen.
    outline(&mut out, grown(question.target, unit), unit * 2, TARGET);
    for (reading, color) in [(&row.base, BASE), (&row.tuned, TUNED)] {
        let Some(found) = reading.found else { continue };
        let (x, y) = match found {
            Found::Point { x, y } => (x, y),
            Found::Box { x0, y0, x1, y1 } => {
                let edges = [x0, y0, x1, y1].map(px);
                outline(&mut out, edges, unit, color);
                ((x0 + x1) / 2.0, (y0 + y1) / 2.0)
            }
        };
        mark(&mut out, (px(x), px(y)), unit * 6, reading.hit, color);
    }
    out
}

fn px(v: f64) -> i64 {
    // Answers may hold any number; the cast saturates, the clamp keeps sums from overflowing.
    v.round().clamp(-1e9, 1e9) as i64
}

fn grown(r: PxRect, by: i64) -> [i64; 4] {
    [
        i64::from(r.x) - by,
        i64::from(r.y) - by,
        i64::from(r.right()) + by,
        i64::from(r.bottom()) + by,
    ]
}

fn dot(image: &mut RgbImage, x: i64, y: i64, color: Rgb<u8>) {
    if let (Ok(x), Ok(y)) = (u32::try_from(x), u32::try_from(y))
        && x < image.width()
        && y < image.height()
    {
        image.put_pixel(x, y, color);
    }
}

/// A frame of `thick` pixels around the edges left, top, right, bottom.
fn outline(image: &mut RgbImage, [x0, y0, x1, y1]: [i64; 4], thick: i64, color: Rgb<u8>) {
    let (w, h) = (i64::from(image.width()), i64::from(image.height()));
    for d in 0..thick {
        for x in (x0 - d).max(0)..(x1 + d).min(w) {
            dot(image, x, y0 - 1 - d, color);
            dot(image, x, y1 + d, color);
        }
        for y in (y0 - 1 - d).max(0)..(y1 + 1 + d).min(h) {
            dot(image, x0 - 1 - d, y, color);
            dot(image, x1 + d, y, color);
        }
    }
}

/// A disc for a hit and a cross for a miss, with a white edge.
fn mark(image: &mut RgbImage, (cx, cy): (i64, i64), radius: i64, hit: bool, color: Rgb<u8>) {
    let edge = (radius / 5).max(1);
    let arm = (radius / 4).max(1);
    let reach = radius + edge;
    for dy in -reach..=reach {
        for dx in -reach..=reach {
            // 0 or less inside, up to `edge` on the edge.
            let outside = if hit {
                let far = dx * dx + dy * dy;
                if far <= radius * radius {
                    0
                } else if far <= reach * reach {
                    1
                } else {
                    edge + 1
                }
            } else {
                let across = (dx.abs() - dy.abs()).abs() - arm;
                let along = dx.abs().max(dy.abs()) - radius;
                across.max(along)
            };
            if outside <= 0 {
                dot(image, cx + dx, cy + dy, color);
            } else if outside <= edge {
                dot(image, cx + dx, cy + dy, EDGE);
            }
        }
    }
}
