//! A window into a layer: what passes below it, for traces.
//!
//! The layer behaves as without the window; the window never changes an octet.

use alloc::boxed::Box;
use core::fmt;

use crate::{Layer, Phase, Received, Security, WireBuf};

/// `L`, whose octets from and to the layer below are shown to `observer`.
///
/// Octets from below are shown when the layer has taken them, so the observer sees each once, whatever
/// the fragmentation; a layer that works in place shows them as it left them. What a stack passes by a
/// transparent layer, such as octets that the user sends once it is open, is not shown.
pub struct Tap<L, F> {
    layer: L,
    observer: F,
}

impl<L: Layer, F: FnMut(Direction, &[u8])> Tap<L, F> {
    /// Opens a window below `layer`.
    pub const fn new(layer: L, observer: F) -> Self {
        Self { layer, observer }
    }

    /// The layer behind the window.
    #[must_use]
    pub const fn layer(&self) -> &L {
        &self.layer
    }

    //= SRS_SASLCLIENTIO_01_131, SRS_SASLCLIENTIO_01_132
    /// Runs `deed`, such as an answer, on the layer, and shows what it says.
    pub fn with_layer<T>(
        &mut self,
        out: &mut WireBuf,
        deed: impl FnOnce(&mut L, &mut WireBuf) -> T,
    ) -> T {
        let before = out.appended();
        let result = deed(&mut self.layer, out);
        let said = out.since(before);
        if !said.is_empty() {
            (self.observer)(Direction::Sent, said);
        }
        result
    }
}

impl<L: Layer, F: FnMut(Direction, &[u8])> Layer for Tap<L, F> {
    fn open(&mut self, below: &Security, out: &mut WireBuf) {
        self.with_layer(out, |layer, out| layer.open(below, out));
    }

    fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
        let before = out.appended();
        let received = self.layer.receive(input, out);
        let consumed = received.as_ref().map_or(0, |received| received.consumed);
        match input.get(..consumed) {
            //= SRS_SASLCLIENTIO_01_132
            Some(heard) if !heard.is_empty() => (self.observer)(Direction::Received, heard),
            _ => {}
        }
        let said = out.since(before);
        if !said.is_empty() {
            (self.observer)(Direction::Sent, said);
        }
        received
    }

    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        self.with_layer(out, |layer, out| layer.send(octets, out));
    }

    fn close(&mut self, out: &mut WireBuf) {
        self.with_layer(out, Layer::close);
    }

    fn end(&mut self) {
        self.layer.end();
    }

    fn phase(&self) -> Phase {
        self.layer.phase()
    }

    fn security(&self) -> Security {
        self.layer.security()
    }

    fn is_transparent(&self) -> bool {
        self.layer.is_transparent()
    }

    fn take_peer_text(&mut self) -> Option<Box<str>> {
        self.layer.take_peer_text()
    }

    fn work(&mut self, iterations: u32, out: &mut WireBuf) {
        self.with_layer(out, |layer, out| layer.work(iterations, out));
    }
}

impl<L: fmt::Debug, F> fmt::Debug for Tap<L, F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tap").field("layer", &self.layer).finish_non_exhaustive()
    }
}

/// Which way octets went.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Direction {
    /// From the peer.
    Received,
    /// To the peer.
    Sent,
}
