//! Aliases: names that stay while the models behind them change.

use serde::{Deserialize, Serialize};

use crate::base::ports::{Batch, Expect};
use crate::error::{Error, Result};
use crate::job::key_fault;
use crate::registry::{LlmConfigRegistry, missing, version_missing};

/// Collection of the aliases.
pub const ALIASES: &str = "registry-aliases";

/// A name for one version of one key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// The name, such as `production`.
    pub alias: String,
    /// The key it stands for.
    pub key: String,
    /// The version it stands for.
    pub version: u32,
}

impl Alias {
    /// Whether the name is possible and what it means exists.
    pub(super) fn check(&self, known: bool) -> Result<()> {
        if let Some(why) = key_fault(&self.alias) {
            return Err(Error::caller("registry_alias", why)
                .at("alias")
                .hint("use letters, digits and -, such as production"));
        }
        if known {
            return Ok(());
        }
        Err(version_missing(&format!("{}@{}", self.key, self.version)))
    }
}

impl LlmConfigRegistry {
    /// All aliases in order of their names.
    ///
    /// # Errors
    /// `registry_json` for a damaged one, or a failure of storage.
    pub async fn aliases(&self) -> Result<Vec<Alias>> {
        let docs = self.store.scan(ALIASES).await?;
        docs.into_iter()
            .map(|d| {
                serde_json::from_value(d.value)
                    .map_err(|e| Error::data("registry_json", e.to_string()).at(d.key))
            })
            .collect()
    }

    /// Lets `alias` mean the model `reference`: a bare key pins its current version. An alias
    /// that exists is moved.
    ///
    /// # Errors
    /// `registry_alias` for an impossible name, `alias_taken` when a model has that key, and
    /// those of [`get`](Self::get).
    pub async fn set_alias(&self, alias: &str, reference: &str) -> Result<Alias> {
        let entry = self.get(reference).await?;
        let alias = Alias {
            alias: alias.to_owned(),
            key: entry.key,
            version: entry.version,
        };
        alias.check(true)?;
        if self.is_registered(&alias.alias).await? {
            return Err(taken(&alias.alias));
        }
        let value = serde_json::to_value(&alias)?;
        let batch = Batch::new().put(ALIASES, &alias.alias, value, Expect::Any);
        self.store.commit(batch).await?;
        Ok(alias)
    }

    /// Forgets an alias; it may be absent.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn remove_alias(&self, alias: &str) -> Result<()> {
        let batch = Batch::new().delete(ALIASES, alias, Expect::Any);
        self.store.commit(batch).await.map(|_| ())
    }

    /// The key and, unless the current one is meant, the version of `KEY`, `KEY@2` or an alias.
    pub(super) async fn resolve(&self, reference: &str) -> Result<(String, Option<u32>)> {
        if let Some((key, version)) = reference.split_once('@') {
            let number = version.parse().map_err(|_| version_missing(reference))?;
            return Ok((key.to_owned(), Some(number)));
        }
        if self.is_registered(reference).await? {
            return Ok((reference.to_owned(), None));
        }
        let Some(doc) = self.store.get(ALIASES, reference).await? else {
            return Err(missing(reference));
        };
        let alias: Alias = serde_json::from_value(doc.value)
            .map_err(|e| Error::data("registry_json", e.to_string()).at(reference))?;
        Ok((alias.key, Some(alias.version)))
    }
}

pub(super) fn taken(name: &str) -> Error {
    Error::caller(
        "alias_taken",
        "the name is both a key and an alias, or an alias of something else",
    )
    .at(name)
    .hint("choose another name, or remove the one that has it")
}
