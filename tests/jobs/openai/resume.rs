//! Large files in parts on the scripted OpenAI, by a program that ends again and again.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use base64::Engine as _;
use screensmith::base::ports::{Http, HttpRequest, HttpResponse, LocalFuture, Ports};
use screensmith::job::{FineTuneJobManager, State, VisionFinetuner};
use screensmith::provider::{Bookmark, LocalFile, Provider, ProviderName, connect};
use screensmith::{Error, Result};
use serde_json::{Value, json};

use super::Test;
use crate::harness::dual_test;
use crate::servers::Servers;

/// A program that is killed by its requests.
struct Mortal {
    http: Rc<dyn Http>,
    /// Requests left.
    left: Cell<usize>,
    /// The last one still arrives, and its answer comes too late.
    arrives: bool,
}

fn killed() -> Error {
    Error::storage("killed", "the program ended here")
}

impl Http for Mortal {
    fn send(&self, request: HttpRequest) -> LocalFuture<'_, Result<HttpResponse>> {
        Box::pin(async move {
            let left = self.left.get().checked_sub(1);
            match left {
                Some(left) => self.left.set(left),
                None => return Err(killed()),
            }
            let answer = self.http.send(request).await;
            match (left, self.arrives) {
                (Some(0), true) => Err(killed()),
                _ => answer,
            }
        })
    }
}

fn mortal(t: &Test, left: usize, arrives: bool) -> Ports {
    let http = Rc::new(Mortal {
        http: t.world.ports.http.clone(),
        left: Cell::new(left),
        arrives,
    });
    Ports {
        http,
        ..t.world.ports.clone()
    }
}

/// A bookmark that outlives the program.
#[derive(Default)]
struct Kept(RefCell<Option<Value>>);

impl Bookmark for Kept {
    fn get(&self) -> Option<Value> {
        self.0.borrow().clone()
    }

    fn set(&self, mark: Option<Value>) -> LocalFuture<'_, Result<()>> {
        *self.0.borrow_mut() = mark;
        Box::pin(async { Ok(()) })
    }
}

fn provider(t: &Test, ports: &Ports) -> Rc<dyn Provider> {
    connect(ProviderName::OpenAi, ports, &t.config.provider_options).unwrap()
}

/// Parts that arrived, in the order in which they came, and how many uploads were begun.
async fn sent(t: &Test) -> (usize, usize) {
    let log = t.control(json!({})).await["log"].clone();
    let count = |end: &str| {
        let all = log.as_array().unwrap().iter();
        all.filter(|r| r["method"] == "POST" && r["path"].as_str().unwrap().ends_with(end))
            .count()
    };
    (count("/parts"), count("/uploads"))
}

#[dual_test]
async fn a_kill_at_any_request_sends_at_most_one_part_twice() {
    let t = Test::new().await;
    // Listing, beginning, three parts, completing.
    for arrives in [false, true] {
        for kill in 0..6 {
            let t = t.again().await;
            let file = super::faults::large(&t);
            let kept = Kept::default();
            let left = kill + usize::from(arrives);
            let first = provider(&t, &mortal(&t, left, arrives));
            let e = first.upload_on(&file, &|_| (), &kept).await.unwrap_err();
            assert_eq!(e.code(), "killed", "{kill} {arrives}");
            let second = provider(&t, &t.world.ports);
            let done = second.upload_on(&file, &|_| (), &kept).await.unwrap();
            let (parts, _) = sent(&t).await;
            assert!((3..=4).contains(&parts), "{kill} {arrives}: {parts} parts");
            assert!(
                arrives || parts == 3,
                "{kill}: what was listed is not sent again"
            );
            // The service compared the checksum of the whole.
            let state = t.state().await;
            assert_eq!(t.files().await, 1, "{kill} {arrives}");
            assert_eq!(state["files"][0]["id"], json!(done.id));
            assert_eq!(state["files"][0]["bytes"], json!(file.bytes));
        }
    }
}

