//! The rows of a data table: columns, cells, selection and actions.

use super::data_table::nothing;
use super::panels::link_line;
use super::stage::Stage;
use super::table_cells::Actions;
use crate::generate::content::{CellValue, Column as Field, Table};
use crate::generate::plan::{Align, Checked, GridPlace, Length, Node, Track};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    CellPlace, Column, Flags, Sort, badge, cell_with, column, header_cell, row, select_cell,
    switch_box, table, table_row,
};

/// Width below which rows are blocks instead of a table, CSS px.
const STACKED: f32 = 560.0;

/// The table of one screen, decided but not yet drawn.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) table: &'static Table,
    pub(super) fields: Vec<&'static Field>,
    pub(super) rows: Vec<Vec<CellValue>>,
    pub(super) selected: Vec<bool>,
    pub(super) checks: bool,
    pub(super) linked: bool,
    pub(super) actions: Actions,
    pub(super) sort: Option<(usize, Sort)>,
    pub(super) sortable: usize,
    pub(super) open_menu: Option<usize>,
    pub(super) row_height: f32,
    pub(super) stacked: bool,
}

impl Grid {
    /// Decides columns and rows for a box of this size. `fixed` elements go elsewhere.
    pub(super) fn draw(
        s: &mut Stage<'_>,
        table: &'static Table,
        width: f32,
        height: f32,
        fixed: i32,
    ) -> Self {
        let t = s.ctx.theme;
        let stacked = width < STACKED;
        let row_height = if stacked {
            t.face(TextRole::Small).line * 2.0 + s.ui.space(9.0)
        } else {
            t.table.row + f32::from(u8::from(t.table.lines))
        };
        let head = if stacked { 0.0 } else { t.table.row + 1.0 };
        let fit = ((height - head) / row_height).floor().clamp(2.0, 40.0) as i32;
        let budget = s.left - fixed;
        let plain = !s.ctx.randomize_layout;

        // What every row holds: as much as the budget allows for enough rows.
        let mut options: Vec<(bool, bool, Actions)> = vec![
            (false, false, Actions::None),
            (false, true, Actions::None),
            (false, false, Actions::Kebab),
            (true, false, Actions::None),
            (true, false, Actions::Kebab),
            (false, true, Actions::Kebab),
            (true, true, Actions::Kebab),
            (false, false, Actions::Icons(2)),
            (true, false, Actions::Icons(2)),
            (true, true, Actions::Icons(3)),
        ];
        let cost = |o: &(bool, bool, Actions)| i32::from(o.0) + i32::from(o.1) + o.2.count();
        let enough = fit.min(match (stacked, budget < 12) {
            (true, _) => 2,
            (_, true) => 4,
            _ => 5,
        });
        options.retain(|o| cost(o) * enough + i32::from(o.0) <= budget.max(0));
        if plain {
            options.retain(|o| !o.0);
        }
        // Rows should fill most of the room; of those, the ones that come nearest to what is
        // wanted.
        let fills = |o: &(bool, bool, Actions)| match cost(o) {
            0 => true,
            k => (budget - i32::from(o.0)) / k * 10 >= fit * 6,
        };
        if stacked {
            // Without headers to sort by, the rows hold what is wanted.
            options.retain(|o| cost(o) > 0 || budget < 2);
        } else if options.iter().any(|o| cost(o) > 0 && fills(o)) || !s.shape.chance(35) {
            options.retain(fills);
        }
        // Boxes to select rows are what sets tables apart from lists.
        if options.iter().any(|o| o.0) && s.shape.chance(40) {
            options.retain(|o| o.0);
        }
        options.sort_by_key(|o| (budget - cost(o) * fit).abs());
        options.truncate(3);
        let (checks, linked, actions) = if options.is_empty() {
            (false, false, Actions::None)
        } else {
            *s.shape.pick(&options)
        };
        let per_row = cost(&(checks, linked, actions));
        let count = if per_row == 0 {
            fit
        } else {
            fit.min((budget - i32::from(checks)) / per_row)
        };
        let empty = !plain && budget <= 8 && s.state.chance(4);
        let count = if empty { 0 } else { count.max(2) };
        let mut left = budget - per_row * count - i32::from(checks);

        let fields = choose_fields(s, table, width, checks, actions, left, count);
        left -= i32::from(fields.iter().any(|f| is_switch(f))) * count;
        let sortable = if stacked || empty {
            0
        } else {
            let all = fields.iter().filter(|f| f.cell.sortable()).count() as i32;
            if left >= all { all } else { left.clamp(0, all) }
        } as usize;
        let sort = (sortable > 0 && s.state.chance(75)).then(|| {
            let at = s.state.below(sortable);
            let order = *s.state.pick(&[Sort::Ascending, Sort::Descending]);
            (at, order)
        });

        let rows = draw_rows(s, &fields, count as usize);
        let some = checks && s.state.chance(55);
        let selected: Vec<bool> = (0..rows.len())
            .map(|_| some && s.state.chance(30))
            .collect();
        let menu_room = left + 1 - sortable as i32 >= 2 || s.left >= 12;
        let open_menu = (actions == Actions::Kebab
            && !rows.is_empty()
            && menu_room
            && !plain
            && s.state.chance(28))
        .then(|| s.state.below(rows.len()));
        Self {
            table,
            fields,
            rows,
            selected,
            checks,
            linked,
            actions,
            sort,
            sortable,
            open_menu,
            row_height,
            stacked,
        }
    }

