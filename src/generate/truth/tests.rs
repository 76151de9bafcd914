//! Screens whose truth is known by hand.

use super::*;
use crate::base::color::Rgba8;
use crate::generate::fixture::{at, paint, plan, text, truth_of};
use crate::generate::plan::{Content, FieldRun, FontFamily, Length, Node, Overflow, Position, Tag};
use crate::generate::plan::{TextAlign, TextStyle};

const RED: Rgba8 = Rgba8::rgb(200, 30, 30);
const BLUE: Rgba8 = Rgba8::rgb(30, 30, 200);

fn named<'a>(truth: &'a Truth, name: &str) -> &'a TrueElement {
    truth.elements.iter().find(|e| e.name == name).unwrap()
}

#[test]
fn a_later_box_hides_its_share() {
    let t = truth_of(&plan(
        400,
        300,
        1.0,
        vec![
            at(100.0, 100.0, 100.0, 50.0)
                .painted(RED)
                .called("under", true),
            at(175.0, 80.0, 100.0, 60.0)
                .painted(BLUE)
                .called("over", true),
        ],
    ));
    let under = named(&t, "under");
    // 25 × 40 of 100 × 50 pixels are covered.
    assert_eq!(under.visible, 0.8);
    assert_eq!(under.covered_by, ["e1"]);
    assert_eq!(under.visible_box, under.bounds);
    assert!(!under.clipped);
    assert_eq!((under.id.as_str(), under.selector.as_str()), ("e0", "#s0"));
    let p = under.point.unwrap();
    assert!(p.x < 175 - 20 && p.x > 115, "{p:?}");
    let over = named(&t, "over");
    assert_eq!(
        (over.visible, over.point),
        (1.0, Some(PxPoint { x: 225, y: 110 }))
    );
    assert!(over.z > under.z);
}

#[test]
fn covers_that_overlap_count_once() {
    let t = truth_of(&plan(
        400,
        300,
        2.0,
        vec![
            at(0.0, 0.0, 100.0, 100.0)
                .painted(RED)
                .called("under", true),
            at(0.0, 0.0, 50.0, 60.0).painted(BLUE).called("a", true),
            at(20.0, 40.0, 50.0, 40.0).painted(BLUE).called("b", true),
        ],
    ));
    // 50·60 + 50·40 − 30·20 of 10000.
    assert_eq!(named(&t, "under").visible, 0.56);
    assert_eq!(named(&t, "under").covered_by, ["e1", "e2"]);
    assert_eq!(named(&t, "under").bounds, PxRect::new(0, 0, 200, 200));
}

#[test]
fn a_round_cover_leaves_the_corners() {
    let t = truth_of(&plan(
        400,
        300,
        1.0,
        vec![
            at(0.0, 0.0, 200.0, 200.0)
                .painted(RED)
                .called("under", true),
            at(0.0, 0.0, 200.0, 200.0)
                .painted(BLUE)
                .rounded(100.0)
                .called("disc", true),
        ],
    ));
    let share = 1.0 - std::f32::consts::PI / 4.0;
    let under = named(&t, "under");
    assert!((under.visible - share).abs() < 0.002, "{}", under.visible);
    let p = under.point.unwrap();
    let (dx, dy) = (p.x as f32 + 0.5 - 100.0, p.y as f32 + 0.5 - 100.0);
    assert!(dx * dx + dy * dy > 100.0 * 100.0);
}

#[test]
fn z_index_decides_not_document_order() {
    let raised = at(0.0, 0.0, 100.0, 100.0)
        .painted(RED)
        .restyled(|s| s.z_index = Some(2))
        .called("raised", true);
    let plain = at(50.0, 0.0, 100.0, 100.0)
        .painted(BLUE)
        .restyled(|s| s.z_index = Some(1))
        .called("plain", true);
    let t = truth_of(&plan(400, 300, 1.0, vec![raised, plain]));
    assert_eq!(named(&t, "raised").visible, 1.0);
    assert_eq!(named(&t, "plain").visible, 0.5);
    assert_eq!(named(&t, "plain").covered_by, ["e0"]);
}

#[test]
fn positioned_boxes_lie_above_later_ones_in_the_flow() {
    let floating = at(0.0, 0.0, 100.0, 100.0)
        .painted(RED)
        .called("floating", true);
    let flowing = Node::default()
        .restyled(|s| s.height = Length::Px(50.0))
        .painted(BLUE)
        .called("flowing", true);
    let t = truth_of(&plan(200, 100, 1.0, vec![floating, flowing]));
    assert_eq!(named(&t, "floating").visible, 1.0);
    assert_eq!(named(&t, "flowing").visible, 0.5);
}

