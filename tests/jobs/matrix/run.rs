//! One job of one adapter at its scripted server.

use screensmith::Result;
use screensmith::base::ports::{Clock as _, Http as _, Secret};
use screensmith::job::{FineTuneConfig, FineTuneJob, JobStatus, State};
use screensmith::provider::{Provider, RemoteError, Setting, connect};
use serde_json::{Value, json};

use super::subjects::{At, Subject};
use crate::harness::{World, dataset, live};
use crate::servers::Servers;

/// Keys that occur nowhere else, so that they can be looked for.
pub(super) const SECRET: &str = "hush-4c1f9a77e2b05d38";
pub(super) const NEXT_SECRET: &str = "hush-90e6b1d2c3a4f587";
pub(super) const JOB: &str = "matrix-1";
pub(super) const KEY: &str = "MATRIX_GROUNDER";

/// In the browser, where each request takes longer, some faults are tried in fewer places.
pub(super) const BROWSER: bool = cfg!(target_arch = "wasm32");

/// Often enough for "always".
pub(super) const ALWAYS: u32 = 100_000;

pub(super) struct Run {
    pub(super) subject: &'static Subject,
    pub(super) servers: Servers,
    pub(super) world: World,
    pub(super) config: FineTuneConfig,
}

impl Run {
    /// A world and a server, with nothing done yet.
    pub(super) async fn new(subject: &'static Subject) -> Self {
        let servers = Servers::start().await;
        let world = World::new();
        thread_local!(static SCREENS: Vec<u8> = dataset(20, 0));
        world
            .files
            .insert("data/ui.jsonl", SCREENS.with(Vec::clone));
        world.secrets.insert(subject.key_env, Secret::new(SECRET));
        let mut c = FineTuneConfig::new("data/ui.jsonl", subject.provider, subject.model);
        c.output_dir = "runs".to_owned();
        c.job_name = Some(JOB.to_owned());
        // OpenAI wants ten examples to train with, Fireworks three to validate with.
        c.validation_split = 0.2;
        c.register_llm_key = Some(KEY.to_owned());
        c.hyperparameters.n_epochs = Setting::Value(2);
        c.provider_options = (subject.options)(servers.address(subject.server));
        let run = Self {
            subject,
            servers,
            world,
            config: c,
        };
        run.accept(SECRET).await;
        // In the browser redirects of uploads come through the proxy.
        run.set(json!({"proxied": BROWSER})).await;
        run
    }

    pub(super) async fn control(&self, body: Value) -> Value {
        self.servers.control(self.subject.server, body).await
    }

    pub(super) async fn set(&self, switches: Value) {
        self.control(json!({"set": switches})).await;
    }

    /// From now on only this key works.
    pub(super) async fn accept(&self, key: &str) {
        self.set(json!({self.subject.keys: [key]})).await;
    }

    /// Gives the program another key.
    pub(super) fn give(&self, key: &str) {
        self.world
            .secrets
            .insert(self.subject.key_env, Secret::new(key));
    }

    pub(super) async fn rules(&self, rules: Vec<Value>) {
        self.control(json!({"rules": rules})).await;
    }

    /// How many requests each rule has met.
    pub(super) async fn seen(&self) -> Vec<i64> {
        let told = self.control(json!({})).await;
        let seen = told["seen"].as_array().unwrap().iter();
        seen.map(|n| n.as_i64().unwrap()).collect()
    }

    pub(super) async fn calm(&self) {
        self.rules(Vec::new()).await;
    }

    /// Every request so far.
    pub(super) async fn log(&self) -> Vec<Value> {
        let told = self.control(json!({})).await;
        told["log"].as_array().unwrap().clone()
    }

    /// The vendor's jobs.
    pub(super) async fn jobs(&self) -> Vec<Value> {
        let told = self.control(json!({})).await;
        told["state"]["jobs"].as_array().unwrap().clone()
    }

    /// Starts the job; returns when the vendor has it.
    pub(super) async fn start(&self) -> Result<FineTuneJob> {
        self.world.tuner().start_finetune(&self.config).await
    }

    /// Has the job driven to its end, as the program does when it is left alone.
    pub(super) async fn go(&self) -> Result<FineTuneJob> {
        let tuner = self.world.tuner();
        tuner.enqueue(&self.config).await?;
        tuner.wait(JOB).await
    }

    pub(super) async fn job(&self) -> FineTuneJob {
        self.world.tuner().job_manager().get(JOB).await.unwrap()
    }

    pub(super) fn provider(&self) -> std::rc::Rc<dyn Provider> {
        let options = &self.config.provider_options;
        connect(self.subject.provider, &self.world.ports, options).unwrap()
    }

    /// Goes on to the end, and it is a good one.
    pub(super) async fn completes(&self) -> FineTuneJob {
        let job = self.go().await.unwrap_or_else(|e| panic!("{e} {e:?}"));
        self.is_complete(&job).await;
        job
    }

    pub(super) async fn is_complete(&self, job: &FineTuneJob) {
        assert_eq!(job.status, JobStatus::Completed, "{job:#?}");
        let jobs = live(self.jobs().await, self.world.client.resends());
        assert_eq!(jobs.len(), 1, "one job at the vendor: {jobs:#?}");
        let entry = self.world.registry().get(KEY).await.unwrap();
        let text = serde_json::to_string(&entry).unwrap();
        let model = job.model_name.as_deref().unwrap();
        assert!(text.contains(model), "{text}");
    }

    /// The same, and how much time of the job's clock it took, in milliseconds.
    pub(super) async fn timed(&self) -> i64 {
        let start = self.world.clock.now();
        self.completes().await;
        self.world.clock.now().since(start)
    }

    /// Goes on to a bad end that says what to do.
    pub(super) async fn fails(&self) -> RemoteError {
        let job = self.go().await.unwrap_or_else(|e| panic!("{e} {e:?}"));
        let State::Failed { error, .. } = &job.state else {
            panic!("{job:#?}")
        };
        assert!(!error.message.is_empty(), "{error:?}");
        assert!(!error.hint.is_empty(), "{error:?}");
        error.clone()
    }
}

/// What the server does to the requests at a place.
pub(super) fn rule(at: At, what: Value) -> Value {
    let mut out = json!({"method": at.0, "path": at.1});
    let (Value::Object(out_fields), Value::Object(fields)) = (&mut out, what) else {
        panic!("a rule is an object")
    };
    out_fields.extend(fields);
    out
}

/// An answer of this status, without anything that explains it.
pub(super) fn status(code: u16, headers: Value) -> Value {
    json!({"answer": {"status": code, "headers": headers, "body": ""}})
}

/// The same to every request.
pub(super) fn always(code: u16) -> Value {
    json!({"answer": {"status": code, "headers": {}, "body": ""}, "times": ALWAYS})
}
