//! Small hand-made plans for tests.

use crate::base::color::Rgba8;
use crate::generate::layout::{Layout, layout};
use crate::generate::paint::{DisplayList, display_list};
use crate::generate::plan::{
    ColorScheme, Content, Element, Fill, FontFamily, Length, Node, Plan, Position, Sides, Style,
    TextAlign, TextRun, TextStyle, Viewport,
};
use crate::generate::text::TextEngine;
use crate::generate::truth::{Truth, truth};

/// A plan with `children` on a white screen.
pub(crate) fn plan(width_px: u32, height_px: u32, device_scale: f32, children: Vec<Node>) -> Plan {
    Plan {
        seed: 0,
        index: 0,
        archetype: "test".into(),
        title: "Test".into(),
        theme: "test".into(),
        color_scheme: ColorScheme::Light,
        locale: "en-US".into(),
        viewport: Viewport {
            width_px,
            height_px,
            device_scale,
        },
        sans_family: "inter".into(),
        canvas: Rgba8::WHITE,
        root: Node {
            style: Style {
                position: Position::Relative,
                width: Length::Px(width_px as f32),
                height: Length::Px(height_px as f32),
                ..Style::default()
            },
            children,
            ..Node::default()
        },
    }
}

/// A box at a place in its positioned parent.
pub(crate) fn at(x: f32, y: f32, width: f32, height: f32) -> Node {
    Node {
        style: Style {
            position: Position::Absolute,
            inset: Sides {
                top: Length::Px(y),
                left: Length::Px(x),
                ..Sides::default()
            },
            width: Length::Px(width),
            height: Length::Px(height),
            ..Style::default()
        },
        ..Node::default()
    }
}

pub(crate) fn text(words: &str, size_px: f32, color: Rgba8) -> Node {
    Node {
        content: Content::Text(TextRun {
            text: words.into(),
            style: TextStyle {
                family: FontFamily::Sans,
                size_px,
                weight: 400,
                line_height_px: (size_px * 1.5).floor(),
                letter_spacing_px: 0.0,
                color,
                align: TextAlign::Start,
                wrap: true,
                ellipsis: false,
                underline: false,
                strike: false,
            },
        }),
        ..Node::default()
    }
}

impl Node {
    pub(crate) fn painted(mut self, color: Rgba8) -> Self {
        self.style.background = Fill::Color(color);
        self
    }

    pub(crate) fn rounded(mut self, r: f32) -> Self {
        self.style.radius = [r; 4];
        self
    }

    pub(crate) fn holding(mut self, children: Vec<Self>) -> Self {
        self.children = children;
        self
    }

    pub(crate) fn restyled(mut self, change: impl FnOnce(&mut Style)) -> Self {
        change(&mut self.style);
        self
    }

    /// Makes the node an element called `name`; controls are interactive.
    pub(crate) fn called(mut self, name: &str, interactive: bool) -> Self {
        self.element = Some(Element {
            widget: if interactive { "button" } else { "region" }.into(),
            role: if interactive { "button" } else { "group" }.into(),
            name: name.into(),
            interactive,
            ..Element::default()
        });
        self
    }
}

/// Layout and display list of a plan.
pub(crate) fn paint(plan: &Plan) -> (Layout, DisplayList) {
    let layout = layout(plan, &mut TextEngine::new()).expect("test plans can be laid out");
    let list = display_list(plan, &layout);
    (layout, list)
}

/// Truth of a plan, with the element's number as selector.
pub(crate) fn truth_of(plan: &Plan) -> Truth {
    let (layout, list) = paint(plan);
    truth(plan, &layout, &list, |n| {
        (format!("#s{n}"), format!("/x{n}"))
    })
}
