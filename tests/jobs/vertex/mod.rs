//! Jobs on the scripted Vertex AI with Cloud Storage.

mod faults;
mod tidy;

use std::rc::Rc;

use screensmith::base::ports::{Clock as _, Secret, Store as _};
use screensmith::job::{FineTuneConfig, FineTuneJob, JobStatus, State};
use screensmith::provider::{ProviderName, Setting};
use serde_json::{Value, json};

use crate::harness::{World, dataset, dual_test};
use crate::servers::Servers;

const KEY: &str = "TUNED_GROUNDER";
const TOKEN: &str = "VERTEX_ACCESS_TOKEN";

/// A world and the server, with a dataset of 24 screens.
struct Test {
    servers: Servers,
    world: World,
    config: FineTuneConfig,
}

impl Test {
    async fn new() -> Self {
        Self::with(24, 0).await
    }

    async fn with(screens: usize, bytes: usize) -> Self {
        let servers = Servers::start().await;
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

    /// The same with nothing done yet: only the server's process is kept.
    async fn again(&self) -> Self {
        self.control(json!({"reset": true})).await;
        let world = World::new();
        let data = self.world.files.get("data/ui.jsonl").unwrap();
        world.files.insert("data/ui.jsonl", data.to_vec());
        world.secrets.insert(TOKEN, Secret::new("ya29.good"));
        Self {
            servers: self.servers.clone(),
            world,
            config: self.config.clone(),
        }
    }

    /// Runs the job to its end and returns how long it took, in milliseconds of its clock.
    async fn timed_run(&self) -> i64 {
        self.timed(self.run()).await
    }

    /// The same for another way to its end.
    async fn timed(&self, run: impl Future<Output = screensmith::Result<FineTuneJob>>) -> i64 {
        let start = self.world.clock.now();
        self.completed(&run.await.unwrap()).await;
        self.world.clock.now().since(start)
    }

    fn provider(&self) -> Rc<dyn screensmith::provider::Provider> {
        let options = &self.config.provider_options;
        screensmith::provider::connect(ProviderName::Gemini, &self.world.ports, options).unwrap()
    }

    async fn control(&self, body: Value) -> Value {
        self.servers.control("vertex", body).await
    }

    async fn run(&self) -> screensmith::Result<FineTuneJob> {
        self.world.tuner().run(&self.config).await
    }

    async fn jobs(&self) -> Vec<Value> {
        self.control(json!({})).await["state"]["jobs"]
            .as_array()
            .unwrap()
            .clone()
    }

    /// Every object with how often its content was received.
    async fn objects(&self) -> Vec<(String, f64)> {
        let state = self.control(json!({})).await["state"].clone();
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

    async fn all_sent_once(&self, pictures: usize) {
        let objects = self.objects().await;
        assert_eq!(objects.len(), pictures + 2, "{objects:?}");
        for (name, times) in objects {
            assert!(
                (times - 1.0).abs() < f64::EPSILON,
                "{name} was sent {times} times"
            );
        }
    }

    async fn job(&self) -> FineTuneJob {
        self.world
            .tuner()
            .job_manager()
            .get("ui-ground-1")
            .await
            .unwrap()
    }

    async fn completed(&self, job: &FineTuneJob) {
        assert_eq!(job.status, JobStatus::Completed, "{job:#?}");
        assert_eq!(self.jobs().await.len(), 1, "exactly one job");
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

#[dual_test]
async fn a_job_runs_to_a_registered_model() {
    let t = Test::new().await;
    let job = t.run().await.unwrap();
    t.completed(&job).await;
    t.all_sent_once(24).await;
    let made = &t.jobs().await[0];
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

    let entry = t.world.registry().get(KEY).await.unwrap();
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
    let tuner = t.world.tuner();
    let held = tuner.job_manager().checkpoints("ui-ground-1").await;
    assert_eq!(held.unwrap().len(), 2);
    let events = t
        .world
        .tuner()
        .job_manager()
        .events("ui-ground-1")
        .await
        .unwrap();
    let ids: Vec<&str> = events.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids, ["created", "started", "ended"]);

    let control = t.control(json!({})).await;
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

#[dual_test]
async fn no_key_is_left_anywhere() {
    let t = Test::new().await;
    // A refusal that echoes the token.
    let echo = json!({"error": {"code": 503, "status": "UNAVAILABLE", "message": "bad ya29.good"}});
    t.control(json!({"rules": [{"method": "POST", "path": "tuningJobs$",
        "answer": {"status": 503, "headers": {}, "body": echo}}]}))
        .await;
    t.completed(&t.run().await.unwrap()).await;
    let log = t.control(json!({})).await["log"].to_string();
    let mut all = t.world.told.borrow().clone() + &log;
    for collection in ["jobs", "events/ui-ground-1", "registry", "models"] {
        for doc in t.world.store.scan(collection).await.unwrap() {
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

#[dual_test]
async fn a_second_job_waits_for_the_first() {
    let t = Test::new().await;
    let first = t.world.tuner().start_finetune(&t.config).await.unwrap();
    let mut second = t.config.clone();
    second.job_name = Some("ui-ground-2".to_owned());
    second.register_llm_key = None;
    let e = t.world.tuner().start_finetune(&second).await.unwrap_err();
    assert_eq!(e.code(), "rate_limited");
    t.completed(&t.world.tuner().wait(&first.job_id).await.unwrap())
        .await;
    let job = t.world.tuner().wait("ui-ground-2").await.unwrap();
    assert_eq!(job.status, JobStatus::Completed);
    assert_eq!(t.jobs().await.len(), 2);
}

#[dual_test]
async fn unknown_states_and_fields_are_shown_and_survived() {
    let t = Test::new().await;
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
    }}))
    .await;
    let tuner = t.world.tuner();
    tuner.start_finetune(&t.config).await.unwrap();
    let mut seen = Vec::new();
    let job = loop {
        let job = tuner.check_status("ui-ground-1").await.unwrap();
        if job.state.is_final() {
            break job;
        }
        if let State::Remote { raw, progress, .. } = &job.state {
            seen.push((raw.clone(), job.state.label(), *progress));
        }
    };
    t.completed(&job).await;
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

#[dual_test]
async fn examples_that_were_left_out_are_problems_of_their_samples() {
    let t = Test::new().await;
    t.control(json!({"set": {"dropped": {"2": "The image is too small", "5": "Too many tokens"}, "polls": 3}})).await;
    let job = t.run().await.unwrap();
    t.completed(&job).await;
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
    let of_samples: Vec<&str> = job.findings().map(|(picture, _)| picture).collect();
    assert_eq!(of_samples.len(), 2);
    assert!(
        found
            .iter()
            .zip(&of_samples)
            .all(|((p, _), s)| p.ends_with(s))
    );
}

#[dual_test]
async fn a_slow_job_is_watched_to_its_end() {
    let t = Test::new().await;
    t.control(json!({"set": {"polls": 150}})).await;
    assert!(t.timed_run().await > 30 * 60_000);
}

/// What the tests above lean on: the server knows only published names.
#[dual_test]
async fn the_server_refuses_names_that_are_not_published() {
    let t = Test::new().await;
    let base = t.servers.address("vertex");
    let ask = async |method: &'static str, path: &str, body: Vec<u8>| {
        let request = screensmith::base::ports::HttpRequest {
            method,
            url: format!("{base}/{path}"),
            headers: vec![("authorization".to_owned(), Secret::new("Bearer ya29.good"))],
            body,
        };
        t.world.ports.http.send(request).await.unwrap().status
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
        assert_eq!(
            ask("POST", &path, body.to_string().into_bytes()).await,
            400,
            "{path}"
        );
    }
    assert_eq!(
        ask("GET", &format!("{jobs}?page_sizes=1"), Vec::new()).await,
        400
    );
    assert_eq!(
        ask("GET", &format!("{jobs}?pageSize=1"), Vec::new()).await,
        200
    );
}

#[dual_test]
async fn several_pictures_are_on_the_way_at_a_time() {
    let t = Test::new().await;
    t.control(json!({"rules": [{"path": "uploadType=multipart", "delay": 80, "times": 99}]}))
        .await;
    t.completed(&t.run().await.unwrap()).await;
    let most = t.control(json!({})).await["most"].as_u64().unwrap();
    assert!((3..=6).contains(&most), "{most}");
}

#[dual_test]
async fn the_command_line_runs_a_real_job() {
    let t = Test::new().await;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("ui.jsonl"), dataset(12, 0)).unwrap();
    let mut config = t.config.clone();
    config.dataset_path = at("ui.jsonl").display().to_string();
    config.output_dir = at("runs").display().to_string();
    std::fs::write(at("job.json"), serde_json::to_vec(&config).unwrap()).unwrap();
    let run = |token: &str| {
        std::process::Command::new(env!("CARGO_BIN_EXE_screensmith"))
            .args(["run", "--config"])
            .arg(at("job.json"))
            .arg("--store")
            .arg(at("store"))
            .env(TOKEN, token)
            .output()
            .unwrap()
    };
    // The token is too old: nothing is begun. With a new one the same command does it.
    let refused = run("ya29.old");
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && told.contains("unauthorized"),
        "{told}"
    );
    assert!(!told.contains("ya29"), "{told}");
    assert!(t.objects().await.is_empty() && !at("runs").exists());
    let done = run("ya29.good");
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{told}");
    assert!(String::from_utf8_lossy(&done.stdout).contains("/endpoints/"));
    assert_eq!(t.jobs().await.len(), 1);
    t.all_sent_once(12).await;
    assert!(at("runs/ui-ground-1/artifacts/model.json").exists());
}
