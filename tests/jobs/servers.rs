//! The scripted servers: natively a process of the test's own, in the browser the process that
//! the task runner started for the whole run (`cargo xtask test browser`).

use screensmith::base::ports::{Http as _, HttpRequest};
use serde_json::{Value, json};

use crate::harness::Network;

/// The running servers.
#[derive(Clone)]
pub(crate) struct Servers {
    #[cfg(not(target_arch = "wasm32"))]
    process: std::rc::Rc<native::Process>,
}

impl Servers {
    /// The servers as if they had just been started.
    pub(crate) async fn start() -> Self {
        let servers = Self {
            #[cfg(not(target_arch = "wasm32"))]
            process: native::process(),
        };
        servers.control("openai", json!({"reset": "all"})).await;
        servers
    }

    pub(crate) fn address(&self, vendor: &str) -> String {
        #[cfg(not(target_arch = "wasm32"))]
        return self.process.addresses[vendor].as_str().unwrap().to_owned();
        // The task runner tells the browser which port each name means.
        #[cfg(target_arch = "wasm32")]
        return format!("http://{vendor}.localhost");
    }

    /// Sets switches of a server and reads its state and log.
    pub(crate) async fn control(&self, vendor: &str, body: Value) -> Value {
        let request = HttpRequest {
            method: "POST",
            url: format!("{}/__control", self.address(vendor)),
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        };
        let answer = Network::default().send(request).await.unwrap();
        serde_json::from_slice(&answer.body).unwrap()
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::cell::RefCell;
    use std::io::{BufRead as _, BufReader};
    use std::process::{Child, ChildStdin, Command, Stdio};
    use std::rc::Rc;

    use serde_json::Value;

    /// Node, which ends with it.
    pub(super) struct Process {
        child: Child,
        input: Option<ChildStdin>,
        pub(super) addresses: Value,
    }

    thread_local! {
        static OWN: RefCell<Option<Rc<Process>>> = const { RefCell::new(None) };
    }

    /// The process of this thread, which is this test.
    pub(super) fn process() -> Rc<Process> {
        OWN.with_borrow_mut(|own| own.get_or_insert_with(|| Rc::new(Process::start())).clone())
    }

    impl Process {
        fn start() -> Self {
            let main = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/main.mjs");
            let mut child = Command::new("node")
                .arg(main)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .expect("Node runs the scripted servers");
            let input = child.stdin.take().unwrap();
            let mut line = String::new();
            let output = child.stdout.take().unwrap();
            BufReader::new(output).read_line(&mut line).unwrap();
            Self {
                addresses: serde_json::from_str(&line).unwrap(),
                child,
                input: Some(input),
            }
        }
    }

    impl Drop for Process {
        fn drop(&mut self) {
            // It ends with its input, and ends what it has started.
            self.input.take();
            let _ = self.child.wait();
        }
    }
}
