//! What the playground looks at: a sample of the dataset with its tasks, or a picture of the
//! user's own.

use std::sync::Arc;

use leptos::prelude::*;
use web_sys::{File, Url};

use crate::app::context::{Ctx, Picture};
use crate::app::page::playground::Asked;
use crate::app::part::field;
use crate::app::part::icon::{self, icon};
use crate::app::part::notice;
use crate::app::state::number;
use crate::app::{browser, dataset};
use crate::format::image_info;
use crate::registry::compare::{Question, questions_of};
use crate::task::Geometry;

/// A picture of the user's own.
#[derive(Clone, Debug, PartialEq)]
struct Own {
    name: String,
    url: String,
    size: (u32, u32),
    bytes: Arc<Vec<u8>>,
}

/// The picture and the question about it.
#[derive(Clone, Copy)]
pub(crate) struct Look {
    sample: Memo<Option<Arc<Picture>>>,
    index: RwSignal<Option<u64>>,
    own: RwSignal<Option<Own>>,
    /// Questions of the sample, and which of them is asked.
    tasks: Memo<Vec<Question>>,
    task: RwSignal<usize>,
    instruction: RwSignal<String>,
    geometry: RwSignal<Geometry>,
    /// What is asked now; nothing without a picture.
    pub(crate) asked: Memo<Option<Asked>>,
}

impl Look {
    /// At the first sample, when there is one.
    pub(crate) fn new(ctx: Ctx) -> Self {
        let index = RwSignal::new(None::<u64>);
        let own = RwSignal::new(None::<Own>);
        let sample = Memo::new(move |_| {
            if own.with(Option::is_some) {
                return None;
            }
            ctx.samples.with(|all| match index.get() {
                Some(i) => all.get(&i).cloned(),
                None => all.values().next().cloned(),
            })
        });
        let tasks = Memo::new(move |_| {
            sample.with(|s| {
                s.as_ref()
                    .map(|p| questions_of(&p.shot.record))
                    .unwrap_or_default()
            })
        });
        let task = RwSignal::new(0);
        let instruction = RwSignal::new(String::new());
        let geometry = RwSignal::new(Geometry::Point);
        // The words and the kind of answer come from the task, and may then be changed.
        Effect::new(move |_| {
            let chosen = tasks.with(|t| t.get(task.get()).cloned());
            if let Some(q) = chosen {
                instruction.set(q.instruction);
                geometry.set(q.geometry);
            }
        });
        let asked = Memo::new(move |_| {
            let (words, shape) = (instruction.get(), geometry.get());
            let open = |size| {
                let question = Question::open(words.trim(), shape, size);
                Some(Asked {
                    question,
                    known: false,
                })
            };
            if let Some(o) = own.get() {
                return open(o.size);
            }
            let p = sample.get()?;
            p.url.as_ref()?;
            let chosen = tasks.with(|t| t.get(task.get()).cloned());
            match chosen {
                Some(question)
                    if question.instruction == words.trim() && question.geometry == shape =>
                {
                    Some(Asked {
                        question,
                        known: true,
                    })
                }
                _ => open(p.shot.record.size()),
            }
        });
        on_cleanup(move || {
            if let Some(o) = own.try_get_untracked().flatten() {
                let _ = Url::revoke_object_url(&o.url);
            }
        });
        Self {
            sample,
            index,
            own,
            tasks,
            task,
            instruction,
            geometry,
            asked,
        }
    }

    /// Address of the picture.
    pub(crate) fn url(self) -> Option<String> {
        let own = self.own.with(|o| o.as_ref().map(|o| o.url.clone()));
        own.or_else(|| self.sample.with(|s| s.as_ref()?.url.clone()))
    }

    /// The picture in words.
    pub(crate) fn alt(self) -> String {
        if let Some(o) = self.own.get() {
            return format!("{}, {} × {} px", o.name, o.size.0, o.size.1);
        }
        self.sample
            .with(|s| s.as_ref().map(|p| number::words(&p.shot.archetype)))
            .unwrap_or_default()
    }

    /// Bytes of the picture file, or what is wrong and what to do.
    pub(crate) async fn bytes(self, ctx: Ctx) -> Result<Vec<u8>, (String, String)> {
        if let Some(o) = self.own.get_untracked() {
            return Ok(o.bytes.to_vec());
        }
        let index = self
            .sample
            .with_untracked(|s| s.as_ref().map(|p| p.shot.index));
        let held = match index {
            Some(i) => dataset::image_bytes(ctx, i).await,
            None => Ok(None),
        };
        match held {
            Ok(Some(bytes)) => Ok(bytes),
            Ok(None) => Err((
                "There is no picture.".to_owned(),
                "Generate samples with screenshots, or choose a picture of your own.".to_owned(),
            )),
            Err(e) => Err((e.message().to_owned(), String::new())),
        }
    }

    /// Looks at a file of the user's own.
    fn open(self, ctx: Ctx, file: File) {
        leptos::task::spawn_local(async move {
            let bytes = match browser::blob_bytes(&file).await {
                Ok(b) => b,
                Err(e) => return ctx.failed("The picture could not be read", browser::js_text(&e)),
            };
            let info = match image_info(&bytes) {
                Ok(i) => i,
                Err(e) => return ctx.failed("This is no picture that models take", e),
            };
            let new = Own {
                name: file.name(),
                url: browser::object_url(&file),
                size: (info.width, info.height),
                bytes: Arc::new(bytes),
            };
            let old = self.own.try_update(|o| o.replace(new)).flatten();
            if let Some(o) = old {
                let _ = Url::revoke_object_url(&o.url);
            }
            let known = self
                .tasks
                .with_untracked(|t| t.get(self.task.get_untracked()).cloned());
            if known.is_some_and(|q| q.instruction == self.instruction.get_untracked()) {
                self.instruction.set(String::new());
            }
        });
    }

