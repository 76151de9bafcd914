//! Every test, cheapest first. Nothing is skipped: what cannot run, fails.

use std::num::NonZero;
use std::time::Instant;

use crate::shell::{Outcome, Sh, fail};
use crate::{browser, build, determinism, root, size, target, tools};

const NATIVE: &str = "--locked --features cli,xtask";
const WASM: &str = "--locked --target wasm32-unknown-unknown";

type Step = (&'static str, fn() -> Outcome<String>);

const STEPS: &[Step] = &[
    ("format", format),
    ("native", native),
    ("lint", lint),
    ("docs", docs),
    ("doctests", doctests),
    ("browser", browser::run),
    ("npm", npm),
    ("determinism", same_everywhere),
    ("app", app),
    ("size", size::check),
    ("e2e", e2e),
];

/// Runs the steps named, or all.
pub(crate) fn run(names: &[String]) -> Outcome<()> {
    if let Some(unknown) = names.iter().find(|n| !STEPS.iter().any(|(s, _)| s == n)) {
        let known: Vec<&str> = STEPS.iter().map(|(n, _)| *n).collect();
        return fail(format!("no step {unknown}; there are {}", known.join(", ")));
    }
    println!(
        "this needs: rustfmt and clippy, the wasm32 target, Node 20 with npm, Chromium with its \
         driver, trunk; what is missing is installed"
    );
    tools::lint_tools()?;
    tools::wasm_target()?;
    tools::npm_tools()?;
    tools::chromium()?;
    let mut summary = Vec::new();
    let mut failed = 0;
    for (name, step) in STEPS {
        if !names.is_empty() && !names.iter().any(|n| n == name) {
            continue;
        }
        println!("\n== {name}");
        let start = Instant::now();
        let result = step();
        let seconds = start.elapsed().as_secs_f32();
        let line = match result {
            Ok(said) => format!("ok      {name:<12} {seconds:>6.1} s  {said}"),
            Err(e) => {
                failed += 1;
                format!("FAILED  {name:<12} {seconds:>6.1} s  {e}")
            }
        };
        println!("{line}");
        summary.push(line);
    }
    println!("\n== summary\n{}", summary.join("\n"));
    if failed == 0 {
        println!("all {} steps passed", summary.len());
        Ok(())
    } else {
        fail(format!("{failed} of {} steps failed", summary.len()))
    }
}

fn format() -> Outcome<String> {
    Sh::new("cargo fmt --check").run()?;
    Ok("formatted".into())
}

fn lint() -> Outcome<String> {
    let mut runs = vec![
        format!("{NATIVE} --all-targets"),
        "--locked --lib".to_owned(),
    ];
    runs.extend(["app --bins", "npm", "web"].map(|f| format!("{WASM} --lib --features {f}")));
    let count = runs.len();
    for run in runs {
        Sh::new("cargo clippy --quiet")
            .args(&run)
            .args("-- -D warnings")
            .run()?;
    }
    Ok(format!("no warning with {count} sets of features"))
}

fn docs() -> Outcome<String> {
    Sh::new("cargo doc --no-deps --lib --locked --features cli")
        .env("RUSTDOCFLAGS", "-D warnings")
        .closing()
}

fn native() -> Outcome<String> {
    if !tools::has_nextest() {
        let runner = Sh::new("cargo test --no-fail-fast --lib --bins --tests");
        return runner.args(NATIVE).closing();
    }
    // Many tests wait for a server's process: two for each core keep it busy.
    let threads = 2 * std::thread::available_parallelism().map_or(1, NonZero::get);
    Sh::new("cargo nextest run --no-fail-fast")
        .args(&format!("--test-threads {threads}"))
        .args(NATIVE)
        .closing()
}

fn doctests() -> Outcome<String> {
    Sh::new("cargo test --doc").args(NATIVE).closing()
}

/// The packed package in Node, in a bundled page, and under TypeScript.
fn npm() -> Outcome<String> {
    let tarball = build::npm()?;
    let chromium = tools::chromium()?;
    Sh::new("node --test --test-reporter=tap npm/package.test.mjs")
        .dir(&root().join("tests"))
        .env("TARBALL", &tarball)
        .env("CHROMIUM", &chromium.browser)
        .closing()
}

fn same_everywhere() -> Outcome<String> {
    determinism::compare(&tools::chromium()?)
}

fn app() -> Outcome<String> {
    build::app()
}

fn e2e() -> Outcome<String> {
    let chromium = tools::chromium()?;
    // Its proxy stands between a page and a vendor that answers no browser.
    Sh::new("cargo build --bin screensmith")
        .args(NATIVE)
        .run()?;
    Sh::new("node node_modules/@playwright/test/cli.js test --config e2e/playwright.config.mjs")
        .dir(&root().join("tests"))
        .env("CHROMIUM", &chromium.browser)
        .env("SCREENSMITH", target().join("debug/screensmith"))
        .closing()
}
