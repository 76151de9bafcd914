//! What screens with forms share: questions, their answers and states, element budgets, and the
//! frame of the page.

mod ask;
mod budget;
pub(super) mod dialogs;
mod form;
pub(super) mod shell;

pub(super) use ask::{Answer, Ask, Kind, ask};
pub(super) use budget::Budget;
pub(super) use form::{Form, Progress};
