//! The [`Http`](crate::base::ports::Http) port: native over `ureq`, in browsers over `fetch`.
//!
//! Both behave alike: every status is an answer, not an error; redirects of `GET` are followed,
//! and headers that carry keys stay with the host they were meant for; an answer holds at most
//! [`MAX_ANSWER_BYTES`]. What fails is told by code: `timeout`, `offline` (nobody there),
//! `connection_lost` (broken in mid-way), `tls`, and in browsers `network_or_cors`, since they
//! do not say which.

#[cfg(all(not(target_arch = "wasm32"), feature = "http"))]
mod native;
#[cfg(all(target_arch = "wasm32", feature = "web"))]
mod web;

#[cfg(all(not(target_arch = "wasm32"), feature = "http"))]
pub use native::NativeHttp;
#[cfg(all(target_arch = "wasm32", feature = "web"))]
pub use web::WebHttp;

/// Most bytes of one answer; larger files are fetched in ranges.
pub const MAX_ANSWER_BYTES: u64 = 256 << 20;

/// How long one request may take in all, in milliseconds. Uploads go in parts, so this is ample.
pub const TIMEOUT_MS: u64 = 300_000;
