//! Coordinates as data: in which space, order, shape and words a model answers.

use serde::Serialize;

use crate::base::geometry::{PxPoint, PxRect};
use crate::task::Geometry;
use crate::task::answer::{Found, numbers};
use crate::task::resize::Resize;

/// The numbers of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Space {
    /// Pixels of the picture as it is seen after a resize rule.
    Pixels(Resize),
    /// 0 to 1 with this many decimals.
    Unit(u8),
    /// 0 to 100 with one decimal.
    Percent,
    /// Whole numbers 0 to 1000.
    Thousand,
    /// Numbered bins, `round(v · (n − 1))`.
    RoundedBins(u32),
    /// Numbered bins, `floor(v · n)`.
    FlooredBins(u32),
}

/// Which coordinate comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// x, y.
    Xy,
    /// y, x.
    Yx,
}

/// How a box is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Two corners.
    Xyxy,
    /// Corner and size.
    Xywh,
    /// Centre and size.
    Cxcywh,
}

/// A way to write points and boxes.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Convention {
    /// Stable id.
    pub id: &'static str,
    /// What the numbers mean, for people and for the prompt.
    pub doc: &'static str,
    /// The numbers.
    pub space: Space,
    /// Which comes first.
    pub order: Order,
    /// How a box is given.
    pub shape: Shape,
    /// Text of a point: `$1`, `$2` are the numbers in order, `$label` the label as JSON string.
    pub point: &'static str,
    /// Text of a box: `$1` to `$4`.
    pub bbox: &'static str,
}

const PX: Space = Space::Pixels(Resize::None);

/// Every convention. The first one is the default where a target has none of its own.
pub static CONVENTIONS: &[Convention] = &[
    Convention {
        id: "absolute",
        doc: "pixels of the image",
        space: PX,
        order: Order::Xy,
        shape: Shape::Xyxy,
        point: r#"{"point_2d":[$1,$2]}"#,
        bbox: r#"{"bbox_2d":[$1,$2,$3,$4]}"#,
    },
    Convention {
        id: "absolute_xywh",
        doc: "pixels of the image",
        space: PX,
        order: Order::Xy,
        shape: Shape::Xywh,
        point: r#"{"point":[$1,$2]}"#,
        bbox: r#"{"bbox":[$1,$2,$3,$4]}"#,
    },
    Convention {
        id: "seen_tiles",
        doc: "pixels of the image after fitting it into 2048 x 2048 and its short side to 768",
        space: Space::Pixels(Resize::Tiles {
            long: 2048,
            short: 768,
        }),
        order: Order::Xy,
        shape: Shape::Xyxy,
        point: r#"{"point_2d":[$1,$2]}"#,
        bbox: r#"{"bbox_2d":[$1,$2,$3,$4]}"#,
    },
    Convention {
        id: "smart28",
        doc: "pixels of the image resized to multiples of 28 within 3136 to 1003520 pixels",
        space: Space::Pixels(Resize::Smart {
            factor: 28,
            min_pixels: 56 * 56,
            max_pixels: 1_003_520,
        }),
        order: Order::Xy,
        shape: Shape::Xyxy,
        point: r#"{"point_2d":[$1,$2],"label":$label}"#,
        bbox: r#"{"bbox_2d":[$1,$2,$3,$4],"label":$label}"#,
    },
    Convention {
        id: "smart28_full",
        doc: "pixels of the image resized to multiples of 28 within 3136 to 12845056 pixels",
        space: Space::Pixels(Resize::Smart {
            factor: 28,
            min_pixels: 56 * 56,
            max_pixels: 12_845_056,
        }),
        order: Order::Xy,
        shape: Shape::Xyxy,
        point: r#"{"point_2d":[$1,$2],"label":$label}"#,
        bbox: r#"{"bbox_2d":[$1,$2,$3,$4],"label":$label}"#,
    },
    Convention {
        id: "thousand",
        doc: "whole numbers 0 to 1000 relative to the image",
        space: Space::Thousand,
        order: Order::Xy,
        shape: Shape::Xyxy,
        point: r#"{"point_2d":[$1,$2]}"#,
        bbox: r#"{"bbox_2d":[$1,$2,$3,$4]}"#,
    },
    Convention {
        id: "thousand_yx",
        doc: "whole numbers 0 to 1000 relative to the image, y first",
        space: Space::Thousand,
        order: Order::Yx,
        shape: Shape::Xyxy,
        point: r#"{"point":[$1,$2],"label":$label}"#,
        bbox: r#"{"box_2d":[$1,$2,$3,$4],"label":$label}"#,
    },
    Convention {
        id: "unit",
        doc: "fractions 0 to 1 of the image",
        space: Space::Unit(4),
        order: Order::Xy,
        shape: Shape::Xyxy,
        point: "[$1,$2]",
        bbox: "[$1,$2,$3,$4]",
    },
    Convention {
        id: "percent",
        doc: "percent of the image with one decimal",
        space: Space::Percent,
        order: Order::Xy,
        shape: Shape::Xyxy,
        point: r#"<point x="$1" y="$2">$text</point>"#,
        bbox: "[$1,$2,$3,$4]",
    },
    Convention {
        id: "unit_cxcywh",
        doc: "fractions 0 to 1 of the image, boxes by centre and size",
        space: Space::Unit(6),
        order: Order::Xy,
        shape: Shape::Cxcywh,
        point: "$1 $2",
        bbox: "$1 $2 $3 $4",
    },
    Convention {
        id: "bins1024_yx",
        doc: "1024 bins, y first",
        space: Space::RoundedBins(1024),
        order: Order::Yx,
        shape: Shape::Xyxy,
        point: "<loc$1><loc$2>",
        bbox: "<loc$1><loc$2><loc$3><loc$4>",
    },
    Convention {
        id: "bins1000",
        doc: "1000 bins, x first",
        space: Space::FlooredBins(1000),
        order: Order::Xy,
        shape: Shape::Xyxy,
        point: "<loc_$1><loc_$2>",
        bbox: "<loc_$1><loc_$2><loc_$3><loc_$4>",
    },
];

