//! `screensmith compare`: base model against tuned model on the same questions.

use std::cell::RefCell;
use std::fs::{File, OpenOptions};
use std::io::{BufReader, Cursor, Write as _};
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, ValueEnum};
use image::imageops::{FilterType, resize};
use image::{ImageFormat, RgbImage};

use crate::base::system::block_on;
use crate::cli::jobs::columns;
use crate::cli::preview::{TILE_PX, sheet};
use crate::cli::run::{self, StoreArg};
use crate::cli::{Outcome, Output, open_records};
use crate::dataset::{Records, Side, SplitConfig, SplitKey, atomic_write, split};
use crate::error::{Error, Result};
use crate::format::image_info;
use crate::registry::compare::{
    About, Answers, Asker, BoxShape, Comparison, ModelScore, Question, annotate, ask_all, compare,
    pick, questions_of, read_answers, screenspot,
};
use crate::registry::{Place, RegistryEntry, Who};
use crate::task::coords::{CONVENTIONS, Convention, convention};

/// Arguments of `compare`.
#[derive(Debug, ClapArgs)]
#[command(
    after_help = "A file of answers has one JSON object a line: {\"id\": \"12/t3\", \
    \"answer\": \"…\"}, with latency_ms and cost_usd when known. --questions writes the ids."
)]
pub(super) struct Args {
    /// Dataset (JSONL), or a benchmark file of the ScreenSpot family (JSON)
    #[arg(long = "in", value_name = "FILE")]
    input: PathBuf,
    /// Write the questions with their ids, to be answered elsewhere
    #[arg(long, value_name = "FILE")]
    questions: Option<PathBuf>,
    /// Answers of the base model
    #[arg(long, value_name = "FILE", requires = "tuned")]
    base: Option<PathBuf>,
    /// Answers of the tuned model
    #[arg(long, value_name = "FILE", requires = "base")]
    tuned: Option<PathBuf>,
    /// Ask this registered model what has no answer yet in --tuned; its key comes from its
    /// environment variable
    #[arg(long, value_name = "MODEL", requires = "tuned")]
    model: Option<String>,
    /// Ask its base model, at the same place, what has no answer yet in --base
    #[arg(long, requires = "model")]
    ask_base: bool,
    /// Where the models answer, up to /v1; else where the registry says
    #[arg(long, value_name = "URL", requires = "model")]
    base_url: Option<String>,
    /// Convention of the tuned model's answers; else what the registry says, or absolute
    #[arg(long, value_name = "ID", value_parser = conventions())]
    convention: Option<String>,
    /// Convention of the base model's answers; else that of the tuned model
    #[arg(long, value_name = "ID", value_parser = conventions())]
    base_convention: Option<String>,
    /// Which samples of a dataset
    #[arg(long, value_enum, default_value_t = Samples::Validation)]
    side: Samples,
    /// Share of the validation side, as in the job
    #[arg(long, default_value_t = 0.1)]
    validation_split: f64,
    /// At most so many questions, always the same ones
    #[arg(long)]
    limit: Option<usize>,
    /// How a benchmark file writes its boxes, when that cannot be told
    #[arg(long, value_enum)]
    boxes: Option<Boxes>,
    /// Contact sheet to write (PNG): target green, base orange, tuned blue
    #[arg(long, value_name = "FILE", requires = "base")]
    out: Option<PathBuf>,
    /// Report to write: Markdown, or JSON when its name ends with .json
    #[arg(long, value_name = "FILE", requires = "base")]
    report: Option<PathBuf>,
    /// Questions asked at the same time
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=32))]
    at_once: u8,
    /// How many questions on the sheet; those that tuning lost come first
    #[arg(long, default_value_t = 12)]
    count: usize,
    /// Pictures beside each other
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=12))]
    columns: u32,
    #[command(flatten)]
    store: StoreArg,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Samples {
    Validation,
    Train,
    All,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Boxes {
    Xywh,
    Xyxy,
}

fn conventions() -> clap::builder::PossibleValuesParser {
    clap::builder::PossibleValuesParser::new(CONVENTIONS.iter().map(|c| c.id))
}

/// Runs the command.
pub(super) fn run(args: &Args, output: &Output) -> Result<Outcome> {
    let questions = questions(args, output)?;
    if let Some(path) = &args.questions {
        atomic_write(path, |w| {
            for q in &questions {
                serde_json::to_writer(&mut *w, q)?;
                w.write_all(b"\n")?;
            }
            Ok(())
        })?;
    }
    let (Some(base), Some(tuned)) = (&args.base, &args.tuned) else {
        if args.questions.is_none() {
            return Err(
                Error::caller("compare_empty", "there is nothing to compare").hint(
                    "give --base and --tuned, or --questions to write what is to be answered",
                ),
            );
        }
        let value = serde_json::json!({"questions": questions.len()});
        output.result(&value, |_| format!("{} questions", questions.len()))?;
        return Ok(Outcome::Done);
    };
    let ports = run::open_read_only(&args.store.folder);
    let entry = match &args.model {
        Some(reference) => Some(block_on(run::registry(&ports).get(reference))?),
        None => None,
    };
    let tuned_convention = match (&args.convention, &entry) {
        (Some(id), _) => named(id)?,
        (None, Some(entry)) => entry.convention()?,
        (None, None) => named("absolute")?,
    };
    let base_convention = match &args.base_convention {
        Some(id) => named(id)?,
        None => tuned_convention,
    };
    let mut tuned_answers = answers(tuned, entry.is_some())?;
    let mut base_answers = answers(base, args.ask_base)?;
    if let Some(entry) = &entry {
        for warning in entry.warnings() {
            output.note(&format!("{}: {warning}", entry.reference()));
        }
        let place = Place {
            base_url: args.base_url.clone().unwrap_or_default(),
            model: String::new(),
        };
        let ask = |who, c, path: &Path, answers: &mut Answers| {
            let endpoint = entry.endpoint_of(who, &place)?;
            let asker = Asker::new(&ports, entry, c, endpoint)?;
            put_questions(&asker, &questions, answers, path, args, output)
        };
        ask(Who::Tuned, tuned_convention, tuned, &mut tuned_answers)?;
        if args.ask_base {
            ask(Who::Base, base_convention, base, &mut base_answers)?;
        }
    }
    let found = compare(
        &questions,
        (&base_answers, base_convention),
        (&tuned_answers, tuned_convention),
    )?;
    if let Some(path) = &args.out {
        draw(&found, &questions, args, path)?;
    }
    if let Some(path) = &args.report {
        let model = |e: &RegistryEntry| e.provenance.base_model.clone();
        let about = About {
            base: entry.as_ref().and_then(model).unwrap_or("base".to_owned()),
            tuned: entry
                .as_ref()
                .map_or("tuned".to_owned(), RegistryEntry::reference),
            questions: args.input.display().to_string(),
            base_convention: base_convention.id.to_owned(),
            tuned_convention: tuned_convention.id.to_owned(),
            made_at: ports.clock.now(),
        };
        let report = match path.extension().is_some_and(|e| e == "json") {
            true => found.json(&about)?,
            false => found.markdown(&about),
        };
        atomic_write(path, |w| Ok(w.write_all(report.as_bytes())?))?;
    }
    output.result(&found, text)?;
    Ok(Outcome::Done)
}

fn named(id: &str) -> Result<&'static Convention> {
    convention(id)
        .ok_or_else(|| Error::caller("convention_unknown", id.to_owned()).at("convention"))
}

