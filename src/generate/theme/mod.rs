//! Design systems: one file each, one line in [`THEMES`].

mod aurora;
mod color;
mod graphite;
mod harbor;
mod linen;
mod look;

pub use color::{Colors, Tone};
pub use look::{
    ButtonLook, CardLook, Casing, CheckLook, Controls, Face, FieldLook, FieldStyle, FocusLook,
    LabelPlace, NumberLook, Radii, Shadows, SliderLook, StepLook, SwitchLook, TabLook, TableLook,
    TypeScale,
};

use crate::base::color::Rgba8;
use crate::base::rng::Stream;
use crate::generate::plan::{ColorScheme, FontFamily, TextAlign, TextStyle};

/// A design system in one colour scheme, all values resolved.
///
/// Every length is a multiple of 1/64 CSS px, every font size a multiple of 0.5.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Id of its family.
    pub id: &'static str,
    /// Light or dark.
    pub scheme: ColorScheme,
    /// Every colour by its job.
    pub colors: Colors,
    /// Corner radii.
    pub radius: Radii,
    /// Heights and paddings of controls.
    pub control: Controls,
    /// Text sizes.
    pub text: TypeScale,
    /// One step of the spacing scale: about 4 px, more or less with the density.
    pub unit: f32,
    /// Stroke width of icons, in their 24-unit grid.
    pub icon_stroke: f32,
    /// Id in `icon::FAMILIES`.
    pub icon_family: &'static str,
    /// Which of a family's drawings of one meaning is used, modulo their number.
    pub icon_variant: u8,
    /// Text fields and selects.
    pub field: FieldLook,
    /// Buttons.
    pub button: ButtonLook,
    /// Checkboxes and radio buttons.
    pub check: CheckLook,
    /// Switches.
    pub switch: SwitchLook,
    /// Sliders and progress bars.
    pub slider: SliderLook,
    /// Tabs.
    pub tabs: TabLook,
    /// Steppers of wizards.
    pub steps: StepLook,
    /// Tables.
    pub table: TableLook,
    /// Cards and panels.
    pub card: CardLook,
    /// Box shadows by height.
    pub shadow: Shadows,
    /// Focus ring.
    pub focus: FocusLook,
}

/// Steps of the type scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextRole {
    /// Largest, for heroes and split screens.
    Display,
    /// Page title.
    H1,
    /// Section title.
    H2,
    /// Card title.
    H3,
    /// Small title.
    H4,
    /// Running text and field values.
    Body,
    /// Secondary text.
    Small,
    /// Notes and badges.
    Caption,
    /// Labels of fields.
    Label,
    /// Captions of buttons.
    Button,
}

impl Theme {
    /// `n` steps of the spacing scale, in CSS px.
    pub fn space(&self, n: f32) -> f32 {
        snap(self.unit * n)
    }

    /// Size, line height, weight and tracking of a step of the type scale.
    pub fn face(&self, role: TextRole) -> Face {
        let t = &self.text;
        match role {
            TextRole::Display => t.display,
            TextRole::H1 => t.h1,
            TextRole::H2 => t.h2,
            TextRole::H3 => t.h3,
            TextRole::H4 => t.h4,
            TextRole::Body => t.body,
            TextRole::Small => t.small,
            TextRole::Caption => t.caption,
            TextRole::Label => t.label,
            TextRole::Button => t.button,
        }
    }

    /// A wrapping text style in the sans family.
    pub fn text_style(&self, role: TextRole, color: Rgba8) -> TextStyle {
        let f = self.face(role);
        TextStyle {
            family: FontFamily::Sans,
            size_px: f.size,
            weight: f.weight,
            line_height_px: f.line,
            letter_spacing_px: f.tracking,
            color,
            align: TextAlign::Start,
            wrap: true,
            ellipsis: false,
            underline: false,
            strike: false,
        }
    }

    /// Whether the scheme is dark.
    pub fn is_dark(&self) -> bool {
        self.scheme == ColorScheme::Dark
    }
}

/// A family of looks.
pub trait ThemeFamily: Sync {
    /// Stable id.
    fn id(&self) -> &'static str;
    /// Short name for people.
    fn title(&self) -> &'static str;
    /// Accent colours it may take, `0xRRGGBB`; the first is the plain look's. They are adjusted
    /// until their contrast is sufficient.
    fn accents(&self) -> &'static [u32];
    /// The look in one scheme. `variation` draws accent, radii, density and details; without it
    /// the look is always the same.
    fn resolve(&self, scheme: ColorScheme, variation: Option<&mut Stream>) -> Theme;
}

/// Every theme.
pub static THEMES: &[&dyn ThemeFamily] = &[
    &aurora::Aurora,
    &harbor::Harbor,
    &graphite::Graphite,
    &linen::Linen,
];

/// Ids of [`THEMES`] in order.
pub fn ids() -> impl Iterator<Item = &'static str> + Clone {
    THEMES.iter().map(|t| t.id())
}

/// The family with this id.
pub fn get(id: &str) -> Option<&'static dyn ThemeFamily> {
    THEMES.iter().copied().find(|t| t.id() == id)
}

/// The nearest multiple of 1/64 px: what browsers lay out in.
pub fn snap(v: f32) -> f32 {
    (v * 64.0).round() / 64.0
}

/// Draws of a family: with no stream every draw is its first choice.
struct Vary<'a>(Option<&'a mut Stream>);

impl Vary<'_> {
    fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        match &mut self.0 {
            Some(s) => *s.pick(items),
            None => items[0],
        }
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.0.as_mut().is_some_and(|s| s.chance(percent))
    }
}

#[cfg(test)]
mod tests;
