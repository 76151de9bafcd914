//! Files at Together: asked for an address, sent there, read and checked by Together.

use serde_json::{Value, json};

use crate::base::ports::{HttpResponse, file_missing};
use crate::error::{Error, ErrorKind, Result};
use crate::provider::call::{Call, escaped, failed, form, header};
use crate::provider::rest::Rest;
use crate::provider::{LocalFile, Progress, RemoteFile};

/// Larger files go in parts, so that memory stays bounded. The vendor's own client does this
/// from 5 GB on only; that smaller files are taken in parts is not documented.
pub(super) const WHOLE: u64 = 256 << 20;
/// Bytes of a part; the vendor takes 5 MB or more, and at most 250 parts.
const PART: u64 = 64 << 20;
const LEAST_PART: u64 = 5 << 20;
const MAX_PARTS: u64 = 250;
/// Waits for the vendor to read a file: every two seconds, half an hour in all.
const READING_PAUSE_MS: u64 = 2000;
const READINGS: u32 = 900;

/// Uploads a file unless the same content is there, and waits until Together has read it. A file
/// above `largest` bytes goes in parts.
pub(super) async fn upload(
    rest: &Rest,
    largest: u64,
    file: &LocalFile,
    progress: &dyn Fn(Progress),
) -> Result<RemoteFile> {
    let size = rest.ports.files.size(&file.path).await?;
    let size = size.ok_or_else(|| file_missing(&file.path))?;
    let told = |done| progress(Progress { done, total: size });
    told(0);
    let mut again = true;
    let id = loop {
        let place = match size > largest {
            true => in_parts(rest, file, size, largest, &told).await?,
            false => whole(rest, file).await?,
        };
        match place {
            Place::Sent(id) => break id,
            Place::Held(id) => {
                let look = rest.call("GET", &format!("/files/{}", escaped(&id)));
                let held = rest.json(&look).await?;
                if held["bytes"].as_u64() == Some(size) {
                    break id;
                }
                // An address was given once and the bytes never came.
                if !again {
                    return Err(failed("upload", "the file is there but incomplete", &look));
                }
                again = false;
                let gone = rest.call("DELETE", &format!("/files/{}", escaped(&id)));
                rest.json(&gone).await?;
            }
        }
    };
    told(size);
    read(rest, &id).await?;
    Ok(RemoteFile { id, bytes: size })
}

/// Where the content is.
enum Place {
    /// It was sent now.
    Sent(String),
    /// Something of this checksum was there before.
    Held(String),
}

/// The last part of a path.
fn name(file: &LocalFile) -> String {
    // The checksum keeps apart what jobs call by the same name.
    let short = file.sha256.get(..12).unwrap_or(&file.sha256);
    let name = file.path.rsplit('/').next().unwrap_or(&file.path);
    match name.strip_suffix(".jsonl") {
        Some(stem) => format!("{stem}-{short}.jsonl"),
        None => format!("{name}-{short}.jsonl"),
    }
}

async fn whole(rest: &Rest, file: &LocalFile) -> Result<Place> {
    let boundary = format!("screensmith-{}", file.sha256.get(..24).unwrap_or_default());
    let name = name(file);
    let fields = [
        ("purpose", "fine-tune"),
        ("file_name", name.as_str()),
        ("file_type", "jsonl"),
        ("checksum", file.sha256.as_str()),
    ];
    let call = rest.call("POST", "/files").body(
        &format!("multipart/form-data; boundary={boundary}"),
        form(&boundary, &fields, None),
    );
    let answer = asked(rest, &call).await?;
    if let Some(id) = held(&answer) {
        return Ok(Place::Held(id));
    }
    // The proxy hands a redirect on in headers of its own: no page can read a real one.
    let location = header(&answer, "x-proxy-location").or_else(|| header(&answer, "location"));
    let id = header(&answer, "x-together-file-id");
    let (Some(location), Some(id)) = (location, id) else {
        return Err(failed(
            "answer_shape",
            "the answer names no place for the upload",
            &call,
        )
        .hint("in a browser this needs the proxy: set base_url to it"));
    };
    let bytes = rest.ports.files.read_all(&file.path).await?;
    let put = Call::signed("PUT", location, "the upload");
    rest.repeat(&put.body("application/octet-stream", bytes))
        .await?;
    preprocess(rest, id).await?;
    Ok(Place::Sent(id.to_owned()))
}

