//! Records → examples: what is asked and answered, before any vendor's words.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::base::geometry::PxRect;
use crate::dataset::{Component, Record};
use crate::error::{Error, Result};
use crate::format::ordered::{array, object, string};
use crate::format::{Format, FormatOptions, ListingAnswer, image_info};
use crate::task::coords::Convention;
use crate::task::{
    Geometry, LISTING_SYSTEM_PROMPT, LISTING_USER_PROMPT, Target, Task, reserved_token,
};

/// One training example.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Example {
    /// System prompt; may be empty.
    pub system: String,
    /// Questions and answers in order; ends with an answer.
    pub turns: Vec<Turn>,
    /// The pictures that [`Part::Image`] refers to.
    pub images: Vec<ImageRef>,
    /// What is asked for, in pixels of the first picture; empty for listings and read lines.
    pub targets: Vec<Target>,
    /// Kind of task; empty for read lines.
    pub kind: String,
}

/// Somebody's words.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Turn {
    /// Who speaks.
    pub role: Role,
    /// What is said and shown.
    pub parts: Vec<Part>,
}

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The person who asks.
    User,
    /// The model.
    Assistant,
}

/// A piece of a turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Text.
    Text(String),
    /// Number of a picture in [`Example::images`].
    Image(usize),
}

/// A picture as the line names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImageRef {
    /// Data URL, URI or relative path.
    pub url: String,
    /// `image/png` …
    pub media_type: String,
    /// Size in pixels; zeros when unknown.
    pub size: (u32, u32),
}

/// How lines refer to pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageSource {
    /// Inside the line as a data URL.
    DataUrl,
    /// By URI: a prefix and the path.
    Uri,
    /// By path relative to the file of lines.
    Path,
}

/// Makes examples of records.
#[derive(Clone, Debug)]
pub struct Examples {
    pub(super) format: &'static dyn Format,
    pub(super) options: FormatOptions,
    convention: &'static Convention,
}

/// The picture of a record as file bytes: embedded, or what `load` returns for its path.
///
/// # Errors
/// `image_missing` when the record has none, `image_base64`, and those of `load`.
pub fn record_image(
    record: &Record,
    load: impl FnOnce(&str) -> Result<Vec<u8>>,
) -> Result<Vec<u8>> {
    if let Some(bytes) = record.embedded_image()? {
        return Ok(bytes);
    }
    match &record.image {
        Some(path) => load(path),
        None => Err(Error::data("image_missing", "the record has no picture")
            .hint("generate the dataset with include_screenshots")),
    }
}

/// The system prompt of questions whose answer is a point or a box written in `c`. Models must be
/// asked with the one they were trained with.
pub fn grounding_prompt(c: &Convention, geometry: Geometry) -> String {
    let (what, template) = match geometry {
        Geometry::Point => ("point", c.point),
        Geometry::Box => ("box", c.bbox),
    };
    let mut form = template
        .replace("$label", "\"name\"")
        .replace("$text", "name");
    for (i, name) in c.names(geometry).iter().enumerate() {
        form = form.replace(&format!("${}", i + 1), name);
    }
    format!(
        "You locate elements of user interfaces. Answer with the {what} of the element as {form}, in {}.",
        c.doc
    )
}

impl Examples {
    /// Examples for `format`.
    ///
    /// # Errors
    /// The first problem of [`FormatOptions::validate`].
    pub fn new(format: &'static dyn Format, options: FormatOptions) -> Result<Self> {
        crate::problem::check(&options.validate(format))?;
        let convention = options.convention(format);
        Ok(Self {
            format,
            options,
            convention,
        })
    }

