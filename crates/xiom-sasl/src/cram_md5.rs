//! CRAM-MD5 (RFC 2195): what client and server share.

use xiom_core::Secret;

use crate::Properties;
use crate::digest_md5::keys::{hex, hmac_md5};

/// `HMAC-MD5(password, challenge)`, in hexadecimal.
pub(crate) fn digest(password: &Secret, challenge: &[u8]) -> Secret {
    hex(&hmac_md5(password.expose(), &[challenge]))
}

/// Whether `text` is `"<" 1*printable "@" 1*printable ">"` (RFC 2195 section 2).
pub(crate) fn is_message_id(text: &[u8]) -> bool {
    let [b'<', inner @ .., b'>'] = text else { return false };
    let mut parts = inner.splitn(2, |octet| *octet == b'@');
    let is_part = |part: &[u8]| !part.is_empty() && part.iter().all(u8::is_ascii_graphic);
    parts.next().is_some_and(is_part) && parts.next().is_some_and(is_part)
}

pub(crate) const fn properties() -> Properties {
    Properties {
        dictionary: true,
        legacy: true,
        client_first: false,
        strength: 128,
        ..Properties::named(NAME)
    }
}

pub(crate) const NAME: &str = "CRAM-MD5";
