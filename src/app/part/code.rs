//! Text to read and copy.

use leptos::prelude::*;

use crate::app::browser;
use crate::app::context::Ctx;
use crate::app::part::icon::{self, icon};
use crate::app::part::notice::Tone;

/// A block of code with its name and a copy button.
pub(crate) fn code(
    ctx: Ctx,
    name: impl Into<String>,
    text: impl Fn() -> String + Send + Sync + Clone + 'static,
    wrap: bool,
) -> AnyView {
    block(ctx, name.into(), text, wrap, ().into_any())
}

/// The text of a file, to copy or to save under its name.
pub(crate) fn file(ctx: Ctx, name: &'static str, text: String) -> AnyView {
    let saved = text.clone();
    let save = move |_| browser::save(ctx, saved.as_bytes(), "text/plain", name);
    let button = view! {
        <button type="button" class="button quiet small" on:click=save>
            {icon(icon::DOWNLOAD)}
            "Save"
        </button>
    };
    block(
        ctx,
        name.to_owned(),
        move || text.clone(),
        false,
        button.into_any(),
    )
}

fn block(
    ctx: Ctx,
    name: String,
    text: impl Fn() -> String + Send + Sync + Clone + 'static,
    wrap: bool,
    more: AnyView,
) -> AnyView {
    let copied = text.clone();
    view! {
        <div class="code" class:wrap=wrap>
            <div class="code-head">
                <span class="truncate">{name.clone()}</span>
                <span class="push"></span>
                {copy_button(ctx, copied)}
                {more}
            </div>
            <pre tabindex="0" role="region" aria-label=name><code>{text}</code></pre>
        </div>
    }
    .into_any()
}

/// A small button that copies `text`.
pub(crate) fn copy_button(ctx: Ctx, text: impl Fn() -> String + Send + Sync + 'static) -> AnyView {
    let done = RwSignal::new(false);
    let copy = move |_| {
        let text = text();
        leptos::task::spawn_local(async move {
            match browser::copy(&text).await {
                Ok(()) => {
                    done.set(true);
                    browser::sleep(1500).await;
                    // The page may be gone by now.
                    let _ = done.try_set(false);
                }
                Err(e) => ctx.toast(Tone::Error, format!("Not copied: {}", browser::js_text(&e))),
            }
        });
    };
    view! {
        <button type="button" class="button quiet small" on:click=copy>
            {move || if done.get() { icon(icon::CHECK) } else { icon(icon::COPY) }}
            <span aria-live="polite">{move || if done.get() { "Copied" } else { "Copy" }}</span>
        </button>
    }
    .into_any()
}
