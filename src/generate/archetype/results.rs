//! Search results as list, cards or rows.

use super::panels::link_line;
use super::stage::Stage;
use crate::generate::content::picture_of;
use crate::generate::plan::{Align, Length, Node};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Button, ButtonKind, Size, body_text, button_with, column, equal_grid, icon_button, picture,
    row, spacer, toggle_icon,
};

/// How results look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Below each other with title, line and text.
    List,
    /// Cards with a picture on top.
    Cards,
    /// One dense line each.
    Rows,
}

/// Drawn results.
#[derive(Debug)]
pub(super) struct List {
    pub(super) node: Node,
    /// How many they are.
    pub(super) count: usize,
    /// There was room for more: these are all.
    pub(super) complete: bool,
    /// About how high it is, CSS px.
    pub(super) height: f32,
}

/// What each result can be used for.
#[derive(Clone, Copy, Debug, Default)]
struct Uses {
    link: bool,
    save: bool,
    action: bool,
}

impl Uses {
    fn count(self) -> i32 {
        i32::from(self.link) + i32::from(self.save) + i32::from(self.action)
    }
}

/// The words of one result.
struct Found {
    title: String,
    meta: String,
    snippet: String,
    price: Option<String>,
    icon: &'static str,
    shade: u8,
}

impl Shape {
    pub(super) fn draw(s: &mut Stage<'_>, width: f32, priced: bool) -> Self {
        if !s.ctx.randomize_layout {
            return Self::List;
        }
        let weights: [u32; 3] = match (priced, width > 520.0) {
            (true, true) => [3, 5, 1],
            (true, false) => [3, 2, 2],
            (false, true) => [5, 2, 3],
            (false, false) => [4, 1, 3],
        };
        [Self::List, Self::Cards, Self::Rows][s.shape.weighted(&weights)]
    }

    /// Draws as many results as fit and are wanted.
    pub(super) fn render(self, s: &mut Stage<'_>, width: f32, height: f32) -> List {
        let t = s.ctx.theme;
        let small = t.face(TextRole::Small).line;
        let tiny = t.face(TextRole::Caption).line;
        let gap = s.ui.space(4.0);
        let narrow = width < 480.0;
        let per_row = match self {
            Self::Cards => ((width + gap) / if narrow { 150.0 } else { 220.0 })
                .floor()
                .clamp(1.0, 6.0) as usize,
            _ => 1,
        };
        let art = match self {
            Self::Cards => {
                let w = (width - gap * (per_row as f32 - 1.0)) / per_row as f32;
                (w * 0.46).round().clamp(72.0, 150.0)
            }
            Self::List => 72.0,
            Self::Rows => 0.0,
        };
        let thumbs = self == Self::List && s.shape.chance(60) && !narrow;
        let snippet_lines = if narrow { 2.0 } else { 1.0 };
        let one = match self {
            Self::List => {
                let text = t.face(TextRole::H4).line + tiny + small * snippet_lines + 8.0;
                text.max(if thumbs { art } else { 0.0 }) + s.ui.space(6.0) + 1.0
            }
            Self::Cards => {
                art + t.face(TextRole::H4).line
                    + tiny
                    + t.control.height[0]
                    + s.ui.space(11.0)
                    + gap
            }
            Self::Rows => t.control.height[0].max(small + tiny) + s.ui.space(3.0) + 1.0,
        };
        let rows = ((height + gap * f32::from(u8::from(self == Self::Cards))) / one)
            .floor()
            .max(1.0) as usize;
        let fit = (rows * per_row).max(1) as i32;
        let uses = draw_uses(s, fit, self);
        let mut n = fit.min(s.left.max(1) / uses.count().max(1)).max(1) as usize;
        // Whole rows of cards look finished, where that costs few elements.
        let odd = n % per_row;
        let each = uses.count().max(1) as usize;
        if odd > 0 && (per_row - odd) * each <= 3 && n + per_row - odd <= fit as usize {
            n += per_row - odd;
        } else if n > per_row && odd * each <= 3 {
            n -= odd;
        }
        let found = found(s, n);
        let kids: Vec<Node> = found
            .iter()
            .enumerate()
            .map(|(i, f)| {
                let n = match self {
                    Self::List => list_item(s, f, uses, thumbs, i > 0),
                    Self::Cards => result_card(s, f, uses, art),
                    Self::Rows => result_row(s, f, uses, width, i > 0),
                };
                s.pay(n.group(&f.title))
            })
            .collect();
        let complete = (n as i32) < fit && rows * per_row > n;
        let node = match self {
            Self::Cards => equal_grid(per_row, gap, kids),
            Self::List => column(0.0, kids),
            Self::Rows => {
                let c = &t.colors;
                column(0.0, kids)
                    .radius(t.radius.card.min(14.0))
                    .bg(c.surface)
                    .when(t.card.border > 0.0, |n| n.border(t.card.border, c.border))
                    .when(t.card.shadow, |n| n.shadows(&t.shadow.low))
            }
        };
        List {
            node: node.rigid(),
            count: n,
            complete,
            height: n.div_ceil(per_row) as f32 * one,
        }
    }
}

