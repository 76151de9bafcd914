//! Tables of records with toolbar, selection, actions and pages.

use super::panels::Head;
use super::stage::{Stage, interactive};
use super::table_bars::{Parts, add_button, bulk_bar, chips, foot, tools};
use super::table_rows::Grid;
use super::{Archetype, Compose, Composed};
use crate::generate::content::Table;
use crate::generate::plan::{Align, Checked, Node};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    ButtonKind, Dialog, Flags, Mood, button, checkbox, column, dialog, heading, muted, page,
    paragraph, row, spacer, toast, wrap_row,
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
        match parts.pages {
            true => format!("{} {} in total", parts.total, table.plural),
            false => format!("Updated {} minutes ago", s.words.range(2, 58)),
        }
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
        // Where both do not fit beside each other, the button stands below.
        kids.push(match narrow {
            true => wrap_row(gap, vec![head.grow(1.0), b]).rigid(),
            false => row(gap, vec![head.grow(1.0), b]).rigid(),
        });
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
        + match (p.pages, p.arrows) {
            (false, _) => 0,
            (true, true) => 2,
            (true, false) => 6,
        }
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
    // At times the rows get most of it, with boxes to select them.
    if s.shape.chance(35) {
        budget = budget.min(s.left / 4 + 1);
    }
    p.total = s.words.range(24, 480) as u32;
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
            3 if budget < 8 => 2,
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
            3 => {
                p.pages = true;
                p.arrows = cost == 2;
            }
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
