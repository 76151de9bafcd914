//! Tokens, cost, and the size that a model really sees. Estimates from public formulas and
//! dated prices; what the vendor counts is the truth.

use serde::Serialize;

use crate::format::Detail;
use crate::format::limits::{ImageTokens, counting, model_facts};
use crate::task::resize::{Resize, patch_count};

/// A picture as a model counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ImageCost {
    /// Tokens.
    pub tokens: u64,
    /// Size that is seen.
    pub seen: (u32, u32),
}

/// What training on a file takes.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// Model that the numbers are for.
    pub model: String,
    /// Tokens of text in the file, about.
    pub text_tokens: u64,
    /// Tokens of pictures in the file; `None` when the model's counting is not known.
    pub image_tokens: Option<u64>,
    /// Passes over the file that the cost is for.
    pub epochs: u32,
    /// Tokens that are billed.
    pub training_tokens: Option<u64>,
    /// US dollars, when the price is known.
    pub usd: Option<f64>,
    /// When price and formula were looked up.
    pub as_of: &'static str,
}

/// How `model` counts and sees a picture of this size; `None` for unknown models.
///
/// # Examples
/// ```
/// use screensmith::format::{estimate::image_cost, Detail};
/// let cost = image_cost("gpt-4o-2024-08-06", 1280, 720, Detail::High).unwrap();
/// assert_eq!((cost.tokens, cost.seen), (1105, (1280, 720)));
/// ```
pub fn image_cost(model: &str, width: u32, height: u32, detail: Detail) -> Option<ImageCost> {
    let size = (width, height);
    Some(match (counting(model)?, detail) {
        (ImageTokens::Tiles { base, .. }, Detail::Low) => ImageCost {
            tokens: base,
            seen: Resize::Tiles {
                long: 512,
                short: 512,
            }
            .apply(width, height)?,
        },
        (ImageTokens::Tiles { base, tile }, _) => {
            let seen = Resize::Tiles {
                long: 2048,
                short: 768,
            }
            .apply(width, height)?;
            let n = u64::from(seen.0.div_ceil(512)) * u64::from(seen.1.div_ceil(512));
            ImageCost {
                tokens: base + tile * n,
                seen,
            }
        }
        (ImageTokens::Patches { resize, hundredths }, _) => {
            let seen = resize.apply(width, height)?;
            ImageCost {
                tokens: (patch_count(seen.0, seen.1) * hundredths).div_ceil(100),
                seen,
            }
        }
        (ImageTokens::Budget { low, .. }, Detail::Low) => ImageCost {
            tokens: low,
            seen: size,
        },
        (ImageTokens::Budget { high, .. }, _) => ImageCost {
            tokens: high,
            seen: size,
        },
        (ImageTokens::OldTiles, _) => ImageCost {
            tokens: old_tiles(width, height),
            seen: size,
        },
    })
}

/// 258 tokens for each crop; one for a picture up to 384 × 384.
fn old_tiles(w: u32, h: u32) -> u64 {
    if w <= 384 && h <= 384 {
        return 258;
    }
    let crop = (u64::from(w.min(h)) * 2 / 3).max(1);
    258 * u64::from(w).div_ceil(crop) * u64::from(h).div_ceil(crop)
}

/// Tokens of a text, about: one for every four bytes, which is near for English and short for
/// dense JSON by up to a third.
pub fn text_tokens(text: &str) -> u64 {
    (text.len() as u64).div_ceil(4)
}

/// The cost of training `model` on a file with these tokens.
pub fn estimate(
    format: &str,
    model: &str,
    text_tokens: u64,
    image_tokens: Option<u64>,
    epochs: u32,
) -> Estimate {
    let facts = model_facts(format, model);
    let training_tokens = image_tokens.map(|i| (i + text_tokens) * u64::from(epochs));
    Estimate {
        model: model.to_owned(),
        text_tokens,
        image_tokens,
        epochs,
        training_tokens,
        usd: facts
            .and_then(|f| f.usd_per_million)
            .zip(training_tokens)
            .map(|(usd, t)| (usd * t as f64 / 10_000.0).round() / 100.0),
        as_of: facts.map_or("", |f| f.as_of),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Image; tokens of gpt-4o, gpt-4o-mini and gpt-5.4, all at high detail.
    const VECTORS: &[((u32, u32), u64, u64, u64)] = &[
        ((512, 512), 255, 8_500, 308),
        ((800, 600), 765, 25_501, 570),
        ((1024, 768), 765, 25_501, 922),
        ((1024, 1024), 765, 25_501, 1229),
        ((1280, 720), 1105, 36_835, 1104),
        ((1280, 800), 1105, 36_835, 1200),
        ((1366, 768), 1105, 36_835, 1239),
        ((1440, 900), 1105, 36_835, 1566),
        ((1920, 1080), 1105, 36_835, 2448),
        ((2560, 1440), 1105, 36_835, 2765),
        ((3840, 2160), 1105, 36_835, 2765),
        ((390, 844), 425, 14_167, 422),
        ((1170, 2532), 1445, 48_169, 2304),
        ((70, 70), 255, 8_500, 11),
    ];

    #[test]
    fn tokens_of_the_recorded_pictures() {
        for ((w, h), o, mini, patch) in VECTORS {
            let t = |m| image_cost(m, *w, *h, Detail::High).unwrap().tokens;
            assert_eq!(t("gpt-4o-2024-08-06"), *o, "{w}x{h}");
            assert_eq!(t("gpt-4o-mini-2024-07-18"), *mini, "{w}x{h}");
            assert_eq!(t("gpt-5.4"), *patch, "{w}x{h}");
        }
        let t = |m, w, h| image_cost(m, w, h, Detail::High).unwrap().tokens;
        assert_eq!(t("gpt-5.4-mini", 2048, 2048), 3000);
        assert_eq!(t("gemini-2.0-flash-001", 1280, 720), 1548);
        assert_eq!(t("gemini-2.0-flash", 1024, 1024), 1032);
        assert_eq!(t("gemini-2.0-flash", 390, 844), 2064);
        assert_eq!(t("gemini-3.5-flash", 1, 1), 1120);
        let low = image_cost("gpt-4o", 1280, 720, Detail::Low).unwrap();
        assert_eq!((low.tokens, low.seen), (85, (512, 288)));
        assert!(image_cost("unheard-of", 10, 10, Detail::High).is_none());
        assert!(image_cost("gpt-4o", 0, 0, Detail::High).is_none());
    }

    #[test]
    fn the_worked_cost_of_a_thousand_lines() {
        let e = estimate("openai", "gpt-4o-2024-08-06", 150_000, Some(1_105_000), 3);
        assert_eq!((e.training_tokens, e.usd), (Some(3_765_000), Some(94.13)));
    }
}
