//! Whole jobs through the simulated provider, with crashes at every write.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use serde_json::Value;

use crate::base::fakes::{MemoryFiles, MemoryStore, VirtualClock, ports};
use crate::base::ports::{Batch, Document, LocalFuture, Ports, Store, Version};
use crate::base::system::block_on;
use crate::base::time::Timestamp;
use crate::error::{Error, Result};
use crate::job::{
    FineTuneConfig, FineTuneJob, FineTuneJobManager, JobStatus, ModelSink, Scheduler, Start, State,
    TunedModel, VisionFinetuner,
};
use crate::provider::{ProviderName, Scenario, Simulation};

pub(super) fn start() -> Timestamp {
    Timestamp::parse("2026-11-22T12:00:00Z").unwrap()
}

pub(super) fn config(provider: ProviderName, scenario: Scenario) -> FineTuneConfig {
    let mut c = FineTuneConfig::new("data/synthetic_ui.jsonl", provider, "gpt-4o-2024-08-06");
    c.output_dir = "runs".to_owned();
    c.job_name = Some("ft_synthetic_demo".to_owned());
    c.register_llm_key = Some("OPENAI_SYNTHETIC_UI_DEMO".to_owned());
    c.provider_options.simulated = Some(Simulation {
        scenario,
        ..Simulation::default()
    });
    c
}

/// A world with a dataset of `n` samples.
pub(super) fn world(n: usize) -> (Ports, Rc<MemoryFiles>) {
    let files = Rc::new(MemoryFiles::new());
    files.insert("data/synthetic_ui.jsonl", super::prepare::tests::dataset(n));
    let ports = Ports {
        files: files.clone(),
        ..ports(start())
    };
    (ports, files)
}

/// Remembers registrations, once per job.
#[derive(Default)]
struct Registered(RefCell<BTreeSet<(String, String)>>);

impl ModelSink for Registered {
    fn check<'a>(&'a self, _: &'a str, _: &'a str) -> LocalFuture<'a, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn register<'a>(&'a self, m: TunedModel<'a>) -> LocalFuture<'a, Result<()>> {
        self.0
            .borrow_mut()
            .insert((m.key.to_owned(), m.model.to_owned()));
        Box::pin(async { Ok(()) })
    }
}

pub(super) fn finetuner(ports: &Ports) -> VisionFinetuner {
    VisionFinetuner::new(FineTuneJobManager::new(ports.store.clone()), ports.clone())
}

pub(super) fn remote_jobs(ports: &Ports) -> usize {
    block_on(ports.store.scan("simulated/jobs")).unwrap().len()
}

pub(super) fn check_events(ports: &Ports, job: &FineTuneJob) {
    let manager = FineTuneJobManager::new(ports.store.clone());
    let events = block_on(manager.events(&job.job_id)).unwrap();
    assert_eq!(events.len() as u64, job.events);
    let ids: BTreeSet<&str> = events.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids.len(), events.len(), "no event is stored twice");
    assert!(
        events
            .windows(2)
            .all(|w| w[0].created_at <= w[1].created_at)
    );
    let steps: Vec<u64> = events
        .iter()
        .filter_map(|e| e.metrics)
        .map(|m| m.step)
        .collect();
    assert!(steps.windows(2).all(|w| w[0] < w[1]));
    if job.status == JobStatus::Completed {
        assert_eq!(steps.last().copied(), job.metrics.total_steps);
    }
}

#[test]
fn a_practice_job_runs_to_a_registered_model_for_every_provider() {
    for provider in [
        ProviderName::OpenAi,
        ProviderName::Gemini,
        ProviderName::Custom,
    ] {
        let (ports, files) = world(50);
        let registry = Rc::new(Registered::default());
        let tuner = finetuner(&ports).with_registry(registry.clone());
        let job = block_on(tuner.run(&config(provider, Scenario::Success))).unwrap();
        assert_eq!(job.status, JobStatus::Completed, "{job:#?}");
        assert!(job.simulated);
        assert_eq!(
            job.metrics.train_samples + job.metrics.validation_samples,
            50
        );
        assert!(job.metrics.train_loss.unwrap() < 0.6);
        assert!(job.metrics.validation_loss.is_some());
        let model = job.model_name.clone().unwrap();
        assert!(model.contains("SIMULATED"), "{model}");
        let held = registry.0.borrow();
        assert_eq!(held.len(), 1);
        assert!(held.contains(&("OPENAI_SYNTHETIC_UI_DEMO".to_owned(), model)));
        check_events(&ports, &job);
        let folder = "runs/ft_synthetic_demo/artifacts";
        for name in [
            "step_metrics.csv",
            "events.jsonl",
            "checkpoints.json",
            "model.json",
        ] {
            let bytes = files.get(&format!("{folder}/{name}")).unwrap();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            assert!(text.contains("SIMULATED"), "{name}");
        }
        assert_eq!(job.output_artifact, Some(format!("{folder}/model.json")));
    }
}

