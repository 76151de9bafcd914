//! What its owner keeps with a job: note, tags, the whole run as a file, another try.

use std::future::Future;

use leptos::prelude::*;

use crate::app::browser;
use crate::app::context::Ctx;
use crate::app::part::icon::{self, icon};
use crate::app::route::Route;
use crate::app::state::job_form::{Earlier, JobForm};
use crate::app::work::{self, Work};
use crate::error::Result;
use crate::job::FineTuneJob;

/// A note is kept when nothing was typed for so long.
const NOTE_AFTER_MS: i32 = 500;

pub(crate) fn section(
    ctx: Ctx,
    id: String,
    job: impl Fn() -> Option<FineTuneJob> + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let ended = Memo::new(move |_| job().is_some_and(|j| j.state.is_final()));
    let practice = Memo::new(move |_| job().is_some_and(|j| j.simulated));
    let tags = Memo::new(move |_| {
        job()
            .map(|j| j.tags.into_iter().collect::<Vec<_>>().join(", "))
            .unwrap_or_default()
    });
    let note = Memo::new(move |_| job().map(|j| j.note).unwrap_or_default());
    let (for_tags, for_note, for_run) = (id.clone(), id.clone(), id.clone());
    let (for_retry, for_clean) = (id.clone(), id.clone());
    let set_tags = move |e: leptos::ev::Event| {
        let wanted: Vec<String> = event_target_value(&e)
            .split(',')
            .map(|t| t.trim().to_owned())
            .filter(|t| !t.is_empty())
            .collect();
        let (id, had) = (for_tags.clone(), tags.get_untracked());
        change(ctx, "Tags not kept", move |w| async move {
            let gone: Vec<String> = had
                .split(", ")
                .filter(|t| !wanted.iter().any(|w| w == t))
                .map(str::to_owned)
                .collect();
            w.tuner.job_manager().tag(&id, &wanted, &gone).await
        });
    };
    // What is typed stays on the screen while earlier words of it are being kept.
    let typed = RwSignal::new(None::<String>);
    let keep_note = move || {
        let Some(text) = typed.get_untracked() else {
            return;
        };
        let id = for_note.clone();
        change(ctx, "Note not kept", move |w| async move {
            w.tuner.job_manager().set_note(&id, &text).await
        });
    };
    let keep_later = keep_note.clone();
    let inputs = StoredValue::new(0u64);
    let set_note = move |e: leptos::ev::Event| {
        typed.set(Some(event_target_value(&e)));
        let mine = inputs.get_value() + 1;
        inputs.set_value(mine);
        let keep = keep_later.clone();
        leptos::task::spawn_local(async move {
            browser::sleep(NOTE_AFTER_MS).await;
            if inputs.try_get_value() == Some(mine) {
                keep();
            }
        });
    };
    let leave_note = move |_| {
        inputs.update_value(|n| *n += 1);
        keep_note();
    };
    let save_run = move |_| {
        let Some(work) = ctx.work() else { return };
        let id = for_run.clone();
        leptos::task::spawn_local(async move {
            match work.tuner.bundle(&id).await {
                Ok(bytes) => {
                    let saved = browser::bytes_blob(&bytes, "application/zip")
                        .and_then(|b| browser::download(&b, &work::zip_name(ctx, &id, "run")));
                    if let Err(e) = saved {
                        ctx.failed("No download", browser::js_text(&e));
                    }
                }
                Err(e) => ctx.failed("The run was not saved", e),
            }
        });
    };
    let retry = move |_| {
        let Some(work) = ctx.work() else { return };
        let id = for_retry.clone();
        leptos::task::spawn_local(async move {
            let started = match work.tuner.job_manager().duplicate(&id).await {
                Ok(config) => work::start_again(ctx, &id, config).await,
                Err(e) => Err(e),
            };
            match started {
                Ok(job) => ctx.go(&Route::Job(job)),
                Err(e) => ctx.failed("Not started again", e),
            }
        });
    };
    let alter = move |_| {
        let (Some(work), Some(old)) = (ctx.work(), untrack(job)) else {
            return;
        };
        leptos::task::spawn_local(async move {
            match work.tuner.job_manager().duplicate(&old.job_id).await {
                Ok(config) => {
                    let samples = old.metrics.train_samples + old.metrics.validation_samples;
                    let job_id = old.job_id;
                    ctx.draft.set(Some(JobForm::again(Earlier {
                        job_id,
                        config,
                        samples,
                    })));
                    ctx.go(&Route::NewJob);
                }
                Err(e) => ctx.failed("Not taken over", e),
            }
        });
    };
    view! {
        <section class="panel ruled stack">
            <h2>"Notes"</h2>
            <div class="fields">
                <div class="field wide">
                    <label class="field-label" for="job-tags">"Tags"</label>
                    <input
                        class="input"
                        id="job-tags"
                        autocomplete="off"
                        prop:value=move || tags.get()
                        on:change=set_tags
                    />
                    <p class="hint">"between commas"</p>
                </div>
                <div class="field wide">
                    <label class="field-label" for="job-note">"Note"</label>
                    <textarea
                        class="input"
                        id="job-note"
                        rows="3"
                        prop:value=move || typed.get().unwrap_or_else(|| note.get())
                        on:input=set_note
                        on:change=leave_note
                    ></textarea>
                </div>
            </div>
            <div class="row">
                <button type="button" class="button" on:click=save_run>
                    {icon(icon::DOWNLOAD)}
                    "Save the whole run"
                </button>
                {move || {
                    let retry = retry.clone();
                    // A real job costs: it starts only from the form, with its check.
                    (ended.get() && practice.get())
                        .then(|| {
                            view! {
                                <button type="button" class="button" on:click=retry>
                                    {icon(icon::AGAIN)}
                                    "Run again"
                                </button>
                            }
                        })
                }}
                <button type="button" class="button" on:click=alter>
                    {move || match (ended.get(), practice.get()) {
                        (false, _) => "Duplicate…",
                        (true, true) => "Change and run again…",
                        (true, false) => "Run again…",
                    }}
                </button>
            </div>
            {move || ended.get().then(|| put_away(ctx, id.clone(), job))}
            {clean(ctx, for_clean, job)}
        </section>
    }
}

