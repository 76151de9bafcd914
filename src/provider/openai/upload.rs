//! Files to OpenAI: small ones in one request, larger ones in parts, so that memory stays
//! bounded.

use md5::{Digest as _, Md5};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::base::hash::hex;
use crate::base::ports::LocalFuture;
use crate::base::time::Timestamp;
use crate::error::{Error, ErrorKind, Result};
use crate::provider::call::{Call, escaped, failed};
use crate::provider::openai::jobs::text;
use crate::provider::rest::Rest;
use crate::provider::{Bookmark, LocalFile, Progress, RemoteFile};

/// Largest file that is sent in one request, in bytes; the vendor would take 512 MB.
const WHOLE: u64 = 32 << 20;
/// Bytes of a part; the vendor would take 64 MB.
const PART: usize = 16 << 20;
/// How long the vendor keeps an unfinished upload when it does not tell: an hour.
const LIFETIME_MS: i64 = 3_600_000;
/// Largest file in parts, in bytes.
const LARGEST: u64 = 8 << 30;
/// How often a file is looked at while the vendor reads it, and the pause before the next look.
const READINGS: u32 = 60;
const PAUSE_MS: u64 = 5000;
/// Files looked through for one that is there already.
const LISTED: u32 = 100;

/// Sends `file`, unless the vendor has the same content from an earlier try.
pub(super) async fn send(
    rest: &Rest,
    file: &LocalFile,
    progress: &dyn Fn(Progress),
    bookmark: &dyn Bookmark,
) -> Result<RemoteFile> {
    if file.bytes > LARGEST {
        return Err(Error::limit(
            "too_large",
            format!("{} bytes; OpenAI takes at most {LARGEST}", file.bytes),
        )
        .at(&*file.path)
        .hint("use fewer samples or smaller pictures"));
    }
    let report = |done| {
        progress(Progress {
            done,
            total: file.bytes,
        });
    };
    report(0);
    let name = remote_name(file);
    let id = match sent_before(rest, file, &name).await? {
        Some(id) => id,
        None if file.bytes <= WHOLE => whole(rest, file, &name).await?,
        None => in_parts(rest, file, &name, &report, bookmark).await?,
    };
    report(file.bytes);
    Ok(RemoteFile {
        id,
        bytes: file.bytes,
    })
}

/// Waits until the vendor has read the file `id`, which lies at `path` here.
pub(super) async fn wait_until_read(rest: &Rest, id: &str, path: &str) -> Result<()> {
    let call = rest.call("GET", &format!("/files/{}", escaped(id)));
    for _ in 0..READINGS {
        let seen = rest.json(&call).await?;
        match seen["status"].as_str().unwrap_or_default() {
            "pending" | "running" | "notRunning" | "processing" => {}
            "error" | "failed" | "deleted" => {
                let why = seen["status_details"].as_str();
                let why = why.or(seen["error"]["message"].as_str());
                let why: String = why
                    .unwrap_or("no reason is given")
                    .chars()
                    .take(600)
                    .collect();
                return Err(Error::new(ErrorKind::Provider, "invalid_file", why)
                    .at(path)
                    .hint("correct the dataset, and delete the broken file at the vendor"));
            }
            _ => return Ok(()),
        }
        rest.ports.clock.sleep(PAUSE_MS).await;
    }
    Err(failed("upload", "the vendor takes long to read the file", &call).retry_after(60_000))
}

/// A name that only this content has.
fn remote_name(file: &LocalFile) -> String {
    let name = file.path.rsplit('/').next().unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    let mark: String = file.sha256.chars().take(32).collect();
    format!("{stem}-{mark}.jsonl")
}

async fn sent_before(rest: &Rest, file: &LocalFile, name: &str) -> Result<Option<String>> {
    let path = format!("/files?purpose=fine-tune&order=desc&limit={LISTED}");
    let list = rest.json(&rest.call("GET", &path)).await?;
    let same = |v: &&Value| {
        v["filename"] == name && v["bytes"].as_u64() == Some(file.bytes) && v["status"] != "error"
    };
    let found = list["data"].as_array().into_iter().flatten().find(same);
    Ok(found.and_then(|v| text(&v["id"])))
}

async fn whole(rest: &Rest, file: &LocalFile, name: &str) -> Result<String> {
    let bytes = rest.ports.files.read_all(&file.path).await?;
    let form = Form::new(&file.sha256)
        .field("purpose", "fine-tune")
        .file("file", name, &bytes);
    let call = form.call(rest, "/files");
    drop(bytes);
    // Not repeated here: the next try looks first whether this one arrived.
    id_of(&rest.ask_json(&call).await?, &call)
}

/// How far an upload in parts is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Mark {
    /// The vendor's id of the upload.
    upload: String,
    /// When it was begun here, and how long the vendor keeps it, in milliseconds.
    begun: Timestamp,
    lifetime_ms: i64,
    /// Bytes of each part but the last.
    part: u64,
    /// The vendor's ids of the parts that are there, in order.
    parts: Vec<String>,
}

/// A bookmark for uploads that nobody will go on with.
pub(super) struct Nowhere;

impl Bookmark for Nowhere {
    fn get(&self) -> Option<Value> {
        None
    }

    fn set(&self, _: Option<Value>) -> LocalFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }
}

