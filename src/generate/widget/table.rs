//! Parts of tables. A row is a grid with the columns of its table.

use super::choice::checkbox_box;
use super::node::{block, grid, row};
use super::ui::{Flags, Ui, control, passive};
use crate::generate::plan::{
    Action, Align, Checked, Content, Element, GridPlace, NameFrom, Node, Tag, TextAlign, Track,
};
use crate::generate::theme::TextRole;

/// Order of a sorted column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sort {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
    /// Can be sorted, is not.
    None,
}

/// One column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Text of its header cell.
    pub title: String,
    /// Width.
    pub track: Track,
    /// Numbers stand at the end.
    pub end: bool,
    /// Sorted, sortable (`Some`) or not (`None`).
    pub sort: Option<Sort>,
}

/// The table around its rows: `<table>` with header and body.
pub fn table(ui: &Ui<'_>, name: &str, header: Node, rows: Vec<Node>) -> Node {
    let c = &ui.theme.colors;
    block(vec![
        block(vec![header]).tag(Tag::Thead),
        block(rows).tag(Tag::Tbody),
    ])
    .tag(Tag::Table)
    .full()
    .when(ui.theme.card.border > 0.0, |n| n.border_top(1.0, c.border))
    .element(passive("table", "table", name, NameFrom::Aria))
}

/// A row with the columns of its table; `index` counts body rows from 0 (`None`: header row).
pub fn table_row(
    ui: &Ui<'_>,
    columns: &[Column],
    index: Option<usize>,
    selected: bool,
    cells: Vec<Node>,
) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let tracks = columns.iter().map(|k| k.track).collect();
    let mut e = passive("table_row", "row", "", NameFrom::None);
    if index.is_some() {
        e.state.selected = selected.then_some(true);
    }
    let n = grid(tracks, 0.0, cells)
        .tag(Tag::Tr)
        .align(Align::Stretch)
        .min_height(t.table.row)
        .element(e);
    match index {
        None if t.table.header_filled => n.bg(c.sunken).border_bottom(1.0, c.border),
        None => n.border_bottom(1.0, c.border),
        Some(_) if selected => n.bg(c.primary_soft).border_bottom(1.0, c.border),
        Some(i) => n
            .when(t.table.zebra && i % 2 == 1, |n| n.bg(c.sunken))
            .when(t.table.lines, |n| n.border_bottom(1.0, c.border)),
    }
}

fn cell_box(ui: &Ui<'_>, end: bool, kids: Vec<Node>) -> Node {
    let t = ui.theme;
    let mut n = row(ui.space(1.5), kids)
        .pad(t.table.pad, 4.0)
        .justify(if end { Align::End } else { Align::Start })
        .when(t.table.columns, |n| n.border_right(1.0, t.colors.border));
    n.style.min_width = crate::generate::plan::Length::Px(0.0);
    n
}

