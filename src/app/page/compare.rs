//! Base model against tuned model: the same questions to both, from recorded answers or asked here.

use std::sync::Arc;

use futures_util::future::{AbortHandle, abortable};
use leptos::prelude::*;

use crate::app::browser;
use crate::app::context::Ctx;
use crate::app::page::compare_source::Source;
use crate::app::page::{self, compare_answers as held, compare_result as result};
use crate::app::part::icon::{self, icon};
use crate::app::part::marks;
use crate::app::part::notice::{self, Tone};
use crate::app::part::progress::progress;
use crate::app::part::{ask, field};
use crate::app::state::ask_form::{self, AskForm};
use crate::app::state::progress::Progress;
use crate::error::Result;
use crate::problem::Problem;
use crate::registry::compare::{Answers, Asker, Comparison, Prices, ask_all, compare};
use crate::registry::{RegistryEntry, Who};

/// Questions under way at a time.
const AT_ONCE: usize = 4;

/// The answers of both models.
#[derive(Clone, Copy)]
pub(crate) struct Both {
    tuned: RwSignal<Answers>,
    base: RwSignal<Answers>,
}

impl Both {
    /// Those of one model.
    pub(crate) fn of(self, who: Who) -> RwSignal<Answers> {
        match who {
            Who::Tuned => self.tuned,
            Who::Base => self.base,
        }
    }
}

/// Everything the parts of the page share.
#[derive(Clone, Copy)]
pub(crate) struct Desk {
    pub(crate) ctx: Ctx,
    pub(crate) form: RwSignal<AskForm>,
    pub(crate) entry: Memo<Option<RegistryEntry>>,
    pub(crate) source: Source,
    pub(crate) answers: Both,
    pub(crate) prices: RwSignal<[String; 4]>,
    running: RwSignal<Option<(Who, Progress)>>,
    failure: RwSignal<Option<Problem>>,
    handle: StoredValue<Option<AbortHandle>>,
    /// The comparison of what both answered; stands still while questions are asked.
    pub(crate) found: Memo<Option<std::result::Result<Arc<Comparison>, Problem>>>,
}

pub(crate) fn page(ctx: Ctx, reference: String) -> impl IntoView {
    let desk = Desk::new(ctx, reference);
    held::follow(desk);
    on_cleanup(move || {
        if let Some(h) = desk.handle.try_get_value().flatten() {
            h.abort();
        }
    });
    view! {
        <div class="page">
            {page::head(
                "Compare",
                "Is the tuned model better than its base? The same questions to both",
                view! { <a class="button" href="#/models">"All models"</a> },
            )}
            <div class="split-view">
                <div class="stack form">
                    // What is asked, whom and where stays as it is while it is asked.
                    <fieldset class="stack plain" disabled=move || desk.busy()>
                        {desk.source.fields()}
                        {ask::model(ctx, desk.form)}
                        {ask::connection(ctx, desk.form, desk.entry)}
                    </fieldset>
                    {prices(desk)}
                    {run(desk)}
                    <fieldset class="stack plain" disabled=move || desk.busy()>
                        {held::panel(desk, Who::Tuned)}
                        {held::panel(desk, Who::Base)}
                    </fieldset>
                </div>
                <div class="stack">{result::view(desk)}</div>
            </div>
        </div>
    }
}

