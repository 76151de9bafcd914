//! Several processes on one store, kills in mid-write, damaged files.

use super::*;
use crate::base::ports::Expect;
use crate::base::system::block_on;
use crate::base::time::Timestamp;
use crate::job::{FineTuneConfig, FineTuneJob};
use crate::provider::ProviderName;

fn put(collection: &str, key: &str, value: Value) -> Batch {
    Batch::new().put(collection, key, value, Expect::Any)
}

#[test]
fn several_processes_write_and_none_overwrites_another() {
    let dir = tempfile::tempdir().unwrap();
    let (a, b) = (
        FileStore::open(dir.path()).unwrap(),
        FileStore::open(dir.path()).unwrap(),
    );
    let first = block_on(a.commit(put("jobs", "a", json!({"job_id": "a"})))).unwrap()[0];
    let seen = block_on(b.get("jobs", "a")).unwrap().unwrap();
    assert_eq!(seen.version, first);
    // Both go on from the same version: the second must read again.
    let change = |n: u64| {
        let value = json!({"job_id": "a", "n": n});
        Batch::new().put("jobs", "a", value, Expect::Version(first))
    };
    block_on(b.commit(change(1))).unwrap();
    let e = block_on(a.commit(change(2))).unwrap_err();
    assert_eq!(e.code(), "store_conflict");
    let held = block_on(a.get("jobs", "a")).unwrap().unwrap();
    assert_eq!(held.value["n"], 1);

    let reader = FileStore::open_read_only(dir.path());
    assert_eq!(block_on(reader.scan("jobs")).unwrap().len(), 1);
    let e = block_on(reader.commit(put("jobs", "b", json!({})))).unwrap_err();
    assert_eq!(e.code(), "store_read_only");
    let nowhere = FileStore::open_read_only(dir.path().join("nowhere"));
    assert!(block_on(nowhere.scan("jobs")).unwrap().is_empty());
    assert!(!dir.path().join("nowhere").exists());
}

#[test]
fn writers_in_a_race_lose_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &'static str| {
        let path = dir.path().to_owned();
        std::thread::spawn(move || {
            let store = FileStore::open(path).unwrap();
            for i in 0..20 {
                let batch = Batch::new()
                    .put(
                        "jobs",
                        &format!("{name}{i}"),
                        json!({"job_id": format!("{name}{i}")}),
                        Expect::Absent,
                    )
                    .put("events/x", &format!("{name}{i}"), json!(i), Expect::Absent);
                block_on(store.commit(batch)).unwrap();
            }
        })
    };
    for thread in [write("a"), write("b"), write("c")] {
        thread.join().unwrap();
    }
    let store = FileStore::open(dir.path()).unwrap();
    assert_eq!(block_on(store.scan("jobs")).unwrap().len(), 60);
    assert_eq!(block_on(store.scan("events/x")).unwrap().len(), 60);
}

#[test]
fn jobs_json_is_an_array_and_survives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let store = FileStore::open(dir.path()).unwrap();
    for (id, at) in [("z", "2026-01-01"), ("a", "2026-01-02")] {
        let job = json!({"job_id": id, "created_at": at});
        block_on(store.commit(put("jobs", id, job))).unwrap();
    }
    drop(store);
    let text = fs::read_to_string(dir.path().join("jobs.json")).unwrap();
    let jobs: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert_eq!(
        (&jobs[0]["job_id"], &jobs[1]["job_id"]),
        (&json!("z"), &json!("a"))
    );
    let again = FileStore::open(dir.path()).unwrap();
    assert_eq!(block_on(again.scan("jobs")).unwrap().len(), 2);
}

