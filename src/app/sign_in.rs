//! Signing in for a short-lived token: a window of the token's issuer, which comes back to this
//! page with the token in its address (`www/boot/return.js`).

use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

use crate::app::browser;
use crate::app::context::Ctx;
use crate::app::part::notice::Tone;
use crate::base::time::Timestamp;
use crate::error::{Error, Result};
use crate::provider::google::{AccessToken, TOKEN_ENV, TokenClient};

/// Where the window's answer arrives.
const CHANNEL: &str = "screensmith-sign-in";

/// Whether this key can be had by signing in.
pub(crate) fn offers(key: &str) -> bool {
    key == TOKEN_ENV
}

/// Opens the window of the issuer for the user's own client id. The token goes into this tab's
/// memory when the window has come back.
pub(crate) fn start(ctx: Ctx, client_id: &str) {
    if let Err(e) = open(ctx, client_id) {
        ctx.failed("Not signed in", e);
    }
}

fn open(ctx: Ctx, client_id: &str) -> Result<()> {
    let client = TokenClient::new(client_id)?;
    let mut random = [0u8; 16];
    getrandom::fill(&mut random).map_err(|e| Error::unsupported("no_randomness", e.to_string()))?;
    let state = crate::base::hash::hex(&random);
    let wrong = |e: JsValue| Error::unsupported("sign_in_window", browser::js_text(&e));
    let channel = BroadcastChannel::new(CHANNEL).map_err(wrong)?;
    let place = browser::window().location();
    let back = format!(
        "{}{}",
        place.origin().map_err(wrong)?,
        place.pathname().map_err(wrong)?
    );
    let url = client.authorization_url(&back, &state);
    let listening = channel.clone();
    let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |e: MessageEvent| {
        let fragment = e.data().as_string().unwrap_or_default();
        let now = Timestamp::from_millis(browser::now() as i64);
        match AccessToken::from_fragment(&fragment, &state, now) {
            Ok(token) => {
                listening.close();
                if let (Some(work), Some(secret)) = (ctx.work(), token.secret(now)) {
                    work.set_key(ctx, TOKEN_ENV, secret.expose());
                    ctx.toast(Tone::Ok, format!("Signed in until {}", token.ends()));
                }
            }
            // The answer to another tab's question.
            Err(e) if e.code() == "google_state" => {}
            Err(e) => {
                listening.close();
                ctx.failed("Not signed in", e);
            }
        }
    });
    channel.set_onmessage(Some(heard.as_ref().unchecked_ref()));
    // The channel holds the listener until the page goes.
    heard.forget();
    let opened = browser::window()
        .open_with_url_and_target_and_features(&url, "_blank", "popup,width=520,height=640")
        .map_err(wrong)?;
    if opened.is_none() {
        channel.close();
        return Err(
            Error::unsupported("sign_in_window", "the browser opened no window")
                .hint("allow this page to open windows, or paste a token"),
        );
    }
    Ok(())
}
