//! Checks of finished lines, as the vendor would make them, before anything is uploaded.

use std::io::{BufRead, Read as _};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::base::hash;
use crate::format::estimate::{estimate, image_cost, text_tokens};
use crate::format::report::{Purpose, Report};
use crate::format::{
    ColorMode, Example, Format, FormatOptions, Part, Role, image_info, model_facts,
};
use crate::problem::Problem;
use crate::task::coords::Convention;
use crate::task::{Found, parse_answer, reserved_token};

/// Longest line that is read.
const MAX_LINE_BYTES: usize = crate::dataset::MAX_LINE_BYTES;
/// Different instructions that are counted.
const MAX_SYSTEMS: usize = 16;
/// Targets below this many pixels on the short side, as the model sees them, are hard to hit.
const SMALL_TARGET_PX: f64 = 8.0;

/// Finds the file of a picture that a line names by path.
pub type LoadImage<'a> = dyn FnMut(&str) -> Option<Vec<u8>> + 'a;

/// Checks lines one by one.
pub struct Validator<'a> {
    format: &'static dyn Format,
    convention: &'static Convention,
    options: FormatOptions,
    purpose: Purpose,
    load: Option<Box<LoadImage<'a>>>,
    report: Report,
    text_tokens: u64,
    image_tokens: Option<u64>,
}

impl std::fmt::Debug for Validator<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Validator")
            .field("format", &self.format)
            .field("report", &self.report)
            .finish_non_exhaustive()
    }
}

impl<'a> Validator<'a> {
    /// Checks for `format`. The options say which model and convention the lines are for.
    pub fn new(format: &'static dyn Format, options: &FormatOptions, purpose: Purpose) -> Self {
        let mut report = Report {
            format: format.id().to_owned(),
            ..Report::default()
        };
        if let Some(model) = &options.model {
            model_problems(format, model, &mut report);
        }
        Self {
            convention: options.convention(format),
            format,
            options: options.clone(),
            purpose,
            load: None,
            report,
            text_tokens: 0,
            image_tokens: Some(0),
        }
    }

    /// Also checks pictures that lines name by path.
    #[must_use]
    pub fn images(mut self, load: impl FnMut(&str) -> Option<Vec<u8>> + 'a) -> Self {
        self.load = Some(Box::new(load));
        self
    }

    /// Checks the name of the file.
    pub fn file_name(&mut self, name: &str) {
        if !name.ends_with(".jsonl") {
            self.report.push(
                Problem::error("jsonl_only", name, "the name does not end in .jsonl")
                    .hint("vendors accept training files as .jsonl only"),
            );
        }
    }

    /// Checks one line without its line break. `row` counts from 1.
    pub fn line(&mut self, row: u64, line: &[u8]) {
        self.report.bytes += line.len() as u64 + 1;
        let line = line.trim_ascii();
        if line.is_empty() {
            return;
        }
        self.report.examples += 1;
        let mut found = Vec::new();
        match serde_json::from_slice::<serde_json::Value>(line) {
            Err(e) => found.push(
                Problem::error("json", "", e.to_string())
                    .hint("each line must be one complete JSON object"),
            ),
            Ok(serde_json::Value::Array(_)) => found.push(
                Problem::error("jsonl_only", "", "the line is a JSON array")
                    .hint("write one object per line"),
            ),
            Ok(value) => {
                if let Some(example) = self.format.read(&value, &mut found) {
                    self.example(&example, &mut found);
                }
            }
        }
        for mut p in found {
            p.path = if p.path.is_empty() {
                format!("row {row}")
            } else {
                format!("row {row}: {}", p.path)
            };
            self.report.push(p);
        }
    }

