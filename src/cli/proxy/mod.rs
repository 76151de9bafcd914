//! `screensmith proxy`: lets a page in a browser talk to vendors that answer no browser.
//!
//! `http://127.0.0.1:8787/api.example.com/v1/files` is passed on to
//! `https://api.example.com/v1/files` with its method, headers and body, and the answer comes
//! back with the headers that a browser wants. Give the address up to the host as `base_url`.
//!
//! - Only hosts on the list are reached: those of the vendors, and those named by `--allow`.
//! - Only pages of the listed origins may ask, and by default only from this machine.
//! - Keys pass through; they are neither kept nor printed. The log holds method, host, path and
//!   status, no query and no header.
//! - Redirects of `GET` and `HEAD` are followed here, without the key once the host differs, and
//!   with the `Range` that was asked for. A redirect of another method, which a browser can
//!   neither read nor follow, becomes status 200 with the JSON `{"status": 302, "location":
//!   "http://127.0.0.1:8787/~/…"}` and the headers `x-proxy-status` and `x-proxy-location`; the
//!   address there leads through the proxy to the place that the vendor named, for an hour.
//! - A `location` of any other answer, such as that of an upload in parts, is turned into the
//!   address in the proxy.

mod rules;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::io::{self, Read};
use std::net::IpAddr;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::Args as ClapArgs;
use tiny_http::{Header, Method, Request, Response, Server, StatusCode};
use ureq::{Agent, SendBody, http};

use crate::base::hash::hex;
use crate::cli::{Outcome, Output};
use crate::error::{Error, Result};
use crate::provider::PROVIDERS;
use rules::Allowed;

/// Requests that are served at the same time.
const WORKERS: usize = 16;
/// Redirects that are followed in a row.
const MAX_REDIRECTS: usize = 5;
/// How long the address of a redirect stays valid.
const REDIRECT_LIFE: Duration = Duration::from_secs(3600);
/// Addresses of redirects that are kept.
const MAX_KEPT: usize = 1000;

/// Arguments of `proxy`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Port to listen on; 0 chooses a free one
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// Address to listen on; others than this machine may then use it
    #[arg(long, default_value = "127.0.0.1")]
    bind: IpAddr,
    /// Origin of a page that may ask; repeatable
    #[arg(long, value_name = "ORIGIN", value_parser = origin, default_values = ["http://localhost:8080", "http://127.0.0.1:8080"])]
    origin: Vec<String>,
    /// Further host to allow, such as api.example.com, *.example.com, http://127.0.0.1:9000
    #[arg(long, value_name = "HOST")]
    allow: Vec<String>,
    /// Largest request body in megabytes
    #[arg(long, value_name = "MB", default_value_t = 1024, value_parser = clap::value_parser!(u64).range(1..))]
    max_body: u64,
    /// Longest time for one request in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 900, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
}

/// Runs the command; ends only when it fails.
pub(super) fn run(args: &Args, output: &Output) -> Result<Outcome> {
    let (proxy, log) = Proxy::start(args)?;
    output.note(&format!(
        "proxy at http://{}/HOST/… for pages of {}",
        proxy.address,
        args.origin.join(", ")
    ));
    let hosts: Vec<String> = hosts().into_iter().chain(args.allow.clone()).collect();
    output.note(&format!("hosts: {}", hosts.join(", ")));
    if !args.bind.is_loopback() {
        output.note("warning: others in this network can use this proxy");
    }
    for line in log {
        output.note(&line);
    }
    Ok(Outcome::Done)
}

/// An origin, as browsers send it: scheme, host and perhaps port, nothing behind.
fn origin(text: &str) -> std::result::Result<String, String> {
    let rest = ["http://", "https://"]
        .iter()
        .find_map(|scheme| text.strip_prefix(scheme));
    let host = |r: &str| !r.is_empty() && !r.contains(['/', '?', '#', '@', ' ']);
    match rest.is_some_and(host) {
        true => Ok(text.to_ascii_lowercase()),
        false => Err("write scheme and host, such as http://localhost:8080".to_owned()),
    }
}

