//! Link arguments of the browser builds.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|v| v == value);
    if is("CARGO_CFG_TARGET_ARCH", "wasm32") && is("PROFILE", "release") {
        // Names double the size. The section is what wasm-bindgen reads the features from.
        println!("cargo::rustc-link-arg=--strip-all");
        println!("cargo::rustc-link-arg=--keep-section=target_features");
    }
}
