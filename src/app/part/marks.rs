//! A picture with the right place and the answers of models drawn on it.

use leptos::prelude::*;

use crate::base::geometry::PxRect;
use crate::registry::Who;
use crate::registry::compare::Question;
use crate::task::Found;

/// One answer on the picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mark {
    /// Whose it is.
    pub(crate) who: Who,
    /// Where it points.
    pub(crate) found: Found,
    /// Whether that is right; `None` when nobody knows.
    pub(crate) hit: Option<bool>,
}

/// Class of the colour of the right place.
const TARGET: &str = "c3";

/// Class of a model's colour: the same on every picture, sheet and list.
pub(crate) fn color(who: Who) -> &'static str {
    match who {
        Who::Tuned => "c4",
        Who::Base => "c5",
    }
}

/// Name of a model beside its colour.
pub(crate) fn name(who: Who) -> &'static str {
    match who {
        Who::Tuned => "Tuned",
        Who::Base => "Base",
    }
}

/// The picture at `url`, the target where `known`, and the answers: a disc for a point that hit,
/// a cross for one that missed, an open circle where nobody knows.
pub(crate) fn marked(
    url: String,
    alt: String,
    question: &Question,
    known: bool,
    marks: Vec<Mark>,
) -> AnyView {
    let (w, h) = question.size;
    let unit = f64::from(w.max(h)) / 90.0;
    let target = known.then(|| area(question));
    view! {
        <figure class="shot" style:aspect-ratio=format!("{w} / {h}")>
            <img src=url alt=alt width=w height=h />
            <svg class="boxes marks" viewBox=format!("0 0 {w} {h}") aria-hidden="true">
                {target}
                {marks.into_iter().map(|m| mark(&m, unit)).collect_view()}
            </svg>
        </figure>
    }
    .into_any()
}

/// The right place.
fn area(question: &Question) -> AnyView {
    if question.polygon.is_empty() {
        let PxRect {
            x,
            y,
            width,
            height,
        } = question.target;
        let (x, y) = (f64::from(x), f64::from(y));
        return outline(TARGET, [x, y, f64::from(width), f64::from(height)]);
    }
    let corners = question.polygon.iter().map(|[x, y]| format!("{x},{y} "));
    let points: String = corners.collect();
    let line = move |class: &'static str| {
        view! { <polygon class=class points=points.clone()></polygon> }
    };
    view! { <g class=TARGET>{line("halo")} {line("halo-light")} {line("line")}</g> }.into_any()
}

fn outline(class: &'static str, [x, y, width, height]: [f64; 4]) -> AnyView {
    let rect = move |part: &'static str| {
        view! { <rect class=part x=x y=y width=width height=height></rect> }
    };
    view! { <g class=class>{rect("halo")} {rect("halo-light")} {rect("line")}</g> }.into_any()
}

fn mark(m: &Mark, unit: f64) -> AnyView {
    let class = color(m.who);
    let (x, y, frame) = match m.found {
        Found::Point { x, y } => (x, y, None),
        Found::Box { x0, y0, x1, y1 } => {
            let size = [x0.min(x1), y0.min(y1), (x1 - x0).abs(), (y1 - y0).abs()];
            (
                f64::midpoint(x0, x1),
                f64::midpoint(y0, y1),
                Some(outline(class, size)),
            )
        }
    };
    let sign = match m.hit {
        Some(false) => {
            let (l, r, t, b) = (x - unit, x + unit, y - unit, y + unit);
            let d = format!("M{l} {t}L{r} {b}M{l} {b}L{r} {t}");
            view! {
                <path class="cross-edge" d=d.clone()></path>
                <path class="cross" d=d></path>
            }
            .into_any()
        }
        known => {
            let part = if known.is_some() { "disc" } else { "ring" };
            view! { <circle class=part cx=x cy=y r=unit></circle> }.into_any()
        }
    };
    view! { <g class=class>{frame} {sign}</g> }.into_any()
}

/// What the colours mean.
pub(crate) fn legend(known: bool, models: &[Who]) -> impl IntoView + use<> {
    let item = |class: &'static str, name: &'static str| {
        view! {
            <li>
                <span class=format!("swatch {class}")></span>
                {name}
            </li>
        }
    };
    let models: Vec<Who> = models.to_vec();
    view! {
        <ul class="legend" aria-label="Colours on the picture">
            {known.then(|| item(TARGET, "Right place"))}
            {models.into_iter().map(|w| item(color(w), name(w))).collect_view()}
        </ul>
    }
}
