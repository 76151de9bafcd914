//! Two tabs in one test: what they share, and how they let each other work.

use screensmith::base::ports::Ports;

/// Lets everything else that waits for its turn have it.
pub(super) async fn give_way() {
    #[cfg(target_arch = "wasm32")]
    gloo_timers::future::TimeoutFuture::new(0).await;
    #[cfg(not(target_arch = "wasm32"))]
    {
        let mut first = true;
        std::future::poll_fn(|context| {
            context.waker().wake_by_ref();
            match std::mem::take(&mut first) {
                true => std::task::Poll::Pending,
                false => std::task::Poll::Ready(()),
            }
        })
        .await;
    }
}

/// In the browser: the store and the locks that tabs share.
#[cfg(target_arch = "wasm32")]
pub(super) async fn share(ports: &mut Ports) {
    use std::rc::Rc;

    use screensmith::store::indexeddb::IndexedDb;
    use screensmith::store::locks::WebLocks;

    IndexedDb::delete("jobs-of-two-tabs").await.unwrap();
    ports.store = Rc::new(IndexedDb::open("jobs-of-two-tabs").await.unwrap());
    ports.locks = Rc::new(WebLocks::new());
}

/// Natively the store in memory is shared as it is.
#[cfg(not(target_arch = "wasm32"))]
pub(super) async fn share(_: &mut Ports) {}
