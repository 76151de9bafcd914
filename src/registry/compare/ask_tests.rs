//! The requests to a served model.

use std::cell::Cell;
use std::rc::Rc;
use std::task::Poll;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use image::{Rgb, RgbImage};
use serde_json::Value;

use crate::base::fakes::{MemorySecrets, ScriptedHttp, ports};
use crate::base::geometry::PxRect;
use crate::base::ports::{Http, HttpRequest, HttpResponse, LocalFuture, Ports, Secret};
use crate::base::system::block_on;
use crate::error::Result;
use crate::format::grounding_prompt;
use crate::registry::compare::tests::{absolute, answers, question};
use crate::registry::compare::*;
use crate::registry::{Endpoint, LlmConfig, Place, Provenance, RegistryEntry, Who};
use crate::task::Geometry;
use crate::task::coords::convention;

fn entry() -> RegistryEntry {
    RegistryEntry {
        key: "K".to_owned(),
        config: LlmConfig::new("driver/served", &["MY_KEY"]),
        provenance: Provenance {
            convention: Some("thousand".to_owned()),
            system_prompts: vec![
                grounding_prompt(convention("thousand").unwrap(), Geometry::Box),
                grounding_prompt(convention("thousand").unwrap(), Geometry::Point),
            ],
            ..Provenance::default()
        },
        provider_options: Default::default(),
        registered_at: crate::base::time::Timestamp::from_millis(0),
        version: 1,
        tags: Vec::new(),
        note: String::new(),
    }
}

fn said(status: u16, headers: &[(&str, &str)], body: &str) -> Result<HttpResponse> {
    Ok(HttpResponse {
        status,
        headers: headers
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect(),
        body: body.as_bytes().to_vec(),
    })
}

fn asker(http: &Rc<ScriptedHttp>) -> Asker {
    let secrets = MemorySecrets::new();
    secrets.insert("MY_KEY", Secret::new("sk-hidden"));
    let ports = Ports {
        http: http.clone(),
        secrets: Rc::new(secrets),
        ..ports(crate::base::time::Timestamp::from_millis(0))
    };
    let endpoint = Endpoint {
        base_url: "http://host/v1/".to_owned(),
        model: "served".to_owned(),
        key_env: Some("MY_KEY".to_owned()),
        key_optional: false,
    };
    Asker::new(&ports, &entry(), convention("thousand").unwrap(), endpoint).unwrap()
}

fn png() -> Vec<u8> {
    let mut out = std::io::Cursor::new(Vec::new());
    RgbImage::new(4, 3)
        .write_to(&mut out, image::ImageFormat::Png)
        .unwrap();
    out.into_inner()
}

const SAID: &str = r#"{"choices":[{"message":{"content":"[125, 220]"}}],"usage":{"prompt_tokens":7,"completion_tokens":2}}"#;

