//! Where a real job goes and when a job starts: settings, keys, schedule.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::part::field::{self, Text};
use crate::app::part::secret;
use crate::app::state::job_form::{self, JobForm, When};
use crate::problem::Problem;

/// Settings and keys of a real job.
pub(crate) fn connection(
    ctx: Ctx,
    form: RwSignal<JobForm>,
    problems: Memo<Vec<Problem>>,
) -> impl IntoView {
    let shown =
        Memo::new(move |_| form.with(|f| (!f.simulated && f.can_be_real()).then_some(f.provider)));
    move || {
        let vendor = shown.get()?.vendor();
        let fields = vendor
            .settings()
            .iter()
            .map(|name| {
                let path = format!("provider_options.{name}");
                let (label, hint) = job_form::field(&path).unwrap_or((name, ""));
                let found = move || {
                    problems.with(|all| all.iter().filter(|p| p.path == path).cloned().collect())
                };
                field::text(
                    Text {
                        id: name,
                        label,
                        hint: hint.to_owned(),
                        mode: "text",
                    },
                    move || form.with(|f| f.settings.get(name).cloned().unwrap_or_default()),
                    move |v| {
                        form.update(|f| {
                            f.settings.insert(name, v);
                        });
                    },
                    found,
                )
            })
            .collect_view();
        Some(view! {
            <section class="stack">
                <h2>"Connection"</h2>
                <div class="fields">{fields} {secret::keys(ctx, vendor.job_env_vars())} {secret::keys(ctx, vendor.optional_env_vars())}</div>
            </section>
        })
    }
}

/// When the job starts.
pub(crate) fn schedule(
    ctx: Ctx,
    form: RwSignal<JobForm>,
    problems: Memo<Vec<Problem>>,
) -> impl IntoView {
    let choices = When::ALL
        .iter()
        .map(|(_, id, name)| ((*id).to_owned(), (*name).to_owned()))
        .collect();
    let chosen = Memo::new(move |_| form.with(|f| f.start));
    view! {
        <div class="fields">
            {field::select(
                "start",
                "Start",
                choices,
                move || {
                    When::ALL.iter().find(|w| w.0 == chosen.get()).map_or("", |w| w.1).to_owned()
                },
                move |v| {
                    if let Some(w) = When::ALL.iter().find(|w| w.1 == v) {
                        form.update(|f| f.start = w.0);
                    }
                },
            )}
            {move || match chosen.get() {
                When::Now | When::WhenFree => None,
                When::At => {
                    let (label, hint) = job_form::field("start.at").unwrap_or_default();
                    Some(field::text(
                        Text {
                            id: "start.at",
                            label,
                            hint: hint.into(),
                            mode: "text",
                        },
                        move || form.with(|f| f.start_at.clone()),
                        move |v| form.update(|f| f.start_at = v),
                        move || {
                            problems.with(|all| {
                                all.iter().filter(|p| p.path == "start.at").cloned().collect()
                            })
                        },
                    ))
                }
                When::After => {
                    let mut jobs: Vec<(String, String)> = ctx
                        .jobs
                        .with(|l| l.iter().map(|j| (j.job_id.clone(), j.job_id.clone())).collect());
                    jobs.insert(0, (String::new(), "choose a job".into()));
                    Some(
                        field::select(
                            "start.after",
                            "Job to wait for",
                            jobs,
                            move || form.with(|f| f.start_after.clone()),
                            move |v| form.update(|f| f.start_after = v),
                        ),
                    )
                }
            }}
        </div>
    }
}
