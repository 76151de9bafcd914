//! Questions, answers, scores, pictures and the requests to a served model.

use std::rc::Rc;

use image::{Rgb, RgbImage};
use serde_json::Value;

use crate::base::fakes::{MemorySecrets, ScriptedHttp, ports};
use crate::base::geometry::{PxPoint, PxRect};
use crate::base::ports::{HttpResponse, Ports, Secret};
use crate::base::system::block_on;
use crate::dataset::{BBox, Component, GroundTruth, Record};
use crate::error::Result;
use crate::format::grounding_prompt;
use crate::registry::compare::*;
use crate::registry::{Endpoint, LlmConfig, Provenance, RegistryEntry};
use crate::task::coords::{Convention, convention};
use crate::task::{Geometry, Instruction, Style, Target, Task};

fn absolute() -> &'static Convention {
    convention("absolute").unwrap()
}

fn question(id: &str, target: PxRect) -> Question {
    Question {
        id: id.to_owned(),
        image: String::new(),
        size: (1000, 500),
        instruction: "Click Save".to_owned(),
        geometry: Geometry::Point,
        target,
        kind: "point".to_owned(),
        role: "button".to_owned(),
        archetype: "login_form".to_owned(),
    }
}

fn answers(lines: &str) -> Answers {
    read_answers(lines).unwrap()
}

#[test]
fn tasks_of_a_record_become_questions() {
    let task = |kind: &str, id: &str| Task {
        id: id.to_owned(),
        kind: kind.to_owned(),
        instructions: ["Plain", "Other"]
            .map(|t| Instruction {
                text: t.to_owned(),
                style: Style::Name,
                expression: None,
                proof: None,
            })
            .to_vec(),
        target: (kind != "listing").then(|| Target {
            component_id: "e1".to_owned(),
            label: "Save".to_owned(),
            bounds: PxRect::new(1, 2, 3, 4),
            hit: PxRect::new(1, 2, 3, 3),
            point: PxPoint { x: 2, y: 3 },
        }),
    };
    let record = Record {
        index: 12,
        archetype: "login_form".to_owned(),
        width: 800,
        height: 600,
        ground_truth: GroundTruth {
            components: vec![Component {
                component_id: "e1".to_owned(),
                semantic_role: "button".to_owned(),
                bbox: BBox::default(),
                ..Component::default()
            }],
            ..GroundTruth::default()
        },
        tasks: vec![
            task("listing", "t0"),
            task("point", "t1"),
            task("bbox", "t2"),
        ],
        ..Record::default()
    };
    let found = questions_of(&record);
    let ids: Vec<&str> = found.iter().map(|q| q.id.as_str()).collect();
    assert_eq!(ids, ["12/t1", "12/t2"]);
    assert_eq!(found[1].geometry, Geometry::Box);
    assert_eq!(found[0].target, PxRect::new(1, 2, 3, 4));
    assert_eq!(
        (found[0].instruction.as_str(), found[0].role.as_str()),
        ("Plain", "button")
    );
    assert_eq!(found[0].size_class(), "below 0.01 %");
}

