//! The ports of the machine itself: its clock, its environment, and waiting for futures.

use crate::base::ports::{Http, HttpRequest, HttpResponse, LocalFuture};
use crate::error::{Error, Result};

#[cfg(not(target_arch = "wasm32"))]
pub use native::{EnvSecrets, SystemClock, block_on};

#[cfg(all(target_arch = "wasm32", feature = "web"))]
pub use web::WebClock;

/// The network of this machine: none without the feature `http`.
#[cfg(not(target_arch = "wasm32"))]
pub fn network() -> std::rc::Rc<dyn Http> {
    #[cfg(feature = "http")]
    return std::rc::Rc::new(crate::base::http::NativeHttp::new());
    #[cfg(not(feature = "http"))]
    return std::rc::Rc::new(NoHttp);
}

/// The network of a program that talks to no vendor: every request is refused.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoHttp;

impl Http for NoHttp {
    fn send(&self, request: HttpRequest) -> LocalFuture<'_, Result<HttpResponse>> {
        Box::pin(async move {
            Err(
                Error::unsupported("no_network", "this build sends no requests")
                    .at(request.url)
                    .hint("practise with a simulated run"),
            )
        })
    }
}

#[cfg(all(target_arch = "wasm32", feature = "web"))]
mod web {
    use crate::base::ports::{Clock, LocalFuture};
    use crate::base::time::Timestamp;

    /// The browser's clock and timers.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct WebClock;

    impl Clock for WebClock {
        fn now(&self) -> Timestamp {
            Timestamp::from_millis(js_sys::Date::now() as i64)
        }

        fn sleep(&self, ms: u64) -> LocalFuture<'_, ()> {
            // Timers of browsers hold 31 bits.
            let ms = u32::try_from(ms).unwrap_or(u32::MAX).min(i32::MAX as u32);
            Box::pin(gloo_timers::future::TimeoutFuture::new(ms))
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::future::Future;
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    use crate::base::ports::{Clock, LocalFuture, Secret, Secrets};
    use crate::base::time::Timestamp;

    /// Runs a future to its end on this thread.
    pub fn block_on<T>(future: impl Future<Output = T>) -> T {
        pollster::block_on(future)
    }

    /// The system's clock. Sleeping blocks the thread: one thread drives one job.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct SystemClock;

    impl Clock for SystemClock {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the native side of the Clock port"
        )]
        fn now(&self) -> Timestamp {
            let ms = match SystemTime::now().duration_since(UNIX_EPOCH) {
                Ok(d) => i64::try_from(d.as_millis()).unwrap_or(i64::MAX),
                Err(e) => -i64::try_from(e.duration().as_millis()).unwrap_or(i64::MAX),
            };
            Timestamp::from_millis(ms)
        }

        fn sleep(&self, ms: u64) -> LocalFuture<'_, ()> {
            Box::pin(async move { std::thread::sleep(Duration::from_millis(ms)) })
        }
    }

    /// Keys from environment variables.
    #[derive(Clone, Copy, Debug, Default)]
    pub struct EnvSecrets;

    impl Secrets for EnvSecrets {
        fn get(&self, name: &str) -> Option<Secret> {
            let value = std::env::var(name).ok()?;
            let value = value.trim();
            (!value.is_empty()).then(|| Secret::new(value))
        }
    }
}
