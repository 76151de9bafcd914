//! What no text may contain.

/// Code points that all bundled families have, beyond Basic Latin and Latin-1: ranges, both
/// ends included (`www/fonts/README.md`).
const COVERED: &[(u32, u32)] = &[
    (0x20, 0x7E),
    (0xA0, 0xAC),
    (0xAE, 0x131),
    (0x134, 0x148),
    (0x14A, 0x17F),
    (0x218, 0x21B),
    (0x2013, 0x2014),
    (0x2018, 0x201A),
    (0x201C, 0x201E),
    (0x2020, 0x2020),
    (0x2022, 0x2022),
    (0x2026, 0x2026),
    (0x2032, 0x2033),
    (0x2039, 0x203A),
    (0x2044, 0x2044),
    (0x20AC, 0x20AC),
    (0x20BD, 0x20BD),
    (0x2122, 0x2122),
    (0x2191, 0x2191),
    (0x2193, 0x2193),
    (0x2212, 0x2212),
];

/// Whether every bundled font family has the character.
pub fn is_covered(c: char) -> bool {
    let c = c as u32;
    COVERED.iter().any(|(a, b)| (*a..=*b).contains(&c))
}

/// The first reserved token in `text`: things that trainers or chat templates would take for
/// their own markup.
pub fn reserved_token(text: &str) -> Option<&'static str> {
    const TOKENS: &[&str] = &[
        "<image",
        "<video",
        "<audio",
        "<|",
        "|>",
        "<loc",
        "<seg",
        "<box",
        "</",
        "<s>",
        "[inst]",
        "<<sys>>",
        "<bos>",
        "<eos>",
        "<pad>",
        "<unk>",
        "<ref>",
        "<quad>",
        "<point",
        "<think",
        "<tool",
        "<start_of",
        "<end_of",
        "user:",
        "assistant:",
        "system:",
        "human:",
    ];
    let lower = text.to_lowercase();
    TOKENS.iter().copied().find(|t| lower.contains(t))
}
