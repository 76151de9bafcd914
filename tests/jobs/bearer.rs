//! What the tests of vendors with a bearer key share.

use screensmith::base::ports::{Clock as _, Secret, Store as _};
use screensmith::job::{FineTuneConfig, FineTuneJob, JobStatus, State};
use screensmith::provider::ProviderName;
use serde_json::{Value, json};

use crate::harness::{World, dataset};
use crate::servers::Servers;

/// What differs between vendors.
#[derive(Clone, Copy)]
pub(crate) struct Vendor {
    pub(crate) name: &'static str,
    pub(crate) provider: ProviderName,
    pub(crate) base_model: &'static str,
    pub(crate) key_env: &'static str,
    pub(crate) key: &'static str,
    /// Path of the request that creates a job, as a regular expression.
    pub(crate) create: &'static str,
    /// Path of the requests that send the bytes.
    pub(crate) send: &'static str,
    pub(crate) send_method: &'static str,
    /// Path of the downloads of weights.
    pub(crate) weights: &'static str,
}

/// A world and a server, with a dataset of 24 screens.
pub(crate) struct Test {
    pub(crate) vendor: Vendor,
    pub(crate) servers: Servers,
    pub(crate) world: World,
    pub(crate) config: FineTuneConfig,
}

impl Test {
    pub(crate) async fn new(vendor: Vendor) -> Self {
        let servers = Servers::start().await;
        let world = World::new();
        world.files.insert("data/ui.jsonl", dataset(24, 0));
        world
            .secrets
            .insert(vendor.key_env, Secret::new(vendor.key));
        let mut c = FineTuneConfig::new("data/ui.jsonl", vendor.provider, vendor.base_model);
        c.output_dir = "runs".to_owned();
        c.job_name = Some("ui_ground-1".to_owned());
        c.validation_split = 0.25;
        c.register_llm_key = Some("TUNED_GROUNDER".to_owned());
        c.hyperparameters.n_epochs = screensmith::provider::Setting::Value(2);
        c.hyperparameters.adapter_size = Some(16);
        c.provider_options.base_url = Some(format!("{}/v1", servers.address(vendor.name)));
        c.provider_options.account = Some("acme".to_owned());
        Self {
            vendor,
            servers,
            world,
            config: c,
        }
    }

    pub(crate) async fn control(&self, body: Value) -> Value {
        self.servers.control(self.vendor.name, body).await
    }

    pub(crate) async fn set(&self, switches: Value) {
        self.control(json!({"set": switches})).await;
    }

    pub(crate) async fn rules(&self, rules: Value) {
        self.control(json!({"rules": rules})).await;
    }

    pub(crate) async fn state(&self) -> Value {
        self.control(json!({})).await["state"].clone()
    }

    pub(crate) async fn run(&self) -> screensmith::Result<FineTuneJob> {
        self.world.tuner().run(&self.config).await
    }

    pub(crate) async fn wait(&self) -> screensmith::Result<FineTuneJob> {
        self.world.tuner().wait("ui_ground-1").await
    }

    pub(crate) async fn jobs(&self) -> Vec<Value> {
        self.state().await["jobs"].as_array().unwrap().clone()
    }

    pub(crate) fn artifact(&self, name: &str) -> Vec<u8> {
        let path = format!("runs/ui_ground-1/artifacts/{name}");
        let found = self.world.files.get(&path);
        found
            .unwrap_or_else(|| panic!("{path}: {:?}", self.world.files.paths()))
            .to_vec()
    }

    /// Done, registered, with exactly one job at the vendor.
    pub(crate) async fn completed(&self, job: &FineTuneJob) {
        assert_eq!(job.status, JobStatus::Completed, "{job:#?}");
        assert_eq!(self.jobs().await.len(), 1, "exactly one job");
        let entry = self.world.registry().get("TUNED_GROUNDER").await.unwrap();
        let entry = serde_json::to_string(&entry).unwrap();
        assert!(
            entry.contains(job.model_name.as_deref().unwrap()),
            "{entry}"
        );
    }

    async fn refused(&self, method: &str, path: &str, status: u16) -> FineTuneJob {
        let body = json!({"error": {"message": "no", "code": null}});
        self.rules(json!([{"method": method, "path": path, "times": 99,
            "answer": {"status": status, "headers": {}, "body": body}}]))
            .await;
        self.world
            .tuner()
            .start_finetune(&self.config)
            .await
            .unwrap()
    }
}

