//! Answers and states of the questions on one screen.

use crate::base::rng::Stream;
use crate::generate::content::Content;
use crate::generate::plan::{Checked, Node};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Field, FieldKind, Flags, RadioCard, Select, Slider, Ui, checkbox, chip_group, column,
    drop_zone, field, filter_chip, radio_cards, radio_group, row, select_with, slider, switch,
};

use super::ask::{Answer, Ask, Kind};

/// How far the person at the screen has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::generate::archetype) enum Progress {
    /// Nothing typed.
    Untouched,
    /// The first questions answered, the next one focused.
    Partial,
    /// All answered.
    Complete,
    /// Sent with mistakes.
    Rejected,
}

/// The form of one screen: words, draws and state.
#[derive(Debug)]
pub(in crate::generate::archetype) struct Form<'a> {
    pub(in crate::generate::archetype) ui: &'a Ui<'a>,
    pub(in crate::generate::archetype) content: &'a Content,
    pub(in crate::generate::archetype) values: Stream,
    pub(in crate::generate::archetype) state: Stream,
    pub(in crate::generate::archetype) progress: Progress,
    /// Questions still answered before the focused one (only [`Progress::Partial`]).
    pub(in crate::generate::archetype) answered: usize,
    /// Whether an open select may still be drawn.
    pub(in crate::generate::archetype) may_open: bool,
    focus_done: bool,
    /// Error texts shown so far.
    pub(in crate::generate::archetype) errors: usize,
    /// The person who fills it in: the same in every field.
    who: crate::generate::content::Person,
    place: crate::generate::content::Address,
}

impl<'a> Form<'a> {
    pub(in crate::generate::archetype) fn new(
        ui: &'a Ui<'a>,
        content: &'a Content,
        mut values: Stream,
        mut state: Stream,
    ) -> Self {
        let progress = [
            Progress::Untouched,
            Progress::Partial,
            Progress::Complete,
            Progress::Rejected,
        ][state.weighted(&[3, 4, 2, 3])];
        let answered = state.below(6);
        let may_open = state.chance(22);
        let who = content.person(&mut values);
        let place = content.address(&mut values);
        Self {
            ui,
            content,
            values,
            state,
            progress,
            answered,
            may_open,
            focus_done: false,
            errors: 0,
            who,
            place,
        }
    }

    /// State and whether the next question is answered.
    fn next_state(&mut self, a: &Ask) -> (Flags, bool, &'static str) {
        let mut flags = Flags {
            required: a.required,
            ..Flags::NONE
        };
        let mut error = "";
        let filled = match self.progress {
            Progress::Untouched => {
                if !self.focus_done && self.state.chance(25) {
                    flags.focused = true;
                }
                self.focus_done = true;
                false
            }
            Progress::Partial => {
                if self.answered > 0 {
                    self.answered -= 1;
                    true
                } else {
                    flags.focused = !self.focus_done;
                    self.focus_done = true;
                    false
                }
            }
            Progress::Complete => true,
            Progress::Rejected => {
                let wrong = !a.error.is_empty() && self.errors < 3 && self.state.chance(45);
                if wrong {
                    error = a.error;
                    self.errors += 1;
                }
                // Mistakes about missing answers are shown on empty fields.
                !(wrong && (a.error.starts_with("Enter") || a.error.starts_with("Choose")))
            }
        };
        (flags, filled, error)
    }

    fn answer(&mut self, a: Answer) -> String {
        let s = &mut self.values;
        match a {
            Answer::Given => self.who.given.into(),
            Answer::Family => self.who.family.into(),
            Answer::Full => self.who.full(),
            Answer::Company => self.content.company(s),
            Answer::Street => self.place.street.clone(),
            Answer::City => self.place.city.into(),
            Answer::Postcode => self.place.postcode.clone(),
            Answer::Region => self.place.region.into(),
            Answer::Day(ahead) => {
                let d = self.content.day(s, 0, ahead);
                self.content.date(d)
            }
            Answer::Code(pattern) => self.content.code(s, pattern),
            Answer::One(of) => (*s.pick(of)).into(),
        }
    }

