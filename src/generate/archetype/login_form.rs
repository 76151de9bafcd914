//! Signing in, signing up, resetting a password, entering a one-time code.

use super::form::{Answer, Ask, Budget, Form, Kind, Progress, ask};
use super::shell::{self, NARROW};
use super::{Archetype, Compose, Composed};
use crate::base::rng::Stream;
use crate::generate::content::Content;
use crate::generate::plan::{Align, Fill, Length, Node, Tag, TextAlign};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Button, ButtonKind, Flags, Mood, Size, Tab, Ui, alert, body_text, brand, button_with, card,
    checkbox, code_boxes, column, divider_with, equal_grid, heading, icon_link, muted, page, row,
    small_link, spacer, switch, tabs, toast, wrap_row,
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
        if toasted {
            let (mood, text) = *s.pick(&[
                (Mood::Success, "You have been signed out."),
                (
                    Mood::Info,
                    "Your session has expired. Please sign in again.",
                ),
                (Mood::Success, "Password changed. Use it from now on."),
            ]);
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
            for _ in 0..3 {
                let line = content.help(words);
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
        let or = *s.pick(&["or", "or use your email", "or continue with"]);
        if let Some(p) = before {
            out.push(p);
            out.push(divider_with(ui, "or"));
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

    fn providers(&mut self, s: &mut Stream, width: f32) -> Option<Node> {
        let ui = self.ui;
        if !self.ctx.randomize_layout
            || !matches!(self.mode, Mode::SignIn | Mode::SignUp | Mode::Passwordless)
        {
            return None;
        }
        let spare = (self.budget.elements - 2).clamp(0, 5);
        let want = if self.mode == Mode::Passwordless {
            2
        } else {
            0
        };
        let most = s.range(0, i64::from(spare)).max(want) as u32;
        if most == 0 {
            return None;
        }
        let each = ui.theme.control.height[1] + ui.space(2.0);
        let columns: usize = if most >= 2 && width >= 380.0 && (most >= 4 || s.chance(30)) {
            2
        } else {
            1
        };
        let rows = (most as f32 / columns as f32).ceil();
        if !self.budget.take(most, rows * each + 40.0) && self.mode != Mode::Passwordless {
            return None;
        }
        let buttons = s
            .sample(PROVIDERS, most as usize)
            .into_iter()
            .map(|(label, icon)| {
                button_with(
                    ui,
                    Button {
                        label,
                        kind: ButtonKind::Outline,
                        icon: Some(icon),
                        full: true,
                        ..Button::default()
                    },
                )
            })
            .collect();
        Some(equal_grid(columns, ui.space(2.0), buttons).group("Other ways to sign in"))
    }

    fn asks(&mut self, s: &mut Stream) -> Vec<Ask> {
        let icons = self.ctx.randomize_layout && s.chance(30);
        let email = ask("Email", Kind::Email)
            .required()
            .error("Enter a valid email address");
        let password = ask("Password", Kind::Password)
            .required()
            .error("Enter your password");
        let with = |a: Ask, icon| if icons { a.icon(icon) } else { a };
        let email = with(email, "email");
        let password = with(password, "lock");
        let t = self.ui.theme;
        let extra = |b: &mut Budget, s: &mut Stream, a: Ask, percent: u32| {
            (self.ctx.randomize_layout && s.chance(percent) && b.take(a.elements(), a.height(t)))
                .then_some(a)
        };
        let b = &mut self.budget;
        match self.mode {
            Mode::SignIn => {
                let mut v = Vec::new();
                v.extend(extra(
                    b,
                    s,
                    with(
                        ask(
                            "Workspace",
                            Kind::Text(Answer::One(&[
                                "north-team",
                                "acme-field",
                                "studio-9",
                                "blue-harbor",
                            ])),
                        )
                        .help("The first part of your address"),
                        "organization",
                    ),
                    22,
                ));
                v.push(if s.chance(70) {
                    email
                } else {
                    with(
                        ask(
                            "Username",
                            Kind::Text(Answer::One(&[
                                "rowan.hale",
                                "m.okafor",
                                "lin_ostrow",
                                "teague88",
                            ])),
                        )
                        .required()
                        .error("Enter your username"),
                        "account",
                    )
                });
                v.push(password);
                v
            }
            Mode::SignUp => {
                let mut v = Vec::new();
                if s.chance(55) && b.take(2, 60.0) {
                    v.push(
                        ask("First name", Kind::Text(Answer::Given))
                            .half()
                            .error("Enter your first name"),
                    );
                    v.push(
                        ask("Last name", Kind::Text(Answer::Family))
                            .half()
                            .error("Enter your last name"),
                    );
                } else {
                    v.extend(extra(
                        b,
                        s,
                        ask("Full name", Kind::Text(Answer::Full)).error("Enter your name"),
                        80,
                    ));
                }
                v.extend(extra(b, s, ask("Company", Kind::Text(Answer::Company)), 40));
                v.push(email);
                v.extend(extra(
                    b,
                    s,
                    ask("Phone number", Kind::Phone).error("This number is too short"),
                    30,
                ));
                v.extend(extra(
                    b,
                    s,
                    ask("Country", Kind::Country).error("Choose a country"),
                    40,
                ));
                v.push(
                    password
                        .help("At least 12 characters")
                        .error("This password is too short"),
                );
                v.extend(extra(
                    b,
                    s,
                    ask("Account type", Kind::Radio(&["Personal", "Business"])),
                    35,
                ));
                v
            }
            Mode::Reset | Mode::Passwordless => vec![email],
            Mode::NewPassword => vec![
                with(
                    ask("New password", Kind::Password)
                        .required()
                        .error("This password is too short"),
                    "lock",
                ),
                with(
                    ask("Repeat new password", Kind::Password)
                        .required()
                        .error("The passwords do not match"),
                    "lock",
                ),
            ],
            Mode::Code => Vec::new(),
        }
    }

    fn code(&mut self, s: &mut Stream, form: &Form<'_>, out: &mut Vec<Node>) {
        let n = s.below(7);
        let digits: String = (0..6).map(|_| (b'0' + s.below(10) as u8) as char).collect();
        let flags = Flags {
            focused: n < 6,
            invalid: form.progress == Progress::Rejected,
            ..Flags::NONE
        };
        out.push(code_boxes(
            self.ui,
            "Verification code",
            6,
            &digits[..n],
            flags,
        ));
    }

    /// Remember me, forgotten password, terms.
    fn under_fields(&mut self, s: &mut Stream, out: &mut Vec<Node>) {
        let ui = self.ui;
        match self.mode {
            Mode::SignIn => {
                let remember = self.budget.take(1, 30.0);
                let forgot = self.budget.take(1, 0.0);
                let mut kids = Vec::new();
                if remember {
                    let text = *s.pick(&["Remember me", "Keep me signed in", "Trust this device"]);
                    let on = s.chance(50);
                    kids.push(if s.chance(25) {
                        switch(ui, text, on, false, Flags::NONE)
                    } else {
                        checkbox(ui, text, on.into(), Flags::NONE)
                    });
                }
                if forgot {
                    let text = *s.pick(&[
                        "Forgot password?",
                        "Forgot your password?",
                        "Reset password",
                    ]);
                    kids.push(small_link(ui, text));
                }
                if !kids.is_empty() {
                    out.push(wrap_row(ui.space(2.0), kids).justify(Align::SpaceBetween));
                }
            }
            Mode::SignUp => {
                let line = ui.theme.text.body.line + 16.0;
                if self.budget.take(1, line) {
                    let text = *s.pick(&[
                        "I accept the terms and the privacy policy",
                        "I have read the terms of use",
                        "I agree to the terms of service",
                    ]);
                    let on = s.chance(50);
                    out.push(checkbox(ui, text, on.into(), Flags::NONE));
                }
                if s.chance(50) && self.budget.take(1, line) {
                    let text = *s.pick(&["Send me product news", "Email me tips once a month"]);
                    let on = s.chance(30);
                    out.push(checkbox(ui, text, on.into(), Flags::NONE));
                }
            }
            _ => {}
        }
    }

    fn submit(&self, s: &mut Stream, form: &Form<'_>) -> Node {
        let label = match self.mode {
            Mode::SignIn => *s.pick(&["Sign in", "Log in", "Continue"]),
            Mode::SignUp => *s.pick(&["Create account", "Sign up", "Start free trial"]),
            Mode::Reset => *s.pick(&["Send reset link", "Send link", "Reset password"]),
            Mode::NewPassword => "Save password",
            Mode::Code => *s.pick(&["Verify", "Confirm code", "Continue"]),
            Mode::Passwordless => *s.pick(&["Continue", "Send sign-in link"]),
        };
        let idle = form.progress == Progress::Untouched && s.chance(15);
        button_with(
            self.ui,
            Button {
                label,
                kind: ButtonKind::Primary,
                size: if s.chance(40) {
                    Size::Large
                } else {
                    Size::Medium
                },
                icon_end: (s.chance(15)).then_some("forward"),
                flags: Flags {
                    disabled: idle,
                    ..Flags::NONE
                },
                loading: form.progress == Progress::Complete && s.chance(12),
                full: true,
                purpose: "send the form",
                ..Button::default()
            },
        )
    }

    /// Links below the button.
    fn closing(&mut self, s: &mut Stream, _content: &Content, centred: bool, out: &mut Vec<Node>) {
        let ui = self.ui;
        let c = &ui.theme.colors;
        let justify = if centred { Align::Center } else { Align::Start };
        let line = ui.theme.text.small.line + 16.0;
        let pair = |text: &str, link: &str| {
            wrap_row(
                ui.space(1.5),
                vec![
                    body_text(ui, TextRole::Small, c.muted, text),
                    small_link(ui, link),
                ],
            )
            .justify(justify)
        };
        match self.mode {
            Mode::SignIn | Mode::Passwordless if self.budget.take(1, line) => {
                out.push(pair(
                    s.pick::<&str>(&["New here?", "No account yet?"]),
                    "Create an account",
                ));
            }
            Mode::SignUp if self.budget.take(1, line) => {
                out.push(pair("Already have an account?", "Sign in"));
            }
            Mode::Code => {
                out.push(pair("No code?", "Send it again"));
                if self.budget.take(1, line) {
                    out.push(row(0.0, vec![small_link(ui, "Use another method")]).justify(justify));
                }
            }
            Mode::Reset | Mode::NewPassword => out.push(
                row(
                    0.0,
                    vec![icon_link(
                        ui,
                        "back",
                        TextRole::Small,
                        c.link,
                        "Back to sign in",
                    )],
                )
                .justify(justify),
            ),
            _ => {}
        }
        if !self.ctx.randomize_layout {
            return;
        }
        if !self.narrow() && s.chance(25) && self.budget.take(1, 48.0) {
            out.push(shell::language(ui, s).justify(justify));
        }
        // Screens that still want many elements get small print with links.
        if self.budget.elements >= 2 && self.budget.height > 40.0 {
            let n = self.budget.elements.min(4) as usize;
            let links = s
                .sample(
                    &[
                        "Terms of use",
                        "Privacy policy",
                        "Cookie settings",
                        "Get help",
                        "Report a problem",
                        "System status",
                    ],
                    n,
                )
                .into_iter()
                .map(|l| {
                    crate::generate::widget::link_as(ui, TextRole::Caption, c.link, l).nowrap()
                })
                .collect();
            self.budget.pay(n as u32, 40.0);
            out.push(wrap_row(ui.space(4.0), links).row_gap(4.0).justify(justify));
        }
    }

    /// Height of the parts that the mode cannot do without, CSS px.
    fn core_height(&self) -> f32 {
        let t = self.ui.theme;
        let field = ask("", Kind::Email).height(t);
        let button = t.control.height[1] + self.ui.space(4.0);
        button
            + match self.mode {
                Mode::SignIn => 2.0 * field,
                Mode::SignUp => 2.0 * field + 20.0,
                Mode::Reset | Mode::Passwordless => field + 30.0,
                Mode::NewPassword => 2.0 * field + 30.0,
                Mode::Code => 120.0,
            }
    }
}

/// In the middle of what is left, never beyond the top or left edge.
fn centre(mut child: Node, pad: f32) -> Node {
    child.style.margin.top = Length::Auto;
    child.style.margin.bottom = Length::Auto;
    column(0.0, vec![child]).align(Align::Center).pad(pad, pad)
}
