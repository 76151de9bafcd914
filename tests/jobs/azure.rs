//! Jobs on Azure OpenAI: the scripted OpenAI under Azure's path, version and key header.

use screensmith::base::ports::Secret;
use screensmith::job::{FineTuneConfig, JobStatus};
use screensmith::provider::{ProviderName, Setting};
use serde_json::{Value, json};

use crate::bearer::failure;
use crate::harness::{World, dataset, dual_test};
use crate::servers::Servers;

fn world(base_url: Option<String>) -> (World, FineTuneConfig) {
    let world = World::new();
    world.files.insert("data/ui.jsonl", dataset(24, 0));
    world
        .secrets
        .insert("AZURE_OPENAI_API_KEY", Secret::new("sk-good"));
    let mut c = FineTuneConfig::new("data/ui.jsonl", ProviderName::Azure, "gpt-4o-2024-08-06");
    c.output_dir = "runs".to_owned();
    c.job_name = Some("ui-azure".to_owned());
    c.register_llm_key = Some("AZURE_GROUNDER".to_owned());
    c.hyperparameters.n_epochs = Setting::Value(2);
    c.provider_options.base_url = base_url;
    (world, c)
}

#[dual_test]
async fn a_job_runs_to_a_registered_model() {
    let servers = Servers::start().await;
    let base = format!(
        "{}/openai/v1?api-version=preview",
        servers.address("openai")
    );
    let (world, config) = world(Some(base));
    // The answer to the creation is lost, too: the version goes with the listing as well.
    servers
        .control(
            "openai",
            json!({"set": {"file_polls": 3},
            "rules": [{"method": "POST", "path": "/jobs\\?", "drop": "after"}]}),
        )
        .await;
    let job = world.tuner().run(&config).await.unwrap();
    assert_eq!(job.status, JobStatus::Completed, "{job:#?}");
    let seen = servers.control("openai", json!({})).await;
    assert_eq!(seen["state"]["jobs"].as_array().unwrap().len(), 1);
    assert_eq!(
        seen["state"]["jobs"][0]["fine_tuned_model"],
        json!(job.model_name)
    );
    for r in seen["log"].as_array().unwrap() {
        let path = r["path"].as_str().unwrap();
        assert!(
            path.starts_with("/openai/v1/") && path.contains("api-version=preview"),
            "{r}"
        );
        assert_eq!(path.matches('?').count(), 1, "{r}");
        let headers = r["headers"].as_array().unwrap();
        assert!(headers.contains(&json!("api-key")), "{r}");
        assert!(!headers.contains(&json!("authorization")), "{r}");
    }
    let card = world
        .files
        .get("runs/ui-azure/artifacts/model.json")
        .unwrap();
    let card: Value = serde_json::from_slice(&card).unwrap();
    assert_eq!(card["provider"], "azure");
    let entry = world.registry().get("AZURE_GROUNDER").await.unwrap();
    let entry = serde_json::to_string(&entry).unwrap();
    let model = job.model_name.unwrap();
    assert!(entry.contains(&format!("azure/{model}")), "{entry}");
    let ways = ProviderName::Azure
        .vendor()
        .serving(&model, "", &config.provider_options);
    assert!(ways[0].warnings[0].contains("deployed"), "{ways:?}");
    let url = ways[0].compatible_base_url.as_deref().unwrap();
    assert!(url.ends_with("/openai/v1"), "{url}");
}

#[dual_test]
async fn without_an_address_or_with_a_wrong_key_nothing_is_created() {
    let (nowhere, config) = world(None);
    let e = nowhere.tuner().run(&config).await.unwrap_err();
    assert_eq!(e.code(), "option_missing");
    assert_eq!(nowhere.client.sent.get(), 0);

    let servers = Servers::start().await;
    let (world, config) = world(Some(format!("{}/openai/v1", servers.address("openai"))));
    world
        .secrets
        .insert("AZURE_OPENAI_API_KEY", Secret::new("sk-wrong"));
    let e = world.tuner().run(&config).await.unwrap_err();
    assert_eq!(e.code(), "unauthorized");
    assert!(e.hint_text().unwrap().contains("AZURE_OPENAI_API_KEY"));
    assert!(!format!("{e:?}").contains("sk-wrong"));
    let seen = servers.control("openai", json!({})).await;
    assert_eq!(seen["state"]["files"], json!([]));
}

#[dual_test]
async fn a_file_that_cannot_be_read_ends_the_job_before_it_is_created() {
    let servers = Servers::start().await;
    let base = format!("{}/openai/v1", servers.address("openai"));
    let (world, config) = world(Some(base));
    let faults = json!({"set": {"file_polls": 2, "file_error": "line 3 is no JSON"}});
    servers.control("openai", faults).await;
    let job = world.tuner().run(&config).await.unwrap();
    assert_eq!(job.status, JobStatus::Failed);
    let (code, message) = failure(&job);
    assert_eq!(code, "invalid_file");
    assert!(message.contains("line 3 is no JSON"), "{message}");
    let seen = servers.control("openai", json!({})).await;
    assert_eq!(seen["state"]["jobs"], json!([]));
}
