//! Requests to Google's interfaces: the token, and what their errors mean.

use serde_json::Value;

use crate::base::ports::{HttpResponse, Ports, Secret};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::call::{BUSY_MS, Call, own_headers, pause, read_json};
use crate::provider::google::TOKEN_ENV;
use crate::provider::retry_after_ms;

/// A client of Google's interfaces.
pub(super) struct Google {
    pub(super) ports: Ports,
    /// The user's own headers.
    pub(super) headers: Vec<(String, String)>,
}

impl Google {
    fn token(&self) -> Result<Secret> {
        let given = self.ports.secrets.get(TOKEN_ENV);
        let text = given.as_ref().map(|s| s.expose().trim());
        match text {
            None | Some("") => Err(unauthorized("there is no access token")),
            // Anything else would break the header.
            Some(t) if !t.bytes().all(|b| b.is_ascii_graphic()) => Err(unauthorized(
                "the access token has characters that no token has",
            )),
            Some(t) => Ok(Secret::new(t)),
        }
    }

    /// Sends once; any answer is fine.
    pub(super) async fn once(&self, call: &Call) -> Result<HttpResponse> {
        // Upload sessions are the storage's own addresses: what a proxy before it wants, they
        // want too.
        let mut own = own_headers(&self.headers);
        if call.keyed {
            let value = format!("Bearer {}", self.token()?.expose());
            own.push(("authorization".to_owned(), Secret::new(value)));
        }
        call.send(&self.ports, own).await
    }

    /// Sends once; an answer other than 2xx is an error.
    pub(super) async fn ask(&self, call: &Call) -> Result<HttpResponse> {
        let answer = self.once(call).await?;
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        Err(self.refusal(&answer, &call.place))
    }

    /// Sends a request that may be repeated, a few times when it fails in passing.
    pub(super) async fn repeat(&self, call: &Call) -> Result<HttpResponse> {
        let mut tries = 0;
        loop {
            let error = match self.ask(call).await {
                Ok(answer) => return Ok(answer),
                Err(e) => e,
            };
            tries += 1;
            pause(&self.ports, error, tries).await?;
        }
    }

    /// The JSON of a [`repeat`](Self::repeat)ed request.
    pub(super) async fn json(&self, call: &Call) -> Result<Value> {
        read_json(&self.repeat(call).await?, &call.place)
    }

    /// The error of an answer other than 2xx.
    pub(super) fn refusal(&self, answer: &HttpResponse, place: &str) -> Error {
        let told = Told::read(answer);
        let mut message = told.message();
        if let Ok(token) = self.token() {
            message = message.replace(token.expose(), "…");
        }
        let wait = retry_after_ms(answer, self.ports.clock.now()).or(told.retry_ms);
        let refused = |code: &'static str| {
            Error::new(ErrorKind::Provider, code, message.clone()).at(told
                .field
                .as_deref()
                .map_or_else(|| place.to_owned(), |field| format!("{place}: {field}")))
        };
        match answer.status {
            401 => unauthorized(&message).at(place),
            403 if told.reason == "SERVICE_DISABLED" => refused("api_disabled")
                .hint("enable the Vertex AI API (aiplatform.googleapis.com) in the project"),
            403 => refused("forbidden").hint(
                "the account needs the roles Vertex AI User on the project and Storage Object User on the bucket",
            ),
            404 => refused("not_found").hint("check project, region and names"),
            408 => refused("timeout").retry_after(wait.unwrap_or(1000)),
            409 if told.status == "ABORTED" => refused("conflict").retry_after(wait.unwrap_or(2000)),
            409 => refused("conflict").hint("it exists already"),
            412 => refused("precondition_failed").hint("it was changed by someone else"),
            413 => refused("too_large").hint("use fewer samples or smaller pictures"),
            429 => refused("rate_limited")
                .retry_after(wait.unwrap_or(BUSY_MS))
                .hint("too many requests or tuning jobs at a time; it is tried again"),
            500..=599 => refused("server_error")
                .retry_after(wait.unwrap_or(1000))
                .hint("a failure at the vendor; it is tried again"),
            _ if told.status == "FAILED_PRECONDITION" => refused("failed_precondition")
                .hint("see what the vendor says"),
            _ => refused("invalid_argument").hint("correct what the vendor names"),
        }
    }
}

fn unauthorized(message: &str) -> Error {
    Error::new(ErrorKind::Provider, "unauthorized", message).hint(
        "give a new access token (VERTEX_ACCESS_TOKEN, for example of `gcloud auth \
         print-access-token`) and continue: nothing is lost",
    )
}

/// What an error body says: `google.rpc.Status` as JSON, alone or in a list of one, or the
/// older form of Cloud Storage.
#[derive(Debug, Default)]
struct Told {
    http: u16,
    status: String,
    message: String,
    reason: String,
    field: Option<String>,
    retry_ms: Option<u64>,
}

impl Told {
    fn read(answer: &HttpResponse) -> Self {
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let body = match &body {
            Value::Array(list) => list.first().unwrap_or(&Value::Null),
            other => other,
        };
        let error = &body["error"];
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let mut out = Self {
            http: answer.status,
            status: text(&error["status"]),
            message: text(&error["message"]),
            reason: text(&error["errors"][0]["reason"]),
            ..Self::default()
        };
        for detail in error["details"].as_array().into_iter().flatten() {
            if let Some(reason) = detail["reason"].as_str() {
                out.reason = reason.to_owned();
            }
            if let Some(delay) = detail["retryDelay"].as_str() {
                out.retry_ms = seconds_ms(delay.trim_end_matches('s'));
            }
            let violation = &detail["fieldViolations"][0];
            if let Some(field) = violation["field"].as_str().filter(|f| !f.is_empty()) {
                out.field = Some(field.to_owned());
            }
            if let Some(why) = violation["description"].as_str()
                && !out.message.contains(why)
            {
                out.message = format!("{}: {why}", out.message);
            }
        }
        out
    }

    fn message(&self) -> String {
        if self.message.is_empty() {
            return format!("the answer was HTTP {}", self.http);
        }
        self.message.chars().take(600).collect()
    }
}

/// `1.5` → 1500; an hour at most.
fn seconds_ms(text: &str) -> Option<u64> {
    let s: f64 = text.trim().parse().ok()?;
    (0.0..=3600.0).contains(&s).then_some((s * 1000.0) as u64)
}
