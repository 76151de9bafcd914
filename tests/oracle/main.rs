//! Chromium is the oracle: the exported pages, laid out by a browser, must give our boxes, and a
//! click at our point must hit the element.
//!
//! What Chromium answered is recorded in `chromium.json`, so this test needs no browser.
//! `cargo xtask record-oracle` records anew: it runs the ignored test `dump_pages`, then
//! `record.mjs`.

#![allow(clippy::unwrap_used, reason = "a test ends where it fails")]

use std::collections::{BTreeMap, BTreeSet};

use screensmith::base::geometry::Rect;
use screensmith::base::hash::fingerprint;
use screensmith::generate::archetype;
use screensmith::generate::html::html;
use screensmith::generate::layout::layout;
use screensmith::generate::plan::{ColorScheme, Plan};
use screensmith::generate::text::TextEngine;
use screensmith::generate::theme;
use screensmith::{GenerationConfig, SyntheticUiGenerator};
use serde::{Deserialize, Serialize};

const FIXTURE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle/chromium.json");
const KNOWN_FAILURES: &str = include_str!("known_failures.txt");
/// Sides further apart than this are wrong, unless listed.
const TOLERANCE_PX: f64 = 0.5;
/// No side may be further apart than this, unless listed.
const LIMIT_PX: f64 = 1.0;
const SCREENS: [([u32; 2], f32); 7] = [
    ([1280, 720], 1.0),
    ([390, 844], 2.0),
    ([1920, 1080], 1.0),
    ([820, 1180], 1.5),
    ([1366, 768], 1.25),
    ([360, 640], 3.0),
    ([1024, 768], 2.0),
];

/// One page as `record.mjs` loads it.
#[derive(Serialize)]
struct Page {
    name: String,
    width: u32,
    height: u32,
    scale: f32,
    html: String,
    elements: Vec<Asked>,
}

/// One element of a page.
#[derive(Serialize)]
struct Asked {
    id: String,
    selector: String,
    xpath: String,
    /// Click point in CSS pixels.
    point: Option<[f64; 2]>,
    #[serde(skip)]
    ours: Rect,
}

/// What Chromium answered.
#[derive(Deserialize)]
struct Recorded {
    pages: Vec<RecordedPage>,
}

#[derive(Deserialize)]
struct RecordedPage {
    name: String,
    html: String,
    /// Left, top, right, bottom of every element.
    boxes: Vec<[f64; 4]>,
    /// One letter an element: `h`it, `m`issed, `-` not clickable.
    clicks: String,
    /// Ids whose selector or XPath does not match exactly the element.
    unlocated: Vec<String>,
}

/// Every archetype in every theme and scheme, twice, on changing screens.
fn pages() -> Vec<Page> {
    let mut text = TextEngine::new();
    let mut out = Vec::new();
    let mut turn = 0;
    for kind in archetype::ids() {
        for look in theme::ids() {
            for scheme in [ColorScheme::Light, ColorScheme::Dark] {
                let ([width, height], scale) = SCREENS[turn % SCREENS.len()];
                turn += 1;
                let generator = SyntheticUiGenerator::new(GenerationConfig {
                    num_samples: 2,
                    ui_types: vec![kind.to_owned()],
                    themes: vec![look.to_owned()],
                    color_schemes: vec![scheme],
                    min_elements: 1,
                    max_elements: 200,
                    screenshot_width: width,
                    screenshot_height: height,
                    device_scales: vec![scale],
                    include_screenshots: false,
                    seed: Some(20_261_122 + turn as u64),
                    ..GenerationConfig::default()
                })
                .unwrap();
                for sample in generator.iter() {
                    let sample = sample.unwrap();
                    let points: BTreeMap<&str, [f64; 2]> = sample
                        .truth
                        .elements
                        .iter()
                        .filter_map(|e| {
                            let p = e.point?;
                            let css = |v: i32| (f64::from(v) + 0.5) / f64::from(scale);
                            Some((e.id.as_str(), [css(p.x), css(p.y)]))
                        })
                        .collect();
                    let name = format!("{kind}/{look}/{scheme:?}/{}", sample.index).to_lowercase();
                    out.push(page(name, &sample.plan, &points, &mut text));
                }
            }
        }
    }
    out
}

fn page(
    name: String,
    plan: &Plan,
    points: &BTreeMap<&str, [f64; 2]>,
    text: &mut TextEngine,
) -> Page {
    let exported = html(plan);
    let laid = layout(plan, text).unwrap();
    let mut nodes = Vec::new();
    plan.root.walk(&mut |n| nodes.push(n.element.is_some()));
    let elements = laid
        .nodes
        .iter()
        .zip(nodes)
        .filter_map(|(l, is_element)| is_element.then_some(l))
        .enumerate()
        .map(|(i, l)| {
            let id = format!("e{i}");
            let at = exported.locators[&id].clone();
            Asked {
                selector: at.selector,
                xpath: at.xpath,
                point: points.get(id.as_str()).copied(),
                ours: l.border_box,
                id,
            }
        })
        .collect();
    Page {
        name,
        width: plan.viewport.width_px,
        height: plan.viewport.height_px,
        scale: plan.viewport.device_scale,
        html: exported.html,
        elements,
    }
}

