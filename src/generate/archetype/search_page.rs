//! Searching: an empty start page, results in several shapes, nothing found.

use super::results::Shape;
use super::search_start::{categories, centered, quick_filters, recent, start};
use super::stage::{Stage, interactive};
use super::{Archetype, Compose, Composed};
use crate::generate::content::group_digits;
use crate::generate::plan::{Align, Checked, Length, Node};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Button, ButtonKind, Field, FieldKind, Flags, Select, Size, Slider, Tab, block, button_with,
    caption, card, checkbox, column, equal_grid, field, filter_chip, heading, landmark, link_as,
    listbox, muted, page, page_arrows, pagination, paragraph, row, select_with, slider, spacer,
    tabs, tag, toggle_icon, wrap_row,
};

pub(super) struct SearchPage;

impl Archetype for SearchPage {
    fn id(&self) -> &'static str {
        "search_page"
    }

    fn title(&self) -> &'static str {
        "Search page"
    }

    fn doc(&self) -> &'static str {
        "A start page with suggestions, or results as list, cards or rows with filters, sorting, \
         saving and pages; also nothing found."
    }

    fn compose(&self, ctx: &Compose<'_>) -> Composed {
        let mut s = Stage::new(ctx, "search_page");
        let home = s.left <= 26 && s.vary(30);
        let (title, root) = if home {
            (s.brand.to_owned(), start(&mut s))
        } else {
            let query = *s.words.pick(s.domain.search.queries);
            let title = format!("{query} – {}", s.brand);
            (title, found(&mut s, query))
        };
        Composed { title, root }
    }
}

/// The search box with optional value; `open` shows suggestions below it.
pub(super) fn search_box(
    s: &mut Stage<'_>,
    value: &str,
    size: Size,
    focused: bool,
    open: usize,
) -> Node {
    let search = &s.domain.search;
    let n = field(
        &s.ui,
        Field {
            label: search.placeholder,
            value,
            placeholder: search.placeholder,
            kind: FieldKind::Search,
            icon: Some("search"),
            hide_label: true,
            size,
            flags: if focused { Flags::FOCUSED } else { Flags::NONE },
            name: "q",
            ..Field::default()
        },
    );
    let n = if open == 0 {
        n
    } else {
        let items = suggestions(s, value, open);
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        let list = listbox(&s.ui, "Suggestions", &items, "");
        let high = s.ctx.theme.control.height[size as usize] + 4.0;
        let list = list
            .absolute(
                Length::Px(high),
                Length::Px(0.0),
                Length::Auto,
                Length::Px(0.0),
            )
            .z(60);
        block(vec![n, list]).relative()
    };
    s.pay(n)
}

/// What may be meant by the words typed so far: each begins with them.
fn suggestions(s: &mut Stage<'_>, typed: &str, n: usize) -> Vec<String> {
    let search = &s.domain.search;
    let queries = s.words.sample(search.queries, search.queries.len());
    let mut out: Vec<String> = queries
        .into_iter()
        .filter(|q| q.starts_with(typed))
        .map(|q| (*q).to_owned())
        .collect();
    let whole = out.first().cloned().unwrap_or_else(|| typed.to_owned());
    for category in s.words.sample(search.categories, search.categories.len()) {
        out.push(format!("{whole} in {}", category.to_lowercase()));
    }
    out.truncate(n);
    out
}

