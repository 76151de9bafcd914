//! Short messages that come and go.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::part::icon::{self, icon};
use crate::app::part::notice::Tone;
use crate::app::state::toasts::Toasts;

/// How a message looks and what it offers.
#[derive(Clone, Debug)]
pub(crate) struct Look {
    pub(crate) tone: Tone,
    /// Takes back what the message tells of.
    pub(crate) undo: Option<Callback<()>>,
}

/// The stack in the corner, read out by screen readers.
pub(crate) fn toasts(ctx: Ctx) -> impl IntoView {
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For
                each=move || ctx.toasts.with(Toasts::list)
                key=|t| t.id
                children=move |t| {
                    let (class, mark) = t.look.tone.look();
                    view! {
                        <div class=format!("toast {class}")>
                            {icon(mark)} <p>{t.text}</p>
                            {t
                                .look
                                .undo
                                .map(|undo| {
                                    view! {
                                        <button
                                            type="button"
                                            class="button small"
                                            on:click=move |_| {
                                                ctx.toasts.update(|l| l.close(t.id));
                                                undo.run(());
                                            }
                                        >
                                            "Undo"
                                        </button>
                                    }
                                })}
                            <button
                                type="button"
                                class="button quiet icon small"
                                aria-label="Close message"
                                on:click=move |_| ctx.toasts.update(|l| l.close(t.id))
                            >
                                {icon(icon::CROSS)}
                            </button>
                        </div>
                    }
                }
            />
        </div>
    }
}
