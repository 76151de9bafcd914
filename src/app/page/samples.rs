//! Samples: the grid.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;

use crate::app::context::{Ctx, Picture};
use crate::app::dataset::{self, Findings};
use crate::app::page::{self, overview};
use crate::app::part::icon::{self, icon};
use crate::app::part::{boxes, notice};
use crate::app::route::Route;
use crate::app::state::number;
use crate::app::studio;

/// Pictures on one page of the grid.
const PAGE: usize = 24;
/// The filter for samples that a vendor left out; no kind of screen is named so.
const LEFT_OUT: &str = "!left_out";

pub(crate) fn page(ctx: Ctx) -> impl IntoView {
    let filter = RwSignal::new(String::new());
    let offset = RwSignal::new(0usize);
    let found = Memo::new(move |_| dataset::findings(ctx));
    let chosen = Memo::new(move |_| {
        let f = filter.get();
        let left_out = |p: &Picture| found.with(|all| all.contains_key(&p.shot.index));
        ctx.samples.with(|s| {
            s.values()
                .filter(|p| match f.as_str() {
                    "" => true,
                    LEFT_OUT => left_out(p),
                    kind => p.shot.archetype == kind,
                })
                .map(|p| p.shot.index)
                .collect::<Vec<u64>>()
        })
    });
    // The page that holds the current sample is the one on show.
    Effect::new(move |_| {
        let current = ctx.current.get();
        if let Some(at) = chosen.with_untracked(|c| c.iter().position(|i| *i == current)) {
            offset.set(at / PAGE * PAGE);
        }
    });
    view! {
        <div class="page">
            {page::head(
                "Samples",
                move || match ctx.dataset.get() {
                    Some(c) => format!(
                        "{} of {} · seed {}",
                        number::count(ctx.samples.with(|s| s.len() as u64)),
                        number::things(c.num_samples, "sample"),
                        c.seed.map(|s| s.to_string()).unwrap_or_default(),
                    ),
                    None => "Nothing is generated yet".into(),
                },
                view! {
                    {move || {
                        missing(ctx).then(|| view! {
                            <button type="button" class="button" on:click=move |_| {
                                if let Some(c) = ctx.dataset.get_untracked() {
                                    studio::make(ctx, c);
                                }
                            }>{icon(icon::AGAIN)} "Make them again"</button>
                        })
                    }}
                    <a class="button" href="#/generate">"Configuration"</a>
                },
            )}
            {move || ctx.run.with(Option::is_some).then(|| overview::run_bar(ctx))}
            {move || match (ctx.dataset.with(Option::is_some), ctx.samples.with(|s| s.is_empty())) {
                (false, _) => nothing().into_any(),
                (true, true) => ().into_any(),
                (true, false) => {
                    view! {
                        <div class="row grid-tools">
                            {filters(ctx, filter, offset, found)}
                            <span class="push"></span>
                            {boxes::overlay_bar(ctx)}
                        </div>
                        <div class="grid">
                            <For
                                each=move || {
                                    let from = offset.get();
                                    chosen
                                        .with(|c| {
                                            c.iter().skip(from).take(PAGE).copied().collect::<Vec<_>>()
                                        })
                                }
                                key=|i| *i
                                children=move |i| ctx.sample(i).map(|p| card(ctx, p, found))
                            />
                        </div>
                        {pager(chosen, offset)}
                    }
                        .into_any()
                }
            }}
            {move || {
                (ctx.run.with(Option::is_none) && !ctx.samples.with(|s| s.is_empty()))
                    .then(|| view! {
                        <div class="next-step">
                            <span>{move || ctx.samples.with(|s| number::things(s.len() as u64, "sample"))} " made"</span>
                            <a class="button primary" href="#/split">"Split" {icon(icon::RIGHT)}</a>
                        </div>
                    })
            }}
        </div>
    }
}

/// Whether the run was cancelled or failed in part.
fn missing(ctx: Ctx) -> bool {
    ctx.run.with(Option::is_none)
        && ctx.dataset.with(|d| {
            d.as_ref()
                .is_some_and(|c| ctx.samples.with(|s| (s.len() as u64) < c.num_samples))
        })
}

fn nothing() -> impl IntoView {
    notice::empty(
        "No samples yet",
        "A sample is a screen, its picture, and the exact box, role, name and state of every element on it. They are made here, in this browser.",
        view! { <a class="button primary" href="#/generate">"Configure and generate"</a> },
    )
}

