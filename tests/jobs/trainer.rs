//! Jobs on the reference HTTP trainer, run for real by Python.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use screensmith::base::ports::Secret;
use screensmith::base::system::block_on;
use screensmith::job::{FineTuneConfig, FineTuneJob, JobStatus, State};
use screensmith::provider::ProviderName;
use serde_json::Value;

use crate::harness::{World, dataset};

const SERVER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/provider/custom/server.py");
const KEY: &str = "CUSTOM_TRAINER_API_KEY";

/// Stands for a training: reads all there is to read, counts, and writes what it counted.
const TRAIN: &str = r#"
import base64, json, os, sys, time
config = json.load(open("config.json"))
rows = [json.loads(l) for l in open(config["train_file"])]
pictures = 0
for row in rows:
    assert row["messages"][-1]["role"] == "assistant"
    for part in row["messages"][1]["content"]:
        if part["type"] == "image_url":
            head, body = part["image_url"]["url"].split(",", 1)
            assert head == "data:image/png;base64" and base64.b64decode(body)[:4] == b"\x89PNG"
            pictures += 1
checked = sum(1 for _ in open(config["validation_file"])) if config["validation_file"] else 0
print("reading done", flush=True)
for step in (1, 2, 3):
    print(json.dumps({"step": step, "total_steps": 3, "train_loss": 1 / step}), flush=True)
if "slow" in sys.argv:
    time.sleep(60)
if "fail" in sys.argv:
    sys.exit("out of memory")
os.makedirs("output/tokenizer")
json.dump({"rows": len(rows), "pictures": pictures, "checked": checked, "epochs": config["epochs"]}, open("output/counts.json", "w"))
open("output/tokenizer/empty.txt", "w")
open("output/adapter.bin", "wb").write(bytes(i * 7 % 251 for i in range(1000)) * 18000)
"#;

/// A running trainer; it ends with it.
struct Trainer {
    child: Child,
    url: String,
    folder: tempfile::TempDir,
}

impl Trainer {
    fn start(mode: &str, key: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = folder.path().join("train.py");
        std::fs::write(&script, TRAIN).unwrap();
        let mut child = Command::new("python3")
            .arg(SERVER)
            .args(["--port", "0", "--folder"])
            .arg(folder.path().join("runs"))
            .arg("--command")
            .arg(format!("python3 {} {mode}", script.display()))
            .env(KEY, key)
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python runs the trainer");
        let mut line = String::new();
        let output = child.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut line).unwrap();
        let told: Value = serde_json::from_str(&line).unwrap();
        Self {
            url: told["url"].as_str().unwrap().to_owned(),
            child,
            folder,
        }
    }

    fn jobs(&self) -> usize {
        let runs = std::fs::read_dir(self.folder.path().join("runs")).unwrap();
        let is_job = |e: &std::fs::DirEntry| e.file_name().to_string_lossy().starts_with("job-");
        runs.filter(|e| is_job(e.as_ref().unwrap())).count()
    }
}

impl Drop for Trainer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn world() -> World {
    let world = World::new();
    world.files.insert("data/ui.jsonl", dataset(20, 0));
    world
}

fn config(trainer: &Trainer) -> FineTuneConfig {
    let model = "Qwen/Qwen3-VL-4B-Instruct";
    let mut c = FineTuneConfig::new("data/ui.jsonl", ProviderName::Custom, model);
    c.output_dir = "runs".to_owned();
    c.job_name = Some("own-1".to_owned());
    c.register_llm_key = Some("OWN_GROUNDER".to_owned());
    c.provider_options.trainer_url = Some(trainer.url.clone());
    c
}

