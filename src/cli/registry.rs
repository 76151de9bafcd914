//! `screensmith registry`: tuned models and their export.

use clap::{Args as ClapArgs, Subcommand};

use crate::base::system::block_on;
use crate::cli::jobs::columns;
use crate::cli::run::{self, StoreArg};
use crate::cli::{Outcome, Output};
use crate::error::Result;
use crate::registry::{EXPORTS, Export, RegistryEntry};

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
    List,
    /// One model
    Show {
        /// Its key
        key: String,
    },
    /// Print a model in a form that other programs read
    Export {
        /// Its key
        key: String,
        /// The form
        #[arg(long = "as", value_name = "FORM", value_parser = forms())]
        form: String,
    },
}

fn forms() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(EXPORTS.iter().map(|e| e.1))
}

/// Runs the command.
pub(super) fn run(args: &Args, output: &Output) -> Result<Outcome> {
    let ports = run::open_read_only(&args.store.folder);
    let registry = run::registry(&ports);
    match &args.action {
        Action::List => {
            let entries = block_on(registry.list())?;
            output.result(&entries, |entries| table(entries))?;
        }
        Action::Show { key } => {
            let entry = block_on(registry.get(key))?;
            let text = entry.export(Export::Json)?;
            output.result(&entry, |_| text)?;
        }
        Action::Export { key, form } => {
            let entry = block_on(registry.get(key))?;
            let text = entry.export(Export::from_id(form)?)?;
            let value = serde_json::json!({"key": key, "as": form, "text": text});
            output.result(&value, |_| text.clone())?;
        }
    }
    Ok(Outcome::Done)
}

fn table(entries: &[RegistryEntry]) -> String {
    if entries.is_empty() {
        return "no models yet; a job with register_llm_key registers one".to_owned();
    }
    let mut rows = vec![["KEY", "MODEL", "JOB", "ENDS", "NOTE"].map(str::to_owned)];
    for e in entries {
        let p = &e.provenance;
        let note = match (p.simulated, p.awaits_training) {
            (true, _) => "SIMULATED",
            (_, true) => "train and serve the bundle",
            _ => "",
        };
        let text = |v: &Option<String>| v.clone().unwrap_or_default();
        rows.push([
            e.key.clone(),
            e.config.model_name.clone(),
            text(&p.job_id),
            text(&p.end_of_life),
            note.to_owned(),
        ]);
    }
    columns(&rows)
}
