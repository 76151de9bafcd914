//! Controls: constructor functions that return finished [`crate::generate::plan::Node`]s with
//! look, states and semantics.

pub mod button;
pub mod node;
pub mod text;
mod ui;

pub use button::{
    Button, ButtonKind, brand, button, button_with, icon_button, icon_button_with, icon_link,
    initials, link, link_as, small_link,
};
pub use node::{block, column, equal_grid, grid, row, sized, spacer, wrap_row};
pub use text::{
    Mood, badge, body_text, caption, chip_group, display, divider, divider_with, error_text,
    filter_chip, heading, help_text, label, muted, paragraph, tag,
};
pub use ui::{Flags, Size, Ui};
