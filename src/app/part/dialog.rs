//! A modal dialog: labelled, trapping focus, giving it back.

use leptos::html::Dialog;
use leptos::prelude::*;

use crate::app::part::icon::{self, icon};

/// Shows `content` while `open`; Esc and the button close it.
pub(crate) fn dialog(
    open: RwSignal<bool>,
    title: &'static str,
    content: impl IntoView + 'static,
) -> impl IntoView {
    let node = NodeRef::<Dialog>::new();
    Effect::new(move |_| {
        let Some(d) = node.get() else { return };
        match (open.get(), d.open()) {
            (true, false) => {
                if let Err(e) = d.show_modal() {
                    web_sys::console::error_1(&e);
                }
            }
            (false, true) => d.close(),
            _ => {}
        }
    });
    view! {
        // Esc cancels, which hides it at once; the browser tells of the closing only later, and
        // keys pressed in between would be lost.
        <dialog
            class="dialog"
            aria-label=title
            node_ref=node
            on:cancel=move |_: web_sys::Event| open.set(false)
            on:close=move |_| open.set(false)
        >
            <div class="dialog-head">
                <h2>{title}</h2>
                <button
                    type="button"
                    class="button quiet icon small"
                    aria-label="Close"
                    on:click=move |_| open.set(false)
                >
                    {icon(icon::CROSS)}
                </button>
            </div>
            <div class="dialog-body">{content}</div>
        </dialog>
    }
}

/// Asks for a second word before something that cannot be taken back: `keep` closes the dialog,
/// `act` does it.
pub(crate) fn confirm(
    open: RwSignal<bool>,
    title: &'static str,
    content: impl IntoView + 'static,
    keep: &'static str,
    act: (&'static str, impl Fn() + 'static),
) -> impl IntoView {
    let (name, run) = act;
    let go = move |_| {
        open.set(false);
        run();
    };
    dialog(
        open,
        title,
        view! {
            <div class="stack">
                {content}
                <div class="row">
                    <button type="button" class="button" on:click=move |_| open.set(false)>
                        {keep}
                    </button>
                    <span class="push"></span>
                    <button type="button" class="button danger" on:click=go>
                        {name}
                    </button>
                </div>
            </div>
        },
    )
}
