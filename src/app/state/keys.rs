//! The keys: one table for what they do and for the help that lists them.

/// What a key asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Show the keys.
    Help,
    /// Show or hide the boxes.
    Boxes,
    /// Show or hide the labels.
    Labels,
    /// Hide the boxes while held.
    Peek,
    /// Next sample.
    Next,
    /// Previous sample.
    Previous,
    /// Open the current sample.
    Open,
    /// Back to the grid.
    Close,
    /// Go to a stage, 1 to 5.
    Stage(u8),
}

/// A line of the help.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    /// As printed on the keyboard.
    pub keys: &'static str,
    /// What it does.
    pub text: &'static str,
}

/// The help.
pub const KEYS: [Key; 9] = [
    Key {
        keys: "?",
        text: "Show this list",
    },
    Key {
        keys: "B",
        text: "Show or hide the boxes",
    },
    Key {
        keys: "Space",
        text: "Hide the boxes while held",
    },
    Key {
        keys: "L",
        text: "Show or hide the labels",
    },
    Key {
        keys: "← → or J K",
        text: "Previous and next sample",
    },
    Key {
        keys: "Enter",
        text: "Open the current sample",
    },
    Key {
        keys: "Esc",
        text: "Back to the grid, or close what is open",
    },
    Key {
        keys: "1 to 5",
        text: "Go to a stage",
    },
    Key {
        keys: "G then G S F J M",
        text: "Go to Generate, Split, Format, Jobs, Models",
    },
];

/// What `key` (a `KeyboardEvent.key`) means; `after_g`: the key before was `G`.
pub fn command(key: &str, after_g: bool) -> Option<Command> {
    if after_g {
        let stage = crate::app::route::STAGES
            .iter()
            .find(|s| key.chars().eq([s.key]));
        if let Some(s) = stage {
            return Some(Command::Stage(s.number));
        }
    }
    Some(match key {
        "?" => Command::Help,
        "b" | "B" => Command::Boxes,
        "l" | "L" => Command::Labels,
        " " => Command::Peek,
        "ArrowRight" | "k" | "K" => Command::Next,
        "ArrowLeft" | "j" | "J" => Command::Previous,
        "Enter" => Command::Open,
        "Escape" => Command::Close,
        "1" | "2" | "3" | "4" | "5" => Command::Stage(key.as_bytes()[0] - b'0'),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stage_is_one_digit_or_two_letters() {
        assert_eq!(command("3", false), Some(Command::Stage(3)));
        assert_eq!(command("g", false), None);
        assert_eq!(command("g", true), Some(Command::Stage(1)));
        assert_eq!(command("j", true), Some(Command::Stage(4)));
        assert_eq!(command("j", false), Some(Command::Previous));
        assert_eq!(command("9", false), None);
        assert_eq!(command("Tab", false), None);
    }
}
