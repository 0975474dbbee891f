//! Base64 in constant time, and nothing else (RFC 4648 section 4).

use alloc::string::String;
use alloc::vec;

use base64ct::{Base64, Encoding};
use xiom_core::{AuthFault, Secret};
use zeroize::Zeroizing;

/// `octets` in Base64 with padding.
pub(crate) fn to_base64(octets: &[u8]) -> String {
    let mut buffer = Zeroizing::new(vec![0; Base64::encoded_len(octets)]);
    Base64::encode(octets, &mut buffer).map(String::from).unwrap_or_default()
}

/// The octets of `text`; there is one text for any octets.
pub(crate) fn from_base64(text: &str) -> Result<Secret, AuthFault> {
    let mut buffer = Zeroizing::new(vec![0; text.len()]);
    let octets = Base64::decode(text, &mut buffer).map_err(|_| AuthFault::Malformed)?;
    Ok(Secret::new(octets))
}
