//! Samples.

use js_sys::{Object, Reflect, Uint8Array};
use wasm_bindgen::prelude::*;

use crate::generate::SyntheticUiGenerator;
use crate::generate::config::GenerationConfig;
use crate::wasm::convert::{OrThrow as _, options, thrown, to_js};

/// What is wrong with a configuration; empty when it can be used. Never throws for values,
/// only for what is no configuration at all.
#[wasm_bindgen(js_name = validateConfig, unchecked_return_type = "Problem[]")]
pub fn validate_config(
    #[wasm_bindgen(unchecked_param_type = "GenerationOptions")] config: &JsValue,
) -> Result<JsValue, JsValue> {
    to_js(&options::<GenerationConfig>(config)?.validate())
}

/// Makes samples; the engine behind `Generator`.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Engine(SyntheticUiGenerator);

#[wasm_bindgen]
impl Engine {
    /// An engine for `config`; a missing seed is drawn and can be read from `config`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(unchecked_param_type = "GenerationOptions")] config: &JsValue,
    ) -> Result<Engine, JsValue> {
        Ok(Self(
            SyntheticUiGenerator::new(options(config)?).or_throw()?,
        ))
    }

    /// The configuration with every default and the seed filled in.
    #[wasm_bindgen(getter, unchecked_return_type = "GenerationConfigRecord")]
    pub fn config(&self) -> Result<JsValue, JsValue> {
        to_js(self.0.config())
    }

    /// Sample `index`. The picture is an `Uint8Array` in `image.bytes`.
    #[wasm_bindgen(unchecked_return_type = "Sample")]
    pub fn sample(&self, index: f64) -> Result<JsValue, JsValue> {
        let made = self.0.sample(whole(index)?).or_throw()?;
        let out = Object::new();
        let set = |name: &str, value: &JsValue| {
            // Setting a property of a fresh object does not fail.
            let _ = Reflect::set(&out, &name.into(), value);
        };
        set("index", &JsValue::from_f64(made.index as f64));
        set("layout_id", &made.layout_id.as_str().into());
        set("fingerprint", &made.fingerprint.as_str().into());
        set("html", &made.html.as_str().into());
        set("truth", &to_js(&made.truth)?);
        set("plan", &to_js(&made.plan)?);
        if let Some(picture) = &made.image {
            let image = Object::new();
            let bytes = Uint8Array::from(picture.bytes.as_slice());
            for (name, value) in [
                ("format", JsValue::from_str(picture.format.name())),
                ("media_type", JsValue::from_str(picture.format.media_type())),
                ("width", picture.width.into()),
                ("height", picture.height.into()),
                ("bytes", bytes.into()),
            ] {
                let _ = Reflect::set(&image, &name.into(), &value);
            }
            set("image", &image);
        }
        Ok(out.into())
    }
}

/// The page of a sample with its fonts inside, so that it needs no other file.
#[wasm_bindgen(js_name = embedFonts)]
pub fn embed_fonts(html: &str) -> String {
    crate::generate::html::embed_fonts(html)
}

/// The font files that pages name: paths relative to a page, and bytes.
#[wasm_bindgen(js_name = fontFiles, unchecked_return_type = "FontFile[]")]
pub fn font_files() -> js_sys::Array {
    crate::generate::html::font_files()
        .map(|(path, bytes)| {
            let file = Object::new();
            // Setting a property of a fresh object does not fail.
            let _ = Reflect::set(&file, &"path".into(), &path.into());
            let _ = Reflect::set(&file, &"bytes".into(), &Uint8Array::from(bytes).into());
            file
        })
        .collect()
}

fn whole(index: f64) -> Result<u64, JsValue> {
    if index.fract() == 0.0 && (0.0..9.007_199_254_740_992e15).contains(&index) {
        Ok(index as u64)
    } else {
        Err(thrown(
            &crate::error::Error::caller("index", format!("{index} is not an index"))
                .at("index")
                .hint("give a whole number from 0"),
        ))
    }
}
