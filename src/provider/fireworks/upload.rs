//! Datasets at Fireworks, named by their content: the same content is sent once.

use serde_json::{Value, json};

use crate::base::ports::file_missing;
use crate::error::{Error, ErrorKind, Result};
use crate::provider::call::{Call, escaped, failed, form};
use crate::provider::rest::Rest;
use crate::provider::{LocalFile, Progress, RemoteFile};

/// Larger files go to a signed address.
pub(super) const DIRECT: u64 = 150_000_000;
/// A signed address takes the file in one piece, which has to fit into memory.
const MOST: u64 = 1 << 30;
/// Waits for the vendor to read a dataset: every two seconds, half an hour in all.
const PAUSE_MS: u64 = 2000;
const READINGS: u32 = 900;
const FILE: &str = "data.jsonl";

/// Uploads a file as a dataset of `account` unless it is there, and waits until it is ready. A
/// file above `direct` bytes goes to a signed address.
pub(super) async fn upload(
    rest: &Rest,
    account: &str,
    direct: u64,
    file: &LocalFile,
    progress: &dyn Fn(Progress),
) -> Result<RemoteFile> {
    let size = rest.ports.files.size(&file.path).await?;
    let size = size.ok_or_else(|| file_missing(&file.path))?;
    if size > MOST {
        return Err(Error::limit(
            "file_bytes",
            format!("{size} bytes; a file goes in one piece of at most {MOST} bytes"),
        )
        .at(file.path.clone())
        .hint("use fewer samples or smaller pictures"));
    }
    let id = format!(
        "screensmith-{}",
        file.sha256.get(..32).unwrap_or(&file.sha256)
    );
    let name = format!("accounts/{account}/datasets/{id}");
    let done = RemoteFile {
        id: name.clone(),
        bytes: size,
    };
    progress(Progress {
        done: 0,
        total: size,
    });
    let look = rest.call("GET", &format!("/{name}"));
    match rest.json(&look).await {
        Ok(held) if held["state"] == "READY" => {
            progress(Progress {
                done: size,
                total: size,
            });
            return Ok(done);
        }
        Ok(_) => {}
        Err(e) if e.code() == "not_found" => {
            let body = json!({"datasetId": id, "dataset": {
                "userUploaded": {}, "exampleCount": file.lines.to_string()}});
            let make = rest.call("POST", &format!("/accounts/{}/datasets", escaped(account)));
            match rest.json(&make.json(&body)).await {
                // Its answer was lost, or another job made it meanwhile.
                Err(e) if e.code() == "conflict" => {}
                other => drop(other?),
            }
        }
        Err(e) => return Err(e),
    }
    let bytes = rest.ports.files.read_all(&file.path).await?;
    if size <= direct {
        let boundary = id.clone();
        let call = rest.call("POST", &format!("/{name}:upload")).body(
            &format!("multipart/form-data; boundary={boundary}"),
            form(&boundary, &[], Some(("file", FILE, &bytes))),
        );
        rest.repeat(&call).await?;
    } else {
        let ask = rest.call("POST", &format!("/{name}:getUploadEndpoint"));
        let ask = ask.json(&json!({"filenameToSize": {FILE: size.to_string()}}));
        let answer = rest.json(&ask).await?;
        let url = answer["filenameToSignedUrls"][FILE].as_str();
        let url = url.ok_or_else(|| failed("answer_shape", "the answer has no address", &ask))?;
        // The address is signed for this header.
        let put = Call::signed("PUT", url, "the upload")
            .body("application/octet-stream", bytes)
            .header("x-goog-content-length-range", format!("{size},{size}"));
        rest.repeat(&put).await?;
        let validate = rest.call("POST", &format!("/{name}:validateUpload"));
        rest.json(&validate.json(&json!({}))).await?;
    }
    progress(Progress {
        done: size,
        total: size,
    });
    ready(rest, &name).await?;
    Ok(done)
}

/// Waits until the vendor has read the dataset.
async fn ready(rest: &Rest, name: &str) -> Result<()> {
    let call = rest.call("GET", &format!("/{name}"));
    for _ in 0..READINGS {
        let dataset: Value = rest.json(&call).await?;
        if dataset["state"] == "READY" {
            return Ok(());
        }
        let status = &dataset["status"];
        if let Some(code) = status["code"].as_str().filter(|c| *c != "OK") {
            let why = status["message"].as_str().unwrap_or(code);
            let why: String = why.chars().take(600).collect();
            return Err(Error::new(ErrorKind::Provider, "invalid_file", why)
                .at("training file")
                .hint("correct the dataset, and delete the broken one at the vendor"));
        }
        rest.ports.clock.sleep(PAUSE_MS).await;
    }
    Err(failed("upload", "the vendor takes long to read the dataset", &call).retry_after(60_000))
}
