//! Controls: constructor functions that return finished [`crate::generate::plan::Node`]s with
//! look, states and semantics.

mod button;
mod choice;
mod field;
mod field_box;
mod frame;
mod menu;
mod nav;
mod node;
mod select;
mod slider;
mod surface;
mod table;
mod text;
mod ui;

pub use button::{
    Button, ButtonKind, brand, button, button_with, icon_button, icon_button_with, icon_link,
    initials, link, link_as, small_link,
};
pub use choice::{
    RadioCard, checkbox, checkbox_box, radio, radio_cards, radio_group, switch, switch_box,
};
pub use field::{Field, FieldKind, code_boxes, drop_zone, field, search_field, text_field};
pub use frame::{
    NavLink, count_badge, landmark, nav_group, nav_link, picture, profile_button, toggle_icon,
};
pub use menu::{MenuEntry, MenuItem, menu};
pub use nav::{Tab, breadcrumb, page_arrows, pagination, step_dots, stepper, tabs};
pub use node::{block, column, equal_grid, grid, row, sized, spacer, wrap_row};
pub use select::{Select, listbox, select, select_with};
pub use slider::{Slider, progress, slider};
pub use surface::{Dialog, alert, card, dialog, page, titled_card, toast, tooltip};
pub use table::{
    CellPlace, Column, Sort, cell, cell_with, header_cell, select_cell, table, table_row,
};
pub use text::{
    Mood, badge, body_text, caption, chip_group, display, divider, divider_with, error_text,
    filter_chip, heading, help_text, label, muted, paragraph, tag,
};
pub use ui::{Flags, Size, Ui};

/// A kind of element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Widget {
    /// Stable id: the seed's `element_type`.
    pub id: &'static str,
    /// WAI-ARIA roles it appears with, the usual one first.
    pub roles: &'static [&'static str],
    /// States that are drawn.
    pub states: &'static [&'static str],
    /// What it is.
    pub doc: &'static str,
}

const fn w(
    id: &'static str,
    roles: &'static [&'static str],
    states: &'static [&'static str],
    doc: &'static str,
) -> Widget {
    Widget {
        id,
        roles,
        states,
        doc,
    }
}

