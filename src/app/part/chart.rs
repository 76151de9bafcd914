//! Lines over steps: train solid, validation dashed, the best validation marked; the same numbers
//! as a table.

use leptos::html::Div;
use leptos::prelude::*;

use crate::app::state::chart::{Scale, tick_text};

/// One line of a chart.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    /// `train` or `validation`: colour and dash.
    pub(crate) class: &'static str,
    /// Step and value.
    pub(crate) points: Vec<(f64, f64)>,
}

const H: f64 = 220.0;
/// Room for the numbers at the left, the top, the right and the bottom.
const LEFT: f64 = 44.0;
const TOP: f64 = 10.0;
const RIGHT: f64 = 84.0;
const BOTTOM: f64 = 24.0;
/// Room for a number below the chart.
const X_TICK: f64 = 48.0;
/// From one name at the end of a line to the next.
const NAME: f64 = 14.0;

/// The chart of `series`, read as `title`; `mark` puts a ring on the lowest validation value.
pub(crate) fn lines(title: &'static str, series: Vec<Series>, mark: bool) -> AnyView {
    let summary = series
        .iter()
        .filter_map(|s| {
            let (first, last) = (s.points.first()?, s.points.last()?);
            Some(match s.points.len() {
                1 => format!("{} {:.3} at step {}", s.name, first.1, first.0),
                _ => format!("{} from {:.3} to {:.3}", s.name, first.1, last.1),
            })
        })
        .collect::<Vec<_>>()
        .join("; ");
    let table = series.clone();
    // One unit is one pixel, so that text keeps its size on every screen.
    let node = NodeRef::<Div>::new();
    let width_px = RwSignal::new(0.0);
    let measure = move || {
        if let Some(n) = node.get_untracked() {
            width_px.set(f64::from(n.client_width()));
        }
    };
    Effect::new(move |_| {
        node.track();
        measure();
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| measure());
    on_cleanup(move || resized.remove());
    let read = format!("{title}: {summary}");
    view! {
        <figure class="chart">
            <figcaption>
                <h2 class="chart-title">{title}</h2>
                <p class="hint">{summary}</p>
            </figcaption>
            <div class="chart-room" node_ref=node>
                {move || {
                    let width = width_px.get();
                    (width > LEFT + RIGHT).then(|| drawing(&read, &series, width, mark))
                }}
            </div>
            <details class="details">
                <summary>"Numbers"</summary>
                <div class="table-wrap short" role="region" aria-label=format!("{title}, numbers") tabindex="0">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">"Series"</th>
                                <th scope="col" class="num">"Step"</th>
                                <th scope="col" class="num">"Value"</th>
                            </tr>
                        </thead>
                        <tbody>
                            {table
                                .into_iter()
                                .flat_map(|s| s.points.into_iter().map(move |p| (s.name, p)))
                                .map(|(name, p)| {
                                    view! {
                                        <tr>
                                            <td>{name}</td>
                                            <td class="num">{p.0}</td>
                                            <td class="num mono">{format!("{:.4}", p.1)}</td>
                                        </tr>
                                    }
                                })
                                .collect_view()}
                        </tbody>
                    </table>
                </div>
            </details>
        </figure>
    }
    .into_any()
}

/// The picture alone, `width` pixels wide.
fn drawing(read: &str, series: &[Series], width: f64, mark: bool) -> impl IntoView + use<> {
    let values = || series.iter().flat_map(|s| s.points.iter().copied());
    let x = Scale::over(values().map(|p| p.0), (LEFT, width - RIGHT));
    let y = Scale::over(values().map(|p| p.1), (H - BOTTOM, TOP));
    let x_ticks = x.ticks(((width - LEFT - RIGHT) / X_TICK) as usize, 1.0);
    let y_ticks = y.ticks(4, 0.0);
    let step = |t: &[f64]| t.get(1).zip(t.first()).map_or(1.0, |(b, a)| b - a);
    let (x_step, y_step) = (step(&x_ticks), step(&y_ticks));
    let best = series
        .iter()
        .filter(|s| mark && s.class == "validation")
        .flat_map(|s| s.points.iter().copied())
        .min_by(|a, b| a.1.total_cmp(&b.1));
    let mut names: Vec<(f64, usize)> = series
        .iter()
        .enumerate()
        .filter_map(|(i, s)| Some((y.px(s.points.last()?.1), i)))
        .collect();
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut name_y = vec![0.0; series.len()];
    let mut free = f64::MIN;
    for (at, i) in names {
        name_y[i] = at.max(free);
        free = name_y[i] + NAME;
    }
    view! {
            <svg viewBox=format!("0 0 {width} {H}") width=width height=H role="img" aria-label=read.to_owned()>
                {y_ticks
                    .iter()
                    .map(|t| {
                        view! {
                            <line class="grid-line" x1=LEFT x2=width - RIGHT y1=y.px(*t) y2=y.px(*t)></line>
                            <text class="axis" x=LEFT - 6.0 y=y.px(*t) + 4.0 text-anchor="end">
                                {tick_text(*t, y_step)}
                            </text>
                        }
                    })
                    .collect_view()}
                {x_ticks
                    .iter()
                    .map(|t| {
                        view! {
                            <text class="axis" x=x.px(*t) y=H - 6.0 text-anchor="middle">
                                {tick_text(*t, x_step)}
                            </text>
                        }
                    })
                    .collect_view()}
                {series
                    .iter()
                    .zip(name_y)
                    .map(|(s, name_y)| {
                        let line: Vec<String> = s.points
                            .iter()
                            .map(|p| format!("{:.1},{:.1}", x.px(p.0), y.px(p.1)))
                            .collect();
                        let end = s.points.last().copied();
                        // A line needs two points.
                        let alone = end.filter(|_| line.len() == 1);
                        view! {
                            {alone
                                .map(|p| {
                                    view! {
                                        <circle
                                            class=format!("dot {}", s.class)
                                            cx=x.px(p.0)
                                            cy=y.px(p.1)
                                            r="3.5"
                                        ></circle>
                                    }
                                })}
                            <polyline class=format!("series {}", s.class) points=line.join(" ")></polyline>
                            {end
                                .map(|p| {
                                    view! {
                                        <text
                                            class=format!("name {}", s.class)
                                            x=x.px(p.0) + 8.0
                                            y=name_y + 4.0
                                        >
                                            {s.name}
                                        </text>
                                    }
                                })}
                        }
                    })
                    .collect_view()}
                {best
                    .map(|p| {
                        view! {
                            <circle class="best" cx=x.px(p.0) cy=y.px(p.1) r="4">
                                <title>{format!("best validation {:.4} at step {}", p.1, p.0)}</title>
                            </circle>
                        }
                    })}
            </svg>
    }
}
