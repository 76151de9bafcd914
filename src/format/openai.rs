//! OpenAI: one chat completion per line. Azure, Together and others read the same shape.

use serde_json::Value;

use crate::format::example::{Example, ImageRef, ImageSource, Part, Role, Turn};
use crate::format::limits::{Limits, OPENAI};
use crate::format::ordered::{array, object, string};
use crate::format::{Format, FormatOptions};
use crate::problem::Problem;

/// The chat format.
#[derive(Debug)]
pub(super) struct OpenAi;

impl Format for OpenAi {
    fn id(&self) -> &'static str {
        "openai"
    }

    fn title(&self) -> &'static str {
        "OpenAI"
    }

    fn doc(&self) -> &'static str {
        "Chat completions with pictures as data URLs, or by https URL with a prefix"
    }

    fn image_source(&self) -> ImageSource {
        ImageSource::DataUrl
    }

    fn convention(&self) -> &'static str {
        "absolute"
    }

    fn limits(&self) -> &'static Limits {
        &OPENAI
    }

    fn line(&self, example: &Example, options: &FormatOptions) -> String {
        ChatShape {
            lists: false,
            detail: true,
        }
        .line(example, options)
    }

    fn read(&self, line: &Value, problems: &mut Vec<Problem>) -> Option<Example> {
        read_chat(line, problems)
    }
}

/// What vendors of the chat shape differ in.
#[derive(Debug)]
pub(super) struct ChatShape {
    /// Every content is a list of parts, also where it is only text.
    pub(super) lists: bool,
    /// Pictures carry `detail`.
    pub(super) detail: bool,
}

impl ChatShape {
    /// The line of an example.
    pub(super) fn line(&self, example: &Example, options: &FormatOptions) -> String {
        let message =
            |role: &str, content: String| object(&[("role", string(role)), ("content", content)]);
        let text = |t: &str| object(&[("type", string("text")), ("text", string(t))]);
        let plain = |t: &str| match self.lists {
            true => array([text(t)]),
            false => string(t),
        };
        let mut messages = Vec::new();
        if !example.system.is_empty() {
            messages.push(message("system", plain(&example.system)));
        }
        for turn in &example.turns {
            messages.push(match turn.role {
                Role::Assistant => message("assistant", plain(&words(turn))),
                Role::User => {
                    let parts = turn.parts.iter().map(|p| match p {
                        Part::Text(t) => text(t),
                        Part::Image(i) => {
                            let mut url = vec![("url", string(&example.images[*i].url))];
                            if self.detail {
                                url.push(("detail", string(options.detail.name())));
                            }
                            object(&[("type", string("image_url")), ("image_url", object(&url))])
                        }
                    });
                    message("user", array(parts))
                }
            });
        }
        object(&[("messages", array(messages))])
    }
}

/// Reads a line of any vendor of the chat shape.
pub(super) fn read_chat(line: &Value, problems: &mut Vec<Problem>) -> Option<Example> {
    let Some(messages) = line.get("messages").and_then(Value::as_array) else {
        problems.push(
            Problem::error("line_shape", "messages", "there is no list of messages")
                .hint("each line is {\"messages\": […]}"),
        );
        return None;
    };
    let mut out = Example::empty();
    for (i, m) in messages.iter().enumerate() {
        let at = format!("messages[{i}]");
        let role = m.get("role").and_then(Value::as_str).unwrap_or_default();
        let parts = read_parts(m.get("content"), &at, &mut out.images, problems);
        let pictures = parts.iter().any(|p| matches!(p, Part::Image(_)));
        if pictures && role != "user" {
            problems.push(
                Problem::error(
                    "image_role",
                    at.clone(),
                    format!("a picture in a message of {role:?}"),
                )
                .hint("pictures belong into user messages"),
            );
        }
        if let Some(w) = m.get("weight")
            && (role != "assistant" || !matches!(w.as_u64(), Some(0 | 1)))
        {
            problems.push(
                Problem::error(
                    "line_shape",
                    format!("{at}.weight"),
                    format!("weight {w} on {role:?}"),
                )
                .hint("weight is 0 or 1, on assistant messages only"),
            );
        }
        match role {
            "system" | "developer" => out.system.push_str(&text_of(&parts)),
            "user" | "tool" => out.turns.push(Turn {
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

fn read_parts(
    content: Option<&Value>,
    at: &str,
    images: &mut Vec<ImageRef>,
    problems: &mut Vec<Problem>,
) -> Vec<Part> {
    match content {
        Some(Value::String(s)) => vec![Part::Text(s.clone())],
        Some(Value::Array(list)) => list
            .iter()
            .enumerate()
            .filter_map(|(j, p)| match p.get("type").and_then(Value::as_str) {
                Some("text") => Some(Part::Text(p.get("text")?.as_str()?.to_owned())),
                Some("image_url") => {
                    let url = p.pointer("/image_url/url").and_then(Value::as_str);
                    let detail = p.pointer("/image_url/detail");
                    if let Some(d) = detail
                        && !matches!(d.as_str(), Some("low" | "high" | "auto"))
                    {
                        problems.push(
                            Problem::error(
                                "line_shape",
                                format!("{at}.content[{j}].image_url.detail"),
                                format!("detail {d}"),
                            )
                            .hint("detail is low, high or auto"),
                        );
                    }
                    images.push(ImageRef {
                        url: url.unwrap_or_default().to_owned(),
                        media_type: String::new(),
                        size: (0, 0),
                    });
                    Some(Part::Image(images.len() - 1))
                }
                _ => {
                    problems.push(
                        Problem::error(
                            "line_shape",
                            format!("{at}.content[{j}]"),
                            "neither text nor picture",
                        )
                        .hint("parts have type text or image_url"),
                    );
                    None
                }
            })
            .collect(),
        _ => {
            problems.push(
                Problem::error("line_shape", format!("{at}.content"), "there is no content")
                    .hint("content is a text or a list of parts"),
            );
            Vec::new()
        }
    }
}

/// The texts of `parts` together.
pub(super) fn text_of(parts: &[Part]) -> String {
    parts
        .iter()
        .filter_map(|p| match p {
            Part::Text(t) => Some(t.as_str()),
            Part::Image(_) => None,
        })
        .collect()
}

pub(super) fn words(turn: &Turn) -> String {
    text_of(&turn.parts)
}

impl Example {
    /// Nothing asked yet.
    pub(super) fn empty() -> Self {
        Self {
            system: String::new(),
            turns: Vec::new(),
            images: Vec::new(),
            targets: Vec::new(),
            kind: String::new(),
        }
    }
}