/// What a result offers so that about the wanted number of elements comes out.
fn draw_uses(s: &mut Stage<'_>, fit: i32, shape: Shape) -> Uses {
    let mut options = vec![
        (true, false, false),
        (true, true, false),
        (true, false, true),
        (true, true, true),
    ];
    if shape == Shape::Cards {
        options.push((false, false, true));
    }
    options.sort_by_key(|(a, b, c)| {
        let k = i32::from(*a) + i32::from(*b) + i32::from(*c);
        (s.left - k * fit).abs()
    });
    let (link, save, action) = options[s.shape.weighted(&[6, 2, 1])];
    Uses { link, save, action }
}

fn found(s: &mut Stage<'_>, n: usize) -> Vec<Found> {
    let search = &s.domain.search;
    let titles = s.say_many(search.titles, n);
    titles
        .into_iter()
        .map(|title| {
            let (m, p) = (*s.words.pick(search.meta), *s.words.pick(search.snippets));
            let any = s.words.pick::<&str>(search.pictures);
            Found {
                icon: picture_of(&title).unwrap_or(any),
                title,
                meta: s.say(m),
                snippet: s.say(p),
                price: search
                    .price
                    .map(|(a, b)| s.content.price(&mut s.words, a, b)),
                shade: s.words.below(4) as u8,
            }
        })
        .collect()
}

fn save(s: &mut Stage<'_>, f: &Found) -> Node {
    let on = s.state.chance(25);
    let name = if on { "Saved" } else { "Save" };
    let side = s.ctx.theme.control.height[0];
    toggle_icon(&s.ui, "favorite", name, on, side).purpose(&format!(
        "{} {}",
        if on { "stop saving" } else { "save" },
        f.title
    ))
}

fn action(s: &Stage<'_>, f: &Found, full: bool) -> Node {
    let (label, icon) = s.domain.search.action;
    button_with(
        &s.ui,
        Button {
            label,
            icon: (!full).then_some(icon),
            kind: if full {
                ButtonKind::Tonal
            } else {
                ButtonKind::Secondary
            },
            size: Size::Small,
            full,
            ..Button::default()
        },
    )
    .purpose(&format!("{}: {}", label.to_lowercase(), f.title))
}

fn title(s: &Stage<'_>, f: &Found, uses: Uses) -> Node {
    if uses.link {
        link_line(s, &f.title)
    } else {
        s.ui.text(TextRole::Small, s.ctx.theme.colors.text, &f.title)
            .weight(500)
            .ellipsis()
    }
}

fn list_item(s: &mut Stage<'_>, f: &Found, uses: Uses, thumbs: bool, line: bool) -> Node {
    let c = &s.ctx.theme.colors;
    let mut heading = title(s, f, uses);
    // Titles of a list are larger than those of rows.
    if let crate::generate::plan::Content::Text(run) = &mut heading.content {
        let face = s.ctx.theme.face(TextRole::H4);
        run.style.size_px = face.size;
        run.style.line_height_px = face.line;
        run.style.weight = 600;
    }
    let words = column(
        4.0,
        vec![
            heading,
            s.ui.text(TextRole::Caption, c.subtle, &f.meta).ellipsis(),
            body_text(&s.ui, TextRole::Small, c.muted, &f.snippet),
        ],
    )
    .grow(1.0);
    let mut kids = Vec::new();
    if thumbs {
        kids.push(
            picture(&s.ui, f.icon, &f.title, 72.0, f.shade)
                .width(96.0)
                .radius(s.ctx.theme.radius.control.min(12.0)),
        );
    }
    kids.push(words);
    let mut end = Vec::new();
    if let Some(p) = &f.price {
        end.push(s.ui.line(TextRole::H4, c.text, p).rigid());
    }
    let mut tools = Vec::new();
    if uses.save {
        tools.push(save(s, f));
    }
    if uses.action {
        tools.push(action(s, f, false).rigid());
    }
    if !tools.is_empty() {
        end.push(row(s.ui.space(1.0), tools).rigid());
    }
    if !end.is_empty() {
        kids.push(column(s.ui.space(1.5), end).align(Align::End).rigid());
    }
    row(s.ui.space(4.0), kids)
        .pad(0.0, s.ui.space(3.0))
        .when(line, |n| n.border_top(1.0, c.border))
}

