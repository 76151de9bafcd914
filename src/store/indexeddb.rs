//! Documents and files in the browser's IndexedDB.
//!
//! Everything happens in short transactions whose only awaits are IndexedDB's own requests: any
//! other await inside would end the transaction. The page closes its connection as soon as
//! another tab wants to upgrade the database, and says so on the next use.

use std::cell::Cell;
use std::rc::Rc;

use js_sys::{Array, JsString, Promise, Reflect};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, DomException, IdbCursorDirection, IdbCursorWithValue, IdbDatabase, IdbFactory,
    IdbKeyRange, IdbObjectStore, IdbOpenDbRequest, IdbRequest, IdbTransaction, IdbTransactionMode,
    IdbVersionChangeEvent,
};

use crate::base::fakes::{MemorySecrets, meets};
use crate::base::hash::key64;
use crate::base::http::WebHttp;
use crate::base::ports::{
    Batch, Document, FileWriter, Files, LocalFuture, Ports, Store, Version, check_collection,
    conflict, file_missing,
};
use crate::base::system::WebClock;
use crate::error::{Error, Result};
use crate::store::locks::WebLocks;

/// Name of the database of the app.
pub const DATABASE: &str = "screensmith";
/// Version of the schema; each step up has an arm in [`migrate`].
const SCHEMA: u32 = 1;
/// Documents under the key `[collection, key]`: `{key, json}`.
const DOCUMENTS: &str = "documents";
/// Blobs by path.
const FILES: &str = "files";

/// A connection to the database: documents and files. Clones share it.
#[derive(Clone, Debug)]
pub struct IndexedDb(Rc<Connection>);

#[derive(Debug)]
struct Connection {
    db: IdbDatabase,
    /// Another tab upgraded the database, or the browser took it away.
    closed: Rc<Cell<bool>>,
    /// Kept alive as long as the connection.
    _on_version_change: Closure<dyn FnMut()>,
    _on_close: Closure<dyn FnMut()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.db.set_onversionchange(None);
        self.db.set_onclose(None);
        self.db.close();
    }
}

impl IndexedDb {
    /// Opens the database `name` (the app uses [`DATABASE`]), making or upgrading it.
    ///
    /// # Errors
    /// `storage_refused` where the browser offers no storage; `storage_newer` when a newer
    /// version of the app has used it; `storage_blocked` while another tab holds an old version
    /// open; `storage_full`.
    pub async fn open(name: &str) -> Result<Self> {
        let request = factory()?
            .open_with_u32(name, SCHEMA)
            .map_err(|e| js_error(&e))?;
        let upgrade = {
            let request = request.clone();
            Closure::<dyn FnMut(IdbVersionChangeEvent)>::new(move |e: IdbVersionChangeEvent| {
                // A failed migration aborts the upgrade; the request then reports the failure.
                if let Ok(db) = request.result().map(JsCast::unchecked_into::<IdbDatabase>)
                    && migrate(&db, e.old_version()).is_err()
                    && let Some(tx) = request.transaction()
                {
                    let _ = tx.abort();
                }
            })
        };
        request.set_onupgradeneeded(Some(upgrade.as_ref().unchecked_ref()));
        let opened = opened(&request).await;
        request.set_onupgradeneeded(None);
        let db = opened?;
        let closed = Rc::new(Cell::new(false));
        let on_version_change = {
            let (db, closed) = (db.clone(), closed.clone());
            Closure::<dyn FnMut()>::new(move || {
                closed.set(true);
                db.close();
            })
        };
        db.set_onversionchange(Some(on_version_change.as_ref().unchecked_ref()));
        let on_close = {
            let closed = closed.clone();
            Closure::<dyn FnMut()>::new(move || closed.set(true))
        };
        db.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Ok(Self(Rc::new(Connection {
            db,
            closed,
            _on_version_change: on_version_change,
            _on_close: on_close,
        })))
    }

