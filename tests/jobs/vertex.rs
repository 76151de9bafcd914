//! Jobs on the scripted Vertex AI with Cloud Storage.

use screensmith::base::ports::{Secret, Store as _};
use screensmith::base::system::block_on;
use screensmith::job::{FineTuneConfig, FineTuneJob, JobStatus, State};
use screensmith::provider::{ProviderName, Setting};
use serde_json::{Value, json};

use crate::harness::{Servers, World, dataset};

const KEY: &str = "TUNED_GROUNDER";
const TOKEN: &str = "VERTEX_ACCESS_TOKEN";

/// A world and the server, with a dataset of 24 screens.
struct Test {
    servers: Servers,
    world: World,
    config: FineTuneConfig,
}

impl Test {
    fn new() -> Self {
        Self::with(24, 0)
    }

    fn with(screens: usize, bytes: usize) -> Self {
        let servers = Servers::start();
        let world = World::new();
        world.files.insert("data/ui.jsonl", dataset(screens, bytes));
        world.secrets.insert(TOKEN, Secret::new("ya29.good"));
        let mut c = FineTuneConfig::new("data/ui.jsonl", ProviderName::Gemini, "gemini-2.5-flash");
        c.output_dir = "runs".to_owned();
        c.job_name = Some("ui-ground-1".to_owned());
        c.register_llm_key = Some(KEY.to_owned());
        c.metadata.insert("team".to_owned(), json!("demo_1"));
        c.hyperparameters.n_epochs = Setting::Value(2);
        c.hyperparameters.adapter_size = Some(4);
        c.provider_options.base_url = Some(format!("{}/v1", servers.address("vertex")));
        c.provider_options.storage_url = Some(servers.address("vertex"));
        c.provider_options.project = Some("demo-project".to_owned());
        c.provider_options.bucket = Some("demo-bucket".to_owned());
        c.provider_options
            .headers
            .insert("X-Team".to_owned(), "demo".to_owned());
        Self {
            servers,
            world,
            config: c,
        }
    }

    fn control(&self, body: Value) -> Value {
        self.servers.control("vertex", body)
    }

    fn run(&self) -> screensmith::Result<FineTuneJob> {
        block_on(self.world.tuner().run(&self.config))
    }

