//! Canonical JSON: one value, one byte string.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

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

/// What is wrong with a text, in words for people.
///
/// # Examples
/// ```
/// use screensmith::GenerationConfig;
/// use screensmith::base::json::{fault, object};
/// let told = |text: &[u8]| fault(&object::<GenerationConfig>(text).unwrap_err());
/// assert_eq!(told(b"{\"seed\": 1"), "the JSON breaks off at line 1, column 10");
/// assert_eq!(told(b"{seed: 1}"), "this is no JSON at line 1, column 2: key must be a string");
/// assert!(told(b"{\"sed\": 1}").starts_with("unknown field `sed`"));
/// ```
pub fn fault(e: &serde_json::Error) -> String {
    let text = e.to_string();
    let place = format!(" at line {} column {}", e.line(), e.column());
    let reason = text.strip_suffix(&place).unwrap_or(&text);
    let place = format!("line {}, column {}", e.line(), e.column());
    match e.classify() {
        Category::Eof => format!("the JSON breaks off at {place}"),
        Category::Syntax => format!("this is no JSON at {place}: {reason}"),
        Category::Data if e.line() > 0 => format!("{reason}, at {place}"),
        Category::Data | Category::Io => reason.to_owned(),
    }
}

/// JSON without spaces and with object keys in byte order, so that equal values give equal bytes.
///
/// # Errors
/// When the value cannot be expressed in JSON (a map with non-string keys).
pub fn canonical<T: Serialize>(value: &T) -> Result<String> {
    // `serde_json::Value` keeps objects in a BTreeMap: going through it sorts every level.
    Ok(serde_json::to_string(&serde_json::to_value(value)?)?)
}