#[test]
fn overflow_and_the_image_cut_boxes() {
    let inner = at(20.0, 20.0, 100.0, 100.0)
        .painted(BLUE)
        .called("inner", true);
    let outer = at(350.0, 100.0, 80.0, 60.0)
        .restyled(|s| s.overflow = Overflow::Hidden)
        .called("outer", false)
        .holding(vec![inner]);
    let gone = at(0.0, 200.0, 30.0, 30.0).called("gone", true);
    let clip = at(100.0, 50.0, 20.0, 20.0)
        .restyled(|s| s.overflow = Overflow::Hidden)
        .holding(vec![gone]);
    let away = at(500.0, 0.0, 30.0, 30.0).painted(RED).called("away", true);
    let t = truth_of(&plan(400, 300, 1.0, vec![outer, clip, away]));
    let inner = named(&t, "inner");
    assert_eq!(inner.bounds, PxRect::new(370, 120, 100, 100));
    assert_eq!(inner.visible_box, PxRect::new(370, 120, 30, 40));
    assert_eq!(inner.visible, 0.12);
    assert!(inner.clipped);
    assert_eq!(inner.point, Some(PxPoint { x: 385, y: 140 }));
    assert_eq!(inner.parent.as_deref(), Some("e0"));
    let gone = named(&t, "gone");
    assert_eq!((gone.visible, gone.point), (0.0, None));
    assert_eq!(gone.visible_box.area(), 0);
    assert!(t.elements.iter().all(|e| e.name != "away"));
}

#[test]
fn an_absolute_box_escapes_clips_below_its_containing_block() {
    let menu = at(0.0, 30.0, 100.0, 80.0)
        .painted(BLUE)
        .called("menu", true);
    let scroller = Node::default()
        .restyled(|s| {
            s.overflow = Overflow::Hidden;
            s.height = Length::Px(40.0);
        })
        .holding(vec![menu]);
    let t = truth_of(&plan(200, 200, 1.0, vec![scroller]));
    assert_eq!(named(&t, "menu").visible, 1.0);
    assert!(!named(&t, "menu").clipped);
}

#[test]
fn a_dimming_layer_takes_clicks_but_hides_nothing() {
    let scrim = at(0.0, 0.0, 400.0, 300.0).painted(Rgba8::rgba(0, 0, 0, 128));
    let dialog = at(100.0, 100.0, 200.0, 100.0)
        .painted(Rgba8::WHITE)
        .called("dialog", false);
    let behind = at(10.0, 10.0, 80.0, 30.0)
        .painted(RED)
        .called("behind", true);
    let half = at(60.0, 120.0, 80.0, 40.0)
        .painted(RED)
        .called("half", true);
    let t = truth_of(&plan(400, 300, 1.0, vec![behind, half, scrim, dialog]));
    assert_eq!(
        (named(&t, "behind").visible, named(&t, "behind").point),
        (1.0, None)
    );
    assert_eq!(
        (named(&t, "half").visible, named(&t, "half").point),
        (0.5, None)
    );
    assert_eq!(named(&t, "half").covered_by, ["e2"]);
    assert!(named(&t, "dialog").point.is_some());
    assert!(!named(&t, "behind").askable());
}

#[test]
fn hidden_elements_are_left_out_but_numbered() {
    let hidden = at(0.0, 0.0, 50.0, 50.0)
        .restyled(|s| s.hidden = true)
        .called("hidden", true)
        .holding(vec![at(0.0, 0.0, 9.0, 9.0).called("inside", true)]);
    let seen = at(0.0, 0.0, 50.0, 50.0).called("seen", true);
    let t = truth_of(&plan(100, 100, 1.0, vec![hidden, seen]));
    let ids: Vec<&str> = t.elements.iter().map(|e| e.id.as_str()).collect();
    assert_eq!(ids, ["e2"]);
    assert!(t.elements[0].point.is_some(), "hidden boxes take no clicks");
}

