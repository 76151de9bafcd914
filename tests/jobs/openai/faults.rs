//! What goes wrong on the scripted OpenAI, and what becomes of the job.

use std::cell::RefCell;

use screensmith::base::ports::Secret;
use screensmith::job::{JobStatus, State};
use screensmith::provider::{LocalFile, Progress};
use serde_json::{Value, json};

use super::{BASE, SECRET, Test, answer, failure};
use crate::harness::{dataset, dual_test};

#[dual_test]
async fn refusals_end_a_job_with_a_code_and_advice() {
    let t = Test::new().await;
    for (path, told, code) in [
        (
            "/files$",
            answer(400, json!({}), Value::Null),
            "invalid_request",
        ),
        ("/files$", answer(403, json!({}), Value::Null), "forbidden"),
        ("/files$", answer(413, json!({}), Value::Null), "too_large"),
        (
            "/jobs$",
            answer(400, json!({}), Value::Null),
            "invalid_request",
        ),
        (
            "/jobs$",
            answer(403, json!({}), json!("missing_scope")),
            "forbidden",
        ),
        ("/jobs$", answer(409, json!({}), Value::Null), "conflict"),
        (
            "/jobs$",
            answer(429, json!({}), json!("insufficient_quota")),
            "insufficient_quota",
        ),
    ] {
        let t = t.again().await;
        t.rule(json!({"method": "POST", "path": path, "answer": told, "times": 99}))
            .await;
        let job = t.start().await;
        let (found, _, hint) = failure(&job);
        assert_eq!(found, code, "{path}");
        assert!(!hint.is_empty(), "{code}");
        assert_eq!(t.jobs().await.len(), 0);
    }
}

#[dual_test]
async fn a_base_model_that_is_not_there_ends_the_job() {
    let mut t = Test::new().await;
    t.config.base_model = "gpt-4o-2024-08-60".to_owned();
    let job = t.run().await.unwrap();
    let (code, message, hint) = failure(&job);
    assert_eq!(code, "not_found");
    assert!(
        message.contains("The model 'gpt-4o-2024-08-60' does not exist"),
        "{message}"
    );
    assert!(hint.contains("check the names"), "{hint}");
    let log = t.control(json!({})).await["log"].clone();
    let asked = |r: &&Value| r["method"] == "POST" && r["path"] == "/v1/fine_tuning/jobs";
    assert_eq!(log.as_array().unwrap().iter().filter(asked).count(), 1);
}

#[dual_test]
async fn a_job_that_may_be_there_is_held_and_not_given_up() {
    let t = Test::new().await;
    for status in [400, 403, 404, 422] {
        let t = t.again().await;
        // The answer to the creation is lost, and then the list of jobs is refused.
        t.control(json!({"rules": [
            {"method": "POST", "path": "/jobs$", "drop": "after"},
            {"method": "GET", "path": "/jobs\\?", "times": 2, "answer": answer(status, json!({}), Value::Null)},
        ]})).await;
        let e = t.run().await.unwrap_err();
        assert_eq!(e.retry_after_ms(), None, "{e}");
        let id = "ui-ground-1";
        let job = t.world.tuner().job_manager().get(id).await.unwrap();
        assert!(matches!(job.state, State::Creating { .. }), "{job:?}");
        let hold = job.hold.unwrap();
        assert_eq!((hold.tries, hold.error.code.as_str()), (0, e.code()));
        t.control(json!({"rules": []})).await;
        t.completed(&t.wait().await).await;
    }
}

