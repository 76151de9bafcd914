//! A field for a key: typed here, kept in this tab's memory, shown nowhere.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::part::icon::{self, icon};
use crate::app::{browser, sign_in};

/// The user's client id is no secret, so this browser keeps it.
const CLIENT_ID: &str = "sign_in_client_id";

/// A field for each key a vendor needs.
pub(crate) fn keys(ctx: Ctx, names: &'static [&'static str]) -> AnyView {
    names
        .iter()
        .map(|name| key(ctx, (*name).to_owned()))
        .collect_view()
        .into_any()
}

/// A field for the key of this name.
pub(crate) fn key(ctx: Ctx, name: String) -> impl IntoView {
    let id = format!("key-{name}");
    let (kept, held) = (name.clone(), name.clone());
    let set = move |e: leptos::ev::Event| {
        if let Some(work) = ctx.work() {
            work.set_key(ctx, &kept, &event_target_value(&e));
        }
    };
    view! {
        <div class="field wide">
            <label class="field-label" for=id.clone()>
                {name.clone()}
            </label>
            <input
                class="input mono"
                id=id
                type="password"
                autocomplete="off"
                spellcheck="false"
                on:change=set
            />
            {sign_in::offers(&name).then(|| by_sign_in(ctx))}
            {move || {
                if ctx.keys.with(|k| k.contains(&held)) {
                    view! { <p class="state ok">{icon(icon::CHECK)} "kept in this tab until it is closed or reloaded"</p> }
                        .into_any()
                } else {
                    view! {
                        <p class="hint">
                            "goes only into requests to this vendor, or to the address given in its place; never stored, exported or logged"
                        </p>
                    }
                        .into_any()
                }
            }}
        </div>
    }
}

/// The other way to a token: the user's own client id, and a window.
fn by_sign_in(ctx: Ctx) -> impl IntoView {
    let id = RwSignal::new(browser::setting(CLIENT_ID).unwrap_or_default());
    let go = move |_| {
        browser::keep_setting(CLIENT_ID, id.get_untracked().trim());
        sign_in::start(ctx, &id.get_untracked());
    };
    view! {
        <details class="details">
            <summary>"or sign in for a token"</summary>
            <div class="field">
                <label class="field-label" for="sign-in-client">"OAuth client id"</label>
                <input
                    class="input mono"
                    id="sign-in-client"
                    autocomplete="off"
                    spellcheck="false"
                    prop:value=move || id.get()
                    on:input=move |e| id.set(event_target_value(&e))
                />
                <p class="hint">
                    "your own, of type Web application, with this page among its origins and redirect addresses"
                </p>
            </div>
            <button type="button" class="button small" on:click=go>
                "Sign in"
            </button>
        </details>
    }
}
