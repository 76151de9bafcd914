//! Pictures that must not change unnoticed. `ACCEPT=1` writes them anew; a difference leaves
//! *expected | difference | actual* in the system's folder for temporary files.

use std::path::Path;

use super::Rasterizer;
use crate::base::color::Rgba8;
use crate::generate::config::ImageFormat;
use crate::generate::encode::encode;
use crate::generate::fixture::{at, paint, plan, text};
use crate::generate::plan::{Content, Fill, IconRun, Node, Outline, Overflow, Plan, Shadow, Sides};

const INK: Rgba8 = Rgba8::rgb(31, 41, 55);
const ACCENT: Rgba8 = Rgba8::rgb(37, 99, 235);

fn check(name: &str, plan: &Plan) {
    let (_, list) = paint(plan);
    let mut r = Rasterizer::new();
    let actual = r.render(&list);
    assert_eq!(r.render(&list), actual, "warm caches change the picture");
    let (w, h) = (list.width, list.height);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/{name}.png"));
    let png = |rgb: &[u8], w| encode(rgb, w, h, ImageFormat::Png, 90).unwrap().bytes;
    if std::env::var_os("ACCEPT").is_some() {
        let bytes = png(&actual, w);
        assert!(bytes.len() <= 20 << 10, "{name}: {} bytes", bytes.len());
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
    }
    let read = std::fs::read(&path).expect("run with ACCEPT=1 to make the picture");
    let expected = image::load_from_memory(&read).unwrap().to_rgb8();
    assert_eq!(expected.dimensions(), (w, h), "{name}");
    if *expected == actual[..] {
        return;
    }
    let row = w as usize * 3;
    let mut sheet = Vec::new();
    let mut worst = 0;
    for (e, a) in expected.chunks_exact(row).zip(actual.chunks_exact(row)) {
        let d: Vec<u8> = e.iter().zip(a).map(|(e, a)| e.abs_diff(*a)).collect();
        worst = worst.max(d.iter().copied().max().unwrap_or(0));
        sheet.extend_from_slice(e);
        sheet.extend(d.iter().map(|d| d.saturating_mul(4)));
        sheet.extend_from_slice(a);
    }
    let out = std::env::temp_dir().join(format!("screensmith-golden-{name}.png"));
    std::fs::write(&out, png(&sheet, w * 3)).unwrap();
    panic!("{name} differs by up to {worst}: {}", out.display());
}

fn icon(id: &str, x: f32, y: f32, size_px: f32) -> Node {
    let icon = Node {
        content: Content::Icon(IconRun {
            icon: id.into(),
            size_px,
            stroke: 2.0,
            color: INK,
        }),
        ..Node::default()
    };
    at(x, y, size_px, size_px).holding(vec![icon])
}

#[test]
fn words() {
    let line =
        |y: f32, size: f32, color, ground, change: fn(&mut crate::generate::plan::TextStyle)| {
            let mut t = text("Quick fox, 0123 – žluť", size, color);
            if let Content::Text(run) = &mut t.content {
                change(&mut run.style);
            }
            at(0.0, y, 190.0, 20.0).painted(ground).holding(vec![t])
        };
    let dark = Rgba8::rgb(17, 24, 39);
    check(
        "words",
        &plan(
            190,
            100,
            1.0,
            vec![
                line(0.0, 13.0, Rgba8::BLACK, Rgba8::WHITE, |_| {}),
                line(20.0, 13.0, Rgba8::rgb(209, 213, 219), dark, |_| {}),
                line(40.0, 14.0, ACCENT, Rgba8::WHITE, |s| s.underline = true),
                line(60.0, 14.0, INK, Rgba8::WHITE, |s| s.weight = 700),
                line(80.0, 12.0, INK, Rgba8::rgb(254, 249, 195), |s| {
                    s.strike = true
                }),
            ],
        ),
    );
}

