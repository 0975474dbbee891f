//! Nonces: the only randomness of an exchange, given by the caller.

use alloc::boxed::Box;
use core::fmt;

use crate::encoding::to_base64;

/// Octets that never came before, printable; they are public, and not printed all the same.
#[derive(Clone, Eq, Hash, PartialEq)]
pub struct Nonce(Box<str>);

impl Nonce {
    /// Octets of entropy that a nonce is made of.
    pub const ENTROPY: usize = 24;

    /// Fewest characters of a nonce that is given as text.
    pub const MIN_TEXT: usize = 18;

    /// Makes a nonce of `entropy`, fresh from a cryptographic source for each exchange.
    ///
    /// A source that fails must end the exchange; octets that are known or repeated let recorded
    /// exchanges be played again.
    #[must_use]
    pub fn new(entropy: [u8; Self::ENTROPY]) -> Self {
        Self(to_base64(&entropy).into())
    }

    //= SRS_SASL_MECHANISMS_01_051
    /// Takes a nonce that is already `text`, such as one of a recorded exchange.
    ///
    /// `None` unless there are [`Self::MIN_TEXT`] printable characters or more, and no comma.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        (Self::MIN_TEXT <= text.len() && is_printable(text)).then(|| Self(text.into()))
    }

    /// A nonce of a recorded exchange, however short.
    #[cfg(all(test, feature = "legacy"))]
    pub(crate) fn recorded(text: &str) -> Self {
        Self(text.into())
    }

    pub(crate) fn text(&self) -> &str {
        &self.0
    }
}

/// `printable = %x21-2B / %x2D-7E`, one or more (RFC 5802 section 7).
pub(crate) fn is_printable(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_graphic() && octet != b',')
}

impl fmt::Debug for Nonce {
    //= SRS_SASL_MECHANISMS_01_031
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Nonce")
    }
}
