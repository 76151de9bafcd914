//! Waiting for the browser's requests and transactions, and its errors in this crate's terms.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    DomException, IdbDatabase, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction,
};

use crate::error::{Error, Result};

pub(super) fn refused(message: impl Into<String>) -> Error {
    Error::storage("storage_refused", message)
        .hint("allow this site to store data, or leave the private window")
}

pub(super) fn superseded() -> Error {
    Error::storage(
        "storage_closed",
        "another tab upgraded the storage, or it was cleared",
    )
    .hint("reload the page")
}

/// An error of the browser in this crate's terms.
pub(super) fn js_error(e: &JsValue) -> Error {
    let (name, message) = match e.dyn_ref::<DomException>() {
        Some(e) => (e.name(), e.message()),
        None => ("unknown".to_owned(), format!("{e:?}")),
    };
    dom_error(&name, &message)
}

fn dom_error(name: &str, message: &str) -> Error {
    let text = format!("{name}: {message}");
    match name {
        "QuotaExceededError" => Error::storage("storage_full", text)
            .hint("delete datasets or jobs that are no longer needed, or free disk space"),
        "VersionError" => Error::storage("storage_newer", text)
            .hint("a newer version of the app has used this storage: reload the page"),
        "SecurityError" | "NotAllowedError" | "InvalidAccessError" => refused(text),
        "InvalidStateError" => superseded(),
        "DataError" | "DataCloneError" | "NotReadableError" => {
            Error::storage("storage_damaged", text).hint("restore a backup")
        }
        _ => Error::storage("storage_failed", text).hint("reload the page and try again"),
    }
}

/// Waits for a request. `open` is the same request when it opens or deletes a database: those
/// may be blocked by other tabs.
pub(super) async fn settled(
    request: &IdbRequest,
    open: Option<&IdbOpenDbRequest>,
) -> Result<JsValue> {
    let blocked = Rc::new(Cell::new(false));
    let mut on_settled = None;
    let mut on_blocked = None;
    let promise = Promise::new(&mut |resolve, _| {
        let done = resolve.clone();
        let settled = Closure::<dyn FnMut()>::new(move || {
            let _ = done.call0(&JsValue::UNDEFINED);
        });
        request.set_onsuccess(Some(settled.as_ref().unchecked_ref()));
        request.set_onerror(Some(settled.as_ref().unchecked_ref()));
        on_settled = Some(settled);
        if let Some(open) = open {
            let blocked = blocked.clone();
            let stop = Closure::<dyn FnMut()>::new(move || {
                blocked.set(true);
                let _ = resolve.call0(&JsValue::UNDEFINED);
            });
            open.set_onblocked(Some(stop.as_ref().unchecked_ref()));
            on_blocked = Some(stop);
        }
    });
    // When this future is dropped early the browser must not call what is gone.
    let _quiet = Quiet { request, open };
    JsFuture::from(promise).await.map_err(|e| js_error(&e))?;
    if blocked.get() {
        return Err(Error::storage(
            "storage_blocked",
            "another tab keeps an old version of the storage open",
        )
        .hint("close the other tabs of this app, then reload"));
    }
    match request.error() {
        Ok(Some(e)) => Err(dom_error(&e.name(), &e.message())),
        Ok(None) => request.result().map_err(|e| js_error(&e)),
        Err(e) => Err(js_error(&e)),
    }
}

struct Quiet<'a> {
    request: &'a IdbRequest,
    open: Option<&'a IdbOpenDbRequest>,
}

impl Drop for Quiet<'_> {
    fn drop(&mut self) {
        self.request.set_onsuccess(None);
        self.request.set_onerror(None);
        if let Some(open) = self.open {
            open.set_onblocked(None);
        }
    }
}

pub(super) async fn opened(request: &IdbOpenDbRequest) -> Result<IdbDatabase> {
    match settled(request, Some(request)).await {
        Ok(db) => Ok(db.unchecked_into()),
        Err(e) => {
            if e.code() == "storage_blocked" {
                // It opens later, when nobody waits for it any more: closed again at once, so
                // that it blocks nobody else.
                let late = request.clone();
                let close = Closure::once_into_js(move || {
                    if let Ok(db) = late.result() {
                        db.unchecked_into::<IdbDatabase>().close();
                    }
                });
                request.set_onsuccess(Some(close.unchecked_ref()));
            }
            Err(e)
        }
    }
}

/// Aborted when dropped before [`done`](Self::done): after a failure, or when the caller gave
/// up, a batch must not stay half done.
pub(super) struct Transaction {
    tx: IdbTransaction,
    pub(super) store: IdbObjectStore,
    finished: Cell<bool>,
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if !self.finished.get() {
            // Fails when the browser has ended it already, which is as good.
            let _ = self.tx.abort();
        }
    }
}

impl Transaction {
    pub(super) fn new(tx: IdbTransaction, store: IdbObjectStore) -> Self {
        let finished = Cell::new(false);
        Self {
            tx,
            store,
            finished,
        }
    }

    /// Waits until the changes are on disk. A full disk is often noticed only here.
    pub(super) async fn done(self) -> Result<()> {
        self.finished.set(true);
        let mut on_end = None;
        let promise = Promise::new(&mut |resolve, _| {
            let end = Closure::<dyn FnMut()>::new(move || {
                let _ = resolve.call0(&JsValue::UNDEFINED);
            });
            self.tx.set_oncomplete(Some(end.as_ref().unchecked_ref()));
            self.tx.set_onabort(Some(end.as_ref().unchecked_ref()));
            on_end = Some(end);
        });
        let quiet = QuietEnd(&self.tx);
        let waited = JsFuture::from(promise).await;
        drop(quiet);
        waited.map_err(|e| js_error(&e))?;
        match self.tx.error() {
            Some(e) => Err(dom_error(&e.name(), &e.message())),
            None => Ok(()),
        }
    }
}

struct QuietEnd<'a>(&'a IdbTransaction);

impl Drop for QuietEnd<'_> {
    fn drop(&mut self) {
        self.0.set_oncomplete(None);
        self.0.set_onabort(None);
    }
}
