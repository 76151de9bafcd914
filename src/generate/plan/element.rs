//! What a node means: roles, names, states and actions.

use serde::{Deserialize, Serialize};

/// What a node means: the part of the plan that becomes ground truth, ARIA attributes and
/// tasks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Element {
    /// Id in `WIDGETS` (`button`, `icon_button`, `switch` …): the seed's `element_type`.
    pub widget: String,
    /// WAI-ARIA 1.2 role; `generic` for plain text and decoration.
    pub role: String,
    /// Accessible name.
    pub name: String,
    /// Where the name comes from.
    pub name_from: NameFrom,
    /// Whether a person can act on it (a disabled control cannot).
    pub interactive: bool,
    /// What can be done with it, most natural first.
    pub actions: Vec<Action>,
    /// States.
    pub state: State,
    /// What it does, as a short imperative without a full stop ("sort by price"); empty when
    /// nothing better than the name is known.
    pub purpose: String,
    /// Id of the icon it shows.
    pub icon: String,
    /// Place in a table.
    pub grid: Option<GridPlace>,
    /// HTML `id`, when it needs one (labels, `aria-controls`); unique in the plan.
    pub html_id: String,
    /// HTML `name` attribute of fields.
    pub html_name: String,
    /// On a `<label>`: `html_id` of the control it labels.
    pub label_for: String,
    /// The text that marks the place of this element for people: heading of its card or
    /// section, row header. Empty when there is none.
    pub group: String,
}

/// Where an accessible name comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum NameFrom {
    /// No name.
    #[default]
    None,
    /// The text inside.
    Text,
    /// A `<label>`.
    Label,
    /// `aria-label` (icon-only controls).
    Aria,
    /// The placeholder.
    Placeholder,
}

/// Something a person can do with an element: the seed's `action`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// Press it.
    Click,
    /// Type into it.
    Type,
    /// Choose an option of it.
    Select,
    /// Switch it on or off.
    Toggle,
    /// Drag it.
    Drag,
}

impl Action {
    /// The name used in records: `click`, `type`, `select`, `toggle`, `drag`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Click => "click",
            Self::Type => "type",
            Self::Select => "select",
            Self::Toggle => "toggle",
            Self::Drag => "drag",
        }
    }
}

/// WAI-ARIA states and properties, `None` where they do not apply.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
#[serde(default)]
pub struct State {
    /// `aria-checked`: `true`, `false` or `mixed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checked: Option<Checked>,
    /// `aria-selected`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selected: Option<bool>,
    /// `aria-expanded`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expanded: Option<bool>,
    /// `aria-pressed`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pressed: Option<bool>,
    /// `aria-current`: `page`, `step`, `true` …
    #[serde(skip_serializing_if = "Option::is_none")]
    pub current: Option<String>,
    /// `aria-sort`: `ascending`, `descending` or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sort: Option<String>,
    /// `disabled`.
    #[serde(skip_serializing_if = "is_false")]
    pub disabled: bool,
    /// Has keyboard focus.
    #[serde(skip_serializing_if = "is_false")]
    pub focused: bool,
    /// `aria-invalid`.
    #[serde(skip_serializing_if = "is_false")]
    pub invalid: bool,
    /// `required`.
    #[serde(skip_serializing_if = "is_false")]
    pub required: bool,
    /// `readonly`.
    #[serde(skip_serializing_if = "is_false")]
    pub readonly: bool,
    /// `aria-busy`.
    #[serde(skip_serializing_if = "is_false")]
    pub busy: bool,
    /// Text of a field, chosen option of a select.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// `aria-valuenow`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_now: Option<f64>,
    /// `aria-valuemin`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_min: Option<f64>,
    /// `aria-valuemax`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value_max: Option<f64>,
    /// `aria-haspopup`: `menu`, `listbox`, `dialog`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub has_popup: Option<String>,
    /// `aria-level`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<u8>,
}

fn is_false(v: &bool) -> bool {
    !*v
}

/// `aria-checked`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
#[serde(rename_all = "snake_case")]
pub enum Checked {
    /// On.
    True,
    /// Off.
    False,
    /// Neither.
    Mixed,
}

/// Place of a cell, counted from 1 without the header row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(all(target_arch = "wasm32", feature = "npm"), derive(tsify::Tsify))]
pub struct GridPlace {
    /// 0 for the header row.
    pub row: u32,
    /// From 1.
    pub column: u32,
    /// Text of the row's header cell.
    pub row_header: String,
    /// Text of the column's header cell.
    pub column_header: String,
}
