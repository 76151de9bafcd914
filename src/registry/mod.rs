//! Registered models: how each is called, where it comes from, and its export to Skyvern.
//!
//! The names are Skyvern's, so that the seed's example reads the same:
//! `LLMConfigRegistry.register_config(key, LLMConfig(…))`. As there, a taken key is refused when
//! a model is registered by hand, and deregistering never fails. A job that registers under a
//! taken key adds a version; `KEY` means the newest, unless an older one was chosen since, `KEY@1`
//! the first, and an alias such as `production` a version that stays until the alias is moved.

mod alias;
mod calling;
pub mod compare;
mod config;
mod contract;
mod export;
#[cfg(test)]
mod export_tests;
mod lineage;
mod shelf;
mod sink;
mod skyvern;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod version_tests;

use std::collections::BTreeMap;
use std::fmt;
use std::rc::Rc;

use serde_json::{Value, json};

pub use alias::{ALIASES, Alias};
pub use config::{Lifetime, LlmConfig, Provenance, RegistryEntry, SOON_DAYS};
pub use contract::{Endpoint, Place, Who};
pub use export::{EXPORTS, Export};
pub use lineage::{Deregistered, Lineage};

use crate::base::json;
use crate::base::ports::{Batch, Clock, Expect, Store};
use crate::base::time::Timestamp;
use crate::error::{Error, Result};
use crate::job::key_fault;
use crate::problem;
use shelf::{Shelf, entry_from_value};

/// Collection of the registered models.
pub const REGISTRY: &str = "registry";

/// Tries of a change while others change the same document.
const TRIES: u32 = 8;

/// Registered models in a store. Clones share the store.
#[derive(Clone)]
pub struct LlmConfigRegistry {
    store: Rc<dyn Store>,
    clock: Rc<dyn Clock>,
}

impl fmt::Debug for LlmConfigRegistry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LlmConfigRegistry").finish_non_exhaustive()
    }
}

impl LlmConfigRegistry {
    /// The models in `store`.
    pub fn new(store: Rc<dyn Store>, clock: Rc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Registers a model by hand.
    ///
    /// # Errors
    /// `llm_key` for an impossible key, `duplicate_llm_config` for a taken one, `alias_taken`
    /// for one that is an alias, the first problem of the configuration, or a failure of
    /// storage.
    pub async fn register_config(&self, key: &str, config: LlmConfig) -> Result<RegistryEntry> {
        let entry = RegistryEntry {
            key: key.to_owned(),
            config,
            provenance: Provenance::default(),
            provider_options: Default::default(),
            registered_at: self.clock.now(),
            version: 1,
            tags: Vec::new(),
            note: String::new(),
        };
        check_entry(&entry)?;
        self.check_key(key).await?;
        let mut shelf = Shelf::new(key);
        let entry = shelf.add(entry);
        let batch = Batch::new().put(REGISTRY, key, shelf.to_value()?, Expect::Absent);
        match self.store.commit(batch).await {
            Ok(_) => Ok(entry),
            Err(e) if e.code() == "store_conflict" => Err(duplicate(key)),
            Err(e) => Err(e),
        }
    }

    /// How the model `reference` is called.
    ///
    /// # Errors
    /// As [`get`](Self::get).
    pub async fn get_config(&self, reference: &str) -> Result<LlmConfig> {
        Ok(self.get(reference).await?.config)
    }

    /// A model: `KEY` for its current version, `KEY@2` for that one, or an alias.
    ///
    /// # Errors
    /// `llm_config_missing`, `llm_version_missing`, or a failure of storage.
    pub async fn get(&self, reference: &str) -> Result<RegistryEntry> {
        let (key, version) = self.resolve(reference).await?;
        let shelf = self.shelf(&key).await?.ok_or_else(|| missing(reference))?;
        let found = match version {
            Some(n) => shelf.version(n),
            None => shelf.current(),
        };
        found.cloned().ok_or_else(|| version_missing(reference))
    }

    /// Every version of `key`, oldest first.
    ///
    /// # Errors
    /// `llm_config_missing`, or a failure of storage.
    pub async fn versions(&self, key: &str) -> Result<Vec<RegistryEntry>> {
        let (key, _) = self.resolve(key).await?;
        let shelf = self.shelf(&key).await?.ok_or_else(|| missing(&key))?;
        Ok(shelf.versions)
    }

    /// Whether `key` is taken.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn is_registered(&self, key: &str) -> Result<bool> {
        Ok(self.store.get(REGISTRY, key).await?.is_some())
    }

    /// The current version of every model in order of their keys.
    ///
    /// # Errors
    /// A failure of storage, or `registry_json` for a damaged entry.
    pub async fn list(&self) -> Result<Vec<RegistryEntry>> {
        let shelves = self.shelves().await?;
        Ok(shelves
            .iter()
            .filter_map(|s| s.current().cloned())
            .collect())
    }

