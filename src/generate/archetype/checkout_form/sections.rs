//! The parts of the form: contact, address, delivery, payment.

use super::Screen;
use crate::base::rng::Stream;
use crate::generate::archetype::form_parts::{Answer, Ask, Kind, Progress, ask};
use crate::generate::plan::Node;
use crate::generate::widget::{Flags, Mood, RadioCard, Tab, alert, checkbox, radio_cards, tabs};

/// One part of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Contact,
    Address,
    Delivery,
    Payment,
}

impl Section {
    pub(super) const ALL: [Self; 4] = [Self::Contact, Self::Address, Self::Delivery, Self::Payment];

    pub(super) fn title(self, s: &mut Stream) -> &'static str {
        s.pick::<&str>(match self {
            Self::Contact => &["Contact", "Contact details", "Your details"],
            Self::Address => &[
                "Delivery address",
                "Shipping address",
                "Where should it go?",
            ],
            Self::Delivery => &["Delivery method", "Shipping", "Delivery options"],
            Self::Payment => &["Payment", "Payment method", "Pay with"],
        })
    }
}

/// Ways to deliver: title, detail, icon meaning, price in hundredths.
const DELIVERY: &[(&str, &str, &str, u64)] = &[
    ("Standard", "3–5 working days", "delivery", 0),
    ("Express", "Tomorrow before noon", "fast", 990),
    ("Pick up in store", "Ready in two hours", "store", 0),
    ("Parcel locker", "2–3 working days", "product", 290),
    ("Evening delivery", "Tomorrow, 18:00–21:00", "time", 690),
    ("Green delivery", "By cargo bike, 4–6 days", "bicycle", 190),
];

const FIRST: Ask = ask("First name", Kind::Text(Answer::Given))
    .half()
    .error("Enter a first name");
const LAST: Ask = ask("Last name", Kind::Text(Answer::Family))
    .half()
    .error("Enter a last name");
const STREET: Ask = ask("Street address", Kind::Text(Answer::Street))
    .required()
    .error("Enter a street and number");
const FLAT: Ask = ask(
    "Apartment, floor (optional)",
    Kind::Text(Answer::One(&[
        "2nd floor",
        "Apt. 14",
        "Rear building",
        "Unit 5",
    ])),
);
const POSTCODE: Ask = ask("Postcode", Kind::Text(Answer::Postcode))
    .half()
    .required()
    .error("This postcode does not exist");
const CITY: Ask = ask("City", Kind::Text(Answer::City))
    .half()
    .required()
    .error("Enter a city");
const REGION: Ask = ask("Region", Kind::Text(Answer::Region)).half();
const COUNTRY: Ask = ask("Country", Kind::Country)
    .half()
    .error("Choose a country");
const PHONE: Ask = ask("Phone", Kind::Phone)
    .help("Only for questions about the delivery")
    .error("This number is too short");
const EMAIL: Ask = ask("Email address", Kind::Email)
    .required()
    .error("Enter a valid email address");

// Card data are visibly made up: no digit but zero.
const CARD_NUMBER: Ask = ask(
    "Card number",
    Kind::Text(Answer::One(&["0000 0000 0000 0000", "•••• •••• •••• 0000"])),
)
.icon("payment")
.error("This card number is not complete");
const CARD_NAME: Ask =
    ask("Name on card", Kind::Text(Answer::Full)).error("Enter the name on the card");
const EXPIRY: Ask = ask(
    "Expiry date",
    Kind::Text(Answer::One(&["00 / 00", "MM / YY"])),
)
.half()
.error("The date is in the past");
const CVC: Ask = ask("Security code", Kind::Text(Answer::One(&["000", "•••"])))
    .half()
    .help("Three digits on the back");
const ACCOUNT: Ask = ask(
    "Account number",
    Kind::Text(Answer::One(&["XX00 0000 0000 0000"])),
)
.icon("bank")
.error("This account number is not complete");

