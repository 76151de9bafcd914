//! Models: the registry, one row a key.

use std::collections::BTreeSet;

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::page;
use crate::app::part::icon::{self, icon};
use crate::app::part::notice;
use crate::app::part::{job_state, model_state};
use crate::app::route::Route;
use crate::app::{browser, models};
use crate::base::time::Timestamp;
use crate::registry::Lineage;

pub(crate) fn page(ctx: Ctx) -> impl IntoView {
    let tag = RwSignal::new(None::<String>);
    view! {
        <div class="page">
            {page::head(
                "Models",
                "Registered models, by the key they are called with",
                files(ctx),
            )}
            {move || {
                let models = ctx.models.get();
                if models.is_empty() {
                    return notice::empty(
                            "No models yet",
                            "A job with a registry key registers its model here when it is done, with where it comes from and what it was trained to expect.",
                            view! { <a class="button" href="#/jobs">"To the jobs"</a> },
                        )
                        .into_any();
                }
                let tags: BTreeSet<String> = models
                    .iter()
                    .flat_map(|l| l.versions.iter().flat_map(|e| e.tags.iter().cloned()))
                    .collect();
                // A tag that nothing carries any more hides nothing.
                let wanted = tag.get().filter(|t| tags.contains(t));
                let shown: Vec<Lineage> = models
                    .into_iter()
                    .filter(|l| {
                        wanted
                            .as_ref()
                            .is_none_or(|t| l.versions.iter().any(|e| e.tags.contains(t)))
                    })
                    .collect();
                view! {
                    {(!tags.is_empty()).then(|| filter(tag, tags))}
                    {table(&shown)}
                }
                    .into_any()
            }}
        </div>
    }
}

/// The registry as a file, out and in.
fn files(ctx: Ctx) -> impl IntoView {
    let none = move || ctx.models.with(Vec::is_empty);
    let read = move |e: leptos::ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&e);
        let Some(file) = input.files().and_then(|f| f.get(0)) else {
            return;
        };
        leptos::task::spawn_local(async move {
            match browser::file_text(&file).await {
                Ok(text) => models::import(ctx, text),
                Err(e) => ctx.failed("The file could not be read", e),
            }
            input.set_value("");
        });
    };
    view! {
        <a class="button" href="#/playground">"Playground"</a>
        <a class="button" href="#/compare">"Compare"</a>
        <label class="button">
            {icon(icon::UPLOAD)}
            "Import"
            <input class="visually-hidden" type="file" accept="application/json,.json" on:change=read />
        </label>
        <button
            type="button"
            class="button"
            disabled=none
            on:click=move |_| models::export(ctx)
        >
            {icon(icon::DOWNLOAD)}
            "Export all"
        </button>
    }
}

/// Chips of all tags; one of them may be on.
fn filter(tag: RwSignal<Option<String>>, tags: BTreeSet<String>) -> impl IntoView {
    view! {
        <div class="chips" role="group" aria-label="Only models with this tag">
            {tags
                .into_iter()
                .map(|t| {
                    let (mine, name) = (t.clone(), t.clone());
                    view! {
                        <button
                            type="button"
                            class="chip"
                            aria-pressed=move || {
                                tag.with(|on| on.as_ref() == Some(&mine)).to_string()
                            }
                            on:click=move |_| {
                                tag.update(|on| {
                                    *on = if on.as_ref() == Some(&t) { None } else { Some(t.clone()) };
                                });
                            }
                        >
                            {name}
                        </button>
                    }
                })
                .collect_view()}
        </div>
    }
}

fn table(models: &[Lineage]) -> impl IntoView + use<> {
    let now = Timestamp::from_millis(browser::now() as i64);
    view! {
        <div class="table-wrap" role="region" aria-label="Models" tabindex="0">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Key"</th>
                        <th scope="col">"Version"</th>
                        <th scope="col">"Aliases"</th>
                        <th scope="col">"Model"</th>
                        <th scope="col">"From"</th>
                        <th scope="col" class="num">"Loss"</th>
                        <th scope="col">"Answers until"</th>
                        <th scope="col">"Registered"</th>
                    </tr>
                </thead>
                <tbody>{models.iter().map(|l| row(l, now)).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn row(l: &Lineage, now: Timestamp) -> impl IntoView + use<> {
    let m = l.current()?;
    let p = &m.provenance;
    let version = match l.versions.len() {
        1 => m.version.to_string(),
        n => format!("{} ({n} kept)", m.version),
    };
    let aliases = l
        .aliases
        .iter()
        .map(|a| {
            view! {
                <a class="badge" href=Route::Model(a.alias.clone()).href()>
                    {a.alias.clone()}
                </a>
            }
        })
        .collect_view();
    Some(view! {
        <tr>
            <td>
                <span class="row nowrap">
                    <a href=Route::Model(l.key.clone()).href()>{l.key.clone()}</a>
                    {p.simulated.then(job_state::simulated_badge)}
                </span>
            </td>
            <td class="nowrap">{version}</td>
            <td>
                <span class="row nowrap">{aliases}</span>
            </td>
            <td class="mono breaks">{m.config.model_name.clone()}</td>
            <td class="nowrap">{p.base_model.clone().unwrap_or_default()}</td>
            <td class="num mono">{p.validation_loss.map(|l| format!("{l:.3}"))}</td>
            <td>{model_state::until(m, now)}</td>
            <td class="dim nowrap">{m.registered_at.date()}</td>
        </tr>
    })
}
