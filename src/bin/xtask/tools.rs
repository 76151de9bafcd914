//! What the tasks need on the machine: each is looked for first, and announced before it is
//! installed. Only the registries of Rust, npm and Debian are asked.

use std::path::PathBuf;

use crate::shell::{Outcome, Sh, fail};
use crate::{own, read, root, target, write};

/// The version that builds with the `rust-version` of this package.
const TRUNK: &str = "0.21.14";
const WASM: &str = "wasm32-unknown-unknown";

/// The program `name` on `PATH`.
fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|d| d.join(format!("{name}{}", std::env::consts::EXE_SUFFIX)))
        .find(|p| p.is_file())
}

fn announce(what: &str, why: &str) {
    println!("installing {what}: {why}");
}

/// The browser's target of the compiler.
pub(crate) fn wasm_target() -> Outcome<()> {
    let folder = Sh::new("rustc --print target-libdir --target")
        .arg(WASM)
        .output();
    if folder.is_some_and(|f| std::path::Path::new(&f).is_dir()) {
        return Ok(());
    }
    if on_path("rustup").is_none() {
        return fail(format!(
            "the target {WASM} is missing: install it as rustc was installed"
        ));
    }
    announce(
        WASM,
        "the compiler's standard library for browsers (rustup, about 20 MB)",
    );
    Sh::new("rustup target add").arg(WASM).run()
}

/// `rustfmt` and `clippy`.
pub(crate) fn lint_tools() -> Outcome<()> {
    for (program, component) in [("cargo fmt", "rustfmt"), ("cargo clippy", "clippy")] {
        if Sh::new(program).arg("--version").output().is_none() {
            announce(
                component,
                "the Rust component that checks the source (rustup)",
            );
            Sh::new("rustup component add").arg(component).run()?;
        }
    }
    Ok(())
}

/// Whether the faster test runner is there; `cargo test` serves otherwise.
pub(crate) fn has_nextest() -> bool {
    Sh::new("cargo nextest --version").output().is_some()
}

/// The folder with `wasm-bindgen`, to be put first on `PATH`.
pub(crate) fn bin() -> Outcome<PathBuf> {
    let folder = target().join("tools/bin");
    let tool = folder.join(format!("wasm-bindgen{}", std::env::consts::EXE_SUFFIX));
    let own = own()?;
    std::fs::create_dir_all(&folder).or_else(|e| fail(format!("{}: {e}", folder.display())))?;
    #[cfg(unix)]
    {
        if std::fs::read_link(&tool).is_ok_and(|to| to == own) {
            return Ok(folder);
        }
        // An old link or file; when there is none, making the new one tells.
        let _ = std::fs::remove_file(&tool);
        std::os::unix::fs::symlink(own, &tool)
            .or_else(|e| fail(format!("{}: {e}", tool.display())))?;
    }
    #[cfg(not(unix))]
    std::fs::copy(own, &tool).or_else(|e| fail(format!("{}: {e}", tool.display())))?;
    Ok(folder)
}

/// Trunk, which builds and serves the page.
pub(crate) fn trunk() -> Outcome<PathBuf> {
    if let Some(found) = on_path("trunk") {
        let version = Sh::new("trunk --version").output().unwrap_or_default();
        // Trunk.toml accepts these.
        if version.contains(" 0.21.14") || version.contains(" 0.22.") {
            return Ok(found);
        }
    }
    let own = target().join(format!("tools/bin/trunk{}", std::env::consts::EXE_SUFFIX));
    if !own.is_file() {
        announce(
            &format!("trunk {TRUNK}"),
            "builds and serves the page (from the Rust registry, compiled once, some minutes)",
        );
        Sh::new("cargo install trunk --locked --no-default-features --features rustls --version")
            .arg(TRUNK)
            .arg("--root")
            .arg(target().join("tools"))
            .env("CARGO_TARGET_DIR", target().join("tools/build"))
            .env("CARGO_PROFILE_RELEASE_LTO", "false")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .run()?;
    }
    Ok(own)
}

/// Node 20 or newer.
pub(crate) fn node() -> Outcome<()> {
    let version = Sh::new("node --version").output().unwrap_or_default();
    let major: u32 = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|m| m.parse().ok())
        .unwrap_or(0);
    if major < 20 || on_path("npm").is_none() {
        return fail(format!(
            "Node 20 or newer with npm is needed, found {version:?}: get it from nodejs.org or \
             your system's packages"
        ));
    }
    Ok(())
}

/// The npm tools of tests/package.json.
pub(crate) fn npm_tools() -> Outcome<PathBuf> {
    node()?;
    let tests = root().join("tests");
    let lock = read(&tests.join("package-lock.json"))?;
    let stamp = tests.join("node_modules/.installed-lock.json");
    if std::fs::read(&stamp).is_ok_and(|s| s == lock) {
        return Ok(tests);
    }
    announce(
        "the packages of tests/package-lock.json into tests/node_modules",
        "wasm-opt, Playwright, Vite, TypeScript (npm; no browser is downloaded)",
    );
    Sh::new("npm ci --no-audit --no-fund --ignore-scripts")
        .dir(&tests)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .run()?;
    write(&stamp, lock)?;
    Ok(tests)
}

/// Chromium and its driver.
pub(crate) struct Chromium {
    pub(crate) browser: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Finds Chromium and its driver, and installs them where that is allowed.
pub(crate) fn chromium() -> Outcome<Chromium> {
    if let Some(found) = find_chromium() {
        return Ok(found);
    }
    let how = "install Chromium and its driver (Debian, Ubuntu: apt-get install chromium \
               chromium-driver), or name them in the variables CHROMIUM and CHROMEDRIVER";
    let root_user = Sh::new("id -u").output().is_some_and(|id| id == "0");
    if on_path("apt-get").is_none() || !root_user {
        return fail(format!("Chromium or chromedriver is missing: {how}"));
    }
    announce(
        "chromium and chromium-driver",
        "the browser tests run in it (Debian, about 300 MB)",
    );
    Sh::new("apt-get update").run()?;
    Sh::new("apt-get install --yes --no-install-recommends chromium chromium-driver")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .run()?;
    find_chromium().map_or_else(|| fail(format!("Chromium is still missing: {how}")), Ok)
}

fn find_chromium() -> Option<Chromium> {
    let named = |variable: &str, programs: &[&str]| {
        std::env::var_os(variable)
            .map(PathBuf::from)
            .filter(|p| p.is_file())
            .or_else(|| programs.iter().find_map(|p| on_path(p)))
    };
    let programs = [
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ];
    Some(Chromium {
        browser: named("CHROMIUM", &programs)?,
        driver: named("CHROMEDRIVER", &["chromedriver"])?,
    })
}
