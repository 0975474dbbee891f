//! Two layers that act as one.
//!
//! The upper layer sees the plain octets where the lower one left them in the caller's input; a rest
//! that the upper layer has not taken is remembered as a range, never copied.

use alloc::boxed::Box;
use core::ops::Range;

use crate::{Failure, Layer, Phase, Received, Security, Stage, WireBuf};

/// `Upper` over `Lower`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Stack<Upper, Lower> {
    upper: Upper,
    lower: Lower,
    /// Empty where there is nothing.
    held: Held,
}

impl<Upper: Layer, Lower: Layer> Stack<Upper, Lower> {
    //= SRS_TLSIO_30_019
    /// Puts `upper` on `lower`.
    pub fn new(upper: Upper, lower: Lower) -> Self {
        Self { upper, lower, held: Held::default() }
    }

    /// The layer above.
    #[must_use]
    pub const fn upper(&self) -> &Upper {
        &self.upper
    }

    /// The layer below.
    #[must_use]
    pub const fn lower(&self) -> &Lower {
        &self.lower
    }

    /// Runs `deed` on the upper layer, such as an answer to its question, and sends what it says.
    pub fn with_upper<T>(
        &mut self,
        out: &mut WireBuf,
        deed: impl FnOnce(&mut Upper, &mut WireBuf) -> T,
    ) -> T {
        if self.lower.is_transparent() {
            return deed(&mut self.upper, out);
        }
        let mut between = WireBuf::default();
        let result = deed(&mut self.upper, &mut between);
        self.flush(between, out);
        result
    }

    /// Runs `deed` on the lower layer, and tells the upper one what came of it.
    pub fn with_lower<T>(
        &mut self,
        out: &mut WireBuf,
        deed: impl FnOnce(&mut Lower, &mut WireBuf) -> T,
    ) -> T {
        let result = deed(&mut self.lower, out);
        self.rise(out);
        result
    }

    /// Tells the upper layer that the lower one has opened or ended.
    fn rise(&mut self, out: &mut WireBuf) {
        match self.lower.phase() {
            //= SRS_SASLCLIENTIO_01_013, SRS_SASLCLIENTIO_01_105
            Phase::Open if self.upper.phase() == Phase::Idle => {
                let below = self.lower.security();
                self.with_upper(out, |upper, out| upper.open(&below, out));
            }
            Phase::Ended => self.upper.end(),
            Phase::Idle
            | Phase::Opening(_)
            | Phase::Asking(_)
            | Phase::Working(_)
            | Phase::Open
            | Phase::Failed(_) => {}
        }
    }

    /// Sends what the upper layer said; while it shakes hands, that may have been a password.
    fn flush(&mut self, mut between: WireBuf, out: &mut WireBuf) {
        //= SRS_SASL_SERVER_IO_01_067
        if !between.is_empty() {
            //= SRS_SASLCLIENTIO_01_095
            self.lower.send(between.pending(), out);
            if !matches!(self.upper.phase(), Phase::Open | Phase::Ended) {
                between.wipe();
            }
        }
    }

    //= SRS_SASL_SERVER_IO_01_042
    //= SRS_SASLCLIENTIO_01_013
    fn pull(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Held> {
        let Received { consumed, data, gathered: _ } = self.lower.receive(input, out)?;
        self.rise(out);
        Some(Held { consumed, data })
    }
}

impl<Upper: Layer, Lower: Layer> Layer for Stack<Upper, Lower> {
    fn open(&mut self, below: &Security, out: &mut WireBuf) {
        //= SRS_TLSIO_30_018
        //= SRS_SASLCLIENTIO_01_009
        self.lower.open(below, out);
        self.rise(out);
    }

    fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
        if self.lower.is_transparent() {
            return self.upper.receive(input, out);
        }
        // The short way for every record of an open channel: nothing in it is the upper layer's.
        if self.held.data.is_empty() && self.upper.is_transparent() {
            let received = self.lower.receive(input, out);
            if matches!(self.lower.phase(), Phase::Ended) {
                self.upper.end();
            }
            return received;
        }
        if self.upper.phase().is_paused() {
            return None;
        }
        let mut held = match core::mem::take(&mut self.held) {
            held if held.data.is_empty() => self.pull(input, out)?,
            held => held,
        };
        //= SRS_SASL_SERVER_IO_50_012
        if self.upper.is_transparent() {
            return Some(Received::plain(held.consumed, held.data));
        }
        let plain = input.get_mut(held.data.clone()).unwrap_or_default();
        let mut between = WireBuf::default();
        let got = self.upper.receive(plain, &mut between);
        self.flush(between, out);
        let Some(got) = got else { return Some(Received::skip(held.consumed)) };
        let data = held.data.start + got.data.start..held.data.start + got.data.end;
        held.data.start += got.consumed;
        if held.data.is_empty() {
            return Some(Received { consumed: held.consumed, data, gathered: got.gathered });
        }
        //= SRS_SASLCLIENTIO_50_011
        self.held = held;
        Some(Received { consumed: 0, data, gathered: got.gathered })
    }

    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        if self.upper.is_transparent() {
            return self.lower.send(octets, out);
        }
        self.with_upper(out, |upper, out| upper.send(octets, out));
    }

    fn lead(&mut self, length: usize, out: &mut WireBuf) -> bool {
        //= SRS_SASL_SERVER_IO_01_036
        //= SRS_SASLCLIENTIO_01_020
        if self.upper.is_transparent() {
            return self.lower.lead(length, out);
        }
        self.lower.is_transparent() && self.upper.lead(length, out)
    }

    fn close(&mut self, out: &mut WireBuf) {
        self.with_upper(out, Upper::close);
        self.lower.close(out);
    }

    fn end(&mut self) {
        self.lower.end();
        if self.lower.phase() == Phase::Ended {
            self.upper.end();
        }
    }

    /// A lower layer that fails while the upper one shakes hands fails at the upper one's stage.
    fn phase(&self) -> Phase {
        match self.lower.phase() {
            Phase::Open | Phase::Ended => self.upper.phase(),
            Phase::Failed(failure) if failure.stage == Stage::Open => {
                Phase::Failed(Failure { stage: self.upper.phase().stage(), ..failure })
            }
            phase @ (Phase::Idle
            | Phase::Opening(_)
            | Phase::Asking(_)
            | Phase::Working(_)
            | Phase::Failed(_)) => phase,
        }
    }

    fn security(&self) -> Security {
        if self.upper.is_transparent() { self.lower.security() } else { self.upper.security() }
    }

    fn is_transparent(&self) -> bool {
        self.upper.is_transparent() && self.lower.is_transparent()
    }

    fn take_peer_text(&mut self) -> Option<Box<str>> {
        self.upper.take_peer_text().or_else(|| self.lower.take_peer_text())
    }

    fn work(&mut self, iterations: u32, out: &mut WireBuf) {
        if self.lower.phase().is_paused() {
            self.with_lower(out, |lower, out| lower.work(iterations, out));
        } else {
            self.with_upper(out, |upper, out| upper.work(iterations, out));
        }
    }
}

/// Plain octets of the lower layer that the upper one has not taken.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
struct Held {
    consumed: usize,
    data: Range<usize>,
}
