//! Export for programs other than Skyvern: each asks the model as it was trained.

use serde_json::{Map, Value, json};

use crate::error::{Error, Result};
use crate::provider::{COMPATIBLE_KEY_ENV, SIMULATED, ServingParam, direct, litellm_param};
use crate::registry::export::{comment, comments, literal};
use crate::registry::{Endpoint, RegistryEntry};
use crate::task::Geometry;
use crate::task::coords::{Convention, Order, Shape, Space};
use crate::task::resize::Resize;

/// The program that [`python`] fills in.
const CALL_MODEL: &str = include_str!("call_model.py");

fn place(entry: &RegistryEntry) -> Result<Endpoint> {
    // A proxy on this machine is for pages in its browsers only.
    let directly = |e: Endpoint| Endpoint {
        base_url: direct(&e.base_url),
        ..e
    };
    entry.address().map(directly).ok_or_else(|| {
        Error::unsupported(
            "export_unsupported",
            "the model is not served by chat completions at a known address",
        )
        .at("as")
        .hint("export it as litellm, which speaks to its vendor")
    })
}

/// Every line as a comment: copying the text of a practice model must switch nothing to it.
fn disarmed(entry: &RegistryEntry, text: String) -> String {
    if !entry.provenance.simulated {
        return text;
    }
    let line = |l: &str| match l.is_empty() || l.starts_with('#') {
        true => format!("{l}\n"),
        false => format!("# {l}\n"),
    };
    text.lines().map(line).collect()
}

/// Text as a double-quoted string of YAML.
fn yaml(text: &str) -> String {
    let mut out = String::new();
    for c in literal(text).chars() {
        match c {
            ' '..='~' => out.push(c),
            _ => out += &format!("\\U{:08x}", u32::from(c)),
        }
    }
    out
}

/// `config.yaml` of a LiteLLM proxy.
pub(super) fn litellm(entry: &RegistryEntry) -> String {
    let config = &entry.config;
    let mut params = vec![("model".to_owned(), yaml(&config.model_name))];
    let from_env = |name: &str| yaml(&format!("os.environ/{name}"));
    // Where a parameter holds the credentials there is no key beside it.
    let credentials = |v: &ServingParam| matches!(v, ServingParam::Setting(_));
    if !config.litellm_params.iter().any(|(_, v)| credentials(v)) {
        for name in &config.required_env_vars {
            // A name of the user's own is that of a key.
            let param = litellm_param(name).unwrap_or("api_key");
            let given = config.litellm_params.iter().any(|(p, _)| p == param);
            if !given && !params.iter().any(|(p, _)| p == param) {
                params.push((param.to_owned(), from_env(name)));
            }
        }
        if config.required_env_vars.is_empty() {
            // The driver asks for a key even where the server does not.
            params.push(("api_key".to_owned(), from_env(COMPATIBLE_KEY_ENV)));
        }
    }
    for (name, value) in &config.litellm_params {
        let value = match value {
            ServingParam::Text(t) => yaml(&direct(t)),
            ServingParam::Setting(s) => from_env(s),
        };
        params.push((name.clone(), value));
    }
    params.extend(
        options(entry)
            .into_iter()
            .map(|(name, value)| (name, value.to_string())),
    );
    let lines: String = params
        .iter()
        .map(|(name, value)| format!("      {name}: {value}\n"))
        .collect();
    let text = format!(
        "# Configuration of a LiteLLM proxy: litellm --config config.yaml. Written by Screensmith.\n\
         {}model_list:\n  - model_name: {}\n    litellm_params:\n{lines}    model_info:\n      \
         mode: chat\n      supports_vision: {}\n",
        comments(entry),
        yaml(&entry.key),
        config.supports_vision,
    );
    disarmed(entry, text)
}

/// What a request says beside model and messages.
fn options(entry: &RegistryEntry) -> Map<String, Value> {
    let config = &entry.config;
    let mut out = Map::new();
    out.insert(
        "temperature".to_owned(),
        json!(config.temperature.unwrap_or(0.0)),
    );
    if let Some(n) = config.max_completion_tokens {
        out.insert("max_completion_tokens".to_owned(), json!(n));
    } else if let Some(n) = config.max_tokens {
        out.insert("max_tokens".to_owned(), json!(n));
    }
    if let Some(effort) = &config.reasoning_effort {
        out.insert("reasoning_effort".to_owned(), json!(effort));
    }
    out
}

