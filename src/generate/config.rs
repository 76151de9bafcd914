//! [`GenerationConfig`]: what the user typed, and [`Resolved`]: the same, checked and complete.

use serde::{Deserialize, Serialize};

use crate::base::limits;
use crate::error::Result;
use crate::generate::plan::{ColorScheme, Viewport};
use crate::problem::{self, Problem};

/// What to generate. Every field has a default; unknown fields are refused.
///
/// # Examples
/// ```
/// use screensmith::GenerationConfig;
/// let c: GenerationConfig = serde_json::from_str(r#"{"num_samples": 50, "seed": 7}"#).unwrap();
/// assert_eq!((c.num_samples, c.max_elements), (50, 20));
/// assert!(c.validate().is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
#[serde(default, deny_unknown_fields)]
pub struct GenerationConfig {
    /// Number of samples.
    pub num_samples: u64,
    /// Ids of `ARCHETYPES`; samples are spread over them evenly at random.
    pub ui_types: Vec<String>,
    /// Fewest interactive elements in view.
    pub min_elements: u32,
    /// Most interactive elements in view.
    pub max_elements: u32,
    /// False: one theme, one colour scheme and one font for all samples.
    pub randomize_styles: bool,
    /// False: each archetype keeps its plainest structure; only content and state vary.
    pub randomize_layout: bool,
    /// Viewport width in CSS pixels, used when `viewports` is empty.
    pub screenshot_width: u32,
    /// Viewport height in CSS pixels, used when `viewports` is empty.
    pub screenshot_height: u32,
    /// Viewports to draw from, `[width, height]` in CSS pixels.
    pub viewports: Vec<[u32; 2]>,
    /// Image pixels per CSS pixel to draw from, each 1 to 3.
    pub device_scales: Vec<f32>,
    /// Ids of `THEMES` to draw from; empty is all.
    pub themes: Vec<String>,
    /// Colour schemes to draw from; empty is both.
    pub color_schemes: Vec<ColorScheme>,
    /// Render pictures. Without them samples carry HTML and truth only.
    pub include_screenshots: bool,
    /// Picture format.
    pub image_format: ImageFormat,
    /// JPEG quality, 1 to 100.
    pub jpeg_quality: u8,
    /// Seed of the dataset, up to 2^53 − 1. Missing: drawn once from the system and recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
}

/// Picture format. All are written as 8-bit RGB, which every provider accepts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum ImageFormat {
    /// Lossless; the default.
    #[default]
    Png,
    /// Lossy.
    Jpeg,
    /// Lossless WebP.
    Webp,
}

impl ImageFormat {
    /// Every format.
    pub const ALL: &'static [Self] = &[Self::Png, Self::Jpeg, Self::Webp];

    /// `png`, `jpeg`, `webp`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpeg",
            Self::Webp => "webp",
        }
    }

    /// File ending without the dot: `png`, `jpg`, `webp`.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Webp => "webp",
        }
    }

    /// `image/png`, `image/jpeg`, `image/webp`.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Webp => "image/webp",
        }
    }
}

impl Default for GenerationConfig {
    fn default() -> Self {
        Self {
            num_samples: 100,
            ui_types: super::archetype::ids().map(String::from).collect(),
            min_elements: 5,
            max_elements: 20,
            randomize_styles: true,
            randomize_layout: true,
            screenshot_width: 1280,
            screenshot_height: 720,
            viewports: Vec::new(),
            device_scales: vec![1.0],
            themes: Vec::new(),
            color_schemes: Vec::new(),
            include_screenshots: true,
            image_format: ImageFormat::Png,
            jpeg_quality: 90,
            seed: None,
        }
    }
}

impl GenerationConfig {
    /// Everything that is wrong with this configuration; empty when it can be used.
    pub fn validate(&self) -> Vec<Problem> {
        let mut out = Vec::new();
        if self.num_samples > limits::MAX_SAMPLES {
            out.push(
                Problem::error(
                    "num_samples_limit",
                    "num_samples",
                    format!(
                        "{} samples; at most {} in one dataset",
                        self.num_samples,
                        limits::MAX_SAMPLES
                    ),
                )
                .hint("make several datasets with different seeds"),
            );
        }
        if self.ui_types.is_empty() {
            out.push(
                Problem::error("ui_types_empty", "ui_types", "no screen type is chosen").hint(
                    format!(
                        "choose from {}",
                        super::archetype::ids().collect::<Vec<_>>().join(", ")
                    ),
                ),
            );
        }
        check_ids(
            &mut out,
            "ui_types",
            &self.ui_types,
            super::archetype::ids(),
        );
        check_ids(&mut out, "themes", &self.themes, super::theme::ids());
        if self.min_elements > self.max_elements {
            out.push(
                Problem::error(
                    "elements_range",
                    "min_elements",
                    format!(
                        "min_elements {} is above max_elements {}",
                        self.min_elements, self.max_elements
                    ),
                )
                .hint("give a minimum that is not above the maximum"),
            );
        }
        if self.max_elements == 0 || self.max_elements > limits::MAX_ELEMENTS {
            out.push(
                Problem::error(
                    "max_elements_limit",
                    "max_elements",
                    format!(
                        "max_elements is {}; allowed are 1 to {}",
                        self.max_elements,
                        limits::MAX_ELEMENTS
                    ),
                )
                .hint("20 is the default"),
            );
        }
        if self.viewports.is_empty() {
            self.check_size(
                &mut out,
                ("screenshot_width", self.screenshot_width),
                ("screenshot_height", self.screenshot_height),
            );
        }
        for (i, [w, h]) in self.viewports.iter().enumerate() {
            self.check_size(
                &mut out,
                (&format!("viewports[{i}][0]"), *w),
                (&format!("viewports[{i}][1]"), *h),
            );
        }
        if self.device_scales.is_empty() {
            out.push(
                Problem::error("device_scales_empty", "device_scales", "no device scale")
                    .hint("1 is the default"),
            );
        }
        for (i, s) in self.device_scales.iter().enumerate() {
            if !(1.0..=3.0).contains(s) {
                out.push(
                    Problem::error(
                        "device_scale_range",
                        format!("device_scales[{i}]"),
                        format!("device scale {s}; allowed are 1 to 3"),
                    )
                    .hint("use 1, 1.25, 1.5, 2 or 3"),
                );
            }
        }
        if !(1..=100).contains(&self.jpeg_quality) {
            out.push(
                Problem::error(
                    "jpeg_quality_range",
                    "jpeg_quality",
                    format!("quality {}; allowed are 1 to 100", self.jpeg_quality),
                )
                .hint("90 is the default"),
            );
        }
        if self.seed.is_some_and(|s| s > limits::MAX_SEED) {
            out.push(
                Problem::error(
                    "seed_range",
                    "seed",
                    format!("seeds go up to {}", limits::MAX_SEED),
                )
                .hint("larger numbers lose digits in JavaScript"),
            );
        }
        out
    }

