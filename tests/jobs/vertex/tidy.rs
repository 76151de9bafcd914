//! Tidying up in the scripted bucket.

use futures_util::FutureExt as _;
use screensmith::job::{JobStatus, Update};
use serde_json::json;

use super::Test;
use crate::harness::dual_test;

#[dual_test]
async fn pictures_and_lines_of_a_job_are_deleted_and_nothing_else() {
    let t = Test::new().await;
    let other = json!({"put": ["demo-bucket", "ui-ground-10/train.jsonl", "another job's"]});
    t.control(other).await;
    let job = t.world.tuner().run(&t.config).await.unwrap();
    t.completed(&job).await;
    assert!(job.can_be_cleaned());
    let done = t.world.tuner().clean(&job.job_id).await.unwrap();
    assert_eq!((done.files.len(), done.pictures), (2, 24));
    let left = t.control(json!({})).await["state"]["objects"].clone();
    let left: Vec<&str> = left
        .as_array()
        .unwrap()
        .iter()
        .map(|o| o["path"].as_str().unwrap())
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].ends_with("ui-ground-10/train.jsonl"), "{left:?}");
    let again = t.world.tuner().clean(&job.job_id).await.unwrap();
    assert!(again.files.is_empty());
}

#[dual_test]
async fn cancelling_in_mid_upload_stops_it() {
    let t = Test::new().await;
    let elsewhere = t.world.tuner();
    let tuner = t.world.tuner().on_update(move |update| {
        if let Update::Upload { job, .. } = update {
            // This store answers at once.
            let cancelled = elsewhere.cancel(&job.job_id).now_or_never();
            assert!(cancelled.is_some_and(|c| c.is_ok()));
        }
    });
    let job = tuner.run(&t.config).await.unwrap();
    assert_eq!(job.status, JobStatus::Cancelled);
    let sent = t.objects().await.len();
    assert!((1..20).contains(&sent), "{sent} of 26 objects were sent");
    assert!(t.jobs().await.is_empty());
    // What arrived is told and can go.
    let job = t
        .world
        .tuner()
        .job_manager()
        .get(&job.job_id)
        .await
        .unwrap();
    assert!(job.can_be_cleaned());
    t.world.tuner().clean(&job.job_id).await.unwrap();
    assert!(t.objects().await.is_empty());
}
