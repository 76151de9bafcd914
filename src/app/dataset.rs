//! The dataset as a whole: its definition across reloads, its split, its files.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use js_sys::{Array, Uint8Array};
use leptos::prelude::*;
use web_sys::Blob;

use crate::app::browser;
use crate::app::context::{Ctx, Picture};
use crate::app::state::config_form::ConfigForm;
use crate::app::studio;
use crate::app::work::{self, Work};
use crate::base::ports::{Batch, Expect};
use crate::dataset::{
    DatasetArchive, Manifest, Record, Split, SplitConfig, SplitKey, image_number, split,
};
use crate::error::{Error, Result};
use crate::generate::config::GenerationConfig;
use crate::generate::html::font_files;
use crate::job::FineTuneJob;
use crate::problem::Problem;
use crate::store::indexeddb::{DATABASE, IndexedDb};

/// Collection of what the app itself remembers.
const APP: &str = "app";
/// Document with the dataset's definition.
const DEFINITION: &str = "dataset";
/// Bytes handed to the browser at once.
const PART: usize = 1 << 22;
/// Samples worked on before the page may paint again.
const BREATH: usize = 8;

/// What is remembered of the dataset.
#[derive(serde::Serialize, serde::Deserialize)]
struct Definition {
    config: GenerationConfig,
    validation_split: f64,
}

/// Opens the browser's database, goes on with jobs, and makes the samples again.
pub(crate) fn open(ctx: Ctx) {
    leptos::task::spawn_local(async move {
        match IndexedDb::open(DATABASE).await {
            Ok(db) => {
                ctx.drivers.set(Some(Work::new(ctx, &db)));
                if let Err(e) = restore(ctx).await {
                    ctx.failed("The last dataset could not be read", e);
                }
                if let Err(e) = work::open(ctx).await {
                    ctx.failed("Jobs and models could not be read", e);
                }
            }
            Err(e) => ctx.failed("Nothing can be kept in this browser", e),
        }
        ctx.opened.set(true);
    });
}

async fn restore(ctx: Ctx) -> Result<()> {
    let Some(work) = ctx.drivers.get_untracked() else {
        return Ok(());
    };
    let Some(document) = work.ports.store.get(APP, DEFINITION).await? else {
        return Ok(());
    };
    let definition: Definition = serde_json::from_value(document.value)?;
    // Something was generated while the database opened: that is newer.
    if ctx.dataset.with_untracked(Option::is_none) {
        ctx.validation_split.set(definition.validation_split);
        ctx.form.set(ConfigForm::from(&definition.config));
        studio::make(ctx, definition.config);
    }
    Ok(())
}

/// Keeps the definition of the dataset.
pub(crate) fn remember(ctx: Ctx) {
    let Some(work) = ctx.drivers.get_untracked() else {
        return;
    };
    let Some(config) = ctx.dataset.get_untracked() else {
        return;
    };
    let definition = Definition {
        config,
        validation_split: ctx.validation_split.get_untracked(),
    };
    leptos::task::spawn_local(async move {
        let kept = match serde_json::to_value(&definition) {
            Ok(value) => {
                let batch = Batch::new().put(APP, DEFINITION, value, Expect::Any);
                work.ports.store.commit(batch).await
            }
            Err(e) => Err(e.into()),
        };
        if let Err(e) = kept {
            ctx.failed("The dataset’s definition was not kept", e);
        }
    });
}

/// Deletes everything this app keeps in the browser and starts over.
pub(crate) fn clear_all(ctx: Ctx) {
    leptos::task::spawn_local(async move {
        studio::cancel(ctx);
        ctx.drivers.set(None);
        if let Err(e) = IndexedDb::delete(DATABASE).await {
            ctx.failed("Not cleared", e);
            return;
        }
        if let Err(e) = browser::window().location().reload() {
            ctx.failed("Cleared; reload the page", browser::js_text(&e));
        }
    });
}

/// All samples in order of their index.
pub(crate) fn pictures(ctx: Ctx) -> Vec<Arc<Picture>> {
    ctx.samples.with(|s| s.values().cloned().collect())
}

/// Fingerprint of the samples there are.
pub(crate) fn fingerprint(ctx: Ctx) -> String {
    ctx.samples
        .with(|s| Manifest::dataset_fingerprint(s.values().map(|p| p.shot.fingerprint.as_str())))
}

/// Where the dataset lies in the browser's files.
pub(crate) fn path(ctx: Ctx) -> String {
    format!("datasets/{}/dataset.jsonl", &fingerprint(ctx)[..16])
}

/// What vendors found about a sample in the jobs on this very dataset: job and finding.
pub(crate) type Findings = BTreeMap<u64, Vec<(String, Problem)>>;

