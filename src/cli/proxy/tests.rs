//! The proxy in front of a real server on this machine.

use std::io::Read as _;
use std::sync::{Arc, Mutex};

use tiny_http::{Header, Response, Server};
use ureq::Agent;

use super::*;

const APP: &str = "http://localhost:8080";
const KEY: &str = "Bearer sk-very-secret";

/// What the vendor's server saw of a request.
#[derive(Clone, Debug, Default)]
struct Seen {
    method: String,
    url: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Seen {
    fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(n, _)| n == name);
        found.map(|(_, v)| v.as_str())
    }
}

/// A vendor: echoes, redirects an upload elsewhere, and serves a file by range.
struct Vendor {
    server: Arc<Server>,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Drop for Vendor {
    fn drop(&mut self) {
        self.server.unblock();
    }
}

impl Vendor {
    fn start(storage: Option<String>) -> Self {
        let server = Arc::new(Server::http("127.0.0.1:0").unwrap());
        let seen: Arc<Mutex<Vec<Seen>>> = Arc::default();
        let (s, all) = (Arc::clone(&server), Arc::clone(&seen));
        std::thread::spawn(move || {
            while let Ok(mut r) = s.recv() {
                let mut one = Seen {
                    method: r.method().to_string(),
                    url: r.url().to_owned(),
                    headers: r
                        .headers()
                        .iter()
                        .map(|h| {
                            let name = h.field.as_str().as_str().to_ascii_lowercase();
                            (name, h.value.as_str().to_owned())
                        })
                        .collect(),
                    body: Vec::new(),
                };
                if r.as_reader().read_to_end(&mut one.body).is_err() {
                    // The proxy hung up in the middle: nothing was received.
                    continue;
                }
                all.lock().unwrap().push(one.clone());
                let storage = storage.clone().unwrap_or_default();
                let h = |n: &str, v: &str| Header::from_bytes(n, v).unwrap();
                let answer = match one.url.split('?').next().unwrap() {
                    "/v1/files" | "/v1/download" => Response::from_string("")
                        .with_status_code(302)
                        .with_header(h("location", &format!("{storage}/put/x?sig=1")))
                        .with_header(h("x-vendor-file-id", "file-7")),
                    "/v1/inside" => Response::from_string("")
                        .with_status_code(302)
                        .with_header(h("location", "http://127.0.0.1:1/metadata")),
                    "/v1/session" => {
                        Response::from_string("").with_header(h("location", "/v1/part?upload_id=9"))
                    }
                    "/v1/limit" => Response::from_string("slow down")
                        .with_status_code(429)
                        .with_header(h("retry-after", "7"))
                        .with_header(h("set-cookie", "a=b")),
                    _ => Response::from_string("the answer"),
                };
                r.respond(answer).unwrap();
            }
        });
        Self { server, seen }
    }

    fn address(&self) -> String {
        self.server.server_addr().to_string()
    }

    fn last(&self) -> Seen {
        self.seen.lock().unwrap().last().unwrap().clone()
    }
}

fn proxy(vendors: &[&Vendor], max_body: u64) -> (Proxy, Receiver<String>) {
    Proxy::start(&Args {
        port: 0,
        bind: [127, 0, 0, 1].into(),
        origin: vec![APP.to_owned()],
        allow: vendors
            .iter()
            .map(|v| format!("http://{}", v.address()))
            .collect(),
        max_body,
        timeout: 10,
    })
    .unwrap()
}

/// A client that neither follows nor fails.
fn client() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .build()
        .into()
}

fn header_of<'a>(r: &'a http::Response<ureq::Body>, name: &str) -> &'a str {
    r.headers().get(name).map_or("", |v| v.to_str().unwrap())
}

#[test]
fn requests_pass_through_with_their_key_and_come_back_for_the_page() {
    let vendor = Vendor::start(None);
    let (proxy, log) = proxy(&[&vendor], 1);
    let url = format!("http://{}/{}/v1/x?key=abc", proxy.address, vendor.address());
    let mut answer = client()
        .post(&url)
        .header("origin", APP)
        .header("authorization", KEY)
        .header("cookie", "private=1")
        .header("content-type", "application/json")
        .send("{\"a\":1}")
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(header_of(&answer, "access-control-allow-origin"), APP);
    assert_eq!(answer.body_mut().read_to_string().unwrap(), "the answer");
    let seen = vendor.last();
    assert_eq!(
        (seen.method.as_str(), seen.url.as_str()),
        ("POST", "/v1/x?key=abc")
    );
    assert_eq!(seen.body, b"{\"a\":1}");
    assert_eq!(seen.header("authorization"), Some(KEY));
    assert_eq!(seen.header("content-type"), Some("application/json"));
    assert_eq!(seen.header("content-length"), Some("7"));
    assert_eq!(seen.header("host"), Some(vendor.address().as_str()));
    for gone in ["origin", "cookie"] {
        assert_eq!(seen.header(gone), None, "{gone}");
    }
    let line = log.recv().unwrap();
    assert!(line.contains("/v1/x 200"), "{line}");
    assert!(!line.contains("abc") && !line.contains("secret"), "{line}");

    let url = format!("http://{}/{}/v1/limit", proxy.address, vendor.address());
    let answer = client().get(&url).header("origin", APP).call().unwrap();
    assert_eq!(
        (answer.status().as_u16(), header_of(&answer, "retry-after")),
        (429, "7")
    );
    assert!(header_of(&answer, "access-control-expose-headers").contains("retry-after"));
    assert_eq!(header_of(&answer, "set-cookie"), "");
}

