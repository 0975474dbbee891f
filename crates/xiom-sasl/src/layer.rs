//! Security layers: what a mechanism does with the octets after authentication (RFC 4422 section 3.7).
//!
//! Tokens go in and out; the 4 octets of length around them are the caller's, in one place.

use core::ops::Range;

use xiom_core::{LayerFault, WireBuf};

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

/// What two ends permit as a layer; see [`crate::Policy`].
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct LayerRange {
    /// Less is refused.
    pub least: Protection,
    /// More is not asked for.
    pub most: Protection,
}

impl LayerRange {
    /// No layer, and nothing else.
    pub const NONE: Self = Self { least: Protection::None, most: Protection::None };

    /// Whether a layer of this `protection` may be negotiated.
    #[must_use]
    pub fn admits(self, protection: Protection) -> bool {
        (self.least..=self.most).contains(&protection)
    }
}

/// Protects octets after authentication: octets in, one token out, and back.
///
/// The length before a token belongs to [`crate::Buffers`]. The state may be a context of a library, so
/// nothing but the calls below is asked of it.
pub trait SecurityLayer {
    /// What the layer was negotiated to give.
    fn protection(&self) -> Protection;

    /// Octets that one [`Self::wrap`] takes at most: [`Self::max_sent`] less the overhead.
    fn max_plain(&self) -> usize;

    /// Octets of the longest token that the peer may send: what this side announced.
    fn max_token(&self) -> usize;

    /// Octets of the longest token to the peer: the buffer that it announced.
    fn max_sent(&self) -> usize;

    /// Sends tokens of up to `octets` from now on, whatever buffer the peer has announced.
    fn set_max_sent(&mut self, octets: usize);

    /// Takes tokens of up to `octets` from now on, whatever buffer this side has announced.
    fn set_max_token(&mut self, octets: usize);

    /// Appends the token of `plain` to `out`.
    ///
    /// # Errors
    ///
    /// Returns [`LayerFault`] when `plain` exceeds [`Self::max_plain`] or the layer is poisoned; then
    /// what was appended is of no use.
    fn wrap(&mut self, plain: &[u8], out: &mut WireBuf) -> Result<(), LayerFault>;

    /// Turns `token` into plain octets in place, and says where in it they lie.
    ///
    /// # Errors
    ///
    /// Returns [`LayerFault`] and is poisoned for good when the token is not the next one of the peer.
    fn unwrap(&mut self, token: &mut [u8]) -> Result<Range<usize>, LayerFault>;
}

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

    fn max_sent(&self) -> usize {
        match *self {}
    }

    fn set_max_sent(&mut self, _: usize) {
        match *self {}
    }

    fn set_max_token(&mut self, _: usize) {
        match *self {}
    }

    fn wrap(&mut self, _: &[u8], _: &mut WireBuf) -> Result<(), LayerFault> {
        match *self {}
    }

    fn unwrap(&mut self, _: &mut [u8]) -> Result<Range<usize>, LayerFault> {
        match *self {}
    }
}

/// The layer of those mechanisms of this crate that are one type.
#[cfg(feature = "legacy")]
pub type MechanismLayer = crate::digest_md5::DigestLayer;

/// The layer of those mechanisms of this crate that are one type.
#[cfg(not(feature = "legacy"))]
pub type MechanismLayer = NoLayer;
