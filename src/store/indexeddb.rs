//! Documents and files in the browser's IndexedDB.
//!
//! Everything happens in short transactions whose only awaits are IndexedDB's own requests: any
//! other await inside would end the transaction. The page closes its connection as soon as
//! another tab wants to upgrade the database, and says so on the next use.

mod blobs;
mod request;

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;

use js_sys::{Array, JsString, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{
    IdbCursorDirection, IdbCursorWithValue, IdbDatabase, IdbFactory, IdbKeyRange,
    IdbTransactionMode, IdbVersionChangeEvent,
};

use self::request::{Transaction, js_error, opened, refused, settled, superseded};
use crate::base::fakes::{MemorySecrets, meets};
use crate::base::hash::key64;
use crate::base::http::WebHttp;
use crate::base::ports::{
    Batch, Document, LocalFuture, Ports, Store, Version, check_collection, conflict,
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
        Ok(Transaction::new(tx, store))
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

/// `[collection, key]`.
fn key_of(collection: &str, key: &str) -> JsValue {
    Array::of2(&collection.into(), &key.into()).into()
}

/// Where the changes of a collection are counted: no collection is called `` itself.
fn changes_key(collection: &str) -> JsValue {
    key_of("", collection)
}

impl Transaction {
    /// How often the collection was changed.
    async fn changes(&self, collection: &str) -> Result<u64> {
        let request = self.store.get(&changes_key(collection));
        let held = settled(&request.map_err(|e| js_error(&e))?, None).await?;
        Ok(held.as_f64().unwrap_or(0.0) as u64)
    }
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

    fn mark<'a>(&'a self, collection: &'a str) -> LocalFuture<'a, Result<Option<u64>>> {
        Box::pin(async move {
            check_collection(collection)?;
            let tx = self.begin(DOCUMENTS, IdbTransactionMode::Readonly)?;
            Ok(Some(tx.changes(collection).await?))
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
            let names = batch.changes.iter().map(|c| c.collection.clone());
            for name in names.collect::<BTreeSet<String>>() {
                let next = tx.changes(&name).await? + 1;
                let count = JsValue::from_f64(next as f64);
                let put = tx.store.put_with_key(&count, &changes_key(&name));
                settled(&put.map_err(|e| js_error(&e))?, None).await?;
            }
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