#[dual_test]
async fn an_upload_that_the_vendor_gave_up_begins_anew() {
    let t = Test::new().await;
    for expired in ["here", "cancelled", "gone"] {
        let t = t.again().await;
        let file: LocalFile = super::faults::large(&t);
        let kept = Kept::default();
        // Two parts arrive.
        let first = provider(&t, &mortal(&t, 4, false));
        first.upload_on(&file, &|_| (), &kept).await.unwrap_err();
        let mark = kept.get().unwrap();
        assert_eq!(mark["parts"].as_array().unwrap().len(), 2);
        let upload = mark["upload"].as_str().unwrap().to_owned();
        match expired {
            // The hour is over by this side's clock.
            "here" => t.world.clock.advance(3_600_000),
            "cancelled" => {
                let ports = t.world.ports.clone();
                let url = format!("{}/v1/uploads/{upload}/cancel", t.servers.address("openai"));
                let key = screensmith::base::ports::Secret::new("Bearer sk-good");
                let cancel = HttpRequest {
                    method: "POST",
                    url,
                    headers: vec![("authorization".to_owned(), key)],
                    body: Vec::new(),
                };
                assert_eq!(ports.http.send(cancel).await.unwrap().status, 200);
            }
            _ => {
                let mut other = mark.clone();
                other["upload"] = json!("upload_nobody");
                kept.set(Some(other)).await.unwrap();
            }
        }
        let second = provider(&t, &t.world.ports);
        second.upload_on(&file, &|_| (), &kept).await.unwrap();
        assert_eq!(t.files().await, 1, "{expired}");
        assert_eq!(sent(&t).await.1, 2, "{expired}: begun twice");
        assert_ne!(kept.get().unwrap()["upload"], json!(upload), "{expired}");
    }
}

/// Twelve screens with a picture of noise, about 4 MB in a line.
fn noisy() -> Vec<u8> {
    let mut x = 7u32;
    let noise = image::RgbImage::from_fn(1000, 1000, |_, _| {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
        image::Rgb([x as u8, (x >> 8) as u8, (x >> 16) as u8])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    noise.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let png = base64::engine::general_purpose::STANDARD.encode(png.into_inner());
    let row = |i: usize| {
        let truth = json!({"layout_id": format!("layout{i}"), "width": 1000, "height": 1000,
            "components": [{"component_id": "e0", "element_type": "button",
                "text": format!("Save {i}"), "bbox": {"x": 10, "y": 20, "width": 80, "height": 32},
                "interactive": true, "action": "click", "semantic_role": "button"}]});
        let record = json!({"layout_id": format!("layout{i}"), "html": "<p>",
            "ground_truth": truth, "screenshot_base64": png, "fingerprint": format!("{i:032x}")});
        format!("{record}\n").into_bytes()
    };
    (0..12).flat_map(row).collect()
}

#[dual_test]
async fn a_job_remembers_its_parts_over_many_lives() {
    let mut t = Test::on(Servers::start().await, noisy());
    t.config.validation_split = 0.0;
    let id = "ui-ground-1";
    let manager = FineTuneJobManager::new(t.world.ports.store.clone());
    t.world.tuner().enqueue(&t.config).await.unwrap();
    let mut remembered = Vec::new();
    for _ in 0..10 {
        // Each life has two requests: one looks what is there, one gets on.
        let ports = mortal(&t, 2, false);
        let tuner = VisionFinetuner::new(manager.clone(), ports);
        tuner.check_status(id).await.unwrap_err();
        let job = manager.get(id).await.unwrap();
        if !matches!(job.state, State::Uploading { .. }) {
            assert_eq!(job.upload, None, "forgotten when the file is there");
            break;
        }
        let mark = job.upload.unwrap().mark;
        remembered.push(mark["parts"].as_array().unwrap().len());
    }
    // 48 MB in parts of 16 MiB.
    assert_eq!(remembered, [0, 1, 2, 3], "{:?}", sent(&t).await);
    assert_eq!(sent(&t).await, (3, 1));
    let job = t.world.tuner().wait(id).await.unwrap();
    assert_eq!(
        job.status,
        screensmith::job::JobStatus::Completed,
        "{job:#?}"
    );
    assert_eq!(t.files().await, 1);
}
