//! What a server stores, and what both sides compute from it (RFC 2831 sections 2.1.2.1, 2.3 and 2.4).

use alloc::vec::Vec;

use hmac::Hmac;
use hmac::digest::Digest;
use md5::Md5;
use xiom_core::{AuthFault, Secret};
use zeroize::{Zeroize, Zeroizing};

use super::{COUNT, Quality};
use crate::prep::ascii;
use crate::scram::hash::{self, Tag};

/// What a server stores of a user for DIGEST-MD5: `MD5(user ":" realm ":" password)`.
///
/// It is as good as the password within its realm: whoever has it logs in with it.
///
/// ```
/// use xiom_sasl::digest_md5::DigestKey;
///
/// let key = DigestKey::derive("chris", "elwood.innosoft.com", "secret")?;
/// let octets: [u8; 16] = key.octets().try_into().unwrap();
/// assert_eq!(DigestKey::new(octets), key);
/// assert_eq!(format!("{key:?}"), "DigestKey([..])");
/// # Ok::<(), xiom_core::AuthFault>(())
/// ```
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct DigestKey(Tag);

impl DigestKey {
    /// Takes what a store has kept.
    #[must_use]
    pub fn new(octets: [u8; 16]) -> Self {
        let octets = Zeroizing::new(octets);
        Self(Tag::new(octets.as_slice()))
    }

    /// The key of a `user` of a `realm` with this `password`.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::ProhibitedCharacter`] for anything but printable ASCII, and
    /// [`AuthFault::NoCredentials`] for an empty user or password.
    pub fn derive(user: &str, realm: &str, password: impl Into<Secret>) -> Result<Self, AuthFault> {
        let password = password.into();
        let parts = [ascii(user.as_bytes())?, check_realm(realm)?, ascii(password.expose())?];
        Ok(Self::of(parts))
    }

    /// The key of a user, a realm and a password that were prepared.
    pub(crate) fn of([user, realm, password]: [&str; 3]) -> Self {
        let parts = [user, ":", realm, ":", password];
        Self(md5(&parts.map(str::as_bytes)))
    }

    /// The octets, for the store.
    #[must_use]
    pub fn octets(&self) -> &[u8] {
        self.0.octets()
    }
}

/// A realm, which may be empty.
pub(crate) fn check_realm(realm: &str) -> Result<&str, AuthFault> {
    if realm.is_empty() { Ok(realm) } else { ascii(realm.as_bytes()) }
}

/// Which end a key or a proof belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum End {
    Client,
    Server,
}

/// What a proof is about, besides the key.
#[derive(Clone, Copy)]
pub(crate) struct Terms<'a> {
    pub(crate) nonce: &'a str,
    pub(crate) client_nonce: &'a [u8],
    pub(crate) authzid: Option<&'a str>,
    pub(crate) uri: &'a str,
    pub(crate) quality: Quality,
}

/// `H(A1)`, from which everything in an exchange is computed.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Session(Tag);

impl Session {
    pub(crate) fn new(key: &DigestKey, terms: &Terms<'_>) -> Self {
        let nonces = [b":", terms.nonce.as_bytes(), b":", terms.client_nonce];
        let authzid = terms.authzid.map(str::as_bytes);
        let mut parts = Vec::from([key.octets()]);
        parts.extend(nonces);
        parts.extend(authzid.into_iter().flat_map(|name| [b":", name]));
        Self(md5(&parts))
    }

    /// `response-value`, in hexadecimal: the client's `response`, or the server's `rspauth`.
    pub(crate) fn proof(&self, end: End, terms: &Terms<'_>) -> Secret {
        let method = match end {
            End::Client => "AUTHENTICATE:",
            End::Server => ":",
        };
        let tail = if terms.quality == Quality::Auth { "" } else { NO_BODY };
        let a2 = hex(&md5(&[method, terms.uri, tail].map(str::as_bytes)));
        let name = terms.quality.name().as_bytes();
        let colon: &[u8] = b":";
        let nonces = [terms.nonce.as_bytes(), COUNT.as_bytes(), terms.client_nonce, name];
        let key = hex(&self.0);
        let mut parts = Vec::from([key.expose()]);
        parts.extend(nonces.into_iter().chain([a2.expose()]).flat_map(|part| [colon, part]));
        hex(&md5(&parts))
    }

    /// The key of the MAC of what `end` sends.
    pub(crate) fn signing(&self, end: End) -> Tag {
        let constant = match end {
            End::Client => "Digest session key to client-to-server signing key magic constant",
            End::Server => "Digest session key to server-to-client signing key magic constant",
        };
        md5(&[self.0.octets(), constant.as_bytes()])
    }

    /// The key of the cipher of what `end` sends; all 16 octets of `H(A1)` go into it.
    pub(crate) fn sealing(&self, end: End) -> Tag {
        let constant = match end {
            End::Client => "Digest H(A1) to client-to-server sealing key magic constant",
            End::Server => "Digest H(A1) to server-to-client sealing key magic constant",
        };
        md5(&[self.0.octets(), constant.as_bytes()])
    }
}

/// `H` of the parts, one after the other.
fn md5(parts: &[&[u8]]) -> Tag {
    let mut hasher = Md5::new();
    for part in parts {
        hasher.update(part);
    }
    let mut octets = hasher.finalize();
    let tag = Tag::new(&octets);
    octets.as_mut_slice().zeroize();
    tag
}

/// `HMAC-MD5` of the parts, one after the other.
pub(crate) fn hmac_md5(key: &[u8], parts: &[&[u8]]) -> Tag {
    hash::hmac::<Hmac<Md5>, Md5>(key, parts)
}

/// The octets in hexadecimal, in lower case.
pub(crate) fn hex(tag: &Tag) -> Secret {
    let nibbles = tag.octets().iter().flat_map(|octet| [octet >> 4, octet & 0xf]);
    let mut digits = Vec::with_capacity(2 * LEN);
    digits.extend(nibbles.map(|nibble| b'0' + nibble + LETTERS * u8::from(9 < nibble)));
    Secret::new(digits)
}

/// Octets of a result of MD5.
const LEN: usize = 16;
/// From `:`, which follows `9`, to `a`.
const LETTERS: u8 = b'a' - b'9' - 1;
/// What stands for the hash of a body that there is not.
const NO_BODY: &str = ":00000000000000000000000000000000";
