//! Security layers: what a mechanism does with the octets after authentication (RFC 4422 section 3.7).
//!
//! Tokens go in and out; the 4 octets of length around them are the caller's, in one place.

use alloc::vec::Vec;
use core::{error, fmt};

/// How a layer protects octets, from the weakest.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Protection {
    /// Not at all.
    #[default]
    None,
    /// A change is noticed.
    Integrity,
    /// Nobody else can read, and a change is noticed.
    Confidentiality,
}

/// The protections that a mechanism can give besides none.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Layers {
    /// A layer with [`Protection::Integrity`].
    pub integrity: bool,
    /// A layer with [`Protection::Confidentiality`].
    pub confidentiality: bool,
}

impl Layers {
    /// No layer at all.
    pub const NONE: Self = Self { integrity: false, confidentiality: false };

    /// The strongest protection among these.
    #[must_use]
    pub const fn strongest(self) -> Protection {
        match self {
            Self { confidentiality: true, .. } => Protection::Confidentiality,
            Self { integrity: true, .. } => Protection::Integrity,
            Self { .. } => Protection::None,
        }
    }
}

/// Protects octets after authentication.
///
/// The state may be a context of a library, so nothing but the calls below is asked of it.
pub trait SecurityLayer {
    /// What the layer was negotiated to give.
    fn protection(&self) -> Protection;

    /// Octets that one [`Self::wrap`] takes at most: the peer's buffer less the overhead.
    fn max_plain(&self) -> usize;

    /// Octets of the longest token that the peer may send: what this side announced.
    fn max_token(&self) -> usize;

    /// Appends the token of `plain` to `out`.
    ///
    /// # Errors
    ///
    /// Returns [`LayerFault`] when `plain` exceeds [`Self::max_plain`] or the layer is poisoned.
    fn wrap(&mut self, plain: &[u8], out: &mut Vec<u8>) -> Result<(), LayerFault>;

    /// Appends the octets within `token` to `out`.
    ///
    /// # Errors
    ///
    /// Returns [`LayerFault`] and is poisoned for good when the token is not the next one of the peer.
    fn unwrap(&mut self, token: &[u8], out: &mut Vec<u8>) -> Result<(), LayerFault>;
}

/// Why a security layer gave up.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
#[non_exhaustive]
pub enum LayerFault {
    /// More octets than the limit.
    TooLong {
        /// Octets given.
        size: usize,
        /// Octets allowed.
        limit: usize,
    },
    /// The token does not follow the grammar.
    Malformed,
    /// The token was changed on the way.
    BadMac,
    /// The token is repeated, missing its predecessor, or not the next one.
    OutOfSequence,
    /// The token is not encrypted, although that was negotiated.
    NotConfidential,
    /// An earlier token was refused.
    Poisoned,
}

impl fmt::Display for LayerFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::TooLong { size, limit } => {
                return write!(f, "{size} octets exceed the limit of {limit}");
            }
            Self::Malformed => "peer sent a malformed token",
            Self::BadMac => "peer's token was changed on the way",
            Self::OutOfSequence => "peer's token is out of sequence",
            Self::NotConfidential => "peer's token is not encrypted",
            Self::Poisoned => "an earlier token was refused",
        })
    }
}

impl error::Error for LayerFault {}

//= exception SRS_SASL_MECHANISMS_01_071: this layer has no value, so no token is ever wrapped; due with the first mechanism that negotiates one until=2027-03-31
//= exception SRS_SASL_MECHANISMS_01_072: this layer has no value, so no token is ever wrapped; due with the first mechanism that negotiates one until=2027-03-31
//= exception SRS_SASL_MECHANISMS_01_073: this layer has no value, so no token is ever wrapped; due with the first mechanism that negotiates one until=2027-03-31
//= exception SRS_SASL_MECHANISMS_01_074: this layer has no value, so no token is ever wrapped; due with the first mechanism that negotiates one until=2027-03-31
/// The layer of mechanisms that have none; there is no such value.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum NoLayer {}

impl SecurityLayer for NoLayer {
    fn protection(&self) -> Protection {
        match *self {}
    }

    fn max_plain(&self) -> usize {
        match *self {}
    }

    fn max_token(&self) -> usize {
        match *self {}
    }

    fn wrap(&mut self, _: &[u8], _: &mut Vec<u8>) -> Result<(), LayerFault> {
        match *self {}
    }

    fn unwrap(&mut self, _: &[u8], _: &mut Vec<u8>) -> Result<(), LayerFault> {
        match *self {}
    }
}
