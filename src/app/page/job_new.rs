//! A new job: what to train and where, with everything that would stop it beside the button.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::page::{self, job_check, job_connect};
use crate::app::part::field::{self, Text};
use crate::app::part::notice::Tone;
use crate::app::part::{job_state, notice};
use crate::app::route::Route;
use crate::app::state::config_form::problems_at;
use crate::app::state::job_form::{self, JobForm};
use crate::app::state::{number, reach};
use crate::app::{dataset, work};
use crate::job::FineTuneConfig;
use crate::problem::Problem;
use crate::provider::{PROVIDERS, ProviderName, Scenario};

pub(crate) fn page(ctx: Ctx) -> impl IntoView {
    let first = JobForm::new(PROVIDERS[0].name(), &taken(ctx));
    let form = RwSignal::new(ctx.draft.get_untracked().unwrap_or_else(|| first.clone()));
    let starting = RwSignal::new(false);
    // What was typed is here again after a look at another page.
    let untouched = first.clone();
    on_cleanup(move || {
        let left = form.get_untracked();
        let started = starting.get_untracked();
        ctx.draft
            .set((!started && left != untouched).then_some(left));
    });
    let begun = Memo::new(move |_| form.with(|f| *f != first));
    let read =
        Memo::new(move |_| form.with(|f| f.read(&dataset::path(ctx), ctx.validation_split.get())));
    let config = Memo::new(move |_| {
        let (config, wrong) = read.get();
        wrong.is_empty().then_some(config)
    });
    let problems = Memo::new(move |_| {
        let (config, mut out) = read.get();
        // After a reload the store opens later than the page.
        ctx.opened.track();
        let found = ctx.work().map(|w| w.tuner.problems(&config));
        for p in found.unwrap_or_default() {
            // What was typed there could not be used: that is told already.
            if out.iter().all(|o| o.path != p.path) {
                out.push(p);
            }
        }
        // A practice run talks to nobody, and keeps no settings.
        let options = &config.provider_options;
        for (path, address) in [
            ("provider_options.base_url", &options.base_url),
            ("provider_options.storage_url", &options.storage_url),
            ("provider_options.trainer_url", &options.trainer_url),
        ] {
            let address = address.as_deref().unwrap_or_default();
            out.extend(reach::refused(address, path));
        }
        if form.with(|f| f.earlier.is_some()) {
            return out;
        }
        if ctx.samples.with(std::collections::BTreeMap::is_empty) {
            out.push(
                Problem::error("no_samples", "", "there are no samples yet")
                    .hint("generate some first"),
            );
        } else if ctx.run.with(Option::is_some) {
            out.push(
                Problem::error("still_generating", "", "samples are still being generated")
                    .hint("wait for the run or cancel it"),
            );
        }
        out
    });
    view! {
        <div class="page">
            {page::head(
                "New job",
                move || match form.with(|f| f.earlier.clone()) {
                    None => {
                        let here = ctx.samples.with(|s| s.len() as u64);
                        format!("Over {}", number::things(here, "sample"))
                    }
                    Some(e) => {
                        let there = number::things(e.samples, "sample");
                        format!("Over the {there} of {}, which it tries again", e.job_id)
                    }
                },
                view! {
                    {move || form.with(|f| f.earlier.is_some()).then(|| over_these(ctx, form))}
                    {move || begun.get().then(|| start_over(ctx, form))}
                    <a class="button" href="#/jobs">"All jobs"</a>
                },
            )}
            <div class="split-view">
                <div class="stack form">{fields(ctx, form, problems)}</div>
                <div class="stack preview-side outcome">{preflight(ctx, form, config, problems, starting)}</div>
            </div>
        </div>
    }
}

/// Leaves the dataset of the earlier job for the samples there are.
fn over_these(ctx: Ctx, form: RwSignal<JobForm>) -> impl IntoView {
    let change = move |_| {
        form.update(|f| {
            f.earlier = None;
            f.name = JobForm::new(f.provider, &taken(ctx)).name;
        });
    };
    view! {
        <button type="button" class="button" on:click=change>
            "Over this browser’s samples instead"
        </button>
    }
}

/// Forgets what was typed.
fn start_over(ctx: Ctx, form: RwSignal<JobForm>) -> impl IntoView {
    let fresh = move |_| form.set(JobForm::new(PROVIDERS[0].name(), &taken(ctx)));
    view! {
        <button type="button" class="button" on:click=fresh>
            "Start over"
        </button>
    }
}

