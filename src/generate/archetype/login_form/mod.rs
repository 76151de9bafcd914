//! Signing in, signing up, resetting a password, entering a one-time code.

mod fields;

use super::form_parts::dialogs;
use super::form_parts::shell::{self, NARROW};
use super::form_parts::{Budget, Form, Progress};
use super::{Archetype, Compose, Composed};
use crate::base::rng::Stream;
use crate::generate::content::Content;
use crate::generate::plan::{Align, Fill, Length, Node, Tag, TextAlign};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Mood, Tab, Ui, alert, body_text, brand, card, column, divider_with, heading, muted, page, row,
    spacer, tabs, toast,
};

pub(super) struct LoginForm;

/// How the form stands on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Card,
    Split,
    FullBleed,
    Drawer,
    Bare,
}

/// What the form is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    SignIn,
    SignUp,
    Reset,
    NewPassword,
    Code,
    Passwordless,
}

/// Ways to sign in without a password: label, icon meaning.
const PROVIDERS: &[(&str, &str)] = &[
    ("Continue with SSO", "organization"),
    ("Use a passkey", "fingerprint"),
    ("Email me a link", "email"),
    ("Use a security key", "key"),
    ("Scan a QR code", "qr code"),
    ("Use a recovery code", "lock"),
    ("Text me a code", "message"),
];

/// Lines of the coloured half of a split screen.
const PROMISES: &[&str] = &[
    "Set up in under five minutes",
    "Works on every device you own",
    "Your data stays in your region",
    "Export everything at any time",
    "No training needed",
    "Support in eleven languages",
    "Made for teams of any size",
    "Undo for every change",
];

impl Archetype for LoginForm {
    fn id(&self) -> &'static str {
        "login_form"
    }

    fn title(&self) -> &'static str {
        "Login form"
    }

    fn doc(&self) -> &'static str {
        "Sign in, sign up, reset and one-time code; as a card, split screen, drawer or full \
         picture; with other ways to sign in, errors and states."
    }

    fn compose(&self, ctx: &Compose<'_>) -> Composed {
        let ui = &Ui::new(ctx.theme);
        let mut structure = ctx.streams.stream("login/structure");
        let content = Content::new(&mut ctx.streams.stream("content"));
        let mut words = ctx.streams.stream("login/words");
        let domain = content.domain(&mut words);
        let (mark, name) = (*words.pick(domain.marks), *words.pick(domain.brands));
        let s = &mut structure;
        let mode = draw_mode(s, ctx.target_elements, ctx.randomize_layout);
        let place = draw_place(s, ctx);
        let mut form = Form::new(
            ui,
            &content,
            ctx.streams.stream("login/values"),
            ctx.streams.stream("login/state"),
        );
        let mut screen = Screen {
            ui,
            ctx,
            name,
            mark,
            mode,
            place,
            budget: Budget::new(ctx.target_elements, ctx.viewport.height_px as f32),
        };
        let title = screen.title();
        let root = screen.compose(s, &mut words, &mut form, &content);
        Composed {
            title: format!("{title} – {name}"),
            root,
        }
    }
}

fn draw_mode(s: &mut Stream, target: u32, any: bool) -> Mode {
    if !any {
        return Mode::SignIn;
    }
    let weights: [u32; 6] = match target {
        0..=4 => [2, 0, 6, 1, 0, 6],
        5..=7 => [6, 1, 1, 3, 2, 3],
        8..=11 => [6, 4, 0, 1, 5, 2],
        _ => [5, 7, 0, 0, 2, 1],
    };
    [
        Mode::SignIn,
        Mode::SignUp,
        Mode::Reset,
        Mode::NewPassword,
        Mode::Code,
        Mode::Passwordless,
    ][s.weighted(&weights)]
}

fn draw_place(s: &mut Stream, ctx: &Compose<'_>) -> Place {
    let w = ctx.viewport.width_px as f32;
    if !ctx.randomize_layout {
        return if w < NARROW { Place::Bare } else { Place::Card };
    }
    let weights = if w < NARROW {
        [3, 0, 0, 0, 7]
    } else if w < 900.0 {
        [6, 0, 3, 0, 2]
    } else {
        [5, 4, 3, 2, 2]
    };
    [
        Place::Card,
        Place::Split,
        Place::FullBleed,
        Place::Drawer,
        Place::Bare,
    ][s.weighted(&weights)]
}