    /// About how high the table is, CSS px.
    pub(super) fn height(&self) -> f32 {
        (self.rows.len() + usize::from(!self.stacked)) as f32 * self.row_height
    }

    /// Number of selected rows.
    pub(super) fn selected_count(&self) -> usize {
        self.selected.iter().filter(|on| **on).count()
    }

    /// Draws the table; `bare` when nothing stands below it in its box.
    pub(super) fn render(&self, s: &mut Stage<'_>, bare: bool) -> Node {
        if self.stacked {
            return self.stack(s);
        }
        let t = s.ctx.theme;
        let columns = self.columns(s);
        let offset = usize::from(self.checks);
        let mut cells = Vec::new();
        if self.checks {
            let n = self.selected_count();
            let state = match n {
                0 => Checked::False,
                n if n == self.rows.len() => Checked::True,
                _ => Checked::Mixed,
            };
            cells.push(select_cell(&s.ui, "", state));
        }
        for (i, k) in columns.iter().enumerate().skip(offset) {
            cells.push(header_cell(&s.ui, k, i));
        }
        let r = (t.radius.card.min(14.0) - t.card.border).max(0.0);
        let header = table_row(&s.ui, &columns, None, false, cells);
        let header = s
            .pay(header)
            .when(t.table.header_filled, |n| n.radii([r, r, 0.0, 0.0]));
        if self.rows.is_empty() {
            let n = nothing(s, self.table.plural);
            return column(0.0, vec![header, n]);
        }
        let last = self.rows.len() - 1;
        let rows = (0..self.rows.len())
            .map(|i| {
                let n = self.table_row(s, &columns, i);
                let n = s.pay(n);
                if i < last {
                    n
                } else if bare {
                    n.border_bottom(0.0, t.colors.border)
                        .radii([0.0, 0.0, r, r])
                } else {
                    n.border_bottom(1.0, t.colors.border)
                }
            })
            .collect();
        let mut n = table(&s.ui, self.table.title, header, rows);
        n.style.border.top = 0.0;
        n
    }

    fn columns(&self, s: &Stage<'_>) -> Vec<Column> {
        let t = s.ctx.theme;
        let blank = |w: f32| Column {
            title: String::new(),
            track: Track::Px(w),
            end: false,
            sort: None,
        };
        let mut out = Vec::new();
        if self.checks {
            out.push(blank(t.check.size + t.table.pad * 2.0 + 2.0));
        }
        let mut rank = 0;
        for f in &self.fields {
            let can = f.cell.sortable() && rank < self.sortable;
            let sort = can.then_some(match self.sort {
                Some((at, order)) if at == rank => order,
                _ => Sort::None,
            });
            rank += usize::from(f.cell.sortable());
            out.push(Column {
                title: f.header.into(),
                track: Track::Fr(f.width / 100.0),
                end: f.cell.is_number(),
                sort,
            });
        }
        if self.actions != Actions::None {
            let side = t.control.height[0];
            let n = self.actions.count() as f32;
            out.push(blank(n * side + (n - 1.0) * 4.0 + t.table.pad * 2.0));
        }
        out
    }

    fn table_row(&self, s: &mut Stage<'_>, columns: &[Column], i: usize) -> Node {
        let t = s.ctx.theme;
        let values = &self.rows[i];
        let name = values[0].text();
        let mut cells = Vec::new();
        if self.checks {
            let state = if self.selected[i] {
                Checked::True
            } else {
                Checked::False
            };
            let n = select_cell(&s.ui, &name, state).group(&name);
            cells.push(placed(n, i, 0, &name, "Selection"));
        }
        let offset = usize::from(self.checks);
        for (j, value) in values.iter().enumerate() {
            let k = &columns[j + offset];
            let at = CellPlace {
                row: i,
                column: j + offset,
                row_header: &name,
            };
            let n = self.cell(s, k, at, value, j == 0);
            cells.push(placed(n, i, j + offset, &name, &k.title));
        }
        if self.actions != Actions::None {
            let j = columns.len() - 1;
            let at = CellPlace {
                row: i,
                column: j,
                row_header: &name,
            };
            let kids = self.row_actions(s, i, &name);
            let n = cell_with(&s.ui, &columns[j], at, "Actions", kids).justify(Align::End);
            cells.push(placed(n, i, j, &name, "Actions"));
        }
        table_row(&s.ui, columns, Some(i), self.selected[i], cells).min_height(t.table.row)
    }

