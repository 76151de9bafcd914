//! Notes, tags, retries, pauses, pages of events, bundles and downloads.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io::Read as _;
use std::rc::Rc;

use crate::base::ports::{FileWriter, Files, LocalFuture};
use crate::base::system::block_on;
use crate::error::{Error, Result};
use crate::job::tests::{check_events, config, finetuner, world};
use crate::job::{FineTuneConfig, FineTuneJob, JobStatus, State, series};
use crate::provider::{ProviderName, RemoteState, Scenario, Setting};

fn demo(scenario: Scenario) -> FineTuneConfig {
    let mut c = config(ProviderName::OpenAi, scenario);
    c.register_llm_key = None;
    c
}

const ID: &str = "ft_synthetic_demo";

#[test]
fn notes_and_tags_stay_beside_a_running_job() {
    let (ports, _) = world(24);
    let tuner = finetuner(&ports);
    block_on(tuner.start_finetune(&demo(Scenario::Success))).unwrap();
    let manager = tuner.job_manager();
    block_on(manager.set_note(ID, " first try ")).unwrap();
    let text = |t: &[&str]| t.iter().map(|s| (*s).to_owned()).collect::<Vec<_>>();
    block_on(manager.tag(ID, &text(&["big", "blue"]), &[])).unwrap();
    block_on(manager.tag(ID, &text(&["red"]), &text(&["blue"]))).unwrap();
    assert_eq!(
        block_on(manager.archive(ID, true)).unwrap_err().code(),
        "job_active"
    );
    for bad in ["", " x", "a\nb", &"y".repeat(41)] {
        assert!(
            block_on(manager.tag(ID, &text(&[bad]), &[])).is_err(),
            "{bad:?}"
        );
    }
    let job = block_on(tuner.wait(ID)).unwrap();
    assert_eq!(job.note, "first try");
    assert!(job.tags.iter().eq(["big", "red"]));
    let job = block_on(manager.archive(ID, true)).unwrap();
    assert!(job.archived && job.status == JobStatus::Completed);
}

#[test]
fn a_deleted_job_comes_back_whole_unless_its_name_is_taken() {
    let (ports, _) = world(24);
    let tuner = finetuner(&ports);
    block_on(tuner.start_finetune(&demo(Scenario::Success))).unwrap();
    let manager = tuner.job_manager();
    block_on(tuner.wait(ID)).unwrap();
    let all = || {
        (
            block_on(manager.get(ID)).unwrap(),
            block_on(manager.events(ID)).unwrap(),
            block_on(manager.metrics(ID)).unwrap(),
            block_on(manager.checkpoints(ID)).unwrap(),
        )
    };
    let before = all();
    assert!(!before.1.is_empty() && !before.2.is_empty() && !before.3.is_empty());
    let gone = block_on(manager.delete(ID)).unwrap();
    assert!(block_on(manager.list()).unwrap().is_empty());
    assert!(block_on(manager.metrics(ID)).unwrap().is_empty());
    block_on(manager.put_back(&gone)).unwrap();
    assert_eq!(all(), before);
    let e = block_on(manager.put_back(&gone)).unwrap_err();
    assert_eq!(e.code(), "store_conflict");
    assert_eq!(all(), before);
}

#[test]
fn checkpoints_are_asked_for_while_a_job_trains_and_kept_when_it_ends() {
    let (ports, _) = world(24);
    let tuner = finetuner(&ports);
    let manager = tuner.job_manager();
    block_on(tuner.start_finetune(&demo(Scenario::Success))).unwrap();
    let mut during = Vec::new();
    for _ in 0..200 {
        if block_on(tuner.check_status(ID)).unwrap().state.is_final() {
            break;
        }
        let now = block_on(tuner.checkpoints(ID)).unwrap();
        if during.is_empty() {
            during = now;
        }
        block_on(ports.clock.sleep(500));
    }
    assert!(!during.is_empty());
    block_on(tuner.wait(ID)).unwrap();
    let kept = block_on(manager.checkpoints(ID)).unwrap();
    assert!(kept.len() > during.len() && kept.starts_with(&during));
    assert!(kept.is_sorted_by(|a, b| a.step < b.step));

    let mut other = demo(Scenario::Success);
    other.provider = ProviderName::Fireworks;
    other.base_model = "accounts/fireworks/models/qwen2p5-vl-32b-instruct".into();
    other.job_name = Some("b".into());
    let code = |e: Error| e.code().to_owned();
    block_on(tuner.start_finetune(&other)).unwrap();
    let e = block_on(tuner.checkpoints("b")).unwrap_err();
    assert_eq!(code(e), "checkpoints_unsupported");
    let mut later = demo(Scenario::Success);
    later.job_name = Some("c".into());
    later.start = crate::job::Start::After("b".into());
    block_on(tuner.enqueue(&later)).unwrap();
    let e = block_on(tuner.checkpoints("c")).unwrap_err();
    assert_eq!(code(e), "job_not_at_vendor");
}

