//! Questions of forms.

use crate::generate::theme::{LabelPlace, Theme};

/// Where a text answer comes from.
#[derive(Clone, Copy, Debug)]
pub(in crate::generate::archetype) enum Answer {
    /// Given name.
    Given,
    /// Family name.
    Family,
    /// Given and family name.
    Full,
    /// Company.
    Company,
    /// House number and street.
    Street,
    /// City.
    City,
    /// Postal code.
    Postcode,
    /// Region.
    Region,
    /// A date up to this many days ahead.
    Day(u32),
    /// `#` is a digit, `@` a letter.
    Code(&'static str),
    /// One of these.
    One(&'static [&'static str]),
}

/// How a question is answered.
#[derive(Clone, Copy, Debug)]
pub(in crate::generate::archetype) enum Kind {
    /// One line.
    Text(Answer),
    /// E-mail address.
    Email,
    /// Telephone number.
    Phone,
    /// A new or known secret.
    Password,
    /// A whole number with steppers.
    Number(i64, i64),
    /// Several lines.
    Area(&'static [&'static str]),
    /// One of a list.
    Select(&'static [&'static str]),
    /// A country.
    Country,
    /// One of a few, all visible.
    Radio(&'static [&'static str]),
    /// One of a few, as cards: title, detail, icon meaning.
    Cards(&'static [(&'static str, &'static str, &'static str)]),
    /// Any of a few.
    Checks(&'static [&'static str]),
    /// Any of a few, as chips.
    Chips(&'static [&'static str]),
    /// Yes or no.
    Switch,
    /// Yes or no.
    Check,
    /// A value on a line: least, most, unit.
    Slider(i64, i64, &'static str),
    /// A file: what is allowed.
    Upload(&'static str),
}

/// One question of a form.
#[derive(Clone, Copy, Debug)]
pub(in crate::generate::archetype) struct Ask {
    pub(in crate::generate::archetype) label: &'static str,
    pub(in crate::generate::archetype) kind: Kind,
    /// May share a row with another question.
    pub(in crate::generate::archetype) half: bool,
    pub(in crate::generate::archetype) required: bool,
    pub(in crate::generate::archetype) help: &'static str,
    /// Shown when the answer is wrong; empty: it never is.
    pub(in crate::generate::archetype) error: &'static str,
    /// Meaning of the icon in the field; empty: none.
    pub(in crate::generate::archetype) icon: &'static str,
}

/// A question with nothing but a label and a kind.
pub(in crate::generate::archetype) const fn ask(label: &'static str, kind: Kind) -> Ask {
    Ask {
        label,
        kind,
        half: false,
        required: false,
        help: "",
        error: "",
        icon: "",
    }
}

impl Ask {
    pub(in crate::generate::archetype) const fn half(self) -> Self {
        Self { half: true, ..self }
    }

    pub(in crate::generate::archetype) const fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    pub(in crate::generate::archetype) const fn help(self, help: &'static str) -> Self {
        Self { help, ..self }
    }

    pub(in crate::generate::archetype) const fn error(self, error: &'static str) -> Self {
        Self { error, ..self }
    }

    pub(in crate::generate::archetype) const fn icon(self, icon: &'static str) -> Self {
        Self { icon, ..self }
    }

    /// Interactive elements it consists of.
    pub(in crate::generate::archetype) fn elements(&self) -> u32 {
        match self.kind {
            Kind::Password => 2,
            Kind::Number(..) => 3,
            Kind::Radio(o) | Kind::Checks(o) | Kind::Chips(o) => o.len() as u32,
            Kind::Cards(o) => o.len() as u32,
            _ => 1,
        }
    }

    /// About how high it is, CSS px, with the gap below.
    pub(in crate::generate::archetype) fn height(&self, t: &Theme) -> f32 {
        let label = t.text.label.line + 6.0;
        let gap = t.space(4.0);
        let line = t.text.body.line + t.space(2.0);
        gap + match self.kind {
            Kind::Area(_) => label + 3.0 * t.text.body.line + 20.0,
            Kind::Radio(o) | Kind::Checks(o) => label + o.len() as f32 * line,
            Kind::Cards(o) => o.len() as f32 * 64.0,
            Kind::Chips(_) => label + t.control.height[0] + 8.0,
            Kind::Switch => t.switch.height.max(t.text.body.line),
            Kind::Check => t.text.body.line,
            Kind::Slider(..) => label + t.slider.thumb + 6.0,
            Kind::Upload(_) => 120.0,
            _ if t.field.label == LabelPlace::Inside => t.field.tall,
            _ => label + t.control.height[1],
        }
    }
}
