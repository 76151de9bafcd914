//! A bar with numbers; announced at each quarter only.

use leptos::prelude::*;

use crate::app::state::progress::Progress;

/// Progress of `what` ("Generating").
pub(crate) fn progress(what: &'static str, value: Signal<Progress>) -> impl IntoView {
    let quarter = Memo::new(move |_| value.with(Progress::quarter));
    view! {
        <div class="progress">
            <div
                class="progress-track"
                role="progressbar"
                aria-label=what
                aria-valuemin="0"
                aria-valuemax=move || value.with(|p| p.total.to_string())
                aria-valuenow=move || value.with(|p| p.done.to_string())
            >
                <div
                    class="progress-fill"
                    style:transform=move || format!("scaleX({:.4})", value.with(Progress::share))
                ></div>
            </div>
            <p class="hint">{move || value.with(Progress::text)}</p>
            <p class="visually-hidden" aria-live="polite">
                {move || format!("{what}: {} %", u32::from(quarter.get()) * 25)}
            </p>
        </div>
    }
}
