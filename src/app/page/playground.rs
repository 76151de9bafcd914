//! Playground: one question about one screenshot, and the answer drawn on it.

use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::page;
use crate::app::page::playground_picture as picture;
use crate::app::part::icon::{self, icon};
use crate::app::part::marks::{self, Mark};
use crate::app::part::notice::{self, Tone};
use crate::app::part::{ask, code, field};
use crate::app::state::ask_form::AskForm;
use crate::app::state::number;
use crate::error::Result;
use crate::registry::compare::{Answer, Asker, Question, Reading};
use crate::registry::{RegistryEntry, Who};
use crate::task::Found;

/// What a model said to a question.
#[derive(Clone, Debug)]
struct Said {
    who: Who,
    outcome: std::result::Result<(Answer, Reading), (String, String)>,
}

/// What is asked now, and whether the right answer is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked {
    pub(crate) question: Question,
    pub(crate) known: bool,
}

pub(crate) fn page(ctx: Ctx, reference: String) -> impl IntoView {
    let form = ask::form(ctx, reference);
    let entry = ask::entry(ctx, form);
    let look = picture::Look::new(ctx);
    let said = RwSignal::new(None::<(Asked, Vec<Said>)>);
    let pasted = RwSignal::new(String::new());
    // Another picture or another question: the old answers belong to neither.
    Effect::new(move |before: Option<Option<Asked>>| {
        let now = look.asked.get();
        if before.is_some_and(|b| b != now) {
            said.set(None);
        }
        now
    });
    // So with another model, or another reading of what it says.
    Effect::new(move |before: Option<[String; 3]>| {
        let now = form.with(|f| {
            [
                f.model.clone(),
                f.convention.clone(),
                f.base_convention.clone(),
            ]
        });
        if before.is_some_and(|b| b != now) {
            said.set(None);
        }
        now
    });
    view! {
        <div class="page">
            {page::head(
                "Playground",
                "Ask a model about a screenshot, and see where it points",
                view! { <a class="button" href="#/models">"All models"</a> },
            )}
            <div class="split-view">
                <div class="stack form">
                    {ask::model(ctx, form)}
                    {move || {
                        entry.with(Option::is_some).then(|| {
                            field::check(
                                "Ask its base model too",
                                "the same question at the same address",
                                move || form.with(|f| f.base_too),
                                move |on| form.update(|f| f.base_too = on),
                            )
                        })
                    }}
                    {ask::connection(ctx, form, entry)}
                    {look.question_fields()}
                    {send(ctx, form, entry, look, said, pasted)}
                    {paste(pasted)}
                </div>
                <div class="stack preview-side">{result(ctx, form, look, said, pasted)}</div>
            </div>
        </div>
    }
}

fn send(
    ctx: Ctx,
    form: RwSignal<AskForm>,
    entry: Memo<Option<RegistryEntry>>,
    look: picture::Look,
    said: RwSignal<Option<(Asked, Vec<Said>)>>,
    pasted: RwSignal<String>,
) -> impl IntoView {
    let running = StoredValue::new(None::<AbortHandle>);
    let busy = RwSignal::new(false);
    on_cleanup(move || {
        if let Some(h) = running.try_get_value().flatten() {
            h.abort();
        }
    });
    let ready = move || {
        let can = entry.with(|e| {
            e.as_ref()
                .is_some_and(|e| form.with(|f| f.can_ask(e, Who::Tuned)))
        });
        can && look.asked.with(|a| {
            a.as_ref()
                .is_some_and(|a| !a.question.instruction.trim().is_empty())
        })
    };
    let go = move |_| {
        let (Some(entry), Some(asked)) = (entry.get_untracked(), look.asked.get_untracked()) else {
            return;
        };
        let form = form.get_untracked();
        let (work, handle) = abortable(async move {
            let bytes = look.bytes(ctx).await;
            let mut all = Vec::new();
            for who in form.asked() {
                let outcome = match &bytes {
                    Ok(bytes) => one(ctx, &entry, &form, *who, &asked, bytes).await,
                    Err(e) => Err(e.clone()),
                };
                all.push(Said { who: *who, outcome });
                said.set(Some((asked.clone(), all.clone())));
            }
        });
        running.set_value(Some(handle));
        busy.set(true);
        said.set(None);
        // What was pasted before must not stand in for what is said now.
        pasted.set(String::new());
        leptos::task::spawn_local(async move {
            let _ = work.await;
            let _ = busy.try_set(false);
        });
    };
    let cancel = move |_| {
        if let Some(h) = running.get_value() {
            h.abort();
        }
    };
    view! {
        <div class="row">
            <button
                type="button"
                class="button primary"
                disabled=move || busy.get() || !ready()
                on:click=go
            >
                {move || if busy.get() { "Asking…" } else { "Ask" }}
            </button>
            {move || {
                busy.get()
                    .then(|| {
                        view! {
                            <button type="button" class="button" on:click=cancel>
                                {icon(icon::STOP)}
                                "Cancel"
                            </button>
                        }
                    })
            }}
        </div>
    }
}

