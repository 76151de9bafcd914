//! Searching: an empty start page, results in several shapes, nothing found.

use super::results::Shape;
use super::stage::{Stage, interactive};
use super::{Archetype, Compose, Composed};
use crate::generate::content::group_digits;
use crate::generate::plan::{Align, Checked, Length, Node, TextAlign};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Button, ButtonKind, Field, FieldKind, Flags, NavLink, Select, Size, Slider, Tab, block, brand,
    button_with, caption, card, checkbox, column, display, equal_grid, field, filter_chip, heading,
    icon_button, icon_link, landmark, link_as, listbox, muted, nav_link, page, pagination,
    paragraph, row, select_with, slider, spacer, tabs, tag, toggle_icon, wrap_row,
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
        let home = s.vary(30);
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
fn search_box(s: &mut Stage<'_>, value: &str, size: Size, focused: bool, open: usize) -> Node {
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
        let items = s.words.sample(search.queries, open);
        let items: Vec<&str> = items.into_iter().copied().collect();
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

/// The start page.
fn start(s: &mut Stage<'_>) -> Node {
    let c = &s.ctx.theme.colors;
    let narrow = s.narrow();
    let width = s.width();
    let mut kids = Vec::new();
    // A quiet line with tools at the top.
    let reserve = s.left - 3;
    if reserve > 0 {
        let mut top = Vec::new();
        if !narrow && reserve > 6 && s.shape.chance(60) {
            let n = s.shape.range(2, 4) as usize;
            for section in s.domain.nav.iter().take(n) {
                let l = link_as(&s.ui, TextRole::Small, c.muted, section.title).nowrap();
                top.push(s.pay(l));
            }
        }
        top.push(spacer());
        let account = s.wants(14) && s.state.chance(10);
        top.extend(s.tools((reserve / 3).max(0) as u32, account));
        kids.push(
            row(s.ui.space(4.0), top)
                .pad(if narrow { 16.0 } else { s.ui.space(6.0) }, s.ui.space(3.0))
                .min_height(56.0)
                .rigid(),
        );
    }
    let inner = (width - 32.0).min(640.0);
    let mut free = s.height() - 56.0;
    let mut main = Vec::new();
    let big = s.vary(60);
    main.push(row(0.0, vec![brand(&s.ui, s.mark, s.brand, c.text)]).justify(Align::Center));
    let title = if big {
        (*s.words.pick(&[
            "What are you looking for?",
            "How can we help you today?",
            "Find what you need",
            "Start with a search",
        ]))
        .to_owned()
    } else {
        let n = s.words.range(2_000, 94_000) as u64;
        format!("Search {} {}", group_digits(n), s.domain.search.noun)
    };
    main.push(centered(if big && !narrow {
        display(&s.ui, &title)
    } else {
        heading(&s.ui, 1, &title)
    }));
    if s.vary(60) {
        let line = s.content.tagline(&mut s.words);
        main.push(centered(muted(&s.ui, line)));
    }
    free -= 190.0;

    let typing = s.state.chance(45);
    let suggest = typing && s.wants(6) && s.state.chance(60);
    let value = if typing {
        let q = *s.words.pick(s.domain.search.queries);
        q.chars()
            .take(q.len().min(5))
            .collect::<String>()
            .trim_end()
            .to_owned()
    } else {
        String::new()
    };
    let n = if suggest {
        (s.left - 3).clamp(3, 6) as usize
    } else {
        0
    };
    let button_beside = s.vary(55) && !narrow;
    let bx = search_box(s, &value, Size::Large, typing, n);
    let go = s.wants(1).then(|| {
        let b = button_with(
            &s.ui,
            Button {
                label: "Search",
                kind: ButtonKind::Primary,
                size: Size::Large,
                full: narrow,
                ..Button::default()
            },
        )
        .purpose("start the search");
        s.pay(b)
    });
    match go {
        Some(b) if button_beside => {
            main.push(row(s.ui.space(2.0), vec![bx.grow(1.0), b.rigid()]));
        }
        Some(b) => {
            main.push(bx);
            if !suggest {
                main.push(row(s.ui.space(2.0), vec![b]).justify(Align::Center));
            }
        }
        None => main.push(bx),
    }
    if suggest {
        // The list covers what stands below.
        main.push(block(Vec::new()).height(n as f32 * 34.0));
    }
    let mut order = [0u8, 1, 2];
    s.shape.shuffle(&mut order);
    for o in order {
        let high = match o {
            0 => 50.0,
            1 => 150.0,
            _ => 230.0,
        };
        if suggest || free < high || !s.wants(2) {
            continue;
        }
        free -= high;
        main.push(match o {
            0 => quick_filters(s),
            1 => recent(s),
            _ => categories(s, inner),
        });
    }
    let main = column(s.ui.space(5.0), main).max_width(640.0).full();
    let mut area = column(0.0, vec![main])
        .align(Align::Center)
        .pad(16.0, s.ui.space(4.0))
        .share(1.0);
    area = area.justify(if s.vary(70) {
        Align::Center
    } else {
        Align::Start
    });
    area.style.min_height = Length::Px(0.0);
    kids.push(landmark(area, crate::generate::plan::Tag::Main, "main", ""));
    if free > 60.0 && s.wants(1) {
        kids.push(foot_links(s));
    }
    page(&s.ui, s.ctx.viewport, kids)
}

fn centered(mut n: Node) -> Node {
    if let crate::generate::plan::Content::Text(run) = &mut n.content {
        run.style.align = TextAlign::Center;
    }
    n
}

fn quick_filters(s: &mut Stage<'_>) -> Node {
    let most = if s.narrow() { 4 } else { 6 };
    let n = s.left.clamp(2, most) as usize;
    let on = s.state.chance(30).then(|| s.state.below(n));
    let kids = s
        .words
        .sample(s.domain.search.categories, n)
        .into_iter()
        .enumerate()
        .map(|(i, name)| {
            filter_chip(&s.ui, name, on == Some(i), Flags::NONE)
                .purpose(&format!("only show {}", name.to_lowercase()))
        })
        .collect();
    let n = wrap_row(s.ui.space(2.0), kids)
        .justify(Align::Center)
        .group("Quick filters");
    s.pay(n)
}

fn recent(s: &mut Stage<'_>) -> Node {
    let c = &s.ctx.theme.colors;
    let removable = s.left >= 6 && s.shape.chance(60);
    let per = if removable { 2 } else { 1 };
    let n = (s.left / per).clamp(2, 3) as usize;
    let items = s.words.sample(s.domain.search.queries, n);
    let mut kids = vec![caption(&s.ui, "Recent searches")];
    for q in items {
        let mut parts = vec![
            icon_link(&s.ui, "history", TextRole::Small, c.text, q)
                .purpose(&format!("search again for {q}")),
            spacer(),
        ];
        if removable {
            parts.push(
                icon_button(&s.ui, "close", "Remove", Size::Small)
                    .purpose(&format!("remove {q} from the recent searches"))
                    .group(q),
            );
        }
        kids.push(row(s.ui.space(2.0), parts).min_height(34.0));
    }
    let n = column(s.ui.space(1.0), kids).group("Recent searches");
    s.pay(n)
}

fn categories(s: &mut Stage<'_>, width: f32) -> Node {
    let per_row = if width < 420.0 { 2 } else { 4 };
    let rows = if s.left >= 8 && per_row == 4 { 2 } else { 1 };
    let n = (per_row * rows).min(s.left.max(2) as usize);
    let names = s.words.sample(s.domain.search.categories, n);
    let pictures = s.domain.search.pictures;
    let kids = names
        .into_iter()
        .enumerate()
        .map(|(i, name)| {
            let icon = pictures[i % pictures.len()];
            tile_link(s, icon, name)
        })
        .collect();
    let n = equal_grid(per_row, s.ui.space(3.0), kids).group("Categories");
    s.pay(n)
}

/// A card that is one link: icon above text.
fn tile_link(s: &Stage<'_>, icon: &str, name: &str) -> Node {
    let c = &s.ctx.theme.colors;
    let link = nav_link(
        &s.ui,
        NavLink {
            label: name,
            ..NavLink::default()
        },
    );
    let mut n = column(
        s.ui.space(1.5),
        vec![
            s.ui.icon(icon, 24.0, c.accent),
            s.ui.line(TextRole::Small, c.text, name).weight(500),
        ],
    )
    .tag(crate::generate::plan::Tag::A)
    .align(Align::Center)
    .pad(8.0, s.ui.space(3.5))
    .radius(s.ctx.theme.radius.card.min(16.0))
    .bg(c.surface)
    .border(1.0, c.border);
    n.element = link.element;
    n.with_element(|e| {
        e.icon = s.ui.drawing(icon).into();
        e.purpose = format!("browse {}", name.to_lowercase());
    })
}

fn foot_links(s: &mut Stage<'_>) -> Node {
    let c = &s.ctx.theme.colors;
    let most = if s.narrow() { 3 } else { 5 };
    let n = s.left.clamp(1, most) as usize;
    let kids = s
        .words
        .sample(
            &[
                "Privacy",
                "Terms",
                "Help",
                "About",
                "Contact",
                "Status",
                "Advertise",
            ],
            n,
        )
        .into_iter()
        .map(|l| link_as(&s.ui, TextRole::Caption, c.muted, l).nowrap())
        .collect();
    let n = row(s.ui.space(5.0), kids)
        .justify(Align::Center)
        .min_height(48.0)
        .rigid();
    let n = landmark(
        n,
        crate::generate::plan::Tag::Footer,
        "contentinfo",
        "Footer",
    )
    .group("Footer");
    s.pay(n)
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
    let total = s.words.range(24, 8_400) as u64;

    // Everything but the results takes at most half.
    let mut extra = s.left / 2;
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
    let title_high =
        s.ctx.theme.face(TextRole::H1).line + s.ctx.theme.face(TextRole::Small).line + 2.0;
    if narrow || inner < 600.0 {
        kids.push(count.rigid());
        free -= title_high
            + gap
            + if narrow {
                s.ctx.theme.face(TextRole::H1).line
            } else {
                0.0
            };
        if !right.is_empty() {
            kids.push(row(s.ui.space(2.0), right).rigid());
            free -= s.ctx.theme.control.height[1] + gap;
        }
    } else {
        let mut parts = vec![count.grow(1.0)];
        parts.extend(right);
        kids.push(row(s.ui.space(2.0), parts).align(Align::End).rigid());
        free -= title_high + gap;
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
    // Pages or more, when they fit below the results.
    let pages = extra >= 5 && !narrow && s.vary(60);
    let more = !pages && extra >= 1 && s.vary(30);
    let foot = if pages {
        let count = s.state.range(3, 30) as u32;
        let at = s.state.weighted(&[6, 2, 1]) as u32 + 1;
        let n = pagination(&s.ui, at, count, inner < 560.0);
        let n = row(0.0, vec![s.pay(n)]).justify(Align::Center).rigid();
        free -= 40.0 + gap;
        Some(n)
    } else if more {
        let n = button_with(
            &s.ui,
            Button {
                label: "Load more",
                kind: ButtonKind::Secondary,
                loading: s.state.chance(12),
                ..Button::default()
            },
        )
        .rigid()
        .purpose("load more results");
        let n = row(0.0, vec![s.pay(n)]).justify(Align::Center).rigid();
        free -= s.ctx.theme.control.height[1] + gap;
        Some(n)
    } else {
        None
    };
    let (body, complete) = shape.render(s, inner, free);
    kids.push(body);
    if let Some(f) = foot {
        kids.push(f);
    } else if complete {
        kids.push(
            row(0.0, vec![caption(&s.ui, "You have seen all results.")]).justify(Align::Center),
        );
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