#[dual_test]
async fn a_job_whose_files_do_not_come_is_held_goes_on_or_does_without() {
    let t = Test::new().await;
    let id = "ui-ground-1";
    let refused = || answer(403, json!({}), Value::Null);
    let rule = |told| json!({"method": "GET", "path": "/content$", "times": 99, "answer": told});
    t.rule(rule(refused())).await;
    assert_eq!(t.run().await.unwrap_err().code(), "forbidden");
    let manager = t.world.tuner().job_manager().clone();
    let job = manager.get(id).await.unwrap();
    assert!(matches!(job.state, State::Saving { .. }), "{job:?}");
    assert_eq!(job.hold.unwrap().error.code, "forbidden");
    // It goes on when the user says so.
    t.control(json!({"rules": []})).await;
    t.completed(&t.wait().await).await;

    // A failure that passes is waited for, and told while it is.
    let t = t.again().await;
    t.rule(json!({"method": "GET", "path": "/content$", "times": 12, "answer": answer(503, json!({}), Value::Null)})).await;
    t.completed(&t.run().await.unwrap()).await;
    assert!(t.world.told.borrow().contains("Hold { until"));

    // The user does without; what did come is listed, and the model registered.
    let t = t.again().await;
    t.rule(rule(refused())).await;
    t.run().await.unwrap_err();
    let early = t
        .world
        .tuner()
        .complete_without_artifacts("no-such-job")
        .await;
    assert_eq!(early.unwrap_err().code(), "job_missing");
    let job = t
        .world
        .tuner()
        .complete_without_artifacts(id)
        .await
        .unwrap();
    t.completed(&job).await;
    assert!(job.hold.is_none());
    let note = job.problems.iter().find(|p| p.code == "artifacts_missing");
    assert!(note.unwrap().message.contains("no"), "{note:?}");
    let names: Vec<&str> = job.artifacts.iter().map(|a| a.name.as_str()).collect();
    assert!(names.contains(&"model.json"), "{names:?}");
    assert!(!names.contains(&"step_metrics.csv"), "{names:?}");
    let entry = t.world.registry().get(super::KEY).await.unwrap();
    // The scripted server is no server of OpenAI's, so the name says by which driver it is asked.
    let model = format!("openai/{}", job.model_name.clone().unwrap());
    assert_eq!(entry.config.model_name, model);
    // Later they come after all.
    t.control(json!({"rules": []})).await;
    let folder = "runs/ui-ground-1/artifacts";
    let paths = t.world.tuner().download_model(id, folder).await.unwrap();
    assert!(paths.iter().any(|p| p.ends_with("step_metrics.csv")));
    let again = t.world.tuner().complete_without_artifacts(id).await;
    assert_eq!(again.unwrap_err().code(), "job_not_saving");
}

#[dual_test]
async fn a_closed_organisation_is_told_where_else_to_train() {
    let t = Test::new().await;
    t.set(json!({"training_not_available": true})).await;
    let job = t.start().await;
    let (code, message, hint) = failure(&job);
    assert_eq!(code, "training_not_available");
    assert!(
        message.contains("winding down") && message.contains("(request req_bad)"),
        "{message}"
    );
    assert!(hint.contains("another provider"), "{hint}");
    assert_eq!(t.jobs().await.len(), 0);
}

#[dual_test]
async fn after_the_closing_nothing_is_sent() {
    let t = Test::new().await;
    let day = |d: i64| t.world.clock.advance(d * 86_400_000);
    // 2026-11-22 and 44 days is 2027-01-05, the last day.
    day(44);
    let soon = t.provider().access(BASE).await.unwrap();
    assert!(
        soon.problems
            .iter()
            .any(|p| p.code == "jobs_closing" && !p.is_error())
    );
    day(1);
    let e = t.world.tuner().start_finetune(&t.config).await.unwrap_err();
    assert_eq!(e.code(), "jobs_closed", "{e}");
    let closed = t.provider().access(BASE).await.unwrap();
    assert!(
        closed
            .problems
            .iter()
            .any(|p| p.code == "jobs_closed" && p.is_error())
    );
    assert_eq!(t.files().await, 0);
}

#[dual_test]
async fn a_wrong_key_is_mended_and_the_job_goes_on() {
    let t = Test::new().await;
    for wrong in ["sk-bad", "", "sk good"] {
        let t = t.again().await;
        t.world.secrets.insert("OPENAI_API_KEY", Secret::new(wrong));
        let e = t.run().await.unwrap_err();
        assert_eq!(e.code(), "unauthorized", "{wrong:?}");
        assert_eq!(e.retry_after_ms(), None);
        let held = t.world.tuner().job_manager().get("ui-ground-1").await;
        assert_eq!(held.unwrap().hold.unwrap().error.code, "unauthorized");
        t.world
            .secrets
            .insert("OPENAI_API_KEY", Secret::new(SECRET));
        t.world.told.borrow_mut().clear();
        t.completed(&t.wait().await).await;
        let told = t.world.told.borrow();
        assert!(told.contains("Upload {"), "{told}");
        assert!(!told.contains("hold: Some"), "it stands still no longer");
    }
}

