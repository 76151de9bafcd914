//! `screensmith generate`: a dataset folder, on all cores, in shards, resumable.
//!
//! ```text
//! OUT/dataset.jsonl   OUT/images/000000.png   OUT/html/000000.html   OUT/manifest.json
//! ```
//! With `--shard k/n` the lines go to `dataset-k-of-n.jsonl`, and once every shard lies in one
//! folder they are joined into `dataset.jsonl`. Shards are contiguous, so a plain concatenation
//! in order gives the same file.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;

use clap::Args as ClapArgs;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::base::hash;
use crate::cli::{Outcome, Output};
use crate::dataset::{
    ImageStorage, Manifest, ManifestFile, Record, atomic_write, image_path, write_page_fonts,
};
use crate::error::{Error, Result};
use crate::generate::config::{GenerationConfig, ImageFormat};
use crate::generate::{GENERATOR_VERSION, SyntheticUiGenerator};
use crate::task;

/// Arguments of `generate`.
#[derive(Debug, ClapArgs)]
pub(super) struct Args {
    /// Number of samples (default 100, or num_samples of the configuration)
    #[arg(long)]
    count: Option<u64>,
    /// Seed of the dataset; drawn and recorded when missing
    #[arg(long)]
    seed: Option<u64>,
    /// Folder to write into
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// GenerationConfig as JSON
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Make only part k of n, k from 0
    #[arg(long, value_name = "k/n")]
    shard: Option<Shard>,
    /// Threads (default: all cores)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Picture format (default png)
    #[arg(long, value_parser = parse_image)]
    image: Option<ImageFormat>,
    /// Put pictures into the records as base64 instead of files
    #[arg(long)]
    embed_images: bool,
}

/// Part `k` of `n`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Shard {
    k: u64,
    n: u64,
}

impl std::str::FromStr for Shard {
    type Err = String;

    fn from_str(s: &str) -> Result<Self, String> {
        let parse = || {
            let (k, n) = s.split_once('/')?;
            let (k, n) = (k.parse().ok()?, n.parse().ok()?);
            (n > 0 && k < n && n <= 100_000).then_some(Self { k, n })
        };
        parse().ok_or_else(|| "must be k/n with k from 0 to n-1, such as 0/8".to_owned())
    }
}

impl Shard {
    const WHOLE: Self = Self { k: 0, n: 1 };

    fn range(self, count: u64) -> Range<u64> {
        let edge = |k: u64| (u128::from(count) * u128::from(k) / u128::from(self.n)) as u64;
        edge(self.k)..edge(self.k + 1)
    }

    fn name(self) -> String {
        if self == Self::WHOLE {
            "dataset".to_owned()
        } else {
            format!("dataset-{:05}-of-{:05}", self.k, self.n)
        }
    }
}

fn parse_image(s: &str) -> Result<ImageFormat, String> {
    ImageFormat::ALL
        .iter()
        .copied()
        .find(|f| f.name() == s)
        .ok_or_else(|| "must be png, jpeg or webp".to_owned())
}

/// What an interrupted run must have in common with the one that goes on.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Progress {
    generator_version: u32,
    config: GenerationConfig,
    shard: Shard,
    embed_images: bool,
}

#[derive(Debug, Serialize)]
struct Summary {
    out: PathBuf,
    dataset: PathBuf,
    samples: u64,
    resumed_from: u64,
    seed: u64,
    fingerprint: Option<String>,
}

