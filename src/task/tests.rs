//! Tasks of really generated screens.

use std::collections::BTreeMap;

use super::coords::{CONVENTIONS, round_trips};
use super::resolve::{Look, normal};
use super::*;
use crate::generate::SyntheticUiGenerator;
use crate::generate::config::GenerationConfig;

const SAMPLES: u64 = 120;

fn samples() -> impl Iterator<Item = Sample> {
    let generator = SyntheticUiGenerator::new(GenerationConfig {
        num_samples: SAMPLES,
        seed: Some(11),
        include_screenshots: false,
        ..GenerationConfig::default()
    })
    .unwrap();
    (0..SAMPLES).map(move |i| generator.sample(i).unwrap())
}

#[test]
fn every_instruction_of_generated_screens_has_one_answer() {
    let (mut asked, mut askable, mut instructions) = (0usize, 0usize, 0usize);
    for s in samples() {
        let at = format!("sample {} ({})", s.index, s.plan.archetype);
        let tasks = tasks(&s);
        assert_eq!(tasks[0].kind, "listing");
        askable += s.truth.elements.iter().filter(|e| e.askable()).count();
        asked += tasks.iter().filter(|t| t.kind == "point").count();
        for kind in ["point", "bbox"] {
            // The same words never have two answers.
            let mut answers: BTreeMap<&str, &str> = BTreeMap::new();
            for t in tasks.iter().filter(|t| t.kind == kind) {
                let target = t.target.as_ref().unwrap();
                let e = s
                    .truth
                    .elements
                    .iter()
                    .find(|e| e.id == target.component_id)
                    .unwrap();
                assert!(e.askable(), "{at}: {}", e.id);
                for i in &t.instructions {
                    instructions += 1;
                    let other = answers.insert(&i.text, &target.component_id);
                    assert!(
                        other.is_none_or(|o| o == target.component_id),
                        "{at}: {:?} means {} and {other:?}",
                        i.text,
                        target.component_id
                    );
                    said_and_single(&s.truth, i, &target.component_id, &at);
                }
                let size = (s.truth.width, s.truth.height);
                let geometry = kind_geometry(kind);
                for c in CONVENTIONS.iter().filter(|c| c.id != "percent") {
                    assert!(
                        round_trips(c, geometry, target, size),
                        "{at}: {} of {target:?}",
                        c.id
                    );
                }
            }
        }
    }
    println!("{asked} of {askable} elements asked for, {instructions} instructions");
    assert!(asked * 100 >= askable * 80, "{asked} of {askable}");
}

fn kind_geometry(id: &str) -> Geometry {
    kind(id).unwrap().geometry().unwrap()
}

/// All that the expression says stands in the sentence, and a search written without the
/// resolver finds nothing else that one could act on.
fn said_and_single(truth: &Truth, i: &Instruction, target: &str, at: &str) {
    let x = i.expression.as_ref().unwrap();
    let text = normal(&i.text);
    for words in [&x.name, &x.text, &x.purpose, &x.group, &x.row, &x.column]
        .into_iter()
        .flatten()
    {
        assert!(
            text.contains(&normal(words)),
            "{at}: {:?} lacks {words:?}",
            i.text
        );
    }
    let named = x.name.as_ref().or(x.text.as_ref());
    let Some(words) = named.map(|n| normal(n)) else {
        return;
    };
    let rivals: Vec<&str> = truth
        .elements
        .iter()
        .filter(|e| e.visible > 0.0 && e.visible_box.area() > 0 && e.id != target)
        .filter(|e| Look::of(&e.role).is_some())
        .filter(|e| normal(&e.name) == words || normal(&e.text) == words)
        .filter(|e| x.look.is_none() || Look::of(&e.role) == x.look)
        .filter(|e| {
            x.group
                .as_ref()
                .is_none_or(|g| normal(&e.group) == normal(g))
        })
        .filter(|e| {
            let row = e.grid.as_ref().map_or("", |g| &g.row_header);
            x.row
                .as_ref()
                .is_none_or(|r| [row, &e.group].iter().any(|v| normal(v) == normal(r)))
        })
        .filter(|e| {
            let column = e.grid.as_ref().map_or("", |g| &g.column_header);
            x.column
                .as_ref()
                .is_none_or(|c| normal(column) == normal(c))
        })
        .map(|e| e.id.as_str())
        .collect();
    assert!(
        rivals.is_empty(),
        "{at}: {:?} also means {rivals:?}",
        i.text
    );
}
