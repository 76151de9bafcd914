//! Jobs on the scripted Fireworks AI.

use screensmith::provider::ProviderName;
use serde_json::{Value, json};

use crate::bearer::{self, Test, Vendor, failure};
use crate::harness::dual_test;

const FIREWORKS: Vendor = Vendor {
    name: "fireworks",
    provider: ProviderName::Fireworks,
    base_model: "accounts/fireworks/models/qwen3-vl-8b-instruct",
    key_env: "FIREWORKS_API_KEY",
    key: "fw-good",
    create: "supervisedFineTuningJobs\\?",
    send: ":upload",
    send_method: "POST",
    weights: "signed/adapter%2F",
};

#[dual_test]
async fn a_job_runs_to_a_registered_model_with_its_weights() {
    let t = Test::new(FIREWORKS).await;
    let job = t.run().await.unwrap();
    t.completed(&job).await;
    let made = &t.jobs().await[0];
    assert_eq!(made["epochs"], 2);
    assert_eq!(made["loraRank"], 16);
    assert_eq!(made["baseModel"], FIREWORKS.base_model);
    assert_eq!(job.model_name.as_deref(), made["outputModel"].as_str());
    let sets = t.state().await["datasets"].clone();
    let sets = sets.as_array().unwrap();
    assert_eq!(sets.len(), 2);
    assert_eq!(made["dataset"], sets[0]["name"]);
    assert_eq!(made["evaluationDataset"], sets[1]["name"]);
    assert_eq!(
        sets[0]["exampleCount"],
        job.metrics.train_samples.to_string().as_str()
    );
    let lines = t.world.files.get("runs/ui_ground-1/train.jsonl").unwrap();
    assert_eq!(sets[0]["received"], lines.len(), "sent once");
    let events = t
        .world
        .tuner()
        .job_manager()
        .events("ui_ground-1")
        .await
        .unwrap();
    let told: Vec<&str> = events.iter().map(|e| e.message.as_str()).collect();
    assert_eq!(told[0], "Job created; estimated cost 1.50 USD");
    assert!(told.contains(&"Trained 50 %, epoch 1"), "{told:?}");
    assert_eq!(told.last(), Some(&"Job ended: JOB_STATE_COMPLETED"));
    let losses: Vec<_> = events
        .iter()
        .filter_map(|e| e.metrics?.train_loss)
        .collect();
    assert_eq!(losses.len(), 6);
    let card: Value = serde_json::from_slice(&t.artifact("model.json")).unwrap();
    assert_eq!(card["state"], "JOB_STATE_COMPLETED");
    assert_eq!(t.artifact("trainer.log"), b"trained\n");
    assert_eq!(t.artifact("weights/adapter_config.json"), b"{\"r\": 8}");
}

#[dual_test]
async fn keys_are_checked_and_never_written_down() {
    bearer::keys(FIREWORKS).await;
}

#[dual_test]
async fn the_preflight_asks_what_can_be_asked() {
    bearer::asked_before(FIREWORKS).await;
}

#[dual_test]
async fn refusals_end_the_job() {
    bearer::refusals(FIREWORKS).await;
}

#[dual_test]
async fn a_busy_vendor_is_waited_for() {
    bearer::passing(FIREWORKS).await;
}

#[dual_test]
async fn broken_connections_lose_and_double_nothing() {
    bearer::broken_connections(FIREWORKS).await;
}

#[dual_test]
async fn a_program_that_ends_anywhere_makes_one_job() {
    bearer::kills(FIREWORKS).await;
}

#[dual_test]
async fn unknown_states_and_fields_are_lived_with() {
    bearer::unknown_words(FIREWORKS, json!(["JOB_STATE_DREAMING", "", "ANOTHER"])).await;
}

#[dual_test]
async fn weights_come_in_parts() {
    bearer::weights(
        FIREWORKS,
        "weights/adapter/adapter_model.safetensors",
        b"weights ",
    )
    .await;
}

#[dual_test]
async fn a_job_can_be_cancelled() {
    bearer::cancelling(FIREWORKS).await;
}

#[dual_test]
async fn a_broken_dataset_is_told_with_the_vendors_reason() {
    let t = Test::new(FIREWORKS).await;
    t.set(json!({"invalid": "line 3 has no assistant message"}))
        .await;
    let (code, message) = failure(&t.world.tuner().start_finetune(&t.config).await.unwrap());
    assert_eq!(code, "invalid_file");
    assert!(message.contains("line 3"), "{message}");
    assert_eq!(t.jobs().await.len(), 0);
}

#[dual_test]
async fn a_job_that_breaks_down_tells_why() {
    let t = Test::new(FIREWORKS).await;
    t.set(json!({"outcome": "FAILED"})).await;
    let (code, message) = failure(&t.run().await.unwrap());
    assert_eq!(code, "resource_exhausted");
    assert!(message.contains("out of memory"), "{message}");
}

#[dual_test]
async fn a_download_with_a_wrong_checksum_is_refused() {
    let t = Test::new(FIREWORKS).await;
    t.world.tuner().start_finetune(&t.config).await.unwrap();
    t.set(json!({"wrong_hash": true})).await;
    let mut seen = None;
    for _ in 0..20 {
        match t.world.tuner().check_status("ui_ground-1").await {
            Ok(job) if job.state.is_final() => break,
            Ok(_) => {}
            Err(e) => seen = Some(e.code().to_owned()),
        }
    }
    assert_eq!(seen.as_deref(), Some("checksum"));
    t.set(json!({"wrong_hash": false})).await;
    t.completed(&t.wait().await.unwrap()).await;
}

#[dual_test]
async fn an_account_is_needed() {
    let mut t = Test::new(FIREWORKS).await;
    t.config.provider_options.account = None;
    let e = t.run().await.unwrap_err();
    assert_eq!(e.code(), "account_missing");
    assert_eq!(e.path(), Some("provider_options.account"));
}

#[dual_test]
async fn a_large_file_goes_to_a_signed_address() {
    let mut t = Test::new(FIREWORKS).await;
    t.config.provider_options.whole_file_bytes = Some(1000);
    t.rules(json!([{"method": "PUT", "path": "/signed-upload/",
        "answer": {"status": 503, "headers": {}, "body": ""}}]))
        .await;
    let job = t.run().await.unwrap();
    t.completed(&job).await;
    let seen = t.control(json!({})).await;
    let log = seen["log"].as_array().unwrap();
    let puts: Vec<&Value> = log.iter().filter(|r| r["method"] == "PUT").collect();
    assert_eq!(
        puts.len(),
        3,
        "two files, one of them again after a refusal"
    );
    for r in &puts {
        assert_eq!(r["signed"], false, "no key goes to the storage");
    }
    let direct = |r: &Value| r["path"].as_str().unwrap().ends_with(":upload");
    assert!(!log.iter().any(direct));
    for d in seen["state"]["datasets"].as_array().unwrap() {
        assert_eq!(d["state"], "READY", "{d}");
    }
}
