//! What the proxy lets through: hosts, origins, headers, redirects. No network here.

use crate::error::{Error, Result};

/// A place that requests may go to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Allowed {
    /// `https` or `http`.
    scheme: &'static str,
    /// Host, with its port when it has one, in lower case; a `*` before it stands for any start.
    host: String,
}

impl Allowed {
    /// Reads `api.example.com`, `*.example.com`, or `http://127.0.0.1:9000` for a server without
    /// TLS.
    ///
    /// # Errors
    /// `proxy_host` for anything else.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let (scheme, host) = match text.split_once("://") {
            None => ("https", text),
            Some(("https", host)) => ("https", host),
            Some(("http", host)) => ("http", host),
            Some(_) => return Err(no_host(text)),
        };
        let host = host.to_ascii_lowercase();
        let name = host.strip_prefix('*').unwrap_or(&host);
        let letters = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':');
        // `*` alone would make this an open proxy.
        let open = host.starts_with('*') && !name.trim_matches(['.', '-']).contains('.');
        if name.is_empty() || open || !name.bytes().all(letters) {
            return Err(no_host(text));
        }
        Ok(Self { scheme, host })
    }

    fn covers(&self, host: &str) -> bool {
        match self.host.strip_prefix('*') {
            Some(end) => host.len() > end.len() && host.ends_with(end),
            None => host == self.host,
        }
    }
}

fn no_host(text: &str) -> Error {
    Error::caller("proxy_host", format!("{text:?} names no host"))
        .at("--allow")
        .hint("for example api.example.com, *.example.com or http://127.0.0.1:9000")
}

/// Where a request to `/HOST/PATH` goes; `None` when that is not allowed.
pub(super) fn target(allowed: &[Allowed], path: &str) -> Option<String> {
    let rest = path.strip_prefix('/')?;
    let cut = rest.find(['/', '?']).unwrap_or(rest.len());
    let (host, rest) = rest.split_at(cut);
    let host = host.to_ascii_lowercase();
    let to = allowed.iter().find(|a| a.covers(&host))?;
    let slash = if rest.starts_with('/') { "" } else { "/" };
    Some(format!("{}://{host}{slash}{rest}", to.scheme))
}

/// Host of an absolute address, with its port when it has one, in lower case.
pub(super) fn host_of(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    let authority = rest.split(['/', '?', '#']).next()?;
    // A name before `@` is a way to hide the real host.
    (!authority.is_empty() && !authority.contains('@')).then(|| authority.to_ascii_lowercase())
}

/// Where a redirect from `from` leads; `None` when it must not be followed: vendors send to
/// storage hosts that nobody can list, so any public name with TLS will do, but no address
/// inside this network.
pub(super) fn redirect(allowed: &[Allowed], from: &str, location: &str) -> Option<String> {
    let to = if location.starts_with('/') && !location.starts_with("//") {
        let (scheme, rest) = from.split_once("://")?;
        let host = rest.split(['/', '?', '#']).next()?;
        format!("{scheme}://{host}{location}")
    } else {
        location.to_owned()
    };
    let host = host_of(&to)?;
    let scheme = to.split_once("://")?.0.to_ascii_lowercase();
    if allowed
        .iter()
        .any(|a| a.scheme == scheme && a.covers(&host))
    {
        return Some(to);
    }
    (scheme == "https" && is_public_name(&host)).then_some(to)
}

/// The address in the proxy at `host` that leads to `url`; `None` when it is not allowed.
pub(super) fn inside(allowed: &[Allowed], url: &str, host: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let name = host_of(url)?;
    let first = allowed.iter().find(|a| a.covers(&name))?;
    (first.scheme == scheme).then(|| format!("http://{host}/{rest}"))
}

/// Whether this is a name of the public network: no number, no `localhost`, nothing local.
fn is_public_name(host: &str) -> bool {
    let name = host.split(':').next().unwrap_or_default();
    let last = name.rsplit('.').next().unwrap_or_default();
    let local = [
        "localhost",
        "local",
        "internal",
        "lan",
        "home",
        "arpa",
        "test",
    ];
    name.contains('.')
        && last.bytes().all(|b| b.is_ascii_lowercase())
        && !last.is_empty()
        && !local.contains(&last)
}

/// Whether a `Host` header names this machine itself: a page elsewhere whose name was made to
/// point here sends its own name.
pub(super) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    matches!(name, "localhost" | "127.0.0.1" | "::1")
}

