//! Forms in steps.

mod topics;

use super::form_parts::dialogs;
use super::form_parts::shell::{self, NARROW};
use super::form_parts::{Ask, Budget, Form, Progress};
use super::{Archetype, Compose, Composed};
use crate::base::rng::Stream;
use crate::generate::content::Content;
use crate::generate::plan::{Align, Length, Node, Tag};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Button, ButtonKind, Flags, Mood, Size, Ui, alert, block, body_text, button, button_with, card,
    checkbox, column, divider, heading, icon_button, muted, page, progress, row, small_link,
    spacer, step_dots, stepper, toast, tooltip, wrap_row,
};
use topics::{TOPICS, Topic};

pub(super) struct FormWizard;

/// Where the steps are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rail {
    Top,
    Left,
    Dots,
    Bar,
}

impl Archetype for FormWizard {
    fn id(&self) -> &'static str {
        "form_wizard"
    }

    fn title(&self) -> &'static str {
        "Form wizard"
    }

    fn doc(&self) -> &'static str {
        "One step of a longer form: stepper on top, at the side, as dots or a bar; every kind of \
         field; mistakes, a review step and questions before leaving."
    }

    fn compose(&self, ctx: &Compose<'_>) -> Composed {
        let ui = &Ui::new(ctx.theme);
        let mut s = ctx.streams.stream("wizard/structure");
        let content = Content::new(&mut ctx.streams.stream("content"));
        let mut words = ctx.streams.stream("wizard/words");
        let topic = words.pick(TOPICS);
        let domain = content.domain(&mut words);
        let (mark, name) = (*words.pick(domain.marks), *words.pick(domain.brands));
        let form = Form::new(
            ui,
            &content,
            ctx.streams.stream("wizard/values"),
            ctx.streams.stream("wizard/state"),
        );
        let steps = topic.steps.len() + 1;
        let at = s.below(steps);
        let mut screen = Screen {
            ui,
            ctx,
            topic,
            mark,
            name,
            at,
            form,
            budget: Budget::new(ctx.target_elements, ctx.viewport.height_px as f32),
        };
        let rail = screen.draw_rail(&mut s);
        let root = screen.compose(rail, &mut s);
        Composed {
            title: format!("{} – step {} of {steps}", topic.title, at + 1),
            root,
        }
    }
}

struct Screen<'a> {
    ui: &'a Ui<'a>,
    ctx: &'a Compose<'a>,
    topic: &'static Topic,
    mark: &'static str,
    name: &'static str,
    /// Index of the current step; the last one is the review.
    at: usize,
    form: Form<'a>,
    budget: Budget,
}

