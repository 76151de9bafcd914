//! Generate: the configuration on the left, a live preview on the right.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::page::{self, overview};
use crate::app::part::field::{self, Text};
use crate::app::part::icon::{self, icon};
use crate::app::part::notice::{self, Tone};
use crate::app::part::{boxes, code, elements};
use crate::app::route::Route;
use crate::app::state::code as state_code;
use crate::app::state::config_form::{self, ConfigForm, SCALES, VIEWPORTS, problems_at, toggle};
use crate::app::state::number;
use crate::app::studio;
use crate::base::limits;
use crate::generate::archetype::ARCHETYPES;
use crate::generate::config::ImageFormat;
use crate::generate::plan::ColorScheme;
use crate::generate::theme::THEMES;
use crate::problem::Problem;

/// How the configuration is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum As {
    Form,
    Json,
    Code,
}

pub(crate) fn page(ctx: Ctx) -> impl IntoView {
    let shown = RwSignal::new(As::Form);
    view! {
        <div class="page">
            {page::head(
                "Generate",
                "Choose what is drawn; the preview follows",
                view! {
                    <a class="button" href="#/samples">
                        {move || ctx.samples.with(|s| number::things(s.len() as u64, "sample"))}
                    </a>
                    {generate_button(ctx)}
                },
            )}
            {move || ctx.run.with(Option::is_some).then(|| overview::run_bar(ctx))}
            <div class="split-view">
                <div class="stack form-side">
                    <div class="tabs" role="tablist" aria-label="Configuration as">
                        {[("Form", As::Form), ("JSON", As::Json), ("Code", As::Code)]
                            .map(|(name, a)| {
                                tab(name, Signal::derive(move || shown.get() == a), move || shown.set(a))
                            })
                            .into_iter()
                            .collect_view()}
                        <span class="push hint tab-note">
                            {move || {
                                let n = ctx.valid.with(config_form::changed);
                                if n == 0 { "defaults".into() } else { format!("{n} changed") }
                            }}
                        </span>
                    </div>
                    {move || match shown.get() {
                        As::Form => form(ctx).into_any(),
                        As::Json => json(ctx).into_any(),
                        As::Code => program(ctx).into_any(),
                    }}
                </div>
                <div class="stack preview-side">
                    {preview(ctx)}
                    {move || {
                        ctx.preview.get().map(|p| view! {
                            <details class="details">
                                <summary>
                                    {format!("Elements of this screen ({})", p.shot.truth.elements.len())}
                                </summary>
                                {elements::elements(ctx, &p)}
                            </details>
                        })
                    }}
                </div>
            </div>
        </div>
    }
}

/// A tab of a page.
pub(crate) fn tab(
    name: &'static str,
    on: Signal<bool>,
    select: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <button
            type="button"
            role="tab"
            class="tab"
            aria-selected=move || on.get().to_string()
            on:click=move |_| select()
        >
            {name}
        </button>
    }
}

fn generate_button(ctx: Ctx) -> impl IntoView {
    view! {
        <button
            type="button"
            class="button primary"
            disabled=move || ctx.parsed.with(Result::is_err) || ctx.run.with(Option::is_some)
            on:click=move |_| {
                studio::generate(ctx);
                ctx.go(&Route::Samples);
            }
        >
            {move || match ctx.parsed.get() {
                Ok(c) => format!("Generate {}", number::things(c.num_samples, "sample")),
                Err(p) => {
                    let n = p.iter().filter(|p| p.is_error()).count() as u64;
                    format!("{} to fix", number::things(n, "field"))
                }
            }}
        </button>
    }
}

/// The preview with its walk and overlay buttons.
pub(crate) fn preview(ctx: Ctx) -> impl IntoView {
    view! {
        <div class="stack">
            <div class="row">
                <button
                    type="button"
                    class="button icon small"
                    aria-label="Previous sample"
                    disabled=move || ctx.preview_index.get() == 0
                    on:click=move |_| ctx.preview_index.update(|i| *i = i.saturating_sub(1))
                >
                    {icon(icon::LEFT)}
                </button>
                <button
                    type="button"
                    class="button icon small"
                    aria-label="Next sample"
                    on:click=move |_| ctx.preview_index.update(|i| *i += 1)
                >
                    {icon(icon::RIGHT)}
                </button>
                <span class="dim truncate preview-name">
                    {move || {
                        ctx.preview
                            .get()
                            .map(|p| {
                                format!(
                                    "Sample {} · {} · {} · {} × {}",
                                    p.shot.index,
                                    number::words(&p.shot.archetype),
                                    p.shot.theme,
                                    p.shot.truth.width,
                                    p.shot.truth.height,
                                )
                            })
                    }}
                </span>
                <span class="push hint">
                    {move || {
                        ctx.preview.get().map(|p| format!("{:.0} ms", p.shot.milliseconds))
                    }}
                </span>
            </div>
            {move || match ctx.preview.get() {
                Some(p) => boxes::shot(ctx, p, true).into_any(),
                None => {
                    view! {
                        <div class="shot skeleton" role="status">
                            <p class="hint">"Drawing the first screen…"</p>
                        </div>
                    }
                        .into_any()
                }
            }}
            {move || ctx.preview_error.get().map(|e| notice::notice(Tone::Error, e))}
            <div class="row">
                {boxes::overlay_bar(ctx)}
            </div>
            {move || ctx.preview.get().map(|p| boxes::legend(ctx, &p))}
        </div>
    }
}

