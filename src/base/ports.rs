//! The ports: everything outside this program, as object-safe traits. [`crate::base::fakes`]
//! holds an in-memory version of each.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::time::Timestamp;
use crate::error::{Error, Result};

/// A boxed future that stays on its thread, as browser futures must.
pub type LocalFuture<'a, T> = Pin<Box<dyn Future<Output = T> + 'a>>;

/// The outside world as one bundle of shared handles.
#[derive(Clone)]
pub struct Ports {
    /// Documents: jobs, events, registry.
    pub store: Rc<dyn Store>,
    /// Bytes by path: datasets, bundles, artifacts.
    pub files: Rc<dyn Files>,
    /// Time.
    pub clock: Rc<dyn Clock>,
    /// Network.
    pub http: Rc<dyn Http>,
    /// Keys.
    pub secrets: Rc<dyn Secrets>,
    /// Who acts, among tabs and processes.
    pub locks: Rc<dyn Locks>,
}

impl fmt::Debug for Ports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ports").finish_non_exhaustive()
    }
}

// ---------------------------------------------------------------------------------------------
// Time

/// What time it is, and waiting.
pub trait Clock {
    /// Now.
    fn now(&self) -> Timestamp;
    /// Completes `ms` milliseconds from now.
    fn sleep(&self, ms: u64) -> LocalFuture<'_, ()>;
}

// ---------------------------------------------------------------------------------------------
// Documents

/// Version of a document: opaque, changes with every change of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Version(pub u64);

/// A stored JSON document.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its key within the collection.
    pub key: String,
    /// Its version, for compare-and-swap.
    pub version: Version,
    /// Its content.
    pub value: Value,
}

/// What a document must be like for a write to happen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expect {
    /// Anything: overwrite.
    Any,
    /// There is no such document yet.
    Absent,
    /// It still has this version.
    Version(Version),
}

/// One change of a [`Batch`].
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// Collection name: letters, digits, `_`, `-`, `.`, and `/` between parts.
    pub collection: String,
    /// Document key; any text that is not empty.
    pub key: String,
    /// The new content; `None` deletes.
    pub value: Option<Value>,
    /// What the document must be like before.
    pub expect: Expect,
}

/// Changes that happen together or not at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Batch {
    /// The changes, applied in order.
    pub changes: Vec<Change>,
}

impl Batch {
    /// No change yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a write.
    #[must_use]
    pub fn put(mut self, collection: &str, key: &str, value: Value, expect: Expect) -> Self {
        self.changes.push(Change {
            collection: collection.to_owned(),
            key: key.to_owned(),
            value: Some(value),
            expect,
        });
        self
    }

    /// Adds a deletion; deleting what is absent is fine with [`Expect::Any`].
    #[must_use]
    pub fn delete(mut self, collection: &str, key: &str, expect: Expect) -> Self {
        self.changes.push(Change {
            collection: collection.to_owned(),
            key: key.to_owned(),
            value: None,
            expect,
        });
        self
    }

    /// Checks collection names and keys; every store calls this first.
    ///
    /// # Errors
    /// `store_name` when a collection name or key is not allowed.
    pub fn check(&self) -> Result<()> {
        for c in &self.changes {
            check_collection(&c.collection)?;
            if c.key.is_empty() {
                return Err(
                    Error::caller("store_name", "a document key is empty").at(c.collection.clone())
                );
            }
        }
        Ok(())
    }
}

/// Checks a collection name: parts of letters, digits, `_`, `-` and `.`, joined by `/`; no part
/// is empty or starts with a dot.
///
/// # Errors
/// `store_name` when it is not allowed.
pub fn check_collection(name: &str) -> Result<()> {
    let part_ok = |p: &str| {
        !p.is_empty()
            && !p.starts_with('.')
            && p.bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'))
    };
    if name.len() <= 200 && name.split('/').all(part_ok) {
        Ok(())
    } else {
        Err(Error::caller(
            "store_name",
            format!("{name:?} is not a collection name"),
        ))
    }
}

/// A conflict: a document was not as [`Expect`] demanded. `ErrorKind::Storage`, code `store_conflict`.
pub fn conflict(collection: &str, key: &str) -> Error {
    Error::storage(
        "store_conflict",
        "the document was changed by someone else in the meantime",
    )
    .at(format!("{collection}/{key}"))
    .hint("read it again and repeat the change")
}

/// JSON documents in named collections, with versions and atomic batches.
///
/// Errors are of kind [`crate::ErrorKind::Storage`]: `store_conflict` (see [`conflict`]), `storage_full`,
/// `storage_refused`, `storage_damaged`, `store_locked`, `store_read_only`.
pub trait Store {
    /// One document; `None` when absent.
    fn get<'a>(
        &'a self,
        collection: &'a str,
        key: &'a str,
    ) -> LocalFuture<'a, Result<Option<Document>>>;

    /// All documents of a collection in byte order of their keys.
    fn scan<'a>(&'a self, collection: &'a str) -> LocalFuture<'a, Result<Vec<Document>>>;

    /// At most `limit` documents with keys before `before` (all when `None`), the last first:
    /// for pages that must not read the whole collection.
    fn scan_back<'a>(
        &'a self,
        collection: &'a str,
        before: Option<&'a str>,
        limit: usize,
    ) -> LocalFuture<'a, Result<Vec<Document>>>;

    /// A number that changes whenever a document of the collection changes, whoever changes it,
    /// and that costs far less than reading; `None` where there is none.
    fn mark<'a>(&'a self, collection: &'a str) -> LocalFuture<'a, Result<Option<u64>>> {
        let _ = collection;
        Box::pin(async { Ok(None) })
    }

    /// Applies all changes or none. Returns the new version of each change's document, in
    /// order; that of a deletion means nothing.
    fn commit<'a>(&'a self, batch: Batch) -> LocalFuture<'a, Result<Vec<Version>>>;
}