/// The hosts of all vendors.
fn hosts() -> Vec<String> {
    let mut all: Vec<String> = PROVIDERS.iter().flat_map(|v| v.proxy_hosts()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// A running proxy; it stops when dropped.
struct Proxy {
    server: Arc<Server>,
    address: String,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        for _ in 0..WORKERS {
            self.server.unblock();
        }
    }
}

/// What every worker needs.
struct Shared {
    allowed: Vec<Allowed>,
    origins: Vec<String>,
    loopback: bool,
    max_body: u64,
    agent: Agent,
    /// Where the addresses that were handed out lead.
    kept: Mutex<HashMap<String, (String, Instant)>>,
}

impl Proxy {
    fn start(args: &Args) -> Result<(Self, Receiver<String>)> {
        let mut allowed = Vec::new();
        for host in hosts().iter().chain(&args.allow) {
            allowed.push(Allowed::parse(host)?);
        }
        let server = Server::http((args.bind, args.port)).map_err(|e| {
            Error::storage("proxy_port", e.to_string())
                .at(format!("{}:{}", args.bind, args.port))
                .hint("choose another --port")
        })?;
        let address = server.server_addr().to_string();
        let seconds = |s| Some(Duration::from_secs(s));
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .allow_non_standard_methods(true)
            .accept_encoding("identity")
            .timeout_connect(seconds(10))
            .timeout_global(seconds(args.timeout))
            .build()
            .into();
        let shared = Arc::new(Shared {
            allowed,
            origins: args.origin.clone(),
            loopback: args.bind.is_loopback(),
            max_body: args.max_body.saturating_mul(1 << 20),
            agent,
            kept: Mutex::default(),
        });
        let server = Arc::new(server);
        let (log, lines) = channel();
        for _ in 0..WORKERS {
            let (server, shared, log) = (Arc::clone(&server), Arc::clone(&shared), log.clone());
            std::thread::spawn(move || serve(&server, &shared, &log));
        }
        Ok((Self { server, address }, lines))
    }
}

fn serve(server: &Server, shared: &Shared, log: &Sender<String>) {
    while let Ok(mut request) = server.recv() {
        #[expect(
            clippy::disallowed_methods,
            reason = "a log line, and no result, holds this time"
        )]
        let begun = Instant::now();
        let method = request.method().to_string();
        let (to, answer) = shared.answer(&mut request);
        let status = answer.status_code().0;
        // A browser that went away is no failure of the proxy.
        let _ = request.respond(answer);
        let line = format!("{method} {to} {status} {} ms", begun.elapsed().as_millis());
        if log.send(line).is_err() {
            return;
        }
    }
}

type Answer = Response<Box<dyn Read + Send>>;

/// An answer of the proxy itself.
fn own(status: u16, code: &str, message: &str) -> Answer {
    let text = serde_json::json!({"error": {"code": code, "message": message}}).to_string();
    json(status, text)
}

fn json(status: u16, text: String) -> Answer {
    let length = text.len();
    let headers = header("content-type", "application/json").into_iter();
    let body: Box<dyn Read + Send> = Box::new(io::Cursor::new(text));
    Response::new(
        StatusCode(status),
        headers.collect(),
        body,
        Some(length),
        None,
    )
}

fn header(name: &str, value: &str) -> Option<Header> {
    Header::from_bytes(name, value).ok()
}

fn value_of(request: &Request, name: &str) -> Option<String> {
    let found = request
        .headers()
        .iter()
        .find(|h| h.field.as_str().as_str().eq_ignore_ascii_case(name))?;
    Some(found.value.as_str().to_owned())
}

/// A request as it goes out.
struct Outgoing {
    method: http::Method,
    url: String,
    headers: Vec<(String, String)>,
}

impl Shared {
    /// Host and path for the log, and the answer.
    fn answer(&self, request: &mut Request) -> (String, Answer) {
        let origin = value_of(request, "origin");
        let host = value_of(request, "host").unwrap_or_default();
        let refuse = |code, message| (String::new(), own(403, code, message));
        if self.loopback && !rules::is_loopback(&host) {
            return refuse("proxy_host", "ask for this proxy by the name localhost");
        }
        if let Some(origin) = &origin
            && !self.origins.contains(origin)
        {
            return refuse(
                "proxy_origin",
                "this page is not on the list: start the proxy with --origin",
            );
        }
        let (to, mut answer) = if *request.method() == Method::Options && origin.is_some() {
            (String::new(), self.permission(request))
        } else {
            self.pass(request, &host)
        };
        if let Some(origin) = origin {
            let exposed: Vec<String> = answer
                .headers()
                .iter()
                .map(|h| h.field.as_str().as_str().to_ascii_lowercase())
                .collect();
            for (name, value) in [
                ("access-control-allow-origin", origin.as_str()),
                ("access-control-expose-headers", &exposed.join(", ")),
                ("vary", "origin"),
            ] {
                if let Some(h) = header(name, value) {
                    answer.add_header(h);
                }
            }
        }
        (to, answer)
    }