/// The questions of the dataset or benchmark file.
fn questions(args: &Args, output: &Output) -> Result<Vec<Question>> {
    let folder = args.input.parent().unwrap_or_else(|| Path::new(""));
    let all = if args.input.extension().is_some_and(|e| e == "json") {
        let text = read_text(&args.input)?;
        let shape = args.boxes.map(|b| match b {
            Boxes::Xywh => BoxShape::Xywh,
            Boxes::Xyxy => BoxShape::Xyxy,
        });
        let found = screenspot(&text, shape, |path| {
            let info = image_info(&read_bytes(&folder.join(path))?)?;
            Ok((info.width, info.height))
        });
        in_file(&args.input, found)?
    } else {
        of_dataset(args, output)?
    };
    let picked = match args.limit {
        Some(limit) => pick(all, limit),
        None => all,
    };
    if picked.is_empty() {
        return Err(Error::data("no_questions", "there is nothing to ask")
            .at(args.input.display().to_string())
            .hint("the samples need point or bbox tasks; --side all takes every sample"));
    }
    Ok(picked)
}

fn of_dataset(args: &Args, output: &Output) -> Result<Vec<Question>> {
    let mut keys = Vec::new();
    let mut questions = Vec::new();
    let mut problems = Vec::new();
    for record in open_records(&args.input)? {
        match record {
            Ok(r) => {
                keys.push(SplitKey::from(&r));
                questions.push(questions_of(&r));
            }
            Err(p) => problems.push(p),
        }
    }
    output.problems(&problems, 20);
    let wanted = match args.side {
        Samples::All => return Ok(questions.into_iter().flatten().collect()),
        Samples::Validation => Side::Validation,
        Samples::Train => Side::Train,
    };
    let config = SplitConfig {
        validation_split: args.validation_split,
    };
    let sides = split(&keys, &config)?.sides;
    let on_side = questions
        .into_iter()
        .zip(sides)
        .filter(|(_, s)| *s == wanted);
    Ok(on_side.flat_map(|(q, _)| q).collect())
}

