//! Fields, buttons and links of the form.

use super::{Mode, PROVIDERS, Screen};
use crate::base::rng::Stream;
use crate::generate::archetype::form_parts::{
    Answer, Ask, Budget, Form, Kind, Progress, ask, shell,
};
use crate::generate::content::Content;
use crate::generate::plan::{Align, Node};
use crate::generate::theme::TextRole;
use crate::generate::widget::{
    Button, ButtonKind, Flags, Size, body_text, button_with, checkbox, code_boxes, equal_grid,
    icon_link, row, small_link, switch, wrap_row,
};

impl Screen<'_> {
    pub(super) fn providers(&mut self, s: &mut Stream, width: f32) -> Option<Node> {
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

    pub(super) fn asks(&mut self, s: &mut Stream) -> Vec<Ask> {
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

    pub(super) fn code(&mut self, s: &mut Stream, form: &Form<'_>, out: &mut Vec<Node>) {
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
    pub(super) fn under_fields(&mut self, s: &mut Stream, out: &mut Vec<Node>) {
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

    pub(super) fn submit(&self, s: &mut Stream, form: &Form<'_>) -> Node {
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
    pub(super) fn closing(
        &mut self,
        s: &mut Stream,
        _content: &Content,
        centred: bool,
        out: &mut Vec<Node>,
    ) {
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
    pub(super) fn core_height(&self) -> f32 {
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