#[dual_test]
async fn a_busy_or_failing_service_is_waited_for() {
    let t = Test::new().await;
    for (told, waited) in [
        (
            answer(
                429,
                json!({"retry-after": "7"}),
                json!("rate_limit_exceeded"),
            ),
            7000,
        ),
        (
            answer(429, json!({"retry-after-ms": "2500"}), Value::Null),
            2500,
        ),
        (answer(429, json!({}), Value::Null), 5000),
        (answer(500, json!({}), Value::Null), 1000),
        (
            json!({"status": 503, "headers": {}, "body": "<html>busy"}),
            1000,
        ),
    ] {
        let calm = t.again().await.timed_run().await;
        for (method, path) in [
            ("GET", "/files\\?"),
            ("POST", "/files$"),
            ("POST", "/jobs$"),
            ("GET", "/jobs/[^/]*$"),
            ("GET", "/events"),
            ("GET", "/checkpoints"),
            ("GET", "/content"),
        ] {
            let t = t.again().await;
            t.rule(json!({"method": method, "path": path, "answer": told}))
                .await;
            let took = t.timed_run().await;
            assert!(took >= calm + waited, "{path}: {took} ms after {calm} ms");
        }
    }
}

#[dual_test]
async fn a_service_that_says_not_to_retry_is_obeyed() {
    let t = Test::new().await;
    let told = answer(500, json!({"x-should-retry": "false"}), Value::Null);
    t.rule(json!({"method": "POST", "path": "/jobs$", "answer": told, "times": 99}))
        .await;
    assert_eq!(failure(&t.start().await).0, "server_error");
    let log = t.control(json!({})).await["log"].clone();
    let asked = |r: &&Value| r["method"] == "POST" && r["path"] == "/v1/fine_tuning/jobs";
    assert_eq!(log.as_array().unwrap().iter().filter(asked).count(), 1);
}

#[dual_test]
async fn lost_answers_leave_one_job_and_one_file_each() {
    let t = Test::new().await;
    for drop in ["before", "after"] {
        for filter in [json!(true), json!(false), json!("refused")] {
            let t = t.again().await;
            t.set(json!({"filter": filter})).await;
            t.rule(json!({"method": "POST", "path": "/jobs$", "drop": drop}))
                .await;
            t.completed(&t.run().await.unwrap()).await;
        }
        for path in ["/files$", "/v1/fine_tuning/jobs/.*/events"] {
            let t = t.again().await;
            t.rule(json!({"path": path, "drop": drop})).await;
            t.completed(&t.run().await.unwrap()).await;
        }
    }
    // Many other jobs, and a vendor that does not filter.
    let t = t.again().await;
    t.set(json!({"filter": false, "page": 3})).await;
    for i in 0..8 {
        let mut other = Test::on(t.servers.clone(), dataset(24, 0));
        other.config.job_name = Some(format!("other-{i}"));
        other.config.register_llm_key = None;
        other.start().await;
    }
    t.rule(json!({"method": "POST", "path": "/jobs$", "drop": "after"}))
        .await;
    let job = t.run().await.unwrap();
    assert_eq!(job.status, JobStatus::Completed);
    assert_eq!(t.jobs().await.len(), 9);
}

#[dual_test]
async fn an_upload_that_breaks_off_is_sent_again() {
    let t = Test::new().await;
    t.rule(json!({"method": "POST", "path": "/files$", "keep": 5000}))
        .await;
    t.completed(&t.run().await.unwrap()).await;
}

/// A file of 40 MiB: three parts.
pub(super) fn large(t: &Test) -> LocalFile {
    let line = format!("{{\"a\":\"{}\"}}\n", "x".repeat(1015));
    let bytes = line.repeat(40 << 10).into_bytes();
    let file = LocalFile {
        path: "large.jsonl".to_owned(),
        bytes: bytes.len() as u64,
        lines: 40 << 10,
        sha256: "ab".repeat(32),
        uri: None,
    };
    t.world.files.insert("large.jsonl", bytes);
    file
}

