//! Overview: on a first visit a screen with its boxes and the one button that starts; later what
//! there is and what comes next.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::page;
use crate::app::part::icon::{self, icon};
use crate::app::part::notice::{self, Tone};
use crate::app::part::progress::progress;
use crate::app::route::Route;
use crate::app::state::config_form::toggle;
use crate::app::state::number;
use crate::app::state::progress::Progress;
use crate::app::studio;
use crate::generate::archetype::ARCHETYPES;
use crate::generate::theme::THEMES;

pub(crate) fn page(ctx: Ctx) -> impl IntoView {
    let started = Memo::new(move |_| ctx.dataset.with(Option::is_some));
    view! {
        <div class="page">
            {move || {
                if started.get() { status(ctx).into_any() } else { first(ctx).into_any() }
            }}
        </div>
    }
}

/// The first visit.
fn first(ctx: Ctx) -> impl IntoView {
    let count = move || ctx.valid.with(|c| number::things(c.num_samples, "sample"));
    view! {
        <div class="hero">
            <div class="hero-text">
                <h1>"Synthetic UI screenshots with exact ground truth"</h1>
                <p class="dim">
                    "For fine-tuning models that click. Every screen is generated with the box, role, name and state of each element, exact to the pixel."
                </p>
                {quick_controls(ctx)}
                <div class="row">
                    <button
                        type="button"
                        class="button primary"
                        on:click=move |_| {
                            studio::generate(ctx);
                            ctx.go(&Route::Samples);
                        }
                    >
                        "Generate " {count}
                    </button>
                    <a class="button" href="#/generate">"Configure"</a>
                </div>
                <p class="hint">
                    "Runs in your browser. Nothing is sent anywhere until you connect a provider. Browser storage can be cleared; back up what you need."
                </p>
            </div>
            <div class="hero-shot">{page::generate::preview(ctx)}</div>
        </div>
        <section class="panel ruled">
            <h2>"From a seed to a registered model"</h2>
            <ol class="steps">
                {STEPS
                    .iter()
                    .map(|(n, name, text)| {
                        view! {
                            <li>
                                <span class="rail-number">{*n}</span>
                                <div>
                                    <h3>{*name}</h3>
                                    <p class="dim">{*text}</p>
                                </div>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </section>
    }
}

const STEPS: [(u8, &str, &str); 5] = [
    (
        1,
        "Generate",
        "Choose screens, themes and sizes; make the samples in this browser.",
    ),
    (
        2,
        "Split",
        "Train and validation without leaks, stable when the dataset grows.",
    ),
    (
        3,
        "Format",
        "The exact lines a provider reads, checked before anything is uploaded.",
    ),
    (
        4,
        "Jobs",
        "Fine-tune, or rehearse with a simulated job; follow losses and events.",
    ),
    (
        5,
        "Models",
        "Register the tuned model and use it in Skyvern.",
    ),
];

/// Screen, theme, shuffle: the three controls beside the first screen.
fn quick_controls(ctx: Ctx) -> impl IntoView {
    let chip = move |name: &'static str, on: Memo<bool>, act: Callback<()>| {
        view! {
            <button
                type="button"
                class="chip"
                aria-pressed=move || on.get().to_string()
                on:click=move |_| act.run(())
            >
                {name}
            </button>
        }
    };
    view! {
        <div class="stack">
            <fieldset class="field">
                <legend class="field-label">"Screens"</legend>
                <div class="chips">
                    {ARCHETYPES
                        .iter()
                        .map(|a| {
                            let id = a.id();
                            chip(
                                a.title(),
                                Memo::new(move |_| {
                                    ctx.form.with(|f| f.ui_types.iter().any(|t| t == id))
                                }),
                                Callback::new(move |()| toggle_type(ctx, id)),
                            )
                        })
                        .collect_view()}
                </div>
            </fieldset>
            <fieldset class="field">
                <legend class="field-label">"Theme"</legend>
                <div class="chips">
                    {THEMES
                        .iter()
                        .map(|t| {
                            let id = t.id();
                            chip(
                                t.title(),
                                Memo::new(move |_| {
                                    ctx.form
                                        .with(|f| {
                                            f.themes.is_empty() || f.themes.iter().any(|x| x == id)
                                        })
                                }),
                                Callback::new(move |()| toggle_theme(ctx, id)),
                            )
                        })
                        .collect_view()}
                </div>
            </fieldset>
            <div class="row">
                <button
                    type="button"
                    class="button small"
                    on:click=move |_| {
                        ctx.preview_index.set(0);
                        studio::new_seed(ctx);
                    }
                >
                    {icon(icon::AGAIN)}
                    "Shuffle"
                </button>
            </div>
        </div>
    }
}

/// Switches a screen type.
pub(crate) fn toggle_type(ctx: Ctx, id: &'static str) {
    let all: Vec<String> = ARCHETYPES.iter().map(|a| a.id().to_owned()).collect();
    ctx.form
        .update(|f| toggle(&mut f.ui_types, &id.to_owned(), &all));
}

/// Switches a theme; none chosen means all, so the first choice leaves out the others.
pub(crate) fn toggle_theme(ctx: Ctx, id: &'static str) {
    let all: Vec<String> = THEMES.iter().map(|t| t.id().to_owned()).collect();
    ctx.form.update(|f| {
        if f.themes.is_empty() {
            f.themes.clone_from(&all);
        }
        toggle(&mut f.themes, &id.to_owned(), &all);
        if f.themes.len() == all.len() {
            f.themes.clear();
        }
    });
}

/// What there is and what comes next.
fn status(ctx: Ctx) -> impl IntoView {
    view! {
        {page::head(
            "Overview",
            "What there is, and the next step",
            view! { <a class="button" href="#/generate">"New dataset"</a> },
        )}
        {move || ctx.run.get().is_some().then(|| run_bar(ctx))}
        {move || {
            let Some(config) = ctx.dataset.get() else { return ().into_any() };
            let made = ctx.samples.with(|s| s.len() as u64);
            let elements: u64 = ctx
                .samples
                .with(|s| s.values().map(|p| p.shot.truth.elements.len() as u64).sum());
            let size: u64 = ctx.samples.with(|s| s.values().map(|p| p.shot.image_bytes).sum());
            notice::tiles(vec![
                (
                    "Samples".into(),
                    number::count(made),
                    if made < config.num_samples {
                        format!("of {}", number::count(config.num_samples))
                    } else {
                        String::new()
                    },
                ),
                ("Elements".into(), number::count(elements), String::new()),
                ("Pictures".into(), number::bytes(size), String::new()),
                (
                    "Seed".into(),
                    config.seed.map(|s| s.to_string()).unwrap_or_default(),
                    "the same seed makes the same bytes".into(),
                ),
            ])
            .into_any()
        }}
        {page::overview_more(ctx)}
        {notice::notice(
            Tone::Info,
            "Samples are kept as their configuration and seed and are made again when you come back. Browser storage can be cleared; download what you need.",
        )}
        {next_step(ctx)}
    }
}

/// Progress of the run with a cancel button.
pub(crate) fn run_bar(ctx: Ctx) -> impl IntoView {
    let value = Signal::derive(move || ctx.run.get().unwrap_or_else(|| Progress::new(0)));
    view! {
        <div class="run-bar">
            {progress("Generating", value)}
            <button type="button" class="button" on:click=move |_| studio::cancel(ctx)>
                {icon(icon::STOP)}
                "Cancel"
            </button>
        </div>
    }
}

fn next_step(ctx: Ctx) -> impl IntoView {
    view! {
        <div class="next-step">
            <span>
                {move || ctx.samples.with(|s| number::things(s.len() as u64, "sample"))} " ready"
            </span>
            <a class="button primary" href="#/samples">"Look at the samples" {icon(icon::RIGHT)}</a>
        </div>
    }
}
