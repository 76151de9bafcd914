//! Lines over steps: train solid, validation dashed, the best validation marked; the same numbers
//! as a table.

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

const W: f64 = 720.0;
const H: f64 = 220.0;
/// Room for the numbers at the left, the top, the right and the bottom.
const LEFT: f64 = 44.0;
const TOP: f64 = 10.0;
const RIGHT: f64 = 84.0;
const BOTTOM: f64 = 24.0;
/// From one name at the end of a line to the next.
const NAME: f64 = 14.0;

/// The chart of `series`, read as `title`; `mark` puts a ring on the lowest validation value.
pub(crate) fn lines(title: &'static str, series: Vec<Series>, mark: bool) -> AnyView {
    let values = || series.iter().flat_map(|s| s.points.iter().copied());
    let x = Scale::over(values().map(|p| p.0), (LEFT, W - RIGHT));
    let y = Scale::over(values().map(|p| p.1), (H - BOTTOM, TOP));
    let x_ticks = x.ticks(6);
    let y_ticks = y.ticks(4);
    let step = |t: &[f64]| t.get(1).zip(t.first()).map_or(1.0, |(b, a)| b - a);
    let (x_step, y_step) = (step(&x_ticks), step(&y_ticks));
    let best = series
        .iter()
        .filter(|s| mark && s.class == "validation")
        .flat_map(|s| s.points.iter().copied())
        .min_by(|a, b| a.1.total_cmp(&b.1));
    let summary = series
        .iter()
        .filter_map(|s| {
            let (first, last) = (s.points.first()?, s.points.last()?);
            Some(format!("{} from {:.3} to {:.3}", s.name, first.1, last.1))
        })
        .collect::<Vec<_>>()
        .join("; ");
    let table = series.clone();
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
        <figure class="chart">
            <figcaption>
                <h2 class="chart-title">{title}</h2>
                <p class="hint">{summary.clone()}</p>
            </figcaption>
            <svg viewBox=format!("0 0 {W} {H}") role="img" aria-label=format!("{title}: {summary}")>
                {y_ticks
                    .iter()
                    .map(|t| {
                        view! {
                            <line class="grid-line" x1=LEFT x2=W - RIGHT y1=y.px(*t) y2=y.px(*t)></line>
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
                        view! {
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