    /// Adds and removes words to find the model `reference` by. Blanks at the ends are cut off.
    ///
    /// # Errors
    /// `registry_tag` for an empty word or one with a comma, and those of [`get`](Self::get).
    pub async fn tag(
        &self,
        reference: &str,
        add: &[String],
        remove: &[String],
    ) -> Result<RegistryEntry> {
        let clean = |t: &String| t.trim().to_owned();
        let add: Vec<String> = add.iter().map(clean).collect();
        let remove: Vec<String> = remove.iter().map(clean).collect();
        if add
            .iter()
            .any(|t| t.is_empty() || t.contains(',') || t.len() > 100)
        {
            return Err(
                Error::caller("registry_tag", "a tag is 1 to 100 letters without a comma")
                    .at("tags"),
            );
        }
        self.edit(reference, |entry| {
            entry.tags.retain(|t| !remove.contains(t));
            entry.tags.extend(add.iter().cloned());
            entry.tags.sort();
            entry.tags.dedup();
        })
        .await
    }

    /// Replaces the note of the model `reference`; an empty one removes it.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    pub async fn set_note(&self, reference: &str, note: &str) -> Result<RegistryEntry> {
        self.edit(reference, |entry| note.trim().clone_into(&mut entry.note))
            .await
    }

    /// Forgets a model with all its versions and aliases. Like Skyvern's, this may be called for
    /// a key that is not there.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn deregister_config(&self, key: &str) -> Result<()> {
        self.take(key).await.map(|_| ())
    }

    /// Forgets one version and returns it. With the last one the key is free again.
    ///
    /// # Errors
    /// `version_aliased` while an alias means it, and those of [`get`](Self::get).
    pub async fn remove_version(&self, key: &str, version: u32) -> Result<RegistryEntry> {
        let reference = format!("{key}@{version}");
        let aliases = self.aliases().await?;
        if let Some(a) = aliases
            .iter()
            .find(|a| a.key == key && a.version == version)
        {
            return Err(Error::caller(
                "version_aliased",
                format!("the alias {} means this version", a.alias),
            )
            .at(reference)
            .hint("move or remove the alias first"));
        }
        self.change(key, false, |shelf| {
            let at = shelf.versions.iter().position(|e| e.version == version);
            at.map(|i| shelf.versions.remove(i))
                .ok_or_else(|| version_missing(&reference))
        })
        .await
    }

    /// All versions and aliases as JSON.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn export_json(&self) -> Result<String> {
        let shelves = self.shelves().await?;
        let models: Vec<_> = shelves.iter().flat_map(|s| &s.versions).collect();
        let chosen: BTreeMap<&str, u32> = shelves
            .iter()
            .filter_map(|s| Some((s.key.as_str(), s.chosen()?)))
            .collect();
        let mut all = json!({"schema": 2, "models": models, "aliases": self.aliases().await?});
        if !chosen.is_empty() {
            all["current"] = serde_json::to_value(chosen)?;
        }
        Ok(serde_json::to_string_pretty(&all)? + "\n")
    }

    /// Reads what [`export_json`](Self::export_json) wrote, now or before there were versions.
    /// All is taken or nothing. What is there already, the same, is passed over, and keeps its
    /// current version.
    ///
    /// # Errors
    /// `registry_json` for broken text, `registry_schema` for the file of a newer version,
    /// `duplicate_llm_config` for a version that is taken by something else, `alias_taken` for an
    /// alias that means something else, the first problem of an entry, or a failure of storage.
    pub async fn import_json(&self, text: &str) -> Result<Imported> {
        let file = parse_file(text)?;
        let mut shelves: BTreeMap<String, (Shelf, Expect)> = BTreeMap::new();
        let mut done = Imported::default();
        let mut seen = std::collections::BTreeSet::new();
        for (i, item) in file.models.into_iter().enumerate() {
            let entry = entry_from_value(&format!("[{i}]"), item)?;
            check_entry(&entry)?;
            if !seen.insert((entry.key.clone(), entry.version)) {
                return Err(duplicate(&entry.reference()));
            }
            if !shelves.contains_key(&entry.key) {
                self.check_key(&entry.key).await?;
                let held = match self.store.get(REGISTRY, &entry.key).await? {
                    Some(d) => (
                        Shelf::from_value(&d.key, d.value)?,
                        Expect::Version(d.version),
                    ),
                    None => (Shelf::new(&entry.key), Expect::Absent),
                };
                shelves.insert(entry.key.clone(), held);
            }
            let Some((shelf, _)) = shelves.get_mut(&entry.key) else {
                continue;
            };
            match shelf.version(entry.version) {
                Some(held) if *held == entry => done.same += 1,
                Some(_) => return Err(duplicate(&entry.reference())),
                None => {
                    done.added += 1;
                    shelf.place(entry);
                }
            }
        }
        let mut batch = Batch::new();
        for (key, (shelf, expect)) in &mut shelves {
            if let (Some(version), Expect::Absent) = (file.current.get(key), *expect) {
                shelf.choose(*version);
            }
            batch = batch.put(REGISTRY, key, shelf.to_value()?, *expect);
        }
        for alias in file.aliases {
            let held = self.store.get(ALIASES, &alias.alias).await?;
            let known = match shelves.get(&alias.key) {
                Some((shelf, _)) => shelf.version(alias.version).is_some(),
                None => false,
            };
            alias.check(known)?;
            if shelves.contains_key(&alias.alias) || self.is_registered(&alias.alias).await? {
                return Err(alias::taken(&alias.alias));
            }
            let value = serde_json::to_value(&alias)?;
            match held {
                Some(d) if d.value == value => {}
                Some(_) => return Err(alias::taken(&alias.alias)),
                None => batch = batch.put(ALIASES, &alias.alias, value, Expect::Absent),
            }
        }
        self.store.commit(batch).await?;
        Ok(done)
    }

    /// Whether a model may be registered under `key`.
    async fn check_key(&self, key: &str) -> Result<()> {
        check_key(key)?;
        match self.store.get(ALIASES, key).await? {
            Some(_) => Err(alias::taken(key)),
            None => Ok(()),
        }
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn shelf(&self, key: &str) -> Result<Option<Shelf>> {
        let doc = self.store.get(REGISTRY, key).await?;
        doc.map(|d| Shelf::from_value(&d.key, d.value)).transpose()
    }

    async fn shelves(&self) -> Result<Vec<Shelf>> {
        let docs = self.store.scan(REGISTRY).await?;
        docs.into_iter()
            .map(|d| Shelf::from_value(&d.key, d.value))
            .collect()
    }

    /// Changes the versions of `key`, again when somebody else was faster. An emptied shelf
    /// disappears.
    async fn change<T>(
        &self,
        key: &str,
        create: bool,
        mut edit: impl FnMut(&mut Shelf) -> Result<T>,
    ) -> Result<T> {
        let mut tries = 0;
        loop {
            let (mut shelf, expect) = match self.store.get(REGISTRY, key).await? {
                Some(d) => (
                    Shelf::from_value(&d.key, d.value)?,
                    Expect::Version(d.version),
                ),
                None if create => (Shelf::new(key), Expect::Absent),
                None => return Err(missing(key)),
            };
            let done = edit(&mut shelf)?;
            let batch = if shelf.versions.is_empty() {
                Batch::new().delete(REGISTRY, key, expect)
            } else {
                Batch::new().put(REGISTRY, key, shelf.to_value()?, expect)
            };
            tries += 1;
            match self.store.commit(batch).await {
                Ok(_) => return Ok(done),
                Err(e) if e.code() == "store_conflict" && tries < TRIES => {}
                Err(e) => return Err(e),
            }
        }
    }

    async fn edit(
        &self,
        reference: &str,
        change: impl Fn(&mut RegistryEntry),
    ) -> Result<RegistryEntry> {
        let (key, version) = self.resolve(reference).await?;
        self.change(&key, false, |shelf| {
            let version = version.or(shelf.current().map(|e| e.version));
            let found = shelf
                .versions
                .iter_mut()
                .find(|e| Some(e.version) == version);
            let entry = found.ok_or_else(|| version_missing(reference))?;
            change(entry);
            Ok(entry.clone())
        })
        .await
    }
}