    /// Rows as blocks below each other, for narrow screens.
    fn stack(&self, s: &mut Stage<'_>) -> Node {
        let c = &s.ctx.theme.colors;
        if self.rows.is_empty() {
            return nothing(s, self.table.plural);
        }
        let mut out = Vec::new();
        for (i, values) in self.rows.iter().enumerate() {
            let name = values[0].text();
            let mut kids = Vec::new();
            if self.checks {
                let on = if self.selected[i] {
                    Checked::True
                } else {
                    Checked::False
                };
                kids.push(crate::generate::widget::checkbox_box(
                    &s.ui,
                    &format!("Select {name}"),
                    on,
                    Flags::NONE,
                ));
            }
            let title = if self.linked {
                link_line(s, &name)
            } else {
                s.ui.text(TextRole::Small, c.text, &name)
                    .weight(600)
                    .ellipsis()
            };
            let detail: Vec<String> = values
                .iter()
                .skip(1)
                .filter(|v| !matches!(v, CellValue::Badge(..) | CellValue::Switch(_)))
                .take(2)
                .map(CellValue::text)
                .collect();
            let mut lines = vec![title];
            if !detail.is_empty() {
                lines.push(
                    s.ui.text(TextRole::Small, c.muted, &detail.join(" · "))
                        .ellipsis(),
                );
            }
            kids.push(column(2.0, lines).grow(1.0));
            for v in values {
                match v {
                    CellValue::Badge(label, mood) => {
                        kids.push(badge(&s.ui, label, *mood, false));
                    }
                    CellValue::Switch(on) => {
                        let header = self
                            .fields
                            .iter()
                            .find(|f| is_switch(f))
                            .map_or("On", |f| f.header);
                        kids.push(
                            switch_box(&s.ui, &format!("{header} for {name}"), *on, Flags::NONE)
                                .purpose(&format!("switch {} of {name}", header.to_lowercase())),
                        );
                    }
                    _ => {}
                }
            }
            match self.actions {
                Actions::None => {}
                _ => kids.push(self.kebab(s, i, &name)),
            }
            let n = row(s.ui.space(3.0), kids)
                .pad(s.ui.space(4.0), s.ui.space(3.0))
                .min_height(self.row_height)
                .when(i > 0, |n| n.border_top(1.0, c.border))
                .when(self.selected[i], |n| n.bg(c.primary_soft))
                .group(&name);
            out.push(s.pay(n));
        }
        column(0.0, out)
    }
}

fn is_switch(f: &Field) -> bool {
    !f.cell.sortable()
}

/// Columns that fit, most important first.
fn choose_fields(
    s: &mut Stage<'_>,
    table: &'static Table,
    width: f32,
    checks: bool,
    actions: Actions,
    left: i32,
    rows: i32,
) -> Vec<&'static Field> {
    let t = s.ctx.theme;
    let pad = t.table.pad * 2.0;
    let mut free = width - if checks { t.check.size + pad } else { 0.0 };
    if actions != Actions::None {
        free -= actions.count() as f32 * (t.control.height[0] + 4.0) + pad;
    }
    if width < STACKED {
        // Below each other there is room for the first few.
        let cheap = |f: &&Field| !is_switch(f) || left >= rows;
        return table.columns.iter().filter(cheap).take(5).collect();
    }
    let mut out: Vec<&Field> = Vec::new();
    for (i, f) in table.columns.iter().enumerate() {
        let need = f.width + pad - 16.0;
        let skip = i > 2 && s.ctx.randomize_layout && s.shape.chance(22);
        let affordable = !is_switch(f) || left >= rows;
        if i == 0 || (need <= free && !skip && affordable) {
            free -= need;
            out.push(f);
        }
    }
    out
}

/// Rows whose first cells differ.
fn draw_rows(s: &mut Stage<'_>, fields: &[&'static Field], n: usize) -> Vec<Vec<CellValue>> {
    let mut out: Vec<Vec<CellValue>> = Vec::with_capacity(n);
    for _ in 0..n * 8 {
        if out.len() == n {
            break;
        }
        let words = &s.domain.words;
        let first = fields[0].cell.value(&s.content, &mut s.words, words);
        if out.iter().any(|r| r[0] == first) {
            continue;
        }
        let mut r = vec![first];
        for f in &fields[1..] {
            r.push(f.cell.value(&s.content, &mut s.words, words));
        }
        out.push(r);
    }
    out
}

/// Gives the place in the table to every control in a cell.
fn placed(mut n: Node, row: usize, column: usize, row_header: &str, header: &str) -> Node {
    fn set(n: &mut Node, g: &GridPlace) {
        if let Some(e) = &mut n.element
            && e.grid.is_none()
        {
            e.grid = Some(g.clone());
        }
        for c in &mut n.children {
            set(c, g);
        }
    }
    let g = GridPlace {
        row: row as u32 + 1,
        column: column as u32 + 1,
        row_header: row_header.into(),
        column_header: header.into(),
    };
    set(&mut n, &g);
    if n.style.min_width == Length::Auto {
        n.style.min_width = Length::Px(0.0);
    }
    n
}
