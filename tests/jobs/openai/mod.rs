//! Jobs on the scripted OpenAI.

mod before;
mod curves;
mod faults;
mod resume;
mod tidy;

use std::rc::Rc;

use screensmith::base::ports::{Clock as _, Secret, Store as _};
use screensmith::job::{FineTuneConfig, FineTuneJob, JobStatus, State};
use screensmith::provider::{Provider, ProviderName, RemoteState, Setting, connect};
use serde_json::{Value, json};

use crate::harness::{World, dataset, dual_test};
use crate::servers::Servers;

const KEY: &str = "TUNED_CLICKER";
const SECRET: &str = "sk-good";
const BASE: &str = "gpt-4o-2024-08-06";

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
        Self::on(Servers::start().await, dataset(screens, bytes))
    }

    fn on(servers: Servers, data: Vec<u8>) -> Self {
        let world = World::new();
        world.files.insert("data/ui.jsonl", data);
        world.secrets.insert("OPENAI_API_KEY", Secret::new(SECRET));
        let mut c = FineTuneConfig::new("data/ui.jsonl", ProviderName::OpenAi, BASE);
        c.output_dir = "runs".to_owned();
        c.job_name = Some("ui-ground-1".to_owned());
        c.register_llm_key = Some(KEY.to_owned());
        c.metadata.insert("team".to_owned(), json!("demo"));
        c.hyperparameters.n_epochs = Setting::Value(2);
        c.hyperparameters.seed = Some(7);
        c.provider_options.base_url = Some(format!("{}/v1", servers.address("openai")));
        c.provider_options
            .headers
            .insert("OpenAI-Project".to_owned(), "proj_1".to_owned());
        Self {
            servers,
            world,
            config: c,
        }
    }

    /// The same with nothing done yet: only the server's process is kept.
    async fn again(&self) -> Self {
        self.control(json!({"reset": true})).await;
        let data = self.world.files.get("data/ui.jsonl").unwrap();
        Self::on(self.servers.clone(), data.to_vec())
    }

    async fn control(&self, body: Value) -> Value {
        self.servers.control("openai", body).await
    }

    async fn state(&self) -> Value {
        self.control(json!({})).await["state"].clone()
    }

    async fn set(&self, switches: Value) {
        self.control(json!({"set": switches})).await;
    }

    async fn rule(&self, rule: Value) {
        self.control(json!({"rules": [rule]})).await;
    }

    async fn run(&self) -> screensmith::Result<FineTuneJob> {
        self.world.tuner().run(&self.config).await
    }

    async fn start(&self) -> FineTuneJob {
        self.world
            .tuner()
            .start_finetune(&self.config)
            .await
            .unwrap()
    }

    async fn wait(&self) -> FineTuneJob {
        self.world.tuner().wait("ui-ground-1").await.unwrap()
    }

    /// Runs the job to its end and returns how long it took, in milliseconds of its clock.
    async fn timed_run(&self) -> i64 {
        let start = self.world.clock.now();
        self.completed(&self.run().await.unwrap()).await;
        self.world.clock.now().since(start)
    }

    fn provider(&self) -> Rc<dyn Provider> {
        let options = &self.config.provider_options;
        connect(ProviderName::OpenAi, &self.world.ports, options).unwrap()
    }

    async fn jobs(&self) -> Vec<Value> {
        self.state().await["jobs"].as_array().unwrap().clone()
    }

    async fn files(&self) -> usize {
        let state = self.state().await;
        let files = state["files"].as_array().unwrap();
        files.iter().filter(|f| f["purpose"] == "fine-tune").count()
    }

    async fn completed(&self, job: &FineTuneJob) {
        assert_eq!(job.status, JobStatus::Completed, "{job:#?}");
        assert_eq!(self.jobs().await.len(), 1, "exactly one job");
        assert_eq!(self.files().await, 2, "each file once");
        let model = job.model_name.as_deref().unwrap();
        assert_eq!(json!(model), self.jobs().await[0]["fine_tuned_model"]);
    }

    fn text(&self, path: &str) -> String {
        let bytes = self.world.files.get(path).expect(path);
        String::from_utf8(bytes.to_vec()).unwrap()
    }
}

fn failure(job: &FineTuneJob) -> (&str, &str, &str) {
    match &job.state {
        State::Failed { error, .. } => (&error.code, &error.message, &error.hint),
        other => panic!("{other:?}"),
    }
}

fn answer(status: u16, headers: Value, code: Value) -> Value {
    let body = json!({"error": {"message": "no", "type": "x", "param": null, "code": code}});
    json!({"status": status, "headers": headers, "body": body})
}