pub(crate) fn failure(job: &FineTuneJob) -> (String, String) {
    match &job.state {
        State::Failed { error, .. } => (error.code.clone(), error.message.clone()),
        other => panic!("{other:?}"),
    }
}

/// The pre-flight asks what can be asked of a vendor that has no question for it, and creates
/// nothing.
pub(crate) async fn asked_before(vendor: Vendor) {
    use screensmith::job::{Ask, RowState};
    let t = Test::new(vendor).await;
    let before = t.world.tuner().preflight(&t.config, Ask::Vendor).await;
    let before = before.unwrap();
    let state = |p: &screensmith::job::Preflight, what: &str| {
        p.rows.iter().find(|r| r.what == what).map(|r| r.state)
    };
    assert!(before.ok(), "{:?}", before.problems);
    assert_eq!(state(&before, "Key"), Some(RowState::Ok));
    assert_eq!(state(&before, "Training jobs"), Some(RowState::Ok));
    let log = t.control(json!({})).await["log"].clone();
    let log = log.as_array().unwrap();
    assert!(
        !log.is_empty() && log.iter().all(|r| r["method"] == "GET"),
        "{log:?}"
    );
    t.world.secrets.insert(vendor.key_env, Secret::new("wrong"));
    let refused = t.world.tuner().preflight(&t.config, Ask::Vendor).await;
    let refused = refused.unwrap();
    assert!(!refused.ok());
    assert_eq!(state(&refused, "Key"), Some(RowState::Problem));
    assert_eq!(state(&refused, "Training jobs"), Some(RowState::Unknown));
    assert!(t.jobs().await.is_empty());
}

/// A wrong key ends nothing: the job goes on with a right one.
pub(crate) async fn keys(vendor: Vendor) {
    let t = Test::new(vendor).await;
    for key in ["", "two words", "wrong"] {
        t.world.secrets.insert(vendor.key_env, Secret::new(key));
        assert_eq!(t.run().await.unwrap_err().code(), "unauthorized", "{key:?}");
    }
    t.world
        .secrets
        .insert(vendor.key_env, Secret::new(vendor.key));
    let job = t.world.tuner().start_finetune(&t.config).await.unwrap();
    assert!(job.state.remote_id().is_some());
    // It is revoked while training.
    t.set(json!({"keys": ["a-new-one"]})).await;
    assert_eq!(t.wait().await.unwrap_err().code(), "unauthorized");
    let held = t.world.tuner().job_manager().get("ui_ground-1").await;
    let hold = held.unwrap().hold.unwrap();
    assert_eq!(
        (hold.tries, &*hold.error.code),
        (0, "unauthorized"),
        "told to all"
    );
    t.world
        .secrets
        .insert(vendor.key_env, Secret::new("a-new-one"));
    t.completed(&t.wait().await.unwrap()).await;
    // Not even a refusal that echoes it writes a key down.
    let mut all = t.world.told.borrow().clone();
    for collection in ["jobs", "events/ui_ground-1", "registry", "models"] {
        for doc in t.world.store.scan(collection).await.unwrap() {
            all += &doc.value.to_string();
        }
    }
    for path in t.world.files.paths() {
        all += &String::from_utf8_lossy(&t.world.files.get(&path).unwrap());
    }
    assert!(
        !all.contains(vendor.key) && !all.contains("a-new-one"),
        "a key was written down"
    );
    assert!(
        !all.contains("sig=right"),
        "a signed address was written down"
    );
}

/// Refusals end the job with a code and make no job at the vendor.
pub(crate) async fn refusals(vendor: Vendor) {
    for (status, code) in [
        (400, "invalid_request"),
        (402, "payment_required"),
        (403, "forbidden"),
        (413, "too_large"),
        (422, "invalid_request"),
    ] {
        for (method, path) in [("POST", vendor.create), (vendor.send_method, vendor.send)] {
            let t = Test::new(vendor).await;
            let job = t.refused(method, path, status).await;
            assert_eq!(failure(&job).0, code, "{method} {path} {status}");
            assert_eq!(t.jobs().await.len(), 0);
        }
    }
}

