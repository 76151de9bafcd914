//! What vendors accept and charge: dated tables.

use serde::Serialize;

use crate::task::resize::Resize;

/// What one format's vendor accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// Fewest training examples.
    pub min_examples: u64,
    /// Most training examples with pictures; 0 is no limit.
    pub max_examples: u64,
    /// Most pictures in one example; 0 is no limit.
    pub images_per_example: usize,
    /// Largest picture file in bytes; 0 is no limit.
    pub image_bytes: u64,
    /// Media types of pictures.
    pub media_types: &'static [&'static str],
    /// Only RGB and RGBA pictures.
    pub rgb_only: bool,
    /// Pictures may be data URLs.
    pub data_urls: bool,
    /// How picture URIs may begin.
    pub image_uri_schemes: &'static [&'static str],
    /// Pictures may be relative paths.
    pub paths: bool,
    /// Largest file of lines in bytes; 0 is no limit.
    pub file_bytes: u64,
    /// Most tokens of one example; 0 is no limit.
    pub tokens_per_example: u64,
    /// Fewest validation examples, where there are any.
    pub min_validation: u64,
    /// Most validation examples; 0 is no limit.
    pub max_validation: u64,
    /// Beyond so many validation examples, they may be at most so many percent of the training
    /// examples.
    pub validation_share: Option<(u64, u64)>,
    /// When these were looked up, `YYYY-MM-DD`.
    pub as_of: &'static str,
    /// Where.
    pub source: &'static str,
}

const PICTURES: &[&str] = &["image/jpeg", "image/png", "image/webp"];

pub(super) static OPENAI: Limits = Limits {
    min_examples: 10,
    max_examples: 50_000,
    images_per_example: 10,
    image_bytes: 10 * 1024 * 1024,
    media_types: PICTURES,
    rgb_only: true,
    data_urls: true,
    image_uri_schemes: &["https://", "http://"],
    paths: false,
    file_bytes: 8 * 1024 * 1024 * 1024,
    tokens_per_example: 65_536,
    min_validation: 1,
    max_validation: 0,
    validation_share: None,
    as_of: "2026-11-15",
    source: "https://developers.openai.com/api/docs/guides/vision-fine-tuning",
};

pub(super) static GEMINI: Limits = Limits {
    min_examples: 1,
    max_examples: 300_000,
    images_per_example: 30,
    image_bytes: 20 * 1024 * 1024,
    media_types: PICTURES,
    rgb_only: false,
    data_urls: false,
    image_uri_schemes: &["gs://", "https://", "http://"],
    paths: false,
    file_bytes: 1024 * 1024 * 1024,
    tokens_per_example: 131_072,
    min_validation: 1,
    max_validation: 5_000,
    validation_share: Some((1_000, 30)),
    as_of: "2026-09-25",
    source: "https://docs.cloud.google.com/vertex-ai/generative-ai/docs/models/gemini-supervised-tuning",
};

pub(super) static TOGETHER: Limits = Limits {
    min_examples: 1,
    max_examples: 0,
    images_per_example: 10,
    image_bytes: 10 * 1024 * 1024,
    media_types: PICTURES,
    rgb_only: false,
    data_urls: true,
    image_uri_schemes: &[],
    paths: false,
    file_bytes: 50_100_000_000,
    tokens_per_example: 0,
    min_validation: 1,
    max_validation: 0,
    validation_share: None,
    as_of: "2026-11-22",
    source: "https://docs.together.ai/docs/fine-tuning/vision",
};

pub(super) static FIREWORKS: Limits = Limits {
    min_examples: 3,
    max_examples: 3_000_000,
    images_per_example: 0,
    image_bytes: 0,
    media_types: &["image/jpeg", "image/png"],
    rgb_only: false,
    data_urls: true,
    image_uri_schemes: &[],
    paths: false,
    file_bytes: 0,
    tokens_per_example: 0,
    min_validation: 3,
    max_validation: 0,
    validation_share: None,
    as_of: "2026-11-22",
    source: "https://docs.fireworks.ai/fine-tuning/fine-tuning-vlm",
};

pub(super) static BEDROCK: Limits = Limits {
    min_examples: 1,
    max_examples: 0,
    images_per_example: 0,
    image_bytes: 0,
    media_types: &["image/jpeg", "image/png"],
    rgb_only: false,
    data_urls: false,
    image_uri_schemes: &["s3://"],
    paths: false,
    file_bytes: 0,
    tokens_per_example: 0,
    min_validation: 1,
    max_validation: 0,
    validation_share: None,
    as_of: "2026-11-22",
    source: "https://docs.aws.amazon.com/nova/latest/userguide/fine-tune-prepare-data-understanding.html",
};

pub(super) static CHAT: Limits = Limits {
    min_examples: 1,
    max_examples: 0,
    images_per_example: 0,
    image_bytes: 0,
    media_types: PICTURES,
    rgb_only: false,
    data_urls: true,
    image_uri_schemes: &["https://", "http://"],
    paths: false,
    file_bytes: 0,
    tokens_per_example: 0,
    min_validation: 1,
    max_validation: 0,
    validation_share: None,
    as_of: "2026-11-22",
    source: "the documentation of the HTTP trainer",
};

pub(super) static CUSTOM: Limits = Limits {
    min_examples: 1,
    max_examples: 0,
    images_per_example: 0,
    image_bytes: 0,
    media_types: PICTURES,
    rgb_only: false,
    data_urls: false,
    image_uri_schemes: &["https://", "http://", "gs://", "s3://"],
    paths: true,
    file_bytes: 0,
    tokens_per_example: 0,
    min_validation: 1,
    max_validation: 0,
    validation_share: None,
    as_of: "2026-11-15",
    source: "https://huggingface.co/docs/trl/dataset_formats",
};

