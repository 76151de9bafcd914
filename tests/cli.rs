//! The command line as a user runs it.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn screensmith(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_screensmith"))
        .args(args)
        .output()
        .unwrap()
}

fn ok(args: &[&str]) -> Value {
    let mut args = args.to_vec();
    args.push("--json");
    let out = screensmith(&args);
    assert!(
        out.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    serde_json::from_slice(&out.stdout).unwrap()
}

/// Exit code and error code of a command that must fail.
fn refused(args: &[&str]) -> (i32, String) {
    let mut args = args.to_vec();
    args.push("--json");
    let out = screensmith(&args);
    let value: Value = serde_json::from_slice(&out.stdout).unwrap_or(Value::Null);
    (
        out.status.code().unwrap(),
        value["error"]["code"].as_str().unwrap_or("").to_owned(),
    )
}

/// Every file below `root` with its content, except manifests and unfinished work.
fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, at: &Path, out: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, out);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                out.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(root, root, &mut out);
    out
}

fn str_of(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_dataset_is_the_same_made_at_once_in_shards_or_after_an_interruption() {
    let dir = tempfile::tempdir().unwrap();
    let whole = dir.path().join("whole");
    let base = ["generate", "--count", "7", "--seed", "11", "--out"];
    let run = |out: &Path, more: &[&str]| {
        let mut args = base.to_vec();
        args.push(str_of(out));
        args.extend(more);
        ok(&args)
    };
    let made = run(&whole, &["--jobs", "2"]);
    assert_eq!(made["samples"], 7);
    let expected = tree(&whole);
    assert!(expected.contains_key("images/000006.png"));
    assert!(expected.contains_key("html/000006.html"));
    assert!(expected.contains_key("html/fonts/inter-400.ttf"));

    // Three machines, in any order, into one folder.
    let sharded = dir.path().join("sharded");
    for k in ["2/3", "0/3", "1/3"] {
        run(&sharded, &["--shard", k, "--jobs", "1"]);
    }
    let joined: BTreeMap<_, _> = tree(&sharded)
        .into_iter()
        .filter(|(name, _)| !name.contains("-of-"))
        .collect();
    assert_eq!(
        joined.keys().collect::<Vec<_>>(),
        expected.keys().collect::<Vec<_>>()
    );
    assert!(joined == expected, "the joined shards differ");

    // A run that was cut off in the middle of a line.
    let resumed = dir.path().join("resumed");
    run(&resumed, &[]);
    let lines = fs::read(resumed.join("dataset.jsonl")).unwrap();
    let third = lines
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b'\n')
        .nth(2)
        .unwrap()
        .0;
    fs::write(resumed.join("dataset.jsonl.part"), &lines[..third + 40]).unwrap();
    let manifest: Value =
        serde_json::from_slice(&fs::read(resumed.join("manifest.json")).unwrap()).unwrap();
    let progress = serde_json::json!({
        "generator_version": manifest["generator_version"], "config": manifest["config"],
        "shard": {"k": 0, "n": 1}, "embed_images": false,
    });
    fs::write(
        resumed.join("dataset.jsonl.part.json"),
        progress.to_string(),
    )
    .unwrap();
    for name in ["dataset.jsonl", "manifest.json", "images/000005.png"] {
        fs::remove_file(resumed.join(name)).unwrap();
    }
    assert_eq!(run(&resumed, &[])["resumed_from"], 3);
    assert!(tree(&resumed) == expected, "the resumed dataset differs");

    // Once more changes nothing; other settings are refused.
    assert_eq!(run(&resumed, &[])["resumed_from"], 7);
    let (code, error) = refused(&[
        "generate",
        "--count",
        "8",
        "--seed",
        "11",
        "--out",
        str_of(&resumed),
    ]);
    assert_eq!((code, error.as_str()), (2, "out_not_empty"));
}

#[test]
fn pictures_can_be_embedded_and_summed_up() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("ds");
    ok(&[
        "generate",
        "--count",
        "3",
        "--seed",
        "5",
        "--embed-images",
        "--image",
        "jpeg",
        "--out",
        str_of(&out),
    ]);
    let file = out.join("dataset.jsonl");
    let text = fs::read_to_string(&file).unwrap();
    let first: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    assert!(
        first["screenshot_base64"]
            .as_str()
            .unwrap()
            .starts_with("/9j/")
    );
    assert!(first.get("image").is_none());
    let stats = ok(&["stats", str_of(&file)]);
    assert_eq!(stats["total_samples"], 3);
    assert_eq!(stats["with_image"], 3);
    let sheet = dir.path().join("sheet.png");
    ok(&["preview", "--in", str_of(&file), "--out", str_of(&sheet)]);
    let picture = image::open(&sheet).unwrap();
    assert_eq!(picture.width(), 3 * 492 + 12);

    // A broken line is reported with its row and does not stop the count.
    fs::write(&file, format!("{text}{{\"layout_id\": 3}}\n")).unwrap();
    let out = screensmith(&["stats", str_of(&file), "--json"]);
    assert_eq!(out.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(report["problems"][0]["path"], "row 4");
    assert_eq!(report["total_samples"], 3);
}

