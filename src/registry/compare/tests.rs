//! Questions, answers, scores, pictures and reports.

use image::{Rgb, RgbImage};
use serde_json::Value;

use crate::base::geometry::{PxPoint, PxRect};
use crate::base::time::Timestamp;
use crate::dataset::{BBox, Component, GroundTruth, Record};
use crate::error::Result;
use crate::registry::compare::*;
use crate::task::coords::{Convention, convention};
use crate::task::{Geometry, Instruction, Style, Target, Task};

pub(super) fn absolute() -> &'static Convention {
    convention("absolute").unwrap()
}

pub(super) fn question(id: &str, target: PxRect) -> Question {
    Question {
        id: id.to_owned(),
        image: String::new(),
        size: (1000, 500),
        instruction: "Click Save".to_owned(),
        geometry: Geometry::Point,
        target,
        polygon: Vec::new(),
        kind: "point".to_owned(),
        role: "button".to_owned(),
        archetype: "login_form".to_owned(),
    }
}

pub(super) fn answers(lines: &str) -> Answers {
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
    let even = super::score::latency(vec![30.0, 10.0, 40.0, 20.0]).unwrap();
    assert_eq!((even.median_ms, even.p95_ms), (25.0, 40.0));
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

    // Parts of the picture, as corners and as sizes.
    let parts = |b: &str| format!(r#"[{{"img_filename":"a","instruction":"i","bbox":{b}}}]"#);
    let (w, h) = size("a").unwrap();
    for (text, shape) in [
        ("[0.25,0.5,0.5,0.75]", BoxShape::Xyxy),
        ("[0.25,0.5,0.25,0.25]", BoxShape::Xywh),
    ] {
        let q = screenspot(&parts(text), Some(shape), size)
            .unwrap()
            .remove(0);
        let at = |v: u32, part: f64| (f64::from(v) * part).round() as i32;
        assert_eq!(
            (q.target.x, q.target.y),
            (at(w, 0.25), at(h, 0.5)),
            "{text}"
        );
        assert_eq!(q.target.right(), at(w, 0.5), "{text}");
        assert_eq!(q.target.bottom(), at(h, 0.75), "{text}");
    }
    let e = screenspot(&parts("[100,150,80,40]"), Some(BoxShape::Xyxy), size).unwrap_err();
    assert_eq!((e.code(), e.path()), ("screenspot_boxes", Some("[0].bbox")));
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

#[test]
fn refusals_polygons_prices_and_files() {
    // The words of a refusal may hold numbers.
    let target = PxRect::new(100, 100, 50, 20);
    let both = answers(
        r#"{"id":"a","answer":"Rule 125, 110 forbids it","refused":true,"prompt_tokens":1000,"completion_tokens":10}"#,
    );
    let c = compare(
        &[question("a", target)],
        (&both, absolute()),
        (&both, absolute()),
    )
    .unwrap();
    assert_eq!(
        (c.base.refused, c.base.unread, c.base.hits.count),
        (1, 1, 0)
    );
    assert_eq!((c.base.cost_usd, c.base.prompt_tokens), (None, Some(1000)));
    let prices = Prices {
        prompt: 2.0,
        completion: 100.0,
    };
    let priced = prices.applied(&both);
    assert_eq!(priced["a"].cost_usd, Some(0.003));
    let told = read_answers(r#"{"id":"b","answer":"","cost_usd":7.0}"#).unwrap();
    assert_eq!(prices.applied(&told)["b"].cost_usd, Some(7.0));
    assert_eq!(prices.cost(&Answer::default()), None);
    assert_eq!(
        read_answers(&write_answers(&priced).unwrap()).unwrap(),
        priced
    );

    // A triangle: the middle of its box lies outside.
    let size = |_: &str| -> Result<(u32, u32)> { Ok((200, 100)) };
    for area in ["[[0,0],[80,0],[0,60]]", "[0,0,80,0,0,60]"] {
        let file = format!(r#"[{{"img_filename":"a.png","bbox":{area},"instruction":"x"}}]"#);
        let q = screenspot(&file, None, size).unwrap().remove(0);
        assert_eq!(q.target, PxRect::new(0, 0, 80, 60));
        let hit = |text: &str| Reading::of(&q, text, absolute()).hit;
        assert!(hit("[10, 10]") && !hit("[70, 50]") && !hit("[100, 10]"));
        assert!(!hit(r#"{"bbox_2d":[10,10,80,60]}"#) && hit(r#"{"bbox_2d":[0,0,20,20]}"#));
    }
    let file = r#"[{"img_filename":"a.png","bbox":[1,2],"instruction":"x"}]"#;
    let e = screenspot(file, None, size).unwrap_err();
    assert_eq!((e.code(), e.path()), ("screenspot_json", Some("[0].bbox")));
}

#[test]
fn a_report_says_what_was_compared_and_what_follows() {
    let target = PxRect::new(100, 100, 50, 20);
    let ids: Vec<String> = (0..12).map(|i| i.to_string()).collect();
    let questions: Vec<Question> = ids.iter().map(|id| question(id, target)).collect();
    let said = |answer: &str| {
        let all = ids.iter().map(|id| Answer {
            id: id.clone(),
            answer: answer.to_owned(),
            ..Answer::default()
        });
        collect_answers(all).unwrap()
    };
    let (wrong, right) = (said("[0, 0]"), said("[125, 110]"));
    let about = About {
        base: "base".to_owned(),
        tuned: "TUNED|1\n".to_owned(),
        questions: "validation".to_owned(),
        base_convention: "absolute".to_owned(),
        tuned_convention: "absolute".to_owned(),
        made_at: Timestamp::from_millis(0),
    };
    let report = |base: &Answers, tuned: &Answers| {
        let c = compare(&questions, (base, absolute()), (tuned, absolute())).unwrap();
        (c.markdown(&about), c.json(&about).unwrap())
    };
    let (text, json) = report(&wrong, &right);
    assert!(text.starts_with("# TUNED\\|1  against base\n"), "{text}");
    // 2 / 2^12. Wilson: 12 of 12 begins at n / (n + z²) = 75.75 %; Newcombe: 100 − √2 · 24.25.
    assert!(text.contains("**The tuned model is better.** Difference +100.0 [+65.7, +100.0] points, McNemar p = 0.0005."), "{text}");
    assert!(
        text.contains("| Hit rate | 0.0 % [0.0, 24.2] | 100.0 % [75.8, 100.0] |"),
        "{text}"
    );
    assert!(text.contains("| size | 0.2 to 1 % | 12 |"), "{text}");
    let value: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["comparison"]["paired"]["tuned_only"], 12);
    assert_eq!(value["about"]["made_at"], "1970-01-01T00:00:00.000Z");
    assert!(
        report(&right, &wrong)
            .0
            .contains("The tuned model is worse.")
    );
    assert!(
        report(&right, &right)
            .0
            .contains("No difference can be told from chance.")
    );
}
