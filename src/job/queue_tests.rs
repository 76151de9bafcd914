//! The queue: start times, dependencies, slots, and several drivers of one store.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use proptest::prelude::*;

use crate::base::ports::{Batch, Document, LocalFuture, Ports, Store, Version};
use crate::base::system::block_on;
use crate::error::Result;
use crate::job::queue::{Turn, turn};
use crate::job::state::Event;
use crate::job::tests::{check_events, config, finetuner, remote_jobs, start, world};
use crate::job::{
    FineTuneConfig, FineTuneJob, JOBS, JobStatus, Scheduler, Slots, Start, State, Update,
};
use crate::provider::{ProviderName, RemoteError, Scenario};

fn named(name: &str, start: Start) -> FineTuneConfig {
    let mut c = config(ProviderName::OpenAi, Scenario::Success);
    c.job_name = Some(name.to_owned());
    c.register_llm_key = None;
    c.start = start;
    c
}

fn queue(ports: &Ports, configs: &[FineTuneConfig]) {
    for c in configs {
        let job = block_on(finetuner(ports).enqueue(c)).unwrap();
        assert_eq!(job.status, JobStatus::Scheduled);
        // Jobs of the same millisecond have no order.
        block_on(ports.clock.sleep(1));
    }
}

fn job(ports: &Ports, id: &str) -> FineTuneJob {
    block_on(finetuner(ports).job_manager().get(id)).unwrap()
}

fn code(job: &FineTuneJob) -> &str {
    match &job.state {
        State::Failed { error, .. } => &error.code,
        _ => "",
    }
}

/// Works the whole queue off and returns how many jobs ran at once at most.
fn most_at_once(ports: &Ports) -> usize {
    let running: Rc<RefCell<BTreeMap<String, bool>>> = Rc::default();
    let most = Rc::new(RefCell::new(0));
    let (seen, high) = (running.clone(), most.clone());
    let tuner = finetuner(ports).on_update(move |u| {
        if let Update::Job(job) = u {
            let runs = !job.state.is_final()
                && !matches!(
                    job.state,
                    State::Waiting | State::Saving { .. } | State::Registering { .. }
                );
            seen.borrow_mut().insert(job.job_id.clone(), runs);
            let n = seen.borrow().values().filter(|r| **r).count();
            let mut high = high.borrow_mut();
            *high = n.max(*high);
        }
    });
    block_on(Scheduler::new(tuner).work()).unwrap();
    most.take()
}

#[test]
fn jobs_take_turns_when_slots_are_few() {
    for slots in [1, 2] {
        let (ports, _) = world(24);
        let names = ["a", "b", "c", "d"];
        queue(&ports, &names.map(|n| named(n, Start::WhenFree)));
        let manager = finetuner(&ports).job_manager().clone();
        let mut set = Slots::default();
        assert_eq!(set.of(ProviderName::OpenAi), 1);
        set.set(ProviderName::OpenAi, slots);
        block_on(manager.set_slots(&set)).unwrap();
        assert_eq!(most_at_once(&ports), slots as usize);
        assert_eq!(remote_jobs(&ports), 4);
        for name in names {
            let job = job(&ports, name);
            assert_eq!(job.status, JobStatus::Completed, "{name}");
            check_events(&ports, &job);
        }
    }
}

#[test]
fn a_job_waits_for_its_time() {
    let (ports, _) = world(24);
    let time = start().plus_millis(3_600_000);
    let c = named("later", Start::At(time));
    let waiting = block_on(finetuner(&ports).start_finetune(&c)).unwrap();
    assert_eq!(
        (waiting.status, remote_jobs(&ports)),
        (JobStatus::Scheduled, 0)
    );
    assert!(matches!(waiting.state, State::Waiting));
    let begun = Rc::new(RefCell::new(None));
    let first = begun.clone();
    let clock = ports.clock.clone();
    let tuner = finetuner(&ports).on_update(move |u| {
        if let Update::Job(j) = u
            && matches!(j.state, State::Preparing)
        {
            *first.borrow_mut() = Some(clock.now());
        }
    });
    block_on(Scheduler::new(tuner).work()).unwrap();
    let begun = begun.take().unwrap();
    assert!(begun >= time && begun.since(time) < 2000, "{begun}");
    assert_eq!(job(&ports, "later").status, JobStatus::Completed);
}