/// Whether a job or a model has this name already.
fn taken(ctx: Ctx) -> impl Fn(&str) -> bool {
    let jobs = ctx
        .jobs
        .with_untracked(|l| l.iter().map(|j| j.job_id.clone()).collect::<Vec<_>>());
    let keys = ctx
        .models
        .with_untracked(|l| l.iter().map(|m| m.key.clone()).collect::<Vec<_>>());
    move |name| jobs.iter().chain(&keys).any(|x| x == name)
}

fn fields(ctx: Ctx, form: RwSignal<JobForm>, problems: Memo<Vec<Problem>>) -> impl IntoView {
    let at = move |path: &'static str| {
        move || {
            problems_at(&problems.get(), path)
                .cloned()
                .collect::<Vec<_>>()
        }
    };
    let member = move |id: &'static str, m: fn(&mut JobForm) -> &mut String| {
        let (label, hint) = job_form::field(id).unwrap_or((id, ""));
        field::text(
            Text {
                id,
                label,
                hint: hint.to_owned(),
                mode: "text",
            },
            move || m(&mut form.get()).clone(),
            move |v| form.update(|f| *m(f) = v),
            at(id),
        )
    };
    view! {
        {field::chips(
            "Provider",
            "",
            || PROVIDERS.iter().map(|v| (v.name(), v.label().to_owned())).collect(),
            move |p: &ProviderName| form.with(|f| f.provider == *p),
            move |p| form.update(|f| *f = f.moved_to(p, &taken(ctx))),
            Vec::new,
        )}
        <div class="fields">
            <div class="field wide">
                {member("base_model", |f| &mut f.base_model)}
                <div class="chips">
                    {move || {
                        form.with(|f| f.provider)
                            .vendor()
                            .base_models()
                            .iter()
                            .map(|m| {
                                view! {
                                    <button
                                        type="button"
                                        class="chip"
                                        title=m.note
                                        aria-pressed=move || {
                                            form.with(|f| f.base_model == m.id).to_string()
                                        }
                                        on:click=move |_| {
                                            form.update(|f| f.base_model = m.id.to_owned())
                                        }
                                    >
                                        {m.id}
                                    </button>
                                }
                            })
                            .collect_view()
                    }}
                </div>
            </div>
            {member("job_name", |f| &mut f.name)}
            {member("register_llm_key", |f| &mut f.key)}
            <div class="field wide">
                {member("description", |f| &mut f.description)}
            </div>
            {member("hyperparameters.n_epochs", |f| &mut f.epochs)}
            {member("hyperparameters.batch_size", |f| &mut f.batch_size)}
            {member("hyperparameters.learning_rate_multiplier", |f| &mut f.rate)}
        </div>
        <div class="stack switches">
            {field::check_if(
                move || form.with(JobForm::can_be_real),
                "Simulated",
                "nothing is sent, nothing is trained; every name and file is marked",
                move || form.with(|f| f.simulated || !f.can_be_real()),
                move |v| form.update(|f| f.simulated = v),
            )}
            {move || {
                form.with(|f| !f.can_be_real())
                    .then(|| {
                        view! {
                            <p class="hint">
                                "No real jobs at this vendor from here. Format the dataset and create the job with the vendor’s own tools."
                            </p>
                        }
                    })
            }}
            {move || {
                form.with(|f| f.simulated || !f.can_be_real())
                    .then(|| {
                        view! {
                            <div class="fields">
                                {field::select(
                                    "scenario",
                                    "What happens",
                                    Scenario::ALL
                                        .iter()
                                        .map(|s| (s.1.to_owned(), s.2.to_owned()))
                                        .collect(),
                                    move || {
                                        form.with(|f| {
                                            Scenario::ALL
                                                .iter()
                                                .find(|s| s.0 == f.scenario)
                                                .map_or("", |s| s.1)
                                                .to_owned()
                                        })
                                    },
                                    move |v| {
                                        if let Some(s) = Scenario::ALL.iter().find(|s| s.1 == v) {
                                            form.update(|f| f.scenario = s.0);
                                        }
                                    },
                                )}
                                {member("provider_options.simulated.speed", |f| &mut f.speed)}
                            </div>
                        }
                    })
            }}
        </div>
        {job_connect::connection(ctx, form, problems)}
        {job_connect::schedule(ctx, form, problems)}
    }
}