#[test]
fn strangers_are_refused() {
    let vendor = Vendor::start(None);
    let (proxy, _log) = proxy(&[&vendor], 1);
    let at = |path: &str| format!("http://{}{path}", proxy.address);
    let good = at(&format!("/{}/v1/x", vendor.address()));
    let evil = client()
        .get(&good)
        .header("origin", "https://evil.net")
        .call()
        .unwrap();
    assert_eq!(evil.status(), 403);
    assert_eq!(header_of(&evil, "access-control-allow-origin"), "");
    let rebound = client()
        .get(&good)
        .header("host", "evil.net")
        .call()
        .unwrap();
    assert_eq!(rebound.status(), 403);
    let elsewhere = client()
        .get(at("/example.net/x"))
        .header("origin", APP)
        .call()
        .unwrap();
    assert_eq!(elsewhere.status(), 403);
    let large = client()
        .post(&good)
        .send(vec![0u8; (1 << 20) + 1].as_slice())
        .unwrap();
    assert_eq!(large.status(), 413);
    let endless = ureq::SendBody::from_owned_reader(io::repeat(1).take(3 << 20));
    let request = http::Request::post(&good).body(endless).unwrap();
    // The proxy may hang up before all is sent.
    if let Ok(answer) = client().run(request) {
        assert_eq!(answer.status(), 413);
    }
    let inside = at(&format!("/{}/v1/inside", vendor.address()));
    let inside = client().get(&inside).header("origin", APP).call().unwrap();
    assert_eq!(inside.status(), 502);
    let seen = vendor.seen.lock().unwrap();
    assert!(
        seen.iter()
            .all(|s| s.url == "/v1/inside" || s.header("transfer-encoding").is_some())
    );
}

#[test]
fn a_browser_is_told_what_it_may_send() {
    let vendor = Vendor::start(None);
    let (proxy, _log) = proxy(&[&vendor], 1);
    let url = format!("http://{}/{}/v1/x", proxy.address, vendor.address());
    let asked = http::Request::options(&url)
        .header("origin", APP)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        )
        .body(())
        .unwrap();
    let answer = client().run(asked).unwrap();
    assert_eq!(answer.status(), 204);
    assert_eq!(header_of(&answer, "access-control-allow-origin"), APP);
    assert_eq!(
        header_of(&answer, "access-control-allow-headers"),
        "authorization,content-type"
    );
    assert!(header_of(&answer, "access-control-allow-methods").contains("POST"));
    assert!(vendor.seen.lock().unwrap().is_empty());
}

#[test]
fn redirects_stay_inside_the_proxy_and_lose_the_key() {
    let storage = Vendor::start(None);
    let vendor = Vendor::start(Some(format!("http://{}", storage.address())));
    let (proxy, log) = proxy(&[&vendor, &storage], 1);
    let files = format!("http://{}/{}/v1/files", proxy.address, vendor.address());
    let mut answer = client()
        .post(&files)
        .header("origin", APP)
        .header("authorization", KEY)
        .send("purpose=fine-tune")
        .unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(header_of(&answer, "x-vendor-file-id"), "file-7");
    assert_eq!(header_of(&answer, "x-proxy-status"), "302");
    let exposed = header_of(&answer, "access-control-expose-headers").to_owned();
    assert!(exposed.contains("x-vendor-file-id") && exposed.contains("x-proxy-location"));
    let told: serde_json::Value =
        serde_json::from_str(&answer.body_mut().read_to_string().unwrap()).unwrap();
    let location = told["location"].as_str().unwrap().to_owned();
    assert_eq!(location, header_of(&answer, "x-proxy-location"));
    assert!(location.starts_with(&format!("http://{}/~/", proxy.address)));

    let put = client()
        .put(&location)
        .header("origin", APP)
        .header("authorization", KEY)
        .send("the bytes")
        .unwrap();
    assert_eq!(put.status(), 200);
    let seen = storage.last();
    assert_eq!(
        (seen.method.as_str(), seen.url.as_str()),
        ("PUT", "/put/x?sig=1")
    );
    assert_eq!(seen.body, b"the bytes");
    assert_eq!(seen.header("authorization"), None);

    // A download is followed here, by range, without the key.
    let from = format!("http://{}/{}/v1/download", proxy.address, vendor.address());
    let mut part = client()
        .get(&from)
        .header("origin", APP)
        .header("authorization", KEY)
        .header("range", "bytes=3-")
        .call()
        .unwrap();
    assert_eq!(part.body_mut().read_to_string().unwrap(), "the answer");
    let seen = storage.last();
    assert_eq!(
        (seen.method.as_str(), seen.header("range")),
        ("GET", Some("bytes=3-"))
    );
    assert_eq!(seen.header("authorization"), None);
    assert_eq!(vendor.last().header("authorization"), Some(KEY));

    // An upload in parts is told an address in the proxy, and goes on there with its key.
    let session = format!("http://{}/{}/v1/session", proxy.address, vendor.address());
    let answer = client()
        .post(&session)
        .header("origin", APP)
        .send("")
        .unwrap();
    let next = header_of(&answer, "location").to_owned();
    assert!(header_of(&answer, "access-control-expose-headers").contains("location"));
    client()
        .put(&next)
        .header("authorization", KEY)
        .send("part")
        .unwrap();
    let seen = vendor.last();
    assert_eq!(
        (seen.url.as_str(), seen.header("authorization")),
        ("/v1/part?upload_id=9", Some(KEY))
    );

    let gone = format!("http://{}/~/{}", proxy.address, "0".repeat(32));
    assert_eq!(client().get(&gone).call().unwrap().status(), 403);
    drop(proxy);
    for line in log.try_iter() {
        assert!(
            !line.contains("sig=1") && !line.contains("secret"),
            "{line}"
        );
    }
}