#[dual_test]
async fn a_job_runs_to_a_registered_model() {
    let t = Test::new().await;
    let job = t.run().await.unwrap();
    t.completed(&job).await;
    let made = &t.jobs().await[0];
    let sent = &made["body"];
    assert_eq!(sent["model"], BASE);
    assert_eq!(
        sent["metadata"],
        json!({"screensmith_job": job.unique_key, "team": "demo"})
    );
    assert_eq!(sent["suffix"], "ui-ground-1");
    assert_eq!(sent["seed"], 7);
    assert_eq!(
        sent["method"],
        json!({"type": "supervised", "supervised": {"hyperparameters":
            {"n_epochs": 2, "batch_size": "auto", "learning_rate_multiplier": "auto"}}})
    );
    assert_eq!(made["lines"], json!(job.metrics.train_samples));
    assert_eq!(
        job.metrics.trained_tokens,
        made["trained_tokens"].as_u64(),
        "what is billed"
    );

    let entry = t.world.registry().get(KEY).await.unwrap();
    let entry = serde_json::to_string(&entry).unwrap();
    assert!(
        entry.contains(job.model_name.as_deref().unwrap()),
        "{entry}"
    );

    // The events in the order in which they happened, each once.
    let events = t
        .world
        .tuner()
        .job_manager()
        .events("ui-ground-1")
        .await
        .unwrap();
    let mut there: Vec<Value> = made["ids"].as_array().unwrap().clone();
    there.reverse();
    let ids: Vec<Value> = events.iter().map(|e| json!(e.id)).collect();
    assert_eq!(ids, there);
    let steps: Vec<u64> = events
        .iter()
        .filter_map(|e| e.metrics.map(|m| m.step))
        .collect();
    assert_eq!(steps, (1..=12).collect::<Vec<u64>>());

    // The table came in base64, and is read.
    let table = t.text("runs/ui-ground-1/artifacts/step_metrics.csv");
    assert!(
        table.starts_with("step,train_loss,train_accuracy"),
        "{table}"
    );
    let points: Value =
        serde_json::from_str(&t.text("runs/ui-ground-1/artifacts/metrics.json")).unwrap();
    assert_eq!(points.as_array().unwrap().len(), 12);
    assert_eq!(points[2]["step"], 3);
    assert!(points[2]["valid_loss"].is_f64() && points[1]["valid_loss"].is_null());
    let card: Value =
        serde_json::from_str(&t.text("runs/ui-ground-1/artifacts/model.json")).unwrap();
    assert_eq!(card["model"], json!(job.model_name));
    let kept: Vec<u64> = card["checkpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|c| c["step"].as_u64().unwrap())
        .collect();
    assert_eq!(kept, [6, 12]);
    let tuner = t.world.tuner();
    let told = tuner.checkpoints("ui-ground-1").await.unwrap();
    assert_eq!(told.iter().map(|c| c.step).collect::<Vec<_>>(), kept);
    let held = tuner.job_manager().checkpoints("ui-ground-1").await;
    assert_eq!(held.unwrap(), told);

    for r in t.control(json!({})).await["log"].as_array().unwrap() {
        assert_eq!(r["signed"], json!(true), "{r}");
        assert_eq!(r["status"], json!(200), "{r}");
        assert!(
            r["headers"]
                .as_array()
                .unwrap()
                .contains(&json!("openai-project")),
            "{r}"
        );
    }
}

#[dual_test]
async fn no_key_is_left_anywhere() {
    let t = Test::new().await;
    // A refusal that echoes the key, once in passing and once for good.
    let echo =
        json!({"error": {"message": "bad sk-good", "type": "x", "param": null, "code": null}});
    t.rule(json!({"method": "POST", "path": "/jobs$",
        "answer": {"status": 503, "headers": {}, "body": echo}}))
        .await;
    t.completed(&t.run().await.unwrap()).await;
    t.set(json!({"keys": ["sk-other"]})).await;
    let e = t.provider().models().await.unwrap_err();
    assert_eq!(e.code(), "unauthorized");
    let log = t.control(json!({})).await["log"].to_string();
    let mut all = format!("{}{log}{e}{e:?}", t.world.told.borrow());
    for collection in ["jobs", "events/ui-ground-1", "registry", "models"] {
        for doc in t.world.store.scan(collection).await.unwrap() {
            all += &doc.value.to_string();
        }
    }
    for path in t.world.files.paths() {
        all += &String::from_utf8_lossy(&t.world.files.get(&path).unwrap());
    }
    assert!(all.contains("bad …"), "the refusal itself is told");
    assert!(!all.contains(SECRET), "the key was written down");
}

#[dual_test]
async fn a_slow_job_is_watched_to_its_end_without_hurry() {
    let t = Test::new().await;
    t.set(json!({"polls": 200, "steps": 1000})).await;
    t.completed(&t.run().await.unwrap()).await;
    let events = t
        .world
        .tuner()
        .job_manager()
        .events("ui-ground-1")
        .await
        .unwrap();
    let ids: std::collections::BTreeSet<&str> = events.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids.len(), events.len(), "each event once");
    assert_eq!(
        events.len(),
        t.jobs().await[0]["events"].as_u64().unwrap() as usize
    );
    // 600 looks; the events of the past are not read again and again.
    let log = t.control(json!({})).await["log"].clone();
    let pages = |r: &&Value| r["path"].as_str().unwrap().contains("/events");
    let pages = log.as_array().unwrap().iter().filter(pages).count();
    assert!((600..700).contains(&pages), "{pages} pages");
}

