//! The colours of a theme: a few given ones, the others derived until their contrast suffices.

use crate::base::color::Rgba8;
use crate::generate::plan::ColorScheme;

/// Every colour by its job. Text colours reach a contrast of 4.5 on `canvas`, `surface`,
/// `raised` and `sunken`; `outline` and the fills of controls reach 3 on `canvas` and `surface`.
#[derive(Clone, Debug, PartialEq)]
pub struct Colors {
    /// Behind everything.
    pub canvas: Rgba8,
    /// Cards and panels.
    pub surface: Rgba8,
    /// Menus and dialogs.
    pub raised: Rgba8,
    /// Field fills, table headers, wells.
    pub sunken: Rgba8,
    /// Text.
    pub text: Rgba8,
    /// Secondary text.
    pub muted: Rgba8,
    /// Placeholders and notes.
    pub subtle: Rgba8,
    /// Text of disabled controls (exempt from contrast).
    pub disabled_text: Rgba8,
    /// Fill of disabled controls (exempt from contrast).
    pub disabled_fill: Rgba8,
    /// Fill of main buttons, checked boxes, chosen parts.
    pub primary: Rgba8,
    /// Text on `primary`.
    pub on_primary: Rgba8,
    /// Light tint of the accent behind chosen rows and tonal buttons.
    pub primary_soft: Rgba8,
    /// Text on `primary_soft`.
    pub on_primary_soft: Rgba8,
    /// The accent as text and icon colour.
    pub accent: Rgba8,
    /// Links.
    pub link: Rgba8,
    /// Fill of neutral secondary buttons and chips.
    pub secondary: Rgba8,
    /// Text on `secondary`.
    pub on_secondary: Rgba8,
    /// Decorative lines.
    pub border: Rgba8,
    /// Boundaries of controls.
    pub outline: Rgba8,
    /// Focus ring.
    pub focus: Rgba8,
    /// Errors and destruction.
    pub danger: Tone,
    /// Success.
    pub success: Tone,
    /// Warnings.
    pub warning: Tone,
    /// Information.
    pub info: Tone,
    /// Behind dialogs, translucent.
    pub scrim: Rgba8,
    /// Tooltips and dark toasts.
    pub inverse: Rgba8,
    /// Text on `inverse`.
    pub on_inverse: Rgba8,
    /// Actions on `inverse`.
    pub inverse_accent: Rgba8,
    /// Start of decorative gradients; `on_brand` is readable on both ends.
    pub brand_from: Rgba8,
    /// End of decorative gradients.
    pub brand_to: Rgba8,
    /// Text on the gradient.
    pub on_brand: Rgba8,
}

/// The colours of one kind of message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tone {
    /// Solid fill.
    pub fill: Rgba8,
    /// Text on `fill`.
    pub on_fill: Rgba8,
    /// As text and border on `canvas`, `surface`, `raised`, `sunken` and `soft`.
    pub text: Rgba8,
    /// Tinted background.
    pub soft: Rgba8,
}

/// The colours a family gives for one scheme; the rest is derived.
pub(super) struct Base {
    pub(super) scheme: ColorScheme,
    pub(super) canvas: u32,
    pub(super) surface: u32,
    pub(super) raised: u32,
    pub(super) sunken: u32,
    pub(super) text: u32,
    pub(super) muted: u32,
    pub(super) border: u32,
    pub(super) outline: u32,
    /// In the dark scheme: main buttons keep a strong fill with white text (else a pale fill
    /// with dark text).
    pub(super) strong_dark: bool,
}

const TEXT: f64 = 4.5;
const BOUNDARY: f64 = 3.0;

/// The colour nearest to `c` (mixed towards black or white) that passes; `fallback` when none.
fn fit(c: Rgba8, fallback: Rgba8, ok: impl Fn(Rgba8) -> bool) -> Rgba8 {
    (0..=255u8)
        .step_by(3)
        .flat_map(|w| [c.mix(Rgba8::BLACK, w), c.mix(Rgba8::WHITE, w)])
        .find(|c| ok(*c))
        .unwrap_or(fallback)
}

fn reaches(c: Rgba8, on: &[Rgba8], ratio: f64) -> bool {
    on.iter().all(|b| c.contrast(*b) >= ratio)
}

