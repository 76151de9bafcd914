//! How quick a store with many jobs is: 1,000 jobs with 1,000 events each, in files. Prints JSON.
#![allow(clippy::print_stdout, reason = "its result is what it prints")]
#![allow(clippy::disallowed_methods, reason = "native only: it measures time")]
#![allow(missing_docs, reason = "a program without an interface of its own")]

use std::rc::Rc;
use std::time::Instant;

use screensmith::base::ports::{Batch, Expect, Store};
use screensmith::base::system::block_on;
use screensmith::base::time::Timestamp;
use screensmith::job::{FineTuneConfig, FineTuneJob, FineTuneJobManager, series};
use screensmith::provider::{EventKind, Level, MetricPoint, ProviderName, RemoteEvent};
use screensmith::store::files::FileStore;

const JOBS: u64 = 1000;
const EVENTS: u64 = 1000;
/// Events that are stored at a time, as a poll does.
const CHUNK: u64 = 20;

fn event(n: u64, start: Timestamp) -> RemoteEvent {
    RemoteEvent {
        id: format!("ftevent-{n:06}"),
        created_at: start.plus_millis(n as i64 * 1000),
        level: Level::Info,
        kind: EventKind::Metrics,
        message: format!(
            "Step {n}/{EVENTS}: training loss={:.2}",
            1.0 / (n + 1) as f64
        ),
        metrics: Some(MetricPoint {
            step: n + 1,
            total_steps: EVENTS,
            train_loss: Some(1.0 / (n + 1) as f64),
            ..MetricPoint::default()
        }),
    }
}

/// Milliseconds of the fastest of `n` runs.
fn fastest(n: usize, mut work: impl FnMut()) -> f64 {
    let run = |_| {
        let start = Instant::now();
        work();
        start.elapsed().as_secs_f64() * 1000.0
    };
    (0..n).map(run).fold(f64::MAX, f64::min)
}

fn main() -> screensmith::Result<()> {
    let dir = tempfile::tempdir()?;
    let store: Rc<dyn Store> = Rc::new(FileStore::open(dir.path())?);
    let start = Timestamp::from_millis(1_790_000_000_000);
    let begun = Instant::now();
    for first in (0..JOBS).step_by(50) {
        let mut batch = Batch::new();
        for n in first..(first + 50).min(JOBS) {
            let id = format!("ft-{n:012}");
            let config = FineTuneConfig::new("d.jsonl", ProviderName::Custom, "model");
            let mut job = FineTuneJob::new(
                id.clone(),
                config,
                String::new(),
                start.plus_millis(n as i64),
            );
            job.events = EVENTS;
            batch = batch.put("jobs", &id, serde_json::to_value(&job)?, Expect::Absent);
            for chunk in (0..EVENTS).step_by(CHUNK as usize) {
                let events: Vec<_> = (chunk..chunk + CHUNK).map(|e| event(e, start)).collect();
                let value = serde_json::to_value(&events)?;
                let collection = format!("events/{id}");
                batch = batch.put(&collection, &format!("{chunk:09}"), value, Expect::Absent);
            }
        }
        block_on(store.commit(batch))?;
    }
    let filled = begun.elapsed().as_secs_f64();

    // As after a start of the program: nothing is in memory.
    let cold = || {
        let store: Rc<dyn Store> = Rc::new(FileStore::open_read_only(dir.path()));
        FineTuneJobManager::new(store)
    };
    let warm = cold();
    let id = format!("ft-{:012}", JOBS / 2);
    let list_cold = fastest(5, || {
        assert_eq!(block_on(cold().list()).map_or(0, |l| l.len()), 1000)
    });
    let list_warm = fastest(5, || {
        assert_eq!(block_on(warm.list()).map_or(0, |l| l.len()), 1000)
    });
    let page = |m: &FineTuneJobManager| {
        let page = block_on(m.events_before(&id, None, 50));
        assert_eq!(page.map_or(0, |p| p.events.len()), 50);
    };
    let page_cold = fastest(5, || page(&cold()));
    let page_warm = fastest(5, || page(&warm));
    let curves = fastest(5, || {
        let points = block_on(warm.metrics(&id)).unwrap_or_default();
        assert_eq!(series::curves(&points, 0.6, 200).len(), 1);
    });
    println!(
        "{}",
        serde_json::json!({
            "jobs": JOBS, "events_per_job": EVENTS, "fill_s": filled,
            "list_cold_ms": list_cold, "list_warm_ms": list_warm,
            "page_cold_ms": page_cold, "page_warm_ms": page_warm, "curves_ms": curves,
        })
    );
    Ok(())
}
