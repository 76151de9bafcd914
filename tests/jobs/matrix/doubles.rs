//! Whatever happens, the vendor has one job, and there is one truth about it.

use std::rc::Rc;

use futures_util::future::join;
use screensmith::base::ports::{Clock, LocalFuture};
use screensmith::base::time::Timestamp;
use screensmith::job::{FineTuneJobManager, JobStatus, VisionFinetuner};
use serde_json::json;

use super::run::{BROWSER, JOB, Run, always, rule};
use super::subjects::Subject;

pub(super) async fn lost_answers(s: &'static Subject) {
    for drop in ["before", "after"] {
        for times in [1, 3] {
            let run = Run::new(s).await;
            run.rules(vec![rule(s.create, json!({"drop": drop, "times": times}))])
                .await;
            run.completes().await;
        }
    }
    // The answer is no answer of this vendor.
    let run = Run::new(s).await;
    let odd = json!({"answer": {"status": 200, "headers": {}, "body": "<html>"}, "act": true});
    run.rules(vec![rule(s.create, odd)]).await;
    run.completes().await;
    // The answer is lost, and at first the job cannot be looked for either.
    let run = Run::new(s).await;
    let refused = json!({"answer": {"status": 503, "headers": {}, "body": ""}, "times": 3});
    run.rules(vec![
        rule(s.create, json!({"drop": "after"})),
        rule(s.find, refused),
    ])
    .await;
    run.completes().await;
}

/// A browser sends the creation twice, and nobody notices but the vendor.
pub(super) async fn sent_twice(s: &'static Subject) {
    let run = Run::new(s).await;
    run.world.client.resends.set(true);
    run.set(json!({"polls": 2, "concurrent": 9})).await;
    run.rules(vec![rule(s.create, json!({"twice": true}))])
        .await;
    let job = run.completes().await;
    let noted = job.problems.iter().any(|p| p.code == "double_cancelled");
    // Where the id of a job is ours, the vendor refuses to make it twice.
    assert_eq!(noted, run.jobs().await.len() > 1, "{:?}", job.problems);
}

/// The program ends after any request, and goes on with what it has stored.
pub(super) async fn kills(s: &'static Subject) {
    let whole = Run::new(s).await;
    whole.completes().await;
    let requests = whole.world.client.sent.get();
    assert!(requests > 8, "{requests}");
    let step = if BROWSER { 5 } else { 1 };
    for at in (0..requests).step_by(step) {
        let run = Run::new(s).await;
        run.world.client.left.set(at);
        match run.go().await {
            Err(e) => assert_eq!(e.code(), "killed", "{at}"),
            // The server was faster this time: fewer questions, and the end was reached.
            Ok(job) => run.is_complete(&job).await,
        }
        run.world.client.left.set(usize::MAX);
        run.completes().await;
    }
}

/// The job's clock, which lets others work whenever it is waited for.
struct Polite(Rc<dyn Clock>);

impl Clock for Polite {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn sleep(&self, ms: u64) -> LocalFuture<'_, ()> {
        Box::pin(async move {
            self.0.sleep(ms).await;
            super::tabs::give_way().await;
        })
    }
}

/// Two tabs with one store: both start the job, both watch it.
pub(super) async fn two_tabs(s: &'static Subject) {
    let mut run = Run::new(s).await;
    run.set(json!({"polls": 3})).await;
    run.world.ports.clock = Rc::new(Polite(run.world.ports.clock.clone()));
    super::tabs::share(&mut run.world.ports).await;
    let tab = || {
        VisionFinetuner::new(
            FineTuneJobManager::new(run.world.ports.store.clone()),
            run.world.ports.clone(),
        )
        .with_registry(Rc::new(run.world.registry()))
    };
    let drive = async |tuner: VisionFinetuner| {
        tuner.enqueue(&run.config).await?;
        tuner.wait(JOB).await
    };
    let (one, other) = join(drive(tab()), drive(tab())).await;
    let (one, other) = (one.unwrap(), other.unwrap());
    assert_eq!(one, other);
    run.is_complete(&one).await;
    // The other tab wishes: the one that drives obeys.
    let mut again = run.config.clone();
    again.job_name = Some("matrix-2".to_owned());
    again.register_llm_key = None;
    run.set(json!({"polls": 30})).await;
    let (first, second) = (tab(), tab());
    let job = first.start_finetune(&again).await.unwrap();
    let id = job.job_id.as_str();
    let (end, wish) = join(first.wait(id), async {
        super::tabs::give_way().await;
        second.cancel(id).await
    })
    .await;
    wish.unwrap();
    assert_eq!(end.unwrap().status, JobStatus::Cancelled);
    assert_eq!(run.jobs().await.len(), 2);
}

pub(super) async fn cancel_races(s: &'static Subject) {
    let cancelled = async |run: &Run| {
        let job = run.go().await.unwrap();
        assert_eq!(job.status, JobStatus::Cancelled, "{job:#?}");
        let again = run.job().await;
        assert_eq!(job, again);
        assert!(
            !run.world
                .registry()
                .is_registered(super::run::KEY)
                .await
                .unwrap()
        );
    };
    // Before anything was sent.
    let run = Run::new(s).await;
    run.world.tuner().enqueue(&run.config).await.unwrap();
    run.world.tuner().cancel(JOB).await.unwrap();
    cancelled(&run).await;
    assert_eq!(run.world.client.sent.get(), 0);

    // While it trains; and once more when the answer to that is lost.
    for drop in [None, Some("before"), Some("after")] {
        let run = Run::new(s).await;
        run.set(json!({"polls": 20})).await;
        run.start().await.unwrap();
        if let Some(drop) = drop {
            run.rules(vec![rule(s.cancel, json!({"drop": drop}))]).await;
        }
        // Either it is done at once, or it is stored and passed on later.
        let _ = run.world.tuner().cancel(JOB).await;
        cancelled(&run).await;
        let jobs = run.jobs().await;
        let text = jobs[0].to_string().to_lowercase();
        assert!(text.contains("cancel"), "the vendor knows: {text}");
    }

    // While nobody knows whether the vendor has the job.
    let run = Run::new(s).await;
    run.set(json!({"polls": 20})).await;
    run.rules(vec![
        rule(
            s.create,
            json!({"answer": {"status": 502, "headers": {}, "body": ""}, "act": true}),
        ),
        rule(s.find, always(503)),
    ])
    .await;
    run.start().await.unwrap_err();
    run.world.tuner().cancel(JOB).await.unwrap();
    run.calm().await;
    cancelled(&run).await;
    assert!(run.jobs().await.len() <= 1);

    // The job ends before the request comes: its model is kept.
    let run = Run::new(s).await;
    let id = run.start().await.unwrap();
    let id = id.state.remote_id().unwrap().to_owned();
    let p = run.provider();
    while !p.get(&id).await.unwrap().state.is_final() {}
    run.world.tuner().cancel(JOB).await.unwrap();
    run.completes().await;

    // It ends while it is being cancelled.
    if !s.finishes_cancelled {
        return;
    }
    let run = Run::new(s).await;
    run.set(json!({"cancel_ignored": true})).await;
    run.start().await.unwrap();
    run.world.tuner().cancel(JOB).await.unwrap();
    run.completes().await;
}
