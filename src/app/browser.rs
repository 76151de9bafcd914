//! The browser's services the pages need: clipboard, downloads, timers, storage estimate.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, BlobPropertyBag, HtmlAnchorElement, Url};

use crate::app::context::Ctx;

/// The window. The app runs nowhere else.
pub(crate) fn window() -> web_sys::Window {
    web_sys::window().expect("the app runs in a page, not in a worker")
}

/// The document.
pub(crate) fn document() -> web_sys::Document {
    window().document().expect("a page has a document")
}

/// Milliseconds since the epoch.
pub(crate) fn now() -> f64 {
    js_sys::Date::now()
}

/// Waits, letting the page paint and answer.
pub(crate) async fn sleep(milliseconds: i32) {
    let wait = js_sys::Promise::new(&mut |resolve, _| {
        if let Err(e) =
            window().set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, milliseconds)
        {
            web_sys::console::error_1(&e);
        }
    });
    let _ = JsFuture::from(wait).await;
}

/// A file in the browser's keeping.
pub(crate) fn blob(parts: &Array, media_type: &str) -> Result<Blob, JsValue> {
    let options = BlobPropertyBag::new();
    options.set_type(media_type);
    Blob::new_with_u8_array_sequence_and_options(parts, &options)
}

/// A file of these bytes.
pub(crate) fn bytes_blob(bytes: &[u8], media_type: &str) -> Result<Blob, JsValue> {
    blob(&Array::of1(&Uint8Array::from(bytes)), media_type)
}

/// All bytes of a file.
pub(crate) async fn blob_bytes(blob: &Blob) -> Result<Vec<u8>, JsValue> {
    let buffer = JsFuture::from(blob.array_buffer()).await?;
    Ok(Uint8Array::new(&buffer).to_vec())
}

/// A text file.
pub(crate) async fn file_text(blob: &Blob) -> Result<String, String> {
    let bytes = blob_bytes(blob).await.map_err(|e| js_text(&e))?;
    String::from_utf8(bytes).map_err(|_| "this file is no text".to_owned())
}

/// An address for a file, good until [`Url::revoke_object_url`].
pub(crate) fn object_url(blob: &Blob) -> String {
    Url::create_object_url_with_blob(blob).unwrap_or_default()
}

/// Offers a file for download.
pub(crate) fn download(blob: &Blob, name: &str) -> Result<(), JsValue> {
    let url = object_url(blob);
    let link: HtmlAnchorElement = document().create_element("a")?.unchecked_into();
    link.set_href(&url);
    link.set_download(name);
    link.click();
    // The browser reads the address after this turn.
    wasm_bindgen_futures::spawn_local(async move {
        sleep(60_000).await;
        let _ = Url::revoke_object_url(&url);
    });
    Ok(())
}

/// Offers bytes for download, and says when the browser refuses.
pub(crate) fn save(ctx: Ctx, bytes: &[u8], media_type: &str, name: &str) {
    let done = bytes_blob(bytes, media_type).and_then(|b| download(&b, name));
    if let Err(e) = done {
        ctx.failed("No download", js_text(&e));
    }
}

/// Puts text on the clipboard.
pub(crate) async fn copy(text: &str) -> Result<(), JsValue> {
    JsFuture::from(window().navigator().clipboard().write_text(text))
        .await
        .map(|_| ())
}

/// Bytes used and available to this site, as the browser estimates them.
pub(crate) async fn storage_estimate() -> Option<(f64, f64)> {
    let promise = window().navigator().storage().estimate().ok()?;
    let estimate: web_sys::StorageEstimate = JsFuture::from(promise).await.ok()?.unchecked_into();
    Some((estimate.get_usage()?, estimate.get_quota()?))
}

/// A small setting of this browser.
pub(crate) fn setting(name: &str) -> Option<String> {
    window()
        .local_storage()
        .ok()??
        .get_item(&format!("screensmith.{name}"))
        .ok()?
}

/// Keeps a small setting; refused storage is no failure of the app.
pub(crate) fn keep_setting(name: &str, value: &str) {
    if let Ok(Some(s)) = window().local_storage() {
        let _ = s.set_item(&format!("screensmith.{name}"), value);
    }
}

/// Text of a JavaScript failure.
pub(crate) fn js_text(e: &JsValue) -> String {
    e.dyn_ref::<js_sys::Error>()
        .map(|e| String::from(e.message()))
        .or_else(|| e.as_string())
        .unwrap_or_else(|| format!("{e:?}"))
}
