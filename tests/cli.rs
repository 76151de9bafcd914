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
fn two_processes_in_one_folder_do_not_mix_their_lines() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("ds");
    let args = [
        "generate",
        "--count",
        "60",
        "--seed",
        "5",
        "--quiet",
        "--out",
        str_of(&out),
    ];
    let start = || {
        Command::new(env!("CARGO_BIN_EXE_screensmith"))
            .args(args)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut both = [start(), start()];
    let codes = both.each_mut().map(|p| p.wait().unwrap().code().unwrap());
    assert!(codes.contains(&0), "{codes:?}");
    assert!(codes.iter().all(|c| [0, 2].contains(c)), "{codes:?}");
    assert_eq!(ok(&args)["samples"], 60);
    let lines = fs::read_to_string(out.join("dataset.jsonl")).unwrap();
    assert_eq!(lines.lines().count(), 60);
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

/// Answers chat completions on a free port: each with `content`, in order. The requests come out.
fn chat_server(content: Vec<String>) -> (String, std::thread::JoinHandle<Vec<String>>) {
    use std::io::{Read as _, Write as _};
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let mut seen = Vec::new();
        for text in content {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = Vec::new();
            let mut part = [0; 65536];
            loop {
                let n = stream.read(&mut part).unwrap();
                bytes.extend_from_slice(&part[..n]);
                let all = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = all.split_once("\r\n\r\n") else {
                    continue;
                };
                let length = head
                    .lines()
                    .find_map(|l| {
                        l.to_ascii_lowercase()
                            .strip_prefix("content-length:")
                            .map(|v| v.trim().parse::<usize>().unwrap())
                    })
                    .unwrap();
                if body.len() >= length {
                    seen.push(all);
                    break;
                }
            }
            let body = serde_json::json!({"choices": [{"message": {"content": text}}]}).to_string();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            )
            .unwrap();
        }
        seen
    });
    (url, thread)
}

