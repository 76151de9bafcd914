//! The worker's side: makes samples, one at a time, as asked.

use js_sys::{Array, Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;
use web_sys::{DedicatedWorkerGlobalScope, MessageEvent};

use crate::app::message::{Failure, Reply, Request, Shot, VERSION};
use crate::dataset::{ImageStorage, Record, image_path};
use crate::error::Result;
use crate::generate::SyntheticUiGenerator;
use crate::generate::config::GenerationConfig;

/// Starts listening. Called once by the worker's binary.
pub fn run() {
    console_error_panic_hook::set_once();
    let scope: DedicatedWorkerGlobalScope = js_sys::global().unchecked_into();
    let mut studio = Studio::default();
    let answer_scope = scope.clone();
    let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
        let text = event.data().as_string().unwrap_or_default();
        // Requests come from the same release, which the version in `Ready` makes sure of.
        let Ok(request) = serde_json::from_str::<Request>(&text) else {
            return;
        };
        let ticket = request.ticket;
        match studio.make(&request) {
            Ok((shot, image)) => {
                let reply = Reply::Sample {
                    ticket,
                    sample: Box::new(shot),
                };
                post(&answer_scope, &reply, image.as_deref());
            }
            Err(e) => {
                post(
                    &answer_scope,
                    &Reply::Failed {
                        ticket,
                        error: Failure::from(&e),
                    },
                    None,
                );
            }
        }
    });
    scope.set_onmessage(Some(listen.as_ref().unchecked_ref()));
    listen.forget();
    post(
        &scope,
        &Reply::Ready {
            version: VERSION.to_owned(),
        },
        None,
    );
}

/// Sends `{text, image}`; the picture's buffer changes hands without a copy.
fn post(scope: &DedicatedWorkerGlobalScope, reply: &Reply, image: Option<&[u8]>) {
    let text = serde_json::to_string(reply).unwrap_or_default();
    let message = Object::new();
    let set = |key: &str, value: &JsValue| {
        // Setting a property of a fresh plain object cannot fail.
        let _ = Reflect::set(&message, &JsValue::from_str(key), value);
    };
    set("text", &JsValue::from_str(&text));
    let transfer = Array::new();
    if let Some(bytes) = image {
        let buffer = Uint8Array::from(bytes).buffer();
        set("image", &buffer);
        transfer.push(&buffer);
    }
    if let Err(e) = scope.post_message_with_transfer(&message, &transfer) {
        web_sys::console::error_1(&e);
    }
}

/// The generator of the configuration asked for last.
#[derive(Default)]
struct Studio {
    generator: Option<SyntheticUiGenerator>,
}

impl Studio {
    fn generator(&mut self, config: &GenerationConfig) -> Result<&SyntheticUiGenerator> {
        if self.generator.as_ref().is_none_or(|g| g.config() != config) {
            self.generator = None;
        }
        match &mut self.generator {
            Some(g) => Ok(g),
            empty => Ok(empty.insert(SyntheticUiGenerator::new(config.clone())?)),
        }
    }

    fn make(&mut self, request: &Request) -> Result<(Shot, Option<Vec<u8>>)> {
        let start = js_sys::Date::now();
        let sample = self.generator(&request.config)?.sample(request.index)?;
        let ending = sample
            .image
            .as_ref()
            .map_or("png", |i| i.format.extension());
        let path = image_path(sample.index, ending);
        let tasks = crate::task::tasks(&sample);
        let record = Record::new(&sample, tasks, ImageStorage::File(&path));
        let plan = request
            .with_plan
            .then(|| serde_json::to_string_pretty(&sample.plan))
            .transpose()?;
        let shot = Shot {
            index: sample.index,
            layout_id: sample.layout_id,
            fingerprint: sample.fingerprint,
            seed: sample.plan.seed,
            archetype: sample.plan.archetype,
            theme: sample.plan.theme,
            color_scheme: sample.plan.color_scheme,
            locale: sample.plan.locale,
            title: sample.plan.title,
            truth: sample.truth,
            record,
            image: sample.image.as_ref().map(|i| i.format),
            image_bytes: sample.image.as_ref().map_or(0, |i| i.bytes.len() as u64),
            plan,
            milliseconds: js_sys::Date::now() - start,
        };
        Ok((shot, sample.image.map(|i| i.bytes)))
    }
}