fn result_card(s: &mut Stage<'_>, f: &Found, uses: Uses, art: f32) -> Node {
    let t = s.ctx.theme;
    let c = &t.colors;
    let r = (t.radius.card.min(16.0) - t.card.border).max(0.0);
    let mut top = picture(&s.ui, f.icon, &f.title, art, f.shade).radii([r, r, 0.0, 0.0]);
    if uses.save {
        let b = save(s, f).bg(c.surface).absolute(
            Length::Px(8.0),
            Length::Px(8.0),
            Length::Auto,
            Length::Auto,
        );
        top = top.relative().push(b);
    }
    let mut foot = Vec::new();
    match &f.price {
        Some(p) => foot.push(s.ui.line(TextRole::Body, c.text, p).weight(600).rigid()),
        None => foot.push(
            s.ui.text(TextRole::Caption, c.muted, &f.snippet)
                .ellipsis()
                .grow(1.0),
        ),
    }
    let mut words = vec![
        title(s, f, uses),
        s.ui.text(TextRole::Caption, c.subtle, &f.meta).ellipsis(),
    ];
    if uses.action {
        if f.price.is_some() {
            foot.push(spacer());
            let (label, icon) = s.domain.search.action;
            foot.push(
                icon_button(&s.ui, icon, label, Size::Small).purpose(&format!(
                    "{}: {}",
                    label.to_lowercase(),
                    f.title
                )),
            );
            words.push(row(s.ui.space(2.0), foot).min_height(t.control.height[0]));
        } else {
            words.push(action(s, f, true));
        }
    } else {
        words.push(row(s.ui.space(2.0), foot).min_height(t.control.height[0]));
    }
    let words = column(s.ui.space(1.5), words).pad(s.ui.space(3.5), s.ui.space(3.0));
    column(0.0, vec![top, words])
        .radius(t.radius.card.min(16.0))
        .bg(c.surface)
        .when(t.card.border > 0.0, |n| n.border(t.card.border, c.border))
        .when(t.card.shadow, |n| n.shadows(&t.shadow.low))
}

fn result_row(s: &mut Stage<'_>, f: &Found, uses: Uses, width: f32, line: bool) -> Node {
    let c = &s.ctx.theme.colors;
    let narrow = width < 480.0;
    let mut kids = vec![s.ui.icon(f.icon, 18.0, c.muted)];
    if narrow {
        kids.push(
            column(
                1.0,
                vec![
                    title(s, f, uses),
                    s.ui.text(TextRole::Caption, c.subtle, &f.meta).ellipsis(),
                ],
            )
            .grow(1.0),
        );
    } else {
        kids.push(column(0.0, vec![title(s, f, uses)]).share(3.0));
        kids.push(
            s.ui.text(TextRole::Small, c.muted, &f.meta)
                .ellipsis()
                .share(2.0),
        );
    }
    if let Some(p) = &f.price {
        let price = s.ui.line(TextRole::Small, c.text, p).weight(600);
        kids.push(
            price
                .text_align(crate::generate::plan::TextAlign::End)
                .min_width(76.0)
                .rigid(),
        );
    }
    if uses.save {
        kids.push(save(s, f));
    }
    if uses.action {
        if narrow {
            let (label, icon) = s.domain.search.action;
            kids.push(
                icon_button(&s.ui, icon, label, Size::Small).purpose(&format!(
                    "{}: {}",
                    label.to_lowercase(),
                    f.title
                )),
            );
        } else {
            kids.push(action(s, f, false).rigid());
        }
    }
    row(s.ui.space(3.0), kids)
        .pad(s.ui.space(3.5), s.ui.space(1.5))
        .when(line, |n| n.border_top(1.0, c.border))
}
