//! Amazon Nova on Bedrock: `{"schemaVersion", "system", "messages"}` with pictures on S3, which
//! must lie in the bucket of the lines.

use serde_json::Value;

use crate::format::example::{Example, ImageRef, ImageSource, Part, Role, Turn};
use crate::format::limits::{BEDROCK, Limits};
use crate::format::openai::text_of;
use crate::format::ordered::{array, object, string};
use crate::format::{Format, FormatOptions};
use crate::problem::Problem;

/// The lines of Nova.
#[derive(Debug)]
pub(super) struct Bedrock;

const SCHEMA: &str = "bedrock-conversation-2024";

/// Words that make a Nova job fail.
const FORBIDDEN: &[&str] = &[
    "User:",
    "Bot:",
    "Assistant:",
    "System:",
    "<image>",
    "<video>",
    "[EOS]",
];

impl Format for Bedrock {
    fn id(&self) -> &'static str {
        "bedrock"
    }

    fn title(&self) -> &'static str {
        "Amazon Nova (Bedrock)"
    }

    fn doc(&self) -> &'static str {
        "Bedrock conversations with pictures on S3, in the bucket of the lines"
    }

    fn image_source(&self) -> ImageSource {
        ImageSource::Uri
    }

    fn convention(&self) -> &'static str {
        "thousand"
    }

    fn limits(&self) -> &'static Limits {
        &BEDROCK
    }

    fn line(&self, example: &Example, _: &FormatOptions) -> String {
        let text = |t: &str| object(&[("text", string(t))]);
        let turns = example.turns.iter().map(|turn| {
            let (images, texts): (Vec<_>, Vec<_>) =
                turn.parts.iter().partition(|p| matches!(p, Part::Image(_)));
            let parts = images.into_iter().chain(texts).map(|p| match p {
                Part::Text(t) => text(t),
                Part::Image(i) => {
                    let image = &example.images[*i];
                    let kind = image.media_type.strip_prefix("image/").unwrap_or("png");
                    let place = object(&[("uri", string(&image.url))]);
                    let source = object(&[("s3Location", place)]);
                    let body = object(&[("format", string(kind)), ("source", source)]);
                    object(&[("image", body)])
                }
            });
            let role = match turn.role {
                Role::User => "user",
                Role::Assistant => "assistant",
            };
            object(&[("role", string(role)), ("content", array(parts))])
        });
        let mut fields = vec![("schemaVersion", string(SCHEMA))];
        if !example.system.is_empty() {
            fields.push(("system", array([text(&example.system)])));
        }
        fields.push(("messages", array(turns)));
        object(&fields)
    }

    fn read(&self, line: &Value, problems: &mut Vec<Problem>) -> Option<Example> {
        let mut shape = |at: String, what: String, hint: &str| {
            problems.push(Problem::error("line_shape", at, what).hint(hint.to_owned()));
        };
        let Some(messages) = line.get("messages").and_then(Value::as_array) else {
            shape(
                "messages".to_owned(),
                "there is no list of messages".to_owned(),
                "each line is {\"schemaVersion\": …, \"messages\": […]}",
            );
            return None;
        };
        if line.get("schemaVersion").and_then(Value::as_str) != Some(SCHEMA) {
            shape(
                "schemaVersion".to_owned(),
                format!("the schema is not {SCHEMA}"),
                "write the schema version into every line",
            );
        }
        let mut out = Example::empty();
        let texts = line.get("system").and_then(Value::as_array);
        for part in texts.into_iter().flatten() {
            let text = part.get("text").and_then(Value::as_str);
            out.system.push_str(text.unwrap_or_default());
        }
        for (i, m) in messages.iter().enumerate() {
            let at = format!("messages[{i}]");
            let role = match m.get("role").and_then(Value::as_str) {
                Some("user") => Role::User,
                Some("assistant") => Role::Assistant,
                other => {
                    shape(
                        format!("{at}.role"),
                        format!("role {:?}", other.unwrap_or_default()),
                        "roles are user and assistant",
                    );
                    continue;
                }
            };
            let mut parts = Vec::new();
            let content = m.get("content").and_then(Value::as_array);
            for (j, part) in content.into_iter().flatten().enumerate() {
                let uri = part.pointer("/image/source/s3Location/uri");
                if let Some(text) = part.get("text").and_then(Value::as_str) {
                    parts.push(Part::Text(text.to_owned()));
                } else if let Some(uri) = uri.and_then(Value::as_str) {
                    parts.push(Part::Image(out.images.len()));
                    out.images.push(ImageRef {
                        url: uri.to_owned(),
                        media_type: String::new(),
                        size: (0, 0),
                    });
                } else {
                    shape(
                        format!("{at}.content[{j}]"),
                        "neither text nor picture on S3".to_owned(),
                        "parts are {\"text\": …} or {\"image\": {\"source\": {\"s3Location\": …}}}",
                    );
                }
            }
            out.turns.push(Turn { role, parts });
        }
        if out.turns.first().map(|t| t.role) == Some(Role::Assistant) {
            problems.push(
                Problem::error("first_role", "messages[0]", "the first turn is an answer")
                    .hint("begin every example with what the user asks"),
            );
        }
        let said = out.turns.iter().map(|t| text_of(&t.parts));
        for text in said.chain([out.system.clone()]) {
            if let Some(word) = FORBIDDEN.iter().find(|w| text.contains(**w)) {
                problems.push(
                    Problem::error(
                        "reserved_tokens",
                        "messages",
                        format!("a text contains {word:?}"),
                    )
                    .hint("jobs with such texts fail: remove it"),
                );
            }
        }
        let images = out.images.iter().map(|i| i.url.as_str());
        let mut buckets: Vec<&str> = images
            .filter_map(|u| u.strip_prefix("s3://")?.split('/').next())
            .collect();
        buckets.sort_unstable();
        buckets.dedup();
        if buckets.len() > 1 {
            problems.push(
                Problem::error(
                    "image_ref_kind",
                    "messages",
                    format!("pictures in {} buckets", buckets.len()),
                )
                .hint("keep all pictures in the bucket of the lines"),
            );
        }
        Some(out)
    }
}
