//! Graphite: square and dense; sunken fields with a line below, start-aligned buttons.

use super::aurora::drop;
use super::color::Base;
use super::look::{
    ButtonLook, CardLook, Casing, CheckLook, Controls, Face, FieldLook, FieldStyle, FocusLook,
    LabelPlace, NumberLook, Radii, Shadows, SliderLook, StepLook, SwitchLook, TabLook, TableLook,
    TypeScale, face,
};
use super::{Colors, Theme, ThemeFamily, Vary};
use crate::base::color::Rgba8;
use crate::base::rng::Stream;
use crate::generate::plan::ColorScheme;

pub(super) struct Graphite;

const LIGHT: Base = Base {
    scheme: ColorScheme::Light,
    canvas: 0xffffff,
    surface: 0xf4f4f4,
    raised: 0xffffff,
    sunken: 0xe8e8e8,
    text: 0x161616,
    muted: 0x525252,
    border: 0xd0d0d0,
    outline: 0x7a7a7a,
    strong_dark: true,
};

const DARK: Base = Base {
    scheme: ColorScheme::Dark,
    canvas: 0x141414,
    surface: 0x1f1f1f,
    raised: 0x2c2c2c,
    sunken: 0x303030,
    text: 0xf4f4f4,
    muted: 0xc6c6c6,
    border: 0x454545,
    outline: 0x8d8d8d,
    strong_dark: true,
};

/// 0.16 px on the layout grid.
const TRACKING: f32 = 10.0 / 64.0;

const fn tracked(f: Face) -> Face {
    Face {
        tracking: TRACKING,
        ..f
    }
}

impl ThemeFamily for Graphite {
    fn id(&self) -> &'static str {
        "graphite"
    }

    fn title(&self) -> &'static str {
        "Graphite"
    }

    fn accents(&self) -> &'static [u32] {
        &[0x0f62fe, 0x007d79, 0x8a3ffc, 0xb3261e, 0x393939, 0x005d5d]
    }

    fn resolve(&self, scheme: ColorScheme, variation: Option<&mut Stream>) -> Theme {
        let mut v = Vary(variation);
        let base = if scheme == ColorScheme::Dark {
            &DARK
        } else {
            &LIGHT
        };
        let colors = Colors::derive(base, v.pick(self.accents()));
        let density: f32 = v.pick(&[0.0, -8.0, 8.0]);
        let corner = v.pick(&[0.0, 0.0, 0.0, 2.0]);
        let shade =
            |a: u8| Rgba8::BLACK.with_alpha(if scheme == ColorScheme::Dark { 120 } else { a });
        Theme {
            id: self.id(),
            scheme,
            colors,
            radius: Radii {
                control: corner,
                small: v.pick(&[0.0, 12.0]),
                card: corner,
                overlay: corner,
            },
            control: Controls {
                height: [32.0, 40.0 + density.max(-4.0), 48.0],
                pad: [12.0, 16.0, 16.0],
                icon: [16.0, 16.0, 20.0],
                border: 1.0,
            },
            text: TypeScale {
                display: face(42.0, 50.0, 400),
                h1: face(28.0, 36.0, 400),
                h2: face(20.0, 28.0, 400),
                h3: face(16.0, 22.0, 600),
                h4: tracked(face(14.0, 18.0, 600)),
                body: tracked(face(14.0, 20.0, 400)),
                small: tracked(face(14.0, 18.0, 400)),
                caption: face(12.0, 16.0, 400),
                label: face(12.0, 16.0, 400),
                button: tracked(face(14.0, 18.0, 400)),
            },
            unit: if density < 0.0 { 3.5 } else { 4.0 },
            icon_stroke: v.pick(&[1.5, 1.75]),
            icon_family: v.pick(&["lucide", "lucide", "phosphor"]),
            icon_variant: v.pick(&[0, 0, 1]),
            field: FieldLook {
                style: v.pick(&[FieldStyle::Filled, FieldStyle::Filled, FieldStyle::Outlined]),
                label: LabelPlace::Above,
                tall: 56.0,
                pad: 16.0,
                number: v.pick(&[NumberLook::Trailing, NumberLook::Stacked]),
            },
            button: ButtonLook {
                radius: corner,
                casing: Casing::AsWritten,
                start_aligned: v.pick(&[true, true, false]),
                raised: false,
                secondary_outlined: v.chance(60),
            },
            check: CheckLook {
                size: 16.0,
                radius: 2.0,
                border: 1.0,
                radio_filled: false,
            },
            switch: SwitchLook {
                width: 48.0,
                height: 24.0,
                thumb_off: 18.0,
                thumb_on: 18.0,
                ring: false,
            },
            slider: SliderLook {
                track: 2.0,
                thumb: 14.0,
                ring: false,
                bar: false,
                progress: 8.0,
            },
            tabs: v.pick(&[TabLook::Underline, TabLook::Boxed]),
            steps: v.pick(&[StepLook::Bars, StepLook::Rings]),
            table: TableLook {
                row: 44.0 + density,
                pad: 16.0,
                zebra: v.chance(30),
                lines: true,
                columns: false,
                header_filled: true,
                header_upper: false,
            },
            card: CardLook {
                pad: v.pick(&[16.0, 24.0]),
                border: v.pick(&[0.0, 1.0]),
                shadow: false,
            },
            shadow: Shadows {
                low: vec![drop(1.0, 2.0, 0.0, shade(40))],
                mid: vec![drop(2.0, 6.0, 0.0, shade(70))],
                high: vec![drop(4.0, 12.0, 0.0, shade(80))],
            },
            focus: FocusLook {
                width: 2.0,
                offset: 1.0,
            },
        }
    }
}
