//! Linen: quiet and minimal; thin lines, compact controls, segmented tabs, capital table headers.

use super::aurora::drop;
use super::color::Base;
use super::look::{
    ButtonLook, CardLook, Casing, CheckLook, Controls, FieldLook, FieldStyle, FocusLook,
    LabelPlace, NumberLook, Radii, Shadows, SliderLook, StepLook, SwitchLook, TabLook, TableLook,
    TypeScale, face,
};
use super::{Colors, Theme, ThemeFamily, Vary, snap};
use crate::base::color::Rgba8;
use crate::base::rng::Stream;
use crate::generate::plan::ColorScheme;

pub(super) struct Linen;

const LIGHT: Base = Base {
    scheme: ColorScheme::Light,
    canvas: 0xfbfaf8,
    surface: 0xffffff,
    raised: 0xffffff,
    sunken: 0xf3f2ee,
    text: 0x18181b,
    muted: 0x5f5f68,
    border: 0xe6e4df,
    outline: 0x8c8b88,
    strong_dark: false,
};

const DARK: Base = Base {
    scheme: ColorScheme::Dark,
    canvas: 0x0c0c0e,
    surface: 0x131316,
    raised: 0x1b1b1f,
    sunken: 0x232328,
    text: 0xfafafa,
    muted: 0xa6a6ae,
    border: 0x2f2f36,
    outline: 0x74747d,
    strong_dark: false,
};

impl ThemeFamily for Linen {
    fn id(&self) -> &'static str {
        "linen"
    }

    fn title(&self) -> &'static str {
        "Linen"
    }

    fn accents(&self) -> &'static [u32] {
        &[
            0x18181b, 0x1677ff, 0x4f46e5, 0x059669, 0xbe123c, 0x7c3aed, 0xb45309,
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
        let round = v.pick(&[1.0, 0.5, 1.25, 1.75]);
        let density = v.pick(&[0.0, -4.0, 4.0]);
        let shade =
            |a: u8| Rgba8::BLACK.with_alpha(if scheme == ColorScheme::Dark { 140 } else { a });
        let pill = v.chance(20);
        Theme {
            id: self.id(),
            scheme,
            colors,
            radius: Radii {
                control: snap(8.0 * round),
                small: snap(6.0 * round),
                card: snap(12.0 * round),
                overlay: snap(10.0 * round),
            },
            control: Controls {
                height: [28.0, 36.0 + density, 44.0 + density],
                pad: [10.0, 16.0, 20.0],
                icon: [14.0, 16.0, 18.0],
                border: 1.0,
            },
            text: TypeScale {
                display: face(38.0, 44.0, 700),
                h1: face(24.0, 32.0, 600),
                h2: face(20.0, 28.0, 600),
                h3: face(16.0, 24.0, 600),
                h4: face(14.0, 20.0, 600),
                body: face(14.0, 20.0, 400),
                small: face(13.0, 18.0, 400),
                caption: face(12.0, 16.0, 400),
                label: face(14.0, 20.0, 500),
                button: face(14.0, 20.0, 500),
            },
            unit: snap(4.0 + density / 16.0),
            icon_stroke: v.pick(&[1.75, 2.0, 1.5]),
            icon_family: v.pick(&["lucide"]),
            icon_variant: v.pick(&[0, 0, 1]),
            field: FieldLook {
                style: v.pick(&[
                    FieldStyle::Outlined,
                    FieldStyle::Outlined,
                    FieldStyle::Filled,
                ]),
                label: LabelPlace::Above,
                tall: 52.0,
                pad: 12.0,
                number: v.pick(&[NumberLook::Stacked, NumberLook::Sides]),
            },
            button: ButtonLook {
                radius: if pill { 24.0 } else { snap(8.0 * round) },
                casing: Casing::AsWritten,
                start_aligned: false,
                raised: false,
                secondary_outlined: v.pick(&[true, false]),
            },
            check: CheckLook {
                size: 16.0,
                radius: 4.0,
                border: 1.0,
                radio_filled: v.pick(&[false, true]),
            },
            switch: v.pick(&[
                SwitchLook {
                    width: 36.0,
                    height: 20.0,
                    thumb_off: 16.0,
                    thumb_on: 16.0,
                    ring: false,
                },
                SwitchLook {
                    width: 44.0,
                    height: 22.0,
                    thumb_off: 18.0,
                    thumb_on: 18.0,
                    ring: false,
                },
            ]),
            slider: SliderLook {
                track: v.pick(&[6.0, 4.0]),
                thumb: 16.0,
                ring: true,
                bar: false,
                progress: 8.0,
            },
            tabs: v.pick(&[TabLook::Segmented, TabLook::Underline, TabLook::Pill]),
            steps: v.pick(&[StepLook::Discs, StepLook::Rings]),
            table: TableLook {
                row: 44.0 + density,
                pad: 12.0,
                zebra: false,
                lines: true,
                columns: false,
                header_filled: v.chance(50),
                header_upper: v.chance(35),
            },
            card: CardLook {
                pad: v.pick(&[24.0, 20.0]),
                border: 1.0,
                shadow: v.chance(50),
            },
            shadow: Shadows {
                low: vec![drop(1.0, 2.0, 0.0, shade(14))],
                mid: vec![
                    drop(4.0, 12.0, -2.0, shade(34)),
                    drop(2.0, 4.0, -2.0, shade(26)),
                ],
                high: vec![drop(20.0, 40.0, -8.0, shade(70))],
            },
            focus: FocusLook {
                width: 2.0,
                offset: 2.0,
            },
        }
    }
}
