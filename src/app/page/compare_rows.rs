//! Question by question: the picture with the right place and both answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use leptos::prelude::*;

use crate::app::page::compare::Desk;
use crate::app::part::icon::{self, icon};
use crate::app::part::marks::{self, Mark};
use crate::app::state::number;
use crate::registry::Who;
use crate::registry::compare::{Comparison, Question, Reading, Row, Verdict};

/// Questions shown at first, and more of them each time.
const PAGE: usize = 12;

/// Which questions are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    Differ,
    Only(Verdict),
    All,
}

impl Filter {
    const ALL: [(Self, &str); 6] = [
        (Self::Differ, "Differ only"),
        (Self::Only(Verdict::BaseOnly), "Only base right"),
        (Self::Only(Verdict::TunedOnly), "Only tuned right"),
        (Self::Only(Verdict::Neither), "Neither"),
        (Self::Only(Verdict::Both), "Both"),
        (Self::All, "All"),
    ];

    fn takes(self, verdict: Verdict) -> bool {
        match self {
            Self::Differ => matches!(verdict, Verdict::BaseOnly | Verdict::TunedOnly),
            Self::Only(v) => v == verdict,
            Self::All => true,
        }
    }
}

pub(crate) fn rows(desk: Desk, c: Arc<Comparison>) -> impl IntoView {
    let differ = c.paired.base_only + c.paired.tuned_only;
    let filter = RwSignal::new(if differ > 0 {
        Filter::Differ
    } else {
        Filter::All
    });
    let most = RwSignal::new(PAGE);
    let counts = Arc::clone(&c);
    let chips = Filter::ALL.map(|(f, name)| {
        let n = counts.rows.iter().filter(|r| f.takes(r.verdict)).count();
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || (filter.get() == f).to_string()
                on:click=move |_| {
                    most.set(PAGE);
                    filter.set(f);
                }
            >
                {name}
                <span class="count">{number::count(n as u64)}</span>
            </button>
        }
    });
    view! {
        <h2>"Question by question"</h2>
        <div class="chips" role="group" aria-label="Which questions">
            {chips.into_iter().collect_view()}
        </div>
        {marks::legend(true, &[Who::Base, Who::Tuned])}
        {move || {
            let questions = desk.source.questions.get();
            let by_id: BTreeMap<&str, &Question> = questions
                .iter()
                .map(|q| (q.id.as_str(), q))
                .collect();
            let fit: Vec<&Row> = c.rows.iter().filter(|r| filter.get().takes(r.verdict)).collect();
            if fit.is_empty() {
                return view! { <p class="dim">"No question is like that."</p> }.into_any();
            }
            let rest = fit.len().saturating_sub(most.get());
            let cards = fit
                .into_iter()
                .take(most.get())
                .filter_map(|r| Some(card(desk, by_id.get(r.id.as_str())?, r)))
                .collect_view();
            view! {
                <div class="grid answers-grid">{cards}</div>
                {(rest > 0)
                    .then(|| {
                        view! {
                            <div class="row">
                                <button
                                    type="button"
                                    class="button"
                                    on:click=move |_| most.update(|m| *m += PAGE)
                                >
                                    {format!("Show more, {} left", number::count(rest as u64))}
                                </button>
                            </div>
                        }
                    })}
            }
                .into_any()
        }}
    }
}

fn card(desk: Desk, q: &Question, row: &Row) -> impl IntoView + use<> {
    let mark = |who: Who, r: &Reading| {
        Some(Mark {
            who,
            found: r.found?,
            hit: Some(r.hit),
        })
    };
    let both = [(Who::Base, &row.base), (Who::Tuned, &row.tuned)];
    let drawn = both.iter().filter_map(|(who, r)| mark(*who, r)).collect();
    let picture = match desk.source.url(desk.ctx, q) {
        Some(url) => marks::marked(url, format!("Picture of question {}", q.id), q, true, drawn),
        None => view! { <p class="hint shot-none">"Its picture is not here"</p> }.into_any(),
    };
    let lines = both.map(|(who, r)| {
        let (class, sign, word) = match r {
            Reading { found: None, .. } => ("state warn", icon::ALERT, "no coordinates"),
            Reading { hit: true, .. } => ("state ok", icon::CHECK, "hit"),
            _ => ("state error", icon::CROSS, "miss"),
        };
        let said = desk
            .answers
            .of(who)
            .with_untracked(|a| a.get(&q.id).map(|a| a.answer.clone()))
            .unwrap_or_default();
        let iou = r.iou.map(|v| format!("IoU {v:.2}"));
        view! {
            <li>
                <span class=format!("swatch {}", marks::color(who))></span>
                <span>{marks::name(who)}</span>
                <span class=class>{icon(sign)} {word}</span>
                <span class="hint">{iou}</span>
                <code class="truncate" title=said.clone()>
                    {said.clone()}
                </code>
            </li>
        }
    });
    view! {
        <article class="answer-card" aria-label=format!("Question {}", q.id)>
            {picture}
            <p class="task-text">{q.instruction.clone()}</p>
            <ul class="said">{lines.into_iter().collect_view()}</ul>
        </article>
    }
}
