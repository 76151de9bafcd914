//! Models: the registry, and how each model is used in Skyvern.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::page::{self, generate::tab};
use crate::app::part::notice::{self, Tone};
use crate::app::part::{code, job_state};
use crate::app::route::Route;
use crate::app::state::number;
use crate::app::work;
use crate::registry::{EXPORTS, Export, RegistryEntry};

pub(crate) fn page(ctx: Ctx) -> impl IntoView {
    view! {
        <div class="page">
            {page::head("Models", "Registered models, by the key they are called with", ())}
            {move || {
                let models = ctx.models.get();
                if models.is_empty() {
                    notice::empty(
                        "No models yet",
                        "A job with a registry key registers its model here when it is done, with where it comes from and what it was trained to expect.",
                        view! { <a class="button" href="#/jobs">"To the jobs"</a> },
                    )
                        .into_any()
                } else {
                    table(&models).into_any()
                }
            }}
        </div>
    }
}

fn table(models: &[RegistryEntry]) -> impl IntoView + use<> {
    view! {
        <div class="table-wrap" role="region" aria-label="Models" tabindex="0">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Key"</th>
                        <th scope="col">"Model"</th>
                        <th scope="col">"From"</th>
                        <th scope="col" class="num">"Validation loss"</th>
                        <th scope="col">"Answers until"</th>
                        <th scope="col">"Registered"</th>
                    </tr>
                </thead>
                <tbody>
                    {models
                        .iter()
                        .map(|m| {
                            let p = &m.provenance;
                            view! {
                                <tr>
                                    <td>
                                        <span class="row nowrap">
                                            <a href=Route::Model(m.key.clone()).href()>{m.key.clone()}</a>
                                            {p.simulated.then(job_state::simulated_badge)}
                                        </span>
                                    </td>
                                    <td class="mono">{m.config.model_name.clone()}</td>
                                    <td class="nowrap">{p.base_model.clone().unwrap_or_default()}</td>
                                    <td class="num mono">
                                        {p.validation_loss.map(|l| format!("{l:.3}"))}
                                    </td>
                                    <td class="nowrap">{p.end_of_life.clone().unwrap_or_else(|| "–".into())}</td>
                                    <td class="dim nowrap">{number::time(&m.registered_at.to_string())}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
}

/// One model.
pub(crate) fn detail(ctx: Ctx, key: String) -> impl IntoView {
    let mine = key.clone();
    let entry = Memo::new(move |_| {
        ctx.models
            .with(|l| l.iter().find(|m| m.key == mine).cloned())
    });
    view! {
        <div class="page">
            {move || match entry.get() {
                Some(e) => one(ctx, e).into_any(),
                None => {
                    view! {
                        <h1>{key.clone()}</h1>
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

fn one(ctx: Ctx, entry: RegistryEntry) -> impl IntoView {
    let p = entry.provenance.clone();
    let form = RwSignal::new(Export::SkyvernPython);
    let sure = RwSignal::new(false);
    let (shown, removed) = (entry.clone(), entry.clone());
    let facts: Vec<(&'static str, String)> = [
        ("Model", Some(entry.config.model_name.clone())),
        ("Base model", p.base_model.clone()),
        (
            "Provider",
            p.provider.map(|n| n.vendor().label().to_owned()),
        ),
        ("Dataset", p.dataset_fingerprint.clone()),
        ("Coordinates", p.convention.clone()),
        (
            "Largest picture",
            p.image_size.map(|[w, h]| format!("{w} × {h} px")),
        ),
        (
            "Needs",
            Some(entry.config.required_env_vars.join(", ")).filter(|s| !s.is_empty()),
        ),
        ("Answers until", p.end_of_life.clone()),
        (
            "Registered",
            Some(number::time(&entry.registered_at.to_string())),
        ),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect();
    view! {
        {page::head(
            entry.key.clone(),
            "How it is called, and what it was trained to expect",
            view! {
                {p.simulated.then(job_state::simulated_badge)}
                <a class="button" href="#/models">"All models"</a>
            },
        )}
        {p
            .simulated
            .then(|| {
                notice::notice(
                    Tone::Warn,
                    view! {
                        <strong>"Simulated. "</strong>
                        "Nothing was trained: no provider answers to this model name."
                    },
                )
            })}
        {p
            .awaits_training
            .then(|| {
                notice::notice(
                    Tone::Info,
                    "The bundle is written; train and serve it with its own instructions before you use this key.",
                )
            })}
        <dl class="facts">
            {facts
                .into_iter()
                .map(|(name, value)| view! { <dt>{name}</dt><dd class="mono">{value}</dd> })
                .collect_view()}
            {p
                .job_id
                .map(|id| {
                    view! {
                        <dt>"Job"</dt>
                        <dd>
                            <a href=Route::Job(id.clone()).href()>{id.clone()}</a>
                        </dd>
                    }
                })}
        </dl>
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
                match shown.export(form.get()) {
                    Ok(text) => code::code(ctx, file, move || text.clone(), false),
                    Err(e) => notice::notice(Tone::Warn, e.to_string()).into_any(),
                }
            }}
        </section>
        <section class="panel ruled">
            <div class="row">
                {move || {
                    let entry = removed.clone();
                    if sure.get() {
                        view! {
                            <button
                                type="button"
                                class="button danger small"
                                on:click=move |_| {
                                    work::deregister(ctx, &entry);
                                    ctx.go(&Route::Models);
                                }
                            >
                                "Remove for good"
                            </button>
                            <button
                                type="button"
                                class="button quiet small"
                                on:click=move |_| sure.set(false)
                            >
                                "Keep"
                            </button>
                        }
                            .into_any()
                    } else {
                        view! {
                            <button
                                type="button"
                                class="button quiet small"
                                on:click=move |_| sure.set(true)
                            >
                                "Remove from the registry…"
                            </button>
                        }
                            .into_any()
                    }
                }}
            </div>
        </section>
    }
}
