//! What only a browser can show, run in a dedicated worker, where the app works too.

#![allow(clippy::unwrap_used, reason = "a test ends where it fails")]
#![cfg(target_arch = "wasm32")]

use screensmith::base::http::WebHttp;
use screensmith::base::ports::{Clock as _, Http as _, HttpRequest, Secret};
use screensmith::base::system::WebClock;
use screensmith::generate::SyntheticUiGenerator;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_dedicated_worker);

#[wasm_bindgen_test]
async fn sleeping_takes_the_time_asked_for() {
    let before = WebClock.now();
    WebClock.sleep(120).await;
    let took = WebClock.now().since(before);
    assert!((119..5000).contains(&took), "{took} ms");
}

#[wasm_bindgen_test]
fn a_worker_makes_the_recorded_samples() {
    let config = serde_json::from_str(include_str!("determinism/config.json")).unwrap();
    let recorded: serde_json::Value =
        serde_json::from_str(include_str!("determinism/fingerprints.json")).unwrap();
    let generator = SyntheticUiGenerator::new(config).unwrap();
    for i in [0, 3, 11] {
        let made = generator.sample(i as u64).unwrap().fingerprint;
        assert_eq!(recorded["fingerprints"][i], made.as_str(), "sample {i}");
    }
}

#[wasm_bindgen_test]
async fn an_unreachable_host_is_an_error_without_the_key() {
    let request = HttpRequest {
        method: "GET",
        // Browsers refuse this port.
        url: "http://127.0.0.1:1/?sig=sk-1234".to_owned(),
        headers: vec![("authorization".to_owned(), Secret::new("Bearer sk-1234"))],
        body: Vec::new(),
    };
    let e = WebHttp.send(request).await.unwrap_err();
    assert_eq!(e.code(), "network_or_cors");
    assert!(!format!("{e} {e:?}").contains("sk-1234"));
}
