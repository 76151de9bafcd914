//! Registering, refusing, and the text of every export.

use std::rc::Rc;

use crate::base::fakes::{MemoryStore, VirtualClock};
use crate::base::system::block_on;
use crate::base::time::Timestamp;
use crate::job::{FineTuneConfig, FineTuneJob, ModelSink, TunedModel};
use crate::provider::{ProviderName, Simulation};
use crate::registry::{Export, LlmConfig, LlmConfigRegistry, RegistryEntry};

pub(super) fn now() -> Timestamp {
    Timestamp::parse("2026-11-22T12:00:00Z").unwrap()
}

pub(super) fn registry() -> LlmConfigRegistry {
    LlmConfigRegistry::new(
        Rc::new(MemoryStore::new()),
        Rc::new(VirtualClock::new(now())),
    )
}

pub(super) fn job(provider: ProviderName, base_model: &str) -> FineTuneJob {
    let mut config = FineTuneConfig::new("d.jsonl", provider, base_model);
    config.register_llm_key = Some("MY_MODEL".to_owned());
    let mut job = FineTuneJob::new("ft_demo".to_owned(), config, "u".to_owned(), now());
    job.convention = Some("abs_xyxy".to_owned());
    job.image_size = Some([1280, 720]);
    job.dataset_fingerprint = Some("f00d".to_owned());
    job
}

pub(super) fn entry(job: &FineTuneJob, model: &str) -> RegistryEntry {
    let r = registry();
    let key = "MY_MODEL";
    block_on(r.register(TunedModel { key, job, model })).unwrap();
    block_on(r.get(key)).unwrap()
}

pub(super) const TUNED: &str = "ft:gpt-4o-2024-08-06:my-org::abc123";

#[test]
fn keys_are_unique_and_checked() {
    let r = registry();
    let config = LlmConfig::new("gpt-4o-mini-synthetic-ui", &["OPENAI_API_KEY"]);
    block_on(r.register_config("OPENAI_SYNTHETIC_UI_DEMO", config.clone())).unwrap();
    assert_eq!(
        block_on(r.get_config("OPENAI_SYNTHETIC_UI_DEMO")).unwrap(),
        config
    );
    let again = block_on(r.register_config("OPENAI_SYNTHETIC_UI_DEMO", config.clone()));
    assert_eq!(again.unwrap_err().code(), "duplicate_llm_config");
    for key in ["", "MY KEY", "a\nb", "ä", "x=1", &"K".repeat(129)] {
        let e = block_on(r.register_config(key, config.clone())).unwrap_err();
        assert_eq!((e.code(), e.path()), ("llm_key", Some("key")), "{key:?}");
    }
    let e = block_on(r.register_config("K", LlmConfig::new("m", &["sk-123"]))).unwrap_err();
    assert_eq!(e.code(), "env_var_name");
    assert_eq!(
        block_on(r.get_config("K")).unwrap_err().code(),
        "llm_config_missing"
    );
    block_on(r.deregister_config("OPENAI_SYNTHETIC_UI_DEMO")).unwrap();
    block_on(r.deregister_config("OPENAI_SYNTHETIC_UI_DEMO")).unwrap();
    assert!(block_on(r.list()).unwrap().is_empty());
}

/// How many versions were new, and how many were there.
pub(super) fn imported(r: &LlmConfigRegistry, text: &str) -> (usize, usize) {
    let done = block_on(r.import_json(text)).unwrap();
    (done.added, done.same)
}

#[test]
fn json_round_trips_and_broken_json_changes_nothing() {
    let r = registry();
    let job = job(ProviderName::Gemini, "gemini-2.5-flash");
    let model = "projects/1/locations/us-central1/endpoints/9";
    block_on(r.register(TunedModel {
        key: "A",
        job: &job,
        model,
    }))
    .unwrap();
    let text = block_on(r.export_json()).unwrap();
    let other = registry();
    assert_eq!(imported(&other, &text), (1, 0));
    assert_eq!(block_on(other.export_json()).unwrap(), text);
    assert_eq!(imported(&other, &text), (0, 1));
    let empty = registry();
    for broken in [
        "{",
        "{}",
        "7",
        "[{}]",
        "{\"models\":[{}]}",
        "{\"schema\":99,\"models\":[]}",
        "{\"schema\":\"2\",\"models\":[]}",
        "[[1,2]]",
        &text.replace("\"A\"", "\"A B\""),
        &text.replace("model_name", "mode_name"),
    ] {
        assert!(block_on(empty.import_json(broken)).is_err(), "{broken}");
        assert!(block_on(empty.list()).unwrap().is_empty());
    }
}

