//! Files as blobs, which the browser keeps on disk.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, IdbTransactionMode};

use super::request::{js_error, settled};
use super::{FILES, IndexedDb};
use crate::base::ports::{FileWriter, Files, LocalFuture, file_missing};
use crate::error::Result;

/// `./a//b` and `a/b` are one file.
fn clean(path: &str) -> String {
    let parts: Vec<&str> = path
        .split('/')
        .filter(|p| !p.is_empty() && *p != ".")
        .collect();
    parts.join("/")
}

impl IndexedDb {
    /// Paths of all files that begin with `prefix`, in order.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn paths(&self, prefix: &str) -> Result<Vec<String>> {
        let tx = self.begin(FILES, IdbTransactionMode::Readonly)?;
        let keys = settled(&tx.store.get_all_keys().map_err(|e| js_error(&e))?, None).await?;
        let keys: Array = keys.unchecked_into();
        let mut out: Vec<String> = keys.iter().filter_map(|k| k.as_string()).collect();
        out.retain(|p| p.starts_with(prefix));
        out.sort_unstable();
        Ok(out)
    }

    /// Forgets a file; one that is not there is no error.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn remove(&self, path: &str) -> Result<()> {
        let tx = self.begin(FILES, IdbTransactionMode::Readwrite)?;
        let key = JsValue::from_str(&clean(path));
        tx.store.delete(&key).map_err(|e| js_error(&e))?;
        tx.done().await
    }

    async fn blob(&self, path: &str) -> Result<Option<Blob>> {
        let tx = self.begin(FILES, IdbTransactionMode::Readonly)?;
        let request = tx.store.get(&JsValue::from_str(&clean(path)));
        let found = settled(&request.map_err(|e| js_error(&e))?, None).await?;
        Ok(found.dyn_into().ok())
    }
}

impl Files for IndexedDb {
    fn size<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<Option<u64>>> {
        Box::pin(async move { Ok(self.blob(path).await?.map(|b| b.size() as u64)) })
    }

    fn read<'a>(
        &'a self,
        path: &'a str,
        offset: u64,
        len: usize,
    ) -> LocalFuture<'a, Result<Vec<u8>>> {
        Box::pin(async move {
            let blob = self.blob(path).await?.ok_or_else(|| file_missing(path))?;
            let from = (offset as f64).min(blob.size());
            let part = blob
                .slice_with_f64_and_f64(from, (from + len as f64).min(blob.size()))
                .map_err(|e| js_error(&e))?;
            let buffer = JsFuture::from(part.array_buffer())
                .await
                .map_err(|e| js_error(&e).at(path))?;
            Ok(js_sys::Uint8Array::new(&buffer).to_vec())
        })
    }

    fn create<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<Box<dyn FileWriter>>> {
        Box::pin(async move {
            let writer: Box<dyn FileWriter> = Box::new(BlobWriter {
                db: self.clone(),
                path: clean(path),
                parts: Array::new(),
                buffer: Vec::new(),
            });
            Ok(writer)
        })
    }
}

/// Bytes that are collected before they become a part of the blob.
const PART: usize = 1 << 20;

/// Collects a file as blobs, which the browser may keep on disk.
struct BlobWriter {
    db: IndexedDb,
    path: String,
    parts: Array,
    buffer: Vec<u8>,
}

impl BlobWriter {
    fn flush(&mut self) -> Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let bytes = js_sys::Uint8Array::from(self.buffer.as_slice());
        let blob = Blob::new_with_u8_array_sequence(&Array::of1(&bytes));
        let part: Blob = blob.map_err(|e| js_error(&e))?;
        self.parts.push(&part);
        self.buffer.clear();
        Ok(())
    }
}

impl FileWriter for BlobWriter {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> LocalFuture<'a, Result<()>> {
        Box::pin(async move {
            self.buffer.extend_from_slice(bytes);
            if self.buffer.len() >= PART {
                self.flush()?;
            }
            Ok(())
        })
    }

    fn finish(mut self: Box<Self>) -> LocalFuture<'static, Result<()>> {
        Box::pin(async move {
            self.flush()?;
            let blob = Blob::new_with_blob_sequence(&self.parts).map_err(|e| js_error(&e))?;
            let tx = self.db.begin(FILES, IdbTransactionMode::Readwrite)?;
            let key = JsValue::from_str(&self.path);
            tx.store
                .put_with_key(blob.as_ref(), &key)
                .map_err(|e| js_error(&e))?;
            tx.done().await
        })
    }
}