    /// Which picture: samples, or a file by choosing, dropping or pasting.
    pub(crate) fn choice(self, ctx: Ctx) -> AnyView {
        let over = RwSignal::new(false);
        let chosen = move |e: leptos::ev::Event| {
            let input: web_sys::HtmlInputElement = event_target(&e);
            if let Some(file) = input.files().and_then(|f| f.get(0)) {
                self.open(ctx, file);
            }
            input.set_value("");
        };
        let dropped = move |e: leptos::ev::DragEvent| {
            e.prevent_default();
            over.set(false);
            let files = e.data_transfer().and_then(|d| d.files());
            if let Some(file) = files.and_then(|f| f.get(0)) {
                self.open(ctx, file);
            }
        };
        let pasting = window_event_listener(leptos::ev::paste, move |e| {
            let files = e.clipboard_data().and_then(|d| d.files());
            if let Some(file) = files.and_then(|f| f.get(0)) {
                e.prevent_default();
                self.open(ctx, file);
            }
        });
        on_cleanup(move || pasting.remove());
        view! {
            <div
                class="drop"
                class:over=move || over.get()
                on:dragover=move |e| {
                    e.prevent_default();
                    over.set(true);
                }
                on:dragleave=move |_| over.set(false)
                on:drop=dropped
            >
                <div class="row">
                    {move || self.steps(ctx)}
                    <label class="button small">
                        {icon(icon::UPLOAD)}
                        "Choose a picture"
                        <input
                            class="visually-hidden"
                            type="file"
                            accept="image/png,image/jpeg,image/webp"
                            on:change=chosen
                        />
                    </label>
                </div>
                <p class="hint">"or drop or paste a screenshot of your own here; it goes only to the address you ask"</p>
            </div>
        }
        .into_any()
    }

    /// The name of the picture, with a way to the next one.
    fn steps(self, ctx: Ctx) -> AnyView {
        if let Some(o) = self.own.get() {
            let back = move |_| {
                if let Some(o) = self.own.try_update(Option::take).flatten() {
                    let _ = Url::revoke_object_url(&o.url);
                }
            };
            return view! {
                <strong class="truncate">{o.name}</strong>
                <button type="button" class="button small" on:click=back>
                    "Back to the samples"
                </button>
            }
            .into_any();
        }
        let Some(p) = self.sample.get() else {
            return ().into_any();
        };
        let index = p.shot.index;
        let around = ctx.samples.with(|all| {
            let before = all.range(..index).next_back().map(|(i, _)| *i);
            let after = all.range(index + 1..).next().map(|(i, _)| *i);
            [before, after]
        });
        let button = move |name: &'static str, sign: &'static str, to: Option<u64>| {
            view! {
                <button
                    type="button"
                    class="button icon small"
                    aria-label=name
                    disabled=to.is_none()
                    on:click=move |_| {
                        self.task.set(0);
                        self.index.set(to);
                    }
                >
                    {icon(sign)}
                </button>
            }
        };
        view! {
            {button("Previous sample", icon::LEFT, around[0])}
            <strong>{format!("Sample {index}")}</strong>
            {button("Next sample", icon::RIGHT, around[1])}
        }
        .into_any()
    }

    /// What to ask.
    pub(crate) fn question_fields(self) -> AnyView {
        let tasks = move || {
            self.tasks
                .get()
                .into_iter()
                .enumerate()
                .map(|(i, q)| {
                    let name = format!("{} ({})", q.instruction, number::words(&q.kind));
                    let on = i == self.task.get_untracked();
                    view! {
                        <option value=i.to_string() selected=on>
                            {name}
                        </option>
                    }
                })
                .collect_view()
        };
        let choose = move |e: leptos::ev::Event| {
            if let Ok(i) = event_target_value(&e).parse() {
                self.task.set(i);
            }
        };
        let changed = move || {
            let tasks = self.tasks.with(|t| !t.is_empty());
            tasks && self.asked.with(|a| a.as_ref().is_some_and(|a| !a.known))
        };
        view! {
            {move || {
                self.tasks
                    .with(|t| !t.is_empty())
                    .then(|| {
                        view! {
                            <div class="field">
                                <label class="field-label" for="trial-task">"Task of the sample"</label>
                                <select class="input" id="trial-task" on:change=choose>
                                    {tasks}
                                </select>
                            </div>
                        }
                    })
            }}
            <div class="field">
                <label class="field-label" for="instruction">"Instruction"</label>
                <textarea
                    class="input plain"
                    id="instruction"
                    rows="2"
                    prop:value=move || self.instruction.get()
                    on:input=move |e| self.instruction.set(event_target_value(&e))
                ></textarea>
                {move || {
                    changed()
                        .then(|| {
                            view! {
                                <p class="hint">
                                    "Your own words: whether the answer is right is for you to see."
                                </p>
                            }
                        })
                }}
            </div>
            {field::chips(
                "Answer",
                "",
                || vec![(Geometry::Point, "A point".to_owned()), (Geometry::Box, "A box".to_owned())],
                move |g: &Geometry| self.geometry.get() == *g,
                move |g| self.geometry.set(g),
                Vec::new,
            )}
        }
        .into_any()
    }

    /// Said where there is no picture.
    pub(crate) fn nothing(self) -> AnyView {
        notice::empty(
            "No picture yet",
            "Generate samples with screenshots, whose right answers are known, or choose a screenshot of your own.",
            view! { <a class="button" href="#/generate">"Generate samples"</a> },
        )
        .into_any()
    }
}