#[test]
fn a_job_starts_after_another_only_if_that_completed() {
    for (scenario, status, expected) in [
        (Scenario::Success, JobStatus::Completed, ""),
        (
            Scenario::FailsMidRun,
            JobStatus::Failed,
            "dependency_failed",
        ),
        (
            Scenario::Cancelled,
            JobStatus::Failed,
            "dependency_cancelled",
        ),
    ] {
        let (ports, _) = world(24);
        let mut first = named("first", Start::Now);
        if let Some(s) = &mut first.provider_options.simulated {
            s.scenario = scenario;
        }
        let second = named("second", Start::After("first".to_owned()));
        let third = named("third", Start::After("second".to_owned()));
        let e = block_on(finetuner(&ports).enqueue(&second)).unwrap_err();
        assert_eq!(
            (e.code(), e.path()),
            ("dependency_missing", Some("start.after"))
        );
        queue(&ports, &[first, second, third]);
        block_on(Scheduler::new(finetuner(&ports)).work()).unwrap();
        let second = job(&ports, "second");
        assert_eq!((second.status, code(&second)), (status, expected));
        assert_eq!(job(&ports, "third").status, status, "it goes down the line");
        assert_eq!(remote_jobs(&ports), if expected.is_empty() { 3 } else { 1 });
    }
}

#[test]
fn a_waiting_job_can_be_cancelled_and_a_deleted_dependency_is_named() {
    let (ports, _) = world(24);
    queue(
        &ports,
        &[
            named("a", Start::WhenFree),
            named("b", Start::After("a".to_owned())),
        ],
    );
    let tuner = finetuner(&ports);
    let cancelled = block_on(tuner.cancel("a")).unwrap();
    assert_eq!(cancelled.status, JobStatus::Cancelled);
    block_on(tuner.job_manager().delete("a")).unwrap();
    let job = block_on(tuner.wait("b")).unwrap();
    assert_eq!(code(&job), "dependency_missing");
    assert_eq!(remote_jobs(&ports), 0);
}

#[test]
fn several_drivers_share_the_jobs_and_double_none() {
    let (ports, _) = world(24);
    let names = ["a", "b", "c"];
    queue(&ports, &names.map(|n| named(n, Start::WhenFree)));
    let mut drivers = [0, 1, 2].map(|_| Scheduler::new(finetuner(&ports)));
    let mut rounds = 0;
    loop {
        let nexts: Vec<_> = drivers
            .iter_mut()
            .map(|d| block_on(d.drive_all()).unwrap())
            .collect();
        let Some(wait) = nexts.into_iter().flatten().min() else {
            break;
        };
        block_on(ports.clock.sleep(wait));
        rounds += 1;
        if rounds == 30 {
            // A tab is closed: the others take over what it drove.
            drivers[0] = Scheduler::new(finetuner(&ports));
        }
        assert!(rounds < 5000);
    }
    assert_eq!(remote_jobs(&ports), 3);
    for name in names {
        let job = job(&ports, name);
        assert_eq!(job.status, JobStatus::Completed);
        check_events(&ports, &job);
    }
}

#[test]
fn a_wish_reaches_the_tab_that_drives_the_job() {
    let (ports, _) = world(24);
    queue(&ports, &[named("a", Start::Now)]);
    let mut driver = Scheduler::new(finetuner(&ports));
    let other = finetuner(&ports);
    while !matches!(job(&ports, "a").state, State::Remote { .. }) {
        block_on(driver.drive_all()).unwrap();
        block_on(ports.clock.sleep(100));
    }
    let asked = block_on(other.cancel("a")).unwrap();
    assert_eq!(
        asked.state.label(),
        "cancelling",
        "stored, not yet passed on"
    );
    // The driver does not wait for its next poll.
    block_on(driver.drive_all()).unwrap();
    assert_eq!(job(&ports, "a").status, JobStatus::Cancelled);
    let watched = block_on(other.wait("a")).unwrap();
    assert_eq!(watched.status, JobStatus::Cancelled);
}

#[test]
fn a_tab_that_looks_on_is_told_what_happens() {
    let (ports, _) = world(24);
    queue(&ports, &[named("a", Start::Now)]);
    let mut driver = Scheduler::new(finetuner(&ports));
    block_on(driver.drive_all()).unwrap();
    let told: Rc<RefCell<Vec<(String, usize)>>> = Rc::default();
    let heard = told.clone();
    let looking = finetuner(&ports).on_update(move |u| match u {
        Update::Elsewhere(job) => heard.borrow_mut().push((job.state.label().to_owned(), 0)),
        Update::Events { events, .. } => {
            heard.borrow_mut().push(("events".to_owned(), events.len()))
        }
        other => panic!("it did something itself: {other:?}"),
    });
    let mut watcher = Scheduler::new(looking);
    loop {
        let wait = block_on(driver.drive_all()).unwrap();
        block_on(watcher.drive_all()).unwrap();
        let Some(wait) = wait else { break };
        block_on(ports.clock.sleep(wait));
    }
    let told = told.borrow();
    assert_eq!(told.last().unwrap().0, "completed", "{told:?}");
    let events: usize = told.iter().map(|(_, n)| n).sum();
    assert_eq!(events as u64, job(&ports, "a").events);
    assert!(watcher.errors().next().is_none());
}

