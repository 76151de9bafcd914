//! Form fields: a label, a control, its range, and what is wrong with it.

use leptos::prelude::*;

use crate::app::part::icon::{self, icon};
use crate::problem::{Problem, Severity};

/// One finding.
pub(crate) fn problem(p: &Problem) -> AnyView {
    let (class, mark) = match p.severity {
        Severity::Error => ("problem", icon::ALERT),
        Severity::Warning => ("problem warning", icon::ALERT),
        Severity::Info => ("problem info", icon::INFO),
    };
    let text = if p.hint.is_empty() {
        p.message.clone()
    } else {
        format!("{} — {}", p.message, p.hint)
    };
    view! { <p class=class>{icon(mark)}<span>{text}</span></p> }.into_any()
}

/// What a text field needs.
pub(crate) struct Text {
    /// Unique on the page; the field's path in the configuration.
    pub(crate) id: &'static str,
    /// Its label.
    pub(crate) label: &'static str,
    /// Unit and range, in a few words.
    pub(crate) hint: String,
    /// Keyboard of phones: `numeric`, `text` …
    pub(crate) mode: &'static str,
}

/// A text or number field.
pub(crate) fn text(
    spec: Text,
    value: impl Fn() -> String + Send + Sync + 'static,
    set: impl Fn(String) + 'static,
    problems: impl Fn() -> Vec<Problem> + Send + Sync + Clone + 'static,
) -> AnyView {
    let Text {
        id,
        label,
        hint,
        mode,
    } = spec;
    let field = format!("field-{id}");
    let note = format!("note-{id}");
    let described = note.clone();
    let wrong = problems.clone();
    view! {
        <div class="field">
            <label class="field-label" for=field.clone()>{label}</label>
            <input
                class="input"
                id=field
                inputmode=mode
                autocomplete="off"
                spellcheck="false"
                aria-describedby=described
                aria-invalid=move || wrong().iter().any(Problem::is_error).to_string()
                prop:value=value
                on:input=move |e| set(event_target_value(&e))
            />
            <div id=note aria-live="polite">
                {move || {
                    let found = problems();
                    if found.is_empty() {
                        view! { <p class="hint">{hint.clone()}</p> }.into_any()
                    } else {
                        found.iter().map(problem).collect_view().into_any()
                    }
                }}
            </div>
        </div>
    }
    .into_any()
}

/// Several choices, each on or off.
pub(crate) fn chips<T: Clone + PartialEq + Send + Sync + 'static>(
    label: &'static str,
    hint: &'static str,
    options: impl Fn() -> Vec<(T, String)> + Send + Sync + 'static,
    chosen: impl Fn(&T) -> bool + Send + Sync + Clone + 'static,
    toggle: impl Fn(T) + Clone + Send + Sync + 'static,
    problems: impl Fn() -> Vec<Problem> + Send + Sync + 'static,
) -> AnyView {
    let options = Memo::new(move |_| options());
    view! {
        <fieldset class="field wide">
            <legend class="field-label">{label}</legend>
            <div class="chips">
                {move || {
                    options
                        .get()
                        .into_iter()
                        .map(|(value, name)| {
                            let (chosen, toggle) = (chosen.clone(), toggle.clone());
                            let mine = value.clone();
                            let on = Memo::new(move |_| chosen(&mine));
                            view! {
                                <button
                                    type="button"
                                    class="chip"
                                    aria-pressed=move || on.get().to_string()
                                    on:click=move |_| toggle(value.clone())
                                >
                                    {move || on.get().then(|| icon(icon::CHECK))}
                                    {name}
                                </button>
                            }
                        })
                        .collect_view()
                }}
            </div>
            {(!hint.is_empty()).then(|| view! { <p class="hint">{hint}</p> })}
            <div aria-live="polite">{move || problems().iter().map(problem).collect_view()}</div>
        </fieldset>
    }
    .into_any()
}

/// One thing, on or off, with a sentence about it.
pub(crate) fn check(
    label: &'static str,
    hint: &'static str,
    value: impl Fn() -> bool + Send + Sync + 'static,
    set: impl Fn(bool) + 'static,
) -> AnyView {
    check_if(|| true, label, hint, value, set)
}

/// One thing, on or off while it is `open` to choice.
pub(crate) fn check_if(
    open: impl Fn() -> bool + Send + Sync + 'static,
    label: &'static str,
    hint: &'static str,
    value: impl Fn() -> bool + Send + Sync + 'static,
    set: impl Fn(bool) + 'static,
) -> AnyView {
    view! {
        <label class="switch">
            <input
                type="checkbox"
                disabled=move || !open()
                prop:checked=value
                on:change=move |e| set(event_target_checked(&e))
            />
            <span>
                {label}
                {(!hint.is_empty()).then(|| view! { <span class="hint">{hint}</span> })}
            </span>
        </label>
    }
    .into_any()
}

/// One of several.
pub(crate) fn select(
    id: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
    value: impl Fn() -> String + Send + Sync + Clone + 'static,
    set: impl Fn(String) + 'static,
) -> AnyView {
    let field = format!("field-{id}");
    view! {
        <div class="field">
            <label class="field-label" for=field.clone()>{label}</label>
            <select
                class="input"
                id=field
                prop:value=value.clone()
                on:change=move |e| set(event_target_value(&e))
            >
                {options
                    .into_iter()
                    .map(|(v, name)| {
                        let (value, mine) = (value.clone(), v.clone());
                        view! { <option value=v selected=move || value() == mine>{name}</option> }
                    })
                    .collect_view()}
            </select>
        </div>
    }
    .into_any()
}
