//! Which model is asked, where, and with which key: shared by the pages that ask.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::part::field::{self, Text};
use crate::app::part::notice::{self, Tone};
use crate::app::part::secret;
use crate::app::state::ask_form::AskForm;
use crate::app::state::reach;
use crate::problem::{Problem, Severity};
use crate::registry::{RegistryEntry, Who};
use crate::task::coords::CONVENTIONS;

/// The form for the model `reference`, or the first one there is; models that are read from the
/// store later count until the user has touched the form.
pub(crate) fn form(ctx: Ctx, reference: String) -> RwSignal<AskForm> {
    let form = RwSignal::new(AskForm::new(None));
    let wanted = reference.clone();
    Effect::new(move |told: Option<bool>| {
        let missing = !wanted.is_empty()
            && ctx.opened.get()
            && ctx
                .models
                .with_untracked(|all| all.iter().all(|l| l.find(&wanted).is_none()));
        if missing && told != Some(true) {
            let text = format!("There is no model {wanted} in this browser; choose another");
            ctx.toast(Tone::Error, text);
        }
        missing
    });
    Effect::new(move |done: Option<bool>| {
        let first = ctx.models.with(|all| {
            if reference.is_empty() {
                return all.first().and_then(|l| l.current().cloned());
            }
            // No other model is taken for one that is not there.
            all.iter().find_map(|l| l.find(&reference).cloned())
        });
        if done == Some(true) || form.with_untracked(|f| !f.model.is_empty()) {
            return true;
        }
        if let Some(e) = &first {
            form.set(AskForm::new(Some(e)));
        }
        first.is_some()
    });
    form
}

/// The registered model that the form names.
pub(crate) fn entry(ctx: Ctx, form: RwSignal<AskForm>) -> Memo<Option<RegistryEntry>> {
    let wanted = Memo::new(move |_| form.with(|f| f.model.clone()));
    Memo::new(move |_| {
        let wanted = wanted.get();
        ctx.models
            .with(|all| all.iter().find_map(|l| l.find(&wanted).cloned()))
    })
}

/// The choice of a model.
pub(crate) fn model(ctx: Ctx, form: RwSignal<AskForm>) -> AnyView {
    let chosen = move || form.with(|f| f.model.clone());
    let choices = move || {
        let mut out = vec![(String::new(), "none, answers are pasted".to_owned())];
        ctx.models.with(|all| {
            for l in all {
                for e in l.versions.iter().rev() {
                    let current = if e.version == l.current {
                        ", current"
                    } else {
                        ""
                    };
                    let mark = if e.provenance.simulated {
                        ", SIMULATED"
                    } else {
                        ""
                    };
                    let name = format!("{}, version {}{current}{mark}", l.key, e.version);
                    out.push((e.reference(), name));
                }
            }
        });
        out
    };
    let choose = move |e: leptos::ev::Event| {
        let wanted = event_target_value(&e);
        let entry = ctx
            .models
            .with_untracked(|all| all.iter().find_map(|l| l.find(&wanted).cloned()));
        form.set(AskForm::new(entry.as_ref()));
    };
    view! {
        <div class="field">
            <label class="field-label" for="ask-model">"Registered model"</label>
            <select class="input" id="ask-model" on:change=choose prop:value=chosen>
                {move || {
                    let now = form.with_untracked(|f| f.model.clone());
                    choices()
                        .into_iter()
                        .map(|(id, name)| {
                            let on = id == now;
                            view! {
                                <option value=id selected=on>
                                    {name}
                                </option>
                            }
                        })
                        .collect_view()
                }}
            </select>
        </div>
    }
    .into_any()
}