async fn in_parts(
    rest: &Rest,
    file: &LocalFile,
    size: u64,
    largest: u64,
    told: &dyn Fn(u64),
) -> Result<Place> {
    let part = largest
        .clamp(LEAST_PART, PART)
        .max(size.div_ceil(MAX_PARTS));
    let body = json!({
        "file_name": name(file), "file_size": size, "num_parts": size.div_ceil(part),
        "purpose": "fine-tune", "file_type": "jsonl", "checksum": file.sha256,
    });
    let call = rest.call("POST", "/files/multipart/initiate").json(&body);
    let answer = asked(rest, &call).await?;
    if let Some(id) = held(&answer) {
        return Ok(Place::Held(id));
    }
    let session: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let (Some(id), Some(upload)) = (session["file_id"].as_str(), session["upload_id"].as_str())
    else {
        return Err(failed("answer_shape", "the answer is no upload", &call));
    };
    let mut done = Vec::new();
    for p in session["parts"].as_array().into_iter().flatten() {
        let number = p["PartNumber"].as_u64().or(p["part_number"].as_u64());
        let url = p["URL"].as_str().or(p["url"].as_str());
        let (Some(number @ 1..), Some(url)) = (number, url) else {
            return Err(failed(
                "answer_shape",
                "a part has no number or address",
                &call,
            ));
        };
        let at = (number - 1) * part;
        let mut bytes = Vec::new();
        while (bytes.len() as u64) < part.min(size.saturating_sub(at)) {
            let want = (part - bytes.len() as u64).min(4 << 20) as usize;
            let more = rest
                .ports
                .files
                .read(&file.path, at + bytes.len() as u64, want)
                .await?;
            if more.is_empty() {
                return Err(file_missing(&file.path));
            }
            bytes.extend_from_slice(&more);
        }
        let sent = bytes.len() as u64;
        let mut put = Call::signed("PUT", url, "a part of the upload");
        for (name, value) in p["Headers"].as_object().into_iter().flatten() {
            if let Some(value) = value.as_str() {
                put = put.header(&name.to_ascii_lowercase(), value);
            }
        }
        let answer = rest
            .repeat(&put.body("application/octet-stream", bytes))
            .await?;
        let tag = header(&answer, "etag").ok_or_else(|| {
            failed("answer_shape", "the answer to a part has no etag", &call)
                .hint("in a browser this needs the proxy: set base_url to it")
        })?;
        done.push(json!({"part_number": number, "etag": tag}));
        told(at + sent);
    }
    let body = json!({"upload_id": upload, "file_id": id, "parts": done});
    let complete = rest.call("POST", "/files/multipart/complete").json(&body);
    rest.ask(&complete).await?;
    Ok(Place::Sent(id.to_owned()))
}

/// Asks for an upload. A redirect and "it is there" are answers; what passes is tried again.
async fn asked(rest: &Rest, call: &Call) -> Result<HttpResponse> {
    rest.until(call, |status| matches!(status, 200..=303 | 307 | 308 | 409))
        .await
}

/// The id of the content that is there already.
fn held(answer: &HttpResponse) -> Option<String> {
    let body: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let id = body["file_id"].as_str().map(str::to_owned);
    id.filter(|_| answer.status == 409)
}

async fn preprocess(rest: &Rest, id: &str) -> Result<()> {
    let call = rest.call("POST", &format!("/files/{}/preprocess", escaped(id)));
    rest.repeat(&call).await?;
    Ok(())
}

/// Waits until Together has read the file.
async fn read(rest: &Rest, id: &str) -> Result<()> {
    let call = rest.call("GET", &format!("/files/{}", escaped(id)));
    let mut asked = false;
    for _ in 0..READINGS {
        let file = rest.json(&call).await?;
        let report = &file["validation_report"];
        match file["processing_status"].as_str() {
            Some("COMPLETED") if report["valid"].as_bool() != Some(false) => return Ok(()),
            Some("COMPLETED" | "FAILED" | "INVALID_FORMAT") => {
                let why = report["error"].as_str().unwrap_or("no reason is given");
                let why: String = why.chars().take(600).collect();
                return Err(Error::new(ErrorKind::Provider, "invalid_file", why)
                    .at("training file")
                    .hint("correct the dataset; the file is kept at the vendor until deleted"));
            }
            // The program ended between the upload and this request.
            None | Some("PENDING") if !asked => {
                asked = true;
                preprocess(rest, id).await?;
            }
            _ => {}
        }
        rest.ports.clock.sleep(READING_PAUSE_MS).await;
    }
    Err(failed("upload", "the vendor takes long to read the file", &call).retry_after(60_000))
}
