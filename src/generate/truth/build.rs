//! Display list → truth.

use super::point::reachable;
use super::scene::Scene;
use super::words::{self, FAINT, Words};
use super::{TrueElement, Truth};
use crate::base::geometry::PxRect;
use crate::generate::layout::Layout;
use crate::generate::paint::DisplayList;
use crate::generate::plan::{Element, Plan, Tag};

/// Lists every element with any part inside the image, as it is really painted in `list`.
///
/// `locate` gives CSS selector and XPath of the n-th element of the plan (n counts nodes with
/// [`Element`] in document order, hidden ones included, and is the number in `e<n>`).
///
/// Fills with at least 85 % opacity hide what is below them; text, icons, borders and shadows of
/// other boxes do not count as covering.
pub fn truth(
    plan: &Plan,
    layout: &Layout,
    list: &DisplayList,
    locate: impl Fn(usize) -> (String, String),
) -> Truth {
    let scene = Scene::new(plan, layout, list);
    let words = words::read(&scene);
    let image = PxRect::new(0, 0, list.width as i32, list.height as i32);
    let mut listed = vec![false; scene.nodes.len()];
    let mut numbers = vec![0; scene.nodes.len()];
    let mut elements = Vec::new();
    let mut count = 0;
    for (i, node) in scene.nodes.iter().enumerate() {
        let Some(element) = &node.element else {
            continue;
        };
        let number = count;
        count += 1;
        numbers[i] = number;
        let at = list.nodes[i];
        if at.hidden || at.bounds.intersect(&image).is_none() {
            continue;
        }
        listed[i] = true;
        let build = Build {
            scene: &scene,
            words: &words,
            listed: &listed,
            numbers: &numbers,
            node: i as u32,
        };
        let (mut e, covering) = build.element(element);
        (e.selector, e.xpath) = locate(number);
        elements.push((i as u32, covering, e));
    }
    // Names of covering elements are known once all are numbered.
    let elements = elements.into_iter().map(|(node, by, mut e)| {
        let inside = |n: u32| scene.inside(n).contains(&node);
        let mut ids: Vec<u32> = by
            .into_iter()
            .filter_map(|n| scene.element_of[n as usize])
            .filter(|n| listed[*n as usize] && !inside(*n))
            .collect();
        ids.sort_unstable();
        ids.dedup();
        e.covered_by = ids.iter().map(|n| id(numbers[*n as usize])).collect();
        e
    });
    Truth {
        width: list.width,
        height: list.height,
        device_scale: list.scale,
        elements: elements.collect(),
    }
}

fn id(number: usize) -> String {
    format!("e{number}")
}

struct Build<'a> {
    scene: &'a Scene<'a>,
    words: &'a [Option<Words>],
    listed: &'a [bool],
    numbers: &'a [usize],
    node: u32,
}

impl Build<'_> {
    /// The element without its place in the HTML, and the nodes that cover some of it.
    fn element(&self, element: &Element) -> (TrueElement, Vec<u32>) {
        let scene = self.scene;
        let at = scene.list.nodes[self.node as usize];
        let visible_box = scene.shown_box(self.node);
        let (area, covering) = scene.shown_area(self.node, visible_box);
        let visible = if at.opacity < FAINT {
            0.0
        } else {
            (area as f64 / at.bounds.area().max(1) as f64 * 10_000.0).round() / 10_000.0
        };
        let label = self.label();
        let mut hit = visible_box;
        if let Some(label) = label {
            hit = union(hit, scene.shown_box(label));
        }
        let of = |within, area, strict| reachable(scene, self.node, within, area, strict);
        let point = of(self.node, visible_box, true)
            .or_else(|| of(self.node, visible_box, false))
            .or_else(|| of(label?, hit, true));
        let read = scene.inside(self.node);
        let read = || {
            self.words[read.start as usize..read.end as usize]
                .iter()
                .flatten()
        };
        let text: Vec<&str> = read().map(|w| w.text.as_str()).collect();
        let contrast = read().next().map_or(0.0, |w| w.contrast);
        let element = TrueElement {
            id: id(self.numbers[self.node as usize]),
            node: self.node,
            parent: self.parent(),
            z: at.order,
            widget: element.widget.clone(),
            role: element.role.clone(),
            name: element.name.clone(),
            name_from: element.name_from,
            text: text.join(" "),
            icon: element.icon.clone(),
            bounds: at.bounds,
            visible_box,
            hit,
            point,
            visible: visible as f32,
            covered_by: Vec::new(),
            clipped: visible_box != at.bounds,
            interactive: element.interactive,
            actions: element.actions.clone(),
            state: element.state.clone(),
            purpose: element.purpose.clone(),
            group: element.group.clone(),
            grid: element.grid.clone(),
            selector: String::new(),
            xpath: String::new(),
            contrast: ((contrast * 100.0).round() / 100.0) as f32,
        };
        (element, covering)
    }

    /// Nearest listed element around this one.
    fn parent(&self) -> Option<String> {
        let mut at = self.scene.layout.nodes[self.node as usize].parent;
        while let Some(n) = at.map(|n| n as usize) {
            if self.listed[n] {
                return Some(id(self.numbers[n]));
            }
            at = self.scene.layout.nodes[n].parent;
        }
        None
    }

    /// The `<label>` around this control, when clicks on it act on this control: a label acts on
    /// the first control inside it.
    fn label(&self) -> Option<u32> {
        let control = |n: u32| {
            matches!(
                self.scene.nodes[n as usize].tag,
                Tag::Input | Tag::Textarea | Tag::Button
            )
        };
        if !control(self.node) {
            return None;
        }
        let mut at = self.scene.layout.nodes[self.node as usize].parent;
        while let Some(n) = at {
            let node = self.scene.nodes[n as usize];
            if node.tag == Tag::Label {
                let first = self.scene.inside(n).find(|i| control(*i));
                let elsewhere = node
                    .element
                    .as_ref()
                    .is_some_and(|e| !e.label_for.is_empty() && !self.is_called(&e.label_for));
                return (first == Some(self.node) && !elsewhere).then_some(n);
            }
            at = self.scene.layout.nodes[n as usize].parent;
        }
        None
    }

    fn is_called(&self, html_id: &str) -> bool {
        self.scene.nodes[self.node as usize]
            .element
            .as_ref()
            .is_some_and(|e| e.html_id == html_id)
    }
}

fn union(a: PxRect, b: PxRect) -> PxRect {
    if a.area() == 0 {
        return b;
    }
    if b.area() == 0 {
        return a;
    }
    let (x, y) = (a.x.min(b.x), a.y.min(b.y));
    PxRect::new(
        x,
        y,
        a.right().max(b.right()) - x,
        a.bottom().max(b.bottom()) - y,
    )
}
