//! What a comparison found: rates with their uncertainty, the difference, parts of the questions.

use std::sync::Arc;

use leptos::prelude::*;

use crate::app::browser;
use crate::app::page::compare::Desk;
use crate::app::page::compare_rows;
use crate::app::part::icon::{self, icon};
use crate::app::part::notice::{self, Tone};
use crate::app::part::{field, marks};
use crate::app::state::number;
use crate::base::time::Timestamp;
use crate::registry::Who;
use crate::registry::compare::{About, Comparison, ModelScore, Share, Slice};

/// Names of what questions are told apart by.
const PARTS: [(&str, &str); 4] = [
    ("size", "Target size"),
    ("role", "Role"),
    ("kind", "Task"),
    ("archetype", "Screen"),
];

pub(crate) fn view(desk: Desk) -> impl IntoView {
    let some = Memo::new(move |_| desk.source.questions.with(|q| !q.is_empty()));
    view! {
        {move || match desk.found.get() {
            Some(Ok(c)) => filled(desk, c).into_any(),
            Some(Err(p)) => notice::notice(Tone::Error, field::problem(&p)).into_any(),
            None if !some.get() => {
                notice::empty(
                    "Nothing to ask yet",
                    "Generate samples, whose right answers are known, or choose a benchmark file with its pictures.",
                    view! { <a class="button" href="#/generate">"Generate samples"</a> },
                )
                    .into_any()
            }
            None => {
                notice::empty(
                    "No answers of both models yet",
                    "Ask both, or load answers from files: save the questions, have each model answer them wherever it runs, and load what it said. That needs no key.",
                    (),
                )
                    .into_any()
            }
        }}
        {move || {
            some.get()
                .then(|| {
                    view! {
                        <div class="row">
                            <button
                                type="button"
                                class="button small"
                                on:click=move |_| save_questions(desk)
                            >
                                {icon(icon::DOWNLOAD)}
                                "Save the questions"
                            </button>
                        </div>
                    }
                })
        }}
    }
}

fn save_questions(desk: Desk) {
    let lines: Result<Vec<String>, serde_json::Error> = desk
        .source
        .questions
        .with_untracked(|all| all.iter().map(serde_json::to_string).collect());
    match lines {
        Ok(lines) => {
            let text = lines.join("\n") + "\n";
            browser::save(
                desk.ctx,
                text.as_bytes(),
                "application/jsonl",
                "questions.jsonl",
            );
        }
        Err(e) => desk.ctx.failed("Not saved", e),
    }
}

fn filled(desk: Desk, c: Arc<Comparison>) -> impl IntoView {
    let p = c.paired;
    let tile = |name: &str, s: &Share| {
        (
            name.to_owned(),
            number::rate(s.rate),
            format!(
                "{} of {}; {} to {}",
                s.count,
                s.of,
                number::rate(s.low),
                number::rate(s.high)
            ),
        )
    };
    let tone = match (p.is_told(), p.difference > 0.0) {
        (true, true) => Tone::Ok,
        (true, false) => Tone::Warn,
        (false, _) => Tone::Info,
    };
    let unknown = (c.unknown_answers > 0).then(|| {
        let n = number::things(c.unknown_answers as u64, "answer");
        notice::notice(
            Tone::Info,
            format!("{n} to questions that are not among these; they do not count."),
        )
    });
    view! {
        {notice::tiles(vec![
            tile("Base, hit rate", &c.base.hits),
            tile("Tuned, hit rate", &c.tuned.hits),
            (
                "Difference, points".into(),
                number::points(p.difference),
                format!("{} to {}", number::points(p.low), number::points(p.high)),
            ),
            (
                "Only one right".into(),
                format!("{} : {}", p.base_only, p.tuned_only),
                format!("base : tuned; McNemar {}", number::chance(p.p_value)),
            ),
        ])}
        {notice::notice(
            tone,
            view! {
                <strong>{p.verdict()}</strong>
                " Ranges hold the true value in 95 % of such comparisons; many questions about few screens are less certain than that."
            },
        )}
        {unknown}
        <div class="row">{exports(desk, &c)}</div>
        {scores(&c)}
        {slices(&c.slices)}
        {compare_rows::rows(desk, c)}
    }
}

/// The report as a file, for people and for programs.
fn exports(desk: Desk, c: &Arc<Comparison>) -> impl IntoView + use<> {
    let save = move |c: Arc<Comparison>, markdown: bool| {
        let about = about(desk);
        let (text, media_type, name) = if markdown {
            (Ok(c.markdown(&about)), "text/markdown", "comparison.md")
        } else {
            (c.json(&about), "application/json", "comparison.json")
        };
        match text {
            Ok(text) => browser::save(desk.ctx, text.as_bytes(), media_type, name),
            Err(e) => desk.ctx.failed("No report", e),
        }
    };
    let button = |name: &'static str, markdown: bool| {
        let c = Arc::clone(c);
        view! {
            <button
                type="button"
                class="button small"
                on:click=move |_| save(Arc::clone(&c), markdown)
            >
                {icon(icon::DOWNLOAD)}
                {name}
            </button>
        }
    };
    view! { {button("Report, Markdown", true)} {button("Report, JSON", false)} }
}