fn preflight(
    ctx: Ctx,
    form: RwSignal<JobForm>,
    config: Memo<Option<FineTuneConfig>>,
    problems: Memo<Vec<Problem>>,
    starting: RwSignal<bool>,
) -> impl IntoView {
    let checked: job_check::Checked = RwSignal::new_local(None);
    let checking = RwSignal::new(false);
    // Another key may do something else.
    Effect::new(move |first: Option<()>| {
        ctx.keys.track();
        if first.is_some() {
            checked.set(None);
        }
    });
    let check = move |_| {
        if let Some(config) = config.get_untracked() {
            let stored = form.with_untracked(|f| f.earlier.is_some());
            job_check::run(ctx, config, stored, checked, checking);
        }
    };
    let practice = Memo::new(move |_| form.with(|f| f.simulated || !f.can_be_real()));
    // A real job starts only after its owner has seen what goes where.
    let ready = move || {
        practice.get() || config.with(|c| c.as_ref().is_some_and(|c| job_check::passed(checked, c)))
    };
    let start = move |_| {
        let Some(config) = config.get_untracked() else {
            return;
        };
        let earlier = form.with_untracked(|f| f.earlier.as_ref().map(|e| e.job_id.clone()));
        starting.set(true);
        leptos::task::spawn_local(async move {
            let started = match earlier {
                Some(earlier) => work::start_again(ctx, &earlier, config).await,
                None => match dataset::store(ctx).await {
                    Ok(()) => work::start(ctx, config).await,
                    Err(e) => Err(e),
                },
            };
            match started {
                Ok(id) => ctx.go(&Route::Job(id)),
                Err(e) => {
                    let _ = starting.try_set(false);
                    ctx.failed("The job was not started", e);
                }
            }
        });
    };
    view! {
        <section class="stack">
            <h2>"Before it starts"</h2>
            <div class="stack" aria-live="polite">
                {move || {
                    let found = problems.get();
                    // The check below has the last word.
                    let refused = config
                        .with(|c| c.as_ref().and_then(|c| job_check::told(checked, c)))
                        == Some(false);
                    (!(found.is_empty() && refused))
                        .then(|| job_state::problems(&found, "Nothing stands in the way"))
                }}
            </div>
            {move || {
                practice
                    .get()
                    .then(|| {
                        notice::notice(
                            Tone::Info,
                            view! {
                                <strong>"Simulated — nothing is sent. "</strong>
                                "The dataset is split, formatted and checked as for a real job; states, events and losses are made up, the same each time."
                            },
                        )
                    })
            }}
            {move || {
                let c = config.get()?;
                let samples = form
                    .with(|f| f.earlier.as_ref().map(|e| e.samples))
                    .unwrap_or_else(|| ctx.samples.with(|s| s.len() as u64));
                Some(
                    view! {
                        <dl class="facts">
                            <dt>"Goes to"</dt>
                            <dd>
                                {if practice.get() {
                                    "nobody".to_owned()
                                } else {
                                    c.provider.vendor().label().to_owned()
                                }}
                            </dd>
                            <dt>"Line format"</dt>
                            <dd class="mono">{c.provider.vendor().format_for(&c.provider_options)}</dd>
                            <dt>"Samples"</dt>
                            <dd>
                                {format!(
                                    "{} · {} for validation",
                                    number::count(samples),
                                    number::percent(c.validation_split),
                                )}
                            </dd>
                            <dt>"Files"</dt>
                            <dd class="mono">
                                {format!("{}/{}", job_form::OUTPUT_DIR, c.job_name.unwrap_or_default())}
                            </dd>
                        </dl>
                    },
                )
            }}
            {move || {
                let config = config.get()?;
                problems.with(|known| job_check::view(checked, &config, known))
            }}
            <div class="row">
                <button
                    type="button"
                    class="button"
                    disabled=move || {
                        checking.get() || config.with(Option::is_none)
                            || problems.with(|p| job_state::blocked(p))
                    }
                    on:click=check
                >
                    {move || if checking.get() { "Checking…" } else { "Check what is sent" }}
                </button>
                <button
                    type="button"
                    class="button primary"
                    title=move || {
                        let told = config
                            .with(|c| c.as_ref().and_then(|c| job_check::told(checked, c)));
                        (!ready())
                            .then_some(match told {
                                Some(_) => "mend what the check found",
                                None => "check what is sent first",
                            })
                    }
                    disabled=move || {
                        starting.get() || config.with(Option::is_none) || !ready()
                            || problems.with(|p| job_state::blocked(p))
                    }
                    on:click=start
                >
                    {move || match (starting.get(), practice.get()) {
                        (true, _) => "Starting…",
                        (false, true) => "Start simulated job",
                        (false, false) => "Start job",
                    }}
                </button>
                {move || {
                    ctx.samples
                        .with(std::collections::BTreeMap::is_empty)
                        .then(|| view! { <a class="button" href="#/generate">"Generate samples"</a> })
                }}
            </div>
        </section>
    }
}