/// One chip for each kind of screen, with its count.
fn filters(
    ctx: Ctx,
    filter: RwSignal<String>,
    offset: RwSignal<usize>,
    found: Memo<Findings>,
) -> impl IntoView {
    let kinds = Memo::new(move |_| {
        ctx.samples.with(|s| {
            s.values()
                .map(|p| p.shot.archetype.clone())
                .collect::<BTreeSet<_>>()
        })
    });
    let chip = move |id: String, name: String| {
        let (mine, counted) = (id.clone(), id.clone());
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || filter.with(|f| *f == mine).to_string()
                on:click=move |_| {
                    filter.set(id.clone());
                    offset.set(0);
                }
            >
                {name}
                " "
                {move || {
                    if counted == LEFT_OUT {
                        return found.with(Findings::len);
                    }
                    ctx.samples
                        .with(|s| {
                            s.values()
                                .filter(|p| counted.is_empty() || p.shot.archetype == counted)
                                .count()
                        })
                }}
            </button>
        }
    };
    view! {
        <div class="chips" role="group" aria-label="Kind of screen">
            {chip(String::new(), "All".into())}
            {move || {
                kinds
                    .get()
                    .into_iter()
                    .map(|k| {
                        let name = number::words(&k);
                        chip(k, name)
                    })
                    .collect_view()
            }}
            {move || {
                found
                    .with(|f| !f.is_empty())
                    .then(|| chip(LEFT_OUT.to_owned(), "Left out by a vendor".into()))
            }}
        </div>
    }
}

fn card(ctx: Ctx, p: Arc<Picture>, found: Memo<Findings>) -> impl IntoView {
    let i = p.shot.index;
    let left_out = move || {
        let why = found.with(|f| f.get(&i)?.first().map(|(_, p)| p.message.clone()))?;
        Some(view! { <span class="badge warn" title=why>"left out"</span> })
    };
    let route = Route::Sample(i);
    let name = number::words(&p.shot.archetype);
    let note = format!("{} · {}", p.shot.theme, p.shot.truth.elements.len());
    view! {
        <a
            class="card"
            href=route.href()
            class:current=move || ctx.current.get() == i
            on:focus=move |_| ctx.current.set(i)
        >
            <span class="card-shot">{boxes::shot(ctx, p, false)}</span>
            <span class="card-text">
                <span class="mono">{format!("{i:06}")}</span>
                <span class="truncate">{name}</span>
                {left_out}
                <span class="hint truncate push">{note}</span>
            </span>
        </a>
    }
}

fn pager(chosen: Memo<Vec<u64>>, offset: RwSignal<usize>) -> impl IntoView {
    let total = move || chosen.with(Vec::len);
    view! {
        <div class="row" hidden=move || total() <= PAGE>
            <button
                type="button"
                class="button small"
                disabled=move || offset.get() == 0
                on:click=move |_| offset.update(|o| *o = o.saturating_sub(PAGE))
            >
                {icon(icon::LEFT)}
                "Previous"
            </button>
            <button
                type="button"
                class="button small"
                disabled=move || { offset.get() + PAGE >= total() }
                on:click=move |_| offset.update(|o| *o += PAGE)
            >
                "Next"
                {icon(icon::RIGHT)}
            </button>
            <span class="dim" aria-live="polite">
                {move || {
                    let from = offset.get();
                    format!(
                        "{} to {} of {}",
                        number::count(from as u64 + 1),
                        number::count((from + PAGE).min(total()) as u64),
                        number::count(total() as u64),
                    )
                }}
            </span>
        </div>
    }
}

/// Opens the sample the keys stand on.
pub(crate) fn open_current(ctx: Ctx) -> bool {
    let i = ctx.current.get_untracked();
    let there = ctx.samples.with_untracked(|s| s.contains_key(&i));
    if there {
        ctx.go(&Route::Sample(i));
    }
    there
}

/// Moves the mark through the grid.
pub(crate) fn move_current(ctx: Ctx, forward: bool) {
    let i = ctx.current.get_untracked();
    let to = ctx.samples.with_untracked(|s| {
        if forward {
            s.range(i + 1..).next().map(|(k, _)| *k)
        } else {
            s.range(..i).next_back().map(|(k, _)| *k)
        }
    });
    if let Some(to) = to {
        ctx.current.set(to);
        leptos::task::spawn_local(async {
            crate::app::browser::sleep(0).await;
            let card = crate::app::browser::document().query_selector(".card.current");
            if let Ok(Some(card)) = card {
                let options = web_sys::ScrollIntoViewOptions::new();
                options.set_block(web_sys::ScrollLogicalPosition::Nearest);
                card.scroll_into_view_with_scroll_into_view_options(&options);
            }
        });
    }
}
