//! [`Record`]: one line of `dataset.jsonl`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::base::geometry::PxRect;
use crate::base::hash;
use crate::error::{Error, Result};
use crate::generate::GENERATOR_VERSION;
use crate::generate::sample::Sample;
use crate::generate::truth::TrueElement;
use crate::task::Task;

/// One screen with its ground truth: the seed document's record and what was added to it.
/// Everything beyond `layout_id`, `html` and `ground_truth` may be missing when read.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Structure of the screen; equal for screens with the same tree of elements.
    pub layout_id: String,
    /// Page, which names its fonts relative to itself (`fonts/inter-400.ttf`).
    pub html: String,
    /// Elements, interactions and anchors.
    pub ground_truth: GroundTruth,
    /// The picture as a file, base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screenshot_base64: Option<String>,
    /// Path of the picture, relative to this file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// `image/png`, `image/jpeg` or `image/webp`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_media_type: Option<String>,
    /// SHA-256 of the picture file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_sha256: Option<String>,
    /// Image width in pixels.
    #[serde(default)]
    pub width: u32,
    /// Image height in pixels.
    #[serde(default)]
    pub height: u32,
    /// Image pixels per CSS pixel.
    #[serde(default = "one")]
    pub device_scale: f32,
    /// Index in the dataset.
    #[serde(default)]
    pub index: u64,
    /// Seed of the dataset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u64>,
    /// Version of the generator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generator_version: Option<u32>,
    /// Id of the archetype.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub archetype: String,
    /// Id of the theme.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub theme: String,
    /// `light` or `dark`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub color_scheme: String,
    /// BCP 47 tag.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub locale: String,
    /// Fingerprint of the sample, 32 hex digits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub fingerprint: String,
    /// What can be asked about this screen, each proved to have one answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tasks: Vec<Task>,
}

fn one() -> f32 {
    1.0
}

/// The truth of one screen. All geometry is in image pixels.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct GroundTruth {
    /// As in the record.
    pub layout_id: String,
    /// Image width in pixels.
    pub width: u32,
    /// Image height in pixels.
    pub height: u32,
    /// Elements with a visible part, in document order.
    pub components: Vec<Component>,
    /// What a person can do here.
    #[serde(default)]
    pub interactions: Vec<Interaction>,
    /// Landmarks that instructions may refer to.
    #[serde(default)]
    pub anchors: Vec<Anchor>,
}

/// A box: left, top, width, height in image pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct BBox {
    /// Left edge.
    #[serde(serialize_with = "shortest")]
    pub x: f64,
    /// Top edge.
    #[serde(serialize_with = "shortest")]
    pub y: f64,
    /// Width.
    #[serde(serialize_with = "shortest")]
    pub width: f64,
    /// Height.
    #[serde(serialize_with = "shortest")]
    pub height: f64,
}

impl From<PxRect> for BBox {
    fn from(r: PxRect) -> Self {
        Self {
            x: f64::from(r.x),
            y: f64::from(r.y),
            width: f64::from(r.width),
            height: f64::from(r.height),
        }
    }
}

/// One element.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// Id within the screen.
    pub component_id: String,
    /// Id of the widget.
    pub element_type: String,
    /// Visible text.
    #[serde(default)]
    pub text: String,
    /// The part of the box that the image shows.
    pub bbox: BBox,
    /// Whether a person can act on it.
    #[serde(default)]
    pub interactive: bool,
    /// Most natural action; `none` when there is none.
    #[serde(default, deserialize_with = "null_as_default")]
    pub action: String,
    /// WAI-ARIA role.
    #[serde(default, deserialize_with = "null_as_default")]
    pub semantic_role: String,
    /// Name or text that identifies it for people.
    #[serde(default, deserialize_with = "null_as_default")]
    pub anchor_text: String,
    /// CSS selector, unique in the page.
    #[serde(default, deserialize_with = "null_as_default")]
    pub selector: String,
    /// XPath, unique in the page.
    #[serde(default, deserialize_with = "null_as_default")]
    pub xpath: String,
    /// State, visibility, click point and more; see the README.
    #[serde(default)]
    pub metadata: Map<String, Value>,
}