#[test]
fn wrong_use_is_exit_code_2_with_a_code() {
    let dir = tempfile::tempdir().unwrap();
    let out = str_of(dir.path());
    let config = dir.path().join("c.json");
    for (text, expected) in [
        (r#"{"num_sample": 3}"#, "config_invalid"),
        (r#"{"screenshot_width": 0}"#, "viewport_size"),
        (r#"{"screenshot_width": 9000}"#, "viewport_size"),
        (
            r#"{"min_elements": 9, "max_elements": 3}"#,
            "elements_range",
        ),
        (r#"{"ui_types": []}"#, "ui_types_empty"),
        (r#"{"ui_types": ["spaceship"]}"#, "ui_types_unknown"),
        ("{", "config_invalid"),
    ] {
        fs::write(&config, text).unwrap();
        let made = dir.path().join("made");
        let (code, error) = refused(&[
            "generate",
            "--config",
            str_of(&config),
            "--out",
            str_of(&made),
        ]);
        assert_eq!((code, error.as_str()), (2, expected), "{text}");
        assert!(!made.exists(), "{text}: nothing may be written");
    }
    assert_eq!(refused(&["generate", "--shard", "3/3", "--out", out]).0, 2);
    assert_eq!(
        refused(&["generate", "--shard", "0/2", "--out", out]).1,
        "shard_seed"
    );
    assert_eq!(
        refused(&["stats", "/nonexistent.jsonl"]).1,
        "file_unreadable"
    );
    assert_eq!(refused(&["generate"]).0, 2);
}

#[test]
fn lines_of_each_provider_are_split_written_and_accepted() {
    let dir = tempfile::tempdir().unwrap();
    let ds = dir.path().join("ds");
    ok(&[
        "generate",
        "--count",
        "24",
        "--seed",
        "3",
        "--out",
        str_of(&ds),
    ]);
    let file = ds.join("dataset.jsonl");
    for (provider, more) in [
        ("openai", &["--model", "gpt-4o-2024-08-06"][..]),
        ("gemini", &["--image-uri-prefix", "gs://bucket/run1/"][..]),
        ("custom", &[][..]),
    ] {
        let out = dir.path().join(provider);
        let mut args = vec![
            "format",
            "--provider",
            provider,
            "--in",
            str_of(&file),
            "--out",
            str_of(&out),
            "--json",
        ];
        args.extend(more);
        let done = screensmith(&args);
        let report: Value = serde_json::from_slice(&done.stdout).unwrap();
        let count = |name: &str| fs::read_to_string(out.join(name)).unwrap().lines().count() as u64;
        let (train, validation) = (count("train.jsonl"), count("validation.jsonl"));
        assert_eq!(train + validation, 24, "{provider}");
        assert!(train > 0 && validation > 0, "{provider}");
        assert_eq!(report["train_samples"], train, "{provider}");
        assert_eq!(report["leaks"]["shared_layouts"], 0, "{provider}");
        let train_file = out.join("train.jsonl");
        let checked = screensmith(&[
            "validate",
            "--provider",
            provider,
            str_of(&train_file),
            "--json",
        ]);
        assert_eq!(
            checked.status.code(),
            Some(0),
            "{provider}: {}",
            String::from_utf8_lossy(&checked.stderr)
        );
    }
    // A line cut in half is found, with its row.
    let train = dir.path().join("openai/train.jsonl");
    let text = fs::read_to_string(&train).unwrap();
    fs::write(&train, &text[..text.len() - 200]).unwrap();
    let checked = screensmith(&["validate", "--provider", "openai", str_of(&train), "--json"]);
    assert_eq!(checked.status.code(), Some(1));
    let report: Value = serde_json::from_slice(&checked.stdout).unwrap();
    let row = format!("row {}", text.lines().count());
    assert!(
        report["problems"]
            .as_array()
            .unwrap()
            .iter()
            .any(|p| p["path"].as_str().unwrap().starts_with(&row)),
        "{report}"
    );
}

/// A practice job over a small dataset: its folder, and the arguments that name its store.
fn practice(job: &str, more: &str) -> (tempfile::TempDir, [String; 2], String) {
    let dir = tempfile::tempdir().unwrap();
    let ds = dir.path().join("ds");
    ok(&[
        "generate",
        "--count",
        "20",
        "--seed",
        "3",
        "--out",
        str_of(&ds),
    ]);
    let config = dir.path().join("ft.json");
    let text = format!(
        r#"{{"dataset_path":"{}","output_dir":"{}","provider":"openai","job_name":"{job}",
        "base_model":"gpt-4o-2024-08-06"{more}}}"#,
        str_of(&ds.join("dataset.jsonl")),
        str_of(&dir.path().join("out")),
    );
    fs::write(&config, text).unwrap();
    let store = [
        "--store".to_owned(),
        str_of(&dir.path().join("runs")).to_owned(),
    ];
    let config = str_of(&config).to_owned();
    (dir, store, config)
}

#[test]
fn a_job_is_cancelled_from_another_process() {
    let slow = r#","provider_options":{"simulated":{"speed":1.0}}"#;
    let (_dir, [flag, store], config) = practice("demo", slow);
    let mut runner = Command::new(env!("CARGO_BIN_EXE_screensmith"))
        .args(["run", "--config", &config, &flag, &store, "--quiet"])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let jobs = |args: &[&str]| {
        let mut all = vec!["jobs"];
        all.extend(args);
        all.extend([flag.as_str(), store.as_str()]);
        ok(&all)
    };
    for _ in 0..600 {
        let list = jobs(&["list"]);
        if list[0]["state"]["phase"] == "remote" {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    // Notes are written beside the running driver, too.
    jobs(&["note", "demo", "too slow"]);
    let job = jobs(&["cancel", "demo"]);
    assert_eq!(job["status"], "cancelled");
    assert_eq!(job["note"], "too slow");
    assert_eq!(
        runner.wait().unwrap().code(),
        Some(3),
        "the driver has seen it"
    );
    assert_eq!(jobs(&["list"]).as_array().unwrap().len(), 1);
}

#[test]
fn a_queue_is_worked_off_and_a_run_is_bundled() {
    let (dir, [flag, store], config) = practice(
        "first",
        r#","provider_options":{"simulated":{"speed":100.0}}"#,
    );
    let in_store = |args: &[&str]| {
        let mut all = args.to_vec();
        all.extend([flag.as_str(), store.as_str()]);
        ok(&all)
    };
    let before = in_store(&["run", "--config", &config, "--preflight"]);
    assert_eq!(before["sends"], serde_json::json!([]));
    assert!(before["estimate"]["training_tokens"].as_u64().unwrap() > 1000);
    let waiting = in_store(&["run", "--config", &config, "--enqueue"]);
    assert_eq!(waiting["status"], "scheduled");
    let text = fs::read_to_string(&config).unwrap();
    let second =
        text.replace("\"first\"", "\"second\"")
            .replacen('{', r#"{"start":{"after":"first"},"#, 1);
    let second_config = dir.path().join("second.json");
    fs::write(&second_config, second).unwrap();
    in_store(&["run", "--config", str_of(&second_config), "--enqueue"]);
    let done = in_store(&["jobs", "work"]);
    for job in done.as_array().unwrap() {
        assert_eq!(job["status"], "completed", "{job}");
    }
    let again = in_store(&[
        "jobs",
        "retry",
        "first",
        "--set",
        "hyperparameters.n_epochs=2",
        "--name",
        "third",
    ]);
    assert_eq!(
        (&again["retry_of"], &again["status"]),
        (&"first".into(), &"completed".into())
    );
    assert_eq!(again["config"]["hyperparameters"]["n_epochs"], 2);
    in_store(&["jobs", "tag", "third", "good", "small"]);
    let tagged = in_store(&["jobs", "list", "--tag", "good"]);
    assert_eq!(tagged.as_array().unwrap().len(), 1);
    let page = in_store(&["jobs", "events", "third", "--limit", "3"]);
    assert_eq!(page["events"].as_array().unwrap().len(), 3);
    let curves = in_store(&["jobs", "metrics", "third"]);
    assert_eq!(curves[0]["name"], "train_loss");
    let slots = in_store(&["jobs", "slots", "--set", "openai=3"]);
    assert_eq!((&slots["openai"], &slots["custom"]), (&3.into(), &1.into()));
    let zip = dir.path().join("run.zip");
    in_store(&["jobs", "bundle", "third", "--out", str_of(&zip)]);
    assert_eq!(&fs::read(&zip).unwrap()[..4], b"PK\x03\x04");
    in_store(&["jobs", "archive", "third"]);
    assert_eq!(in_store(&["jobs", "list"]).as_array().unwrap().len(), 2);
    in_store(&["jobs", "delete", "third"]);
    let (code, error) = refused(&["jobs", "show", "third", &flag, &store]);
    assert_eq!((code, error.as_str()), (2, "job_missing"));
}