    fn jobs(&self) -> Vec<Value> {
        self.control(json!({}))["state"]["jobs"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// Every object with how often its content was received.
    fn objects(&self) -> Vec<(String, f64)> {
        let state = self.control(json!({}))["state"].clone();
        let objects = state["objects"].as_array().unwrap();
        objects
            .iter()
            .map(|o| {
                let name = o["path"]
                    .as_str()
                    .unwrap()
                    .split_once('/')
                    .unwrap()
                    .1
                    .to_owned();
                let received = state["payload"][&name].as_f64().unwrap_or(0.0);
                let times = received / o["size"].as_f64().unwrap();
                (name, times)
            })
            .collect()
    }

    fn all_sent_once(&self, pictures: usize) {
        let objects = self.objects();
        assert_eq!(objects.len(), pictures + 2, "{objects:?}");
        for (name, times) in objects {
            assert!(
                (times - 1.0).abs() < f64::EPSILON,
                "{name} was sent {times} times"
            );
        }
    }

    fn job(&self) -> FineTuneJob {
        block_on(self.world.tuner().job_manager().get("ui-ground-1")).unwrap()
    }

    fn completed(&self, job: &FineTuneJob) {
        assert_eq!(job.status, JobStatus::Completed, "{job:#?}");
        assert_eq!(self.jobs().len(), 1, "exactly one job");
        let model = job.model_name.as_deref().unwrap();
        assert!(
            model.starts_with("projects/123456/locations/us-central1/endpoints/"),
            "{model}"
        );
    }
}

fn failure(job: &FineTuneJob) -> (&str, &str) {
    match &job.state {
        State::Failed { error, .. } => (&error.code, &error.hint),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_job_runs_to_a_registered_model() {
    let t = Test::new();
    let job = t.run().unwrap();
    t.completed(&job);
    t.all_sent_once(24);
    let made = &t.jobs()[0];
    assert_eq!(made["labels"]["screensmith_job"], json!(job.unique_key));
    assert_eq!(made["labels"]["team"], "demo_1");
    assert_eq!(made["tunedModelDisplayName"], "ui-ground-1");
    let spec = &made["supervisedTuningSpec"];
    assert_eq!(
        spec["trainingDatasetUri"],
        "gs://demo-bucket/ui-ground-1/train.jsonl"
    );
    assert_eq!(
        spec["validationDatasetUri"],
        "gs://demo-bucket/ui-ground-1/validation.jsonl"
    );
    assert_eq!(
        spec["hyperParameters"],
        json!({"epochCount": "2", "adapterSize": "ADAPTER_SIZE_FOUR"})
    );
    // The service read every line and every picture that the lines name.
    let stats = &made["tuningDataStats"]["supervisedTuningDataStats"];
    assert_eq!(
        stats["tuningDatasetExampleCount"],
        json!(job.metrics.train_samples.to_string())
    );
    assert_eq!(stats["totalTruncatedExampleCount"], Value::Null);
    let tokens: u64 = stats["totalBillableTokenCount"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(
        job.metrics.trained_tokens,
        Some(tokens * 2),
        "both passes are billed"
    );

    let entry = block_on(t.world.registry().get(KEY)).unwrap();
    let entry = serde_json::to_string(&entry).unwrap();
    assert!(
        entry.contains(job.model_name.as_deref().unwrap()),
        "{entry}"
    );
    let card = t
        .world
        .files
        .get("runs/ui-ground-1/artifacts/model.json")
        .unwrap();
    let card: Value = serde_json::from_slice(&card).unwrap();
    assert_eq!(card["endpoint"], json!(job.model_name));
    assert_eq!(card["checkpoints"].as_array().unwrap().len(), 2);
    let events = block_on(t.world.tuner().job_manager().events("ui-ground-1")).unwrap();
    let ids: Vec<&str> = events.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids, ["created", "started", "ended"]);

    let control = t.control(json!({}));
    for r in control["log"].as_array().unwrap() {
        // The session's address is a key of its own: the token does not go there.
        let session = r["path"].as_str().unwrap().contains("upload_id=");
        assert_eq!(r["signed"], json!(!session), "{r}");
        assert!(
            r["headers"].as_array().unwrap().contains(&json!("x-team")),
            "{r}"
        );
    }
    let types: std::collections::BTreeSet<&str> = control["state"]["objects"]
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["contentType"].as_str().unwrap())
        .collect();
    assert_eq!(Vec::from_iter(types), ["application/jsonl", "image/png"]);
}

#[test]
fn no_key_is_left_anywhere() {
    let t = Test::new();
    // A refusal that echoes the token.
    let echo = json!({"error": {"code": 503, "status": "UNAVAILABLE", "message": "bad ya29.good"}});
    t.control(json!({"rules": [{"method": "POST", "path": "tuningJobs$",
        "answer": {"status": 503, "headers": {}, "body": echo}}]}));
    t.completed(&t.run().unwrap());
    let log = t.control(json!({}))["log"].to_string();
    let mut all = t.world.told.borrow().clone() + &log;
    for collection in ["jobs", "events/ui-ground-1", "registry", "models"] {
        for doc in block_on(t.world.store.scan(collection)).unwrap() {
            all += &doc.value.to_string();
        }
    }
    for path in t.world.files.paths() {
        all += &String::from_utf8_lossy(&t.world.files.get(&path).unwrap());
    }
    assert!(!all.contains("ya29"), "the token was written down");
    let outside = t.world.told.borrow();
    assert!(
        !outside.contains("upload_id"),
        "a session's address was told"
    );
}

#[test]
fn an_expired_token_in_mid_upload_is_mended_with_a_new_one() {
    let t = Test::new();
    t.control(json!({"set": {"tokens": ["ya29.good", "ya29.new"], "expire_after": 12}}));
    let e = t.run().unwrap_err();
    assert_eq!(e.code(), "unauthorized", "{e}");
    assert!(e.hint_text().unwrap().contains("new access token"));
    assert!(matches!(t.job().state, State::Uploading { .. }));
    // Still no good token: nothing changes.
    let again = block_on(t.world.tuner().check_status("ui-ground-1")).unwrap_err();
    assert_eq!(again.code(), "unauthorized");
    t.world.secrets.insert(TOKEN, Secret::new("ya29.new\n"));
    let job = block_on(t.world.tuner().wait("ui-ground-1")).unwrap();
    t.completed(&job);
    t.all_sent_once(24);
}

#[test]
fn without_a_token_or_with_a_broken_one_nothing_is_sent() {
    let t = Test::new();
    for token in ["", "two words", "ümlaut"] {
        t.world.secrets.insert(TOKEN, Secret::new(token));
        assert_eq!(t.run().unwrap_err().code(), "unauthorized");
    }
    assert_eq!(t.world.client.sent.get(), 0);
}

#[test]
fn a_token_that_expires_while_training_loses_nothing() {
    let t = Test::new();
    let job = block_on(t.world.tuner().start_finetune(&t.config)).unwrap();
    assert!(job.state.remote_id().is_some());
    t.control(json!({"set": {"tokens": ["ya29.new"]}}));
    let e = block_on(t.world.tuner().wait("ui-ground-1")).unwrap_err();
    assert_eq!(e.code(), "unauthorized");
    t.world.secrets.insert(TOKEN, Secret::new("ya29.new"));
    t.completed(&block_on(t.world.tuner().wait("ui-ground-1")).unwrap());
}

#[test]
fn a_bucket_that_does_not_fit_is_found_before_anything_is_sent() {
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
        let t = Test::new();
        t.control(json!({"set": set}));
        let job = block_on(t.world.tuner().start_finetune(&t.config)).unwrap();
        let (found, hint) = failure(&job);
        assert_eq!(found, code);
        assert!(!hint.is_empty());
        assert_eq!(t.objects(), []);
        assert_eq!(t.control(json!({}))["state"]["payload"], json!({}));
    }
}

#[test]
fn refusals_end_the_job_with_advice() {
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
        let t = Test::new();
        t.control(
            json!({"rules": [{"method": "POST", "path": path, "answer": answer, "times": 99}]}),
        );
        let job = block_on(t.world.tuner().start_finetune(&t.config)).unwrap();
        let (found, hint) = failure(&job);
        assert_eq!(found, code);
        assert!(!hint.is_empty(), "{code}");
        assert_eq!(t.jobs().len(), 0);
    }
}

#[test]
fn a_conflict_at_creation_finds_the_job_that_is_there() {
    let t = Test::new();
    let answer = json!({"status": 409, "headers": {}, "body":
        {"error": {"code": 409, "status": "ALREADY_EXISTS", "message": "exists"}}});
    t.control(json!({"rules": [{"method": "POST", "path": "tuningJobs$", "answer": answer, "act": true}]}));
    t.completed(&t.run().unwrap());
}

#[test]
fn what_lies_in_the_bucket_already_is_compared() {
    let t = Test::new();
    // Only the answer to one picture is lost: the next try finds it there.
    t.control(json!({"rules": [{"method": "POST", "path": "uploadType=multipart", "skip": 3, "drop": "after"}]}));
    t.completed(&t.run().unwrap());
    let twice: Vec<_> = t.objects().into_iter().filter(|(_, n)| *n > 1.5).collect();
    assert_eq!(twice.len(), 1, "{twice:?}");

    for name in ["ui-ground-1/images/000003.png", "ui-ground-1/train.jsonl"] {
        let t = Test::new();
        t.control(json!({"put": ["demo-bucket", name, "something else"]}));
        let job = block_on(t.world.tuner().start_finetune(&t.config)).unwrap();
        assert_eq!(failure(&job).0, "object_exists", "{name}");
        assert_eq!(t.jobs().len(), 0);
    }
}

#[test]
fn a_busy_or_failing_service_is_waited_for() {
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
        for (method, path) in [
            ("GET", "storageLayout"),
            ("GET", "/o\\?prefix"),
            ("POST", "uploadType=multipart"),
            ("POST", "uploadType=resumable"),
            ("PUT", "upload_id"),
            ("POST", "tuningJobs$"),
            ("GET", "tuningJobs/"),
        ] {
            let t = Test::new();
            t.control(json!({"rules": [{"method": method, "path": path, "answer": answer}]}));
            let start = screensmith::base::ports::Clock::now(t.world.clock.as_ref());
            t.completed(&t.run().unwrap());
            t.all_sent_once(24);
            let end = screensmith::base::ports::Clock::now(t.world.clock.as_ref());
            assert!(end.since(start) >= waited, "{path}");
        }
    }
}

