//! Requests of native programs.

use std::time::Duration;

use futures_channel::oneshot;
use ureq::http::header::LOCATION;
use ureq::http::{Request, Response, Uri};
use ureq::{Agent, Body};

use super::{MAX_ANSWER_BYTES, TIMEOUT_MS};
use crate::base::ports::{Http, HttpRequest, HttpResponse, LocalFuture};
use crate::error::{Error, ErrorKind, Result};

/// Redirects followed before it counts as a loop.
const MAX_REDIRECTS: usize = 5;

/// Headers that may follow a redirect to another host; others could carry a key.
const HARMLESS: &[&str] = &["accept", "range", "user-agent"];

/// The network of a native program. Each request has a thread of its own, so several can be on
/// the way at a time; whoever starts them keeps their number small.
#[derive(Clone, Debug)]
pub struct NativeHttp(Agent);

impl Default for NativeHttp {
    fn default() -> Self {
        Self::new()
    }
}

impl NativeHttp {
    /// A client with connections kept open; it obeys `HTTPS_PROXY` and its like.
    pub fn new() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            // Followed here: keys must not travel to another host.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(Duration::from_secs(20)))
            .timeout_global(Some(Duration::from_millis(TIMEOUT_MS)))
            .user_agent(concat!("screensmith/", env!("CARGO_PKG_VERSION")))
            .build();
        Self(config.new_agent())
    }

    fn run(&self, request: HttpRequest) -> Result<HttpResponse> {
        let HttpRequest {
            method,
            url,
            mut headers,
            body,
        } = request;
        let mut at: Uri = url.parse().map_err(|_| bad_address(&url))?;
        for _ in 0..=MAX_REDIRECTS {
            let mut builder = Request::builder().method(method).uri(at.clone());
            for (name, value) in &headers {
                builder = builder.header(name.as_str(), value.expose());
            }
            let answer = if body.is_empty() && method != "POST" && method != "PUT" {
                builder.body(()).map(|r| self.0.run(r))
            } else {
                builder.body(body.as_slice()).map(|r| self.0.run(r))
            };
            // The builder's error may quote a header, so its text is not passed on.
            let answer = answer
                .map_err(|_| {
                    Error::caller("request", "the request has a header that cannot be sent")
                        .at(place(&at))
                        .hint("check the key and the extra headers for line breaks")
                })?
                .map_err(|e| failed(&e, &at))?;
            let Some(next) = redirect(method, &answer) else {
                return read(answer, &at);
            };
            let next = resolve(&at, &next).ok_or_else(|| bad_address(&next))?;
            if next.authority() != at.authority() || next.scheme() != at.scheme() {
                headers.retain(|(name, _)| HARMLESS.contains(&name.as_str()));
            }
            at = next;
        }
        Err(Error::new(
            ErrorKind::Network,
            "redirects",
            "the address redirects in a circle",
        )
        .at(place(&at)))
    }
}

impl Http for NativeHttp {
    fn send(&self, request: HttpRequest) -> LocalFuture<'_, Result<HttpResponse>> {
        let http = self.clone();
        Box::pin(async move {
            let (tell, hear) = oneshot::channel();
            std::thread::Builder::new()
                .name("http".to_owned())
                // Nobody may be listening any more: the caller gave up.
                .spawn(move || drop(tell.send(http.run(request))))?;
            hear.await.unwrap_or_else(|_| {
                Err(Error::new(
                    ErrorKind::Network,
                    "connection_lost",
                    "the request was given up",
                ))
            })
        })
    }
}