/// A header cell. A sortable one holds a button; `index` counts columns from 0.
pub fn header_cell(ui: &Ui<'_>, column: &Column, index: usize) -> Node {
    let t = ui.theme;
    let c = &t.colors;
    let text = if t.table.header_upper {
        column.title.to_uppercase()
    } else {
        column.title.clone()
    };
    let role = if t.table.header_upper {
        TextRole::Caption
    } else {
        TextRole::Small
    };
    let words = ui.text(role, c.text, &text).weight(600).ellipsis();
    let mut e = passive("header_cell", "columnheader", &text, NameFrom::Text);
    e.grid = Some(place(0, index, "", &column.title));
    let Some(sort) = column.sort else {
        if text.is_empty() {
            // A column of buttons.
            e.name_from = NameFrom::None;
            return cell_box(ui, column.end, Vec::new()).tag(Tag::Th).element(e);
        }
        return cell_box(ui, column.end, vec![words])
            .tag(Tag::Th)
            .element(e);
    };
    let (aria, icon, purpose) = match sort {
        Sort::Ascending => ("ascending", "up", "sort descending by"),
        Sort::Descending => ("descending", "down", "sort ascending by"),
        Sort::None => ("none", "choose", "sort by"),
    };
    e.state.sort = Some(aria.into());
    let mut b = control(
        "sort_button",
        "button",
        &text,
        NameFrom::Text,
        &[Action::Click],
        Flags::NONE,
    );
    b.purpose = format!("{purpose} {}", column.title.to_lowercase());
    b.icon = ui.drawing(icon).into();
    let color = if sort == Sort::None {
        c.subtle
    } else {
        c.accent
    };
    let mut button = row(ui.space(1.0), vec![words, ui.icon(icon, 14.0, color)])
        .tag(Tag::Button)
        .pad(4.0, 2.0)
        .margin4(0.0, -4.0, 0.0, -4.0)
        .min_height(28.0)
        .radius(t.radius.small.min(6.0))
        .element(b);
    button.style.min_width = crate::generate::plan::Length::Px(0.0);
    cell_box(ui, column.end, vec![button])
        .tag(Tag::Th)
        .element(e)
}

fn place(row: u32, column: usize, row_header: &str, column_header: &str) -> GridPlace {
    GridPlace {
        row,
        column: column as u32 + 1,
        row_header: row_header.into(),
        column_header: column_header.into(),
    }
}

/// Where a body cell stands.
#[derive(Clone, Copy, Debug)]
pub struct CellPlace<'a> {
    /// Body row from 0.
    pub row: usize,
    /// Column from 0.
    pub column: usize,
    /// Text of the row's header cell.
    pub row_header: &'a str,
}

impl CellPlace<'_> {
    fn element(&self, column: &Column, text: &str) -> Element {
        let mut e = passive("cell", "cell", text, NameFrom::Text);
        e.grid = Some(place(
            self.row as u32 + 1,
            self.column,
            self.row_header,
            &column.title,
        ));
        e.group = self.row_header.into();
        e
    }
}

/// A body cell with text.
pub fn cell(ui: &Ui<'_>, column: &Column, at: CellPlace<'_>, text: &str, strong: bool) -> Node {
    let c = &ui.theme.colors;
    let words = ui
        .text(TextRole::Small, if strong { c.text } else { c.muted }, text)
        .weight(if strong { 500 } else { 400 })
        .ellipsis()
        .when(column.end, |n| n.text_align(TextAlign::End));
    cell_box(ui, column.end, vec![words])
        .tag(Tag::Td)
        .element(at.element(column, text))
}

fn add_text(n: &Node, out: &mut String) {
    n.walk(&mut |n| {
        if let Content::Text(t) = &n.content {
            out.push_str(&t.text);
            out.push(' ');
        }
    });
}

/// A body cell with any content; everything inside is grouped under the row's header.
pub fn cell_with(
    ui: &Ui<'_>,
    column: &Column,
    at: CellPlace<'_>,
    name: &str,
    kids: Vec<Node>,
) -> Node {
    let mut e = at.element(column, name);
    let mut shown = String::new();
    for k in &kids {
        add_text(k, &mut shown);
    }
    if shown.trim() != name {
        e.name_from = NameFrom::Aria;
    }
    cell_box(ui, column.end, kids)
        .tag(Tag::Td)
        .element(e)
        .group(at.row_header)
}

/// The cell with the checkbox that selects a row; `row_header` empty: the one of the header row.
pub fn select_cell(ui: &Ui<'_>, row_header: &str, checked: Checked) -> Node {
    let name = if row_header.is_empty() {
        "Select all rows".to_owned()
    } else {
        format!("Select {row_header}")
    };
    let tag = if row_header.is_empty() {
        Tag::Th
    } else {
        Tag::Td
    };
    cell_box(
        ui,
        false,
        vec![checkbox_box(ui, &name, checked, Flags::NONE)],
    )
    .justify(Align::Center)
    .tag(tag)
    .group(row_header)
}