#[test]
fn a_second_job_waits_for_the_first() {
    let t = Test::new();
    let first = block_on(t.world.tuner().start_finetune(&t.config)).unwrap();
    let mut second = t.config.clone();
    second.job_name = Some("ui-ground-2".to_owned());
    second.register_llm_key = None;
    let e = block_on(t.world.tuner().start_finetune(&second)).unwrap_err();
    assert_eq!(e.code(), "rate_limited");
    t.completed(&block_on(t.world.tuner().wait(&first.job_id)).unwrap());
    let job = block_on(t.world.tuner().wait("ui-ground-2")).unwrap();
    assert_eq!(job.status, JobStatus::Completed);
    assert_eq!(t.jobs().len(), 2);
}

#[test]
fn an_upload_that_breaks_off_goes_on_where_the_service_stands() {
    let t = Test::with(60, 400_000);
    // 5 MiB and a bit of the second chunk arrive.
    t.control(
        json!({"rules": [{"method": "PUT", "path": "upload_id", "skip": 1, "keep": 5_300_000}]}),
    );
    let job = t.run().unwrap();
    t.completed(&job);
    let State::Succeeded { .. } = job.state else {
        panic!()
    };
    let lines = t.world.files.get("runs/ui-ground-1/train.jsonl").unwrap();
    assert!(lines.len() > 17 << 20, "three chunks: {}", lines.len());
    let state = t.control(json!({}))["state"].clone();
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

#[test]
fn a_session_that_is_over_begins_anew() {
    let t = Test::new();
    let gone = json!({"status": 410, "headers": {}, "body": ""});
    t.control(json!({"rules": [{"method": "PUT", "path": "upload_id", "answer": gone}]}));
    t.completed(&t.run().unwrap());
    t.all_sent_once(24);
}

#[test]
fn a_lost_answer_to_the_creation_leaves_one_job() {
    for filter in [true, false] {
        let t = Test::new();
        // Other people's jobs fill a page before ours.
        t.control(json!({"set": {"filter": filter, "page": 1},
            "rules": [{"method": "POST", "path": "tuningJobs$", "drop": "after"}]}));
        let job = t.run().unwrap();
        t.completed(&job);
        t.all_sent_once(24);
    }
    // The request itself is lost.
    let t = Test::new();
    t.control(json!({"rules": [{"method": "POST", "path": "tuningJobs$", "drop": "before"}]}));
    t.completed(&t.run().unwrap());
}

#[test]
fn a_kill_at_any_request_doubles_nothing() {
    let whole = Test::with(12, 0);
    whole.completed(&whole.run().unwrap());
    let requests = whole.world.client.sent.get();
    assert!(requests > 20, "{requests}");
    let t = Test::with(12, 0);
    for n in 0..requests {
        t.control(json!({"reset": true}));
        let world = World::new();
        world.files.insert("data/ui.jsonl", dataset(12, 0));
        world.secrets.insert(TOKEN, Secret::new("ya29.good"));
        world.client.left.set(n);
        let e = block_on(world.tuner().run(&t.config)).unwrap_err();
        assert_eq!(e.code(), "killed", "after {n}");
        world.client.left.set(usize::MAX);
        let job = block_on(world.tuner().run(&t.config)).unwrap();
        t.completed(&job);
        t.all_sent_once(12);
    }
}

#[test]
fn unknown_states_and_fields_are_shown_and_survived() {
    let t = Test::new();
    t.control(json!({"set": {
        "polls": 8,
        "extra": {"newThing": {"deep": [1, null]}, "state2": "X"},
        "hide": ["updateTime", "experiment"],
        // Each is seen by both readings of a check.
        "words": [{"state": "JOB_STATE_DANCING"}, {"state": "JOB_STATE_DANCING"},
            {"tuningJobState": "TUNING_JOB_STATE_PROCESSING_DATASET"},
            {"tuningJobState": "TUNING_JOB_STATE_PROCESSING_DATASET"},
            {"tuningJobMetadata": {"completedStepCount": "3"}},
            {"tuningJobMetadata": {"completedStepCount": "3"}}],
    }}));
    let tuner = t.world.tuner();
    block_on(tuner.start_finetune(&t.config)).unwrap();
    let mut seen = Vec::new();
    let job = loop {
        let job = block_on(tuner.check_status("ui-ground-1")).unwrap();
        if job.state.is_final() {
            break job;
        }
        if let State::Remote { raw, progress, .. } = &job.state {
            seen.push((raw.clone(), job.state.label(), *progress));
        }
    };
    t.completed(&job);
    let has = |raw: &str, label: &str| seen.iter().any(|(r, l, _)| r == raw && *l == label);
    assert!(has("JOB_STATE_PENDING", "queued"), "{seen:?}");
    assert!(has("JOB_STATE_DANCING", "running"), "{seen:?}");
    assert!(
        has("TUNING_JOB_STATE_PROCESSING_DATASET", "validating"),
        "{seen:?}"
    );
    assert!(
        seen.iter().any(|(.., p)| p.is_some_and(|p| p.done == 3)),
        "{seen:?}"
    );
}

#[test]
fn examples_that_were_left_out_are_problems_of_their_samples() {
    let t = Test::new();
    t.control(json!({"set": {"dropped": {"2": "The image is too small", "5": "Too many tokens"}, "polls": 3}}));
    let job = t.run().unwrap();
    t.completed(&job);
    let found: Vec<(&str, &str)> = job
        .problems
        .iter()
        .filter(|p| p.code == "example_dropped")
        .map(|p| (p.path.as_str(), p.message.as_str()))
        .collect();
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(found[0].1.contains("The image is too small"));
    // The picture of the row's sample is named.
    let lines = t.world.files.get("runs/ui-ground-1/train.jsonl").unwrap();
    let lines = String::from_utf8(lines.to_vec()).unwrap();
    for ((path, _), row) in found.iter().zip([2usize, 5]) {
        let picture = path.strip_prefix(&format!("training row {row}: ")).unwrap();
        let line = lines.lines().nth(row - 1).unwrap();
        assert!(
            line.contains(&format!("gs://demo-bucket/ui-ground-1/{picture}")),
            "{path}"
        );
    }
}

#[test]
fn jobs_that_fail_say_why() {
    for (code, outcome, found) in [
        (3, "FAILED", "invalid_argument"),
        (7, "FAILED", "forbidden"),
        (13, "FAILED", "server_error"),
        (0, "EXPIRED", "expired"),
    ] {
        let t = Test::new();
        t.control(
            json!({"set": {"outcome": outcome, "error": {"code": code, "message": "Because."}}}),
        );
        let job = t.run().unwrap();
        let (error, hint) = failure(&job);
        assert_eq!(error, found);
        assert!(!hint.is_empty());
    }
}

#[test]
fn cancelling_races_with_the_end() {
    // Confirmed by the service.
    let t = Test::new();
    t.control(json!({"set": {"polls": 50}}));
    block_on(t.world.tuner().start_finetune(&t.config)).unwrap();
    block_on(t.world.tuner().cancel("ui-ground-1")).unwrap();
    let job = block_on(t.world.tuner().wait("ui-ground-1")).unwrap();
    assert_eq!(job.status, JobStatus::Cancelled);
    assert_eq!(t.jobs()[0]["state"], "JOB_STATE_CANCELLED");

    // The job finishes all the same: the model is not lost.
    let t = Test::new();
    t.control(json!({"set": {"cancel_ignored": true, "polls": 2}}));
    block_on(t.world.tuner().start_finetune(&t.config)).unwrap();
    block_on(t.world.tuner().cancel("ui-ground-1")).unwrap();
    t.completed(&block_on(t.world.tuner().wait("ui-ground-1")).unwrap());

    // It finished before the request came: the refusal is no failure.
    let t = Test::new();
    let job = block_on(t.world.tuner().start_finetune(&t.config)).unwrap();
    let id = job.state.remote_id().unwrap().to_owned();
    let provider = screensmith::provider::connect(
        ProviderName::Gemini,
        &t.world.ports,
        &t.config.provider_options,
    )
    .unwrap();
    while !block_on(provider.get(&id)).unwrap().state.is_final() {}
    block_on(t.world.tuner().cancel("ui-ground-1")).unwrap();
    t.completed(&block_on(t.world.tuner().wait("ui-ground-1")).unwrap());

    // Cancelled while the answer to the creation is lost.
    let t = Test::new();
    t.control(json!({"rules": [
        {"method": "POST", "path": "tuningJobs$", "drop": "after"},
        {"method": "GET", "path": "tuningJobs\\?", "drop": "before", "times": 99}]}));
    block_on(t.world.tuner().start_finetune(&t.config)).unwrap_err();
    block_on(t.world.tuner().cancel("ui-ground-1")).unwrap();
    t.control(json!({"rules": []}));
    let job = block_on(t.world.tuner().wait("ui-ground-1")).unwrap();
    assert_eq!(job.status, JobStatus::Cancelled);
    assert_eq!(t.jobs().len(), 1);
}

#[test]
fn a_slow_job_is_watched_to_its_end() {
    let t = Test::new();
    t.control(json!({"set": {"polls": 150}}));
    let start = screensmith::base::ports::Clock::now(t.world.clock.as_ref());
    t.completed(&t.run().unwrap());
    let end = screensmith::base::ports::Clock::now(t.world.clock.as_ref());
    assert!(end.since(start) > 30 * 60_000);
}

/// What the tests above lean on: the server knows only published names.
#[test]
fn the_server_refuses_names_that_are_not_published() {
    let t = Test::new();
    let base = t.servers.address("vertex");
    let ask = |method: &'static str, path: &str, body: Value| {
        let request = screensmith::base::ports::HttpRequest {
            method,
            url: format!("{base}/{path}"),
            headers: vec![("authorization".to_owned(), Secret::new("Bearer ya29.good"))],
            body: body.to_string().into_bytes(),
        };
        block_on(t.world.ports.http.send(request)).unwrap().status
    };
    let jobs = "v1/projects/p/locations/us-central1/tuningJobs";
    for (path, body) in [
        (jobs.to_owned(), json!({"base_modell": "x"})),
        (
            jobs.to_owned(),
            json!({"supervisedTuningSpec": {"hyperParameters": {"batchSize": "4"}}}),
        ),
        (
            jobs.to_owned(),
            json!({"supervisedTuningSpec": {"hyperParameters": {"adapterSize": 4}}}),
        ),
        (jobs.to_owned(), json!({"labels": {"Team": "x"}})),
        (
            "upload/storage/v1/b/demo-bucket/o?uploadType=resumable".to_owned(),
            json!({"sha256": "x"}),
        ),
    ] {
        assert_eq!(ask("POST", &path, body), 400, "{path}");
    }
    assert_eq!(ask("GET", &format!("{jobs}?page_sizes=1"), json!({})), 400);
    assert_eq!(ask("GET", &format!("{jobs}?pageSize=1"), json!({})), 200);
}