#[test]
fn the_contract_and_the_end_travel_with_the_model() {
    let e = entry(&job(ProviderName::OpenAi, "gpt-4o-2024-08-06"), TUNED);
    assert_eq!(e.provenance.end_of_life.as_deref(), Some("2027-01-14"));
    let text = e.export(Export::SkyvernPython).unwrap();
    for line in [
        "#   coordinates: abs_xyxy",
        "#   image size: up to 1280x720 pixels in training",
        "#   base model: gpt-4o-2024-08-06",
        "#   end of life: 2027-01-14",
        "    model_name=\"ft:gpt-4o-2024-08-06:my-org::abc123\",",
        "    required_env_vars=[\"OPENAI_API_KEY\"],",
        "    supports_vision=True,",
        "    add_assistant_prefix=False,",
        "    from skyvern.schemas.llm import LLMConfig",
        "    from skyvern.forge.sdk.api.llm.models import LLMConfig",
        "        LLMConfigRegistry.deregister_config(KEY)",
        "def configure_app(app):",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}\n{text}");
    }
    assert!(!text.contains("api_key"));
}

#[test]
fn every_provider_reaches_its_model() {
    let vertex = entry(
        &job(ProviderName::Gemini, "gemini-2.5-flash"),
        "projects/123/locations/us-central1/endpoints/9999",
    );
    let text = vertex.export(Export::SkyvernPython).unwrap();
    for part in [
        "model_name=\"vertex_ai/gemini/9999\"",
        "required_env_vars=[\"VERTEX_CREDENTIALS\"]",
        "\"vertex_credentials\": settings.VERTEX_CREDENTIALS,",
        "\"vertex_project\": \"123\",",
        "from skyvern.config import settings",
        "#         model_name=\"gemini/9999\",",
        "#         required_env_vars=[\"GEMINI_API_KEY\"],",
        "cannot serve models tuned on Vertex AI",
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let e = vertex.export(Export::SkyvernEnv).unwrap_err();
    assert_eq!(e.code(), "export_unsupported");

    let own = entry(
        &job(ProviderName::Custom, "Qwen/Qwen2.5-VL-3B-Instruct"),
        "ft_demo",
    );
    assert!(own.provenance.awaits_training);
    let text = own.export(Export::SkyvernEnv).unwrap();
    for line in [
        "ENABLE_OPENAI_COMPATIBLE=true",
        "OPENAI_COMPATIBLE_MODEL_NAME=ft_demo",
        "OPENAI_COMPATIBLE_API_BASE=http://localhost:8000/v1",
        "OPENAI_COMPATIBLE_SUPPORTS_VISION=true",
        "OPENAI_COMPATIBLE_MODEL_KEY=MY_MODEL",
        "LLM_KEY=MY_MODEL",
    ] {
        assert!(text.lines().any(|l| l == line), "{line}\n{text}");
    }
    let text = own.export(Export::SkyvernPython).unwrap();
    assert!(text.contains("model_name=\"openai/ft_demo\""));
    assert!(text.contains("\"api_base\": \"http://localhost:8000/v1\","));
}

#[test]
fn a_practice_model_cannot_be_mistaken() {
    let mut job = job(ProviderName::OpenAi, "gpt-4o-2024-08-06");
    job.config.provider_options.simulated = Some(Simulation::default());
    job.simulated = true;
    let e = entry(&job, "ft:gpt-4o-2024-08-06:screensmith:ft_demo:SIMULATED");
    let text = e.export(Export::SkyvernPython).unwrap();
    assert!(text.contains("# SIMULATED:") && text.contains("raise RuntimeError(\"SIMULATED"));
    let text = e.export(Export::SkyvernEnv).unwrap();
    assert!(
        text.lines().all(|l| l.is_empty() || l.starts_with('#')),
        "{text}"
    );
    let text = e.export(Export::Json).unwrap();
    assert!(text.contains("practice run"));
}

/// Python itself reads the exported modules, whatever the names are like.
#[test]
fn python_compiles_every_snippet() {
    let found = std::process::Command::new("python3")
        .arg("--version")
        .output();
    if !found.is_ok_and(|o| o.status.success()) {
        eprintln!("python3 is not installed: the snippets are not compiled");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let mut odd = job(ProviderName::OpenAi, "base\"\\\n'''model");
    odd.system_prompt = Some("line one\nimport os\u{2028}\"\"\" end".to_owned());
    let mut practice = job(ProviderName::Custom, "m");
    practice.simulated = true;
    let cases = [
        entry(&job(ProviderName::OpenAi, "gpt-4o-2024-08-06"), TUNED),
        entry(
            &job(ProviderName::Gemini, "g"),
            "projects/1/locations/l/endpoints/2",
        ),
        entry(&job(ProviderName::Custom, "q"), "ft_demo"),
        entry(&odd, "ft:\"quoted\\\u{1F600}\n"),
        entry(&practice, "x-SIMULATED"),
    ];
    let mut paths = Vec::new();
    for (i, e) in cases.iter().enumerate() {
        let path = dir.path().join(format!("tuned_models_{i}.py"));
        std::fs::write(&path, e.export(Export::SkyvernPython).unwrap()).unwrap();
        paths.push(path);
    }
    let out = std::process::Command::new("python3")
        .args(["-m", "py_compile"])
        .args(&paths)
        .output()
        .unwrap();
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
}
