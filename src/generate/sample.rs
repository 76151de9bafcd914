//! One finished sample.

use crate::generate::config::ImageFormat;
use crate::generate::plan::Plan;
use crate::generate::truth::Truth;

/// A screen with everything made from it.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Index in the dataset.
    pub index: u64,
    /// Name of its structure: the archetype and 12 hex digits. Screens with the same tree of
    /// elements share it, whatever their texts and colours.
    pub layout_id: String,
    /// The plan everything was made from.
    pub plan: Plan,
    /// Page that a browser lays out the same way. It names its fonts relative to itself; see
    /// [`crate::generate::html::embed_fonts`] and [`crate::generate::html::font_files`].
    pub html: String,
    /// Elements, boxes, visibility.
    pub truth: Truth,
    /// The picture, when screenshots are on.
    pub image: Option<EncodedImage>,
    /// 32 hex digits over HTML, truth and picture: equal on every platform.
    pub fingerprint: String,
}

/// A picture in a file format.
#[derive(Clone, PartialEq, Eq)]
pub struct EncodedImage {
    /// File format.
    pub format: ImageFormat,
    /// Width in pixels.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The file.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for EncodedImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EncodedImage")
            .field("format", &self.format)
            .field("width", &self.width)
            .field("height", &self.height)
            .field("bytes", &self.bytes.len())
            .finish()
    }
}
