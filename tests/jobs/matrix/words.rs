//! What a vendor says: as expected, in words that nobody knows, or nothing new for long.

use screensmith::base::ports::Clock as _;
use serde_json::json;

use super::run::{ALWAYS, Run, rule};
use super::subjects::Subject;

pub(super) async fn success(s: &'static Subject) {
    let run = Run::new(s).await;
    let job = run.completes().await;
    assert!(job.events > 0);
    let refused: Vec<_> = run
        .log()
        .await
        .into_iter()
        // Looking for what may not be there yet is fine.
        .filter(|r| r["status"].as_u64().unwrap() >= 400)
        .filter(|r| r["method"] != "GET" || r["status"] != 404)
        .collect();
    assert_eq!(refused, [] as [serde_json::Value; 0]);
}

pub(super) async fn unknown_words(s: &'static Subject) {
    let run = Run::new(s).await;
    run.set(json!({"words": (s.words)(), "polls": 4,
        "extra": {"newThing": {"deep": [1, null]}, "another": null}}))
        .await;
    run.completes().await;
    // The vendor's own word is told, whatever it is.
    let words = (s.words)();
    let word = words
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|w| w.as_str().or(w["state"].as_str()))
        .find(|w| !w.is_empty())
        .unwrap()
        .to_owned();
    assert!(run.world.told.borrow().contains(&word), "{word}");
}

pub(super) async fn slow_job(s: &'static Subject) {
    let run = Run::new(s).await;
    run.set(json!({"polls": 60})).await;
    // Does nothing, and is counted.
    run.rules(vec![rule(s.get, json!({"times": ALWAYS}))]).await;
    let start = run.world.clock.now();
    run.completes().await;
    let seconds = run.world.clock.now().since(start) / 1000;
    let asked = run.seen().await[0];
    assert!(asked >= 60, "{asked}");
    // A look, a second one at the same time for what happened, and ten seconds of rest.
    assert!(asked * 5 <= seconds, "{asked} requests in {seconds} s");
}
