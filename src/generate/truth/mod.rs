//! Ground truth: what is on the screen, where it is, and what of it can really be seen.

mod build;
mod point;
mod scene;
#[cfg(test)]
mod tests;
mod words;

pub use build::truth;

use serde::{Deserialize, Serialize};

use crate::base::geometry::{PxPoint, PxRect};
use crate::generate::plan::{Action, GridPlace, NameFrom, State};

/// The elements of one screen, in document order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
pub struct Truth {
    /// Image width in pixels.
    pub width: u32,
    /// Image height in pixels.
    pub height: u32,
    /// Image pixels per CSS pixel.
    pub device_scale: f32,
    /// Every element with any part inside the image, in document order.
    pub elements: Vec<TrueElement>,
}

/// One element. All geometry is in image pixels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
pub struct TrueElement {
    /// `e0`, `e1` … in document order; the value of `data-e` in the HTML.
    pub id: String,
    /// Number of the node in the plan.
    pub node: u32,
    /// Id of the nearest element around this one.
    pub parent: Option<String>,
    /// Paint order: larger is on top.
    pub z: u32,
    /// Id in `WIDGETS`.
    pub widget: String,
    /// WAI-ARIA role.
    pub role: String,
    /// Accessible name.
    pub name: String,
    /// Where the name comes from.
    pub name_from: NameFrom,
    /// Text really painted inside the element and visible, joined by single spaces.
    pub text: String,
    /// Icon id; empty when it shows none.
    pub icon: String,
    /// Border box, rounded once; may reach beyond the image.
    #[serde(rename = "box")]
    pub bounds: PxRect,
    /// Box clipped to what its scroll and overflow ancestors and the image show.
    pub visible_box: PxRect,
    /// Where a click acts on the element: the visible box, or that of the `<label>` around it.
    pub hit: PxRect,
    /// A pixel inside `hit` where the element is what a click meets, as far from its edges as
    /// possible. `None` when no click can reach it.
    pub point: Option<PxPoint>,
    /// Share of the box area that is painted and not covered, 0 to 1, four decimals.
    pub visible: f32,
    /// Ids of elements that cover part of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub covered_by: Vec<String>,
    /// True when overflow or the image edge cuts part of it off.
    pub clipped: bool,
    /// Whether a person can act on it.
    pub interactive: bool,
    /// What can be done with it.
    pub actions: Vec<Action>,
    /// States.
    pub state: State,
    /// What it does; see [`crate::generate::plan::Element::purpose`].
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub purpose: String,
    /// Heading of its card, section or row.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub group: String,
    /// Place in a table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<GridPlace>,
    /// CSS selector, unique in the HTML.
    pub selector: String,
    /// XPath, unique in the HTML.
    pub xpath: String,
    /// WCAG contrast of its text on its background, two decimals; 0 when it has no text.
    pub contrast: f32,
}

impl TrueElement {
    /// Whether it may be asked for: interactive, reachable by a click and at least half visible.
    pub fn askable(&self) -> bool {
        self.interactive && self.point.is_some() && self.visible >= 0.5
    }
}