/// The page with results, or without any.
fn found(s: &mut Stage<'_>, query: &'static str) -> Node {
    let narrow = s.narrow();
    let mut kids = Vec::new();
    let mut free = s.height();
    // Bar with the search box in it, or below it where it is narrow.
    let focus = s.state.chance(12);
    let open = if focus && s.wants(12) { 5 } else { 0 };
    let mut parts = vec![s.logo()];
    let bx = search_box(s, query, Size::Medium, focus, open);
    let most = (s.left / 4).max(0) as u32;
    if narrow {
        parts.push(spacer());
        parts.extend(s.tools(most, false));
        kids.push(s.bar(parts));
        let c = &s.ctx.theme.colors;
        kids.push(
            block(vec![bx])
                .pad(12.0, 10.0)
                .bg(c.surface)
                .border_bottom(1.0, c.border)
                .rigid(),
        );
        free -= s.bar_height() + s.ctx.theme.control.height[1] + 21.0;
    } else {
        parts.push(bx.basis(260.0).max_width(560.0));
        parts.push(spacer());
        parts.extend(s.tools(most, false));
        // Suggestions hang out of the bar: it must not be covered by what follows.
        kids.push(s.bar(parts));
        free -= s.bar_height();
    }
    if s.wants(10) && free > 480.0 && s.vary(35) {
        let n = (s.left / 3).clamp(3, if narrow { 3 } else { 6 }) as usize;
        let names = s.words.sample(s.domain.search.categories, n - 1);
        let mut items = vec![Tab {
            title: "All",
            ..Tab::default()
        }];
        items.extend(names.into_iter().map(|t| Tab {
            title: t,
            ..Tab::default()
        }));
        let on = s.state.below(items.len());
        let t = tabs(&s.ui, "Categories", &items, on, false);
        let t = s.pay(t);
        free -= s.ctx.theme.control.height[1].max(42.0) + 8.0;
        kids.push(
            block(vec![t])
                .pad(if narrow { 12.0 } else { s.ui.space(6.0) }, 4.0)
                .rigid(),
        );
    }
    let nothing = s.ctx.element_range.0 <= 8 && s.left <= 12 && s.vary(9);
    if nothing {
        kids.push(no_results(s, query));
        return page(&s.ui, s.ctx.viewport, kids);
    }
    let side = s.width() >= 900.0 && s.wants(9) && s.vary(60);
    let mut cols = Vec::new();
    let mut width = s.width();
    if side {
        let w = if s.width() > 1500.0 { 280.0 } else { 230.0 };
        width -= w;
        let share = s.left * 2 / 5;
        cols.push(filters(s, w, free, share));
    }
    let area = results(s, query, width, free, side);
    cols.push(area);
    kids.push(s.body(cols));
    page(&s.ui, s.ctx.viewport, kids)
}

/// Facets with counts, at most `most` elements.
fn filters(s: &mut Stage<'_>, width: f32, height: f32, most: i32) -> Node {
    let c = &s.ctx.theme.colors;
    let line = s
        .ctx
        .theme
        .face(TextRole::Body)
        .line
        .max(s.ctx.theme.check.size)
        + s.ui.space(2.0);
    let title = s.ctx.theme.face(TextRole::H4).line + s.ui.space(8.0);
    let mut free = height - 70.0;
    let mut most = most;
    let start = s.left;
    let mut head = vec![heading(&s.ui, 2, "Filters").grow(1.0)];
    let clear = most > 4 && s.shape.chance(60);
    if clear {
        head.push(
            link_as(&s.ui, TextRole::Small, c.link, "Clear all")
                .nowrap()
                .rigid()
                .purpose("clear all filters"),
        );
        most -= 1;
    }
    let mut kids = vec![row(8.0, head)];
    let priced = s.domain.search.price.filter(|_| s.shape.chance(60));
    if let Some((low, high)) = priced
        && most > 2
        && free > 220.0
    {
        let (low, high) = (low / 100, high / 100);
        let v = s.state.range(i64::from(low), i64::from(high)) as u32;
        let sign = s.content.currency.sign();
        let shown = format!("{sign}{}", group_digits(u64::from(v)));
        let n = slider(
            &s.ui,
            Slider {
                label: "Price up to",
                value: f64::from(v),
                min: f64::from(low),
                max: f64::from(high),
                shown: &shown,
                ..Slider::default()
            },
        )
        .group("Price");
        kids.push(n.with_element(|e| e.purpose = "set the highest price".into()));
        most -= 1;
        free -= 70.0;
    }
    for f in s.domain.search.facets {
        let n = (((free - title) / line).floor() as i32)
            .min(most)
            .min(f.options.len() as i32);
        if n < 2 {
            break;
        }
        let mut group = vec![heading(&s.ui, 4, f.name)];
        for o in f.options.iter().take(n as usize) {
            let on = if s.state.chance(18) {
                Checked::True
            } else {
                Checked::False
            };
            let count = s.words.range(3, 480).to_string();
            let box_ = checkbox(&s.ui, o, on, Flags::NONE).purpose(&format!(
                "filter by {} {}",
                f.name.to_lowercase(),
                o.to_lowercase()
            ));
            group.push(row(
                8.0,
                vec![
                    box_.grow(1.0),
                    s.ui.line(TextRole::Caption, c.subtle, &count).rigid(),
                ],
            ));
        }
        kids.push(column(s.ui.space(2.0), group).group(f.name));
        most -= n;
        free -= title + n as f32 * line;
    }
    let n = column(s.ui.space(5.0), kids)
        .width(width)
        .rigid()
        .clip()
        .pad4(s.ui.space(5.0), s.ui.space(5.0), 0.0, s.ui.space(6.0))
        .bg(c.surface)
        .border_right(1.0, c.border);
    let n = landmark(
        n,
        crate::generate::plan::Tag::Aside,
        "complementary",
        "Filters",
    )
    .group("Filters");
    s.left = start - interactive(&n) as i32;
    n
}

