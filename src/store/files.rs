//! Documents and files on disk, for the command line.
//!
//! Each collection is one JSON file. `jobs` is the seed's `jobs.json`, an array of jobs; the
//! others are objects by key, those with a `/` in their name below `.screensmith/`. Files are
//! replaced as a whole (temporary file, fsync, rename). A batch over several collections is
//! first written as a journal, which the next opening replays, so it happens as a whole too.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fs::{self, File, TryLockError};
use std::io;
use std::ops::Bound;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use serde_json::{Map, Value, json};

use crate::base::fakes::meets;
use crate::base::hash::key64;
use crate::base::ports::{
    Batch, Document, LocalFuture, Ports, Store, Version, check_collection, conflict,
};
use crate::base::system::{EnvSecrets, SystemClock, network};
use crate::error::{Error, Result};
use crate::job::{FineTuneJobManager, JOBS};
pub use crate::store::disk::DiskFiles;
use crate::store::disk::{io_error, remove, replace};
use crate::store::locks::FileLocks;

/// Field of a job that is its key.
const JOB_KEY: &str = "job_id";
/// Folder for what is this program's own.
const OWN: &str = ".screensmith";
const JOURNAL: &str = "journal.json";
const LOCK: &str = "lock";

type Collection = BTreeMap<String, Value>;

/// Collections that are kept in memory: a store may hold the events of thousands of jobs.
const MAX_CACHED: usize = 16;
/// How long a write waits for another process to finish its own, in milliseconds.
const PATIENCE_MS: u64 = 10_000;

/// Documents in the files of one folder. Several processes may use it: each write is made under
/// a lock, and compared with what is on disk.
#[derive(Debug)]
pub struct FileStore {
    folder: PathBuf,
    jobs_file: String,
    writable: bool,
    /// Collections as they were read, for as long as their files stay the same.
    cache: RefCell<BTreeMap<String, (Stamp, Rc<Collection>)>>,
}

/// What tells one content of a file from the next: files are replaced, never changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    modified: Option<SystemTime>,
    bytes: u64,
    inode: u64,
}

impl Stamp {
    fn of(path: &Path) -> Option<Self> {
        let meta = fs::metadata(path).ok()?;
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(&meta);
        #[cfg(not(unix))]
        let inode = 0;
        Some(Self {
            modified: meta.modified().ok(),
            bytes: meta.len(),
            inode,
        })
    }
}

