//! Families of screens: one file each, one line in [`ARCHETYPES`].

mod checkout_form;
mod data_table;
mod form_parts;
mod form_wizard;
mod login_form;
mod navigation_bar;
mod navigation_menu;
mod navigation_narrow;
mod panels;
mod results;
mod search_page;
mod search_start;
mod stage;
mod table_bars;
mod table_cells;
mod table_rows;

use crate::base::rng::Streams;
use crate::generate::plan::{Node, Viewport};
use crate::generate::theme::Theme;

/// A family of screens.
pub trait Archetype: Sync {
    /// Stable id, the seed's `ui_type`.
    fn id(&self) -> &'static str;
    /// Short name for people.
    fn title(&self) -> &'static str;
    /// One sentence: what varies.
    fn doc(&self) -> &'static str;
    /// Composes one screen. All randomness comes from `ctx.streams`.
    fn compose(&self, ctx: &Compose<'_>) -> Composed;
}

/// What an archetype works with.
#[derive(Clone, Debug)]
pub struct Compose<'a> {
    /// Random streams of this sample and attempt.
    pub streams: Streams,
    /// Colours, sizes and shapes.
    pub theme: &'a Theme,
    /// Size of the screen.
    pub viewport: Viewport,
    /// How many interactive elements in view the screen aims at; the generator checks the
    /// configured range after layout and tries again (next attempt) when it is missed.
    pub target_elements: u32,
    /// The configured range.
    pub element_range: (u32, u32),
    /// False: the plainest structure of the family.
    pub randomize_layout: bool,
}

/// A composed screen.
#[derive(Clone, Debug, PartialEq)]
pub struct Composed {
    /// Page title.
    pub title: String,
    /// The tree.
    pub root: Node,
}

/// Every archetype.
pub static ARCHETYPES: &[&dyn Archetype] = &[
    &login_form::LoginForm,
    &search_page::SearchPage,
    &checkout_form::CheckoutForm,
    &data_table::DataTable,
    &navigation_menu::NavigationMenu,
    &form_wizard::FormWizard,
];

/// Ids of [`ARCHETYPES`] in order.
pub fn ids() -> impl Iterator<Item = &'static str> + Clone {
    ARCHETYPES.iter().map(|a| a.id())
}

#[cfg(test)]
mod screen_tests;
#[cfg(test)]
mod tests;