/// Where a followed answer leads.
fn redirect(method: &str, answer: &Response<Body>) -> Option<String> {
    if method != "GET" || !matches!(answer.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let to = answer.headers().get(LOCATION)?;
    to.to_str().ok().map(str::to_owned)
}

/// An absolute address, or a path on the same host.
fn resolve(at: &Uri, to: &str) -> Option<Uri> {
    if to.starts_with('/') && !to.starts_with("//") {
        let base = format!("{}://{}", at.scheme_str()?, at.authority()?);
        return format!("{base}{to}").parse().ok();
    }
    let uri: Uri = to.parse().ok()?;
    (uri.host().is_some() && uri.scheme().is_some()).then_some(uri)
}

fn read(answer: Response<Body>, at: &Uri) -> Result<HttpResponse> {
    let (parts, mut body) = answer.into_parts();
    let headers = parts.headers.iter().map(|(name, value)| {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        (name.as_str().to_owned(), value)
    });
    let headers = headers.collect();
    let bytes = body
        .with_config()
        .limit(MAX_ANSWER_BYTES)
        .read_to_vec()
        .map_err(|e| failed(&e, at))?;
    Ok(HttpResponse {
        status: parts.status.as_u16(),
        headers,
        body: bytes,
    })
}

fn bad_address(url: &str) -> Error {
    // Without its query, which may be signed.
    let shown = url.split('?').next().unwrap_or_default();
    Error::caller("address", format!("{shown:?} is no address")).hint("check base_url")
}

/// Scheme, host and path: what may be shown.
fn place(at: &Uri) -> String {
    let scheme = at.scheme_str().unwrap_or("https");
    let host = at.authority().map_or("", |a| a.as_str());
    // A name and password in the address stay out.
    let host = host.rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{}", at.path())
}

fn failed(e: &ureq::Error, at: &Uri) -> Error {
    use std::io::ErrorKind as Io;
    let network = |code: &'static str, message: String| {
        Error::new(ErrorKind::Network, code, message).at(place(at))
    };
    let host = at.host().unwrap_or_default();
    match e {
        ureq::Error::Timeout(_) => network("timeout", format!("{host} did not answer in time")),
        ureq::Error::HostNotFound | ureq::Error::ConnectionFailed => {
            network("offline", format!("no connection to {host}"))
                .hint("check the network and base_url")
        }
        ureq::Error::Io(io) => match io.kind() {
            Io::ConnectionRefused | Io::NetworkUnreachable | Io::HostUnreachable => {
                network("offline", format!("no connection to {host}"))
                    .hint("check the network and base_url")
            }
            Io::TimedOut => network("timeout", format!("{host} did not answer in time")),
            _ => network(
                "connection_lost",
                format!("the connection to {host} broke: {}", io.kind()),
            ),
        },
        ureq::Error::BodyExceedsLimit(_) => Error::limit(
            "answer_size",
            format!("the answer is larger than {MAX_ANSWER_BYTES} bytes"),
        )
        .at(place(at)),
        ureq::Error::Tls(_) | ureq::Error::Rustls(_) => {
            network("tls", format!("no secure connection to {host}")).hint("check base_url")
        }
        _ => network("connection_lost", format!("the connection to {host} broke")),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;

    use super::*;
    use crate::base::ports::Secret;
    use crate::base::system::block_on;

    /// Answers one request after the other with these texts and returns what was asked.
    fn server(answers: Vec<String>) -> (u16, std::thread::JoinHandle<Vec<String>>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let thread = std::thread::spawn(move || {
            let mut asked = Vec::new();
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                let mut bytes = Vec::new();
                let mut part = [0; 4096];
                while !String::from_utf8_lossy(&bytes).contains("\r\n\r\n") {
                    let n = stream.read(&mut part).unwrap();
                    bytes.extend_from_slice(&part[..n]);
                }
                asked.push(String::from_utf8_lossy(&bytes).into_owned());
                stream.write_all(answer.as_bytes()).unwrap();
            }
            asked
        });
        (port, thread)
    }

    fn get(url: String) -> HttpRequest {
        HttpRequest {
            method: "GET",
            url,
            headers: vec![
                ("authorization".to_owned(), Secret::new("Bearer sk-1234")),
                ("range".to_owned(), Secret::new("bytes=0-9")),
            ],
            body: Vec::new(),
        }
    }

    #[test]
    fn every_status_is_an_answer() {
        let (port, thread) = server(vec![
            "HTTP/1.1 429 Busy\r\nRetry-After: 7\r\nConnection: close\r\nContent-Length: 4\r\n\r\nwait".to_owned(),
        ]);
        let answer =
            block_on(NativeHttp::new().send(get(format!("http://127.0.0.1:{port}/x?y=1"))))
                .unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (429, &b"wait"[..]));
        assert!(
            answer
                .headers
                .contains(&("retry-after".to_owned(), "7".to_owned()))
        );
        let asked = thread.join().unwrap();
        assert!(asked[0].starts_with("GET /x?y=1 HTTP/1.1\r\n"));
        assert!(
            asked[0]
                .to_lowercase()
                .contains("authorization: bearer sk-1234")
        );
    }

    #[test]
    fn keys_do_not_follow_a_redirect_to_another_host() {
        let (other, elsewhere) = server(vec![
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok".to_owned(),
        ]);
        // `localhost` and `127.0.0.1` are different hosts.
        let (port, here) = server(vec![format!(
            "HTTP/1.1 302 Found\r\nLocation: http://localhost:{other}/file\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
        )]);
        let answer =
            block_on(NativeHttp::new().send(get(format!("http://127.0.0.1:{port}/")))).unwrap();
        assert_eq!(answer.body, b"ok");
        assert!(
            here.join().unwrap()[0]
                .to_lowercase()
                .contains("authorization")
        );
        let asked = elsewhere.join().unwrap().remove(0).to_lowercase();
        assert!(!asked.contains("authorization") && asked.contains("range: bytes=0-9"));
    }

    #[test]
    fn failures_are_told_apart_and_show_no_key() {
        let free = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        let e =
            block_on(NativeHttp::new().send(get(format!("http://127.0.0.1:{free}/a?sig=sk-1234"))))
                .unwrap_err();
        assert_eq!((e.kind(), e.code()), (ErrorKind::Network, "offline"));
        assert!(!format!("{e} {e:?}").contains("sk-1234"));
        let (port, _thread) = server(vec![
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort".to_owned(),
        ]);
        let e =
            block_on(NativeHttp::new().send(get(format!("http://127.0.0.1:{port}/")))).unwrap_err();
        assert_eq!(
            (e.kind(), e.code()),
            (ErrorKind::Network, "connection_lost")
        );
        let mut broken = get("http://127.0.0.1:1/".to_owned());
        broken.headers[0].1 = Secret::new("sk-1234\nx: y");
        let e = block_on(NativeHttp::new().send(broken)).unwrap_err();
        assert_eq!(e.code(), "request");
        assert!(!format!("{e} {e:?}").contains("sk-1234"));
    }
}