#[dual_test]
async fn cancelling_wins_or_loses_the_race() {
    let t = Test::new().await;
    let job = t.start().await;
    let job = t.world.tuner().cancel(&job.job_id).await.unwrap();
    assert_eq!(job.status, JobStatus::Cancelled, "{job:?}");
    assert_eq!(t.jobs().await[0]["status"], "cancelled");

    // The answer to the cancellation is lost: the second finds it cancelled.
    let t = t.again().await;
    let job = t.start().await;
    t.rule(json!({"method": "POST", "path": "/cancel$", "drop": "after"}))
        .await;
    let job = t.world.tuner().cancel(&job.job_id).await.unwrap();
    assert_eq!(job.status, JobStatus::Cancelled, "{job:?}");

    // The job ends before the cancellation arrives: the model is kept.
    let t = t.again().await;
    let job = t.start().await;
    let id = job.state.remote_id().unwrap().to_owned();
    for _ in 0..4 {
        t.provider().get(&id).await.unwrap();
    }
    t.world.tuner().cancel(&job.job_id).await.unwrap();
    t.completed(&t.wait().await).await;
}

#[dual_test]
async fn a_job_is_paused_and_goes_on() {
    let t = Test::new().await;
    t.set(json!({"polls": 2})).await;
    let id = t.start().await.job_id;
    while t.jobs().await[0]["status"] != "running" {
        t.world.clock.advance(60_000);
        t.world.tuner().check_status(&id).await.unwrap();
    }
    let job = t.world.tuner().pause(&id).await.unwrap();
    assert!(
        matches!(
            job.state,
            State::Remote {
                stage: RemoteState::Paused,
                ..
            }
        ),
        "{job:?}"
    );
    assert_eq!(t.jobs().await[0]["status"], "paused");
    t.world.tuner().resume(&id).await.unwrap();
    t.completed(&t.wait().await).await;

    // A refusal ends the wish, not the job.
    let t = t.again().await;
    t.set(json!({"pause_refused": true})).await;
    let id = t.start().await.job_id;
    t.world.tuner().pause(&id).await.unwrap();
    let job = t.wait().await;
    t.completed(&job).await;
    assert!(
        job.problems.iter().any(|p| p.path == "pause"),
        "{:?}",
        job.problems
    );
}

#[dual_test]
async fn a_key_is_checked_without_creating_anything() {
    let t = Test::new().await;
    let found = t.world.tuner().check_key(&t.config).await.unwrap();
    assert!(found.models && found.files && found.jobs);
    assert!(
        found.problems.iter().all(|p| !p.is_error()),
        "{:?}",
        found.problems
    );
    assert!(
        found
            .problems
            .iter()
            .any(|p| p.code == "model_shutdown_date" && p.message.contains("2027-01-14")),
        "{:?}",
        found.problems
    );
    let models = t.provider().models().await.unwrap();
    let date = |id: &str| {
        models
            .iter()
            .find(|m| m.id == id)
            .unwrap()
            .shutdown_date
            .clone()
    };
    assert_eq!(date(BASE).as_deref(), Some("2027-01-14"));
    assert_eq!(date("gpt-6-luna"), None);

    t.set(json!({"denied": ["files", "jobs"]})).await;
    let found = t.provider().access("gpt-none").await.unwrap();
    assert!(found.models && !found.files && !found.jobs);
    let errors: Vec<&str> = found
        .problems
        .iter()
        .filter(|p| p.is_error())
        .map(|p| &*p.code)
        .collect();
    assert_eq!(errors, ["model_not_tunable", "forbidden", "forbidden"]);
    assert!(t.jobs().await.is_empty() && t.files().await == 0);

    t.set(json!({"keys": []})).await;
    let e = t.provider().access(BASE).await.unwrap_err();
    assert_eq!(e.code(), "unauthorized");
}

#[dual_test]
async fn files_and_models_are_deleted_once_for_all() {
    let t = Test::new().await;
    let job = t.run().await.unwrap();
    let p = t.provider();
    let model = job.model_name.unwrap();
    let state = t.state().await;
    let file = state["files"][0]["id"].as_str().unwrap();
    for _ in 0..2 {
        p.delete_model(&model).await.unwrap();
        p.delete_file(file).await.unwrap();
    }
    let state = t.state().await;
    assert_eq!(state["models"], json!([]));
    assert!(!state["files"].to_string().contains(file));
    // A name that leads elsewhere stays a name.
    p.delete_file("../models/x").await.unwrap();
    let log = t.control(json!({})).await["log"].clone();
    let last = log.as_array().unwrap().last().unwrap()["path"].clone();
    assert_eq!(last, "/v1/files/..%2Fmodels%2Fx");
}

#[dual_test]
async fn the_label_of_the_job_is_not_overwritten() {
    let mut t = Test::new().await;
    t.config
        .metadata
        .insert("screensmith_job".to_owned(), json!("mine"));
    let e = t.world.tuner().start_finetune(&t.config).await.unwrap_err();
    assert_eq!(e.code(), "metadata_name", "{e}");
    assert_eq!(t.files().await, 0);
}
