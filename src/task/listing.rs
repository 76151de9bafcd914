//! Element listing: the task of the seed document.

use crate::base::rng::Streams;
use crate::generate::truth::Truth;
use crate::task::{Geometry, Instruction, Style, Task, TaskKind};

/// System prompt of the listing task.
pub const LISTING_SYSTEM_PROMPT: &str = "You are a web element detection assistant.";
/// User prompt of the listing task.
pub const LISTING_USER_PROMPT: &str = "Identify all interactive elements in this UI.";

/// Lists every interactive element.
#[derive(Debug)]
pub(super) struct Listing;

impl TaskKind for Listing {
    fn id(&self) -> &'static str {
        "listing"
    }

    fn title(&self) -> &'static str {
        "Element listing"
    }

    fn doc(&self) -> &'static str {
        "Lists all interactive elements with type, text and box as JSON"
    }

    fn geometry(&self) -> Option<Geometry> {
        None
    }

    fn make(&self, _: &Truth, _: &Streams) -> Vec<Task> {
        vec![Task {
            id: String::new(),
            kind: self.id().to_owned(),
            instructions: vec![Instruction {
                text: LISTING_USER_PROMPT.to_owned(),
                style: Style::Prompt,
                expression: None,
                proof: None,
            }],
            target: None,
        }]
    }
}
