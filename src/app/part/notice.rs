//! Notices, empty states, tiles, bars.

use leptos::prelude::*;

use crate::app::part::icon::{self, icon};
use crate::app::state::number;

/// How a notice reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tone {
    Info,
    Ok,
    Warn,
    Error,
}

impl Tone {
    /// Class and icon.
    pub(crate) fn look(self) -> (&'static str, &'static str) {
        match self {
            Self::Info => ("info", icon::INFO),
            Self::Ok => ("ok", icon::CHECK),
            Self::Warn => ("warn", icon::ALERT),
            Self::Error => ("error", icon::ALERT),
        }
    }
}

/// A notice in the page.
pub(crate) fn notice(tone: Tone, content: impl IntoView) -> impl IntoView {
    let (class, mark) = tone.look();
    view! { <div class=format!("notice {class}")>{icon(mark)}<div>{content}</div></div> }
}

/// What an empty page says and offers.
pub(crate) fn empty(
    title: &'static str,
    text: &'static str,
    action: impl IntoView,
) -> impl IntoView {
    view! {
        <div class="empty">
            <h2>{title}</h2>
            <p>{text}</p>
            {action}
        </div>
    }
}

/// A row of numbers with their names: name, number, remark.
pub(crate) fn tiles(items: Vec<(String, String, String)>) -> impl IntoView {
    view! {
        <dl class="tiles">
            {items
                .into_iter()
                .map(|(name, value, note)| {
                    view! {
                        <div class="tile">
                            <dt>{name}</dt>
                            <dd>{value}</dd>
                            {(!note.is_empty()).then(|| view! { <dd class="hint">{note}</dd> })}
                        </div>
                    }
                })
                .collect_view()}
        </dl>
    }
}

/// Horizontal bars over the largest number.
pub(crate) fn bars(items: Vec<(String, u64)>) -> impl IntoView {
    let most = items.iter().map(|i| i.1).max().unwrap_or(0).max(1);
    view! {
        <div class="bars">
            {items
                .into_iter()
                .map(|(name, n)| {
                    let share = n as f64 / most as f64;
                    view! {
                        <span class="truncate">{name}</span>
                        <span class="bar-track" aria-hidden="true">
                            <span
                                class="bar-fill"
                                style:transform=format!("scaleX({share:.4})")
                            ></span>
                        </span>
                        <span class="num">{number::count(n)}</span>
                    }
                })
                .collect_view()}
        </div>
    }
}