#[test]
fn a_served_model_is_asked_as_in_training_and_once_per_question() {
    let http = Rc::new(ScriptedHttp::new([
        said(429, &[("retry-after", "3")], "{}"),
        said(200, &[], SAID),
        said(
            200,
            &[],
            r#"{"choices":[{"message":{"content":null,"refusal":"no"}}]}"#,
        ),
    ]));
    let target = PxRect::new(100, 100, 50, 20);
    let questions = ["a", "b", "c"].map(|id| question(id, target));
    let mut held = answers(r#"{"id":"b","answer":"[1,1]"}"#);
    let mut kept = Vec::new();
    block_on(ask_all(
        &asker(&http),
        &questions,
        &mut held,
        1,
        async |_| Ok(png()),
        async |a| {
            kept.push(a.clone());
            Ok(())
        },
    ))
    .unwrap();
    assert_eq!(http.seen().len(), 3);
    let names: Vec<&str> = kept.iter().map(|a| a.id.as_str()).collect();
    assert_eq!(names, ["a", "c"]);
    assert_eq!(
        (kept[0].answer.as_str(), kept[0].prompt_tokens),
        ("[125, 220]", Some(7))
    );
    assert_eq!((kept[1].answer.as_str(), kept[1].refused), ("no", true));
    assert!(!kept[0].refused);
    assert_eq!(held.len(), 3);

    let request = &http.seen()[1];
    assert_eq!(request.url, "http://host/v1/chat/completions");
    let key = request
        .headers
        .iter()
        .find(|h| h.0 == "authorization")
        .unwrap();
    assert_eq!(key.1.expose(), "Bearer sk-hidden");
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!(body["model"], "served");
    let prompt = grounding_prompt(convention("thousand").unwrap(), Geometry::Point);
    assert_eq!(body["messages"][0]["content"], prompt.as_str());
    let parts = &body["messages"][1]["content"];
    assert_eq!(parts[0]["text"], "Click Save");
    let url = parts[1]["image_url"]["url"].as_str().unwrap();
    assert!(
        url.starts_with("data:image/png;base64,iVBORw0KGgo"),
        "{url}"
    );
}

#[test]
fn refusals_are_told_without_the_key() {
    let q = question("a", PxRect::new(0, 0, 1, 1));
    let busy = || said(503, &[], "busy");
    for (script, code, requests) in [
        (
            vec![said(
                401,
                &[],
                r#"{"error":{"message":"bad key sk-hidden"}}"#,
            )],
            "model_refused",
            1,
        ),
        (vec![said(200, &[], "<html>")], "answer_json", 1),
        (
            vec![busy(), busy(), busy(), busy(), busy(), busy()],
            "model_busy",
            5,
        ),
        (
            vec![said(429, &[("retry-after", "3600")], "")],
            "model_busy",
            1,
        ),
    ] {
        let http = Rc::new(ScriptedHttp::new(script));
        let e = block_on(asker(&http).ask(&q, &png())).unwrap_err();
        assert_eq!(e.code(), code, "{e}");
        assert_eq!(http.seen().len(), requests);
        assert!(!format!("{e} {e:?}").contains("sk-hidden"), "{e:?}");
    }
    let http = Rc::new(ScriptedHttp::new([]));
    let e = block_on(asker(&http).ask(&q, b"no picture")).unwrap_err();
    assert_eq!((e.code(), http.seen().len()), ("image_format", 0));
}

#[test]
fn where_a_model_answers() {
    let mut e = entry();
    assert_eq!(e.endpoint().unwrap_err().code(), "serving_unsupported");
    e.config.litellm_params.push((
        "api_base".to_owned(),
        crate::provider::ServingParam::Text("http://host/v1".to_owned()),
    ));
    let found = e.endpoint().unwrap();
    assert_eq!(
        (found.model.as_str(), found.key_env.as_deref()),
        ("served", Some("MY_KEY"))
    );
    // At another address, where a key may not be needed; and its base model there.
    let mine = Place {
        base_url: " https://proxy/v1 ".to_owned(),
        model: String::new(),
    };
    let found = e.endpoint_of(Who::Tuned, &mine).unwrap();
    assert_eq!(
        (found.base_url.as_str(), found.model.as_str()),
        ("https://proxy/v1", "served")
    );
    assert!(found.key_optional && found.key_env.as_deref() == Some("MY_KEY"));
    let nowhere = Place::default();
    assert!(!e.endpoint_of(Who::Tuned, &nowhere).unwrap().key_optional);
    let code = |r: Result<Endpoint>| r.unwrap_err().code().to_owned();
    assert_eq!(code(e.endpoint_of(Who::Base, &mine)), "base_model_unknown");
    e.provenance.base_model = Some("base".to_owned());
    assert_eq!(e.endpoint_of(Who::Base, &nowhere).unwrap().model, "base");
    let named = Place {
        model: "other".to_owned(),
        ..mine.clone()
    };
    assert_eq!(e.endpoint_of(Who::Base, &named).unwrap().model, "other");
    for url in [
        "host/v1",
        "ftp://host",
        "https://",
        "https://key@host/v1",
        "http://h/v1?key=x",
    ] {
        let place = Place {
            base_url: url.to_owned(),
            ..Place::default()
        };
        assert_eq!(
            code(e.endpoint_of(Who::Tuned, &place)),
            "address_invalid",
            "{url}"
        );
    }
    let params = std::mem::take(&mut e.config.litellm_params);
    assert_eq!(
        code(e.endpoint_of(Who::Tuned, &nowhere)),
        "serving_unsupported"
    );
    assert_eq!(e.endpoint_of(Who::Tuned, &mine).unwrap().model, "served");
    e.config.litellm_params = params;
    e.provenance.simulated = true;
    assert_eq!(e.endpoint().unwrap_err().code(), "model_simulated");
    assert_eq!(code(e.endpoint_of(Who::Tuned, &mine)), "model_simulated");
    assert_eq!(code(e.endpoint_of(Who::Base, &mine)), "model_simulated");
    e.provenance.convention = None;
    assert_eq!(e.convention().unwrap_err().code(), "convention_unknown");
}

/// Answers each question after as many turns as its body says, so that answers overtake each other.
#[derive(Default)]
struct Turns {
    now: Cell<usize>,
    most: Cell<usize>,
    asked: Cell<usize>,
}

impl Http for Turns {
    fn send(&self, request: HttpRequest) -> LocalFuture<'_, Result<HttpResponse>> {
        Box::pin(async move {
            self.now.set(self.now.get() + 1);
            self.asked.set(self.asked.get() + 1);
            self.most.set(self.most.get().max(self.now.get()));
            let body: Value = serde_json::from_slice(&request.body)?;
            let words = body["messages"][1]["content"][0]["text"].as_str();
            for _ in 0..words.unwrap_or_default().len() {
                yield_now().await;
            }
            self.now.set(self.now.get() - 1);
            match words {
                Some("bad") => said(400, &[], "{}"),
                _ => said(200, &[], SAID),
            }
        })
    }
}