fn about(desk: Desk) -> About {
    let form = desk.form.get_untracked();
    let entry = desk.entry.get_untracked();
    let name = |who: Who| {
        let asked = entry.as_ref().and_then(|e| form.endpoint(e, who).ok());
        let known = entry.as_ref().map(|e| match who {
            Who::Tuned => e.reference(),
            Who::Base => e.provenance.base_model.clone().unwrap_or_default(),
        });
        match (who, asked.map(|a| a.model), known) {
            (Who::Tuned, Some(model), Some(key)) => format!("{key} ({model})"),
            (Who::Base, Some(model), _) => model,
            (_, None, Some(known)) if !known.is_empty() => known,
            _ => marks::name(who).to_lowercase(),
        }
    };
    let mark = match entry.as_ref().is_some_and(|e| e.provenance.simulated) {
        true => " SIMULATED",
        false => "",
    };
    About {
        base: name(Who::Base),
        tuned: name(Who::Tuned) + mark,
        questions: untrack(|| desk.source.name(desk.ctx)),
        base_convention: form.base_convention.clone(),
        tuned_convention: form.convention.clone(),
        made_at: Timestamp::from_millis(browser::now() as i64),
    }
}

/// Both models beside each other.
fn scores(c: &Comparison) -> impl IntoView + use<> {
    type Of<'a> = &'a dyn Fn(&ModelScore) -> Option<String>;
    let count = |n: usize| Some(number::count(n as u64));
    let ms = |v: f64| format!("{} ms", number::count(v.round() as u64));
    let rows: [(&'static str, Of<'_>); 9] = [
        ("Mean IoU of boxes", &|m| {
            m.mean_iou.map(|v| format!("{v:.3}"))
        }),
        ("Without coordinates", &|m| count(m.unread)),
        ("Refused", &|m| count(m.refused)),
        ("Not answered, left out", &|m| count(m.missing)),
        ("Median time", &|m| m.latency.map(|l| ms(l.median_ms))),
        ("95 % within", &|m| m.latency.map(|l| ms(l.p95_ms))),
        ("Tokens, questions", &|m| m.prompt_tokens.map(number::count)),
        ("Tokens, answers", &|m| {
            m.completion_tokens.map(number::count)
        }),
        ("Cost", &|m| m.cost_usd.map(number::dollars)),
    ];
    let cells = rows.map(|(name, of)| {
        let show = |m: &ModelScore| of(m).unwrap_or_else(|| "–".into());
        (name, show(&c.base), show(&c.tuned))
    });
    view! {
        <div class="table-wrap" role="region" aria-label="Scores" tabindex="0">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Of the answers"</th>
                        <th scope="col" class="num">"Base"</th>
                        <th scope="col" class="num">"Tuned"</th>
                    </tr>
                </thead>
                <tbody>
                    {cells
                        .into_iter()
                        .map(|(name, base, tuned)| {
                            view! {
                                <tr>
                                    <th scope="row">{name}</th>
                                    <td class="num">{base}</td>
                                    <td class="num">{tuned}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
        </div>
    }
}

/// Parts of the questions.
fn slices(all: &[Slice]) -> impl IntoView + use<> {
    let groups: Vec<(&'static str, Vec<Slice>)> = PARTS
        .iter()
        .map(|(by, name)| {
            let mine = all.iter().filter(|s| s.by == *by).cloned().collect();
            (*name, mine)
        })
        .filter(|(_, mine): &(_, Vec<Slice>)| !mine.is_empty())
        .collect();
    let share = |s: &Share| {
        view! {
            <td class="num" title=format!("{} to {}", number::rate(s.low), number::rate(s.high))>
                {format!("{}, {} of {}", number::rate(s.rate), s.count, s.of)}
            </td>
        }
    };
    let row = move |s: Slice| {
        let p = s.paired;
        view! {
            <tr>
                <th scope="row">{number::words(&s.value)}</th>
                {share(&s.base)}
                {share(&s.tuned)}
                <td class="num">{number::points(p.difference)}</td>
                <td class="num dim">
                    {format!("{} to {}", number::points(p.low), number::points(p.high))}
                </td>
            </tr>
        }
    };
    view! {
        <h2>"Parts of the questions"</h2>
        <div class="table-wrap parts" role="region" aria-label="Parts of the questions" tabindex="0">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Part"</th>
                        <th scope="col" class="num">"Base"</th>
                        <th scope="col" class="num">"Tuned"</th>
                        <th scope="col" class="num">"Points"</th>
                        <th scope="col" class="num">"95 %"</th>
                    </tr>
                </thead>
                {groups
                    .into_iter()
                    .map(|(name, mine)| {
                        view! {
                            <tbody>
                                <tr class="group">
                                    <th scope="rowgroup" colspan="5">
                                        {name}
                                    </th>
                                </tr>
                                {mine.into_iter().map(row).collect_view()}
                            </tbody>
                        }
                    })
                    .collect_view()}
            </table>
        </div>
    }
}
