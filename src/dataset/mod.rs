//! Stage 2: samples → records, files, statistics and a split without leaks.

mod archive;
mod export;
mod manifest;
mod reader;
mod record;
mod split;
mod stats;

pub use archive::DatasetArchive;
pub use export::{DatasetExporter, atomic_write, write_page_fonts};
pub use manifest::{Manifest, ManifestFile};
pub use reader::{MAX_LINE_BYTES, Records};
pub use record::{
    Anchor, BBox, Component, GroundTruth, ImageStorage, Interaction, Record, image_number,
    image_path,
};
pub use split::{LeakReport, Side, Split, SplitConfig, SplitKey, split};
pub use stats::{AREA_BINS_PERCENT, DatasetStats, POSITION_GRID, StatsBuilder, compute_stats};