#[test]
fn every_uri_in_the_lines_is_in_the_list_of_pictures() {
    let (ports, files) = world(20);
    let mut c = config(ProviderName::Gemini, Scenario::Success);
    c.provider_options.bucket = Some("demo-bucket".to_owned());
    block_on(finetuner(&ports).start_finetune(&c)).unwrap();
    let text = |name: &str| {
        let bytes = files.get(&format!("runs/ft_synthetic_demo/{name}"));
        String::from_utf8(bytes.unwrap().to_vec()).unwrap()
    };
    let list: Vec<crate::provider::Picture> = text("pictures.jsonl")
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    assert_eq!(list.len(), 20);
    for p in &list {
        assert_eq!(files.get(&p.path).unwrap().len() as u64, p.bytes);
        assert_eq!(p.media_type, "image/png");
    }
    let listed: BTreeSet<&str> = list.iter().map(|p| p.uri.as_str()).collect();
    let lines = text("train.jsonl") + &text("validation.jsonl");
    let named: BTreeSet<&str> = lines
        .split("\"fileUri\":\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert_eq!(named, listed);
    assert!(listed.contains("gs://demo-bucket/ft_synthetic_demo/images/000000.png"));
}

#[test]
fn everything_of_a_practice_job_carries_the_mark() {
    let (ports, _) = world(30);
    let tuner = finetuner(&ports);
    let job = block_on(tuner.run(&config(ProviderName::OpenAi, Scenario::Success))).unwrap();
    for event in block_on(tuner.job_manager().events(&job.job_id)).unwrap() {
        assert!(event.id.contains("SIMULATED") && event.message.contains("SIMULATED"));
    }
    assert!(job.state.remote_id().unwrap().contains("SIMULATED"));
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let run = |seed| {
        let (ports, _) = world(30);
        let mut c = config(ProviderName::OpenAi, Scenario::Success);
        c.provider_options.simulated = Some(Simulation {
            seed,
            ..Simulation::default()
        });
        let tuner = finetuner(&ports);
        let job = block_on(tuner.run(&c)).unwrap();
        block_on(tuner.job_manager().events(&job.job_id)).unwrap()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1), run(2));
}

#[test]
fn failures_end_where_they_should() {
    for (scenario, status, code) in [
        (
            Scenario::TrainingNotAvailable,
            JobStatus::Failed,
            Some("training_not_available"),
        ),
        (
            Scenario::InvalidFile,
            JobStatus::Failed,
            Some("invalid_n_examples"),
        ),
        (
            Scenario::FailsMidRun,
            JobStatus::Failed,
            Some("server_error"),
        ),
        (Scenario::Cancelled, JobStatus::Cancelled, None),
        (Scenario::RateLimited, JobStatus::Completed, None),
        (Scenario::LostAnswer, JobStatus::Completed, None),
    ] {
        let (ports, _) = world(30);
        let job = block_on(finetuner(&ports).run(&config(ProviderName::OpenAi, scenario))).unwrap();
        assert_eq!(job.status, status, "{scenario:?}");
        let found = match &job.state {
            State::Failed { error, .. } => {
                assert!(!error.hint.is_empty(), "{scenario:?} says what to do");
                Some(error.code.as_str())
            }
            _ => None,
        };
        assert_eq!(found, code, "{scenario:?}");
        assert!(remote_jobs(&ports) <= 1);
        check_events(&ports, &job);
    }
}

#[test]
fn starting_again_continues_and_never_doubles() {
    let (ports, _) = world(30);
    let c = config(ProviderName::OpenAi, Scenario::Success);
    let tuner = finetuner(&ports);
    let first = block_on(tuner.start_finetune(&c)).unwrap();
    let again = block_on(tuner.start_finetune(&c)).unwrap();
    assert_eq!(first.state.remote_id(), again.state.remote_id());
    assert_eq!(remote_jobs(&ports), 1);
    let mut other = c.clone();
    other.base_model = "gpt-4o-mini".to_owned();
    assert_eq!(
        block_on(tuner.start_finetune(&other)).unwrap_err().code(),
        "job_exists"
    );
    let mut unnamed = c;
    unnamed.job_name = None;
    let job = block_on(tuner.start_finetune(&unnamed)).unwrap();
    assert!(
        job.job_id.starts_with("ft-") && job.job_id.len() == 15,
        "{}",
        job.job_id
    );
}