    fn example(&mut self, e: &Example, out: &mut Vec<Problem>) {
        let limits = self.format.limits();
        if e.turns.last().map(|t| t.role) != Some(Role::Assistant) {
            out.push(
                Problem::error(
                    "last_role",
                    "",
                    "the last turn is not an answer of the model",
                )
                .hint("end every example with what the model should say"),
            );
        }
        if limits.images_per_example > 0 && e.images.len() > limits.images_per_example {
            out.push(
                Problem::error(
                    "images_per_example",
                    "",
                    format!(
                        "{} pictures; allowed are {}",
                        e.images.len(),
                        limits.images_per_example
                    ),
                )
                .hint("split the example"),
            );
        }
        if !e.system.is_empty() {
            // Foreign lines may have one each; a contract needs the common ones only.
            let full = self.report.systems.len() >= MAX_SYSTEMS;
            if !full || self.report.systems.contains_key(&e.system) {
                *self.report.systems.entry(e.system.clone()).or_default() += 1;
            }
        }
        let mut tokens = 0;
        let mut size = None;
        let mut image_tokens = Some(0);
        for (i, image) in e.images.iter().enumerate() {
            let found = self.image(i, &image.url, out);
            size = size.or(found);
            self.report.images += 1;
            let (w, h) = found.unwrap_or((1280, 720));
            let cost = self
                .options
                .model
                .as_deref()
                .and_then(|m| image_cost(m, w, h, self.options.detail));
            image_tokens = image_tokens.zip(cost).map(|(t, c)| t + c.tokens);
            if let (Some(c), Some(s)) = (cost, found)
                && c.seen != s
            {
                out.push(
                    Problem::warning(
                        "provider_resize",
                        format!("image {i}"),
                        format!("{}x{} is seen as {}x{}", s.0, s.1, c.seen.0, c.seen.1),
                    )
                    .hint("make pictures that are not resized, or answer in relative coordinates"),
                );
            }
            if let Some(c) = cost {
                self.report.seen = Some(c.seen);
            }
        }
        let mut key: Vec<&[u8]> = e.images.iter().map(|i| i.url.as_bytes()).collect();
        let texts = std::iter::once(e.system.as_str()).chain(e.turns.iter().flat_map(|t| {
            t.parts.iter().filter_map(|p| match p {
                Part::Text(s) => Some(s.as_str()),
                Part::Image(_) => None,
            })
        }));
        for text in texts {
            tokens += text_tokens(text);
            key.push(text.as_bytes());
            // An answer in location tokens is meant to hold them.
            let answer_tokens = self.convention.bbox.starts_with("<loc");
            if let Some(t) = reserved_token(text)
                && !(answer_tokens && t == "<loc")
            {
                out.push(
                    Problem::error("reserved_tokens", "", format!("a text contains {t:?}"))
                        .hint("trainers treat it as a control token: remove it"),
                );
            }
        }
        if !self.report.keys.insert(hash::key64(key)) {
            out.push(
                Problem::warning(
                    "duplicate_example",
                    "",
                    "the same example stands in an earlier row",
                )
                .hint("remove one of them"),
            );
        }
        self.answer(e, size, out);
        self.text_tokens += tokens;
        self.image_tokens = self.image_tokens.zip(image_tokens).map(|(a, b)| a + b);
        let total = tokens + image_tokens.unwrap_or(0);
        if limits.tokens_per_example > 0 && total > limits.tokens_per_example {
            out.push(
                Problem::error(
                    "tokens_per_example",
                    "",
                    format!(
                        "about {total} tokens; allowed are {}",
                        limits.tokens_per_example
                    ),
                )
                .hint("longer examples are cut: use smaller pictures or shorter answers"),
            );
        }
    }

