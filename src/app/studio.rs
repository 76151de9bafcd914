//! Making samples: the live preview and the dataset, through the pool.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use js_sys::{Array, ArrayBuffer};
use leptos::prelude::*;
use web_sys::{Blob, Url};

use crate::app::browser;
use crate::app::context::{Ctx, Picture};
use crate::app::message::Shot;
use crate::app::part::notice::Tone;
use crate::app::pool::Ask;
use crate::app::state::config_form::ConfigForm;
use crate::app::state::progress::Progress;
use crate::app::state::told::Told as _;
use crate::generate::config::{GenerationConfig, draw_seed};

/// Group of the preview's requests.
const PREVIEW: u64 = 1;
/// Group of the dataset's requests.
const DATASET: u64 = 2;
/// Wait after the last key stroke.
const DEBOUNCE_MS: i32 = 100;
/// What the primary button offers on the first visit.
const FIRST_COUNT: u64 = 50;
/// Samples of a run are shown in groups, so that a fast run does not redraw the grid each time.
const SHOW_EVERY_MS: f64 = 120.0;

/// What a first visit starts with. The seed is fixed: everyone sees the same first screen.
pub(crate) fn first_config() -> GenerationConfig {
    GenerationConfig {
        num_samples: FIRST_COUNT,
        seed: Some(77),
        ..GenerationConfig::default()
    }
}

/// Keeps the preview up to date with the form and the chosen index.
pub(crate) fn follow_form(ctx: Ctx) {
    Effect::new(move |_| {
        if let Ok(config) = ctx.parsed.get()
            && ctx.valid.with_untracked(|v| *v != config)
        {
            ctx.valid.set(config);
        }
    });
    let generation = Rc::new(Cell::new(0u64));
    Effect::new(move |_| {
        let mut config = ctx.valid.get();
        let index = ctx.preview_index.get();
        // Without a seed every preview would be another screen.
        config.seed = Some(config.seed.unwrap_or(0));
        let mine = generation.get() + 1;
        generation.set(mine);
        let generation = Rc::clone(&generation);
        leptos::task::spawn_local(async move {
            if mine > 1 {
                browser::sleep(DEBOUNCE_MS).await;
            }
            if generation.get() != mine {
                return;
            }
            ctx.pool.with_value(|pool| {
                pool.cancel(PREVIEW);
                let how = Ask {
                    group: PREVIEW,
                    urgent: true,
                    with_plan: false,
                };
                pool.ask(config, index, how, move |outcome| match outcome {
                    Ok((shot, image)) => {
                        let old = ctx.preview.get_untracked();
                        ctx.hot.set(None);
                        ctx.preview.set(Some(Arc::new(picture(shot, image).0)));
                        ctx.preview_error.set(None);
                        if let Some(url) = old.and_then(|p| p.url.clone()) {
                            release(url);
                        }
                    }
                    Err(e) => ctx.preview_error.set(Some(e.told())),
                });
            });
        });
    });
}

/// The picture becomes a file the browser keeps outside the program's memory.
fn picture(shot: Shot, image: Option<ArrayBuffer>) -> (Picture, Option<Blob>) {
    let blob = image
        .zip(shot.image)
        .and_then(|(bytes, format)| browser::blob(&Array::of1(&bytes), format.media_type()).ok());
    let url = blob.as_ref().map(browser::object_url);
    (Picture { shot, url }, blob)
}

/// Gives an address back once nothing shows it any more.
fn release(url: String) {
    leptos::task::spawn_local(async move {
        browser::sleep(1000).await;
        let _ = Url::revoke_object_url(&url);
    });
}

/// Draws a seed where none is given, so that the dataset can be made again.
pub(crate) fn new_seed(ctx: Ctx) {
    match draw_seed() {
        Ok(seed) => ctx.form.update(|f| f.seed = seed.to_string()),
        Err(e) => ctx.failed("No new seed", e),
    }
}

/// Makes the dataset of the current form.
pub(crate) fn generate(ctx: Ctx) {
    let Ok(mut config) = ctx.parsed.get_untracked() else {
        ctx.toast(
            Tone::Error,
            "The configuration has errors; see the fields marked in red",
        );
        return;
    };
    if config.seed.is_none() {
        match draw_seed() {
            Ok(s) => config.seed = Some(s),
            Err(e) => return ctx.failed("No dataset", e),
        }
    }
    ctx.form.set(ConfigForm::from(&config));
    make(ctx, config);
}

/// Makes the dataset `config` describes; replaces the one there is.
pub(crate) fn make(ctx: Ctx, config: GenerationConfig) {
    cancel(ctx);
    clear_samples(ctx);
    let total = config.num_samples;
    ctx.dataset.set(Some(config.clone()));
    crate::app::dataset::remember(ctx);
    ctx.run.set(Some(Progress::new(total)));
    if total == 0 {
        ctx.run.set(None);
        return;
    }
    let start = browser::now();
    let fresh: Rc<std::cell::RefCell<Vec<Arc<Picture>>>> = Rc::default();
    let shown = Rc::new(Cell::new(start));
    let done = Rc::new(Cell::new(0u64));
    let failures = Rc::new(Cell::new(0u64));
    for index in 0..total {
        let (fresh, shown) = (Rc::clone(&fresh), Rc::clone(&shown));
        let (done, failures) = (Rc::clone(&done), Rc::clone(&failures));
        let answer = move |outcome: crate::app::pool::Outcome| {
            match outcome {
                Ok((shot, image)) => {
                    let (picture, blob) = picture(shot, image);
                    if let Some(b) = blob {
                        ctx.blobs.update_value(|m| {
                            m.insert(index, b);
                        });
                    }
                    fresh.borrow_mut().push(Arc::new(picture));
                }
                Err(e) => {
                    failures.set(failures.get() + 1);
                    if failures.get() == 1 {
                        ctx.failed(&format!("Sample {index} could not be made"), e);
                    }
                }
            }
            done.set(done.get() + 1);
            let now = browser::now();
            let last = done.get() == total;
            if last || now - shown.get() >= SHOW_EVERY_MS {
                shown.set(now);
                let ready = std::mem::take(&mut *fresh.borrow_mut());
                ctx.samples
                    .update(|s| s.extend(ready.into_iter().map(|p| (p.shot.index, p))));
                ctx.run.update(|r| {
                    if let Some(r) = r {
                        r.report(done.get(), (now - start) / 1000.0);
                    }
                });
            }
            if last {
                ctx.run.set(None);
                crate::app::shell::announce(
                    ctx,
                    &format!(
                        "{} made",
                        crate::app::state::number::things(total, "sample")
                    ),
                );
            }
        };
        let how = Ask {
            group: DATASET,
            urgent: false,
            with_plan: false,
        };
        ctx.pool
            .with_value(|p| p.ask(config.clone(), index, how, answer));
    }
}

/// Stops the run; the samples made so far stay.
pub(crate) fn cancel(ctx: Ctx) {
    ctx.pool.with_value(|p| p.cancel(DATASET));
    ctx.run.set(None);
}

/// Forgets all samples.
pub(crate) fn clear_samples(ctx: Ctx) {
    let urls: Vec<String> = ctx
        .samples
        .with_untracked(|s| s.values().filter_map(|p| p.url.clone()).collect());
    ctx.samples.set(Default::default());
    ctx.blobs.set_value(Default::default());
    for url in urls {
        release(url);
    }
}
