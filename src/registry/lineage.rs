//! All there is of one key at a time: for pages and lists that show versions beside each other,
//! and for taking a removal back.

use serde::Serialize;

use crate::base::ports::{Batch, Expect};
use crate::error::{Error, Result};
use crate::registry::shelf::Shelf;
use crate::registry::{
    ALIASES, Alias, LlmConfigRegistry, REGISTRY, RegistryEntry, alias, duplicate, version_missing,
};

/// The versions of one key and the names that mean them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Lineage {
    /// The key.
    pub key: String,
    /// The version that the bare key means.
    pub current: u32,
    /// Oldest first; never empty.
    pub versions: Vec<RegistryEntry>,
    /// In order of their names.
    pub aliases: Vec<Alias>,
}

impl Lineage {
    /// The version with this number.
    pub fn version(&self, number: u32) -> Option<&RegistryEntry> {
        self.versions.iter().find(|e| e.version == number)
    }

    /// What the bare key means.
    pub fn current(&self) -> Option<&RegistryEntry> {
        self.version(self.current)
    }

    /// The version that `reference` means: `KEY`, `KEY@2`, or an alias of this key.
    pub fn find(&self, reference: &str) -> Option<&RegistryEntry> {
        if reference == self.key {
            return self.current();
        }
        if let Some((key, number)) = reference.split_once('@') {
            return self.version(number.parse().ok()?).filter(|e| e.key == key);
        }
        let alias = self.aliases.iter().find(|a| a.alias == reference)?;
        self.version(alias.version)
    }

    /// Whether [`LlmConfigRegistry::set_current`] would change something with this version.
    pub fn may_become_current(&self, number: u32) -> bool {
        let real = self.versions.iter().any(|e| !e.provenance.simulated);
        let found = self.version(number).filter(|_| number != self.current);
        found.is_some_and(|e| !(e.provenance.simulated && real))
    }

    /// The names that mean version `number`.
    pub fn aliases_of(&self, number: u32) -> impl Iterator<Item = &str> {
        let mine = self.aliases.iter().filter(move |a| a.version == number);
        mine.map(|a| a.alias.as_str())
    }
}

/// A model that was taken out of the registry, whole, to be put back if that was a mistake.
#[derive(Clone, Debug)]
pub struct Deregistered {
    shelf: Shelf,
    aliases: Vec<Alias>,
}

impl Deregistered {
    /// Its key.
    pub fn key(&self) -> &str {
        &self.shelf.key
    }
}

impl LlmConfigRegistry {
    /// Every key with its versions and aliases, in order of the keys.
    ///
    /// # Errors
    /// `registry_json` for a damaged entry or alias, or a failure of storage.
    pub async fn lineages(&self) -> Result<Vec<Lineage>> {
        let aliases = self.aliases().await?;
        let shelves = self.shelves().await?;
        let of = |shelf: Shelf| {
            Some(Lineage {
                current: shelf.current()?.version,
                aliases: aliases
                    .iter()
                    .filter(|a| a.key == shelf.key)
                    .cloned()
                    .collect(),
                key: shelf.key,
                versions: shelf.versions,
            })
        };
        Ok(shelves.into_iter().filter_map(of).collect())
    }

    /// Lets the bare key mean the version `reference`, until a newer model is registered under
    /// it: back to a version that was good, without forgetting the one that was not.
    ///
    /// # Errors
    /// `version_simulated` for a practice run beside a real model, whose place it must not take,
    /// and those of [`get`](Self::get).
    pub async fn set_current(&self, reference: &str) -> Result<RegistryEntry> {
        let entry = self.get(reference).await?;
        let wanted = entry.reference();
        self.change(&entry.key, false, |shelf| {
            let entry = shelf.version(entry.version).cloned();
            let entry = entry.ok_or_else(|| version_missing(&wanted))?;
            let real = shelf.versions.iter().any(|e| !e.provenance.simulated);
            if entry.provenance.simulated && real {
                return Err(Error::caller(
                    "version_simulated",
                    "a practice run cannot take the place of a real model",
                )
                .at(wanted.clone())
                .hint("give it an alias instead"));
            }
            shelf.choose(entry.version);
            Ok(entry)
        })
        .await
    }

    /// Forgets a model with all its versions and aliases, and returns it; `None` when there is
    /// no such key.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn take(&self, key: &str) -> Result<Option<Deregistered>> {
        let aliases = self.aliases().await?;
        let aliases: Vec<Alias> = aliases.into_iter().filter(|a| a.key == key).collect();
        let shelf = self.shelf(key).await?;
        let mut batch = Batch::new().delete(REGISTRY, key, Expect::Any);
        for alias in &aliases {
            batch = batch.delete(ALIASES, &alias.alias, Expect::Any);
        }
        self.store.commit(batch).await?;
        Ok(shelf.map(|shelf| Deregistered { shelf, aliases }))
    }

    /// Puts back what [`take`](Self::take) took.
    ///
    /// # Errors
    /// `duplicate_llm_config` when the key is taken by now, `alias_taken` when a name is, or a
    /// failure of storage. Nothing is put back then.
    pub async fn put_back(&self, gone: &Deregistered) -> Result<()> {
        let key = gone.key();
        self.check_key(key).await?;
        if self.is_registered(key).await? {
            return Err(duplicate(key));
        }
        let mut batch = Batch::new().put(REGISTRY, key, gone.shelf.to_value()?, Expect::Absent);
        for a in &gone.aliases {
            if self.is_registered(&a.alias).await? || self.holds_alias(&a.alias).await? {
                return Err(alias::taken(&a.alias));
            }
            let value = serde_json::to_value(a)?;
            batch = batch.put(ALIASES, &a.alias, value, Expect::Absent);
        }
        match self.store.commit(batch).await {
            Ok(_) => Ok(()),
            Err(e) if e.code() == "store_conflict" => Err(duplicate(key)),
            Err(e) => Err(e),
        }
    }

    /// Puts a version back that [`remove_version`](Self::remove_version) took, under its number.
    ///
    /// # Errors
    /// `duplicate_llm_config` when the number is taken by now, `alias_taken` when the key is an
    /// alias by now, or a failure of storage.
    pub async fn put_back_version(&self, entry: &RegistryEntry) -> Result<()> {
        self.check_key(&entry.key).await?;
        self.change(&entry.key, true, |shelf| {
            if shelf.version(entry.version).is_some() {
                return Err(duplicate(&entry.reference()));
            }
            shelf.place(entry.clone());
            Ok(())
        })
        .await
    }

    async fn holds_alias(&self, name: &str) -> Result<bool> {
        Ok(self.store.get(ALIASES, name).await?.is_some())
    }
}