/// The convention called `id`.
pub fn convention(id: &str) -> Option<&'static Convention> {
    CONVENTIONS.iter().find(|c| c.id == id)
}

impl Convention {
    /// The answer "this point" for a picture of `size`.
    pub fn point(&self, p: PxPoint, label: &str, size: (u32, u32)) -> String {
        let xy = [
            self.number(f64::from(p.x), size, Axis::X),
            self.number(f64::from(p.y), size, Axis::Y),
        ];
        let n = match self.order {
            Order::Xy => xy,
            Order::Yx => [xy[1], xy[0]],
        };
        self.fill(self.point, &n, label)
    }

    /// The answer "this box" for a picture of `size`.
    pub fn bbox(&self, r: PxRect, label: &str, size: (u32, u32)) -> String {
        self.fill(self.bbox, &self.bbox_numbers(r, size), label)
    }

    /// The four numbers of a box in order.
    pub fn bbox_numbers(&self, r: PxRect, size: (u32, u32)) -> [f64; 4] {
        let x = |v: f64| self.number(v, size, Axis::X);
        let y = |v: f64| self.number(v, size, Axis::Y);
        let (x0, y0) = (f64::from(r.x), f64::from(r.y));
        let (x1, y1) = (f64::from(r.right()), f64::from(r.bottom()));
        let n = match self.shape {
            Shape::Xyxy => [x(x0), y(y0), x(x1), y(y1)],
            Shape::Xywh => [x(x0), y(y0), x(x1) - x(x0), y(y1) - y(y0)],
            Shape::Cxcywh => [
                x((x0 + x1) / 2.0),
                y((y0 + y1) / 2.0),
                x(x1 - x0),
                y(y1 - y0),
            ],
        };
        match self.order {
            Order::Xy => n,
            Order::Yx => [n[1], n[0], n[3], n[2]],
        }
    }

