//! What both models are asked: tasks of the dataset, or a benchmark file with its pictures.

use std::collections::BTreeMap;
use std::sync::Arc;

use js_sys::{Array, Reflect, Uint8Array};
use leptos::prelude::*;
use web_sys::{File, Url};

use crate::app::context::Ctx;
use crate::app::page::compare::problem;
use crate::app::part::field::{self, Text};
use crate::app::part::icon::{self, icon};
use crate::app::part::notice::{self, Tone};
use crate::app::state::compare_source::find_picture;
use crate::app::state::number;
use crate::app::{browser, dataset};
use crate::base::hash;
use crate::dataset::{Side, SplitConfig};
use crate::error::{Error, Result};
use crate::format::image_info;
use crate::problem::Problem;
use crate::registry::compare::{BenchmarkZip, BoxShape, Question, choose, pick, screenspot};

/// How many questions are offered at first.
const FIRST_LIMIT: usize = 100;
/// Bytes that nearly always hold the header of a picture.
const HEADER: f64 = 131_072.0;

/// Where the questions come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Validation,
    All,
    File,
}

impl Kind {
    const ALL: [(Self, &str); 3] = [
        (Self::Validation, "Validation side"),
        (Self::All, "All samples"),
        (Self::File, "Benchmark file"),
    ];
}

/// A benchmark file that was read.
#[derive(Clone, Debug, PartialEq)]
struct Bench {
    name: String,
    fingerprint: String,
    questions: Vec<Question>,
    paths: Vec<String>,
}

/// The questions and their pictures.
#[derive(Clone, Copy)]
pub(crate) struct Source {
    kind: RwSignal<Kind>,
    limit: RwSignal<String>,
    boxes: RwSignal<Option<BoxShape>>,
    bench: RwSignal<Option<Arc<Bench>>>,
    files: StoredValue<Vec<File>, LocalStorage>,
    /// What was chosen last, to be read again another way.
    chosen: StoredValue<Vec<File>, LocalStorage>,
    urls: StoredValue<BTreeMap<usize, String>>,
    wrong: RwSignal<Option<Problem>>,
    /// What is asked.
    pub(crate) questions: Memo<Arc<Vec<Question>>>,
    /// Why nothing is asked.
    nothing: Memo<Option<Problem>>,
}

impl Source {
    /// The validation side, to begin with.
    pub(crate) fn new(ctx: Ctx) -> Self {
        let kind = RwSignal::new(Kind::Validation);
        let limit = RwSignal::new(FIRST_LIMIT.to_string());
        let bench = RwSignal::new(None::<Arc<Bench>>);
        let found = Memo::new(move |_| {
            let most = limit.with(|l| l.trim().parse::<usize>());
            let Ok(most) = most.map(|n| n.clamp(1, 100_000)) else {
                return Err(Problem::error(
                    "limit",
                    "limit",
                    "not a number of questions",
                ));
            };
            let side = match kind.get() {
                Kind::Validation => Some(Side::Validation),
                Kind::All => None,
                Kind::File => {
                    let all = bench.get().map(|b| b.questions.clone()).unwrap_or_default();
                    return Ok(Arc::new(pick(all, most)));
                }
            };
            let config = SplitConfig {
                validation_split: ctx.validation_split.get(),
            };
            ctx.samples.with(|all| {
                let records = all.values().map(|p| &p.shot.record);
                match choose(records, side, &config, most) {
                    Ok(q) if q.is_empty() && !all.is_empty() => Err(Problem::error(
                        "no_questions",
                        "",
                        "these samples ask for no point and no box",
                    )
                    .hint("take all samples, or generate more")),
                    Ok(q) => Ok(Arc::new(q)),
                    Err(e) => Err(problem(&e)),
                }
            })
        });
        let urls = StoredValue::new(BTreeMap::<usize, String>::new());
        on_cleanup(move || {
            for url in urls.try_get_value().unwrap_or_default().values() {
                let _ = Url::revoke_object_url(url);
            }
        });
        Self {
            kind,
            limit,
            boxes: RwSignal::new(None),
            bench,
            files: StoredValue::new_local(Vec::new()),
            chosen: StoredValue::new_local(Vec::new()),
            urls,
            wrong: RwSignal::new(None),
            questions: Memo::new(move |_| found.get().unwrap_or_default()),
            nothing: Memo::new(move |_| found.get().err()),
        }
    }

    /// What tells answers to these questions from answers to others.
    pub(crate) fn id(self, ctx: Ctx) -> String {
        match self.kind.get() {
            Kind::File => self
                .bench
                .with(|b| b.as_ref().map(|b| b.fingerprint.clone()))
                .unwrap_or_default(),
            Kind::Validation | Kind::All => dataset::fingerprint(ctx),
        }
    }

    /// Whether the samples that the questions come from are still being made.
    pub(crate) fn in_the_making(self, ctx: Ctx) -> bool {
        self.kind.get() != Kind::File && ctx.run.with(Option::is_some)
    }