/// Something a person can do.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Interaction {
    /// Element it is done to.
    pub component_id: String,
    /// What is done, for people.
    pub description: String,
    /// `click`, `type`, `select`, `toggle`, `drag`.
    pub expected_action: String,
    /// As in the component.
    #[serde(default, deserialize_with = "null_as_default")]
    pub anchor_text: String,
}

/// A landmark.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Anchor {
    /// Element.
    pub component_id: String,
    /// Its text.
    pub label: String,
    /// Role, position and group, as words.
    #[serde(default)]
    pub hints: Vec<String>,
}

/// Where the picture of a record goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ImageStorage<'a> {
    /// Inside the record, base64: the seed's shape.
    Embedded,
    /// In a file of this path, relative to the dataset file.
    File(&'a str),
}

/// Where picture `number` of a dataset stands in its folder: `images/000042.png`.
pub fn image_path(number: u64, extension: &str) -> String {
    format!("images/{number:06}.{extension}")
}

/// The number in an [`image_path`].
pub fn image_number(path: &str) -> Option<u64> {
    let (number, _) = path.strip_prefix("images/")?.split_once('.')?;
    number.parse().ok()
}

impl Record {
    /// The record of a sample. `tasks` are those of [`crate::task::tasks`].
    pub fn new(sample: &Sample, tasks: Vec<Task>, storage: ImageStorage<'_>) -> Self {
        let t = &sample.truth;
        let shown: Vec<&TrueElement> = t
            .elements
            .iter()
            .filter(|e| e.visible > 0.0 && e.visible_box.area() > 0)
            .collect();
        let image = sample.image.as_ref();
        let (screenshot_base64, path) = match (image, storage) {
            (Some(i), ImageStorage::Embedded) => (Some(STANDARD.encode(&i.bytes)), None),
            (Some(_), ImageStorage::File(p)) => (None, Some(p.to_owned())),
            (None, _) => (None, None),
        };
        Self {
            layout_id: sample.layout_id.clone(),
            html: sample.html.clone(),
            ground_truth: GroundTruth {
                layout_id: sample.layout_id.clone(),
                width: t.width,
                height: t.height,
                components: shown.iter().map(|e| component(e)).collect(),
                interactions: shown
                    .iter()
                    .filter(|e| e.askable())
                    .map(|e| interaction(e))
                    .collect(),
                anchors: shown.iter().filter_map(|e| anchor(e)).collect(),
            },
            screenshot_base64,
            image: path,
            image_media_type: image.map(|i| i.format.media_type().to_owned()),
            image_sha256: image.map(|i| hash::sha256_hex(&i.bytes)),
            width: t.width,
            height: t.height,
            device_scale: t.device_scale,
            index: sample.index,
            seed: Some(sample.plan.seed),
            generator_version: Some(GENERATOR_VERSION),
            archetype: sample.plan.archetype.clone(),
            theme: sample.plan.theme.clone(),
            color_scheme: match sample.plan.color_scheme {
                crate::generate::plan::ColorScheme::Light => "light".to_owned(),
                crate::generate::plan::ColorScheme::Dark => "dark".to_owned(),
            },
            locale: sample.plan.locale.clone(),
            fingerprint: sample.fingerprint.clone(),
            tasks,
        }
    }

    /// One line without the line break.
    ///
    /// # Errors
    /// Never for records made here; JSON of foreign metadata may fail.
    pub fn to_line(&self) -> Result<String> {
        Ok(serde_json::to_string(self)?)
    }

    /// Image size in pixels: of the record, else of its ground truth.
    pub fn size(&self) -> (u32, u32) {
        if self.width > 0 && self.height > 0 {
            (self.width, self.height)
        } else {
            (self.ground_truth.width, self.ground_truth.height)
        }
    }

    /// The embedded picture, decoded.
    ///
    /// # Errors
    /// `image_base64` when the text is not base64.
    pub fn embedded_image(&self) -> Result<Option<Vec<u8>>> {
        match &self.screenshot_base64 {
            None => Ok(None),
            Some(text) => STANDARD.decode(text).map(Some).map_err(|e| {
                Error::data("image_base64", "the embedded picture is not valid base64")
                    .at("screenshot_base64")
                    .because(e)
            }),
        }
    }

