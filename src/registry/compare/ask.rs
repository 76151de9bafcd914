//! Asking a served model, by the chat completions interface that many servers share.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;
use std::io::Cursor;
use std::rc::Rc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream::{self, StreamExt as _};
use image::ImageFormat;
use image::imageops::FilterType;
use serde_json::{Value, json};

use crate::base::ports::{Clock, Http, HttpRequest, HttpResponse, Ports, Secret};
use crate::error::{Error, ErrorKind, Result};
use crate::format::image_info;
use crate::provider::retry_after_ms;
use crate::registry::compare::{Answer, Answers, Question};
use crate::registry::{Endpoint, RegistryEntry};
use crate::task::coords::Convention;

/// Tries of one question when the server is busy or the network fails.
const TRIES: u32 = 5;
/// Longest wait between two tries, in milliseconds; a server that wants more is given up.
const LONGEST_WAIT_MS: u64 = 60_000;

/// Asks one model.
pub struct Asker {
    http: Rc<dyn Http>,
    clock: Rc<dyn Clock>,
    entry: RegistryEntry,
    convention: &'static Convention,
    endpoint: Endpoint,
    key: Option<Secret>,
    tries: u32,
}

impl fmt::Debug for Asker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asker")
            .field("endpoint", &self.endpoint)
            .finish_non_exhaustive()
    }
}

impl Asker {
    /// Asks at `endpoint`, with the prompt that `entry` was trained with and the key of the
    /// endpoint's environment variable.
    ///
    /// # Errors
    /// `key_missing` when that variable is not set and must be.
    pub fn new(
        ports: &Ports,
        entry: &RegistryEntry,
        convention: &'static Convention,
        endpoint: Endpoint,
    ) -> Result<Self> {
        let key = match &endpoint.key_env {
            None => None,
            Some(name) => match ports.secrets.get(name) {
                None if !endpoint.key_optional => {
                    return Err(Error::caller("key_missing", format!("{name} is not set"))
                        .at(name.clone())
                        .hint("give the key, or name a server of yours that needs none"));
                }
                held => held,
            },
        };
        Ok(Self {
            http: Rc::clone(&ports.http),
            clock: Rc::clone(&ports.clock),
            entry: entry.clone(),
            convention,
            endpoint,
            key,
            tries: TRIES,
        })
    }

    /// Gives up at the first failure: for someone who looks on and can try again himself.
    #[must_use]
    pub fn once(mut self) -> Self {
        self.tries = 1;
        self
    }

    /// The body of the request for `question` about the picture file `picture`.
    fn body(&self, question: &Question, picture: &[u8]) -> Result<Vec<u8>> {
        let picture = fitted(picture, self.convention)?;
        let media_type = image_info(&picture)?.media_type;
        let url = format!("data:{media_type};base64,{}", STANDARD.encode(picture));
        let config = &self.entry.config;
        let mut body = json!({
            "model": self.endpoint.model,
            "messages": [
                {"role": "system", "content": self.entry.prompt_for(self.convention, question.geometry)},
                {"role": "user", "content": [
                    {"type": "text", "text": question.instruction},
                    {"type": "image_url", "image_url": {"url": url}},
                ]},
            ],
            "temperature": config.temperature.unwrap_or(0.0),
        });
        if let Some(n) = config.max_completion_tokens {
            body["max_completion_tokens"] = n.into();
        } else if let Some(n) = config.max_tokens {
            body["max_tokens"] = n.into();
        }
        if let Some(effort) = &config.reasoning_effort {
            body["reasoning_effort"] = effort.as_str().into();
        }
        Ok(serde_json::to_vec(&body)?)
    }

    /// Asks one question. A busy server and a lost network are tried again a few times; the
    /// latency is that of the try that was answered.
    ///
    /// # Errors
    /// `image_format` for a broken picture, `model_refused` with what the server said,
    /// `model_busy` when it stays busy, `answer_json` when it does not speak the interface, or a
    /// failure of the network.
    pub async fn ask(&self, question: &Question, picture: &[u8]) -> Result<Answer> {
        let body = self.body(question, picture)?;
        let mut tries = 0;
        loop {
            let start = self.clock.now();
            let sent = self.http.send(self.request(body.clone())).await;
            let error = match sent {
                Ok(answer) if (200..300).contains(&answer.status) => {
                    let took = self.clock.now().millis() - start.millis();
                    return read(question, &answer, took.max(0) as f64);
                }
                Ok(answer) => self.refusal(&answer),
                Err(e) => e,
            };
            tries += 1;
            let passing = error.kind() == ErrorKind::Network || error.retry_after_ms().is_some();
            let wait = error.retry_after_ms().unwrap_or(500 << tries.min(5));
            if !passing || tries >= self.tries || wait > LONGEST_WAIT_MS {
                return Err(error);
            }
            self.clock.sleep(wait).await;
        }
    }

