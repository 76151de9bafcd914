//! Tables of records with toolbar, selection, actions and pages.

use super::panels::Head;
use super::stage::{Place, Stage, anchored, interactive};
use super::table_rows::Grid;
use super::{Archetype, Compose, Composed};
use crate::generate::content::{Table, TableAction};
use crate::generate::plan::{Align, Checked, Node};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Button, ButtonKind, Dialog, Field, FieldKind, Flags, MenuEntry, MenuItem, Mood, Select, Size,
    button, button_with, checkbox, column, dialog, field, filter_chip, heading, icon_button, menu,
    muted, page, pagination, paragraph, row, select_with, spacer, toast, wrap_row,
};

pub(super) struct DataTable;

/// What surrounds the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Frame {
    Plain,
    Bar,
    Side,
    Both,
}

/// Parts above and below the table.
#[derive(Clone, Copy, Debug, Default)]
struct Parts {
    search: bool,
    filters: usize,
    add: bool,
    export: bool,
    columns: bool,
    density: bool,
    tabs: bool,
    chips: usize,
    pages: bool,
    page_size: bool,
}

impl Archetype for DataTable {
    fn id(&self) -> &'static str {
        "data_table"
    }

    fn title(&self) -> &'static str {
        "Data table"
    }

    fn doc(&self) -> &'static str {
        "Records in rows with search, filters, sorting, selection, row actions, open menus, \
         switches, pages and a confirmation."
    }

    fn compose(&self, ctx: &Compose<'_>) -> Composed {
        let mut s = Stage::new(ctx, "data_table");
        let domain = s.domain;
        let table = s.words.pick(domain.tables);
        let title = format!("{} – {}", table.title, s.brand);
        let root = screen(&mut s, table);
        Composed { title, root }
    }
}

fn screen(s: &mut Stage<'_>, table: &'static Table) -> Node {
    let ask = (s.ctx.element_range.0 <= 5 && s.ctx.randomize_layout && s.shape.chance(9))
        .then(|| confirmation(s, table));
    let mut kids = Vec::new();
    let frame = draw_frame(s);
    let mut top = 0.0;
    let mut width = s.width();
    if frame == Frame::Bar || frame == Frame::Both {
        top = s.bar_height();
        let account = s.wants(16) && s.state.chance(6);
        let mut parts = Vec::new();
        if s.narrow() && s.wants(6) {
            parts.push(s.menu_button());
        }
        parts.push(s.logo());
        parts.push(spacer());
        let most = (s.left / 3).max(0) as u32;
        parts.extend(s.tools(most, account));
        kids.push(s.bar(parts));
    }
    let side = match frame {
        Frame::Side | Frame::Both => {
            let w = if width > 1500.0 { 260.0 } else { 220.0 };
            width -= w;
            let most = ((s.left - 5) / 2).clamp(4, 14) as u32;
            Some(s.side_nav(w, top, most, frame == Frame::Side))
        }
        _ => None,
    };
    let height = s.height() - top;
    let main = content(s, table, width, height);
    match side {
        Some(nav) => kids.push(s.body(vec![nav, main])),
        None => kids.push(main),
    }
    if let Some(d) = ask {
        kids.push(d);
    } else if s.vary(8) {
        let text = format!("{} updated", capital(table.noun));
        let t = toast(&s.ui, s.ctx.viewport, Mood::Success, &text, Some("Undo"));
        kids.push(s.pay(t));
    }
    page(&s.ui, s.ctx.viewport, kids)
}

fn draw_frame(s: &mut Stage<'_>) -> Frame {
    if !s.ctx.randomize_layout {
        return Frame::Plain;
    }
    if s.width() < 1000.0 || s.left < 12 {
        return [Frame::Plain, Frame::Bar][s.shape.weighted(&[2, 3])];
    }
    [Frame::Plain, Frame::Bar, Frame::Side, Frame::Both][s.shape.weighted(&[2, 4, 3, 3])]
}

fn capital(text: &str) -> String {
    let mut c = text.chars();
    c.next()
        .map(|f| f.to_uppercase().chain(c).collect())
        .unwrap_or_default()
}