struct Screen<'a> {
    ui: &'a Ui<'a>,
    ctx: &'a Compose<'a>,
    name: &'static str,
    mark: &'static str,
    mode: Mode,
    place: Place,
    budget: Budget,
}

impl Screen<'_> {
    fn title(&self) -> &'static str {
        match self.mode {
            Mode::SignIn | Mode::Passwordless => "Sign in",
            Mode::SignUp => "Create an account",
            Mode::Reset => "Reset your password",
            Mode::NewPassword => "Choose a new password",
            Mode::Code => "Enter the code",
        }
    }

    fn narrow(&self) -> bool {
        (self.ctx.viewport.width_px as f32) < NARROW
    }

    fn compose(
        &mut self,
        s: &mut Stream,
        words: &mut Stream,
        form: &mut Form<'_>,
        content: &Content,
    ) -> Node {
        let ui = self.ui;
        let view = self.ctx.viewport;
        let want = self.ctx.target_elements;
        let (w, h) = (view.width_px as f32, view.height_px as f32);
        let framed = matches!(self.place, Place::Card | Place::Bare) && self.ctx.randomize_layout;
        let core = self.core_elements();
        let spare = want.saturating_sub(core);
        let mut outer = Vec::new();
        let header = framed && h >= 480.0 && (spare >= 6 || s.chance(25));
        if header {
            outer.push(shell::header(
                ui,
                s,
                view,
                (self.mark, self.name),
                spare / 2,
                &mut self.budget,
            ));
        }
        let footer = self.ctx.randomize_layout && h >= 420.0 && (spare >= 4 || s.chance(30));
        let footer = footer.then(|| {
            if spare >= 16 && w >= 900.0 && h >= 640.0 {
                return shell::link_columns(ui, s, &mut self.budget);
            }
            let most = (spare / 3).clamp(1, 6);
            shell::footer(ui, s, view, self.name, most, &mut self.budget)
        });
        let consent = self.ctx.randomize_layout && spare >= 5 && h >= 560.0 && s.chance(18);
        if consent {
            self.budget.pay(3, 0.0);
        }
        let toasted = self.ctx.randomize_layout && !consent && w >= 900.0 && s.chance(8);
        if toasted {
            self.budget.pay(1, 0.0);
        }
        let question = (self.ctx.randomize_layout && !consent && h >= 480.0 && s.chance(8))
            .then(|| dialogs::fitting(dialogs::LOGIN, self.ctx.element_range, s))
            .flatten();
        let boxed = matches!(self.place, Place::Card | Place::FullBleed);
        let form_width: f32 = match self.place {
            Place::Bare => 400.0,
            Place::Drawer => 420.0,
            _ => *s.pick(&[384.0, 408.0, 440.0, 480.0]),
        };
        let inner = form_width.min(w - 32.0) - if boxed { 2.0 * ui.theme.card.pad } else { 0.0 };
        self.budget.pay(
            0,
            if boxed {
                2.0 * ui.theme.card.pad + 32.0
            } else {
                32.0
            },
        );
        let body = self.form(s, words, form, content, inner, header);
        let body = column(ui.space(4.0), body).tag(Tag::Form);
        let main = match self.place {
            Place::Card => centre(card(ui, 4.0, vec![body]).full().max_width(form_width), 16.0),
            Place::Bare => centre(body.full().max_width(form_width), 20.0),
            Place::FullBleed => {
                let side = s.weighted(&[3, 2, 2]);
                self.full_bleed(card(ui, 4.0, vec![body]).full().max_width(form_width), side)
            }
            Place::Split => self.split(s, words, content, body.full().max_width(form_width)),
            Place::Drawer => self.drawer(s, words, content, body, form_width),
        };
        outer.push(main.grow(1.0));
        outer.extend(footer);
        if consent {
            outer.push(shell::consent(ui, s, view));
        }
        if let Some(q) = question {
            outer.push(dialogs::draw(q, form, view, s));
        } else if toasted {
            const GONE: (Mood, &str) = (Mood::Success, "You have been signed out.");
            const SENT: (Mood, &str) = (Mood::Info, "A new code is on its way.");
            const EXPIRED: (Mood, &str) = (
                Mood::Info,
                "Your session has expired. Please sign in again.",
            );
            const CHANGED: (Mood, &str) = (Mood::Success, "Password changed. Use it from now on.");
            let fitting: &[(Mood, &str)] = match self.mode {
                Mode::SignIn => &[GONE, EXPIRED, CHANGED],
                Mode::Passwordless => &[GONE, EXPIRED],
                Mode::Code => &[SENT],
                Mode::SignUp | Mode::Reset | Mode::NewPassword => &[GONE],
            };
            let (mood, text) = *s.pick(fitting);
            outer.push(toast(ui, view, mood, text, None));
        }
        page(ui, view, outer)
    }

    /// Elements that the mode cannot do without.
    fn core_elements(&self) -> u32 {
        match self.mode {
            Mode::SignIn => 4,
            Mode::SignUp => 5,
            Mode::Reset => 3,
            Mode::NewPassword => 5,
            Mode::Code => 8,
            Mode::Passwordless => 2,
        }
    }

    fn full_bleed(&self, card: Node, side: usize) -> Node {
        let c = &self.ui.theme.colors;
        let mut n = centre(card.shadows(&self.ui.theme.shadow.high), 24.0).fill(Fill::Gradient {
            angle_deg: [135.0, 45.0, 180.0][side],
            from: c.brand_from,
            to: c.brand_to,
        });
        if self.ctx.viewport.width_px >= 1000 && side > 0 {
            n.style.align_items = if side == 1 { Align::Start } else { Align::End };
            n = n.pad(80.0, 24.0);
        }
        n
    }

    /// The coloured half of a split screen.
    fn poster(&self, s: &mut Stream, words: &mut Stream, content: &Content) -> Node {
        let ui = self.ui;
        let c = &ui.theme.colors;
        let tagline = content.tagline(words);
        let mut kids = vec![
            brand(ui, self.mark, self.name, c.on_brand),
            spacer(),
            body_text(ui, TextRole::Display, c.on_brand, tagline),
        ];
        if s.chance(60) {
            for line in words.sample(PROMISES, 3) {
                kids.push(
                    row(
                        ui.space(2.5),
                        vec![
                            ui.icon("done", 20.0, c.on_brand),
                            body_text(ui, TextRole::Body, c.on_brand, line),
                        ],
                    )
                    .align(Align::Start),
                );
            }
        }
        kids.push(spacer());
        column(ui.space(4.0), kids)
            .pad(48.0, 40.0)
            .fill(Fill::Gradient {
                angle_deg: *s.pick(&[135.0, 180.0, 90.0]),
                from: c.brand_from,
                to: c.brand_to,
            })
    }

    fn split(&self, s: &mut Stream, words: &mut Stream, content: &Content, body: Node) -> Node {
        let poster = self.poster(s, words, content).share(1.0);
        let side =
            centre(body, 32.0)
                .share(*s.pick(&[1.0, 1.0, 1.5]))
                .bg(self.ui.theme.colors.surface);
        let kids = if s.chance(60) {
            vec![poster, side]
        } else {
            vec![side, poster]
        };
        row(0.0, kids).align(Align::Stretch)
    }

    fn drawer(
        &self,
        s: &mut Stream,
        words: &mut Stream,
        content: &Content,
        body: Node,
        width: f32,
    ) -> Node {
        let c = &self.ui.theme.colors;
        let poster = self.poster(s, words, content).share(1.0);
        let panel = centre(body.full(), 40.0)
            .width(width + 80.0)
            .rigid()
            .bg(c.surface)
            .shadows(&self.ui.theme.shadow.high);
        row(0.0, vec![poster, panel]).align(Align::Stretch)
    }

    /// Everything in the form, from its title to its last link.
    fn form(
        &mut self,
        s: &mut Stream,
        words: &mut Stream,
        form: &mut Form<'_>,
        content: &Content,
        width: f32,
        header: bool,
    ) -> Vec<Node> {
        let ui = self.ui;
        let c = &ui.theme.colors;
        let any = self.ctx.randomize_layout;
        let mut out = Vec::new();
        let centred = any && s.chance(35) && !ui.theme.button.start_aligned;
        if !header && matches!(self.place, Place::Card | Place::Bare | Place::FullBleed) {
            out.push(
                row(0.0, vec![brand(ui, self.mark, self.name, c.text)]).justify(if centred {
                    Align::Center
                } else {
                    Align::Normal
                }),
            );
            self.budget.pay(0, 50.0);
        }
        let align = if centred {
            TextAlign::Center
        } else {
            TextAlign::Start
        };
        out.push(self.titles(s, words, align));
        self.budget.pay(0, 76.0);
        self.budget.pay(self.core_elements(), self.core_height());
        if any
            && matches!(self.mode, Mode::SignIn | Mode::SignUp)
            && s.chance(15)
            && self.budget.take(2, 56.0)
        {
            let items = ["Sign in", "Create account"].map(|title| Tab {
                title,
                ..Tab::default()
            });
            let on = usize::from(self.mode == Mode::SignUp);
            out.insert(out.len() - 1, tabs(ui, "Account", &items, on, true));
        }
        let rejected = form.progress == Progress::Rejected;
        if any && rejected && s.chance(60) {
            let dismiss = s.chance(40) && self.budget.take(1, 0.0);
            out.push(self.banner(s, dismiss));
            self.budget.pay(0, 64.0);
        }
        let providers = self.providers(s, width);
        let above = s.chance(40);
        let (before, after) = match providers {
            Some(p) if above => (Some(p), None),
            p => (None, p),
        };
        let or = *s.pick(&["or", "or continue with"]);
        if let Some(p) = before {
            out.push(p);
            out.push(divider_with(
                ui,
                if or == "or" { or } else { "or use your email" },
            ));
        }
        match self.mode {
            Mode::Code => self.code(s, form, &mut out),
            _ => {
                let asks = self.asks(s);
                out.extend(form.fields(&asks, width));
            }
        }
        self.under_fields(s, &mut out);
        out.push(self.submit(s, form));
        if let Some(p) = after {
            out.push(divider_with(ui, or));
            out.push(p);
        }
        self.closing(s, content, centred, &mut out);
        out
    }

    fn titles(&self, s: &mut Stream, words: &mut Stream, align: TextAlign) -> Node {
        let ui = self.ui;
        let name = self.name;
        let (title, sub): (String, String) = match self.mode {
            Mode::SignIn | Mode::Passwordless => (
                match s.below(4) {
                    0 => "Welcome back".into(),
                    1 => format!("Sign in to {name}"),
                    2 => "Log in to your account".into(),
                    _ => "Sign in".into(),
                },
                words
                    .pick(&[
                        "Enter your details to continue.",
                        "Good to see you again.",
                        "Use your work account.",
                        "One account for everything.",
                    ])
                    .to_string(),
            ),
            Mode::SignUp => (
                s.pick(&[
                    "Create your account",
                    "Get started",
                    "Join us today",
                    "Start your free trial",
                ])
                .to_string(),
                words
                    .pick(&[
                        "Free for 30 days. Cancel any time.",
                        "It takes less than two minutes.",
                        "No payment details needed.",
                    ])
                    .to_string(),
            ),
            Mode::Reset => (
                "Forgot your password?".into(),
                "Enter your email and we will send you a link.".into(),
            ),
            Mode::NewPassword => (
                "Choose a new password".into(),
                "At least 12 characters, with a number.".into(),
            ),
            Mode::Code => (
                s.pick(&[
                    "Check your inbox",
                    "Verify it is you",
                    "Two-step verification",
                ])
                .to_string(),
                "We sent a code. It is valid for ten minutes.".into(),
            ),
        };
        column(
            ui.space(1.0),
            vec![
                heading(ui, 1, &title).text_align(align),
                muted(ui, &sub).text_align(align),
            ],
        )
    }

    fn banner(&self, s: &mut Stream, dismiss: bool) -> Node {
        let (mood, title, text) = match self.mode {
            Mode::Code => (Mood::Danger, "", "The code is wrong or has expired."),
            Mode::SignUp => (
                Mood::Danger,
                "Check your details",
                "Some answers are missing or wrong.",
            ),
            _ => *s.pick(&[
                (
                    Mood::Danger,
                    "Could not sign you in",
                    "The email or the password is wrong.",
                ),
                (
                    Mood::Danger,
                    "",
                    "The email or the password is wrong. Two attempts are left.",
                ),
                (
                    Mood::Warning,
                    "Your session has expired",
                    "Sign in again to continue.",
                ),
            ]),
        };
        alert(self.ui, mood, title, text, dismiss)
    }
}

/// In the middle of what is left, never beyond the top or left edge.
fn centre(mut child: Node, pad: f32) -> Node {
    child.style.margin.top = Length::Auto;
    child.style.margin.bottom = Length::Auto;
    column(0.0, vec![child]).align(Align::Center).pad(pad, pad)
}
