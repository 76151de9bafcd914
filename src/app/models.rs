//! Registered models: changes go to the registry, and the registry back into the pages.

use std::future::Future;

use leptos::prelude::*;

use crate::app::browser;
use crate::app::context::Ctx;
use crate::app::part::notice::Tone;
use crate::app::state::number;
use crate::error::Result;
use crate::registry::{Lineage, LlmConfigRegistry, RegistryEntry};

/// Shows the models as they are in the store.
pub(crate) fn reload(ctx: Ctx) {
    leptos::task::spawn_local(async move { read(ctx).await });
}

async fn read(ctx: Ctx) {
    let Some(work) = ctx.work() else { return };
    match work.registry.lineages().await {
        Ok(list) => ctx.models.set(list),
        Err(e) => ctx.failed("Models could not be read", e),
    }
}

/// Changes the registry and shows it; `failed` says what did not happen.
pub(crate) fn change<T, F>(
    ctx: Ctx,
    failed: &'static str,
    what: impl FnOnce(LlmConfigRegistry) -> F + 'static,
    then: impl FnOnce(T) + 'static,
) where
    F: Future<Output = Result<T>> + 'static,
    T: 'static,
{
    let Some(work) = ctx.work() else { return };
    leptos::task::spawn_local(async move {
        match what(work.registry).await {
            Ok(done) => {
                read(ctx).await;
                then(done);
            }
            Err(e) => ctx.failed(failed, e),
        }
    });
}

/// Takes a model out of the registry, with a way back.
pub(crate) fn deregister(ctx: Ctx, key: String) {
    change(
        ctx,
        "Not removed",
        move |r| async move { Ok((r.take(&key).await?, key)) },
        move |(gone, key)| {
            let Some(gone) = gone else { return };
            ctx.done(format!("{key} is no longer registered"), move || {
                let (gone, key) = (gone.clone(), key.clone());
                change(
                    ctx,
                    "Not put back",
                    move |r| async move { r.put_back(&gone).await },
                    move |()| ctx.toast(Tone::Ok, format!("{key} is registered again")),
                );
            });
        },
    );
}

/// Takes one version out of the registry, with a way back.
pub(crate) fn remove_version(ctx: Ctx, entry: &RegistryEntry) {
    let (key, version) = (entry.key.clone(), entry.version);
    change(
        ctx,
        "Not removed",
        move |r| async move { r.remove_version(&key, version).await },
        move |entry| {
            ctx.done(format!("{} is removed", entry.reference()), move || {
                let entry = entry.clone();
                change(
                    ctx,
                    "Not put back",
                    move |r| async move { r.put_back_version(&entry).await },
                    |()| {},
                );
            });
        },
    );
}

/// The model that `reference` means, with its lineage.
pub(crate) fn find(ctx: Ctx, reference: &str) -> Option<(Lineage, RegistryEntry)> {
    ctx.models.with(|all| {
        all.iter()
            .find_map(|l| Some((l.clone(), l.find(reference)?.clone())))
    })
}

/// Offers the whole registry as a file.
pub(crate) fn export(ctx: Ctx) {
    change(
        ctx,
        "Not exported",
        |r| async move { r.export_json().await },
        move |text| browser::save(ctx, text.as_bytes(), "application/json", "models.json"),
    );
}

/// Takes in a file that [`export`] or the command line wrote; all of it or nothing.
pub(crate) fn import(ctx: Ctx, text: String) {
    change(
        ctx,
        "Nothing was imported",
        move |r| async move { r.import_json(&text).await },
        move |done| {
            let text = number::import_told(done.added, done.same, "version");
            ctx.toast(Tone::Ok, text);
        },
    );
}