    /// What the numbers of an answer are called, in order.
    pub fn names(&self, geometry: Geometry) -> &'static [&'static str] {
        match (geometry, self.shape, self.order) {
            (Geometry::Point, _, Order::Xy) => &["x", "y"],
            (Geometry::Point, _, Order::Yx) => &["y", "x"],
            (Geometry::Box, Shape::Xyxy, Order::Xy) => &["x1", "y1", "x2", "y2"],
            (Geometry::Box, Shape::Xyxy, Order::Yx) => &["ymin", "xmin", "ymax", "xmax"],
            (Geometry::Box, Shape::Xywh, Order::Xy) => &["x", "y", "width", "height"],
            (Geometry::Box, Shape::Xywh, Order::Yx) => &["y", "x", "height", "width"],
            (Geometry::Box, Shape::Cxcywh, Order::Xy) => &["cx", "cy", "width", "height"],
            (Geometry::Box, Shape::Cxcywh, Order::Yx) => &["cy", "cx", "height", "width"],
        }
    }

    /// Reads an answer back into pixels of the picture; `None` when it holds no coordinates.
    pub fn decode(&self, text: &str, size: (u32, u32)) -> Option<Found> {
        let n = numbers(text)?;
        let swap = |a: f64, b: f64| match self.order {
            Order::Xy => (a, b),
            Order::Yx => (b, a),
        };
        let x = |v: f64| self.pixels(v, size, Axis::X);
        let y = |v: f64| self.pixels(v, size, Axis::Y);
        match n[..] {
            [a, b] => {
                let (px, py) = swap(a, b);
                Some(Found::Point { x: x(px), y: y(py) })
            }
            [a, b, c, d] => {
                let ((p, q), (r, s)) = (swap(a, b), swap(c, d));
                let (x0, y0, x1, y1) = match self.shape {
                    Shape::Xyxy => (x(p), y(q), x(r), y(s)),
                    Shape::Xywh => (x(p), y(q), x(p + r), y(q + s)),
                    Shape::Cxcywh => {
                        let (hw, hh) = (r / 2.0, s / 2.0);
                        (x(p - hw), y(q - hh), x(p + hw), y(q + hh))
                    }
                };
                Some(Found::Box { x0, y0, x1, y1 })
            }
            _ => None,
        }
    }

    /// The size to which [`Space::Pixels`] numbers refer; `size` for other spaces.
    pub fn seen(&self, size: (u32, u32)) -> (u32, u32) {
        match self.space {
            Space::Pixels(r) => r.apply(size.0, size.1).unwrap_or(size),
            _ => size,
        }
    }

    /// The largest number an answer may hold on a picture of `size`: on x and on y.
    pub fn maximum(&self, size: (u32, u32)) -> (f64, f64) {
        let all = |v| (v, v);
        match self.space {
            Space::Pixels(_) => {
                let (w, h) = self.seen(size);
                (f64::from(w), f64::from(h))
            }
            Space::Unit(_) => all(1.0),
            Space::Percent => all(100.0),
            Space::Thousand => all(1000.0),
            Space::RoundedBins(n) | Space::FlooredBins(n) => all(f64::from(n.saturating_sub(1))),
        }
    }

    fn number(&self, v: f64, size: (u32, u32), axis: Axis) -> f64 {
        let full = axis.of(size).max(1.0);
        let part = (v / full).clamp(0.0, 1.0);
        match self.space {
            Space::Pixels(Resize::None) => v,
            Space::Pixels(_) => (v * axis.of(self.seen(size)) / full).round_ties_even(),
            Space::Unit(d) => {
                let steps = f64::from(10u32.pow(u32::from(d.min(9))));
                (part * steps).round_ties_even() / steps
            }
            Space::Percent => (part * 1000.0).round_ties_even() / 10.0,
            Space::Thousand => (part * 1000.0).round_ties_even(),
            Space::RoundedBins(n) => (part * f64::from(n.saturating_sub(1))).round_ties_even(),
            Space::FlooredBins(n) => {
                let n = f64::from(n);
                (v / (full / n)).floor().clamp(0.0, n - 1.0)
            }
        }
    }

    fn pixels(&self, v: f64, size: (u32, u32), axis: Axis) -> f64 {
        let full = axis.of(size);
        match self.space {
            Space::Pixels(_) => v * full / axis.of(self.seen(size)).max(1.0),
            Space::Unit(_) => v * full,
            Space::Percent => v * full / 100.0,
            Space::Thousand => v * full / 1000.0,
            Space::RoundedBins(n) => v * full / f64::from(n.saturating_sub(1).max(1)),
            // The middle of the bin.
            Space::FlooredBins(n) => (v + 0.5) * full / f64::from(n.max(1)),
        }
    }

    fn fill(&self, template: &str, n: &[f64], label: &str) -> String {
        let mut out = template.to_owned();
        for (i, v) in n.iter().enumerate() {
            out = out.replace(&format!("${}", i + 1), &self.digits(*v));
        }
        // Last, so that a label with `$1` in it stays as it is.
        if out.contains("$label") {
            let quoted = serde_json::Value::from(label).to_string();
            out = out.replace("$label", &quoted);
        }
        out.replace("$text", &label.replace(['<', '>'], " "))
    }

    fn digits(&self, v: f64) -> String {
        match self.space {
            Space::Unit(d) => format!("{v:.*}", usize::from(d)),
            Space::Percent => format!("{v:.1}"),
            Space::RoundedBins(_) => format!("{v:04.0}"),
            _ => format!("{v:.0}"),
        }
    }
}

