//! How fast samples are made, beside a browser that renders the same pages in the same run.

use serde_json::Value;

use crate::shell::{Outcome, Sh, fail};
use crate::{build, root, target, tools};

/// Samples timed on each side; Chromium takes the first 30.
const SAMPLES: &str = "200";
/// How many times faster than the usual way of a browser a core must be.
const TIMES: f64 = 25.0;

/// Prints the table.
pub(crate) fn run(_names: &[String]) -> Outcome<()> {
    let chromium = tools::chromium()?;
    tools::npm_tools()?;
    if !root().join("pkg/package.json").is_file() {
        build::npm()?;
    }
    let pages = target().join("bench/pages");
    if pages.exists() {
        std::fs::remove_dir_all(&pages).or_else(|e| fail(format!("bench/pages: {e}")))?;
    }
    let native = json(
        Sh::new("cargo bench --quiet --locked --bench throughput --")
            .arg(SAMPLES)
            .arg(&pages),
    )?;
    let wasm = json(Sh::new("node benches/wasm.mjs").arg(SAMPLES))?;
    let browser = json(
        Sh::new("node benches/chromium.mjs")
            .arg(&pages)
            .env("CHROMIUM", &chromium.browser),
    )?;

    let ms = |v: &Value, field: &str| v[field].as_f64().unwrap_or(f64::NAN);
    let (usual, best) = (ms(&browser, "usual_ms"), ms(&browser, "best_ms"));
    println!(
        "\none core, 1280×720, PNG and ground truth      ms a sample   samples/s   × usual   × best"
    );
    for (name, v) in [
        ("native", ms(&native, "ms_per_sample")),
        ("wasm in Node", ms(&wasm, "ms_per_sample")),
        ("Playwright + Chromium, setContent (usual)", usual),
        ("Playwright + Chromium, tuned (best found)", best),
    ] {
        println!(
            "{name:<45} {v:>11.2} {:>11.1} {:>9.1} {:>8.1}",
            1000.0 / v,
            usual / v,
            best / v
        );
    }
    println!("\nstages, native (ms a sample)");
    for (stage, v) in native["stages_ms"].as_object().into_iter().flatten() {
        println!("{stage:<14} {:>7.2}", v.as_f64().unwrap_or(f64::NAN));
    }
    println!("PNG size       {:>7} bytes", native["png_bytes"]);
    let mut flat = true;
    for (name, v) in [("native", &native), ("wasm", &wasm)] {
        let kib: Vec<f64> = v["memory_kib_every_400"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_f64)
            .collect();
        println!("memory, {name}, every 400 of 2,000 samples (KiB): {kib:?}");
        // Caches fill during the first 800 samples; after that nothing may grow.
        if let [_, full, .., last] = kib.as_slice() {
            flat &= *last <= full * 1.1;
        }
    }
    let jobs = json(Sh::new("cargo bench --quiet --locked --bench jobs"))?;
    println!(
        "\n{} jobs with {} events each, in files (ms)      first time   again",
        jobs["jobs"], jobs["events_per_job"]
    );
    for (name, cold, warm) in [
        ("list of all jobs", "list_cold_ms", "list_warm_ms"),
        ("page of 50 events", "page_cold_ms", "page_warm_ms"),
        ("curves of 1,000 points", "curves_ms", "curves_ms"),
    ] {
        println!(
            "{name:<45} {:>8.1} {:>7.1}",
            ms(&jobs, cold),
            ms(&jobs, warm)
        );
    }
    let times = usual / ms(&native, "ms_per_sample");
    if !flat {
        return fail("memory grows with the number of samples");
    }
    if times.is_nan() || times < TIMES {
        return fail(format!(
            "{times:.1} times the usual way; {TIMES} are required"
        ));
    }
    println!("{times:.1} times the usual way on one core; memory is flat");
    Ok(())
}

/// The last line a program prints, as JSON.
fn json(sh: Sh) -> Outcome<Value> {
    let Some(text) = sh.output_or_error()? else {
        return fail("nothing was printed");
    };
    let line = text.lines().last().unwrap_or_default();
    serde_json::from_str(line).or_else(|e| fail(format!("{e}: {line}")))
}