    /// Identity of the screen: its fingerprint, else a hash of its page and elements.
    pub fn identity(&self) -> String {
        if self.fingerprint.is_empty() {
            let truth = crate::base::json::canonical(&self.ground_truth).unwrap_or_default();
            hash::fingerprint([self.html.as_bytes(), truth.as_bytes()])
        } else {
            self.fingerprint.clone()
        }
    }
}

/// The name a person would use: accessible name, else text.
fn label(e: &TrueElement) -> &str {
    if e.name.is_empty() { &e.text } else { &e.name }
}

fn component(e: &TrueElement) -> Component {
    let mut metadata = Map::new();
    let mut put = |key: &str, value: Value| {
        let empty = match &value {
            Value::Null => true,
            Value::String(s) => s.is_empty(),
            Value::Array(a) => a.is_empty(),
            Value::Object(o) => o.is_empty(),
            _ => false,
        };
        if !empty {
            metadata.insert(key.to_owned(), value);
        }
    };
    put("name", json!(e.name));
    put("name_from", json!(e.name_from));
    put("icon", json!(e.icon));
    put("purpose", json!(e.purpose));
    put("group", json!(e.group));
    put("state", json!(e.state));
    put("actions", json!(e.actions));
    put("visible", json!(rounded(e.visible, 10_000.0)));
    put("clipped", json!(e.clipped));
    put("covered_by", json!(e.covered_by));
    put("full_box", json!(BBox::from(e.bounds)));
    put("hit", json!(BBox::from(e.hit)));
    put("point", json!(e.point));
    put("parent", json!(e.parent));
    put("z", json!(e.z));
    put("grid", json!(e.grid));
    if e.contrast > 0.0 {
        put("contrast", json!(rounded(e.contrast, 100.0)));
    }
    Component {
        component_id: e.id.clone(),
        element_type: e.widget.clone(),
        text: e.text.clone(),
        bbox: e.visible_box.into(),
        interactive: e.interactive,
        action: e
            .actions
            .first()
            .filter(|_| e.interactive)
            .map_or("none", |a| a.name())
            .to_owned(),
        semantic_role: e.role.clone(),
        anchor_text: label(e).to_owned(),
        selector: e.selector.clone(),
        xpath: e.xpath.clone(),
        metadata,
    }
}

/// A short decimal: `f32` printed through `f64` would show its binary tail.
fn rounded(v: f32, steps: f64) -> f64 {
    (f64::from(v) * steps).round() / steps
}

fn interaction(e: &TrueElement) -> Interaction {
    let action = e.actions.first().map_or("click", |a| a.name());
    let role = e.role.replace("generic", "element");
    let name = label(e);
    let description = if !e.purpose.is_empty() {
        capitalised(&e.purpose)
    } else {
        let verb = match action {
            "type" => "Type into",
            "select" => "Choose an option of",
            "toggle" => "Toggle",
            "drag" => "Drag",
            _ => "Click",
        };
        if name.is_empty() {
            format!("{verb} the {role}")
        } else {
            format!("{verb} the {name} {role}")
        }
    };
    Interaction {
        component_id: e.id.clone(),
        description,
        expected_action: action.to_owned(),
        anchor_text: name.to_owned(),
    }
}

fn capitalised(s: &str) -> String {
    let mut c = s.chars();
    match c.next() {
        Some(first) => first.to_uppercase().chain(c).collect(),
        None => String::new(),
    }
}

fn anchor(e: &TrueElement) -> Option<Anchor> {
    let landmark = matches!(
        e.role.as_str(),
        "heading" | "columnheader" | "rowheader" | "tab" | "alert" | "dialog" | "navigation"
    );
    let text = label(e);
    if !landmark || text.is_empty() {
        return None;
    }
    let mut hints = vec![e.role.clone()];
    if !e.group.is_empty() {
        hints.push(e.group.clone());
    }
    Some(Anchor {
        component_id: e.id.clone(),
        label: text.to_owned(),
        hints,
    })
}

/// Whole numbers without a fraction: `218`, not `218.0`.
fn shortest<S: serde::Serializer>(v: &f64, s: S) -> Result<S::Ok, S::Error> {
    let whole = *v as i64;
    if whole as f64 == *v {
        s.serialize_i64(whole)
    } else {
        s.serialize_f64(*v)
    }
}

fn null_as_default<'de, D: serde::Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    Ok(Option::<String>::deserialize(d)?.unwrap_or_default())
}
