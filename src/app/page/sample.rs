//! One sample: the screen with its boxes, and everything known about it.

use std::sync::Arc;

use leptos::prelude::*;

use crate::app::browser;
use crate::app::context::{Ctx, Picture};
use crate::app::page::{self, generate::tab};
use crate::app::part::icon::{self, icon};
use crate::app::part::{boxes, code, elements, findings, notice};
use crate::app::pool::Ask;
use crate::app::route::Route;
use crate::app::state::number;
use crate::app::state::told::Told as _;
use crate::generate::html::embed_fonts;
use crate::task::resolve::Proof;

/// What is shown beside the picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Elements,
    Tasks,
    Html,
    Plan,
}

/// Group of the inspector's requests.
const PLAN: u64 = 3;

pub(crate) fn page(ctx: Ctx, index: u64) -> impl IntoView {
    ctx.current.set(index);
    let there = Memo::new(move |_| ctx.sample(index));
    view! {
        <div class="page">
            {move || match there.get() {
                Some(p) => inspector(ctx, p).into_any(),
                None => absent(ctx, index).into_any(),
            }}
        </div>
    }
}

fn absent(ctx: Ctx, index: u64) -> impl IntoView {
    let making = move || {
        let planned = ctx
            .dataset
            .with(|c| c.as_ref().map_or(0, |c| c.num_samples));
        ctx.run.with(Option::is_some) && index < planned
    };
    view! {
        <h1>{format!("Sample {index}")}</h1>
        {move || {
            if making() {
                view! { <p class="dim" role="status">"It is being made…"</p> }.into_any()
            } else {
                notice::empty(
                    "This sample is not here",
                    "It is beyond the end of the dataset, or it was not made yet.",
                    view! { <a class="button" href="#/samples">"To the samples"</a> },
                )
                    .into_any()
            }
        }}
    }
}

fn inspector(ctx: Ctx, p: Arc<Picture>) -> impl IntoView {
    let side = RwSignal::new(Side::Elements);
    let i = p.shot.index;
    let neighbour = move |forward: bool| {
        ctx.samples.with(|s| {
            if forward {
                s.range(i + 1..)
                    .next()
                    .map(|(k, _)| Route::Sample(*k).href())
            } else {
                s.range(..i)
                    .next_back()
                    .map(|(k, _)| Route::Sample(*k).href())
            }
        })
    };
    let step = move |forward: bool, name: &'static str, path: &'static str| {
        view! {
            <a
                class="button icon small"
                aria-label=name
                aria-disabled=move || neighbour(forward).is_none().to_string()
                href=move || neighbour(forward)
            >
                {icon(path)}
            </a>
        }
    };
    let facts = format!(
        "{} · {} {} · {} × {} px at {}× · {}",
        number::words(&p.shot.archetype),
        p.shot.theme,
        match p.shot.color_scheme {
            crate::generate::plan::ColorScheme::Light => "light",
            crate::generate::plan::ColorScheme::Dark => "dark",
        },
        p.shot.truth.width,
        p.shot.truth.height,
        p.shot.truth.device_scale,
        number::bytes(p.shot.image_bytes),
    );
    let html = p.shot.record.html.clone();
    let downloads = Arc::clone(&p);
    let picture = Arc::clone(&p);
    let panel = Arc::clone(&p);
    view! {
        {page::head(
            format!("Sample {i}"),
            facts,
            view! {
                {step(false, "Previous sample", icon::LEFT)}
                {step(true, "Next sample", icon::RIGHT)}
                <a class="button small" href="#/samples">"All samples"</a>
            },
        )}
        {findings::of_sample(ctx, i)}
        <div class="inspector">
            <div class="stack">
                {boxes::shot(ctx, picture, true)}
                <div class="row">{boxes::overlay_bar(ctx)}</div>
                {boxes::legend(ctx, &p)}
            </div>
            <div class="stack">
                <div class="tabs" role="tablist" aria-label="About this sample">
                    {tab("Elements", Signal::derive(move || side.get() == Side::Elements), move || side.set(Side::Elements))}
                    {tab("Tasks", Signal::derive(move || side.get() == Side::Tasks), move || side.set(Side::Tasks))}
                    {tab("HTML", Signal::derive(move || side.get() == Side::Html), move || side.set(Side::Html))}
                    {tab("Plan and seed", Signal::derive(move || side.get() == Side::Plan), move || side.set(Side::Plan))}
                </div>
                {move || match side.get() {
                    Side::Elements => elements::elements(ctx, &panel).into_any(),
                    Side::Tasks => tasks(ctx, &panel).into_any(),
                    Side::Html => {
                        let text = html.clone();
                        code::code(ctx, "HTML", move || text.clone(), false)
                    }
                    Side::Plan => plan(ctx, &panel).into_any(),
                }}
                <div class="row">
                    {files(ctx, downloads)}
                </div>
            </div>
        </div>
    }
}

