//! Text contrast: what browsers do to the coverage of glyphs so that thin dark and light text
//! look equally bold.
//!
//! Blending coverage in sRGB makes light text on dark too thin and dark text on light too heavy.
//! Skia (and so Chromium) corrects coverage by a table per luminance of the text colour; these
//! tables follow the same formula, with the constants that match its pictures on Linux.

use crate::base::color::Rgba8;

const LEVELS: usize = 8;
const CONTRAST: f64 = 0.2;
const GAMMA: f64 = 1.2;

/// Corrected coverage for each luminance of text.
pub(super) struct TextContrast {
    tables: [[u8; 256]; LEVELS],
}

impl TextContrast {
    pub(super) fn new() -> Self {
        let mut tables = [[0; 256]; LEVELS];
        for (level, table) in tables.iter_mut().enumerate() {
            build(table, level as f64 / (LEVELS - 1) as f64);
        }
        Self { tables }
    }

    /// The table for text of this colour.
    pub(super) fn table(&self, color: Rgba8) -> &[u8; 256] {
        // Integer luma with the weights of sRGB.
        let luma =
            (u32::from(color.r) * 54 + u32::from(color.g) * 183 + u32::from(color.b) * 19) >> 8;
        &self.tables[luma as usize * LEVELS / 256]
    }
}

fn build(table: &mut [u8; 256], text: f64) {
    let linear = |v: f64| libm::pow(v, GAMMA);
    // The background is unknown; the opposite of the text is the best guess.
    let ground = 1.0 - text;
    let contrast = CONTRAST * linear(ground);
    for (i, out) in table.iter_mut().enumerate() {
        let raw = i as f64 / 255.0;
        let cover = raw + (1.0 - raw) * contrast * raw;
        let wanted = if (text - ground).abs() < 1.0 / 256.0 {
            cover
        } else {
            let light = linear(text) * cover + linear(ground) * (1.0 - cover);
            (libm::pow(light, 1.0 / GAMMA) - ground) / (text - ground)
        };
        *out = (wanted.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_rise_from_nothing_to_everything() {
        let t = TextContrast::new();
        for table in &t.tables {
            assert_eq!((table[0], table[255]), (0, 255));
            assert!(table.windows(2).all(|w| w[0] <= w[1]));
        }
        assert!(t.table(Rgba8::BLACK)[100] != t.table(Rgba8::WHITE)[100]);
    }
}
