use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::*;
use crate::base::geometry::{PxPoint, PxRect};
use crate::dataset::{BBox, Component, GroundTruth, Record, SplitConfig};
use crate::task::{Instruction, Style, Target, Task};

/// A picture file of one colour.
fn picture(format: image::ImageFormat, color: image::ColorType) -> Vec<u8> {
    let (w, h) = (1280, 720);
    let bytes = vec![200; (w * h) as usize * usize::from(color.bytes_per_pixel())];
    let mut out = std::io::Cursor::new(Vec::new());
    image::write_buffer_with_format(&mut out, &bytes, w, h, color, format).unwrap();
    out.into_inner()
}

fn png() -> Vec<u8> {
    picture(image::ImageFormat::Png, image::ColorType::Rgb8)
}

fn record() -> Record {
    let ask = |kind: &str, text: &str| Task {
        id: String::new(),
        kind: kind.into(),
        instructions: vec![Instruction {
            text: text.into(),
            style: Style::Name,
            expression: None,
            proof: None,
        }],
        target: Some(Target {
            component_id: "e0".into(),
            label: "Save".into(),
            bounds: PxRect::new(412, 96, 86, 32),
            hit: PxRect::new(412, 96, 86, 32),
            point: PxPoint { x: 455, y: 112 },
        }),
    };
    Record {
        layout_id: "a".into(),
        width: 1280,
        height: 720,
        image: Some("images/000001.png".into()),
        tasks: vec![ask("point", "Click Save"), ask("bbox", "the “Save” button")],
        ground_truth: GroundTruth {
            layout_id: "a".into(),
            width: 1280,
            height: 720,
            components: vec![
                Component {
                    component_id: "e0".into(),
                    element_type: "button".into(),
                    text: "Save".into(),
                    bbox: BBox {
                        x: 412.0,
                        y: 96.0,
                        width: 86.0,
                        height: 32.0,
                    },
                    interactive: true,
                    action: "click".into(),
                    semantic_role: "button".into(),
                    anchor_text: "Save".into(),
                    ..Component::default()
                },
                Component {
                    component_id: "e1".into(),
                    element_type: "heading".into(),
                    ..Component::default()
                },
            ],
            ..GroundTruth::default()
        },
        ..Record::default()
    }
}

pub(super) fn lines(provider: &str, options: FormatOptions) -> Vec<String> {
    let p = Preparator::new(provider, options).unwrap();
    p.convert(0, &record(), &png()).unwrap().lines
}

pub(super) fn with(tasks: &[&str], prefix: Option<&str>) -> FormatOptions {
    FormatOptions {
        tasks: tasks.iter().map(|t| (*t).to_owned()).collect(),
        image_uri_prefix: prefix.map(str::to_owned),
        ..FormatOptions::default()
    }
}

#[test]
fn the_exact_lines() {
    let expected = include_str!("../../tests/lines/formats.txt");
    let mut got = Vec::new();
    got.extend(lines(
        "openai",
        with(&["listing", "bbox"], Some("https://example.com/run1/")),
    ));
    got.extend(lines(
        "gemini",
        with(&["listing", "bbox", "point"], Some("gs://bucket/run1")),
    ));
    got.extend(lines("custom", with(&["listing", "point"], None)));
    let expected: Vec<&str> = expected.lines().collect();
    assert_eq!(got, expected);
}

#[test]
fn embedded_pictures_are_the_file_itself() {
    let line: Value = serde_json::from_str(&lines("openai", FormatOptions::default())[0]).unwrap();
    let url = line["messages"][1]["content"][1]["image_url"]["url"]
        .as_str()
        .unwrap();
    let body = url.strip_prefix("data:image/png;base64,").unwrap();
    assert_eq!(STANDARD.decode(body).unwrap(), png());
    let full = FormatOptions {
        listing: ListingAnswer::Full,
        ..FormatOptions::default()
    };
    let line: Value = serde_json::from_str(&lines("openai", full)[0]).unwrap();
    let answer = line["messages"][2]["content"].as_str().unwrap();
    assert_eq!(
        serde_json::from_str::<GroundTruth>(answer).unwrap(),
        record().ground_truth
    );
}

