//! What all pages share: one `Copy` bundle of signals.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use leptos::prelude::*;
use web_sys::Blob;

use crate::app::browser;
use crate::app::message::Shot;
use crate::app::part::notice::Tone;
use crate::app::part::toast::Look;
use crate::app::pool::Pool;
use crate::app::route::Route;
use crate::app::state::config_form::ConfigForm;
use crate::app::state::job_form::JobForm;
use crate::app::state::overlay::Overlay;
use crate::app::state::progress::Progress;
use crate::app::state::toasts::Toasts;
use crate::app::state::told::Told;
use crate::app::studio;
use crate::app::work::Work;
use crate::generate::config::GenerationConfig;
use crate::job::FineTuneJob;
use crate::problem::Problem;
use crate::provider::{Checkpoint, MetricPoint, Progress as Upload, RemoteEvent};
use crate::registry::Lineage;

/// A sample and the address of its picture.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picture {
    pub(crate) shot: Shot,
    /// Object URL; `None` without screenshots.
    pub(crate) url: Option<String>,
}

/// Light, dark, or as the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ThemeChoice {
    System,
    Light,
    Dark,
}

impl ThemeChoice {
    pub(crate) const ALL: [Self; 3] = [Self::System, Self::Light, Self::Dark];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// Everything the pages share.
#[derive(Clone, Copy)]
pub(crate) struct Ctx {
    pub(crate) route: RwSignal<Route>,
    pub(crate) theme: RwSignal<ThemeChoice>,
    pub(crate) toasts: RwSignal<Toasts<Look>>,
    pub(crate) help: RwSignal<bool>,
    /// What screen readers are told.
    pub(crate) said: RwSignal<String>,
    pub(crate) pool: StoredValue<Pool, LocalStorage>,

    /// The configuration as it is being edited.
    pub(crate) form: RwSignal<ConfigForm>,
    /// The same, checked.
    pub(crate) parsed: Memo<Result<GenerationConfig, Vec<Problem>>>,
    /// The last configuration that could be used: what the preview shows.
    pub(crate) valid: RwSignal<GenerationConfig>,
    /// Index of the preview.
    pub(crate) preview_index: RwSignal<u64>,
    /// The preview; the old one stays until the new one is ready.
    pub(crate) preview: RwSignal<Option<Arc<Picture>>>,
    /// Why there is no new preview.
    pub(crate) preview_error: RwSignal<Option<String>>,

    /// What the dataset is made from; its samples come back from it at any time.
    pub(crate) dataset: RwSignal<Option<GenerationConfig>>,
    /// The samples there are, by index.
    pub(crate) samples: RwSignal<BTreeMap<u64, Arc<Picture>>>,
    /// Their picture files.
    pub(crate) blobs: StoredValue<BTreeMap<u64, Blob>, LocalStorage>,
    /// The run that makes them, while it lasts.
    pub(crate) run: RwSignal<Option<Progress>>,

    /// Share of the validation side.
    pub(crate) validation_split: RwSignal<f64>,
    /// Stores and drivers, once the browser's database is open.
    pub(crate) drivers: RwSignal<Option<Work>, LocalStorage>,
    pub(crate) jobs: RwSignal<Vec<FineTuneJob>>,
    /// Events by job, for the jobs that were looked at.
    pub(crate) events: RwSignal<BTreeMap<String, Vec<RemoteEvent>>>,
    /// Numbers that came when a job had ended, by job.
    pub(crate) points: RwSignal<BTreeMap<String, Vec<MetricPoint>>>,
    /// Models saved during training, by job.
    pub(crate) checkpoints: RwSignal<BTreeMap<String, Vec<Checkpoint>>>,
    /// Bytes of the uploads under way, by job.
    pub(crate) uploads: RwSignal<BTreeMap<String, Upload>>,
    /// Registered models with all their versions, by key.
    pub(crate) models: RwSignal<Vec<Lineage>>,
    /// Names of the keys that were given in this tab.
    pub(crate) keys: RwSignal<BTreeSet<String>>,
    /// Why jobs could not go on, by job.
    pub(crate) stuck: RwSignal<BTreeMap<String, String>>,
    /// Jobs and models are read from the store, or it is known that they cannot be.
    pub(crate) opened: RwSignal<bool>,
    /// The configuration as text that cannot be used yet.
    pub(crate) json_draft: RwSignal<Option<String>>,
    /// A new job as it was left half typed, or as it was taken over from another job.
    pub(crate) draft: RwSignal<Option<JobForm>>,
    /// Number of the present drive of all jobs.
    pub(crate) turn: StoredValue<u64>,