/// Count, sort order, filters in use, results, pages.
fn results(s: &mut Stage<'_>, query: &str, width: f32, height: f32, side: bool) -> Node {
    let narrow = s.narrow();
    let pad = if narrow { 32.0 } else { s.ui.space(7.0) * 2.0 };
    let inner = width - pad;
    let mut free = height - if narrow { 32.0 } else { s.ui.space(6.0) * 2.0 };
    let gap = s.ui.space(4.0);
    let mut kids = Vec::new();
    let mut total = s.words.range(24, 8_400) as u64;

    // The results come first; what is around them takes at most half.
    let mut extra = if s.left < 10 { s.left / 4 } else { s.left / 2 };
    let mut right = Vec::new();
    let sort = extra >= 1 && !(narrow && extra < 2) && s.shape.chance(75);
    if sort {
        let sorts = s.domain.search.sorts;
        let open = extra > sorts.len() as i32 && s.state.chance(25);
        let value = if open || s.state.chance(60) {
            sorts[0]
        } else {
            *s.state.pick(sorts)
        };
        let n = select_with(
            &s.ui,
            Select {
                label: "Sort by",
                value,
                hide_label: true,
                open: if open { sorts } else { &[] },
                icon: Some("sort"),
                ..Select::default()
            },
        );
        extra -= interactive(&n) as i32;
        let n = s.pay(n);
        right.push(n.width(if narrow { 168.0 } else { 208.0 }).rigid());
    }
    let views = !narrow && extra >= 2 && s.vary(40);
    let grid_like = s.domain.search.price.is_some();
    let shape = Shape::draw(s, inner, grid_like);
    if views {
        for (icon, name, on) in [
            ("list view", "List view", shape == Shape::List),
            ("grid view", "Grid view", shape == Shape::Cards),
        ] {
            let n = toggle_icon(&s.ui, icon, name, on, s.ctx.theme.control.height[1]).purpose(
                &format!(
                    "show results as a {}",
                    if icon == "list view" { "list" } else { "grid" }
                ),
            );
            right.push(s.pay(n));
        }
        extra -= 2;
    }
    if !side && extra >= 1 && s.vary(50) {
        let n = button_with(
            &s.ui,
            Button {
                label: "Filters",
                icon: Some("adjust"),
                size: Size::Medium,
                ..Button::default()
            },
        )
        .rigid()
        .purpose("open the filters");
        extra -= 1;
        right.push(s.pay(n));
    }
    let title_high =
        s.ctx.theme.face(TextRole::H1).line + s.ctx.theme.face(TextRole::Small).line + 2.0;
    let stacked = narrow || inner < 600.0;
    free -= title_high + gap;
    if stacked && !right.is_empty() {
        free -= s.ctx.theme.control.height[1] + gap;
    }
    if narrow {
        free -= s.ctx.theme.face(TextRole::H1).line;
    }
    // Filters in use.
    if extra >= 2 && s.vary(30) {
        let n = extra.min(if narrow { 2 } else { 4 }) as usize;
        let chosen = s.words.sample(s.domain.search.categories, n);
        let tags = chosen
            .into_iter()
            .map(|t| tag(&s.ui, t, true).group(t))
            .collect();
        let n = wrap_row(s.ui.space(2.0), tags)
            .rigid()
            .group("Filters in use");
        extra -= interactive(&n) as i32;
        kids.push(s.pay(n));
        free -= 30.0 + gap;
    } else if !side && extra >= 3 && s.vary(50) {
        let n = extra.min(if narrow { 3 } else { 6 }) as usize;
        let on = s.state.below(n);
        let chips = s
            .words
            .sample(s.domain.search.categories, n)
            .into_iter()
            .enumerate()
            .map(|(i, t)| {
                filter_chip(&s.ui, t, i == on && s.state.chance(60), Flags::NONE)
                    .purpose(&format!("only show {}", t.to_lowercase()))
            })
            .collect();
        let n = wrap_row(s.ui.space(2.0), chips)
            .rigid()
            .group("Quick filters");
        extra -= interactive(&n) as i32;
        kids.push(s.pay(n));
        free -= s.ctx.theme.control.height[0] * if narrow { 2.0 } else { 1.0 } + gap;
    }
    // Pages or more below the results: what they take is kept back.
    let pages = extra >= 2 && !narrow && s.vary(60);
    let arrows = extra < 5;
    let more = !pages && extra >= 1 && s.vary(30);
    let keep = match (pages, arrows) {
        (true, true) => 2,
        (true, false) => 6,
        (false, _) => i32::from(more),
    };
    if pages || more {
        free -= s.ctx.theme.control.height[1] + gap;
    }
    s.left -= keep;
    let list = shape.render(s, inner, free);
    s.left += keep;
    kids.push(list.node);
    if list.complete {
        total = list.count as u64;
        kids.push(
            row(0.0, vec![caption(&s.ui, "You have seen all results.")]).justify(Align::Center),
        );
        let rest = free - list.height - 40.0;
        if rest > 150.0 {
            let n = if inner > 860.0 {
                3
            } else {
                1 + usize::from(inner > 560.0)
            };
            let stories = (0..n).map(|_| s.story()).collect();
            kids.push(equal_grid(n, gap, stories).rigid());
        }
    } else if pages {
        let count = s.state.range(3, 30) as u32;
        let at = s.state.weighted(&[6, 2, 1]) as u32 + 1;
        let n = match arrows {
            true => page_arrows(&s.ui, at, count),
            false => pagination(&s.ui, at, count, inner < 560.0),
        };
        kids.push(row(0.0, vec![s.pay(n)]).justify(Align::Center).rigid());
    } else if more {
        let n = button_with(
            &s.ui,
            Button {
                label: "Load more",
                loading: s.state.chance(12),
                ..Button::default()
            },
        )
        .rigid()
        .purpose("load more results");
        kids.push(row(0.0, vec![s.pay(n)]).justify(Align::Center).rigid());
    }
    let count = column(
        2.0,
        vec![
            heading(&s.ui, 1, &format!("Results for \u{201c}{query}\u{201d}")),
            muted(
                &s.ui,
                &format!("{} {}", group_digits(total), s.domain.search.noun),
            ),
        ],
    );
    if stacked {
        if !right.is_empty() {
            kids.insert(0, row(s.ui.space(2.0), right).rigid());
        }
        kids.insert(0, count.rigid());
    } else {
        let mut parts = vec![count.grow(1.0)];
        parts.extend(right);
        kids.insert(0, row(s.ui.space(2.0), parts).align(Align::End).rigid());
    }
    s.main(4.0, kids)
}