/// Runs the command.
///
/// # Errors
/// Wrong configuration, a folder that holds another dataset, and file system errors.
pub(super) fn run(args: &Args, out: &Output) -> Result<Outcome> {
    let mut config = match &args.config {
        Some(path) => super::read_json::<GenerationConfig>(path)?,
        None => GenerationConfig::default(),
    };
    if let Some(n) = args.count {
        config.num_samples = n;
    }
    if args.seed.is_some() {
        config.seed = args.seed;
    }
    if let Some(f) = args.image {
        config.image_format = f;
    }
    let shard = args.shard.unwrap_or(Shard::WHOLE);
    if shard != Shard::WHOLE && config.seed.is_none() {
        return Err(
            Error::caller("shard_seed", "shards of one dataset need one seed")
                .at("--seed")
                .hint("give all shards the same --seed"),
        );
    }
    let problems = config.validate();
    if problems.iter().any(crate::Problem::is_error) {
        out.problems(&problems, 20);
    }
    let folder = Folder {
        root: args.out.clone(),
        name: shard.name(),
    };
    if config.seed.is_none() {
        config.seed = folder.recorded_seed();
    }
    let generator = SyntheticUiGenerator::new(config)?;
    let progress = Progress {
        generator_version: GENERATOR_VERSION,
        config: generator.config().clone(),
        shard,
        embed_images: args.embed_images,
    };
    let range = shard.range(progress.config.num_samples);
    let samples = range.end - range.start;
    let mut resumed_from = 0;
    if folder.is_complete(&progress)? {
        out.note(&format!("{} is complete already", folder.lines().display()));
        resumed_from = samples;
    } else if shard == Shard::WHOLE && join(&args.out, &progress, out)? {
        resumed_from = samples;
    } else {
        let jobs = args.jobs.map(usize::from).unwrap_or_else(|| {
            std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
        });
        resumed_from = make(&folder, &generator, &progress, range, jobs.max(1), out)
            .map(|done| resumed_from + done)?;
    }
    let mut fingerprint = Manifest::read(&folder.manifest())?.map(|m| m.fingerprint);
    let mut dataset = folder.lines();
    if shard != Shard::WHOLE && join(&args.out, &progress, out)? {
        let whole = Folder {
            root: args.out.clone(),
            name: Shard::WHOLE.name(),
        };
        fingerprint = Manifest::read(&whole.manifest())?.map(|m| m.fingerprint);
        dataset = whole.lines();
    }
    let summary = Summary {
        out: args.out.clone(),
        dataset,
        samples,
        resumed_from,
        seed: generator.seed(),
        fingerprint,
    };
    out.result(&summary, |s| {
        format!(
            "{} samples (seed {}) in {}",
            s.samples,
            s.seed,
            s.dataset.display()
        )
    })?;
    Ok(Outcome::Done)
}

/// The files of a dataset or of one shard.
struct Folder {
    root: PathBuf,
    name: String,
}

impl Folder {
    fn lines(&self) -> PathBuf {
        self.root.join(format!("{}.jsonl", self.name))
    }

    fn manifest(&self) -> PathBuf {
        self.root.join(format!(
            "{}.json",
            self.name.replacen("dataset", "manifest", 1)
        ))
    }

    fn partial(&self) -> PathBuf {
        self.root.join(format!("{}.jsonl.part", self.name))
    }

    fn progress(&self) -> PathBuf {
        self.root.join(format!("{}.jsonl.part.json", self.name))
    }

    /// Seed of an earlier run in this folder, finished or not.
    fn recorded_seed(&self) -> Option<u64> {
        let progress: Option<Progress> = fs::read(self.progress())
            .ok()
            .and_then(|b| serde_json::from_slice(&b).ok());
        match progress {
            Some(p) => p.config.seed,
            None => Manifest::read(&self.manifest()).ok()??.config.seed,
        }
    }

    /// Whether this very dataset is here.
    fn is_complete(&self, wanted: &Progress) -> Result<bool> {
        let Some(manifest) = Manifest::read(&self.manifest())? else {
            return Ok(false);
        };
        if !self.lines().exists() {
            return Ok(false);
        }
        let embeds = first_record(&self.lines())?
            .is_none_or(|r| r.screenshot_base64.is_some() == wanted.embed_images);
        if manifest.config == wanted.config
            && manifest.generator_version == wanted.generator_version
            && (embeds || !wanted.config.include_screenshots)
        {
            self.unharmed(&manifest, wanted)?;
            return Ok(true);
        }
        Err(another(&self.manifest()))
    }
}

impl Folder {
    /// Fails when the lines of a finished dataset have another size, or a picture or page of it
    /// is missing.
    fn unharmed(&self, manifest: &Manifest, wanted: &Progress) -> Result<()> {
        let size = |path: &Path| fs::metadata(path).ok().map(|m| m.len());
        let damaged = |path: PathBuf| {
            Error::data("dataset_damaged", "this file is missing or was changed")
                .at(path.display().to_string())
                .hint("delete the folder and generate again, or choose another --out")
        };
        for file in &manifest.files {
            let path = self.root.join(&file.path);
            if size(&path) != Some(file.bytes) {
                return Err(damaged(path));
            }
        }
        let config = &wanted.config;
        let pictures = config.include_screenshots && !wanted.embed_images;
        for i in wanted.shard.range(config.num_samples) {
            let page = self.root.join(format!("html/{i:06}.html"));
            let picture = image_path(i, config.image_format.extension());
            let picture = pictures.then(|| self.root.join(picture));
            if let Some(path) = [Some(page), picture]
                .into_iter()
                .flatten()
                .find(|p| size(p).is_none())
            {
                return Err(damaged(path));
            }
        }
        Ok(())
    }
}

fn another(path: &Path) -> Error {
    Error::caller(
        "out_not_empty",
        "the folder holds a dataset made with other settings",
    )
    .at(path.display().to_string())
    .hint("choose another --out, repeat the same settings, or delete the folder")
}