    fn request(&self, body: Vec<u8>) -> HttpRequest {
        let mut headers = vec![("content-type".to_owned(), Secret::new("application/json"))];
        for (name, value) in &self.entry.provider_options.headers {
            headers.push((name.to_ascii_lowercase(), Secret::new(value.as_str())));
        }
        if let Some(key) = &self.key {
            let bearer = format!("Bearer {}", key.expose());
            headers.push(("authorization".to_owned(), Secret::new(bearer)));
        }
        HttpRequest {
            method: "POST",
            url: format!(
                "{}/chat/completions",
                self.endpoint.base_url.trim_end_matches('/')
            ),
            headers,
            body,
        }
    }

    fn refusal(&self, answer: &HttpResponse) -> Error {
        let value: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        let told = value["error"]["message"]
            .as_str()
            .or(value["error"].as_str())
            .unwrap_or("no reason is given");
        let mut message: String = told.chars().take(500).collect();
        if let Some(key) = &self.key {
            message = message.replace(key.expose(), "…");
        }
        let message = format!("{}: {message}", answer.status);
        let error = |code| {
            Error::new(ErrorKind::Provider, code, message.clone()).at(self.endpoint.model.clone())
        };
        let wait = retry_after_ms(answer, self.clock.now());
        match answer.status {
            408 | 409 | 429 | 500..=599 => error("model_busy")
                .retry_after(wait.unwrap_or(2000))
                .hint("try again later: what is answered is kept"),
            401 | 403 => error("model_refused").hint(match &self.endpoint.key_env {
                Some(name) if self.key.is_none() => format!("no key was sent: set {name}"),
                Some(name) => format!("check the key in {name}"),
                None => "the server wants a key".to_owned(),
            }),
            404 => error("model_refused").hint("check the model and the address"),
            _ => error("model_refused").hint("see what the server says"),
        }
    }
}

fn read(question: &Question, answer: &HttpResponse, latency_ms: f64) -> Result<Answer> {
    let value: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let message = &value["choices"][0]["message"];
    // A refusal has no content and is an answer all the same.
    let refusal = message["refusal"].as_str().filter(|r| !r.is_empty());
    let content = message["content"]
        .as_str()
        .filter(|c| refusal.is_none() || !c.is_empty());
    let text = content.or(refusal);
    let Some(text) = text else {
        return Err(Error::new(
            ErrorKind::Provider,
            "answer_json",
            "the answer holds no message",
        )
        .at(question.id.clone())
        .hint("is this the address of a chat completions interface, up to /v1?"));
    };
    Ok(Answer {
        id: question.id.clone(),
        answer: text.to_owned(),
        latency_ms: Some(latency_ms),
        cost_usd: None,
        refused: content.is_none(),
        prompt_tokens: value["usage"]["prompt_tokens"].as_u64(),
        completion_tokens: value["usage"]["completion_tokens"].as_u64(),
    })
}

/// The picture as the model sees it: where its answers are pixels of a resized picture, it is
/// resized before it is sent, so that they mean the same whatever the server would do. A picture
/// that has the size already goes as it is.
fn fitted<'a>(picture: &'a [u8], convention: &Convention) -> Result<Cow<'a, [u8]>> {
    let info = image_info(picture)?;
    let size = (info.width, info.height);
    let seen = convention.seen(size);
    if seen == size {
        return Ok(Cow::Borrowed(picture));
    }
    let broken = |e: image::ImageError| Error::data("image_format", e.to_string());
    let whole = image::load_from_memory(picture).map_err(broken)?;
    let mut out = Cursor::new(Vec::new());
    whole
        .resize_exact(seen.0, seen.1, FilterType::CatmullRom)
        .into_rgb8()
        .write_to(&mut out, ImageFormat::Png)
        .map_err(broken)?;
    Ok(Cow::Owned(out.into_inner()))
}

/// Asks the questions that `answers` does not hold yet, at most `at_once` at a time. `load` returns
/// the picture of a question; `keep` stores each answer as it comes, so that an interrupted run
/// goes on where it stopped. After a failure no further question is asked, and those under way
/// are waited for.
///
/// # Errors
/// The first failure of [`Asker::ask`], `load` or `keep`; what was answered stays.
pub async fn ask_all(
    asker: &Asker,
    questions: &[Question],
    answers: &mut Answers,
    at_once: usize,
    load: impl AsyncFn(&Question) -> Result<Vec<u8>>,
    mut keep: impl AsyncFnMut(&Answer) -> Result<()>,
) -> Result<()> {
    let open: Vec<&Question> = questions
        .iter()
        .filter(|q| !answers.contains_key(&q.id))
        .collect();
    let failure = RefCell::new(None);
    let failed = |e| {
        failure.borrow_mut().get_or_insert(e);
    };
    let stopped = || failure.borrow().is_some();
    let mut coming = stream::iter(open)
        .map(async |question| {
            if stopped() {
                return None;
            }
            let answer = match load(question).await {
                Ok(picture) => asker.ask(question, &picture).await,
                Err(e) => Err(e),
            };
            answer.map_err(failed).ok()
        })
        .buffer_unordered(at_once.max(1));
    while let Some(answer) = coming.next().await {
        let Some(answer) = answer else { continue };
        match keep(&answer).await {
            Ok(()) => {
                answers.insert(answer.id.clone(), answer);
            }
            Err(e) => failed(e),
        }
    }
    drop(coming);
    match failure.into_inner() {
        Some(e) => Err(e),
        None => Ok(()),
    }
}
