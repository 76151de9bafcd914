//! The answers of each model: kept in this browser, loaded from files, pasted.

use leptos::prelude::*;

use crate::app::browser;
use crate::app::context::Ctx;
use crate::app::page::compare::{Desk, problem};
use crate::app::part::icon::{self, icon};
use crate::app::part::{field, marks};
use crate::app::state::number;
use crate::error::Result;
use crate::problem::Problem;
use crate::registry::Who;
use crate::registry::compare::{AnswerBook, Answers, read_answers, write_answers};

/// What tells the answers of one model from those of others: not the address, which may be a
/// proxy today and the vendor tomorrow.
fn model_id(desk: Desk, who: Who) -> String {
    desk.form.with(|f| {
        let name = match who {
            Who::Tuned => &f.tuned_name,
            Who::Base => &f.base_name,
        };
        format!("{} {} of {}", marks::name(who), name.trim(), f.model)
    })
}

/// The book of one model's answers.
///
/// # Errors
/// `store_closed` before the browser's database is open.
pub(crate) fn book(desk: Desk, who: Who) -> Result<AnswerBook> {
    at(desk.ctx, &ids(desk, who))
}

/// Questions and model whose answers are meant.
fn ids(desk: Desk, who: Who) -> (String, String) {
    untrack(|| (desk.source.id(desk.ctx), model_id(desk, who)))
}

fn at(ctx: Ctx, (source, model): &(String, String)) -> Result<AnswerBook> {
    let work = ctx.work().ok_or_else(crate::app::work::closed)?;
    Ok(AnswerBook::new(work.ports.store, source, model))
}

/// Reads the answers again whenever other questions or other models are meant.
pub(crate) fn follow(desk: Desk) {
    for who in [Who::Tuned, Who::Base] {
        let which = Memo::new(move |_| {
            let open = desk.ctx.drivers.with(Option::is_some);
            (open, desk.source.id(desk.ctx), model_id(desk, who))
        });
        Effect::new(move |_| {
            let wanted = which.get();
            let Ok(book) = book(desk, who) else { return };
            leptos::task::spawn_local(async move {
                match book.read().await {
                    // Something else may be meant by now.
                    Ok(answers) if which.try_get_untracked() == Some(wanted) => {
                        let _ = desk.answers.of(who).try_set(answers);
                    }
                    Ok(_) => {}
                    Err(e) => desk.ctx.failed("Answers could not be read", e),
                }
            });
        });
    }
}

