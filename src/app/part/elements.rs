//! The boxes as a table of buttons: what a drawing cannot tell a screen reader.

use leptos::prelude::*;

use crate::app::context::{Ctx, Picture};
use crate::app::state::overlay;
use crate::generate::truth::TrueElement;

/// Every drawn element with its box; the row and the box light up together.
pub(crate) fn elements(ctx: Ctx, picture: &Picture) -> impl IntoView + use<> {
    let all = picture.shot.truth.elements.clone();
    view! {
        <div class="table-wrap elements" role="region" aria-label="Elements" tabindex="0">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Element"</th>
                        <th scope="col">"Name or text"</th>
                        <th scope="col" class="num">"Box"</th>
                        <th scope="col" class="num">"Seen"</th>
                    </tr>
                </thead>
                <tbody>
                    {move || {
                        let o = ctx.overlay.get();
                        all.iter()
                            .enumerate()
                            .filter(|(_, e)| o.shows(e))
                            .map(|(i, e)| line(ctx, i, e))
                            .collect_view()
                    }}
                </tbody>
            </table>
        </div>
    }
}

fn line(ctx: Ctx, i: usize, e: &TrueElement) -> impl IntoView + use<> {
    let b = e.bounds;
    let name = if e.name.is_empty() {
        e.text.clone()
    } else {
        e.name.clone()
    };
    let row = NodeRef::<leptos::html::Tr>::new();
    view! {
        <tr
            node_ref=row
            class:hot=move || ctx.hot.get() == Some(i)
            on:pointerenter=move |_| ctx.hot.set(Some(i))
        >
            <td>
                <button
                    type="button"
                    class="cell"
                    on:focus=move |_| ctx.hot.set(Some(i))
                    on:click=move |_| ctx.hot.set(Some(i))
                >
                    <span class=format!("swatch c{}", overlay::color_class(&e.role))></span>
                    {e.role.clone()}
                </button>
            </td>
            <td class="name">{name} <div class="dim">{overlay::state_words(e)}</div></td>
            <td class="num mono">
                <div title="x, y">{format!("{}, {}", b.x, b.y)}</div>
                <div class="dim" title="width × height">
                    {format!("{} × {}", b.width, b.height)}
                </div>
            </td>
            <td class="num">{crate::app::state::number::percent(f64::from(e.visible))}</td>
        </tr>
    }
}
