//! Rules of the source tree that no compiler checks: which layer may use which, where vendors
//! may be named, how long a file may grow, and what must never be committed.

#![allow(clippy::unwrap_used, reason = "a test ends where it fails")]

use std::fs;
use std::path::{Path, PathBuf};

/// The layers, lowest first: a module may use itself and what stands before it.
const LAYERS: &[&str] = &[
    "error", "problem", "base", "generate", "task", "dataset", "format", "provider", "job",
    "registry", "store", "wasm", "cli", "app",
];

/// Words that name a vendor, and the only places where they may be written in code.
const VENDOR_WORDS: &[&str] = &[
    "openai",
    "gemini",
    "vertex",
    "azure",
    "fireworks",
    "bedrock",
    "together.ai",
    "anthropic",
];
const VENDOR_PLACES: &[&str] = &["src/provider/", "src/format/"];

/// Longest file of code or style. Most are below 500 lines.
const MAX_LINES: usize = 700;

/// Never committed: places of somebody's machine, and hosts of package registries.
const FORBIDDEN: &[&str] = &[
    concat!("/wo", "rk/wt"),
    concat!("/wo", "rk/main"),
    concat!("/wo", "rk/shared"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("registry.np", "mjs.org"),
    concat!("static.cra", "tes.io"),
    concat!("index.cra", "tes.io"),
];

struct File {
    path: String,
    text: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every text file of the repository below the folders and files that are committed.
fn files() -> Vec<File> {
    const TOP: &[&str] = &[
        ".cargo",
        ".ci",
        "benches",
        "src",
        "tests",
        "www",
        "ARCHITECTURE.md",
        "CHANGELOG.md",
        "Cargo.toml",
        "README.md",
        "Trunk.toml",
        "build.rs",
        "clippy.toml",
        "index.html",
        "rustfmt.toml",
    ];
    const SKIPPED: &[&str] = &["node_modules", "target", "dist", "pkg", "test-results"];
    const TEXT: &[&str] = &[
        "rs",
        "toml",
        "md",
        "html",
        "css",
        "js",
        "mjs",
        "cjs",
        "ts",
        "json",
        "py",
        "txt",
        "sh",
        "webmanifest",
        "",
    ];
    let mut out = Vec::new();
    let mut open: Vec<PathBuf> = TOP.iter().map(|t| root().join(t)).collect();
    while let Some(path) = open.pop() {
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if path.is_dir() {
            if !SKIPPED.contains(&name.as_str()) {
                open.extend(fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
            }
            continue;
        }
        let ending = path
            .extension()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if !TEXT.contains(&ending.as_str()) {
            continue;
        }
        if let Ok(text) = fs::read_to_string(&path) {
            let path = path
                .strip_prefix(root())
                .unwrap()
                .to_string_lossy()
                .into_owned();
            out.push(File { path, text });
        }
    }
    out.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(out.len() > 40, "only {} files found", out.len());
    out
}

fn rust_files() -> Vec<File> {
    let mut all = files();
    all.retain(|f| f.path.starts_with("src/") && f.path.ends_with(".rs"));
    all
}

/// Lines of code with their numbers: without comments and without the unit tests at the end.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .take_while(|(_, l)| l.trim() != "#[cfg(test)]")
        .filter(|(_, l)| !l.trim_start().starts_with("//"))
        .map(|(i, l)| (i + 1, l))
}

/// `src/job/state.rs` → `job`; `src/error.rs` → `error`; the crate root and binaries have none.
fn layer(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?;
    let name = inside.split('/').next()?.trim_end_matches(".rs");
    (name != "lib" && name != "bin").then_some(name)
}

fn rank(layer: &str) -> usize {
    LAYERS
        .iter()
        .position(|l| *l == layer)
        .unwrap_or_else(|| panic!("{layer} is not in the list of layers"))
}

/// Names that the crate root re-exports, with the module each comes from.
fn reexports() -> Vec<(String, String)> {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let code: String = code(&lib).map(|(_, l)| l).collect::<Vec<_>>().join(" ");
    let mut out = Vec::new();
    for item in code.split(';') {
        let Some(at) = item.find("pub use ") else {
            continue;
        };
        let path = item[at + 8..].trim();
        let module = path.split("::").next().unwrap().to_owned();
        let names = path.rsplit("::").next().unwrap();
        let names = path.split_once('{').map_or(names, |(_, n)| n);
        for name in names.split([',', '{', '}', ' ']) {
            let name = name.rsplit("::").next().unwrap().trim();
            if !name.is_empty() {
                out.push((name.to_owned(), module.clone()));
            }
        }
    }
    out
}

/// First segments of every `crate::…` path, groups included.
fn crate_paths(text: &str) -> Vec<(usize, String)> {
    let lines: Vec<(usize, &str)> = code(text).collect();
    let mut out = Vec::new();
    for (k, (n, line)) in lines.iter().enumerate() {
        for (at, _) in line.match_indices("crate::") {
            if line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == '$') {
                continue;
            }
            let rest = &line[at + 7..];
            if let Some(group) = rest.strip_prefix('{') {
                let tail: Vec<&str> = lines[k + 1..].iter().map(|(_, l)| *l).collect();
                let joined = format!("{group}\n{}", tail.join("\n"));
                for name in group_heads(&joined) {
                    out.push((*n, name));
                }
            } else {
                let name: String = rest
                    .chars()
                    .take_while(|c| c.is_alphanumeric() || *c == '_')
                    .collect();
                out.push((*n, name));
            }
        }
    }
    out
}

/// `a, b::{c, d}, E};` → `a`, `b`, `E`.
fn group_heads(text: &str) -> Vec<String> {
    let (mut depth, mut item, mut out) = (0, String::new(), Vec::new());
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => out.push(std::mem::take(&mut item)),
            _ if depth == 0 => item.push(c),
            _ => {}
        }
    }
    out.push(item);
    out.iter()
        .map(|i| {
            i.trim()
                .split("::")
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
        })
        .filter(|i| !i.is_empty())
        .collect()
}

