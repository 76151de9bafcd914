//! Counts and distributions of a dataset.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::dataset::Record;

/// Upper bounds of the target area bins in percent of the screen; a last bin holds the rest.
/// The bins in which ScreenSpot-v2, ScreenSpot-Pro and OSWorld-G are usually compared.
pub const AREA_BINS_PERCENT: [f64; 11] = [
    0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12,
];

/// Cells per side of the position heatmap.
pub const POSITION_GRID: usize = 8;

/// What is in a dataset.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DatasetStats {
    /// Records.
    pub total_samples: u64,
    /// Distinct layouts.
    pub unique_layouts: u64,
    /// Components per record, mean.
    pub avg_components_per_layout: f64,
    /// Distinct element types.
    pub unique_element_types: u64,
    /// Components in all.
    pub components: u64,
    /// Interactive components in all.
    pub interactive_components: u64,
    /// Fewest and most interactive components in one record.
    pub interactive_range: (u64, u64),
    /// Records with a picture.
    pub with_image: u64,
    /// Tasks in all.
    pub tasks: u64,
    /// Tasks by kind.
    pub task_kinds: BTreeMap<String, u64>,
    /// Components by element type.
    pub element_types: BTreeMap<String, u64>,
    /// Components by role.
    pub roles: BTreeMap<String, u64>,
    /// Records by archetype.
    pub archetypes: BTreeMap<String, u64>,
    /// Records by theme.
    pub themes: BTreeMap<String, u64>,
    /// Records by colour scheme.
    pub color_schemes: BTreeMap<String, u64>,
    /// Records by image size, `WIDTHxHEIGHT`.
    pub image_sizes: BTreeMap<String, u64>,
    /// Interactive components by area, one count per bin of [`AREA_BINS_PERCENT`] and the rest.
    pub target_area: Vec<u64>,
    /// Interactive components by centre, rows of [`POSITION_GRID`] cells from the top left.
    pub target_position: Vec<u64>,
}

/// Collects [`DatasetStats`] record by record.
#[derive(Clone, Debug)]
pub struct StatsBuilder {
    stats: DatasetStats,
    layouts: BTreeSet<u64>,
}

impl Default for StatsBuilder {
    fn default() -> Self {
        Self {
            stats: DatasetStats {
                target_area: vec![0; AREA_BINS_PERCENT.len() + 1],
                target_position: vec![0; POSITION_GRID * POSITION_GRID],
                ..DatasetStats::default()
            },
            layouts: BTreeSet::new(),
        }
    }
}

impl StatsBuilder {
    /// Adds one record.
    pub fn add(&mut self, r: &Record) {
        let s = &mut self.stats;
        s.total_samples += 1;
        self.layouts
            .insert(crate::base::hash::key64([r.layout_id.as_bytes()]));
        s.components += r.ground_truth.components.len() as u64;
        s.with_image += u64::from(r.image.is_some() || r.screenshot_base64.is_some());
        s.tasks += r.tasks.len() as u64;
        for t in &r.tasks {
            count(&mut s.task_kinds, &t.kind);
        }
        let (w, h) = r.size();
        count(&mut s.image_sizes, &format!("{w}x{h}"));
        for (map, value) in [
            (&mut s.archetypes, &r.archetype),
            (&mut s.themes, &r.theme),
            (&mut s.color_schemes, &r.color_scheme),
        ] {
            if !value.is_empty() {
                count(map, value);
            }
        }
        let mut interactive = 0;
        for c in &r.ground_truth.components {
            count(&mut s.element_types, &c.element_type);
            if !c.semantic_role.is_empty() {
                count(&mut s.roles, &c.semantic_role);
            }
            if !c.interactive {
                continue;
            }
            interactive += 1;
            if w == 0 || h == 0 {
                continue;
            }
            let percent = c.bbox.width * c.bbox.height * 100.0 / (f64::from(w) * f64::from(h));
            let bin = AREA_BINS_PERCENT
                .iter()
                .position(|b| percent < *b)
                .unwrap_or(AREA_BINS_PERCENT.len());
            s.target_area[bin] += 1;
            let cell = |center: f64, side: u32| {
                ((center / f64::from(side) * POSITION_GRID as f64) as usize).min(POSITION_GRID - 1)
            };
            let column = cell(c.bbox.x + c.bbox.width / 2.0, w);
            let row = cell(c.bbox.y + c.bbox.height / 2.0, h);
            s.target_position[row * POSITION_GRID + column] += 1;
        }
        s.interactive_components += interactive;
        s.interactive_range = if s.total_samples == 1 {
            (interactive, interactive)
        } else {
            (
                s.interactive_range.0.min(interactive),
                s.interactive_range.1.max(interactive),
            )
        };
    }

    /// The statistics so far.
    pub fn stats(&self) -> DatasetStats {
        let mut s = self.stats.clone();
        s.unique_layouts = self.layouts.len() as u64;
        s.unique_element_types = s.element_types.len() as u64;
        if s.total_samples > 0 {
            s.avg_components_per_layout = s.components as f64 / s.total_samples as f64;
        }
        s
    }
}

/// Statistics of `records`.
pub fn compute_stats<'a>(records: impl IntoIterator<Item = &'a Record>) -> DatasetStats {
    let mut b = StatsBuilder::default();
    for r in records {
        b.add(r);
    }
    b.stats()
}

fn count(map: &mut BTreeMap<String, u64>, key: &str) {
    if let Some(n) = map.get_mut(key) {
        *n += 1;
    } else {
        map.insert(key.to_owned(), 1);
    }
}
