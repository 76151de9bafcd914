//! The files that a job leaves behind, fetched when asked for.

use leptos::prelude::*;
use web_sys::Blob;

use crate::app::browser;
use crate::app::context::Ctx;
use crate::app::part::icon::{self, icon};
use crate::app::part::job_state;
use crate::app::state::number;
use crate::app::work;
use crate::job::FineTuneJob;

/// Files that are listed one by one; a bundle has a picture for every sample.
const LISTED: usize = 12;

pub(crate) fn section(ctx: Ctx, id: String, simulated: bool) -> impl IntoView {
    let busy = RwSignal::new(false);
    let files = RwSignal::new_local(Vec::<(String, Blob)>::new());
    let zip_name = work::zip_name(ctx, &id, "artifacts");
    // Both buttons do something with the job, one at a time.
    let begin = move |zip: bool| {
        let there = |l: &Vec<FineTuneJob>| l.iter().find(|j| j.job_id == id).cloned();
        let (Some(work), Some(job)) = (ctx.work(), ctx.jobs.with_untracked(there)) else {
            return;
        };
        let zip_name = zip_name.clone();
        busy.set(true);
        leptos::task::spawn_local(async move {
            if zip {
                match work::artifacts_zip(&work, &job).await {
                    Ok(blob) => save(ctx, &zip_name, &blob),
                    Err(e) => ctx.failed("No download", e),
                }
            } else {
                match work::artifacts(&work, &job).await {
                    Ok(list) => {
                        let _ = files.try_set(list);
                    }
                    Err(e) => ctx.failed("No artifacts", e),
                }
            }
            let _ = busy.try_set(false);
        });
    };
    let button = move |zip: bool, rest: &'static str, during: &'static str| {
        let begin = begin.clone();
        view! {
            <button
                type="button"
                class="button"
                disabled=move || busy.get()
                on:click=move |_| begin(zip)
            >
                {icon(icon::DOWNLOAD)}
                {move || if busy.get() { during } else { rest }}
            </button>
        }
    };
    view! {
        <section class="panel ruled">
            <div class="row">
                <h2>"Artifacts"</h2>
                {simulated.then(job_state::simulated_badge)}
            </div>
            {move || {
                let list = files.get();
                if list.is_empty() {
                    let fetch = button(false, "Fetch artifacts", "Fetching…");
                    return view! { <div class="row">{fetch}</div> }.into_any();
                }
                let (n, bytes) = (list.len(), list.iter().map(|(_, b)| b.size()).sum::<f64>());
                let all = button(true, "Download all as zip", "Packing…");
                let more = n.saturating_sub(LISTED) as u64;
                view! {
                    <ul class="files">
                        {list.into_iter().take(LISTED).map(|(name, blob)| row(ctx, name, blob)).collect_view()}
                    </ul>
                    <div class="row">
                        {all}
                        <span class="hint">
                            {(more > 0).then(|| format!("{} more, ", number::things(more, "file")))}
                            {number::bytes(bytes as u64)}
                            " in all"
                        </span>
                    </div>
                }
                    .into_any()
            }}
        </section>
    }
}

fn row(ctx: Ctx, name: String, blob: Blob) -> impl IntoView {
    let size = number::bytes(blob.size() as u64);
    let file = name.rsplit('/').next().unwrap_or(&name).to_owned();
    view! {
        <li>
            <span class="mono truncate">{name}</span>
            <span class="hint">{size}</span>
            <button
                type="button"
                class="button quiet small push"
                on:click=move |_| save(ctx, &file, &blob)
            >
                {icon(icon::DOWNLOAD)}
                "Download"
            </button>
        </li>
    }
}

fn save(ctx: Ctx, name: &str, blob: &Blob) {
    if let Err(e) = browser::download(blob, name) {
        ctx.failed("No download", browser::js_text(&e));
    }
}
