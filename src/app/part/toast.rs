//! Short messages that come and go.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::part::icon::{self, icon};
use crate::app::part::notice::Tone;

/// One message.
#[derive(Clone, Debug)]
pub(crate) struct Toast {
    pub(crate) id: u64,
    pub(crate) tone: Tone,
    pub(crate) text: String,
    /// Takes back what the message tells of.
    pub(crate) undo: Option<Callback<()>>,
}

/// The stack in the corner, read out by screen readers.
pub(crate) fn toasts(ctx: Ctx) -> impl IntoView {
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For
                each=move || ctx.toasts.get()
                key=|t| t.id
                children=move |t| {
                    let (class, mark) = t.tone.look();
                    view! {
                        <div class=format!("toast {class}")>
                            {icon(mark)} <p>{t.text}</p>
                            {t
                                .undo
                                .map(|undo| {
                                    view! {
                                        <button
                                            type="button"
                                            class="button small"
                                            on:click=move |_| {
                                                ctx.toasts.update(|l| l.retain(|x| x.id != t.id));
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
                                on:click=move |_| ctx.toasts.update(|l| l.retain(|x| x.id != t.id))
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
