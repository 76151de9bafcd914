//! Models compared from files, and asked where they answer.

use std::fs;

use serde_json::Value;

use crate::{ok, refused, screensmith};

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