    fn check_size(&self, out: &mut Vec<Problem>, width: (&str, u32), height: (&str, u32)) {
        let sides = limits::MIN_VIEWPORT_SIDE_PX..=limits::MAX_VIEWPORT_SIDE_PX;
        let mut sides_ok = true;
        for (path, v) in [width, height] {
            if !sides.contains(&v) {
                sides_ok = false;
                out.push(
                    Problem::error(
                        "viewport_size",
                        path,
                        format!("{v} px; allowed are {} to {}", sides.start(), sides.end()),
                    )
                    .hint("common sizes: 1280×720, 1366×768, 1920×1080, 390×844"),
                );
            }
        }
        let scale = self
            .device_scales
            .iter()
            .copied()
            .filter(|s| (1.0..=3.0).contains(s))
            .fold(1.0, f32::max);
        let view = Viewport {
            width_px: width.1,
            height_px: height.1,
            device_scale: scale,
        };
        if !sides_ok {
            return;
        }
        let (w, h) = view.image_size();
        if u64::from(w) * u64::from(h) > limits::MAX_IMAGE_PIXELS
            || w.max(h) > limits::MAX_IMAGE_SIDE_PX
        {
            out.push(
                Problem::error(
                    "image_size",
                    width.0,
                    format!(
                        "the image would be {w}×{h} pixels; allowed are {} pixels and sides up to {}",
                        limits::MAX_IMAGE_PIXELS,
                        limits::MAX_IMAGE_SIDE_PX
                    ),
                )
                .hint("lower the viewport or the device scale"),
            );
        }
    }

    /// Checks the configuration and fills in what is missing: a seed is drawn through
    /// `getrandom` when there is none.
    ///
    /// # Errors
    /// The first problem of [`validate`](Self::validate), or a system without randomness.
    pub fn resolve(mut self) -> Result<Resolved> {
        problem::check(&self.validate())?;
        let seed = match self.seed {
            Some(s) => s,
            None => draw_seed()?,
        };
        self.seed = Some(seed);
        let viewports = if self.viewports.is_empty() {
            vec![[self.screenshot_width, self.screenshot_height]]
        } else {
            self.viewports.clone()
        };
        Ok(Resolved {
            config: self,
            seed,
            viewports,
        })
    }
}

fn check_ids<'a>(
    out: &mut Vec<Problem>,
    path: &str,
    chosen: &[String],
    known: impl Iterator<Item = &'a str> + Clone,
) {
    for (i, id) in chosen.iter().enumerate() {
        if !known.clone().any(|k| k == id) {
            out.push(
                Problem::error(
                    format!("{path}_unknown"),
                    format!("{path}[{i}]"),
                    format!("{id:?} is not known"),
                )
                .hint(format!(
                    "choose from {}",
                    known.clone().collect::<Vec<_>>().join(", ")
                )),
            );
        }
    }
}

/// A new seed from the system, small enough for JavaScript.
///
/// # Errors
/// When the system offers no randomness.
pub fn draw_seed() -> Result<u64> {
    let mut b = [0u8; 8];
    getrandom::fill(&mut b).map_err(|e| {
        crate::error::Error::unsupported("no_randomness", e.to_string()).hint("give a seed")
    })?;
    Ok(u64::from_le_bytes(b) & limits::MAX_SEED)
}

/// A checked configuration with its seed. Only [`GenerationConfig::resolve`] makes one.
#[derive(Clone, Debug, PartialEq)]
pub struct Resolved {
    config: GenerationConfig,
    seed: u64,
    viewports: Vec<[u32; 2]>,
}

impl Resolved {
    /// The configuration, with the seed filled in.
    pub fn config(&self) -> &GenerationConfig {
        &self.config
    }

    /// The seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// The viewports to draw from; never empty.
    pub fn viewports(&self) -> &[[u32; 2]] {
        &self.viewports
    }
}
