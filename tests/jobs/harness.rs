//! What all tests of jobs share: a client, and a world in memory.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use base64::Engine as _;
use screensmith::base::fakes::{MemoryFiles, MemorySecrets, MemoryStore, VirtualClock, ports};
use screensmith::base::ports::{Clock as _, Http, HttpRequest, HttpResponse, LocalFuture, Ports};
use screensmith::base::time::Timestamp;
use screensmith::job::{FineTuneJobManager, VisionFinetuner};
use screensmith::registry::LlmConfigRegistry;
use screensmith::{Error, Result};
use serde_json::{Value, json};

/// A test that runs natively and in the browser.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use pollster::test as dual_test;
#[cfg(target_arch = "wasm32")]
pub(crate) use wasm_bindgen_test::wasm_bindgen_test as dual_test;

/// The program's own way into the network: in the browser `fetch`, with all its rules.
#[cfg(not(target_arch = "wasm32"))]
pub(crate) use screensmith::base::http::NativeHttp as Network;
#[cfg(target_arch = "wasm32")]
pub(crate) use screensmith::base::http::WebHttp as Network;

/// The program's own client, which stops after `left` requests as if the program ended there.
pub(crate) struct Client {
    http: Network,
    pub(crate) left: Cell<usize>,
    pub(crate) sent: Cell<usize>,
    /// After so many requests there is no network for so many milliseconds.
    pub(crate) offline: Cell<Option<(usize, i64)>>,
    /// Requests that found no network.
    pub(crate) lost: Cell<usize>,
    /// Behaves as a browser, which may send a request twice.
    pub(crate) resends: Cell<bool>,
    since: Cell<Option<Timestamp>>,
    clock: Rc<VirtualClock>,
}

impl Client {
    fn new(clock: Rc<VirtualClock>) -> Rc<Self> {
        Rc::new(Self {
            http: Network::default(),
            left: Cell::new(usize::MAX),
            sent: Cell::new(0),
            offline: Cell::new(None),
            lost: Cell::new(0),
            resends: Cell::new(false),
            since: Cell::new(None),
            clock,
        })
    }

    fn is_offline(&self) -> bool {
        let Some((after, ms)) = self.offline.get() else {
            return false;
        };
        if self.sent.get() < after {
            return false;
        }
        let now = self.clock.now();
        let since = self.since.get().unwrap_or(now);
        self.since.set(Some(since));
        now.since(since) < ms
    }
}

impl Http for Client {
    fn send(&self, mut request: HttpRequest) -> LocalFuture<'_, Result<HttpResponse>> {
        Box::pin(async move {
            if self.left.get() == 0 {
                return Err(Error::storage("killed", "the program ended here"));
            }
            if self.is_offline() {
                self.lost.set(self.lost.get() + 1);
                // Nobody answers there, and browsers do not even ask.
                request.url = "http://127.0.0.1:9/".to_owned();
                return self.http.send(request).await;
            }
            self.left.set(self.left.get() - 1);
            self.sent.set(self.sent.get() + 1);
            self.http.send(request).await
        })
    }

    fn resends(&self) -> bool {
        self.resends.get() || self.http.resends()
    }
}

/// The jobs that count among the vendor's: without the ones that a browser made by sending a
/// request again, which the program has cancelled.
pub(crate) fn live(mut jobs: Vec<Value>, resends: bool) -> Vec<Value> {
    let cancelled = |j: &Value| {
        let states = [&j["state"], &j["status"]];
        let mut words = states.iter().filter_map(|s| s.as_str());
        words.any(|w| w.to_ascii_lowercase().contains("cancel"))
    };
    jobs.retain(|j| !resends || !cancelled(j));
    jobs
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
        let client = Client::new(clock.clone());
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