/// Every kind of element that screens are made of.
pub static WIDGETS: &[Widget] = &[
    w(
        "alert",
        &["alert", "status"],
        &[],
        "Message inside the page",
    ),
    w("badge", &["generic"], &[], "Small coloured word or number"),
    w("brand", &["img"], &[], "Geometric mark with a product name"),
    w("breadcrumb", &["navigation"], &[], "Path of links"),
    w(
        "breadcrumb_current",
        &["generic"],
        &["current"],
        "Last part of a breadcrumb",
    ),
    w("breadcrumb_link", &["link"], &[], "Part of a breadcrumb"),
    w(
        "button",
        &["button"],
        &["disabled", "focused", "busy", "expanded"],
        "Button with a caption",
    ),
    w("card", &["region"], &[], "Panel with a title"),
    w("cell", &["cell"], &[], "Body cell of a table"),
    w(
        "checkbox",
        &["checkbox"],
        &["checked", "mixed", "disabled", "focused", "invalid"],
        "Box that is ticked",
    ),
    w(
        "chip",
        &["button"],
        &["pressed", "disabled", "focused"],
        "Filter that is switched on and off",
    ),
    w("chip_group", &["group"], &[], "Chips that belong together"),
    w(
        "code_box",
        &["textbox"],
        &["focused", "invalid", "disabled"],
        "Box for one digit of a code",
    ),
    w("code_group", &["group"], &[], "Boxes of a one-time code"),
    w(
        "dialog",
        &["dialog", "alertdialog"],
        &[],
        "Window over the page",
    ),
    w("divider", &["separator"], &[], "Line between parts"),
    w(
        "error_text",
        &["paragraph"],
        &[],
        "What is wrong with a field",
    ),
    w("file_upload", &["button"], &[], "Zone for files"),
    w(
        "header_cell",
        &["columnheader"],
        &["sort"],
        "Header cell of a table",
    ),
    w("heading", &["heading"], &[], "Title"),
    w("help_text", &["paragraph"], &[], "Hint below a field"),
    w(
        "icon_button",
        &["button"],
        &["disabled", "focused"],
        "Button that shows only an icon",
    ),
    w("initials", &["img"], &[], "Tile with initials"),
    w("label", &["generic"], &[], "Label of a field"),
    w(
        "landmark",
        &[
            "banner",
            "navigation",
            "main",
            "search",
            "complementary",
            "contentinfo",
            "region",
        ],
        &[],
        "Part of a page",
    ),
    w("link", &["link"], &[], "Link"),
    w("listbox", &["listbox"], &[], "List of an open select"),
    w("menu", &["menu"], &[], "List of commands"),
    w(
        "menu_item",
        &["menuitem", "menuitemcheckbox"],
        &["disabled", "expanded", "checked", "focused"],
        "Command in a menu",
    ),
    w(
        "nav_group",
        &["button"],
        &["expanded", "focused"],
        "Opens and closes a part of a navigation",
    ),
    w(
        "nav_link",
        &["link"],
        &["current", "focused"],
        "Item of a navigation",
    ),
    w(
        "number_field",
        &["spinbutton"],
        &["focused", "invalid", "disabled"],
        "Field for a number",
    ),
    w(
        "option",
        &["option"],
        &["selected"],
        "Choice in an open select",
    ),
    w("page_button", &["button"], &["current"], "Number of a page"),
    w("pagination", &["navigation"], &[], "Page numbers"),
    w(
        "password_field",
        &["textbox"],
        &["focused", "invalid", "disabled"],
        "Field for a secret",
    ),
    w(
        "picture",
        &["img"],
        &[],
        "Drawing that stands for a picture",
    ),
    w(
        "profile_button",
        &["button"],
        &["expanded", "focused"],
        "Initials that open the account menu",
    ),
    w(
        "progress",
        &["progressbar"],
        &["value"],
        "Bar that fills up",
    ),
    w(
        "radio",
        &["radio"],
        &["checked", "disabled", "focused"],
        "One of several choices",
    ),
    w(
        "radio_group",
        &["radiogroup"],
        &[],
        "Choices that belong together",
    ),
    w(
        "search_field",
        &["searchbox"],
        &["focused", "disabled"],
        "Field for a search",
    ),
    w(
        "select",
        &["combobox"],
        &["expanded", "disabled", "invalid", "focused"],
        "Choice from a list",
    ),
    w(
        "slider",
        &["slider"],
        &["value", "disabled", "focused"],
        "Value on a line",
    ),
    w("sort_button", &["button"], &[], "Sorts a column"),
    w("step", &["listitem"], &["current"], "Step of a wizard"),
    w(
        "step_button",
        &["button"],
        &[],
        "Finished step to go back to",
    ),
    w("step_dots", &["img"], &[], "Steps as dots"),
    w("stepper", &["list"], &[], "Steps of a wizard"),
    w(
        "stepper_button",
        &["button"],
        &["disabled"],
        "Raises or lowers a number",
    ),
    w(
        "switch",
        &["switch"],
        &["checked", "disabled", "focused"],
        "On or off",
    ),
    w(
        "tab",
        &["tab"],
        &["selected", "disabled", "focused"],
        "One of several views",
    ),
    w("table", &["table"], &[], "Rows and columns"),
    w("table_row", &["row"], &["selected"], "Row of a table"),
    w("tabs", &["tablist"], &[], "Several views"),
    w("tag", &["generic"], &[], "Word with a remove button"),
    w("text", &["paragraph", "generic"], &[], "Text"),
    w(
        "text_area",
        &["textbox"],
        &["focused", "invalid", "disabled"],
        "Field of several lines",
    ),
    w(
        "text_field",
        &["textbox"],
        &["focused", "invalid", "disabled", "readonly"],
        "Field of one line",
    ),
    w("toast", &["status"], &[], "Short message over the page"),
    w(
        "toggle_button",
        &["button"],
        &["pressed", "focused", "disabled"],
        "Icon that is on or off",
    ),
    w("tooltip", &["tooltip"], &[], "Explanation beside a control"),
];

/// The widget called `id`.
pub fn get(id: &str) -> Option<&'static Widget> {
    WIDGETS.iter().find(|w| w.id == id)
}
