//! Versions, aliases, tags and note of a registered model.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::models;
use crate::app::page::model::Found;
use crate::app::part::field;
use crate::app::part::icon::{self, icon};
use crate::app::part::notice::{self, Tone};
use crate::app::part::{job_state, model_state};
use crate::app::route::Route;
use crate::base::time::Timestamp;
use crate::problem::Problem;
use crate::registry::{Lineage, RegistryEntry};

/// That the page shows another version than the key means.
pub(crate) fn not_current(ctx: Ctx, found: Found) -> impl IntoView {
    move || {
        let (l, shown) = found.get()?;
        let current = l.current()?;
        (current.version != shown.version).then(|| {
            let text = format!(
                "This is version {}. {} means version {}.",
                shown.version, l.key, current.version
            );
            let make = make_current(ctx, &l, &shown);
            notice::notice(
                Tone::Info,
                view! {
                    <div class="row">
                        <span>{text}</span>
                        {make}
                    </div>
                },
            )
        })
    }
}

/// The button that lets the key mean `entry`; none for a practice run beside real models.
fn make_current(ctx: Ctx, l: &Lineage, entry: &RegistryEntry) -> Option<AnyView> {
    if !l.may_become_current(entry.version) {
        return None;
    }
    let wanted = entry.reference();
    let name = if entry.version < l.current {
        "Roll back to it"
    } else {
        "Make it current"
    };
    let label = format!("{name}: {wanted}");
    let act = move |_| {
        let wanted = wanted.clone();
        models::change(
            ctx,
            "Not changed",
            move |r| async move { r.set_current(&wanted).await },
            move |e| {
                ctx.toast(Tone::Ok, format!("{} means version {}", e.key, e.version));
            },
        );
    };
    Some(
        view! {
            <button type="button" class="button small" aria-label=label on:click=act>
                {name}
            </button>
        }
        .into_any(),
    )
}

/// Every version, the newest first.
pub(crate) fn versions(ctx: Ctx, found: Found, now: Timestamp) -> impl IntoView {
    let rows = move || {
        let (l, shown) = found.get()?;
        Some(
            l.versions
                .iter()
                .rev()
                .map(|e| version(ctx, &l, e, e.version == shown.version, now))
                .collect_view(),
        )
    };
    view! {
        <section class="panel">
            <h2>"Versions"</h2>
            <div class="table-wrap" role="region" aria-label="Versions" tabindex="0">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Version"</th>
                            <th scope="col">"Called by"</th>
                            <th scope="col">"Change"</th>
                            <th scope="col">"Model"</th>
                            <th scope="col" class="num">"Loss"</th>
                            <th scope="col">"Answers until"</th>
                            <th scope="col">"Registered"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

fn version(
    ctx: Ctx,
    l: &Lineage,
    e: &RegistryEntry,
    shown: bool,
    now: Timestamp,
) -> impl IntoView + use<> {
    let p = &e.provenance;
    let names: Vec<String> = l.aliases_of(e.version).map(str::to_owned).collect();
    let aliased = !names.is_empty();
    let removed = e.clone();
    let remove_label = format!("Remove {}", e.reference());
    let why = aliased.then_some("move or remove its aliases first");
    view! {
        <tr aria-selected=shown.to_string()>
            <td>
                <span class="row nowrap">
                    <a href=Route::Model(e.reference()).href()>{e.version}</a>
                    {p.simulated.then(job_state::simulated_badge)}
                </span>
            </td>
            <td>
                <span class="row nowrap">
                    {(e.version == l.current)
                        .then(|| {
                            view! { <span class="state ok">{icon(icon::CHECK)} {l.key.clone()}</span> }
                        })}
                    {names
                        .into_iter()
                        .map(|n| view! { <span class="badge">{n}</span> })
                        .collect_view()}
                </span>
            </td>
            <td>
                <span class="row nowrap">
                    {make_current(ctx, l, e)}
                    {(l.versions.len() > 1)
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    class="button quiet small"
                                    aria-label=remove_label
                                    title=why
                                    disabled=aliased
                                    on:click=move |_| models::remove_version(ctx, &removed)
                                >
                                    "Remove"
                                </button>
                            }
                        })}
                </span>
            </td>
            <td class="mono">{e.config.model_name.clone()}</td>
            <td class="num mono">{p.validation_loss.map(|l| format!("{l:.3}"))}</td>
            <td>{model_state::until(e, now)}</td>
            <td class="dim nowrap">{e.registered_at.date()}</td>
        </tr>
    }
}

/// Names that stay while the models behind them change.
pub(crate) fn aliases(ctx: Ctx, found: Found) -> impl IntoView {
    let list = move || {
        let (l, _) = found.get()?;
        if l.aliases.is_empty() {
            return None;
        }
        let numbers: Vec<u32> = l.versions.iter().rev().map(|e| e.version).collect();
        let items = l.aliases.iter().map(|a| {
            let (name, key) = (a.alias.clone(), a.key.clone());
            let removed = name.clone();
            let (label, remove_label) = (
                format!("Version that {name} means"),
                format!("Remove {name}"),
            );
            let version = a.version;
            let moved = {
                let name = name.clone();
                move |e: leptos::ev::Event| {
                    let (name, wanted) =
                        (name.clone(), format!("{key}@{}", event_target_value(&e)));
                    set_alias(ctx, name, wanted, |_| {});
                }
            };
            view! {
                <li>
                    <a class="mono" href=Route::Model(name.clone()).href()>
                        {name.clone()}
                    </a>
                    <span class="push"></span>
                    <select class="input short" aria-label=label on:change=moved>
                        {numbers
                            .iter()
                            .map(|n| {
                                let n = *n;
                                view! {
                                    <option value=n.to_string() selected=n == version>
                                        {format!("version {n}")}
                                    </option>
                                }
                            })
                            .collect_view()}
                    </select>
                    <button
                        type="button"
                        class="button quiet small"
                        aria-label=remove_label
                        on:click=move |_| remove_alias(ctx, removed.clone())
                    >
                        "Remove"
                    </button>
                </li>
            }
        });
        Some(view! { <ul class="files">{items.collect_view()}</ul> })
    };
    view! {
        <section class="panel ruled">
            <h2>"Aliases"</h2>
            <p class="dim">
                "A name such as production means one version until it is moved; programs that call it need no change."
            </p>
            {list}
            {new_alias(ctx, found)}
        </section>
    }
}