fn first_record(path: &Path) -> Result<Option<Record>> {
    let mut line = String::new();
    BufReader::new(File::open(path)?).read_line(&mut line)?;
    Ok(serde_json::from_str(&line).ok())
}

/// What a worker hands to the writer.
type Made = Result<String>;

/// Makes the samples of `range` and returns how many of them were there already.
fn make(
    folder: &Folder,
    generator: &SyntheticUiGenerator,
    progress: &Progress,
    range: Range<u64>,
    jobs: usize,
    out: &Output,
) -> Result<u64> {
    // What cannot be made at all leaves nothing behind.
    if !folder.partial().exists() && !range.is_empty() {
        generator.sample(range.start)?;
    }
    for sub in ["images", "html"] {
        let path = folder.root.join(sub);
        fs::create_dir_all(&path).map_err(|e| {
            Error::storage("out_refused", format!("the folder cannot be made: {e}"))
                .at(path.display().to_string())
                .hint("choose another --out: a folder that can be written")
        })?;
    }
    // The pages name their fonts relative to themselves.
    write_page_fonts(&folder.root.join("html"))?;
    let total = range.end - range.start;
    let (done, _lock) = resume(folder, progress, total)?;
    if done > 0 {
        out.note(&format!("going on after {done} of {total} samples"));
    }
    let mut writer = BufWriter::new(
        File::options()
            .create(true)
            .append(true)
            .open(folder.partial())
            .map_err(|e| Error::from(e).at(folder.partial().display().to_string()))?,
    );
    let first = range.start + done;
    let stop = AtomicBool::new(false);
    let clock = super::Stopwatch::start();
    let result: Result<()> = std::thread::scope(|scope| {
        // Worker w makes samples first + w, first + w + jobs, …; the writer takes from the
        // workers in turn. So lines come in order and each worker is at most two samples ahead.
        let mut lanes = Vec::with_capacity(jobs);
        for worker in 0..jobs as u64 {
            let (send, receive) = sync_channel::<Made>(2);
            lanes.push(receive);
            let (generator, stop, range) = (generator.clone(), &stop, range.clone());
            scope.spawn(move || {
                let mut i = first + worker;
                while i < range.end && !stop.load(Ordering::Relaxed) {
                    let made = make_one(&folder.root, &generator, i, progress);
                    let failed = made.is_err();
                    if send.send(made).is_err() || failed {
                        break;
                    }
                    i += jobs as u64;
                }
            });
        }
        let result = (|| {
            for i in first..range.end {
                let lane = ((i - first) % jobs as u64) as usize;
                let line = lanes[lane].recv().map_err(|_| {
                    Error::new(
                        crate::ErrorKind::Limit,
                        "worker_lost",
                        "a worker thread ended early",
                    )
                })??;
                writer.write_all(line.as_bytes())?;
                writer.write_all(b"\n")?;
                let n = i + 1 - range.start;
                if clock.due() || n == total {
                    out.progress(&clock.progress(n, total, n - done, "samples"));
                }
            }
            writer.flush()?;
            writer.get_ref().sync_all()?;
            Ok(())
        })();
        stop.store(true, Ordering::Relaxed);
        drop(lanes);
        result
    });
    result?;
    drop(writer);
    finish(folder, progress)?;
    Ok(done)
}

fn make_one(root: &Path, generator: &SyntheticUiGenerator, i: u64, p: &Progress) -> Made {
    let sample = generator.sample(i)?;
    atomic_write(&root.join(format!("html/{i:06}.html")), |w| {
        Ok(w.write_all(sample.html.as_bytes())?)
    })?;
    let path = sample
        .image
        .as_ref()
        .map(|image| image_path(i, image.format.extension()));
    let storage = match &path {
        Some(path) if !p.embed_images => ImageStorage::File(path),
        _ => ImageStorage::Embedded,
    };
    if let (ImageStorage::File(path), Some(image)) = (storage, &sample.image) {
        atomic_write(&root.join(path), |w| Ok(w.write_all(&image.bytes)?))?;
    }
    Record::new(&sample, task::tasks(&sample), storage).to_line()
}

