//! What is left of an exchange that succeeded: its proof, and the security layer if one was negotiated.
//!
//! Invariant: with a security layer every octet after the outcome goes through it, both ways, and the
//! first fault ends both ways (AMQP 1.0 part 5 section 5.3.2, RFC 4422 section 3.7).

use alloc::boxed::Box;

use xiom_core::{Cause, Received, WireBuf};
use xiom_sasl::{Buffers, Established, NoLayer, SecurityLayer};

/// An exchange that succeeded.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) struct Opened<L> {
    established: Established<NoLayer>,
    buffers: Option<Box<Buffers<L>>>,
}

impl<L: SecurityLayer> Opened<L> {
    //= SRS_SASL_MECHANISMS_01_074
    pub(crate) fn new(established: Established<L>) -> Self {
        let (established, layer) = established.split();
        Self { established, buffers: layer.map(|layer| Box::new(Buffers::new(layer))) }
    }

    pub(crate) const fn established(&self) -> &Established<NoLayer> {
        &self.established
    }

    pub(crate) const fn is_transparent(&self) -> bool {
        self.buffers.is_none()
    }

    //= SRS_SASL_MECHANISMS_01_121
    /// Takes octets from the front of `input`, as a layer does.
    pub(crate) fn receive(&mut self, input: &mut [u8]) -> Result<Option<Received>, Cause> {
        match &mut self.buffers {
            Some(buffers) => buffers.receive(input).map_err(Cause::Protection),
            None => Ok(Received::pass(input)),
        }
    }

    pub(crate) fn send(&mut self, octets: &[u8], out: &mut WireBuf) -> Result<(), Cause> {
        if let Some(buffers) = &mut self.buffers {
            return buffers.send(octets, out).map_err(Cause::Protection);
        }
        out.extend(octets);
        Ok(())
    }

    //= SRS_SASL_MECHANISMS_01_120
    /// Judges the end of the peer's octets: within a token it is none in order.
    pub(crate) fn end(&self) -> Result<(), Cause> {
        match &self.buffers {
            Some(buffers) if !buffers.is_between() => Err(Cause::EndOfStream),
            Some(_) | None => Ok(()),
        }
    }
}
