//! Files as blobs, which the browser keeps on disk.

use js_sys::Array;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, IdbKeyRange, IdbTransactionMode};

use super::request::{Transaction, js_error, settled};
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
        let parts = parts_of(&clean(path))?;
        tx.store.delete(&parts).map_err(|e| js_error(&e))?;
        tx.done().await
    }

    /// A file as the browser holds it, most often on disk: nothing is read into memory.
    ///
    /// # Errors
    /// A failure of storage.
    pub async fn blob(&self, path: &str) -> Result<Option<Blob>> {
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

    fn resume<'a>(&'a self, path: &'a str) -> LocalFuture<'a, Result<(Box<dyn FileWriter>, u64)>> {
        Box::pin(async move {
            let path = clean(path);
            let tx = self.begin(FILES, IdbTransactionMode::Readonly)?;
            let parts = parts(&tx, &path).await?;
            let sizes = parts.iter().map(|p| p.unchecked_into::<Blob>().size());
            let done = sizes.sum::<f64>() as u64;
            let writer: Box<dyn FileWriter> = Box::new(PartWriter {
                db: self.clone(),
                path,
                next: parts.length(),
                buffer: Vec::new(),
            });
            Ok((writer, done))
        })
    }
}

/// Keys of the parts of an unfinished file: `[path, number]`.
fn parts_of(path: &str) -> Result<IdbKeyRange> {
    let low = Array::of1(&path.into());
    let high = Array::of2(&path.into(), &Array::new());
    IdbKeyRange::bound(&low, &high).map_err(|e| js_error(&e))
}

/// The parts of an unfinished file, in order.
async fn parts(tx: &Transaction, path: &str) -> Result<Array> {
    let request = tx.store.get_all_with_key(parts_of(path)?.as_ref());
    let found = settled(&request.map_err(|e| js_error(&e))?, None).await?;
    Ok(found.unchecked_into())
}

fn blob_of(bytes: &[u8]) -> Result<Blob> {
    let bytes = js_sys::Uint8Array::from(bytes);
    Blob::new_with_u8_array_sequence(&Array::of1(&bytes)).map_err(|e| js_error(&e))
}

/// Keeps each part of a file as it comes, so that a page that is closed loses at most one.
struct PartWriter {
    db: IndexedDb,
    path: String,
    /// Number of the next part.
    next: u32,
    buffer: Vec<u8>,
}

impl PartWriter {
    async fn flush(&mut self) -> Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        let blob = blob_of(&self.buffer)?;
        let key = Array::of2(&self.path.as_str().into(), &self.next.into());
        let tx = self.db.begin(FILES, IdbTransactionMode::Readwrite)?;
        let put = tx.store.put_with_key(blob.as_ref(), &key);
        put.map_err(|e| js_error(&e))?;
        tx.done().await?;
        self.next += 1;
        self.buffer.clear();
        Ok(())
    }
}

impl FileWriter for PartWriter {
    fn write<'a>(&'a mut self, bytes: &'a [u8]) -> LocalFuture<'a, Result<()>> {
        Box::pin(async move {
            self.buffer.extend_from_slice(bytes);
            if self.buffer.len() >= PART {
                self.flush().await?;
            }
            Ok(())
        })
    }

    fn finish(mut self: Box<Self>) -> LocalFuture<'static, Result<()>> {
        Box::pin(async move {
            self.flush().await?;
            // The file appears and its parts go in one transaction.
            let tx = self.db.begin(FILES, IdbTransactionMode::Readwrite)?;
            let parts = parts(&tx, &self.path).await?;
            let blob = Blob::new_with_blob_sequence(&parts).map_err(|e| js_error(&e))?;
            let key = JsValue::from_str(&self.path);
            let put = tx.store.put_with_key(blob.as_ref(), &key);
            put.map_err(|e| js_error(&e))?;
            let parts = parts_of(&self.path)?;
            tx.store.delete(&parts).map_err(|e| js_error(&e))?;
            tx.done().await
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
        let part = blob_of(&self.buffer)?;
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