// ---------------------------------------------------------------------------------------------
// Files

/// Bytes by path. Paths use `/`; whether they are relative to a folder is the owner's choice.
///
/// Errors: `file_missing` ([`crate::ErrorKind::Data`]), `storage_full`, `storage_refused`.
pub trait Files {
    /// The size in bytes; `None` when there is no such file.
    fn size<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<Option<u64>>>;

    /// At most `len` bytes from `offset`; empty at the end.
    fn read<'a>(
        &'a self,
        path: &'a str,
        offset: u64,
        len: usize,
    ) -> LocalFuture<'a, Result<Vec<u8>>>;

    /// Starts a file that appears under `path` only when finished, replacing what was there.
    fn create<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<Box<dyn FileWriter>>>;

    /// Goes on with a file that an earlier call left unfinished, and says how many bytes are
    /// there already. Unlike with [`create`](Self::create) what was written stays when the
    /// writer is dropped. Where nothing can be kept the file starts anew, at 0 bytes.
    fn resume<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<(Box<dyn FileWriter>, u64)>> {
        Box::pin(async move { Ok((self.create(path).await?, 0)) })
    }
}

/// A file being written; dropped before [`finish`](Self::finish), it never appears.
pub trait FileWriter {
    /// Appends bytes.
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> LocalFuture<'a, Result<()>>;
    /// Makes the file appear under its path.
    fn finish(self: Box<Self>) -> LocalFuture<'static, Result<()>>;
}

/// The error of a file that is not there.
pub fn file_missing(path: &str) -> Error {
    Error::data("file_missing", "there is no such file")
        .at(path)
        .hint("check the path")
}

impl dyn Files + '_ {
    /// The whole file.
    ///
    /// # Errors
    /// `file_missing`, or a failure of storage.
    pub async fn read_all(&self, path: &str) -> Result<Vec<u8>> {
        let size = self.size(path).await?.ok_or_else(|| file_missing(path))?;
        let mut out = Vec::new();
        while (out.len() as u64) < size {
            let part = self.read(path, out.len() as u64, 1 << 22).await?;
            if part.is_empty() {
                break;
            }
            out.extend_from_slice(&part);
        }
        Ok(out)
    }

    /// Writes a whole file at once; it appears complete or not at all.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn write_all(&self, path: &str, bytes: &[u8]) -> Result<()> {
        let mut w = self.create(path).await?;
        w.write(bytes).await?;
        w.finish().await
    }
}

// ---------------------------------------------------------------------------------------------
// Network

/// An HTTP request.
#[derive(Clone, Debug, PartialEq)]
pub struct HttpRequest {
    /// `GET`, `POST`, `PUT`, `DELETE`.
    pub method: &'static str,
    /// Absolute URL.
    pub url: String,
    /// Header names in lower case, with values.
    pub headers: Vec<(String, Secret)>,
    /// Body bytes; empty for none.
    pub body: Vec<u8>,
}

/// An HTTP answer of any status.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HttpResponse {
    /// Status code.
    pub status: u16,
    /// Header names in lower case, with values.
    pub headers: Vec<(String, String)>,
    /// Body bytes.
    pub body: Vec<u8>,
}

/// Sends requests. `Err` means that no answer came ([`crate::ErrorKind::Network`]).
pub trait Http {
    /// Sends one request and reads the whole answer.
    fn send(&self, request: HttpRequest) -> LocalFuture<'_, Result<HttpResponse>>;

    /// Whether a request may arrive twice although it was sent once: browsers send it again on
    /// their own when a connection that was used before breaks without an answer.
    fn resends(&self) -> bool {
        false
    }
}

// ---------------------------------------------------------------------------------------------
// Locks

/// At most one holder of a name at a time, among all tabs or processes that share a store. A
/// holder that dies lets go.
pub trait Locks {
    /// Takes the lock `name` (letters, digits, `_`, `-`) at once; `None` while somebody else
    /// holds it.
    fn try_lock<'a>(&'a self, name: &'a str) -> LocalFuture<'a, Result<Option<Guard>>>;
}

/// A lock that is held; dropping it lets go.
pub struct Guard(Option<Box<dyn FnOnce()>>);

impl Guard {
    /// A guard that calls `release` when dropped.
    pub fn new(release: impl FnOnce() + 'static) -> Self {
        Self(Some(Box::new(release)))
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some(release) = self.0.take() {
            release();
        }
    }
}

impl fmt::Debug for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Guard")
    }
}

// ---------------------------------------------------------------------------------------------
// Keys

/// Text that never appears in logs, errors or exports: `Debug` shows nothing of it and it
/// cannot be serialised.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Wraps `text`.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself, for the header it goes into.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// Keys by the name of the environment variable that holds them, such as `OPENAI_API_KEY`.
pub trait Secrets {
    /// The key; `None` when the user has given none.
    fn get(&self, name: &str) -> Option<Secret>;
}