    /// Its name in a report.
    pub(crate) fn name(self, ctx: Ctx) -> String {
        match self.kind.get() {
            Kind::File => self
                .bench
                .with(|b| b.as_ref().map(|b| b.name.clone()))
                .unwrap_or_default(),
            kind => {
                let side = if kind == Kind::All {
                    "all samples"
                } else {
                    "the validation side"
                };
                format!("{side} of dataset {}", dataset::fingerprint(ctx))
            }
        }
    }

    /// Bytes of the picture of a question.
    pub(crate) async fn bytes(self, ctx: Ctx, question: &Question) -> Result<Vec<u8>> {
        let missing = || {
            Error::data("image_missing", "the picture of this question is not there")
                .at(question.id.clone())
                .hint("generate with screenshots, or choose the pictures together with the file")
        };
        if self.kind.get_untracked() != Kind::File {
            let index = question.sample().ok_or_else(missing)?;
            return dataset::image_bytes(ctx, index).await?.ok_or_else(missing);
        }
        let place = self.place(question).ok_or_else(missing)?;
        let file = self.files.with_value(|f| f.get(place).cloned());
        let file = file.ok_or_else(missing)?;
        let bytes = browser::blob_bytes(&file).await;
        bytes.map_err(|e| Error::storage("picture", browser::js_text(&e)))
    }

    fn place(self, question: &Question) -> Option<usize> {
        let bench = self.bench.get_untracked()?;
        find_picture(&bench.paths, &question.image)
    }

    /// Address of the picture of a question.
    pub(crate) fn url(self, ctx: Ctx, question: &Question) -> Option<String> {
        if self.kind.get_untracked() != Kind::File {
            let index = question.sample()?;
            return ctx
                .samples
                .with_untracked(|s| s.get(&index).and_then(|p| p.url.clone()));
        }
        let place = self.place(question)?;
        if let Some(url) = self.urls.with_value(|u| u.get(&place).cloned()) {
            return Some(url);
        }
        let url = self
            .files
            .with_value(|f| f.get(place).map(|f| browser::object_url(f)))?;
        self.urls.update_value(|u| {
            u.insert(place, url.clone());
        });
        Some(url)
    }

    /// Takes files in: one JSON file with the questions, the rest pictures.
    fn open(self, chosen: Vec<File>) {
        if chosen.is_empty() {
            return;
        }
        self.chosen.set_value(chosen.clone());
        leptos::task::spawn_local(async move {
            let shape = self.boxes.get_untracked();
            let read = read(chosen, shape).await;
            let _ = match read {
                Ok((bench, files)) => {
                    for url in self.urls.try_get_value().unwrap_or_default().values() {
                        let _ = Url::revoke_object_url(url);
                    }
                    self.urls.set_value(BTreeMap::new());
                    self.files.set_value(files);
                    self.bench.try_set(Some(Arc::new(bench)));
                    self.wrong.try_set(None)
                }
                Err(e) => {
                    // The questions of before do not stand in for those that were meant.
                    let _ = self.bench.try_set(None);
                    self.wrong.try_set(Some(problem(&e)))
                }
            };
        });
    }

    /// The choice of questions.
    pub(crate) fn fields(self) -> AnyView {
        let chosen = move |e: leptos::ev::Event| {
            let input: web_sys::HtmlInputElement = event_target(&e);
            self.open(listed(input.files()));
            input.set_value("");
        };
        let dropped = move |e: leptos::ev::DragEvent| {
            e.prevent_default();
            self.open(listed(e.data_transfer().and_then(|d| d.files())));
        };
        view! {
            {field::chips(
                "Questions",
                "",
                || Kind::ALL.iter().map(|(k, name)| (*k, (*name).to_owned())).collect(),
                move |k: &Kind| self.kind.get() == *k,
                move |k| self.kind.set(k),
                move || self.nothing.get().into_iter().filter(|p| p.path != "limit").collect(),
            )}
            {move || {
                (self.kind.get() == Kind::File)
                    .then(|| {
                        view! {
                            <div
                                class="drop"
                                on:dragover=move |e| e.prevent_default()
                                on:drop=dropped
                            >
                                <div class="row">
                                    <label class="button small">
                                        {icon(icon::UPLOAD)}
                                        "Choose files"
                                        <input class="visually-hidden" type="file" multiple=true on:change=chosen />
                                    </label>
                                    <label class="button small">
                                        {icon(icon::UPLOAD)}
                                        "Choose a folder"
                                        <input
                                            class="visually-hidden"
                                            type="file"
                                            prop:webkitdirectory=true
                                            on:change=chosen
                                        />
                                    </label>
                                </div>
                                <p class="hint">
                                    "of the ScreenSpot family: one JSON file and its pictures, or a zip of both; nothing is uploaded"
                                </p>
                                {self.shapes()}
                                {move || {
                                    self.bench.get().map(|b| {
                                        let n = number::things(b.questions.len() as u64, "question");
                                        let p = number::things(b.paths.len() as u64, "file");
                                        view! { <p>{format!("{}: {n}, {p}", b.name)}</p> }
                                    })
                                }}
                                <div aria-live="polite">
                                    {move || self.wrong.get().map(|p| notice::notice(Tone::Error, field::problem(&p)))}
                                </div>
                            </div>
                        }
                    })
            }}
            {field::text(
                Text {
                    id: "limit",
                    label: "Most questions",
                    hint: "always the same ones; more of them later go on from these".into(),
                    mode: "numeric",
                },
                move || self.limit.get(),
                move |v| self.limit.set(v),
                move || self.nothing.get().into_iter().filter(|p| p.path == "limit").collect(),
            )}
        }
        .into_any()
    }

