//! One job: where it stands, its curves, its events, what it leaves behind.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::page::{
    self, job_artifacts, job_checkpoints, job_curves, job_manage, job_progress,
};
use crate::app::part::dialog::confirm;
use crate::app::part::icon::{self, icon};
use crate::app::part::notice::{self, Tone};
use crate::app::part::time::time;
use crate::app::part::{code, findings, job_state, secret};
use crate::app::route::Route;
use crate::app::state::number;
use crate::app::work;
use crate::job::{FineTuneJob, State};
use crate::provider::{EventKind, Level, MetricPoint, RemoteEvent};

pub(crate) fn page(ctx: Ctx, id: String) -> impl IntoView {
    let of_events = id.clone();
    // After a reload the store opens later than the page.
    Effect::new(move |_| {
        if ctx.opened.get() {
            work::load_events(ctx, of_events.clone());
        }
    });
    let (mine, events_of) = (id.clone(), id.clone());
    let job = Memo::new(move |_| {
        ctx.jobs
            .with(|l| l.iter().find(|j| j.job_id == mine).cloned())
    });
    let events = Memo::new(move |_| {
        ctx.events
            .with(|e| e.get(&events_of).cloned().unwrap_or_default())
    });
    let points_of = id.clone();
    let later = Memo::new(move |_| {
        ctx.points
            .with(|p| p.get(&points_of).cloned().unwrap_or_default())
    });
    let there = Memo::new(move |_| job.with(Option::is_some));
    view! {
        <div class="page">
            {move || {
                if there.get() {
                    let now = move || job.get();
                    detail(ctx, id.clone(), now, events, later).into_any()
                } else if !ctx.opened.get() {
                    view! {
                        <h1>{format!("Job {id}")}</h1>
                        <p class="dim" role="status">"Reading…"</p>
                    }
                        .into_any()
                } else {
                    view! {
                        <h1>{format!("Job {id}")}</h1>
                        {notice::empty(
                            "No such job in this browser",
                            "It may have been deleted, or it belongs to another browser.",
                            view! { <a class="button" href="#/jobs">"All jobs"</a> },
                        )}
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

fn detail(
    ctx: Ctx,
    id: String,
    job: impl Fn() -> Option<FineTuneJob> + Copy + Send + Sync + 'static,
    events: Memo<Vec<RemoteEvent>>,
    later: Memo<Vec<MetricPoint>>,
) -> impl IntoView {
    let (cancel_id, for_files) = (id.clone(), id.clone());
    // Changes of notes or numbers leave the list of fetched files as it is.
    let left = Memo::new(move |_| {
        let ended = |j: &FineTuneJob| j.state.is_final() && j.state.remote_id().is_some();
        job().filter(ended).map(|j| j.simulated)
    });
    let ended = Memo::new(move |_| job().is_some_and(|j| j.state.is_final()));
    let stopping = RwSignal::new(false);
    let for_stop = id.clone();
    view! {
        {stop_dialog(ctx, for_stop, stopping)}
        {page::head(
            id.clone(),
            move || job().map(|j| {
                let on = match j.metrics.train_samples + j.metrics.validation_samples {
                    0 => String::new(),
                    n => format!(" on {}", number::things(n, "sample")),
                };
                let vendor = j.provider.vendor().label();
                format!("Tuning {}{on} with {vendor}", j.config.base_model)
            }),
            view! {
                {move || job().filter(|j| j.simulated).map(|_| job_state::simulated_badge())}
                {move || job().map(|j| job_state::state(&j))}
                {move || job().map(|j| pause(ctx, &j))}
                {move || {
                    let id = cancel_id.clone();
                    job()
                        .filter(|j| !j.state.is_final())
                        .map(|j| {
                            let asked = j.state.is_cancelling();
                            let practice = j.simulated;
                            view! {
                                <button
                                    type="button"
                                    class="button danger"
                                    disabled=asked
                                    on:click=move |_| match practice {
                                        true => work::cancel(ctx, id.clone()),
                                        false => stopping.set(true),
                                    }
                                >
                                    {if asked { "Cancelling…" } else { "Cancel job" }}
                                </button>
                            }
                        })
                }}
            },
        )}
        {move || {
            job()
                .filter(|j| j.simulated)
                .map(|_| {
                    notice::notice(
                        Tone::Warn,
                        view! {
                            <strong>"Simulated — nothing is sent. "</strong>
                            "No model was trained; the numbers below are made up, the same each time."
                        },
                    )
                })
        }}
        {move || job().map(|j| job_progress::timeline(&j))}
        {move || job().and_then(|j| j.progress()).map(job_progress::trained)}
        {move || job().map(|j| stuck(ctx, &j))}
        {move || job().map(|j| unsaved(ctx, &j))}
        {move || job().map(|j| job_progress::upload(ctx, &j))}
        {move || job().map(|j| outcome(ctx, &j))}
        {move || job().map(|j| job_progress::tiles(&j))}
        {job_curves::section(events, later, ended)}
        {job_checkpoints::section(ctx, id.clone(), job)}
        {event_list(events)}
        {move || left.get().map(|simulated| job_artifacts::section(ctx, for_files.clone(), simulated))}
        {job_manage::section(ctx, id, job)}
        <section class="panel ruled">
            <details class="details">
                <summary>"Configuration this job was started with"</summary>
                {code::code(
                    ctx,
                    "finetune.json",
                    move || {
                        job()
                            .and_then(|j| serde_json::to_string_pretty(&j.config).ok())
                            .unwrap_or_default()
                    },
                    false,
                )}
            </details>
        </section>
    }
}

/// Asks before a real job is stopped: it may have cost something, and cannot go on.
fn stop_dialog(ctx: Ctx, id: String, open: RwSignal<bool>) -> impl IntoView {
    confirm(
        open,
        "Cancel this job?",
        view! { <p>"It cannot go on afterwards, and what was trained so far may be billed."</p> },
        "Let it go on",
        ("Stop it", move || work::cancel(ctx, id.clone())),
    )
}

/// Pause and resume, where the vendor offers them.
fn pause(ctx: Ctx, job: &FineTuneJob) -> impl IntoView + use<> {
    use crate::provider::RemoteState;
    let paused = match &job.state {
        State::Remote { stage, .. }
            if job.provider.vendor().capabilities().pause
                && matches!(stage, RemoteState::Running | RemoteState::Paused)
                && !job.state.is_cancelling() =>
        {
            *stage == RemoteState::Paused
        }
        _ => return None,
    };
    let id = job.job_id.clone();
    Some(view! {
        <button
            type="button"
            class="button"
            on:click=move |_| work::pause(ctx, id.clone(), !paused)
        >
            {if paused { "Resume" } else { "Pause" }}
        </button>
    })
}

/// Why this tab does not go on with a job, and what helps.
fn stuck(ctx: Ctx, job: &FineTuneJob) -> impl IntoView + use<> {
    if job.state.is_final() {
        return None;
    }
    let why = ctx.stuck.with(|s| s.get(&job.job_id).cloned())?;
    let vendor = job.provider.vendor();
    let keys = (!job.simulated).then(|| {
        let optional = secret::keys(ctx, vendor.optional_env_vars());
        (secret::keys(ctx, vendor.job_env_vars()), optional)
    });
    Some(view! {
        <div class="stack">
            {notice::notice(
                Tone::Error,
                view! {
                    <strong>"This job stands still: "</strong>
                    {why}
                },
            )}
            {keys}
            <div class="row">
                <button type="button" class="button primary" on:click=move |_| work::drive(ctx)>
                    "Go on"
                </button>
                {job.state
                    .is_cancelling()
                    .then(|| {
                        let id = job.job_id.clone();
                        view! {
                            <button
                                type="button"
                                class="button"
                                on:click=move |_| work::give_up(ctx, id.clone())
                            >
                                "Give it up here"
                            </button>
                            <span class="hint">
                                "Asks nobody: at the vendor it may still run, and cost."
                            </span>
                        }
                    })}
            </div>
        </div>
    })
}

/// The way out for a job whose files the vendor does not give.
fn unsaved(ctx: Ctx, job: &FineTuneJob) -> impl IntoView + use<> {
    if job.hold.is_none() || !matches!(job.state, State::Saving { .. }) {
        return None;
    }
    let id = job.job_id.clone();
    Some(view! {
        <div class="row">
            <button
                type="button"
                class="button"
                on:click=move |_| work::complete(ctx, id.clone())
            >
                "Complete without the missing files"
            </button>
            <span class="hint">"The model is there; its files can be fetched later."</span>
        </div>
    })
}

/// What a finished job says: its model, or why it failed.
fn outcome(ctx: Ctx, job: &FineTuneJob) -> impl IntoView + use<> {
    let end = match &job.state {
        State::Succeeded { model, .. } => {
            let key = job.config.register_llm_key.clone();
            let registered = key.filter(|k| ctx.models.with(|l| l.iter().any(|m| m.key == *k)));
            Some(
                notice::notice(
                    Tone::Ok,
                    view! {
                        {if job.awaits_training() {
                            view! {
                                <strong>"Bundle written. "</strong>
                                "Nothing is trained yet: its README.md says how. Model "
                            }
                                .into_any()
                        } else {
                            view! {
                                <strong>"Completed. "</strong>
                                "Model "
                            }
                                .into_any()
                        }}
                        <code>{model.clone().unwrap_or_default()}</code>
                        {registered
                            .map(|k| {
                                view! {
                                    ", registered as "
                                    <a href=Route::Model(k.clone()).href()>{k.clone()}</a>
                                }
                            })}
                    },
                )
                .into_any(),
            )
        }
        State::Failed { error, .. } => Some(
            notice::notice(
                Tone::Error,
                view! {
                    <strong>"Failed: "</strong>
                    {error.message.clone()}
                    {(!error.hint.is_empty()).then(|| format!(" — {}", error.hint))}
                    " "
                    <code>{error.code.clone()}</code>
                },
            )
            .into_any(),
        ),
        State::Cancelled { .. } => Some(
            notice::notice(
                Tone::Warn,
                view! {
                    <strong>"Cancelled. "</strong>
                    "What was prepared stays in this browser."
                },
            )
            .into_any(),
        ),
        State::Waiting => job
            .waits_for()
            .map(|what| notice::notice(Tone::Info, format!("Waits for {what}.")).into_any()),
        // Where this tab stands still with the job, `stuck` tells why.
        _ if ctx.stuck.with(|s| s.contains_key(&job.job_id)) => None,
        _ => job
            .hold
            .as_ref()
            .map(|h| notice::notice(Tone::Warn, format!("The job {}", h.told())).into_any()),
    };
    let problems = (!job.problems.is_empty()).then(|| job_state::problems(&job.problems, ""));
    view! { {end} {problems} {findings::of_job(ctx, job)} }
}

fn event_list(events: Memo<Vec<RemoteEvent>>) -> impl IntoView {
    let all = RwSignal::new(false);
    view! {
        <section class="panel ruled">
            <div class="row">
                <h2>"Events"</h2>
                <span class="push"></span>
                <button
                    type="button"
                    class="chip"
                    aria-pressed=move || all.get().to_string()
                    on:click=move |_| all.update(|a| *a = !*a)
                >
                    "With training steps"
                </button>
            </div>
            {move || {
                let list: Vec<RemoteEvent> = events
                    .get()
                    .into_iter()
                    .filter(|e| all.get() || e.kind != EventKind::Metrics)
                    .rev()
                    .take(300)
                    .collect();
                if list.is_empty() {
                    return view! { <p class="dim">"Nothing happened yet."</p> }.into_any();
                }
                view! {
                    <div class="table-wrap short" role="region" aria-label="Events" tabindex="0">
                        <table class="table events">
                            <tbody>
                                {list
                                    .into_iter()
                                    .map(|e| {
                                        let (class, mark) = match e.level {
                                            Level::Info => ("state", icon::INFO),
                                            Level::Warn => ("state warn", icon::ALERT),
                                            Level::Error => ("state error", icon::ALERT),
                                        };
                                        let word = match e.level {
                                            Level::Info => "info",
                                            Level::Warn => "warning",
                                            Level::Error => "error",
                                        };
                                        view! {
                                            <tr>
                                                <td class="dim nowrap mono">
                                                    {time(e.created_at)}
                                                </td>
                                                <td><span class=class>{icon(mark)} {word}</span></td>
                                                <td>{e.message}</td>
                                            </tr>
                                        }
                                    })
                                    .collect_view()}
                            </tbody>
                        </table>
                    </div>
                }
                    .into_any()
            }}
        </section>
    }
}