#[test]
fn a_failed_job_is_tried_again_with_changes_and_linked() {
    let (ports, _) = world(24);
    let tuner = finetuner(&ports);
    let c = demo(Scenario::FailsMidRun);
    block_on(tuner.start_finetune(&c)).unwrap();
    let manager = tuner.job_manager();
    let mut again = block_on(manager.duplicate(ID)).unwrap();
    assert_eq!(again.job_name.as_deref(), Some("ft_synthetic_demo-2"));
    let e = block_on(tuner.retry(ID, &again)).unwrap_err();
    assert_eq!(e.code(), "job_active");
    block_on(tuner.wait(ID)).unwrap();
    again.hyperparameters.n_epochs = Setting::Value(2);
    again.provider_options.simulated = demo(Scenario::Success).provider_options.simulated;
    let new = block_on(tuner.retry(ID, &again)).unwrap();
    let new = block_on(tuner.wait(&new.job_id)).unwrap();
    assert_eq!(new.status, JobStatus::Completed);
    assert_eq!(new.retry_of.as_deref(), Some(ID));
    let old = block_on(manager.get(ID)).unwrap();
    assert_eq!(
        (old.status, &old.config),
        (JobStatus::Failed, &c),
        "the old one stays"
    );
    let third = block_on(manager.duplicate("ft_synthetic_demo-2")).unwrap();
    assert_eq!(third.job_name.as_deref(), Some("ft_synthetic_demo-3"));
}

#[test]
fn a_paused_job_stands_still_and_goes_on() {
    let (ports, _) = world(24);
    let tuner = finetuner(&ports);
    block_on(tuner.start_finetune(&demo(Scenario::Success))).unwrap();
    let stage = |job: &FineTuneJob| match job.state {
        State::Remote { stage, .. } => Some(stage),
        _ => None,
    };
    let running = loop {
        let job = block_on(tuner.check_status(ID)).unwrap();
        if stage(&job) == Some(RemoteState::Running) && job.progress().is_some_and(|p| p.done > 2) {
            break job;
        }
        block_on(ports.clock.sleep(500));
    };
    // The estimate of the end, from the vendor, and from the pace alone when it gives none.
    assert!(running.estimated_finish.is_some());
    let paused = block_on(tuner.pause(ID)).unwrap();
    assert_eq!(paused.state.label(), "paused");
    let done = paused.progress().unwrap().done;
    block_on(ports.clock.sleep(3_600_000));
    let later = block_on(tuner.check_status(ID)).unwrap();
    assert_eq!(
        (later.state.label(), later.progress().unwrap().done),
        ("paused", done)
    );
    let on = block_on(tuner.resume(ID)).unwrap();
    assert_eq!(on.state.label(), "running");
    assert_eq!(on.progress().unwrap().done, done);
    let job = block_on(tuner.wait(ID)).unwrap();
    assert_eq!(job.status, JobStatus::Completed);
    check_events(&ports, &job);
    assert_eq!(
        block_on(tuner.pause(ID)).unwrap_err().code(),
        "job_not_running"
    );

    // A refusal ends the wish, not the job.
    let (ports, _) = world(24);
    let tuner = finetuner(&ports);
    block_on(tuner.start_finetune(&demo(Scenario::Success))).unwrap();
    let job = block_on(tuner.pause(ID)).unwrap();
    assert_eq!(job.problems.last().unwrap().code, "invalid_state");
    assert_eq!(
        block_on(tuner.wait(ID)).unwrap().status,
        JobStatus::Completed
    );
    // A vendor that cannot.
    let (ports, _) = world(24);
    let tuner = finetuner(&ports);
    let mut c = demo(Scenario::Success);
    c.provider = ProviderName::Custom;
    block_on(tuner.start_finetune(&c)).unwrap();
    assert_eq!(
        block_on(tuner.pause(ID)).unwrap_err().code(),
        "pause_unsupported"
    );
}

