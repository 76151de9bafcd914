//! What wizards are about: steps and questions.

mod life;
mod work;

use crate::generate::archetype::form_parts::{Answer, Ask, Kind, ask};

/// A wizard.
#[derive(Debug)]
pub(super) struct Topic {
    pub(super) title: &'static str,
    pub(super) intro: &'static str,
    pub(super) steps: &'static [Step],
    /// What is agreed to at the end.
    pub(super) consent: &'static str,
    /// Caption of the last button.
    pub(super) send: &'static str,
}

/// A step.
#[derive(Debug)]
pub(super) struct Step {
    /// Short, for the stepper.
    pub(super) title: &'static str,
    pub(super) heading: &'static str,
    pub(super) intro: &'static str,
    pub(super) asks: &'static [Ask],
}

const fn step(
    title: &'static str,
    heading: &'static str,
    intro: &'static str,
    asks: &'static [Ask],
) -> Step {
    Step {
        title,
        heading,
        intro,
        asks,
    }
}

const EMAIL: Ask = ask("Email", Kind::Email)
    .required()
    .error("Enter a valid email address");
const PHONE: Ask = ask("Phone number", Kind::Phone).error("This number is too short");
const FIRST: Ask = ask("First name", Kind::Text(Answer::Given))
    .half()
    .required()
    .error("Enter your first name");
const LAST: Ask = ask("Last name", Kind::Text(Answer::Family))
    .half()
    .required()
    .error("Enter your last name");
const CITY: Ask = ask("City", Kind::Text(Answer::City)).half();
const COUNTRY: Ask = ask("Country", Kind::Country)
    .half()
    .error("Choose a country");

pub(super) static TOPICS: &[Topic] = &[
    work::EVENT,
    work::JOB,
    work::ONBOARDING,
    work::EXPORT,
    life::DEVICE,
    life::INSURANCE,
    life::CLINIC,
    life::RENTAL,
];
