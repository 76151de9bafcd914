//! Requests of browsers: pages and workers alike.

use gloo::net::http::{Headers, Method, RequestBuilder, Response};
use js_sys::Uint8Array;
use web_sys::{AbortController, ReferrerPolicy, RequestCache, RequestCredentials};

use super::{MAX_ANSWER_BYTES, TIMEOUT_MS};
use crate::base::ports::{Http, HttpRequest, HttpResponse, LocalFuture};
use crate::error::{Error, ErrorKind, Result};

/// The network of a page: `fetch`, without cookies and without telling where the page lies.
#[derive(Clone, Copy, Debug, Default)]
pub struct WebHttp;

impl Http for WebHttp {
    fn send(&self, request: HttpRequest) -> LocalFuture<'_, Result<HttpResponse>> {
        Box::pin(run(request))
    }

    fn resends(&self) -> bool {
        true
    }
}

async fn run(request: HttpRequest) -> Result<HttpResponse> {
    let place = request.url.split('?').next().unwrap_or_default().to_owned();
    let unusable = || {
        Error::caller("request", "the request cannot be sent")
            .at(place.clone())
            .hint("check base_url, and the key and extra headers for line breaks")
    };
    let headers = Headers::new();
    for (name, value) in &request.headers {
        let value = value.expose();
        // `fetch` throws for these, with the value in its message.
        if value.chars().any(|c| c.is_control() || c as u32 > 255) {
            return Err(unusable());
        }
        headers.set(name, value);
    }
    let method = match request.method {
        "POST" => Method::POST,
        "PUT" => Method::PUT,
        "DELETE" => Method::DELETE,
        "PATCH" => Method::PATCH,
        "HEAD" => Method::HEAD,
        _ => Method::GET,
    };
    let stop = AbortController::new().map_err(|_| unusable())?;
    let signal = stop.signal();
    // Whoever drops this future wants no answer any more.
    let dropped = StopOnDrop(stop.clone());
    let timer = gloo_timers::callback::Timeout::new(TIMEOUT_MS as u32, move || stop.abort());
    let built = RequestBuilder::new(&request.url)
        .method(method)
        .headers(headers)
        .cache(RequestCache::NoStore)
        .credentials(RequestCredentials::Omit)
        .referrer_policy(ReferrerPolicy::NoReferrer)
        .abort_signal(Some(&signal));
    let built = if request.body.is_empty() {
        built.build()
    } else {
        built.body(Uint8Array::from(request.body.as_slice()))
    }
    .map_err(|_| unusable())?;
    let answer = match built.send().await {
        Ok(answer) => read(answer).await,
        Err(_) => Err(lost("network_or_cors")),
    };
    // Alive until here: dropping it calls the time limit off.
    drop(timer);
    let late = signal.aborted();
    drop(dropped);
    answer.map_err(|e| {
        if late {
            lost("timeout").at(place)
        } else {
            e.at(place)
        }
    })
}

/// Ends a request when dropped; one that is over already stays as it is.
struct StopOnDrop(AbortController);

impl Drop for StopOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn read(answer: Response) -> Result<HttpResponse> {
    let headers: Vec<(String, String)> = answer.headers().entries().collect();
    let announced = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .and_then(|(_, v)| v.parse::<u64>().ok());
    if announced.is_some_and(|n| n > MAX_ANSWER_BYTES) {
        return Err(Error::limit(
            "answer_size",
            format!("the answer is larger than {MAX_ANSWER_BYTES} bytes"),
        ));
    }
    let body = answer.binary().await.map_err(|_| lost("connection_lost"))?;
    Ok(HttpResponse {
        status: answer.status(),
        headers,
        body,
    })
}

fn lost(code: &'static str) -> Error {
    let (message, hint) = match code {
        "timeout" => ("no answer in time", "try again"),
        "connection_lost" => ("the connection broke", "try again"),
        _ => (
            "the browser could not send the request or was not allowed to read the answer",
            "check the network; a vendor that refuses browsers can be reached through a proxy: \
             run `screensmith proxy` and name it as base_url",
        ),
    };
    Error::new(ErrorKind::Network, code, message).hint(hint)
}
