//! What adapters of JSON interfaces with one key share: address and headers, the meaning of
//! status codes, and downloads by parts.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use serde_json::Value;
use sha2::Sha256;

use crate::base::hash::hex;
use crate::base::ports::{FileWriter, HttpResponse, Ports, Secret};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::call::{BUSY_MS, Call, failed, header, own_headers, pause, read_json};
use crate::provider::{ProviderOptions, retry_after_ms};

/// Bytes of a download in one request.
const RANGE: u64 = 8 << 20;

/// A client of one vendor's interface.
pub(super) struct Rest {
    pub(super) ports: Ports,
    /// Address without a slash at the end.
    base: String,
    /// What stands behind `?` in the address, such as a version: it goes with every request.
    query: String,
    /// The user's own headers.
    headers: Vec<(String, String)>,
    /// Name of the key, and whether it may be missing.
    key: (&'static str, bool),
    /// Header that carries the key as it is; `None` for the usual `authorization: Bearer`.
    key_header: Option<&'static str>,
}

impl Rest {
    /// A client of the interface at `options.base_url`, or else at `base`.
    pub(super) fn new(
        ports: &Ports,
        base: &str,
        options: &ProviderOptions,
        key: &'static str,
        optional: bool,
    ) -> Self {
        let headers = options.headers.iter();
        let (base, query) = base.split_once('?').unwrap_or((base, ""));
        Self {
            ports: ports.clone(),
            base: base.trim_end_matches('/').to_owned(),
            query: query.to_owned(),
            headers: headers.map(|(n, v)| (n.clone(), v.clone())).collect(),
            key: (key, optional),
            key_header: None,
        }
    }

    /// The same with the key in a header of its own.
    pub(super) fn key_in(mut self, header: &'static str) -> Self {
        self.key_header = Some(header);
        self
    }

    /// A request below the address of the interface.
    pub(super) fn call(&self, method: &'static str, path: &str) -> Call {
        // Queries stay out of errors: they are long and tell nothing.
        let (place, own) = path.split_once('?').unwrap_or((path, ""));
        let query: Vec<&str> = [own, &self.query]
            .into_iter()
            .filter(|q| !q.is_empty())
            .collect();
        let mark = if query.is_empty() { "" } else { "?" };
        Call::new(
            method,
            format!("{}{place}{mark}{}", self.base, query.join("&")),
            format!("{method} {place}"),
        )
    }

    fn key(&self) -> Result<Option<Secret>> {
        let (name, optional) = self.key;
        let given = self.ports.secrets.get(name);
        let text = given.as_ref().map(|s| s.expose().trim());
        match text {
            None | Some("") if optional => Ok(None),
            None | Some("") => Err(self.unauthorized("there is no key")),
            // Anything else would break the header.
            Some(t) if !t.bytes().all(|b| b.is_ascii_graphic()) => {
                Err(self.unauthorized("the key has characters that no key has"))
            }
            Some(t) => Ok(Some(Secret::new(t))),
        }
    }

    fn unauthorized(&self, message: &str) -> Error {
        Error::new(ErrorKind::Provider, "unauthorized", message).hint(format!(
            "give a working key ({}) and continue: nothing is lost",
            self.key.0
        ))
    }

    /// Sends once; any answer is fine.
    pub(super) async fn once(&self, call: &Call) -> Result<HttpResponse> {
        let mut own = Vec::new();
        if call.keyed {
            own = own_headers(&self.headers);
            if let Some(key) = self.key()? {
                own.push(match self.key_header {
                    Some(name) => (name.to_owned(), key),
                    None => {
                        let value = format!("Bearer {}", key.expose());
                        ("authorization".to_owned(), Secret::new(value))
                    }
                });
            }
        }
        call.send(&self.ports, own).await
    }

    /// Sends once; an answer other than 2xx is an error.
    pub(super) async fn ask(&self, call: &Call) -> Result<HttpResponse> {
        let answer = self.once(call).await?;
        match answer.status {
            200..=299 => Ok(answer),
            _ => Err(self.refusal(&answer, call)),
        }
    }

    /// Sends a request that may be repeated, a few times when it fails in passing.
    pub(super) async fn repeat(&self, call: &Call) -> Result<HttpResponse> {
        self.until(call, |status| (200..=299).contains(&status))
            .await
    }

