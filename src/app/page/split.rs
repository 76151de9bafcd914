//! Split: how many on each side, why nothing leaks, and what the dataset is made of.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::dataset;
use crate::app::page;
use crate::app::part::field::{self, Text};
use crate::app::part::icon::{self, icon};
use crate::app::part::job_state;
use crate::app::part::notice::{self, Tone};
use crate::app::state::number;
use crate::dataset::{AREA_BINS_PERCENT, DatasetStats, POSITION_GRID, compute_stats};
use crate::problem::Problem;

/// Most rows of a list of bars.
const BARS: usize = 12;

pub(crate) fn page(ctx: Ctx) -> impl IntoView {
    let some = Memo::new(move |_| ctx.samples.with(|s| !s.is_empty()));
    view! {
        <div class="page">
            {page::head("Split", "Train and validation, without a screen on both sides", ())}
            {move || {
                if some.get() {
                    filled(ctx).into_any()
                } else {
                    notice::empty(
                        "Nothing to split yet",
                        "Screens with the same structure always stay on one side, so that validation measures what was not trained on.",
                        view! { <a class="button primary" href="#/generate">"Generate samples"</a> },
                    )
                        .into_any()
                }
            }}
        </div>
    }
}

fn filled(ctx: Ctx) -> impl IntoView {
    let text = RwSignal::new(format!(
        "{}",
        (ctx.validation_split.get_untracked() * 1000.0).round() / 10.0
    ));
    let wrong = RwSignal::new(None::<Problem>);
    let set = move |v: String| {
        match v
            .trim()
            .trim_end_matches('%')
            .trim()
            .replace(',', ".")
            .parse::<f64>()
        {
            Ok(p) if (0.0..100.0).contains(&p) => {
                wrong.set(None);
                ctx.validation_split.set(p / 100.0);
                dataset::remember(ctx);
            }
            _ => wrong.set(Some(
                Problem::error(
                    "validation_split_range",
                    "validation_split",
                    "not a share of 0 to below 100",
                )
                .hint("10 keeps a tenth for validation"),
            )),
        }
        text.set(v);
    };
    let split = Memo::new(move |_| dataset::sides(ctx).map_err(|e| e.to_string()).ok());
    let stats = Memo::new(move |_| {
        ctx.samples
            .with(|s| compute_stats(s.values().map(|p| &p.shot.record)))
    });
    view! {
        <div class="fields three">
            {field::text(
                Text {
                    id: "validation_split",
                    label: "Validation share",
                    hint: "percent; 10 is usual".into(),
                    mode: "decimal",
                },
                move || text.get(),
                set,
                move || wrong.get().into_iter().collect(),
            )}
        </div>
        {move || split.get().map(|s| {
            let total = (s.train + s.validation).max(1);
            let share = s.train as f64 / total as f64;
            let leaks = s.leaks;
            let safe = leaks.shared_layouts == 0 && leaks.shared_samples == 0;
            view! {
                <div class="split-bar" aria-hidden="true">
                    <span class="train" style:flex-grow=format!("{share:.4}")></span>
                    <span class="validation" style:flex-grow=format!("{:.4}", 1.0 - share)></span>
                </div>
                {notice::tiles(vec![
                    ("Train".into(), number::count(s.train as u64), number::percent(share)),
                    (
                        "Validation".into(),
                        number::count(s.validation as u64),
                        number::percent(1.0 - share),
                    ),
                    ("Distinct layouts".into(), number::count(leaks.layouts as u64), "each on one side only".into()),
                    ("Layouts on both sides".into(), number::count(leaks.shared_layouts as u64), String::new()),
                    ("Samples on both sides".into(), number::count(leaks.shared_samples as u64), String::new()),
                    ("Duplicates".into(), number::count(leaks.duplicate_samples as u64), String::new()),
                ])}
                {notice::notice(
                    if safe { Tone::Ok } else { Tone::Warn },
                    if safe {
                        "Nothing leaks: no layout and no sample is on both sides. The side follows from the layout’s hash, so adding samples never moves an old one."
                    } else {
                        "Some layouts or samples are on both sides; validation will look better than it is."
                    },
                )}
                {(!s.problems.is_empty()).then(|| job_state::problems(&s.problems, ""))}
            }
        })}
        <section class="panel ruled">
            <h2>"Health"</h2>
            {move || health(&stats.get())}
        </section>
        <div class="next-step">
            <span>"The same split is used for every format and job."</span>
            <a class="button primary" href="#/format">"Format" {icon(icon::RIGHT)}</a>
        </div>
    }
}

/// The numbers of the dataset, all from one function.
fn health(s: &DatasetStats) -> impl IntoView + use<> {
    let mut roles: Vec<(String, u64)> = s.roles.iter().map(|(k, v)| (k.clone(), *v)).collect();
    roles.sort_by_key(|r| std::cmp::Reverse(r.1));
    roles.truncate(BARS);
    let list = |m: &std::collections::BTreeMap<String, u64>| {
        m.iter()
            .map(|(k, v)| (number::words(k), *v))
            .collect::<Vec<_>>()
    };
    let mut low = 0.0;
    let mut areas: Vec<(String, u64)> = Vec::new();
    for (i, n) in s.target_area.iter().enumerate() {
        let name = match AREA_BINS_PERCENT.get(i) {
            Some(high) => {
                let name = format!("{low} to {high} %");
                low = *high;
                name
            }
            None => format!("over {low} %"),
        };
        areas.push((name, *n));
    }
    let most = s.target_position.iter().copied().max().unwrap_or(0).max(1);
    let cells = s.target_position.clone();
    view! {
        {notice::tiles(vec![
            ("Samples".into(), number::count(s.total_samples), String::new()),
            ("Elements".into(), number::count(s.components), format!("{:.1} on a screen", s.avg_components_per_layout)),
            ("Interactive".into(), number::count(s.interactive_components), format!("{} to {} on a screen", s.interactive_range.0, s.interactive_range.1)),
            ("Element types".into(), number::count(s.unique_element_types), String::new()),
            ("Tasks".into(), number::count(s.tasks), String::new()),
        ])}
        <div class="health">
            <div class="panel"><h3>"Screens"</h3>{notice::bars(list(&s.archetypes))}</div>
            <div class="panel"><h3>"Themes"</h3>{notice::bars(list(&s.themes))}</div>
            <div class="panel"><h3>"Roles"</h3>{notice::bars(roles)}</div>
            <div class="panel"><h3>"Tasks by kind"</h3>{notice::bars(list(&s.task_kinds))}</div>
            <div class="panel"><h3>"Target area, share of the picture"</h3>{notice::bars(areas)}</div>
            <div class="panel">
                <h3>"Where targets are"</h3>
                <div
                    class="heat"
                    role="img"
                    aria-label=format!("Targets in a grid of {POSITION_GRID} by {POSITION_GRID}; the fullest cell has {most}")
                >
                    {cells
                        .into_iter()
                        .map(|n| {
                            view! {
                                <span
                                    title=number::count(n)
                                    style:opacity=format!("{:.3}", 0.06 + 0.94 * n as f64 / most as f64)
                                ></span>
                            }
                        })
                        .collect_view()}
                </div>
            </div>
        </div>
    }
}
