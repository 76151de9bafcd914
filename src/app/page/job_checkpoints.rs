//! The models that were saved during training.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::part::code::copy_button;
use crate::app::part::icon::{self, icon};
use crate::app::part::time::time;
use crate::app::state::number;
use crate::job::FineTuneJob;
use crate::provider::Checkpoint;

/// Nothing where the vendor keeps none, or does not have the job yet.
pub(crate) fn section(
    ctx: Ctx,
    id: String,
    job: impl Fn() -> Option<FineTuneJob> + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let there = Memo::new(move |_| {
        let keeps = |j: &FineTuneJob| j.provider.vendor().capabilities().checkpoints;
        job().is_some_and(|j| keeps(&j) && j.state.remote_id().is_some())
    });
    move || there.get().then(|| table(ctx, id.clone()))
}

fn table(ctx: Ctx, id: String) -> impl IntoView {
    let busy = RwSignal::new(false);
    let mine = id.clone();
    let list = Memo::new(move |_| {
        ctx.checkpoints
            .with(|all| all.get(&mine).cloned().unwrap_or_default())
    });
    let ask = move |_| {
        let Some(work) = ctx.work() else { return };
        let id = id.clone();
        busy.set(true);
        leptos::task::spawn_local(async move {
            // They come back as an update of the job.
            match work.tuner.checkpoints(&id).await {
                Ok(list) if list.is_empty() => {
                    crate::app::shell::announce(ctx, "There are no checkpoints");
                }
                Ok(_) => {}
                Err(e) => ctx.failed("No checkpoints", e),
            }
            let _ = busy.try_set(false);
        });
    };
    view! {
        <section class="panel ruled">
            <div class="row">
                <h2>"Checkpoints"</h2>
                <span class="push"></span>
                <button
                    type="button"
                    class="button small"
                    disabled=move || busy.get()
                    on:click=ask
                >
                    {icon(icon::AGAIN)}
                    {move || if busy.get() { "Asking…" } else { "Ask the vendor" }}
                </button>
            </div>
            {move || {
                let list = list.get();
                if list.is_empty() {
                    return view! {
                        <p class="dim">"None are known here yet; each can be used like the final model."</p>
                    }
                        .into_any();
                }
                view! {
                    <div class="table-wrap" role="region" aria-label="Checkpoints" tabindex="0">
                        <table class="table">
                            <thead>
                                <tr>
                                    <th scope="col" class="num">"Step"</th>
                                    <th scope="col" class="num">"Train loss"</th>
                                    <th scope="col" class="num">"Validation loss"</th>
                                    <th scope="col">"Model"</th>
                                    <th scope="col">"Copy"</th>
                                    <th scope="col">"Saved"</th>
                                </tr>
                            </thead>
                            <tbody>{list.into_iter().map(|c| row(ctx, c)).collect_view()}</tbody>
                        </table>
                    </div>
                }
                    .into_any()
            }}
        </section>
    }
}

fn row(ctx: Ctx, c: Checkpoint) -> impl IntoView {
    let loss = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| format!("{v:.3}"));
    let m = c.metrics;
    let model = c.model.clone();
    view! {
        <tr>
            <td class="num">{number::count(c.step)}</td>
            <td class="num mono">{loss(m.train_loss)}</td>
            <td class="num mono">{loss(m.full_valid_loss.or(m.valid_loss))}</td>
            <td class="mono breaks">{c.model}</td>
            <td class="nowrap">{copy_button(ctx, move || model.clone())}</td>
            <td class="dim nowrap">{time(c.created_at)}</td>
        </tr>
    }
}
