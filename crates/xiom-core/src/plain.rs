//! The layer that adds nothing: octets as they are.

use crate::{Layer, Phase, Received, Security, WireBuf};

/// No protocol at all; the bottom of a stack without TLS, and a stand-in where a layer is wanted.
///
/// It passes on what the user asserts of the channel below, such as a private network that counts as
/// confidential.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct Plain {
    asserted: Security,
    phase: Phase,
}

impl Plain {
    /// A layer whose channel is `asserted` to have these properties by other means.
    #[must_use]
    pub const fn asserting(asserted: Security) -> Self {
        Self { asserted, phase: Phase::Idle }
    }
}

impl Layer for Plain {
    fn open(&mut self, _below: &Security, _out: &mut WireBuf) {
        self.phase = Phase::Open;
    }

    fn receive(&mut self, input: &mut [u8], _out: &mut WireBuf) -> Option<Received> {
        Received::pass(input)
    }

    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        out.extend(octets);
    }

    fn lead(&mut self, _length: usize, _out: &mut WireBuf) -> bool {
        true
    }

    fn close(&mut self, _out: &mut WireBuf) {}

    fn end(&mut self) {
        self.phase = Phase::Ended;
    }

    fn phase(&self) -> Phase {
        self.phase
    }

    fn security(&self) -> Security {
        self.asserted.clone()
    }

    fn is_transparent(&self) -> bool {
        matches!(self.phase, Phase::Open | Phase::Ended)
    }
}
