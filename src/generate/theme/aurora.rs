//! Aurora: tonal surfaces, tall filled fields with the label inside, pill buttons.

use super::color::Base;
use super::look::{
    ButtonLook, CardLook, Casing, CheckLook, Controls, FieldLook, FieldStyle, FocusLook,
    LabelPlace, NumberLook, Radii, Shadows, SliderLook, StepLook, SwitchLook, TabLook, TableLook,
    TypeScale, face,
};
use super::{Colors, Theme, ThemeFamily, Vary, snap};
use crate::base::color::Rgba8;
use crate::base::rng::Stream;
use crate::generate::plan::{ColorScheme, Shadow};

pub(super) struct Aurora;

const LIGHT: Base = Base {
    scheme: ColorScheme::Light,
    canvas: 0xf7f5fb,
    surface: 0xfffbff,
    raised: 0xf3eef9,
    sunken: 0xebe6f1,
    text: 0x1d1b20,
    muted: 0x49454f,
    border: 0xcac4d0,
    outline: 0x79747e,
    strong_dark: false,
};

const DARK: Base = Base {
    scheme: ColorScheme::Dark,
    canvas: 0x141218,
    surface: 0x1d1b20,
    raised: 0x2b2930,
    sunken: 0x36343b,
    text: 0xe6e0e9,
    muted: 0xcac4d0,
    border: 0x49454f,
    outline: 0x938f99,
    strong_dark: false,
};

impl ThemeFamily for Aurora {
    fn id(&self) -> &'static str {
        "aurora"
    }

    fn title(&self) -> &'static str {
        "Aurora"
    }

    fn accents(&self) -> &'static [u32] {
        &[
            0x6750a4, 0x006a6a, 0x8b418f, 0x386a20, 0x984061, 0x00639b, 0x8a5100,
        ]
    }

    fn resolve(&self, scheme: ColorScheme, variation: Option<&mut Stream>) -> Theme {
        let mut v = Vary(variation);
        let base = if scheme == ColorScheme::Dark {
            &DARK
        } else {
            &LIGHT
        };
        let colors = Colors::derive(base, v.pick(self.accents()));
        let round = v.pick(&[1.0, 1.0, 0.5, 1.5]);
        let density = v.pick(&[0.0, 0.0, -4.0]);
        let (style, label) = v.pick(&[
            (FieldStyle::Filled, LabelPlace::Inside),
            (FieldStyle::Outlined, LabelPlace::Inside),
            (FieldStyle::Outlined, LabelPlace::Above),
            (FieldStyle::Underlined, LabelPlace::Above),
        ]);
        let heights = [32.0, 40.0 + density, 52.0 + density];
        let upper = v.chance(15);
        let shade =
            |a: u8| Rgba8::BLACK.with_alpha(if scheme == ColorScheme::Dark { 120 } else { a });
        Theme {
            id: self.id(),
            scheme,
            colors,
            radius: Radii {
                control: snap(4.0 * round),
                small: snap(8.0 * round),
                card: snap(14.0 * round),
                overlay: snap(20.0 * round),
            },
            control: Controls {
                height: heights,
                pad: [14.0, 24.0, 28.0],
                icon: [16.0, 18.0, 20.0],
                border: 1.0,
            },
            text: TypeScale {
                display: face(44.0, 52.0, 400),
                h1: face(28.0, 36.0, 400),
                h2: face(22.0, 28.0, 400),
                h3: face(16.0, 24.0, 500),
                h4: face(14.0, 20.0, 500),
                body: face(16.0, 24.0, 400),
                small: face(14.0, 20.0, 400),
                caption: face(12.0, 16.0, 400),
                label: face(12.0, 16.0, 400),
                button: face(14.0, 20.0, 500),
            },
            unit: if density < 0.0 { 3.75 } else { 4.0 },
            icon_stroke: v.pick(&[2.0, 1.75]),
            icon_family: v.pick(&["lucide", "phosphor", "phosphor"]),
            icon_variant: v.pick(&[0, 0, 1]),
            field: FieldLook {
                style,
                label,
                tall: 56.0 + density,
                pad: if style == FieldStyle::Underlined {
                    2.0
                } else {
                    16.0
                },
                number: v.pick(&[NumberLook::Trailing, NumberLook::Sides]),
            },
            button: ButtonLook {
                radius: v.pick(&[26.0, 26.0, 8.0]),
                casing: if upper {
                    Casing::Upper
                } else {
                    Casing::AsWritten
                },
                start_aligned: false,
                raised: v.chance(30),
                secondary_outlined: false,
            },
            check: CheckLook {
                size: 18.0,
                radius: 2.0,
                border: 2.0,
                radio_filled: false,
            },
            switch: SwitchLook {
                width: 52.0,
                height: 32.0,
                thumb_off: 16.0,
                thumb_on: 24.0,
                ring: true,
            },
            slider: SliderLook {
                track: v.pick(&[4.0, 16.0]),
                thumb: 20.0,
                ring: false,
                bar: v.chance(50),
                progress: 4.0,
            },
            tabs: TabLook::Underline,
            steps: v.pick(&[StepLook::Discs, StepLook::Discs, StepLook::Bars]),
            table: TableLook {
                row: 52.0 + density,
                pad: 16.0,
                zebra: false,
                lines: true,
                columns: false,
                header_filled: v.chance(40),
                header_upper: false,
            },
            card: {
                let outlined = v.chance(40);
                CardLook {
                    pad: 24.0,
                    border: if outlined { 1.0 } else { 0.0 },
                    shadow: !outlined,
                }
            },
            shadow: Shadows {
                low: vec![
                    drop(1.0, 2.0, 0.0, shade(60)),
                    drop(1.0, 3.0, 1.0, shade(32)),
                ],
                mid: vec![
                    drop(1.0, 3.0, 0.0, shade(64)),
                    drop(4.0, 8.0, 3.0, shade(36)),
                ],
                high: vec![
                    drop(4.0, 4.0, 0.0, shade(64)),
                    drop(8.0, 12.0, 6.0, shade(36)),
                ],
            },
            focus: FocusLook {
                width: 3.0,
                offset: 2.0,
            },
        }
    }
}

/// A shadow straight down.
pub(super) const fn drop(y: f32, blur: f32, spread: f32, color: Rgba8) -> Shadow {
    Shadow {
        x: 0.0,
        y,
        blur,
        spread,
        color,
    }
}