impl FileStore {
    /// Opens the store in `folder` for reading and writing; makes it when there is none.
    ///
    /// # Errors
    /// `storage_refused`, `storage_full`, `storage_damaged`, and `store_locked` when another
    /// process does not finish a write.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        Self::open_jobs(folder.as_ref(), "jobs.json")
    }

    fn open_jobs(folder: &Path, jobs_file: &str) -> Result<Self> {
        let own = folder.join(OWN);
        fs::create_dir_all(&own).map_err(|e| io_error(&own, e))?;
        let store = Self {
            folder: folder.to_owned(),
            jobs_file: jobs_file.to_owned(),
            writable: true,
            cache: RefCell::default(),
        };
        let lock = store.lock()?;
        store.replay()?;
        drop(lock);
        Ok(store)
    }

    /// Opens the store in `folder` for reading only. A folder that is not there is an empty
    /// store, and is not made.
    pub fn open_read_only(folder: impl AsRef<Path>) -> Self {
        Self {
            folder: folder.as_ref().to_owned(),
            jobs_file: "jobs.json".to_owned(),
            writable: false,
            cache: RefCell::default(),
        }
    }

    /// The locks of this store: who drives which job.
    pub fn locks(&self) -> FileLocks {
        FileLocks::new(self.folder.join(OWN).join("locks"))
    }

    /// Keeps other processes from writing until dropped.
    fn lock(&self) -> Result<File> {
        let path = self.folder.join(OWN).join(LOCK);
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| io_error(&path, e))?;
        for _ in 0..PATIENCE_MS / 5 {
            match lock.try_lock() {
                Ok(()) => return Ok(lock),
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(5)),
                Err(TryLockError::Error(e)) => return Err(io_error(&path, e)),
            }
        }
        Err(Error::storage(
            "store_locked",
            "another process keeps writing to this store",
        )
        .at(self.folder.to_string_lossy())
        .hint("end the other process, or name another folder"))
    }

    fn path(&self, collection: &str) -> PathBuf {
        if collection == JOBS {
            return self.folder.join(&self.jobs_file);
        }
        let own = collection.contains('/').then_some(OWN);
        let folder = own.map_or(self.folder.clone(), |o| self.folder.join(o));
        folder.join(format!("{collection}.json"))
    }

    fn journal(&self) -> PathBuf {
        self.folder.join(OWN).join(JOURNAL)
    }

    /// A collection as it is on disk.
    fn read(&self, collection: &str) -> Result<Collection> {
        let path = self.path(collection);
        let text = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Collection::new()),
            Err(e) => return Err(io_error(&path, e)),
        };
        let value: Value =
            serde_json::from_slice(&text).map_err(|e| damaged(&path, e.to_string()))?;
        match value {
            Value::Object(map) if collection != JOBS => Ok(map.into_iter().collect()),
            Value::Array(items) if collection == JOBS => {
                let mut out = Collection::new();
                for (i, item) in items.into_iter().enumerate() {
                    let key = item.get(JOB_KEY).and_then(Value::as_str);
                    let key = key
                        .filter(|k| !k.is_empty())
                        .ok_or_else(|| damaged(&path, format!("[{i}] has no {JOB_KEY}")))?
                        .to_owned();
                    if out.insert(key.clone(), item).is_some() {
                        return Err(damaged(&path, format!("two jobs are called {key:?}")));
                    }
                }
                Ok(out)
            }
            _ => Err(damaged(
                &path,
                "it is not what this program writes".to_owned(),
            )),
        }
    }

    /// A collection as it is on disk now.
    fn load(&self, collection: &str) -> Result<Rc<Collection>> {
        let pending = self.pending()?;
        let path = self.path(collection);
        // The stamp first: a file replaced after it is read again next time.
        let stamp = Stamp::of(&path);
        let cached = match (self.cache.borrow().get(collection), stamp) {
            (Some((held, c)), Some(now)) if *held == now => Some(Rc::clone(c)),
            _ => None,
        };
        let c = match (cached, stamp) {
            (Some(c), _) => c,
            (None, None) => Rc::new(self.read(collection)?),
            (None, Some(stamp)) => {
                let c = Rc::new(self.read(collection)?);
                let kept = (stamp, Rc::clone(&c));
                let mut cache = self.cache.borrow_mut();
                if cache.len() >= MAX_CACHED {
                    cache.clear();
                }
                cache.insert(collection.to_owned(), kept);
                c
            }
        };
        if pending.iter().all(|p| p.collection != collection) {
            return Ok(c);
        }
        // A batch is being written, or its writer died: it counts as written.
        let mut c = Collection::clone(&c);
        for change in pending {
            change.apply_to(collection, &mut c);
        }
        Ok(Rc::new(c))
    }

    fn write(&self, collection: &str, content: &Collection) -> Result<()> {
        let path = self.path(collection);
        if content.is_empty() && !path.exists() {
            return Ok(());
        }
        let value = if collection == JOBS {
            let mut items: Vec<&Value> = content.values().collect();
            let created = |v: &Value| {
                v.get("created_at")
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            };
            items.sort_by_key(|v| created(v));
            json!(items)
        } else {
            Value::Object(content.clone().into_iter().collect::<Map<_, _>>())
        };
        let mut text = serde_json::to_vec_pretty(&value)?;
        text.push(b'\n');
        replace(&path, &text)
    }

    fn pending(&self) -> Result<Vec<Pending>> {
        let path = self.journal();
        match fs::read(&path) {
            Ok(text) => serde_json::from_slice(&text).map_err(|e| damaged(&path, e.to_string())),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(e) => Err(io_error(&path, e)),
        }
    }

    /// Applies a journal that a process left behind. The caller holds the lock.
    fn replay(&self) -> Result<()> {
        let pending = self.pending()?;
        let mut names: Vec<&str> = pending.iter().map(|p| p.collection.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            check_collection(name)?;
            let mut c = self.read(name)?;
            for change in &pending {
                change.apply_to(name, &mut c);
            }
            self.write(name, &c)?;
        }
        remove(&self.journal())
    }

    fn commit_now(&self, batch: Batch) -> Result<Vec<Version>> {
        batch.check()?;
        if !self.writable {
            return Err(
                Error::storage("store_read_only", "the store is open for reading only")
                    .at(self.folder.to_string_lossy())
                    .hint("open it for writing"),
            );
        }
        let _lock = self.lock()?;
        self.replay()?;
        let mut touched: BTreeMap<String, Collection> = BTreeMap::new();
        let mut versions = Vec::new();
        for change in &batch.changes {
            if !touched.contains_key(&change.collection) {
                let held = Collection::clone(&*self.load(&change.collection)?);
                touched.insert(change.collection.clone(), held);
            }
            let Some(c) = touched.get_mut(&change.collection) else {
                continue;
            };
            if !meets(change.expect, c.get(&change.key).map(version)) {
                return Err(conflict(&change.collection, &change.key));
            }
            match &change.value {
                Some(value) => {
                    versions.push(version(value));
                    c.insert(change.key.clone(), value.clone());
                }
                None => {
                    versions.push(Version(0));
                    c.remove(&change.key);
                }
            }
        }
        let several = touched.len() > 1;
        if several {
            let pending: Vec<Pending> = batch.changes.into_iter().map(Pending::from).collect();
            replace(&self.journal(), &serde_json::to_vec(&pending)?)?;
        }
        for (i, (name, content)) in touched.iter().enumerate() {
            if let Err(e) = self.write(name, content) {
                if i == 0 {
                    // Nothing has changed yet, so nothing shall.
                    remove(&self.journal())?;
                }
                return Err(e);
            }
        }
        if several {
            remove(&self.journal())?;
        }
        let mut cache = self.cache.borrow_mut();
        if cache.len() + touched.len() > MAX_CACHED {
            cache.clear();
        }
        for (name, content) in touched {
            // Nobody else can have replaced the file: the lock is still held.
            match Stamp::of(&self.path(&name)) {
                Some(stamp) => cache.insert(name, (stamp, Rc::new(content))),
                None => cache.remove(&name),
            };
        }
        Ok(versions)
    }
}

