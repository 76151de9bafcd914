//! The frame around the pages: navigation, keys, titles, help.

use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::app::browser;
use crate::app::context::{Ctx, ThemeChoice};
use crate::app::dataset;
use crate::app::page;
use crate::app::part::dialog::dialog;
use crate::app::part::icon::{self, icon, mark};
use crate::app::part::toast::toasts;
use crate::app::route::{Route, STAGES};
use crate::app::state::keys::{self, Command, KEYS};
use crate::app::state::toasts::Toasts;
use crate::app::studio;

/// Starts the app in this page.
pub fn run() {
    console_error_panic_hook::set_once();
    if let Some(boot) = browser::document().get_element_by_id("boot") {
        boot.remove();
    }
    leptos::mount::mount_to_body(|| {
        let ctx = Ctx::new();
        studio::follow_form(ctx);
        follow_address(ctx);
        follow_keys(ctx);
        keep_focus();
        dataset::open(ctx);
        shell(ctx)
    });
}

/// Says something to screen readers only.
pub(crate) fn announce(ctx: Ctx, text: &str) {
    ctx.said.set(text.to_owned());
}

fn shell(ctx: Ctx) -> impl IntoView {
    view! {
        <a class="skip" href="#main" on:click=move |e| {
            e.prevent_default();
            focus_heading();
        }>"Skip to content"</a>
        <div class="shell">
            {rail(ctx)}
            <main class="main" id="main">{move || page::view(ctx, ctx.route.get())}</main>
            {bottom_bar(ctx)}
        </div>
        {toasts(ctx)}
        {help(ctx)}
        <p class="visually-hidden" role="status" aria-live="polite">{move || ctx.said.get()}</p>
    }
}

fn rail(ctx: Ctx) -> impl IntoView {
    let link = move |route: Route, name: &'static str, lead: AnyView| {
        let href = route.href();
        view! {
            <a
                class="rail-link"
                href=href
                aria-current=move || (ctx.route.get() == route).then_some("page")
            >
                {lead}
                <span>{name}</span>
            </a>
        }
    };
    view! {
        <header class="rail">
            <a class="brand" href="#/">{mark()} <span>"Screensmith"</span></a>
            <nav class="stack-nav" aria-label="Pages">
                {link(Route::Overview, "Overview", icon(icon::HOME).into_any())}
                <div class="rail-sep"></div>
                {STAGES
                    .into_iter()
                    .map(|s| {
                        view! {
                            <a
                                class="rail-link"
                                href=s.route().href()
                                aria-current=move || {
                                    (ctx.route.with(Route::stage) == Some(s.number)).then_some("page")
                                }
                            >
                                <span class="rail-number">{s.number}</span>
                                <span>{s.name}</span>
                                <span class="rail-state">{move || page::stage_note(ctx, s.number)}</span>
                            </a>
                        }
                    })
                    .collect_view()}
                <div class="rail-sep"></div>
                {link(Route::Settings, "Settings", icon(icon::GEAR).into_any())}
            </nav>
            <div class="rail-foot">
                {theme_button(ctx)}
                <a class="button quiet icon small only-phone" href="#/settings" aria-label="Data and settings">
                    {icon(icon::GEAR)}
                </a>
                <button
                    type="button"
                    class="button quiet icon small"
                    aria-label="Help and keys"
                    title="Help and keys (?)"
                    on:click=move |_| ctx.help.set(true)
                >
                    {icon(icon::HELP)}
                </button>
            </div>
        </header>
    }
}

fn bottom_bar(ctx: Ctx) -> impl IntoView {
    view! {
        <nav class="bottom-bar" aria-label="Stages">
            {STAGES
                .into_iter()
                .map(|s| {
                    view! {
                        <a
                            href=s.route().href()
                            aria-current=move || {
                                (ctx.route.with(Route::stage) == Some(s.number)).then_some("page")
                            }
                        >
                            <span class="rail-number">{s.number}</span>
                            <span>{s.name}</span>
                        </a>
                    }
                })
                .collect_view()}
        </nav>
    }
}

