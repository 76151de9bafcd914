//! Locks among processes and among tabs.

#[cfg(not(target_arch = "wasm32"))]
pub use native::FileLocks;
#[cfg(all(target_arch = "wasm32", feature = "web"))]
pub use web::WebLocks;

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use std::fs::{self, File, TryLockError};
    use std::path::PathBuf;

    use crate::base::ports::{Guard, LocalFuture, Locks};
    use crate::error::Result;
    use crate::store::disk::io_error;

    /// Locked files of one folder, one for each name. The system lets go of them when a process
    /// dies, so nothing needs cleaning up.
    #[derive(Clone, Debug)]
    pub struct FileLocks {
        folder: PathBuf,
    }

    impl FileLocks {
        /// Locks in `folder`, which is made when first needed.
        pub fn new(folder: impl Into<PathBuf>) -> Self {
            Self {
                folder: folder.into(),
            }
        }

        fn take(&self, name: &str) -> Result<Option<Guard>> {
            fs::create_dir_all(&self.folder).map_err(|e| io_error(&self.folder, e))?;
            let path = self.folder.join(name);
            let file = File::options()
                .create(true)
                .truncate(false)
                .write(true)
                .open(&path)
                .map_err(|e| io_error(&path, e))?;
            match file.try_lock() {
                Ok(()) => Ok(Some(Guard::new(move || drop(file)))),
                Err(TryLockError::WouldBlock) => Ok(None),
                Err(TryLockError::Error(e)) => Err(io_error(&path, e)),
            }
        }
    }

    impl Locks for FileLocks {
        fn try_lock<'a>(&'a self, name: &'a str) -> LocalFuture<'a, Result<Option<Guard>>> {
            Box::pin(async move { self.take(name) })
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::base::system::block_on;

        #[test]
        fn a_name_has_one_holder_until_it_lets_go() {
            let dir = tempfile::tempdir().unwrap();
            let (a, b) = (FileLocks::new(dir.path()), FileLocks::new(dir.path()));
            let held = block_on(a.try_lock("job-x")).unwrap().unwrap();
            assert!(block_on(b.try_lock("job-x")).unwrap().is_none());
            assert!(block_on(a.try_lock("job-x")).unwrap().is_none());
            assert!(block_on(b.try_lock("job-y")).unwrap().is_some());
            drop(held);
            assert!(block_on(b.try_lock("job-x")).unwrap().is_some());
        }
    }
}

#[cfg(all(target_arch = "wasm32", feature = "web"))]
mod web {
    use std::cell::RefCell;
    use std::rc::Rc;

    use js_sys::{Function, Object, Promise, Reflect};
    use wasm_bindgen::prelude::*;
    use wasm_bindgen_futures::JsFuture;

    use crate::base::fakes::MemoryLocks;
    use crate::base::ports::{Guard, LocalFuture, Locks};
    use crate::error::{Error, Result};

    /// Names of this program's locks begin so: an origin may hold several programs.
    const PREFIX: &str = "screensmith/";

    /// The browser's Web Locks, held across the tabs and workers of the origin. Where the
    /// browser has none (an insecure origin) each tab has locks of its own: then the versions
    /// of documents alone keep two tabs from overwriting each other.
    #[derive(Clone, Debug, Default)]
    pub struct WebLocks {
        own: MemoryLocks,
    }

    impl WebLocks {
        /// The locks of this origin.
        pub fn new() -> Self {
            Self::default()
        }
    }

    impl Locks for WebLocks {
        fn try_lock<'a>(&'a self, name: &'a str) -> LocalFuture<'a, Result<Option<Guard>>> {
            match manager() {
                Some(locks) => Box::pin(request(locks, format!("{PREFIX}{name}"))),
                None => self.own.try_lock(name),
            }
        }
    }

    /// `navigator.locks` of the window or worker.
    fn manager() -> Option<JsValue> {
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
        let locks = Reflect::get(&navigator, &"locks".into()).ok()?;
        (!locks.is_undefined() && !locks.is_null()).then_some(locks)
    }

    fn failed(e: &JsValue) -> Error {
        Error::storage("lock_failed", format!("{e:?}")).hint("reload the page")
    }

    /// Asks for the lock. It is held for as long as the promise that our callback returns is
    /// open; the guard closes it.
    async fn request(locks: JsValue, name: String) -> Result<Option<Guard>> {
        let ask: Function = Reflect::get(&locks, &"request".into())
            .and_then(JsCast::dyn_into)
            .map_err(|e| failed(&e))?;
        let options = Object::new();
        Reflect::set(&options, &"ifAvailable".into(), &JsValue::TRUE).map_err(|e| failed(&e))?;
        let release: Rc<RefCell<Option<Function>>> = Rc::default();
        // Settles with whether the lock was given, as soon as that is known.
        let mut failure = None;
        let answer = Promise::new(&mut |resolve, reject| {
            let release = Rc::clone(&release);
            let granted = Closure::once_into_js(move |lock: JsValue| -> JsValue {
                let given = !lock.is_null() && !lock.is_undefined();
                let held = Promise::new(&mut |let_go, _| {
                    if given {
                        *release.borrow_mut() = Some(let_go);
                    } else {
                        let _ = let_go.call0(&JsValue::UNDEFINED);
                    }
                });
                let _ = resolve.call1(&JsValue::UNDEFINED, &given.into());
                held.into()
            });
            match ask.call3(&locks, &name.as_str().into(), &options, &granted) {
                Ok(asked) => {
                    let asked: Promise = asked.unchecked_into();
                    // A refused request never calls back.
                    let refuse = Closure::once_into_js(move |e: JsValue| {
                        let _ = reject.call1(&JsValue::UNDEFINED, &e);
                    });
                    if let Ok(catch) = Reflect::get(&asked, &"catch".into())
                        && let Ok(catch) = catch.dyn_into::<Function>()
                    {
                        let _ = catch.call1(&asked, &refuse);
                    }
                }
                Err(e) => {
                    failure = Some(failed(&e));
                    let _ = reject.call0(&JsValue::UNDEFINED);
                }
            }
        });
        let given = JsFuture::from(answer).await;
        if let Some(e) = failure {
            return Err(e);
        }
        given.map_err(|e| failed(&e))?;
        let let_go = release.borrow_mut().take();
        Ok(let_go.map(|f| {
            Guard::new(move || {
                let _ = f.call0(&JsValue::UNDEFINED);
            })
        }))
    }
}