/// Everything below the bar.
fn content(s: &mut Stage<'_>, table: &'static Table, width: f32, height: f32) -> Node {
    let narrow = s.narrow();
    let t = s.ctx.theme;
    let pad_y = if narrow { 16.0 } else { s.ui.space(6.0) };
    let pad_x = if narrow { 16.0 } else { s.ui.space(7.0) };
    let gap = s.ui.space(4.0);
    let inner = width - pad_x * 2.0;
    let mut free = height - pad_y * 2.0;
    let parts = draw_parts(s, table, inner, free);
    let mut kids = Vec::new();

    let crumbs = s.vary(30) && s.wants(9);
    let mut add = parts.add;
    let subtitle = if s.vary(40) {
        let n = s.words.range(120, 9_800) as u64;
        let n = crate::generate::content::group_digits(n);
        format!("{n} {} in total", table.plural)
    } else {
        String::new()
    };
    let path = ["Home", s.domain.nav[0].title, table.title];
    let head = s.head(Head {
        title: table.title,
        crumbs: if crumbs { &path[..] } else { &[] },
        subtitle: &subtitle,
        actions: 0,
    });
    free -= t.face(TextRole::H1).line
        + if subtitle.is_empty() {
            0.0
        } else {
            t.face(TextRole::Small).line + 4.0
        }
        + if crumbs {
            t.face(TextRole::Small).line + 4.0
        } else {
            0.0
        }
        + gap;
    let add_on_top = add && (s.vary(60) || narrow);
    if add_on_top {
        add = false;
        let b = add_button(s, table);
        kids.push(row(gap, vec![head.grow(1.0), b]).rigid());
    } else {
        kids.push(head);
    }
    // Key figures where the screen is high enough.
    if !narrow && free > 560.0 && s.vary(45) {
        let n = s.stats(inner);
        free -= t.card.pad * 2.0
            + t.face(TextRole::H1).line
            + t.face(TextRole::Small).line
            + t.face(TextRole::Caption).line
            + 10.0
            + gap;
        kids.push(n);
    }
    if parts.tabs {
        let n = s.page_tabs(4);
        free -= t.control.height[1].max(42.0) + gap;
        kids.push(n);
    }
    if parts.chips > 0 {
        let n = chips(s, table, parts.chips);
        free -= t.control.height[0] + gap;
        kids.push(n);
    }

    let foot_height = t.control.height[0].max(28.0) + s.ui.space(5.0) + 1.0;
    let tool_height = t.control.height[1] + s.ui.space(5.0);
    let has_tools =
        parts.search || parts.filters > 0 || parts.export || parts.columns || parts.density || add;
    let has_foot = parts.pages || parts.page_size || s.vary(60);
    free -= if has_tools {
        tool_height
            * if narrow && parts.search && parts.filters > 0 {
                2.0
            } else {
                1.0
            }
    } else {
        0.0
    };
    free -= if has_foot { foot_height } else { 0.0 };

    let grid = Grid::draw(s, table, inner, free, fixed_cost(&parts, add));
    let toolbar = has_tools.then(|| {
        if grid.selected_count() > 0 && s.vary(80) {
            bulk_bar(s, table, grid.selected_count())
        } else {
            tools(s, table, &parts, add, inner)
        }
    });
    let inside = toolbar.is_some() && !narrow && s.vary(60);
    let rows = grid.rows.len();
    let empty = rows == 0;
    let table_height = grid.height();
    let body = grid.render(s, !inside && !has_foot);
    let mut boxed = Vec::new();
    match toolbar {
        Some(n) if inside => boxed.push(n.pad(s.ui.space(4.0), s.ui.space(2.5))),
        Some(n) => kids.push(n),
        None => {}
    }
    boxed.push(body);
    if has_foot && !empty {
        let f = foot(s, table, &parts, rows, inner);
        boxed.push(f.pad(s.ui.space(4.0), s.ui.space(2.5)));
    }
    let c = &t.colors;
    let framed = column(0.0, boxed)
        .radius(t.radius.card.min(14.0))
        .bg(c.surface)
        .when(t.card.border > 0.0, |n| n.border(t.card.border, c.border))
        .when(t.card.shadow, |n| n.shadows(&t.shadow.low));
    kids.push(framed);
    // Nothing to act on below a short table, but something to read.
    let rest = free - table_height - gap;
    if rest > 190.0 && !empty && !narrow && s.vary(75) {
        let left = std::mem::replace(&mut s.left, 0);
        kids.push(s.panels(inner, rest));
        s.left = left;
    }
    s.main(4.0, kids)
}

/// Elements that the parts outside the rows will take.
fn fixed_cost(p: &Parts, add: bool) -> i32 {
    i32::from(p.search)
        + p.filters as i32
        + i32::from(add)
        + i32::from(p.export)
        + i32::from(p.columns)
        + i32::from(p.density)
        + if p.pages { 6 } else { 0 }
        + i32::from(p.page_size)
}

/// Chooses parts whose elements leave room for rows.
fn draw_parts(s: &mut Stage<'_>, table: &Table, width: f32, height: f32) -> Parts {
    let mut p = Parts::default();
    if !s.ctx.randomize_layout {
        p.search = s.wants(3);
        p.add = s.wants(4);
        return p;
    }
    // About half of what is wanted goes to the frame of the table.
    let mut budget = (s.left / 2).max(s.left - 14).min(s.left - 1);
    if height < 300.0 {
        budget = budget.min(2);
    }
    let wide = width > 620.0;
    let mut order: Vec<u8> = (0..9).collect();
    s.shape.shuffle(&mut order);
    // The usual parts come first more often.
    if s.shape.chance(70) {
        order.retain(|o| *o > 1);
        order.splice(0..0, [0, 1]);
    }
    for o in order {
        let cost = match o {
            3 => 6,
            4 => 4,
            5 => 3,
            _ => 1,
        };
        let skip = if o >= 6 { 45 } else { 15 };
        if cost > budget || s.shape.chance(skip) {
            continue;
        }
        match o {
            0 => p.search = true,
            1 => p.add = true,
            2 => {
                p.filters = if wide && budget >= 3 {
                    table.filters.len().min(2)
                } else {
                    1
                }
            }
            3 => p.pages = true,
            4 => p.tabs = height > 420.0 && p.chips == 0,
            5 => p.chips = if height > 420.0 && !p.tabs { 3 } else { 0 },
            6 => p.export = wide,
            7 => p.columns = wide,
            _ => p.page_size = wide,
        }
        let spent = match o {
            2 => p.filters as i32,
            4 if !p.tabs => 0,
            5 => p.chips as i32,
            _ => cost,
        };
        budget -= spent;
    }
    p.density = wide && budget > 4 && s.shape.chance(25);
    p
}

