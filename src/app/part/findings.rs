//! What vendors found about samples: at the sample, and at the job that trained on it.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::dataset;
use crate::app::part::notice::{self, Tone};
use crate::app::route::Route;
use crate::job::FineTuneJob;

/// What vendors found about the sample in jobs on this dataset.
pub(crate) fn of_sample(ctx: Ctx, index: u64) -> impl IntoView {
    let found = Memo::new(move |_| dataset::findings(ctx).remove(&index).unwrap_or_default());
    move || {
        let found = found.get();
        if found.is_empty() {
            return None;
        }
        let items = found
            .into_iter()
            .map(|(job, p)| {
                let at = Route::Job(job.clone()).href();
                let hint = (!p.hint.is_empty()).then(|| format!(" — {}", p.hint));
                view! {
                    <li>
                        "Job "
                        <a href=at>{job}</a>
                        {format!(": {}", p.message)}
                        {hint}
                    </li>
                }
            })
            .collect_view();
        Some(notice::notice(Tone::Warn, view! { <ul>{items}</ul> }))
    }
}

/// Links from a job to the samples that its vendor left out, where they are still here.
pub(crate) fn of_job(ctx: Ctx, job: &FineTuneJob) -> impl IntoView + use<> {
    job.findings().next()?;
    let links: Vec<_> = dataset::findings(ctx)
        .into_iter()
        .filter(|(_, list)| list.iter().any(|(id, _)| *id == job.job_id))
        .map(|(i, _)| {
            view! {
                <a class="mono" href=Route::Sample(i).href()>{format!("{i:06}")}</a>
                " "
            }
        })
        .collect();
    Some(if links.is_empty() {
        view! { <p class="hint">"Its dataset is not the one that is here now."</p> }.into_any()
    } else {
        view! { <p>"See the samples: " {links}</p> }.into_any()
    })
}
