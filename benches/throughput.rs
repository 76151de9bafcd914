//! Samples per second on one core, by stage, and the memory of a long run. Prints JSON;
//! `cargo xtask bench` sets it beside Chromium and wasm.
//!
//! `throughput SAMPLES FOLDER` also writes the pages, self-contained, for Chromium to render.
#![allow(clippy::print_stdout, reason = "its result is what it prints")]
#![allow(clippy::disallowed_methods, reason = "native only: it measures time")]
#![allow(missing_docs, reason = "a program without an interface of its own")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use screensmith::generate::html::{embed_fonts, html};
use screensmith::generate::layout::layout;
use screensmith::generate::paint::display_list;
use screensmith::generate::raster::Rasterizer;
use screensmith::generate::text::TextEngine;
use screensmith::generate::truth::truth;
use screensmith::generate::{SyntheticUiGenerator, encode};
use screensmith::{GenerationConfig, ImageFormat};

#[derive(Default)]
struct Stages(Vec<(&'static str, Duration)>);

impl Stages {
    fn time<T>(&mut self, name: &'static str, work: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let out = work();
        let took = start.elapsed();
        match self.0.iter_mut().find(|(n, _)| *n == name) {
            Some((_, sum)) => *sum += took,
            None => self.0.push((name, took)),
        }
        out
    }
}

fn config(count: u64) -> GenerationConfig {
    GenerationConfig {
        num_samples: count,
        seed: Some(42),
        ..Default::default()
    }
}

/// Resident memory in KiB, where the system tells.
fn resident_kib() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Cargo adds `--bench`.
    let args: Vec<String> = std::env::args()
        .skip(1)
        .filter(|a| a != "--bench")
        .collect();
    let count: u64 = args.first().map_or(Ok(200), |a| a.parse())?;
    let generator = SyntheticUiGenerator::new(config(count))?;

    let whole = |from: u64, to: u64| -> Result<Duration, screensmith::Error> {
        let start = Instant::now();
        for i in from..to {
            generator.sample(i)?;
        }
        Ok(start.elapsed())
    };
    whole(0, 10)?;
    let took = whole(10, 10 + count)?;

    let mut stages = Stages::default();
    let (mut text, mut raster) = (TextEngine::default(), Rasterizer::default());
    let mut bytes = 0;
    for i in 10..10 + count {
        let plan = generator.plan(i)?;
        let boxes = stages.time("layout", || layout(&plan, &mut text))?;
        let list = stages.time("display list", || display_list(&plan, &boxes));
        stages.time("truth", || {
            truth(&plan, &boxes, &list, |_| Default::default())
        });
        stages.time("html", || html(&plan));
        let rgb = stages.time("raster", || raster.render(&list));
        let png = stages.time("png", || {
            encode::encode(&rgb, list.width, list.height, ImageFormat::Png, 90)
        })?;
        bytes += png.bytes.len();
    }

    if let Some(folder) = args.get(1).map(Path::new) {
        fs::create_dir_all(folder)?;
        for i in 10..10 + count.min(30) {
            let page = embed_fonts(&generator.sample(i)?.html);
            fs::write(folder.join(format!("{i:05}.html")), page)?;
        }
    }

    let mut memory = Vec::new();
    for i in 0..2000 {
        generator.sample(i)?;
        if (i + 1) % 400 == 0 {
            memory.push(resident_kib());
        }
    }

    let per = |d: &Duration| d.as_secs_f64() * 1000.0 / count as f64;
    let stages: serde_json::Map<String, serde_json::Value> = stages
        .0
        .iter()
        .map(|(n, d)| ((*n).to_owned(), per(d).into()))
        .collect();
    println!(
        "{}",
        serde_json::json!({
            "samples": count,
            "ms_per_sample": per(&took),
            "stages_ms": stages,
            "png_bytes": bytes as u64 / count,
            "memory_kib_every_400": memory,
        })
    );
    Ok(())
}
