//! Tidying up at the scripted OpenAI.

use screensmith::job::{JobStatus, Scheduler, Start};
use serde_json::json;

use super::Test;
use crate::harness::dual_test;

const ID: &str = "ui-ground-1";

#[dual_test]
async fn a_job_that_has_ended_is_cleaned_up() {
    let t = Test::new().await;
    t.start().await;
    let active = t.world.tuner().clean(ID).await.unwrap_err();
    assert_eq!(active.code(), "job_active");
    let job = t.wait().await;
    t.completed(&job).await;
    assert!(job.can_be_cleaned());
    let model = job.model_name.clone().unwrap();

    // The same content lies there once, so another job that trains on it keeps it.
    let mut other = t.config.clone();
    other.job_name = Some("other".to_owned());
    other.register_llm_key = None;
    t.world.tuner().start_finetune(&other).await.unwrap();
    assert_eq!(t.files().await, 2);
    let used = t.world.tuner().clean(ID).await.unwrap_err();
    assert_eq!(used.code(), "file_in_use");
    assert!(used.message().contains("other"), "{used}");
    assert_eq!(t.files().await, 2);
    let other = t.world.tuner().wait("other").await.unwrap();
    assert_eq!(other.status, JobStatus::Completed);

    let would = t.world.tuner().cleanable(ID).await.unwrap();
    assert_eq!((would.files.len(), would.pictures), (2, 0));
    assert_eq!(t.files().await, 2, "asking deletes nothing");
    let done = t.world.tuner().clean(ID).await.unwrap();
    assert_eq!(done, would);
    let state = t.state().await;
    assert_eq!(t.files().await, 0);
    assert!(state["models"].as_array().unwrap().contains(&json!(model)));
    let job = t.world.tuner().job_manager().get(ID).await.unwrap();
    assert!(!job.can_be_cleaned());
    // Once more, and what somebody else has deleted already.
    assert!(t.world.tuner().clean(ID).await.unwrap().files.is_empty());
    assert_eq!(t.world.tuner().clean("other").await.unwrap().files.len(), 2);
}

#[dual_test]
async fn a_job_that_was_cancelled_in_mid_upload_is_cleaned_up() {
    let t = Test::new().await;
    // The training file is there, the validation file is not.
    t.world.client.left.set(3);
    t.run().await.unwrap_err();
    t.world.client.left.set(usize::MAX);
    assert_eq!(t.files().await, 1);
    let job = t.world.tuner().cancel(ID).await.unwrap();
    assert_eq!(job.status, JobStatus::Cancelled);
    assert_eq!(t.world.tuner().clean(ID).await.unwrap().files.len(), 1);
    assert_eq!(t.files().await, 0);
}

/// What the vendor no longer has can be given up, and takes no slot of it meanwhile.
#[dual_test]
async fn a_job_that_is_gone_at_the_vendor_is_ended_here() {
    let t = Test::new().await;
    t.start().await;
    t.rule(json!({"method": "GET", "path": "/jobs/ftjob", "answer": {
        "status": 404, "headers": {"content-type": "application/json"},
        "body": json!({"error": {"message": "Could not find fine tune", "code": "fine_tune_not_found"}}).to_string(),
    }}))
    .await;
    let e = t.world.tuner().wait(ID).await.unwrap_err();
    assert_eq!(e.code(), "not_found");
    assert!(e.hint_text().unwrap().contains("cancel it"), "{e}");
    let held = t.world.tuner().job_manager().get(ID).await.unwrap();
    assert!(!held.state.is_final());

    let mut next = t.config.clone();
    next.job_name = Some("next".to_owned());
    next.start = Start::WhenFree;
    next.register_llm_key = None;
    let begun = t.world.tuner().start_finetune(&next).await;
    let next = t.world.tuner().job_manager().get("next").await.unwrap();
    assert!(next.waits_for().is_none(), "{begun:?}");

    t.rule(json!({"method": "POST", "path": "/cancel$", "answer": {
        "status": 404, "headers": {"content-type": "application/json"},
        "body": json!({"error": {"message": "Could not find fine tune", "code": "fine_tune_not_found"}}).to_string(),
    }}))
    .await;
    let gone = t.world.tuner().cancel(ID).await.unwrap();
    assert_eq!(gone.status, JobStatus::Cancelled);
    assert!(gone.problems.iter().any(|p| p.code == "not_found"));
    t.world.tuner().job_manager().delete(ID).await.unwrap();
}

