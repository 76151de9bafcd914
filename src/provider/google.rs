//! Access tokens of Google accounts, for pages: what Google Identity Services is asked, what it
//! answers, and how long the answer is good.
//!
//! A page that anyone can host has no client id of its own, so the id is the user's: an OAuth
//! client of type *Web application* whose authorised JavaScript origins name the page. There is
//! no refresh token in a page: when a token ends, the user is asked again. Tokens may also be
//! pasted.
//!
//! Facts: `developers.google.com/identity/oauth2/web/reference/js-reference` and
//! `…/identity/protocols/oauth2/javascript-implicit-flow`.

use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use serde::Serialize;
use serde_json::Value;

use crate::base::ports::Secret;
use crate::base::time::Timestamp;
use crate::error::{Error, ErrorKind, Result};

/// Address of the script of Google Identity Services.
pub const SCRIPT: &str = "https://accounts.google.com/gsi/client";
/// What tokens are asked for: reading and writing with the user's cloud projects.
pub const SCOPE: &str = "https://www.googleapis.com/auth/cloud-platform";
/// The environment variable, and name in the secrets port, of the token.
pub const TOKEN_ENV: &str = "VERTEX_ACCESS_TOKEN";

const AUTHORIZE: &str = "https://accounts.google.com/o/oauth2/v2/auth";
/// A token that ends sooner is not begun with, in milliseconds.
const MARGIN_MS: i64 = 60_000;
/// How long a pasted token is believed to be good: Google's tokens last an hour, and nobody
/// knows how old a pasted one is.
const PASTED_MS: i64 = 3_600_000;

/// Argument of `google.accounts.oauth2.initTokenClient`, without its callbacks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TokenClient {
    /// The user's client id.
    pub client_id: String,
    /// [`SCOPE`].
    pub scope: &'static str,
    /// Only what is asked for here.
    pub include_granted_scopes: bool,
}

impl TokenClient {
    /// A client with the user's id.
    ///
    /// # Errors
    /// `google_client_id` for text that is none.
    pub fn new(client_id: &str) -> Result<Self> {
        let id = client_id.trim();
        let head = id.strip_suffix(".apps.googleusercontent.com");
        let plain =
            |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if !head.is_some_and(plain) {
            return Err(
                Error::caller("google_client_id", format!("{id:?} is no client id")).hint(
                    "it ends in .apps.googleusercontent.com; make one of type Web application",
                ),
            );
        }
        Ok(Self {
            client_id: id.to_owned(),
            scope: SCOPE,
            include_granted_scopes: false,
        })
    }

    /// Where the user is sent when the script cannot be loaded. Google sends them back to
    /// `redirect_uri` with the token in the fragment, see [`AccessToken::from_fragment`].
    /// `state` is a random text that comes back with it.
    pub fn authorization_url(&self, redirect_uri: &str, state: &str) -> String {
        let pairs = [
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", redirect_uri),
            ("response_type", "token"),
            ("scope", self.scope),
            ("include_granted_scopes", "false"),
            ("state", state),
        ];
        let query: Vec<String> = pairs
            .iter()
            .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
            .collect();
        format!("{AUTHORIZE}?{}", query.join("&"))
    }
}

/// A token with its end.
#[derive(Clone, Debug)]
pub struct AccessToken {
    secret: Secret,
    ends: Timestamp,
}

impl AccessToken {
    /// The answer that the token client gives its callback.
    ///
    /// # Errors
    /// `google_refused` with Google's word for it, `google_scope` when the user left out the
    /// permission, `google_token` for an answer that holds no token.
    pub fn from_answer(answer: &Value, now: Timestamp) -> Result<Self> {
        let text = |name: &str| answer[name].as_str().filter(|s| !s.is_empty());
        if let Some(error) = text("error") {
            let more = text("error_description").map(|d| format!(": {d}"));
            return Err(Error::new(
                ErrorKind::Provider,
                "google_refused",
                format!("Google answered {error}{}", more.unwrap_or_default()),
            )
            .hint(match error {
                "access_denied" => "agree to the access, or use another account",
                "popup_closed" | "popup_failed_to_open" => "allow the window of this page",
                _ => "check the client id and that its authorised origins name this page",
            }));
        }
        if let Some(scope) = text("scope")
            && !scope.split(' ').any(|s| s == SCOPE)
        {
            return Err(Error::new(
                ErrorKind::Provider,
                "google_scope",
                "the token does not reach Google Cloud",
            )
            .hint("tick the access to Google Cloud when Google asks"));
        }
        let seconds = &answer["expires_in"];
        let seconds = seconds
            .as_i64()
            .or_else(|| seconds.as_str()?.parse().ok())
            .filter(|s| (1..=86_400).contains(s))
            .unwrap_or(PASTED_MS / 1000);
        Self::new(
            text("access_token").unwrap_or_default(),
            now.plus_millis(seconds * 1000),
        )
    }