/// Lets `name` mean `wanted`; `heard` gets what is wrong with it.
fn set_alias(ctx: Ctx, name: String, wanted: String, heard: impl Fn(Option<Problem>) + 'static) {
    let Some(work) = ctx.work() else { return };
    leptos::task::spawn_local(async move {
        match work.registry.set_alias(&name, &wanted).await {
            Ok(a) => {
                ctx.toast(
                    Tone::Ok,
                    format!("{} means {}@{}", a.alias, a.key, a.version),
                );
                heard(None);
            }
            Err(e) => heard(Some(
                Problem::error("alias", "alias", e.message().to_owned())
                    .hint(e.hint_text().unwrap_or_default().to_owned()),
            )),
        }
        models::reload(ctx);
    });
}

fn remove_alias(ctx: Ctx, name: String) {
    let held = ctx.models.with_untracked(|all| {
        let aliases = all.iter().flat_map(|l| &l.aliases);
        aliases.into_iter().find(|a| a.alias == name).cloned()
    });
    models::change(
        ctx,
        "Not removed",
        move |r| async move { r.remove_alias(&name).await },
        move |()| {
            let Some(a) = held else { return };
            ctx.done(format!("{} is no alias any more", a.alias), move || {
                let a = a.clone();
                set_alias(ctx, a.alias, format!("{}@{}", a.key, a.version), move |p| {
                    if let Some(p) = p {
                        ctx.failed("Not put back", p.message);
                    }
                });
            });
        },
    );
}

fn new_alias(ctx: Ctx, found: Found) -> impl IntoView {
    let name = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<Problem>);
    let add = move |e: leptos::ev::SubmitEvent| {
        e.prevent_default();
        let Some((_, shown)) = found.get_untracked() else {
            return;
        };
        let wanted = name.get_untracked().trim().to_owned();
        set_alias(ctx, wanted, shown.reference(), move |p| {
            // The page may be gone by now.
            if p.is_none() {
                let _ = name.try_set(String::new());
            }
            let _ = wrong.try_set(p);
        });
    };
    let means = move || {
        found.with(|f| {
            f.as_ref().map_or(String::new(), |(_, e)| {
                format!("Add for version {}", e.version)
            })
        })
    };
    view! {
        <form class="inline-form" on:submit=add>
            {field::text(
                field::Text {
                    id: "alias",
                    label: "New alias",
                    hint: "letters, digits and -, such as production".into(),
                    mode: "text",
                },
                move || name.get(),
                move |v| {
                    wrong.set(None);
                    name.set(v);
                },
                move || wrong.get().into_iter().collect(),
            )}
            <button type="submit" class="button" disabled=move || name.with(|n| n.trim().is_empty())>
                {means}
            </button>
        </form>
    }
}

/// Tags and note of the version shown.
pub(crate) fn notes(ctx: Ctx, found: Found, reference: &str) -> impl IntoView + use<> {
    let (for_tags, for_note) = (reference.to_owned(), reference.to_owned());
    let tags = Memo::new(move |_| {
        found.with(|f| f.as_ref().map_or(String::new(), |(_, e)| e.tags.join(", ")))
    });
    let note = Memo::new(move |_| {
        found.with(|f| f.as_ref().map_or(String::new(), |(_, e)| e.note.clone()))
    });
    let set_tags = move |e: leptos::ev::Event| {
        let split = |text: &str| -> Vec<String> {
            let parts = text.split(',').map(|t| t.trim().to_owned());
            parts.filter(|t| !t.is_empty()).collect()
        };
        let wanted = split(&event_target_value(&e));
        let mut gone = split(&tags.get_untracked());
        gone.retain(|t| !wanted.contains(t));
        let reference = for_tags.clone();
        models::change(
            ctx,
            "Tags not kept",
            move |r| async move { r.tag(&reference, &wanted, &gone).await },
            |_| {},
        );
    };
    let set_note = move |e: leptos::ev::Event| {
        let (reference, text) = (for_note.clone(), event_target_value(&e));
        models::change(
            ctx,
            "Note not kept",
            move |r| async move { r.set_note(&reference, &text).await },
            |_| {},
        );
    };
    view! {
        <section class="panel ruled">
            <h2>"Notes"</h2>
            <div class="fields">
                <div class="field wide">
                    <label class="field-label" for="model-tags">"Tags"</label>
                    <input
                        class="input"
                        id="model-tags"
                        autocomplete="off"
                        prop:value=move || tags.get()
                        on:change=set_tags
                    />
                    <p class="hint">"between commas; of this version"</p>
                </div>
                <div class="field wide">
                    <label class="field-label" for="model-note">"Note"</label>
                    <textarea
                        class="input"
                        id="model-note"
                        rows="2"
                        prop:value=move || note.get()
                        on:change=set_note
                    ></textarea>
                </div>
            </div>
        </section>
    }
}
