//! How far a job is: its steps, bytes sent, steps trained, numbers.

use leptos::prelude::*;

use crate::app::browser;
use crate::app::context::Ctx;
use crate::app::part::icon::{self, icon};
use crate::app::part::notice;
use crate::app::state::number;
use crate::base::time::Timestamp;
use crate::job::{FineTuneJob, Phase, State};
use crate::provider::Progress;

/// The steps every job goes through, with the present one, or the last one, marked.
pub(crate) fn timeline(job: &FineTuneJob) -> impl IntoView + use<> {
    let phase = job.phase();
    let end = match &job.state {
        State::Failed { .. } => Some(("failed", icon::ALERT)),
        State::Cancelled { .. } => Some(("stopped", icon::STOP)),
        _ => None,
    };
    view! {
        <ol class="timeline" aria-label="Progress of the job">
            {Phase::ALL
                .into_iter()
                .zip(1..)
                .map(|((step, name), n): (_, u32)| {
                    let here = phase == Some(step);
                    // A bundle is through without having been trained.
                    let skipped = step == Phase::Train && job.awaits_training();
                    let done = !skipped && phase.is_none_or(|p| step < p);
                    let (class, mark) = match (done, here) {
                        (true, _) => ("done", icon::CHECK),
                        (_, true) => end.unwrap_or(("now", icon::CLOCK)),
                        _ => ("", ""),
                    };
                    view! {
                        <li class=class aria-current=here.then_some("step")>
                            <span class="step-mark">
                                {if mark.is_empty() {
                                    view! { <span>{n}</span> }.into_any()
                                } else {
                                    icon(mark).into_any()
                                }}
                            </span>
                            <span>{name}</span>
                        </li>
                    }
                })
                .collect_view()}
        </ol>
    }
}

/// A bar of the training steps.
pub(crate) fn trained(p: Progress) -> impl IntoView {
    let share = p.done as f64 / p.total.max(1) as f64;
    view! {
        <div
            class="progress-track"
            role="progressbar"
            aria-label="Training steps"
            aria-valuemin="0"
            aria-valuemax=p.total.to_string()
            aria-valuenow=p.done.to_string()
        >
            <div class="progress-fill" style:transform=format!("scaleX({share:.4})")></div>
        </div>
    }
}

/// Bytes sent, while a file is on its way.
pub(crate) fn upload(ctx: Ctx, job: &FineTuneJob) -> impl IntoView + use<> {
    let under_way = matches!(job.state, State::Uploading { .. });
    let sent = ctx
        .uploads
        .with(|u| u.get(&job.job_id).copied())
        .filter(|_| under_way);
    sent.map(|p| {
        let text = format!(
            "Uploading {} of {}",
            number::bytes(p.done),
            number::bytes(p.total)
        );
        view! { <p class="dim" role="status">{text}</p> }
    })
}

/// Counts, steps, losses and tokens.
pub(crate) fn tiles(job: &FineTuneJob) -> impl IntoView + use<> {
    let m = &job.metrics;
    let number3 = |v: Option<f64>| v.map_or_else(|| "–".to_owned(), |v| format!("{v:.3}"));
    let steps = job.steps().map_or_else(
        || "–".to_owned(),
        |p| match p.done == p.total {
            true => number::count(p.total),
            false => format!("{} of {}", number::count(p.done), number::count(p.total)),
        },
    );
    let tokens = m
        .trained_tokens
        .map_or_else(|| "–".to_owned(), number::count);
    let estimate = job.estimate.as_ref().and_then(|e| e.training_tokens);
    let estimate = estimate.map_or_else(String::new, |n| {
        format!("about {} estimated", number::count(n))
    });
    let now = Timestamp::from_millis(browser::now() as i64);
    let left = job.estimated_finish.map(|at| at.since(now));
    let end = left.filter(|ms| *ms > 0).map_or_else(String::new, |ms| {
        format!("about {} left", number::duration(ms as f64 / 1000.0))
    });
    notice::tiles(vec![
        (
            "Train samples".into(),
            number::count(m.train_samples),
            String::new(),
        ),
        (
            "Validation samples".into(),
            number::count(m.validation_samples),
            String::new(),
        ),
        ("Steps".into(), steps, end),
        ("Train loss".into(), number3(m.train_loss), String::new()),
        (
            "Validation loss".into(),
            number3(m.validation_loss),
            String::new(),
        ),
        ("Trained tokens".into(), tokens, estimate),
    ])
}