    /// The fragment of the page's address after the way back from
    /// [`TokenClient::authorization_url`]. Take it out of the address at once.
    ///
    /// # Errors
    /// `google_state` when it does not belong to the request with this `state`, and those of
    /// [`from_answer`](Self::from_answer).
    pub fn from_fragment(fragment: &str, state: &str, now: Timestamp) -> Result<Self> {
        let mut answer = serde_json::Map::new();
        for pair in fragment.trim_start_matches('#').split('&') {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = value.replace('+', " ");
            let value = percent_decode_str(&value).decode_utf8_lossy().into_owned();
            answer.insert(name.to_owned(), Value::String(value));
        }
        let answer = Value::Object(answer);
        if state.is_empty() || answer["state"].as_str() != Some(state) {
            return Err(
                Error::caller("google_state", "the answer belongs to another request")
                    .hint("sign in again from this page"),
            );
        }
        Self::from_answer(&answer, now)
    }

    /// A token that the user pasted, for example of `gcloud auth print-access-token`.
    ///
    /// # Errors
    /// `google_token` for text that is none.
    pub fn pasted(text: &str, now: Timestamp) -> Result<Self> {
        Self::new(text, now.plus_millis(PASTED_MS))
    }

    fn new(text: &str, ends: Timestamp) -> Result<Self> {
        let token = text.trim();
        if token.is_empty() || !token.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(Error::caller("google_token", "this is no access token")
                .hint("paste one line, as `gcloud auth print-access-token` prints it"));
        }
        Ok(Self {
            secret: Secret::new(token),
            ends,
        })
    }

    /// The token, for the secrets port under [`TOKEN_ENV`], while it is good; `None` after.
    pub fn secret(&self, now: Timestamp) -> Option<Secret> {
        (self.remaining_ms(now) > 0).then(|| self.secret.clone())
    }

    /// When it ends.
    pub fn ends(&self) -> Timestamp {
        self.ends
    }

    /// Milliseconds that it can still be used for; 0 when a new one should be asked for.
    pub fn remaining_ms(&self, now: Timestamp) -> i64 {
        (self.ends.since(now) - MARGIN_MS).max(0)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "1234-abcd.apps.googleusercontent.com";

    fn now() -> Timestamp {
        Timestamp::parse("2026-11-22T12:00:00Z").unwrap()
    }

    #[test]
    fn the_request_names_client_scope_and_way_back() {
        let client = TokenClient::new(&format!(" {ID}\n")).unwrap();
        assert_eq!(
            serde_json::to_value(&client).unwrap(),
            json!({"client_id": ID, "scope": SCOPE, "include_granted_scopes": false})
        );
        let url = client.authorization_url("https://example.org/app?x=1", "a b");
        assert!(
            url.contains("redirect_uri=https%3A%2F%2Fexample%2Eorg%2Fapp%3Fx%3D1&"),
            "{url}"
        );
        assert!(
            url.contains("response_type=token&") && url.ends_with("state=a%20b"),
            "{url}"
        );
        for wrong in [
            "",
            "abc",
            "x&y=.apps.googleusercontent.com",
            ".apps.googleusercontent.com",
        ] {
            assert_eq!(
                TokenClient::new(wrong).unwrap_err().code(),
                "google_client_id"
            );
        }
    }

    #[test]
    fn a_token_is_good_until_a_minute_before_its_end() {
        let answer = json!({"access_token": "ya29.secret", "expires_in": 3599,
            "token_type": "Bearer", "scope": format!("email {SCOPE}")});
        let token = AccessToken::from_answer(&answer, now()).unwrap();
        assert_eq!(token.secret(now()).unwrap().expose(), "ya29.secret");
        assert_eq!(token.remaining_ms(now()), 3_539_000);
        let late = now().plus_millis(3_540_000);
        assert!(token.secret(late).is_none() && token.remaining_ms(late) == 0);
        assert!(!format!("{token:?}").contains("ya29"));
    }

    #[test]
    fn refusals_and_halves_are_told_apart() {
        for (answer, code) in [
            (json!({"error": "access_denied"}), "google_refused"),
            (
                json!({"access_token": "x", "scope": "email"}),
                "google_scope",
            ),
            (json!({"scope": SCOPE}), "google_token"),
            (json!({"access_token": "two words"}), "google_token"),
            (json!(null), "google_token"),
        ] {
            let e = AccessToken::from_answer(&answer, now()).unwrap_err();
            assert_eq!(e.code(), code);
            assert!(e.hint_text().is_some());
        }
    }

    #[test]
    fn the_fragment_must_answer_our_request() {
        let scope = utf8_percent_encode(SCOPE, NON_ALPHANUMERIC);
        let fragment = format!(
            "#state=s1&access_token=ya29.a%2Db&token_type=Bearer&expires_in=600&scope={scope}"
        );
        let token = AccessToken::from_fragment(&fragment, "s1", now()).unwrap();
        assert_eq!(token.secret(now()).unwrap().expose(), "ya29.a-b");
        assert_eq!(token.ends(), now().plus_millis(600_000));
        for (fragment, state) in [
            (fragment.as_str(), "s2"),
            ("#access_token=x&state=", ""),
            ("", "s"),
        ] {
            let e = AccessToken::from_fragment(fragment, state, now()).unwrap_err();
            assert_eq!(e.code(), "google_state");
        }
        assert!(AccessToken::pasted("ya29.x\n", now()).is_ok());
        assert!(AccessToken::pasted(" \n", now()).is_err());
    }
}