    /// As [`repeat`](Self::repeat); `is_answer` says which status codes are answers.
    pub(super) async fn until(
        &self,
        call: &Call,
        is_answer: impl Fn(u16) -> bool,
    ) -> Result<HttpResponse> {
        let mut tries = 0;
        loop {
            let error = match self.once(call).await {
                Ok(answer) if is_answer(answer.status) => return Ok(answer),
                Ok(answer) => self.refusal(&answer, call),
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

    /// The JSON of a request that is sent once.
    pub(super) async fn ask_json(&self, call: &Call) -> Result<Value> {
        read_json(&self.ask(call).await?, &call.place)
    }

    /// Writes what lies at an address to `to`, part by part. A broken connection goes on where
    /// it broke. The whole is compared to `sha256` and to what the storage tells of it.
    pub(super) async fn download(
        &self,
        call: &Call,
        sha256: Option<&str>,
        to: &mut dyn FileWriter,
    ) -> Result<()> {
        let mut offset = 0u64;
        let mut version: Option<String> = None;
        let mut md5_told: Option<String> = None;
        let mut md5 = Md5::new();
        let mut hash = Sha256::new();
        loop {
            let range = format!("bytes={offset}-{}", offset + RANGE - 1);
            // 416 is an answer: there is nothing beyond.
            let part = call.clone().header("range", range);
            let part = self.until(&part, |s| matches!(s, 200 | 206 | 416)).await?;
            if part.status == 416 {
                break;
            }
            let tag = header(&part, "etag").map(str::to_owned);
            if offset > 0 && version != tag {
                return Err(failed(
                    "artifact_changed",
                    "the file changed during the download",
                    call,
                )
                .hint("download it again")
                .retry_after(1000));
            }
            version = tag;
            md5_told = md5_told.or_else(|| stored_md5(&part));
            let told = header(&part, "content-range");
            let place = told.and_then(content_range);
            let (bytes, total) = match (part.status, place) {
                (206, Some((from, total))) if from == offset => (&part.body[..], total),
                // Pages may not see where a part lies: it is the one that was asked for.
                (206, None) if told.is_none() => (&part.body[..], None),
                (206, _) => return Err(failed("answer_range", "another part was sent", call)),
                // The whole file: the server knows no parts.
                _ => {
                    let rest = part.body.get(offset as usize..).unwrap_or_default();
                    (rest, Some(offset + rest.len() as u64))
                }
            };
            hash.update(bytes);
            md5.update(bytes);
            to.write(bytes).await?;
            offset += bytes.len() as u64;
            let ended = match total {
                Some(total) => offset >= total,
                None => (bytes.len() as u64) < RANGE,
            };
            if ended {
                break;
            }
            if bytes.is_empty() {
                return Err(
                    failed("answer_range", "an empty part was sent", call).retry_after(1000)
                );
            }
        }
        let wrong_sha = sha256.is_some_and(|w| !w.eq_ignore_ascii_case(&hex(&hash.finalize())));
        let wrong_md5 = md5_told.is_some_and(|w| w != STANDARD.encode(md5.finalize()));
        if wrong_sha || wrong_md5 {
            return Err(
                failed("checksum", "the checksum of the download is wrong", call)
                    .hint("download it again")
                    .retry_after(1000),
            );
        }
        Ok(())
    }

    /// The error of an answer other than 2xx.
    pub(super) fn refusal(&self, answer: &HttpResponse, call: &Call) -> Error {
        let (code, mut message) = told(answer);
        if let Ok(Some(key)) = self.key() {
            message = message.replace(key.expose(), "…");
        }
        // What the vendor's support asks for.
        let request = header(answer, "x-request-id").or_else(|| header(answer, "apim-request-id"));
        if let Some(id) = request {
            message += &format!(" (request {})", id.chars().take(100).collect::<String>());
        }
        let wait = retry_after_ms(answer, self.ports.clock.now());
        // The vendors' own SDKs obey this header in both directions.
        let told_to = match header(answer, "x-should-retry") {
            Some("true") => Some(true),
            Some("false") => Some(false),
            _ => None,
        };
        let refused =
            |code: &str| Error::new(ErrorKind::Provider, code.to_owned(), message.clone());
        let (error, passing) = match answer.status {
            401 => (self.unauthorized(&message), false),
            402 => (
                refused("payment_required").hint("see the account at the vendor"),
                false,
            ),
            403 if code.as_deref() == Some("training_not_available") => (
                refused("training_not_available").hint(
                    "the vendor creates no training jobs for this organisation any more: use \
                     another provider, or train the custom bundle on your own machine",
                ),
                false,
            ),
            403 => (
                refused("forbidden").hint("the key lacks the right for this"),
                false,
            ),
            404 => (
                refused("not_found").hint("check the names and base_url"),
                false,
            ),
            408 => (refused("timeout"), true),
            409 => (
                refused("conflict").hint("it exists already, or is busy"),
                false,
            ),
            413 => (
                refused("too_large").hint("use fewer samples or smaller pictures"),
                false,
            ),
            429 if code.as_deref() == Some("insufficient_quota") => (
                refused("insufficient_quota").hint("add credit to the account at the vendor"),
                false,
            ),
            429 => (
                refused("rate_limited")
                    .hint("too many requests or jobs at a time; it is tried again"),
                true,
            ),
            500..=599 => (
                refused("server_error").hint("a failure at the vendor; it is tried again"),
                true,
            ),
            300..=399 => (
                refused("redirected").hint("set base_url to the address that answers"),
                false,
            ),
            _ => (
                refused("invalid_request").hint("correct what the vendor names"),
                false,
            ),
        };
        let error = error.at(&*call.place);
        match told_to.unwrap_or(passing) {
            true => error.retry_after(wait.unwrap_or(match answer.status {
                429 => BUSY_MS,
                _ => 1000,
            })),
            false => error,
        }
    }
}

/// The MD5 that cloud storage tells of the whole file: `x-goog-hash: crc32c=…,md5=…`.
fn stored_md5(answer: &HttpResponse) -> Option<String> {
    let told = answer.headers.iter().filter(|(n, _)| n == "x-goog-hash");
    let mut each = told.flat_map(|(_, v)| v.split(','));
    each.find_map(|h| h.trim().strip_prefix("md5=").map(str::to_owned))
}

/// `bytes 0-99/1000` → first byte and size.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    Some((range.split_once('-')?.0.parse().ok()?, total.parse().ok()))
}

/// Code and message of an error body: `{"error": {…}}`, `{"error": "…"}`, or the fields alone.
fn told(answer: &HttpResponse) -> (Option<String>, String) {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let error = match &body["error"] {
        Value::Null => &body,
        inner => inner,
    };
    let text = |v: &Value| v.as_str().filter(|s| !s.is_empty()).map(str::to_owned);
    let message = text(error)
        .or_else(|| text(&error["message"]))
        .or_else(|| text(&error["detail"]))
        .unwrap_or_else(|| format!("the answer was HTTP {}", answer.status));
    (text(&error["code"]), message.chars().take(600).collect())
}