#[test]
fn both_are_scored_on_what_both_answered() {
    let target = PxRect::new(100, 100, 50, 20);
    let mut questions: Vec<Question> = ["a", "b", "c", "d", "e"]
        .iter()
        .map(|id| question(id, target))
        .collect();
    questions[1].geometry = Geometry::Box;
    questions[1].role = "link".to_owned();
    let base = answers(
        r#"{"id":"a","answer":"[500, 300]","latency_ms":10}
{"id":"b","answer":"{\"bbox_2d\":[100,100,150,110]}","latency_ms":30,"cost_usd":0.5}
{"id":"c","answer":"I cannot see it","latency_ms":20}

{"id":"d","answer":"[100, 120]","more":1}
{"id":"z","answer":"[1,1]"}"#,
    );
    // The tuned model answers in thousandths.
    let tuned = answers(
        r#"{"id":"a","answer":"[120, 220]","cost_usd":0.25}
{"id":"b","answer":"{\"bbox_2d\":[100,200,150,240]}","cost_usd":0.25}
{"id":"c","answer":"[125, 220]","cost_usd":0.25}
{"id":"d","answer":"[900, 900]","cost_usd":0.25}
{"id":"e","answer":"[125, 220]"}"#,
    );
    let thousand = convention("thousand").unwrap();
    let c = compare(&questions, (&base, absolute()), (&tuned, thousand)).unwrap();
    assert_eq!(c.questions, 4);
    assert_eq!((c.base.hits.count, c.tuned.hits.count), (2, 3));
    assert_eq!(
        (c.base.missing, c.tuned.missing, c.unknown_answers),
        (1, 0, 1)
    );
    assert_eq!((c.base.unread, c.tuned.unread), (1, 0));
    assert_eq!(c.base.mean_iou, Some(0.5));
    assert_eq!(c.tuned.mean_iou, Some(1.0));
    assert_eq!(c.base.cost_usd, None);
    assert_eq!(c.tuned.cost_usd, Some(1.0));
    let latency = c.base.latency.unwrap();
    assert_eq!(
        (latency.of, latency.median_ms, latency.p95_ms),
        (3, 20.0, 30.0)
    );
    assert!(c.tuned.latency.is_none());
    let p = c.paired;
    assert_eq!((p.both, p.base_only, p.tuned_only, p.neither), (1, 1, 2, 0));
    // What tuning lost comes first.
    assert_eq!(
        (c.rows[0].id.as_str(), c.rows[0].verdict),
        ("d", Verdict::BaseOnly)
    );
    let slice = |by: &str, value: &str| {
        let s = c.slices.iter().find(|s| s.by == by && s.value == value);
        let s = s.unwrap_or_else(|| panic!("{by} {value}"));
        (s.base.count, s.tuned.count, s.paired.n)
    };
    assert_eq!(slice("role", "link"), (1, 1, 1));
    assert_eq!(slice("role", "button"), (1, 2, 3));
    // 1000 of 500 000 pixels.
    assert_eq!(slice("size", "0.2 to 1 %"), (2, 3, 4));

    let none = compare(
        &questions,
        (&Answers::new(), absolute()),
        (&tuned, absolute()),
    );
    assert_eq!(none.unwrap_err().code(), "compare_empty");
    questions.push(question("a", target));
    let twice = compare(&questions, (&base, absolute()), (&tuned, absolute()));
    assert_eq!(twice.unwrap_err().code(), "question_duplicate");
}

#[test]
fn broken_files_of_answers_name_the_row() {
    for (text, code, path) in [
        ("{\"id\":\"a\"}", "answer_json", "row 1"),
        (
            "\n{\"id\":\"a\",\"answer\":\"\"}\nx",
            "answer_json",
            "row 3",
        ),
        (
            "{\"id\":\"a\",\"answer\":\"\"}\n{\"id\":\"a\",\"answer\":\"\"}",
            "answer_duplicate",
            "row 2",
        ),
    ] {
        let e = read_answers(text).unwrap_err();
        assert_eq!((e.code(), e.path()), (code, Some(path)));
    }
}