#[test]
fn the_end_is_estimated_from_the_pace() {
    let (ports, _) = world(24);
    let start = ports.clock.now();
    let mut job = FineTuneJob::new(ID.to_owned(), demo(Scenario::Success), String::new(), start);
    let mut at = |seconds: i64, done: u64| {
        job.set_state(State::Remote {
            id: "r".to_owned(),
            stage: RemoteState::Running,
            raw: String::new(),
            progress: Some(crate::provider::Progress { done, total: 100 }),
            cancel: false,
            pause: None,
        });
        let end = job.estimate_finish(start.plus_millis(seconds * 1000));
        end.map(|t| t.since(start) / 1000)
    };
    assert_eq!(at(0, 0), None);
    assert_eq!(at(10, 10), None, "one point has no pace");
    assert_eq!(at(20, 20), Some(100), "a step a second");
    assert_eq!(at(40, 30), Some(145), "slower: 1.5 seconds a step");
}

#[test]
fn pages_of_events_join_without_gaps() {
    let (ports, _) = world(40);
    let tuner = finetuner(&ports);
    let job = block_on(tuner.run(&demo(Scenario::Success))).unwrap();
    let manager = tuner.job_manager();
    let all = block_on(manager.events(ID)).unwrap();
    assert!(all.len() > 20);
    for size in [1, 3, 7, 1000] {
        let mut joined = Vec::new();
        let mut before = None;
        loop {
            let page = block_on(manager.events_before(ID, before, size)).unwrap();
            if page.events.is_empty() {
                break;
            }
            assert!(page.events.len() <= size);
            assert_eq!(page.events[0], all[page.first as usize]);
            before = Some(page.first);
            joined.splice(0..0, page.events);
        }
        assert_eq!(joined, all, "pages of {size}");
    }
    let curves = series::curves(&block_on(manager.metrics(ID)).unwrap(), 0.8, 20);
    let names: Vec<&str> = curves.iter().map(|c| c.name).collect();
    assert_eq!(
        names,
        [
            "train_loss",
            "validation_loss",
            "train_accuracy",
            "validation_accuracy"
        ]
    );
    for c in &curves {
        assert!(c.raw.len() <= 22 && c.smoothed.len() <= 22);
        assert_eq!(c.raw.last().map(|p| p.0), c.smoothed.last().map(|p| p.0));
    }
    let last = curves[0].raw.last().unwrap();
    assert_eq!(
        (Some(last.0), Some(last.1)),
        (job.metrics.total_steps, job.metrics.train_loss)
    );
}

#[test]
fn a_bundle_holds_the_whole_run_and_checks_out() {
    let (ports, _) = world(30);
    let tuner = finetuner(&ports);
    let job = block_on(tuner.run(&demo(Scenario::Success))).unwrap();
    let bytes = block_on(tuner.bundle(ID)).unwrap();
    assert_eq!(bytes, block_on(tuner.bundle(ID)).unwrap());
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    for i in 0..zip.len() {
        let mut f = zip.by_index(i).unwrap();
        let mut text = Vec::new();
        f.read_to_end(&mut text).unwrap();
        files.insert(f.name().unwrap().into_owned(), text);
    }
    let manifest: serde_json::Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    let listed = manifest["files"].as_array().unwrap();
    assert_eq!(listed.len() + 1, files.len());
    for f in listed {
        let content = &files[f["path"].as_str().unwrap()];
        assert_eq!(f["sha256"], crate::base::hash::sha256_hex(content));
    }
    let config: FineTuneConfig = serde_json::from_slice(&files["config.json"]).unwrap();
    assert_eq!(config, job.config);
    let events = files["events.jsonl"].split(|b| *b == b'\n').count() - 1;
    assert_eq!(events as u64, job.events);
    let steps = String::from_utf8_lossy(&files["metrics.csv"])
        .lines()
        .count()
        - 1;
    assert!(steps > 5);
    let artifacts: Vec<crate::job::SavedArtifact> =
        serde_json::from_slice(&files["artifacts.json"]).unwrap();
    assert_eq!(artifacts, job.artifacts);
    assert!(artifacts.iter().any(|a| a.name == "step_metrics.csv"));
    for a in &artifacts {
        let held = block_on(ports.files.read_all(&a.path)).unwrap();
        assert_eq!(crate::base::hash::sha256_hex(&held), a.sha256);
    }
}

