//! What the pre-flight finds out at the scripted OpenAI.

use screensmith::base::ports::Secret;
use screensmith::job::{Ask, Preflight, Row, RowState};
use serde_json::json;

use super::{BASE, SECRET, Test};
use crate::harness::dual_test;

fn row<'a>(p: &'a Preflight, what: &str) -> &'a Row {
    let found = p.rows.iter().find(|r| r.what == what);
    found.unwrap_or_else(|| panic!("{what}: {:#?}", p.rows))
}

fn states(p: &Preflight) -> Vec<(&'static str, RowState)> {
    p.rows.iter().map(|r| (r.what, r.state)).collect()
}

async fn check(t: &Test, ask: Ask) -> Preflight {
    t.world.tuner().preflight(&t.config, ask).await.unwrap()
}

#[dual_test]
async fn the_preflight_asks_the_vendor_and_creates_nothing() {
    use RowState::{Ok, Unknown, Warning};
    let t = Test::new().await;
    let asked = async || {
        t.control(json!({})).await["log"]
            .as_array()
            .unwrap()
            .clone()
    };
    let p = check(&t, Ask::Nobody).await;
    assert!(p.ok() && p.access.is_none(), "{:?}", p.problems);
    assert_eq!(row(&p, "Key").state, Unknown);
    assert!(asked().await.is_empty(), "nobody is asked unless told so");

    let p = check(&t, Ask::Vendor).await;
    assert!(p.ok(), "{:?}", p.problems);
    assert_eq!(
        states(&p),
        [
            ("Settings", Warning),
            ("Dataset", Ok),
            ("Key", Ok),
            // The scripted vendor tells the date of its end.
            ("Base model", Warning),
            ("Files", Ok),
            ("Training jobs", Ok),
        ],
        "{:#?}",
        p.rows
    );
    assert!(p.upload_bytes > 0 && p.sends.len() == 2 && p.estimate.is_some());
    assert!(p.access.unwrap().jobs);
    assert!(
        asked().await.iter().all(|r| r["method"] == "GET"),
        "{:?}",
        asked().await
    );
    assert!(t.jobs().await.is_empty() && t.files().await == 0);
    assert_eq!(t.world.files.paths(), ["data/ui.jsonl"]);
}

#[dual_test]
async fn a_vendor_out_of_reach_is_no_refusal() {
    let t = Test::new().await;
    t.rule(json!({"method": "GET", "path": "/models", "drop": "before", "times": 99}))
        .await;
    let p = check(&t, Ask::Vendor).await;
    assert!(!p.ok() && p.can_begin() && p.refusal.is_none());
    assert!(p.unreached.is_some(), "{:?}", p.problems);

    let mut t = Test::new().await;
    t.config.validation_split = 0.99;
    let p = check(&t, Ask::Vendor).await;
    assert!(!p.can_begin() && p.refusal.is_none(), "{:?}", p.problems);

    t.set(json!({"denied": ["files"]})).await;
    t.config.validation_split = 0.1;
    let p = check(&t, Ask::Vendor).await;
    assert!(!p.can_begin() && p.refusal.is_some(), "{:?}", p.problems);
}

#[dual_test]
async fn the_preflight_tells_what_the_key_may_not_do() {
    use RowState::{Ok, Problem, Unknown, Warning};
    let mut t = Test::new().await;
    t.set(json!({"denied": ["files"]})).await;
    let p = check(&t, Ask::Vendor).await;
    assert!(!p.ok());
    assert_eq!(row(&p, "Files").state, Problem);
    assert!(row(&p, "Files").text.contains("Missing scopes: files"));
    assert_eq!(row(&p, "Training jobs").state, Ok);

    // Whoever may not list models may still train one.
    t.set(json!({"denied": ["models"]})).await;
    let p = check(&t, Ask::Vendor).await;
    assert!(p.ok(), "{:?}", p.problems);
    assert_eq!(row(&p, "Base model").state, Warning);

    t.set(json!({"denied": []})).await;
    t.config.base_model = "gpt-4o-2024-08-60".to_owned();
    let p = check(&t, Ask::Vendor).await;
    assert!(p.problems.iter().any(|p| p.code == "model_not_tunable"));
    assert_eq!(row(&p, "Base model").state, Problem);
    assert!(row(&p, "Base model").text.contains("gpt-4o-2024-08-60"));
    t.config.base_model = BASE.to_owned();

    for (key, code) in [("sk-bad", "unauthorized"), ("sk two", "unauthorized")] {
        t.world.secrets.insert("OPENAI_API_KEY", Secret::new(key));
        let p = check(&t, Ask::Vendor).await;
        assert!(
            p.problems.iter().any(|p| p.code == code),
            "{:?}",
            p.problems
        );
        assert_eq!(row(&p, "Key").state, Problem);
        assert_eq!(row(&p, "Base model").state, Unknown);
        assert!(!row(&p, "Key").text.contains(key), "{:?}", row(&p, "Key"));
        // What is known on this side is told all the same.
        assert_eq!((row(&p, "Dataset").state, p.sends.len()), (Ok, 2));
    }

    // Offline.
    t.world
        .secrets
        .insert("OPENAI_API_KEY", Secret::new(SECRET));
    t.config.provider_options.base_url = Some("http://127.0.0.1:9/v1".to_owned());
    let p = check(&t, Ask::Vendor).await;
    assert!(!p.ok());
    assert_eq!(row(&p, "Key").state, Problem);
}
