//! How a registered model stands: until when it answers, and what must be known before use.

use leptos::prelude::*;

use crate::app::part::icon::{self, icon};
use crate::app::part::notice::{self, Tone};
use crate::app::state::number;
use crate::base::time::Timestamp;
use crate::registry::{Lifetime, RegistryEntry};

/// The day on which the model stops answering; near or past, with a mark.
pub(crate) fn until(entry: &RegistryEntry, now: Timestamp) -> AnyView {
    let day = entry.provenance.end_of_life.clone().unwrap_or_default();
    match entry.lifetime(now) {
        Lifetime::Open => view! { <span class="dim">"–"</span> }.into_any(),
        Lifetime::Ends { .. } => view! { <span class="nowrap">{day}</span> }.into_any(),
        Lifetime::Soon { days } => {
            let left = number::things(u64::from(days), "day");
            view! {
                <span class="state warn" title=format!("{left} left")>
                    {icon(icon::ALERT)}
                    {day}
                </span>
            }
            .into_any()
        }
        Lifetime::Ended => {
            view! { <span class="state error">{icon(icon::ALERT)} "ended " {day}</span> }.into_any()
        }
    }
}

/// What must be known before the model is used.
pub(crate) fn notices(entry: &RegistryEntry, now: Timestamp) -> impl IntoView + use<> {
    let p = &entry.provenance;
    let day = p.end_of_life.clone().unwrap_or_default();
    let end = match entry.lifetime(now) {
        Lifetime::Open | Lifetime::Ends { .. } => None,
        Lifetime::Soon { days } => Some((
            Tone::Warn,
            format!(
                "The vendor switches this model off on {day}, in {}. Train its successor in time.",
                number::things(u64::from(days), "day")
            ),
        )),
        Lifetime::Ended => Some((
            Tone::Error,
            format!("This model has stopped answering on {day}."),
        )),
    };
    view! {
        {p
            .simulated
            .then(|| {
                notice::notice(
                    Tone::Warn,
                    view! {
                        <strong>"Simulated. "</strong>
                        "Nothing was trained: no provider answers to this model name."
                    },
                )
            })}
        {p
            .awaits_training
            .then(|| {
                notice::notice(
                    Tone::Info,
                    "The bundle is written; train and serve it with its own instructions before you use this key.",
                )
            })}
        {end.map(|(tone, text)| notice::notice(tone, text))}
        {entry
            .warnings()
            .into_iter()
            .map(|text| notice::notice(Tone::Info, text))
            .collect_view()}
    }
}