/// Why an instruction has one answer, in words.
fn proof_text(p: &Proof) -> String {
    let by = p.rule.replace('+', " and ");
    let mut text = format!("the only one of {} by {by}", p.candidates);
    if !p.distractors.is_empty() {
        text += &format!("; close to it: {}", p.distractors.join(", "));
    }
    text
}

/// Tasks shown at once; a screen has several for each element.
const TASKS_SHOWN: usize = 60;

/// What a model can be asked here, with the answer and why it is the only one.
fn tasks(ctx: Ctx, p: &Picture) -> impl IntoView + use<> {
    let list = &p.shot.record.tasks;
    let places: Vec<&str> = p
        .shot
        .truth
        .elements
        .iter()
        .map(|e| e.id.as_str())
        .collect();
    let rest = list.len().saturating_sub(TASKS_SHOWN);
    let items = list
        .iter()
        .take(TASKS_SHOWN)
        .map(|t| {
            let target = t.target.as_ref();
            let hot = target.and_then(|t| places.iter().position(|id| *id == t.component_id));
            let answer = target.map_or_else(
                || "every interactive element".to_owned(),
                |t| {
                    let b = t.bounds;
                    format!(
                        "{} at {}, {} · click {}, {} · box {} × {}",
                        t.label, b.x, b.y, t.point.x, t.point.y, b.width, b.height
                    )
                },
            );
            let kind = t.kind.clone();
            let phrasings = t
                .instructions
                .iter()
                .map(|i| {
                    let proof = i.proof.as_ref().map(proof_text);
                    view! {
                        <p class="task-text">{i.text.clone()}</p>
                        {proof.map(|text| view! { <p class="hint">{text}</p> })}
                    }
                })
                .collect_view();
            view! {
                <li class="task" tabindex="0" on:pointerenter=move |_| ctx.hot.set(hot) on:focus=move |_| ctx.hot.set(hot)>
                    <div class="row"><span class="badge">{kind}</span><span class="dim">{answer}</span></div>
                    {phrasings}
                </li>
            }
        })
        .collect_view();
    view! {
        <ul class="tasks" aria-label="Tasks">{items}</ul>
        {(rest > 0).then(|| view! { <p class="hint">{format!("and {rest} more in the dataset")}</p> })}
    }
}

/// Downloads of one sample.
fn files(ctx: Ctx, p: Arc<Picture>) -> impl IntoView {
    let i = p.shot.index;
    let image = p.shot.image;
    let html = Arc::clone(&p);
    let save_image = move |_| {
        let Some(format) = image else { return };
        ctx.blobs.with_value(|b| {
            if let Some(blob) = b.get(&i)
                && let Err(e) = browser::download(blob, &format!("{i:06}.{}", format.extension()))
            {
                ctx.failed("No download", browser::js_text(&e));
            }
        });
    };
    let save_html = move |_| {
        let result =
            browser::bytes_blob(embed_fonts(&html.shot.record.html).as_bytes(), "text/html")
                .and_then(|b| browser::download(&b, &format!("{i:06}.html")));
        if let Err(e) = result {
            ctx.failed("No download", browser::js_text(&e));
        }
    };
    view! {
        {image
            .map(|f| {
                view! {
                    <button type="button" class="button small" on:click=save_image>
                        {icon(icon::DOWNLOAD)}
                        {f.name().to_uppercase()}
                    </button>
                }
            })}
        <button type="button" class="button small" on:click=save_html>
            {icon(icon::DOWNLOAD)}
            "HTML"
        </button>
    }
}

/// Where the sample comes from: seed, index, fingerprint, and the plan itself.
fn plan(ctx: Ctx, p: &Picture) -> impl IntoView + use<> {
    let text = RwSignal::new(None::<String>);
    let shot = &p.shot;
    if let Some(config) = ctx.dataset.get_untracked() {
        let how = Ask {
            group: PLAN,
            urgent: true,
            with_plan: true,
        };
        ctx.pool.with_value(|pool| {
            pool.ask(config, shot.index, how, move |outcome| {
                let shown = match outcome {
                    Ok((shot, _)) => shot.plan.unwrap_or_default(),
                    Err(e) => e.told(),
                };
                // The page may be gone by now.
                let _ = text.try_set(Some(shown));
            });
        });
    }
    let facts = [
        ("Seed", shot.seed.to_string()),
        ("Index", shot.index.to_string()),
        ("Layout", shot.layout_id.clone()),
        ("Fingerprint", shot.fingerprint.clone()),
        ("Locale", shot.locale.clone()),
        ("Title", shot.title.clone()),
    ];
    view! {
        <dl class="facts">
            {facts
                .into_iter()
                .map(|(name, value)| {
                    view! {
                        <dt>{name}</dt>
                        <dd class="mono">{value}</dd>
                    }
                })
                .collect_view()}
        </dl>
        {code::code(
            ctx,
            "Plan",
            move || text.get().unwrap_or_else(|| "Reading the plan…".into()),
            false,
        )}
    }
}
