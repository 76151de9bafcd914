//! What every store must do, whatever it is made of.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on may panic")]

use screensmith::base::ports::{Batch, Expect, Files, Store};
use serde_json::{Value, json};

fn keys(docs: &[screensmith::base::ports::Document]) -> Vec<&str> {
    docs.iter().map(|d| d.key.as_str()).collect()
}

/// Rules of [`Store`]. The store must be empty.
pub(crate) async fn documents(store: &dyn Store) {
    // Nothing there.
    assert!(store.get("jobs", "a").await.unwrap().is_none());
    assert!(store.scan("jobs").await.unwrap().is_empty());

    // What is put is got, exactly; collections are separate.
    let value = json!({"job_id": "a", "big": 9_007_199_254_740_993_u64, "text": "ä \u{1F600} \" \\ \u{7}", "none": null, "deep": [[1.5, -0.25], {}]});
    let batch = Batch::new().put("jobs", "a", value.clone(), Expect::Absent);
    let versions = store.commit(batch).await.unwrap();
    let doc = store.get("jobs", "a").await.unwrap().unwrap();
    assert_eq!((doc.key.as_str(), &doc.value), ("a", &value));
    assert_eq!(versions, [doc.version]);
    assert!(store.get("other", "a").await.unwrap().is_none());

    // Compare and swap.
    let stale = doc.version;
    let next = json!({"job_id": "a", "n": 2});
    let batch = Batch::new().put("jobs", "a", next.clone(), Expect::Version(stale));
    let fresh = store.commit(batch).await.unwrap()[0];
    assert_ne!(fresh, stale);
    for expect in [Expect::Version(stale), Expect::Absent] {
        let batch = Batch::new().put("jobs", "a", json!({"job_id": "a"}), expect);
        let e = store.commit(batch).await.unwrap_err();
        assert_eq!((e.code(), e.path()), ("store_conflict", Some("jobs/a")));
    }
    let batch = Batch::new().delete("jobs", "zzz", Expect::Version(fresh));
    assert_eq!(
        store.commit(batch).await.unwrap_err().code(),
        "store_conflict"
    );

    // All or none, across collections.
    let batch = Batch::new()
        .put("events/a", "000", json!([1]), Expect::Any)
        .put("jobs", "b", json!({"job_id": "b"}), Expect::Any)
        .put("jobs", "a", json!({"job_id": "a"}), Expect::Absent);
    assert_eq!(
        store.commit(batch).await.unwrap_err().code(),
        "store_conflict"
    );
    assert!(store.scan("events/a").await.unwrap().is_empty());
    assert_eq!(keys(&store.scan("jobs").await.unwrap()), ["a"]);
    assert_eq!(store.get("jobs", "a").await.unwrap().unwrap().value, next);

    // A batch sees its own changes.
    let batch = Batch::new()
        .put("registry", "K", json!(1), Expect::Absent)
        .delete("registry", "K", Expect::Any)
        .put("registry", "K", json!(2), Expect::Absent);
    store.commit(batch).await.unwrap();
    assert_eq!(
        store.get("registry", "K").await.unwrap().unwrap().value,
        json!(2)
    );

    // Keys are in byte order, whatever they contain; a collection whose name begins like
    // another's is another.
    let odd = ["", "\u{0}", "B", "a", "a/b", "ä", "\u{FFFF}", "\u{1F600}"];
    for key in &odd[1..] {
        let batch = Batch::new()
            .put("odd", key, json!(key), Expect::Absent)
            .put("odd2", key, Value::Null, Expect::Absent);
        store.commit(batch).await.unwrap();
    }
    let docs = store.scan("odd").await.unwrap();
    assert_eq!(keys(&docs), odd[1..]);
    assert!(docs.iter().all(|d| d.value == json!(d.key)));
    let null = store.get("odd2", "a").await.unwrap().unwrap();
    assert_eq!(null.value, Value::Null, "null is a value, not an absence");

    // Backwards, in pages.
    for i in 0..25 {
        let batch = Batch::new().put("events/p", &format!("{i:03}"), json!(i), Expect::Absent);
        store.commit(batch).await.unwrap();
    }
    let page = store.scan_back("events/p", None, 3).await.unwrap();
    assert_eq!(keys(&page), ["024", "023", "022"]);
    let page = store.scan_back("events/p", Some("022"), 2).await.unwrap();
    assert_eq!(keys(&page), ["021", "020"]);
    assert_eq!(page[0].value, json!(21));
    let page = store.scan_back("events/p", Some("0015"), 9).await.unwrap();
    assert_eq!(keys(&page), ["001", "000"]);
    assert!(
        store
            .scan_back("events/p", Some("000"), 9)
            .await
            .unwrap()
            .is_empty()
    );
    assert!(
        store
            .scan_back("events/none", None, 9)
            .await
            .unwrap()
            .is_empty()
    );

    // Deleting.
    let batch = Batch::new()
        .delete("jobs", "a", Expect::Version(fresh))
        .delete("jobs", "never there", Expect::Any);
    store.commit(batch).await.unwrap();
    assert!(store.scan("jobs").await.unwrap().is_empty());

    // A store that marks its state marks every change of it, and nothing else.
    if let Some(mark) = store.mark("marked").await.unwrap() {
        let mut seen = vec![mark];
        for value in [Some(json!(1)), Some(json!(2)), Some(json!(2)), None] {
            let batch = match value {
                Some(v) => Batch::new().put("marked", "k", v, Expect::Any),
                None => Batch::new().delete("marked", "k", Expect::Any),
            };
            store.commit(batch).await.unwrap();
            let mark = store.mark("marked").await.unwrap().unwrap();
            assert!(!seen.contains(&mark), "{seen:?} {mark}");
            seen.push(mark);
        }
        let refused = Batch::new().put("marked", "k", json!(3), Expect::Version(fresh));
        store.commit(refused).await.unwrap_err();
        store.scan("marked").await.unwrap();
        let last = store.mark("marked").await.unwrap();
        assert_eq!(last, seen.last().copied(), "nothing was changed");
    }

    // Bad names.
    for name in ["", "/", "a/", "../x", "a b", ".hidden", "a/../b"] {
        let e = store.get(name, "k").await.unwrap_err();
        assert_eq!(e.code(), "store_name", "{name:?}");
        let batch = Batch::new().put(name, "k", Value::Null, Expect::Any);
        assert_eq!(store.commit(batch).await.unwrap_err().code(), "store_name");
    }
    let batch = Batch::new().put("jobs", "", Value::Null, Expect::Any);
    assert_eq!(store.commit(batch).await.unwrap_err().code(), "store_name");
    assert!(store.commit(Batch::new()).await.unwrap().is_empty());
}

