//! Benchmark files of the ScreenSpot family: a JSON list of pictures, instructions and boxes.

use serde::Deserialize;

use crate::base::geometry::PxRect;
use crate::base::json;
use crate::error::{Error, Result};
use crate::registry::compare::Question;
use crate::task::Geometry;

/// How a file writes its boxes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoxShape {
    /// Left, top, width, height: ScreenSpot and ScreenSpot-v2.
    Xywh,
    /// Left, top, right, bottom: ScreenSpot-Pro and variants of v2.
    Xyxy,
}

#[derive(Deserialize)]
struct Row {
    img_filename: String,
    bbox: Area,
    instruction: String,
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    img_size: Option<[u32; 2]>,
    #[serde(default)]
    data_type: Option<String>,
    #[serde(default)]
    ui_type: Option<String>,
    #[serde(default)]
    data_source: Option<String>,
    #[serde(default)]
    application: Option<String>,
    #[serde(default)]
    platform: Option<String>,
}

/// Where the right answer lies.
#[derive(Deserialize)]
#[serde(untagged)]
enum Area {
    /// A box, in the shape of the file.
    Box([f64; 4]),
    /// The corners of a polygon, in pixels.
    Corners(Vec<[f64; 2]>),
    /// The same, as one list of numbers.
    Numbers(Vec<f64>),
}

impl Area {
    fn of_box(&self) -> Option<&[f64; 4]> {
        match self {
            Self::Box(b) => Some(b),
            _ => None,
        }
    }

    fn corners(self) -> Vec<[f64; 2]> {
        match self {
            Self::Box(_) => Vec::new(),
            Self::Corners(c) => c,
            Self::Numbers(n) => n.chunks_exact(2).map(|c| [c[0], c[1]]).collect(),
        }
    }
}

/// Reads a benchmark file. `size_of` tells the size of a picture whose row does not.
///
/// The shape of the boxes is that of the whole file, as single rows may be read both ways: when a
/// box would end before it begins, the file gives sizes; when a box with a size would leave its
/// picture, the file gives corners.
///
/// Boxes whose numbers are all from 0 to 1, in the whole file, are parts of the picture. A `bbox`
/// of other than four numbers is a polygon: the right area itself.
///
/// # Errors
/// `screenspot_json` when it is no such list, or a polygon has fewer than three corners;
/// `screenspot_boxes` when its boxes can be read both ways and `shape` does not say how, or when
/// one ends before it begins; those of `size_of`.
pub fn screenspot(
    text: &str,
    shape: Option<BoxShape>,
    mut size_of: impl FnMut(&str) -> Result<(u32, u32)>,
) -> Result<Vec<Question>> {
    let rows: Vec<Row> = serde_json::from_str(text).map_err(|e| {
        Error::data("screenspot_json", json::fault(&e))
            .hint("the file is a list of {img_filename, bbox, instruction, …}")
    })?;
    let mut sized = Vec::with_capacity(rows.len());
    for row in rows {
        let size = match row.img_size {
            Some([w, h]) => (w, h),
            None => size_of(&row.img_filename)?,
        };
        sized.push((row, size));
    }
    in_pixels(&mut sized);
    let shape = match shape.or_else(|| shape_of(&sized)) {
        Some(shape) => shape,
        None if sized.iter().all(|(r, _)| r.bbox.of_box().is_none()) => BoxShape::Xywh,
        None => {
            return Err(Error::data(
                "screenspot_boxes",
                "the boxes can be read as sizes and as corners",
            )
            .at("bbox")
            .hint("say which they are"));
        }
    };
    sized
        .into_iter()
        .enumerate()
        .map(|(i, (row, size))| question(i, row, size, shape))
        .collect()
}

/// Boxes that are parts of the picture, all numbers of the whole file from 0 to 1, as pixels.
fn in_pixels(rows: &mut [(Row, (u32, u32))]) {
    let part = |v: &f64| (0.0..=1.0).contains(v);
    let boxes = || rows.iter().filter_map(|(r, _)| r.bbox.of_box());
    let parts = boxes().all(|b| b.iter().all(part)) && boxes().any(|b| b.iter().any(|v| *v > 0.0));
    if !parts {
        return;
    }
    for (row, (w, h)) in rows {
        if let Area::Box(b) = &mut row.bbox {
            for (i, v) in b.iter_mut().enumerate() {
                *v *= f64::from(if i % 2 == 0 { *w } else { *h });
            }
        }
    }
}

fn shape_of(rows: &[(Row, (u32, u32))]) -> Option<BoxShape> {
    let inverted = |b: &[f64; 4]| b[2] < b[0] || b[3] < b[1];
    let boxes = || {
        rows.iter()
            .filter_map(|(r, size)| Some((r.bbox.of_box()?, *size)))
    };
    if boxes().any(|(b, _)| inverted(b)) {
        return Some(BoxShape::Xywh);
    }
    let leaves =
        |b: &[f64; 4], (w, h): (u32, u32)| b[0] + b[2] > f64::from(w) || b[1] + b[3] > f64::from(h);
    boxes()
        .any(|(b, size)| leaves(b, size))
        .then_some(BoxShape::Xyxy)
}

fn question(i: usize, row: Row, size: (u32, u32), shape: BoxShape) -> Result<Question> {
    let flat = row.bbox.of_box().copied();
    let polygon = row.bbox.corners();
    let [x, y, right, bottom] = match (flat, shape) {
        (Some([x, y, w, h]), BoxShape::Xywh) => [x, y, x + w, y + h],
        (Some(corners), BoxShape::Xyxy) => corners,
        (None, _) if polygon.len() < 3 => {
            return Err(Error::data(
                "screenspot_json",
                "a box has four numbers, and a polygon at least three corners",
            )
            .at(format!("[{i}].bbox")));
        }
        (None, _) => {
            let ends = |axis: usize| {
                let all = polygon.iter().map(move |c| c[axis]);
                let (low, high) = (f64::INFINITY, f64::NEG_INFINITY);
                all.fold((low, high), |(l, h), v| (l.min(v), h.max(v)))
            };
            let ((x0, x1), (y0, y1)) = (ends(0), ends(1));
            [x0, y0, x1, y1]
        }
    };
    if right < x || bottom < y {
        return Err(
            Error::data("screenspot_boxes", "the box ends before it begins")
                .at(format!("[{i}].bbox"))
                .hint("say whether the boxes of the file are sizes or corners"),
        );
    }
    let px = |v: f64| v.clamp(-1e9, 1e9).round() as i32;
    let (left, top) = (px(x), px(y));
    Ok(Question {
        id: row.id.unwrap_or_else(|| i.to_string()),
        image: row.img_filename,
        size,
        instruction: row.instruction,
        geometry: Geometry::Point,
        target: PxRect::new(left, top, px(right) - left, px(bottom) - top),
        polygon,
        kind: "point".to_owned(),
        role: row.ui_type.or(row.data_type).unwrap_or_default(),
        archetype: row
            .application
            .or(row.data_source)
            .or(row.platform)
            .unwrap_or_default(),
    })
}
