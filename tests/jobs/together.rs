//! Jobs on the scripted Together AI.

use screensmith::provider::ProviderName;
use serde_json::{Value, json};

use crate::bearer::{self, Test, Vendor, failure};
use crate::harness::{dataset, dual_test};

const TOGETHER: Vendor = Vendor {
    name: "together",
    provider: ProviderName::Together,
    base_model: "Qwen/Qwen3.5-9B",
    key_env: "TOGETHER_API_KEY",
    key: "together-good",
    create: "fine-tunes$",
    send: "storage",
    send_method: "PUT",
    weights: "finetune/download",
};

#[dual_test]
async fn a_job_runs_to_a_registered_model_with_its_weights() {
    let t = Test::new(TOGETHER).await;
    let job = t.run().await.unwrap();
    t.completed(&job).await;
    let made = &t.jobs().await[0];
    assert_eq!(made["n_epochs"], 2);
    assert_eq!(made["training_type"]["lora_r"], 16);
    assert_eq!(made["training_type"]["lora_alpha"], 32);
    assert_eq!(made["batch_size"], "max");
    assert_eq!(made["n_evals"], 2);
    let suffix = made["suffix"].as_str().unwrap();
    assert!(
        suffix.starts_with("ui_ground-1-") && suffix.len() <= 40,
        "{suffix}"
    );
    assert!(job.model_name.as_deref().unwrap().contains(suffix));
    assert_eq!(job.convention.as_deref(), Some("thousand"));
    assert_eq!(job.metrics.trained_tokens, Some(54321));
    for f in t.state().await["files"].as_array().unwrap() {
        assert_eq!(f["size"], f["received"], "sent once");
        assert_eq!(f["right"], true);
    }
    let manager = t.world.tuner();
    let manager = manager.job_manager();
    let events = manager.events("ui_ground-1").await.unwrap();
    let saved = manager.checkpoints("ui_ground-1").await.unwrap();
    let told = |m: &&screensmith::provider::RemoteEvent| m.message.contains("Checkpoint saved");
    assert!(!saved.is_empty());
    assert_eq!(saved.len(), events.iter().filter(told).count());
    let ids: std::collections::BTreeSet<_> = events.iter().map(|e| e.id.clone()).collect();
    assert_eq!(ids.len(), events.len(), "each event once");
    let told: Vec<&str> = events.iter().map(|e| e.message.as_str()).collect();
    for text in [
        "Fine tune request created",
        "training_start",
        "Epoch 2 complete",
        "Job finished",
    ] {
        assert_eq!(
            told.iter().filter(|t| **t == text).count(),
            1,
            "{text}: {told:?}"
        );
    }
    let points: Vec<_> = events.iter().filter_map(|e| e.metrics).collect();
    let steps: Vec<u64> = points.iter().map(|p| p.step).collect();
    assert_eq!(steps, [1, 2, 3, 4, 5, 6, 7, 8]);
    assert_eq!(points[1].train_loss, Some(1.0));
    assert_eq!(points[7].valid_loss, Some(0.5));
    let card: Value = serde_json::from_slice(&t.artifact("model.json")).unwrap();
    assert_eq!(card["status"], "completed");
    let metrics: Value = serde_json::from_slice(&t.artifact("metrics.json")).unwrap();
    assert!(metrics["metrics"].as_array().unwrap().len() >= 8);
}

#[dual_test]
async fn keys_are_checked_and_never_written_down() {
    bearer::keys(TOGETHER).await;
}

#[dual_test]
async fn the_preflight_asks_what_can_be_asked() {
    bearer::asked_before(TOGETHER).await;
}

#[dual_test]
async fn refusals_end_the_job() {
    bearer::refusals(TOGETHER).await;
}

#[dual_test]
async fn a_busy_vendor_is_waited_for() {
    bearer::passing(TOGETHER).await;
}

#[dual_test]
async fn broken_connections_lose_and_double_nothing() {
    bearer::broken_connections(TOGETHER).await;
}

#[dual_test]
async fn a_program_that_ends_anywhere_makes_one_job() {
    bearer::kills(TOGETHER).await;
}

