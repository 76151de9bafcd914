//! Lines of JSON as people read them.

use serde::de::IgnoredAny;

use crate::app::state::number;

/// Longest text that is shown in full.
const LONG: usize = 600;

/// A line indented in its own order of fields, with pictures and other long texts folded:
/// `data:image/png;base64,… 41 kB`.
pub fn pretty(line: &str) -> String {
    if let Err(e) = serde_json::from_str::<IgnoredAny>(line) {
        return format!("not JSON: {e}");
    }
    let mut out = String::new();
    let mut depth = 0usize;
    let mut rest = line.trim();
    while let Some(c) = rest.chars().next() {
        let taken = if c == '"' {
            string_len(rest)
        } else {
            c.len_utf8()
        };
        let (token, after) = rest.split_at(taken);
        rest = after.trim_start();
        let empty = matches!(rest.chars().next(), Some('}' | ']'));
        match c {
            '{' | '[' if empty => out.push(c),
            '{' | '[' => {
                depth += 1;
                out.push(c);
                new_line(&mut out, depth);
            }
            '}' | ']' => {
                if !out.ends_with(['{', '[']) {
                    depth = depth.saturating_sub(1);
                    new_line(&mut out, depth);
                }
                out.push(c);
            }
            ',' => {
                out.push(c);
                new_line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            '"' => out.push_str(&fold(token)),
            _ => out.push(c),
        }
    }
    out
}

fn new_line(out: &mut String, depth: usize) {
    out.push('\n');
    for _ in 0..depth {
        out.push_str("  ");
    }
}

/// Bytes of the JSON string that `text` begins with, both quotes included.
fn string_len(text: &str) -> usize {
    let mut escaped = false;
    for (i, b) in text.bytes().enumerate().skip(1) {
        match b {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return i + 1,
            _ => {}
        }
    }
    text.len()
}

/// A JSON string, shortened when it is long.
fn fold(token: &str) -> String {
    if token.len() <= LONG {
        return token.to_owned();
    }
    let head = match token.split_once(";base64,") {
        Some((head, _)) if head.len() < 60 => format!("{head};base64,"),
        _ => token.chars().take(LONG / 2).collect(),
    };
    format!("{head}… {}\"", number::bytes(token.len() as u64))
}

/// A line as it is, cut to `most` bytes at a character.
pub fn raw(line: &str, most: usize) -> String {
    if line.len() <= most {
        return line.to_owned();
    }
    let end = (0..=most)
        .rev()
        .find(|i| line.is_char_boundary(*i))
        .unwrap_or(0);
    format!(
        "{}… {} in all",
        &line[..end],
        number::bytes(line.len() as u64)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_folded_and_short_text_is_not() {
        let line = format!(
            r#"{{"a":[{{"url":"data:image/png;base64,{}"}}],"b":"short"}}"#,
            "A".repeat(5000)
        );
        let shown = pretty(&line);
        assert!(
            shown.starts_with("{\n  \"a\": [\n    {\n      \"url\""),
            "{shown}"
        );
        assert!(shown.contains("data:image/png;base64,… 5.0 kB"), "{shown}");
        assert!(shown.contains(r#""b": "short""#), "{shown}");
        assert!(shown.len() < 200);
    }

    #[test]
    fn the_order_of_fields_and_escapes_stay() {
        let line = r#"{"z":1,"a":{"q":"x\"}, {","e":[]},"b":[true,-2.5e3]}"#;
        let shown = pretty(line);
        let want = "{\n  \"z\": 1,\n  \"a\": {\n    \"q\": \"x\\\"}, {\",\n    \"e\": []\n  },\n  \"b\": [\n    true,\n    -2.5e3\n  ]\n}";
        assert_eq!(shown, want);
        assert!(pretty("{").starts_with("not JSON"));
    }

    #[test]
    fn raw_lines_are_cut_at_a_character() {
        assert_eq!(raw("abc", 10), "abc");
        assert_eq!(raw("aäb", 2), "a… 4 B in all");
    }
}