#[test]
fn cancelling_stops_the_job_at_every_stage() {
    for seconds in [0, 2, 5, 15, 60] {
        let (ports, _) = world(30);
        let clock = Rc::new(VirtualClock::new(start()));
        let ports = Ports {
            clock: clock.clone(),
            ..ports
        };
        let tuner = finetuner(&ports);
        let job = block_on(tuner.start_finetune(&config(ProviderName::OpenAi, Scenario::Success)))
            .unwrap();
        clock.advance(seconds * 1000);
        block_on(tuner.check_status(&job.job_id)).unwrap();
        block_on(tuner.cancel(&job.job_id)).unwrap();
        let job = block_on(tuner.wait(&job.job_id)).unwrap();
        let expected = if seconds == 60 {
            JobStatus::Completed
        } else {
            JobStatus::Cancelled
        };
        assert_eq!(job.status, expected, "after {seconds} s");
        check_events(&ports, &job);
        if expected == JobStatus::Cancelled {
            let e = block_on(tuner.job_manager().events(&job.job_id)).unwrap();
            assert!(e.last().unwrap().message.contains("cancelled"));
        }
    }
}

/// A store whose process dies at the n-th write: before it, or just after.
struct Mortal {
    inner: MemoryStore,
    writes_left: Cell<i64>,
    /// Whether the last write still happens.
    after: bool,
}

fn dead() -> Error {
    Error::storage("process_killed", "the process was killed")
}

impl Store for Mortal {
    fn get<'a>(&'a self, c: &'a str, k: &'a str) -> LocalFuture<'a, Result<Option<Document>>> {
        if self.writes_left.get() < 0 {
            return Box::pin(async { Err(dead()) });
        }
        self.inner.get(c, k)
    }

    fn scan<'a>(&'a self, c: &'a str) -> LocalFuture<'a, Result<Vec<Document>>> {
        if self.writes_left.get() < 0 {
            return Box::pin(async { Err(dead()) });
        }
        self.inner.scan(c)
    }

    fn scan_back<'a>(
        &'a self,
        c: &'a str,
        before: Option<&'a str>,
        limit: usize,
    ) -> LocalFuture<'a, Result<Vec<Document>>> {
        if self.writes_left.get() < 0 {
            return Box::pin(async { Err(dead()) });
        }
        self.inner.scan_back(c, before, limit)
    }

    fn commit<'a>(&'a self, batch: Batch) -> LocalFuture<'a, Result<Vec<Version>>> {
        let left = self.writes_left.get() - 1;
        self.writes_left.set(left);
        Box::pin(async move {
            if left < 0 {
                if left == -1 && self.after {
                    self.inner.commit(batch).await?;
                }
                return Err(dead());
            }
            self.inner.commit(batch).await
        })
    }
}

/// A life of the program: starts or continues the job, and drives the queue until it has ended.
async fn live(ports: &Ports, registry: &Rc<Registered>, c: &FineTuneConfig) -> Result<FineTuneJob> {
    let tuner = finetuner(ports).with_registry(registry.clone());
    let job = tuner.enqueue(c).await?;
    Scheduler::new(tuner).work_until(&job.job_id).await
}

