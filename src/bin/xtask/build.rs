//! The page, the npm package and the recorded browser results.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use sha2::{Digest as _, Sha256, Sha384};

use crate::shell::{Outcome, Sh, fail};
use crate::{read, root, target, tools, write};

/// What Node and every current browser understand. Relaxed SIMD stays off: its results differ
/// between processors.
const WASM_OPT: &str = "-O3 --strip-producers --enable-simd --enable-bulk-memory \
    --enable-nontrapping-float-to-int --enable-sign-ext --enable-mutable-globals \
    --enable-reference-types --enable-multivalue --enable-extended-const";

/// Installs what the page needs and gives the folder of tools and Trunk itself.
fn page_tools() -> Outcome<(PathBuf, PathBuf)> {
    tools::wasm_target()?;
    let trunk = tools::trunk()?;
    // Trunk builds without the network.
    Sh::new("cargo fetch --locked --target wasm32-unknown-unknown").run()?;
    Ok((tools::bin()?, trunk))
}

/// Builds the page and serves it.
pub(crate) fn serve(args: &[String]) -> Outcome<()> {
    let fast = args.iter().any(|a| a == "--dev");
    println!("the app needs: the wasm32 target, trunk, and the packages of Cargo.lock");
    let (bin, trunk) = page_tools()?;
    let port = (8080..8180)
        .find(|p| TcpListener::bind(("127.0.0.1", *p)).is_ok())
        .map_or_else(|| fail("no free port from 8080 to 8179"), Ok)?;
    println!("building; then the app is at http://127.0.0.1:{port}/ (stop with Ctrl+C)");
    let mut sh = Sh::new(&trunk.to_string_lossy())
        .arg("serve")
        .arg("--port")
        .arg(port.to_string())
        .path_first(&bin)
        .env("NO_COLOR", "true");
    if !fast {
        sh = sh.arg("--release");
    }
    sh.run()
}

/// Builds the static page into `dist/`, its wasm optimised; returns the closing line.
pub(crate) fn app() -> Outcome<String> {
    let (bin, trunk) = page_tools()?;
    let npm = tools::npm_tools()?;
    Sh::new(&trunk.to_string_lossy())
        .arg("build")
        .arg("--release")
        .path_first(&bin)
        .env("NO_COLOR", "true")
        .run()?;
    let dist = root().join("dist");
    let page = dist.join("index.html");
    let mut html = String::from_utf8_lossy(&read(&page)?).into_owned();
    let mut said = Vec::new();
    for wasm in files(&dist, "wasm")? {
        let before = read(&wasm)?;
        optimise(&npm, &wasm)?;
        let after = read(&wasm)?;
        // The page names the hash of what it preloads.
        html = html.replace(&integrity(&before), &integrity(&after));
        said.push(format!(
            "{} {} → {} bytes",
            name(&wasm),
            before.len(),
            after.len()
        ));
    }
    write(&page, html)?;
    Ok(format!("dist/: {}", said.join(", ")))
}

fn integrity(bytes: &[u8]) -> String {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha384::digest(bytes));
    format!("sha384-{hash}")
}

fn name(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// Files of a folder with this ending, sorted.
pub(crate) fn files(folder: &Path, ending: &str) -> Outcome<Vec<PathBuf>> {
    let entries = fs::read_dir(folder).or_else(|e| fail(format!("{}: {e}", folder.display())))?;
    let mut out: Vec<PathBuf> = entries
        .filter_map(Result::ok)
        .map(|e| e.path())
        .filter(|p| p.extension().is_some_and(|x| x == ending))
        .collect();
    out.sort();
    Ok(out)
}

/// Runs wasm-opt over a file in place; a result is kept under the hash of its input.
fn optimise(npm: &Path, wasm: &Path) -> Outcome<()> {
    let hash = Sha256::new()
        .chain_update(WASM_OPT)
        .chain_update(read(wasm)?)
        .finalize()
        .iter()
        .fold(String::new(), |s, b| s + &format!("{b:02x}"));
    let kept = target().join("tools/wasm-opt").join(format!("{hash}.wasm"));
    if !kept.is_file() {
        let part = kept.with_extension("part");
        write(&part, [])?;
        Sh::new("node")
            .arg(npm.join("node_modules/binaryen/bin/wasm-opt"))
            .arg(wasm)
            .args(WASM_OPT)
            .arg("-o")
            .arg(&part)
            .run()?;
        fs::rename(&part, &kept).or_else(|e| fail(format!("{}: {e}", kept.display())))?;
    }
    write(wasm, read(&kept)?)
}

/// Builds the npm package into `pkg/` and packs it; returns the tarball.
pub(crate) fn npm() -> Outcome<PathBuf> {
    tools::wasm_target()?;
    let tests = tools::npm_tools()?;
    Sh::new("cargo rustc --release --locked --lib --crate-type cdylib")
        .args("--target wasm32-unknown-unknown --features npm")
        .run()?;
    let pkg = root().join("pkg");
    if pkg.exists() {
        fs::remove_dir_all(&pkg).or_else(|e| fail(format!("pkg: {e}")))?;
    }
    let wasm = target().join("wasm32-unknown-unknown/release/screensmith.wasm");
    wasm_bindgen_cli::wasm_bindgen::run_cli_with_args([
        "wasm-bindgen".as_ref(),
        wasm.as_os_str(),
        "--target".as_ref(),
        "web".as_ref(),
        "--out-name".as_ref(),
        "screensmith_core".as_ref(),
        "--ts-typed-array-buffers".as_ref(),
        "--out-dir".as_ref(),
        pkg.as_os_str(),
    ])
    .or_else(|e| fail(format!("wasm-bindgen: {e:?}")))?;
    optimise(&tests, &pkg.join("screensmith_core_bg.wasm"))?;
    let template = root().join("www/npm");
    let entries = fs::read_dir(&template).or_else(|e| fail(format!("www/npm: {e}")))?;
    for entry in entries.filter_map(Result::ok) {
        write(&pkg.join(entry.file_name()), read(&entry.path())?)?;
    }
    for licence in ["LICENSE-MIT", "LICENSE-APACHE"] {
        write(&pkg.join(licence), read(&root().join(licence))?)?;
    }
    for licence in files(&root().join("www/fonts"), "txt")? {
        write(&pkg.join("fonts").join(name(&licence)), read(&licence)?)?;
    }
    let manifest = pkg.join("package.json");
    let text = String::from_utf8_lossy(&read(&manifest)?)
        .replace("0.0.0-from-cargo", env!("CARGO_PKG_VERSION"));
    write(&manifest, text)?;
    let out = target().join("npm");
    fs::create_dir_all(&out).or_else(|e| fail(format!("{}: {e}", out.display())))?;
    Sh::new("npm pack --silent --pack-destination")
        .arg(&out)
        .dir(&pkg)
        .run()?;
    let tarball = out.join(format!("screensmith-{}.tgz", env!("CARGO_PKG_VERSION")));
    println!("{} ({} bytes)", tarball.display(), read(&tarball)?.len());
    Ok(tarball)
}

/// Lays out the oracle's pages in Chromium again.
pub(crate) fn record_oracle() -> Outcome<()> {
    let tests = tools::npm_tools()?;
    let chromium = tools::chromium()?;
    Sh::new("cargo test --quiet --test oracle dump_pages -- --ignored").run()?;
    Sh::new("node oracle/record.mjs")
        .dir(&tests)
        .env("CHROMIUM", &chromium.browser)
        .run()
}