    /// The answer to a browser that asks whether it may ask.
    fn permission(&self, request: &Request) -> Answer {
        let wanted = value_of(request, "access-control-request-headers").unwrap_or_default();
        let headers = [
            (
                "access-control-allow-methods",
                "GET, HEAD, POST, PUT, PATCH, DELETE",
            ),
            ("access-control-allow-headers", wanted.as_str()),
            ("access-control-allow-private-network", "true"),
            ("access-control-max-age", "600"),
        ];
        let headers = headers.into_iter().filter_map(|(n, v)| header(n, v));
        let body: Box<dyn Read + Send> = Box::new(io::empty());
        Response::new(StatusCode(204), headers.collect(), body, Some(0), None)
    }

    fn pass(&self, request: &mut Request, host: &str) -> (String, Answer) {
        let path = request.url().to_owned();
        let (url, handed_out) = match path.strip_prefix("/~/") {
            Some(name) => (self.kept(name), true),
            None => (rules::target(&self.allowed, &path), false),
        };
        let Some(url) = url else {
            let code = if handed_out {
                "proxy_expired"
            } else {
                "proxy_refused"
            };
            let shown = path.split('?').next().unwrap_or_default();
            let text =
                "this proxy does not go there: its paths are /HOST/PATH with a host on the list";
            return (shown.to_owned(), own(403, code, text));
        };
        let shown = match rules::host_of(&url) {
            Some(host) if handed_out => host,
            _ => url.split('?').next().unwrap_or_default().to_owned(),
        };
        if request
            .body_length()
            .is_some_and(|n| n as u64 > self.max_body)
        {
            return (
                shown,
                own(413, "proxy_body", "the request is larger than --max-body"),
            );
        }
        let Ok(method) = http::Method::from_bytes(request.method().to_string().as_bytes()) else {
            return (shown, own(400, "proxy_method", "this is no HTTP method"));
        };
        let headers = request
            .headers()
            .iter()
            .map(|h| {
                let name = h.field.as_str().as_str().to_ascii_lowercase();
                (name, h.value.as_str().to_owned())
            })
            // Places that a vendor hands out carry their own permission.
            .filter(|(name, _)| rules::passes_on(name) && !(handed_out && rules::is_key(name)))
            .collect();
        let out = Outgoing {
            method,
            url,
            headers,
        };
        let answer = match self.send(out, request, host) {
            Ok(answer) => answer,
            Err(e) => failed(&e),
        };
        (shown, answer)
    }

    /// Sends it on, follows what can be followed, and makes the answer.
    fn send(
        &self,
        mut out: Outgoing,
        request: &mut Request,
        host: &str,
    ) -> std::result::Result<Answer, ureq::Error> {
        let follows = matches!(out.method, http::Method::GET | http::Method::HEAD);
        let length = request.body_length();
        for _ in 0..=MAX_REDIRECTS {
            let mut builder = http::Request::builder()
                .method(out.method.clone())
                .uri(out.url.as_str());
            for (name, value) in &out.headers {
                builder = builder.header(name.as_str(), value.as_str());
            }
            let answer = if follows || length == Some(0) {
                if !follows {
                    builder = builder.header("content-length", "0");
                }
                self.agent.run(builder.body(SendBody::none())?)?
            } else {
                if let Some(n) = length {
                    builder = builder.header("content-length", n.to_string());
                }
                let mut body = Limited {
                    left: self.max_body,
                    inner: request.as_reader(),
                };
                self.agent
                    .run(builder.body(SendBody::from_reader(&mut body))?)?
            };
            let location = answer
                .headers()
                .get("location")
                .and_then(|v| v.to_str().ok());
            let (true, Some(location)) = (answer.status().is_redirection(), location) else {
                // Uploads in parts are told where to go on.
                let next = location
                    .and_then(|l| rules::redirect(&self.allowed, &out.url, l))
                    .and_then(|l| rules::inside(&self.allowed, &l, host));
                return Ok(back(answer, next.as_deref()));
            };
            let Some(to) = rules::redirect(&self.allowed, &out.url, location) else {
                return Ok(own(
                    502,
                    "proxy_redirect",
                    "the vendor redirects to a place that is not allowed",
                ));
            };
            if !follows {
                return Ok(self.hand_out(answer, to, host));
            }
            if rules::host_of(&to) != rules::host_of(&out.url) {
                out.headers.retain(|(name, _)| !rules::is_key(name));
            }
            out.url = to;
        }
        Ok(own(
            502,
            "proxy_redirect",
            "the vendor redirects in circles",
        ))
    }

