//! Developer tasks, started by `cargo xtask`: everything from installing what is missing to the
//! whole test run, with nothing but cargo on the machine.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line talks through its streams"
)]
#![allow(
    clippy::disallowed_methods,
    reason = "native only: it measures how long its steps take"
)]

mod bench;
mod browser;
mod build;
mod determinism;
mod shell;
mod size;
mod test;
mod tools;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::OnceLock;

use shell::{Outcome, fail};

const HELP: &str = "\
cargo xtask COMMAND

  serve          install what is missing, build the app and serve it at a local address
  test           install what is missing and run every test
  build          build the static app into dist/
  npm            build the npm package into pkg/ and pack it
  record-oracle  lay out the recorded pages in Chromium again and store its boxes
  fingerprints   write tests/determinism/fingerprints.json again
  bench          samples per second, native and in wasm, beside Chromium

`test` and `bench` take names of steps to run only those: cargo xtask test native npm
";

/// This program, as it was called: cargo may link it anew while it runs, and then the system no
/// longer knows its path.
static OWN: OnceLock<PathBuf> = OnceLock::new();

fn main() -> ExitCode {
    if let Ok(path) = std::env::current_exe() {
        OWN.get_or_init(|| path);
    }
    let args: Vec<String> = std::env::args().collect();
    let called = args
        .first()
        .and_then(|a| Path::new(a).file_stem())
        .map(|s| s.to_string_lossy().into_owned());
    // Trunk looks for a program of this name: the runner is linked to it, and so always has the
    // version of the crate.
    if called.as_deref() == Some("wasm-bindgen") {
        return tool(wasm_bindgen_cli::wasm_bindgen::run_cli_with_args(args));
    }
    let rest = args.get(2..).unwrap_or_default();
    let outcome = match args.get(1).map(String::as_str) {
        Some("wasm-test-runner") => {
            let own = [args[0].clone()].into_iter().chain(rest.iter().cloned());
            return tool(wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(own));
        }
        Some("serve") => build::serve(rest),
        Some("test") => test::run(rest),
        Some("build") => build::app().map(|_| ()),
        Some("npm") => build::npm().map(|_| ()),
        Some("record-oracle") => build::record_oracle(),
        Some("fingerprints") => determinism::record(),
        Some("bench") => bench::run(rest),
        Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{HELP}");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn tool<E: std::fmt::Debug>(result: Result<(), E>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e:?}");
            ExitCode::FAILURE
        }
    }
}

/// The path of this program.
fn own() -> Outcome<&'static Path> {
    OWN.get()
        .map(PathBuf::as_path)
        .ok_or_else(|| "the path of this program is unknown".to_owned())
}

/// The repository.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Where cargo builds.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Reads a file, naming it when that fails.
fn read(path: &Path) -> Outcome<Vec<u8>> {
    std::fs::read(path).or_else(|e| fail(format!("{}: {e}", path.display())))
}

/// Writes a file and its folders, naming it when that fails.
fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Outcome<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).or_else(|e| fail(format!("{}: {e}", folder.display())))?;
    }
    std::fs::write(path, bytes).or_else(|e| fail(format!("{}: {e}", path.display())))
}