#[dual_test]
async fn unknown_states_and_fields_are_lived_with() {
    bearer::unknown_words(TOGETHER, json!(["dreaming", "", "running_v2"])).await;
}

#[dual_test]
async fn weights_come_in_parts() {
    bearer::weights(TOGETHER, "adapter.tar.zst", b"weights of the adapter ").await;
}

#[dual_test]
async fn a_job_can_be_cancelled() {
    bearer::cancelling(TOGETHER).await;
}

#[dual_test]
async fn a_broken_file_is_told_with_the_vendors_reason() {
    let t = Test::new(TOGETHER).await;
    t.set(json!({"invalid": "line 3 has no assistant message"}))
        .await;
    let (code, message) = failure(&t.world.tuner().start_finetune(&t.config).await.unwrap());
    assert_eq!(code, "invalid_file");
    assert!(message.contains("line 3"), "{message}");
    assert_eq!(t.jobs().await.len(), 0);
}

#[dual_test]
async fn what_the_model_does_not_take_is_refused_before_a_job_is_made() {
    let t = Test::new(TOGETHER).await;
    t.set(json!({"vision": false})).await;
    let job = t.world.tuner().start_finetune(&t.config).await.unwrap();
    assert_eq!(failure(&job).0, "model_not_tunable");
    let mut t = Test::new(TOGETHER).await;
    t.config.base_model = "nobody/nothing".to_owned();
    let job = t.world.tuner().start_finetune(&t.config).await.unwrap();
    assert_eq!(failure(&job).0, "model_not_tunable");
    let mut t = Test::new(TOGETHER).await;
    t.config.hyperparameters.adapter_size = Some(128);
    let job = t.world.tuner().start_finetune(&t.config).await.unwrap();
    assert_eq!(failure(&job).0, "hyperparameter_range");
    assert_eq!(t.jobs().await.len(), 0);
}

#[dual_test]
async fn a_job_that_breaks_down_tells_why() {
    let t = Test::new(TOGETHER).await;
    t.set(json!({"outcome": "error"})).await;
    let (code, message) = failure(&t.run().await.unwrap());
    assert_eq!(code, "job_error");
    assert!(message.contains("out of memory"), "{message}");
}

#[dual_test]
async fn the_same_content_is_sent_once_and_a_redirect_may_come_through_a_proxy() {
    let mut t = Test::new(TOGETHER).await;
    t.set(json!({"proxied": true})).await;
    t.completed(&t.run().await.unwrap()).await;
    t.config.job_name = Some("ui_ground-2".to_owned());
    t.config.register_llm_key = None;
    t.run().await.unwrap();
    let files = t.state().await["files"].clone();
    let files = files.as_array().unwrap();
    assert_eq!(files.len(), 2);
    for f in files {
        assert_eq!(f["size"], f["received"], "sent once");
    }
    assert_eq!(t.jobs().await.len(), 2);
}

#[dual_test]
async fn a_large_file_goes_in_parts_and_a_lost_part_again() {
    let mut t = Test::new(TOGETHER).await;
    t.world.files.insert("data/ui.jsonl", dataset(24, 300_000));
    t.config.provider_options.whole_file_bytes = Some(1_000_000);
    t.rules(json!([{"method": "PUT", "path": "/storage/.*/2\\?", "drop": "after"}]))
        .await;
    let job = t.run().await.unwrap();
    t.completed(&job).await;
    let seen = t.control(json!({})).await;
    let log = seen["log"].as_array().unwrap();
    let parts = |n: u8| {
        let end = format!("/{n}?sig=right");
        let is = |r: &&Value| r["path"].as_str().unwrap().ends_with(&end);
        log.iter().filter(is).collect::<Vec<_>>()
    };
    // The training file has two parts, the second of them sent twice; the validation file has one.
    assert_eq!((parts(1).len(), parts(2).len(), parts(3).len()), (2, 2, 0));
    assert_eq!(parts(1)[0]["bytes"], 5 << 20);
    for r in log.iter().filter(|r| r["method"] == "PUT") {
        assert_eq!(r["signed"], false, "no key goes to the storage");
    }
    for f in seen["state"]["files"].as_array().unwrap() {
        assert_eq!(f["right"], true, "{f}");
    }
}
