//! Real jobs through the real adapters, against scripted servers of the vendors' interfaces
//! (`tests/servers`, run by Node): natively, and in Chromium, where requests go through `fetch`.
//!
//! The matrix of adapters and faults runs in both; what single vendors have beyond it natively.

#![allow(clippy::unwrap_used, reason = "a test ends where it fails")]
#![cfg(any(feature = "cli", all(target_arch = "wasm32", feature = "web")))]

#[cfg(not(target_arch = "wasm32"))]
mod azure;
#[cfg(not(target_arch = "wasm32"))]
mod bearer;
#[cfg(not(target_arch = "wasm32"))]
mod fireworks;
mod harness;
mod matrix;
#[cfg(not(target_arch = "wasm32"))]
mod openai;
mod servers;
#[cfg(not(target_arch = "wasm32"))]
mod together;
#[cfg(not(target_arch = "wasm32"))]
mod trainer;
#[cfg(not(target_arch = "wasm32"))]
mod vertex;

#[cfg(target_arch = "wasm32")]
wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_dedicated_worker);
