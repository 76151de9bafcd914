//! What a picture file really is, from its header.

use std::io::Cursor;

use image::{ExtendedColorType, ImageDecoder as _, ImageFormat, ImageReader};
use serde::Serialize;

use crate::error::{Error, Result};

/// Colours of a picture file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ColorMode {
    /// Three channels.
    Rgb,
    /// Three channels and alpha.
    Rgba,
    /// Grey, palette, CMYK or anything else.
    Other,
}

/// The header of a picture file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ImageInfo {
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// `image/png`, `image/jpeg` or `image/webp`.
    pub media_type: &'static str,
    /// Colours.
    pub mode: ColorMode,
}

/// Reads the header of a picture file.
///
/// # Errors
/// `image_format` when it is no PNG, JPEG or WebP, or its header is broken.
pub fn image_info(bytes: &[u8]) -> Result<ImageInfo> {
    let bad =
        |m: String| Error::data("image_format", m).hint("use a complete PNG, JPEG or WebP file");
    let format = image::guess_format(bytes).map_err(|_| bad("not a known picture file".into()))?;
    let media_type = match format {
        ImageFormat::Png => "image/png",
        ImageFormat::Jpeg => "image/jpeg",
        ImageFormat::WebP => "image/webp",
        other => return Err(bad(format!("a {} file", other.to_mime_type()))),
    };
    let decoder = ImageReader::with_format(Cursor::new(bytes), format)
        .into_decoder()
        .map_err(|e| bad(e.to_string()))?;
    let (width, height) = decoder.dimensions();
    Ok(ImageInfo {
        width,
        height,
        media_type,
        mode: match decoder.original_color_type() {
            ExtendedColorType::Rgb8 => ColorMode::Rgb,
            ExtendedColorType::Rgba8 => ColorMode::Rgba,
            _ => ColorMode::Other,
        },
    })
}
