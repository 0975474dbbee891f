//! SCRAM keys as text: `SCRAM-SHA-256$iterations:salt$StoredKey:ServerKey`, the last three in Base64.
//!
//! It is the value of RFC 5803 with the name of the mechanism before it, as other servers and data bases
//! store it, too.

use base64ct::{Base64, Encoding};
use xiom_core::Secret;
use xiom_sasl::ScramKeys;
use xiom_sasl::scram::Hash;

/// Writes `keys` as text, for a store: who reads it can pose as the server.
///
/// ```
/// use xiom::sasl::ScramKeys;
/// use xiom::sasl::scram::Hash;
///
/// let keys = ScramKeys::derive(Hash::Sha256, "pencil", b"16 random octets", 4096)?;
/// let text = xiom::keys_to_text(&keys);
/// assert!(text.starts_with("SCRAM-SHA-256$4096:MTYgcmFuZG9tIG9jdGV0cw==$"));
/// assert_eq!(xiom::keys_from_text(&text), Some(keys));
/// # Ok::<(), xiom::core::AuthFault>(())
/// ```
#[must_use]
pub fn keys_to_text(keys: &ScramKeys) -> String {
    let [salt, stored, server] =
        [keys.salt(), keys.stored_key(), keys.server_key()].map(Base64::encode_string);
    format!("{}${}:{salt}${stored}:{server}", scheme(keys.hash()), keys.iterations())
}

/// Reads what [`keys_to_text`] writes; `None` for anything else.
#[must_use]
pub fn keys_from_text(text: &str) -> Option<ScramKeys> {
    let (name, rest) = text.split_once('$')?;
    let hash = HASHES.into_iter().find(|hash| scheme(*hash) == name)?;
    let (head, keys) = rest.split_once('$')?;
    let (iterations, salt) = head.split_once(':')?;
    let (stored, server) = keys.split_once(':')?;
    let is_number = iterations.bytes().all(|octet| octet.is_ascii_digit());
    let iterations = iterations.parse().ok().filter(|_| is_number)?;
    let octets = |text: &str| Base64::decode_vec(text).ok().map(Secret::new);
    let (salt, stored, server) = (octets(salt)?, octets(stored)?, octets(server)?);
    ScramKeys::new(hash, salt.expose(), iterations, stored.expose(), server.expose())
}

/// The name of the mechanism, which stands for the hash.
fn scheme(hash: Hash) -> &'static str {
    match hash {
        Hash::Sha1 => "SCRAM-SHA-1",
        Hash::Sha256 => "SCRAM-SHA-256",
        Hash::Sha512 => "SCRAM-SHA-512",
        // Not among those that are read or kept.
        _ => "SCRAM",
    }
}

const HASHES: [Hash; 3] = [Hash::Sha1, Hash::Sha256, Hash::Sha512];