/// Goes through system, light and dark.
fn theme_button(ctx: Ctx) -> impl IntoView {
    let next = move || match ctx.theme.get() {
        ThemeChoice::System => ThemeChoice::Light,
        ThemeChoice::Light => ThemeChoice::Dark,
        ThemeChoice::Dark => ThemeChoice::System,
    };
    let text = move || format!("Theme: {}", ctx.theme.get().name());
    view! {
        <button
            type="button"
            class="button quiet icon small"
            aria-label=text
            title=text
            on:click=move |_| ctx.set_theme(next())
        >
            {move || match ctx.theme.get() {
                ThemeChoice::System => icon(icon::SYSTEM),
                ThemeChoice::Light => icon(icon::SUN),
                ThemeChoice::Dark => icon(icon::MOON),
            }}
        </button>
    }
}

fn help(ctx: Ctx) -> impl IntoView {
    dialog(
        ctx.help,
        "Keys",
        view! {
            <table class="table">
                <tbody>
                    {KEYS
                        .iter()
                        .map(|k| {
                            view! {
                                <tr>
                                    <th scope="row"><kbd>{k.keys}</kbd></th>
                                    <td>{k.text}</td>
                                </tr>
                            }
                        })
                        .collect_view()}
                </tbody>
            </table>
            <p class="hint">
                "Single keys work when no field has the focus. Everything runs in this browser; nothing is sent anywhere until you connect a provider."
            </p>
        },
    )
}

/// The address names the page; a new page gets its title and the focus on its heading.
fn follow_address(ctx: Ctx) {
    let handle = window_event_listener(leptos::ev::hashchange, move |_| {
        let hash = browser::window().location().hash().unwrap_or_default();
        let route = Route::parse(&hash);
        if ctx.route.get_untracked() == route {
            return;
        }
        let same_place = matches!(
            (ctx.route.get_untracked(), &route),
            (Route::Sample(_), Route::Sample(_)) | (Route::Format(_), Route::Format(_))
        );
        ctx.hot.set(None);
        ctx.toasts.update(Toasts::leave_page);
        ctx.route.set(route);
        if !same_place {
            browser::window().scroll_to_with_x_and_y(0.0, 0.0);
            leptos::task::spawn_local(async {
                browser::sleep(0).await;
                focus_heading();
            });
        }
    });
    on_cleanup(move || handle.remove());
    Effect::new(move |_| {
        browser::document().set_title(&format!("{} · Screensmith", ctx.route.get().title()));
    });
}

fn focus_heading() {
    let heading = browser::document().query_selector("h1").ok().flatten();
    if let Some(h) = heading.and_then(|h| h.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = h.set_attribute("tabindex", "-1");
        let _ = h.focus();
    }
}

/// A button that goes, or can be pressed no more, once it was pressed, would leave the keyboard
/// at the very top: the heading of the page takes its place.
fn keep_focus() {
    /// How long after a press the page may have changed, in milliseconds.
    const LATER: [i32; 2] = [200, 1500];
    let handle = window_event_listener(leptos::ev::click, move |e| {
        let pressed = e
            .target()
            .and_then(|t| t.dyn_into::<web_sys::Element>().ok())
            .and_then(|t| t.closest("button, label, a").ok().flatten());
        let Some(pressed) = pressed else { return };
        leptos::task::spawn_local(async move {
            for pause in LATER {
                browser::sleep(pause).await;
                let at = browser::document().active_element();
                let nowhere = at.is_none_or(|a| a.tag_name() == "BODY");
                if nowhere && (!pressed.is_connected() || pressed.has_attribute("disabled")) {
                    return focus_heading_in_place();
                }
            }
        });
    });
    on_cleanup(move || handle.remove());
}