    /// Draws a question.
    pub(in crate::generate::archetype) fn ask(&mut self, a: &Ask) -> Node {
        let (flags, filled, error) = self.next_state(a);
        self.draw(a, flags, filled, error)
    }

    /// Draws a question in a given state.
    pub(in crate::generate::archetype) fn draw(
        &mut self,
        a: &Ask,
        flags: Flags,
        filled: bool,
        error: &str,
    ) -> Node {
        let ui = self.ui;
        let base = Field {
            label: a.label,
            help: a.help,
            error,
            flags,
            icon: (!a.icon.is_empty()).then_some(a.icon),
            ..Field::default()
        };
        let text = |value: &str, placeholder: &str, kind: FieldKind| {
            field(
                ui,
                Field {
                    kind,
                    value: if filled { value } else { "" },
                    placeholder,
                    ..base
                },
            )
        };
        let hint = placeholder(a.kind);
        match a.kind {
            Kind::Text(answer) => {
                let v = self.answer(answer);
                text(&v, hint, FieldKind::Text)
            }
            Kind::Email => {
                let v = self.who.email(&mut self.values);
                text(&v, hint, FieldKind::Email)
            }
            Kind::Phone => {
                let v = self.content.phone(&mut self.values);
                text(&v, hint, FieldKind::Tel)
            }
            Kind::Password => {
                let revealed = filled && self.state.chance(20);
                let v = *self.values.pick(&[
                    "correct-horse-42",
                    "quiet-river-19",
                    "maple.window.7",
                    "seven-blue-kites",
                ]);
                text(v, "", FieldKind::Password { revealed })
            }
            Kind::Number(min, max) => {
                let v = self.values.range(min, max.min(min + 12)).to_string();
                field(
                    ui,
                    Field {
                        kind: FieldKind::Number {
                            min: min as f64,
                            max: max as f64,
                        },
                        value: &v,
                        ..base
                    },
                )
            }
            Kind::Area(samples) => {
                let v = *self.values.pick(samples);
                text(v, hint, FieldKind::Area(3))
            }
            Kind::Select(options) => self.select(&base, options, filled),
            Kind::Country => {
                let all = self.content.locale.countries;
                let n = all.len().min(7);
                let from = self.values.below(all.len() - n + 1);
                self.select(&base, &all[from..from + n], filled)
            }
            Kind::Radio(options) => {
                let n = options.len();
                let chosen = self.choice(n, filled);
                let inline = options.iter().map(|o| o.len()).sum::<usize>() < 36;
                radio_group(ui, a.label, options, chosen, inline)
            }
            Kind::Cards(cards) => {
                let chosen = self.choice(cards.len(), filled);
                let cards: Vec<RadioCard<'_>> = cards
                    .iter()
                    .map(|(title, detail, icon)| RadioCard {
                        title,
                        detail,
                        icon: (!icon.is_empty()).then_some(icon),
                        ..RadioCard::default()
                    })
                    .collect();
                titled(ui, a.label, radio_cards(ui, a.label, &cards, chosen, 1))
            }
            Kind::Checks(options) => {
                let boxes = options
                    .iter()
                    .map(|o| {
                        let on = filled && self.values.chance(45);
                        checkbox(ui, o, on.into(), Flags::NONE)
                    })
                    .collect();
                titled(ui, a.label, column(ui.space(2.0), boxes)).group(a.label)
            }
            Kind::Chips(options) => {
                let chips = options
                    .iter()
                    .map(|o| filter_chip(ui, o, filled && self.values.chance(40), Flags::NONE))
                    .collect();
                titled(ui, a.label, chip_group(ui, a.label, chips)).group(a.label)
            }
            Kind::Switch => {
                let on = self.values.chance(50);
                let at_end = ui.theme.id != "graphite";
                switch(ui, a.label, on, at_end, Flags::NONE)
            }
            Kind::Check => {
                let on = filled && self.values.chance(70);
                let wrong = Flags {
                    invalid: !error.is_empty(),
                    ..flags
                };
                checkbox(ui, a.label, on.into(), wrong)
            }
            Kind::Slider(min, max, unit) => {
                let v = self.values.range(min, max);
                let shown = with_unit(v, unit);
                slider(
                    ui,
                    Slider {
                        label: a.label,
                        value: v as f64,
                        min: min as f64,
                        max: max as f64,
                        shown: &shown,
                        flags,
                    },
                )
            }
            Kind::Upload(hint) => drop_zone(ui, a.label, hint),
        }
    }