/// Whether the answer of `geometry` comes back close enough to what was meant: a point within
/// `hit`, or a box that overlaps by at least `0.5`.
pub fn round_trips(
    c: &Convention,
    geometry: Geometry,
    target: &crate::task::Target,
    size: (u32, u32),
) -> bool {
    match geometry {
        Geometry::Point => c
            .decode(&c.point(target.point, &target.label, size), size)
            .is_some_and(|f| crate::task::point_hits(&f, target.hit)),
        Geometry::Box => c
            .decode(&c.bbox(target.bounds, &target.label, size), size)
            .is_some_and(|f| crate::task::iou(&f, target.bounds) >= 0.5),
    }
}

#[derive(Clone, Copy)]
enum Axis {
    X,
    Y,
}

impl Axis {
    fn of(self, (w, h): (u32, u32)) -> f64 {
        f64::from(match self {
            Self::X => w,
            Self::Y => h,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::task::{iou, point_hits};

    fn c(id: &str) -> &'static Convention {
        convention(id).unwrap()
    }

    #[test]
    fn the_documented_texts() {
        let r = PxRect::new(412, 96, 86, 32);
        let p = PxPoint { x: 455, y: 112 };
        let s = (1280, 720);
        assert_eq!(
            c("absolute").bbox(r, "Save", s),
            r#"{"bbox_2d":[412,96,498,128]}"#
        );
        assert_eq!(
            c("thousand_yx").bbox(r, "Save button", s),
            r#"{"box_2d":[133,322,178,389],"label":"Save button"}"#
        );
        assert_eq!(
            c("bins1024_yx").bbox(r, "", s),
            "<loc0136><loc0329><loc0182><loc0398>"
        );
        assert_eq!(
            c("bins1000").bbox(r, "", s),
            "<loc_321><loc_133><loc_389><loc_177>"
        );
        assert_eq!(
            c("absolute_xywh").bbox(r, "", s),
            r#"{"bbox":[412,96,86,32]}"#
        );
        assert_eq!(
            c("unit_cxcywh").bbox(r, "", s),
            "0.355469 0.155556 0.067188 0.044444"
        );
        assert_eq!(c("thousand").point(p, "", s), r#"{"point_2d":[355,156]}"#);
        assert_eq!(
            c("percent").point(p, "a<b", s),
            r#"<point x="35.5" y="15.6">a b</point>"#
        );
        assert_eq!(
            c("smart28").point(p, "say \"$1\"", s),
            r#"{"point_2d":[458,113],"label":"say \"$1\""}"#
        );
    }

    proptest::proptest! {
        #[test]
        fn what_is_written_is_read_back(
            i in 0..CONVENTIONS.len(),
            (w, h) in (240u32..4096, 240u32..4096),
            (x, y) in (0.0f64..1.0, 0.0f64..1.0),
            (bw, bh) in (24i32..200, 24i32..200),
            label in ".*",
        ) {
            let c = &CONVENTIONS[i];
            let bw = bw.min(w as i32);
            let bh = bh.min(h as i32);
            let r = PxRect::new(
                (x * f64::from(w as i32 - bw)) as i32,
                (y * f64::from(h as i32 - bh)) as i32,
                bw,
                bh,
            );
            let p = PxPoint { x: r.x + bw / 2, y: r.y + bh / 2 };
            let back = c.decode(&c.bbox(r, &label, (w, h)), (w, h)).unwrap();
            proptest::prop_assert!(iou(&back, r) > 0.5, "{}: {r:?} {back:?}", c.id);
            let back = c.decode(&c.point(p, &label, (w, h)), (w, h)).unwrap();
            proptest::prop_assert!(point_hits(&back, r), "{}: {p:?} {back:?}", c.id);
            let (mx, my) = c.maximum((w, h));
            for n in c.bbox_numbers(r, (w, h)) {
                proptest::prop_assert!(n >= 0.0 && n <= mx.max(my));
            }
        }

        #[test]
        fn any_text_can_be_read(text in ".*", i in 0..CONVENTIONS.len()) {
            let _ = CONVENTIONS[i].decode(&text, (1280, 720));
        }
    }

    #[test]
    fn a_box_of_eight_pixels_or_more_survives_a_thousand_steps() {
        let size = (1280, 720);
        for side in 8..40 {
            let r = PxRect::new(337, 211, side, side);
            let found = c("thousand")
                .decode(&c("thousand").bbox(r, "", size), size)
                .unwrap();
            assert!(iou(&found, r) > 0.7, "{side}");
            let exact = c("absolute")
                .decode(&c("absolute").bbox(r, "", size), size)
                .unwrap();
            assert!((iou(&exact, r) - 1.0).abs() < 1e-9);
        }
    }
}
