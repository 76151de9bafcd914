//! Cloud Storage through its JSON interface: the check of the bucket, and uploads that never
//! send a file twice.
//!
//! Objects are only ever created (`ifGenerationMatch=0`). What is there already is compared by
//! size and MD5: the same content counts as sent, other content is an error.

use std::cell::RefCell;
use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::base::ports::{HttpResponse, file_missing};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::call::{Call, header, pause, read_json};
use crate::provider::gemini::place::{Place, region_fits};
use crate::provider::gemini::rest::Google;
use crate::provider::{LocalFile, Picture, Progress};

/// Bytes sent at a time; a multiple of 256 KiB, as the interface demands.
const CHUNK: u64 = 8 << 20;
/// How often an upload whose session is over begins anew.
const MAX_RESTARTS: u32 = 2;
/// Bytes read at a time for a checksum.
const READ: usize = 1 << 20;
/// What the caller must be allowed to do in the bucket.
const PERMISSIONS: &[&str] = &[
    "storage.objects.create",
    "storage.objects.get",
    "storage.objects.list",
];
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

fn encode(text: &str) -> String {
    utf8_percent_encode(text, SEGMENT).to_string()
}

/// An object as far as it matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Object {
    size: u64,
    /// MD5 in base64; objects that were composed have none.
    md5: Option<String>,
}

impl Object {
    fn read(v: &Value) -> Self {
        Self {
            size: int(&v["size"]).unwrap_or(0),
            md5: v["md5Hash"].as_str().map(str::to_owned),
        }
    }

    fn is(&self, size: u64, md5: &str) -> bool {
        self.size == size && self.md5.as_deref() == Some(md5)
    }
}

/// A number that may be written as text, as 64-bit numbers are.
pub(super) fn int(v: &Value) -> Option<u64> {
    v.as_u64().or_else(|| v.as_str()?.parse().ok())
}

/// An upload in chunks.
struct Upload<'a> {
    name: &'a str,
    media_type: &'a str,
    total: u64,
    md5: &'a str,
    session: Option<String>,
    /// Bytes that the service has; `None`: it has to be asked.
    held: Option<u64>,
}

fn md5_of(bytes: &[u8]) -> String {
    STANDARD.encode(Md5::digest(bytes))
}

/// A bucket.
pub(super) struct Bucket<'a> {
    pub(super) google: &'a Google,
    pub(super) place: &'a Place,
    /// Open upload sessions by object name. Whoever has such an address may upload, so they
    /// are kept in memory only.
    pub(super) sessions: &'a RefCell<BTreeMap<String, String>>,
}

