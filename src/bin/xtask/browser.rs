//! Tests compiled to wasm and run in Chromium: storage, workers, timers, and whole jobs against
//! the scripted servers of the vendors.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};

use serde_json::json;

use crate::shell::{Outcome, Sh, fail};
use crate::{own, root, target, tools, write};

/// Runs them.
pub(crate) fn run() -> Outcome<String> {
    let chromium = tools::chromium()?;
    let servers = Servers::start()?;
    let options = json!({
        "goog:chromeOptions": {
            "binary": chromium.browser,
            "args": [
                "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                "--no-first-run", servers.rules(),
            ],
        },
    });
    let webdriver = target().join("tools/webdriver.json");
    write(&webdriver, options.to_string())?;
    Sh::new("cargo test --locked --target wasm32-unknown-unknown --features web")
        .args("--test web --test web_store --test jobs")
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            format!("{} wasm-test-runner", own()?.display()),
        )
        .env("CHROMEDRIVER", &chromium.driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &webdriver)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "600")
        .closing()
}

/// The scripted servers of `tests/servers`; they end with it.
struct Servers {
    child: Child,
    input: Option<ChildStdin>,
    addresses: BTreeMap<String, String>,
}

impl Servers {
    fn start() -> Outcome<Self> {
        let mut child = Command::new("node")
            .arg(root().join("tests/servers/main.mjs"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .or_else(|e| fail(format!("node: {e}")))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return fail("node has no input or output");
        };
        let mut servers = Self {
            child,
            input: Some(input),
            addresses: BTreeMap::new(),
        };
        let mut line = String::new();
        BufReader::new(output)
            .read_line(&mut line)
            .or_else(|e| fail(format!("the scripted servers: {e}")))?;
        servers.addresses = serde_json::from_str(&line)
            .or_else(|e| fail(format!("the scripted servers said {line:?}: {e}")))?;
        Ok(servers)
    }

    /// Chromium's option that leads `http://openai.localhost` and the like to the ports: so the
    /// compiled tests hold for every run.
    fn rules(&self) -> String {
        let rules = self.addresses.iter().map(|(vendor, address)| {
            let place = address.trim_start_matches("http://");
            format!("MAP {vendor}.localhost:80 {place}")
        });
        let rules: Vec<String> = rules.collect();
        format!("--host-resolver-rules={}", rules.join(","))
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        // They end with their input, and end what they have started.
        self.input.take();
        let _ = self.child.wait();
    }
}
