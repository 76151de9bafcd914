//! Canonical JSON: one value, one byte string.

use serde::Serialize;

use crate::error::Result;

/// JSON without spaces and with object keys in byte order, so that equal values give equal bytes.
///
/// # Errors
/// When the value cannot be expressed in JSON (a map with non-string keys).
pub fn canonical<T: Serialize>(value: &T) -> Result<String> {
    // `serde_json::Value` keeps objects in a BTreeMap: going through it sorts every level.
    Ok(serde_json::to_string(&serde_json::to_value(value)?)?)
}