    pub(crate) overlay: RwSignal<Overlay>,
    /// Boxes are hidden while a key is held.
    pub(crate) peek: RwSignal<bool>,
    /// Sample the keys act on in the grid.
    pub(crate) current: RwSignal<u64>,
    /// Element under the pointer or focus, by position in the truth.
    pub(crate) hot: RwSignal<Option<usize>>,
}

impl Ctx {
    /// The state of a page that was just opened.
    pub(crate) fn new() -> Self {
        let config = studio::first_config();
        let form = RwSignal::new(ConfigForm::from(&config));
        let overlay = browser::setting("overlay").and_then(|s| serde_json::from_str(&s).ok());
        let theme = match browser::setting("theme").as_deref() {
            Some("light") => ThemeChoice::Light,
            Some("dark") => ThemeChoice::Dark,
            _ => ThemeChoice::System,
        };
        let hash = browser::window().location().hash().unwrap_or_default();
        Self {
            route: RwSignal::new(Route::parse(&hash)),
            theme: RwSignal::new(theme),
            toasts: RwSignal::new(Toasts::default()),
            help: RwSignal::new(false),
            said: RwSignal::new(String::new()),
            pool: StoredValue::new_local(Pool::start()),
            form,
            parsed: Memo::new(move |_| form.with(ConfigForm::parse)),
            valid: RwSignal::new(config),
            preview_index: RwSignal::new(0),
            preview: RwSignal::new(None),
            preview_error: RwSignal::new(None),
            dataset: RwSignal::new(None),
            samples: RwSignal::new(BTreeMap::new()),
            blobs: StoredValue::new_local(BTreeMap::new()),
            run: RwSignal::new(None),
            validation_split: RwSignal::new(0.1),
            drivers: RwSignal::new_local(None),
            jobs: RwSignal::new(Vec::new()),
            events: RwSignal::new(BTreeMap::new()),
            points: RwSignal::new(BTreeMap::new()),
            checkpoints: RwSignal::new(BTreeMap::new()),
            uploads: RwSignal::new(BTreeMap::new()),
            models: RwSignal::new(Vec::new()),
            keys: RwSignal::new(BTreeSet::new()),
            stuck: RwSignal::new(BTreeMap::new()),
            opened: RwSignal::new(false),
            json_draft: RwSignal::new(None),
            draft: RwSignal::new(None),
            turn: StoredValue::new(0),
            overlay: RwSignal::new(overlay.unwrap_or_default()),
            peek: RwSignal::new(false),
            current: RwSignal::new(0),
            hot: RwSignal::new(None),
        }
    }

    /// Says something in the corner for a while; errors stay until closed.
    pub(crate) fn toast(self, tone: Tone, text: impl Into<String>) {
        self.say(tone, text.into(), None);
    }

    /// Says what was done, with a button that takes it back.
    pub(crate) fn done(self, text: impl Into<String>, undo: impl Fn() + Send + Sync + 'static) {
        self.say(Tone::Ok, text.into(), Some(Callback::new(move |()| undo())));
    }

    fn say(self, tone: Tone, text: String, undo: Option<Callback<()>>) {
        let error = tone == Tone::Error;
        // Time enough to read it, and to reach the button.
        let shown_ms = if undo.is_some() { 15_000 } else { 6000 };
        let id = self
            .toasts
            .try_update(|l| l.add(error, text, Look { tone, undo }));
        if let Some(id) = id.filter(|_| !error) {
            leptos::task::spawn_local(async move {
                browser::sleep(shown_ms).await;
                self.toasts.update(|l| l.close(id));
            });
        }
    }

    /// Says what failed.
    pub(crate) fn failed(self, what: &str, why: impl Told) {
        self.toast(Tone::Error, format!("{what}: {}", why.told()));
    }

    /// Opens a page.
    pub(crate) fn go(self, route: &Route) {
        if let Err(e) = browser::window().location().set_hash(&route.href()) {
            web_sys::console::error_1(&e);
        }
    }

    /// Sets and keeps the theme.
    pub(crate) fn set_theme(self, choice: ThemeChoice) {
        self.theme.set(choice);
        browser::keep_setting("theme", choice.name());
        if let Some(root) = browser::document().document_element() {
            let _ = root.set_attribute("data-theme-choice", choice.name());
        }
        if let Ok(e) = web_sys::Event::new("screensmith-theme") {
            let _ = browser::window().dispatch_event(&e);
        }
    }

    /// Stores and drivers, once the browser's database is open.
    pub(crate) fn work(self) -> Option<Work> {
        self.drivers.get_untracked()
    }

    /// The sample at `index`, when it is there.
    pub(crate) fn sample(self, index: u64) -> Option<Arc<Picture>> {
        self.samples.with(|s| s.get(&index).cloned())
    }
}