impl Screen<'_> {
    /// The content of one section.
    pub(super) fn section(&mut self, section: Section, s: &mut Stream, width: f32) -> Vec<Node> {
        match section {
            Section::Contact => self.contact(s, width),
            Section::Address => self.address(s, width),
            Section::Delivery => self.delivery(s, width),
            Section::Payment => self.payment(s, width),
        }
    }

    /// What a finished section says when folded.
    pub(super) fn answered(&mut self, section: Section) -> String {
        let who = self.content.person(&mut self.form.values);
        match section {
            Section::Contact => who.email(&mut self.form.values),
            Section::Address => {
                let a = self.content.address(&mut self.form.values);
                format!("{}, {}, {} {}", who.full(), a.street, a.postcode, a.city)
            }
            Section::Delivery => "Standard, 3–5 working days".into(),
            Section::Payment => "Card ending in 0000".into(),
        }
    }

    /// Takes the questions that fit, the first `must` of them in any case.
    fn chosen(&mut self, asks: &[Ask], must: usize) -> Vec<Ask> {
        let t = self.ui.theme;
        let mut out = Vec::new();
        for (i, a) in asks.iter().enumerate() {
            let height = a.height(t) * if a.half { 0.5 } else { 1.0 };
            if i < must {
                self.budget.pay(a.elements(), height);
                out.push(*a);
            } else if self.budget.take(a.elements(), height) {
                out.push(*a);
            } else {
                break;
            }
        }
        out
    }

    fn contact(&mut self, s: &mut Stream, width: f32) -> Vec<Node> {
        let asks = self.chosen(
            if self.any() && s.chance(50) {
                &[EMAIL, PHONE]
            } else {
                &[EMAIL]
            },
            1,
        );
        let mut out = self.form.fields(&asks, width);
        if self.any() && s.chance(50) && self.budget.take(1, 36.0) {
            let on = s.chance(40);
            out.push(checkbox(
                self.ui,
                "Email me news and offers",
                on.into(),
                Flags::NONE,
            ));
        }
        if self.any() && s.chance(30) && self.budget.take(1, 30.0) {
            out.push(self.link_row("Sign in for faster checkout"));
        }
        out
    }

    fn address(&mut self, s: &mut Stream, width: f32) -> Vec<Node> {
        let ui = self.ui;
        if self.any() && s.chance(22) {
            let n = 2 + s.below(2);
            let places: Vec<(String, String)> = (0..n)
                .map(|i| {
                    let a = self.content.address(&mut self.form.values);
                    (
                        ["Home", "Work", "Parcel shop"][i].to_owned(),
                        format!("{}, {} {}", a.street, a.postcode, a.city),
                    )
                })
                .collect();
            let cards: Vec<RadioCard<'_>> = places
                .iter()
                .zip(["home", "organization", "store"])
                .map(|((title, detail), icon)| RadioCard {
                    title,
                    detail,
                    icon: Some(icon),
                    ..RadioCard::default()
                })
                .collect();
            self.budget.pay(n as u32 + 1, n as f32 * 70.0 + 30.0);
            let chosen = Some(s.below(n));
            return vec![
                radio_cards(ui, "Saved addresses", &cards, chosen, 1),
                self.link_row("Add a new address"),
            ];
        }
        let list: &[Ask] = match s.below(3) {
            0 => &[STREET, POSTCODE, CITY, COUNTRY, REGION, PHONE],
            1 => &[FIRST, LAST, STREET, FLAT, POSTCODE, CITY, COUNTRY, REGION],
            _ => &[FIRST, LAST, STREET, POSTCODE, CITY, COUNTRY, REGION, PHONE],
        };
        let asks = self.chosen(list, 2);
        let mut out = self.form.fields(&asks, width);
        if self.any() && s.chance(40) && self.budget.take(1, 36.0) {
            let on = s.chance(50);
            let text = *s.pick(&[
                "Save this address",
                "Bill to the same address",
                "This is a business address",
            ]);
            out.push(checkbox(ui, text, on.into(), Flags::NONE));
        }
        out
    }

    fn delivery(&mut self, s: &mut Stream, width: f32) -> Vec<Node> {
        let n = (self.budget.elements.clamp(2, 4) as usize).min(2 + s.below(3));
        let options = s.sample(DELIVERY, n);
        let prices: Vec<String> = options
            .iter()
            .map(|o| {
                if o.3 == 0 {
                    "Free".into()
                } else {
                    self.content.money(o.3)
                }
            })
            .collect();
        let icons = width >= 300.0 && s.chance(55);
        let cards: Vec<RadioCard<'_>> = options
            .iter()
            .zip(&prices)
            .enumerate()
            .map(|(i, (o, price))| RadioCard {
                title: o.0,
                detail: o.1,
                icon: icons.then_some(o.2),
                trailing: price,
                flags: if i == 2 && n > 3 {
                    Flags::DISABLED
                } else {
                    Flags::NONE
                },
            })
            .collect();
        self.budget.pay(n as u32, n as f32 * 70.0);
        let chosen = (self.form.progress != Progress::Untouched).then(|| [0, 0, 1][s.below(3)]);
        vec![radio_cards(self.ui, "Delivery method", &cards, chosen, 1)]
    }

    fn payment(&mut self, s: &mut Stream, width: f32) -> Vec<Node> {
        let ui = self.ui;
        let mut out = Vec::new();
        let plan = if self.any() { s.below(4) } else { 0 };
        match plan {
            // Saved cards.
            1 => {
                let ends: Vec<String> = (0..2).map(|i| format!("Card ending in 00{i}0")).collect();
                let cards = [
                    RadioCard {
                        title: &ends[0],
                        detail: "Expires 00/00",
                        icon: Some("payment"),
                        ..RadioCard::default()
                    },
                    RadioCard {
                        title: &ends[1],
                        detail: "Expires 00/00",
                        icon: Some("payment"),
                        ..RadioCard::default()
                    },
                    RadioCard {
                        title: "New card",
                        icon: Some("add"),
                        ..RadioCard::default()
                    },
                ];
                self.budget.pay(3, 190.0);
                out.push(radio_cards(
                    ui,
                    "Payment method",
                    &cards,
                    Some(s.below(2)),
                    1,
                ));
                let asks = self.chosen(&[CVC], 0);
                out.extend(self.form.fields(&asks, width.min(220.0)));
            }
            // A choice of methods, then the fields of the chosen one.
            2 if self.budget.elements >= 5 && width >= 400.0 => {
                let items = ["Card", "Bank transfer", "Pay later"].map(|title| Tab {
                    title,
                    ..Tab::default()
                });
                let on = s.below(3);
                self.budget.pay(3, 60.0);
                out.push(tabs(ui, "Payment method", &items, on, true));
                match on {
                    0 => {
                        let asks = self.chosen(&[CARD_NUMBER, EXPIRY, CVC, CARD_NAME], 1);
                        out.extend(self.form.fields(&asks, width));
                    }
                    1 => {
                        let asks = self.chosen(&[ACCOUNT, CARD_NAME], 1);
                        out.extend(self.form.fields(&asks, width));
                    }
                    _ => out.push(alert(
                        ui,
                        Mood::Info,
                        "Pay within 30 days",
                        "You will get an invoice with the parcel.",
                        false,
                    )),
                }
            }
            _ => {
                let asks = self.chosen(&[CARD_NUMBER, EXPIRY, CVC, CARD_NAME], 1);
                out.extend(self.form.fields(&asks, width));
            }
        }
        if self.any() && s.chance(50) && self.budget.take(1, 36.0) {
            let on = s.chance(50);
            let text = *s.pick(&[
                "Save this card for next time",
                "Billing address is the same",
                "I need an invoice",
            ]);
            out.push(checkbox(ui, text, on.into(), Flags::NONE));
        }
        out
    }
}
