//! Benchmark files of the ScreenSpot family: a JSON list of pictures, instructions and boxes.

use serde::Deserialize;

use crate::base::geometry::PxRect;
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
    bbox: [f64; 4],
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

/// Reads a benchmark file. `size_of` tells the size of a picture whose row does not.
///
/// The shape of the boxes is that of the whole file, as single rows may be read both ways: when a
/// box would end before it begins, the file gives sizes; when a box with a size would leave its
/// picture, the file gives corners.
///
/// # Errors
/// `screenspot_json` when it is no such list; `screenspot_boxes` when its boxes can be read both
/// ways and `shape` does not say how; those of `size_of`.
pub fn screenspot(
    text: &str,
    shape: Option<BoxShape>,
    mut size_of: impl FnMut(&str) -> Result<(u32, u32)>,
) -> Result<Vec<Question>> {
    let rows: Vec<Row> = serde_json::from_str(text).map_err(|e| {
        Error::data("screenspot_json", e.to_string())
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
    let shape = match shape.or_else(|| shape_of(&sized)) {
        Some(shape) => shape,
        None if sized.is_empty() => BoxShape::Xywh,
        None => {
            return Err(Error::data(
                "screenspot_boxes",
                "the boxes can be read as sizes and as corners",
            )
            .at("bbox")
            .hint("say which they are"));
        }
    };
    Ok(sized
        .into_iter()
        .enumerate()
        .map(|(i, (row, size))| question(i, row, size, shape))
        .collect())
}

fn shape_of(rows: &[(Row, (u32, u32))]) -> Option<BoxShape> {
    let inverted = |b: &[f64; 4]| b[2] < b[0] || b[3] < b[1];
    if rows.iter().any(|(r, _)| inverted(&r.bbox)) {
        return Some(BoxShape::Xywh);
    }
    let leaves =
        |b: &[f64; 4], (w, h): (u32, u32)| b[0] + b[2] > f64::from(w) || b[1] + b[3] > f64::from(h);
    rows.iter()
        .any(|(r, size)| leaves(&r.bbox, *size))
        .then_some(BoxShape::Xyxy)
}

fn question(i: usize, row: Row, size: (u32, u32), shape: BoxShape) -> Question {
    let [x, y, c, d] = row.bbox;
    let (right, bottom) = match shape {
        BoxShape::Xywh => (x + c, y + d),
        BoxShape::Xyxy => (c, d),
    };
    let px = |v: f64| v.clamp(-1e9, 1e9).round() as i32;
    let (left, top) = (px(x), px(y));
    Question {
        id: row.id.unwrap_or_else(|| i.to_string()),
        image: row.img_filename,
        size,
        instruction: row.instruction,
        geometry: Geometry::Point,
        target: PxRect::new(left, top, px(right) - left, px(bottom) - top),
        kind: "point".to_owned(),
        role: row.ui_type.or(row.data_type).unwrap_or_default(),
        archetype: row
            .application
            .or(row.data_source)
            .or(row.platform)
            .unwrap_or_default(),
    }
}
