//! What passes is waited for, and nobody has to help.

use screensmith::base::ports::Clock as _;
use screensmith::{ErrorKind, job::State};
use serde_json::{Value, json};

use super::run::{BROWSER, Run, always, rule, status};
use super::subjects::Subject;

/// The rules for one bad answer at every place of a run.
fn everywhere(s: &Subject, what: &Value) -> Vec<Value> {
    let places = s.places();
    places.iter().map(|at| rule(*at, what.clone())).collect()
}

pub(super) async fn conflict(s: &'static Subject) {
    // A conflict in passing.
    let run = Run::new(s).await;
    run.rules(vec![rule(s.create, status(409, json!({})))])
        .await;
    run.completes().await;
    // One that stays.
    let run = Run::new(s).await;
    run.rules(vec![rule(s.create, always(409))]).await;
    assert_eq!(run.fails().await.code, "conflict");
    assert!(run.seen().await[0] < 10);
    // The job is there, as the conflict says.
    let run = Run::new(s).await;
    let mut there = status(409, json!({}));
    there["act"] = json!(true);
    run.rules(vec![rule(s.create, there)]).await;
    run.completes().await;
}

pub(super) async fn rate_limit(s: &'static Subject) {
    let calm = Run::new(s).await.timed().await;
    for (headers, wait) in [
        (json!({"retry-after": "7"}), 7000),
        (json!({"retry-after-ms": "2500"}), 2500),
        // Nothing is said: the program's own pause.
        (json!({}), 5000),
        // A date; pages do not see the date of the answer that it refers to.
        (
            json!({"date": "Sun, 22 Nov 2026 12:00:00 GMT",
                "retry-after": "Sun, 22 Nov 2026 12:00:07 GMT"}),
            if cfg!(target_arch = "wasm32") {
                0
            } else {
                7000
            },
        ),
    ] {
        waited(s, calm, status(429, headers), wait).await;
    }
}

pub(super) async fn failures_of_the_service(s: &'static Subject) {
    let calm = Run::new(s).await.timed().await;
    let codes: &[u16] = if BROWSER {
        &[502]
    } else {
        &[500, 502, 503, 504]
    };
    for code in codes.iter().copied() {
        waited(s, calm, status(code, json!({})), 500).await;
    }
    waited(s, calm, status(503, json!({"retry-after": "30"})), 30_000).await;
}

/// Every place answers so once; each answer is waited for.
async fn waited(s: &'static Subject, calm: i64, what: Value, each: i64) {
    let run = Run::new(s).await;
    run.rules(everywhere(s, &what)).await;
    let took = run.timed().await;
    let places = s.places().len() as i64;
    // The rests between looks at a running job may be part of the waits.
    let least = calm.max(each * places);
    assert!(took >= least, "{what}: {took} ms after {calm} ms");
    assert!(took < calm + 600_000, "{what}: {took} ms");
    let met = run.seen().await.iter().filter(|n| **n > 0).count();
    assert_eq!(met as i64, places, "{what}");
}

pub(super) async fn broken_connections(s: &'static Subject) {
    for (at, broken) in s
        .places()
        .into_iter()
        .flat_map(|at| ["before", "after"].map(|b| (at, b)))
        .filter(|(_, broken)| !BROWSER || *broken == "after")
    {
        let run = Run::new(s).await;
        run.rules(vec![rule(at, json!({"drop": broken}))]).await;
        run.completes().await;
        assert!(run.seen().await[0] > 0, "{at:?}");
    }
    // In the middle of the bytes.
    let run = Run::new(s).await;
    run.rules(vec![rule(s.send, json!({"keep": 2000}))]).await;
    run.completes().await;
    let broken = run.log().await;
    let broken = broken.iter().filter(|r| r["status"] == 0);
    assert_eq!(broken.count(), 1);
}

/// Neither the server's clock nor ours is right.
pub(super) async fn skewed_clocks(s: &'static Subject) {
    const DAY: i64 = 86_400_000;
    for (ours, theirs) in [(-400 * DAY, 0), (20 * DAY, -3 * DAY), (0, 400 * DAY)] {
        let run = Run::new(s).await;
        run.world.clock.advance(ours);
        run.control(json!({"skew": theirs})).await;
        // With a date that is long ago, or far away.
        let when = "Mon, 04 Jan 2027 00:00:00 GMT";
        let busy = status(429, json!({"retry-after": when}));
        run.rules(vec![rule(s.create, busy)]).await;
        let took = run.timed().await;
        assert!(took < DAY / 24, "{ours} {theirs}: {took} ms");
        let job = run.job().await;
        let updated = job.updated_at.since(run.world.clock.now());
        assert!(updated.abs() < DAY / 24, "our own times are ours");
    }
}

pub(super) async fn offline_for_an_hour(s: &'static Subject) {
    const HOUR: i64 = 3_600_000;
    // Before the first request, in the middle of the uploads, before and after the creation.
    let whole = Run::new(s).await;
    whole.completes().await;
    let requests = whole.world.client.sent.get();
    for part in (0..4).step_by(if BROWSER { 2 } else { 1 }) {
        let run = Run::new(s).await;
        run.world
            .client
            .offline
            .set(Some((requests * part / 4, HOUR)));
        let start = run.world.clock.now();
        run.completes().await;
        assert!(run.world.clock.now().since(start) >= HOUR);
        let lost = run.world.client.lost.get();
        assert!((2..400).contains(&lost), "{lost} requests in an hour");
    }
}

/// The vendor does not let pages read its answers. Only browsers ask.
pub(super) async fn cors_refused(s: &'static Subject) {
    let run = Run::new(s).await;
    run.control(json!({"cors": false})).await;
    if !BROWSER {
        run.completes().await;
        return;
    }
    let e = run.start().await.unwrap_err();
    assert_eq!(
        (e.kind(), e.code()),
        (ErrorKind::Network, "network_or_cors")
    );
    assert!(e.hint_text().unwrap().contains("proxy"), "{e}");
    assert!(!run.job().await.state.is_final());
    assert_eq!(run.jobs().await.len(), 0);
    run.control(json!({"cors": true})).await;
    // While it trains.
    let job = run.start().await.unwrap();
    assert!(matches!(job.state, State::Remote { .. }), "{job:?}");
    run.control(json!({"cors": false})).await;
    let e = run
        .world
        .tuner()
        .check_status(&job.job_id)
        .await
        .unwrap_err();
    assert_eq!(e.code(), "network_or_cors");
    run.control(json!({"cors": true})).await;
    run.completes().await;
}
