//! `screensmith preview`: a contact sheet of a dataset, with boxes.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use image::imageops::{FilterType, overlay, resize};
use image::{ImageFormat, Rgb, RgbImage};
use serde::Serialize;

use crate::cli::{Outcome, Output, open_records};
use crate::dataset::{BBox, Component, Record, atomic_write};
use crate::error::{Error, Result};

/// Width of one picture on the sheet.
pub(super) const TILE_PX: u32 = 480;
/// Space between pictures.
const GAP_PX: u32 = 12;

/// Arguments of `preview`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Dataset file (JSONL)
    #[arg(long = "in", value_name = "FILE")]
    input: PathBuf,
    /// Picture to write (PNG)
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// How many samples
    #[arg(long, default_value_t = 12)]
    count: usize,
    /// Index of the first sample
    #[arg(long, default_value_t = 0)]
    from: usize,
    /// Pictures beside each other
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=12))]
    columns: u32,
}

#[derive(Serialize)]
struct Summary {
    out: PathBuf,
    samples: usize,
}

/// Runs the command.
///
/// # Errors
/// When the dataset or a picture cannot be read, or holds no pictures.
pub(super) fn run(args: &Args, out: &Output) -> Result<Outcome> {
    let folder = args.input.parent().unwrap_or_else(|| Path::new(""));
    let mut tiles = Vec::new();
    let mut problems = Vec::new();
    for record in open_records(&args.input)?
        .skip(args.from)
        .take(args.count.min(500))
    {
        match record {
            Ok(r) => tiles.push(tile(&r, folder)?),
            Err(p) => problems.push(p),
        }
    }
    out.problems(&problems, 20);
    if tiles.is_empty() {
        return Err(Error::data("no_samples", "there is nothing to show")
            .at(args.input.display().to_string()));
    }
    let sheet = sheet(&tiles, args.columns);
    let mut png = Cursor::new(Vec::new());
    sheet
        .write_to(&mut png, ImageFormat::Png)
        .map_err(|e| Error::limit("encode", e.to_string()))?;
    atomic_write(&args.out, |w| Ok(w.write_all(png.get_ref())?))?;
    out.result(
        &Summary {
            out: args.out.clone(),
            samples: tiles.len(),
        },
        |s| format!("{} samples in {}", s.samples, s.out.display()),
    )?;
    Ok(if problems.is_empty() {
        Outcome::Done
    } else {
        Outcome::Problems
    })
}

/// Pictures of [`TILE_PX`] width on a grey sheet.
pub(super) fn sheet(tiles: &[RgbImage], columns: u32) -> RgbImage {
    let rows: Vec<&[RgbImage]> = tiles.chunks(columns as usize).collect();
    let heights: Vec<u32> = rows
        .iter()
        .map(|row| row.iter().map(RgbImage::height).max().unwrap_or(0))
        .collect();
    let width = columns.min(tiles.len() as u32) * (TILE_PX + GAP_PX) + GAP_PX;
    let height = heights.iter().map(|h| h + GAP_PX).sum::<u32>() + GAP_PX;
    let mut sheet = RgbImage::from_pixel(width, height, Rgb([96, 100, 108]));
    let mut y = GAP_PX;
    for (row, h) in rows.iter().zip(&heights) {
        for (i, t) in row.iter().enumerate() {
            let x = GAP_PX + i as u32 * (TILE_PX + GAP_PX);
            overlay(&mut sheet, t, i64::from(x), i64::from(y));
        }
        y += h + GAP_PX;
    }
    sheet
}

fn tile(record: &Record, folder: &Path) -> Result<RgbImage> {
    let (bytes, path) = match (record.embedded_image()?, &record.image) {
        (Some(b), _) => (b, "screenshot_base64".to_owned()),
        (None, Some(p)) => {
            let path = folder.join(p);
            let bytes =
                std::fs::read(&path).map_err(|e| Error::from(e).at(path.display().to_string()))?;
            (bytes, p.clone())
        }
        (None, None) => {
            return Err(Error::data("no_picture", "the record has no picture")
                .at(record.layout_id.clone())
                .hint("generate with include_screenshots"));
        }
    };
    let picture = image::load_from_memory(&bytes)
        .map_err(|e| Error::data("image_format", e.to_string()).at(path))?
        .to_rgb8();
    let scale = f64::from(TILE_PX) / f64::from(picture.width().max(1));
    let height = ((f64::from(picture.height()) * scale).round() as u32).clamp(1, 4 * TILE_PX);
    let mut small = resize(&picture, TILE_PX, height, FilterType::Triangle);
    for c in record
        .ground_truth
        .components
        .iter()
        .filter(|c| c.interactive && reachable(c))
    {
        outline(&mut small, &c.bbox, scale, color(&c.semantic_role));
    }
    Ok(small)
}

/// Whether a click can reach it: false for what lies behind a dialog. Foreign records do not say.
fn reachable(c: &Component) -> bool {
    c.metadata.contains_key("point") || !c.metadata.contains_key("hit")
}

/// Okabe–Ito colours, told apart by people with any colour vision.
fn color(role: &str) -> Rgb<u8> {
    Rgb(match role {
        "button" => [0, 114, 178],
        "link" => [86, 180, 233],
        "textbox" | "searchbox" | "spinbutton" => [0, 158, 115],
        "checkbox" | "radio" | "switch" => [213, 94, 0],
        "combobox" | "option" | "slider" => [230, 159, 0],
        _ => [204, 121, 167],
    })
}

fn outline(image: &mut RgbImage, b: &BBox, scale: f64, color: Rgb<u8>) {
    let (w, h) = (i64::from(image.width()), i64::from(image.height()));
    let edge = |v: f64| (v * scale).round() as i64;
    let (left, top) = (edge(b.x), edge(b.y));
    let (right, bottom) = (edge(b.x + b.width) - 1, edge(b.y + b.height) - 1);
    let mut dot = |x: i64, y: i64| {
        if (0..w).contains(&x) && (0..h).contains(&y) {
            image.put_pixel(x as u32, y as u32, color);
        }
    };
    for x in left.max(0)..=right.min(w) {
        dot(x, top);
        dot(x, bottom);
    }
    for y in top.max(0)..=bottom.min(h) {
        dot(left, y);
        dot(right, y);
    }
}
