//! Which models are asked, where, and how their answers are read: as the user fills it in.

use crate::app::state::reach;
use crate::error::{Error, Result};
use crate::problem::Problem;
use crate::registry::{Endpoint, Place, RegistryEntry, Who};
use crate::task::coords::{CONVENTIONS, Convention, convention};

/// The form. What is empty is as the registry says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AskForm {
    /// Reference of the registered model, `KEY@2`; empty: none, answers are pasted.
    pub model: String,
    /// Whether its base model is asked too.
    pub base_too: bool,
    /// Address of the user's own server or proxy, up to `/v1`.
    pub base_url: String,
    /// What that server calls the tuned model.
    pub tuned_name: String,
    /// What it calls the base model.
    pub base_name: String,
    /// Convention of the tuned model's answers.
    pub convention: String,
    /// Convention of the base model's answers.
    pub base_convention: String,
}

impl AskForm {
    /// The form for a model, or for pasted answers.
    pub fn new(entry: Option<&RegistryEntry>) -> Self {
        let known = entry.and_then(|e| e.convention().ok());
        let id = known.map_or(CONVENTIONS[0].id, |c| c.id).to_owned();
        Self {
            model: entry.map(RegistryEntry::reference).unwrap_or_default(),
            convention: id.clone(),
            base_convention: id,
            ..Self::default()
        }
    }

    /// The models that are asked.
    pub fn asked(&self) -> &'static [Who] {
        match (self.model.is_empty(), self.base_too) {
            (true, _) => &[],
            (false, false) => &[Who::Tuned],
            (false, true) => &[Who::Tuned, Who::Base],
        }
    }

    /// Where one of them is asked.
    ///
    /// # Errors
    /// As [`RegistryEntry::endpoint_of`].
    pub fn endpoint(&self, entry: &RegistryEntry, who: Who) -> Result<Endpoint> {
        let model = match who {
            Who::Tuned => &self.tuned_name,
            Who::Base => &self.base_name,
        };
        let place = Place {
            base_url: self.base_url.clone(),
            model: model.clone(),
        };
        entry.endpoint_of(who, &place)
    }

    /// Whether the page can ask it.
    pub fn can_ask(&self, entry: &RegistryEntry, who: Who) -> bool {
        reach::refused(&self.base_url, "base_url").is_none() && self.endpoint(entry, who).is_ok()
    }

    /// How its answers are read.
    ///
    /// # Errors
    /// `convention_unknown` for an id that is none.
    pub fn convention(&self, who: Who) -> Result<&'static Convention> {
        let id = match who {
            Who::Tuned => &self.convention,
            Who::Base => &self.base_convention,
        };
        convention(id)
            .ok_or_else(|| Error::caller("convention_unknown", id.clone()).at("convention"))
    }
}

/// A price in US dollars as it was typed; `None` when nothing was.
///
/// # Errors
/// What is wrong with the text.
pub fn price(typed: &str) -> Result<Option<f64>, Problem> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    match typed.replace(',', ".").parse::<f64>() {
        Ok(usd) if usd.is_finite() && usd >= 0.0 => Ok(Some(usd)),
        _ => Err(Problem::error("price", "price", "this is no price").hint("a number such as 2.5")),
    }
}

/// What is wrong with a price, beside the `other` one of the same model.
pub fn price_faults(typed: &str, other: &str) -> Vec<Problem> {
    match (price(typed), price(other)) {
        (Err(p), _) => vec![p],
        (Ok(None), Ok(Some(_))) => vec![
            Problem::warning("price", "price", "without this price there is no cost")
                .hint("0 when nothing is charged"),
        ],
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::time::Timestamp;
    use crate::registry::{LlmConfig, Provenance};

    #[test]
    fn a_form_knows_what_the_registry_does_not_say() {
        let mut entry = RegistryEntry {
            key: "K".to_owned(),
            config: LlmConfig::new("driver/served", &["MY_KEY"]),
            provenance: Provenance {
                convention: Some("thousand".to_owned()),
                base_model: Some("base".to_owned()),
                ..Provenance::default()
            },
            provider_options: Default::default(),
            registered_at: Timestamp::from_millis(0),
            version: 2,
            tags: Vec::new(),
            note: String::new(),
        };
        let mut form = AskForm::new(Some(&entry));
        assert_eq!(
            (form.model.as_str(), form.asked()),
            ("K@2", &[Who::Tuned][..])
        );
        assert_eq!(form.convention(Who::Base).unwrap().id, "thousand");
        let missing = form.endpoint(&entry, Who::Tuned).unwrap_err();
        assert_eq!(missing.code(), "serving_unsupported");
        form.base_url = "http://localhost:8000/v1".to_owned();
        form.base_too = true;
        form.base_name = "served-base".to_owned();
        let names = form
            .asked()
            .iter()
            .map(|w| form.endpoint(&entry, *w).unwrap().model);
        assert_eq!(names.collect::<Vec<_>>(), ["served", "served-base"]);
        entry.provenance.simulated = true;
        let refused = form.endpoint(&entry, Who::Tuned).unwrap_err();
        assert_eq!(refused.code(), "model_simulated");

        let pasted = AskForm::new(None);
        assert!(pasted.asked().is_empty());
        assert_eq!(pasted.convention(Who::Tuned).unwrap().id, "absolute");
        form.convention = "x".to_owned();
        assert!(form.convention(Who::Tuned).is_err());
    }

    #[test]
    fn a_price_is_a_number_and_comes_in_pairs() {
        for (typed, value) in [("", None), (" 2,5 ", Some(2.5)), ("0", Some(0.0))] {
            assert_eq!(price(typed).unwrap(), value, "{typed}");
        }
        for typed in ["free", "-1", "inf", "NaN", "1.2.3"] {
            assert!(price(typed).is_err(), "{typed}");
            assert!(price_faults(typed, "1")[0].is_error());
        }
        assert!(!price_faults("", "1")[0].is_error());
        assert!(price_faults("", "").is_empty() && price_faults("1", "2").is_empty());
    }
}
