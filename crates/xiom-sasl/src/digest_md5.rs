//! DIGEST-MD5 (RFC 2831): what client and server share.
//!
//! The two sides are [`crate::client::DigestMd5`] and [`crate::server::DigestMd5`]. RFC 6331 says why the
//! mechanism is historic: use it where an old server has nothing better, and with TLS below. Its proofs
//! cover the quality of protection that is taken, and neither what was offered nor the cipher: whoever
//! needs a layer says so by the least that the context permits.
//!
//! Names, realms and passwords are printable ASCII, for which UTF-8, ISO-8859-1 and `SASLprep` agree, so
//! that the encodings of RFC 2831 section 2.1.2.1 make no difference; anything else is refused. Of the
//! ciphers there are `3des` and `rc4`; those with keys of 40 or 56 bits are neither offered nor taken.

use alloc::format;
use alloc::string::String;

use xiom_core::AuthFault;

use crate::prep::ascii;
use crate::{Context, LayerRange, Layers, Properties, Protection};

pub(crate) mod challenge;
pub(crate) mod ciphers;
pub(crate) mod directives;
pub(crate) mod keys;
pub(crate) mod layer;
pub(crate) mod response;
#[cfg(test)]
mod tests;

pub use keys::DigestKey;
pub use layer::DigestLayer;

/// What is agreed on for the octets after authentication: a quality of protection, and its cipher.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Quality {
    Auth,
    Integrity,
    Confidentiality(Cipher),
}

/// The ciphers with keys of 112 bits or more.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Cipher {
    TripleDes,
    Rc4,
}

impl Quality {
    /// All of them, the strongest first.
    pub(crate) const ALL: [Self; 4] = [
        Self::Confidentiality(Cipher::TripleDes),
        Self::Confidentiality(Cipher::Rc4),
        Self::Integrity,
        Self::Auth,
    ];

    pub(crate) const fn protection(self) -> Protection {
        match self {
            Self::Auth => Protection::None,
            Self::Integrity => Protection::Integrity,
            Self::Confidentiality(_) => Protection::Confidentiality,
        }
    }

    /// The name in `qop`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Auth => "auth",
            Self::Integrity => "auth-int",
            Self::Confidentiality(_) => "auth-conf",
        }
    }

    /// The name in `cipher`.
    pub(crate) const fn cipher(self) -> Option<&'static str> {
        match self {
            Self::Auth | Self::Integrity => None,
            Self::Confidentiality(Cipher::TripleDes) => Some("3des"),
            Self::Confidentiality(Cipher::Rc4) => Some("rc4"),
        }
    }

    //= SRS_SASL_MECHANISMS_01_071
    /// Octets that fit into a token which the peer's `buffer` holds.
    pub(crate) fn capacity(self, buffer: u32) -> usize {
        let buffer = usize::try_from(buffer).unwrap_or(usize::MAX);
        match self {
            Self::Auth => usize::MAX,
            Self::Integrity | Self::Confidentiality(Cipher::Rc4) => {
                buffer.saturating_sub(layer::MAC + layer::TRAILER)
            }
            Self::Confidentiality(Cipher::TripleDes) => {
                let room = buffer.saturating_sub(layer::TRAILER);
                let blocks = room.saturating_sub(room % ciphers::BLOCK);
                blocks.saturating_sub(layer::MAC + 1)
            }
        }
    }

    //= SRS_SASL_MECHANISMS_01_081
    /// Those that may be negotiated here, the strongest first.
    pub(crate) fn permitted(cx: &Context<'_>) -> impl Iterator<Item = Self> + use<> {
        let (LayerRange { least, most }, buffer) = (cx.layers, own_buffer(cx));
        Self::ALL.into_iter().filter(move |quality| {
            let range = LayerRange { least, most };
            range.admits(quality.protection()) && (*quality == Self::Auth || is_buffer(buffer))
        })
    }
}

/// The buffer that this side announces.
pub(crate) fn own_buffer(cx: &Context<'_>) -> u32 {
    cx.limits.layer_buffer.min(MAX_BUFFER)
}

//= SRS_SASL_MECHANISMS_01_086
/// Whether a `maxbuf` is more than 16 and fits into 24 bits (RFC 2831 section 2.1.1).
pub(crate) const fn is_buffer(size: u32) -> bool {
    16 < size && size <= MAX_BUFFER
}

//= SRS_SASL_MECHANISMS_01_087
/// Judges the length of a nonce of the peer.
pub(crate) fn check_nonce(cx: &Context<'_>, nonce: &str) -> Result<(), AuthFault> {
    match nonce.len() {
        ..MIN_NONCE => Err(AuthFault::Nonce),
        len if cx.limits.nonce < len => Err(AuthFault::TooLong),
        _ => Ok(()),
    }
}

/// `digest-uri = serv-type "/" host` (RFC 2831 section 2.1.2)
///
/// # Errors
///
/// As [`ascii`], and [`AuthFault::ProhibitedCharacter`] for a slash.
pub(crate) fn uri(service: &str, host: &str) -> Result<String, AuthFault> {
    for part in [service, host] {
        if ascii(part.as_bytes())?.contains('/') {
            return Err(AuthFault::ProhibitedCharacter);
        }
    }
    Ok(format!("{service}/{host}"))
}

pub(crate) const fn properties() -> Properties {
    Properties {
        mutual: true,
        dictionary: true,
        legacy: true,
        client_first: false,
        strength: 128,
        layers: Layers { integrity: true, confidentiality: true },
        ..Properties::named(NAME)
    }
}

pub(crate) const NAME: &str = "DIGEST-MD5";
/// The only count of a nonce there is: no nonce is used twice.
pub(crate) const COUNT: &str = "00000001";
/// Characters that 64 bits take at least, however they are written (RFC 2831 section 2.1.2).
const MIN_NONCE: usize = 8;
/// The largest buffer that can be announced.
const MAX_BUFFER: u32 = 0xff_ffff;