/// Rules of [`Files`], below the folder `root`.
pub(crate) async fn files(files: &dyn Files, root: &str) {
    let path = format!("{root}/a/b.bin");
    assert_eq!(files.size(&path).await.unwrap(), None);
    let e = files.read(&path, 0, 1).await.unwrap_err();
    assert_eq!(e.code(), "file_missing");

    // A file appears when it is finished, not before.
    let bytes: Vec<u8> = (0..300_000u32).map(|i| (i * 7 % 251) as u8).collect();
    let mut w = files.create(&path).await.unwrap();
    w.write(&bytes[..100_000]).await.unwrap();
    assert_eq!(files.size(&path).await.unwrap(), None);
    w.write(&bytes[100_000..]).await.unwrap();
    w.finish().await.unwrap();
    assert_eq!(files.size(&path).await.unwrap(), Some(300_000));
    assert_eq!(files.read_all(&path).await.unwrap(), bytes);

    // Ranges.
    assert_eq!(
        files.read(&path, 99_998, 4).await.unwrap(),
        bytes[99_998..100_002]
    );
    assert_eq!(
        files.read(&path, 299_999, 10).await.unwrap(),
        bytes[299_999..]
    );
    assert!(files.read(&path, 300_000, 10).await.unwrap().is_empty());
    assert!(files.read(&path, u64::MAX, 10).await.unwrap().is_empty());

    // An unfinished file leaves the old one as it was.
    let mut w = files.create(&path).await.unwrap();
    w.write(b"half").await.unwrap();
    drop(w);
    assert_eq!(files.size(&path).await.unwrap(), Some(300_000));

    // Going on with an unfinished file, where the place can keep one.
    let (mut w, done) = files.resume(&path).await.unwrap();
    assert_eq!(done, 0);
    w.write(&bytes[..1000]).await.unwrap();
    drop(w);
    assert_eq!(files.size(&path).await.unwrap(), Some(300_000));
    let (mut w, done) = files.resume(&path).await.unwrap();
    assert!(done == 1000 || done == 0, "{done}");
    w.write(&bytes[usize::try_from(done).unwrap()..2000])
        .await
        .unwrap();
    w.finish().await.unwrap();
    assert_eq!(files.read_all(&path).await.unwrap(), bytes[..2000]);
    let (w, done) = files.resume(&path).await.unwrap();
    assert_eq!(done, 0, "a finished file is not gone on with");
    drop(w);

    // Replacing, and the empty file.
    files.write_all(&path, b"new").await.unwrap();
    assert_eq!(files.read_all(&path).await.unwrap(), b"new");
    files.write_all(&path, b"").await.unwrap();
    assert_eq!(files.size(&path).await.unwrap(), Some(0));
    assert!(files.read_all(&path).await.unwrap().is_empty());
}
