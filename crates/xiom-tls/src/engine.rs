//! What a TLS implementation must offer: octets in place going in, one event a call coming out.
//!
//! An engine knows neither sockets nor the end of the stream; whether that end is a truncation is
//! judged by [`crate::Tls`], where the model sees it.

use core::ops::Range;

use xiom_core::{Security, TlsFault, WireBuf};

/// A TLS implementation for one connection, of either side.
///
/// Rules for authors:
///
/// - What the caller did not drop is shown again, unchanged, with more octets after it perhaps.
/// - [`Event::Established`] comes once, before any [`Event::Data`], also when octets of the user came
///   in the same flight.
/// - A fault is final; the alert that belongs to it is already in `out`.
pub trait TlsEngine {
    /// Advances over `input` up to one event, decrypting in place; what the protocol must say is
    /// appended to `out`, also before a fault.
    ///
    /// A client says its first words when it is shown no octets.
    ///
    /// # Errors
    ///
    /// Returns a [`TlsFault`] when the connection is lost for good.
    fn read(&mut self, input: &mut [u8], out: &mut WireBuf) -> Result<Read, TlsFault>;

    /// Appends all of `plain` to `out`, sealed; called only once established.
    ///
    /// # Errors
    ///
    /// Returns a [`TlsFault`] when the connection is lost for good.
    fn write(&mut self, plain: &[u8], out: &mut WireBuf) -> Result<(), TlsFault>;

    /// Says that nothing follows, once at most (RFC 8446 section 6.1).
    fn close_notify(&mut self, out: &mut WireBuf);

    /// What the layer above may rely on; nothing before the handshake is done.
    fn security(&self) -> Security;
}

/// What one call of [`TlsEngine::read`] did.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Read {
    /// Octets at the front of the input that are done with.
    pub consumed: usize,
    /// What they meant.
    pub event: Event,
}

/// What octets from the peer meant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Event {
    /// Nothing yet, or nothing for the user.
    NeedMore,
    /// The handshake is done, and the peer is who it should be.
    Established,
    /// Plain octets lie there in the input.
    Data(Range<usize>),
    /// The peer said `close_notify`.
    PeerClosed,
}
