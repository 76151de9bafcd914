//! What this page may talk to: any `https` address, and `http` on this machine (its own security
//! policy, in `index.html`).

use crate::problem::Problem;

/// Why the page cannot reach an address that was typed; `None` for an empty one and for those
/// that it may try.
pub fn refused(address: &str, path: &str) -> Option<Problem> {
    let address = address.trim();
    if address.is_empty() {
        return None;
    }
    let lower = address.to_ascii_lowercase();
    let rest = lower.strip_prefix("http://")?;
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let name = host.split(':').next().unwrap_or_default();
    let here = name == "localhost" || name == "127.0.0.1";
    (!here).then(|| {
        Problem::error(
            "address_not_reached",
            path,
            "a page may talk to another machine by https only",
        )
        .hint("use https, or a proxy on this machine such as http://localhost:8787/…")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_is_that_of_the_page() {
        let policy = include_str!("../../../index.html");
        assert!(
            policy
                .contains("connect-src 'self' blob: https: http://localhost:* http://127.0.0.1:*;")
        );
        for fine in [
            "",
            " https://api.example.com/v1",
            "http://localhost:8000/v1",
            "http://127.0.0.1:1",
            "HTTP://LocalHost/x",
            "nonsense",
        ] {
            assert_eq!(refused(fine, "base_url"), None, "{fine}");
        }
        for wrong in [
            "http://example.com/v1",
            "http://10.0.0.7:8000",
            "http://localhost.evil.com",
        ] {
            let p = refused(wrong, "base_url").unwrap();
            assert_eq!(
                (p.path.as_str(), p.is_error()),
                ("base_url", true),
                "{wrong}"
            );
        }
    }
}