/// The vendors' findings about the samples there are, by index.
pub(crate) fn findings(ctx: Ctx) -> Findings {
    let mut out = Findings::new();
    ctx.jobs.with(|jobs| {
        let found = |j: &&FineTuneJob| j.findings().next().is_some();
        let mut jobs = jobs.iter().filter(found).peekable();
        if jobs.peek().is_none() {
            return;
        }
        let mine = path(ctx);
        let jobs = jobs.filter(|j| j.config.dataset_path == mine);
        ctx.samples.with(|samples| {
            // Jobs number the pictures by their place in the dataset.
            let indices: Vec<u64> = samples.keys().copied().collect();
            let index_of = |picture| indices.get(usize::try_from(image_number(picture)?).ok()?);
            for job in jobs {
                for (picture, p) in job.findings() {
                    if let Some(i) = index_of(picture) {
                        let list = out.entry(*i).or_default();
                        list.push((job.job_id.clone(), p.clone()));
                    }
                }
            }
        });
    });
    out
}

/// The split of the samples there are, at the chosen ratio.
///
/// # Errors
/// As [`split`].
pub(crate) fn sides(ctx: Ctx) -> Result<Split> {
    let keys: Vec<SplitKey> = ctx
        .samples
        .with(|s| s.values().map(|p| SplitKey::from(&p.shot.record)).collect());
    split(
        &keys,
        &SplitConfig {
            validation_split: ctx.validation_split.get(),
        },
    )
}

/// Bytes of a sample's picture; `None` without screenshots.
pub(crate) async fn image_bytes(ctx: Ctx, index: u64) -> Result<Option<Vec<u8>>> {
    let Some(blob) = ctx.blobs.with_value(|b| b.get(&index).cloned()) else {
        return Ok(None);
    };
    let bytes = browser::blob_bytes(&blob).await;
    bytes
        .map(Some)
        .map_err(|e| Error::storage("picture", browser::js_text(&e)))
}

/// The record with its picture inside, the seed's shape.
pub(crate) async fn embedded(ctx: Ctx, picture: &Picture) -> Result<Record> {
    let mut record = picture.shot.record.clone();
    if let Some(bytes) = image_bytes(ctx, picture.shot.index).await? {
        record.screenshot_base64 = Some(STANDARD.encode(bytes));
        record.image = None;
    }
    Ok(record)
}

/// Writes the dataset into the browser's files, where jobs read it; one that is there already
/// has the same fingerprint and stays.
///
/// # Errors
/// A failure of storage.
pub(crate) async fn store(ctx: Ctx) -> Result<()> {
    let Some(work) = ctx.drivers.get_untracked() else {
        return Err(work::closed());
    };
    let path = untrack(|| path(ctx));
    if work.ports.files.size(&path).await?.is_some() {
        return Ok(());
    }
    let mut file = work.ports.files.create(&path).await?;
    for picture in untrack(|| pictures(ctx)) {
        let mut line = embedded(ctx, &picture).await?.to_line()?;
        line.push('\n');
        file.write(line.as_bytes()).await?;
    }
    file.finish().await
}

/// Collects what is written as files the browser keeps outside the program's memory.
#[derive(Default)]
pub(crate) struct Parts {
    blobs: Array,
    buffer: Vec<u8>,
}

impl Parts {
    fn spill(&mut self) -> std::io::Result<()> {
        if !self.buffer.is_empty() {
            let part = browser::blob(
                &Array::of1(&Uint8Array::from(self.buffer.as_slice())),
                "application/octet-stream",
            )
            .map_err(|e| std::io::Error::other(browser::js_text(&e)))?;
            self.blobs.push(&part);
            self.buffer.clear();
        }
        Ok(())
    }

    /// Everything as one file.
    pub(crate) fn into_blob(mut self, media_type: &str) -> Result<Blob> {
        self.spill()?;
        let options = web_sys::BlobPropertyBag::new();
        options.set_type(media_type);
        Blob::new_with_blob_sequence_and_options(&self.blobs, &options)
            .map_err(|e| Error::storage("storage_full", browser::js_text(&e)))
    }
}

impl Write for Parts {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= PART {
            self.spill()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The whole dataset as a zip file: `dataset.jsonl`, pictures, pages, manifest. `done` hears of
/// the samples written.
///
/// # Errors
/// A failure of the browser to keep the file.
pub(crate) async fn archive(ctx: Ctx, done: impl Fn(u64)) -> Result<Blob> {
    let config = ctx
        .dataset
        .get_untracked()
        .ok_or_else(|| Error::caller("no_dataset", "there is no dataset yet"))?;
    let all = untrack(|| pictures(ctx));
    let mut zip = DatasetArchive::new(Parts::default());
    zip.start("dataset.jsonl")?;
    for picture in &all {
        zip.write(picture.shot.record.to_line()?.as_bytes())?;
        zip.write(b"\n")?;
    }
    for (i, picture) in all.iter().enumerate() {
        let index = picture.shot.index;
        if let (Some(path), Some(bytes)) =
            (&picture.shot.record.image, image_bytes(ctx, index).await?)
        {
            zip.file(path, &bytes)?;
        }
        zip.file(
            &format!("html/{index:06}.html"),
            picture.shot.record.html.as_bytes(),
        )?;
        if i % BREATH == BREATH - 1 {
            done(i as u64 + 1);
            browser::sleep(0).await;
        }
    }
    for (path, bytes) in font_files() {
        zip.file(&format!("html/{path}"), bytes)?;
    }
    let manifest = Manifest::new(config, all.len() as u64, untrack(|| fingerprint(ctx)));
    zip.finish(manifest)?.into_blob("application/zip")
}
