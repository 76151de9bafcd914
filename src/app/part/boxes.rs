//! A screen with its boxes drawn over it.

use std::sync::Arc;

use leptos::prelude::*;

use crate::app::context::{Ctx, Picture};
use crate::app::state::overlay::{self, LabelPlace, Overlay};
use crate::generate::truth::TrueElement;

/// Smallest distance from the top, in percent of the height, at which a label fits above.
const LABEL_ROOM: i32 = 3;

/// The picture and, as the overlay says, its boxes. `live` boxes answer to the pointer.
pub(crate) fn shot(ctx: Ctx, picture: Arc<Picture>, live: bool) -> impl IntoView {
    let (w, h) = (picture.shot.truth.width, picture.shot.truth.height);
    let alt = format!(
        "{} in {}, {} × {} px, {} elements",
        crate::app::state::number::words(&picture.shot.archetype),
        picture.shot.theme,
        w,
        h,
        picture.shot.truth.elements.len()
    );
    let boxes = Arc::clone(&picture);
    let view_box = format!("0 0 {w} {h}");
    let ratio = format!("{w} / {h}");
    view! {
        <figure class="shot" style:aspect-ratio=ratio on:pointerleave=move |_| ctx.hot.set(None)>
            {match picture.url.clone() {
                Some(url) => view! { <img src=url alt=alt width=w height=h /> }.into_any(),
                None => view! { <p class="hint shot-none">"No picture: screenshots are off"</p> }.into_any(),
            }}
            {move || {
                let o = ctx.overlay.get();
                let on = o.boxes && !ctx.peek.get();
                on.then(|| {
                    let elements = &boxes.shot.truth.elements;
                    let drawn: Vec<(usize, TrueElement)> = elements
                        .iter()
                        .enumerate()
                        .filter(|(_, e)| o.shows(e))
                        .map(|(i, e)| (i, e.clone()))
                        .collect();
                    let labels = live.then(|| labels(ctx, &o, &drawn, w, h));
                    view! {
                        <svg
                            class="boxes"
                            viewBox=view_box.clone()
                            preserveAspectRatio="none"
                            aria-hidden="true"
                        >
                            {drawn.iter().map(|(i, e)| one(ctx, *i, e, o.points, live)).collect_view()}
                        </svg>
                        {labels}
                    }
                })
            }}
        </figure>
    }
}

/// One box: dark and light halo, then the colour of its class.
fn one(ctx: Ctx, i: usize, e: &TrueElement, point: bool, live: bool) -> impl IntoView + use<> {
    let b = e.visible_box;
    let class = format!(
        "c{}{}",
        overlay::color_class(&e.role),
        if e.interactive { "" } else { " passive" }
    );
    let rect = move |class: &'static str| {
        view! { <rect class=class x=b.x y=b.y width=b.width height=b.height></rect> }
    };
    view! {
        <g class=class class:hot=move || live && ctx.hot.get() == Some(i)>
            {rect("halo")} {rect("halo-light")} {rect("line")}
            {live
                .then(|| {
                    view! {
                        <rect
                            class="area"
                            x=b.x
                            y=b.y
                            width=b.width
                            height=b.height
                            on:pointerenter=move |_| ctx.hot.set(Some(i))
                        ></rect>
                    }
                })}
            {e
                .point
                .filter(|_| point)
                .map(|p| view! { <circle class="point" cx=p.x cy=p.y r="5"></circle> })}
        </g>
    }
}

/// Labels as text over the picture: all of them, or that of the box under the pointer.
fn labels(
    ctx: Ctx,
    o: &Overlay,
    drawn: &[(usize, TrueElement)],
    w: u32,
    h: u32,
) -> impl IntoView + use<> {
    let all = o.labels;
    drawn
        .iter()
        .map(|(i, e)| {
            let i = *i;
            let b = e.visible_box;
            let place = overlay::label_place(b.y * 100 / (h.max(1) as i32), LABEL_ROOM);
            let class = format!(
                "box-label c{}{}",
                overlay::color_class(&e.role),
                match place {
                    LabelPlace::Above => " above",
                    LabelPlace::Inside => "",
                }
            );
            let percent = |v: i32, of: u32| format!("{:.3}%", f64::from(v) * 100.0 / f64::from(of));
            // A label of a box in the right half grows to the left, so that it stays inside.
            let right = b.x * 2 > w as i32;
            let left_at = if right {
                "auto".into()
            } else {
                percent(b.x, w)
            };
            let right_at = if right {
                percent(w as i32 - b.right(), w)
            } else {
                "auto".into()
            };
            let text = format!("{} · {}×{}", overlay::label(e), b.width, b.height);
            view! {
                <span
                    class=class
                    aria-hidden="true"
                    style:top=percent(b.y, h)
                    style:left=left_at
                    style:right=right_at
                    hidden=move || !(all || ctx.hot.get() == Some(i))
                >
                    {text}
                </span>
            }
        })
        .collect_view()
}

/// Buttons for what is drawn, with their keys.
pub(crate) fn overlay_bar(ctx: Ctx) -> impl IntoView {
    let item = move |name: &'static str,
                     key: &'static str,
                     get: fn(&Overlay) -> bool,
                     set: fn(&mut Overlay)| {
        view! {
            <button
                type="button"
                class="button small"
                aria-pressed=move || ctx.overlay.with(get).to_string()
                title=(!key.is_empty()).then(|| format!("Key {key}"))
                on:click=move |_| ctx.overlay.update(set)
            >
                {name}
                {(!key.is_empty()).then(|| view! { <kbd aria-hidden="true">{key}</kbd> })}
            </button>
        }
    };
    view! {
        <div class="row overlay-bar" role="group" aria-label="What is drawn over the screen">
            {item("Boxes", "B", |o| o.boxes, |o| o.boxes = !o.boxes)}
            {item("Labels", "L", |o| o.labels, |o| o.labels = !o.labels)}
            {item("Click points", "", |o| o.points, |o| o.points = !o.points)}
            {item("Passive too", "", |o| o.passive, |o| o.passive = !o.passive)}
        </div>
    }
}

/// The colours in use on this screen, by name.
pub(crate) fn legend(ctx: Ctx, picture: &Picture) -> impl IntoView + use<> {
    let elements = picture.shot.truth.elements.clone();
    view! {
        <ul class="legend" aria-label="Box colours">
            {move || {
                let o = ctx.overlay.get();
                let mut counts = [0u64; overlay::CLASS_NAMES.len()];
                for e in elements.iter().filter(|e| o.shows(e)) {
                    counts[usize::from(overlay::color_class(&e.role))] += 1;
                }
                counts
                    .into_iter()
                    .enumerate()
                    .filter(|(_, n)| *n > 0)
                    .map(|(class, n)| {
                        view! {
                            <li>
                                <span class=format!("swatch c{class}")></span>
                                {overlay::CLASS_NAMES[class]}
                                " "
                                {n}
                            </li>
                        }
                    })
                    .collect_view()
            }}
        </ul>
    }
}