/// Findings at `field`.
fn at(ctx: Ctx, field: &'static str) -> impl Fn() -> Vec<Problem> + Send + Sync + Clone {
    move || match ctx.parsed.get() {
        Ok(_) => Vec::new(),
        Err(p) => problems_at(&p, field).cloned().collect(),
    }
}

/// A text field over one member of the form.
fn member(
    ctx: Ctx,
    id: &'static str,
    label: &'static str,
    hint: String,
    member: fn(&mut ConfigForm) -> &mut String,
) -> impl IntoView {
    field::text(
        Text {
            id,
            label,
            hint,
            mode: "numeric",
        },
        move || member(&mut ctx.form.get()).clone(),
        move |v| ctx.form.update(|f| *member(f) = v),
        at(ctx, id),
    )
}

fn form(ctx: Ctx) -> impl IntoView {
    let range = |low: u64, high: u64| format!("{low} to {}", number::count(high));

    view! {
        <div class="stack form">
            <div class="fields">
                {member(ctx, "num_samples", "Samples", range(0, limits::MAX_SAMPLES), |f| &mut f.count)}
                <div>
                    {member(ctx, "seed", "Seed", "the same seed makes the same bytes".into(), |f| &mut f.seed)}
                    <div class="row seed-row">
                        <button
                            type="button"
                            class="button quiet small"
                            on:click=move |_| studio::new_seed(ctx)
                        >
                            {icon(icon::AGAIN)}
                            "New seed"
                        </button>
                        {code::copy_button(ctx, move || ctx.form.with_untracked(|f| f.seed.clone()))}
                    </div>
                </div>
                {field::chips(
                    "Screens",
                    "",
                    || ARCHETYPES.iter().map(|a| (a.id(), a.title().to_owned())).collect(),
                    move |id: &&'static str| ctx.form.with(|f| f.ui_types.iter().any(|t| t == id)),
                    move |id| overview::toggle_type(ctx, id),
                    at(ctx, "ui_types"),
                )}
                {member(ctx, "min_elements", "Fewest elements", "interactive, in view".into(), |f| &mut f.min_elements)}
                {member(
                    ctx,
                    "max_elements",
                    "Most elements",
                    range(1, u64::from(limits::MAX_ELEMENTS)),
                    |f| &mut f.max_elements,
                )}
                {field::chips(
                    "Screen sizes",
                    "",
                    || {
                        VIEWPORTS
                            .iter()
                            .map(|(name, w, h)| ([*w, *h], format!("{name} {w}×{h}")))
                            .collect()
                    },
                    move |v: &[u32; 2]| ctx.form.with(|f| f.presets.contains(v)),
                    move |v| ctx.form.update(|f| toggle(&mut f.presets, &v, &VIEWPORTS.map(|x| [x.1, x.2]))),
                    Vec::new,
                )}
                <div class="field wide">
                    {field::text(
                        Text {
                            id: "viewports",
                            label: "Other sizes",
                            hint: format!(
                                "CSS pixels, {} to {}; 1440×900, 800×600",
                                limits::MIN_VIEWPORT_SIDE_PX,
                                limits::MAX_VIEWPORT_SIDE_PX,
                            ),
                            mode: "text",
                        },
                        move || ctx.form.with(|f| f.other_sizes.clone()),
                        move |v| ctx.form.update(|f| f.other_sizes = v),
                        {
                            let (a, b) = (at(ctx, "viewports"), at(ctx, "screenshot_width"));
                            let c = at(ctx, "screenshot_height");
                            move || [a(), b(), c()].concat()
                        },
                    )}
                </div>
                {field::chips(
                    "Device scale",
                    "image pixels per CSS pixel",
                    || SCALES.iter().map(|s| (*s, format!("{s}×"))).collect(),
                    move |v: &f32| ctx.form.with(|f| f.scales.contains(v)),
                    move |v| ctx.form.update(|f| toggle(&mut f.scales, &v, &SCALES)),
                    at(ctx, "device_scales"),
                )}
                {field::chips(
                    "Themes",
                    "",
                    || THEMES.iter().map(|t| (t.id(), t.title().to_owned())).collect(),
                    move |id: &&'static str| {
                        ctx.form.with(|f| f.themes.is_empty() || f.themes.iter().any(|t| t == id))
                    },
                    move |id| overview::toggle_theme(ctx, id),
                    at(ctx, "themes"),
                )}
                {field::chips(
                    "Colour schemes",
                    "",
                    || {
                        vec![
                            (ColorScheme::Light, "Light".to_owned()),
                            (ColorScheme::Dark, "Dark".to_owned()),
                        ]
                    },
                    move |v: &ColorScheme| {
                        ctx.form.with(|f| f.schemes.is_empty() || f.schemes.contains(v))
                    },
                    move |v| ctx.form.update(|f| toggle_scheme(f, v)),
                    at(ctx, "color_schemes"),
                )}
            </div>
            <div class="stack switches">
                {field::check(
                    "Vary styles",
                    "off: one theme, scheme and font for all samples",
                    move || ctx.form.with(|f| f.randomize_styles),
                    move |v| ctx.form.update(|f| f.randomize_styles = v),
                )}
                {field::check(
                    "Vary layout",
                    "off: each screen keeps its plainest structure",
                    move || ctx.form.with(|f| f.randomize_layout),
                    move |v| ctx.form.update(|f| f.randomize_layout = v),
                )}
                {field::check(
                    "Screenshots",
                    "off: HTML and ground truth only",
                    move || ctx.form.with(|f| f.screenshots),
                    move |v| ctx.form.update(|f| f.screenshots = v),
                )}
            </div>
            <div class="fields">
                {field::select(
                    "image_format",
                    "Picture format",
                    ImageFormat::ALL
                        .iter()
                        .map(|f| (f.name().to_owned(), f.name().to_uppercase()))
                        .collect(),
                    move || ctx.form.with(|f| f.image_format.name().to_owned()),
                    move |v| {
                        if let Some(f) = ImageFormat::ALL.iter().find(|f| f.name() == v) {
                            ctx.form.update(|form| form.image_format = *f);
                        }
                    },
                )}
                {move || {
                    ctx.form
                        .with(|f| f.image_format == ImageFormat::Jpeg)
                        .then(|| {
                            member(ctx, "jpeg_quality", "JPEG quality", "1 to 100".into(), |f| {
                                &mut f.jpeg_quality
                            })
                        })
                }}
            </div>
            <p class="hint">
                {move || {
                    ctx.valid
                        .with(|c| (c.num_samples > 2000)
                            .then_some("More than 2,000 samples take long in a browser; the command line makes them on all cores."))
                }}
            </p>
        </div>
    }
}

