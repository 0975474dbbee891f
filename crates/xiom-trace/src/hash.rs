//! Hashes: short ones of texts and token streams for the lock, whole ones of files for the audit.

use core::fmt::Write;

use sha2::{Digest, Sha256};

/// Hexadecimal digits of a short hash: enough to see a change, short enough to read.
const DIGITS: usize = 12;

/// The short hash of `parts`, each set apart from the next.
pub(crate) fn digest<'a>(parts: impl IntoIterator<Item = &'a str>) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.as_bytes());
        hasher.update([0]);
    }
    let mut hex = hex(&hasher.finalize());
    hex.truncate(DIGITS);
    hex
}

/// The SHA-256 of `octets`, in hexadecimal.
pub(crate) fn sha256(octets: &[u8]) -> String {
    hex(&Sha256::digest(octets))
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        // Writing to a string cannot fail.
        let _written = write!(text, "{octet:02x}");
        text
    })
}
