//! Any order of what users, tabs and crashes do to jobs: nothing is lost, nothing is doubled.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::base::ports::Ports;
use crate::base::system::block_on;
use crate::job::tests::{check_events, config, finetuner, remote_jobs, world};
use crate::job::{FineTuneConfig, JobStatus, Scheduler, Start, State};
use crate::provider::{ProviderName, Scenario};

/// What happens next.
#[derive(Clone, Debug)]
enum Act {
    /// A tab takes one round.
    Round(usize),
    /// A tab dies and is opened again.
    Reopen(usize),
    /// Time passes.
    Wait(i64),
    Cancel(usize),
    Pause(usize),
    Resume(usize),
    Check(usize),
    Note(usize),
    /// The start is asked for once more.
    StartAgain(usize),
}

fn any_act() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => (0..2usize).prop_map(Act::Round),
        1 => (0..2usize).prop_map(Act::Reopen),
        6 => (0..8000i64).prop_map(Act::Wait),
        1 => (0..3usize).prop_map(Act::Cancel),
        1 => (0..3usize).prop_map(Act::Pause),
        1 => (0..3usize).prop_map(Act::Resume),
        1 => (0..3usize).prop_map(Act::Check),
        1 => (0..3usize).prop_map(Act::Note),
        1 => (0..3usize).prop_map(Act::StartAgain),
    ]
}

fn three(scenarios: &[Scenario]) -> Vec<FineTuneConfig> {
    let starts = [Start::Now, Start::WhenFree, Start::After("job0".to_owned())];
    let one = |(i, start)| {
        let mut c = config(ProviderName::OpenAi, scenarios[i]);
        c.job_name = Some(format!("job{i}"));
        c.register_llm_key = None;
        c.start = start;
        c
    };
    starts.into_iter().enumerate().map(one).collect()
}

fn ended(status: JobStatus) -> bool {
    !matches!(status, JobStatus::Scheduled | JobStatus::Running)
}

/// Does it; refusals are answers too.
fn act(ports: &Ports, tabs: &mut [Scheduler], configs: &[FineTuneConfig], act: &Act) {
    let name = |i: &usize| format!("job{i}");
    let tuner = finetuner(ports);
    match act {
        Act::Round(tab) => {
            block_on(tabs[*tab].drive_all()).unwrap();
        }
        Act::Reopen(tab) => tabs[*tab] = Scheduler::new(tuner),
        Act::Wait(ms) => block_on(ports.clock.sleep(ms.unsigned_abs())),
        Act::Cancel(i) => {
            block_on(tuner.cancel(&name(i))).ok();
        }
        Act::Pause(i) => {
            block_on(tuner.pause(&name(i))).ok();
        }
        Act::Resume(i) => {
            block_on(tuner.resume(&name(i))).ok();
        }
        Act::Check(i) => {
            block_on(tuner.check_status(&name(i))).ok();
        }
        Act::Note(i) => {
            block_on(tuner.job_manager().set_note(&name(i), "noted")).unwrap();
        }
        Act::StartAgain(i) => {
            block_on(tuner.start_finetune(&configs[*i])).ok();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn nothing_is_lost_and_nothing_doubled(
        acts in prop::collection::vec(any_act(), 0..60),
        scenarios in prop::collection::vec(
            prop::sample::select(vec![
                Scenario::Success,
                Scenario::RateLimited,
                Scenario::LostAnswer,
                Scenario::FailsMidRun,
                Scenario::TrainingNotAvailable,
            ]),
            3,
        ),
    ) {
        let (ports, _) = world(16);
        let configs = three(&scenarios);
        for c in &configs {
            block_on(finetuner(&ports).enqueue(c)).unwrap();
            block_on(ports.clock.sleep(1));
        }
        let mut tabs = [0, 1].map(|_| Scheduler::new(finetuner(&ports)));
        let mut remote: BTreeMap<String, String> = BTreeMap::new();
        let mut finished: BTreeMap<String, JobStatus> = BTreeMap::new();
        for a in &acts {
            act(&ports, &mut tabs, &configs, a);
            for job in block_on(finetuner(&ports).job_manager().list()).unwrap() {
                // What the vendor has is never forgotten or exchanged; an end is an end.
                if let Some(id) = job.state.remote_id() {
                    let known = remote.entry(job.job_id.clone()).or_insert_with(|| id.to_owned());
                    prop_assert_eq!(known.as_str(), id);
                } else {
                    prop_assert!(!remote.contains_key(&job.job_id), "{a:?}: {:?}", job.state);
                }
                if let Some(status) = finished.get(&job.job_id) {
                    prop_assert_eq!(*status, job.status);
                } else if ended(job.status) {
                    finished.insert(job.job_id.clone(), job.status);
                }
            }
        }
        // Everybody lets go; what is paused is taken up again; then all come to an end.
        drop(tabs);
        let tuner = finetuner(&ports);
        for c in &configs {
            let id = c.job_name.clone().unwrap();
            let job = block_on(tuner.job_manager().get(&id)).unwrap();
            if matches!(job.state, State::Remote { .. }) {
                block_on(tuner.resume(&id)).unwrap();
            }
        }
        let mut last = Scheduler::new(finetuner(&ports));
        let begun = ports.clock.now();
        while let Some(wait) = block_on(last.drive_all()).unwrap() {
            block_on(ports.clock.sleep(wait.max(1)));
            prop_assert!(ports.clock.now().since(begun) < 3_600_000, "somebody waits for ever");
        }
        prop_assert_eq!(last.errors().count(), 0);
        let mut at_vendor = 0;
        for job in block_on(tuner.job_manager().list()).unwrap() {
            prop_assert!(ended(job.status), "{:?}", job.state);
            at_vendor += usize::from(job.state.remote_id().is_some());
            check_events(&ports, &job);
            if job.status == JobStatus::Completed {
                prop_assert!(!job.artifacts.is_empty());
            }
        }
        // Each job at the vendor belongs to one here: none was created and forgotten.
        prop_assert_eq!(remote_jobs(&ports), at_vendor);
    }
}