#[test]
fn a_crash_at_any_write_loses_nothing_and_doubles_nothing() {
    for scenario in [
        Scenario::Success,
        Scenario::RateLimited,
        Scenario::LostAnswer,
    ] {
        for after in [false, true] {
            let mut crashes = 0;
            for writes in 0.. {
                let (ports, _) = world(24);
                let memory = MemoryStore::new();
                let mortal = Ports {
                    store: Rc::new(Mortal {
                        inner: memory.clone(),
                        writes_left: Cell::new(writes),
                        after,
                    }),
                    ..ports.clone()
                };
                let mut c = config(ProviderName::OpenAi, scenario);
                if let Some(s) = &mut c.provider_options.simulated {
                    // Fewer polls: every write is one more life to live through.
                    s.speed = 20.0;
                }
                let registry = Rc::new(Registered::default());
                // One of the jobs waits in the queue first.
                if scenario == Scenario::RateLimited {
                    c.start = Start::WhenFree;
                }
                let first = block_on(live(&mortal, &registry, &c));
                if first.is_ok() {
                    break;
                }
                crashes += 1;
                let again = Ports {
                    store: Rc::new(memory.snapshot()),
                    ..ports
                };
                let job = block_on(live(&again, &registry, &c)).unwrap();
                assert_eq!(
                    job.status,
                    JobStatus::Completed,
                    "{scenario:?} {writes} {after}"
                );
                assert_eq!(remote_jobs(&again), 1, "{scenario:?} {writes} {after}");
                assert_eq!(registry.0.borrow().len(), 1);
                check_events(&again, &job);
            }
            assert!(crashes > 10, "{scenario:?}: only {crashes} writes");
        }
    }
}

#[test]
fn a_real_job_without_a_place_fails_before_anything_is_written() {
    let (ports, files) = world(12);
    let mut c = config(ProviderName::Gemini, Scenario::Success);
    c.provider_options.simulated = None;
    let e = block_on(finetuner(&ports).run(&c)).unwrap_err();
    assert_eq!(e.code(), "option_missing");
    assert!(e.hint_text().is_some());
    assert_eq!(files.paths(), ["data/synthetic_ui.jsonl"]);
    assert!(block_on(ports.store.scan("jobs")).unwrap().is_empty());
}

#[test]
fn a_closed_vendor_still_allows_practice() {
    let (ports, _) = world(12);
    let later = Ports {
        clock: Rc::new(VirtualClock::new(
            Timestamp::parse("2027-01-06T00:00:00Z").unwrap(),
        )),
        ..ports
    };
    let tuner = finetuner(&later);
    let mut c = config(ProviderName::OpenAi, Scenario::Success);
    assert!(tuner.problems(&c).iter().all(|p| !p.is_error()));
    c.provider_options.simulated = None;
    let errors: Vec<_> = tuner
        .problems(&c)
        .into_iter()
        .filter(|p| p.is_error())
        .collect();
    assert_eq!(errors[0].code, "jobs_closed");
    assert!(errors[0].message.contains("2027-01-06"));
}

#[test]
fn a_custom_job_writes_a_bundle_that_describes_itself() {
    let (ports, files) = world(20);
    let mut c = config(ProviderName::Custom, Scenario::Success);
    c.provider_options.simulated = None;
    c.base_model = "Qwen/Qwen2.5-VL-3B-Instruct".to_owned();
    let job = block_on(finetuner(&ports).run(&c)).unwrap();
    assert_eq!(job.status, JobStatus::Completed);
    assert!(!job.simulated);
    let folder = "runs/ft_synthetic_demo";
    assert_eq!(job.output_artifact.as_deref(), Some(folder));
    let read = |name: &str| {
        String::from_utf8(files.get(&format!("{folder}/{name}")).unwrap().to_vec()).unwrap()
    };
    let config: Value = serde_json::from_str(&read("config.json")).unwrap();
    assert_eq!(config["base_model"], "Qwen/Qwen2.5-VL-3B-Instruct");
    assert_eq!(config["train_file"], "train.jsonl");
    assert_eq!(
        read("train.jsonl").lines().count() as u64,
        config["train_samples"].as_u64().unwrap()
    );
    assert!(read("README.md").contains("python3 train.py"));
    let copies = block_on(finetuner(&ports).download_model(&job.job_id, "elsewhere")).unwrap();
    assert!(copies.contains(&"elsewhere/train.py".to_owned()));
    assert_eq!(
        files.get("elsewhere/train.jsonl"),
        files.get("runs/ft_synthetic_demo/train.jsonl")
    );
}

#[test]
fn a_missing_dataset_is_named() {
    let (ports, _) = world(1);
    let mut c = config(ProviderName::OpenAi, Scenario::Success);
    c.dataset_path = "nowhere.jsonl".to_owned();
    let e = block_on(finetuner(&ports).run(&c)).unwrap_err();
    assert_eq!((e.code(), e.path()), ("file_missing", Some("dataset_path")));
    assert!(e.message().contains("nowhere.jsonl"));
    assert!(block_on(ports.store.scan("jobs")).unwrap().is_empty());
}

