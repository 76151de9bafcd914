//! Bundles, against the fields that the published packages declare.
//!
//! `fields.json` lists the fields of the argument classes of each package, read from the source
//! of the named version.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::trainer::Trainer;
use crate::provider::{CreateJob, Hyperparameters, RemoteFile, Setting};

fn job(base_model: &str, convention: &str) -> CreateJob {
    let file = |name: &str| RemoteFile {
        id: format!("runs/demo/{name}"),
        bytes: 10,
    };
    CreateJob {
        unique_key: "screensmith-1".to_owned(),
        name: "demo".to_owned(),
        base_model: base_model.to_owned(),
        description: Some("says \"hello\": world # 1".to_owned()),
        training: file("train.jsonl"),
        validation: Some(file("validation.jsonl")),
        train_samples: 90,
        validation_samples: 10,
        hyperparameters: Hyperparameters {
            n_epochs: Setting::Value(2),
            batch_size: Setting::Value(4),
            learning_rate_multiplier: Setting::Value(0.1),
            seed: Some(7),
            adapter_size: Some(32),
        },
        metadata: BTreeMap::new(),
        convention: Some(convention.to_owned()),
        folder: "runs/demo".to_owned(),
    }
}

fn files(trainer: Trainer, job: &CreateJob) -> BTreeMap<&'static str, String> {
    trainer.files(job).unwrap().into_iter().collect()
}

const QWEN25: &str = "Qwen/Qwen2.5-VL-3B-Instruct";

/// The fields of a file of ours: one `name: JSON` per line.
fn fields(yaml: &str) -> BTreeMap<String, Value> {
    let lines = yaml.lines().filter(|l| !l.starts_with('#'));
    lines
        .map(|l| {
            let (name, value) = l.split_once(": ").unwrap();
            (name.to_owned(), serde_json::from_str(value).unwrap())
        })
        .collect()
}

fn published(package: &str, class: &str) -> Vec<String> {
    let all: Value = serde_json::from_str(include_str!("fields.json")).unwrap();
    serde_json::from_value(all[package][class].clone()).unwrap()
}

#[test]
fn every_field_of_a_config_file_exists_in_the_pinned_version() {
    let all: Value = serde_json::from_str(include_str!("fields.json")).unwrap();
    let job = job(QWEN25, "smart28_full");
    for trainer in [Trainer::LlamaFactory, Trainer::MsSwift, Trainer::Axolotl] {
        let files = files(trainer, &job);
        let pin = format!("=={}", all[trainer.id()]["version"].as_str().unwrap());
        assert!(files["requirements.txt"].contains(&pin), "{}", trainer.id());
        let known = published(trainer.id(), "train.yaml");
        for name in fields(&files["train.yaml"]).keys() {
            // Not an argument: the environment of the run.
            let env = trainer == Trainer::MsSwift && name == "ENV";
            assert!(env || known.contains(name), "{}: {name}", trainer.id());
        }
    }
    let info: Value =
        serde_json::from_str(&files(Trainer::LlamaFactory, &job)["dataset_info.json"]).unwrap();
    let known = published("llamafactory", "dataset_info.json");
    for entry in info.as_object().unwrap().values() {
        let inner = ["columns", "tags"].map(|k| entry[k].as_object().unwrap());
        let names = entry.as_object().unwrap().keys();
        for name in names.chain(inner.into_iter().flat_map(|m| m.keys())) {
            assert!(known.contains(name), "{name}");
        }
    }
    let swift = fields(&files(Trainer::Axolotl, &job)["train.yaml"]);
    let known = published("axolotl", "datasets");
    for name in swift["datasets"][0].as_object().unwrap().keys() {
        assert!(known.contains(name), "{name}");
    }
}

/// Names of the arguments given to `call` in a Python source, one per line as we write them.
fn arguments(source: &str, call: &str) -> Vec<String> {
    let from = source.find(&format!("{call}(")).unwrap() + call.len() + 1;
    let mut depth = 1;
    let mut out = Vec::new();
    let mut word = String::new();
    for c in source[from..].chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            '=' if depth == 1 => out.push(word.trim().to_owned()),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        match c {
            ',' | '(' | '=' | '\n' => word.clear(),
            _ => word.push(c),
        }
    }
    out.retain(|w| !w.is_empty());
    out
}