#[dual_test]
async fn a_job_whose_key_is_gone_is_given_up_without_asking() {
    let t = Test::new().await;
    t.start().await;
    t.set(json!({"keys": ["another"]})).await;
    let e = t.world.tuner().cancel(ID).await.unwrap_err();
    assert_eq!(e.code(), "unauthorized");
    // What waits behind it is not waited for.
    let mut next = t.config.clone();
    next.job_name = Some("next".to_owned());
    next.start = Start::WhenFree;
    next.register_llm_key = None;
    t.world.tuner().enqueue(&next).await.unwrap();
    let mut scheduler = Scheduler::new(t.world.tuner());
    scheduler.work().await.unwrap();
    assert_eq!(
        scheduler.errors().map(|(id, _)| id).collect::<Vec<_>>(),
        [ID]
    );
    let next = t.world.tuner().job_manager().get("next").await.unwrap();
    assert!(next.waits_for().is_some());

    let job = t.world.tuner().give_up(ID).await.unwrap();
    assert_eq!(job.status, JobStatus::Cancelled);
    assert!(job.problems.iter().any(|p| p.code == "given_up"));
    let again = t.world.tuner().give_up(ID).await.unwrap();
    assert_eq!(again, job);
}

#[cfg(not(target_arch = "wasm32"))]
#[dual_test]
async fn the_command_line_lists_and_deletes_at_the_vendor() {
    let t = Test::new().await;
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    std::fs::write(at("ui.jsonl"), crate::harness::dataset(24, 0)).unwrap();
    let mut config = t.config.clone();
    config.dataset_path = at("ui.jsonl").display().to_string();
    config.output_dir = at("runs").display().to_string();
    std::fs::write(at("job.json"), serde_json::to_vec(&config).unwrap()).unwrap();
    let config = at("job.json").display().to_string();
    let cli = |args: &[&str]| {
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_screensmith"))
            .args(args)
            .args(["--json", "--store"])
            .arg(at("store"))
            .env("OPENAI_API_KEY", super::SECRET)
            .output()
            .unwrap();
        let value: serde_json::Value = serde_json::from_slice(&done.stdout).unwrap();
        (done.status.code().unwrap(), value)
    };
    let (code, job) = cli(&["run", "--config", &config]);
    assert_eq!(code, 0, "{job}");
    let model = job["model_name"].as_str().unwrap();

    let base = format!("base_url={}/v1", t.servers.address("openai"));
    let named = [
        "provider",
        "models",
        "--tuned",
        "--provider",
        "openai",
        "--option",
        &base,
    ];
    let (code, list) = cli(&named);
    assert_eq!((code, &list[0]["id"]), (0, &json!(model)));
    assert_eq!(list.as_array().unwrap().len(), 1);
    let (_, list) = cli(&["provider", "models", "--config", &config]);
    assert_eq!(list.as_array().unwrap().len(), 3);

    // Nothing is deleted without a word.
    let delete_model = ["provider", "delete-model", model, "--config", &config];
    let (code, refused) = cli(&delete_model);
    assert_eq!(
        (code, &refused["error"]["code"]),
        (2, &json!("not_confirmed"))
    );
    let (code, refused) = cli(&["jobs", "clean", ID]);
    assert_eq!(
        (code, &refused["error"]["code"]),
        (2, &json!("not_confirmed"))
    );
    assert_eq!(t.files().await, 2);
    assert_eq!(t.state().await["models"], json!([model]));

    let file = t.state().await["files"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let (code, _) = cli(&[
        "provider",
        "delete-file",
        &file,
        "--yes",
        "--config",
        &config,
    ]);
    assert_eq!((code, t.files().await), (0, 1));
    let (code, done) = cli(&["jobs", "clean", ID, "--yes"]);
    assert_eq!((code, t.files().await), (0, 0), "{done}");
    let mut confirmed = delete_model.to_vec();
    confirmed.push("--yes");
    assert_eq!(cli(&confirmed).0, 0);
    assert_eq!(t.state().await["models"], json!([]));

    let (code, missing) = cli(&["provider", "models"]);
    assert_eq!(
        (code, &missing["error"]["code"]),
        (2, &json!("provider_missing"))
    );
    let (code, _) = cli(&["provider", "models", "--provider", "together"]);
    assert_eq!(code, 3, "not offered");
}