/// Gives the heading the focus and leaves the page where it is.
fn focus_heading_in_place() {
    let Some(heading) = browser::document().query_selector("h1").ok().flatten() else {
        return;
    };
    let _ = heading.set_attribute("tabindex", "-1");
    let how = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&how, &"preventScroll".into(), &true.into());
    let focus = js_sys::Reflect::get(&heading, &"focus".into());
    if let Ok(f) = focus.and_then(|f| f.dyn_into::<js_sys::Function>()) {
        let _ = f.call1(&heading, &how);
    }
}

/// Whether single keys belong to what has the focus.
fn typing(e: &web_sys::KeyboardEvent) -> bool {
    let element = e
        .target()
        .and_then(|t| t.dyn_into::<web_sys::HtmlElement>().ok());
    element.is_some_and(|el| {
        matches!(el.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || el.is_content_editable()
    })
}

fn follow_keys(ctx: Ctx) {
    let after_g = std::cell::Cell::new(false);
    let down = window_event_listener(leptos::ev::keydown, move |e| {
        if typing(&e) || e.ctrl_key() || e.meta_key() || e.alt_key() || ctx.help.get_untracked() {
            return;
        }
        let on_button = e
            .target()
            .and_then(|t| t.dyn_into::<web_sys::Element>().ok())
            .is_some_and(|el| matches!(el.tag_name().as_str(), "BUTTON" | "A"));
        let key = e.key();
        let Some(command) = keys::command(&key, after_g.replace(key == "g")) else {
            return;
        };
        // Space and Enter press the focused control.
        if on_button && matches!(command, Command::Peek | Command::Open) {
            return;
        }
        if run_command(ctx, command) {
            e.prevent_default();
        }
    });
    let up = window_event_listener(leptos::ev::keyup, move |e| {
        if e.key() == " " {
            ctx.peek.set(false);
        }
    });
    Effect::new(move |_| {
        if let Ok(text) = ctx.overlay.with(serde_json::to_string) {
            browser::keep_setting("overlay", &text);
        }
    });
    on_cleanup(move || {
        down.remove();
        up.remove();
    });
}

/// Does what a key asks for; false when it means nothing here.
fn run_command(ctx: Ctx, command: Command) -> bool {
    let route = ctx.route.get_untracked();
    match command {
        Command::Help => ctx.help.set(true),
        Command::Boxes => ctx.overlay.update(|o| o.boxes = !o.boxes),
        Command::Labels => ctx.overlay.update(|o| o.labels = !o.labels),
        Command::Peek => {
            if !matches!(
                route,
                Route::Overview | Route::Generate | Route::Samples | Route::Sample(_)
            ) {
                return false;
            }
            ctx.peek.set(true);
        }
        Command::Stage(n) => match STAGES.iter().find(|s| s.number == n) {
            Some(s) => ctx.go(&s.route()),
            None => return false,
        },
        Command::Next | Command::Previous => return step(ctx, &route, command == Command::Next),
        Command::Open => match route {
            Route::Samples | Route::Generate => return page::samples::open_current(ctx),
            _ => return false,
        },
        Command::Close => match route {
            Route::Sample(_) => ctx.go(&Route::Samples),
            _ => return false,
        },
    }
    true
}

/// To the next or previous sample of the page.
fn step(ctx: Ctx, route: &Route, forward: bool) -> bool {
    match route {
        Route::Overview | Route::Generate => {
            ctx.preview_index
                .update(|i| *i = if forward { *i + 1 } else { i.saturating_sub(1) });
            true
        }
        Route::Samples => {
            page::samples::move_current(ctx, forward);
            true
        }
        Route::Sample(i) => {
            let to = ctx.samples.with_untracked(|s| {
                if forward {
                    s.range(i + 1..).next().map(|(k, _)| *k)
                } else {
                    s.range(..i).next_back().map(|(k, _)| *k)
                }
            });
            if let Some(to) = to {
                ctx.go(&Route::Sample(to));
            }
            true
        }
        _ => false,
    }
}
