//! What stands above and below the rows of a table: tools, chips, bulk actions, pages.

use super::stage::{Place, Stage, anchored};
use crate::generate::content::{Table, TableAction};
use crate::generate::plan::Node;
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Button, ButtonKind, Field, FieldKind, Flags, MenuEntry, MenuItem, Select, Size, button_with,
    field, filter_chip, icon_button, menu, page_arrows, pagination, row, select_with, spacer,
    wrap_row,
};

/// Parts above and below the table.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Parts {
    pub(super) search: bool,
    pub(super) filters: usize,
    pub(super) add: bool,
    pub(super) export: bool,
    pub(super) columns: bool,
    pub(super) density: bool,
    pub(super) tabs: bool,
    pub(super) chips: usize,
    pub(super) pages: bool,
    /// The pages are reached by arrows only.
    pub(super) arrows: bool,
    pub(super) page_size: bool,
    /// Entries on all pages.
    pub(super) total: u32,
}

pub(super) fn add_button(s: &mut Stage<'_>, table: &Table) -> Node {
    let narrow = s.narrow();
    let b = button_with(
        &s.ui,
        Button {
            label: table.add,
            icon: Some("add"),
            kind: ButtonKind::Primary,
            size: if narrow { Size::Small } else { Size::Medium },
            ..Button::default()
        },
    )
    .rigid()
    .purpose(&format!("add a new {}", table.noun));
    s.pay(b)
}

pub(super) fn chips(s: &mut Stage<'_>, table: &Table, n: usize) -> Node {
    let f = &table.filters[0];
    let on = s.state.below(n);
    let kids = f
        .options
        .iter()
        .take(n.max(3))
        .enumerate()
        .map(|(i, o)| {
            filter_chip(&s.ui, o, i == on, Flags::NONE)
                .purpose(&format!("filter by {}", o.to_lowercase()))
        })
        .collect();
    let n = wrap_row(s.ui.space(2.0), kids).rigid().group(f.name);
    s.pay(n)
}

fn search_box(s: &mut Stage<'_>, table: &Table, size: Size) -> Node {
    let placeholder = format!("Search {}", table.plural);
    let typed = s.state.chance(22);
    let focused = s.state.chance(18);
    let value = if typed {
        let t = *s.words.pick(s.domain.words.nouns);
        s.say(t).to_lowercase()
    } else {
        String::new()
    };
    let n = field(
        &s.ui,
        Field {
            label: &placeholder,
            value: &value,
            placeholder: &placeholder,
            kind: FieldKind::Search,
            icon: Some("search"),
            hide_label: true,
            size,
            flags: if focused { Flags::FOCUSED } else { Flags::NONE },
            ..Field::default()
        },
    );
    s.pay(n)
}

pub(super) fn tools(
    s: &mut Stage<'_>,
    table: &'static Table,
    p: &Parts,
    add: bool,
    width: f32,
) -> Node {
    let mut left = Vec::new();
    let mut right = Vec::new();
    let narrow = s.narrow();
    if p.search {
        let b = search_box(s, table, Size::Medium);
        left.push(if narrow {
            b.full()
        } else {
            b.basis(180.0).max_width(320.0)
        });
    }
    let open_filter = s.state.chance(10) && s.wants(8);
    for (i, f) in table.filters.iter().take(p.filters).enumerate() {
        let open = open_filter && i == 0 && !narrow;
        let value = f.options[if s.state.chance(60) {
            0
        } else {
            s.state.below(f.options.len())
        }];
        let n = select_with(
            &s.ui,
            Select {
                label: f.name,
                value,
                hide_label: true,
                open: if open { f.options } else { &[] },
                ..Select::default()
            },
        );
        let n = s
            .pay(n)
            .width(if width > 900.0 { 168.0 } else { 140.0 })
            .rigid();
        left.push(n);
    }
    if p.export {
        let b = button_with(
            &s.ui,
            Button {
                label: "Export",
                icon: Some("export"),
                ..Button::default()
            },
        )
        .rigid()
        .purpose(&format!("export the {}", table.plural));
        right.push(s.pay(b));
    }
    if p.columns {
        right.push(columns_button(s, table));
    }
    if p.density {
        let b =
            icon_button(&s.ui, "rows", "Row height", Size::Medium).purpose("change the row height");
        right.push(s.pay(b));
    }
    if add {
        right.push(add_button(s, table));
    }
    left.push(spacer());
    left.extend(right);
    if narrow {
        wrap_row(s.ui.space(2.0), left).rigid()
    } else {
        row(s.ui.space(2.5), left).rigid()
    }
}

