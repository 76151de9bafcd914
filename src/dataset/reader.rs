//! Reading `dataset.jsonl`, line by line, whatever is in it.

use std::io::{BufRead, Read as _};

use crate::base::json::{fault, object};
use crate::dataset::Record;
use crate::problem::Problem;

/// Longest line that is read, in bytes: a 4K picture embedded as base64 fits many times.
pub const MAX_LINE_BYTES: usize = 256 * 1024 * 1024;

/// Records of a JSONL source. Broken lines come as problems and do not end the reading; empty
/// lines are passed over. One line is in memory at a time.
///
/// # Examples
/// ```
/// use screensmith::dataset::Records;
/// let text = "not json\n{\"layout_id\":\"a\",\"html\":\"\",\"ground_truth\":{\"layout_id\":\"a\",\"width\":10,\"height\":10,\"components\":[]}}\n";
/// let rows: Vec<_> = Records::new(text.as_bytes()).collect();
/// assert_eq!(rows[0].as_ref().unwrap_err().path, "row 1");
/// assert_eq!(rows[1].as_ref().unwrap().size(), (10, 10));
/// ```
#[derive(Debug)]
pub struct Records<R> {
    source: R,
    row: u64,
    line: Vec<u8>,
    ended: bool,
}

impl<R: BufRead> Records<R> {
    /// Reads from `source`.
    pub fn new(source: R) -> Self {
        Self {
            source,
            row: 0,
            line: Vec::new(),
            ended: false,
        }
    }

    /// Number of the line read last, from 1.
    pub fn row(&self) -> u64 {
        self.row
    }

    fn place(&self) -> String {
        format!("row {}", self.row)
    }
}

impl<R: BufRead> Iterator for Records<R> {
    type Item = Result<Record, Problem>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            self.line.clear();
            self.row += 1;
            let read = (&mut self.source)
                .take(MAX_LINE_BYTES as u64 + 1)
                .read_until(b'\n', &mut self.line);
            match read {
                Ok(0) => {
                    self.ended = true;
                    return None;
                }
                Ok(n) if n > MAX_LINE_BYTES => {
                    // The rest of such a line cannot be told from the next one.
                    self.ended = true;
                    return Some(Err(Problem::error(
                        "line_bytes",
                        self.place(),
                        format!("the line is longer than {MAX_LINE_BYTES} bytes"),
                    )
                    .hint("is this a JSONL file?")));
                }
                Ok(_) => {}
                Err(e) => {
                    self.ended = true;
                    return Some(Err(Problem::error(
                        "read_failed",
                        self.place(),
                        e.to_string(),
                    )));
                }
            }
            let line = self.line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            return Some(object(line).map_err(|e| {
                let (code, hint) = match e.classify() {
                    serde_json::error::Category::Data => (
                        "record_shape",
                        "a record has layout_id, html and ground_truth",
                    ),
                    _ => ("json", "each line must be one complete JSON object"),
                };
                Problem::error(code, self.place(), fault(&e)).hint(hint)
            }));
        }
        None
    }
}