#[test]
fn boxes() {
    let card = at(20.0, 14.0, 90.0, 50.0)
        .painted(Rgba8::WHITE)
        .rounded(10.0)
        .restyled(|s| {
            s.shadows = vec![
                Shadow {
                    x: 0.0,
                    y: 4.0,
                    blur: 12.0,
                    spread: 0.0,
                    color: Rgba8::rgba(0, 0, 0, 80),
                },
                Shadow {
                    x: 0.0,
                    y: 0.0,
                    blur: 0.0,
                    spread: 1.0,
                    color: Rgba8::rgba(0, 0, 0, 40),
                },
            ];
        });
    let pill = at(130.0, 14.0, 80.0, 24.0).rounded(99.0).restyled(|s| {
        s.background = Fill::Gradient {
            angle_deg: 135.0,
            from: Rgba8::rgb(255, 136, 0),
            to: ACCENT,
        };
        s.border = Sides::all(2.0);
        s.border_color = Sides::all(INK);
        s.outline = Some(Outline {
            width: 2.0,
            offset: 2.0,
            color: Rgba8::rgb(34, 170, 85),
        });
    });
    let sides = at(130.0, 50.0, 80.0, 40.0)
        .painted(Rgba8::rgb(255, 238, 204))
        .restyled(|s| {
            s.radius = [16.0, 0.0, 20.0, 4.0];
            s.border = Sides {
                top: 1.0,
                right: 5.0,
                bottom: 9.0,
                left: 3.0,
            };
            s.border_color = Sides {
                top: Rgba8::rgb(255, 0, 0),
                right: Rgba8::rgb(0, 170, 0),
                bottom: Rgba8::rgb(0, 0, 255),
                left: INK,
            };
        });
    check("boxes", &plan(230, 100, 1.0, vec![card, pill, sides]));
}

#[test]
fn clips_groups_and_icons() {
    let stripe = |y: f32, color| at(-10.0, y, 200.0, 12.0).painted(color);
    let clipped = at(10.0, 10.0, 70.0, 60.0)
        .painted(Rgba8::WHITE)
        .rounded(20.0)
        .restyled(|s| {
            s.overflow = Overflow::Hidden;
            s.border = Sides::all(2.0);
            s.border_color = Sides::all(ACCENT);
        })
        .holding(vec![
            stripe(4.0, INK),
            stripe(30.0, ACCENT),
            stripe(46.0, INK),
        ]);
    let faded = at(95.0, 10.0, 60.0, 60.0)
        .restyled(|s| s.opacity = 0.4)
        .holding(vec![
            at(0.0, 0.0, 40.0, 40.0).painted(ACCENT).rounded(8.0),
            at(20.0, 20.0, 40.0, 40.0).painted(INK).rounded(8.0),
        ]);
    let mut all = vec![clipped, faded];
    for (i, id) in ["search", "settings", "trash-2", "ph-trash", "house"]
        .iter()
        .enumerate()
    {
        all.push(icon(id, 170.0, 6.0 + 26.0 * i as f32, 24.0));
        all.push(icon(id, 200.0, 10.0 + 26.0 * i as f32, 16.0));
    }
    let mut page = plan(230, 140, 1.0, all);
    page.canvas = Rgba8::rgb(243, 244, 246);
    check("clips", &page);
    page.viewport.device_scale = 1.5;
    check("clips-1.5x", &page);
}

/// What is painted in a group or clip is the same as painted on its own canvas.
#[test]
fn a_full_group_and_a_square_clip_change_nothing() {
    let inner = || {
        at(5.0, 5.0, 60.0, 40.0)
            .painted(Rgba8::rgba(37, 99, 235, 120))
            .rounded(12.0)
    };
    let render = |n: Node| Rasterizer::new().render(&paint(&plan(100, 60, 1.0, vec![n])).1);
    let plain = render(at(0.0, 0.0, 100.0, 60.0).holding(vec![inner()]));
    let clipped = render(
        at(0.0, 0.0, 100.0, 60.0)
            .restyled(|s| s.overflow = Overflow::Hidden)
            .holding(vec![inner()]),
    );
    let grouped = render(
        at(0.0, 0.0, 100.0, 60.0)
            .restyled(|s| s.opacity = 0.999)
            .holding(vec![inner()]),
    );
    assert_eq!(plain, clipped);
    assert!(plain.iter().zip(&grouped).all(|(a, b)| a.abs_diff(*b) <= 1));
    let half = render(
        at(0.0, 0.0, 100.0, 60.0)
            .restyled(|s| s.opacity = 0.5)
            .holding(vec![at(0.0, 0.0, 100.0, 60.0).painted(Rgba8::BLACK)]),
    );
    assert!(half.iter().all(|v| *v == 127), "{:?}", &half[..6]);
}