    /// Deletes the database `name` with everything in it. Connections of other tabs are closed.
    ///
    /// # Errors
    /// `storage_blocked` while a tab keeps it open, `storage_refused`.
    pub async fn delete(name: &str) -> Result<()> {
        let request = factory()?.delete_database(name).map_err(|e| js_error(&e))?;
        settled(&request, Some(&request)).await?;
        Ok(())
    }

    /// The ports of the page around this database; `secrets` keeps keys in memory.
    pub fn ports(&self, secrets: &MemorySecrets) -> Ports {
        Ports {
            store: Rc::new(self.clone()),
            files: Rc::new(self.clone()),
            clock: Rc::new(WebClock),
            http: Rc::new(WebHttp),
            secrets: Rc::new(secrets.clone()),
            locks: Rc::new(WebLocks::new()),
        }
    }

    /// Paths of all files that begin with `prefix`, in order.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn paths(&self, prefix: &str) -> Result<Vec<String>> {
        let tx = self.begin(FILES, IdbTransactionMode::Readonly)?;
        let keys = settled(&tx.store.get_all_keys().map_err(|e| js_error(&e))?, None).await?;
        let keys: Array = keys.unchecked_into();
        let mut out: Vec<String> = keys.iter().filter_map(|k| k.as_string()).collect();
        out.retain(|p| p.starts_with(prefix));
        out.sort_unstable();
        Ok(out)
    }

    /// Forgets a file; one that is not there is no error.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn remove(&self, path: &str) -> Result<()> {
        let tx = self.begin(FILES, IdbTransactionMode::Readwrite)?;
        let key = JsValue::from_str(&clean(path));
        tx.store.delete(&key).map_err(|e| js_error(&e))?;
        tx.done().await
    }

    fn begin(&self, store: &str, mode: IdbTransactionMode) -> Result<Transaction> {
        if self.0.closed.get() {
            return Err(superseded());
        }
        let tx = self
            .0
            .db
            .transaction_with_str_and_mode(store, mode)
            .map_err(|e| js_error(&e))?;
        let store = tx.object_store(store).map_err(|e| js_error(&e))?;
        Ok(Transaction {
            tx,
            store,
            finished: Cell::new(false),
        })
    }
}

/// Brings a database of schema `old` (0: new) to [`SCHEMA`].
fn migrate(db: &IdbDatabase, old: f64) -> Result<(), JsValue> {
    if old < 1.0 {
        db.create_object_store(DOCUMENTS)?;
        db.create_object_store(FILES)?;
    }
    Ok(())
}

/// `indexedDB` of the window or worker.
fn factory() -> Result<IdbFactory> {
    let found = Reflect::get(&js_sys::global(), &"indexedDB".into());
    match found.map(|f| f.dyn_into::<IdbFactory>()) {
        Ok(Ok(factory)) => Ok(factory),
        _ => Err(refused("this browser offers no IndexedDB here")),
    }
}

fn refused(message: impl Into<String>) -> Error {
    Error::storage("storage_refused", message)
        .hint("allow this site to store data, or leave the private window")
}

fn superseded() -> Error {
    Error::storage(
        "storage_closed",
        "another tab upgraded the storage, or it was cleared",
    )
    .hint("reload the page")
}

