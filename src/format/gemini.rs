//! Gemini on Vertex AI: one `contents` object per line, pictures in Cloud Storage.

use serde_json::Value;

use crate::format::example::{Example, ImageRef, ImageSource, Part, Role, Turn};
use crate::format::limits::{GEMINI, Limits};
use crate::format::openai::{text_of, words};
use crate::format::ordered::{array, object, string};
use crate::format::{Detail, Format, FormatOptions};
use crate::problem::Problem;

/// The contents format.
#[derive(Debug)]
pub(super) struct Gemini;

impl Format for Gemini {
    fn id(&self) -> &'static str {
        "gemini"
    }

    fn title(&self) -> &'static str {
        "Gemini (Vertex AI)"
    }

    fn doc(&self) -> &'static str {
        "Contents with pictures by gs:// URI, boxes as 0 to 1000 with y first"
    }

    fn image_source(&self) -> ImageSource {
        ImageSource::Uri
    }

    fn convention(&self) -> &'static str {
        "thousand_yx"
    }

    fn limits(&self) -> &'static Limits {
        &GEMINI
    }

    fn line(&self, example: &Example, options: &FormatOptions) -> String {
        let text = |t: &str| object(&[("text", string(t))]);
        let turn = |role: &str, parts: String| object(&[("role", string(role)), ("parts", parts)]);
        let contents = example.turns.iter().map(|t| match t.role {
            Role::Assistant => turn("model", array([text(&words(t))])),
            Role::User => {
                // Pictures come first, as the vendor advises.
                let (images, texts): (Vec<_>, Vec<_>) =
                    t.parts.iter().partition(|p| matches!(p, Part::Image(_)));
                let parts = images.into_iter().chain(texts).map(|p| match p {
                    Part::Text(t) => text(t),
                    Part::Image(i) => {
                        let image = &example.images[*i];
                        let file = object(&[
                            ("mimeType", string(&image.media_type)),
                            ("fileUri", string(&image.url)),
                        ]);
                        object(&[("fileData", file)])
                    }
                });
                turn("user", array(parts))
            }
        });
        let contents = array(contents);
        let resolution = match options.detail {
            Detail::Low => "MEDIA_RESOLUTION_LOW",
            Detail::High | Detail::Auto => "MEDIA_RESOLUTION_HIGH",
        };
        let mut fields = Vec::new();
        if !example.system.is_empty() {
            let system = turn("system", array([text(&example.system)]));
            fields.push(("systemInstruction", system));
        }
        fields.push(("contents", contents));
        fields.push((
            "generationConfig",
            object(&[("mediaResolution", string(resolution))]),
        ));
        object(&fields)
    }

    fn read(&self, line: &Value, problems: &mut Vec<Problem>) -> Option<Example> {
        let Some(contents) = line.get("contents").and_then(Value::as_array) else {
            problems.push(
                Problem::error("line_shape", "contents", "there is no list of contents")
                    .hint("each line is {\"contents\": […]}"),
            );
            return None;
        };
        let mut out = Example::empty();
        let system = line
            .get("systemInstruction")
            .or_else(|| line.get("system_instruction"));
        if let Some(s) = system {
            let parts = parts(s, "systemInstruction", &mut out.images, problems);
            out.system = text_of(&parts);
            if !out.images.is_empty() {
                problems.push(
                    Problem::error(
                        "image_role",
                        "systemInstruction",
                        "a picture in the system instruction",
                    )
                    .hint("pictures belong into user turns"),
                );
            }
        }
        let mut last = None;
        for (i, c) in contents.iter().enumerate() {
            let at = format!("contents[{i}]");
            let role = match c.get("role").and_then(Value::as_str) {
                Some("user") => Role::User,
                Some("model") => Role::Assistant,
                other => {
                    problems.push(
                        Problem::error(
                            "line_shape",
                            format!("{at}.role"),
                            format!("role {other:?}"),
                        )
                        .hint("roles are user and model"),
                    );
                    continue;
                }
            };
            if last == Some(role) {
                problems.push(
                    Problem::error(
                        "line_shape",
                        format!("{at}.role"),
                        "two turns of the same role in a row",
                    )
                    .hint("user and model take turns"),
                );
            }
            last = Some(role);
            let parts = parts(c, &at, &mut out.images, problems);
            if role == Role::Assistant && parts.iter().any(|p| matches!(p, Part::Image(_))) {
                problems.push(
                    Problem::error("image_role", at, "a picture in a turn of the model")
                        .hint("pictures belong into user turns"),
                );
            }
            out.turns.push(Turn { role, parts });
        }
        Some(out)
    }
}

fn parts(
    content: &Value,
    at: &str,
    images: &mut Vec<ImageRef>,
    problems: &mut Vec<Problem>,
) -> Vec<Part> {
    let Some(list) = content.get("parts").and_then(Value::as_array) else {
        problems.push(
            Problem::error("line_shape", format!("{at}.parts"), "there are no parts")
                .hint("each turn has a list of parts"),
        );
        return Vec::new();
    };
    let either = |v: &Value, a: &str, b: &str| v.get(a).or_else(|| v.get(b)).cloned();
    let mut out = Vec::new();
    for (j, p) in list.iter().enumerate() {
        if let Some(t) = p.get("text").and_then(Value::as_str) {
            out.push(Part::Text(t.to_owned()));
        } else if let Some(f) = either(p, "fileData", "file_data") {
            let text = |v: Option<Value>| {
                v.and_then(|v| v.as_str().map(str::to_owned))
                    .unwrap_or_default()
            };
            images.push(ImageRef {
                url: text(either(&f, "fileUri", "file_uri")),
                media_type: text(either(&f, "mimeType", "mime_type")),
                size: (0, 0),
            });
            out.push(Part::Image(images.len() - 1));
        } else if either(p, "inlineData", "inline_data").is_some() {
            problems.push(
                Problem::error(
                    "image_ref_kind",
                    format!("{at}.parts[{j}]"),
                    "the picture is inside the line",
                )
                .hint("tuning reads pictures from gs:// URIs: upload them and use fileData"),
            );
        } else {
            problems.push(
                Problem::error(
                    "line_shape",
                    format!("{at}.parts[{j}]"),
                    "neither text nor fileData",
                )
                .hint("parts hold text or fileData"),
            );
        }
    }
    out
}