    /// Where an address that was handed out leads.
    fn kept(&self, name: &str) -> Option<String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (url, made) = kept.get(name)?;
        (made.elapsed() < REDIRECT_LIFE).then(|| url.clone())
    }

    /// The answer to a redirect that the browser has to follow itself, through this proxy.
    fn hand_out(&self, answer: http::Response<ureq::Body>, to: String, host: &str) -> Answer {
        let mut random = [0u8; 16];
        if getrandom::fill(&mut random).is_err() {
            return own(500, "no_randomness", "this machine gives no random numbers");
        }
        let name = hex(&random);
        let status = answer.status().as_u16();
        let here = format!("http://{host}/~/{name}");
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.retain(|_, (_, made)| made.elapsed() < REDIRECT_LIFE);
            if kept.len() >= MAX_KEPT {
                return own(503, "proxy_full", "too many redirects are open");
            }
            #[expect(
                clippy::disallowed_methods,
                reason = "an address that expires, no result"
            )]
            kept.insert(name, (to, Instant::now()));
        }
        let text = serde_json::json!({"status": status, "location": here}).to_string();
        let mut own = json(200, text);
        for (name, value) in answer.headers() {
            let passes = rules::passes_back(name.as_str()) && name != "content-type";
            if let (true, Ok(h)) = (passes, Header::from_bytes(name.as_str(), value.as_bytes())) {
                own.add_header(h);
            }
        }
        for (name, value) in [
            ("x-proxy-status", status.to_string()),
            ("x-proxy-location", here),
        ] {
            if let Some(h) = header(name, &value) {
                own.add_header(h);
            }
        }
        own
    }
}

/// The vendor's answer, streamed, with the address in the proxy that it leads to.
fn back(answer: http::Response<ureq::Body>, location: Option<&str>) -> Answer {
    let (parts, body) = answer.into_parts();
    let length = body.content_length().and_then(|n| usize::try_from(n).ok());
    let headers = parts
        .headers
        .iter()
        .filter(|(name, _)| rules::passes_back(name.as_str()))
        .filter_map(|(name, v)| Header::from_bytes(name.as_str(), v.as_bytes()).ok())
        .chain(location.and_then(|l| header("location", l)))
        .collect();
    let body: Box<dyn Read + Send> = Box::new(body.into_reader());
    Response::new(
        StatusCode(parts.status.as_u16()),
        headers,
        body,
        length,
        None,
    )
}

/// What went wrong on the way, in words that hold no address and no header.
fn failed(e: &ureq::Error) -> Answer {
    let (status, text) = match e {
        ureq::Error::Timeout(_) => (504, "the vendor took too long"),
        ureq::Error::HostNotFound => (502, "the vendor's host is not found"),
        ureq::Error::Io(e) if e.kind() == io::ErrorKind::FileTooLarge => {
            (413, "the request is larger than --max-body")
        }
        _ => (502, "no connection to the vendor"),
    };
    own(status, "proxy_upstream", text)
}

/// Fails once more than `left` bytes were read.
struct Limited<'a> {
    left: u64,
    inner: &'a mut dyn Read,
}

impl Read for Limited<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(to)?;
        match self.left.checked_sub(n as u64) {
            Some(left) => self.left = left,
            None => return Err(io::ErrorKind::FileTooLarge.into()),
        }
        Ok(n)
    }
}