#[test]
fn jobs_json_round_trips_and_reads_the_seeds_shape() {
    let (ports, _) = world(20);
    let tuner = finetuner(&ports);
    block_on(tuner.run(&config(ProviderName::OpenAi, Scenario::Success))).unwrap();
    let text = block_on(tuner.job_manager().export_json()).unwrap();
    let array: Vec<Value> = serde_json::from_str(&text).unwrap();
    for field in [
        "job_id",
        "provider",
        "status",
        "dataset_paths",
        "config",
        "created_at",
        "updated_at",
        "metrics",
        "model_name",
        "output_artifact",
    ] {
        assert!(array[0].get(field).is_some(), "{field}");
    }
    let other = FineTuneJobManager::new(Rc::new(MemoryStore::new()));
    let report = block_on(other.import_json(&text, false)).unwrap();
    assert_eq!((report.added, report.same), (1, 0));
    assert_eq!(block_on(other.export_json()).unwrap(), text);
    assert_eq!(block_on(other.import_json(&text, false)).unwrap().same, 1);

    let seed = r#"[{"job_id":"ft-0123456789ab","provider":"openai","status":"completed",
        "dataset_paths":{"train":"a/train.jsonl","validation":"a/validation.jsonl"},
        "config":{"dataset_path":"d.jsonl","output_dir":"./finetune_runs","provider":"openai",
          "base_model":"gpt-4o-mini","job_name":null,"description":null,
          "register_llm_key":"K","metadata":{}},
        "created_at":"2025-01-02T03:04:05.678901","updated_at":"2025-01-02T03:04:06",
        "metrics":{"train_samples":45,"validation_samples":5,"accuracy":0.9},
        "model_name":"gpt-4o-mini-synthetic-ui","output_artifact":"x/model.txt"}]"#;
    block_on(other.import_json(seed, false)).unwrap();
    let job = block_on(other.get("ft-0123456789ab")).unwrap();
    assert_eq!(job.status, JobStatus::Completed);
    assert_eq!(job.metrics.other["accuracy"], 0.9);
    assert_eq!(job.created_at.to_string(), "2025-01-02T03:04:05.678Z");
}

#[test]
fn broken_jobs_json_changes_nothing() {
    let manager = FineTuneJobManager::new(Rc::new(MemoryStore::new()));
    let good = r#"{"job_id":"a","provider":"openai","status":"failed","config":{"dataset_path":"d","provider":"openai","base_model":"m"},"created_at":"2025-01-02","updated_at":"2025-01-02"}"#;
    for (text, code, path) in [
        ("{".to_owned(), "jobs_json", None),
        ("{}".to_owned(), "jobs_json", None),
        (format!("[{good},{{}}]"), "job_json", Some("[1]")),
        (
            format!("[{good},{}]", good.replace("2025-01-02", "yesterday")),
            "job_json",
            Some("[1].created_at"),
        ),
        (
            format!("[{good},{}]", good.replace("\"a\"", "\"../a\"")),
            "job_json",
            Some("[1].job_id"),
        ),
        (
            format!("[{}]", good.replace("openai", "acme")),
            "job_json",
            Some("[0]."),
        ),
        (format!("[{good},{good}]"), "jobs_json", Some("[1].job_id")),
        ("[3]".to_owned(), "job_json", Some("[0]")),
        (format!("[{good},[{good}]]"), "job_json", Some("[1]")),
    ] {
        let e = block_on(manager.import_json(&text, false)).unwrap_err();
        assert_eq!(e.code(), code, "{text}: {e}");
        if let Some(path) = path {
            assert!(e.path().unwrap().starts_with(path), "{text}: {e}");
        }
        assert!(
            block_on(manager.list()).unwrap().is_empty(),
            "nothing is half imported"
        );
    }
}

#[test]
fn deleting_needs_an_end() {
    let (ports, _) = world(20);
    let tuner = finetuner(&ports);
    let c = config(ProviderName::OpenAi, Scenario::Success);
    block_on(tuner.start_finetune(&c)).unwrap();
    let manager = tuner.job_manager();
    assert_eq!(
        block_on(manager.delete("ft_synthetic_demo"))
            .unwrap_err()
            .code(),
        "job_active"
    );
    block_on(tuner.wait("ft_synthetic_demo")).unwrap();
    block_on(manager.delete("ft_synthetic_demo")).unwrap();
    assert!(
        block_on(manager.events("ft_synthetic_demo"))
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        block_on(manager.get("ft_synthetic_demo"))
            .unwrap_err()
            .code(),
        "job_missing"
    );
}
