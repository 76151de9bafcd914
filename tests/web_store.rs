//! The rules of every store, kept by IndexedDB in a real browser.

#![allow(clippy::unwrap_used, reason = "a test ends where it fails")]
#![cfg(all(target_arch = "wasm32", feature = "web"))]

use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

use screensmith::base::ports::{Batch, Expect, Files, Locks as _, Store as _};
use screensmith::store::indexeddb::IndexedDb;
use screensmith::store::locks::WebLocks;

#[path = "store/conformance.rs"]
mod conformance;

wasm_bindgen_test_configure!(run_in_browser);

async fn fresh(name: &str) -> IndexedDb {
    IndexedDb::delete(name).await.unwrap();
    IndexedDb::open(name).await.unwrap()
}

#[wasm_bindgen_test]
async fn indexeddb_keeps_the_rules() {
    let db = fresh("test-rules").await;
    conformance::documents(&db).await;
    conformance::files(&db, "x").await;
}

#[wasm_bindgen_test]
async fn documents_and_files_survive_a_new_connection() {
    let db = fresh("test-reload").await;
    let batch = Batch::new().put("jobs", "a", 1.into(), Expect::Absent);
    db.commit(batch).await.unwrap();
    drop(db);
    let again = IndexedDb::open("test-reload").await.unwrap();
    assert_eq!(again.get("jobs", "a").await.unwrap().unwrap().value, 1);
}

#[wasm_bindgen_test]
async fn a_download_goes_on_after_a_reload() {
    let db = fresh("test-parts").await;
    let bytes: Vec<u8> = (0..5_000_000u32).map(|i| (i * 7 % 251) as u8).collect();
    let (mut w, done) = db.resume("a/weights").await.unwrap();
    assert_eq!(done, 0);
    for part in bytes[..3_500_000].chunks(500_000) {
        w.write(part).await.unwrap();
    }
    // The page is closed.
    drop(w);
    drop(db);
    let db = IndexedDb::open("test-parts").await.unwrap();
    assert_eq!(db.size("a/weights").await.unwrap(), None);
    let (mut w, done) = db.resume("./a//weights").await.unwrap();
    // At most what had not become a part is lost, and a part has a megabyte.
    assert!((2_400_000..=3_500_000).contains(&done), "{done}");
    w.write(&bytes[usize::try_from(done).unwrap()..])
        .await
        .unwrap();
    w.finish().await.unwrap();
    let files: &dyn Files = &db;
    assert!(files.read_all("a/weights").await.unwrap() == bytes);
    let (w, done) = db.resume("a/weights").await.unwrap();
    assert_eq!(done, 0, "no part is left");
    drop(w);

    // A file that is forgotten is not gone on with.
    let (mut w, _) = db.resume("b").await.unwrap();
    w.write(&bytes[..2_000_000]).await.unwrap();
    drop(w);
    assert_eq!(db.paths("").await.unwrap(), ["a/weights"]);
    db.remove("b").await.unwrap();
    assert_eq!(db.resume("b").await.unwrap().1, 0);
}

#[wasm_bindgen_test]
async fn deleting_elsewhere_closes_this_connection() {
    let db = fresh("test-superseded").await;
    IndexedDb::delete("test-superseded").await.unwrap();
    let e = db.scan("jobs").await.unwrap_err();
    assert_eq!(e.code(), "storage_closed");
}

#[wasm_bindgen_test]
async fn a_lock_has_one_holder_until_it_lets_go() {
    let (a, b) = (WebLocks::new(), WebLocks::new());
    let held = a.try_lock("job-x").await.unwrap().unwrap();
    assert!(b.try_lock("job-x").await.unwrap().is_none());
    assert!(b.try_lock("job-y").await.unwrap().is_some());
    drop(held);
    // The browser lets go in its own time.
    for _ in 0..100 {
        if b.try_lock("job-x").await.unwrap().is_some() {
            return;
        }
        gloo_timers::future::TimeoutFuture::new(10).await;
    }
    panic!("the lock was never let go");
}
