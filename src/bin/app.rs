//! The single-page app.

fn main() {
    #[cfg(target_arch = "wasm32")]
    screensmith::app::run();
}
