//! `screensmith provider`: what lies at a vendor, and deleting it there.

use std::path::PathBuf;
use std::rc::Rc;

use clap::{Args as ClapArgs, Subcommand};
use serde_json::{Map, Value};

use crate::base::system::block_on;
use crate::cli::jobs::columns;
use crate::cli::run::{self, StoreArg};
use crate::cli::{Outcome, Output};
use crate::error::{Error, Result};
use crate::job::FineTuneConfig;
use crate::provider::{ListedModel, PROVIDERS, Provider, ProviderName, ProviderOptions, connect};

/// Arguments of `provider`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    store: StoreArg,
}

/// Which vendor, and how it is reached.
#[derive(Debug, ClapArgs)]
struct At {
    /// The vendor
    #[arg(long, global = true, value_name = "NAME", value_parser = names())]
    provider: Option<String>,
    /// An option of the vendor, such as base_url=http://localhost:8000/v1; repeatable
    #[arg(long = "option", global = true, value_name = "FIELD=VALUE")]
    options: Vec<String>,
    /// Take vendor and options from the configuration of a job
    #[arg(long, global = true, value_name = "FILE", conflicts_with_all = ["provider", "options"])]
    config: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// The models that the key sees
    Models {
        /// Only those that were tuned
        #[arg(long)]
        tuned: bool,
    },
    /// Delete an uploaded file at the vendor
    DeleteFile(Doomed),
    /// Delete a tuned model at the vendor, for good
    DeleteModel(Doomed),
}

/// What is to be deleted.
#[derive(Debug, ClapArgs)]
struct Doomed {
    /// The vendor's id of it
    id: String,
    #[command(flatten)]
    confirmed: Confirmed,
}

/// The user's word that something is to be deleted at a vendor.
#[derive(Debug, ClapArgs)]
pub(super) struct Confirmed {
    /// Really delete it: nothing brings it back
    #[arg(long)]
    yes: bool,
}

impl Confirmed {
    /// Fails unless the user has confirmed to delete `what`.
    pub(super) fn check(&self, what: &str) -> Result<()> {
        if self.yes {
            return Ok(());
        }
        Err(
            Error::caller("not_confirmed", format!("{what} would be deleted for good"))
                .at("--yes")
                .hint("repeat the command with --yes"),
        )
    }
}

fn names() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(PROVIDERS.iter().map(|v| v.name().id()))
}

/// Runs the command.
pub(super) fn run(args: &Args, output: &Output) -> Result<Outcome> {
    let ports = run::open_read_only(&args.store.folder);
    let (name, options) = place(&args.at)?;
    let provider: Rc<dyn Provider> = connect(name, &ports, &options)?;
    match &args.action {
        Action::Models { tuned } => {
            let mut models = block_on(provider.models())?;
            models.retain(|m| m.tuned || !tuned);
            output.result(&models, |models| table(models))?;
        }
        Action::DeleteFile(Doomed { id, confirmed }) => {
            confirmed.check(&format!("the file {id}"))?;
            block_on(provider.delete_file(id))?;
            deleted(id, output)?;
        }
        Action::DeleteModel(Doomed { id, confirmed }) => {
            confirmed.check(&format!("the model {id}"))?;
            block_on(provider.delete_model(id))?;
            for entry in block_on(run::registry(&ports).list())? {
                if entry.config.model_name.ends_with(id.as_str()) {
                    output.note(&format!(
                        "{} is registered with this model; take it out with: registry remove {}",
                        entry.key, entry.key
                    ));
                }
            }
            deleted(id, output)?;
        }
    }
    Ok(Outcome::Done)
}

fn deleted(id: &str, output: &Output) -> Result<()> {
    output.result(&serde_json::json!({"deleted": id}), |_| {
        format!("{id}: deleted, or gone before")
    })
}

/// Vendor and options from the arguments.
fn place(at: &At) -> Result<(ProviderName, ProviderOptions)> {
    if let Some(path) = &at.config {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|e| {
            Error::caller("file_unreadable", e.to_string())
                .at(shown.clone())
                .hint("check the path")
        })?;
        let config = FineTuneConfig::from_json(&text)?;
        return Ok((config.provider, config.provider_options));
    }
    let named = PROVIDERS
        .iter()
        .find(|v| at.provider.as_deref() == Some(v.name().id()));
    let vendor = named.ok_or_else(|| {
        Error::caller("provider_missing", "no vendor is named")
            .at("--provider")
            .hint("name one, or give the configuration of a job with --config")
    })?;
    let mut options = Map::new();
    for option in &at.options {
        let (field, text) = option.split_once('=').ok_or_else(|| {
            Error::caller("option", format!("{option:?} has no ="))
                .at("--option")
                .hint("write FIELD=VALUE, such as account=my-account")
        })?;
        options.insert(field.to_owned(), Value::String(text.to_owned()));
    }
    let options: ProviderOptions = serde_json::from_value(Value::Object(options)).map_err(|e| {
        Error::caller("option", e.to_string())
            .at("--option")
            .hint("the fields are those of provider_options in a configuration")
    })?;
    crate::problem::check(&options.validate())?;
    Ok((vendor.name(), options))
}

fn table(models: &[ListedModel]) -> String {
    let mut rows = vec![["MODEL", "OWNER", "TUNED", "ENDS"].map(str::to_owned)];
    for m in models {
        rows.push([
            m.id.clone(),
            m.owner.clone().unwrap_or_default(),
            if m.tuned { "yes" } else { "" }.to_owned(),
            m.shutdown_date.clone().unwrap_or_default(),
        ]);
    }
    columns(&rows)
}
