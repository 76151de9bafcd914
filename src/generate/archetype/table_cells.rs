//! The cells of a data table and the actions at the end of its rows.

use super::panels::link_line;
use super::stage::{Place, Stage, anchored};
use super::table_rows::Grid;
use crate::generate::content::{CellValue, TableAction};
use crate::generate::plan::{Align, Node};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    ButtonKind, CellPlace, Column, Flags, MenuEntry, MenuItem, Size, badge, cell, cell_with,
    column, icon_button, icon_button_with, initials, menu, progress, row, switch_box,
};

/// What a row ends with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Actions {
    None,
    Kebab,
    Icons(u8),
}

impl Actions {
    pub(super) fn count(self) -> i32 {
        match self {
            Self::None => 0,
            Self::Kebab => 1,
            Self::Icons(n) => i32::from(n),
        }
    }
}

impl Grid {
    pub(super) fn cell(
        &self,
        s: &mut Stage<'_>,
        k: &Column,
        at: CellPlace<'_>,
        value: &CellValue,
        first: bool,
    ) -> Node {
        let c = &s.ctx.theme.colors;
        let text = value.text();
        let with = |s: &Stage<'_>, kids| cell_with(&s.ui, k, at, &text, kids);
        match value {
            _ if first && self.linked => {
                let link = link_line(s, &text).align_self(Align::Center);
                with(s, vec![link])
            }
            CellValue::Badge(label, mood) => with(s, vec![badge(&s.ui, label, *mood, false)]),
            CellValue::Switch(on) => {
                let name = format!("{} for {}", k.title, at.row_header);
                let n = switch_box(&s.ui, &name, *on, Flags::NONE).purpose(&format!(
                    "turn {} {} for {}",
                    if *on { "off" } else { "on" },
                    k.title.to_lowercase(),
                    at.row_header
                ));
                with(s, vec![n])
            }
            CellValue::Progress(v) => {
                let bar = progress(&s.ui, &k.title, *v);
                let bar = column(0.0, vec![bar]).grow(1.0);
                let label =
                    s.ui.line(TextRole::Caption, c.muted, &text)
                        .width(36.0)
                        .rigid();
                with(s, vec![bar, label])
            }
            CellValue::Person(p) if first => {
                let words = s.ui.text(TextRole::Small, c.text, p).weight(500).ellipsis();
                let tile = initials(&s.ui, p, 26.0);
                with(s, vec![tile, words])
            }
            CellValue::Code(t) => {
                let words =
                    s.ui.text(TextRole::Small, if first { c.text } else { c.muted }, t)
                        .weight(if first { 500 } else { 400 })
                        .mono()
                        .ellipsis();
                with(s, vec![words])
            }
            _ => cell(&s.ui, k, at, &text, first),
        }
    }

    pub(super) fn purpose(&self, a: &TableAction, name: &str) -> String {
        let verb = a.label.to_lowercase();
        let noun = self.table.noun;
        if verb.contains(noun) {
            format!("{verb} {name}")
        } else if verb.contains(' ') {
            format!("{verb} for the {noun} {name}")
        } else {
            format!("{verb} the {noun} {name}")
        }
    }

    pub(super) fn row_actions(&self, s: &mut Stage<'_>, i: usize, name: &str) -> Vec<Node> {
        match self.actions {
            Actions::None => Vec::new(),
            Actions::Kebab => vec![self.kebab(s, i, name)],
            Actions::Icons(n) => {
                // The destructive action is the last of the row.
                let all = self.table.actions;
                let mut chosen: Vec<&TableAction> = all.iter().take(usize::from(n) - 1).collect();
                chosen.extend(all.last());
                let kids = chosen
                    .into_iter()
                    .map(|a| {
                        icon_button(&s.ui, a.icon, a.label, Size::Small)
                            .purpose(&self.purpose(a, name))
                    })
                    .collect();
                vec![row(4.0, kids).rigid()]
            }
        }
    }

    pub(super) fn kebab(&self, s: &mut Stage<'_>, i: usize, name: &str) -> Node {
        let open = self.open_menu == Some(i);
        let kind = if open {
            ButtonKind::Tonal
        } else {
            ButtonKind::Ghost
        };
        let b = icon_button_with(
            &s.ui,
            "more",
            "More actions",
            Size::Small,
            kind,
            Flags::NONE,
        )
        .purpose(&format!(
            "show more actions for the {} {name}",
            self.table.noun
        ))
        .with_element(|e| {
            e.state.has_popup = Some("menu".into());
            e.state.expanded = Some(open);
        });
        if !open {
            return b;
        }
        let mut entries = Vec::new();
        for a in self.table.actions {
            if a.danger {
                entries.push(MenuEntry::Separator);
            }
            entries.push(MenuEntry::Item(MenuItem {
                label: a.label,
                icon: Some(a.icon),
                danger: a.danger,
                ..MenuItem::default()
            }));
        }
        let mut m = menu(&s.ui, &format!("Actions for {name}"), &entries);
        let mut actions = self.table.actions.iter();
        for item in &mut m.children {
            if let Some(e) = &mut item.element
                && e.role == "menuitem"
                && let Some(a) = actions.next()
            {
                e.purpose = self.purpose(a, name);
            }
        }
        let low = i * 2 > self.rows.len() && i >= 4;
        let place = if low {
            Place::AboveEnd
        } else {
            Place::BelowEnd
        };
        anchored(b, m, place)
    }
}