/// Both schemes are an empty list, as no choice is.
fn toggle_scheme(f: &mut ConfigForm, v: ColorScheme) {
    let both = [ColorScheme::Light, ColorScheme::Dark];
    if f.schemes.is_empty() {
        f.schemes = both.to_vec();
    }
    toggle(&mut f.schemes, &v, &both);
    if f.schemes.len() == 2 {
        f.schemes.clear();
    }
}

/// The same dataset from a program or a shell.
fn program(ctx: Ctx) -> impl IntoView {
    view! {
        {code::code(ctx, "Rust", move || ctx.valid.with(state_code::rust), false)}
        {code::code(ctx, "JavaScript", move || ctx.valid.with(state_code::javascript), false)}
        {code::code(ctx, "Shell", move || ctx.valid.with(state_code::shell), false)}
    }
}

/// The configuration as text: what the command line and the libraries read.
fn json(ctx: Ctx) -> impl IntoView {
    let start = ctx
        .valid
        .with_untracked(|c| serde_json::to_string_pretty(c).unwrap_or_default());
    let text = RwSignal::new(ctx.json_draft.get_untracked().unwrap_or(start));
    let problems = Memo::new(move |_| {
        ctx.json_draft
            .with(|d| d.as_deref().and_then(|d| config_form::parse_json(d).err()))
            .unwrap_or_default()
    });
    let give_up = move |_| {
        ctx.json_draft.set(None);
        let now = ctx
            .valid
            .with_untracked(|c| serde_json::to_string_pretty(c).unwrap_or_default());
        text.set(now);
    };
    view! {
        <div class="field">
            <label class="field-label" for="config-json">"Configuration"</label>
            <textarea
                class="input json"
                id="config-json"
                spellcheck="false"
                aria-invalid=move || (!problems.with(Vec::is_empty)).to_string()
                prop:value=move || text.get()
                on:input=move |e| {
                    let typed = event_target_value(&e);
                    match config_form::parse_json(&typed) {
                        Ok(c) => {
                            ctx.json_draft.set(None);
                            ctx.form.set(ConfigForm::from(&c));
                        }
                        // It stays here until it is right, also when another tab is looked at.
                        Err(_) => ctx.json_draft.set(Some(typed.clone())),
                    }
                    text.set(typed);
                }
            ></textarea>
            <div aria-live="polite" class="stack">
                {move || {
                    problems
                        .get()
                        .into_iter()
                        .map(|mut p| {
                            if !p.path.is_empty() {
                                p.message = format!("{}: {}", p.path, p.message);
                            }
                            field::problem(&p)
                        })
                        .collect_view()
                }}
                {move || {
                    (!problems.with(Vec::is_empty))
                        .then(|| {
                            view! {
                                <div class="row">
                                    <span class="hint">
                                        "Not in use: form and preview are as they were."
                                    </span>
                                    <button type="button" class="button small" on:click=give_up>
                                        "Back to what is in use"
                                    </button>
                                </div>
                            }
                        })
                }}
            </div>
            <div class="row">
                {code::copy_button(ctx, move || text.get_untracked())}
                <span class="hint">"screensmith generate --config config.json reads this"</span>
            </div>
        </div>
    }
}