    /// Coordinates of a grounding answer.
    fn answer(&self, e: &Example, size: Option<(u32, u32)>, out: &mut Vec<Problem>) {
        let Some(text) = e.turns.last().map(|t| super::openai::text_of(&t.parts)) else {
            return;
        };
        // Listings and prose are not answers in coordinates.
        let starts = [self.convention.point, self.convention.bbox]
            .map(|t| t.split('$').next().unwrap_or_default());
        if text.len() > 400 || !starts.iter().any(|s| !s.is_empty() && text.starts_with(s)) {
            return;
        }
        let absolute = matches!(self.convention.space, crate::task::coords::Space::Pixels(_));
        let size = match size {
            Some(s) => s,
            None if absolute => return,
            None => (1000, 1000),
        };
        let Some(found) = parse_answer(&text, self.convention, size) else {
            out.push(
                Problem::error(
                    "coord_range",
                    "",
                    format!("no coordinates in the answer {text:?}"),
                )
                .hint(format!("the answer must be in {}", self.convention.doc)),
            );
            return;
        };
        let (x0, y0, x1, y1) = match found {
            Found::Point { x, y } => (x, y, x, y),
            Found::Box { x0, y0, x1, y1 } => (x0, y0, x1, y1),
        };
        // Bins and rounding may reach half a step beyond the edge.
        let (w, h) = (
            f64::from(size.0) * 1.002 + 1.0,
            f64::from(size.1) * 1.002 + 1.0,
        );
        if x0 < -1.0 || y0 < -1.0 || x1 > w || y1 > h || x1 < x0 || y1 < y0 {
            out.push(
                Problem::error(
                    "coord_range",
                    "",
                    format!(
                        "the answer {text:?} lies outside of the picture of {}x{}",
                        size.0, size.1
                    ),
                )
                .hint(format!("coordinates are {}", self.convention.doc)),
            );
        }
        if let (Found::Box { .. }, Some(model)) = (found, &self.options.model)
            && let Some(c) = image_cost(model, size.0, size.1, self.options.detail)
        {
            let scale = f64::from(c.seen.0) / f64::from(size.0.max(1));
            let side = (x1 - x0).min(y1 - y0) * scale;
            if side < SMALL_TARGET_PX {
                out.push(
                    Problem::warning(
                        "min_target_px",
                        "",
                        format!("the target is {side:.0} px small as the model sees it"),
                    )
                    .hint("use smaller screens or a larger device scale"),
                );
            }
        }
    }

    /// Checks one picture; its size when it can be told.
    fn image(&mut self, i: usize, url: &str, out: &mut Vec<Problem>) -> Option<(u32, u32)> {
        let limits = self.format.limits();
        let at = format!("image {i}");
        let kind = |what: &str| {
            Problem::error("image_ref_kind", at.clone(), what.to_owned()).hint(format!(
                "allowed are {}{}{}",
                if limits.data_urls { "data URLs, " } else { "" },
                if limits.paths { "relative paths, " } else { "" },
                limits.image_uri_schemes.join(", ")
            ))
        };
        let bytes = if let Some(data) = url.strip_prefix("data:") {
            if !limits.data_urls {
                out.push(kind("the picture is a data URL"));
            }
            let Some((head, body)) = data.split_once(";base64,") else {
                out.push(kind("the data URL is not base64"));
                return None;
            };
            if !limits.media_types.contains(&head) {
                out.push(
                    Problem::error("image_format", at.clone(), format!("media type {head:?}"))
                        .hint(format!("allowed are {}", limits.media_types.join(", "))),
                );
            }
            match STANDARD.decode(body) {
                Ok(b) => {
                    if let Ok(info) = image_info(&b)
                        && info.media_type != head
                    {
                        out.push(
                            Problem::error(
                                "image_format",
                                at.clone(),
                                format!("{head} holds {}", info.media_type),
                            )
                            .hint("name the media type that the file has"),
                        );
                    }
                    b
                }
                Err(e) => {
                    out.push(
                        Problem::error("image_format", at, format!("the base64 is broken: {e}"))
                            .hint("encode the whole file"),
                    );
                    return None;
                }
            }
        } else if limits.image_uri_schemes.iter().any(|s| url.starts_with(s)) {
            // Not there yet, or out of reach: checked when somebody has it at hand.
            self.load.as_mut().and_then(|load| load(url))?
        } else if url.contains("://") || url.is_empty() {
            out.push(kind(if url.is_empty() {
                "there is no reference"
            } else {
                "the place is not accepted"
            }));
            return None;
        } else if limits.paths {
            let load = self.load.as_mut()?;
            match load(url) {
                Some(b) => b,
                None => {
                    out.push(
                        Problem::error("image_missing", at, format!("{url} cannot be read"))
                            .hint("keep the pictures beside the file of lines"),
                    );
                    return None;
                }
            }
        } else {
            out.push(kind("the picture is a relative path"));
            return None;
        };
        if limits.image_bytes > 0 && bytes.len() as u64 > limits.image_bytes {
            out.push(
                Problem::error(
                    "image_bytes",
                    at.clone(),
                    format!("{} bytes; allowed are {}", bytes.len(), limits.image_bytes),
                )
                .hint("use JPEG or a smaller screen"),
            );
        }
        match image_info(&bytes) {
            Err(e) => {
                out.push(
                    Problem::error("image_format", at, e.message().to_owned())
                        .hint(format!("allowed are {}", limits.media_types.join(", "))),
                );
                None
            }
            Ok(info) => {
                if limits.rgb_only && info.mode == ColorMode::Other {
                    out.push(
                        Problem::error("image_mode", at, "the picture is neither RGB nor RGBA")
                            .hint("save it with three or four 8-bit channels"),
                    );
                }
                Some((info.width, info.height))
            }
        }
    }