fn read_bytes(path: &Path) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|e| {
        Error::caller("file_unreadable", e.to_string())
            .at(path.display().to_string())
            .hint("check the path")
    })
}

fn read_text(path: &Path) -> Result<String> {
    String::from_utf8(read_bytes(path)?)
        .map_err(|e| Error::data("not_text", e.to_string()).at(path.display().to_string()))
}

/// The answers in a file; none when it may still be written and does not exist.
fn answers(path: &Path, may_be_new: bool) -> Result<Answers> {
    if !may_be_new {
        return in_file(path, read_answers(&read_text(path)?));
    }
    if !path.exists() {
        return Ok(Answers::new());
    }
    // A run that was cut off may have left half a line: it is asked again.
    let text = read_text(path)?;
    let whole = text.rfind('\n').map_or(0, |i| i + 1);
    let (lines, last) = text.split_at(whole);
    if read_answers(last).is_err() {
        std::fs::write(path, lines).map_err(|e| Error::from(e).at(path.display().to_string()))?;
        return in_file(path, read_answers(lines));
    }
    if !last.is_empty() {
        std::fs::write(path, format!("{text}\n"))
            .map_err(|e| Error::from(e).at(path.display().to_string()))?;
    }
    in_file(path, read_answers(&text))
}

/// Names the file of an error.
fn in_file<T>(path: &Path, read: Result<T>) -> Result<T> {
    read.map_err(|e| {
        let place = match e.path() {
            Some(row) => format!("{}: {row}", path.display()),
            None => path.display().to_string(),
        };
        e.at(place)
    })
}

/// Asks what has no answer yet, and adds each answer to the file as it comes.
fn put_questions(
    asker: &Asker,
    questions: &[Question],
    answers: &mut Answers,
    path: &Path,
    args: &Args,
    output: &Output,
) -> Result<()> {
    let at = |e: std::io::Error| Error::from(e).at(path.display().to_string());
    let mut file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(path)
        .map_err(at)?;
    let pictures = RefCell::new(Pictures::new(&args.input));
    let mut done = questions
        .iter()
        .filter(|q| answers.contains_key(&q.id))
        .count();
    let asked = ask_all(
        asker,
        questions,
        answers,
        usize::from(args.at_once),
        async |q| pictures.borrow_mut().load(q),
        async |answer| {
            let mut line = serde_json::to_vec(answer)?;
            line.push(b'\n');
            file.write_all(&line).map_err(at)?;
            done += 1;
            output.progress(&format!("{done} of {} answers", questions.len()));
            Ok(())
        },
    );
    block_on(asked)
}

/// The pictures of questions, which come in the order of the dataset.
struct Pictures<'a> {
    input: &'a Path,
    records: Option<Records<BufReader<File>>>,
    held: Option<(String, Vec<u8>)>,
}

impl<'a> Pictures<'a> {
    fn new(input: &'a Path) -> Self {
        Self {
            input,
            records: None,
            held: None,
        }
    }

