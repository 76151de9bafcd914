//! Harbor: the familiar web look; outlined fields, rounded boxes, boxed tabs, zebra tables.

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

pub(super) struct Harbor;

const LIGHT: Base = Base {
    scheme: ColorScheme::Light,
    canvas: 0xf5f6f8,
    surface: 0xffffff,
    raised: 0xffffff,
    sunken: 0xeef0f3,
    text: 0x212529,
    muted: 0x5b636b,
    border: 0xdee2e6,
    outline: 0x8a929a,
    strong_dark: true,
};

const DARK: Base = Base {
    scheme: ColorScheme::Dark,
    canvas: 0x1a1d21,
    surface: 0x212529,
    raised: 0x2b3035,
    sunken: 0x2b3035,
    text: 0xdee2e6,
    muted: 0xadb5bd,
    border: 0x495057,
    outline: 0x868e96,
    strong_dark: true,
};

impl ThemeFamily for Harbor {
    fn id(&self) -> &'static str {
        "harbor"
    }

    fn title(&self) -> &'static str {
        "Harbor"
    }

    fn accents(&self) -> &'static [u32] {
        &[
            0x0d6efd, 0x0f6cbd, 0x6610f2, 0xd63384, 0x198754, 0x0b7285, 0xc2410c,
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
        let density = v.pick(&[0.0, -4.0, 4.0]);
        let shade =
            |a: u8| Rgba8::BLACK.with_alpha(if scheme == ColorScheme::Dark { 110 } else { a });
        let card_border = v.pick(&[1.0, 1.0, 0.0]);
        Theme {
            id: self.id(),
            scheme,
            colors,
            radius: Radii {
                control: snap(6.0 * round),
                small: snap(4.0 * round),
                card: snap(8.0 * round),
                overlay: snap(8.0 * round),
            },
            control: Controls {
                height: [31.0, 38.0 + density, 48.0 + density],
                pad: [8.0, 12.0, 16.0],
                icon: [14.0, 16.0, 20.0],
                border: 1.0,
            },
            text: TypeScale {
                display: face(40.0, 48.0, 600),
                h1: face(28.0, 34.0, 600),
                h2: face(22.0, 28.0, 600),
                h3: face(18.0, 24.0, 600),
                h4: face(16.0, 22.0, 600),
                body: face(if density < 0.0 { 15.0 } else { 16.0 }, 24.0, 400),
                small: face(14.0, 20.0, 400),
                caption: face(12.5, 16.0, 400),
                label: face(14.5, 20.0, v.pick(&[400, 500, 600])),
                button: face(if density < 0.0 { 14.5 } else { 16.0 }, 24.0, 400),
            },
            unit: 4.0,
            icon_stroke: v.pick(&[2.0, 1.75, 2.25]),
            icon_family: v.pick(&["lucide", "lucide", "phosphor"]),
            icon_variant: v.pick(&[0, 0, 1]),
            field: FieldLook {
                style: v.pick(&[
                    FieldStyle::Outlined,
                    FieldStyle::Outlined,
                    FieldStyle::Underlined,
                ]),
                label: LabelPlace::Above,
                tall: 58.0,
                pad: 12.0,
                number: v.pick(&[NumberLook::Stacked, NumberLook::Sides]),
            },
            button: ButtonLook {
                radius: snap(6.0 * round),
                casing: Casing::AsWritten,
                start_aligned: false,
                raised: v.chance(20),
                secondary_outlined: v.chance(50),
            },
            check: CheckLook {
                size: 16.0,
                radius: 4.0,
                border: 1.0,
                radio_filled: true,
            },
            switch: v.pick(&[
                SwitchLook {
                    width: 32.0,
                    height: 16.0,
                    thumb_off: 10.0,
                    thumb_on: 10.0,
                    ring: true,
                },
                SwitchLook {
                    width: 40.0,
                    height: 20.0,
                    thumb_off: 14.0,
                    thumb_on: 14.0,
                    ring: true,
                },
            ]),
            slider: SliderLook {
                track: 6.0,
                thumb: 16.0,
                ring: v.chance(40),
                bar: false,
                progress: 16.0,
            },
            tabs: v.pick(&[TabLook::Boxed, TabLook::Underline, TabLook::Pill]),
            steps: v.pick(&[StepLook::Discs, StepLook::Bars]),
            table: TableLook {
                row: 42.0 + density,
                pad: 12.0,
                zebra: v.pick(&[true, false]),
                lines: true,
                columns: v.chance(20),
                header_filled: v.chance(50),
                header_upper: false,
            },
            card: CardLook {
                pad: 20.0,
                border: card_border,
                shadow: card_border == 0.0,
            },
            shadow: Shadows {
                low: vec![drop(2.0, 4.0, 0.0, shade(24))],
                mid: vec![drop(8.0, 16.0, 0.0, shade(44))],
                high: vec![drop(16.0, 48.0, 0.0, shade(60))],
            },
            focus: FocusLook {
                width: 3.0,
                offset: 1.0,
            },
        }
    }
}
