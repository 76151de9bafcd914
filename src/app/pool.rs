//! The pool of web workers: one queue in front, at most two samples under way in each worker, so
//! that cancelling takes effect at once and no worker waits for the page.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

use js_sys::{ArrayBuffer, Reflect};
use wasm_bindgen::prelude::*;
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use crate::app::message::{Failure, Reply, Request, Shot, VERSION};
use crate::generate::config::GenerationConfig;

/// Where Trunk puts the worker, beside the page.
const SCRIPT: &str = "./worker_loader.js";
/// More workers than this gain little and cost memory.
const MAX_WORKERS: usize = 8;
/// Samples under way in one worker.
const DEPTH: usize = 2;

/// What an asker gets: the sample and the bytes of its picture.
pub(crate) type Outcome = Result<(Shot, Option<ArrayBuffer>), Failure>;

/// A handle on the pool; clones share it.
#[derive(Clone)]
pub(crate) struct Pool(Rc<RefCell<Inner>>);

struct Inner {
    workers: Vec<Slot>,
    queue: VecDeque<Job>,
    waiting: BTreeMap<u64, Waiting>,
    next_ticket: u64,
}

struct Slot {
    worker: Worker,
    ready: bool,
    under_way: usize,
    // Kept alive for as long as the worker may call them.
    _listen: Closure<dyn FnMut(MessageEvent)>,
    _fail: Closure<dyn FnMut(web_sys::Event)>,
}

struct Job {
    request: Request,
    group: u64,
    done: Box<dyn FnOnce(Outcome)>,
}

struct Waiting {
    slot: usize,
    group: u64,
    /// `None` once cancelled: the answer is dropped.
    done: Option<Box<dyn FnOnce(Outcome)>>,
}

impl Pool {
    /// Starts as many workers as the processor has cores, at most eight.
    pub(crate) fn start() -> Self {
        let cores = web_sys::window().map_or(2.0, |w| w.navigator().hardware_concurrency());
        let count = (cores as usize).clamp(1, MAX_WORKERS);
        let pool = Self(Rc::new(RefCell::new(Inner {
            workers: Vec::new(),
            queue: VecDeque::new(),
            waiting: BTreeMap::new(),
            next_ticket: 1,
        })));
        for slot in 0..count {
            match pool.spawn(slot) {
                Ok(s) => pool.0.borrow_mut().workers.push(s),
                Err(e) => {
                    web_sys::console::error_1(&e);
                    break;
                }
            }
        }
        pool
    }