    fn load(&mut self, question: &Question) -> Result<Vec<u8>> {
        if !question.image.is_empty() {
            let folder = self.input.parent().unwrap_or_else(|| Path::new(""));
            return read_bytes(&folder.join(&question.image));
        }
        let index = question.id.split('/').next().unwrap_or_default();
        if let Some((held, bytes)) = &self.held
            && held == index
        {
            return Ok(bytes.clone());
        }
        // From here to the end, and once more from the beginning.
        for _ in 0..2 {
            let records = match &mut self.records {
                Some(records) => records,
                none => none.insert(open_records(self.input)?),
            };
            for record in records.flatten() {
                if record.index.to_string() == index
                    && let Some(bytes) = record.embedded_image()?
                {
                    self.held = Some((index.to_owned(), bytes.clone()));
                    return Ok(bytes);
                }
            }
            self.records = None;
        }
        Err(Error::data("image_missing", "the record has no picture")
            .at(question.id.clone())
            .hint("generate the dataset with include_screenshots"))
    }
}

fn draw(found: &Comparison, questions: &[Question], args: &Args, path: &Path) -> Result<()> {
    let mut pictures = Pictures::new(&args.input);
    let mut tiles: Vec<RgbImage> = Vec::new();
    for row in found.rows.iter().take(args.count.clamp(1, 500)) {
        let Some(question) = questions.iter().find(|q| q.id == row.id) else {
            continue;
        };
        let picture = image::load_from_memory(&pictures.load(question)?)
            .map_err(|e| Error::data("image_format", e.to_string()).at(question.id.clone()))?
            .to_rgb8();
        let drawn = annotate(&picture, question, row);
        let height = u64::from(drawn.height()) * u64::from(TILE_PX);
        let height = height.div_ceil(u64::from(drawn.width().max(1)));
        let height = u32::try_from(height)
            .unwrap_or(u32::MAX)
            .clamp(1, 4 * TILE_PX);
        tiles.push(resize(&drawn, TILE_PX, height, FilterType::Triangle));
    }
    let mut png = Cursor::new(Vec::new());
    sheet(&tiles, args.columns)
        .write_to(&mut png, ImageFormat::Png)
        .map_err(|e| Error::limit("encode", e.to_string()))?;
    atomic_write(path, |w| Ok(w.write_all(png.get_ref())?))
}

fn percent(v: f64) -> String {
    format!("{:.1}", v * 100.0)
}

fn text(c: &Comparison) -> String {
    let mut rows = vec![
        [
            "",
            "HITS",
            "RATE %",
            "95 %",
            "IOU",
            "UNREAD",
            "MISSING",
            "MEDIAN MS",
            "USD",
        ]
        .map(str::to_owned),
    ];
    let line = |name: &str, m: &ModelScore| {
        let or_dash = |v: Option<String>| v.unwrap_or_else(|| "–".to_owned());
        [
            name.to_owned(),
            format!("{} of {}", m.hits.count, m.hits.of),
            percent(m.hits.rate),
            format!("{} to {}", percent(m.hits.low), percent(m.hits.high)),
            or_dash(m.mean_iou.map(|v| format!("{v:.3}"))),
            m.unread.to_string(),
            m.missing.to_string(),
            or_dash(m.latency.map(|l| format!("{:.0}", l.median_ms))),
            or_dash(m.cost_usd.map(|v| format!("{v:.4}"))),
        ]
    };
    rows.push(line("base", &c.base));
    rows.push(line("tuned", &c.tuned));
    let p = &c.paired;
    let mut out = columns(&rows);
    out += &format!(
        "\n\ndifference {:+.1} points (95 %: {:+.1} to {:+.1}), p = {:.4}\n\
         only tuned right: {}, only base right: {}, both: {}, neither: {}\n",
        p.difference * 100.0,
        p.low * 100.0,
        p.high * 100.0,
        p.p_value,
        p.tuned_only,
        p.base_only,
        p.both,
        p.neither,
    );
    if c.unknown_answers > 0 {
        out += &format!("{} answers belong to no question\n", c.unknown_answers);
    }
    let mut rows = vec![["BY", "", "N", "BASE %", "TUNED %", "DIFFERENCE"].map(str::to_owned)];
    for s in &c.slices {
        rows.push([
            s.by.to_owned(),
            s.value.clone(),
            s.paired.n.to_string(),
            percent(s.base.rate),
            percent(s.tuned.rate),
            format!(
                "{:+.1} ({:+.1} to {:+.1})",
                s.paired.difference * 100.0,
                s.paired.low * 100.0,
                s.paired.high * 100.0
            ),
        ]);
    }
    format!("{out}\n{}", columns(&rows))
}