/// A change in the journal.
#[derive(serde::Serialize, serde::Deserialize)]
struct Pending {
    collection: String,
    key: String,
    /// A list of one value or none: `null` is a value too.
    value: Vec<Value>,
}

impl From<crate::base::ports::Change> for Pending {
    fn from(c: crate::base::ports::Change) -> Self {
        Self {
            collection: c.collection,
            key: c.key,
            value: c.value.into_iter().collect(),
        }
    }
}

impl Pending {
    fn apply_to(&self, name: &str, c: &mut Collection) {
        if self.collection != name {
            return;
        }
        match self.value.first() {
            Some(v) => c.insert(self.key.clone(), v.clone()),
            None => c.remove(&self.key),
        };
    }
}

/// The version of a document is a hash of its content: files have no other memory.
fn version(value: &Value) -> Version {
    Version(key64([value.to_string().as_bytes()]))
}

fn damaged(path: &Path, what: String) -> Error {
    Error::storage("storage_damaged", format!("the file is damaged: {what}"))
        .at(path.to_string_lossy())
        .hint("repair it or move it away; nothing was changed")
}

impl Store for FileStore {
    fn get<'a>(
        &'a self,
        collection: &'a str,
        key: &'a str,
    ) -> LocalFuture<'a, Result<Option<Document>>> {
        Box::pin(async move {
            check_collection(collection)?;
            Ok(self.load(collection)?.get(key).map(|v| document(key, v)))
        })
    }

    fn scan<'a>(&'a self, collection: &'a str) -> LocalFuture<'a, Result<Vec<Document>>> {
        Box::pin(async move {
            check_collection(collection)?;
            let c = self.load(collection)?;
            Ok(c.iter().map(|(k, v)| document(k, v)).collect())
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
            let c = self.load(collection)?;
            let end = before.map_or(Bound::Unbounded, Bound::Excluded);
            let last = c.range::<str, _>((Bound::Unbounded, end)).rev();
            Ok(last.take(limit).map(|(k, v)| document(k, v)).collect())
        })
    }

    fn mark<'a>(&'a self, collection: &'a str) -> LocalFuture<'a, Result<Option<u64>>> {
        Box::pin(async move {
            check_collection(collection)?;
            // A journal counts as written, so it is part of what there is.
            let stamps = [self.path(collection), self.journal()].map(|p| Stamp::of(&p));
            Ok(Some(key64([format!("{stamps:?}").as_bytes()])))
        })
    }

    fn commit<'a>(&'a self, batch: Batch) -> LocalFuture<'a, Result<Vec<Version>>> {
        Box::pin(async move { self.commit_now(batch) })
    }
}

fn document(key: &str, value: &Value) -> Document {
    Document {
        key: key.to_owned(),
        version: version(value),
        value: value.clone(),
    }
}

/// The ports of this machine around `store`: its files, its clock, keys from the environment.
pub fn ports(store: Rc<FileStore>) -> Ports {
    Ports {
        locks: Rc::new(store.locks()),
        store,
        files: Rc::new(DiskFiles),
        clock: Rc::new(SystemClock),
        http: network(),
        secrets: Rc::new(EnvSecrets),
    }
}

impl FineTuneJobManager {
    /// The jobs in the file `storage_path`, such as `./finetune_runs/jobs.json`.
    ///
    /// # Errors
    /// As [`FileStore::open`].
    pub fn open(storage_path: impl AsRef<Path>) -> Result<Self> {
        let path = storage_path.as_ref();
        let name = path.file_name().and_then(|n| n.to_str()).ok_or_else(|| {
            Error::caller("storage_path", "the path names no file")
                .at(path.to_string_lossy())
                .hint("./finetune_runs/jobs.json is usual")
        })?;
        let folder = match path.parent() {
            Some(p) if !p.as_os_str().is_empty() => p,
            _ => Path::new("."),
        };
        Ok(Self::new(Rc::new(FileStore::open_jobs(folder, name)?)))
    }
}

#[cfg(test)]
mod tests;
