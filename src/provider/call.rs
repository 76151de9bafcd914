//! What every adapter does with one request: send it without telling its address in errors,
//! read the answer, and try again what failed in passing.

use serde_json::Value;

use crate::base::ports::{HttpRequest, HttpResponse, Ports, Secret};
use crate::error::{Error, ErrorKind, Result};

/// Tries of a request that changes nothing when repeated.
const TRIES: u32 = 4;
/// Longest wait between tries here; for longer ones the job itself waits, where the user sees it.
const LONGEST_WAIT_MS: u64 = 8000;
/// Wait after 429 without a time, in milliseconds.
pub(super) const BUSY_MS: u64 = 5000;

/// One request.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) method: &'static str,
    pub(super) url: String,
    /// What it is about, for errors: never the URL, which may be a capability.
    pub(super) place: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
    /// Carries the key. An address that carries its own permission needs none, so the key is not
    /// sent where it leads.
    pub(super) keyed: bool,
}

impl Call {
    /// A request to the vendor's interface.
    pub(super) fn new(
        method: &'static str,
        url: impl Into<String>,
        place: impl Into<String>,
    ) -> Self {
        Self {
            method,
            url: url.into(),
            place: place.into(),
            headers: Vec::new(),
            body: Vec::new(),
            keyed: true,
        }
    }

    /// A request to an address that carries its own permission.
    pub(super) fn signed(
        method: &'static str,
        url: impl Into<String>,
        place: impl Into<String>,
    ) -> Self {
        Self {
            keyed: false,
            ..Self::new(method, url, place)
        }
    }

    pub(super) fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(super) fn body(mut self, media_type: &str, body: Vec<u8>) -> Self {
        self.body = body;
        self.header("content-type", media_type)
    }

    pub(super) fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string().into_bytes())
    }

    /// Sends once; any answer is fine. `own` are the headers of a [`keyed`](Self::keyed) request.
    pub(super) async fn send(
        &self,
        ports: &Ports,
        own: Vec<(String, Secret)>,
    ) -> Result<HttpResponse> {
        let mut headers = own;
        for (name, value) in &self.headers {
            headers.push((name.clone(), Secret::new(value.as_str())));
        }
        let request = HttpRequest {
            method: self.method,
            url: self.url.clone(),
            headers,
            body: self.body.clone(),
        };
        ports.http.send(request).await.map_err(|e| {
            let message = e.message().replace(&self.url, "the address");
            let mut out = Error::new(e.kind(), e.code().to_owned(), message).at(&*self.place);
            if let Some(hint) = e.hint_text() {
                out = out.hint(hint);
            }
            match e.retry_after_ms() {
                Some(ms) => out.retry_after(ms),
                None => out,
            }
        })
    }
}

/// Headers of the user's own, as they are sent.
pub(super) fn own_headers(headers: &[(String, String)]) -> Vec<(String, Secret)> {
    let each = headers.iter();
    each.map(|(name, value)| (name.to_ascii_lowercase(), Secret::new(value.as_str())))
        .collect()
}

/// Whether the same request may work later.
pub(super) fn is_passing(e: &Error) -> bool {
    e.kind() == ErrorKind::Network || e.retry_after_ms().is_some()
}

/// Waits after the failure number `tries`, or gives it back when waiting is of no use.
pub(super) async fn pause(ports: &Ports, error: Error, tries: u32) -> Result<()> {
    let wait = error.retry_after_ms().unwrap_or(500 << tries.min(4));
    if !is_passing(&error) || tries >= TRIES || wait > LONGEST_WAIT_MS {
        return Err(error);
    }
    ports.clock.sleep(wait).await;
    Ok(())
}

/// The JSON of an answer; nothing is `null`.
pub(super) fn read_json(answer: &HttpResponse, place: &str) -> Result<Value> {
    if answer.body.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&answer.body).map_err(|e| {
        Error::new(
            ErrorKind::Provider,
            "answer_json",
            format!("the answer is no JSON: {e}"),
        )
        .at(place)
        .hint("does something between here and the vendor answer in its place?")
        .retry_after(1000)
    })
}

/// The first header of this name.
pub(super) fn header<'a>(answer: &'a HttpResponse, name: &str) -> Option<&'a str> {
    let found = answer.headers.iter().find(|(n, _)| n == name);
    found.map(|(_, value)| value.as_str())
}

/// An error about what `call` was for.
pub(super) fn failed(code: &'static str, message: &str, call: &Call) -> Error {
    Error::new(ErrorKind::Provider, code, message).at(&*call.place)
}

/// `text` as one part of a path or as a value of a query.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::new();
    for b in text.bytes() {
        match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                out.push(char::from(b));
            }
            _ => out.push_str(&format!("%{b:02X}")),
        }
    }
    out
}

/// A multipart form: text fields, then one file.
pub(super) fn form(
    boundary: &str,
    fields: &[(&str, &str)],
    file: Option<(&str, &str, &[u8])>,
) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in fields {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
        );
        out.extend_from_slice(head.as_bytes());
    }
    if let Some((name, file_name, bytes)) = file {
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; \
             filename=\"{file_name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
        );
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(bytes);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    out
}
