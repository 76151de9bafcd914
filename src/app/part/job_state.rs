//! The state of a job as icon and word, and the notices of its vendor's calendar.

use leptos::prelude::*;

use crate::app::part::field;
use crate::app::part::icon::{self, icon};
use crate::app::part::notice::{self, Tone};
use crate::app::state::told::place;
use crate::base::time::Timestamp;
use crate::job::{FineTuneJob, JobStatus};
use crate::problem::{Problem, Severity};
use crate::provider::Vendor;

/// Icon and word.
pub(crate) fn state(job: &FineTuneJob) -> impl IntoView + use<> {
    let (class, mark) = match job.status {
        JobStatus::Scheduled => ("state", icon::CLOCK),
        JobStatus::Running => ("state busy", icon::AGAIN),
        JobStatus::Completed => ("state ok", icon::CHECK),
        JobStatus::Failed => ("state error", icon::ALERT),
        _ => ("state warn", icon::STOP),
    };
    view! { <span class=class>{icon(mark)} {job.state.label()}</span> }
}

/// The mark of a practice run.
pub(crate) fn simulated_badge() -> impl IntoView {
    view! {
        <span class="badge simulated" title="Nothing is sent, nothing is trained">
            "Simulated"
        </span>
    }
}

/// What the calendar says about `base_model` at this vendor.
pub(crate) fn calendar(
    vendor: &'static dyn Vendor,
    base_model: &str,
    now: Timestamp,
) -> impl IntoView + use<> {
    let list = vendor.calendar(base_model, now);
    let tone = if blocked(&list) {
        Tone::Error
    } else {
        Tone::Warn
    };
    (!list.is_empty()).then(|| {
        let items = list
            .into_iter()
            .map(|p| {
                let hint = if p.hint.is_empty() {
                    String::new()
                } else {
                    format!(" — {}", p.hint)
                };
                view! { <li>{vendor.label()} ": " {p.message} {hint}</li> }
            })
            .collect_view();
        notice::notice(tone, view! { <ul>{items}</ul> })
    })
}

/// Findings as a list; one line when there are none.
pub(crate) fn problems(list: &[Problem], none: &'static str) -> AnyView {
    if list.is_empty() {
        return view! { <p class="state ok">{icon(icon::CHECK)} {none}</p> }.into_any();
    }
    list.iter()
        .map(|p| {
            let mut p = p.clone();
            if !p.path.is_empty() {
                p.message = format!("{}: {}", place(&p.path), p.message);
            }
            field::problem(&p)
        })
        .collect_view()
        .into_any()
}

/// Whether any finding blocks.
pub(crate) fn blocked(list: &[Problem]) -> bool {
    list.iter().any(|p| p.severity == Severity::Error)
}
