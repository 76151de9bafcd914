//! Format: the exact lines a provider reads, what is wrong with them, and the files.

use std::cell::Cell;
use std::io::Write as _;
use std::rc::Rc;

use leptos::prelude::*;

use crate::app::browser;
use crate::app::context::Ctx;
use crate::app::dataset::{self, Parts};
use crate::app::page::{self, generate::tab};
use crate::app::part::field::{self, Text};
use crate::app::part::icon::{self, icon};
use crate::app::part::notice::{self, Tone};
use crate::app::part::{code, job_state};
use crate::app::route::Route;
use crate::app::state::config_form::problems_at;
use crate::app::state::told::Told as _;
use crate::app::state::{findings, lines, number};
use crate::dataset::Side;
use crate::error::Result;
use crate::format::{
    FORMATS, Format, FormatOptions, Preparator, Purpose, Report, Validator, check_pair,
};
use crate::problem::Problem;
use crate::provider::PROVIDERS;
use crate::task::TASKS;

/// Lines shown.
const SHOWN: usize = 3;
/// Bytes of a raw line shown.
const RAW_BYTES: usize = 4000;
/// Records worked on before the page may paint again.
const BREATH: usize = 4;

pub(crate) fn page(ctx: Ctx, id: &str) -> impl IntoView {
    let wanted = if id.is_empty() { FORMATS[0].id() } else { id };
    match FORMATS.iter().copied().find(|f| f.id() == wanted) {
        Some(format) => of_format(ctx, format).into_any(),
        None => view! {
            <div class="page">
                {page::head("Format", "", ())} {tabs(None)}
                {notice::empty(
                    "No such format",
                    "Choose one of those above; the link may come from another version.",
                    (),
                )}
            </div>
        }
        .into_any(),
    }
}

