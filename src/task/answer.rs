//! Reading what a model answered, and scoring it.

use serde::Serialize;

use crate::base::geometry::PxRect;
use crate::task::coords::Convention;

/// What an answer points at, in pixels of the picture.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Found {
    /// A point.
    Point {
        /// Column.
        x: f64,
        /// Row.
        y: f64,
    },
    /// A box.
    Box {
        /// Left.
        x0: f64,
        /// Top.
        y0: f64,
        /// Right.
        x1: f64,
        /// Bottom.
        y1: f64,
    },
}

/// Reads an answer written in `convention` about a picture of `size`; `None` when it holds no
/// coordinates (a refusal, or chatter).
pub fn parse_answer(text: &str, convention: &Convention, size: (u32, u32)) -> Option<Found> {
    convention.decode(text, size)
}

/// Whether a point, or the centre of a box, lies in `target`, edges included: the rule of the
/// common benchmarks.
pub fn point_hits(found: &Found, target: PxRect) -> bool {
    let (x, y) = match *found {
        Found::Point { x, y } => (x, y),
        Found::Box { x0, y0, x1, y1 } => ((x0 + x1) / 2.0, (y0 + y1) / 2.0),
    };
    (f64::from(target.x)..=f64::from(target.right())).contains(&x)
        && (f64::from(target.y)..=f64::from(target.bottom())).contains(&y)
}

/// Intersection over union with `target`, 0 to 1; 0 for a point.
pub fn iou(found: &Found, target: PxRect) -> f64 {
    let Found::Box { x0, y0, x1, y1 } = *found else {
        return 0.0;
    };
    let (tx0, ty0) = (f64::from(target.x), f64::from(target.y));
    let (tx1, ty1) = (f64::from(target.right()), f64::from(target.bottom()));
    let side = |a: f64, b: f64| (b - a).max(0.0);
    let common = side(x0.max(tx0), x1.min(tx1)) * side(y0.max(ty0), y1.min(ty1));
    let union = side(x0, x1) * side(y0, y1) + side(tx0, tx1) * side(ty0, ty1) - common;
    if union > 0.0 && union.is_finite() {
        common / union
    } else {
        0.0
    }
}

/// The first two or four numbers of an answer: from the coordinate list of a JSON answer (which
/// may stand in prose or a code fence), else from location tokens, else from point attributes,
/// else the first numbers in the text.
pub(super) fn numbers(text: &str) -> Option<Vec<f64>> {
    // What a model thinks before it answers is no answer.
    let text = text.rsplit_once("</think>").map_or(text, |(_, said)| said);
    from_json(text)
        .or_else(|| from_tokens(text))
        .or_else(|| from_attributes(text))
        .or_else(|| complete(scan(text)))
}

fn complete(mut n: Vec<f64>) -> Option<Vec<f64>> {
    match n.len() {
        0 | 1 => return None,
        2 | 3 => n.truncate(2),
        _ => n.truncate(4),
    }
    Some(n)
}

fn from_json(text: &str) -> Option<Vec<f64>> {
    const KEYS: &[&str] = &[
        "\"bbox_2d\"",
        "\"box_2d\"",
        "\"point_2d\"",
        "\"coordinate\"",
        "\"point\"",
        "\"bbox\"",
    ];
    let after = KEYS
        .iter()
        .find_map(|k| text.find(k).map(|i| &text[i + k.len()..]))?;
    let list = &after[after.find(['[', '{'])?..];
    complete(scan(&list[..list.find([']', '}'])?]))
}

fn from_tokens(text: &str) -> Option<Vec<f64>> {
    let found = text
        .split("<loc")
        .skip(1)
        .filter_map(|t| t.split_once('>')?.0.trim_start_matches('_').parse().ok())
        .collect();
    complete(found)
}

fn from_attributes(text: &str) -> Option<Vec<f64>> {
    let tag = &text[text.find("<point")?..];
    let of = |name: &str| -> Option<f64> {
        let value = tag.split_once(name)?.1.split_once('"')?.0;
        value.parse().ok()
    };
    match (of("x=\""), of("y=\"")) {
        (Some(x), Some(y)) => Some(vec![x, y]),
        _ => complete(scan(tag.split_once('>')?.1)),
    }
}

/// Every decimal number in `text`, in order.
fn scan(text: &str) -> Vec<f64> {
    let mut out = Vec::new();
    let bytes = text.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        let negative = bytes[i] == b'-' && bytes.get(i + 1).is_some_and(u8::is_ascii_digit);
        if !negative && !bytes[i].is_ascii_digit() {
            i += 1;
            continue;
        }
        // Part of a word such as `box2d` is no coordinate.
        let in_word = i > 0 && (bytes[i - 1].is_ascii_alphabetic() || bytes[i - 1] == b'_');
        let start = i;
        i += 1;
        let mut dot = false;
        while i < bytes.len() {
            let decimal =
                bytes[i] == b'.' && !dot && bytes.get(i + 1).is_some_and(u8::is_ascii_digit);
            if !bytes[i].is_ascii_digit() && !decimal {
                break;
            }
            dot |= decimal;
            i += 1;
        }
        if let (false, Ok(v)) = (in_word, text[start..i].parse::<f64>()) {
            out.push(v);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::coords::convention;

    #[test]
    fn answers_of_many_models_are_understood() {
        let size = (1000, 1000);
        let c = convention("absolute").unwrap();
        for text in [
            "(12, 34)",
            "[12,34]",
            "click(start_box='(12,34)')",
            "<think>[1,2] or rather [3,4]</think> [12, 34]",
            "<point>12 34</point>",
            r#"<point x="12" y="34" alt="5 6">Save</point>"#,
            r#"```json
[{"point_2d": [12, 34], "label": "Save 7"}]
```"#,
            r#"{"name":"computer_use","arguments":{"action":"left_click","coordinate":[12,34]}}"#,
            "I would click at 12, 34.",
        ] {
            assert_eq!(
                parse_answer(text, c, size),
                Some(Found::Point { x: 12.0, y: 34.0 }),
                "{text}"
            );
        }
        for text in [
            "",
            "refusal",
            "the element 5",
            "no box_2d here",
            "{\"point\":null}",
        ] {
            assert_eq!(parse_answer(text, c, size), None, "{text}");
        }
        assert_eq!(
            parse_answer("<box>(1,2),(3,4)</box>", c, size),
            Some(Found::Box {
                x0: 1.0,
                y0: 2.0,
                x1: 3.0,
                y1: 4.0
            })
        );
    }

    #[test]
    fn scores_follow_their_definitions() {
        let target = PxRect::new(10, 10, 10, 10);
        let at = |x, y| point_hits(&Found::Point { x, y }, target);
        assert!(at(10.0, 10.0) && at(20.0, 20.0) && !at(20.5, 15.0) && !at(9.0, 15.0));
        let half = Found::Box {
            x0: 10.0,
            y0: 10.0,
            x1: 20.0,
            y1: 15.0,
        };
        assert!((iou(&half, target) - 0.5).abs() < 1e-12);
        let inverted = Found::Box {
            x0: 20.0,
            y0: 20.0,
            x1: 10.0,
            y1: 10.0,
        };
        assert_eq!(iou(&inverted, target), 0.0);
    }
}
