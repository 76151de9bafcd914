//! Ceilings of what a browser has to download.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::build::files;
use crate::shell::{Outcome, fail};
use crate::{read, root};

/// Largest raw and gzip sizes in bytes, after wasm-opt.
const CEILINGS: &[(&str, &str, u64, u64)] = &[
    ("app", "dist/app", 8_800_000, 3_100_000),
    ("worker", "dist/worker", 4_800_000, 1_900_000),
    ("npm", "pkg/screensmith_core", 7_200_000, 2_700_000),
];

/// Prints every size beside its ceiling and fails above one.
pub(crate) fn check() -> Outcome<String> {
    let mut said = Vec::new();
    let mut over = Vec::new();
    for (name, prefix, max_raw, max_gzip) in CEILINGS {
        let bytes = read(&find(prefix)?)?;
        let raw = bytes.len() as u64;
        let gzip = gzip_len(&bytes)?;
        let line = format!("{name} {raw} of {max_raw} raw, {gzip} of {max_gzip} gzip");
        println!("{line}");
        if raw > *max_raw || gzip > *max_gzip {
            over.push(line.clone());
        }
        said.push(line);
    }
    if over.is_empty() {
        Ok(said.join(" · "))
    } else {
        fail(format!("too large: {}", over.join("; ")))
    }
}

/// The one wasm file whose path starts so.
fn find(prefix: &str) -> Outcome<PathBuf> {
    let path = root().join(prefix);
    let folder = path.parent().unwrap_or(Path::new("."));
    let start = path
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let found: Vec<PathBuf> = files(folder, "wasm")?
        .into_iter()
        .filter(|p| {
            p.file_name()
                .is_some_and(|n| n.to_string_lossy().starts_with(&start))
        })
        .collect();
    match found.as_slice() {
        [one] => Ok(one.clone()),
        _ => fail(format!(
            "{} files {prefix}*.wasm; one is expected: build it first",
            found.len()
        )),
    }
}

fn gzip_len(bytes: &[u8]) -> Outcome<u64> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::best());
    let out = gz.write_all(bytes).and_then(|()| gz.finish());
    out.map_or_else(|e| fail(format!("gzip: {e}")), |v| Ok(v.len() as u64))
}
