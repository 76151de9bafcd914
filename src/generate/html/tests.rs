use super::*;
use crate::base::color::Rgba8;
use crate::generate::plan::{
    Element, FieldRun, IconRun, NameFrom, Node, Plan, Tag, TextAlign, TextRun, TextStyle, Viewport,
};

fn style() -> TextStyle {
    TextStyle {
        family: FontFamily::Sans,
        size_px: 14.0,
        weight: 400,
        line_height_px: 20.0,
        letter_spacing_px: 0.0,
        color: Rgba8::BLACK,
        align: TextAlign::Start,
        wrap: true,
        ellipsis: false,
        underline: false,
        strike: false,
    }
}

fn text(tag: Tag, text: &str) -> Node {
    Node {
        tag,
        content: Content::Text(TextRun {
            text: text.into(),
            style: style(),
        }),
        ..Node::default()
    }
}

fn holder(tag: Tag, children: Vec<Node>) -> Node {
    Node {
        tag,
        children,
        ..Node::default()
    }
}

fn element(role: &str, name: &str, name_from: NameFrom) -> Element {
    Element {
        role: role.into(),
        name: name.into(),
        name_from,
        interactive: true,
        ..Element::default()
    }
}

fn plan(root: Node) -> Plan {
    Plan {
        seed: 1,
        index: 0,
        archetype: "test".into(),
        title: "a < b & \"c\"".into(),
        theme: "test".into(),
        color_scheme: ColorScheme::Dark,
        locale: "en-US".into(),
        viewport: Viewport {
            width_px: 800,
            height_px: 600,
            device_scale: 1.0,
        },
        sans_family: "inter".into(),
        canvas: Rgba8::WHITE,
        root,
    }
}

fn body(page: &Html) -> &str {
    let at = page.html.find("<body>").unwrap();
    &page.html[at + 6..page.html.len() - "</body></html>\n".len()]
}

#[test]
fn text_and_attributes_are_escaped() {
    let mut n = text(Tag::P, "<script>alert('x')</script> & \"y\"");
    n.element = Some(element("img", "\"><b>", NameFrom::Aria));
    let page = html(&plan(n));
    assert!(
        page.html
            .contains("<title>a &lt; b &amp; &quot;c&quot;</title>")
    );
    assert!(!page.html.contains("<script>") && !page.html.contains("<b>"));
    assert!(body(&page).contains("aria-label=\"&quot;&gt;&lt;b&gt;\""));
    assert_eq!(page.locators["e0"].selector, r#"p[aria-label="\"><b>"]"#);
}

#[test]
fn tags_that_a_parser_would_move_become_plain() {
    let row = holder(Tag::Tr, vec![text(Tag::Td, "1")]);
    let page = html(&plan(holder(
        Tag::Div,
        vec![
            holder(Tag::P, vec![holder(Tag::Div, vec![text(Tag::Ul, "x")])]),
            holder(Tag::Table, vec![row.clone()]),
            holder(Tag::Table, vec![holder(Tag::Tbody, vec![row])]),
            holder(Tag::Button, vec![holder(Tag::A, vec![])]),
            holder(Tag::Form, vec![holder(Tag::Form, vec![])]),
            text(Tag::Li, "y"),
        ],
    )));
    let tags: String = body(&page)
        .split('<')
        .filter_map(|t| t.split([' ', '>']).next())
        .collect::<Vec<_>>()
        .join(" ");
    assert_eq!(
        tags.trim(),
        "div p span span /span /span /p div div div /div /div /div \
         table tbody tr td /td /tr /tbody /table button span /span /button \
         form div /div /form div /div /div"
    );
}

#[test]
fn labels_name_controls_and_aria_does_where_there_is_no_label() {
    let mut lone = text(Tag::Button, "");
    lone.element = Some(element("checkbox", "Agree", NameFrom::Label));
    let page = html(&plan(holder(
        Tag::Div,
        vec![
            holder(Tag::Label, vec![lone.clone(), text(Tag::Span, "Agree")]),
            lone,
        ],
    )));
    let parts: Vec<&str> = body(&page).split("<button").collect();
    assert!(parts[1].contains("role=\"checkbox\"") && !parts[1].contains("aria-label"));
    assert!(parts[2].contains("aria-label=\"Agree\""));
}

#[test]
fn fields_keep_value_placeholder_and_type() {
    let mut n = Node {
        tag: Tag::Input,
        content: Content::Field(FieldRun {
            value: "1,250".into(),
            placeholder: "How many".into(),
            style: style(),
            placeholder_color: Rgba8::hex(0x777777),
            input_type: "number".into(),
            caret: false,
        }),
        ..Node::default()
    };
    let mut e = element("spinbutton", "How many", NameFrom::Placeholder);
    e.state.required = true;
    e.html_name = "count".into();
    n.element = Some(e);
    let page = html(&plan(n));
    assert!(
        body(&page).contains("type=\"text\" value=\"1,250\""),
        "a browser would drop this number"
    );
    assert!(body(&page).contains(" required") && body(&page).contains("role=\"spinbutton\""));
    assert!(page.html.contains("::placeholder{color:#777777;opacity:1}"));
    assert_eq!(page.locators["e0"].xpath, "//input[@name=\"count\"]");
}

#[test]
fn equal_styles_share_a_class() {
    let page = html(&plan(holder(
        Tag::Div,
        (0..20).map(|i| text(Tag::Span, &i.to_string())).collect(),
    )));
    assert_eq!(page.html.matches(".c0{").count(), 1);
    assert!(!page.html.contains(".c1{"));
}

#[test]
fn equal_elements_are_told_apart_by_place() {
    let b = || {
        let mut b = text(Tag::Button, "Edit");
        b.element = Some(element("button", "Edit", NameFrom::Text));
        b
    };
    let mut save = text(Tag::Button, "Save");
    save.element = Some(element("button", "Save", NameFrom::Text));
    let page = html(&plan(holder(Tag::Div, vec![b(), b(), save])));
    let at = |e: &str| {
        (
            page.locators[e].selector.as_str(),
            page.locators[e].xpath.as_str(),
        )
    };
    assert_eq!(
        at("e1"),
        (
            "body > div > button:nth-of-type(2)",
            "/html/body/div/button[2]"
        )
    );
    assert_eq!(at("e2").1, "//button[normalize-space()=\"Save\"]");
}

#[test]
fn embedding_replaces_every_font_link() {
    let icon = Node {
        content: Content::Icon(IconRun {
            icon: "search".into(),
            size_px: 16.0,
            stroke: 2.0,
            color: Rgba8::BLACK,
        }),
        ..Node::default()
    };
    let page = html(&plan(holder(Tag::Div, vec![text(Tag::Span, "a"), icon])));
    assert!(page.html.contains("url(fonts/inter-400.ttf)"));
    assert!(page.html.contains("<svg class=") && page.html.contains("viewBox=\"0 0 24 24\""));
    let whole = embed_fonts(&page.html);
    assert!(!whole.contains("url(fonts/") && whole.contains("url(data:font/ttf;base64,"));
}
