//! Loss and accuracy of a job over its steps.

use leptos::prelude::*;

use crate::app::part::chart::{self, Series};
use crate::job::series::{self, Curve};
use crate::provider::{MetricPoint, RemoteEvent};

/// More points than this are not told apart in a chart.
const POINTS: usize = 800;
/// Weight of the past in a smoothed curve.
const WEIGHT: f64 = 0.8;

/// The charts, or a line when there is nothing to draw yet.
pub(crate) fn section(
    events: Memo<Vec<RemoteEvent>>,
    later: Memo<Vec<MetricPoint>>,
    ended: Memo<bool>,
) -> impl IntoView {
    let smoothed = RwSignal::new(false);
    let curves = Memo::new(move |_| {
        let told: Vec<MetricPoint> =
            events.with(|all| all.iter().filter_map(|e| e.metrics).collect());
        let points = MetricPoint::merged(told.into_iter().chain(later.get()));
        series::curves(&points, WEIGHT, POINTS)
    });
    view! {
        <section class="panel ruled">
            {move || {
                let all = curves.get();
                if all.is_empty() {
                    let text = if ended.get() {
                        "There are no losses of this job."
                    } else {
                        "Losses appear here when training runs."
                    };
                    return view! { <p class="dim">{text}</p> }.into_any();
                }
                let loss = pair(&all, smoothed.get(), "train_loss", "validation_loss");
                let accuracy = pair(&all, smoothed.get(), "train_accuracy", "validation_accuracy");
                view! {
                    <div class="row">
                        <span class="push"></span>
                        <button
                            type="button"
                            class="chip"
                            aria-pressed=move || smoothed.get().to_string()
                            on:click=move |_| smoothed.update(|s| *s = !*s)
                        >
                            "Smooth"
                        </button>
                    </div>
                    <div class="charts">
                        {(!loss.is_empty()).then(|| chart::lines("Loss", loss, true))}
                        {(!accuracy.is_empty())
                            .then(|| chart::lines("Token accuracy", accuracy, false))}
                    </div>
                }
                    .into_any()
            }}
        </section>
    }
}

fn pair(all: &[Curve], smoothed: bool, train: &str, validation: &str) -> Vec<Series> {
    [
        (train, "Train", "train"),
        (validation, "Validation", "validation"),
    ]
    .into_iter()
    .filter_map(|(id, name, class)| {
        let curve = all.iter().find(|c| c.name == id)?;
        let points = if smoothed {
            &curve.smoothed
        } else {
            &curve.raw
        };
        Some(Series {
            name,
            class,
            points: points.iter().map(|(x, y)| (*x as f64, *y)).collect(),
        })
    })
    .collect()
}
