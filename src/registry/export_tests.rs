//! Exports as the programs that read them do: Python, a shell, a YAML reader.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::base::geometry::PxPoint;
use crate::base::time::Timestamp;
use crate::format::grounding_prompt;
use crate::provider::{PROVIDERS, ProviderName, ServingParam};
use crate::registry::tests::{TUNED, entry, job};
use crate::registry::{EXPORTS, Export, LlmConfig, Provenance, RegistryEntry};
use crate::task::coords::{CONVENTIONS, convention};
use crate::task::{Found, Geometry, parse_answer};

/// Whether a program can be run here; says so when a test is left out for want of it.
fn have(program: &str, args: &[&str]) -> bool {
    let found = Command::new(program).args(args).output();
    let found = found.is_ok_and(|o| o.status.success());
    if !found {
        eprintln!("{program} is not installed: not tested");
    }
    found
}

fn run(command: &mut Command) -> String {
    let out = command.output().unwrap();
    assert!(
        out.status.success(),
        "{}\n{}",
        String::from_utf8_lossy(&out.stdout),
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8(out.stdout).unwrap()
}

/// A model served by the user, with texts that are hard to quote.
fn own(convention_id: &str, base_url: &str) -> RegistryEntry {
    let mut config = LlmConfig::new("driver/it's \"mine\" $HOME `id` \\ ü", &["MY_KEY"]);
    let base = ServingParam::Text(base_url.to_owned());
    config.litellm_params.push(("api_base".to_owned(), base));
    RegistryEntry {
        key: "OWN".to_owned(),
        config,
        provenance: Provenance {
            convention: Some(convention_id.to_owned()),
            system_prompt: Some("say 'x'\n\"y\" $z `w` \\n %s \u{85}".to_owned()),
            image_size: Some([1280, 720]),
            ..Provenance::default()
        },
        provider_options: Default::default(),
        registered_at: Timestamp::from_millis(0),
        version: 1,
        tags: Vec::new(),
        note: String::new(),
    }
}

/// What the published package accepts: fields of `LLMConfig` and `LiteLLMParams`, and names that
/// reach the provider. `vertex_project` is no declared parameter and reaches litellm untouched.
#[test]
fn what_skyvern_reads_follows_its_published_rules() {
    const FIELDS: &[&str] = &[
        "model_name",
        "required_env_vars",
        "supports_vision",
        "add_assistant_prefix",
        "litellm_params",
        "max_tokens",
        "max_completion_tokens",
        "temperature",
        "reasoning_effort",
    ];
    const PARAMS: &[&str] = &[
        "api_key",
        "api_version",
        "api_base",
        "model_info",
        "vertex_credentials",
        "vertex_location",
        "thinking",
        "thinking_level",
        "service_tier",
        "extra_headers",
        "timeout",
        "extra_body",
        "vertex_project",
    ];
    for vendor in PROVIDERS {
        let mut job = job(vendor.name(), "gpt-4o-2024-08-06");
        job.convention = Some("absolute".to_owned());
        let model = match vendor.name() {
            ProviderName::OpenAi => TUNED,
            ProviderName::Gemini => "projects/1/locations/l/endpoints/2",
            _ => "served",
        };
        let e = entry(&job, model);
        let card: Value = serde_json::from_str(&e.export(Export::Json).unwrap()).unwrap();
        let config = card["llm_config"].as_object().unwrap();
        for field in config.keys() {
            assert!(FIELDS.contains(&field.as_str()), "{field}");
        }
        for field in &FIELDS[..4] {
            assert!(config.contains_key(*field), "{field}");
        }
        if let Some(params) = config.get("litellm_params") {
            for name in params.as_object().unwrap().keys() {
                assert!(PARAMS.contains(&name.as_str()), "{name}");
            }
        }
        assert_eq!(config["supports_vision"], true);
        assert_eq!(config["add_assistant_prefix"], false);
        let name = config["model_name"].as_str().unwrap();
        let known = name.starts_with("ft:gpt-4") || name.starts_with("ft:gpt-3.5-turbo");
        assert!(
            known
                || name
                    .split_once('/')
                    .is_some_and(|(d, m)| !d.is_empty() && !m.is_empty()),
            "{name}"
        );
        for (form, id, _) in EXPORTS {
            match e.export(*form) {
                Ok(text) => assert!(!text.contains("@FACTS@") && !text.is_empty(), "{id}"),
                Err(e) => assert_eq!(e.code(), "export_unsupported", "{id}"),
            }
        }
    }
}

/// A stand-in of Skyvern with the rules of its registry: a taken key is refused, a missing
/// variable (looked up in the settings) only warns, deregistering never fails.
const STAND_IN: &str = r#"
import sys, types
from dataclasses import dataclass
def module(name, **what):
    m = types.ModuleType(name); m.__dict__.update(what); sys.modules[name] = m
@dataclass(frozen=True)
class LLMConfig:
    model_name: str
    required_env_vars: list
    supports_vision: bool
    add_assistant_prefix: bool
    litellm_params: dict = None
    max_tokens: int = 4096
    max_completion_tokens: int = None
    temperature: float = 0
    reasoning_effort: str = None
class Settings:
    # The fields that the published package has, of those that any export asks for.
    __slots__ = ["AWS_REGION", "AZURE_API_KEY", "AZURE_API_BASE", "AZURE_API_VERSION", "GEMINI_API_KEY",
        "OPENAI_API_KEY", "OPENAI_COMPATIBLE_API_KEY", "VERTEX_CREDENTIALS"]
settings = Settings()
class LLMConfigRegistry:
    held = {}
    @classmethod
    def register_config(cls, key, config):
        if key in cls.held: raise ValueError("DuplicateLLMConfigError")
        if all(getattr(settings, v, None) for v in config.required_env_vars): cls.held[key] = config
    @classmethod
    def deregister_config(cls, key): cls.held.pop(key, None)
    @classmethod
    def is_registered(cls, key): return key in cls.held
class LLMAPIHandlerFactory:
    @staticmethod
    def get_llm_api_handler(key): return LLMConfigRegistry.held[key]
for part in ["skyvern", "skyvern.forge", "skyvern.forge.sdk", "skyvern.forge.sdk.api", "skyvern.forge.sdk.api.llm", "skyvern.schemas"]:
    module(part)
module("skyvern.config", settings=settings)
module("skyvern.schemas.llm", LLMConfig=LLMConfig)
module("skyvern.forge.sdk.api.llm.config_registry", LLMConfigRegistry=LLMConfigRegistry)
module("skyvern.forge.sdk.api.llm.api_handler_factory", LLMAPIHandlerFactory=LLMAPIHandlerFactory)
settings.VERTEX_CREDENTIALS = None
import importlib.util
spec = importlib.util.spec_from_file_location("tuned_models", sys.argv[1])
tuned = importlib.util.module_from_spec(spec); spec.loader.exec_module(tuned)
app = types.SimpleNamespace(LLM_API_HANDLER=None)
if tuned.CONFIG.required_env_vars:
    assert tuned.register() is False
    tuned.configure_app(app)
    assert app.LLM_API_HANDLER is None
for v in tuned.CONFIG.required_env_vars: setattr(settings, v, "set")
if len(sys.argv) > 2:
    import os
    assert tuned.register() is False
    for v in sys.argv[2:]: os.environ[v] = "set"
    spec.loader.exec_module(tuned)
    key = tuned.CONFIG.litellm_params["api_key"] if tuned.CONFIG.litellm_params else None
    assert key == "set" or "AWS_REGION" in tuned.CONFIG.required_env_vars
assert tuned.register() is True and tuned.register() is True
tuned.configure_app(app)
print(app.LLM_API_HANDLER.model_name)
"#;

#[test]
fn the_snippet_registers_twice_and_says_what_is_missing() {
    if !have("python3", &["--version"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let snippet = dir.path().join("tuned_models.py");
    let endpoint = "projects/1/locations/l/endpoints/2";
    let aws = &["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"][..];
    for (provider, base, model, expected, outside) in [
        (
            ProviderName::OpenAi,
            "gpt-4o-2024-08-06",
            TUNED,
            TUNED,
            &[][..],
        ),
        (
            ProviderName::Gemini,
            "gemini-2.5-flash",
            endpoint,
            "vertex_ai/gemini/2",
            &[],
        ),
        (ProviderName::Custom, "m", "served", "openai/served", &[]),
        (
            ProviderName::Azure,
            "gpt-4o-2024-08-06",
            "m",
            "azure/m",
            &[],
        ),
        (
            ProviderName::Together,
            "Qwen/Qwen3.5-9B",
            "m",
            "together_ai/m",
            &["TOGETHER_API_KEY"],
        ),
        (
            ProviderName::Fireworks,
            "b",
            "accounts/a/models/m",
            "fireworks_ai/accounts/a/models/m",
            &["FIREWORKS_API_KEY"],
        ),
        (
            ProviderName::Bedrock,
            "amazon.nova-lite-v1:0:300k",
            "arn",
            "bedrock/converse/arn",
            aws,
        ),
    ] {
        let e = entry(&job(provider, base), model);
        std::fs::write(&snippet, e.export(Export::SkyvernPython).unwrap()).unwrap();
        let mut python = Command::new("python3");
        python.args(["-c", STAND_IN]).arg(&snippet).args(outside);
        for name in outside {
            python.env_remove(name);
        }
        let said = run(&mut python);
        assert_eq!(said.lines().last(), Some(expected), "{said}");
    }
}

#[test]
fn litellm_reads_its_configuration() {
    let e = entry(&job(ProviderName::OpenAi, "gpt-4o-2024-08-06"), TUNED);
    let text = e.export(Export::LiteLlm).unwrap();
    let expected = "model_list:
  - model_name: \"MY_MODEL\"
    litellm_params:
      model: \"ft:gpt-4o-2024-08-06:my-org::abc123\"
      api_key: \"os.environ/OPENAI_API_KEY\"
      temperature: 0.0
    model_info:
      mode: chat
      supports_vision: true
";
    assert!(text.ends_with(expected), "{text}");
    let vertex = entry(
        &job(ProviderName::Gemini, "gemini-2.5-flash"),
        "projects/1/locations/l/endpoints/2",
    );
    let text = vertex.export(Export::LiteLlm).unwrap();
    assert!(text.contains("      vertex_credentials: \"os.environ/VERTEX_CREDENTIALS\"\n"));
    assert!(!text.contains("api_key"), "{text}");
    // Where several variables are needed, each stands at its parameter, and what is left to do
    // is said.
    for (provider, base, params, said) in [
        (
            ProviderName::Azure,
            "gpt-4o-2024-08-06",
            &["api_key", "api_base", "api_version"][..],
            &["deployed in the Azure portal", "AZURE_OPENAI_API_KEY"][..],
        ),
        (
            ProviderName::Bedrock,
            "amazon.nova-lite-v1:0:300k",
            &[
                "aws_region_name",
                "aws_access_key_id",
                "aws_secret_access_key",
            ],
            &["ARN of the deployed model"],
        ),
    ] {
        let e = entry(&job(provider, base), "served");
        let text = e.export(Export::LiteLlm).unwrap();
        let lines: Vec<String> = params
            .iter()
            .zip(&e.config.required_env_vars)
            .map(|(param, name)| format!("      {param}: \"os.environ/{name}\"\n"))
            .collect();
        assert!(text.contains(&lines.concat()), "{text}");
        assert_eq!(text.matches("os.environ/").count(), params.len(), "{text}");
        for words in said {
            assert!(text.contains(words), "{text}");
        }
    }
    if !have("python3", &["-c", "import yaml"]) {
        return;
    }
    let hard = own("absolute", "http://h/v1");
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("config.yaml");
    std::fs::write(&path, hard.export(Export::LiteLlm).unwrap()).unwrap();
    let read = "import json, sys, yaml; print(json.dumps(yaml.safe_load(open(sys.argv[1], encoding='utf-8'))))";
    let said = run(Command::new("python3").args(["-c", read]).arg(&path));
    let found: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(
        found,
        json!({"model_list": [{
            "model_name": "OWN",
            "litellm_params": {
                "model": hard.config.model_name, "api_key": "os.environ/MY_KEY",
                "api_base": "http://h/v1", "temperature": 0.0,
            },
            "model_info": {"mode": "chat", "supports_vision": true},
        }]})
    );
}

fn png(path: &Path, width: u32, height: u32) {
    image::RgbImage::new(width, height).save(path).unwrap();
}

/// The shell script with a `curl` of our own that keeps what it is given.
#[test]
fn the_shell_script_sends_what_the_model_was_trained_with() {
    if !have("sh", &["-c", "base64 < /dev/null && sed --version"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let at = |name: &str| dir.path().join(name);
    let e = own("absolute", "http://h/v1/");
    std::fs::write(at("call_model.sh"), e.export(Export::Curl).unwrap()).unwrap();
    let stand_in = format!(
        "#!/bin/sh\nfor a in \"$@\"; do printf '%s\\n' \"$a\"; done > '{0}/args'\ncat > '{0}/body'\n",
        dir.path().display()
    );
    std::fs::write(at("curl"), stand_in).unwrap();
    run(Command::new("chmod").arg("+x").arg(at("curl")));
    png(&at("a.png"), 4, 3);
    let path = format!(
        "{}:{}",
        dir.path().display(),
        std::env::var("PATH").unwrap()
    );
    let question = "Click \"Save\\all\" for $5 & `go`";
    run(Command::new("sh")
        .arg(at("call_model.sh"))
        .arg(at("a.png"))
        .arg(question)
        .env("PATH", &path)
        .env("MY_KEY", "sk-1"));
    let body: Value = serde_json::from_slice(&std::fs::read(at("body")).unwrap()).unwrap();
    assert_eq!(
        body["model"],
        e.config.model_name.split_once('/').unwrap().1
    );
    assert_eq!(
        body["messages"][0]["content"],
        e.provenance.system_prompt.clone().unwrap()
    );
    let parts = &body["messages"][1]["content"];
    assert_eq!(parts[0]["text"], question);
    let url = parts[1]["image_url"]["url"].as_str().unwrap();
    assert!(url.starts_with("data:image/png;base64,iVBORw0KGgo"));
    let args = std::fs::read_to_string(at("args")).unwrap();
    assert!(
        args.lines().any(|a| a == "Authorization: Bearer sk-1"),
        "{args}"
    );
    assert!(
        args.lines().any(|a| a == "http://h/v1/chat/completions"),
        "{args}"
    );
    // Without the key nothing is sent.
    let out = Command::new("sh")
        .arg(at("call_model.sh"))
        .arg(at("a.png"))
        .arg("x")
        .env("PATH", &path)
        .env_remove("MY_KEY")
        .output()
        .unwrap();
    assert!(!out.status.success());

    // A server that may want no key gets one when there is one.
    let mut free = e.clone();
    free.config.required_env_vars.clear();
    std::fs::write(at("call_model.sh"), free.export(Export::Curl).unwrap()).unwrap();
    for (key, header) in [("", None), ("sk-2", Some("Authorization: Bearer sk-2"))] {
        run(Command::new("sh")
            .arg(at("call_model.sh"))
            .arg(at("a.png"))
            .arg("x")
            .env("PATH", &path)
            .env("OPENAI_COMPATIBLE_API_KEY", key));
        let args = std::fs::read_to_string(at("args")).unwrap();
        let sent = args.lines().find(|a| a.starts_with("Authorization"));
        assert_eq!(sent, header, "{args}");
        assert!(!args.lines().any(str::is_empty), "{args}");
    }
}

/// Answers chat completions in order; the bodies of the requests come out.
fn server(answers: Vec<String>) -> (String, std::thread::JoinHandle<Vec<Value>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let thread = std::thread::spawn(move || {
        let mut seen = Vec::new();
        for text in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut bytes = Vec::new();
            let mut part = [0; 65536];
            let body = loop {
                let n = stream.read(&mut part).unwrap();
                assert!(n > 0, "the request ended early");
                bytes.extend_from_slice(&part[..n]);
                let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
                    continue;
                };
                let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
                assert!(head.contains("authorization: bearer sk-1"), "{head}");
                let length: usize = head
                    .lines()
                    .find_map(|l| l.strip_prefix("content-length:"))
                    .unwrap()
                    .trim()
                    .parse()
                    .unwrap();
                if bytes.len() >= end + 4 + length {
                    break bytes[end + 4..].to_vec();
                }
            };
            seen.push(serde_json::from_slice(&body).unwrap());
            let answer = json!({"choices": [{"message": {"content": text}}]}).to_string();
            write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{answer}",
                answer.len()
            )
            .unwrap();
        }
        seen
    });
    (url, thread)
}

#[test]
fn the_program_prints_the_point_in_every_convention() {
    if !have("python3", &["--version"]) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let picture = dir.path().join("a.png");
    // A size that every resize rule changes.
    let size = (1366, 800);
    png(&picture, size.0, size.1);
    let p = PxPoint { x: 611, y: 409 };
    let answers: Vec<String> = CONVENTIONS
        .iter()
        .map(|c| c.point(p, "Save", size))
        .collect();
    let (url, thread) = server(answers.clone());
    for (c, answer) in CONVENTIONS.iter().zip(&answers) {
        let program = dir.path().join("call_model.py");
        let mut e = own(c.id, &url);
        e.provenance.system_prompts = vec![grounding_prompt(c, Geometry::Point)];
        std::fs::write(&program, e.export(Export::CallPython).unwrap()).unwrap();
        let said = run(Command::new("python3")
            .arg(&program)
            .arg(&picture)
            .arg("Click Save")
            .env("MY_KEY", "sk-1")
            .env("NO_PROXY", "127.0.0.1"));
        let n: Vec<f64> = said
            .split_whitespace()
            .map(|v| v.parse().unwrap())
            .collect();
        let Some(Found::Point { x, y }) = parse_answer(answer, c, size) else {
            panic!("{}", c.id);
        };
        assert!(
            (n[0] - x).abs() < 0.02 && (n[1] - y).abs() < 0.02,
            "{}: {n:?} {x} {y}",
            c.id
        );
    }
    let seen = thread.join().unwrap();
    for (c, body) in CONVENTIONS.iter().zip(&seen) {
        let prompt = grounding_prompt(c, Geometry::Point);
        assert_eq!(body["messages"][0]["content"], prompt.as_str());
        assert_eq!(body["messages"][1]["content"][0]["text"], "Click Save");
    }
}

/// The reader of answers in Python, against the one in this crate.
#[test]
fn the_program_reads_answers_as_this_crate_does() {
    if !have("python3", &["--version"]) {
        return;
    }
    let texts = [
        "(12, 34)",
        "[12,34]",
        "click(start_box='(12,34)')",
        "<point>12 34</point>",
        "<point x=\"12.5\" y=\"34\" alt=\"5 6\">Save</point>",
        "```json\n[{\"point_2d\": [12, 34], \"label\": \"Save 7\"}]\n```",
        "{\"name\":\"computer_use\",\"arguments\":{\"action\":\"left_click\",\"coordinate\":[12,34]}}",
        "I would click at 12, 34.",
        "",
        "refusal",
        "the element 5",
        "no box_2d here",
        "{\"point\":null}",
        "{\"point\":null} 3 4",
        "<box>(1,2),(3,4)</box>",
        "[-5, -6.5]",
        "<loc0136><loc0329><loc0182><loc0398> save",
        "<loc_321><loc_133>",
        "1.2.3 a4 5 b-6 -7",
        "{\"box_2d\":[1,2,30,40],\"label\":\"x\"}",
        "[[1,2,3,4]]",
        "{\"bbox_2d\":{\"x\":1,\"y\":2}}",
        "1 2 3",
    ];
    let size = (1366, 800);
    let dir = tempfile::tempdir().unwrap();
    let read = "import json, sys; sys.path.insert(0, sys.argv[1]); import call_model as m
print(json.dumps([m.point(t, 1366, 800) for t in json.load(sys.stdin)]))";
    for id in [
        "absolute",
        "absolute_xywh",
        "smart28",
        "thousand_yx",
        "unit_cxcywh",
        "bins1000",
    ] {
        let c = convention(id).unwrap();
        let program = own(id, "http://h/v1").export(Export::CallPython).unwrap();
        std::fs::write(dir.path().join("call_model.py"), program).unwrap();
        let mut child = Command::new("python3")
            .args(["-B", "-c", read])
            .arg(dir.path())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let input = serde_json::to_vec(&texts).unwrap();
        child.stdin.take().unwrap().write_all(&input).unwrap();
        let out = child.wait_with_output().unwrap();
        let found: Vec<Option<[f64; 2]>> = serde_json::from_slice(&out.stdout).unwrap();
        for (text, found) in texts.iter().zip(found) {
            let expected = parse_answer(text, c, size).map(|f| match f {
                Found::Point { x, y } => [x, y],
                Found::Box { x0, y0, x1, y1 } => [(x0 + x1) / 2.0, (y0 + y1) / 2.0],
            });
            let near = |a: [f64; 2], b: [f64; 2]| (0..2).all(|i| (a[i] - b[i]).abs() < 1e-6);
            let same = match (found, expected) {
                (Some(a), Some(b)) => near(a, b),
                (a, b) => a.is_none() && b.is_none(),
            };
            assert!(same, "{id} {text:?}: {found:?}, not {expected:?}");
        }
    }
}

#[test]
fn exports_name_the_address_where_the_model_lives() {
    for (provider, base, given, lives) in [
        (
            ProviderName::OpenAi,
            "gpt-4o-2024-08-06",
            "http://gpu.example:9000/v1",
            "http://gpu.example:9000/v1",
        ),
        (
            ProviderName::OpenAi,
            "gpt-4o-2024-08-06",
            "http://127.0.0.1:8787/api.openai.com/v1",
            "https://api.openai.com/v1",
        ),
        (
            ProviderName::Together,
            "Qwen/Qwen3.5-9B",
            "http://127.0.0.1:8787/api.together.xyz/v1",
            "https://api.together.xyz/v1",
        ),
    ] {
        let mut job = job(provider, base);
        job.convention = Some("absolute".to_owned());
        job.config.provider_options.base_url = Some(given.to_owned());
        let e = entry(&job, TUNED);
        for form in [Export::Curl, Export::CallPython, Export::SkyvernEnv] {
            let text = e.export(form).unwrap();
            assert!(text.contains(lives), "{given}: {text}");
            assert!(!text.contains("8787"), "{given}: {text}");
        }
        let elsewhere = given == lives;
        for form in [Export::LiteLlm, Export::SkyvernPython] {
            let text = e.export(form).unwrap();
            assert_eq!(text.contains(lives), elsewhere, "{given}: {text}");
            assert!(!text.contains("8787"), "{given}: {text}");
        }
        // A page that asks goes by the address that it can reach.
        assert_eq!(e.endpoint().unwrap().base_url, given);
    }
}

#[test]
fn a_model_that_only_listed_elements_is_said_to_be_new_to_points() {
    const WORDS: &str = "trained to list elements only";
    let listing = crate::task::LISTING_SYSTEM_PROMPT;
    let point = grounding_prompt(convention("absolute").unwrap(), Geometry::Point);
    let mut e = own("absolute", "http://h/v1");
    for (prompts, told) in [
        (vec![], false),
        (vec![listing.to_owned()], true),
        (vec![point.clone()], false),
        (vec![listing.to_owned(), point], false),
    ] {
        e.provenance.system_prompt = prompts.first().cloned();
        e.provenance.system_prompts = prompts;
        assert_eq!(e.warnings().iter().any(|w| w.contains(WORDS)), told);
        for form in [Export::Curl, Export::CallPython, Export::SkyvernPython] {
            assert_eq!(e.export(form).unwrap().contains(WORDS), told);
        }
    }
}

#[test]
fn a_practice_model_is_called_by_no_export() {
    let mut e = own("absolute", "http://h/v1");
    e.provenance.simulated = true;
    for form in [Export::LiteLlm, Export::Curl] {
        let text = e.export(form).unwrap();
        assert!(
            text.lines().all(|l| l.is_empty() || l.starts_with('#')),
            "{text}"
        );
    }
    let text = e.export(Export::CallPython).unwrap();
    assert!(text.contains("raise SystemExit(\"SIMULATED"));
    e.provenance.convention = None;
    let error = e.export(Export::CallPython).unwrap_err();
    assert_eq!(error.code(), "convention_unknown");
}
