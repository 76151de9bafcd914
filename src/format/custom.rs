//! Custom: lines for trainers of one's own, with pictures as files beside them.
//!
//! `{"images": ["images/000000.png"], "messages": [{"role", "content": [{"type": "text"|"image"}]}]}`:
//! the conversational vision shape of Hugging Face TRL, which many loaders read.

use serde_json::Value;

use crate::format::example::{Example, ImageRef, ImageSource, Part, Role, Turn};
use crate::format::limits::{CUSTOM, Limits};
use crate::format::openai::text_of;
use crate::format::ordered::{array, object, string};
use crate::format::{Format, FormatOptions};
use crate::problem::Problem;

/// The generic format.
#[derive(Debug)]
pub(super) struct Custom;

impl Format for Custom {
    fn id(&self) -> &'static str {
        "custom"
    }

    fn title(&self) -> &'static str {
        "Custom trainer"
    }

    fn doc(&self) -> &'static str {
        "Messages with pictures as files beside the lines (Hugging Face TRL shape)"
    }

    fn image_source(&self) -> ImageSource {
        ImageSource::Path
    }

    fn convention(&self) -> &'static str {
        "absolute"
    }

    fn limits(&self) -> &'static Limits {
        &CUSTOM
    }

    fn line(&self, example: &Example, _: &FormatOptions) -> String {
        let text = |t: &str| object(&[("type", string("text")), ("text", string(t))]);
        let message =
            |role: &str, content: String| object(&[("role", string(role)), ("content", content)]);
        let mut messages = Vec::new();
        if !example.system.is_empty() {
            messages.push(message("system", array([text(&example.system)])));
        }
        for turn in &example.turns {
            // Pictures come first, as chat templates expect.
            let (images, texts): (Vec<_>, Vec<_>) =
                turn.parts.iter().partition(|p| matches!(p, Part::Image(_)));
            let parts = images.into_iter().chain(texts).map(|p| match p {
                Part::Text(t) => text(t),
                Part::Image(_) => object(&[("type", string("image"))]),
            });
            let role = match turn.role {
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            messages.push(message(role, array(parts)));
        }
        object(&[
            (
                "images",
                array(example.images.iter().map(|i| string(&i.url))),
            ),
            ("messages", array(messages)),
        ])
    }

    fn read(&self, line: &Value, problems: &mut Vec<Problem>) -> Option<Example> {
        let (Some(messages), Some(images)) = (
            line.get("messages").and_then(Value::as_array),
            line.get("images").and_then(Value::as_array),
        ) else {
            problems.push(
                Problem::error(
                    "line_shape",
                    "messages",
                    "there are no lists of messages and images",
                )
                .hint("each line is {\"images\": […], \"messages\": […]}"),
            );
            return None;
        };
        let mut out = Example::empty();
        out.images = images
            .iter()
            .map(|i| ImageRef {
                url: i.as_str().unwrap_or_default().to_owned(),
                media_type: String::new(),
                size: (0, 0),
            })
            .collect();
        let mut shown = 0;
        for (i, m) in messages.iter().enumerate() {
            let at = format!("messages[{i}]");
            let role = m.get("role").and_then(Value::as_str).unwrap_or_default();
            let mut parts = Vec::new();
            match m.get("content") {
                Some(Value::String(s)) => parts.push(Part::Text(s.clone())),
                Some(Value::Array(list)) => {
                    for (j, p) in list.iter().enumerate() {
                        match p.get("type").and_then(Value::as_str) {
                            Some("image") => {
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
        if shown != out.images.len() {
            problems.push(
                Problem::error(
                    "placeholder_count",
                    "images",
                    format!("{shown} image parts, {} images", out.images.len()),
                )
                .hint("one part of type image for each picture, in order"),
            );
        }
        Some(out)
    }
}
