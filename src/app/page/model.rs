//! One registered model: its versions and names, where it comes from, how it is called.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::page::{self, generate::tab, model_names};
use crate::app::part::notice::{self, Tone};
use crate::app::part::time::time;
use crate::app::part::{code, job_state, model_state};
use crate::app::route::Route;
use crate::app::state::number;
use crate::app::state::told::Told as _;
use crate::app::{browser, models};
use crate::base::time::Timestamp;
use crate::registry::{EXPORTS, Export, Lineage, RegistryEntry};

/// The page of `KEY`, `KEY@2` or an alias.
pub(crate) fn page(ctx: Ctx, reference: String) -> impl IntoView {
    let wanted = reference.clone();
    let found = Memo::new(move |_| models::find(ctx, &wanted));
    // The page is drawn anew when another version is meant, not when a note changes.
    let which = Memo::new(move |_| found.with(|f| f.as_ref().map(|(_, e)| e.reference())));
    let form = RwSignal::new(Export::SkyvernPython);
    view! {
        <div class="page">
            {move || match which.get().and_then(|_| found.get_untracked()) {
                Some((_, entry)) => one(ctx, &reference, found, &entry, form).into_any(),
                None if !ctx.opened.get() => {
                    view! {
                        <h1>{reference.clone()}</h1>
                        <p class="dim" role="status">"Reading…"</p>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <h1>{reference.clone()}</h1>
                        {notice::empty(
                            "No such model in this browser",
                            "It may have been removed, or it is registered in another browser.",
                            view! { <a class="button" href="#/models">"All models"</a> },
                        )}
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// The lineage and the version shown of it.
pub(crate) type Found = Memo<Option<(Lineage, RegistryEntry)>>;

fn one(
    ctx: Ctx,
    reference: &str,
    found: Found,
    entry: &RegistryEntry,
    form: RwSignal<Export>,
) -> impl IntoView + use<> {
    let now = Timestamp::from_millis(browser::now() as i64);
    let (key, number) = (entry.key.clone(), entry.version);
    let title = if reference == key {
        key.clone()
    } else {
        entry.reference()
    };
    let simulated = entry.provenance.simulated;
    let compare = Route::Compare(entry.reference()).href();
    let try_it = Route::Playground(entry.reference()).href();
    let removed = key.clone();
    let removing = move || {
        found.with(|f| match f.as_ref().map_or(0, |(l, _)| l.versions.len()) {
            0 | 1 => "Remove from the registry".to_owned(),
            n => format!("Remove all {n} versions from the registry"),
        })
    };
    view! {
        {page::head(
            title,
            "How it is called, and what it was trained to expect",
            view! {
                {simulated.then(job_state::simulated_badge)}
                <span class="badge">{format!("Version {number}")}</span>
                <a class="button" href=try_it>"Try it"</a>
                <a class="button" href=compare>"Compare with its base"</a>
                <a class="button" href="#/models">"All models"</a>
            },
        )}
        {model_state::notices(entry, now)}
        {model_names::not_current(ctx, found)}
        {model_names::versions(ctx, found, now)}
        {model_names::aliases(ctx, found)}
        {model_names::notes(ctx, found, &entry.reference())}
        <section class="panel ruled">
            <h2>"Where it comes from"</h2>
            {facts(entry, now)}
        </section>
        <section class="panel ruled">
            <h2>"Use it"</h2>
            <div class="tabs" role="tablist" aria-label="Form">
                {EXPORTS
                    .iter()
                    .map(|(e, _, _)| {
                        let e = *e;
                        tab(e.title(), Signal::derive(move || form.get() == e), move || form.set(e))
                    })
                    .collect_view()}
            </div>
            {move || {
                let file = EXPORTS.iter().find(|e| e.0 == form.get()).map_or("", |e| e.2);
                found
                    .with(|f| f.as_ref().map(|(_, e)| e.export(form.get())))
                    .map(|text| match text {
                        Ok(text) => code::file(ctx, file, text),
                        Err(e) => notice::notice(Tone::Warn, e.told()).into_any(),
                    })
            }}
        </section>
        <section class="panel ruled">
            <div class="row">
                <button
                    type="button"
                    class="button danger small"
                    on:click=move |_| {
                        models::deregister(ctx, removed.clone());
                        ctx.go(&Route::Models);
                    }
                >
                    {removing}
                </button>
            </div>
        </section>
    }
}

/// Provenance and configuration.
fn facts(entry: &RegistryEntry, now: Timestamp) -> impl IntoView + use<> {
    let (c, p) = (&entry.config, &entry.provenance);
    let text = |v: &Option<String>| v.clone();
    let prompts = match &p.system_prompts[..] {
        [] => text(&p.system_prompt),
        several => Some(several.join(" ⏎ ")),
    };
    let rows: Vec<(&'static str, String)> = [
        ("Model", Some(c.model_name.clone())),
        ("Base model", text(&p.base_model)),
        (
            "Provider",
            p.provider.map(|n| n.vendor().label().to_owned()),
        ),
        ("Dataset fingerprint", text(&p.dataset_fingerprint)),
        ("Coordinates", text(&p.convention)),
        (
            "Largest picture",
            p.image_size.map(|[w, h]| format!("{w} × {h} px")),
        ),
        ("System prompt", prompts),
        (
            "Needs",
            Some(c.required_env_vars.join(", ")).filter(|s| !s.is_empty()),
        ),
        (
            "Longest answer",
            c.max_completion_tokens
                .or(c.max_tokens)
                .map(|n| number::things(u64::from(n), "token")),
        ),
        ("Temperature", c.temperature.map(|t| t.to_string())),
        ("Effort", text(&c.reasoning_effort)),
        (
            "Validation loss",
            p.validation_loss.map(|l| format!("{l:.4}")),
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect();
    let until = model_state::until(entry, now);
    view! {
        <dl class="facts">
            {rows
                .into_iter()
                .map(|(name, value)| view! { <dt>{name}</dt><dd class="mono">{value}</dd> })
                .collect_view()}
            <dt>"Registered"</dt>
            <dd class="mono">{time(entry.registered_at)}</dd>
            <dt>"Answers until"</dt>
            <dd>{until}</dd>
            {text(&p.job_id)
                .map(|id| {
                    view! {
                        <dt>"Job"</dt>
                        <dd>
                            <a href=Route::Job(id.clone()).href()>{id.clone()}</a>
                        </dd>
                    }
                })}
        </dl>
    }
}