/// How many answers there are, with the ways to more.
pub(crate) fn panel(desk: Desk, who: Who) -> impl IntoView {
    let wrong = RwSignal::new(None::<Problem>);
    let pasted = RwSignal::new(String::new());
    let count = move || {
        let questions = desk.source.questions.get();
        let held = desk.answers.of(who);
        let (mine, all) = held.with(|a| {
            let mine = questions.iter().filter(|q| a.contains_key(&q.id)).count();
            (mine, a.len())
        });
        let mut text = format!(
            "{} of {} answered",
            number::count(mine as u64),
            number::count(questions.len() as u64)
        );
        if all > mine {
            text += &format!(
                ", {} to other questions",
                number::count((all - mine) as u64)
            );
        }
        text
    };
    let load = move |e: leptos::ev::Event| {
        let input: web_sys::HtmlInputElement = event_target(&e);
        let Some(file) = input.files().and_then(|f| f.get(0)) else {
            return;
        };
        leptos::task::spawn_local(async move {
            match browser::file_text(&file).await {
                Ok(text) => take(desk, who, text, wrong).await,
                Err(e) => desk.ctx.failed("The file could not be read", e),
            }
            input.set_value("");
        });
    };
    let paste = move |_| {
        let text = pasted.get_untracked();
        leptos::task::spawn_local(async move {
            take(desk, who, text, wrong).await;
            if wrong.try_get_untracked().flatten().is_none() {
                let _ = pasted.try_set(String::new());
            }
        });
    };
    let none = move || {
        desk.answers
            .of(who)
            .with(std::collections::BTreeMap::is_empty)
    };
    let id = match who {
        Who::Tuned => "answers-tuned",
        Who::Base => "answers-base",
    };
    let title = format!("Answers of the {} model", marks::name(who).to_lowercase());
    let load_label = format!("Load a file: {}", marks::name(who));
    view! {
        <section class="panel answers" aria-label=title>
            <div class="row">
                <span class=format!("swatch {}", marks::color(who))></span>
                <h2>{marks::name(who)}</h2>
                <span class="dim">{count}</span>
            </div>
            <div class="row">
                <label class="button small">
                    {icon(icon::UPLOAD)}
                    "Load answers"
                    <input
                        class="visually-hidden"
                        type="file"
                        accept=".jsonl,.json,.txt,application/jsonl"
                        aria-label=load_label
                        on:change=load
                    />
                </label>
                <button
                    type="button"
                    class="button small"
                    disabled=none
                    on:click=move |_| save(desk, who)
                >
                    {icon(icon::DOWNLOAD)}
                    "Save"
                </button>
                <button
                    type="button"
                    class="button quiet small"
                    disabled=move || none() || desk.busy()
                    on:click=move |_| forget(desk, who)
                >
                    "Forget"
                </button>
            </div>
            <details class="details">
                <summary>"Paste answers"</summary>
                <div class="stack">
                    <label class="visually-hidden" for=id>
                        {format!("Answers of the {} model, one a line", marks::name(who).to_lowercase())}
                    </label>
                    <textarea
                        class="input"
                        id=id
                        rows="4"
                        spellcheck="false"
                        placeholder="{\"id\":\"12/t3\",\"answer\":\"[640,360]\"}"
                        prop:value=move || pasted.get()
                        on:input=move |e| pasted.set(event_target_value(&e))
                    ></textarea>
                    <p class="hint">"one JSON object a line; save the questions to see their ids"</p>
                    <div class="row">
                        <button
                            type="button"
                            class="button small"
                            disabled=move || pasted.with(|p| p.trim().is_empty())
                            on:click=paste
                        >
                            "Take these"
                        </button>
                    </div>
                </div>
            </details>
            <div aria-live="polite">{move || wrong.get().map(|p| field::problem(&p))}</div>
        </section>
    }
}

/// Takes answers in: all or none. They replace those to the same questions.
async fn take(desk: Desk, who: Who, text: String, wrong: RwSignal<Option<Problem>>) {
    let taken = async || -> Result<()> {
        let new = read_answers(&text)?;
        book(desk, who)?.keep_all(&new).await?;
        let _ = desk.answers.of(who).try_update(|a| a.extend(new));
        Ok(())
    };
    let found = taken().await.err().map(|e| {
        let mut p = problem(&e);
        if !p.path.is_empty() {
            p.message = format!("{}: {}", p.path, p.message);
        }
        p
    });
    let _ = wrong.try_set(found);
}

fn save(desk: Desk, who: Who) {
    let name = format!("answers-{}.jsonl", marks::name(who).to_lowercase());
    match desk.answers.of(who).with_untracked(write_answers) {
        Ok(text) => browser::save(desk.ctx, text.as_bytes(), "application/jsonl", &name),
        Err(e) => desk.ctx.failed("Not saved", e),
    }
}

/// Forgets the answers, with a way back.
fn forget(desk: Desk, who: Who) {
    let (ctx, signal) = (desk.ctx, desk.answers.of(who));
    let meant = ids(desk, who);
    let old = signal.get_untracked();
    leptos::task::spawn_local(async move {
        let cleared = async || at(ctx, &meant)?.clear().await;
        if let Err(e) = cleared().await {
            return ctx.failed("Not forgotten", e);
        }
        let _ = signal.try_set(Answers::new());
        let gone = number::things(old.len() as u64, "answer");
        ctx.done(format!("{gone} forgotten"), move || {
            let (old, meant) = (old.clone(), meant.clone());
            leptos::task::spawn_local(async move {
                let kept = async || at(ctx, &meant)?.keep_all(&old).await;
                match kept().await {
                    // Other answers may be shown by now, or another page.
                    Ok(()) if signal.try_get_untracked().is_some() && ids(desk, who) == meant => {
                        signal.update(|a| a.extend(old));
                    }
                    Ok(()) => {}
                    Err(e) => ctx.failed("Not put back", e),
                }
            });
        });
    });
}