/// Asks one model once; what goes wrong comes back with what to do.
async fn one(
    ctx: Ctx,
    entry: &RegistryEntry,
    form: &AskForm,
    who: Who,
    asked: &Asked,
    picture: &[u8],
) -> std::result::Result<(Answer, Reading), (String, String)> {
    let ask = async || -> Result<(Answer, Reading)> {
        let work = ctx.work().ok_or_else(crate::app::work::closed)?;
        let convention = form.convention(who)?;
        let endpoint = form.endpoint(entry, who)?;
        let asker = Asker::new(&work.ports, entry, convention, endpoint)?.once();
        let answer = asker.ask(&asked.question, picture).await?;
        let reading = Reading::of_answer(&asked.question, &answer, convention);
        Ok((answer, reading))
    };
    ask().await.map_err(|e| {
        let hint = e.hint_text().unwrap_or_default().to_owned();
        (e.message().to_owned(), hint)
    })
}

fn paste(pasted: RwSignal<String>) -> impl IntoView {
    view! {
        <div class="field">
            <label class="field-label" for="pasted">"Or paste an answer"</label>
            <textarea
                class="input"
                id="pasted"
                rows="2"
                spellcheck="false"
                placeholder="{\"point_2d\":[640,360]}"
                prop:value=move || pasted.get()
                on:input=move |e| pasted.set(event_target_value(&e))
            ></textarea>
            <p class="hint">"of any model, without a key: it is drawn as the tuned model’s"</p>
        </div>
    }
}

/// The picture with all answers, and their facts.
fn result(
    ctx: Ctx,
    form: RwSignal<AskForm>,
    look: picture::Look,
    said: RwSignal<Option<(Asked, Vec<Said>)>>,
    pasted: RwSignal<String>,
) -> impl IntoView {
    let shown = Memo::new(move |_| {
        let asked = look.asked.get()?;
        let mut all = Vec::new();
        let text = pasted.get();
        if !text.trim().is_empty() {
            let answer = Answer {
                answer: text,
                ..Answer::default()
            };
            let convention = form.with(|f| f.convention(Who::Tuned)).ok()?;
            let reading = Reading::of_answer(&asked.question, &answer, convention);
            all.push(Said {
                who: Who::Tuned,
                outcome: Ok((answer, reading)),
            });
        } else if let Some((_, list)) = said.get() {
            all = list;
        }
        Some((asked, Drawn(all)))
    });
    view! {
        {look.choice(ctx)}
        {move || {
            let url = look.url();
            match (url, shown.get()) {
                (Some(url), Some((asked, Drawn(all)))) => {
                    let marks = all.iter().filter_map(|s| {
                        let (_, reading) = s.outcome.as_ref().ok()?;
                        Some(Mark {
                            who: s.who,
                            found: reading.found?,
                            hit: asked.known.then_some(reading.hit),
                        })
                    });
                    let models: Vec<Who> = all.iter().map(|s| s.who).collect();
                    let alt = look.alt();
                    view! {
                        {marks::marked(url, alt, &asked.question, asked.known, marks.collect())}
                        {marks::legend(asked.known, &models)}
                    }
                        .into_any()
                }
                _ => look.nothing().into_any(),
            }
        }}
        <div class="stack" aria-live="polite">
            {move || {
                shown
                    .get()
                    .map(|(asked, Drawn(all))| {
                        all.into_iter().map(|s| card(ctx, &asked, s)).collect_view()
                    })
            }}
        </div>
    }
}

