//! What goes wrong: tokens, buckets, refusals, broken connections, lost answers, races.

use screensmith::base::ports::Secret;
use screensmith::job::{JobStatus, State};
use serde_json::{Value, json};

use super::{TOKEN, Test, failure};
use crate::harness::dual_test;

#[dual_test]
async fn an_expired_token_in_mid_upload_is_mended_with_a_new_one() {
    let t = Test::new().await;
    t.control(json!({"set": {"tokens": ["ya29.good", "ya29.new"], "expire_after": 12}}))
        .await;
    let e = t.run().await.unwrap_err();
    assert_eq!(e.code(), "unauthorized", "{e}");
    assert!(e.hint_text().unwrap().contains("new access token"));
    assert!(matches!(t.job().await.state, State::Uploading { .. }));
    // Still no good token: nothing changes.
    let again = t
        .world
        .tuner()
        .check_status("ui-ground-1")
        .await
        .unwrap_err();
    assert_eq!(again.code(), "unauthorized");
    t.world.secrets.insert(TOKEN, Secret::new("ya29.new\n"));
    let job = t.world.tuner().wait("ui-ground-1").await.unwrap();
    t.completed(&job).await;
    t.all_sent_once(24).await;
}

#[dual_test]
async fn without_a_token_or_with_a_broken_one_nothing_is_sent() {
    let t = Test::new().await;
    for token in ["", "two words", "ümlaut"] {
        t.world.secrets.insert(TOKEN, Secret::new(token));
        assert_eq!(t.run().await.unwrap_err().code(), "unauthorized");
    }
    assert_eq!(t.world.client.sent.get(), 0);
}

#[dual_test]
async fn a_token_that_expires_while_training_loses_nothing() {
    let t = Test::new().await;
    let job = t.world.tuner().start_finetune(&t.config).await.unwrap();
    assert!(job.state.remote_id().is_some());
    t.control(json!({"set": {"tokens": ["ya29.new"]}})).await;
    let e = t.world.tuner().wait("ui-ground-1").await.unwrap_err();
    assert_eq!(e.code(), "unauthorized");
    t.world.secrets.insert(TOKEN, Secret::new("ya29.new"));
    t.completed(&t.world.tuner().wait("ui-ground-1").await.unwrap())
        .await;
}

#[dual_test]
async fn a_bucket_that_does_not_fit_is_found_before_anything_is_sent() {
    for (set, code) in [
        (json!({"buckets": {}}), "bucket_missing"),
        (
            json!({"permissions": ["storage.objects.get", "storage.objects.list"]}),
            "bucket_permission",
        ),
        (
            json!({"buckets": {"demo-bucket": {"location": "EUROPE-WEST4", "locationType": "region"}}}),
            "bucket_region",
        ),
    ] {
        let t = Test::new().await;
        t.control(json!({"set": set})).await;
        let job = t.world.tuner().start_finetune(&t.config).await.unwrap();
        let (found, hint) = failure(&job);
        assert_eq!(found, code);
        assert!(!hint.is_empty());
        assert_eq!(t.objects().await, []);
        assert_eq!(t.control(json!({})).await["state"]["payload"], json!({}));
    }
}

