//! Content of pages: headings, key figures, charts, lists, progress.

use super::stage::Stage;
use crate::generate::content::picture_of;
use crate::generate::plan::{Action, Align, Element, Length, NameFrom, Node, TextAlign};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Button, ButtonKind, Mood, Size, Tab, badge, block, breadcrumb, button_with, caption, card,
    column, equal_grid, heading, icon_button, initials, muted, paragraph, progress, row,
    small_link, spacer, tabs, titled_card, wrap_row,
};

/// Elements that a page head may take.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Head<'a> {
    pub(super) title: &'a str,
    pub(super) crumbs: &'a [&'a str],
    pub(super) subtitle: &'a str,
    pub(super) actions: u32,
}

/// Headings of lists.
const LIST_TITLES: &[&str] = &[
    "Recent activity",
    "Latest",
    "Up next",
    "Recently viewed",
    "Needs attention",
    "Pinned",
    "Shared with you",
];

impl Stage<'_> {
    /// Title of a page with path, subtitle and actions.
    pub(super) fn head(&mut self, h: Head<'_>) -> Node {
        let narrow = self.narrow();
        let mut words = Vec::new();
        if !h.crumbs.is_empty() {
            words.push(breadcrumb(&self.ui, h.crumbs));
        }
        words.push(heading(&self.ui, 1, h.title));
        if !h.subtitle.is_empty() {
            words.push(muted(&self.ui, h.subtitle));
        }
        let words = column(self.ui.space(1.0), words);
        let most = if narrow { 2 } else { 3 };
        let n = (h.actions as usize).min(most);
        let chosen = self.words.sample(self.domain.actions, n);
        let mut buttons: Vec<Node> = chosen
            .iter()
            .enumerate()
            .map(|(i, (label, icon))| {
                button_with(
                    &self.ui,
                    Button {
                        label,
                        icon: Some(icon),
                        kind: if i == 0 {
                            ButtonKind::Primary
                        } else {
                            ButtonKind::Secondary
                        },
                        size: if narrow { Size::Small } else { Size::Medium },
                        ..Button::default()
                    },
                )
                .rigid()
            })
            .collect();
        buttons.reverse();
        let n = if buttons.is_empty() {
            words
        } else if narrow {
            column(
                self.ui.space(3.0),
                vec![words, wrap_row(self.ui.space(2.0), buttons)],
            )
        } else {
            row(
                self.ui.space(4.0),
                vec![
                    words.grow(1.0),
                    row(self.ui.space(2.0), buttons)
                        .rigid()
                        .align_self(Align::End),
                ],
            )
        };
        self.pay(n.rigid())
    }

    /// Tabs of the domain.
    pub(super) fn page_tabs(&mut self, n: usize) -> Node {
        let n = n
            .min(self.domain.tabs.len())
            .min(if self.narrow() { 3 } else { 5 });
        let items: Vec<Tab<'_>> = self.domain.tabs[..n]
            .iter()
            .map(|title| Tab {
                title,
                ..Tab::default()
            })
            .collect();
        let on = self.state.below(n);
        let t = tabs(&self.ui, "Page sections", &items, on, false);
        self.pay(t.rigid())
    }

    /// Key figures side by side.
    pub(super) fn stats(&mut self, width: f32) -> Node {
        let c = &self.ctx.theme.colors;
        let n = ((width / 210.0) as usize).clamp(if self.narrow() { 2 } else { 1 }, 4);
        let chosen = self.words.sample(self.domain.stats, n);
        let mut cards = Vec::new();
        for stat in chosen {
            let figure = stat
                .cell
                .figure(&self.content, &mut self.words, &self.domain.words);
            let up = self.words.chance(65);
            let change = format!("{}.{}%", self.words.range(0, 24), self.words.below(10));
            let tone = if up { c.success.text } else { c.danger.text };
            cards.push(card(
                &self.ui,
                1.0,
                vec![
                    row(
                        self.ui.space(2.0),
                        vec![
                            self.ui
                                .text(TextRole::Small, c.muted, stat.label)
                                .ellipsis()
                                .grow(1.0),
                            self.ui.icon(stat.icon, 18.0, c.subtle),
                        ],
                    ),
                    self.ui.text(TextRole::H1, c.text, &figure).ellipsis(),
                    row(
                        4.0,
                        vec![
                            self.ui
                                .icon(if up { "trend up" } else { "trend down" }, 14.0, tone),
                            self.ui.line(TextRole::Caption, tone, &change).weight(600),
                            self.ui
                                .text(TextRole::Caption, c.subtle, "vs last month")
                                .ellipsis(),
                        ],
                    ),
                ],
            ));
        }
        equal_grid(cards.len(), self.ui.space(4.0), cards).rigid()
    }

    /// A bar chart.
    pub(super) fn chart(&mut self) -> Node {
        let c = &self.ctx.theme.colors;
        let stat = self.words.pick(self.domain.stats);
        let n = self.words.range(6, 12) as usize;
        let start = self.words.below(12);
        let high = 150.0;
        let columns = (0..n)
            .map(|i| {
                let h = (self.words.range(18, 100) as f32 * high / 100.0).round();
                let strong = i + 1 == n;
                let month: String = self.content.locale.months[(start + i) % 12]
                    .chars()
                    .take(if n > 8 { 1 } else { 3 })
                    .collect();
                column(
                    6.0,
                    vec![
                        spacer(),
                        block(Vec::new())
                            .height(h)
                            .rigid()
                            .radii([3.0, 3.0, 0.0, 0.0])
                            .bg(if strong { c.primary } else { c.primary_soft }),
                        self.ui
                            .line(TextRole::Caption, c.subtle, &month)
                            .text_align(TextAlign::Center)
                            .rigid(),
                    ],
                )
                .share(1.0)
            })
            .collect();
        let plot = row(self.ui.space(2.0), columns)
            .align(Align::Stretch)
            .height(high + 32.0);
        let title = format!("{} by month", stat.label);
        titled_card(&self.ui, &title, 3.0, vec![plot])
    }

    /// Lines of progress.
    pub(super) fn progress_list(&mut self, n: usize) -> Node {
        let c = &self.ctx.theme.colors;
        let names = self.say_many(&["{adj} {noun}", "{noun}"], n);
        let rows = names
            .iter()
            .map(|name| {
                let v = self.words.range(5, 100) as u8;
                column(
                    6.0,
                    vec![
                        row(
                            8.0,
                            vec![
                                self.ui
                                    .text(TextRole::Small, c.text, name)
                                    .ellipsis()
                                    .grow(1.0),
                                self.ui
                                    .line(TextRole::Caption, c.subtle, &format!("{v}%"))
                                    .rigid(),
                            ],
                        ),
                        progress(&self.ui, name, v),
                    ],
                )
            })
            .collect();
        let title = *self.words.pick(&["Progress", "Targets", "This quarter"]);
        titled_card(&self.ui, title, 3.0, rows)
    }

    /// A list with icons; each row ends in a date, a badge, a link or a button.
    pub(super) fn list(&mut self, title: &str, rows: usize, links: bool, buttons: bool) -> Node {
        let c = &self.ctx.theme.colors;
        let titles = self.say_many(self.domain.search.titles, rows);
        let tiles = self.words.chance(50);
        let people = self.words.chance(30);
        let mut kids = Vec::new();
        for (i, name) in titles.iter().enumerate() {
            let meta = *self.words.pick(self.domain.search.meta);
            let meta = self.say(meta);
            let any = *self.words.pick(self.domain.search.pictures);
            let icon = picture_of(name).unwrap_or(any);
            let lead = if people {
                let person = self.content.person(&mut self.words).full();
                initials(&self.ui, &person, 32.0)
            } else if tiles {
                row(0.0, vec![self.ui.icon(icon, 18.0, c.on_primary_soft)])
                    .justify(Align::Center)
                    .size(34.0, 34.0)
                    .radius(self.ctx.theme.radius.control.min(17.0))
                    .bg(c.primary_soft)
            } else {
                self.ui.icon(icon, 20.0, c.muted)
            };
            let words = if links {
                link_line(self, name)
            } else {
                self.ui
                    .text(TextRole::Small, c.text, name)
                    .weight(500)
                    .ellipsis()
            };
            let mut parts = vec![
                lead,
                column(
                    1.0,
                    vec![
                        words,
                        self.ui.text(TextRole::Caption, c.subtle, &meta).ellipsis(),
                    ],
                )
                .grow(1.0),
            ];
            if buttons {
                parts.push(
                    icon_button(
                        &self.ui,
                        "more",
                        &format!("More actions for {name}"),
                        Size::Small,
                    )
                    .purpose(&format!("show more actions for {name}")),
                );
            } else if self.words.chance(60) {
                let d = self.content.day(&mut self.words, 40, 0);
                let d = self.content.date(d);
                parts.push(self.ui.line(TextRole::Caption, c.subtle, &d).rigid());
            } else {
                let mood = *self.words.pick(Mood::ALL);
                let word = match mood {
                    Mood::Neutral => "Draft",
                    Mood::Info => "New",
                    Mood::Success => "Done",
                    Mood::Warning => "Waiting",
                    Mood::Danger => "Late",
                };
                parts.push(badge(&self.ui, word, mood, false));
            }
            kids.push(
                row(self.ui.space(3.0), parts)
                    .pad(0.0, self.ui.space(2.0))
                    .when(i > 0, |n| n.border_top(1.0, c.border))
                    .group(name),
            );
        }
        let mut head = vec![heading(&self.ui, 2, title).grow(1.0)];
        if links {
            head.push(
                small_link(&self.ui, "View all")
                    .nowrap()
                    .rigid()
                    .purpose(&format!("view all of {}", title.to_lowercase())),
            );
        }
        let body = card(
            &self.ui,
            2.0,
            vec![row(self.ui.space(2.0), head), column(0.0, kids)],
        )
        .group(title);
        self.pay(body)
    }

    /// Buttons for frequent actions.
    pub(super) fn quick_actions(&mut self, n: usize) -> Node {
        let kids = self
            .words
            .sample(self.domain.actions, n)
            .iter()
            .map(|(label, icon)| {
                button_with(
                    &self.ui,
                    Button {
                        label,
                        icon: Some(icon),
                        kind: ButtonKind::Outline,
                        full: true,
                        ..Button::default()
                    },
                )
            })
            .collect();
        let n = titled_card(
            &self.ui,
            "Quick actions",
            3.0,
            vec![equal_grid(2, self.ui.space(2.0), kids)],
        );
        self.pay(n)
    }

    /// A few sentences.
    pub(super) fn story(&mut self) -> Node {
        let title = self.content.tagline(&mut self.words);
        let mut kids = Vec::new();
        for s in self.words.sample(self.domain.search.snippets, 2) {
            let text = self.say(s);
            kids.push(paragraph(&self.ui, &text));
        }
        kids.push(caption(&self.ui, self.content.help(&mut self.words)));
        titled_card(&self.ui, title, 2.0, kids)
    }

    /// Panels in one or two columns until about `height` is filled.
    pub(super) fn panels(&mut self, width: f32, height: f32) -> Node {
        let two = width > 720.0;
        let gap = self.ui.space(4.0);
        let row_height = self.ctx.theme.face(TextRole::Small).line
            + self.ctx.theme.face(TextRole::Caption).line
            + self.ui.space(4.0)
            + 2.0;
        let mut columns = vec![Vec::new(), Vec::new()];
        let mut used = [0.0f32; 2];
        let mut last = usize::MAX;
        let mut titles = LIST_TITLES.to_vec();
        self.words.shuffle(&mut titles);
        for _ in 0..24 {
            let at = usize::from(two && used[1] < used[0]);
            let free = height - used[at];
            if free <= 40.0 {
                break;
            }
            let pad = self.ctx.theme.card.pad * 2.0
                + self.ctx.theme.face(TextRole::H2).line
                + self.ui.space(3.0);
            let tight = free < pad + 2.0 * row_height + 12.0;
            let mut kind = self.shape.below(6);
            if kind == last {
                kind = (kind + 1) % 6;
            }
            if self.left > 14 {
                // Much is wanted: lists hold most.
                kind = 5;
            }
            if titles.is_empty() || tight {
                // Nothing that can be clicked is cut off at the edge of the screen.
                kind = 1 + kind % 3;
            }
            last = kind;
            let fit = ((free - pad) / row_height)
                .floor()
                .clamp(2.0, if self.left > 14 { 8.0 } else { 6.0 }) as usize;
            let (n, h) = match kind {
                0 if self.left >= 4 && free > 160.0 => (self.quick_actions(4), pad + 2.0 * 44.0),
                1 => (self.chart(), pad + 200.0),
                2 => {
                    let k = fit.min(4);
                    (self.progress_list(k), pad + k as f32 * 44.0)
                }
                3 => (self.story(), pad + 110.0),
                _ => {
                    let per = fit as i32;
                    let links = self.left > per;
                    let buttons = self.left > if links { 2 * per } else { per };
                    let title = titles.pop().unwrap_or(LIST_TITLES[0]);
                    let n = self.list(title, fit, links, buttons);
                    (n, pad + fit as f32 * row_height)
                }
            };
            columns[at].push(n);
            used[at] += h + gap;
        }
        let mut cols = columns.into_iter();
        let (a, b) = (
            cols.next().unwrap_or_default(),
            cols.next().unwrap_or_default(),
        );
        if !two {
            return column(gap, a);
        }
        let main = column(gap, a).share(3.0);
        let aside = column(gap, b).share(2.0);
        row(gap, vec![main, aside]).align(Align::Start)
    }
}

/// A title that is a link, on one line.
pub(super) fn link_line(s: &Stage<'_>, title: &str) -> Node {
    let c = &s.ctx.theme.colors;
    let mut e = Element {
        widget: "link".into(),
        role: "link".into(),
        name: title.into(),
        name_from: NameFrom::Text,
        interactive: true,
        actions: vec![Action::Click],
        ..Element::default()
    };
    e.purpose = format!("open {title}");
    let mut n =
        s.ui.text(TextRole::Small, c.link, title)
            .weight(500)
            .ellipsis()
            .tag(crate::generate::plan::Tag::A)
            .element(e);
    n.style.align_self = Align::Start;
    n.style.max_width = Length::Percent(100.0);
    n
}