#[test]
fn models_are_compared_from_files_and_asked_where_they_answer() {
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    ok(&[
        "generate",
        "--count",
        "4",
        "--seed",
        "5",
        "--out",
        &at("ds"),
    ]);
    let input = at("ds/dataset.jsonl");
    let list = at("questions.jsonl");
    let asked = ok(&[
        "compare",
        "--in",
        &input,
        "--side",
        "all",
        "--limit",
        "8",
        "--questions",
        &list,
    ]);
    assert_eq!(asked["questions"], 8);
    let questions: Vec<Value> = fs::read_to_string(&list)
        .unwrap()
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let center = |q: &Value| {
        let t = &q["target"];
        let middle = |a: &str, b: &str| t[a].as_f64().unwrap() + t[b].as_f64().unwrap() / 2.0;
        format!("[{}, {}]", middle("x", "width"), middle("y", "height"))
    };
    let write = |name: &str, answer: &dyn Fn(usize, &Value) -> String| {
        let lines: Vec<String> = questions
            .iter()
            .enumerate()
            .map(|(i, q)| serde_json::json!({"id": q["id"], "answer": answer(i, q)}).to_string())
            .collect();
        fs::write(at(name), lines.join("\n")).unwrap();
        at(name)
    };
    let base = write("base.jsonl", &|i, q| match i {
        0 | 1 => center(q),
        _ => "I do not know".to_owned(),
    });
    let tuned = write("tuned.jsonl", &|i, q| match i {
        0 => "[-5, -5]".to_owned(),
        _ => center(q),
    });
    let files = [
        "compare", "--in", &input, "--side", "all", "--limit", "8", "--base", &base, "--tuned",
        &tuned,
    ];
    let sheet = at("sheet.png");
    let mut args = files.to_vec();
    let report = at("report.md");
    args.extend(["--out", &sheet, "--report", &report]);
    let found = ok(&args);
    assert_eq!(found["questions"], 8);
    assert_eq!(found["base"]["hits"]["count"], 2);
    assert_eq!(found["tuned"]["hits"]["count"], 7);
    assert_eq!(found["paired"]["base_only"], 1);
    assert_eq!(found["paired"]["tuned_only"], 6);
    assert_eq!(found["base"]["unread"], 6);
    // 2 · (1 + 7) / 2^7.
    assert!((found["paired"]["p_value"].as_f64().unwrap() - 0.125).abs() < 1e-12);
    assert_eq!(&fs::read(&sheet).unwrap()[1..4], b"PNG");
    let report = fs::read_to_string(&report).unwrap();
    assert!(report.contains("| Hits | 2 of 8 | 7 of 8 |"), "{report}");
    let json = at("report.json");
    let mut args = files.to_vec();
    args.extend(["--report", &json]);
    ok(&args);
    let kept: Value = serde_json::from_slice(&fs::read(&json).unwrap()).unwrap();
    assert_eq!(kept["comparison"]["paired"]["tuned_only"], 6);
    let text = String::from_utf8(screensmith(&files).stdout).unwrap();
    assert!(
        text.contains("7 of 8") && text.contains("+62.5 points"),
        "{text}"
    );

    assert_eq!(
        refused(&["compare", "--in", &input]),
        (2, "compare_empty".to_owned())
    );
    assert_eq!(
        refused(&[
            "compare",
            "--in",
            &input,
            "--base",
            &base,
            "--tuned",
            &at("none")
        ]),
        (2, "file_unreadable".to_owned())
    );

    // A model that the user serves: what has no answer yet is asked, each answer kept at once.
    let (url, thread) = chat_server(vec![center(&questions[6]), center(&questions[7])]);
    let store = at("store");
    fs::create_dir_all(&store).unwrap();
    let config = at("finetune.json");
    let job = serde_json::json!({
        "dataset_path": input, "output_dir": at("out"), "provider": "custom",
        "base_model": "base-name", "job_name": "own", "register_llm_key": "OWN",
        "provider_options": {},
    });
    fs::write(&config, job.to_string()).unwrap();
    ok(&["run", "--config", &config, "--store", &store]);
    let six: Vec<String> = fs::read_to_string(&tuned)
        .unwrap()
        .lines()
        .take(6)
        .map(str::to_owned)
        .collect();
    // As after a run that was cut off within a line.
    fs::write(&tuned, six.join("\n") + "\n{\"id\": \"0/").unwrap();
    let mut args = files.to_vec();
    args.extend([
        "--model",
        "OWN",
        "--base-url",
        &url,
        "--convention",
        "absolute",
        "--store",
        &store,
    ]);
    let found = ok(&args);
    assert_eq!(found["tuned"]["hits"]["count"], 7);
    let seen = thread.join().unwrap();
    assert!(
        seen[0].starts_with("POST /v1/chat/completions "),
        "{}",
        &seen[0][..80]
    );
    assert!(seen[0].contains("You locate elements of user interfaces."));
    assert_eq!(read_lines(&tuned), 8);
    // All are answered: nobody is asked.
    ok(&args);

    // The registry: versions, names and words.
    let with = |args: &[&str]| {
        let mut all = vec!["registry"];
        all.extend(args);
        all.extend(["--store", store.as_str()]);
        ok(&all)
    };
    assert_eq!(with(&["versions", "OWN"])[0]["version"], 1);
    assert_eq!(with(&["alias", "production", "OWN"])["version"], 1);
    assert_eq!(with(&["show", "production"])["key"], "OWN");
    assert_eq!(with(&["tag", "OWN", "best", "wide"])["tags"][1], "wide");
    assert_eq!(
        with(&["list", "--tag", "best"]).as_array().unwrap().len(),
        1
    );
    assert_eq!(
        with(&["list", "--tag", "none"]).as_array().unwrap().len(),
        0
    );
    assert_eq!(with(&["note", "OWN@1", "keep"])["note"], "keep");
    assert_eq!(with(&["alias"])[0]["alias"], "production");
    assert_eq!(
        refused(&["registry", "remove", "OWN@1", "--store", &store]),
        (2, "version_aliased".to_owned())
    );
    with(&["alias", "production", "--remove"]);
    with(&["remove", "OWN"]);
    assert_eq!(
        refused(&["registry", "show", "OWN", "--store", &store]),
        (2, "llm_config_missing".to_owned())
    );
}

fn read_lines(path: &str) -> usize {
    fs::read_to_string(path).unwrap().lines().count()
}

#[test]
fn a_reader_that_leaves_does_not_stop_the_work() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("ds");
    let mut child = Command::new(env!("CARGO_BIN_EXE_screensmith"))
        .args(["generate", "--count", "2", "--seed", "7", "--out"])
        .arg(&out)
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    assert!(child.wait().unwrap().success());
    let rows = fs::read_to_string(out.join("dataset.jsonl")).unwrap();
    assert_eq!(rows.lines().count(), 2);
}
