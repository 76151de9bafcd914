//! What all tests of jobs share: the servers, a client, and a world in memory.

use std::cell::{Cell, RefCell};
use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::rc::Rc;

use base64::Engine as _;
use screensmith::base::fakes::{MemoryFiles, MemorySecrets, MemoryStore, VirtualClock, ports};
use screensmith::base::http::NativeHttp;
use screensmith::base::ports::{Http, HttpRequest, HttpResponse, LocalFuture, Ports};
use screensmith::base::system::block_on;
use screensmith::base::time::Timestamp;
use screensmith::job::{FineTuneJobManager, VisionFinetuner};
use screensmith::registry::LlmConfigRegistry;
use screensmith::{Error, Result};
use serde_json::{Value, json};

/// The running servers; they end with it.
pub(crate) struct Servers {
    child: Child,
    _input: ChildStdin,
    addresses: Value,
}

impl Servers {
    pub(crate) fn start() -> Self {
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
            _input: input,
        }
    }

    pub(crate) fn address(&self, vendor: &str) -> String {
        self.addresses[vendor].as_str().unwrap().to_owned()
    }

    /// Sets switches of a server and reads its state and log.
    pub(crate) fn control(&self, vendor: &str, body: Value) -> Value {
        let request = HttpRequest {
            method: "POST",
            url: format!("{}/__control", self.address(vendor)),
            headers: Vec::new(),
            body: body.to_string().into_bytes(),
        };
        let answer = block_on(NativeHttp::new().send(request)).unwrap();
        serde_json::from_slice(&answer.body).unwrap()
    }
}

impl Drop for Servers {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program's own client, which stops after `left` requests as if the program ended there.
pub(crate) struct Client {
    http: NativeHttp,
    pub(crate) left: Cell<usize>,
    pub(crate) sent: Cell<usize>,
}

impl Client {
    pub(crate) fn new() -> Rc<Self> {
        Rc::new(Self {
            http: NativeHttp::new(),
            left: Cell::new(usize::MAX),
            sent: Cell::new(0),
        })
    }
}

impl Http for Client {
    fn send(&self, request: HttpRequest) -> LocalFuture<'_, Result<HttpResponse>> {
        Box::pin(async move {
            if self.left.get() == 0 {
                return Err(Error::storage("killed", "the program ended here"));
            }
            self.left.set(self.left.get() - 1);
            self.sent.set(self.sent.get() + 1);
            self.http.send(request).await
        })
    }
}

/// A world in memory with a network.
pub(crate) struct World {
    pub(crate) ports: Ports,
    pub(crate) store: MemoryStore,
    pub(crate) files: Rc<MemoryFiles>,
    pub(crate) clock: Rc<VirtualClock>,
    pub(crate) secrets: MemorySecrets,
    pub(crate) client: Rc<Client>,
    /// Everything the driver told, as text.
    pub(crate) told: Rc<RefCell<String>>,
}

impl World {
    pub(crate) fn new() -> Self {
        let store = MemoryStore::new();
        let files = Rc::new(MemoryFiles::new());
        let now = Timestamp::parse("2026-11-22T12:00:00Z").unwrap();
        let clock = Rc::new(VirtualClock::new(now));
        let secrets = MemorySecrets::new();
        let client = Client::new();
        Self {
            ports: Ports {
                store: Rc::new(store.clone()),
                files: files.clone(),
                clock: clock.clone(),
                http: client.clone(),
                secrets: Rc::new(secrets.clone()),
                ..ports(now)
            },
            store,
            files,
            clock,
            secrets,
            client,
            told: Rc::default(),
        }
    }

    /// A driver, as after a start of the program.
    pub(crate) fn tuner(&self) -> VisionFinetuner {
        let told = self.told.clone();
        VisionFinetuner::new(
            FineTuneJobManager::new(self.ports.store.clone()),
            self.ports.clone(),
        )
        .with_registry(Rc::new(self.registry()))
        .on_update(move |u| *told.borrow_mut() += &format!("{u:?}\n"))
    }

    pub(crate) fn registry(&self) -> LlmConfigRegistry {
        LlmConfigRegistry::new(self.ports.store.clone(), self.ports.clock.clone())
    }
}

/// A dataset of `n` screens with pictures inside; each answer takes at least `bytes`.
pub(crate) fn dataset(n: usize, bytes: usize) -> Vec<u8> {
    let row = |i: usize| {
        let mut png = std::io::Cursor::new(Vec::new());
        let colour = image::Rgb([(i % 256) as u8, (i / 256) as u8, 7]);
        image::RgbImage::from_pixel(320, 240, colour)
            .write_to(&mut png, image::ImageFormat::Png)
            .unwrap();
        let component = |k: usize| {
            json!({"component_id": format!("e{k}"), "element_type": "button",
                "text": format!("Save {i}.{k} {}", "x".repeat(200)),
                "bbox": {"x": 10 + i % 100, "y": 20, "width": 80, "height": 32},
                "interactive": true, "action": "click", "semantic_role": "button"})
        };
        let components: Vec<Value> = (0..=bytes / 300).map(component).collect();
        let truth = json!({"layout_id": format!("layout{i}"), "width": 320, "height": 240,
            "components": components});
        let record = json!({"layout_id": format!("layout{i}"), "html": "<p>", "ground_truth": truth,
            "screenshot_base64": base64::engine::general_purpose::STANDARD.encode(png.into_inner()),
            "fingerprint": format!("{i:032x}")});
        format!("{record}\n").into_bytes()
    };
    (0..n).flat_map(row).collect()
}
