//! Lines of JSON as people read them.

use serde_json::Value;

use crate::app::state::number;

/// Longest text that is shown in full.
const LONG: usize = 600;

/// A line indented, with pictures and other long texts folded: `data:image/png;base64,… 41 kB`.
pub fn pretty(line: &str) -> String {
    match serde_json::from_str::<Value>(line) {
        Ok(mut v) => {
            fold(&mut v);
            serde_json::to_string_pretty(&v).unwrap_or_default()
        }
        Err(e) => format!("not JSON: {e}"),
    }
}

fn fold(v: &mut Value) {
    match v {
        Value::String(s) if s.len() > LONG => {
            let head = match s.split_once(";base64,") {
                Some((head, _)) if head.len() < 60 => format!("{head};base64,"),
                _ => s.chars().take(LONG / 2).collect(),
            };
            *s = format!("{head}… {}", number::bytes(s.len() as u64));
        }
        Value::Array(list) => list.iter_mut().for_each(fold),
        Value::Object(map) => map.values_mut().for_each(fold),
        _ => {}
    }
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
        assert!(shown.contains("data:image/png;base64,… 5.0 kB"), "{shown}");
        assert!(shown.contains(r#""b": "short""#), "{shown}");
        assert!(shown.len() < 200);
    }

    #[test]
    fn raw_lines_are_cut_at_a_character() {
        assert_eq!(raw("abc", 10), "abc");
        assert_eq!(raw("aäb", 2), "a… 4 B in all");
    }
}
