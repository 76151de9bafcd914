//! Paying for a basket: contact, address, delivery, payment and order summary.

mod basket;
mod sections;

use super::form_parts::dialogs;
use super::form_parts::shell::{self, NARROW};
use super::form_parts::{Budget, Form, Progress};
use super::{Archetype, Compose, Composed};
use crate::base::rng::Stream;
use crate::generate::content::Content;
use crate::generate::plan::{Align, Node, Tag};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Button, ButtonKind, Flags, Mood, Size, Ui, alert, badge, block, breadcrumb, button,
    button_with, caption, card, checkbox, column, heading, icon_link, muted, page, row, small_link,
    spacer, stepper, titled_card, toast, wrap_row,
};
use basket::Basket;
use sections::Section;

pub(super) struct CheckoutForm;

/// How the page is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Layout {
    /// Form beside the summary.
    TwoColumns,
    /// One column, summary folded away or at the end.
    Single,
    /// Steps that open one after another.
    Accordion,
    /// The basket itself, before paying.
    Cart,
}

impl Archetype for CheckoutForm {
    fn id(&self) -> &'static str {
        "checkout_form"
    }

    fn title(&self) -> &'static str {
        "Checkout form"
    }

    fn doc(&self) -> &'static str {
        "Basket, contact, address, delivery and payment in one or two columns or as steps; with \
         order summary, promo codes, saved cards, errors and messages."
    }

    fn compose(&self, ctx: &Compose<'_>) -> Composed {
        let ui = &Ui::new(ctx.theme);
        let mut s = ctx.streams.stream("checkout/structure");
        let content = Content::new(&mut ctx.streams.stream("content"));
        let mut words = ctx.streams.stream("checkout/words");
        let shop = content
            .locale
            .domains
            .iter()
            .find(|d| d.id == "commerce")
            .unwrap_or(&content.locale.domains[0]);
        let (mark, name) = (*words.pick(shop.marks), *words.pick(shop.brands));
        let layout = draw_layout(&mut s, ctx);
        let form = Form::new(
            ui,
            &content,
            ctx.streams.stream("checkout/values"),
            ctx.streams.stream("checkout/state"),
        );
        let basket = Basket::draw(
            &content,
            shop,
            ctx.target_elements,
            &mut ctx.streams.stream("checkout/basket"),
        );
        let mut screen = Screen {
            ui,
            ctx,
            content: &content,
            mark,
            name,
            basket,
            form,
            budget: Budget::new(ctx.target_elements, ctx.viewport.height_px as f32),
        };
        let root = screen.compose(layout, &mut s);
        let title = if layout == Layout::Cart {
            "Your basket"
        } else {
            "Checkout"
        };
        Composed {
            title: format!("{title} – {name}"),
            root,
        }
    }
}

fn draw_layout(s: &mut Stream, ctx: &Compose<'_>) -> Layout {
    let w = ctx.viewport.width_px as f32;
    if !ctx.randomize_layout {
        return if w < 900.0 {
            Layout::Single
        } else {
            Layout::TwoColumns
        };
    }
    let weights = if ctx.target_elements >= 22 {
        [if w < 900.0 { 0 } else { 2 }, 1, 0, 6]
    } else if w < 900.0 {
        [0, 5, 3, 3]
    } else {
        [6, 2, 3, 3]
    };
    [
        Layout::TwoColumns,
        Layout::Single,
        Layout::Accordion,
        Layout::Cart,
    ][s.weighted(&weights)]
}

struct Screen<'a> {
    ui: &'a Ui<'a>,
    ctx: &'a Compose<'a>,
    content: &'a Content,
    mark: &'static str,
    name: &'static str,
    basket: Basket,
    form: Form<'a>,
    budget: Budget,
}

