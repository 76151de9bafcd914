//! Data and settings: storage, appearance, about.

use leptos::prelude::*;

use crate::app::browser;
use crate::app::context::{Ctx, ThemeChoice};
use crate::app::page;
use crate::app::part::dialog::confirm;
use crate::app::part::icon::{self, icon};
use crate::app::part::notice::{self, Tone};
use crate::app::state::number;
use crate::app::{dataset, work};

pub(crate) fn page(ctx: Ctx) -> impl IntoView {
    let estimate = RwSignal::new(None::<(f64, f64)>);
    leptos::task::spawn_local(async move {
        let e = browser::storage_estimate().await;
        let _ = estimate.try_set(e);
    });
    view! {
        <div class="page">
            {page::head("Data and settings", "What is kept in this browser, and how the app looks", ())}
            <section class="panel">
                <h2>"Storage"</h2>
                {move || {
                    let (used, quota) = estimate
                        .get()
                        .map_or((String::from("unknown"), String::new()), |(u, q)| {
                            (
                                number::bytes(u as u64),
                                format!("of {} the browser allows", number::bytes(q as u64)),
                            )
                        });
                    let pictures: u64 = ctx
                        .samples
                        .with(|s| s.values().map(|p| p.shot.image_bytes).sum());
                    notice::tiles(
                        vec![
                            ("Kept in this browser".into(), used, quota),
                            (
                                "Pictures in this tab".into(),
                                number::bytes(pictures),
                                "made again from the seed when you come back".into(),
                            ),
                            (
                                "Workers".into(),
                                number::count(ctx.pool.with_value(|p| p.size() as u64)),
                                "generate in the background".into(),
                            ),
                        ],
                    )
                }}
                {notice::notice(
                    Tone::Info,
                    "Browser storage can be cleared by the browser or by you. Keys are never stored.",
                )}
                {jobs_file(ctx)}
            </section>
            <section class="panel ruled">
                <h2>"Appearance"</h2>
                <div class="chips" role="group" aria-label="Theme">
                    {ThemeChoice::ALL
                        .into_iter()
                        .map(|t| {
                            view! {
                                <button
                                    type="button"
                                    class="chip"
                                    aria-pressed=move || (ctx.theme.get() == t).to_string()
                                    on:click=move |_| ctx.set_theme(t)
                                >
                                    {number::words(t.name())}
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
            </section>
            <section class="panel ruled">
                <h2>"About"</h2>
                <p class="dim">
                    "Screensmith " {env!("CARGO_PKG_VERSION")}
                    ". The same seed and configuration make the same bytes here, in Node and on the command line."
                </p>
                <div class="row">
                    <button type="button" class="button small" on:click=move |_| ctx.help.set(true)>
                        "Keys"
                    </button>
                </div>
            </section>
        </div>
    }
}

/// Jobs in and out as `jobs.json`, and clearing everything.
fn jobs_file(ctx: Ctx) -> impl IntoView {
    let sure = RwSignal::new(false);
    let read = move |e: leptos::ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&e);
        let Some(file) = input.files().and_then(|f| f.get(0)) else {
            return;
        };
        leptos::task::spawn_local(async move {
            match browser::blob_bytes(&file).await.map(String::from_utf8) {
                Ok(Ok(text)) => work::import_jobs(ctx, text),
                Ok(Err(_)) => ctx.toast(Tone::Error, "This file is no text"),
                Err(e) => ctx.failed("The file could not be read", browser::js_text(&e)),
            }
            input.set_value("");
        });
    };
    view! {
        <div class="row">
            <button type="button" class="button" on:click=move |_| work::export_jobs(ctx)>
                {icon(icon::DOWNLOAD)}
                "Export jobs.json"
            </button>
            <label class="button">
                {icon(icon::UPLOAD)}
                "Import jobs.json"
                <input
                    class="visually-hidden"
                    type="file"
                    accept="application/json,.json"
                    on:change=read
                />
            </label>
            <button type="button" class="button quiet" on:click=move |_| sure.set(true)>
                "Clear this browser’s data…"
            </button>
        </div>
        {clear_dialog(ctx, sure)}
    }
}

/// Names what goes before it goes: there is no way back.
fn clear_dialog(ctx: Ctx, open: RwSignal<bool>) -> impl IntoView {
    confirm(
        open,
        "Clear this browser’s data",
        view! {
                <p>"Deleted for good, in this browser:"</p>
                <ul class="plain-list">
                    <li>
                        {move || number::things(ctx.jobs.with(|l| l.len() as u64), "job")}
                        " with events, notes and fetched files"
                    </li>
                    <li>
                        {move || {
                            number::things(ctx.models.with(|l| l.len() as u64), "registered model")
                        }}
                        " with all versions and aliases"
                    </li>
                    <li>"the dataset’s definition, datasets stored for jobs, answers of comparisons"</li>
                </ul>
                <p class="hint">
                    "“Export jobs.json” keeps the jobs, “Export all” on the Models page the models. What lies at a vendor stays there."
                </p>
        },
        "Keep everything",
        ("Delete everything", move || dataset::clear_all(ctx)),
    )
}
