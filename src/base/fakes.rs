//! In-memory ports: for tests, for Node, and for everything that need not outlive the process.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::ops::Bound;
use std::rc::Rc;

use serde_json::Value;

use crate::base::ports::{
    Batch, Clock, Document, Expect, FileWriter, Files, Guard, Http, HttpRequest, HttpResponse,
    LocalFuture, Locks, Ports, Secret, Secrets, Store, Version, check_collection, conflict,
    file_missing,
};
use crate::base::time::Timestamp;
use crate::error::{Error, ErrorKind, Result};

/// A clock that stands still until someone sleeps; sleeping costs no time.
#[derive(Debug)]
pub struct VirtualClock(Cell<Timestamp>);

impl VirtualClock {
    /// A clock that shows `start`.
    pub fn new(start: Timestamp) -> Self {
        Self(Cell::new(start))
    }

    /// Moves the clock on.
    pub fn advance(&self, ms: i64) {
        self.0.set(self.0.get().plus_millis(ms));
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.0.get()
    }

    fn sleep(&self, ms: u64) -> LocalFuture<'_, ()> {
        Box::pin(async move { self.advance(i64::try_from(ms).unwrap_or(i64::MAX)) })
    }
}

type Collection = BTreeMap<String, (Version, Value)>;

/// Documents in memory. Clones share the documents.
#[derive(Clone, Default)]
pub struct MemoryStore(Rc<RefCell<Memory>>);

#[derive(Default)]
struct Memory {
    collections: BTreeMap<String, Collection>,
    writes: u64,
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").finish_non_exhaustive()
    }
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The names of all collections that ever held a document, in order.
    pub fn collections(&self) -> Vec<String> {
        self.0.borrow().collections.keys().cloned().collect()
    }

    /// A store with its own copy of all documents, as after a restart.
    #[must_use]
    pub fn snapshot(&self) -> Self {
        let m = self.0.borrow();
        Self(Rc::new(RefCell::new(Memory {
            collections: m.collections.clone(),
            writes: m.writes,
        })))
    }
}

impl Store for MemoryStore {
    fn get<'a>(
        &'a self,
        collection: &'a str,
        key: &'a str,
    ) -> LocalFuture<'a, Result<Option<Document>>> {
        Box::pin(async move {
            check_collection(collection)?;
            let m = self.0.borrow();
            let found = m.collections.get(collection).and_then(|c| c.get(key));
            Ok(found.map(|(version, value)| Document {
                key: key.to_owned(),
                version: *version,
                value: value.clone(),
            }))
        })
    }

    fn scan<'a>(&'a self, collection: &'a str) -> LocalFuture<'a, Result<Vec<Document>>> {
        Box::pin(async move {
            check_collection(collection)?;
            let m = self.0.borrow();
            Ok(m.collections
                .get(collection)
                .into_iter()
                .flatten()
                .map(|(key, (version, value))| Document {
                    key: key.clone(),
                    version: *version,
                    value: value.clone(),
                })
                .collect())
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
            let m = self.0.borrow();
            let Some(c) = m.collections.get(collection) else {
                return Ok(Vec::new());
            };
            let range = match before {
                Some(before) => c.range::<str, _>((Bound::Unbounded, Bound::Excluded(before))),
                None => c.range::<str, _>(..),
            };
            let last = range.rev().take(limit);
            Ok(last
                .map(|(key, (version, value))| Document {
                    key: key.clone(),
                    version: *version,
                    value: value.clone(),
                })
                .collect())
        })
    }

    fn mark<'a>(&'a self, _: &'a str) -> LocalFuture<'a, Result<Option<u64>>> {
        Box::pin(async move { Ok(Some(self.0.borrow().writes)) })
    }

    fn commit<'a>(&'a self, batch: Batch) -> LocalFuture<'a, Result<Vec<Version>>> {
        Box::pin(async move {
            batch.check()?;
            let mut guard = self.0.borrow_mut();
            let m = &mut *guard;
            // Work on copies of the touched collections, so that a conflict changes nothing.
            let mut touched: BTreeMap<String, Collection> = BTreeMap::new();
            let mut writes = m.writes;
            let mut versions = Vec::with_capacity(batch.changes.len());
            for change in batch.changes {
                let c = touched.entry(change.collection.clone()).or_insert_with(|| {
                    m.collections
                        .get(&change.collection)
                        .cloned()
                        .unwrap_or_default()
                });
                let held = c.get(&change.key).map(|(v, _)| *v);
                if !meets(change.expect, held) {
                    return Err(conflict(&change.collection, &change.key));
                }
                writes += 1;
                versions.push(Version(writes));
                match change.value {
                    Some(value) => {
                        c.insert(change.key, (Version(writes), value));
                    }
                    None => {
                        c.remove(&change.key);
                    }
                }
            }
            m.writes = writes;
            m.collections.extend(touched);
            Ok(versions)
        })
    }
}

/// Whether a document with version `held` (`None`: absent) meets `expect`.
pub fn meets(expect: Expect, held: Option<Version>) -> bool {
    match expect {
        Expect::Any => true,
        Expect::Absent => held.is_none(),
        Expect::Version(v) => held == Some(v),
    }
}

/// Files in memory. Clones share the files.
#[derive(Clone, Debug, Default)]
pub struct MemoryFiles {
    whole: Rc<RefCell<BTreeMap<String, Rc<Vec<u8>>>>>,
    /// What [`Files::resume`] has written of files that are not finished.
    parts: Rc<RefCell<BTreeMap<String, Vec<u8>>>>,
}

impl MemoryFiles {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Puts a file.
    pub fn insert(&self, path: &str, bytes: impl Into<Vec<u8>>) {
        self.whole
            .borrow_mut()
            .insert(clean(path), Rc::new(bytes.into()));
    }