/// Text within single quotes of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A shell script: `sh call_model.sh screenshot.png "Click Save"`.
pub(super) fn curl(entry: &RegistryEntry) -> Result<String> {
    let place = place(entry)?;
    let convention = entry.convention()?;
    // The picture is too long for an argument, so the body comes through a pipe; the instruction
    // becomes JSON by escaping what must be.
    let mut body = json!({
        "model": place.model,
        "messages": [
            {"role": "system", "content": entry.prompt_for(convention, Geometry::Point)},
            {"role": "user", "content": [
                {"type": "text", "text": "\u{1}"},
                {"type": "image_url", "image_url": {"url": "\u{2}"}},
            ]},
        ],
    });
    for (name, value) in options(entry) {
        body[name.as_str()] = value;
    }
    let text = body.to_string();
    let broken = || Error::data("export_unsupported", "the body cannot be written");
    let (head, rest) = text.split_once("\\u0001").ok_or_else(broken)?;
    let (middle, tail) = rest.split_once("\\u0002").ok_or_else(broken)?;
    let mut headers = vec![quoted("Content-Type: application/json")];
    for (name, value) in &entry.provider_options.headers {
        headers.push(quoted(&comment(&format!("{name}: {value}"))));
    }
    let mut headers: String = headers.iter().map(|h| format!(" \\\n  -H {h}")).collect();
    match &place.key_env {
        // Without a key there is no such header.
        Some(name) if place.key_optional => {
            headers +=
                &format!(" \\\n  ${{{name}:+-H}} ${{{name}:+\"Authorization: Bearer ${name}\"}}");
        }
        Some(name) => {
            headers +=
                &format!(" \\\n  -H \"Authorization: Bearer ${{{name}:?set it to the key}}\"");
        }
        None => {}
    }
    let url = format!("{}/chat/completions", place.base_url.trim_end_matches('/'));
    let text = format!(
        "#!/bin/sh\n# Asks a tuned model: sh call_model.sh screenshot.png \"Click Save\". Written by Screensmith.\n\
         {}set -eu\n\
         picture=$1\n\
         case $picture in\n  *.jpg|*.jpeg) type=image/jpeg ;;\n  *.webp) type=image/webp ;;\n  *) type=image/png ;;\nesac\n\
         question=$(printf '%s' \"$2\" | tr '\\n\\t\\r' '   ' | sed 's/[\\\\\"]/\\\\&/g')\n\
         {{\n  printf '%s' {}\n  printf '%s' \"$question\"\n  printf '%s' {}\n  \
         printf 'data:%s;base64,' \"$type\"\n  base64 < \"$picture\" | tr -d '\\n'\n  printf '%s' {}\n}} |\n\
         curl -sS --fail-with-body {}{headers} \\\n  --data-binary @-\n",
        comments(entry),
        quoted(head),
        quoted(middle),
        quoted(tail),
        quoted(&url),
    );
    Ok(disarmed(entry, text))
}

/// A truth value of Python.
fn truth(yes: bool) -> &'static str {
    if yes { "True" } else { "False" }
}

/// The facts that [`CALL_MODEL`] needs of a convention.
fn coordinates(c: &Convention) -> Result<[String; 5]> {
    let (space, bins, resize) = match c.space {
        Space::Pixels(rule) => ("pixels", 0, rule),
        Space::Unit(_) => ("unit", 0, Resize::None),
        Space::Percent => ("percent", 0, Resize::None),
        Space::Thousand => ("thousand", 0, Resize::None),
        Space::RoundedBins(n) => ("rounded_bins", n, Resize::None),
        Space::FlooredBins(n) => ("floored_bins", n, Resize::None),
    };
    let resize = match resize {
        Resize::None => "[]".to_owned(),
        Resize::Tiles { long, short } => format!("[\"tiles\", {long}, {short}]"),
        Resize::Smart {
            factor,
            min_pixels,
            max_pixels,
        } => format!("[\"smart\", {factor}, {min_pixels}, {max_pixels}]"),
        other => {
            return Err(Error::unsupported(
                "export_unsupported",
                format!("the program does not know the resize rule {other:?}"),
            )
            .at("as"));
        }
    };
    let shape = match c.shape {
        Shape::Xyxy => "xyxy",
        Shape::Xywh => "xywh",
        Shape::Cxcywh => "cxcywh",
    };
    Ok([
        format!("SPACE = \"{space}\""),
        format!("BINS = {bins}"),
        format!("RESIZE = {resize}"),
        format!("Y_FIRST = {}", truth(c.order == Order::Yx)),
        format!("SHAPE = \"{shape}\""),
    ])
}

/// A program that asks the model and prints the point, with Python's own library only.
pub(super) fn python(entry: &RegistryEntry) -> Result<String> {
    let place = place(entry)?;
    let convention = entry.convention()?;
    let key_env = place.key_env.unwrap_or_default();
    let size = entry.provenance.image_size;
    let size = size.map_or("[]".to_owned(), |[w, h]| format!("[{w}, {h}]"));
    let prompt = entry.prompt_for(convention, Geometry::Point);
    let mut facts = vec![
        format!("BASE_URL = {}", literal(&place.base_url)),
        format!("MODEL = {}", literal(&place.model)),
        format!("KEY_ENV = {}", literal(&key_env)),
        format!("KEY_NEEDED = {}", truth(!place.key_optional)),
        format!("HEADERS = {}", json!(entry.provider_options.headers)),
        format!("OPTIONS = {}", Value::Object(options(entry))),
        format!("PROMPT = {}", literal(&prompt)),
        format!("IMAGE_SIZE = {size}  # largest in training"),
        format!("# Coordinates: {}", comment(convention.doc)),
    ];
    facts.extend(coordinates(convention)?);
    let mut head = format!("# {}\n{}", comment(&entry.reference()), comments(entry));
    if entry.provenance.simulated {
        head += &format!(
            "raise SystemExit(\"{SIMULATED}: this model comes from a practice run and does not exist\")\n"
        );
    }
    Ok(CALL_MODEL
        .replacen("@HEAD@", head.trim_end(), 1)
        .replacen("@FACTS@", &facts.join("\n"), 1))
}
