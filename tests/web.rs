//! What only a browser can show.

#![allow(clippy::unwrap_used, reason = "a test ends where it fails")]
#![cfg(target_arch = "wasm32")]

use screensmith::base::ports::Clock as _;
use screensmith::base::system::WebClock;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn sleeping_takes_the_time_asked_for() {
    let before = WebClock.now();
    WebClock.sleep(120).await;
    let took = WebClock.now().since(before);
    assert!((119..5000).contains(&took), "{took} ms");
}