/// Nothing matches: advice and ways out.
fn no_results(s: &mut Stage<'_>, query: &str) -> Node {
    let c = &s.ctx.theme.colors;
    let mut kids = vec![
        row(0.0, vec![s.ui.icon("search", 40.0, c.subtle)]).justify(Align::Center),
        centered(heading(
            &s.ui,
            1,
            &format!("No results for \u{201c}{query}\u{201d}"),
        )),
        centered(paragraph(
            &s.ui,
            "Check the spelling, use fewer words or browse a category below.",
        )),
    ];
    if s.wants(2) {
        let n = button_with(
            &s.ui,
            Button {
                label: "Clear all filters",
                kind: ButtonKind::Primary,
                ..Button::default()
            },
        )
        .purpose("clear all filters");
        kids.push(row(0.0, vec![s.pay(n)]).justify(Align::Center));
    }
    let inner = (s.width() - 32.0).min(560.0);
    kids.push(quick_filters(s));
    if s.wants(2) && s.height() > 620.0 {
        kids.push(categories(s, inner));
    }
    if s.wants(2) && s.height() > 680.0 {
        let n = recent(s);
        kids.push(card(&s.ui, 2.0, vec![n]));
    }
    let n = column(s.ui.space(5.0), kids).max_width(560.0).full();
    let mut n = column(0.0, vec![n])
        .align(Align::Center)
        .pad(16.0, s.ui.space(10.0))
        .share(1.0);
    n.style.min_height = Length::Px(0.0);
    landmark(n, crate::generate::plan::Tag::Main, "main", "")
}