    /// The examples of one record. `picture` is its file; `path` the path that lines use when
    /// they do not embed it.
    ///
    /// # Errors
    /// `image_format` when the picture cannot be read.
    pub fn of(&self, record: &Record, picture: &[u8], path: &str) -> Result<Vec<Example>> {
        let info = image_info(picture)?;
        let size = (info.width, info.height);
        let url = match (&self.options.image_uri_prefix, self.format.image_source()) {
            (Some(prefix), _) => format!(
                "{prefix}{}{path}",
                if prefix.ends_with('/') { "" } else { "/" }
            ),
            (None, ImageSource::DataUrl) => {
                format!(
                    "data:{};base64,{}",
                    info.media_type,
                    STANDARD.encode(picture)
                )
            }
            (None, _) => path.to_owned(),
        };
        let image = ImageRef {
            url,
            media_type: info.media_type.to_owned(),
            size,
        };
        let mut out = Vec::new();
        for kind in &self.options.tasks {
            let most = match self.options.max_per_screen {
                0 => usize::MAX,
                n => n as usize,
            };
            if kind == "listing" {
                let question = record
                    .tasks
                    .iter()
                    .find(|t| t.kind == *kind)
                    .and_then(|t| t.instructions.first())
                    .map_or(LISTING_USER_PROMPT, |i| &i.text);
                out.push(self.example(
                    LISTING_SYSTEM_PROMPT.to_owned(),
                    question,
                    self.listing(record, size)?,
                    &image,
                    (None, kind),
                ));
            } else {
                let asked = record.tasks.iter().filter(|t| t.kind == *kind);
                out.extend(
                    asked
                        .flat_map(|t| self.grounded(t, size, &image))
                        .take(most),
                );
            }
        }
        Ok(out)
    }

    fn grounded(&self, task: &Task, size: (u32, u32), image: &ImageRef) -> Vec<Example> {
        let geometry = crate::task::kind(&task.kind).and_then(|k| k.geometry());
        let (Some(target), Some(geometry)) = (&task.target, geometry) else {
            return Vec::new();
        };
        let c = self.convention;
        let answer = match geometry {
            Geometry::Point => c.point(target.point, &target.label, size),
            Geometry::Box => c.bbox(target.bounds, &target.label, size),
        };
        let system = grounding_prompt(c, geometry);
        task.instructions
            .iter()
            .take(self.options.instructions_per_task as usize)
            .filter(|i| reserved_token(&i.text).is_none())
            .map(|i| {
                self.example(
                    system.clone(),
                    &i.text,
                    answer.clone(),
                    image,
                    (Some(target), &task.kind),
                )
            })
            .collect()
    }

    fn example(
        &self,
        system: String,
        question: &str,
        answer: String,
        image: &ImageRef,
        (target, kind): (Option<&Target>, &str),
    ) -> Example {
        Example {
            system,
            turns: vec![
                Turn {
                    role: Role::User,
                    parts: vec![Part::Text(question.to_owned()), Part::Image(0)],
                },
                Turn {
                    role: Role::Assistant,
                    parts: vec![Part::Text(answer)],
                },
            ],
            images: vec![image.clone()],
            targets: target.into_iter().cloned().collect(),
            kind: kind.to_owned(),
        }
    }

    fn listing(&self, record: &Record, size: (u32, u32)) -> Result<String> {
        let truth = &record.ground_truth;
        if self.options.listing == ListingAnswer::Full {
            return Ok(serde_json::to_string(truth)?);
        }
        let components = truth
            .components
            .iter()
            .filter(|c| c.interactive && c.bbox.width > 0.0 && c.bbox.height > 0.0)
            .map(|c| self.listed(c, size));
        let components = array(components);
        let (w, h) = self.convention.maximum(size);
        Ok(object(&[
            ("width", number(w)),
            ("height", number(h)),
            ("components", components),
        ]))
    }

    /// What can be read off the picture about one element; its box in the convention's space.
    fn listed(&self, c: &Component, size: (u32, u32)) -> String {
        let b = &c.bbox;
        let px = |v: f64| v.clamp(-1e9, 1e9).round() as i32;
        let (x, y) = (px(b.x), px(b.y));
        let r = PxRect::new(x, y, px(b.x + b.width) - x, px(b.y + b.height) - y);
        let xywh = Convention {
            shape: crate::task::coords::Shape::Xywh,
            order: crate::task::coords::Order::Xy,
            ..*self.convention
        };
        let [x, y, width, height] = xywh.bbox_numbers(r, size).map(number);
        let bbox = object(&[("x", x), ("y", y), ("width", width), ("height", height)]);
        object(&[
            ("element_type", string(&c.element_type)),
            ("text", string(&c.text)),
            ("bbox", bbox),
            ("action", string(&c.action)),
            ("semantic_role", string(&c.semantic_role)),
            ("anchor_text", string(&c.anchor_text)),
        ])
    }
}

/// Whole numbers without a fraction, others with at most six decimals.
fn number(v: f64) -> String {
    if v.fract() == 0.0 {
        format!("{v:.0}")
    } else {
        ((v * 1e6).round() / 1e6).to_string()
    }
}
