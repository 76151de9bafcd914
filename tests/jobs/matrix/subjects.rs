//! The adapters, and how their scripted servers are made to fail.

use screensmith::provider::{ProviderName, ProviderOptions};
use serde_json::{Value, json};

/// Requests: method, and path with query as a regular expression.
pub(super) type At = (&'static str, &'static str);

/// One adapter.
pub(super) struct Subject {
    pub(super) provider: ProviderName,
    /// Its scripted server.
    pub(super) server: &'static str,
    pub(super) model: &'static str,
    pub(super) key_env: &'static str,
    /// The server's switch with the keys that work.
    pub(super) keys: &'static str,
    pub(super) options: fn(String) -> ProviderOptions,
    /// The first request of an upload; carries the key.
    pub(super) ask: At,
    /// The request with the bytes of the lines.
    pub(super) send: At,
    pub(super) create: At,
    /// Reads how a job stands.
    pub(super) get: At,
    /// Looks for a job whose creation was not answered.
    pub(super) find: At,
    pub(super) events: Option<At>,
    pub(super) cancel: At,
    /// Makes the server refuse the file, naming `line 3`.
    pub(super) invalid: fn() -> Value,
    /// Words for a running job that nobody knows, as the server's switch.
    pub(super) words: fn() -> Value,
    /// Whether a job may be finished although it is being cancelled.
    pub(super) finishes_cancelled: bool,
}

impl Subject {
    /// Every place where a request can be answered badly, in the order of a run.
    pub(super) fn places(&self) -> Vec<At> {
        let mut all = vec![self.ask];
        if self.send != self.ask {
            all.push(self.send);
        }
        all.extend([self.create, self.get]);
        all.extend(self.events);
        all
    }
}

pub(super) const OPENAI: Subject = Subject {
    provider: ProviderName::OpenAi,
    server: "openai",
    model: "gpt-4o-2024-08-06",
    key_env: "OPENAI_API_KEY",
    keys: "keys",
    options: |address| ProviderOptions {
        base_url: Some(format!("{address}/v1")),
        ..ProviderOptions::default()
    },
    ask: ("POST", "/files(\\?|$)"),
    send: ("POST", "/files(\\?|$)"),
    create: ("POST", "/fine_tuning/jobs(\\?|$)"),
    get: ("GET", "/fine_tuning/jobs/[^/?]+(\\?|$)"),
    find: ("GET", "/fine_tuning/jobs\\?"),
    events: Some(("GET", "/events")),
    cancel: ("POST", "/cancel"),
    invalid: || {
        json!({"outcome": "failed", "error": {"code": "invalid_training_file",
            "message": "Invalid file format, line 3.", "param": "training_file"}})
    },
    words: || json!(["warming_up", "cooling_down"]),
    finishes_cancelled: true,
};

pub(super) const AZURE: Subject = Subject {
    provider: ProviderName::Azure,
    key_env: "AZURE_OPENAI_API_KEY",
    options: |address| ProviderOptions {
        base_url: Some(format!("{address}/openai/v1?api-version=preview")),
        ..ProviderOptions::default()
    },
    ..OPENAI
};

pub(super) const VERTEX: Subject = Subject {
    provider: ProviderName::Gemini,
    server: "vertex",
    model: "gemini-2.5-flash",
    key_env: "VERTEX_ACCESS_TOKEN",
    keys: "tokens",
    options: |address| ProviderOptions {
        base_url: Some(format!("{address}/v1")),
        storage_url: Some(address),
        project: Some("demo-project".to_owned()),
        bucket: Some("demo-bucket".to_owned()),
        ..ProviderOptions::default()
    },
    ask: ("POST", "uploadType=resumable"),
    send: ("PUT", "upload_id"),
    create: ("POST", "tuningJobs$"),
    get: ("GET", "tuningJobs/"),
    find: ("GET", "tuningJobs\\?"),
    events: None,
    cancel: ("POST", ":cancel$"),
    invalid: || {
        json!({"outcome": "FAILED", "error": {"code": 3,
            "message": "Dataset validation failed, line 3."}})
    },
    words: || {
        json!([{"state": "JOB_STATE_DANCING"}, {"state": "JOB_STATE_DANCING"},
            {"state": ""}, {"tuningJobState": "TUNING_JOB_STATE_RESTING"}])
    },
    finishes_cancelled: true,
};

pub(super) const TOGETHER: Subject = Subject {
    provider: ProviderName::Together,
    server: "together",
    model: "Qwen/Qwen3.5-9B",
    key_env: "TOGETHER_API_KEY",
    keys: "keys",
    options: |address| ProviderOptions {
        base_url: Some(format!("{address}/v1")),
        ..ProviderOptions::default()
    },
    ask: ("POST", "/files$"),
    send: ("PUT", "/storage/"),
    create: ("POST", "/fine-tunes$"),
    get: ("GET", "/fine-tunes/ft-[^/]+$"),
    find: ("GET", "/fine-tunes$"),
    events: Some(("GET", "/events$")),
    cancel: ("POST", "/cancel$"),
    invalid: || json!({"invalid": "line 3 has no assistant message"}),
    words: || json!(["dreaming", "dreaming", "", "", "running_v2", "running_v2"]),
    finishes_cancelled: true,
};

pub(super) const FIREWORKS: Subject = Subject {
    provider: ProviderName::Fireworks,
    server: "fireworks",
    model: "accounts/fireworks/models/qwen3-vl-8b-instruct",
    key_env: "FIREWORKS_API_KEY",
    keys: "keys",
    options: |address| ProviderOptions {
        base_url: Some(format!("{address}/v1")),
        account: Some("acme".to_owned()),
        ..ProviderOptions::default()
    },
    ask: ("POST", "/datasets$"),
    send: ("POST", ":upload$"),
    create: ("POST", "/supervisedFineTuningJobs\\?"),
    get: ("GET", "/supervisedFineTuningJobs/"),
    find: ("GET", "/supervisedFineTuningJobs/"),
    events: None,
    cancel: ("POST", ":cancel$"),
    invalid: || json!({"invalid": "line 3 has no assistant message"}),
    words: || {
        // Several: whoever looks at the job sees one.
        let word = "JOB_STATE_DREAMING";
        json!([word, word, word, word, "", "ANOTHER"])
    },
    finishes_cancelled: true,
};

pub(super) const CUSTOM: Subject = Subject {
    provider: ProviderName::Custom,
    server: "custom",
    model: "Qwen/Qwen3-VL-4B-Instruct",
    key_env: "CUSTOM_TRAINER_API_KEY",
    keys: "keys",
    options: |address| ProviderOptions {
        trainer_url: Some(address),
        ..ProviderOptions::default()
    },
    ask: ("GET", "/files/"),
    send: ("PUT", "/files/"),
    create: ("POST", "/jobs$"),
    get: ("GET", "/jobs/[^/?]+$"),
    find: ("GET", "/jobs\\?"),
    events: Some(("GET", "/events")),
    cancel: ("POST", "/cancel$"),
    invalid: || json!({"invalid": "line 3 has no assistant message"}),
    words: || json!(["dreaming", "dreaming", "", "", "running_v2", "running_v2"]),
    // The trainer ends the command and calls the job cancelled whatever the command says.
    finishes_cancelled: false,
};