impl Desk {
    fn new(ctx: Ctx, reference: String) -> Self {
        let form = ask::form(ctx, reference);
        // Both are compared, so both are asked.
        Effect::new(move |_| {
            if form.with(|f| !f.base_too) {
                form.update(|f| f.base_too = true);
            }
        });
        let source = Source::new(ctx);
        let answers = Both {
            tuned: RwSignal::new(Answers::new()),
            base: RwSignal::new(Answers::new()),
        };
        let prices = RwSignal::new(std::array::from_fn(|_| String::new()));
        let running = RwSignal::new(None::<(Who, Progress)>);
        let found = Memo::new(move |old: Option<&Option<_>>| {
            if running.with(Option::is_some) {
                return old.cloned().flatten();
            }
            let questions = source.questions.get();
            let priced = |who: Who| {
                let p = prices.with(|p: &[String; 4]| price(p, who));
                answers
                    .of(who)
                    .with(|a| p.map_or_else(|| a.clone(), |p| p.applied(a)))
            };
            let (base, tuned) = (priced(Who::Base), priced(Who::Tuned));
            if base.is_empty() || tuned.is_empty() || questions.is_empty() {
                return None;
            }
            let made = form.with(|f| -> Result<Comparison> {
                let of_base = f.convention(Who::Base)?;
                let of_tuned = f.convention(Who::Tuned)?;
                compare(&questions, (&base, of_base), (&tuned, of_tuned))
            });
            Some(made.map(Arc::new).map_err(|e| problem(&e)))
        });
        Self {
            ctx,
            form,
            entry: ask::entry(ctx, form),
            source,
            answers,
            prices,
            running,
            failure: RwSignal::new(None),
            handle: StoredValue::new(None),
            found,
        }
    }

    /// Whether questions are being asked.
    pub(crate) fn busy(self) -> bool {
        self.running.with(Option::is_some)
    }

    /// Asks both models what they have not answered yet.
    async fn ask(self, entry: RegistryEntry, form: AskForm) -> Result<()> {
        let work = self.ctx.work().ok_or_else(crate::app::work::closed)?;
        let questions = self.source.questions.get_untracked();
        for who in form.asked() {
            let (who, signal) = (*who, self.answers.of(*who));
            let book = held::book(self, who)?;
            let convention = form.convention(who)?;
            let endpoint = form.endpoint(&entry, who)?;
            let asker = Asker::new(&work.ports, &entry, convention, endpoint)?;
            // What was answered before is not asked, and paid for, again.
            let mut answers = book.read().await?;
            signal.set(answers.clone());
            let asked = |a: &Answers| questions.iter().filter(|q| a.contains_key(&q.id)).count();
            let mut done = asked(&answers) as u64;
            let start = (browser::now(), done);
            let mut shown = Progress::new(questions.len() as u64);
            shown.done = done;
            self.running.set(Some((who, shown)));
            ask_all(
                &asker,
                &questions,
                &mut answers,
                AT_ONCE,
                async |q| self.source.bytes(self.ctx, q).await,
                async |answer| {
                    book.keep(answer).await?;
                    signal.update(|a| {
                        a.insert(answer.id.clone(), answer.clone());
                    });
                    done += 1;
                    let seconds = (browser::now() - start.0) / 1000.0;
                    self.running.update(|r| {
                        if let Some((_, p)) = r {
                            p.report(done, seconds);
                        }
                    });
                    Ok(())
                },
            )
            .await?;
        }
        Ok(())
    }
}

/// The prices of one model as they were typed; `None` when none or nonsense was.
fn price(typed: &[String; 4], who: Who) -> Option<Prices> {
    let at = match who {
        Who::Base => 0,
        Who::Tuned => 2,
    };
    let [prompt, completion] = [at, at + 1].map(|i| ask_form::price(&typed[i]).ok().flatten());
    Some(Prices {
        prompt: prompt?,
        completion: completion?,
    })
}

/// An error as a finding beside a field.
pub(crate) fn problem(e: &crate::Error) -> Problem {
    Problem::error(
        e.code().to_owned(),
        e.path().unwrap_or_default().to_owned(),
        e.message().to_owned(),
    )
    .hint(e.hint_text().unwrap_or_default().to_owned())
}