/// Answers to be drawn: never taken for the same, as they are compared by no one.
#[derive(Clone)]
struct Drawn(Vec<Said>);

impl PartialEq for Drawn {
    fn eq(&self, _: &Self) -> bool {
        false
    }
}

/// One answer in words.
fn card(ctx: Ctx, asked: &Asked, said: Said) -> impl IntoView + use<> {
    let who = said.who;
    let head = view! {
        <span class=format!("swatch {}", marks::color(who))></span>
        <h2>{marks::name(who)}</h2>
    };
    let (answer, reading) = match said.outcome {
        Ok(found) => found,
        Err((message, hint)) => {
            return view! {
                <section class="panel">
                    <div class="row">{head}</div>
                    {notice::notice(
                        Tone::Error,
                        view! {
                            <p>
                                <strong>{message}</strong>
                            </p>
                            <p>{hint}</p>
                        },
                    )}
                </section>
            }
            .into_any();
        }
    };
    let tokens = match (answer.prompt_tokens, answer.completion_tokens) {
        (None, None) => None,
        (asked, said) => Some(format!(
            "{} in, {} out",
            number::count(asked.unwrap_or(0)),
            number::count(said.unwrap_or(0))
        )),
    };
    let facts: Vec<(&'static str, String)> = [
        ("Points at", Some(place(reading.found.as_ref()))),
        (
            "IoU",
            reading
                .iou
                .filter(|_| asked.known)
                .map(|v| format!("{v:.3}")),
        ),
        (
            "Time",
            answer
                .latency_ms
                .map(|t| format!("{} ms", number::count(t.round() as u64))),
        ),
        ("Tokens", tokens),
    ]
    .into_iter()
    .filter_map(|(name, value)| Some((name, value?)))
    .collect();
    view! {
        <section class="panel">
            <div class="row">{head} {verdict(asked, &answer, &reading)}</div>
            <dl class="facts">
                {facts
                    .into_iter()
                    .map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> })
                    .collect_view()}
            </dl>
            {code::code(ctx, "Answer", move || answer.answer.clone(), true)}
        </section>
    }
    .into_any()
}

fn verdict(asked: &Asked, answer: &Answer, reading: &Reading) -> AnyView {
    let (class, mark, text) = match reading {
        _ if answer.refused => ("state warn", icon::STOP, "Refused"),
        Reading { found: None, .. } => ("state warn", icon::ALERT, "No coordinates in it"),
        _ if !asked.known => ("state", icon::INFO, "The right place is not known"),
        Reading { hit: true, .. } => ("state ok", icon::CHECK, "Hit"),
        _ => ("state error", icon::CROSS, "Miss"),
    };
    view! { <span class=class>{icon(mark)} {text}</span> }.into_any()
}

/// Where an answer points, in pixels of the picture.
fn place(found: Option<&Found>) -> String {
    match found {
        None => "nothing".to_owned(),
        Some(Found::Point { x, y }) => format!("{x:.0}, {y:.0} px"),
        Some(Found::Box { x0, y0, x1, y1 }) => {
            format!("{x0:.0}, {y0:.0} to {x1:.0}, {y1:.0} px")
        }
    }
}