    /// The answer to a question in words, for a review; `None` where it has none.
    pub(in crate::generate::archetype) fn said(&mut self, a: &Ask) -> Option<String> {
        Some(match a.kind {
            Kind::Text(answer) => self.answer(answer),
            Kind::Email => self.who.email(&mut self.values),
            Kind::Phone => self.content.phone(&mut self.values),
            Kind::Number(min, max) => self.values.range(min, max.min(min + 12)).to_string(),
            Kind::Slider(min, max, unit) => with_unit(self.values.range(min, max), unit),
            Kind::Select(o) | Kind::Radio(o) => (*self.values.pick(o)).into(),
            Kind::Country => self.place.country.into(),
            Kind::Cards(o) => self.values.pick(o).0.into(),
            Kind::Checks(o) | Kind::Chips(o) => {
                let n = 1 + self.values.below(2);
                let picked: Vec<&str> = self.values.sample(o, n).into_iter().copied().collect();
                picked.join(", ")
            }
            Kind::Switch | Kind::Check => {
                if self.values.chance(60) {
                    "Yes".into()
                } else {
                    "No".into()
                }
            }
            Kind::Password | Kind::Area(_) | Kind::Upload(_) => return None,
        })
    }

    fn choice(&mut self, n: usize, filled: bool) -> Option<usize> {
        filled.then(|| self.values.below(n))
    }

    fn select(&mut self, base: &Field<'_>, options: &[&str], filled: bool) -> Node {
        let open = std::mem::take(&mut self.may_open) && options.len() <= 8;
        let value = if filled {
            *self.values.pick(options)
        } else {
            ""
        };
        let flags = Flags {
            focused: false,
            ..base.flags
        };
        select_with(
            self.ui,
            Select {
                label: base.label,
                value,
                placeholder: "Select an option",
                open: if open { options } else { &[] },
                help: if open { "" } else { base.help },
                error: if open { "" } else { base.error },
                flags,
                icon: base.icon,
                ..Select::default()
            },
        )
    }

    /// Draws questions below each other, half-width ones side by side where there is room.
    pub(in crate::generate::archetype) fn fields(&mut self, asks: &[Ask], width: f32) -> Vec<Node> {
        let gap = self.ui.space(4.0);
        let paired = width >= 420.0;
        let mut out = Vec::new();
        let mut i = 0;
        while i < asks.len() {
            let pair = paired && asks[i].half && asks.get(i + 1).is_some_and(|b| b.half);
            if pair {
                let kids = vec![
                    self.ask(&asks[i]).share(1.0),
                    self.ask(&asks[i + 1]).share(1.0),
                ];
                out.push(row(gap, kids).align(crate::generate::plan::Align::Start));
                i += 2;
            } else {
                out.push(self.ask(&asks[i]));
                i += 1;
            }
        }
        out
    }
}

fn with_unit(v: i64, unit: &str) -> String {
    if unit == "%" {
        format!("{v}%")
    } else {
        format!("{v} {unit}")
    }
}

const fn placeholder(kind: Kind) -> &'static str {
    match kind {
        Kind::Email => "name@example.com",
        Kind::Phone => "555 0100",
        Kind::Text(Answer::Day(_)) => "Pick a date",
        Kind::Area(_) => "Write a few words",
        _ => "",
    }
}

fn titled(ui: &Ui<'_>, label: &str, body: Node) -> Node {
    column(
        ui.space(2.0),
        vec![ui.text(TextRole::Label, ui.theme.colors.text, label), body],
    )
}

impl From<bool> for Checked {
    fn from(on: bool) -> Self {
        if on { Self::True } else { Self::False }
    }
}