/// Collects the lengths below `value` that a browser would round.
fn off_grid(value: &serde_json::Value, key: &str, path: &str, out: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(all) => {
            for (k, v) in all {
                off_grid(v, k, &format!("{path}.{k}"), out);
            }
        }
        serde_json::Value::Array(all) => {
            for (i, v) in all.iter().enumerate() {
                off_grid(v, key, &format!("{path}[{i}]"), out);
            }
        }
        serde_json::Value::Number(n) => {
            let no_length = [
                "opacity",
                "flex_grow",
                "flex_shrink",
                "stroke",
                "angle_deg",
                "percent",
                "fr",
                "value_now",
                "value_min",
                "value_max",
            ];
            let v = n.as_f64().unwrap();
            let text = path.ends_with(".style.size_px");
            let steps = if text { 2.0 } else { 64.0 };
            if !no_length.contains(&key) && (v * steps).fract() != 0.0 {
                out.push(format!("{path} = {v}"));
            }
        }
        _ => {}
    }
}

#[test]
fn lengths_are_exact_in_a_browser() {
    let mut out = Vec::new();
    off_grid(
        &serde_json::json!({ "style": { "size_px": 14.25 } }),
        "",
        "",
        &mut out,
    );
    off_grid(&serde_json::json!({ "gap": [0.3, 0.25] }), "", "", &mut out);
    assert_eq!(out, [".style.size_px = 14.25", ".gap[0] = 0.3"]);
    let generator = SyntheticUiGenerator::new(GenerationConfig {
        num_samples: 60,
        include_screenshots: false,
        seed: Some(64),
        ..GenerationConfig::default()
    })
    .unwrap();
    for i in 0..60 {
        let plan = generator.plan(i).unwrap();
        let root = serde_json::to_value(&plan.root).unwrap();
        let mut out = Vec::new();
        off_grid(&root, "", "", &mut out);
        assert!(out.is_empty(), "{} {i}: {out:?}", plan.archetype);
    }
}

#[test]
#[ignore = "writes the pages that record.mjs loads"]
fn dump_pages() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/target/oracle");
    std::fs::create_dir_all(folder).unwrap();
    let all: Vec<_> = pages()
        .into_iter()
        .map(|p| {
            let print = fingerprint([p.html.as_bytes()]);
            serde_json::json!({ "fingerprint": print, "page": p })
        })
        .collect();
    std::fs::write(
        format!("{folder}/pages.json"),
        serde_json::to_vec(&all).unwrap(),
    )
    .unwrap();
}

#[test]
fn boxes_and_clicks_equal_chromium() {
    let recorded: Recorded = serde_json::from_slice(&std::fs::read(FIXTURE).unwrap()).unwrap();
    let known: BTreeSet<&str> = KNOWN_FAILURES
        .lines()
        .filter_map(|l| l.split('#').next().map(str::trim))
        .filter(|l| !l.is_empty())
        .collect();
    let mut failing = BTreeSet::new();
    let (mut total, mut close, mut clicks) = (0, 0, 0);
    let mut report = Vec::new();
    let ours = pages();
    assert_eq!(ours.len(), recorded.pages.len(), "record anew");
    for (page, theirs) in ours.iter().zip(&recorded.pages) {
        assert_eq!(page.name, theirs.name, "record anew");
        assert_eq!(
            fingerprint([page.html.as_bytes()]),
            theirs.html,
            "{} has changed: run `cargo xtask record-oracle`",
            page.name
        );
        assert_eq!(page.elements.len(), theirs.boxes.len(), "{}", page.name);
        assert!(
            theirs.unlocated.is_empty(),
            "{}: selector or XPath not unique: {:?}",
            page.name,
            theirs.unlocated
        );
        for ((e, b), click) in page
            .elements
            .iter()
            .zip(&theirs.boxes)
            .zip(theirs.clicks.chars())
        {
            let r = &e.ours;
            let sides = [r.x, r.y, r.right(), r.bottom()].map(f64::from);
            let off = sides
                .iter()
                .zip(b)
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f64::max);
            total += 1;
            close += usize::from(off <= TOLERANCE_PX);
            clicks += usize::from(click == 'h');
            let name = format!("{} {}", page.name, e.id);
            if off > TOLERANCE_PX {
                report.push(format!("{name}: {sides:?}, Chromium {b:?}"));
            }
            if click == 'm' {
                report.push(format!("{name}: the click at {:?} misses", e.point));
            }
            if off > LIMIT_PX || click == 'm' {
                failing.insert(name);
            }
        }
    }
    let failing: BTreeSet<&str> = failing.iter().map(String::as_str).collect();
    let new: Vec<_> = failing.difference(&known).collect();
    let repaired: Vec<_> = known.difference(&failing).collect();
    let share = close as f64 / f64::from(total.max(1));
    assert!(
        new.is_empty() && share >= 0.999,
        "{close} of {total} boxes are within {TOLERANCE_PX} px; {} fail:\n{}",
        new.len(),
        report.join("\n")
    );
    assert!(
        repaired.is_empty(),
        "take these out of known_failures.txt: {repaired:?}"
    );
    assert!(
        total > 3000 && clicks > 1000,
        "{total} boxes, {clicks} clicks"
    );
}
