//! What cannot succeed ends the job with a code and advice; what the user can mend holds it.

use screensmith::ErrorKind;
use screensmith::job::JobStatus;
use serde_json::json;

use super::run::{JOB, KEY, Run, always, rule};
use super::subjects::{At, Subject};

pub(super) async fn invalid_file(s: &'static Subject) {
    let run = Run::new(s).await;
    run.set((s.invalid)()).await;
    let error = run.fails().await;
    // The vendor's own reason is told: with the failure, or among the events.
    let events = run.world.tuner();
    let events = events.job_manager().events(JOB).await.unwrap();
    let told = format!("{} {events:?}", error.message);
    assert!(told.contains("line 3"), "{told}");
    assert!(!run.world.registry().is_registered(KEY).await.unwrap());
}

/// A refusal of the key holds the job wherever it stands.
pub(super) async fn unauthorized(s: &'static Subject) {
    for at in s.places() {
        if unsigned(s, at) {
            continue;
        }
        held_until_it_is_calm(s, at, 401, "unauthorized").await;
    }
}

/// Refusals at the start end the job; there is none at the vendor. Later ones hold it, since
/// the vendor has it.
async fn refused(s: &'static Subject, status: u16, codes: &[&str]) {
    for at in [s.ask, s.create] {
        let run = Run::new(s).await;
        run.rules(vec![rule(at, always(status))]).await;
        let error = run.fails().await;
        assert!(codes.contains(&&*error.code), "{at:?}: {error:?}");
        run.calm().await;
        assert_eq!(run.jobs().await.len(), 0);
        // It is over: asking again sends nothing.
        let sent = run.world.client.sent.get();
        assert_eq!(run.go().await.unwrap().status, JobStatus::Failed);
        assert_eq!(run.world.client.sent.get(), sent);
    }
}

pub(super) async fn forbidden(s: &'static Subject) {
    refused(s, 403, &["forbidden"]).await;
    held_until_it_is_calm(s, s.get, 403, "forbidden").await;
}

pub(super) async fn not_found(s: &'static Subject) {
    refused(s, 404, &["not_found", "bucket_missing"]).await;
    held_until_it_is_calm(s, s.get, 404, "not_found").await;
}

pub(super) async fn too_large(s: &'static Subject) {
    for at in [s.send, s.create] {
        let run = Run::new(s).await;
        run.rules(vec![rule(at, always(413))]).await;
        let error = run.fails().await;
        assert_eq!(error.code, "too_large", "{at:?}");
        run.calm().await;
        assert_eq!(run.jobs().await.len(), 0);
    }
}

async fn held_until_it_is_calm(s: &'static Subject, at: At, status: u16, code: &str) {
    let run = Run::new(s).await;
    run.rules(vec![rule(at, always(status))]).await;
    let e = run.go().await.unwrap_err();
    assert_eq!(
        (e.kind(), e.code()),
        (ErrorKind::Provider, code),
        "{at:?}: {e}"
    );
    assert!(e.hint_text().is_some(), "{e}");
    assert!(!run.job().await.state.is_final(), "{at:?}");
    run.calm().await;
    run.completes().await;
}

/// Requests to signed addresses carry no key.
fn unsigned(s: &Subject, at: At) -> bool {
    at == s.send && matches!(s.server, "vertex" | "together")
}

/// Somebody else deletes the uploaded files before the vendor was asked for a job.
pub(super) async fn deleted_file(s: &'static Subject) {
    let run = Run::new(s).await;
    let busy = json!({"answer": {"status": 503, "headers": {"retry-after": "60"}, "body": ""},
        "times": 1000});
    run.rules(vec![rule(s.create, busy)]).await;
    let e = run.start().await.unwrap_err();
    assert_eq!(e.code(), "server_error");
    run.control(json!({"lose": true})).await;
    run.calm().await;
    let error = run.fails().await;
    assert!(error.code != "server_error", "{error:?}");
    assert_eq!(run.jobs().await.len(), 0);
}