/// An error of the browser in this crate's terms.
fn js_error(e: &JsValue) -> Error {
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
async fn settled(request: &IdbRequest, open: Option<&IdbOpenDbRequest>) -> Result<JsValue> {
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

async fn opened(request: &IdbOpenDbRequest) -> Result<IdbDatabase> {
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
struct Transaction {
    tx: IdbTransaction,
    store: IdbObjectStore,
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
    /// Waits until the changes are on disk. A full disk is often noticed only here.
    async fn done(self) -> Result<()> {
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

/// `[collection, key]`.
fn key_of(collection: &str, key: &str) -> JsValue {
    Array::of2(&collection.into(), &key.into()).into()
}

/// All keys of a collection: an array sorts after every text.
fn range_of(collection: &str) -> Result<IdbKeyRange> {
    let low = Array::of1(&collection.into());
    let high = Array::of2(&collection.into(), &Array::new());
    IdbKeyRange::bound(&low, &high).map_err(|e| js_error(&e))
}

fn field(value: &JsValue, name: &str) -> Option<String> {
    Reflect::get(value, &name.into()).ok()?.as_string()
}

/// A stored `{key, json}`; `None` when absent. JSON is kept as text: JavaScript's numbers would
/// lose digits.
fn document(value: &JsValue) -> Result<Option<Document>> {
    if value.is_undefined() {
        return Ok(None);
    }
    let (Some(key), Some(json)) = (field(value, "key"), field(value, "json")) else {
        return Err(
            Error::storage("storage_damaged", "a document is damaged").hint("restore a backup")
        );
    };
    Ok(Some(Document {
        version: version(&json),
        value: serde_json::from_str(&json)
            .map_err(|e| Error::storage("storage_damaged", e.to_string()).at(key.clone()))?,
        key,
    }))
}

/// The version of a document is a hash of its text.
fn version(json: &str) -> Version {
    Version(key64([json.as_bytes()]))
}

impl Store for IndexedDb {
    fn get<'a>(
        &'a self,
        collection: &'a str,
        key: &'a str,
    ) -> LocalFuture<'a, Result<Option<Document>>> {
        Box::pin(async move {
            check_collection(collection)?;
            let tx = self.begin(DOCUMENTS, IdbTransactionMode::Readonly)?;
            let request = tx.store.get(&key_of(collection, key));
            document(&settled(&request.map_err(|e| js_error(&e))?, None).await?)
        })
    }

    fn scan<'a>(&'a self, collection: &'a str) -> LocalFuture<'a, Result<Vec<Document>>> {
        Box::pin(async move {
            check_collection(collection)?;
            let tx = self.begin(DOCUMENTS, IdbTransactionMode::Readonly)?;
            let request = tx.store.get_all_with_key(range_of(collection)?.as_ref());
            let found = settled(&request.map_err(|e| js_error(&e))?, None).await?;
            let mut out = Vec::new();
            for value in found.unchecked_into::<Array>().iter() {
                out.extend(document(&value)?);
            }
            // IndexedDB sorts by UTF-16 units, stores sort by bytes.
            out.sort_unstable_by(|a, b| a.key.cmp(&b.key));
            Ok(out)
        })
    }

    fn scan_back<'a>(
        &'a self,
        collection: &'a str,
        before: Option<&'a str>,
        limit: usize,
    ) -> LocalFuture<'a, Result<Vec<Document>>> {
        Box::pin(async move {
            check_collection(collection)?;
            let low = Array::of1(&collection.into());
            let high = match before {
                Some(before) => key_of(collection, before),
                None => Array::of2(&collection.into(), &Array::new()).into(),
            };
            let range = IdbKeyRange::bound_with_lower_open_and_upper_open(&low, &high, true, true)
                .map_err(|e| js_error(&e))?;
            let tx = self.begin(DOCUMENTS, IdbTransactionMode::Readonly)?;
            let request = tx
                .store
                .open_cursor_with_range_and_direction(range.as_ref(), IdbCursorDirection::Prev)
                .map_err(|e| js_error(&e))?;
            let mut out = Vec::new();
            while out.len() < limit {
                let found = settled(&request, None).await?;
                let Ok(cursor) = found.dyn_into::<IdbCursorWithValue>() else {
                    break;
                };
                out.extend(document(&cursor.value().map_err(|e| js_error(&e))?)?);
                if out.len() < limit {
                    cursor.continue_().map_err(|e| js_error(&e))?;
                }
            }
            Ok(out)
        })
    }

    fn commit<'a>(&'a self, batch: Batch) -> LocalFuture<'a, Result<Vec<Version>>> {
        Box::pin(async move {
            batch.check()?;
            let mut versions = Vec::with_capacity(batch.changes.len());
            if batch.changes.is_empty() {
                return Ok(versions);
            }
            let tx = self.begin(DOCUMENTS, IdbTransactionMode::Readwrite)?;
            for change in batch.changes {
                let key = key_of(&change.collection, &change.key);
                let request = tx.store.get(&key).map_err(|e| js_error(&e))?;
                let held = document(&settled(&request, None).await?)?;
                if !meets(change.expect, held.map(|d| d.version)) {
                    return Err(conflict(&change.collection, &change.key));
                }
                let request = match change.value {
                    Some(value) => {
                        let json = value.to_string();
                        versions.push(version(&json));
                        let record = js_sys::Object::new();
                        for (name, text) in [("key", &change.key), ("json", &json)] {
                            Reflect::set(&record, &name.into(), &JsString::from(text.as_str()))
                                .map_err(|e| js_error(&e))?;
                        }
                        tx.store.put_with_key(&record, &key)
                    }
                    None => {
                        versions.push(Version(0));
                        tx.store.delete(&key)
                    }
                };
                let request = request.map_err(|e| js_error(&e))?;
                settled(&request, None).await?;
            }
            tx.done().await?;
            Ok(versions)
        })
    }
}

