//! Failures in the words of the page: what happened and what helps, without names of code.

use std::borrow::Cow;

use crate::app::message::Failure;
use crate::app::state::job_form;
use crate::base::json::fault;
use crate::error::Error;

/// Something that can be told to people.
pub trait Told {
    /// One sentence, with what to do about it behind a dash.
    fn told(&self) -> String;
}

impl Told for Error {
    fn told(&self) -> String {
        sentence(self.path(), self.message(), self.hint_text())
    }
}

impl Told for Failure {
    fn told(&self) -> String {
        sentence(self.path.as_deref(), &self.message, self.hint.as_deref())
    }
}

impl Told for serde_json::Error {
    fn told(&self) -> String {
        fault(self)
    }
}

impl Told for String {
    fn told(&self) -> String {
        self.clone()
    }
}

fn sentence(path: Option<&str>, message: &str, hint: Option<&str>) -> String {
    let path = path.map(place).filter(|p| !p.is_empty());
    let path = path.map(|p| format!("{p}: ")).unwrap_or_default();
    let hint = hint.filter(|h| !h.is_empty());
    let hint = hint.map(|h| format!(" — {h}")).unwrap_or_default();
    format!("{path}{message}{hint}")
}

/// A place as the page names it: the label of a field, `entry 4` for `[3]`, else as it is.
pub fn place(path: &str) -> Cow<'_, str> {
    if let Some(label) = job_form::label(path) {
        return label.into();
    }
    let index = path.strip_prefix('[').and_then(|p| p.split_once(']'));
    match index.and_then(|(n, rest)| Some((n.parse::<u64>().ok()?, rest))) {
        Some((n, "")) => format!("entry {}", n + 1).into(),
        Some((n, rest)) => format!("entry {}, {}", n + 1, rest.trim_start_matches('.')).into(),
        None => path.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_stay_inside_and_places_have_names() {
        let e = Error::data("job_json", "this is no job").at("[2]");
        assert_eq!(e.told(), "entry 3: this is no job");
        let e = Error::caller("x", "two is too many")
            .at("hyperparameters.n_epochs")
            .hint("take one");
        assert_eq!(e.told(), "Epochs: two is too many — take one");
        assert_eq!(place("[0].config.base_model"), "entry 1, config.base_model");
        assert_eq!(place("jobs/a.jsonl"), "jobs/a.jsonl");
        assert_eq!(place("[x]"), "[x]");
    }
}