    /// The content of a file.
    pub fn get(&self, path: &str) -> Option<Rc<Vec<u8>>> {
        self.whole.borrow().get(&clean(path)).cloned()
    }

    /// All paths in byte order.
    pub fn paths(&self) -> Vec<String> {
        self.whole.borrow().keys().cloned().collect()
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

struct MemoryWriter {
    files: MemoryFiles,
    path: String,
    bytes: Vec<u8>,
}

impl FileWriter for MemoryWriter {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> LocalFuture<'a, Result<()>> {
        self.bytes.extend_from_slice(bytes);
        Box::pin(async { Ok(()) })
    }

    fn finish(self: Box<Self>) -> LocalFuture<'static, Result<()>> {
        self.files.insert(&self.path, self.bytes);
        Box::pin(async { Ok(()) })
    }
}

struct PartWriter {
    files: MemoryFiles,
    path: String,
}

impl FileWriter for PartWriter {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> LocalFuture<'a, Result<()>> {
        let mut parts = self.files.parts.borrow_mut();
        let part = parts.entry(self.path.clone()).or_default();
        part.extend_from_slice(bytes);
        Box::pin(async { Ok(()) })
    }

    fn finish(self: Box<Self>) -> LocalFuture<'static, Result<()>> {
        let part = self.files.parts.borrow_mut().remove(&self.path);
        self.files.insert(&self.path, part.unwrap_or_default());
        Box::pin(async { Ok(()) })
    }
}

impl Files for MemoryFiles {
    fn size<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<Option<u64>>> {
        Box::pin(async move { Ok(self.get(path).map(|b| b.len() as u64)) })
    }

    fn read<'a>(
        &'a self,
        path: &'a str,
        offset: u64,
        len: usize,
    ) -> LocalFuture<'a, Result<Vec<u8>>> {
        Box::pin(async move {
            let bytes = self.get(path).ok_or_else(|| file_missing(path))?;
            let from = usize::try_from(offset)
                .unwrap_or(usize::MAX)
                .min(bytes.len());
            let to = from.saturating_add(len).min(bytes.len());
            Ok(bytes[from..to].to_vec())
        })
    }

    fn create<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<Box<dyn FileWriter>>> {
        Box::pin(async move {
            let writer: Box<dyn FileWriter> = Box::new(MemoryWriter {
                files: self.clone(),
                path: path.to_owned(),
                bytes: Vec::new(),
            });
            Ok(writer)
        })
    }

    fn resume<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<(Box<dyn FileWriter>, u64)>> {
        Box::pin(async move {
            let path = clean(path);
            let done = self.parts.borrow().get(&path).map_or(0, Vec::len) as u64;
            let files = self.clone();
            let writer: Box<dyn FileWriter> = Box::new(PartWriter { files, path });
            Ok((writer, done))
        })
    }
}

/// Answers requests from a script and records them.
#[derive(Debug, Default)]
pub struct ScriptedHttp {
    answers: RefCell<VecDeque<Result<HttpResponse>>>,
    seen: RefCell<Vec<HttpRequest>>,
}

impl ScriptedHttp {
    /// Gives `answers` in order; afterwards every request fails.
    pub fn new(answers: impl IntoIterator<Item = Result<HttpResponse>>) -> Self {
        Self {
            answers: RefCell::new(answers.into_iter().collect()),
            seen: RefCell::default(),
        }
    }

    /// The requests so far.
    pub fn seen(&self) -> Vec<HttpRequest> {
        self.seen.borrow().clone()
    }
}

impl Http for ScriptedHttp {
    fn send(&self, request: HttpRequest) -> LocalFuture<'_, Result<HttpResponse>> {
        let url = request.url.clone();
        self.seen.borrow_mut().push(request);
        let answer = self.answers.borrow_mut().pop_front().unwrap_or_else(|| {
            Err(Error::new(
                ErrorKind::Network,
                "network",
                "no connection to the network",
            )
            .at(url))
        });
        Box::pin(async { answer })
    }
}

/// Keys in memory.
#[derive(Clone, Debug, Default)]
pub struct MemorySecrets(Rc<RefCell<BTreeMap<String, Secret>>>);

impl MemorySecrets {
    /// No keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// Keeps a key until the value is dropped.
    pub fn insert(&self, name: &str, key: Secret) {
        self.0.borrow_mut().insert(name.to_owned(), key);
    }
}

impl Secrets for MemorySecrets {
    fn get(&self, name: &str) -> Option<Secret> {
        self.0.borrow().get(name).cloned()
    }
}

/// Locks among the parts of one program. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct MemoryLocks(Rc<RefCell<BTreeSet<String>>>);

impl MemoryLocks {
    /// Nothing is locked.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Locks for MemoryLocks {
    fn try_lock<'a>(&'a self, name: &'a str) -> LocalFuture<'a, Result<Option<Guard>>> {
        let taken = self.0.borrow_mut().insert(name.to_owned());
        let guard = taken.then(|| {
            let (held, name) = (Rc::clone(&self.0), name.to_owned());
            Guard::new(move || {
                held.borrow_mut().remove(&name);
            })
        });
        Box::pin(async { Ok(guard) })
    }
}

/// All ports in memory, with a virtual clock that shows `now`; the network is unreachable.
pub fn ports(now: Timestamp) -> Ports {
    Ports {
        store: Rc::new(MemoryStore::new()),
        files: Rc::new(MemoryFiles::new()),
        clock: Rc::new(VirtualClock::new(now)),
        http: Rc::new(ScriptedHttp::default()),
        secrets: Rc::new(MemorySecrets::new()),
        locks: Rc::new(MemoryLocks::new()),
    }
}
