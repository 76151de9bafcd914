//! Canonical JSON: one value, one byte string.

use serde::Serialize;
use serde::de::{DeserializeOwned, Error as _};

use crate::error::Result;

/// Reads a record, which must be an object: serde alone would also take an array for one, its
/// items as the fields in order.
///
/// # Errors
/// As `serde_json`; another kind of value says so.
///
/// # Examples
/// ```
/// use screensmith::GenerationConfig;
/// use screensmith::base::json::object;
/// assert!(object::<GenerationConfig>(b"{}").is_ok());
/// assert!(object::<GenerationConfig>(b"[3]").is_err());
/// ```
pub fn object<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    refuse_array(text)?;
    serde_json::from_slice(text)
}

/// An error when the text is an array. Broken text is told of first, with its place.
pub(crate) fn refuse_array(text: &[u8]) -> serde_json::Result<()> {
    if text.trim_ascii_start().first() != Some(&b'[') {
        return Ok(());
    }
    serde_json::from_slice::<serde::de::IgnoredAny>(text)?;
    Err(serde_json::Error::custom(NO_OBJECT))
}

/// What is said of a value that should be an object.
pub(crate) const NO_OBJECT: &str = "this is an array; an object, { … }, is expected";

/// JSON without spaces and with object keys in byte order, so that equal values give equal bytes.
///
/// # Errors
/// When the value cannot be expressed in JSON (a map with non-string keys).
pub fn canonical<T: Serialize>(value: &T) -> Result<String> {
    // `serde_json::Value` keeps objects in a BTreeMap: going through it sorts every level.
    Ok(serde_json::to_string(&serde_json::to_value(value)?)?)
}
