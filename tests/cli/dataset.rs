//! Datasets, lines and their checks.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::{ok, refused, screensmith, str_of, tree};

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
        (
            r#"{"min_elements": 500, "max_elements": 500, "seed": 1}"#,
            "element_count_unreachable",
        ),
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

#[test]
fn a_finished_dataset_that_was_damaged_is_not_called_complete() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("ds");
    let make = [
        "generate",
        "--count",
        "3",
        "--seed",
        "5",
        "--out",
        str_of(&out),
    ];
    ok(&make);
    assert_eq!(ok(&make)["resumed_from"], 3);
    let picture = out.join("images/000001.png");
    let bytes = fs::read(&picture).unwrap();
    fs::remove_file(&picture).unwrap();
    let (code, error) = refused(&make);
    assert_eq!((code, error.as_str()), (3, "dataset_damaged"));
    fs::write(&picture, bytes).unwrap();
    let lines = out.join("dataset.jsonl");
    let text = fs::read(&lines).unwrap();
    fs::write(&lines, &text[..text.len() / 2]).unwrap();
    assert_eq!(refused(&make).1, "dataset_damaged");
}

#[test]
fn a_wrong_field_of_a_configuration_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let config = dir.path().join("c.json");
    fs::write(&config, r#"{"viewports": [[800, "600"]]}"#).unwrap();
    let made = dir.path().join("made");
    let args = [
        "generate",
        "--config",
        str_of(&config),
        "--out",
        str_of(&made),
        "--json",
    ];
    let out = screensmith(&args);
    let value: Value = serde_json::from_slice(&out.stdout).unwrap();
    let path = value["error"]["path"].as_str().unwrap();
    assert!(path.ends_with("c.json: viewports[0][1]"), "{path}");
}