impl Screen<'_> {
    fn any(&self) -> bool {
        self.ctx.randomize_layout
    }

    fn width(&self) -> f32 {
        self.ctx.viewport.width_px as f32
    }

    fn review(&self) -> bool {
        self.at == self.topic.steps.len()
    }

    fn titles(&self) -> Vec<&'static str> {
        let mut v: Vec<_> = self.topic.steps.iter().map(|s| s.title).collect();
        v.push("Review");
        v
    }

    fn draw_rail(&self, s: &mut Stream) -> Rail {
        let w = self.width();
        if !self.any() {
            return if w < NARROW { Rail::Bar } else { Rail::Top };
        }
        let weights = if w < 760.0 {
            [0, 0, 4, 5]
        } else {
            [5, 5, 2, 3]
        };
        [Rail::Top, Rail::Left, Rail::Dots, Rail::Bar][s.weighted(&weights)]
    }

    fn compose(&mut self, rail: Rail, s: &mut Stream) -> Node {
        let ui = self.ui;
        let view = self.ctx.viewport;
        let (w, h) = (self.width(), view.height_px as f32);
        let want = self.ctx.target_elements;
        let mut outer = Vec::new();
        let chrome = h >= 480.0 && (!self.any() || s.chance(65));
        if chrome {
            let most = if want >= 12 { want / 4 } else { 0 };
            outer.push(shell::header(
                ui,
                s,
                view,
                (self.mark, self.name),
                most,
                &mut self.budget,
            ));
        }
        let question = (self.any() && h >= 480.0 && s.chance(14))
            .then(|| dialogs::fitting(dialogs::WIZARD, self.ctx.element_range, s))
            .flatten();
        let toasted = self.any() && question.is_none() && s.chance(10) && w >= NARROW;
        if toasted {
            self.budget.pay(2, 0.0);
        }
        let clickable = self.budget.elements > 4 + self.at as i32 && s.chance(60);
        if clickable && matches!(rail, Rail::Top | Rail::Left) {
            self.budget.pay(self.at as u32, 0.0);
        }
        let side = if w < NARROW { 16.0 } else { 32.0 };
        let max: f32 = if self.dense() {
            1120.0
        } else {
            *s.pick(&[640.0, 720.0, 800.0])
        };
        let boxed = !self.any() || s.chance(70);
        // The two buttons at the end.
        let buttons = self.buttons(s);
        self.budget.pay(0, 190.0);
        let rail_width = if rail == Rail::Left { 260.0 } else { 0.0 };
        let width = (w - 2.0 * side - rail_width).min(max)
            - if boxed { 2.0 * ui.theme.card.pad } else { 0.0 };
        let mut kids = Vec::new();
        match rail {
            Rail::Top => {
                self.budget.pay(0, 60.0);
                kids.push(stepper(ui, &self.titles(), self.at, false, clickable));
            }
            Rail::Bar => {
                self.budget.pay(0, 50.0);
                kids.push(self.bar());
            }
            Rail::Dots => kids.push(step_dots(ui, self.at, self.topic.steps.len() + 1)),
            Rail::Left => {}
        }
        let body = self.body(s, width);
        let inner = column(ui.space(5.0), vec![body, divider(ui), buttons]).tag(Tag::Form);
        kids.push(if boxed {
            card(ui, 4.0, vec![inner])
        } else {
            inner
        });
        let main = column(ui.space(5.0), kids)
            .tag(Tag::Main)
            .full()
            .max_width(max);
        outer.push(if rail == Rail::Left {
            self.with_side(s, main, clickable, side)
        } else {
            column(0.0, vec![main])
                .align(Align::Center)
                .pad(side, ui.space(6.0))
                .grow(1.0)
        });
        if self.budget.elements >= 8 && h >= 640.0 && w >= 900.0 && self.any() {
            outer.push(shell::link_columns(ui, s, &mut self.budget));
        } else if self.budget.elements >= 3 && h >= 640.0 && self.any() {
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
            let (mood, text, action) = *s.pick(&[
                (Mood::Success, "Draft saved.", "View"),
                (Mood::Warning, "You are offline. Changes are kept.", "Retry"),
                (Mood::Info, "Your answers were restored.", "Start over"),
            ]);
            outer.push(toast(ui, view, mood, text, Some(action)));
        }
        page(ui, view, outer)
    }

    fn bar(&self) -> Node {
        let ui = self.ui;
        let n = self.topic.steps.len() + 1;
        let percent = (self.at * 100 / n) as u8;
        column(
            ui.space(2.0),
            vec![
                row(
                    ui.space(2.0),
                    vec![
                        body_text(
                            ui,
                            TextRole::Small,
                            ui.theme.colors.text,
                            &format!("Step {} of {n}", self.at + 1),
                        )
                        .weight(600),
                        spacer(),
                        muted(ui, &format!("{percent}% done")).nowrap().rigid(),
                    ],
                ),
                progress(ui, "Progress", percent),
            ],
        )
    }

    fn with_side(&mut self, s: &mut Stream, main: Node, clickable: bool, side: f32) -> Node {
        let ui = self.ui;
        let c = &ui.theme.colors;
        let mut kids = vec![
            heading(ui, 2, self.topic.title),
            muted(ui, self.topic.intro),
        ];
        kids.push(stepper(ui, &self.titles(), self.at, true, clickable));
        if self.budget.take(1, 0.0) {
            kids.push(spacer());
            let label = *s.pick(&["Need help?", "Contact support", "How this works"]);
            kids.push(row(0.0, vec![small_link(ui, label)]));
        }
        let rail = column(ui.space(4.0), kids)
            .width(260.0)
            .rigid()
            .pad(ui.space(6.0), ui.space(7.0))
            .bg(if s.chance(50) { c.surface } else { c.sunken })
            .border_right(1.0, c.border)
            .tag(Tag::Aside);
        let pane = column(0.0, vec![main])
            .align(if s.chance(60) {
                Align::Center
            } else {
                Align::Start
            })
            .pad(side, ui.space(7.0))
            .grow(1.0);
        row(0.0, vec![rail, pane]).align(Align::Stretch).grow(1.0)
    }

    fn body(&mut self, s: &mut Stream, width: f32) -> Node {
        let ui = self.ui;
        let (title, intro) = if self.review() {
            (
                "Review your answers",
                "Check everything before you send it.",
            )
        } else {
            let step = &self.topic.steps[self.at];
            (step.heading, step.intro)
        };
        let mut head =
            vec![column(ui.space(1.0), vec![heading(ui, 1, title), muted(ui, intro)]).grow(1.0)];
        if self.any() && s.chance(25) && self.budget.take(1, 0.0) {
            head.push(icon_button(ui, "close", "Close the form", Size::Medium));
        } else if self.any() && s.chance(20) && self.budget.take(1, 0.0) {
            head.push(self.help(s));
        }
        let mut kids = vec![row(ui.space(3.0), head).align(Align::Start)];
        if self.review() {
            kids.extend(self.review_parts(s));
        } else {
            let asks = self.questions(s);
            let fields = if self.dense() {
                let gap = ui.space(8.0);
                let half = (width - gap) / 2.0;
                let (left, right) = asks.split_at(asks.len().div_ceil(2));
                let columns = [left, right]
                    .map(|part| column(ui.space(4.0), self.form.fields(part, half)).share(1.0));
                vec![row(gap, columns.into()).align(Align::Start)]
            } else {
                self.form.fields(&asks, width)
            };
            if self.form.progress == Progress::Rejected && self.form.errors > 0 && s.chance(70) {
                let n = self.form.errors;
                let text = if n == 1 {
                    "One answer needs your attention.".to_owned()
                } else {
                    format!("{n} answers need your attention.")
                };
                kids.push(alert(ui, Mood::Danger, "", &text, false));
            }
            kids.extend(fields);
        }
        column(ui.space(4.0), kids)
    }

    /// A help button, perhaps with its tooltip.
    fn help(&self, s: &mut Stream) -> Node {
        let ui = self.ui;
        let mut kids = vec![icon_button(ui, "help", "Help", Size::Medium)];
        if s.chance(50) {
            let below = ui.theme.control.height[1] + 4.0;
            kids.push(tooltip(ui, "Help with this step").absolute(
                Length::Px(below),
                Length::Px(0.0),
                Length::Auto,
                Length::Auto,
            ));
        }
        block(kids).relative().rigid()
    }

    /// Many elements are wanted on a wide screen: two columns of questions.
    fn dense(&self) -> bool {
        self.any() && self.ctx.target_elements >= 22 && self.width() >= 1000.0
    }

    /// The questions of the step that the budget allows, in their order.
    fn questions(&mut self, s: &mut Stream) -> Vec<Ask> {
        let mut all = self.topic.steps[self.at].asks.to_vec();
        if self.dense() {
            // Short steps are shown together with the next one.
            let steps = self.topic.steps;
            let known: Vec<&str> = all.iter().map(|a| a.label).collect();
            let next = steps[(self.at + 1) % steps.len()].asks;
            all.extend(next.iter().filter(|a| !known.contains(&a.label)));
            self.budget.height *= 2.0;
        }
        let t = self.ui.theme;
        let mut order: Vec<usize> = (0..all.len()).collect();
        if self.any() {
            s.shuffle(&mut order);
        }
        let mut chosen = Vec::new();
        for i in order {
            let a = &all[i];
            let height = a.height(t) * if a.half { 0.6 } else { 1.0 };
            if chosen.is_empty() && a.elements() as i32 <= self.budget.elements.max(1) {
                self.budget.pay(a.elements(), height);
                chosen.push(i);
            } else if self.budget.take(a.elements(), height) {
                chosen.push(i);
            }
        }
        if chosen.is_empty() {
            // Nothing fits: the shortest question.
            let least = (0..all.len()).min_by_key(|i| all[*i].elements());
            chosen.extend(least);
        }
        chosen.sort_unstable();
        chosen.into_iter().map(|i| all[i]).collect()
    }

    fn review_parts(&mut self, s: &mut Stream) -> Vec<Node> {
        let ui = self.ui;
        let c = &ui.theme.colors;
        let mut out = Vec::new();
        let icons = s.chance(40);
        for step in self.topic.steps {
            let mut head = vec![heading(ui, 3, step.title).grow(1.0)];
            if self.budget.take(1, 40.0) {
                let purpose = format!("change the answers of {}", step.title.to_lowercase());
                head.push(if icons {
                    icon_button(
                        ui,
                        "edit",
                        &format!("Edit {}", step.title.to_lowercase()),
                        Size::Small,
                    )
                    .purpose(&purpose)
                } else {
                    small_link(ui, "Edit").purpose(&purpose)
                });
            }
            let mut rows = vec![row(ui.space(2.0), head)];
            for a in step.asks.iter().take(3) {
                let Some(answer) = self.form.said(a) else {
                    continue;
                };
                self.budget.pay(0, 26.0);
                rows.push(
                    row(
                        ui.space(4.0),
                        vec![
                            body_text(ui, TextRole::Small, c.muted, a.label).share(1.0),
                            body_text(ui, TextRole::Small, c.text, &answer).share(1.4),
                        ],
                    )
                    .align(Align::Start),
                );
            }
            if !out.is_empty() {
                out.push(divider(ui));
            }
            out.push(
                column(ui.space(2.0), rows)
                    .tag(Tag::Section)
                    .group(step.title),
            );
        }
        if self.budget.take(1, 40.0) {
            let on = s.chance(50);
            out.push(checkbox(ui, self.topic.consent, on.into(), Flags::NONE));
        }
        if s.chance(40) && self.budget.take(1, 40.0) {
            out.push(checkbox(
                ui,
                "Email me a copy",
                s.chance(50).into(),
                Flags::NONE,
            ));
        }
        out
    }

    /// Back, save, skip, next.
    fn buttons(&mut self, s: &mut Stream) -> Node {
        let ui = self.ui;
        let mut start = Vec::new();
        let mut end = Vec::new();
        let first = self.at == 0;
        self.budget.pay(1, 0.0);
        if !first || self.budget.elements >= 8 {
            let off = Flags {
                disabled: first,
                ..Flags::NONE
            };
            if !first {
                self.budget.pay(1, 0.0);
            }
            start.push(button_with(
                ui,
                Button {
                    label: s.pick::<&str>(&["Back", "Previous"]),
                    kind: *s.pick(&[
                        ButtonKind::Secondary,
                        ButtonKind::Outline,
                        ButtonKind::Ghost,
                    ]),
                    icon: s.chance(35).then_some("back"),
                    flags: off,
                    purpose: "go to the previous step",
                    ..Button::default()
                },
            ));
        }
        if self.any() && s.chance(45) && self.budget.take(1, 0.0) {
            start.push(button_with(
                ui,
                Button {
                    label: "Save draft",
                    kind: ButtonKind::Ghost,
                    icon: s.chance(50).then_some("save"),
                    ..Button::default()
                },
            ));
        }
        if self.any() && !self.review() && s.chance(30) && self.budget.take(1, 0.0) {
            end.push(button(
                ui,
                ButtonKind::Ghost,
                s.pick::<&str>(&["Skip", "Skip this step"]),
            ));
        }
        let label = if self.review() {
            self.topic.send
        } else {
            s.pick::<&str>(&["Next", "Continue", "Save and continue"])
        };
        end.push(button_with(
            ui,
            Button {
                label,
                kind: ButtonKind::Primary,
                icon_end: (!self.review() && s.chance(35)).then_some("forward"),
                flags: Flags {
                    disabled: self.form.progress == Progress::Untouched && s.chance(20),
                    ..Flags::NONE
                },
                loading: self.review() && s.chance(10),
                purpose: if self.review() {
                    "send the form"
                } else {
                    "go to the next step"
                },
                ..Button::default()
            },
        ));
        wrap_row(
            ui.space(2.0),
            vec![wrap_row(ui.space(2.0), start), wrap_row(ui.space(2.0), end)],
        )
        .justify(Align::SpaceBetween)
    }
}