    fn shapes(self) -> AnyView {
        const SHAPES: [(&str, &str, Option<BoxShape>); 3] = [
            ("told", "as the file as a whole tells", None),
            ("xywh", "left, top, width, height", Some(BoxShape::Xywh)),
            ("xyxy", "left, top, right, bottom", Some(BoxShape::Xyxy)),
        ];
        field::select(
            "boxes",
            "Boxes of the file",
            SHAPES
                .iter()
                .map(|(id, name, _)| ((*id).to_owned(), (*name).to_owned()))
                .collect(),
            move || {
                let now = self.boxes.get();
                SHAPES
                    .iter()
                    .find(|s| s.2 == now)
                    .map_or("told", |s| s.0)
                    .to_owned()
            },
            move |v| {
                self.boxes
                    .set(SHAPES.iter().find(|s| s.0 == v).and_then(|s| s.2));
                self.open(self.chosen.get_value());
            },
        )
    }
}

fn listed(files: Option<web_sys::FileList>) -> Vec<File> {
    let Some(files) = files else {
        return Vec::new();
    };
    (0..files.length()).filter_map(|i| files.get(i)).collect()
}

/// Where the file lay in the chosen folder; its name when it was chosen alone.
fn path_of(file: &File) -> String {
    let inside = Reflect::get(file, &"webkitRelativePath".into())
        .ok()
        .and_then(|v| v.as_string())
        .filter(|p| !p.is_empty());
    inside.unwrap_or_else(|| file.name())
}

/// A zip stands for the files in it.
async fn unpacked(files: Vec<File>) -> Result<Vec<(String, File)>> {
    let mut out = Vec::new();
    for file in files {
        if !file.name().ends_with(".zip") {
            out.push((path_of(&file), file));
            continue;
        }
        let lost = |e| Error::storage("picture", browser::js_text(&e)).at(file.name());
        let mut zip = BenchmarkZip::open(browser::blob_bytes(&file).await.map_err(lost)?)?;
        for path in zip.paths() {
            let bytes = Uint8Array::from(zip.read(&path)?.as_slice());
            let inside = File::new_with_u8_array_sequence(&Array::of1(&bytes), &path);
            out.push((path, inside.map_err(lost)?));
            // The page stays alive meanwhile.
            browser::sleep(0).await;
        }
    }
    Ok(out)
}

async fn read(files: Vec<File>, shape: Option<BoxShape>) -> Result<(Bench, Vec<File>)> {
    let (json, rest): (Vec<_>, Vec<_>) = unpacked(files)
        .await?
        .into_iter()
        .partition(|(path, _)| path.ends_with(".json"));
    let [(name, file)] = &json[..] else {
        return Err(Error::caller(
            "screenspot_json",
            format!("{} JSON files were chosen", json.len()),
        )
        .hint("choose one, together with its pictures or their folder"));
    };
    let name = name.clone();
    let refused = |e| Error::data("not_text", e).at(name.clone());
    let text = browser::file_text(file).await.map_err(refused)?;
    let (paths, files): (Vec<String>, Vec<File>) = rest.into_iter().unzip();
    let mut sizes: BTreeMap<usize, (u32, u32)> = BTreeMap::new();
    for (i, file) in files.iter().enumerate() {
        if let Some(size) = size_of(file).await {
            sizes.insert(i, size);
        }
    }
    let questions = screenspot(&text, shape, |path| {
        let size = find_picture(&paths, path).and_then(|i| sizes.get(&i).copied());
        size.ok_or_else(|| {
            let text = format!("the picture {path} was not chosen, or is none");
            Error::data("image_missing", text)
                .at(path)
                .hint("choose the folder with the pictures")
        })
    })?;
    if questions.is_empty() {
        return Err(Error::data("screenspot_json", "there are no questions in it").at(name));
    }
    let bench = Bench {
        name,
        // Read another way, they are other questions.
        fingerprint: hash::sha256_hex(format!("{shape:?} {text}").as_bytes()),
        questions,
        paths,
    };
    Ok((bench, files))
}

/// Width and height from the header of a picture file; of the whole file when that is long.
async fn size_of(file: &File) -> Option<(u32, u32)> {
    let head = file.slice_with_f64_and_f64(0.0, HEADER).ok()?;
    let head = browser::blob_bytes(&head).await.ok()?;
    let info = match image_info(&head) {
        Ok(info) => info,
        Err(_) => image_info(&browser::blob_bytes(file).await.ok()?).ok()?,
    };
    Some((info.width, info.height))
}