/// Files whose disk fails after so many bytes of artifacts, and that remember what was written.
struct Failing {
    inner: Rc<dyn Files>,
    left: Rc<Cell<usize>>,
    written: Rc<Cell<usize>>,
}

struct FailingWriter {
    inner: Box<dyn FileWriter>,
    left: Rc<Cell<usize>>,
    written: Rc<Cell<usize>>,
}

impl FileWriter for FailingWriter {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> LocalFuture<'a, Result<()>> {
        let n = bytes.len().min(self.left.get());
        self.left.set(self.left.get() - n);
        self.written.set(self.written.get() + n);
        Box::pin(async move {
            self.inner.write(&bytes[..n]).await?;
            if n < bytes.len() {
                return Err(Error::storage("storage_full", "the disk is full"));
            }
            Ok(())
        })
    }

    fn finish(self: Box<Self>) -> LocalFuture<'static, Result<()>> {
        self.inner.finish()
    }
}

impl Files for Failing {
    fn size<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<Option<u64>>> {
        self.inner.size(path)
    }

    fn read<'a>(
        &'a self,
        path: &'a str,
        offset: u64,
        len: usize,
    ) -> LocalFuture<'a, Result<Vec<u8>>> {
        self.inner.read(path, offset, len)
    }

    fn create<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<Box<dyn FileWriter>>> {
        self.inner.create(path)
    }

    fn resume<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<(Box<dyn FileWriter>, u64)>> {
        Box::pin(async move {
            let (inner, done) = self.inner.resume(path).await?;
            let writer: Box<dyn FileWriter> = Box::new(FailingWriter {
                inner,
                left: self.left.clone(),
                written: self.written.clone(),
            });
            Ok((writer, done))
        })
    }
}

#[test]
fn a_download_that_breaks_off_goes_on_where_it_stopped() {
    let (ports, _) = world(30);
    let job = block_on(finetuner(&ports).run(&demo(Scenario::Success))).unwrap();
    let total: usize = job.artifacts.iter().map(|a| a.bytes as usize).sum();
    let (left, written) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let failing = crate::base::ports::Ports {
        files: Rc::new(Failing {
            inner: ports.files.clone(),
            left: left.clone(),
            written: written.clone(),
        }),
        ..ports.clone()
    };
    let tuner = finetuner(&failing);
    let mut tries = 0;
    let paths = loop {
        left.set(700);
        match block_on(tuner.download_model(ID, "copy")) {
            Ok(paths) => break paths,
            Err(e) => assert_eq!(e.code(), "storage_full"),
        }
        tries += 1;
        assert!(tries < 1000);
    };
    assert!(tries > 3, "{total} bytes in {tries} tries");
    assert_eq!(written.get(), total, "no byte is written twice");
    for (a, path) in job.artifacts.iter().zip(&paths) {
        let (one, other) = (
            block_on(ports.files.read_all(&a.path)).unwrap(),
            block_on(ports.files.read_all(path)).unwrap(),
        );
        assert_eq!(one, other, "{path}");
    }
    // All of it as one file, with the list of checksums.
    let bytes = block_on(tuner.zip_artifacts("copy", Vec::new())).unwrap();
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    assert_eq!(zip.len(), job.artifacts.len() + 1);
    for a in &job.artifacts {
        let mut found = Vec::new();
        std::io::copy(&mut zip.by_name(&a.name).unwrap(), &mut found).unwrap();
        assert_eq!(
            crate::base::hash::sha256_hex(&found),
            a.sha256,
            "{}",
            a.name
        );
    }
    let nothing = block_on(tuner.zip_artifacts("elsewhere", Vec::new())).unwrap_err();
    assert_eq!(nothing.code(), "no_artifacts");
    // What is here, unchanged, is not fetched again; what was damaged is.
    left.set(usize::MAX);
    block_on(tuner.download_model(ID, "copy")).unwrap();
    assert_eq!(written.get(), total);
    block_on(ports.files.write_all(&paths[0], b"damaged")).unwrap();
    block_on(tuner.download_model(ID, "copy")).unwrap();
    assert_eq!(written.get(), total + job.artifacts[0].bytes as usize);
}