fn tabs(chosen: Option<&'static dyn Format>) -> impl IntoView {
    let chosen = chosen.map(|f| f.id());
    view! {
        <nav class="tabs" aria-label="Line formats">
            {FORMATS
                .iter()
                .map(|f| {
                    view! {
                        <a
                            class="tab"
                            href=Route::Format(f.id().to_owned()).href()
                            aria-current=(Some(f.id()) == chosen).then_some("page")
                        >
                            {f.title()}
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}

fn of_format(ctx: Ctx, format: &'static dyn Format) -> impl IntoView {
    let some = Memo::new(move |_| ctx.samples.with(|s| !s.is_empty()));
    view! {
        <div class="page">
            {page::head("Format", format.doc(), ())}
            {tabs(Some(format))}
            {calendar(format)}
            {move || {
                if some.get() {
                    filled(ctx, format).into_any()
                } else {
                    notice::empty(
                        "Nothing to format yet",
                        "Every record becomes the exact lines a provider reads, checked here before anything is uploaded.",
                        view! { <a class="button primary" href="#/generate">"Generate samples"</a> },
                    )
                        .into_any()
                }
            }}
        </div>
    }
}

/// Dated facts of the vendors that train on this format.
fn calendar(format: &'static dyn Format) -> impl IntoView {
    let now = crate::base::time::Timestamp::from_millis(browser::now() as i64);
    PROVIDERS
        .iter()
        .filter(|v| v.format() == format.id())
        .map(|v| {
            let model = v.base_models().first().map_or("", |m| m.id);
            job_state::calendar(*v, model, now)
        })
        .collect_view()
}

/// What was made of the whole dataset.
#[derive(Clone, Debug, PartialEq)]
struct Checked {
    train: Report,
    validation: Report,
    pair: Vec<Problem>,
}

fn filled(ctx: Ctx, format: &'static dyn Format) -> impl IntoView {
    let options = RwSignal::new(FormatOptions {
        model: PROVIDERS
            .iter()
            .find(|v| v.format() == format.id())
            .and_then(|v| v.base_models().first())
            .map(|m| m.id.to_owned()),
        ..FormatOptions::default()
    });
    let first = RwSignal::new(Vec::<String>::new());
    let trouble = RwSignal::new(None::<String>);
    let checked = RwSignal::new(None::<Checked>);
    let is_raw = RwSignal::new(false);
    let run = Rc::new(Cell::new(0u64));
    Effect::new(move |_| {
        let options = options.get();
        let ready = ctx.run.with(Option::is_none) && ctx.samples.with(|s| !s.is_empty());
        let split = ctx.validation_split.get();
        let mine = run.get() + 1;
        run.set(mine);
        if !ready {
            return;
        }
        let run = Rc::clone(&run);
        leptos::task::spawn_local(async move {
            browser::sleep(100).await;
            let current = || run.get() == mine;
            if !current() {
                return;
            }
            let _ = split;
            match read(ctx, format, &options, &first, current).await {
                Ok(result) => {
                    let _ = trouble.try_set(None);
                    if result.is_some() {
                        let _ = checked.try_set(result);
                    }
                }
                Err(e) => {
                    let _ = trouble.try_set(Some(e.told()));
                    let _ = checked.try_set(None);
                }
            }
        });
    });
    view! {
        {controls(format, options)}
        {move || trouble.get().map(|t| notice::notice(Tone::Error, t))}
        <div class="inspector">
            <section class="stack">
                <div class="tabs" role="tablist" aria-label="Lines as">
                    {tab("Readable", Signal::derive(move || !is_raw.get()), move || is_raw.set(false))}
                    {tab("Raw", Signal::derive(move || is_raw.get()), move || is_raw.set(true))}
                    <span class="push hint tab-note">"first lines of train.jsonl"</span>
                </div>
                {move || {
                    first
                        .get()
                        .into_iter()
                        .zip(1..)
                        .map(|(line, n): (_, u32)| {
                            if is_raw.get() {
                                let text = lines::raw(&line, RAW_BYTES);
                                code::code(ctx, format!("Line {n}, as it is"), move || text.clone(), true)
                            } else {
                                let text = lines::pretty(&line);
                                code::code(ctx, format!("Line {n}, indented, pictures folded"), move || text.clone(), true)
                            }
                        })
                        .collect_view()
                }}
            </section>
            <section class="stack">
                {move || match checked.get() {
                    Some(c) => found(&c).into_any(),
                    None => view! { <p class="dim" role="status">"Checking every line…"</p> }.into_any(),
                }}
                {downloads(ctx, format, options)}
            </section>
        </div>
        <div class="next-step">
            <span>"Nothing has left this browser."</span>
            {page::jobs::new_link()}
        </div>
    }
}

fn controls(format: &'static dyn Format, options: RwSignal<FormatOptions>) -> impl IntoView {
    let prefixes = format.limits().image_uri_schemes.join(" or ");
    let at = move |field: &'static str| {
        move || {
            let all = options.with(|o| o.validate(format));
            problems_at(&all, field).cloned().collect::<Vec<_>>()
        }
    };
    view! {
        <div class="fields three">
            {field::chips(
                "Tasks",
                "",
                || TASKS.iter().map(|t| (t.id(), number::words(t.id()))).collect(),
                move |id: &&'static str| options.with(|o| o.tasks.iter().any(|t| t == id)),
                move |id| {
                    let all: Vec<String> = TASKS.iter().map(|t| t.id().to_owned()).collect();
                    options.update(|o| {
                        crate::app::state::config_form::toggle(&mut o.tasks, &id.to_owned(), &all);
                    });
                },
                Vec::new,
            )}
            {field::text(
                Text {
                    id: "model",
                    label: "Model",
                    hint: "for limits and the estimate".into(),
                    mode: "text",
                },
                move || options.with(|o| o.model.clone().unwrap_or_default()),
                move |v| {
                    options.update(|o| o.model = (!v.trim().is_empty()).then(|| v.trim().to_owned()));
                },
                Vec::new,
            )}
            {(!prefixes.is_empty())
                .then(|| {
                    field::text(
                        Text {
                            id: "image_uri_prefix",
                            label: "Pictures at",
                            hint: format!("empty: as the format has them; or {prefixes}…"),
                            mode: "url",
                        },
                        move || options.with(|o| o.image_uri_prefix.clone().unwrap_or_default()),
                        move |v| {
                            options.update(|o| {
                                o.image_uri_prefix =
                                    (!v.trim().is_empty()).then(|| v.trim().to_owned());
                            });
                        },
                        at("image_uri_prefix"),
                    )
                })}
        </div>
    }
}

/// Makes and checks every line; the first ones are shown at once. `None` when overtaken.
async fn read(
    ctx: Ctx,
    format: &'static dyn Format,
    options: &FormatOptions,
    first: &RwSignal<Vec<String>>,
    current: impl Fn() -> bool,
) -> Result<Option<Checked>> {
    let sides = untrack(|| dataset::sides(ctx))?.sides;
    let preparator = Preparator::new(format.id(), options.clone())?;
    let mut train = Validator::new(format, options, Purpose::Training);
    let mut validation = Validator::new(format, options, Purpose::Validation);
    let (mut train_row, mut validation_row) = (0, 0);
    let mut shown = Vec::new();
    for (n, picture) in untrack(|| dataset::pictures(ctx)).iter().enumerate() {
        if n % BREATH == 0 {
            browser::sleep(0).await;
        }
        if !current() {
            return Ok(None);
        }
        let Some(bytes) = dataset::image_bytes(ctx, picture.shot.index).await? else {
            continue;
        };
        for line in preparator
            .convert(n as u64, &picture.shot.record, &bytes)?
            .lines
        {
            match sides.get(n) {
                Some(Side::Validation) => {
                    validation_row += 1;
                    validation.line(validation_row, line.as_bytes());
                }
                _ => {
                    train_row += 1;
                    train.line(train_row, line.as_bytes());
                    if shown.len() < SHOWN {
                        shown.push(line);
                        let _ = first.try_set(shown.clone());
                    }
                }
            }
        }
    }
    let (train, validation) = (train.finish(), validation.finish());
    let pair = check_pair(&train, &validation);
    Ok(Some(Checked {
        train,
        validation,
        pair,
    }))
}

fn found(c: &Checked) -> impl IntoView + use<> {
    let mut tiles = vec![
        (
            "Train lines".into(),
            number::count(c.train.examples),
            number::bytes(c.train.bytes),
        ),
        (
            "Validation lines".into(),
            number::count(c.validation.examples),
            number::bytes(c.validation.bytes),
        ),
    ];
    if let Some(e) = &c.train.estimate {
        let tokens = e.text_tokens + e.image_tokens.unwrap_or(0);
        tiles.push((
            "Tokens, about".into(),
            number::count(tokens),
            format!("{} epochs", e.epochs),
        ));
        tiles.push((
            "Cost, about".into(),
            e.usd.map_or_else(|| "unknown".to_owned(), number::dollars),
            match e.as_of {
                "" => String::new(),
                date => format!("prices of {date}"),
            },
        ));
    }
    if let Some((w, h)) = c.train.seen {
        tiles.push((
            "Seen by the model".into(),
            format!("{w}×{h}"),
            "pixels".into(),
        ));
    }
    let all = findings::grouped(&c.train, &c.validation, &c.pair);
    let (errors, others) = findings::counted(&all);
    let told: Vec<Problem> = all
        .iter()
        .map(|f| {
            let mut p = f.problem.clone();
            if f.more > 0 {
                let more = number::count(f.more);
                p.message = format!("{}, and {more} more of this kind", p.message);
            }
            p
        })
        .collect();
    view! {
        {notice::tiles(tiles)}
        <h2>
            {if all.is_empty() {
                "Checks".to_owned()
            } else {
                format!(
                    "{}, {}",
                    number::things(errors, "error"),
                    number::things(others, "warning"),
                )
            }}
        </h2>
        <div class="stack problems">
            {job_state::problems(&told, "Every line is as the provider documents it")}
        </div>
    }
}

/// The files: both sides, the lines with their pictures, the whole dataset.
fn downloads(
    ctx: Ctx,
    format: &'static dyn Format,
    options: RwSignal<FormatOptions>,
) -> impl IntoView {
    let busy = RwSignal::new(None::<String>);
    let side = move |name: &'static str, side: Side| {
        view! {
            <button
                type="button"
                class="button"
                disabled=move || busy.with(Option::is_some)
                on:click=move |_| {
                    busy.set(Some(format!("Writing {name}…")));
                    leptos::task::spawn_local(async move {
                        let made = write(ctx, format, &options.get_untracked(), side).await;
                        finish(ctx, busy, name, made);
                    });
                }
            >
                {icon(icon::DOWNLOAD)}
                {name}
            </button>
        }
    };
    view! {
        <h2>"Files"</h2>
        <div class="row">
            {side("train.jsonl", Side::Train)} {side("validation.jsonl", Side::Validation)}
            <button
                type="button"
                class="button"
                disabled=move || busy.with(Option::is_some)
                on:click=move |_| {
                    busy.set(Some("Writing dataset.zip…".into()));
                    leptos::task::spawn_local(async move {
                        let made = dataset::archive(
                                ctx,
                                move |n| {
                                    let _ = busy.try_set(Some(format!("Writing dataset.zip: {n} samples")));
                                },
                            )
                            .await;
                        finish(ctx, busy, "dataset.zip", made);
                    });
                }
            >
                {icon(icon::DOWNLOAD)}
                "dataset.zip"
            </button>
        </div>
        <p class="hint" role="status">
            {move || {
                busy.get()
                    .unwrap_or_else(|| {
                        "dataset.zip holds dataset.jsonl, pictures, pages and a manifest with checksums".into()
                    })
            }}
        </p>
    }
}

fn finish(ctx: Ctx, busy: RwSignal<Option<String>>, name: &str, made: Result<web_sys::Blob>) {
    let _ = busy.try_set(None);
    match made {
        Ok(blob) => {
            if let Err(e) = browser::download(&blob, name) {
                ctx.failed("No download", browser::js_text(&e));
            }
        }
        Err(e) => ctx.failed(&format!("{name} could not be written"), e),
    }
}

/// One side as a file of lines.
async fn write(
    ctx: Ctx,
    format: &'static dyn Format,
    options: &FormatOptions,
    side: Side,
) -> Result<web_sys::Blob> {
    let sides = untrack(|| dataset::sides(ctx))?.sides;
    let preparator = Preparator::new(format.id(), options.clone())?;
    let mut out = Parts::default();
    for (n, picture) in untrack(|| dataset::pictures(ctx)).iter().enumerate() {
        if sides.get(n) != Some(&side) {
            continue;
        }
        if n % BREATH == 0 {
            browser::sleep(0).await;
        }
        let Some(bytes) = dataset::image_bytes(ctx, picture.shot.index).await? else {
            continue;
        };
        for line in preparator
            .convert(n as u64, &picture.shot.record, &bytes)?
            .lines
        {
            out.write_all(line.as_bytes())?;
            out.write_all(b"\n")?;
        }
    }
    out.into_blob("application/jsonl")
}
