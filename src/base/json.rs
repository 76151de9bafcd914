//! Canonical JSON: one value, one byte string.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::base::strict::Strict;
use crate::error::Result;

/// Reads a record, which must be an object, and so must the records in it: serde alone would also
/// take an array for one, its items as the fields in order.
///
/// # Errors
/// As `serde_json`; an array in place of an object says so.
///
/// # Examples
/// ```
/// use screensmith::GenerationConfig;
/// use screensmith::base::json::object;
/// assert!(object::<GenerationConfig>(b"{}").is_ok());
/// assert!(object::<GenerationConfig>(b"[3]").is_err());
/// ```
pub fn object<T: DeserializeOwned>(text: &[u8]) -> serde_json::Result<T> {
    let mut reader = serde_json::Deserializer::from_slice(text);
    let value = T::deserialize(Strict(&mut reader))?;
    reader.end()?;
    Ok(value)
}

/// JSON without spaces and with object keys in byte order, so that equal values give equal bytes.
///
/// # Errors
/// When the value cannot be expressed in JSON (a map with non-string keys).
pub fn canonical<T: Serialize>(value: &T) -> Result<String> {
    // `serde_json::Value` keeps objects in a BTreeMap: going through it sorts every level.
    Ok(serde_json::to_string(&serde_json::to_value(value)?)?)
}