#[test]
fn the_boxes_of_a_benchmark_are_read_as_the_whole_file_says() {
    let size = |_: &str| -> Result<(u32, u32)> { Ok((200, 100)) };
    let file = |boxes: &[[i32; 4]]| {
        let rows: Vec<Value> = boxes
            .iter()
            .map(|b| serde_json::json!({"img_filename": "a.png", "bbox": b, "instruction": "x", "data_type": "icon", "data_source": "ios"}))
            .collect();
        Value::from(rows).to_string()
    };
    // As in ScreenSpot: the second row can only be a size, so the first is one too.
    let q = screenspot(&file(&[[10, 10, 50, 40], [100, 50, 20, 10]]), None, size).unwrap();
    assert_eq!(q[0].target, PxRect::new(10, 10, 50, 40));
    assert_eq!(
        (
            q[1].id.as_str(),
            q[1].role.as_str(),
            q[1].archetype.as_str()
        ),
        ("1", "icon", "ios")
    );
    // As in ScreenSpot-Pro: the second row as a size would leave the picture.
    let q = screenspot(&file(&[[10, 10, 50, 40], [100, 50, 180, 90]]), None, size).unwrap();
    assert_eq!(q[0].target, PxRect::new(10, 10, 40, 30));
    let open = file(&[[10, 10, 50, 40]]);
    let e = screenspot(&open, None, size).unwrap_err();
    assert_eq!(e.code(), "screenspot_boxes");
    let q = screenspot(&open, Some(BoxShape::Xyxy), size).unwrap();
    assert_eq!(q[0].target, PxRect::new(10, 10, 40, 30));
    let pro = r#"[{"id":"blender_1","img_filename":"b.png","bbox":[1,2,3,1.6],"img_size":[9,9],"instruction":"x","ui_type":"text","application":"blender","platform":"linux"}]"#;
    let q = screenspot(pro, None, |_| panic!("the row has a size")).unwrap();
    assert_eq!(
        (q[0].id.as_str(), q[0].archetype.as_str()),
        ("blender_1", "blender")
    );
    assert_eq!(q[0].size, (9, 9));
    assert_eq!(
        screenspot("{}", None, size).unwrap_err().code(),
        "screenspot_json"
    );
    assert!(screenspot("[]", None, size).unwrap().is_empty());
}

#[test]
fn a_smaller_choice_is_part_of_a_larger_one() {
    let all: Vec<Question> = (0..200)
        .map(|i| question(&format!("{i}/t1"), PxRect::default()))
        .collect();
    let ids = |n| {
        pick(all.clone(), n)
            .into_iter()
            .map(|q| q.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        (ids(20).len(), ids(50).len(), ids(500).len()),
        (20, 50, 200)
    );
    let larger = ids(50);
    assert!(ids(20).iter().all(|id| larger.contains(id)));
    assert!(ids(0).is_empty());
}

#[test]
fn the_picture_shows_target_and_both_answers() {
    let grey = Rgb([128; 3]);
    let picture = RgbImage::from_pixel(640, 400, grey);
    let mut q = question("a", PxRect::new(100, 100, 60, 30));
    q.size = (640, 400);
    let reading = |text: &str| Reading::of(&q, text, absolute());
    let row = Row {
        id: "a".to_owned(),
        verdict: Verdict::TunedOnly,
        base: reading("[300, 300]"),
        tuned: reading("[130, 115]"),
    };
    let drawn = annotate(&picture, &q, &row);
    let at = |x, y| drawn.get_pixel(x, y).0;
    let (green, orange, blue) = ([0, 158, 115], [213, 94, 0], [0, 114, 178]);
    assert_eq!(
        (at(98, 110), at(161, 110), at(130, 98)),
        (green, green, green)
    );
    // The target itself stays as it is, but for the mark.
    assert_eq!((at(100, 100), at(159, 129)), ([128; 3], [128; 3]));
    // A disc for the hit: filled beside its centre. A cross for the miss: not filled there.
    assert_eq!((at(130, 115), at(134, 115)), (blue, blue));
    assert_eq!((at(300, 300), at(304, 304)), (orange, orange));
    assert_ne!(at(304, 300), orange);
    let changed = drawn.pixels().filter(|p| **p != grey).count();
    assert!(changed < 1500, "{changed}");
    // Answers far outside and boxes inside out do not stop it.
    for wild in ["[-99999999999999, 1e300]", "[600, 399, -5, 2000000000000]"] {
        let row = Row {
            base: reading(wild),
            ..row.clone()
        };
        annotate(&picture, &q, &row);
        annotate(&RgbImage::new(1, 1), &q, &row);
    }
}

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
        |_| Ok(png()),
        |a| {
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
    assert_eq!(kept[1].answer, "no");
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
    e.provenance.simulated = true;
    assert_eq!(e.endpoint().unwrap_err().code(), "model_simulated");
    e.provenance.convention = None;
    assert_eq!(e.convention().unwrap_err().code(), "convention_unknown");
}
