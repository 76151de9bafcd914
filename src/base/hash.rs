//! Stable content hashes: the same on every platform and in every release.

use sha2::{Digest as _, Sha256};

/// Lower-case hex SHA-256 of `bytes`: the checksum written into manifests.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// 128-bit fingerprint of several parts as 32 hex digits. Parts are length-prefixed, so
/// `["ab", "c"]` and `["a", "bc"]` differ.
pub fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    hex(&digest(parts)[..16])
}

/// 64-bit key of several parts, for ordering and thresholds.
pub fn key64<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> u64 {
    let d = digest(parts);
    u64::from_be_bytes([d[0], d[1], d[2], d[3], d[4], d[5], d[6], d[7]])
}

/// SHA-256 over length-prefixed parts.
pub fn digest<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut h = Sha256::new();
    for p in parts {
        h.update((p.len() as u64).to_le_bytes());
        h.update(p);
    }
    h.finalize().into()
}

/// Lower-case hex of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut s = String::with_capacity(bytes.len() * 2);
    for b in bytes {
        s.push(char::from(DIGITS[usize::from(b >> 4)]));
        s.push(char::from(DIGITS[usize::from(b & 15)]));
    }
    s
}
