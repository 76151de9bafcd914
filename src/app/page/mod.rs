//! The pages, one file each.

pub(crate) mod compare;
pub(crate) mod compare_answers;
pub(crate) mod compare_result;
pub(crate) mod compare_rows;
pub(crate) mod compare_source;
pub(crate) mod format;
pub(crate) mod generate;
pub(crate) mod job;
pub(crate) mod job_artifacts;
mod job_check;
pub(crate) mod job_checkpoints;
pub(crate) mod job_connect;
pub(crate) mod job_curves;
pub(crate) mod job_manage;
pub(crate) mod job_new;
pub(crate) mod job_progress;
pub(crate) mod jobs;
pub(crate) mod model;
pub(crate) mod model_names;
pub(crate) mod models;
pub(crate) mod overview;
pub(crate) mod playground;
pub(crate) mod playground_picture;
pub(crate) mod sample;
pub(crate) mod samples;
pub(crate) mod settings;
pub(crate) mod split;

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::part::notice;
use crate::app::route::Route;
use crate::app::state::{job_list, number};

/// The page of `route`.
pub(crate) fn view(ctx: Ctx, route: Route) -> AnyView {
    match route {
        Route::Overview => overview::page(ctx).into_any(),
        Route::Generate => generate::page(ctx).into_any(),
        Route::Samples => samples::page(ctx).into_any(),
        Route::Sample(i) => sample::page(ctx, i).into_any(),
        Route::Split => split::page(ctx).into_any(),
        Route::Format(id) => format::page(ctx, &id).into_any(),
        Route::Jobs => jobs::page(ctx).into_any(),
        Route::NewJob => job_new::page(ctx).into_any(),
        Route::Job(id) => job::page(ctx, id).into_any(),
        Route::Models => models::page(ctx).into_any(),
        Route::Model(reference) => model::page(ctx, reference).into_any(),
        Route::Compare(model) => compare::page(ctx, model).into_any(),
        Route::Playground(model) => playground::page(ctx, model).into_any(),
        Route::Settings => settings::page(ctx).into_any(),
        Route::Unknown(_) => missing().into_any(),
    }
}

fn missing() -> impl IntoView {
    view! {
        <div class="page">
            <h1>"Page not found"</h1>
            {notice::empty(
                "Nothing is at this address",
                "The link may come from another version.",
                view! { <a class="button" href="#/">"To the overview"</a> },
            )}
        </div>
    }
}

/// Heading of a page: title, one sentence, buttons.
pub(crate) fn head(
    title: impl IntoView,
    text: impl IntoView,
    actions: impl IntoView,
) -> impl IntoView {
    view! {
        <div class="page-head">
            <div class="grow">
                <h1>{title}</h1>
                <p>{text}</p>
            </div>
            <div class="row">{actions}</div>
        </div>
    }
}

/// A word beside a stage in the navigation: what is there.
pub(crate) fn stage_note(ctx: Ctx, stage: u8) -> String {
    match stage {
        1 => match ctx.run.get() {
            Some(r) => number::percent(r.share()),
            None => ctx.samples.with(|s| {
                if s.is_empty() {
                    String::new()
                } else {
                    number::count(s.len() as u64)
                }
            }),
        },
        4 => some(ctx.jobs.with(Vec::len)),
        5 => some(ctx.models.with(Vec::len)),
        _ => String::new(),
    }
}

fn some(n: usize) -> String {
    if n == 0 {
        String::new()
    } else {
        number::count(n as u64)
    }
}

/// What the overview shows of jobs and models.
pub(crate) fn overview_more(ctx: Ctx) -> impl IntoView {
    move || {
        ctx.jobs.with(|jobs| {
            let mut newest = job_list::chosen(jobs, "");
            newest.truncate(5);
            (!newest.is_empty()).then(|| {
                view! {
                    <section class="panel">
                        <h2>"Jobs"</h2>
                        {jobs::table(&newest)}
                    </section>
                }
            })
        })
    }
}