    /// The checks of the whole file, and the report.
    pub fn finish(mut self) -> Report {
        let limits = self.format.limits();
        let n = self.report.examples;
        if self.purpose == Purpose::Training && n < limits.min_examples {
            self.report.push(
                Problem::error(
                    "min_examples",
                    "file",
                    format!("{n} examples; at least {} are needed", limits.min_examples),
                )
                .hint("generate more samples or choose more kinds of task"),
            );
        }
        if self.purpose == Purpose::Training && limits.max_examples > 0 && n > limits.max_examples {
            self.report.push(
                Problem::error(
                    "max_examples",
                    "file",
                    format!("{n} examples; allowed are {}", limits.max_examples),
                )
                .hint("use fewer samples"),
            );
        }
        if self.purpose == Purpose::Validation && (1..limits.min_validation).contains(&n) {
            self.report.push(
                Problem::error(
                    "min_examples",
                    "file",
                    format!(
                        "{n} validation examples; at least {} are needed",
                        limits.min_validation
                    ),
                )
                .hint("use a larger validation_split, or 0, or more samples"),
            );
        }
        if self.purpose == Purpose::Validation
            && limits.max_validation > 0
            && n > limits.max_validation
        {
            self.report.push(
                Problem::error(
                    "validation_size",
                    "file",
                    format!(
                        "{n} validation examples; allowed are {}",
                        limits.max_validation
                    ),
                )
                .hint("use a smaller validation_split"),
            );
        }
        if limits.file_bytes > 0 && self.report.bytes > limits.file_bytes {
            self.report.push(
                Problem::error(
                    "file_bytes",
                    "file",
                    format!(
                        "{} bytes; allowed are {}",
                        self.report.bytes, limits.file_bytes
                    ),
                )
                .hint("use fewer samples, JPEG pictures, or pictures by URI"),
            );
        }
        if let Some(model) = &self.options.model {
            self.report.estimate = Some(estimate(
                self.format.id(),
                model,
                self.text_tokens,
                self.image_tokens,
                3,
            ));
        }
        self.report
    }
}

fn model_problems(format: &dyn Format, model: &str, report: &mut Report) {
    let Some(facts) = model_facts(format.id(), model) else {
        return;
    };
    if !facts.tunable {
        report.push(
            Problem::warning(
                "model_not_tunable",
                "model",
                format!("{model} is not tuned on pictures (as of {})", facts.as_of),
            )
            .hint("choose a model that is"),
        );
    }
    if let Some(date) = facts.shutdown {
        report.push(
            Problem::warning(
                "model_shutdown_date",
                "model",
                format!("{model} and what is tuned from it stop answering on {date}"),
            )
            .hint("choose a model or provider that lasts"),
        );
    }
}

/// Checks a whole file of lines, whatever is in it.
pub fn validate(mut source: impl BufRead, mut validator: Validator<'_>) -> Report {
    let mut line = Vec::new();
    let mut row = 0;
    loop {
        line.clear();
        row += 1;
        let read = (&mut source)
            .take(MAX_LINE_BYTES as u64 + 1)
            .read_until(b'\n', &mut line);
        let problem = match read {
            Ok(0) => break,
            Ok(n) if n > MAX_LINE_BYTES => Problem::error(
                "line_bytes",
                format!("row {row}"),
                format!("the line is longer than {MAX_LINE_BYTES} bytes"),
            )
            .hint("is this a JSONL file?"),
            Ok(_) => {
                validator.line(row, line.strip_suffix(b"\n").unwrap_or(&line));
                continue;
            }
            Err(e) => Problem::error("read_failed", format!("row {row}"), e.to_string()),
        };
        validator.report.push(problem);
        break;
    }
    validator.finish()
}
