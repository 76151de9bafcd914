//! What a start would need and send, and where, before it is sent.

use leptos::prelude::*;

use crate::app::context::Ctx;
use crate::app::part::icon::{self, icon};
use crate::app::part::job_state;
use crate::app::state::number;
use crate::app::{dataset, work};
use crate::job::{FineTuneConfig, Preflight, Row, RowState};
use crate::problem::Problem;

/// The last check and what it was made for.
pub(crate) type Checked = RwSignal<Option<(FineTuneConfig, Preflight)>, LocalStorage>;

/// Whether the configuration was checked and nothing stands in its way.
pub(crate) fn passed(checked: Checked, config: &FineTuneConfig) -> bool {
    told(checked, config) == Some(true)
}

/// Whether the check of this configuration found nothing against it; `None` before it was made.
pub(crate) fn told(checked: Checked, config: &FineTuneConfig) -> Option<bool> {
    checked.with(|c| {
        c.as_ref()
            .filter(|(of, _)| of == config)
            .map(|(_, p)| p.ok())
    })
}

/// Runs the check, over the samples there are or over a dataset that is `stored` already.
pub(crate) fn run(
    ctx: Ctx,
    config: FineTuneConfig,
    stored: bool,
    checked: Checked,
    busy: RwSignal<bool>,
) {
    busy.set(true);
    leptos::task::spawn_local(async move {
        let there = match stored {
            true => Ok(()),
            false => dataset::store(ctx).await,
        };
        let found = match there {
            Ok(()) => work::preflight(ctx, config.clone()).await,
            Err(e) => Err(e),
        };
        let _ = busy.try_set(false);
        match found {
            Ok(p) => checked.set(Some((config, p))),
            Err(e) => ctx.failed("The check could not be made", e),
        }
    });
}

/// What was found for this configuration, without what is `known` already; nothing for another.
pub(crate) fn view(
    checked: Checked,
    config: &FineTuneConfig,
    known: &[Problem],
) -> Option<AnyView> {
    checked.with(|c| {
        c.as_ref()
            .filter(|(of, _)| of == config)
            .map(|(_, p)| list(p, known))
    })
}

/// What the job needs, each with how it stands.
fn rows(list: &[Row]) -> impl IntoView + use<> {
    let row = |r: &Row| {
        let (class, mark) = match r.state {
            RowState::Ok => ("state ok", icon::CHECK),
            RowState::Warning => ("state warn", icon::ALERT),
            RowState::Problem => ("state error", icon::ALERT),
            RowState::Unknown => ("state", icon::INFO),
        };
        let hint = (!r.hint.is_empty()).then(|| format!(" — {}", r.hint));
        view! {
            <tr>
                <th scope="row">{r.what}</th>
                <td class="nowrap">
                    <span class=class>{icon(mark)} {r.state.label()}</span>
                </td>
                <td>{r.text.clone()} {hint}</td>
            </tr>
        }
    };
    view! {
        <div class="table-wrap" role="region" aria-label="What the job needs" tabindex="0">
            <table class="table">
                <tbody>{list.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn list(p: &Preflight, known: &[Problem]) -> AnyView {
    let news: Vec<Problem> = p
        .problems
        .iter()
        .filter(|p| !known.contains(p))
        .cloned()
        .collect();
    let sent = p
        .sends
        .iter()
        .map(|s| {
            let what = s.file.clone().map_or_else(
                || format!("{}, {}", s.what, number::things(s.files, "file")),
                |f| format!("{f}, {}", s.what),
            );
            let pictures = match s.images {
                0 => String::new(),
                n => number::things(n, "picture"),
            };
            view! {
                <tr>
                    <td>{what}</td>
                    <td class="num">{number::bytes(s.bytes)}</td>
                    <td class="num">{pictures}</td>
                    <td class="mono">{s.host.clone()}</td>
                </tr>
            }
        })
        .collect_view();
    let sends = if p.sends.is_empty() {
        view! { <p class="hint">"Nothing leaves this machine."</p> }.into_any()
    } else {
        view! {
            <div class="table-wrap" role="region" aria-label="What is sent" tabindex="0">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"What is sent"</th>
                            <th scope="col" class="num">"Size"</th>
                            <th scope="col" class="num">"Pictures"</th>
                            <th scope="col">"Where"</th>
                        </tr>
                    </thead>
                    <tbody>{sent}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let cost = p.estimate.as_ref().and_then(|e| {
        let tokens = number::count(e.training_tokens?);
        let cost = e.usd.map(|c| format!(", ${c:.2}")).unwrap_or_default();
        let passes = number::things(u64::from(e.epochs), "epoch");
        let text = format!(
            "About {tokens} billed tokens{cost} for {passes} ({}).",
            e.as_of
        );
        Some(view! { <p class="hint">{text}</p> })
    });
    let until = p.open_until.map(|m| {
        view! { <p class="hint">{format!("Jobs can be created until {}.", m.date)}</p> }
    });
    view! {
        <div class="stack" role="status">
            {rows(&p.rows)}
            {(!news.is_empty()).then(|| job_state::problems(&news, ""))}
            {sends}
            {cost}
            {until}
        </div>
    }
    .into_any()
}