#[test]
fn every_argument_of_the_train_scripts_exists_in_the_pinned_version() {
    let job = job(QWEN25, "smart28_full");
    let calls = [
        (Trainer::Trl, "SFTConfig", "SFTConfig", 10),
        (Trainer::Trl, "LoraConfig", "LoraConfig", 5),
        (Trainer::Trl, "SFTTrainer", "SFTTrainer", 6),
        (Trainer::Unsloth, "SFTConfig", "SFTConfig", 10),
        (
            Trainer::Unsloth,
            "FastVisionModel.from_pretrained",
            "FastVisionModel.from_pretrained",
            3,
        ),
        (
            Trainer::Unsloth,
            "FastVisionModel.get_peft_model",
            "FastVisionModel.get_peft_model",
            4,
        ),
        (
            Trainer::Unsloth,
            "UnslothVisionDataCollator",
            "UnslothVisionDataCollator",
            1,
        ),
    ];
    for (trainer, call, class, least) in calls {
        let source = &files(trainer, &job)["train.py"];
        let given = arguments(source, call);
        assert!(given.len() >= least, "{call}: {given:?}");
        let known = published(trainer.id(), class);
        for name in given {
            assert!(known.contains(&name), "{} {call}: {name}", trainer.id());
        }
    }
}

#[test]
fn hyperparameters_reach_every_trainer() {
    let job = job(QWEN25, "smart28_full");
    let swift = fields(&files(Trainer::MsSwift, &job)["train.yaml"]);
    assert_eq!(swift["num_train_epochs"], 2);
    assert_eq!(swift["gradient_accumulation_steps"], 4);
    assert_eq!(swift["lora_rank"], 32);
    assert_eq!(swift["seed"], 7);
    let llama = fields(&files(Trainer::LlamaFactory, &job)["train.yaml"]);
    assert_eq!(llama["num_train_epochs"], 2);
    assert_eq!(llama["eval_dataset"], "screens_validation");
    let axolotl = fields(&files(Trainer::Axolotl, &job)["train.yaml"]);
    assert_eq!(axolotl["num_epochs"], 2);
    assert_eq!(axolotl["lora_r"], 32);
    for trainer in [Trainer::MsSwift, Trainer::LlamaFactory, Trainer::Axolotl] {
        let text = &files(trainer, &job)["train.yaml"];
        // YAML 1.1 reads 1e-5 as a text.
        assert!(text.contains("learning_rate: 0.00001\n"), "{text}");
    }
    for trainer in [Trainer::Trl, Trainer::Unsloth] {
        let config: Value = serde_json::from_str(&files(trainer, &job)["config.json"]).unwrap();
        assert_eq!(config["epochs"], 2);
        assert_eq!(config["batch_size"], 4);
        assert_eq!(config["lora_rank"], 32);
        assert_eq!(config["learning_rate"], 1e-5);
        assert_eq!(config["train_file"], "train.jsonl");
    }
}

#[test]
fn pictures_are_seen_in_the_size_that_the_answers_count_on() {
    let bounds = |trainer, convention| {
        let files = files(trainer, &job(QWEN25, convention));
        match trainer {
            Trainer::Trl | Trainer::Unsloth => {
                let c: Value = serde_json::from_str(&files["config.json"]).unwrap();
                json!([c["min_pixels"], c["max_pixels"]])
            }
            Trainer::LlamaFactory => {
                let c = fields(&files["train.yaml"]);
                json!([c.get("image_min_pixels"), c.get("image_max_pixels")])
            }
            Trainer::MsSwift => {
                let env = fields(&files["train.yaml"])
                    .remove("ENV")
                    .unwrap_or_default();
                let number = |v: &Value| v.as_str().and_then(|t| t.parse::<u64>().ok());
                json!([number(&env["MIN_PIXELS"]), number(&env["MAX_PIXELS"])])
            }
            Trainer::Axolotl => {
                let k = fields(&files["train.yaml"])
                    .remove("processor_kwargs")
                    .unwrap_or_default();
                json!([k["min_pixels"], k["max_pixels"]])
            }
        }
    };
    for trainer in Trainer::ALL {
        assert_eq!(bounds(*trainer, "smart28_full"), json!([3136, 12_845_056]));
        assert_eq!(bounds(*trainer, "smart28"), json!([3136, 1_003_520]));
        assert_eq!(bounds(*trainer, "thousand"), json!([null, null]));
    }
}