async fn in_parts(
    rest: &Rest,
    file: &LocalFile,
    name: &str,
    report: &dyn Fn(u64),
    bookmark: &dyn Bookmark,
) -> Result<String> {
    let now = rest.ports.clock.now();
    let usable = |m: &Mark| {
        m.part == PART as u64 && now.since(m.begun) < m.lifetime_ms && m.done(file) <= file.bytes
    };
    let earlier = bookmark.get().and_then(|v| serde_json::from_value(v).ok());
    if let Some(mark) = earlier.filter(usable) {
        match parts(rest, file, mark, report, bookmark).await {
            // The vendor gave it up in the meantime.
            Err(e) if is_final(&e) && e.code() != "too_large" => {}
            other => return other,
        }
    }
    let mark = begin(rest, file, name).await?;
    bookmark.set(Some(serde_json::to_value(&mark)?)).await?;
    let upload = mark.upload.clone();
    let sent = parts(rest, file, mark, report, bookmark).await;
    if sent.as_ref().is_err_and(is_final) {
        // What was begun would lie around for an hour; that it stays is no reason to fail.
        let path = format!("/uploads/{upload}/cancel");
        let _ = rest.ask(&rest.call("POST", &path)).await;
        bookmark.set(None).await?;
    }
    sent
}

/// Whether the vendor refused for good, and not for want of a key.
fn is_final(e: &Error) -> bool {
    e.kind() == ErrorKind::Provider && e.retry_after_ms().is_none() && e.code() != "unauthorized"
}

async fn begin(rest: &Rest, file: &LocalFile, name: &str) -> Result<Mark> {
    let call = rest.call("POST", "/uploads").json(&json!({
        "filename": name,
        "purpose": "fine-tune",
        "bytes": file.bytes,
        "mime_type": "text/jsonl",
    }));
    let begun = rest.ports.clock.now();
    let answer = rest.json(&call).await?;
    // Both times are the vendor's, so its clock does not matter.
    let seconds = |name: &str| answer[name].as_i64();
    let lifetime = seconds("expires_at").zip(seconds("created_at"));
    Ok(Mark {
        upload: id_of(&answer, &call)?,
        begun,
        lifetime_ms: lifetime.map_or(LIFETIME_MS, |(end, start)| {
            end.saturating_sub(start).saturating_mul(1000)
        }),
        part: PART as u64,
        parts: Vec::new(),
    })
}

impl Mark {
    /// Bytes that are at the vendor.
    fn done(&self, file: &LocalFile) -> u64 {
        let parts = self.parts.len() as u64;
        let last = file.bytes.div_ceil(self.part.max(1));
        match parts == last {
            true => file.bytes,
            false => parts.saturating_mul(self.part),
        }
    }
}

/// Sends what `mark` does not have yet, and completes the upload.
async fn parts(
    rest: &Rest,
    file: &LocalFile,
    mut mark: Mark,
    report: &dyn Fn(u64),
    bookmark: &dyn Bookmark,
) -> Result<String> {
    let there = mark.done(file);
    let mut done = 0u64;
    let mut hash = Md5::new();
    while done < file.bytes {
        let left = usize::try_from(file.bytes - done).unwrap_or(PART);
        let files = &rest.ports.files;
        let bytes = files.read(&file.path, done, PART.min(left)).await?;
        if bytes.is_empty() {
            return Err(Error::data("file_short", "the file became shorter").at(&*file.path));
        }
        hash.update(&bytes);
        done += bytes.len() as u64;
        if done <= there {
            continue;
        }
        let form = Form::new(&file.sha256).file("data", "part", &bytes);
        drop(bytes);
        let call = form.call(rest, &format!("/uploads/{}/parts", mark.upload));
        // A part whose answer is lost is sent again; only the listed ones count.
        mark.parts.push(id_of(&rest.json(&call).await?, &call)?);
        bookmark.set(Some(serde_json::to_value(&mark)?)).await?;
        report(done);
    }
    let end = rest
        .call("POST", &format!("/uploads/{}/complete", mark.upload))
        .json(&json!({"part_ids": mark.parts, "md5": hex(&hash.finalize())}));
    let answer = rest.ask_json(&end).await?;
    id_of(&answer["file"], &end)
}

fn id_of(v: &Value, call: &Call) -> Result<String> {
    text(&v["id"])
        .filter(|id| !id.contains(['/', '?', '#']))
        .ok_or_else(|| failed("answer_json", "the answer names no object", call).retry_after(1000))
}

/// A multipart form.
struct Form {
    boundary: String,
    body: Vec<u8>,
}

impl Form {
    /// The boundary must not occur in the content, and no content holds its own checksum. It has
    /// at most 70 characters.
    fn new(sha256: &str) -> Self {
        Self {
            boundary: format!("screensmith-{}", &sha256[..sha256.len().min(40)]),
            body: Vec::new(),
        }
    }

    fn part(&mut self, head: &str, bytes: &[u8]) {
        let head = format!(
            "--{}\r\nContent-Disposition: form-data; {head}\r\n\r\n",
            self.boundary
        );
        self.body.reserve_exact(head.len() + bytes.len() + 200);
        self.body.extend_from_slice(head.as_bytes());
        self.body.extend_from_slice(bytes);
        self.body.extend_from_slice(b"\r\n");
    }

    fn field(mut self, name: &str, value: &str) -> Self {
        self.part(&format!("name=\"{name}\""), value.as_bytes());
        self
    }

    fn file(mut self, name: &str, file: &str, bytes: &[u8]) -> Self {
        let kind = "\r\nContent-Type: application/octet-stream";
        self.part(
            &format!("name=\"{name}\"; filename=\"{}\"{kind}", plain(file)),
            bytes,
        );
        self
    }

    fn call(mut self, rest: &Rest, path: &str) -> Call {
        let end = format!("--{}--\r\n", self.boundary);
        self.body.extend_from_slice(end.as_bytes());
        let kind = format!("multipart/form-data; boundary={}", self.boundary);
        rest.call("POST", path).body(&kind, self.body)
    }
}

/// A file name that cannot break the header that it stands in.
fn plain(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c == '"' || c == '\\' || c.is_control() {
                '_'
            } else {
                c
            }
        })
        .collect()
}
