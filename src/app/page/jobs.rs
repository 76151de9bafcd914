//! Jobs: the list.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::page;
use crate::app::part::icon::{self, icon};
use crate::app::part::time::time;
use crate::app::part::{job_state, notice};
use crate::app::route::Route;
use crate::app::state::{job_list, number};
use crate::job::FineTuneJob;

pub(crate) fn page(ctx: Ctx) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let most = RwSignal::new(job_list::PAGE);
    let several = Memo::new(move |_| ctx.jobs.with(|l| l.len() > 1));
    view! {
        <div class="page">
            {page::head(
                "Jobs",
                "Fine-tuning runs, real and simulated; they go on where they were after a reload",
                view! { <a class="button primary" href="#/jobs/new">"New job"</a> },
            )}
            {move || several.get().then(|| search(typed, most))}
            {move || ctx.jobs.with(|jobs| {
                if jobs.is_empty() {
                    notice::empty(
                        "No jobs yet",
                        "A job splits and formats the samples, hands them to a provider and follows the training. A simulated job shows the whole way in half a minute; nothing is sent.",
                        view! { <a class="button" href="#/jobs/new">"Set up a job"</a> },
                    )
                        .into_any()
                } else {
                    list(jobs, typed, most).into_any()
                }
            })}
        </div>
    }
}

/// A field that narrows the list while it is typed into.
fn search(typed: RwSignal<String>, most: RwSignal<usize>) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field-label" for="job-search">"Find"</label>
            <input
                class="input"
                id="job-search"
                type="search"
                autocomplete="off"
                placeholder="name, state, provider, model, tag or note"
                prop:value=move || typed.get()
                on:input=move |e| {
                    typed.set(event_target_value(&e));
                    most.set(job_list::PAGE);
                }
            />
        </div>
    }
}

/// The jobs that were asked for, a page of them at first.
fn list(
    jobs: &[FineTuneJob],
    typed: RwSignal<String>,
    most: RwSignal<usize>,
) -> impl IntoView + use<> {
    let words = typed.get();
    let mut found = job_list::chosen(jobs, &words);
    let rest = found.len().saturating_sub(most.get());
    found.truncate(most.get());
    let away = job_list::archived(jobs);
    let count = match (found.is_empty(), away > 0 && !words.contains("archived")) {
        (true, false) => "No job is like that.".to_owned(),
        (true, true) => format!("No job is like that; {away} archived: find “archived”."),
        (false, true) => format!("{away} archived: find “archived”."),
        (false, false) => String::new(),
    };
    view! {
        {(!found.is_empty()).then(|| table(&found))}
        {(!count.is_empty()).then(|| view! { <p class="dim" role="status">{count}</p> })}
        {(rest > 0)
            .then(|| {
                view! {
                    <div class="row">
                        <button
                            type="button"
                            class="button"
                            on:click=move |_| most.update(|m| *m += job_list::PAGE)
                        >
                            {format!("{} more", number::count(rest as u64))}
                        </button>
                    </div>
                }
            })}
    }
}

/// Jobs as a table.
pub(crate) fn table(jobs: &[&FineTuneJob]) -> impl IntoView + use<> {
    view! {
        <div class="table-wrap" role="region" aria-label="Jobs" tabindex="0">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Job"</th>
                        <th scope="col">"State"</th>
                        <th scope="col">"Provider and model"</th>
                        <th scope="col" class="num">"Samples"</th>
                        <th scope="col" class="num">"Validation loss"</th>
                        <th scope="col">"Updated"</th>
                    </tr>
                </thead>
                <tbody>{jobs.iter().map(|j| line(j)).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn line(job: &FineTuneJob) -> impl IntoView + use<> {
    let loss = job
        .metrics
        .validation_loss
        .map(|l| format!("{l:.3}"))
        .unwrap_or_default();
    let tag = |t: &String| view! { <span class="badge">{t.clone()}</span> };
    let tags = job.tags.iter().map(tag).collect_view();
    view! {
        <tr>
            <td>
                <span class="row nowrap">
                    <a href=Route::Job(job.job_id.clone()).href()>{job.job_id.clone()}</a>
                    {job.simulated.then(job_state::simulated_badge)}
                    {tags}
                </span>
            </td>
            <td>{job_state::state(job)}</td>
            <td>{format!("{} · {}", job.provider.vendor().label(), job.config.base_model)}</td>
            <td class="num">
                {match (job.metrics.train_samples, job.metrics.validation_samples) {
                    (0, 0) => "–".to_owned(),
                    (train, validation) => {
                        format!("{} + {}", number::count(train), number::count(validation))
                    }
                }}
            </td>
            <td class="num mono">{loss}</td>
            <td class="dim nowrap">{time(job.updated_at)}</td>
        </tr>
    }
}

/// Link to a new job over the samples there are.
pub(crate) fn new_link() -> impl IntoView {
    view! { <a class="button primary" href="#/jobs/new">"New job" {icon(icon::RIGHT)}</a> }
}