#[test]
fn a_bundle_without_validation_asks_for_none() {
    let mut job = job("Qwen/Qwen3-VL-4B-Instruct", "thousand");
    job.validation = None;
    for trainer in Trainer::ALL {
        let files = files(*trainer, &job);
        for name in [
            "train.yaml",
            "config.json",
            "dataset_info.json",
            "README.md",
        ] {
            if let Some(text) = files.get(name) {
                assert!(
                    !text.contains("validation.jsonl"),
                    "{}: {name}",
                    trainer.id()
                );
            }
        }
        assert!(files["README.md"].contains("sh train.sh"));
        assert!(files["train.sh"].starts_with("#!/bin/sh\n"));
    }
    let llama = fields(&files(Trainer::LlamaFactory, &job)["train.yaml"]);
    assert_eq!(llama["template"], "qwen3_vl_nothink");
}

#[test]
fn a_model_without_a_known_template_is_refused_by_one_trainer_only() {
    for trainer in Trainer::ALL {
        let found = trainer.check("someone/new-model");
        assert_eq!(found.is_some(), *trainer == Trainer::LlamaFactory);
        assert_eq!(trainer.check(QWEN25), None);
    }
}

/// Reads a bundle (JSON of name → text on stdin) with the parsers of those who will run it.
#[cfg(not(target_arch = "wasm32"))]
const READ: &str = r#"
import ast, json, sys
out = {}
for name, text in json.load(sys.stdin).items():
    if name.endswith(".py"):
        ast.parse(text, name)
        out[name] = None
    elif name.endswith(".json"):
        out[name] = json.loads(text)
    elif name.endswith(".yaml"):
        try:
            import yaml
        except ImportError:
            # The test reads these files strictly, line by line, in any case.
            continue
        out[name] = yaml.safe_load(text)
json.dump(out, sys.stdout)
"#;

/// What `program` writes when it is given `input`; fails with what it complains about.
#[cfg(not(target_arch = "wasm32"))]
fn read_by(program: &str, arguments: &[&str], input: &str) -> String {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|e| panic!("{program}: {e}"));
    child
        .stdin
        .take()
        .unwrap()
        .write_all(input.as_bytes())
        .unwrap();
    let done = child.wait_with_output().unwrap();
    let complaint = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "{program}: {complaint}\n{input}");
    String::from_utf8(done.stdout).unwrap()
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn every_file_of_a_bundle_is_read_by_a_real_parser_as_it_was_meant() {
    for trainer in Trainer::ALL {
        let files = files(*trainer, &job(QWEN25, "smart28_full"));
        let input = serde_json::to_string(&files).unwrap();
        let read: BTreeMap<String, Value> =
            serde_json::from_str(&read_by("python3", &["-c", READ], &input)).unwrap();
        let runs = ["train.py", "train.yaml"];
        assert!(
            runs.iter().any(|name| files.contains_key(name)),
            "{}",
            trainer.id()
        );
        for (name, text) in &files {
            if name.ends_with(".py") || name.ends_with(".json") {
                assert!(read.contains_key(*name), "{}: {name}", trainer.id());
            }
            if name.ends_with(".yaml") {
                let meant = fields(text);
                assert!(!meant.is_empty());
                if let Some(found) = read.get(*name) {
                    assert_eq!(
                        found,
                        &serde_json::to_value(meant).unwrap(),
                        "{}: {name}",
                        trainer.id()
                    );
                }
            }
        }
        read_by("sh", &["-n"], files["train.sh"].as_str());
    }
}
