//! Upper bounds that keep a browser tab alive; every check names the bound it met.

/// Largest image side in pixels (8K wide, with room for device scale 3 on phones).
pub const MAX_IMAGE_SIDE_PX: u32 = 8192;
/// Largest number of image pixels: 4K UHD at device scale 2.
pub const MAX_IMAGE_PIXELS: u64 = 7680 * 4320;
/// Smallest viewport side in CSS pixels.
pub const MIN_VIEWPORT_SIDE_PX: u32 = 240;
/// Largest viewport side in CSS pixels.
pub const MAX_VIEWPORT_SIDE_PX: u32 = 4096;
/// Largest number of samples in one dataset.
pub const MAX_SAMPLES: u64 = 10_000_000;
/// Largest element count that may be asked for.
pub const MAX_ELEMENTS: u32 = 500;
/// Largest seed: the largest integer that JavaScript's numbers hold exactly.
pub const MAX_SEED: u64 = (1 << 53) - 1;