/// Passing failures are waited for, as long as the vendor says.
pub(crate) async fn passing(vendor: Vendor) {
    for (status, headers, waited) in [
        (429, json!({"retry-after": "7"}), 7000),
        (429, json!({"retry-after-ms": "2500"}), 2500),
        (429, json!({}), 5000),
        (503, json!({}), 1000),
        (500, json!({"x-should-retry": "true"}), 1000),
        (
            409,
            json!({"x-should-retry": "true", "retry-after": "1"}),
            1000,
        ),
    ] {
        for (method, path) in [("POST", vendor.create), (vendor.send_method, vendor.send)] {
            let t = Test::new(vendor).await;
            t.rules(json!([{"method": method, "path": path,
                "answer": {"status": status, "headers": headers, "body": "busy"}}]))
                .await;
            let start = t.world.clock.now();
            t.completed(&t.run().await.unwrap()).await;
            assert!(
                t.world.clock.now().since(start) >= waited,
                "{path} {status}"
            );
        }
    }
    // A failure that the vendor calls final is not tried again.
    let t = Test::new(vendor).await;
    t.rules(json!([{"method": "POST", "path": vendor.create,
        "answer": {"status": 500, "headers": {"x-should-retry": "false"}, "body": "no"}}]))
        .await;
    let job = t.world.tuner().start_finetune(&t.config).await.unwrap();
    assert_eq!(failure(&job).0, "server_error");
}

/// Broken connections: before and after the vendor acted, and in mid-body.
pub(crate) async fn broken_connections(vendor: Vendor) {
    for (method, path) in [("POST", vendor.create), (vendor.send_method, vendor.send)] {
        for broken in ["before", "after"] {
            let t = Test::new(vendor).await;
            t.rules(json!([{"method": method, "path": path, "drop": broken}]))
                .await;
            t.completed(&t.run().await.unwrap()).await;
        }
    }
    let t = Test::new(vendor).await;
    t.rules(json!([{"method": vendor.send_method, "path": vendor.send, "keep": 2000}]))
        .await;
    t.completed(&t.run().await.unwrap()).await;
}

/// The program ends after every request once, and makes one job all the same.
pub(crate) async fn kills(vendor: Vendor) {
    let whole = Test::new(vendor).await;
    whole.completed(&whole.run().await.unwrap()).await;
    let requests = whole.world.client.sent.get();
    assert!(requests > 8, "{requests}");
    // Every second one: enough to end at each step of the start and of the saving.
    for at in (0..requests).step_by(2) {
        let t = Test::new(vendor).await;
        t.world.client.left.set(at);
        assert_eq!(t.run().await.unwrap_err().code(), "killed", "{at}");
        t.world.client.left.set(usize::MAX);
        t.completed(&t.wait().await.unwrap()).await;
    }
}

/// Words and fields that nobody knows are lived with.
pub(crate) async fn unknown_words(vendor: Vendor, words: Value) {
    let t = Test::new(vendor).await;
    t.set(json!({"words": words, "extra": {"newThing": {"deep": [1, null]}, "another": null}}))
        .await;
    t.completed(&t.run().await.unwrap()).await;
}

/// Weights come in parts; a break goes on where it broke.
pub(crate) async fn weights(vendor: Vendor, artifact: &str, fill: &[u8]) {
    let t = Test::new(vendor).await;
    t.set(json!({"weights": 20_000_000})).await;
    t.rules(json!([
        {"method": "GET", "path": vendor.weights, "skip": 1, "drop": "before", "times": 2},
    ]))
    .await;
    t.completed(&t.run().await.unwrap()).await;
    let got = t.artifact(artifact);
    assert_eq!(got.len(), 20_000_000);
    assert!(got.iter().zip(fill.iter().cycle()).all(|(a, b)| a == b));
    let log = t.control(json!({})).await["log"]
        .as_array()
        .unwrap()
        .clone();
    let pattern = vendor.weights.replace('\\', "");
    let parts = log
        .iter()
        .filter(|r| r["path"].as_str().unwrap().contains(&pattern) && r["status"] == 206);
    assert_eq!(parts.count(), 3, "each part came once");
}

/// Cancelling, and the race in which the job ends first.
pub(crate) async fn cancelling(vendor: Vendor) {
    let t = Test::new(vendor).await;
    t.world.tuner().start_finetune(&t.config).await.unwrap();
    t.world.tuner().cancel("ui_ground-1").await.unwrap();
    assert_eq!(t.wait().await.unwrap().status, JobStatus::Cancelled);
    let t = Test::new(vendor).await;
    t.set(json!({"cancel_ignored": true})).await;
    t.world.tuner().start_finetune(&t.config).await.unwrap();
    t.world.tuner().cancel("ui_ground-1").await.unwrap();
    t.completed(&t.wait().await.unwrap()).await;
}
