//! A field for a key: typed here, kept in this tab's memory, shown nowhere.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::part::icon::{self, icon};

/// A field for each key a vendor needs.
pub(crate) fn keys(ctx: Ctx, names: &'static [&'static str]) -> AnyView {
    names
        .iter()
        .map(|name| one(ctx, name))
        .collect_view()
        .into_any()
}

fn one(ctx: Ctx, name: &'static str) -> impl IntoView {
    let id = format!("key-{name}");
    let set = move |e: leptos::ev::Event| {
        if let Some(work) = ctx.work() {
            work.set_key(ctx, name, &event_target_value(&e));
        }
    };
    view! {
        <div class="field wide">
            <label class="field-label" for=id.clone()>
                {name}
            </label>
            <input
                class="input mono"
                id=id
                type="password"
                autocomplete="off"
                spellcheck="false"
                on:change=set
            />
            {move || {
                if ctx.keys.with(|k| k.contains(name)) {
                    view! { <p class="state ok">{icon(icon::CHECK)} "kept in this tab until it is closed"</p> }
                        .into_any()
                } else {
                    view! {
                        <p class="hint">
                            "goes only into requests to this vendor; never stored, exported or logged"
                        </p>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}
