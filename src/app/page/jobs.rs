//! Jobs: the list.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::page;
use crate::app::part::icon::{self, icon};
use crate::app::part::{job_state, notice};
use crate::app::route::Route;
use crate::app::state::number;
use crate::job::FineTuneJob;

pub(crate) fn page(ctx: Ctx) -> impl IntoView {
    view! {
        <div class="page">
            {page::head(
                "Jobs",
                "Fine-tuning runs, real and simulated; they go on where they were after a reload",
                view! { <a class="button primary" href="#/jobs/new">"New job"</a> },
            )}
            {move || {
                let jobs = ctx.jobs.get();
                if jobs.is_empty() {
                    notice::empty(
                        "No jobs yet",
                        "A job splits and formats the samples, hands them to a provider and follows the training. A simulated job shows the whole way in half a minute; nothing is sent.",
                        view! { <a class="button" href="#/jobs/new">"Set up a job"</a> },
                    )
                        .into_any()
                } else {
                    table(&jobs).into_any()
                }
            }}
        </div>
    }
}

/// Jobs as a table.
pub(crate) fn table(jobs: &[FineTuneJob]) -> impl IntoView + use<> {
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
                <tbody>{jobs.iter().map(line).collect_view()}</tbody>
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
    view! {
        <tr>
            <td>
                <span class="row nowrap">
                    <a href=Route::Job(job.job_id.clone()).href()>{job.job_id.clone()}</a>
                    {job.simulated.then(job_state::simulated_badge)}
                </span>
            </td>
            <td>{job_state::state(job)}</td>
            <td>{format!("{} · {}", job.provider.vendor().label(), job.config.base_model)}</td>
            <td class="num">
                {format!(
                    "{} + {}",
                    number::count(job.metrics.train_samples),
                    number::count(job.metrics.validation_samples),
                )}
            </td>
            <td class="num mono">{loss}</td>
            <td class="dim nowrap">{number::time(&job.updated_at.to_string())}</td>
        </tr>
    }
}

/// Link to a new job over the samples there are.
pub(crate) fn new_link() -> impl IntoView {
    view! { <a class="button primary" href="#/jobs/new">"New job" {icon(icon::RIGHT)}</a> }
}