fn completed(world: &World, job: &FineTuneJob) {
    assert_eq!(job.status, JobStatus::Completed, "{job:#?}");
    assert_eq!(job.model_name.as_deref(), Some("own-1"));
    assert_eq!(job.convention.as_deref(), Some("thousand"));
    let read = |name: &str| {
        world
            .files
            .get(&format!("runs/own-1/artifacts/{name}"))
            .unwrap()
    };
    let counts: Value = serde_json::from_slice(&read("counts.json")).unwrap();
    assert_eq!(counts["rows"], job.metrics.train_samples);
    assert_eq!(counts["pictures"], job.metrics.train_samples);
    assert_eq!(counts["checked"], job.metrics.validation_samples);
    assert_eq!(counts["epochs"], 3);
    // More than two requests' worth, byte for byte.
    let adapter = read("adapter.bin");
    assert_eq!(adapter.len(), 18_000_000);
    let right = |(i, b): (usize, &u8)| usize::from(*b) == i % 1000 * 7 % 251;
    assert!(adapter.iter().enumerate().all(right));
    assert_eq!(read("tokenizer/empty.txt").len(), 0);
    block_on(world.registry().get("OWN_GROUNDER")).unwrap();
}

#[test]
fn a_job_runs_on_a_real_trainer_to_a_registered_model() {
    let trainer = Trainer::start("", "own-key-17");
    let world = world();
    let refused = block_on(world.tuner().run(&config(&trainer))).unwrap_err();
    assert_eq!(refused.code(), "unauthorized");
    world.secrets.insert(KEY, Secret::new("own-key-17"));
    let job = block_on(world.tuner().run(&config(&trainer))).unwrap();
    completed(&world, &job);
    assert_eq!(trainer.jobs(), 1);
    let events = block_on(world.tuner().job_manager().events("own-1")).unwrap();
    let told: Vec<&str> = events.iter().map(|e| e.message.as_str()).collect();
    assert_eq!(
        told,
        ["Job created", "reading done", "Step 1", "Step 2", "Step 3"]
    );
    assert_eq!(events[4].metrics.unwrap().train_loss, Some(1.0 / 3.0));
    assert!(!world.told.borrow().contains("own-key-17"));
}

#[test]
fn a_program_that_ends_anywhere_makes_one_job() {
    for at in 0..14 {
        let trainer = Trainer::start("", "");
        let world = world();
        world.client.left.set(at);
        let killed = block_on(world.tuner().run(&config(&trainer)));
        assert_eq!(killed.unwrap_err().code(), "killed", "{at}");
        world.client.left.set(usize::MAX);
        let job = block_on(world.tuner().wait("own-1")).unwrap();
        completed(&world, &job);
        assert_eq!(trainer.jobs(), 1, "{at}");
    }
}

#[test]
fn a_command_that_fails_is_told_with_its_output() {
    let trainer = Trainer::start("fail", "");
    let world = world();
    let job = block_on(world.tuner().run(&config(&trainer))).unwrap();
    let State::Failed { error, .. } = &job.state else {
        panic!("{job:#?}")
    };
    assert_eq!(error.code, "command_failed");
    let events = block_on(world.tuner().job_manager().events("own-1")).unwrap();
    assert!(events.iter().any(|e| e.message == "out of memory"));
}

#[test]
fn a_running_command_can_be_cancelled() {
    let trainer = Trainer::start("slow", "");
    let world = world();
    block_on(world.tuner().start_finetune(&config(&trainer))).unwrap();
    block_on(world.tuner().cancel("own-1")).unwrap();
    let job = block_on(world.tuner().wait("own-1")).unwrap();
    assert_eq!(job.status, JobStatus::Cancelled);
}

#[test]
fn the_python_of_bundles_and_trainer_is_python() {
    let folder = Path::new(SERVER).parent().unwrap();
    for name in ["server.py", "train_trl.py", "train_unsloth.py"] {
        let done = Command::new("python3")
            .args(["-c", "import ast, sys; ast.parse(open(sys.argv[1]).read())"])
            .arg(folder.join(name))
            .status()
            .unwrap();
        assert!(done.success(), "{name}");
    }
    let lines = std::fs::read_to_string(SERVER).unwrap().lines().count();
    assert!(lines < 200, "{lines} lines");
}
