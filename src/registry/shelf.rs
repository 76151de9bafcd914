//! All versions of one key, as one stored document: so that a new version, and the choice of the
//! current one, happen together or not at all.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::strict;
use crate::error::{Error, Result};
use crate::registry::RegistryEntry;

/// Shape of the stored document. 1 was the bare entry, before there were versions.
const SCHEMA: u64 = 2;

/// The versions of one key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Shelf {
    schema: u64,
    /// The key.
    pub(super) key: String,
    /// The highest number ever given: numbers of removed versions are not given again.
    last_version: u32,
    /// The version that was chosen to be the current one, until a newer model comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chosen: Option<u32>,
    /// Oldest first.
    pub(super) versions: Vec<RegistryEntry>,
}

impl Shelf {
    pub(super) fn new(key: &str) -> Self {
        Self {
            schema: SCHEMA,
            key: key.to_owned(),
            last_version: 0,
            chosen: None,
            versions: Vec::new(),
        }
    }

    /// Reads a stored document of this or an earlier schema; `at` names it in errors.
    pub(super) fn from_value(at: &str, value: Value) -> Result<Self> {
        if let Some(schema) = value.get("schema") {
            check_schema(schema).map_err(|e| e.at(at))?;
            return read(at, value);
        }
        let entry = entry_from_value(at, value)?;
        let mut shelf = Self::new(&entry.key);
        shelf.place(entry);
        Ok(shelf)
    }

    pub(super) fn to_value(&self) -> Result<Value> {
        Ok(serde_json::to_value(self)?)
    }

    /// The version that the bare key means: the chosen one, else the newest. A practice run never
    /// takes the place of a real model.
    pub(super) fn current(&self) -> Option<&RegistryEntry> {
        let chosen = self.chosen.and_then(|n| self.version(n));
        let real = || self.versions.iter().rfind(|e| !e.provenance.simulated);
        chosen.or_else(real).or(self.versions.last())
    }

    /// The choice that [`current`](Self::current) follows, while it is there.
    pub(super) fn chosen(&self) -> Option<u32> {
        self.chosen.filter(|n| self.version(*n).is_some())
    }

    /// Chooses the current version. The newest needs no choice.
    pub(super) fn choose(&mut self, number: u32) {
        self.chosen = None;
        if self.current().is_some_and(|e| e.version != number) {
            self.chosen = Some(number);
        }
    }

    pub(super) fn version(&self, number: u32) -> Option<&RegistryEntry> {
        self.versions.iter().find(|e| e.version == number)
    }

    /// Adds `entry` as the next version. A real model becomes the current one.
    pub(super) fn add(&mut self, mut entry: RegistryEntry) -> RegistryEntry {
        entry.version = self.last_version + 1;
        if !entry.provenance.simulated {
            self.chosen = None;
        }
        self.place(entry.clone());
        entry
    }

    /// Puts `entry` where its number belongs. The number must be free.
    pub(super) fn place(&mut self, entry: RegistryEntry) {
        self.last_version = self.last_version.max(entry.version);
        let at = self.versions.partition_point(|e| e.version < entry.version);
        self.versions.insert(at, entry);
    }
}

/// Whether this version reads what was written under `schema`.
pub(super) fn check_schema(schema: &Value) -> Result<()> {
    if schema.as_u64() == Some(SCHEMA) {
        return Ok(());
    }
    let text = format!("the registry has schema {schema}, not {SCHEMA}");
    Err(Error::data("registry_schema", text)
        .hint("it was written by a newer version: update, and try again"))
}

/// An entry of a file or an old document.
pub(super) fn entry_from_value(at: &str, value: Value) -> Result<RegistryEntry> {
    read(at, value)
}

fn read<T: serde::de::DeserializeOwned>(at: &str, value: Value) -> Result<T> {
    const HINT: &str = "an entry needs key, config and registered_at";
    if !value.is_object() {
        return Err(Error::data("registry_json", "this is no entry")
            .at(at)
            .hint(HINT));
    }
    strict::with_path(value).map_err(|e| {
        let path = match strict::field(&e) {
            None => at.to_owned(),
            Some(field) => format!("{at}.{field}"),
        };
        Error::data("registry_json", e.inner().to_string())
            .at(path)
            .hint(HINT)
    })
}