/// Out of the list, or out of this browser.
fn put_away(
    ctx: Ctx,
    id: String,
    job: impl Fn() -> Option<FineTuneJob> + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let archived = Memo::new(move |_| job().is_some_and(|j| j.archived));
    let for_delete = id.clone();
    let archive = move |_| {
        let (id, wish) = (id.clone(), !archived.get_untracked());
        change(ctx, "Not archived", move |w| async move {
            w.tuner.job_manager().archive(&id, wish).await
        });
    };
    view! {
        <div class="row">
            <button type="button" class="button quiet" on:click=archive>
                {move || if archived.get() { "Take out of the archive" } else { "Archive" }}
            </button>
            <button
                type="button"
                class="button quiet"
                on:click=move |_| work::delete(ctx, for_delete.clone())
            >
                "Delete job"
            </button>
        </div>
    }
}

/// Deletes what the job uploaded, after a second word of its owner.
fn clean(
    ctx: Ctx,
    id: String,
    job: impl Fn() -> Option<FineTuneJob> + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let asked = RwSignal::new(false);
    let left = Memo::new(move |_| job().is_some_and(|j| j.can_be_cleaned()));
    move || {
        if !left.get() {
            return None;
        }
        let id = id.clone();
        let delete = move |_| {
            let id = id.clone();
            asked.set(false);
            change(ctx, "Not deleted", move |w| async move {
                w.tuner.clean(&id).await?;
                w.tuner.job_manager().get(&id).await
            });
        };
        let view = if asked.get() {
            view! {
                <span>"Delete the files that this job uploaded? The model stays."</span>
                <button type="button" class="button danger" on:click=delete>
                    "Delete at the vendor"
                </button>
                <button type="button" class="button" on:click=move |_| asked.set(false)>
                    "Keep"
                </button>
            }
            .into_any()
        } else {
            view! {
                <button type="button" class="button" on:click=move |_| asked.set(true)>
                    "Delete uploaded files"
                </button>
            }
            .into_any()
        };
        Some(view! { <div class="row">{view}</div> })
    }
}

/// Changes a job in the store and shows it.
fn change<F>(ctx: Ctx, what: &'static str, f: impl FnOnce(Work) -> F + 'static)
where
    F: Future<Output = Result<FineTuneJob>> + 'static,
{
    let Some(work) = ctx.work() else { return };
    leptos::task::spawn_local(async move {
        match f(work).await {
            Ok(job) => work::put(ctx, &job),
            Err(e) => ctx.failed(what, e),
        }
    });
}