fn add_button(s: &mut Stage<'_>, table: &Table) -> Node {
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

fn chips(s: &mut Stage<'_>, table: &Table, n: usize) -> Node {
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

fn tools(s: &mut Stage<'_>, table: &'static Table, p: &Parts, add: bool, width: f32) -> Node {
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
fn bulk_bar(s: &mut Stage<'_>, table: &'static Table, selected: usize) -> Node {
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

fn foot(s: &mut Stage<'_>, table: &Table, p: &Parts, rows: usize, width: f32) -> Node {
    let c = &s.ctx.theme.colors;
    let pages = s.state.range(2, 40) as u32;
    let at = s.state.weighted(&[5, 2, 1]) as u32 + 1;
    let at = at.min(pages);
    let from = (at - 1) * rows as u32 + 1;
    let total = if p.pages {
        (pages - 1) * rows as u32 + s.state.range(1, rows as i64) as u32
    } else {
        rows as u32
    };
    let to = (from + rows as u32 - 1).min(total.max(rows as u32));
    let text = if p.pages {
        format!("{from}–{to} of {total} {}", table.plural)
    } else {
        format!("{total} {}", table.plural)
    };
    let mut kids = vec![
        s.ui.text(TextRole::Small, c.muted, &text)
            .ellipsis()
            .grow(1.0),
    ];
    if p.page_size && width > 620.0 {
        kids.push(s.ui.line(TextRole::Small, c.muted, "Rows per page").rigid());
        let size = s.state.pick(&["10", "20", "25", "50", "100"]);
        let open = s.state.chance(12) && s.wants(5);
        let options = ["10", "20", "25", "50", "100"];
        let n = select_with(
            &s.ui,
            Select {
                label: "Rows per page",
                value: size,
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
        let n = pagination(&s.ui, at, pages, width < 760.0);
        kids.push(s.pay(n).rigid());
    }
    row(s.ui.space(3.0), kids).rigid()
}

/// Asks before something is deleted.
fn confirmation(s: &mut Stage<'_>, table: &'static Table) -> Node {
    let name = table.columns[0]
        .cell
        .value(&s.content, &mut s.words, &s.domain.words)
        .text();
    let verb = table
        .actions
        .iter()
        .find(|a| a.danger)
        .map_or("Delete", |a| a.label);
    let title = format!("{verb}?");
    let mut body = vec![paragraph(
        &s.ui,
        &format!(
            "The {} {name} and everything linked to it will be affected.",
            table.noun
        ),
    )];
    body.push(muted(
        &s.ui,
        "You can restore it from the archive within 30 days.",
    ));
    body.push(checkbox(
        &s.ui,
        "Do not ask again",
        if s.state.chance(30) {
            Checked::True
        } else {
            Checked::False
        },
        Flags::NONE,
    ));
    let keep = *s.words.pick(if verb.starts_with("Cancel") {
        &["Keep it", "Go back"]
    } else {
        &["Cancel", "Go back"]
    });
    let actions = vec![
        button(&s.ui, ButtonKind::Ghost, "Archive instead"),
        button(&s.ui, ButtonKind::Secondary, keep),
        button(&s.ui, ButtonKind::Danger, verb).purpose(&format!(
            "{} the {} {name}",
            verb.to_lowercase(),
            table.noun
        )),
    ];
    let d = dialog(
        &s.ui,
        s.ctx.viewport,
        Dialog {
            title: &title,
            body,
            actions,
            close: true,
            alert: true,
            width: 440.0,
        },
    );
    // What is behind cannot be reached: keep it small.
    s.left = (s.left - interactive(&d) as i32).max(2);
    d
}

/// A message in place of the rows.
pub(super) fn nothing(s: &mut Stage<'_>, plural: &str) -> Node {
    let c = &s.ctx.theme.colors;
    let mut kids = vec![
        s.ui.icon("search", 32.0, c.subtle),
        heading(&s.ui, 3, &format!("No {plural} found")),
        muted(&s.ui, "Try other words or remove some filters."),
    ];
    let b = button(&s.ui, ButtonKind::Secondary, "Clear filters").purpose("clear all filters");
    kids.push(s.pay(b));
    column(s.ui.space(3.0), kids)
        .align(Align::Center)
        .pad(24.0, 48.0)
}