impl Bucket<'_> {
    fn address(&self) -> String {
        format!(
            "{}/storage/v1/b/{}",
            self.place.storage,
            encode(&self.place.bucket)
        )
    }

    fn upload_address(&self, kind: &str) -> String {
        format!(
            "{}/upload/storage/v1/b/{}/o?uploadType={kind}&ifGenerationMatch=0",
            self.place.storage,
            encode(&self.place.bucket)
        )
    }

    fn uri(&self, name: &str) -> String {
        format!("gs://{}/{name}", self.place.bucket)
    }

    /// Checks that the bucket is there, may be written to, and lies where the job reads it.
    ///
    /// # Errors
    /// `bucket_missing`, `bucket_permission`, `bucket_region`, or a failed request.
    pub(super) async fn check(&self) -> Result<()> {
        let at = format!("gs://{}", self.place.bucket);
        let wanted: Vec<String> = PERMISSIONS
            .iter()
            .map(|p| format!("permissions={p}"))
            .collect();
        let url = format!(
            "{}/iam/testPermissions?{}",
            self.address(),
            wanted.join("&")
        );
        let held = self.google.json(&Call::new("GET", url, &*at)).await;
        let held = held.map_err(|e| match e.code() {
            "not_found" => Error::new(
                ErrorKind::Provider,
                "bucket_missing",
                "there is no such bucket",
            )
            .at(&*at)
            .hint("create it in the region of the job, or correct provider_options.bucket"),
            _ => e,
        })?;
        let has = |p: &&str| {
            let list = held["permissions"].as_array();
            list.is_some_and(|l| l.iter().any(|v| v.as_str() == Some(p)))
        };
        let lacking: Vec<&str> = PERMISSIONS.iter().copied().filter(|p| !has(p)).collect();
        if !lacking.is_empty() {
            return Err(Error::new(
                ErrorKind::Provider,
                "bucket_permission",
                format!("the account lacks {}", lacking.join(", ")),
            )
            .at(at)
            .hint("grant it the role Storage Object User on the bucket"));
        }
        let url = format!("{}/storageLayout", self.address());
        let layout = self.google.json(&Call::new("GET", url, &*at)).await?;
        let places: Vec<String> = layout["customPlacementConfig"]["dataLocations"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|v| v.as_str().map(str::to_owned))
            .collect();
        let lies = layout["location"].as_str().unwrap_or_default();
        let kind = layout["locationType"].as_str().unwrap_or_default();
        if !region_fits(&self.place.location, lies, kind, &places) {
            return Err(Error::new(
                ErrorKind::Provider,
                "bucket_region",
                format!(
                    "the bucket lies in {lies}, the job runs in {}",
                    self.place.location
                ),
            )
            .at(at)
            .hint("use a bucket in the region of the job, or tune in the region of the bucket"));
        }
        Ok(())
    }

    /// The objects whose names begin with `prefix`.
    pub(super) async fn list(&self, prefix: &str) -> Result<BTreeMap<String, Object>> {
        let mut out = BTreeMap::new();
        let mut page = String::new();
        loop {
            let url = format!(
                "{}/o?prefix={}&maxResults=1000&fields={}{page}",
                self.address(),
                encode(prefix),
                encode("items(name,size,md5Hash),nextPageToken"),
            );
            let v = self
                .google
                .json(&Call::new("GET", url, self.uri(prefix)))
                .await?;
            for item in v["items"].as_array().into_iter().flatten() {
                if let Some(name) = item["name"].as_str() {
                    out.insert(name.to_owned(), Object::read(item));
                }
            }
            match v["nextPageToken"].as_str().filter(|t| !t.is_empty()) {
                Some(token) => page = format!("&pageToken={}", encode(token)),
                None => return Ok(out),
            }
        }
    }

    /// One object; `None` when absent.
    async fn object(&self, name: &str) -> Result<Option<Object>> {
        let url = format!(
            "{}/o/{}?fields={}",
            self.address(),
            encode(name),
            encode("name,size,md5Hash")
        );
        match self
            .google
            .json(&Call::new("GET", url, self.uri(name)))
            .await
        {
            Ok(v) => Ok(Some(Object::read(&v))),
            Err(e) if e.code() == "not_found" => Ok(None),
            Err(e) => Err(e),
        }
    }

    /// Deletes an object; one that is gone already is fine.
    pub(super) async fn delete(&self, name: &str) -> Result<()> {
        let url = format!("{}/o/{}", self.address(), encode(name));
        let call = Call::new("DELETE", url, self.uri(name));
        match self.google.repeat(&call).await {
            Err(e) if e.code() != "not_found" => Err(e),
            _ => Ok(()),
        }
    }

    /// Whether the object is there with this content.
    ///
    /// # Errors
    /// `object_exists` when it is there with other content.
    async fn has(&self, name: &str, size: u64, md5: &str) -> Result<bool> {
        match self.object(name).await? {
            None => Ok(false),
            Some(o) if o.is(size, md5) => Ok(true),
            Some(_) => Err(self.other_content(name)),
        }
    }

    fn other_content(&self, name: &str) -> Error {
        Error::new(
            ErrorKind::Provider,
            "object_exists",
            "another file lies there already",
        )
        .at(self.uri(name))
        .hint("choose another job_name, or remove the folder from the bucket")
    }

    /// Uploads a picture unless `there` has it. Returns its bytes.
    pub(super) async fn picture(
        &self,
        picture: &Picture,
        there: &BTreeMap<String, Object>,
    ) -> Result<u64> {
        let name = self.place.object(&picture.uri)?;
        let bytes = self.google.ports.files.read_all(&picture.path).await?;
        let (size, md5) = (bytes.len() as u64, md5_of(&bytes));
        match there.get(name) {
            Some(o) if o.is(size, &md5) => return Ok(size),
            Some(_) => return Err(self.other_content(name)),
            None => {}
        }
        // With the checksum beside the bytes the service refuses what was damaged on the way.
        let head = json!({"name": name, "contentType": picture.media_type, "md5Hash": md5});
        // 70 characters are allowed; the checksum keeps it out of the content.
        let mark: String = md5.chars().filter(char::is_ascii_alphanumeric).collect();
        let mut body = format!(
            "--{mark}\r\ncontent-type: application/json; charset=UTF-8\r\n\r\n{head}\r\n--{mark}\r\ncontent-type: {}\r\n\r\n",
            picture.media_type
        )
        .into_bytes();
        body.extend_from_slice(&bytes);
        body.extend_from_slice(format!("\r\n--{mark}--\r\n").as_bytes());
        let call = Call::new("POST", self.upload_address("multipart"), self.uri(name))
            .body(&format!("multipart/related; boundary={mark}"), body);
        match self.google.repeat(&call).await {
            Ok(_) => Ok(size),
            // Sent before, and only the answer was lost.
            Err(e) if e.code() == "precondition_failed" => {
                match self.has(name, size, &md5).await? {
                    true => Ok(size),
                    false => Err(e),
                }
            }
            Err(e) => Err(e),
        }
    }

    /// Uploads a file in chunks, or goes on with an upload that broke off.
    pub(super) async fn file(
        &self,
        file: &LocalFile,
        name: &str,
        media_type: &str,
        progress: &dyn Fn(Progress),
    ) -> Result<()> {
        let (total, md5) = self.digest(&file.path).await?;
        let report = |done| progress(Progress { done, total });
        if self.has(name, total, &md5).await? {
            self.sessions.borrow_mut().remove(name);
            report(total);
            return Ok(());
        }
        let mut upload = Upload {
            name,
            media_type,
            total,
            md5: &md5,
            session: self.sessions.borrow().get(name).cloned(),
            held: None,
        };
        let (mut best, mut failures, mut restarts) = (0, 0, 0);
        loop {
            let error = match self.step(file, &mut upload).await {
                Ok(true) => {
                    self.sessions.borrow_mut().remove(name);
                    report(total);
                    return Ok(());
                }
                Ok(false) => {
                    let held = upload.held.unwrap_or(0);
                    if held > best {
                        (best, failures) = (held, 0);
                        report(held);
                    }
                    continue;
                }
                Err(e) => e,
            };
            // How much arrived before the failure is for the service to say.
            upload.held = None;
            match error.code() {
                "precondition_failed" => {
                    self.sessions.borrow_mut().remove(name);
                    return match self.has(name, total, &md5).await? {
                        true => Ok(()),
                        false => Err(error),
                    };
                }
                "session_over" if restarts < MAX_RESTARTS => {
                    self.sessions.borrow_mut().remove(name);
                    upload.session = None;
                    (best, restarts) = (0, restarts + 1);
                }
                _ => {
                    failures += 1;
                    pause(&self.google.ports, error, failures).await?;
                }
            }
        }
    }

    /// The next request of an upload. Returns whether the object is complete.
    async fn step(&self, file: &LocalFile, upload: &mut Upload<'_>) -> Result<bool> {
        let Some(session) = upload.session.clone() else {
            let session = self.begin(upload).await?;
            let mut open = self.sessions.borrow_mut();
            open.insert(upload.name.to_owned(), session.clone());
            (upload.session, upload.held) = (Some(session), Some(0));
            return Ok(false);
        };
        let bytes = match upload.held {
            None => Vec::new(),
            Some(from) => {
                let len = usize::try_from(CHUNK.min(upload.total - from)).unwrap_or(usize::MAX);
                let bytes = self.google.ports.files.read(&file.path, from, len).await?;
                if bytes.is_empty() {
                    return Err(Error::data("file_changed", "the file became shorter")
                        .at(&*file.path)
                        .hint("start the job again"));
                }
                bytes
            }
        };
        upload.held = self.put(&session, upload, bytes).await?;
        Ok(upload.held.is_none())
    }

    /// Size and MD5 of a file, read in parts.
    async fn digest(&self, path: &str) -> Result<(u64, String)> {
        let files = &self.google.ports.files;
        let size = files.size(path).await?.ok_or_else(|| file_missing(path))?;
        let mut hash = Md5::new();
        let mut offset = 0;
        while offset < size {
            let part = files.read(path, offset, READ).await?;
            if part.is_empty() {
                break;
            }
            offset += part.len() as u64;
            hash.update(&part);
        }
        Ok((offset, STANDARD.encode(hash.finalize())))
    }

    /// Opens an upload session and returns its address.
    async fn begin(&self, upload: &Upload<'_>) -> Result<String> {
        let head = json!({
            "name": upload.name, "contentType": upload.media_type, "md5Hash": upload.md5,
        });
        let place = self.uri(upload.name);
        let call = Call::new("POST", self.upload_address("resumable"), &*place)
            .header("x-upload-content-type", upload.media_type)
            .header("x-upload-content-length", upload.total.to_string())
            .body(
                "application/json; charset=UTF-8",
                head.to_string().into_bytes(),
            );
        let answer = self.google.ask(&call).await?;
        let session = header(&answer, "location").map(str::to_owned);
        session.ok_or_else(|| {
            Error::new(
                ErrorKind::Provider,
                "session_missing",
                "the answer to the start of the upload has no readable address",
            )
            .at(place)
            .hint("does a proxy hide the header Location?")
        })
    }

    /// Sends the bytes that follow those that the session has, or asks how many it has. Returns
    /// that number, `None` when the object is complete.
    async fn put(&self, session: &str, upload: &Upload<'_>, bytes: Vec<u8>) -> Result<Option<u64>> {
        let total = upload.total;
        let range = match upload.held {
            Some(from) => format!("bytes {from}-{}/{total}", from + bytes.len() as u64 - 1),
            None => format!("bytes */{total}"),
        };
        let place = self.uri(upload.name);
        let mut call = Call::signed("PUT", session, &*place).header("content-range", range);
        call.body = bytes;
        let answer = self.google.once(&call).await?;
        match answer.status {
            200 | 201 => match Object::read(&read_json(&answer, &place)?).size == total {
                true => Ok(None),
                false => Err(self.other_content(upload.name)),
            },
            308 => Ok(Some(held(&answer).min(total))),
            404 | 410 => Err(Error::new(
                ErrorKind::Provider,
                "session_over",
                "the upload session is over",
            )
            .at(place)
            .hint("start the upload again")),
            _ => Err(self.google.refusal(&answer, &place)),
        }
    }
}

/// Bytes that a session has: `Range: bytes=0-8388607`; without that header none.
fn held(answer: &HttpResponse) -> u64 {
    header(answer, "range")
        .and_then(|r| r.rsplit_once('-'))
        .and_then(|(_, last)| last.parse::<u64>().ok())
        .map_or(0, |last| last + 1)
}
