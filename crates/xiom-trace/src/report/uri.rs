//! Paths as parts of addresses.

use core::fmt::Write as _;

/// `path` with every octet escaped that has a meaning in an address; `/` stays.
pub(super) fn encode(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for octet in path.bytes() {
        let plain = octet.is_ascii_alphanumeric() || b"-._~/".contains(&octet);
        if plain {
            out.push(char::from(octet));
        } else {
            let _ = write!(out, "%{octet:02X}");
        }
    }
    out
}
