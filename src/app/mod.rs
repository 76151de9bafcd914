//! The single-page app: pages and parts over the library, and no rule of its own.
//!
//! | module | what it does |
//! |---|---|
//! | [`route`] | pages by address |
//! | [`state`] | plain structs behind the pages, tested natively |
//! | [`message`] | what the app and its workers say to each other |

pub mod message;
pub mod route;
pub mod state;

#[cfg(all(target_arch = "wasm32", feature = "worker"))]
pub mod worker;

#[cfg(all(target_arch = "wasm32", feature = "app"))]
mod browser;
#[cfg(all(target_arch = "wasm32", feature = "app"))]
mod context;
#[cfg(all(target_arch = "wasm32", feature = "app"))]
mod dataset;
#[cfg(all(target_arch = "wasm32", feature = "app"))]
mod models;
#[cfg(all(target_arch = "wasm32", feature = "app"))]
mod page;
#[cfg(all(target_arch = "wasm32", feature = "app"))]
mod part;
#[cfg(all(target_arch = "wasm32", feature = "app"))]
mod pool;
#[cfg(all(target_arch = "wasm32", feature = "app"))]
mod shell;
#[cfg(all(target_arch = "wasm32", feature = "app"))]
mod sign_in;
#[cfg(all(target_arch = "wasm32", feature = "app"))]
mod studio;
#[cfg(all(target_arch = "wasm32", feature = "app"))]
mod work;

#[cfg(all(target_arch = "wasm32", feature = "app"))]
pub use shell::run;
