//! Keys: they expire, and they are written down nowhere.

use screensmith::base::ports::Store as _;
use screensmith::job::State;
use screensmith::registry::EXPORTS;
use serde_json::json;

use super::run::{JOB, KEY, NEXT_SECRET, Run, SECRET, rule};
use super::subjects::Subject;

/// The key stops working; the job stands still until there is a new one.
pub(super) async fn expired_token(s: &'static Subject) {
    // In the middle of the uploads, and before any.
    for at in [0, 2, 4] {
        let run = Run::new(s).await;
        run.world.client.left.set(at);
        assert_eq!(run.go().await.unwrap_err().code(), "killed");
        run.world.client.left.set(usize::MAX);
        held(&run).await;
    }
    // While it trains.
    let run = Run::new(s).await;
    run.start().await.unwrap();
    held(&run).await;
}

async fn held(run: &Run) {
    run.accept(NEXT_SECRET).await;
    for _ in 0..2 {
        let e = run.go().await.unwrap_err();
        assert_eq!(e.code(), "unauthorized", "{e}");
        assert!(e.hint_text().unwrap().contains("nothing is lost"), "{e}");
        assert_eq!(e.retry_after_ms(), None);
    }
    let state = run.job().await.state;
    assert!(!state.is_final(), "{state:?}");
    // With blanks around it, as keys are pasted.
    run.give(&format!(" {NEXT_SECRET}\n"));
    run.completes().await;
}

/// After a run with everything that may echo a key, it is only where it belongs: in the header.
pub(super) async fn left_nowhere(s: &'static Subject) {
    let run = Run::new(s).await;
    let mut said = String::new();
    // A key that is refused, with an answer that repeats it.
    run.give(NEXT_SECRET);
    let e = run.go().await.unwrap_err();
    assert_eq!(e.code(), "unauthorized");
    said += &format!("{e} {e:?} {:?} {:?}", e.hint_text(), e.path());
    run.give(SECRET);
    // Failures in passing that repeat it, at every place, and lost connections.
    let echo = format!("no {SECRET}, not again {SECRET}");
    let body = json!({"error": {"message": echo, "code": null}, "message": echo});
    let answer = json!({"status": 503, "headers": {"x-request-id": "req-1"}, "body": body});
    let places = s.places();
    let rules = places.iter().flat_map(|at| {
        [json!({"answer": answer}), json!({"drop": "before"})].map(|r| rule(*at, r))
    });
    run.rules(rules.collect()).await;
    let job = run.completes().await;
    said += &format!("{job:?} {:?}", run.world.tuner());
    // Refusals of the key while everything of the interface is asked.
    run.calm().await;
    run.accept(NEXT_SECRET).await;
    let p = run.provider();
    let id = job.state.remote_id().unwrap_or_default().to_owned();
    said += &format!("{:?}", p.models().await);
    said += &format!("{:?}", p.access(s.model).await);
    said += &format!("{:?}", p.get(&id).await);
    said += &format!("{:?}", p.find(&job.unique_key).await);
    said += &format!("{:?}", p.cancel(&id).await);
    said += &format!("{:?}", p.delete_file("train.jsonl").await);
    said += &format!("{:?}", p.delete_model("model").await);
    said += &format!(
        "{:?} {:?}",
        run.config,
        run.world.ports.secrets.get(s.key_env)
    );
    run.accept(SECRET).await;
    said += &run.world.told.borrow();

    // Everything kept and everything handed out.
    let tuner = run.world.tuner();
    said += &tuner.job_manager().export_json().await.unwrap();
    said += &String::from_utf8_lossy(&tuner.bundle(JOB).await.unwrap());
    let registry = run.world.registry();
    said += &registry.export_json().await.unwrap();
    let entry = registry.get(KEY).await.unwrap();
    for (form, id, _) in EXPORTS {
        said += &entry
            .export(*form)
            .unwrap_or_else(|e| format!("{id}: {e:?}"));
    }
    let collections = run.world.store.collections();
    assert!(collections.iter().any(|c| c == "jobs"), "{collections:?}");
    for collection in collections {
        for doc in run.world.store.scan(&collection).await.unwrap() {
            said += &format!("{collection} {} {}\n", doc.key, doc.value);
        }
    }
    let paths = run.world.files.paths();
    assert!(
        paths.iter().any(|p| p.ends_with("train.jsonl")),
        "{paths:?}"
    );
    for path in paths {
        said += &format!("{path} ");
        said += &String::from_utf8_lossy(&run.world.files.get(&path).unwrap());
    }
    // What came over the line, as the server saw it: addresses, bodies and other headers.
    let log = run.log().await;
    assert!(log.iter().any(|r| r["signed"] == true));
    for r in &log {
        assert_eq!(r["leaked"], false, "{r}");
    }
    said += &json!(log).to_string();
    for key in [SECRET, NEXT_SECRET] {
        if let Some(at) = said.find(key) {
            let from = at.saturating_sub(300);
            panic!(
                "a key was written down: {}",
                String::from_utf8_lossy(&said.as_bytes()[from..at])
            );
        }
    }
    assert!(matches!(job.state, State::Succeeded { .. }));
}
