//! Security contexts of GSS-API (RFC 2743), as the mechanism `GSSAPI` (RFC 4752) uses them.
//!
//! [`GssContext`] is all that is asked of a library. The mechanism itself is
//! [`client::Gssapi`](crate::client::Gssapi) and [`server::Gssapi`](crate::server::Gssapi), the layer
//! [`GssLayer`]. Invariants: every grant of a context is checked before it is relied on, and a context is
//! dropped at its first error.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::ops::Range;

use xiom_core::{AuthFault, LayerFault, WireBuf};

use crate::{Layers, Properties};

mod layer;
pub(crate) mod negotiation;

pub use layer::GssLayer;

/// One end of a security context, from its first token on.
///
/// An implementation performs no IO in [`Self::step`] of an initiator: what has to be fetched, such as a
/// ticket, is fetched before the context is handed over. After an error a context is not called again.
pub trait GssContext {
    /// Takes the peer's `token`, appends the next one to `out`, and says whether this end is complete.
    ///
    /// An initiator is called first, with an empty token. What is appended may be nothing. After
    /// completion it is not called again.
    ///
    /// # Errors
    ///
    /// Returns [`AuthFault::Gss`] when the library refuses.
    fn step(&mut self, token: &[u8], out: &mut Vec<u8>) -> Result<bool, AuthFault>;

    /// What the context really grants; asked when it is complete.
    fn flags(&self) -> GssFlags;

    /// The name of the initiator's principal, such as `user@REALM`; asked when the context is complete.
    fn initiator(&self) -> Option<Box<str>>;

    /// Appends the token of `plain` to `out`, and says whether it is encrypted.
    ///
    /// # Errors
    ///
    /// Returns [`LayerFault`] when the library refuses.
    fn wrap(
        &mut self,
        confidential: bool,
        plain: &[u8],
        out: &mut WireBuf,
    ) -> Result<bool, LayerFault>;

    /// Verifies `token` and turns it into plain octets in place.
    ///
    /// # Errors
    ///
    /// Returns [`LayerFault::OutOfSequence`] for a token that is repeated, old, early or behind a gap, and
    /// another fault for one that is not the peer's.
    fn unwrap(&mut self, token: &mut [u8]) -> Result<Unwrapped, LayerFault>;

    /// Octets that [`Self::wrap`] may take for a token of at most `max_token` octets; 0 when there is no
    /// room for any.
    ///
    /// # Errors
    ///
    /// Returns [`LayerFault`] when the library refuses.
    fn wrap_size_limit(&mut self, confidential: bool, max_token: u32) -> Result<u32, LayerFault>;
}

/// What [`GssContext::unwrap`] found.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Unwrapped {
    /// Where in the token the plain octets lie.
    pub plain: Range<usize>,
    /// The token was encrypted.
    pub confidential: bool,
}

/// What a context grants (RFC 2743 section 1.2).
#[expect(clippy::struct_excessive_bools, reason = "each is an independent flag of the interface")]
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct GssFlags {
    /// The acceptor has proven itself, too.
    pub mutual: bool,
    /// A change of a token is noticed.
    pub integrity: bool,
    /// Tokens can be encrypted.
    pub confidentiality: bool,
    /// A repeated token is noticed.
    pub replay: bool,
    /// A token out of its order is noticed.
    pub sequence: bool,
    /// The initiator's credentials went to the acceptor.
    pub delegation: bool,
    /// The initiator is nobody in particular.
    pub anonymous: bool,
}

impl GssFlags {
    /// What the mechanism asks for: everything but delegation and anonymity.
    pub const ASKED: Self = Self {
        mutual: true,
        integrity: true,
        confidentiality: true,
        replay: true,
        sequence: true,
        delegation: false,
        anonymous: false,
    };

    //= SRS_SASL_MECHANISMS_01_106
    /// The layers that such a context can carry: without order, none.
    ///
    /// A token that is repeated is out of order, too (RFC 2743 section 1.2.3), so `replay` adds nothing; RFC
    /// 4752 section 3.1 lets a client ask for `sequence` alone, and clients in use do.
    #[must_use]
    pub const fn layers(self) -> Layers {
        let integrity = self.integrity && self.sequence;
        Layers { integrity, confidentiality: integrity && self.confidentiality }
    }

    /// Refuses what no exchange can rest on.
    pub(crate) const fn check(self, may_delegate: bool) -> Result<(), AuthFault> {
        //= SRS_SASL_MECHANISMS_01_102
        if !self.mutual {
            return Err(AuthFault::ServerNotVerified);
        }
        //= SRS_SASL_MECHANISMS_01_069, SRS_SASL_MECHANISMS_01_102, SRS_SASL_MECHANISMS_01_103
        if !self.integrity || self.anonymous || (self.delegation && !may_delegate) {
            return Err(AuthFault::ContextFlags);
        }
        Ok(())
    }
}

/// The context of a build without such a library; there is no such value.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum NoGss {}

impl GssContext for NoGss {
    fn step(&mut self, _: &[u8], _: &mut Vec<u8>) -> Result<bool, AuthFault> {
        match *self {}
    }

    fn flags(&self) -> GssFlags {
        match *self {}
    }

    fn initiator(&self) -> Option<Box<str>> {
        match *self {}
    }

    fn wrap(&mut self, _: bool, _: &[u8], _: &mut WireBuf) -> Result<bool, LayerFault> {
        match *self {}
    }

    fn unwrap(&mut self, _: &mut [u8]) -> Result<Unwrapped, LayerFault> {
        match *self {}
    }

    fn wrap_size_limit(&mut self, _: bool, _: u32) -> Result<u32, LayerFault> {
        match *self {}
    }
}

/// `GSSAPI` with Kerberos: both ends are proven, nothing helps a dictionary, both layers are there.
pub(crate) const PROPERTIES: Properties = Properties {
    mutual: true,
    strength: 256,
    layers: Layers { integrity: true, confidentiality: true },
    ..Properties::named("GSSAPI")
};

/// Takes one step of `context`; on an error nothing stays appended.
pub(crate) fn step<G: GssContext>(
    context: &mut G,
    token: &[u8],
    out: &mut Vec<u8>,
) -> Result<bool, AuthFault> {
    let start = out.len();
    context.step(token, out).inspect_err(|_| out.truncate(start))
}