#[test]
fn damaged_files_are_reported_and_left_alone() {
    for text in [
        "{",
        "{}",
        "[1]",
        "[{\"job_id\":\"a\"},{\"job_id\":\"a\"}]",
        "\u{FEFF}[]",
    ] {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("jobs.json");
        fs::write(&path, text).unwrap();
        let store = FileStore::open(dir.path()).unwrap();
        let e = block_on(store.commit(put("jobs", "b", json!({"job_id": "b"})))).unwrap_err();
        assert_eq!(e.code(), "storage_damaged", "{text}");
        assert!(e.path().unwrap().ends_with("jobs.json"));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn a_journal_is_replayed() {
    let dir = tempfile::tempdir().unwrap();
    let store = FileStore::open(dir.path()).unwrap();
    block_on(store.commit(put("jobs", "a", json!({"job_id": "a"})))).unwrap();
    drop(store);
    // As left by a process that died between writing the journal and the files.
    let journal = json!([
        {"collection": "jobs", "key": "b", "value": [{"job_id": "b"}]},
        {"collection": "events/b", "key": "000", "value": [[1, 2]]},
        {"collection": "jobs", "key": "a", "value": []},
    ]);
    let path = dir.path().join(OWN).join(JOURNAL);
    fs::write(&path, journal.to_string()).unwrap();
    let check = |store: &FileStore| {
        let jobs = block_on(store.scan("jobs")).unwrap();
        assert_eq!(jobs.len(), 1);
        assert_eq!(jobs[0].key, "b");
        assert_eq!(
            block_on(store.scan("events/b")).unwrap()[0].value,
            json!([1, 2])
        );
    };
    check(&FileStore::open_read_only(dir.path()));
    assert!(path.exists(), "a reader changes nothing");
    check(&FileStore::open(dir.path()).unwrap());
    assert!(!path.exists());
    check(&FileStore::open(dir.path()).unwrap());
}

#[test]
fn a_failed_batch_changes_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let store = FileStore::open(dir.path()).unwrap();
    block_on(store.commit(put("jobs", "a", json!({"job_id": "a"})))).unwrap();
    // A folder stands where the first collection's file should go.
    fs::create_dir_all(dir.path().join(OWN).join("events/x.json/y")).unwrap();
    let batch =
        put("events/x", "0", json!(1)).put("jobs", "b", json!({"job_id": "b"}), Expect::Any);
    assert!(block_on(store.commit(batch)).is_err());
    assert_eq!(block_on(store.scan("jobs")).unwrap().len(), 1);
    block_on(store.commit(put("jobs", "c", json!({"job_id": "c"})))).unwrap();
    drop(store);
    let again = FileStore::open(dir.path()).unwrap();
    let keys: Vec<String> = block_on(again.scan("jobs"))
        .unwrap()
        .into_iter()
        .map(|d| d.key)
        .collect();
    assert_eq!(keys, ["a", "c"]);
    let litter = fs::read_dir(dir.path()).unwrap().filter(|e| {
        e.as_ref()
            .unwrap()
            .file_name()
            .to_string_lossy()
            .ends_with(".tmp")
    });
    assert_eq!(litter.count(), 0);
}

#[test]
fn a_refused_folder_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("file");
    fs::write(&file, "x").unwrap();
    let e = FileStore::open(&file).unwrap_err();
    assert_eq!(e.code(), "storage_refused");
    assert!(e.hint_text().is_some());
}

#[test]
fn the_seeds_storage_path_works() {
    let dir = tempfile::tempdir().unwrap();
    let manager = FineTuneJobManager::open(dir.path().join("runs/my-jobs.json")).unwrap();
    let jobs = r#"[{"job_id":"a","provider":"custom","status":"completed","config":{"dataset_path":"d","provider":"custom","base_model":"m"},"created_at":"2025-01-02","updated_at":"2025-01-02"}]"#;
    block_on(manager.import_json(jobs, false)).unwrap();
    assert!(dir.path().join("runs/my-jobs.json").exists());
    assert_eq!(
        FineTuneJobManager::open(dir.path().join(".."))
            .unwrap_err()
            .code(),
        "storage_path"
    );
}

#[test]
fn what_another_process_writes_is_seen_at_once() {
    let dir = tempfile::tempdir().unwrap();
    let open = || FineTuneJobManager::new(Rc::new(FileStore::open(dir.path()).unwrap()));
    let (mine, theirs) = (open(), open());
    let c = FineTuneConfig::new("d.jsonl", ProviderName::OpenAi, "gpt-4o-2024-08-06");
    let now = Timestamp::from_millis(1_700_000_000_000);
    let made = FineTuneJob::new("a".to_owned(), c, "key".to_owned(), now);
    block_on(theirs.save(&made)).unwrap();
    for i in 0..200 {
        // Notes of the same length, within the same tick of the clock.
        let note = format!("{:03}", i);
        let (writer, reader) = if i % 2 == 0 {
            (&theirs, &mine)
        } else {
            (&mine, &theirs)
        };
        block_on(writer.set_note("a", &note)).unwrap();
        assert_eq!(block_on(reader.list()).unwrap()[0].note, note);
        assert_eq!(block_on(writer.list()).unwrap()[0].note, note);
    }
    block_on(theirs.delete("a")).unwrap_err();
    assert_eq!(block_on(mine.list()).unwrap().len(), 1);
}
