//! The ports of the machine itself: its clock, its environment, and waiting for futures.

#[cfg(not(target_arch = "wasm32"))]
pub use native::{EnvSecrets, SystemClock, block_on};

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