#[test]
fn a_control_inside_a_control_is_avoided() {
    let close = at(80.0, 5.0, 40.0, 40.0).painted(RED).called("close", true);
    let card = at(10.0, 10.0, 200.0, 50.0)
        .painted(BLUE)
        .called("card", true)
        .holding(vec![close]);
    let t = truth_of(&plan(300, 100, 1.0, vec![card]));
    let p = named(&t, "card").point.unwrap();
    assert!(!named(&t, "close").bounds.contains(p), "{p:?}");
    assert_eq!(
        named(&t, "card").visible,
        1.0,
        "its own content does not cover it"
    );
}

#[test]
fn a_label_extends_what_can_be_clicked() {
    let input = Node {
        tag: Tag::Input,
        ..at(0.0, 0.0, 20.0, 20.0)
    };
    let label = Node {
        tag: Tag::Label,
        ..at(50.0, 40.0, 150.0, 20.0)
    };
    let cover = at(50.0, 40.0, 20.0, 20.0).painted(BLUE);
    let labelled = label.holding(vec![input.called("check", true)]);
    let t = truth_of(&plan(300, 100, 1.0, vec![labelled.clone()]));
    let check = named(&t, "check");
    assert_eq!(check.visible_box, PxRect::new(50, 40, 20, 20));
    assert_eq!(check.hit, PxRect::new(50, 40, 150, 20));
    assert_eq!(check.point, Some(PxPoint { x: 60, y: 50 }));
    // With the box itself covered, the label still works.
    let t = truth_of(&plan(300, 100, 1.0, vec![labelled, cover]));
    let p = named(&t, "check").point.unwrap();
    assert!(p.x > 80 && p.x < 200, "{p:?}");
}

#[test]
fn text_is_what_can_be_read() {
    let words = at(10.0, 10.0, 300.0, 24.0)
        .called("line", false)
        .holding(vec![text("Quarterly report", 16.0, Rgba8::BLACK)]);
    let cover = at(100.0, 0.0, 250.0, 60.0).painted(Rgba8::WHITE);
    let whole = truth_of(&plan(400, 100, 1.0, vec![words.clone()]));
    assert_eq!(named(&whole, "line").text, "Quarterly report");
    assert_eq!(named(&whole, "line").contrast, 21.0);
    let half = truth_of(&plan(400, 100, 1.0, vec![words.clone(), cover]));
    let seen = &named(&half, "line").text;
    assert!("Quarterly report".starts_with(seen.as_str()) && seen.len() > 5 && seen.len() < 14);
    let none = truth_of(&plan(
        400,
        100,
        1.0,
        vec![words.restyled(|s| s.opacity = 0.0)],
    ));
    assert_eq!(named(&none, "line").text, "");
    assert_eq!(
        (named(&none, "line").visible, named(&none, "line").contrast),
        (0.0, 0.0)
    );
}

#[test]
fn contrast_is_taken_from_what_is_painted_below() {
    let on = |color, ground| {
        let label = at(0.0, 0.0, 100.0, 30.0).holding(vec![text("Save", 14.0, color)]);
        let button = at(0.0, 0.0, 100.0, 30.0)
            .painted(ground)
            .called("b", true)
            .holding(vec![label]);
        named(&truth_of(&plan(100, 50, 1.0, vec![button])), "b").contrast
    };
    assert_eq!(on(Rgba8::WHITE, Rgba8::hex(0x767676)), 4.54);
    // Half-transparent black on white is the grey 127 or 128.
    let grey = Rgba8::rgb(127, 127, 127).contrast(Rgba8::WHITE) as f32;
    assert!((on(Rgba8::rgba(0, 0, 0, 128), Rgba8::WHITE) - grey).abs() < 0.05);
    assert_eq!(on(Rgba8::WHITE, Rgba8::WHITE), 1.0);
}

#[test]
fn passwords_are_not_read() {
    let style = TextStyle {
        family: FontFamily::Sans,
        size_px: 14.0,
        weight: 400,
        line_height_px: 20.0,
        letter_spacing_px: 0.0,
        color: Rgba8::BLACK,
        align: TextAlign::Start,
        wrap: false,
        ellipsis: false,
        underline: false,
        strike: false,
    };
    let field = |input_type: &str| Node {
        tag: Tag::Input,
        content: Content::Field(FieldRun {
            value: "secret".into(),
            placeholder: "Type".into(),
            style: style.clone(),
            placeholder_color: RED,
            input_type: input_type.into(),
            caret: true,
        }),
        ..at(10.0, 10.0, 200.0, 40.0).called(input_type, true)
    };
    let t = truth_of(&plan(300, 100, 1.0, vec![field("password")]));
    assert_eq!(named(&t, "password").text, "");
    let t = truth_of(&plan(300, 100, 1.0, vec![field("text")]));
    assert_eq!(named(&t, "text").text, "secret");
}