/// Black or white, whichever is easier to read on `fill`.
fn ink(fill: Rgba8) -> Rgba8 {
    let dark = Rgba8::hex(0x0b0d12);
    if fill.contrast(Rgba8::WHITE) >= fill.contrast(dark) {
        Rgba8::WHITE
    } else {
        dark
    }
}

impl Colors {
    pub(super) fn derive(b: &Base, accent: u32) -> Self {
        let dark = b.scheme == ColorScheme::Dark;
        let (canvas, surface, raised, sunken) = (
            Rgba8::hex(b.canvas),
            Rgba8::hex(b.surface),
            Rgba8::hex(b.raised),
            Rgba8::hex(b.sunken),
        );
        let grounds = [canvas, surface, raised, sunken];
        let strongest = if dark { Rgba8::WHITE } else { Rgba8::BLACK };
        let text_on_all = |c: Rgba8| fit(c, strongest, |c| reaches(c, &grounds, TEXT));
        let text = text_on_all(Rgba8::hex(b.text));
        let muted = text_on_all(Rgba8::hex(b.muted));
        let outline = fit(Rgba8::hex(b.outline), strongest, |c| {
            reaches(c, &grounds, BOUNDARY)
        });
        let accent_raw = Rgba8::hex(accent);
        let soft = surface.mix(accent_raw, if dark { 56 } else { 30 });
        let mut all = grounds.to_vec();
        all.push(soft);
        let accent_text = fit(accent_raw, strongest, |c| reaches(c, &all, TEXT));
        let white_fill = fit(accent_raw, accent_text, |c| {
            c.contrast(Rgba8::WHITE) >= TEXT && reaches(c, &[canvas, surface], BOUNDARY)
        });
        let primary = if dark && !b.strong_dark {
            accent_text
        } else {
            white_fill
        };
        let tone = |hex: u32| {
            let raw = Rgba8::hex(hex);
            let soft = surface.mix(raw, if dark { 48 } else { 28 });
            let mut all = grounds.to_vec();
            all.push(soft);
            let fill = fit(raw, strongest, |c| {
                c.contrast(ink(c)) >= TEXT && reaches(c, &[canvas, surface], BOUNDARY)
            });
            Tone {
                fill,
                on_fill: ink(fill),
                text: fit(raw, strongest, |c| reaches(c, &all, TEXT)),
                soft,
            }
        };
        let secondary = surface.mix(text, if dark { 40 } else { 22 });
        let inverse = if dark {
            Rgba8::hex(0xe6e7ea)
        } else {
            Rgba8::hex(0x26282d)
        };
        let brand_from = fit(accent_raw, Rgba8::BLACK, |c| {
            c.contrast(Rgba8::WHITE) >= TEXT + 0.5
        });
        Self {
            canvas,
            surface,
            raised,
            sunken,
            text,
            muted,
            subtle: text_on_all(muted.mix(surface, 40)),
            disabled_text: muted.mix(surface, 110),
            disabled_fill: surface.mix(text, if dark { 26 } else { 18 }),
            primary,
            on_primary: ink(primary),
            primary_soft: soft,
            on_primary_soft: fit(accent_text.mix(text, 90), strongest, |c| {
                reaches(c, &[soft], TEXT + 1.0)
            }),
            accent: accent_text,
            link: accent_text,
            secondary,
            on_secondary: fit(text, strongest, |c| reaches(c, &[secondary], TEXT)),
            border: Rgba8::hex(b.border),
            outline,
            focus: fit(accent_raw, strongest, |c| reaches(c, &grounds, BOUNDARY)),
            danger: tone(0xd32f2f),
            success: tone(0x2e8540),
            warning: tone(0xb86e00),
            info: tone(0x1f6fd1),
            scrim: Rgba8::rgba(8, 10, 16, if dark { 160 } else { 112 }),
            inverse,
            on_inverse: ink(inverse),
            inverse_accent: fit(accent_raw, ink(inverse), |c| c.contrast(inverse) >= TEXT),
            brand_from,
            brand_to: brand_from.mix(Rgba8::hex(0x0a0f24), 130),
            on_brand: Rgba8::WHITE,
        }
    }
}