fn prices(desk: Desk) -> impl IntoView {
    const FIELDS: [(&str, &str); 4] = [
        ("price-base-in", "Base, questions"),
        ("price-base-out", "Base, answers"),
        ("price-tuned-in", "Tuned, questions"),
        ("price-tuned-out", "Tuned, answers"),
    ];
    view! {
        <details class="details">
            <summary>"Prices, for the cost"</summary>
            <div class="stack">
                <p class="hint">"US dollars for a million tokens, from your vendor’s price list"</p>
                <div class="fields">
                    {FIELDS
                        .iter()
                        .enumerate()
                        .map(|(i, (id, label))| {
                            field::text(
                                field::Text {
                                    id,
                                    label,
                                    hint: String::new(),
                                    mode: "decimal",
                                },
                                move || desk.prices.with(|p| p[i].clone()),
                                move |v| desk.prices.update(|p| p[i] = v),
                                // Questions and answers of a model stand in pairs.
                                move || desk.prices.with(|p| ask_form::price_faults(&p[i], &p[i ^ 1])),
                            )
                        })
                        .collect_view()}
                </div>
            </div>
        </details>
    }
}

/// The button that asks, its progress, and what stopped it.
fn run(desk: Desk) -> impl IntoView {
    let open = Memo::new(move |_| {
        let questions = desk.source.questions.get();
        [Who::Tuned, Who::Base]
            .map(|who| {
                let held = desk.answers.of(who);
                held.with(|a| questions.iter().filter(|q| !a.contains_key(&q.id)).count())
            })
            .iter()
            .sum::<usize>()
    });
    let ready = move || {
        let can = desk.entry.with(|e| {
            e.as_ref().is_some_and(|e| {
                desk.form
                    .with(|f| f.asked().iter().all(|w| f.can_ask(e, *w)))
            })
        });
        can && open.get() > 0 && !desk.source.in_the_making(desk.ctx)
    };
    let go = move |_| {
        let Some(entry) = desk.entry.get_untracked() else {
            return;
        };
        desk.failure.set(None);
        let (work, handle) = abortable(desk.ask(entry, desk.form.get_untracked()));
        desk.handle.set_value(Some(handle));
        leptos::task::spawn_local(async move {
            if let Ok(Err(e)) = work.await {
                let _ = desk.failure.try_set(Some(problem(&e)));
            }
            let _ = desk.running.try_set(None);
        });
    };
    let cancel = move |_| {
        if let Some(h) = desk.handle.get_value() {
            h.abort();
        }
    };
    let label = move || match open.get() {
        _ if desk.source.in_the_making(desk.ctx) => "Samples are being made…".to_owned(),
        0 => "Nothing left to ask".to_owned(),
        n => format!(
            "Ask both, {} to go",
            crate::app::state::number::count(n as u64)
        ),
    };
    let shown = Memo::new(move |_| desk.running.with(|r| r.as_ref().map(|(who, _)| *who)));
    let bar = Signal::derive(move || {
        desk.running.with(|r| {
            r.as_ref()
                .map_or_else(Progress::default, |(_, p)| p.clone())
        })
    });
    view! {
        <div class="row">
            {move || {
                if shown.get().is_some() {
                    view! {
                        <button type="button" class="button" on:click=cancel>
                            {icon(icon::STOP)}
                            "Cancel"
                        </button>
                    }
                        .into_any()
                } else {
                    view! {
                        <button
                            type="button"
                            class="button primary"
                            disabled=move || !ready()
                            on:click=go
                        >
                            {label}
                        </button>
                    }
                        .into_any()
                }
            }}
        </div>
        {move || {
            shown
                .get()
                .map(|who| {
                    view! {
                        <p>{format!("Asking the {} model…", marks::name(who).to_lowercase())}</p>
                        {progress("Asking", bar)}
                    }
                })
        }}
        <div aria-live="polite">
            {move || {
                desk.failure
                    .get()
                    .map(|p| {
                        notice::notice(
                            Tone::Error,
                            view! {
                                {field::problem(&p)}
                                <p>"Ask again to go on."</p>
                            },
                        )
                    })
            }}
        </div>
    }
}