#[dual_test]
async fn refusals_end_the_job_with_advice() {
    let status = |code: u16, status: &str| {
        json!({"status": code, "headers": {}, "body":
        {"error": {"code": code, "status": status, "message": "no"}}})
    };
    let disabled = json!({"status": 403, "headers": {}, "body": [{"error": {"code": 403,
        "status": "PERMISSION_DENIED", "message": "Vertex AI API has not been used",
        "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "SERVICE_DISABLED", "domain": "googleapis.com"}]}}]});
    for (path, answer, code) in [
        (
            "upload/storage",
            status(403, "PERMISSION_DENIED"),
            "forbidden",
        ),
        ("tuningJobs$", status(403, "PERMISSION_DENIED"), "forbidden"),
        ("tuningJobs$", disabled, "api_disabled"),
        (
            "tuningJobs$",
            status(400, "INVALID_ARGUMENT"),
            "invalid_argument",
        ),
        ("tuningJobs$", status(409, "ALREADY_EXISTS"), "conflict"),
        (
            "upload/storage",
            status(413, "INVALID_ARGUMENT"),
            "too_large",
        ),
    ] {
        let t = Test::new().await;
        t.control(
            json!({"rules": [{"method": "POST", "path": path, "answer": answer, "times": 99}]}),
        )
        .await;
        let job = t.world.tuner().start_finetune(&t.config).await.unwrap();
        let (found, hint) = failure(&job);
        assert_eq!(found, code);
        assert!(!hint.is_empty(), "{code}");
        assert_eq!(t.jobs().await.len(), 0);
    }
}

#[dual_test]
async fn a_conflict_at_creation_finds_the_job_that_is_there() {
    let t = Test::new().await;
    let answer = json!({"status": 409, "headers": {}, "body":
        {"error": {"code": 409, "status": "ALREADY_EXISTS", "message": "exists"}}});
    t.control(json!({"rules": [{"method": "POST", "path": "tuningJobs$", "answer": answer, "act": true}]})).await;
    t.completed(&t.run().await.unwrap()).await;
}

#[dual_test]
async fn what_lies_in_the_bucket_already_is_compared() {
    let t = Test::new().await;
    // Only the answer to one picture is lost: the next try finds it there.
    t.control(json!({"rules": [{"method": "POST", "path": "uploadType=multipart", "skip": 3, "drop": "after"}]})).await;
    t.completed(&t.run().await.unwrap()).await;
    let twice: Vec<_> = t
        .objects()
        .await
        .into_iter()
        .filter(|(_, n)| *n > 1.5)
        .collect();
    assert_eq!(twice.len(), 1, "{twice:?}");

    for name in ["ui-ground-1/images/000003.png", "ui-ground-1/train.jsonl"] {
        let t = Test::new().await;
        t.control(json!({"put": ["demo-bucket", name, "something else"]}))
            .await;
        let job = t.world.tuner().start_finetune(&t.config).await.unwrap();
        assert_eq!(failure(&job).0, "object_exists", "{name}");
        assert_eq!(t.jobs().await.len(), 0);
    }
}

#[dual_test]
async fn a_busy_or_failing_service_is_waited_for() {
    let answer =
        |status: u16, headers: Value| json!({"status": status, "headers": headers, "body": "busy"});
    for (answer, waited) in [
        (answer(429, json!({"retry-after": "7"})), 7000),
        (answer(429, json!({})), 5000),
        (answer(503, json!({})), 1000),
        (answer(500, json!({})), 1000),
        (
            json!({"status": 429, "headers": {}, "body": {"error": {"code": 429, "status":
            "RESOURCE_EXHAUSTED", "message": "slow down", "details": [{"@type":
            "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "6s"}]}}}),
            6000,
        ),
    ] {
        let t = Test::new().await;
        let calm = t.timed_run().await;
        for (method, path) in [
            ("GET", "storageLayout"),
            ("GET", "/o\\?prefix"),
            ("POST", "uploadType=multipart"),
            ("POST", "uploadType=resumable"),
            ("PUT", "upload_id"),
            ("POST", "tuningJobs$"),
            ("GET", "tuningJobs/"),
        ] {
            let t = t.again().await;
            t.control(json!({"rules": [{"method": method, "path": path, "answer": answer}]}))
                .await;
            let took = t.timed_run().await;
            t.all_sent_once(24).await;
            assert!(took >= calm + waited, "{path}: {took} ms after {calm} ms");
        }
    }
}

#[dual_test]
async fn an_upload_that_breaks_off_goes_on_where_the_service_stands() {
    let t = Test::with(60, 400_000).await;
    // 5 MiB and a bit of the second chunk arrive.
    t.control(
        json!({"rules": [{"method": "PUT", "path": "upload_id", "skip": 1, "keep": 5_300_000}]}),
    )
    .await;
    let job = t.run().await.unwrap();
    t.completed(&job).await;
    let State::Succeeded { .. } = job.state else {
        panic!()
    };
    let lines = t.world.files.get("runs/ui-ground-1/train.jsonl").unwrap();
    assert!(lines.len() > 17 << 20, "three chunks: {}", lines.len());
    let state = t.control(json!({})).await["state"].clone();
    let received = state["payload"]["ui-ground-1/train.jsonl"]
        .as_u64()
        .unwrap();
    let again = received - lines.len() as u64;
    assert!(
        again < 262_144,
        "only what was no whole step is sent again: {again}"
    );
    let stored = state["objects"].as_array().unwrap();
    let stored = stored
        .iter()
        .find(|o| o["path"] == "demo-bucket/ui-ground-1/train.jsonl")
        .unwrap();
    assert_eq!(stored["size"], json!(lines.len()));
}

#[dual_test]
async fn a_session_that_is_over_begins_anew() {
    let t = Test::new().await;
    let gone = json!({"status": 410, "headers": {}, "body": ""});
    t.control(json!({"rules": [{"method": "PUT", "path": "upload_id", "answer": gone}]}))
        .await;
    t.completed(&t.run().await.unwrap()).await;
    t.all_sent_once(24).await;
}

#[dual_test]
async fn a_lost_answer_to_the_creation_leaves_one_job() {
    for filter in [true, false] {
        let t = Test::new().await;
        // Other people's jobs fill a page before ours.
        t.control(json!({"set": {"filter": filter, "page": 1},
            "rules": [{"method": "POST", "path": "tuningJobs$", "drop": "after"}]}))
            .await;
        let job = t.run().await.unwrap();
        t.completed(&job).await;
        t.all_sent_once(24).await;
    }
    // The request itself is lost.
    let t = Test::new().await;
    t.control(json!({"rules": [{"method": "POST", "path": "tuningJobs$", "drop": "before"}]}))
        .await;
    t.completed(&t.run().await.unwrap()).await;
}

#[dual_test]
async fn a_kill_at_any_request_doubles_nothing() {
    let whole = Test::with(12, 0).await;
    whole.completed(&whole.run().await.unwrap()).await;
    let requests = whole.world.client.sent.get();
    assert!(requests > 20, "{requests}");
    for n in 0..requests {
        let t = whole.again().await;
        let world = &t.world;
        world.client.left.set(n);
        let e = world.tuner().run(&t.config).await.unwrap_err();
        assert_eq!(e.code(), "killed", "after {n}");
        world.client.left.set(usize::MAX);
        let job = world.tuner().run(&t.config).await.unwrap();
        t.completed(&job).await;
        t.all_sent_once(12).await;
    }
}

#[dual_test]
async fn jobs_that_fail_say_why() {
    for (code, outcome, found) in [
        (3, "FAILED", "invalid_argument"),
        (7, "FAILED", "forbidden"),
        (13, "FAILED", "server_error"),
        (0, "EXPIRED", "expired"),
    ] {
        let t = Test::new().await;
        t.control(
            json!({"set": {"outcome": outcome, "error": {"code": code, "message": "Because."}}}),
        )
        .await;
        let job = t.run().await.unwrap();
        let (error, hint) = failure(&job);
        assert_eq!(error, found);
        assert!(!hint.is_empty());
    }
}

#[dual_test]
async fn cancelling_races_with_the_end() {
    // Confirmed by the service.
    let t = Test::new().await;
    t.control(json!({"set": {"polls": 50}})).await;
    t.world.tuner().start_finetune(&t.config).await.unwrap();
    t.world.tuner().cancel("ui-ground-1").await.unwrap();
    let job = t.world.tuner().wait("ui-ground-1").await.unwrap();
    assert_eq!(job.status, JobStatus::Cancelled);
    assert_eq!(t.jobs().await[0]["state"], "JOB_STATE_CANCELLED");

    // The job finishes all the same: the model is not lost.
    let t = Test::new().await;
    t.control(json!({"set": {"cancel_ignored": true, "polls": 2}}))
        .await;
    t.world.tuner().start_finetune(&t.config).await.unwrap();
    t.world.tuner().cancel("ui-ground-1").await.unwrap();
    t.completed(&t.world.tuner().wait("ui-ground-1").await.unwrap())
        .await;

    // It finished before the request came: the refusal is no failure.
    let t = Test::new().await;
    let job = t.world.tuner().start_finetune(&t.config).await.unwrap();
    let id = job.state.remote_id().unwrap().to_owned();
    let provider = t.provider();
    while !provider.get(&id).await.unwrap().state.is_final() {}
    t.world.tuner().cancel("ui-ground-1").await.unwrap();
    t.completed(&t.world.tuner().wait("ui-ground-1").await.unwrap())
        .await;

    // Cancelled while the answer to the creation is lost.
    let t = Test::new().await;
    t.control(json!({"rules": [
        {"method": "POST", "path": "tuningJobs$", "drop": "after"},
        {"method": "GET", "path": "tuningJobs\\?", "drop": "before", "times": 99}]}))
        .await;
    t.world.tuner().start_finetune(&t.config).await.unwrap_err();
    t.world.tuner().cancel("ui-ground-1").await.unwrap();
    t.control(json!({"rules": []})).await;
    let job = t.world.tuner().wait("ui-ground-1").await.unwrap();
    assert_eq!(job.status, JobStatus::Cancelled);
    assert_eq!(t.jobs().await.len(), 1);
}

#[dual_test]
async fn an_hour_offline_loses_nothing() {
    // While the pictures are sent: the start gives up, and goes on when it is asked again.
    let t = Test::new().await;
    t.control(json!({"rules": [{"path": "uploadType=multipart", "skip": 5, "drop": "before", "times": 400}]})).await;
    let e = t.run().await.unwrap_err();
    assert_eq!(e.kind(), screensmith::ErrorKind::Network, "{e}");
    assert!(matches!(t.job().await.state, State::Uploading { .. }));
    t.control(json!({"rules": []})).await;
    t.completed(&t.world.tuner().wait("ui-ground-1").await.unwrap())
        .await;
    t.all_sent_once(24).await;

    // While the job trains.
    let t = t.again().await;
    t.world.tuner().start_finetune(&t.config).await.unwrap();
    t.control(json!({"rules": [{"path": "tuningJobs", "drop": "before", "times": 400}]}))
        .await;
    assert!(t.timed(t.world.tuner().wait("ui-ground-1")).await > 3_600_000);
}

#[dual_test]
async fn a_token_is_looked_at_without_sending_anything() {
    let t = Test::new().await;
    for (set, files, jobs, problems) in [
        (json!({}), true, true, &[][..]),
        (
            json!({"permissions": ["storage.objects.list"]}),
            false,
            true,
            &["bucket_permission"],
        ),
        (json!({"buckets": {}}), false, true, &["bucket_missing"]),
    ] {
        let t = t.again().await;
        t.control(json!({"set": set})).await;
        let access = t.provider().access("gemini-2.5-flash").await.unwrap();
        assert_eq!((access.files, access.jobs), (files, jobs));
        let codes: Vec<&str> = access.problems.iter().map(|p| p.code.as_ref()).collect();
        assert_eq!(codes, problems);
        assert_eq!(t.control(json!({})).await["state"]["payload"], json!({}));
    }
    let t = t.again().await;
    t.world.secrets.insert(TOKEN, Secret::new("ya29.old"));
    let e = t.provider().access("gemini-2.5-flash").await.unwrap_err();
    assert_eq!(e.code(), "unauthorized");
}

#[dual_test]
async fn a_file_that_was_deleted_fails_the_job_with_its_name() {
    let t = Test::new().await;
    let busy = json!({"status": 503, "headers": {"retry-after": "60"}, "body": ""});
    t.control(
        json!({"rules": [{"method": "POST", "path": "tuningJobs$", "answer": busy, "times": 99}]}),
    )
    .await;
    t.run().await.unwrap_err();
    let lines = "gs://demo-bucket/ui-ground-1/train.jsonl";
    for _ in 0..2 {
        t.provider().delete_file(lines).await.unwrap();
    }
    t.control(json!({"rules": []})).await;
    let job = t.world.tuner().wait("ui-ground-1").await.unwrap();
    let State::Failed { error, .. } = &job.state else {
        panic!("{job:#?}")
    };
    assert!(error.message.contains(lines), "{error:?}");
    assert_eq!(t.jobs().await.len(), 0);
}