/// Lets the others go first, once.
async fn yield_now() {
    let mut polled = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut polled, true) {
            return Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

#[test]
fn several_questions_are_asked_at_once_and_a_failure_loses_no_answer() {
    let target = PxRect::new(100, 100, 50, 20);
    let ask = |words: &[&str]| {
        let http = Rc::new(Turns::default());
        let ports = Ports {
            http: http.clone(),
            ..ports(crate::base::time::Timestamp::from_millis(0))
        };
        let endpoint = Endpoint {
            base_url: "http://host/v1".to_owned(),
            model: "m".to_owned(),
            key_env: Some("UNSET".to_owned()),
            key_optional: true,
        };
        let asker = Asker::new(&ports, &entry(), absolute(), endpoint).unwrap();
        let questions: Vec<Question> = words
            .iter()
            .enumerate()
            .map(|(i, words)| Question {
                instruction: (*words).to_owned(),
                ..question(&i.to_string(), target)
            })
            .collect();
        let mut held = Answers::new();
        let load = async |_: &Question| Ok(png());
        let done = block_on(ask_all(
            &asker,
            &questions,
            &mut held,
            3,
            load,
            async |_: &Answer| Ok(()),
        ));
        let ids = held.keys().cloned().collect::<Vec<_>>().join(" ");
        (done, ids, http)
    };
    let (done, ids, http) = ask(&["aaaaaaaa", "a", "aa", "aaa", "a", "aaaa"]);
    done.unwrap();
    assert_eq!((ids.as_str(), http.most.get()), ("0 1 2 3 4 5", 3));
    // The second fails while the first is under way: that one is kept, the last ones not asked.
    let (done, ids, http) = ask(&["aaaaaaaaaaaa", "bad", "aaaa", "aaa", "aaa", "aaa"]);
    assert_eq!(done.unwrap_err().code(), "model_refused");
    assert!(ids.starts_with("0 2"), "{ids}");
    assert!(http.asked.get() < 6, "{}", http.asked.get());
}

#[test]
fn a_picture_goes_out_in_the_size_that_the_answer_means() {
    let tiles = convention("seen_tiles").unwrap();
    let mut large = std::io::Cursor::new(Vec::new());
    RgbImage::from_fn(1600, 1000, |x, _| Rgb([(x / 800) as u8 * 255; 3]))
        .write_to(&mut large, image::ImageFormat::Png)
        .unwrap();
    let large = large.into_inner();
    for (convention, width, height) in [(tiles, 1228, 768), (absolute(), 1600, 1000)] {
        let http = Rc::new(ScriptedHttp::new([said(200, &[], SAID)]));
        let ports = Ports {
            http: http.clone(),
            ..ports(crate::base::time::Timestamp::from_millis(0))
        };
        let endpoint = Endpoint {
            base_url: "http://host/v1".to_owned(),
            model: "m".to_owned(),
            key_env: None,
            key_optional: false,
        };
        let asker = Asker::new(&ports, &entry(), convention, endpoint).unwrap();
        let mut q = question("a", PxRect::new(1500, 900, 50, 20));
        q.size = (1600, 1000);
        block_on(asker.ask(&q, &large)).unwrap();
        let body: Value = serde_json::from_slice(&http.seen()[0].body).unwrap();
        let url = body["messages"][1]["content"][1]["image_url"]["url"].clone();
        let sent = url.as_str().unwrap().split_once(',').unwrap().1;
        let sent = STANDARD.decode(sent).unwrap();
        let picture = image::load_from_memory(&sent).unwrap().to_rgb8();
        assert_eq!(picture.dimensions(), (width, height));
        assert_eq!(picture.get_pixel(width - 1, 0).0, [255; 3]);
        // What the model means by a place in that picture is the same place in the original.
        let answer = format!("[{}, {}]", width * 1525 / 1600, height * 910 / 1000);
        assert!(Reading::of(&q, &answer, convention).hit, "{answer}");
    }
}
