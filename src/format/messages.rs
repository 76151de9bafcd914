//! What the messages of several trainers have in common.
//!
//! Two shapes: lists of parts (`{"type": "image", …}`, `{"type": "text", …}`), and texts in
//! which `<image>` stands for the next picture of a list beside them.

use serde_json::Value;

use crate::format::example::{Example, ImageRef, Part, Role, Turn};
use crate::format::openai::{text_of, words};
use crate::format::ordered::{array, object, string};
use crate::problem::Problem;

/// Stands for a picture in texts.
pub(super) const PLACEHOLDER: &str = "<image>";

/// How a part names its picture.
#[derive(Debug)]
pub(super) struct PartNames {
    /// Field of the image part that holds path or URL; `None` when pictures stand in a list
    /// beside the messages.
    pub(super) image: Option<&'static str>,
}

impl PartNames {
    /// Pictures stand in a list beside the messages.
    pub(super) const BESIDE: Self = Self { image: None };
}

const fn role(turn: &Turn) -> &'static str {
    match turn.role {
        Role::User => "user",
        Role::Assistant => "assistant",
    }
}

fn message(role: &str, content: String) -> String {
    object(&[("role", string(role)), ("content", content)])
}

/// The messages as lists of parts, pictures first as chat templates expect.
pub(super) fn parts(example: &Example, names: &PartNames) -> String {
    let text = |t: &str| object(&[("type", string("text")), ("text", string(t))]);
    let mut messages = Vec::new();
    if !example.system.is_empty() {
        messages.push(message("system", array([text(&example.system)])));
    }
    for turn in &example.turns {
        let (images, texts): (Vec<_>, Vec<_>) =
            turn.parts.iter().partition(|p| matches!(p, Part::Image(_)));
        let parts = images.into_iter().chain(texts).map(|p| match p {
            Part::Text(t) => text(t),
            Part::Image(i) => {
                let kind = ("type", string("image"));
                match names.image {
                    Some(field) => object(&[kind, (field, string(&example.images[*i].url))]),
                    None => object(&[kind]),
                }
            }
        });
        messages.push(message(role(turn), array(parts)));
    }
    array(messages)
}

/// The messages as texts, with [`PLACEHOLDER`] for each picture before the words of its turn.
pub(super) fn texts(example: &Example) -> String {
    let mut messages = Vec::new();
    if !example.system.is_empty() {
        messages.push(message("system", string(&example.system)));
    }
    for turn in &example.turns {
        let pictures = turn.parts.iter().filter(|p| matches!(p, Part::Image(_)));
        let text = PLACEHOLDER.repeat(pictures.count()) + &words(turn);
        messages.push(message(role(turn), string(&text)));
    }
    array(messages)
}

/// A line with placeholders and its list of pictures.
pub(super) fn placeholder_line(example: &Example) -> String {
    let images = example.images.iter().map(|i| string(&i.url));
    object(&[("messages", texts(example)), ("images", array(images))])
}

/// Reads `messages` of either shape. Pictures that stand beside the messages are counted by
/// their parts or placeholders; [`take_images`] joins them.
pub(super) fn read(
    line: &Value,
    names: &PartNames,
    problems: &mut Vec<Problem>,
) -> Option<Example> {
    let Some(messages) = line.get("messages").and_then(Value::as_array) else {
        problems.push(
            Problem::error("line_shape", "messages", "there is no list of messages")
                .hint("each line is {\"messages\": […]}"),
        );
        return None;
    };
    let mut out = Example::empty();
    let mut shown = 0;
    for (i, m) in messages.iter().enumerate() {
        let at = format!("messages[{i}]");
        let role = m.get("role").and_then(Value::as_str).unwrap_or_default();
        let mut parts = Vec::new();
        match m.get("content") {
            Some(Value::String(s)) => {
                for (n, piece) in s.split(PLACEHOLDER).enumerate() {
                    if n > 0 {
                        parts.push(Part::Image(shown));
                        shown += 1;
                    }
                    if !piece.is_empty() {
                        parts.push(Part::Text(piece.to_owned()));
                    }
                }
            }
            Some(Value::Array(list)) => {
                for (j, p) in list.iter().enumerate() {
                    match p.get("type").and_then(Value::as_str) {
                        Some("image") => {
                            if let Some(field) = names.image {
                                let url = p.get(field).and_then(Value::as_str);
                                out.images.push(image_ref(url.unwrap_or_default()));
                            }
                            parts.push(Part::Image(shown));
                            shown += 1;
                        }
                        Some("text") if p.get("text").is_some_and(Value::is_string) => {
                            let text = p["text"].as_str().unwrap_or_default();
                            parts.push(Part::Text(text.to_owned()));
                        }
                        _ => problems.push(
                            Problem::error(
                                "line_shape",
                                format!("{at}.content[{j}]"),
                                "neither text nor image",
                            )
                            .hint("parts have type text or image"),
                        ),
                    }
                }
            }
            _ => problems.push(
                Problem::error("line_shape", format!("{at}.content"), "there is no content")
                    .hint("content is a text or a list of parts"),
            ),
        }
        if role != "user" && parts.iter().any(|p| matches!(p, Part::Image(_))) {
            problems.push(
                Problem::error(
                    "image_role",
                    at.clone(),
                    format!("a picture in a message of {role:?}"),
                )
                .hint("pictures belong into user messages"),
            );
        }
        match role {
            "system" => out.system.push_str(&text_of(&parts)),
            "user" => out.turns.push(Turn {
                role: Role::User,
                parts,
            }),
            "assistant" => out.turns.push(Turn {
                role: Role::Assistant,
                parts,
            }),
            _ => problems.push(
                Problem::error("line_shape", format!("{at}.role"), format!("role {role:?}"))
                    .hint("roles are system, user and assistant"),
            ),
        }
    }
    Some(out)
}

fn image_ref(url: &str) -> ImageRef {
    ImageRef {
        url: url.to_owned(),
        media_type: String::new(),
        size: (0, 0),
    }
}

/// Gives an example the pictures of the list beside its messages, which must be as many as the
/// messages show.
pub(super) fn take_images<'a>(
    example: &mut Example,
    images: impl Iterator<Item = Option<&'a str>>,
    problems: &mut Vec<Problem>,
) {
    example.images = images.map(|i| image_ref(i.unwrap_or_default())).collect();
    let parts = example.turns.iter().flat_map(|t| &t.parts);
    let shown = parts.filter(|p| matches!(p, Part::Image(_))).count();
    if shown != example.images.len() {
        problems.push(
            Problem::error(
                "placeholder_count",
                "images",
                format!("{shown} pictures shown, {} listed", example.images.len()),
            )
            .hint("one image part or <image> for each picture, in order"),
        );
    }
}

/// Reads a line with placeholders and a list of pictures.
pub(super) fn read_placeholder_line(line: &Value, problems: &mut Vec<Problem>) -> Option<Example> {
    let mut out = read(line, &PartNames::BESIDE, problems)?;
    let images = line.get("images").and_then(Value::as_array);
    let images = images.into_iter().flatten().map(Value::as_str);
    take_images(&mut out, images, problems);
    Some(out)
}
