//! Dialogs over forms.

use super::ask::{Answer, Ask, Kind, ask};
use super::form::Form;
use crate::base::rng::Stream;
use crate::generate::plan::{Node, Viewport};
use crate::generate::widget::{ButtonKind, Dialog, button, dialog, paragraph};

/// A dialog with two buttons and perhaps questions.
#[derive(Debug)]
pub(in crate::generate::archetype) struct Question {
    title: &'static str,
    text: &'static str,
    asks: &'static [Ask],
    no: &'static str,
    yes: &'static str,
    /// The answer destroys something.
    alarm: bool,
}

impl Question {
    fn elements(&self) -> u32 {
        2 + self.asks.iter().map(Ask::elements).sum::<u32>()
    }
}

/// One of `list` whose number of elements (with a close button) lies in `range`; `None` when
/// there is none.
pub(in crate::generate::archetype) fn fitting(
    list: &'static [Question],
    range: (u32, u32),
    s: &mut Stream,
) -> Option<&'static Question> {
    let fits: Vec<&Question> = list
        .iter()
        .filter(|q| (range.0..range.1).contains(&q.elements()))
        .collect();
    if fits.is_empty() {
        None
    } else {
        Some(*s.pick(&fits))
    }
}

/// Draws `q` over the whole screen.
pub(in crate::generate::archetype) fn draw(
    q: &'static Question,
    form: &mut Form<'_>,
    viewport: Viewport,
    s: &mut Stream,
) -> Node {
    let ui = form.ui;
    let width: f32 = if q.asks.is_empty() {
        *s.pick(&[400.0, 440.0, 480.0])
    } else {
        *s.pick(&[480.0, 520.0, 560.0])
    };
    let room = width.min(viewport.width_px as f32 - 32.0) - 2.0 * ui.space(6.0);
    let mut body = vec![paragraph(ui, q.text)];
    body.extend(form.fields(q.asks, room));
    let kind = if q.alarm {
        ButtonKind::Danger
    } else {
        ButtonKind::Primary
    };
    dialog(
        ui,
        viewport,
        Dialog {
            title: q.title,
            body,
            actions: vec![
                button(ui, ButtonKind::Secondary, q.no),
                button(ui, kind, q.yes),
            ],
            close: s.chance(60),
            alert: q.alarm,
            width,
        },
    )
}

const fn plain(
    title: &'static str,
    text: &'static str,
    no: &'static str,
    yes: &'static str,
    alarm: bool,
) -> Question {
    with(title, text, &[], no, yes, alarm)
}

const fn with(
    title: &'static str,
    text: &'static str,
    asks: &'static [Ask],
    no: &'static str,
    yes: &'static str,
    alarm: bool,
) -> Question {
    Question {
        title,
        text,
        asks,
        no,
        yes,
        alarm,
    }
}

const EMAIL: Ask = ask("Email", Kind::Email)
    .required()
    .error("Enter a valid email address");
const STREET: Ask = ask("Street", Kind::Text(Answer::Street)).error("Enter a street and number");
const POSTCODE: Ask = ask("Postcode", Kind::Text(Answer::Postcode)).half();
const CITY: Ask = ask("City", Kind::Text(Answer::City)).half();

/// Over a checkout.
pub(in crate::generate::archetype) static CHECKOUT: &[Question] = &[
    plain(
        "Remove this item?",
        "It will be taken out of your basket.",
        "Keep it",
        "Remove",
        true,
    ),
    plain(
        "Leave the checkout?",
        "Your answers will not be kept.",
        "Stay here",
        "Leave",
        true,
    ),
    plain(
        "Use the suggested address?",
        "We found a more complete form of your address.",
        "Keep mine",
        "Use it",
        false,
    ),
    with(
        "Use a gift card",
        "The code is on the back of the card.",
        &[
            ask("Gift card code", Kind::Text(Answer::Code("@@##-@@##-##")))
                .error("This code is not valid"),
            ask("PIN", Kind::Text(Answer::One(&["0000", "••••"]))),
            ask("Remember this card", Kind::Check),
        ],
        "Cancel",
        "Apply",
        false,
    ),
    with(
        "Choose a parcel locker",
        "These are close to your address.",
        &[ask(
            "Parcel locker",
            Kind::Cards(&[
                ("Station north", "250 m, always open", "location"),
                ("Market square", "600 m, always open", "location"),
                ("Library", "900 m, until 20:00", "location"),
                ("Harbor gate", "1.2 km, always open", "location"),
            ]),
        )],
        "Cancel",
        "Choose",
        false,
    ),
    with(
        "Sign in",
        "Use your saved addresses and cards.",
        &[
            EMAIL,
            ask("Password", Kind::Password),
            ask("Keep me signed in", Kind::Check),
        ],
        "Continue as guest",
        "Sign in",
        false,
    ),
    with(
        "New address",
        "It will be kept for your next order.",
        &[
            ask("Name", Kind::Text(Answer::Full)),
            STREET,
            POSTCODE,
            CITY,
            ask("Country", Kind::Country),
            ask("Use as billing address", Kind::Check),
        ],
        "Cancel",
        "Save address",
        false,
    ),
    with(
        "Gift options",
        "We wrap every item by hand.",
        &[
            ask(
                "Paper",
                Kind::Chips(&["Plain", "Stripes", "Leaves", "Stars"]),
            ),
            ask(
                "Message",
                Kind::Area(&["Happy birthday!", "Thank you for everything."]),
            ),
            ask("Hide prices", Kind::Switch),
        ],
        "Cancel",
        "Save",
        false,
    ),
];