/// What an import found, in versions of models.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// They are new here.
    pub added: usize,
    /// They were here already, the same.
    pub same: usize,
}

/// An exported registry.
#[derive(serde::Deserialize)]
struct File {
    models: Vec<Value>,
    #[serde(default)]
    aliases: Vec<Alias>,
    /// Chosen versions by key.
    #[serde(default)]
    current: BTreeMap<String, u32>,
}

/// Reads an exported registry of this or the first schema.
fn parse_file(text: &str) -> Result<File> {
    let broken = |e: serde_json::Error| {
        Error::data("registry_json", json::fault(&e))
            .hint("the registry is a JSON object with models, or an array of them")
    };
    let value: Value = serde_json::from_str(text).map_err(broken)?;
    if let Some(schema) = value.get("schema") {
        shelf::check_schema(schema)?;
    }
    if value.is_array() {
        return Ok(File {
            models: serde_json::from_value(value).map_err(broken)?,
            aliases: Vec::new(),
            current: BTreeMap::new(),
        });
    }
    serde_json::from_value(value).map_err(broken)
}

fn check_key(key: &str) -> Result<()> {
    match key_fault(key) {
        None => Ok(()),
        Some(why) => Err(Error::caller("llm_key", why)
            .at("key")
            .hint("use upper-case letters, digits and _, such as MY_TUNED_MODEL")),
    }
}

fn check_entry(entry: &RegistryEntry) -> Result<()> {
    check_key(&entry.key)?;
    problem::check(&entry.config.validate())
}

fn missing(reference: &str) -> Error {
    Error::caller(
        "llm_config_missing",
        "no model is registered under this key",
    )
    .at(reference)
    .hint("list the registry to see the keys")
}

fn version_missing(reference: &str) -> Error {
    Error::caller("llm_version_missing", "the key has no such version")
        .at(reference)
        .hint("list the versions of the key")
}

fn duplicate(key: &str) -> Error {
    Error::caller(
        "duplicate_llm_config",
        "a model is registered under this key already",
    )
    .at(key)
    .hint("choose another key, or deregister the old model first")
}
