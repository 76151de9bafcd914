//! `screensmith registry`: tuned models and their export.

use clap::{Args as ClapArgs, Subcommand};

use crate::base::system::block_on;
use crate::base::time::Timestamp;
use crate::cli::jobs::columns;
use crate::cli::run::{self, StoreArg};
use crate::cli::{Outcome, Output};
use crate::error::{Error, Result};
use crate::registry::{EXPORTS, Export as Form, RegistryEntry};

/// Arguments of `registry`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    store: StoreArg,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// All registered models
    List {
        /// Only those with this tag
        #[arg(long)]
        tag: Option<String>,
    },
    /// One model
    Show(Reference),
    /// Every version of a key, oldest first
    Versions {
        /// The key, or an alias of it
        key: String,
    },
    /// Print a model in a form that other programs read
    Export {
        #[command(flatten)]
        model: Reference,
        /// The form
        #[arg(long = "as", value_name = "FORM", value_parser = forms())]
        form: String,
    },
    /// Let a name mean a version; without a model, list the aliases
    Alias {
        /// The name, such as production
        #[arg(requires = "means")]
        alias: Option<String>,
        /// Its model: KEY (the present version) or KEY@2
        #[arg(group = "means")]
        model: Option<String>,
        /// Forget the alias
        #[arg(long, group = "means")]
        remove: bool,
    },
    /// Let the bare key mean this version (KEY@1), until a newer model is registered
    Use(Reference),
    /// Add words to find a model by
    Tag {
        #[command(flatten)]
        model: Reference,
        /// The words
        #[arg(required = true)]
        tags: Vec<String>,
        /// Take them away instead
        #[arg(long)]
        remove: bool,
    },
    /// Set the note of a model; an empty text removes it
    Note {
        #[command(flatten)]
        model: Reference,
        /// The note
        text: String,
    },
    /// Forget a model with all its versions and aliases, or one version (KEY@2)
    Remove {
        /// KEY or KEY@2
        key: String,
    },
}

/// Which model is meant.
#[derive(Debug, ClapArgs)]
struct Reference {
    /// Its KEY, KEY@VERSION, or an alias
    #[arg(value_name = "MODEL")]
    reference: String,
}

fn forms() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(EXPORTS.iter().map(|e| e.1))
}

/// Runs the command.
pub(super) fn run(args: &Args, output: &Output) -> Result<Outcome> {
    use Action::*;
    let reads = matches!(
        args.action,
        List { .. } | Show(_) | Versions { .. } | Export { .. } | Alias { alias: None, .. }
    );
    let ports = if reads {
        run::open_read_only(&args.store.folder)
    } else {
        run::open(&args.store.folder)?
    };
    let registry = run::registry(&ports);
    let now = ports.clock.now();
    match &args.action {
        List { tag } => {
            let mut entries = block_on(registry.list())?;
            entries.retain(|e| tag.as_ref().is_none_or(|t| e.tags.contains(t)));
            output.result(&entries, |entries| match (entries.as_slice(), tag) {
                ([], Some(tag)) => format!("no model has the tag {tag:?}"),
                _ => table(entries, now),
            })?;
        }
        Show(model) => {
            let entry = block_on(registry.get(&model.reference))?;
            let text = entry.export(Form::Json)?;
            output.result(&entry, |_| text)?;
        }
        Versions { key } => {
            let entries = block_on(registry.versions(key))?;
            output.result(&entries, |entries| table(entries, now))?;
        }
        Export { model, form } => {
            let entry = block_on(registry.get(&model.reference))?;
            let text = entry.export(Form::from_id(form)?)?;
            let value = serde_json::json!({"key": entry.key, "version": entry.version, "as": form, "text": text});
            output.result(&value, |_| text.clone())?;
        }
        Alias { alias: None, .. } => {
            output.result(&block_on(registry.aliases())?, |all| aliases(all))?;
        }
        Alias {
            alias: Some(alias),
            model: Some(model),
            ..
        } => {
            let alias = block_on(registry.set_alias(alias, model))?;
            output.result(&alias, |a| {
                format!("{} means {}@{}", a.alias, a.key, a.version)
            })?;
        }
        Alias {
            alias: Some(alias), ..
        } => {
            let all = block_on(registry.aliases())?;
            if !all.iter().any(|a| a.alias == *alias) {
                let message = format!("there is no alias {alias:?}");
                return Err(
                    Error::caller("alias_missing", message).hint("list them with: registry alias")
                );
            }
            block_on(registry.remove_alias(alias))?;
            let value = serde_json::json!({"alias": alias, "removed": true});
            output.result(&value, |_| format!("{alias} is no alias"))?;
        }
        Use(model) => {
            let entry = block_on(registry.set_current(&model.reference))?;
            output.result(&entry, |e| format!("{} means {}", e.key, e.reference()))?;
        }
        Tag {
            model,
            tags,
            remove,
        } => {
            let (add, take): (&[String], &[String]) =
                if *remove { (&[], tags) } else { (tags, &[]) };
            let entry = block_on(registry.tag(&model.reference, add, take))?;
            output.result(&entry, |e| {
                format!("{}: {}", e.reference(), e.tags.join(", "))
            })?;
        }
        Note { model, text } => {
            let entry = block_on(registry.set_note(&model.reference, text))?;
            output.result(&entry, |e| format!("{}: {}", e.reference(), e.note))?;
        }
        Remove { key } => {
            match key.split_once('@') {
                None if block_on(registry.is_registered(key))? => {
                    block_on(registry.deregister_config(key))?;
                }
                // An alias is removed by its own command.
                None => {
                    let message = format!("there is no model {key:?}");
                    return Err(Error::caller("llm_config_missing", message)
                        .hint("list them with: registry list"));
                }
                Some(_) => {
                    let entry = block_on(registry.get(key))?;
                    block_on(registry.remove_version(&entry.key, entry.version))?;
                }
            }
            let value = serde_json::json!({"removed": key});
            output.result(&value, |_| format!("{key} is no longer registered"))?;
        }
    }
    Ok(Outcome::Done)
}

fn aliases(all: &[crate::registry::Alias]) -> String {
    let mut rows = vec![["ALIAS", "MODEL"].map(str::to_owned)];
    for a in all {
        rows.push([a.alias.clone(), format!("{}@{}", a.key, a.version)]);
    }
    columns(&rows)
}

fn table(entries: &[RegistryEntry], now: Timestamp) -> String {
    if entries.is_empty() {
        return "no models yet; a job with register_llm_key registers one".to_owned();
    }
    let mut rows =
        vec![["KEY", "VERSION", "MODEL", "JOB", "ENDS", "TAGS", "NOTE"].map(str::to_owned)];
    for e in entries {
        let p = &e.provenance;
        let mark = match (p.simulated, p.awaits_training) {
            (true, _) => "SIMULATED",
            _ if e.has_ended(now) => "ENDED",
            (_, true) => "train and serve the bundle",
            _ => "",
        };
        let note = [mark, e.note.as_str()].map(|t| t.replace('\n', " "));
        let text = |v: &Option<String>| v.clone().unwrap_or_default();
        rows.push([
            e.key.clone(),
            e.version.to_string(),
            e.config.model_name.clone(),
            text(&p.job_id),
            text(&p.end_of_life),
            e.tags.join(", "),
            note.join(" ").trim().to_owned(),
        ]);
    }
    columns(&rows)
}