impl Screen<'_> {
    fn width(&self) -> f32 {
        self.ctx.viewport.width_px as f32
    }

    fn any(&self) -> bool {
        self.ctx.randomize_layout
    }

    fn compose(&mut self, layout: Layout, s: &mut Stream) -> Node {
        let ui = self.ui;
        let view = self.ctx.viewport;
        let want = self.ctx.target_elements;
        let w = self.width();
        let max = *s.pick(&[1040.0, 1120.0, 1200.0]);
        let side_pad = if w < NARROW { 16.0 } else { 32.0 };
        let mut outer = Vec::new();
        if view.height_px >= 420 {
            let most = if want >= 14 { want / 5 } else { 0 };
            outer.push(shell::header(
                ui,
                s,
                view,
                (self.mark, self.name),
                most,
                &mut self.budget,
            ));
        }
        let toasted = self.any() && s.chance(16) && view.height_px >= 480;
        let question = (self.any() && view.height_px >= 480 && s.chance(12))
            .then(|| dialogs::fitting(dialogs::CHECKOUT, self.ctx.element_range, s))
            .flatten();
        if toasted {
            self.budget.pay(2, 0.0);
        }
        self.budget.pay(0, 32.0);
        let inner = (w - 2.0 * side_pad).min(max);
        let (body, limit) = match layout {
            Layout::TwoColumns => (self.two_columns(s, inner), max),
            Layout::Single => (self.single(s, inner.min(640.0)), 640.0),
            Layout::Accordion => self.accordion(s, inner, max),
            Layout::Cart => (self.cart(s, inner), max),
        };
        let title = self.title(layout, s);
        let main = column(ui.space(4.0), vec![title, body])
            .full()
            .max_width(limit)
            .tag(Tag::Main);
        outer.push(
            column(0.0, vec![main])
                .align(Align::Center)
                .pad(side_pad, ui.space(5.0))
                .grow(1.0),
        );
        if self.budget.elements >= 3 && view.height_px >= 600 && self.any() {
            let most = self.budget.elements as u32;
            outer.push(shell::footer(
                ui,
                s,
                view,
                self.name,
                most,
                &mut self.budget,
            ));
        }
        if let Some(q) = question {
            outer.push(dialogs::draw(q, &mut self.form, view, s));
        } else if toasted {
            let mut fitting = vec![
                (Mood::Info, "One item was moved to your wish list.", "Undo"),
                (Mood::Warning, "Only two left in stock.", "View"),
            ];
            if self.basket.discounted() {
                fitting.push((Mood::Success, "Promo code applied.", "Undo"));
            }
            if layout != Layout::Cart && self.form.progress == Progress::Complete {
                fitting.push((Mood::Success, "Address saved for next time.", "Change"));
            }
            let (mood, text, action) = *s.pick(&fitting);
            outer.push(toast(ui, view, mood, text, Some(action)));
        }
        page(ui, view, outer)
    }

    fn title(&mut self, layout: Layout, s: &mut Stream) -> Node {
        let ui = self.ui;
        let cart = layout == Layout::Cart;
        let n = self.basket.count();
        let mut kids = Vec::new();
        if self.any() && self.width() >= NARROW && layout != Layout::Accordion && s.chance(40) {
            if s.chance(50) && self.budget.take(2, 30.0) {
                kids.push(breadcrumb(
                    ui,
                    if cart {
                        &["Shop", "Account", "Basket"]
                    } else {
                        &["Shop", "Basket", "Checkout"]
                    },
                ));
            } else {
                // Address, delivery and payment stand on one page.
                let at = usize::from(!cart);
                let clickable = self.budget.elements >= at as i32 && s.chance(60);
                if clickable {
                    self.budget.pay(at as u32, 0.0);
                }
                self.budget.pay(0, 40.0);
                kids.push(stepper(
                    ui,
                    &["Basket", "Details", "Confirmation"],
                    at,
                    false,
                    clickable,
                ));
            }
        }
        let text = if cart {
            format!("Your basket ({n})")
        } else {
            s.pick(&["Checkout", "Complete your order", "Secure checkout"])
                .to_string()
        };
        let mut head = vec![heading(ui, 1, &text)];
        if self.any() && s.chance(35) && self.budget.take(1, 0.0) {
            head.push(spacer());
            head.push(icon_link(
                ui,
                "back",
                TextRole::Small,
                ui.theme.colors.link,
                if cart {
                    "Continue shopping"
                } else {
                    "Back to basket"
                },
            ));
        }
        kids.push(wrap_row(ui.space(2.0), head));
        self.budget.pay(0, 56.0);
        if !cart && self.form.progress == Progress::Rejected && s.chance(70) {
            let dismiss = s.chance(30) && self.budget.take(1, 0.0);
            kids.push(alert(
                ui,
                Mood::Danger,
                "Please check your answers",
                s.pick::<&str>(&[
                    "Some fields need your attention.",
                    "We could not take the payment. Nothing was charged.",
                ]),
                dismiss,
            ));
            self.budget.pay(0, 70.0);
        }
        column(ui.space(3.0), kids)
    }

    fn two_columns(&mut self, s: &mut Stream, inner: f32) -> Node {
        let ui = self.ui;
        let gap = ui.space(8.0);
        let side = (inner * 0.36).clamp(300.0, 420.0);
        let form_width = inner - side - gap;
        let summary = self.summary(s, true);
        // The summary stands beside the form: its height is free again.
        self.budget.height = self.ctx.viewport.height_px as f32 - 160.0;
        let form = self.sections(s, form_width);
        let mut kids = vec![form.share(1.0), summary.width(side.floor()).rigid()];
        if self.any() && s.chance(15) {
            kids.reverse();
        }
        row(gap, kids).align(Align::Start)
    }

    fn single(&mut self, s: &mut Stream, inner: f32) -> Node {
        let ui = self.ui;
        let fold = self.budget.take(1, 60.0).then(|| {
            let total = self.basket.total(self.content);
            let open = false;
            card(
                ui,
                2.0,
                vec![wrap_row(
                    ui.space(2.0),
                    vec![
                        button_with(
                            ui,
                            Button {
                                label: "Show order summary",
                                kind: ButtonKind::Ghost,
                                icon: Some("shopping cart"),
                                icon_end: Some("expand"),
                                popup: Some(("dialog", open)),
                                ..Button::default()
                            },
                        ),
                        spacer(),
                        ui.line(TextRole::H4, ui.theme.colors.text, &total).rigid(),
                    ],
                )],
            )
            .pad(ui.space(3.0), ui.space(2.0))
        });
        let mut kids: Vec<Node> = fold.into_iter().collect();
        // The pay button comes first in the bill: it must not be crowded out.
        self.budget.pay(1, 64.0);
        kids.push(self.sections(s, inner));
        kids.push(self.pay_button(s));
        column(ui.space(4.0), kids)
    }

    /// Sections below each other, as many as the budget allows, at least one.
    fn sections(&mut self, s: &mut Stream, width: f32) -> Node {
        let ui = self.ui;
        let boxed = !self.any() || s.chance(70);
        let inner = width - if boxed { 2.0 * ui.theme.card.pad } else { 0.0 };
        let mut out: Vec<Node> = Vec::new();
        let start = if self.any() && self.budget.elements < 14 {
            s.below(4)
        } else {
            0
        };
        for section in &Section::ALL[start..] {
            let first = out.is_empty();
            if !first && (self.budget.elements < 2 || self.budget.height < 60.0) {
                break;
            }
            let title = section.title(s);
            self.budget.pay(0, 80.0);
            let kids = self.section(*section, s, inner);
            out.push(if boxed {
                titled_card(ui, title, 4.0, kids)
            } else {
                let mut all = vec![heading(ui, 2, title)];
                all.extend(kids);
                column(ui.space(4.0), all).tag(Tag::Section).group(title)
            });
        }
        column(ui.space(if boxed { 4.0 } else { 7.0 }), out).tag(Tag::Form)
    }

    /// Numbered steps: done ones folded, one open, later ones locked.
    fn accordion(&mut self, s: &mut Stream, inner: f32, max: f32) -> (Node, f32) {
        let ui = self.ui;
        let c = &ui.theme.colors;
        let wide = inner >= 860.0 && self.budget.elements >= 6 && s.chance(65);
        let summary = wide.then(|| {
            let n = self.summary(s, false);
            self.budget.height = self.ctx.viewport.height_px as f32 - 160.0;
            n
        });
        let width = if wide { inner * 0.62 } else { inner.min(720.0) };
        let open = s.below(Section::ALL.len());
        let mut steps = Vec::new();
        self.budget.pay(0, 64.0 * Section::ALL.len() as f32);
        for (i, section) in Section::ALL.iter().enumerate() {
            let title = section.title(s);
            let done = i < open;
            let mut head = vec![
                badge(
                    ui,
                    &(i + 1).to_string(),
                    if done {
                        Mood::Success
                    } else if i == open {
                        Mood::Info
                    } else {
                        Mood::Neutral
                    },
                    i <= open,
                ),
                heading(ui, 3, title).grow(1.0),
            ];
            let mut kids = Vec::new();
            if done {
                let label = *s.pick(&["Edit", "Change"]);
                head.push(
                    button_with(
                        ui,
                        Button {
                            label,
                            kind: ButtonKind::Ghost,
                            size: Size::Small,
                            icon: Some("edit"),
                            ..Button::default()
                        },
                    )
                    .purpose(&format!("change {}", title.to_lowercase())),
                );
                self.budget.pay(1, 24.0);
                let answer = muted(ui, &self.answered(*section));
                kids.push(answer.when(width < 260.0, Node::ellipsis));
            }
            kids.insert(0, wrap_row(ui.space(3.0), head).row_gap(0.0));
            if i == open {
                self.budget.pay(1, 60.0);
                let pad = 2.0 * ui.theme.card.pad;
                kids.extend(self.section(*section, s, width - pad));
                let last = i + 1 == Section::ALL.len();
                kids.push(row(
                    ui.space(2.0),
                    vec![button(
                        ui,
                        ButtonKind::Primary,
                        if last { "Place order" } else { "Continue" },
                    )],
                ));
            }
            let n = card(ui, 3.0, kids).tag(Tag::Section).group(title);
            steps.push(if i > open {
                n.bg(c.canvas).shadows(&[])
            } else {
                n
            });
        }
        let steps = column(ui.space(3.0), steps);
        match summary {
            Some(sum) => (
                row(
                    ui.space(6.0),
                    vec![steps.share(1.0), sum.width((inner * 0.34).floor()).rigid()],
                )
                .align(Align::Start),
                max,
            ),
            None => (steps, 720.0),
        }
    }

    /// The basket page: a list of items beside the totals.
    fn cart(&mut self, s: &mut Stream, inner: f32) -> Node {
        let ui = self.ui;
        let wide = inner >= 820.0;
        self.budget.pay(1, 0.0);
        let list = self.item_list(s);
        let totals = self.totals_card(s);
        if wide {
            row(
                ui.space(6.0),
                vec![
                    list.share(1.0),
                    totals
                        .width((inner * 0.34).clamp(280.0, 400.0).floor())
                        .rigid(),
                ],
            )
            .align(Align::Start)
        } else {
            column(ui.space(4.0), vec![list, totals])
        }
    }

    fn pay_button(&mut self, s: &mut Stream) -> Node {
        let total = self.basket.total(self.content);
        let label = match s.below(4) {
            0 => format!("Pay {total}"),
            1 => "Place order".into(),
            2 => "Complete purchase".into(),
            _ => format!("Place order – {total}"),
        };
        button_with(
            self.ui,
            Button {
                label: &label,
                kind: ButtonKind::Primary,
                size: Size::Large,
                icon: s.chance(40).then_some("lock"),
                full: true,
                loading: self.form.progress == Progress::Complete && s.chance(10),
                purpose: "pay and finish the order",
                ..Button::default()
            },
        )
    }

    /// Terms and small print under the pay button.
    fn assurance(&mut self, s: &mut Stream) -> Vec<Node> {
        let ui = self.ui;
        let mut out = Vec::new();
        if self.any() && s.chance(45) && self.budget.take(1, 40.0) {
            let on = s.chance(50);
            out.push(checkbox(
                ui,
                "I accept the terms of sale",
                on.into(),
                Flags::NONE,
            ));
        }
        out
    }

    fn small_print(&self, s: &mut Stream) -> Node {
        let ui = self.ui;
        let text = *s.pick(&[
            "Payments are encrypted.",
            "Free returns within 30 days.",
            "Taxes are included.",
        ]);
        row(
            ui.space(1.5),
            vec![
                ui.icon("security", 14.0, ui.theme.colors.subtle),
                caption(ui, text),
            ],
        )
        .justify(Align::Center)
    }

    fn link_row(&self, text: &str) -> Node {
        block(vec![small_link(self.ui, text)])
    }
}