/// Boxes at random places with random clips and layers: what must hold for every element.
#[test]
fn truth_holds_together_on_random_screens() {
    use proptest::prelude::*;
    let leaf = (0u16..380, 0u16..280, 1u16..160, 1u16..120, 0u8..8, -1i32..3);
    let config = ProptestConfig {
        cases: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(boxes in prop::collection::vec(leaf, 1..14), scale in 1u8..3)| {
        let node = |i: usize, b: (u16, u16, u16, u16, u8, i32)| {
            at(f32::from(b.0) - 20.0, f32::from(b.1) - 20.0, f32::from(b.2), f32::from(b.3))
                .painted(Rgba8::rgba(b.0 as u8, b.1 as u8, b.2 as u8, if b.4 & 1 == 0 { 255 } else { 90 }))
                .rounded(if b.4 & 2 == 0 { 0.0 } else { 9.0 })
                .restyled(|s| {
                    s.z_index = (b.5 >= 0).then_some(b.5);
                    if b.4 & 4 != 0 { s.overflow = Overflow::Hidden }
                })
                .called(&format!("n{i}"), b.4 != 3)
        };
        let mut children: Vec<Node> = Vec::new();
        for (i, b) in boxes.iter().enumerate() {
            let n = node(i, *b);
            match children.last_mut() {
                Some(last) if i % 3 == 2 => last.children.push(n),
                _ => children.push(n),
            }
        }
        let plan = plan(400, 300, f32::from(scale), children);
        let (layout, list) = paint(&plan);
        let truth = truth(&plan, &layout, &list, |_| Default::default());
        let image = PxRect::new(0, 0, list.width as i32, list.height as i32);
        for e in &truth.elements {
            prop_assert!(e.bounds.intersect(&image).is_some());
            if e.visible_box.area() > 0 {
                prop_assert_eq!(e.visible_box.intersect(&e.bounds), Some(e.visible_box));
                prop_assert_eq!(e.visible_box.intersect(&image), Some(e.visible_box));
            }
            prop_assert!((0.0..=1.0).contains(&e.visible));
            let shown = e.visible_box.area() as f32 / e.bounds.area() as f32;
            prop_assert!(e.visible <= shown + 1e-4);
            prop_assert_eq!(e.clipped, e.visible_box != e.bounds);
            if let Some(p) = e.point {
                prop_assert!(e.hit.contains(p) && image.contains(p));
                let top = list.topmost(p).unwrap();
                let end = layout.nodes[e.node as usize].end;
                prop_assert!(top >= e.node && top < end, "{} is under {}", e.node, top);
            }
            if let Some(parent) = &e.parent {
                let parent = truth.elements.iter().find(|p| p.id == *parent).unwrap();
                prop_assert!(parent.node < e.node);
            }
            // Counted pixel by pixel, the slow way.
            let inside = e.node..layout.nodes[e.node as usize].end;
            let order = list.nodes[e.node as usize].order;
            let clip = list.nodes[e.node as usize].clip;
            let mut count = 0;
            for y in e.visible_box.y..e.visible_box.bottom() {
                for x in e.visible_box.x..e.visible_box.right() {
                    let p = PxPoint { x, y };
                    let hidden = list.items.iter().any(|i| match &i.paint {
                        crate::generate::paint::Paint::Fill {
                            shape,
                            fill: crate::generate::plan::Fill::Color(c),
                            ..
                        } => {
                            c.a == 255
                                && list.nodes[i.node as usize].order > order
                                && !inside.contains(&i.node)
                                && shape.contains(p)
                                && list.clip_contains(i.clip, p)
                        }
                        _ => false,
                    });
                    count += i32::from(!hidden && list.clip_contains(clip, p));
                }
            }
            let exact = f64::from(count) / e.bounds.area() as f64;
            prop_assert!((f64::from(e.visible) - exact).abs() < 6e-5, "{} {exact}", e.visible);
        }
    });
}

#[test]
fn positions_do_not_matter_for_static_nodes() {
    let n = Node::default().restyled(|s| s.position = Position::Static);
    let t = truth_of(&plan(100, 100, 1.0, vec![n.called("flat", true)]));
    assert!(t.elements.is_empty(), "a box without height is nowhere");
}
