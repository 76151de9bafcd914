//! The same fingerprints everywhere: native here, wasm in Node and in Chromium.

use std::path::PathBuf;

use screensmith::GenerationConfig;
use screensmith::generate::{GENERATOR_VERSION, SyntheticUiGenerator};
use serde_json::json;

use crate::build;
use crate::shell::{Outcome, Sh, fail};
use crate::{read, root, target, tools, write};

/// How many fingerprints are committed.
const COMMITTED: u64 = 24;

fn folder() -> PathBuf {
    root().join("tests/determinism")
}

/// Fingerprints of the first `count` samples, made on all cores.
fn native(count: u64) -> Outcome<Vec<String>> {
    let config: GenerationConfig = serde_json::from_slice(&read(&folder().join("config.json"))?)
        .or_else(|e| fail(format!("config.json: {e}")))?;
    let cores = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let parts: Vec<_> = (0..cores)
        .map(|k| {
            let config = config.clone();
            std::thread::spawn(move || {
                let generator = SyntheticUiGenerator::new(config)?;
                (k..count)
                    .step_by(cores as usize)
                    .map(|i| Ok((i, generator.sample(i)?.fingerprint)))
                    .collect::<screensmith::Result<Vec<_>>>()
            })
        })
        .collect();
    let mut all = Vec::new();
    for part in parts {
        match part.join() {
            Ok(Ok(some)) => all.extend(some),
            Ok(Err(e)) => return fail(e.to_string()),
            Err(_) => return fail("a generator panicked"),
        }
    }
    all.sort_unstable();
    Ok(all.into_iter().map(|(_, f)| f).collect())
}

/// Writes the committed fingerprints again.
pub(crate) fn record() -> Outcome<()> {
    let path = folder().join("fingerprints.json");
    let value = json!({
        "generator_version": GENERATOR_VERSION,
        "fingerprints": native(COMMITTED)?,
    });
    let text = serde_json::to_string_pretty(&value).or_else(|e| fail(e.to_string()))?;
    write(&path, text + "\n")?;
    println!("{}", path.display());
    Ok(())
}

/// Compares all samples of the configuration, native against wasm. Needs the npm package.
pub(crate) fn compare(chromium: &tools::Chromium) -> Outcome<String> {
    let config: GenerationConfig = serde_json::from_slice(&read(&folder().join("config.json"))?)
        .or_else(|e| fail(format!("config.json: {e}")))?;
    if !root().join("pkg/package.json").is_file() {
        build::npm()?;
    }
    let list = target().join("determinism.json");
    let text = serde_json::to_string(&native(config.num_samples)?);
    write(&list, text.or_else(|e| fail(e.to_string()))?)?;
    Sh::new("node --test --test-reporter=tap determinism/compare.test.mjs")
        .dir(&root().join("tests"))
        .env("CHROMIUM", &chromium.browser)
        .env("NATIVE_FINGERPRINTS", &list)
        .closing()
}