fn any_start() -> impl Strategy<Value = Start> {
    prop_oneof![
        Just(Start::Now),
        Just(Start::WhenFree),
        (-5i64..5).prop_map(|s| Start::At(start().plus_millis(s * 1000))),
        prop::sample::select(vec!["j0", "j1", "j2", "gone"])
            .prop_map(|id| Start::After(id.to_owned())),
    ]
}

fn any_state() -> impl Strategy<Value = State> {
    prop::sample::select(vec![
        State::Waiting,
        State::Preparing,
        State::Saving {
            id: "r".to_owned(),
            model: "m".to_owned(),
        },
        State::Succeeded {
            id: None,
            model: None,
        },
        State::Failed {
            id: None,
            error: RemoteError {
                code: "x".to_owned(),
                message: String::new(),
                hint: String::new(),
            },
        },
        State::Cancelled { id: None },
    ])
}

proptest! {
    #[test]
    fn a_turn_keeps_time_order_and_slots(
        jobs in prop::collection::vec((any_start(), any_state()), 1..6),
        slots in 1u32..3,
    ) {
        let mut set = Slots::default();
        set.set(ProviderName::OpenAi, slots);
        let jobs: Vec<FineTuneJob> = jobs
            .into_iter()
            .enumerate()
            .map(|(i, (start_, state))| {
                let mut j = FineTuneJob::new(
                    format!("j{i}"),
                    named(&format!("j{i}"), start_),
                    String::new(),
                    start(),
                );
                j.set_state(state);
                j
            })
            .collect();
        let busy = jobs.iter().filter(|j| matches!(j.state, State::Preparing)).count();
        for job in jobs.iter().filter(|j| matches!(j.state, State::Waiting)) {
            let first = match &job.config.start {
                Start::After(id) => jobs.iter().find(|j| j.job_id == *id).map(|j| j.status),
                _ => None,
            };
            match (turn(job, &jobs, &set, start()), &job.config.start) {
                (Turn::Now, Start::Now) => {}
                (Turn::Now, how) => {
                    prop_assert!(busy < slots as usize);
                    prop_assert!(!matches!(how, Start::At(t) if *t > start()));
                    prop_assert!(!matches!(how, Start::After(_)) || first == Some(JobStatus::Completed));
                }
                (Turn::Never(error), Start::After(_)) => {
                    prop_assert!(matches!(first, None | Some(JobStatus::Failed | JobStatus::Cancelled)));
                    prop_assert!(!error.hint.is_empty());
                    let ended = job.state.clone().next(Event::Failed(error));
                    prop_assert_eq!(ended.status(), JobStatus::Failed);
                }
                (Turn::Never(_), how) => prop_assert!(false, "{how:?} never"),
                (Turn::Later(ms), _) => prop_assert!(ms > 0),
            }
        }
    }
}

/// Counts how often all jobs are read.
struct Counting {
    inner: Rc<dyn Store>,
    scans: Cell<u32>,
}

impl Store for Counting {
    fn get<'a>(&'a self, c: &'a str, k: &'a str) -> LocalFuture<'a, Result<Option<Document>>> {
        self.inner.get(c, k)
    }

    fn scan<'a>(&'a self, c: &'a str) -> LocalFuture<'a, Result<Vec<Document>>> {
        self.scans.set(self.scans.get() + u32::from(c == JOBS));
        self.inner.scan(c)
    }

    fn scan_back<'a>(
        &'a self,
        c: &'a str,
        before: Option<&'a str>,
        limit: usize,
    ) -> LocalFuture<'a, Result<Vec<Document>>> {
        self.inner.scan_back(c, before, limit)
    }

    fn mark<'a>(&'a self, c: &'a str) -> LocalFuture<'a, Result<Option<u64>>> {
        self.inner.mark(c)
    }

    fn commit<'a>(&'a self, batch: Batch) -> LocalFuture<'a, Result<Vec<Version>>> {
        self.inner.commit(batch)
    }
}

#[test]
fn a_scheduler_reads_the_jobs_only_when_something_changed() {
    let (ports, _) = world(24);
    let store = Rc::new(Counting {
        inner: ports.store.clone(),
        scans: Cell::new(0),
    });
    let counted = Ports {
        store: store.clone(),
        ..ports.clone()
    };
    let day = start().plus_millis(86_400_000);
    queue(&ports, &[named("tomorrow", Start::At(day))]);
    let mut scheduler = Scheduler::new(finetuner(&counted));
    for _ in 0..100 {
        let wait = block_on(scheduler.drive_all()).unwrap().unwrap();
        block_on(ports.clock.sleep(wait));
    }
    assert_eq!(store.scans.get(), 1, "a hundred looks, one reading");
    // Another process adds a job: it is seen at the next look.
    queue(&ports, &[named("now", Start::Now)]);
    block_on(scheduler.drive_all()).unwrap();
    assert!(!matches!(job(&ports, "now").state, State::Preparing));
}
