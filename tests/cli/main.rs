//! The command line as a user runs it.

#![cfg(not(target_arch = "wasm32"))]
#![allow(clippy::unwrap_used, reason = "tests")]

mod compare;
mod dataset;
mod jobs;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;

fn screensmith(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_screensmith"))
        .args(args)
        .output()
        .unwrap()
}

fn ok(args: &[&str]) -> Value {
    let mut args = args.to_vec();
    args.push("--json");
    let out = screensmith(&args);
    assert!(
        out.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    serde_json::from_slice(&out.stdout).unwrap()
}

/// Exit code and error code of a command that must fail.
fn refused(args: &[&str]) -> (i32, String) {
    let mut args = args.to_vec();
    args.push("--json");
    let out = screensmith(&args);
    let value: Value = serde_json::from_slice(&out.stdout).unwrap_or(Value::Null);
    (
        out.status.code().unwrap(),
        value["error"]["code"].as_str().unwrap_or("").to_owned(),
    )
}

/// Every file below `root` with its content, except manifests and unfinished work.
fn tree(root: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(root: &Path, at: &Path, out: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(at).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(root, &path, out);
            } else {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                out.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(root, root, &mut out);
    out
}

fn str_of(path: &Path) -> &str {
    path.to_str().unwrap()
}
