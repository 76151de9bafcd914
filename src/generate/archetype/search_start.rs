//! The start page of a search, and its parts.

use super::search_page::search_box;
use super::stage::Stage;
use crate::generate::content::group_digits;
use crate::generate::plan::{Align, Length, Node, TextAlign};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Button, ButtonKind, Flags, NavLink, Size, block, brand, button_with, caption, column, display,
    equal_grid, filter_chip, heading, icon_button, icon_link, landmark, link_as, muted, nav_link,
    page, row, spacer, wrap_row,
};

/// The start page.
pub(super) fn start(s: &mut Stage<'_>) -> Node {
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

pub(super) fn centered(mut n: Node) -> Node {
    if let crate::generate::plan::Content::Text(run) = &mut n.content {
        run.style.align = TextAlign::Center;
    }
    n
}

pub(super) fn quick_filters(s: &mut Stage<'_>) -> Node {
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

pub(super) fn recent(s: &mut Stage<'_>) -> Node {
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

pub(super) fn categories(s: &mut Stage<'_>, width: f32) -> Node {
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
