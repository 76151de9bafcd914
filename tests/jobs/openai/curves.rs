//! The curves of a job on the scripted OpenAI: from its events and from its table of results.

use screensmith::job::series::{Curve, curves};
use screensmith::provider::MetricPoint;
use serde_json::{Value, json};

use super::{Test, answer};
use crate::harness::dual_test;

async fn points(t: &Test) -> Vec<MetricPoint> {
    let manager = t.world.tuner().job_manager().clone();
    manager.metrics("ui-ground-1").await.unwrap()
}

fn steps(points: &[MetricPoint]) -> Vec<u64> {
    points.iter().map(|p| p.step).collect()
}

#[dual_test]
async fn the_table_completes_the_curves() {
    // Every step is told by an event, and is in the table too: nothing is doubled.
    let told = Test::new().await;
    told.completed(&told.run().await.unwrap()).await;
    let all = points(&told).await;
    assert_eq!(steps(&all), (1..=12).collect::<Vec<u64>>());

    // A third of the steps is told, the others come with the table.
    let t = told.again().await;
    t.set(json!({"told_every": 3})).await;
    let job = t.run().await.unwrap();
    t.completed(&job).await;
    let events = t
        .world
        .tuner()
        .job_manager()
        .events(&job.job_id)
        .await
        .unwrap();
    let by_events = events.iter().filter(|e| e.metrics.is_some()).count();
    assert_eq!(by_events, 4);
    let merged = points(&t).await;
    assert_eq!(steps(&merged), (1..=12).collect::<Vec<u64>>());
    let names = |points: &[MetricPoint]| -> Vec<(&str, usize)> {
        let lengths = |c: Curve| (c.name, c.raw.len());
        curves(points, 0.0, 100).into_iter().map(lengths).collect()
    };
    assert_eq!(names(&merged), names(&all), "the same curves");
    for (a, b) in merged.iter().zip(&all) {
        assert_eq!(a.train_loss, b.train_loss);
        assert_eq!(a.valid_loss, b.valid_loss);
        // Only the events have the losses over the whole file.
        assert_eq!(a.full_valid_loss, b.full_valid_loss);
    }
    assert_eq!(job.metrics.total_steps, Some(12));
    assert_eq!(job.metrics.train_loss, all[11].train_loss);
    assert_eq!(job.metrics.validation_loss, all[11].full_valid_loss);
    assert!(t.world.told.borrow().contains("Metrics { job"));

    // Nothing at all is told: the curves are there when it has ended.
    let t = t.again().await;
    t.set(json!({"told_every": 1000})).await;
    let job = t.run().await.unwrap();
    assert_eq!(steps(&points(&t).await), (1..=12).collect::<Vec<u64>>());
    assert_eq!(job.metrics.total_steps, Some(12));
    let manager = t.world.tuner().job_manager().clone();
    manager.delete(&job.job_id).await.unwrap();
    assert!(points(&t).await.is_empty(), "forgotten with the job");
}

#[dual_test]
async fn a_table_that_does_not_come_stops_nothing() {
    let t = Test::new().await;
    t.set(json!({"told_every": 3, "result_deleted": true}))
        .await;
    t.completed(&t.run().await.unwrap()).await;
    assert_eq!(steps(&points(&t).await), [3, 6, 9, 12]);

    let t = t.again().await;
    let refused = answer(403, json!({}), Value::Null);
    t.rule(json!({"method": "GET", "path": "/content$", "answer": refused}))
        .await;
    let job = t.run().await.unwrap();
    t.completed(&job).await;
    let codes: Vec<&str> = job.problems.iter().map(|p| &*p.code).collect();
    assert!(codes.contains(&"metrics_missing"), "{codes:?}");
}