/// Address, names, conventions and key.
pub(crate) fn connection(
    ctx: Ctx,
    form: RwSignal<AskForm>,
    entry: Memo<Option<RegistryEntry>>,
) -> AnyView {
    let base = Memo::new(move |_| form.with(|f| f.base_too));
    let found = Memo::new(move |_| {
        let (entry, f) = (entry.get()?, form.get());
        let wrong = |e: crate::error::Error| {
            let hint = e.hint_text().unwrap_or_default().to_owned();
            let path = e.path().unwrap_or_default().to_owned();
            Problem::error(e.code().to_owned(), path, e.message().to_owned()).hint(hint)
        };
        let found = f.endpoint(&entry, Who::Tuned).map_err(wrong);
        Some(match reach::refused(&f.base_url, "base_url") {
            Some(p) => Err(p),
            None => found,
        })
    });
    let simulated =
        Memo::new(move |_| entry.with(|e| e.as_ref().is_some_and(|e| e.provenance.simulated)));
    let key = Memo::new(move |_| found.get()?.ok()?.key_env);
    let known = Memo::new(move |_| {
        let f = AskForm::new(entry.get().as_ref());
        let e = f.endpoint(&entry.get()?, Who::Tuned).ok()?;
        Some(e.base_url)
    });
    let text = move |id: &'static str,
                     label: &'static str,
                     hint: String,
                     get: fn(&AskForm) -> &String,
                     set: fn(&mut AskForm) -> &mut String| {
        field::text(
            Text {
                id,
                label,
                hint,
                mode: "text",
            },
            move || form.with(|f| get(f).clone()),
            move |v| form.update(|f| *set(f) = v),
            move || {
                let wrong = found.get().and_then(Result::err);
                wrong.into_iter().filter(|p| p.path == id).collect()
            },
        )
    };
    view! {
        {move || {
            if simulated.get() {
                return Some(notice::notice(
                    Tone::Warn,
                    view! {
                        <strong>"Simulated. "</strong>
                        "This model comes from a practice run and does not exist: it cannot be asked. Paste or load answers instead."
                    },
                )
                .into_any());
            }
            // Answers can still be pasted: this stops nothing.
            let mut wrong = found.get()?.err()?;
            wrong.severity = Severity::Warning;
            (wrong.path != "base_url")
                .then(|| field::problem(&wrong))
        }}
        {move || {
            let can = entry.with(Option::is_some) && !simulated.get();
            can.then(|| {
                let hint = known
                    .get()
                    .map_or_else(
                        || "needed: your own server or proxy, such as http://localhost:8000/v1".to_owned(),
                        |url| format!("empty: {url}; or your own server or proxy"),
                    );
                view! {
                    {text("base_url", "Address", hint, |f| &f.base_url, |f| &mut f.base_url)}
                    {move || key.get().map(|name| secret::key(ctx, name))}
                }
            })
        }}
        <details class="details">
            <summary>"Names and coordinates"</summary>
            <div class="stack">
                {move || {
                    entry.with(Option::is_some).then(|| {
                        text(
                            "tuned_name",
                            "Model name at the address",
                            "empty: as registered".into(),
                            |f| &f.tuned_name,
                            |f| &mut f.tuned_name,
                        )
                    })
                }}
                {move || {
                    (base.get() && entry.with(Option::is_some)).then(|| {
                        text(
                            "base_name",
                            "Name of the base model there",
                            "empty: as it was named in the job".into(),
                            |f| &f.base_name,
                            |f| &mut f.base_name,
                        )
                    })
                }}
                {convention(
                    "convention",
                    "Coordinates of the answers",
                    form,
                    |f| &f.convention,
                    |f| &mut f.convention,
                )}
                {move || {
                    base.get()
                        .then(|| {
                            convention(
                                "base_convention",
                                "Coordinates of the base model’s answers",
                                form,
                                |f| &f.base_convention,
                                |f| &mut f.base_convention,
                            )
                        })
                }}
            </div>
        </details>
    }
    .into_any()
}

fn convention(
    id: &'static str,
    label: &'static str,
    form: RwSignal<AskForm>,
    get: fn(&AskForm) -> &String,
    set: fn(&mut AskForm) -> &mut String,
) -> AnyView {
    let choices = CONVENTIONS
        .iter()
        .map(|c| (c.id.to_owned(), format!("{}: {}", c.id, c.doc)))
        .collect();
    field::select(
        id,
        label,
        choices,
        move || form.with(|f| get(f).clone()),
        move |v| form.update(|f| *set(f) = v),
    )
}