/// Opens the menu that shows and hides columns.
fn columns_button(s: &mut Stage<'_>, table: &'static Table) -> Node {
    let open = s.state.chance(18) && s.wants(table.columns.len() as i32 + 3);
    let b = button_with(
        &s.ui,
        Button {
            label: "Columns",
            icon: Some("columns"),
            popup: Some(("menu", open)),
            purpose: "choose which columns show",
            ..Button::default()
        },
    )
    .rigid();
    let b = if open {
        let entries: Vec<MenuEntry<'_>> = table
            .columns
            .iter()
            .map(|k| {
                MenuEntry::Item(MenuItem {
                    label: k.header,
                    checked: Some(s.state.chance(70)),
                    ..MenuItem::default()
                })
            })
            .collect();
        let m = menu(&s.ui, "Columns", &entries);
        anchored(b, m, Place::BelowEnd)
    } else {
        b
    };
    s.pay(b)
}

/// Replaces the tools while rows are selected.
pub(super) fn bulk_bar(s: &mut Stage<'_>, table: &'static Table, selected: usize) -> Node {
    let c = &s.ctx.theme.colors;
    let narrow = s.narrow();
    let most = if narrow { 2 } else { table.bulk.len() };
    let most = most.min((s.left - 1).max(1) as usize);
    let noun = if selected == 1 {
        table.noun
    } else {
        table.plural
    };
    let mut kids = vec![
        s.ui.line(
            TextRole::Small,
            c.on_primary_soft,
            &format!("{selected} {noun} selected"),
        )
        .weight(600)
        .rigid(),
        spacer(),
    ];
    for TableAction {
        label,
        icon,
        danger,
    } in table.bulk.iter().take(most)
    {
        kids.push(
            button_with(
                &s.ui,
                Button {
                    label,
                    icon: Some(icon),
                    kind: if *danger {
                        ButtonKind::Danger
                    } else {
                        ButtonKind::Outline
                    },
                    size: Size::Small,
                    ..Button::default()
                },
            )
            .rigid()
            .purpose(&format!(
                "{} the selected {}",
                label.to_lowercase(),
                table.plural
            )),
        );
    }
    kids.push(
        icon_button(&s.ui, "close", "Clear selection", Size::Small).purpose("clear the selection"),
    );
    let n = if narrow {
        wrap_row(s.ui.space(2.0), kids)
    } else {
        row(s.ui.space(2.0), kids)
    };
    let n = n
        .pad(s.ui.space(3.0), s.ui.space(1.5))
        .min_height(s.ctx.theme.control.height[1])
        .radius(s.ctx.theme.radius.control.min(12.0))
        .bg(c.primary_soft)
        .rigid()
        .group("Selection");
    s.pay(n)
}

pub(super) fn foot(s: &mut Stage<'_>, table: &Table, p: &Parts, rows: usize, width: f32) -> Node {
    let c = &s.ctx.theme.colors;
    let rows = rows as u32;
    let total = p.total.max(rows + 1);
    let pages = total.div_ceil(rows.max(1));
    // The last page may not fill the rows that are shown.
    let at = (s.state.weighted(&[5, 2, 1]) as u32 + 1).min((pages - 1).max(1));
    let from = (at - 1) * rows + 1;
    let text = if p.pages {
        format!("{from}–{} of {total} {}", from + rows - 1, table.plural)
    } else {
        format!("{rows} {}", table.plural)
    };
    let mut kids = vec![
        s.ui.text(TextRole::Small, c.muted, &text)
            .ellipsis()
            .grow(1.0),
    ];
    if p.page_size && width > 620.0 {
        kids.push(s.ui.line(TextRole::Small, c.muted, "Rows per page").rigid());
        let open = s.state.chance(12) && s.wants(5);
        let mut sizes = vec![rows, 10, 25, 50, 100];
        sizes.sort_unstable();
        sizes.dedup();
        let sizes: Vec<String> = sizes.iter().map(u32::to_string).collect();
        let options: Vec<&str> = sizes.iter().map(String::as_str).collect();
        let n = select_with(
            &s.ui,
            Select {
                label: "Rows per page",
                value: &rows.to_string(),
                hide_label: true,
                size: Size::Small,
                upwards: true,
                open: if open { &options } else { &[] },
                ..Select::default()
            },
        );
        kids.push(s.pay(n).width(84.0).rigid());
    }
    if p.pages {
        let n = match p.arrows {
            true => page_arrows(&s.ui, at, pages),
            false => pagination(&s.ui, at, pages, width < 760.0),
        };
        kids.push(s.pay(n).rigid());
    }
    row(s.ui.space(3.0), kids).rigid()
}
