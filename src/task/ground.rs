//! Grounding: one task per element that can be acted on.

use crate::base::rng::Streams;
use crate::generate::truth::{TrueElement, Truth};
use crate::task::phrase::instructions;
use crate::task::resolve::Resolver;
use crate::task::{Geometry, Target, Task, TaskKind};

/// Asks where to click.
#[derive(Debug)]
pub(super) struct Point;

/// Asks for the box of an element.
#[derive(Debug)]
pub(super) struct BoundingBox;

impl TaskKind for Point {
    fn id(&self) -> &'static str {
        "point"
    }

    fn title(&self) -> &'static str {
        "Point grounding"
    }

    fn doc(&self) -> &'static str {
        "Names one element; the answer is a point where a click meets it"
    }

    fn geometry(&self) -> Option<Geometry> {
        Some(Geometry::Point)
    }

    fn make(&self, truth: &Truth, streams: &Streams) -> Vec<Task> {
        make(self.id(), Geometry::Point, truth, streams)
    }
}

impl TaskKind for BoundingBox {
    fn id(&self) -> &'static str {
        "bbox"
    }

    fn title(&self) -> &'static str {
        "Box grounding"
    }

    fn doc(&self) -> &'static str {
        "Names one element; the answer is its visible box"
    }

    fn geometry(&self) -> Option<Geometry> {
        Some(Geometry::Box)
    }

    fn make(&self, truth: &Truth, streams: &Streams) -> Vec<Task> {
        make(self.id(), Geometry::Box, truth, streams)
    }
}

fn make(kind: &str, geometry: Geometry, truth: &Truth, streams: &Streams) -> Vec<Task> {
    let resolver = Resolver::new(truth);
    truth
        .elements
        .iter()
        .filter(|e| e.askable())
        .filter_map(|e| {
            let mut stream = streams.stream(&format!("task/{kind}/{}", e.id));
            let instructions = instructions(e, &resolver, geometry, &mut stream);
            (!instructions.is_empty()).then_some(())?;
            Some(Task {
                id: String::new(),
                kind: kind.to_owned(),
                target: Some(target(e)?),
                instructions,
            })
        })
        .collect()
}

fn target(e: &TrueElement) -> Option<Target> {
    Some(Target {
        component_id: e.id.clone(),
        label: [&e.name, &e.text, &e.purpose]
            .into_iter()
            .find(|s| !s.is_empty())
            .unwrap_or(&e.role)
            .clone(),
        bounds: e.visible_box,
        hit: e.hit,
        point: e.point?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::geometry::{PxPoint, PxRect};
    use crate::generate::plan::GridPlace;
    use crate::task::tasks_of;

    fn element(id: &str, role: &str, name: &str, text: &str) -> TrueElement {
        TrueElement {
            id: id.into(),
            role: role.into(),
            name: name.into(),
            text: text.into(),
            visible: 1.0,
            visible_box: PxRect::new(0, 0, 40, 20),
            hit: PxRect::new(0, 0, 40, 20),
            point: Some(PxPoint { x: 20, y: 10 }),
            interactive: crate::task::resolve::Look::of(role).is_some(),
            ..TrueElement::default()
        }
    }

    fn screen(elements: Vec<TrueElement>) -> Truth {
        Truth {
            width: 100,
            height: 100,
            device_scale: 1.0,
            elements,
        }
    }

    #[test]
    fn row_actions_are_asked_with_their_row() {
        let cell = |id: &str, row: u32, header: &str| TrueElement {
            grid: Some(GridPlace {
                row,
                column: 3,
                row_header: header.into(),
                column_header: "Actions".into(),
            }),
            ..element(id, "button", "Delete", "")
        };
        let truth = screen(vec![
            element("e0", "rowheader", "INV-1", "INV-1"),
            cell("e1", 1, "INV-1"),
            element("e2", "rowheader", "INV-2", "INV-2"),
            cell("e3", 2, "INV-2"),
        ]);
        let tasks = tasks_of(&truth, 1, 0);
        let about: Vec<&Task> = tasks
            .iter()
            .filter(|t| t.target.as_ref().is_some_and(|t| t.component_id == "e3"))
            .collect();
        assert_eq!(about.len(), 2, "a point and a box");
        for t in about {
            for i in &t.instructions {
                assert!(i.text.contains("in the row of INV-2"), "{}", i.text);
                assert_eq!(i.proof.as_ref().unwrap().distractors, ["e1"]);
            }
        }
    }

    #[test]
    fn what_cannot_be_clicked_or_told_apart_is_never_asked() {
        let mut hidden = element("e0", "button", "Hidden", "Hidden");
        hidden.point = None;
        let mut mostly = element("e1", "button", "Mostly covered", "");
        mostly.visible = 0.4;
        let truth = screen(vec![
            hidden,
            mostly,
            element("e2", "button", "Twin", "Twin"),
            element("e3", "button", "Twin", "Twin"),
            element("e4", "button", "", ""),
        ]);
        let tasks = tasks_of(&truth, 1, 0);
        assert_eq!(tasks.len(), 1, "{tasks:?}");
        assert_eq!(tasks[0].kind, "listing");
    }

    #[test]
    fn phrasing_is_keyed_and_varies() {
        let truth = screen(vec![element("e0", "button", "Save", "Save")]);
        assert_eq!(tasks_of(&truth, 1, 0), tasks_of(&truth, 1, 0));
        let texts: std::collections::BTreeSet<String> = (0..40)
            .flat_map(|i| tasks_of(&truth, 1, i))
            .flat_map(|t| t.instructions)
            .map(|i| i.text)
            .collect();
        assert!(texts.len() > 8, "{texts:?}");
    }
}