#[dual_test]
async fn large_files_go_in_parts() {
    let t = Test::new().await;
    let file = large(&t);
    t.control(json!({"rules": [
        {"method": "POST", "path": "/parts$", "skip": 1, "keep": 5_000_000},
        {"method": "POST", "path": "/parts$", "skip": 1, "drop": "after"},
    ]}))
    .await;
    let steps = RefCell::new(Vec::new());
    let report = |p: Progress| steps.borrow_mut().push(p.done >> 20);
    let sent = t.provider().upload(&file, &report).await.unwrap();
    let state = t.state().await;
    // The service compared the checksum of the whole.
    assert_eq!(state["files"][0]["id"], json!(sent.id));
    assert_eq!(state["files"][0]["bytes"], json!(file.bytes));
    assert_eq!(state["uploads"][0]["status"], "completed");
    assert_eq!(*steps.borrow(), [0, 16, 32, 40, 40]);
    let log = t.control(json!({})).await["log"].clone();
    let part = |r: &&Value| r["path"].as_str().unwrap().ends_with("/parts");
    let parts = log.as_array().unwrap().iter().filter(part);
    let parts: Vec<(u64, u64)> = parts
        .map(|r| {
            (
                r["status"].as_u64().unwrap(),
                r["bytes"].as_u64().unwrap() >> 20,
            )
        })
        .collect();
    assert_eq!(parts, [(200, 16), (0, 4), (0, 16), (200, 16), (200, 8)]);

    // The same again: it is there.
    let again = t.provider().upload(&file, &|_| ()).await.unwrap();
    assert_eq!(again, sent);
    assert_eq!(t.files().await, 1);
}

#[dual_test]
async fn an_upload_that_cannot_be_finished_is_given_up_at_the_vendor() {
    let t = Test::new().await;
    let file = large(&t);
    let told = answer(413, json!({}), Value::Null);
    t.rule(json!({"method": "POST", "path": "/parts$", "skip": 1, "times": 99, "answer": told}))
        .await;
    let e = t.provider().upload(&file, &|_| ()).await.unwrap_err();
    assert_eq!(e.code(), "too_large");
    assert_eq!(t.state().await["uploads"][0]["status"], "cancelled");
}

#[dual_test]
async fn what_the_vendor_finds_in_a_file_is_told() {
    let t = Test::new().await;
    t.set(
        json!({"outcome": "failed", "error": {"code": "invalid_training_file",
        "message": "Invalid file format. Example 3.", "param": "training_file"}}),
    )
    .await;
    let job = t.run().await.unwrap();
    let (code, message, hint) = failure(&job);
    assert_eq!(code, "invalid_training_file");
    assert_eq!(message, "training_file: Invalid file format. Example 3.");
    assert!(hint.contains("screensmith validate"), "{hint}");
    let events = t
        .world
        .tuner()
        .job_manager()
        .events("ui-ground-1")
        .await
        .unwrap();
    assert!(events.iter().any(|e| e.message.contains("Example 3")));
}

#[dual_test]
async fn files_deleted_by_others_are_told() {
    // Between upload and creation.
    let t = Test::new().await;
    t.world.client.left.set(4);
    assert_eq!(t.run().await.unwrap_err().code(), "killed");
    t.control(json!({"lose": true})).await;
    t.world.client.left.set(usize::MAX);
    let job = t.wait().await;
    let (code, message, hint) = failure(&job);
    assert_eq!(code, "not_found");
    assert!(message.contains("No such File object"), "{message}");
    assert!(!hint.is_empty());
    assert_eq!(t.jobs().await.len(), 0);

    // After the creation: the vendor finds it missing.
    let t = t.again().await;
    t.start().await;
    t.control(json!({"lose": true})).await;
    assert_eq!(failure(&t.wait().await).0, "invalid_training_file");

    // The result: the model is there all the same.
    let t = t.again().await;
    t.set(json!({"result_deleted": true})).await;
    t.completed(&t.run().await.unwrap()).await;
    assert!(
        t.world
            .files
            .get("runs/ui-ground-1/artifacts/model.json")
            .is_some()
    );
    assert!(
        t.world
            .files
            .get("runs/ui-ground-1/artifacts/step_metrics.csv")
            .is_none()
    );
}

#[dual_test]
async fn unknown_words_and_fields_do_no_harm() {
    let t = Test::new().await;
    t.set(
        json!({"words": ["warming_up", "cooling_down"], "base64": false, "result_files": 2,
        "extra": {"brand_new": {"a": [1, null]}, "level": "notice"}}),
    )
    .await;
    let job = t.start().await;
    let mut seen = Vec::new();
    for _ in 0..8 {
        t.world.clock.advance(60_000);
        let job = t.world.tuner().check_status(&job.job_id).await.unwrap();
        if let State::Remote { raw, .. } = &job.state {
            seen.push(raw.clone());
        }
    }
    assert!(seen.contains(&"warming_up".to_owned()), "{seen:?}");
    t.completed(&t.wait().await).await;
    let table = t.text("runs/ui-ground-1/artifacts/2_more_1.csv");
    assert!(table.starts_with("step,"), "{table}");
}