    fn spawn(&self, slot: usize) -> Result<Slot, JsValue> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(SCRIPT, &options)?;
        let weak = Rc::downgrade(&self.0);
        let listen = Closure::<dyn FnMut(MessageEvent)>::new(move |e: MessageEvent| {
            if let Some(inner) = weak.upgrade() {
                Self(inner).heard(slot, &e.data());
            }
        });
        worker.set_onmessage(Some(listen.as_ref().unchecked_ref()));
        let weak = Rc::downgrade(&self.0);
        let fail = Closure::<dyn FnMut(web_sys::Event)>::new(move |_| {
            if let Some(inner) = weak.upgrade() {
                Self(inner).died(slot);
            }
        });
        worker.set_onerror(Some(fail.as_ref().unchecked_ref()));
        Ok(Slot {
            worker,
            ready: false,
            under_way: 0,
            _listen: listen,
            _fail: fail,
        })
    }

    /// How many workers there are.
    pub(crate) fn size(&self) -> usize {
        self.0.borrow().workers.len()
    }

    /// Asks for one sample. Urgent ones go before all others. `group` is what
    /// [`cancel`](Self::cancel) takes back.
    pub(crate) fn ask(
        &self,
        config: GenerationConfig,
        index: u64,
        how: Ask,
        done: impl FnOnce(Outcome) + 'static,
    ) {
        let mut inner = self.0.borrow_mut();
        if inner.workers.is_empty() {
            drop(inner);
            done(Err(no_workers()));
            return;
        }
        let ticket = inner.next_ticket;
        inner.next_ticket += 1;
        let request = Request {
            ticket,
            config,
            index,
            with_plan: how.with_plan,
        };
        let job = Job {
            request,
            group: how.group,
            done: Box::new(done),
        };
        if how.urgent {
            inner.queue.push_front(job)
        } else {
            inner.queue.push_back(job)
        }
        drop(inner);
        self.pump();
    }

    /// Forgets everything asked for in `group`; what is under way is dropped when it comes.
    pub(crate) fn cancel(&self, group: u64) {
        let mut inner = self.0.borrow_mut();
        inner.queue.retain(|j| j.group != group);
        for w in inner.waiting.values_mut().filter(|w| w.group == group) {
            w.done = None;
        }
    }

    /// Hands waiting work to the least busy workers.
    fn pump(&self) {
        let mut inner = self.0.borrow_mut();
        while let Some(slot) = inner
            .workers
            .iter()
            .enumerate()
            .filter(|(_, w)| w.ready && w.under_way < DEPTH)
            .min_by_key(|(_, w)| w.under_way)
            .map(|(i, _)| i)
        {
            let Some(job) = inner.queue.pop_front() else {
                break;
            };
            let text = serde_json::to_string(&job.request).unwrap_or_default();
            inner.workers[slot].under_way += 1;
            inner.waiting.insert(
                job.request.ticket,
                Waiting {
                    slot,
                    group: job.group,
                    done: Some(job.done),
                },
            );
            if let Err(e) = inner.workers[slot]
                .worker
                .post_message(&JsValue::from_str(&text))
            {
                web_sys::console::error_1(&e);
            }
        }
    }

    fn heard(&self, slot: usize, data: &JsValue) {
        let text = Reflect::get(data, &"text".into())
            .ok()
            .and_then(|t| t.as_string());
        let reply = serde_json::from_str::<Reply>(&text.unwrap_or_default());
        let (ticket, outcome) = match reply {
            Ok(Reply::Ready { version }) if version == VERSION => {
                self.0.borrow_mut().workers[slot].ready = true;
                self.pump();
                return;
            }
            Ok(Reply::Ready { .. }) => {
                self.died(slot);
                return;
            }
            Ok(Reply::Sample { ticket, sample }) => {
                let image = Reflect::get(data, &"image".into())
                    .ok()
                    .and_then(|v| v.dyn_into::<ArrayBuffer>().ok());
                (ticket, Ok((*sample, image)))
            }
            Ok(Reply::Failed { ticket, error }) => (ticket, Err(error)),
            Err(e) => {
                web_sys::console::error_1(&e.to_string().into());
                return;
            }
        };
        let done = {
            let mut inner = self.0.borrow_mut();
            inner.workers[slot].under_way = inner.workers[slot].under_way.saturating_sub(1);
            inner.waiting.remove(&ticket).and_then(|w| w.done)
        };
        if let Some(done) = done {
            done(outcome);
        }
        self.pump();
    }

    /// A worker broke: everything it held fails, the others carry on.
    fn died(&self, slot: usize) {
        let mut failed = Vec::new();
        {
            let mut inner = self.0.borrow_mut();
            if let Some(s) = inner.workers.get_mut(slot) {
                s.ready = false;
                s.under_way = DEPTH;
                s.worker.terminate();
            }
            let tickets: Vec<u64> = inner
                .waiting
                .iter()
                .filter(|(_, w)| w.slot == slot)
                .map(|(t, _)| *t)
                .collect();
            failed.extend(tickets.iter().filter_map(|t| inner.waiting.remove(t)?.done));
            // Nobody is left to do the rest.
            if inner
                .workers
                .iter()
                .all(|w| w.under_way == DEPTH && !w.ready)
            {
                failed.extend(inner.queue.drain(..).map(|j| j.done));
            }
        }
        for done in failed {
            done(Err(no_workers()));
        }
        self.pump();
    }
}

/// How a sample is asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ask {
    /// Name for [`Pool::cancel`].
    pub(crate) group: u64,
    /// Before everything that waits.
    pub(crate) urgent: bool,
    /// With the plan as JSON.
    pub(crate) with_plan: bool,
}

fn no_workers() -> Failure {
    Failure {
        message: "the background worker stopped".into(),
        code: "worker_stopped".into(),
        path: None,
        hint: Some("reload the page; smaller pictures need less memory".into()),
    }
}