#[test]
fn group_heads_reads_nested_groups() {
    assert_eq!(group_heads("a::b, c::{d, e},\n F};"), ["a", "c", "F"]);
}

#[test]
fn arrows_between_layers_point_down() {
    let roots = reexports();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in rust_files() {
        let Some(from) = layer(&file.path) else {
            continue;
        };
        for (line, name) in crate_paths(&file.text) {
            seen += 1;
            let to = roots
                .iter()
                .find(|(n, _)| *n == name)
                .map_or(name.as_str(), |(_, m)| m.as_str());
            if rank(to) > rank(from) {
                wrong.push(format!(
                    "{}:{line} uses crate::{name}, above {from}",
                    file.path
                ));
            }
        }
    }
    assert!(seen > 50, "only {seen} paths were read");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn vendors_are_named_only_where_they_live() {
    let mut wrong = Vec::new();
    for file in rust_files() {
        if VENDOR_PLACES.iter().any(|p| file.path.starts_with(p)) || file.path.ends_with("tests.rs")
        {
            continue;
        }
        for (line, text) in code(&file.text) {
            // Prose at the end of a line of code is prose too.
            let text = text.split(" // ").next().unwrap_or_default().to_lowercase();
            for word in VENDOR_WORDS.iter().filter(|w| text.contains(**w)) {
                wrong.push(format!("{}:{line} names {word}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_stay_short() {
    let mut wrong = Vec::new();
    for file in files() {
        let ours = (file.path.starts_with("src/") || file.path.starts_with("tests/"))
            && file.path.ends_with(".rs")
            || file.path.ends_with(".css")
            || file.path.ends_with(".js");
        let lines = file.text.lines().count();
        if ours && lines > MAX_LINES {
            wrong.push(format!(
                "{} has {lines} lines; {MAX_LINES} are allowed",
                file.path
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn nothing_of_a_machine_is_committed() {
    let mut wrong = Vec::new();
    for file in files() {
        for (n, line) in file.text.lines().enumerate() {
            for word in FORBIDDEN.iter().filter(|w| line.contains(**w)) {
                wrong.push(format!("{}:{} contains {word}", file.path, n + 1));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A `#` with 3 to 8 hexadecimal digits after it, as the value of a property.
fn hex_colour(line: &str) -> bool {
    let Some((_, value)) = line.split_once(':') else {
        return false;
    };
    value.match_indices('#').any(|(at, _)| {
        let digits = value[at + 1..]
            .chars()
            .take_while(char::is_ascii_hexdigit)
            .count();
        let next = value[at + 1..].chars().nth(digits);
        (3..=8).contains(&digits) && !next.is_some_and(|c| c.is_alphanumeric() || c == '-')
    })
}

#[test]
fn colours_of_the_page_come_from_its_tokens() {
    assert!(
        hex_colour("color: #ff00aa;") && !hex_colour("#feed: url(#arrow)"),
        "the pattern"
    );
    let mut wrong = Vec::new();
    for file in files() {
        let page = file.path.starts_with("www/style/") || file.path == "index.html";
        if !page || file.path.ends_with("tokens.css") {
            continue;
        }
        for (n, line) in file.text.lines().enumerate().filter(|(_, l)| hex_colour(l)) {
            // The browser's own bar is coloured before any style sheet is read.
            if !line.contains("theme-color") {
                wrong.push(format!("{}:{} {}", file.path, n + 1, line.trim()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every file of a folder of kinds is declared by its `mod.rs` and named once more: there, in the
/// slice or what is re-exported, or by a sibling that it helps.
#[test]
fn slices_are_complete() {
    let all = rust_files();
    let mut wrong = Vec::new();
    for folder in ["archetype", "widget", "theme"] {
        let start = format!("src/generate/{folder}/");
        let inside: Vec<&File> = all.iter().filter(|f| f.path.starts_with(&start)).collect();
        assert!(inside.len() > 3, "{start} holds {} files", inside.len());
        for file in &inside {
            let rest = &file.path[start.len()..];
            let name = rest.trim_end_matches(".rs").trim_end_matches("/mod");
            if name.contains('/') || ["mod", "tests"].contains(&name) || name.ends_with("_tests") {
                continue;
            }
            let declared = inside.iter().any(|f| {
                f.path == format!("{start}mod.rs")
                    && code(&f.text).any(|(_, l)| l.ends_with(&format!("mod {name};")))
            });
            let named = inside.iter().any(|f| {
                f.path != file.path && code(&f.text).any(|(_, l)| l.contains(&format!("{name}::")))
            });
            if !declared || !named {
                wrong.push(format!("{} is registered nowhere in {folder}/", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
