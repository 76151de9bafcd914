//! The shape tokens of a theme, grouped by the widget that uses them.

use crate::generate::plan::Shadow;

/// Corner radii in CSS px.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Radii {
    /// Fields and selects.
    pub control: f32,
    /// Tags, badges, small parts.
    pub small: f32,
    /// Cards and panels.
    pub card: f32,
    /// Dialogs, menus, toasts.
    pub overlay: f32,
}

/// Sizes of controls: small, medium, large.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Controls {
    /// Heights in CSS px.
    pub height: [f32; 3],
    /// Horizontal paddings of buttons in CSS px.
    pub pad: [f32; 3],
    /// Icon sizes in CSS px.
    pub icon: [f32; 3],
    /// Border width of outlined controls.
    pub border: f32,
}

/// One step of the type scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Face {
    /// Font size, a multiple of 0.5.
    pub size: f32,
    /// Line height in CSS px.
    pub line: f32,
    /// 400 to 700.
    pub weight: u16,
    /// Letter spacing in CSS px.
    pub tracking: f32,
}

/// Size, line height and weight without tracking.
pub(super) const fn face(size: f32, line: f32, weight: u16) -> Face {
    Face {
        size,
        line,
        weight,
        tracking: 0.0,
    }
}

/// The type scale.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs, reason = "each field is the text role of that name")]
pub struct TypeScale {
    pub display: Face,
    pub h1: Face,
    pub h2: Face,
    pub h3: Face,
    pub h4: Face,
    pub body: Face,
    pub small: Face,
    pub caption: Face,
    pub label: Face,
    pub button: Face,
}

/// How a field is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldStyle {
    /// A border all around.
    Outlined,
    /// A fill and a line below.
    Filled,
    /// Only a line below.
    Underlined,
}

/// Where a field's label stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LabelPlace {
    /// Above the box.
    Above,
    /// Small, inside the box, above the value.
    Inside,
}

/// How a number field shows its two buttons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberLook {
    /// Up and down, one above the other, at the end.
    Stacked,
    /// Minus before, plus after the value.
    Sides,
    /// Minus and plus beside each other at the end.
    Trailing,
}

/// Text fields and selects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FieldLook {
    /// How the box is drawn.
    pub style: FieldStyle,
    /// Where the label stands.
    pub label: LabelPlace,
    /// Height of a field with its label inside.
    pub tall: f32,
    /// Horizontal padding.
    pub pad: f32,
    /// Buttons of number fields.
    pub number: NumberLook,
}

/// Capital letters of button captions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Casing {
    /// As written.
    AsWritten,
    /// ALL CAPITALS.
    Upper,
}

/// Buttons.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ButtonLook {
    /// Corner radius; half the height makes a pill.
    pub radius: f32,
    /// Capital letters.
    pub casing: Casing,
    /// Whether the caption stands at the start with the icon at the end.
    pub start_aligned: bool,
    /// Whether filled buttons cast a shadow.
    pub raised: bool,
    /// Whether the secondary button is outlined (else tinted).
    pub secondary_outlined: bool,
}

/// Checkboxes and radio buttons.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CheckLook {
    /// Side of the box in CSS px.
    pub size: f32,
    /// Corner radius of the checkbox.
    pub radius: f32,
    /// Border width.
    pub border: f32,
    /// A chosen radio is filled with a light dot (else a coloured dot in a ring).
    pub radio_filled: bool,
}

/// Switches.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SwitchLook {
    /// Width of the track.
    pub width: f32,
    /// Height of the track.
    pub height: f32,
    /// Diameter of the thumb when off.
    pub thumb_off: f32,
    /// Diameter of the thumb when on.
    pub thumb_on: f32,
    /// The off track is a ring (else filled).
    pub ring: bool,
}

/// Sliders and progress bars.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SliderLook {
    /// Thickness of the track.
    pub track: f32,
    /// Diameter (or height) of the thumb.
    pub thumb: f32,
    /// The thumb is a light disc with a coloured ring (else solid).
    pub ring: bool,
    /// The thumb is a narrow upright bar.
    pub bar: bool,
    /// Thickness of a progress bar.
    pub progress: f32,
}

/// Tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TabLook {
    /// A line under the chosen tab.
    Underline,
    /// A tinted pill behind the chosen tab.
    Pill,
    /// A box that opens into the panel.
    Boxed,
    /// A sunken bar with a raised chosen segment.
    Segmented,
}

/// Steppers of wizards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StepLook {
    /// Numbered discs joined by lines.
    Discs,
    /// A coloured line above each title.
    Bars,
    /// Ring icons beside the titles.
    Rings,
}

/// Tables.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TableLook {
    /// Height of a row in CSS px.
    pub row: f32,
    /// Horizontal padding of a cell.
    pub pad: f32,
    /// Every second row is tinted.
    pub zebra: bool,
    /// Lines between rows.
    pub lines: bool,
    /// Lines between columns.
    pub columns: bool,
    /// The header row is filled.
    pub header_filled: bool,
    /// Headers in capitals.
    pub header_upper: bool,
}

/// Cards and panels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CardLook {
    /// Inner padding in CSS px.
    pub pad: f32,
    /// Border width; 0 is none.
    pub border: f32,
    /// Whether it casts a shadow.
    pub shadow: bool,
}

/// Box shadows by height.
#[derive(Clone, Debug, PartialEq)]
pub struct Shadows {
    /// Cards, raised buttons.
    pub low: Vec<Shadow>,
    /// Menus, listboxes, toasts.
    pub mid: Vec<Shadow>,
    /// Dialogs.
    pub high: Vec<Shadow>,
}

/// Focus ring.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FocusLook {
    /// Width in CSS px.
    pub width: f32,
    /// Gap to the control in CSS px.
    pub offset: f32,
}