/// How a model counts a picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageTokens {
    /// A base and so much for each tile of 512 × 512.
    Tiles {
        /// Once per picture.
        base: u64,
        /// Per tile.
        tile: u64,
    },
    /// Patches of 32 × 32, times a factor in hundredths.
    Patches {
        /// Long edge and budget.
        resize: Resize,
        /// 120 is 1.2 tokens per patch.
        hundredths: u64,
    },
    /// A fixed number whatever the size: low, high.
    Budget {
        /// At low resolution.
        low: u64,
        /// At high resolution.
        high: u64,
    },
    /// 258 for each tile of the older formula.
    OldTiles,
}

/// What is known of one model.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ModelFacts {
    /// Format whose lines it trains on.
    pub format: &'static str,
    /// How its id begins; the longest match counts.
    pub id: &'static str,
    /// Tunable on pictures.
    pub tunable: bool,
    /// US dollars for a million training tokens, when known.
    pub usd_per_million: Option<f64>,
    /// How it counts a picture.
    pub tokens: ImageTokens,
    /// The day it and what was tuned from it stop answering, `YYYY-MM-DD`.
    pub shutdown: Option<&'static str>,
    /// When this was looked up.
    pub as_of: &'static str,
}

const fn tiles(base: u64, tile: u64) -> ImageTokens {
    ImageTokens::Tiles { base, tile }
}

const fn patches(max_edge: u32, budget: u32, hundredths: u64) -> ImageTokens {
    ImageTokens::Patches {
        resize: Resize::Patches { max_edge, budget },
        hundredths,
    }
}

const fn chat(
    id: &'static str,
    tunable: bool,
    usd_per_million: Option<f64>,
    tokens: ImageTokens,
    shutdown: Option<&'static str>,
) -> ModelFacts {
    ModelFacts {
        format: "openai",
        id,
        tunable,
        usd_per_million,
        tokens,
        shutdown,
        as_of: "2026-11-15",
    }
}

const fn contents(
    id: &'static str,
    tunable: bool,
    usd_per_million: Option<f64>,
    tokens: ImageTokens,
) -> ModelFacts {
    ModelFacts {
        format: "gemini",
        id,
        tunable,
        usd_per_million,
        tokens,
        shutdown: None,
        as_of: "2026-09-25",
    }
}

const GEMINI_3: ImageTokens = ImageTokens::Budget {
    low: 280,
    high: 1120,
};
const GEMINI_25: ImageTokens = ImageTokens::Budget {
    low: 64,
    high: 2048,
};

/// Models that are or were tuned, and their prices.
pub static TRAINING_MODELS: &[ModelFacts] = &[
    chat(
        "gpt-4o-2024-08-06",
        true,
        Some(25.0),
        tiles(85, 170),
        Some("2027-01-14"),
    ),
    chat(
        "gpt-4o-mini",
        false,
        Some(3.0),
        tiles(2833, 5667),
        Some("2027-01-14"),
    ),
    chat(
        "gpt-4o",
        true,
        Some(25.0),
        tiles(85, 170),
        Some("2027-01-14"),
    ),
    chat(
        "gpt-4.1-mini",
        false,
        Some(5.0),
        patches(2048, 6144, 162),
        Some("2027-01-14"),
    ),
    chat(
        "gpt-4.1-nano",
        false,
        Some(1.5),
        patches(2048, 6144, 246),
        Some("2026-10-23"),
    ),
    chat(
        "gpt-4.1",
        false,
        Some(25.0),
        tiles(85, 170),
        Some("2027-01-14"),
    ),
    contents("gemini-3.5-flash", true, None, GEMINI_3),
    contents("gemini-3.1-flash-lite", true, None, GEMINI_3),
    contents("gemini-2.5-pro", true, Some(25.0), GEMINI_25),
    contents("gemini-2.5-flash-lite", true, Some(1.5), GEMINI_25),
    contents("gemini-2.5-flash", true, Some(5.0), GEMINI_25),
    contents("gemini-2.0-flash", false, Some(3.0), ImageTokens::OldTiles),
];

/// Models that only answer, with how they count a picture at high detail.
pub static IMAGE_MODELS: &[(&str, ImageTokens)] = &[
    ("gpt-5.6", patches(2048, 2500, 120)),
    ("gpt-5.5", patches(2048, 2500, 120)),
    ("gpt-5.4", patches(2048, 2500, 120)),
    ("gpt-5.2", patches(2048, 6144, 120)),
    ("gpt-5-nano", patches(2048, 6144, 150)),
    ("gpt-5-mini", patches(2048, 6144, 120)),
    ("gpt-5", tiles(70, 140)),
    ("o1", tiles(75, 150)),
    ("o3", tiles(75, 150)),
    ("o4-mini", patches(2048, 6144, 172)),
];

/// What is known of `model` under `format`: the entry whose id is the longest start of it.
pub fn model_facts(format: &str, model: &str) -> Option<&'static ModelFacts> {
    TRAINING_MODELS
        .iter()
        .filter(|m| m.format == format && model.starts_with(m.id))
        .max_by_key(|m| m.id.len())
}

/// How `model` counts a picture, under whatever format.
pub(super) fn counting(model: &str) -> Option<ImageTokens> {
    let trained = TRAINING_MODELS.iter().map(|m| (m.id, m.tokens));
    trained
        .chain(IMAGE_MODELS.iter().copied())
        .filter(|(id, _)| model.starts_with(id))
        .max_by_key(|(id, _)| id.len())
        .map(|(_, t)| t)
}
