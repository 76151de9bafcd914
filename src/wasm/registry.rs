//! Registered models of a workspace: versions, names, notes, and one question to one of them.

use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::*;

use crate::base::geometry::PxRect;
use crate::error::Result;
use crate::format::image_info;
use crate::registry::compare::{Answer, Asker, Question, Reading};
use crate::registry::{Place, Who};
use crate::task::{Found, Geometry};
use crate::wasm::compare::named;
use crate::wasm::convert::{OrThrow as _, options, to_js};
use crate::wasm::pipeline::Workspace;

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Which {
    Tuned,
    Base,
}

/// How a question is asked; what is missing is as the registry says.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Ask {
    geometry: Option<Geometry>,
    target: Option<PxRect>,
    who: Option<Which>,
    base_url: String,
    model: String,
    convention: Option<String>,
}

/// What a model said, and where that points.
#[derive(Serialize)]
struct Said {
    answer: Answer,
    #[serde(skip_serializing_if = "Option::is_none")]
    found: Option<Found>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hit: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iou: Option<f64>,
}

#[wasm_bindgen]
impl Workspace {
    /// Every version of a key, oldest first.
    #[wasm_bindgen(js_name = modelVersions, unchecked_return_type = "RegistryEntry[]")]
    pub async fn model_versions(&self, key: String) -> Result<JsValue, JsValue> {
        to_js(&self.registry().versions(&key).await.or_throw()?)
    }

    /// Every key with its versions, the current one and its aliases.
    #[wasm_bindgen(js_name = modelLineages, unchecked_return_type = "ModelLineage[]")]
    pub async fn model_lineages(&self) -> Result<JsValue, JsValue> {
        to_js(&self.registry().lineages().await.or_throw()?)
    }

    /// Lets the bare key mean this version (`KEY@1`), until a newer model is registered.
    #[wasm_bindgen(js_name = setCurrentVersion, unchecked_return_type = "RegistryEntry")]
    pub async fn set_current_version(&self, reference: String) -> Result<JsValue, JsValue> {
        to_js(&self.registry().set_current(&reference).await.or_throw()?)
    }

    /// Forgets one version and returns it.
    #[wasm_bindgen(js_name = removeVersion, unchecked_return_type = "RegistryEntry")]
    pub async fn remove_version(&self, key: String, version: u32) -> Result<JsValue, JsValue> {
        to_js(
            &self
                .registry()
                .remove_version(&key, version)
                .await
                .or_throw()?,
        )
    }

    /// All aliases, in order of their names.
    #[wasm_bindgen(js_name = modelAliases, unchecked_return_type = "ModelAlias[]")]
    pub async fn model_aliases(&self) -> Result<JsValue, JsValue> {
        to_js(&self.registry().aliases().await.or_throw()?)
    }

    /// Lets a name mean a version: `KEY@2`, or a bare key for its current one.
    #[wasm_bindgen(js_name = setAlias, unchecked_return_type = "ModelAlias")]
    pub async fn set_alias(&self, alias: String, reference: String) -> Result<JsValue, JsValue> {
        to_js(
            &self
                .registry()
                .set_alias(&alias, &reference)
                .await
                .or_throw()?,
        )
    }

    /// Forgets an alias; it may be absent.
    #[wasm_bindgen(js_name = removeAlias)]
    pub async fn remove_alias(&self, alias: String) -> Result<(), JsValue> {
        self.registry().remove_alias(&alias).await.or_throw()
    }

    /// Adds and removes words to find a model by.
    #[wasm_bindgen(js_name = tagModel, unchecked_return_type = "RegistryEntry")]
    pub async fn tag_model(
        &self,
        reference: String,
        add: Vec<String>,
        remove: Option<Vec<String>>,
    ) -> Result<JsValue, JsValue> {
        let remove = remove.unwrap_or_default();
        to_js(
            &self
                .registry()
                .tag(&reference, &add, &remove)
                .await
                .or_throw()?,
        )
    }

    /// Replaces the note of a model; an empty text removes it.
    #[wasm_bindgen(js_name = setModelNote, unchecked_return_type = "RegistryEntry")]
    pub async fn set_model_note(
        &self,
        reference: String,
        note: String,
    ) -> Result<JsValue, JsValue> {
        to_js(
            &self
                .registry()
                .set_note(&reference, &note)
                .await
                .or_throw()?,
        )
    }

    /// Takes in what `exportRegistry` gave, all or nothing. Returns how many versions are new.
    #[wasm_bindgen(js_name = importRegistry)]
    pub async fn import_registry(&self, text: String) -> Result<usize, JsValue> {
        let done = self.registry().import_json(&text).await.or_throw()?;
        Ok(done.added)
    }

    /// Asks a registered model about a picture file, the way it was trained. Its key is the
    /// secret of its environment variable (`setSecret`).
    #[wasm_bindgen(js_name = askModel, unchecked_return_type = "AskedModel")]
    pub async fn ask_model(
        &self,
        reference: String,
        instruction: String,
        picture: Vec<u8>,
        #[wasm_bindgen(unchecked_param_type = "AskOptions | undefined")] how: JsValue,
    ) -> Result<JsValue, JsValue> {
        let how: Ask = options(&how)?;
        to_js(
            &self
                .said(&reference, &instruction, &picture, how)
                .await
                .or_throw()?,
        )
    }
}

impl Workspace {
    async fn said(
        &self,
        reference: &str,
        instruction: &str,
        picture: &[u8],
        how: Ask,
    ) -> Result<Said> {
        let entry = self.registry().get(reference).await?;
        let who = match how.who {
            Some(Which::Base) => Who::Base,
            _ => Who::Tuned,
        };
        let place = Place {
            base_url: how.base_url,
            model: how.model,
        };
        let endpoint = entry.endpoint_of(who, &place)?;
        let convention = match &how.convention {
            Some(id) => named(id)?,
            None => entry.convention()?,
        };
        let info = image_info(picture)?;
        let geometry = how.geometry.unwrap_or(Geometry::Point);
        let mut question = Question::open(instruction, geometry, (info.width, info.height));
        question.target = how.target.unwrap_or_default();
        let asker = Asker::new(self.ports(), &entry, convention, endpoint)?;
        let answer = asker.ask(&question, picture).await?;
        let reading = Reading::of_answer(&question, &answer, convention);
        Ok(Said {
            answer,
            found: reading.found,
            hit: how.target.map(|_| reading.hit),
            iou: reading.iou.filter(|_| how.target.is_some()),
        })
    }
}