/// Prepares going on: locks the unfinished lines, checks that they had the same settings, cuts an
/// incomplete last line off, and returns how many samples are there. The lock lasts as long as
/// the file.
fn resume(folder: &Folder, progress: &Progress, total: u64) -> Result<(u64, File)> {
    let path = folder.partial();
    let place = || path.display().to_string();
    let mut file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(&path)
        .map_err(|e| Error::from(e).at(place()))?;
    // The other process may have finished, and moved the file, just now.
    if file.try_lock().is_err() || !path.exists() {
        return Err(
            Error::caller("folder_busy", "another process makes samples here")
                .at(place())
                .hint("wait for it, or use another folder"),
        );
    }
    let text = serde_json::to_vec_pretty(progress)?;
    if let Ok(bytes) = fs::read(folder.progress()) {
        let before: Progress = serde_json::from_slice(&bytes)
            .map_err(|e| Error::from(e).at(folder.progress().display().to_string()))?;
        if before != *progress {
            return Err(another(&folder.progress()));
        }
    } else {
        // Lines without their settings cannot be trusted.
        file.set_len(0)?;
    }
    atomic_write(&folder.progress(), |w| Ok(w.write_all(&text)?))?;
    let (mut lines, mut end, mut at) = (0, 0, 0);
    let mut buffer = vec![0; 1 << 20];
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        for (i, b) in buffer[..n].iter().enumerate() {
            if *b == b'\n' {
                lines += 1;
                end = at + i as u64 + 1;
            }
        }
        at += n as u64;
    }
    if lines > total {
        // Two writers at once: nothing of it can be trusted.
        (lines, end) = (0, 0);
    }
    file.set_len(end)?;
    file.seek(SeekFrom::End(0))?;
    Ok((lines, file))
}

/// Turns the finished partial file into the dataset file with its manifest.
fn finish(folder: &Folder, progress: &Progress) -> Result<()> {
    let name = format!("{}.jsonl", folder.name);
    let manifest = manifest_of(&folder.partial(), &name, &progress.config)?;
    fs::rename(folder.partial(), folder.lines())?;
    write_manifest(&folder.manifest(), &manifest)?;
    drop(fs::remove_file(folder.progress()));
    Ok(())
}

fn write_manifest(path: &Path, manifest: &Manifest) -> Result<()> {
    let mut text = serde_json::to_vec_pretty(manifest)?;
    text.push(b'\n');
    atomic_write(path, |w| Ok(w.write_all(&text)?))
}

/// Reads a dataset file once for its checksum and fingerprint.
fn manifest_of(path: &Path, name: &str, config: &GenerationConfig) -> Result<Manifest> {
    #[derive(Deserialize)]
    struct Line {
        fingerprint: String,
    }
    let mut digest = Sha256::new();
    let (mut bytes, mut samples) = (0, 0);
    let mut prints = Vec::new();
    let mut reader = BufReader::with_capacity(1 << 20, File::open(path)?);
    let mut line = Vec::new();
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line)? == 0 {
            break;
        }
        digest.update(&line);
        bytes += line.len() as u64;
        samples += 1;
        let read: Line = serde_json::from_slice(&line).map_err(|e| {
            Error::from(e)
                .at(format!("{}, row {samples}", path.display()))
                .hint("delete the file to make it again")
        })?;
        prints.push(read.fingerprint);
    }
    let mut manifest = Manifest::new(
        config.clone(),
        samples,
        Manifest::dataset_fingerprint(prints.iter().map(String::as_str)),
    );
    manifest.files.push(ManifestFile {
        path: name.to_owned(),
        bytes,
        sha256: hash::hex(&digest.finalize()),
    });
    Ok(manifest)
}

/// Joins the shards in `root` into `dataset.jsonl` when all of them are complete and belong to
/// the wanted dataset; returns whether it is joined now.
fn join(root: &Path, wanted: &Progress, out: &Output) -> Result<bool> {
    let whole = Folder {
        root: root.to_owned(),
        name: Shard::WHOLE.name(),
    };
    let n = match wanted.shard {
        Shard::WHOLE => {
            let Some(n) = shard_count(root) else {
                return Ok(false);
            };
            n
        }
        s => s.n,
    };
    if whole.lines().exists() {
        return Ok(false);
    }
    let shards: Vec<Folder> = (0..n)
        .map(|k| Folder {
            root: root.to_owned(),
            name: Shard { k, n }.name(),
        })
        .collect();
    for s in &shards {
        let complete = Manifest::read(&s.manifest())?.is_some_and(|m| m.config == wanted.config);
        if !complete || !s.lines().exists() {
            return Ok(false);
        }
    }
    atomic_write(&whole.lines(), |w| {
        for s in &shards {
            std::io::copy(&mut BufReader::new(File::open(s.lines())?), w)?;
        }
        Ok(())
    })?;
    let manifest = manifest_of(&whole.lines(), "dataset.jsonl", &wanted.config)?;
    write_manifest(&whole.manifest(), &manifest)?;
    out.note(&format!(
        "joined {n} shards into {}",
        whole.lines().display()
    ));
    Ok(true)
}

/// Number of shards of the dataset in `root`, by the name of one of them.
fn shard_count(root: &Path) -> Option<u64> {
    fs::read_dir(root).ok()?.flatten().find_map(|e| {
        let name = e.file_name().into_string().ok()?;
        let rest = name.strip_prefix("manifest-")?.strip_suffix(".json")?;
        rest.split_once("-of-")?.1.parse().ok()
    })
}
