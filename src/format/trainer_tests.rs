//! Lines of the trainers, against what their documentation shows.

use serde_json::{Value, json};

use super::tests::{lines, with};
use super::{FormatOptions, Purpose, Validator, format, validate};

fn first(id: &str, options: FormatOptions) -> Value {
    serde_json::from_str(&lines(id, options)[0]).unwrap()
}

fn point(prefix: Option<&str>) -> FormatOptions {
    with(&["point"], prefix)
}

fn of(model: &str) -> FormatOptions {
    FormatOptions {
        model: Some(model.to_owned()),
        ..point(None)
    }
}

#[test]
fn each_trainer_names_pictures_its_own_way() {
    for id in ["llamafactory", "ms_swift"] {
        let line = first(id, point(None));
        assert_eq!(line["images"], json!(["images/000001.png"]));
        assert_eq!(line["messages"][0]["role"], "system");
        let asked = line["messages"][1]["content"].as_str().unwrap();
        assert_eq!(asked, "<image>Click Save");
        assert!(line["messages"][2]["content"].is_string());
    }
    for (id, field) in [("axolotl", "path"), ("unsloth", "image")] {
        let line = first(id, point(None));
        assert_eq!(
            line["messages"][1]["content"],
            json!([{"type": "image", field: "images/000001.png"}, {"type": "text", "text": "Click Save"}])
        );
        assert_eq!(line["messages"][2]["content"][0]["type"], "text");
    }
}

#[test]
fn vendors_of_the_chat_shape_differ_in_lists_and_detail() {
    let together = first("together", point(None));
    assert_eq!(together["messages"][0]["content"][0]["type"], "text");
    assert_eq!(together["messages"][2]["content"][0]["type"], "text");
    for id in ["fireworks", "chat"] {
        let line = first(id, point(None));
        assert!(line["messages"][0]["content"].is_string(), "{id}");
        assert!(line["messages"][2]["content"].is_string(), "{id}");
    }
    for id in ["together", "fireworks", "chat"] {
        let line = first(id, point(None));
        let parts = line["messages"][1]["content"].as_array().unwrap();
        let image = parts.iter().find(|p| p["type"] == "image_url").unwrap();
        let fields: Vec<_> = image["image_url"].as_object().unwrap().keys().collect();
        assert_eq!(fields, ["url"], "{id}");
        assert!(
            image["image_url"]["url"]
                .as_str()
                .unwrap()
                .starts_with("data:image/png;base64,")
        );
    }
}

#[test]
fn nova_reads_pictures_from_s3() {
    let line = first("bedrock", point(Some("s3://bucket/run1/")));
    assert_eq!(line["schemaVersion"], "bedrock-conversation-2024");
    assert_eq!(
        line["messages"][0]["content"][0],
        json!({"image": {"format": "png", "source": {"s3Location": {"uri": "s3://bucket/run1/images/000001.png"}}}})
    );
    assert_eq!(line["messages"][1]["role"], "assistant");
}

#[test]
fn answers_follow_the_family_of_the_model() {
    let answer = |id: &str, model: &str| {
        let line = first(id, of(model));
        let content = &line["messages"][2]["content"];
        let text = content.as_str().or(content[0]["text"].as_str());
        text.unwrap().to_owned()
    };
    for id in [
        "custom",
        "llamafactory",
        "ms_swift",
        "axolotl",
        "unsloth",
        "chat",
    ] {
        // 1280x720 is seen as 1288x728 by this family, and 455,112 as 458,113.
        assert_eq!(
            answer(id, "Qwen/Qwen2.5-VL-7B-Instruct"),
            r#"{"point_2d":[458,113],"label":"Save"}"#,
            "{id}"
        );
        assert_eq!(
            answer(id, "Qwen/Qwen3-VL-8B-Instruct"),
            r#"{"point_2d":[355,156]}"#,
            "{id}"
        );
    }
    assert_eq!(
        answer("together", "Qwen/Qwen3.5-9B"),
        r#"{"point_2d":[355,156]}"#
    );
    assert_eq!(
        answer(
            "fireworks",
            "accounts/fireworks/models/qwen2p5-vl-32b-instruct"
        ),
        r#"{"point_2d":[458,113],"label":"Save"}"#
    );
    let own = FormatOptions {
        convention: Some("absolute".to_owned()),
        ..of("Qwen/Qwen3-VL-8B-Instruct")
    };
    let line = first("llamafactory", own);
    assert_eq!(line["messages"][2]["content"], r#"{"point_2d":[455,112]}"#);
}

#[test]
fn faults_of_trainer_lines_are_found() {
    let talk = |content: Value| json!([{"role": "user", "content": content}, {"role": "assistant", "content": "ok"}]);
    let nova = |text: &str, second: &str| {
        let image =
            |uri: &str| json!({"image": {"format": "png", "source": {"s3Location": {"uri": uri}}}});
        json!({"schemaVersion": "bedrock-conversation-2024", "messages": [
            {"role": "user", "content": [image("s3://a/1.png"), image(second), {"text": text}]},
            {"role": "assistant", "content": [{"text": "ok"}]}]})
    };
    let cases = [
        (
            "llamafactory",
            "placeholder_count",
            json!({"messages": talk(json!("<image><image>a")), "images": ["1.png"]}),
        ),
        (
            "ms_swift",
            "placeholder_count",
            json!({"messages": talk(json!("a")), "images": ["1.png"]}),
        ),
        (
            "llamafactory",
            "image_role",
            json!({"messages": [{"role": "assistant", "content": "<image>"}], "images": ["1.png"]}),
        ),
        (
            "axolotl",
            "image_ref_kind",
            json!({"messages": talk(json!([{"type": "image"}]))}),
        ),
        (
            "unsloth",
            "line_shape",
            json!({"messages": talk(json!([{"type": "video"}]))}),
        ),
        (
            "together",
            "image_ref_kind",
            json!({"messages": talk(json!([{"type": "image_url", "image_url": {"url": "https://x/a.png"}}]))}),
        ),
        (
            "fireworks",
            "min_examples",
            json!({"messages": talk(json!("a"))}),
        ),
        (
            "bedrock",
            "reserved_tokens",
            nova("User: hello", "s3://a/2.png"),
        ),
        ("bedrock", "image_ref_kind", nova("hello", "s3://b/2.png")),
        (
            "bedrock",
            "first_role",
            json!({"schemaVersion": "bedrock-conversation-2024",
            "messages": [{"role": "assistant", "content": [{"text": "a"}]}]}),
        ),
        ("bedrock", "line_shape", json!({"messages": []})),
    ];
    for (id, code, line) in cases {
        let v = Validator::new(
            format(id).unwrap(),
            &FormatOptions::default(),
            Purpose::Training,
        );
        let found = validate(line.to_string().as_bytes(), v).counts;
        assert!(found.contains_key(code), "{id} {code}: {found:?}");
    }
}