fn codes(provider: &str, text: &[u8]) -> BTreeMap<String, u64> {
    let options = FormatOptions {
        model: Some("gpt-4o-2024-08-06".into()),
        ..FormatOptions::default()
    };
    let v = Validator::new(format(provider).unwrap(), &options, Purpose::Training);
    validate(text, v).counts
}

#[test]
fn what_is_written_is_accepted() {
    for f in FORMATS {
        let prefix = match f.id() {
            "gemini" => Some("gs://bucket/run1/"),
            "bedrock" => Some("s3://bucket/run1/"),
            _ => None,
        };
        let options = with(&["listing", "point", "bbox"], prefix);
        let p = Preparator::new(f.id(), options.clone()).unwrap();
        let mut text = String::new();
        for i in 0..10 {
            let mut r = record();
            r.tasks[0].instructions[0].text = format!("Click Save {i}");
            r.tasks[1].instructions[0].text = format!("Save {i}");
            r.ground_truth.components[0].text = i.to_string();
            for line in p.convert(i, &r, &png()).unwrap().lines {
                text.push_str(&line);
                text.push('\n');
            }
        }
        let v = Validator::new(*f, &options, Purpose::Training).images(|_| Some(png()));
        let report = validate(text.as_bytes(), v);
        assert_eq!(report.problems, [], "{}", f.id());
        assert_eq!((report.examples, report.images), (30, 30));
        let again = validate(
            text.as_bytes(),
            Validator::new(*f, &options, Purpose::Validation),
        );
        assert_eq!(check_pair(&report, &again)[0].code, "overlap");
    }
}

fn chat(content: Value, answer: &str) -> String {
    json!({"messages": [{"role": "user", "content": content}, {"role": "assistant", "content": answer}]})
        .to_string()
}

fn shown(bytes: &[u8], media: &str) -> Value {
    json!({"type": "image_url", "image_url": {
        "url": format!("data:{media};base64,{}", STANDARD.encode(bytes)), "detail": "high"}})
}