/// Headers that belong to one connection.
const HOP: &[&str] = &[
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Whether a request's header is passed on. The length is set anew, and answers come
/// uncompressed.
pub(super) fn passes_on(name: &str) -> bool {
    const OWN: &[&str] = &[
        "host",
        "origin",
        "referer",
        "cookie",
        "content-length",
        "accept-encoding",
        "expect",
    ];
    !HOP.contains(&name)
        && !OWN.contains(&name)
        && !name.starts_with("sec-")
        && !name.starts_with("access-control-")
}

/// Whether a header carries a key, which only the host that was asked may see.
pub(super) fn is_key(name: &str) -> bool {
    name.contains("authorization")
        || name.contains("key")
        || name.contains("token")
        || name.contains("secret")
}

/// Whether an answer's header is passed back.
pub(super) fn passes_back(name: &str) -> bool {
    const OWN: &[&str] = &["content-length", "set-cookie", "location", "alt-svc"];
    !HOP.contains(&name) && !OWN.contains(&name) && !name.starts_with("access-control-")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed() -> Vec<Allowed> {
        [
            "api.example.com",
            "*-jobs.example.org",
            "http://127.0.0.1:9000",
        ]
        .map(|t| Allowed::parse(t).unwrap())
        .into()
    }

    #[test]
    fn only_listed_hosts_are_reached() {
        let a = allowed();
        for (path, to) in [
            (
                "/api.example.com/v1/files?limit=2",
                Some("https://api.example.com/v1/files?limit=2"),
            ),
            ("/API.example.com", Some("https://api.example.com/")),
            ("/api.example.com?x=1", Some("https://api.example.com/?x=1")),
            (
                "/eu-jobs.example.org/x",
                Some("https://eu-jobs.example.org/x"),
            ),
            ("/127.0.0.1:9000/x", Some("http://127.0.0.1:9000/x")),
            ("/-jobs.example.org/x", None),
            ("/127.0.0.1:9001/x", None),
            ("/api.example.com.evil.net/x", None),
            ("/api.example.com@evil.net/x", None),
            ("/evil.net/api.example.com", None),
            ("/api.example.com:8443/x", None),
            ("//api.example.com/x", None),
            ("/", None),
            ("*", None),
        ] {
            assert_eq!(target(&a, path).as_deref(), to, "{path}");
        }
        for bad in ["", "*", "*.com", "*.", "ftp://x", "a b", "x/y", "u@h"] {
            assert!(Allowed::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn redirects_stay_in_the_public_network() {
        let a = allowed();
        let from = "https://api.example.com/v1/files";
        for (to, ok) in [
            ("https://bucket.storage.example.net/x?sig=1", true),
            ("/v1/other", true),
            ("http://127.0.0.1:9000/x", true),
            ("http://bucket.storage.example.net/x", false),
            ("https://127.0.0.1/x", false),
            ("https://10.0.0.1:443/x", false),
            ("https://[::1]/x", false),
            ("https://localhost/x", false),
            ("https://printer.local/x", false),
            ("https://metadata.google.internal/x", false),
            ("https://api.example.com@127.0.0.1/x", false),
            ("//evil.net/x", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(redirect(&a, from, to).is_some(), ok, "{to}");
        }
    }

    #[test]
    fn addresses_of_listed_hosts_lead_back_into_the_proxy() {
        let a = allowed();
        for (url, to) in [
            (
                "https://api.example.com/up?id=1",
                Some("http://h:1/api.example.com/up?id=1"),
            ),
            (
                "http://127.0.0.1:9000/x",
                Some("http://h:1/127.0.0.1:9000/x"),
            ),
            ("http://api.example.com/x", None),
            ("https://evil.net/x", None),
        ] {
            let led = inside(&a, url, "h:1");
            assert_eq!(led.as_deref(), to, "{url}");
            if let Some(path) = led.as_deref().and_then(|l| l.strip_prefix("http://h:1")) {
                assert_eq!(target(&a, path).as_deref(), Some(url), "there and back");
            }
        }
    }

    #[test]
    fn only_this_machine_is_loopback() {
        for (host, ok) in [
            ("127.0.0.1:8787", true),
            ("localhost", true),
            ("[::1]:8787", true),
            ("evil.net:8787", false),
            ("localhost.evil.net", false),
            ("", false),
        ] {
            assert_eq!(is_loopback(host), ok, "{host}");
        }
    }
}