/// Over a wizard.
pub(in crate::generate::archetype) static WIZARD: &[Question] = &[
    plain(
        "Leave without saving?",
        "Your answers on this step will be lost.",
        "Stay",
        "Leave",
        true,
    ),
    plain(
        "Save your progress?",
        "You can come back within 30 days.",
        "Discard",
        "Save draft",
        false,
    ),
    plain(
        "Start over?",
        "All answers will be removed.",
        "Cancel",
        "Start over",
        true,
    ),
    with(
        "Finish later",
        "We send you a link to this form.",
        &[
            EMAIL,
            ask(
                "Remind me",
                Kind::Radio(&["Tomorrow", "In a week", "Never"]),
            ),
            ask("Delete my answers after 30 days", Kind::Check),
        ],
        "Cancel",
        "Send link",
        false,
    ),
    with(
        "Ask somebody to help",
        "They can read and change the answers.",
        &[
            EMAIL,
            ask(
                "Rights",
                Kind::Select(&["Can read", "Can comment", "Can edit"]),
            ),
            ask(
                "Message",
                Kind::Area(&[
                    "Could you check the second step?",
                    "Please add the missing numbers.",
                ]),
            ),
        ],
        "Cancel",
        "Send invitation",
        false,
    ),
    with(
        "Form settings",
        "They apply to this form only.",
        &[
            ask("Save automatically", Kind::Switch),
            ask("Show hints", Kind::Switch),
            ask("Large text", Kind::Switch),
            ask("Play sounds", Kind::Switch),
            ask(
                "Language",
                Kind::Select(&["English", "Deutsch", "Français", "Español"]),
            ),
        ],
        "Cancel",
        "Save settings",
        false,
    ),
    with(
        "How was this step?",
        "Your answer helps us to improve the form.",
        &[
            ask("Rating", Kind::Chips(&["1", "2", "3", "4", "5"])),
            ask(
                "Comment",
                Kind::Area(&["The second question was not clear.", "Quick and easy."]),
            ),
        ],
        "Not now",
        "Send",
        false,
    ),
    with(
        "Import answers",
        "From an earlier form or a file.",
        &[
            ask("Source", Kind::Radio(&["Last year", "Draft", "File"])),
            ask("Upload a file", Kind::Upload("JSON or CSV, up to 2 MB")),
            ask("Replace existing answers", Kind::Switch),
        ],
        "Cancel",
        "Import",
        false,
    ),
];

/// Over a login.
pub(in crate::generate::archetype) static LOGIN: &[Question] = &[
    plain(
        "Stay signed in?",
        "Say no on a shared computer.",
        "No",
        "Yes",
        false,
    ),
    with(
        "Reset your password",
        "We send you a link by email.",
        &[EMAIL],
        "Cancel",
        "Send link",
        false,
    ),
    with(
        "Choose another method",
        "Confirm that it is you.",
        &[ask(
            "Method",
            Kind::Cards(&[
                (
                    "Authenticator app",
                    "Enter a code of six digits",
                    "security",
                ),
                ("Security key", "Plug it in and touch it", "key"),
                ("Recovery code", "One of the codes you printed", "document"),
            ]),
        )],
        "Cancel",
        "Continue",
        false,
    ),
    with(
        "Privacy settings",
        "Choose what this site may keep.",
        &[
            ask("Necessary", Kind::Switch),
            ask("Statistics", Kind::Switch),
            ask("Personal settings", Kind::Switch),
            ask("Partners", Kind::Switch),
        ],
        "Only necessary",
        "Save choice",
        false,
    ),
    with(
        "Contact support",
        "We answer within one working day.",
        &[
            EMAIL,
            ask(
                "Topic",
                Kind::Select(&["I cannot sign in", "My account is locked", "Something else"]),
            ),
            ask(
                "Message",
                Kind::Area(&["The code never arrives.", "I changed my phone."]),
            ),
            ask("Send technical details", Kind::Check),
        ],
        "Cancel",
        "Send",
        false,
    ),
];