/// `./a//b` and `a/b` are one file.
fn clean(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .filter(|p| !p.is_empty() && *p != ".")
        .collect();
    parts.join("/")
}

impl IndexedDb {
    async fn blob(&self, path: &str) -> Result<Option<Blob>> {
        let tx = self.begin(FILES, IdbTransactionMode::Readonly)?;
        let request = tx.store.get(&JsValue::from_str(&clean(path)));
        let found = settled(&request.map_err(|e| js_error(&e))?, None).await?;
        Ok(found.dyn_into().ok())
    }
}

impl Files for IndexedDb {
    fn size<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<Option<u64>>> {
        Box::pin(async move { Ok(self.blob(path).await?.map(|b| b.size() as u64)) })
    }

    fn read<'a>(
        &'a self,
        path: &'a str,
        offset: u64,
        len: usize,
    ) -> LocalFuture<'a, Result<Vec<u8>>> {
        Box::pin(async move {
            let blob = self.blob(path).await?.ok_or_else(|| file_missing(path))?;
            let from = (offset as f64).min(blob.size());
            let part = blob
                .slice_with_f64_and_f64(from, (from + len as f64).min(blob.size()))
                .map_err(|e| js_error(&e))?;
            let buffer = JsFuture::from(part.array_buffer())
                .await
                .map_err(|e| js_error(&e).at(path))?;
            Ok(js_sys::Uint8Array::new(&buffer).to_vec())
        })
    }

    fn create<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<Box<dyn FileWriter>>> {
        Box::pin(async move {
            let writer: Box<dyn FileWriter> = Box::new(BlobWriter {
                db: self.clone(),
                path: clean(path),
                parts: Array::new(),
                buffer: Vec::new(),
            });
            Ok(writer)
        })
    }
}

/// Bytes that are collected before they become a part of the blob.
const PART: usize = 1 << 20;

/// Collects a file as blobs, which the browser may keep on disk.
struct BlobWriter {
    db: IndexedDb,
    path: String,
    parts: Array,
    buffer: Vec<u8>,
}

impl BlobWriter {
    fn flush(&mut self) -> Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let bytes = js_sys::Uint8Array::from(self.buffer.as_slice());
        let blob = Blob::new_with_u8_array_sequence(&Array::of1(&bytes));
        let part: Blob = blob.map_err(|e| js_error(&e))?;
        self.parts.push(&part);
        self.buffer.clear();
        Ok(())
    }
}

impl FileWriter for BlobWriter {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> LocalFuture<'a, Result<()>> {
        Box::pin(async move {
            self.buffer.extend_from_slice(bytes);
            if self.buffer.len() >= PART {
                self.flush()?;
            }
            Ok(())
        })
    }

    fn finish(mut self: Box<Self>) -> LocalFuture<'static, Result<()>> {
        Box::pin(async move {
            self.flush()?;
            let blob = Blob::new_with_blob_sequence(&self.parts).map_err(|e| js_error(&e))?;
            let tx = self.db.begin(FILES, IdbTransactionMode::Readwrite)?;
            let key = JsValue::from_str(&self.path);
            tx.store
                .put_with_key(blob.as_ref(), &key)
                .map_err(|e| js_error(&e))?;
            tx.done().await
        })
    }
}
