//! Real jobs through the real adapters, against scripted servers of the vendors' interfaces
//! (`tests/servers`, run by Node): natively, and in Chromium, where requests go through `fetch`.

#![allow(clippy::unwrap_used, reason = "a test ends where it fails")]
#![cfg(any(feature = "cli", all(target_arch = "wasm32", feature = "web")))]

mod bearer;
mod fireworks;
mod harness;
mod openai;
mod servers;
mod together;
#[cfg(not(target_arch = "wasm32"))]
mod trainer;
mod vertex;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
