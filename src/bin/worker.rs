//! One worker of the app's pool.

fn main() {
    #[cfg(target_arch = "wasm32")]
    screensmith::app::worker::run();
}
