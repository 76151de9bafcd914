//! Jobs: begun, driven by several processes, cancelled, bundled.

use std::fs;
use std::process::Command;

use crate::{ok, refused, screensmith, str_of};

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
fn what_cannot_come_to_an_end_is_not_begun() {
    let few = r#","validation_split":0.99,"provider_options":{"simulated":{"speed":1000.0}}"#;
    let (dir, [flag, store], config) = practice("demo", few);
    let out = screensmith(&["run", "--config", &config, &flag, &store]);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(1), "{said}");
    assert!(said.contains("min_examples"), "{said}");
    assert!(said.contains("nothing was started"), "{said}");
    assert!(
        ok(&["jobs", "list", &flag, &store])
            .as_array()
            .unwrap()
            .is_empty()
    );
    assert!(!dir.path().join("out").exists());
}

#[test]
fn another_try_and_the_queue_tell_what_goes_wrong() {
    let fast = r#","provider_options":{"simulated":{"speed":1000.0,"scenario":"invalid_file"}}"#;
    let (_dir, [flag, store], config) = practice("demo", fast);
    let run = |args: &[&str]| {
        let mut all = args.to_vec();
        all.extend([flag.as_str(), store.as_str()]);
        let out = screensmith(&all);
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (out.status.code(), text(&out.stdout), text(&out.stderr))
    };
    assert_eq!(run(&["run", "--config", &config, "--enqueue"]).0, Some(0));
    let (code, _, said) = run(&["jobs", "work"]);
    assert_eq!(code, Some(3), "{said}");
    assert!(said.contains("invalid_n_examples"), "{said}");
    let (_, shown, _) = run(&["jobs", "show", "demo"]);
    assert!(
        shown.contains("why") && shown.contains("invalid_n_examples"),
        "{shown}"
    );
    // A second look at the queue finds nothing new.
    assert_eq!(run(&["jobs", "work"]).0, Some(0));

    // What would be refused is not tried again either.
    let (code, _, said) = run(&["jobs", "retry", "demo", "--set", "validation_split=0.99"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("nothing was started"), "{said}");
    assert_eq!(
        ok(&["jobs", "list", &flag, &store])
            .as_array()
            .unwrap()
            .len(),
        1
    );
    let well = "provider_options.simulated.scenario=success";
    let (code, _, said) = run(&["jobs", "retry", "demo", "--set", well]);
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("Dataset       ok"), "{said}");
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

#[test]
fn a_bundle_is_copied_with_its_pictures_and_says_what_is_left_to_do() {
    let more = r#","register_llm_key":"OWN","format":{"tasks":["point"]}"#;
    let (dir, [flag, store], config) = practice("own", more);
    let text = fs::read_to_string(&config).unwrap();
    let text = text
        .replace("\"openai\"", "\"custom\"")
        .replace("gpt-4o-2024-08-06", "Qwen/Qwen2.5-VL-3B-Instruct");
    fs::write(&config, text).unwrap();
    let out = screensmith(&["run", "--config", &config, &flag, &store]);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(out.status.success(), "{out:?}");
    assert!(said.contains("nothing is trained yet"), "{said}");

    let to = dir.path().join("copy");
    let all = ok(&[
        "jobs",
        "artifacts",
        "own",
        "--out",
        str_of(&to),
        &flag,
        &store,
    ]);
    let made = dir.path().join("out/own");
    let pictures = fs::read_dir(made.join("images")).unwrap().count();
    let copied = fs::read_dir(to.join("images")).unwrap().count();
    assert!(pictures > 0 && copied == pictures, "{copied} of {pictures}");
    for path in all.as_array().unwrap() {
        let copy = std::path::Path::new(path.as_str().unwrap());
        let name = copy.strip_prefix(&to).unwrap();
        assert_eq!(fs::read(copy).unwrap(), fs::read(made.join(name)).unwrap());
    }

    // Nothing of it lies at a vendor, so there is nothing to confirm.
    let clean = ok(&["jobs", "clean", "own", &flag, &store]);
    assert_eq!(clean, serde_json::json!({"files": [], "pictures": 0}));
}

#[test]
fn what_is_not_there_is_said_to_be_absent() {
    let slow = r#","start":{"after":"first"},"provider_options":{"simulated":{}}"#;
    let (dir, [flag, store], config) = practice("second", slow);
    for command in [
        ["jobs", "events", "nope"],
        ["jobs", "metrics", "nope"],
        ["jobs", "artifacts", "nope"],
        ["registry", "remove", "NOPE"],
        ["registry", "remove", "NOPE@2"],
    ] {
        let mut all = command.to_vec();
        if command[1] == "artifacts" {
            all.extend(["--out", "x"]);
        }
        all.extend([flag.as_str(), store.as_str()]);
        let (code, error) = refused(&all);
        assert_eq!(code, 2, "{command:?}: {error}");
        assert!(error.ends_with("_missing"), "{command:?}: {error}");
    }
    let (code, error) = refused(&["registry", "alias", "zz", "--remove", &flag, &store]);
    assert_eq!((code, error.as_str()), (2, "alias_missing"));
    let (code, error) = refused(&["generate", "--jobs", "0", "--out", "x"]);
    assert_eq!((code, error.as_str()), (2, "usage"));

    // A job that waits says what for.
    let first = fs::read_to_string(&config).unwrap();
    let first = first
        .replace("\"second\"", "\"first\"")
        .replace("{\"after\":\"first\"}", "\"when_free\"");
    let path = dir.path().join("first.json");
    fs::write(&path, first).unwrap();
    for config in [str_of(&path), &config] {
        ok(&["run", "--config", config, "--enqueue", &flag, &store]);
    }
    for (job, what) in [
        ("first", "a free slot at OpenAI"),
        ("second", "the job first to complete"),
    ] {
        let out = screensmith(&["jobs", "show", job, &flag, &store]);
        let said = String::from_utf8_lossy(&out.stdout).into_owned();
        assert!(said.contains("waits for") && said.contains(what), "{said}");
    }

    // A folder that is a file is found before anything is begun.
    let text = fs::read_to_string(&config).unwrap();
    let out = format!("\"{}\"", str_of(&dir.path().join("out")));
    let text = text
        .replace(&out, &format!("\"{}\"", str_of(&path)))
        .replace("\"second\"", "\"third\"");
    fs::write(&path, text).unwrap();
    let third = [
        "run",
        "--config",
        str_of(&path),
        "--preflight",
        &flag,
        &store,
    ];
    let out = screensmith(&third);
    assert_eq!(out.status.code(), Some(1));
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(said.contains("error[output_dir]"), "{said}");
}