#[test]
fn every_rule_is_found_by_its_code() {
    let good = shown(&png(), "image/png");
    let grey = picture(image::ImageFormat::Png, image::ColorType::L8);
    let cases: Vec<(&str, &str, String)> = vec![
        ("openai", "json", "{\"messages\":".into()),
        ("openai", "jsonl_only", "[{\"messages\":[]}]".into()),
        ("openai", "line_shape", "{}".into()),
        ("openai", "min_examples", chat(json!([good]), "ok")),
        ("openai", "images_per_example", chat(Value::Array(vec![good.clone(); 11]), "ok")),
        ("openai", "image_bytes", chat(json!([shown(&vec![0; 11 << 20], "image/png")]), "ok")),
        ("openai", "image_format", chat(json!([shown(b"GIF89a", "image/gif")]), "ok")),
        ("openai", "image_format", chat(json!([shown(&png(), "image/jpeg")]), "ok")),
        ("openai", "image_mode", chat(json!([shown(&grey, "image/png")]), "ok")),
        ("openai", "image_role", json!({"messages": [{"role": "assistant", "content": [good]}]}).to_string()),
        ("openai", "image_ref_kind", chat(json!([{"type": "image_url", "image_url": {"url": "gs://b/a.png"}}]), "ok")),
        ("openai", "last_role", json!({"messages": [{"role": "user", "content": "hello"}]}).to_string()),
        ("openai", "tokens_per_example", chat(json!("x".repeat(300_000)), "ok")),
        ("openai", "reserved_tokens", chat(json!("see <|fim_suffix|>"), "ok")),
        ("openai", "coord_range", chat(json!([good]), r#"{"bbox_2d":[10,10,5000,40]}"#)),
        ("openai", "min_target_px", chat(json!([good]), r#"{"bbox_2d":[10,10,14,14]}"#)),
        ("openai", "model_shutdown_date", chat(json!("a"), "b")),
        ("custom", "placeholder_count", json!({"images": ["a.png", "b.png"], "messages": [
            {"role": "user", "content": [{"type": "image"}]}, {"role": "assistant", "content": "x"}]}).to_string()),
        ("gemini", "image_ref_kind", json!({"contents": [{"role": "user", "parts": [
            {"inlineData": {"mimeType": "image/png", "data": ""}}]}]}).to_string()),
        ("gemini", "last_role", json!({"contents": [{"role": "user", "parts": [{"text": "a"}]}]}).to_string()),
        ("gemini", "coord_range", json!({"contents": [{"role": "user", "parts": [{"text": "a"}]},
            {"role": "model", "parts": [{"text": "{\"box_2d\":[0,0,1200,10],\"label\":\"x\"}"}]}]}).to_string()),
    ];
    for (provider, code, line) in cases {
        let found = codes(provider, line.as_bytes());
        assert!(found.contains_key(code), "{code}: {found:?}");
    }
    let large = shown(
        &{
            let mut out = std::io::Cursor::new(Vec::new());
            let rgb = vec![9; 1920 * 1080 * 3];
            image::write_buffer_with_format(
                &mut out,
                &rgb,
                1920,
                1080,
                image::ColorType::Rgb8,
                image::ImageFormat::Png,
            )
            .unwrap();
            out.into_inner()
        },
        "image/png",
    );
    let found = codes("openai", chat(json!([large]), "ok").as_bytes());
    assert!(found.contains_key("provider_resize"), "{found:?}");
    let mut v = Validator::new(FORMATS[0], &FormatOptions::default(), Purpose::Training);
    v.file_name("train.json");
    assert!(v.finish().counts.contains_key("jsonl_only"));
    let bad = FormatOptions {
        model: Some("gpt-4o-mini".into()),
        ..FormatOptions::default()
    };
    let v = Validator::new(FORMATS[0], &bad, Purpose::Training);
    assert!(v.finish().counts.contains_key("model_not_tunable"));
}

#[test]
fn wrong_options_are_named() {
    let o = FormatOptions {
        convention: Some("nowhere".into()),
        tasks: vec!["dance".into()],
        instructions_per_task: 0,
        image_uri_prefix: Some("ftp://x/".into()),
        ..FormatOptions::default()
    };
    let problems = o.validate(FORMATS[0]);
    let codes: Vec<&str> = problems.iter().map(|p| &*p.code).collect();
    assert_eq!(
        codes,
        [
            "convention_unknown",
            "task_unknown",
            "instructions_range",
            "image_ref_kind"
        ]
    );
    assert_eq!(format("nobody").unwrap_err().code(), "format_unknown");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]
    #[test]
    fn any_bytes_can_be_checked(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400)) {
        for f in FORMATS {
            codes(f.id(), &bytes);
        }
    }

    #[test]
    fn any_damage_to_a_line_can_be_checked(cut in 0.0f64..1.0, flip in 0.0f64..1.0, byte: u8) {
        for (f, options) in [("openai", with(&["bbox"], Some("https://x/"))), ("gemini", with(&["bbox"], Some("gs://x/"))), ("custom", with(&["point"], None))] {
            let mut line = lines(f, options).remove(0).into_bytes();
            let at = |r: f64, n: usize| (r * n as f64) as usize;
            let i = at(flip, line.len());
            line[i] = byte;
            codes(f, &line);
            line.truncate(at(cut, line.len()));
            codes(f, &line);
        }
    }
}

#[test]
fn a_dataset_becomes_two_files_and_its_pictures() {
    let dir = tempfile::tempdir().unwrap();
    let at = |p: &str| dir.path().join(p);
    std::fs::create_dir_all(at("images")).unwrap();
    let mut text = String::from("not json\n");
    for i in 0..12 {
        let mut r = record();
        r.layout_id = format!("layout{i}");
        r.ground_truth.components[0].text = i.to_string();
        r.image = Some(format!("images/{i:06}.png"));
        std::fs::write(at(&format!("images/{i:06}.png")), png()).unwrap();
        text.push_str(&r.to_line().unwrap());
        text.push('\n');
    }
    // Without a picture a record is of no use here, and a path must not leave the folder.
    let mut r = record();
    r.image = None;
    text.push_str(&(r.to_line().unwrap() + "\n"));
    r.image = Some("../secret.png".into());
    text.push_str(&(r.to_line().unwrap() + "\n"));
    std::fs::write(at("dataset.jsonl"), text).unwrap();
    for f in FORMATS {
        let out = at(f.id());
        let done = DatasetPreparator::new(f.id(), 0.25)
            .prepare(at("dataset.jsonl"), &out)
            .unwrap();
        assert_eq!(done.train_samples + done.validation_samples, 12);
        assert!(done.train_samples > 0 && done.validation_samples > 0);
        assert_eq!(
            (done.leaks.shared_layouts, done.leaks.shared_samples),
            (0, 0)
        );
        assert_eq!(done.skipped, 3, "{:?}", done.problems);
        let count = |p: &std::path::Path| std::fs::read_to_string(p).unwrap().lines().count();
        assert_eq!(count(&done.train) as u64, done.train_lines);
        assert_eq!(count(&done.validation) as u64, done.validation_lines);
        let beside = out.join("images/000003.png");
        assert_eq!(beside.exists(), f.image_source() != ImageSource::DataUrl);
        let left: Vec<_> = std::fs::read_dir(&out)
            .unwrap()
            .map(|e| e.unwrap().file_name().into_string().unwrap())
            .filter(|n| n.ends_with(".tmp"))
            .collect();
        assert!(left.is_empty(), "{left:?}");
    }
    let e = DatasetPreparator::new("openai", 0.1)
        .prepare(at("nothing.jsonl"), at("x"))
        .unwrap_err();
    assert_eq!(e.code(), "file_open");
}

#[test]
fn the_seeds_plain_records_are_read() {
    let plain = json!({"layout_id": "x", "html": "<p>", "screenshot_base64": STANDARD.encode(png()),
        "ground_truth": {"layout_id": "x", "width": 1280, "height": 720, "components": [
            {"component_id": "a", "element_type": "button", "text": "Go", "bbox": {"x": 1, "y": 2, "width": 30, "height": 40},
             "interactive": true, "action": "click", "semantic_role": null, "anchor_text": null, "metadata": {}, "xpath": null}],
            "interactions": [], "anchors": []}});
    let record: Record = serde_json::from_value(plain).unwrap();
    let p = Preparator::new("custom", FormatOptions::default()).unwrap();
    let bytes = record_image(&record, |_| unreachable!("the picture is embedded")).unwrap();
    let c = p.convert(5, &record, &bytes).unwrap();
    assert!(c.lines[0].starts_with(r#"{"images":["images/000005.png"],"#));
    assert!(c.lines[0].contains(r#"\"bbox\":{\"x\":1,\"y\":2,\"width\":30,\"height\":40}"#));
    let mut survey = Survey::default();
    survey.add(&record);
    let split = survey.split(&SplitConfig::default()).unwrap();
    assert_eq!((split.train, split.validation), (1, 0));
}

#[test]
fn a_large_validation_side_is_bounded_by_the_training_side() {
    let report = |format: &str, examples| Report {
        format: format.to_owned(),
        examples,
        ..Report::default()
    };
    for (format, train, validation, refused) in [
        ("gemini", 100, 1000, false),
        ("gemini", 3336, 1001, true),
        ("gemini", 3337, 1001, false),
        ("openai", 100, 5000, false),
    ] {
        let found = check_pair(&report(format, train), &report(format, validation));
        let codes: Vec<&str> = found.iter().map(|p| p.code.as_ref()).collect();
        let expected: &[&str] = if refused { &["validation_size"] } else { &[] };
        assert_eq!(codes, expected, "{format}: {validation} beside {train}");
    }
}

#[test]
fn a_validation_file_is_empty_or_large_enough() {
    let line = chat(json!("Click Save"), "[1, 2]") + "\n";
    for (id, lines, refused) in [
        ("fireworks", 0, false),
        ("fireworks", 1, true),
        ("fireworks", 2, true),
        ("fireworks", 3, false),
        ("openai", 1, false),
    ] {
        let options = FormatOptions::default();
        let v = Validator::new(format(id).unwrap(), &options, Purpose::Validation);
        let counts = validate(line.repeat(lines).as_bytes(), v).counts;
        assert_eq!(
            counts.contains_key("min_examples"),
            refused,
            "{id}: {lines}"
        );
    }
}
