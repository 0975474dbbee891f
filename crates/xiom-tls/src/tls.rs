//! The TLS layer: which events of an engine count when, and what the end of the stream means.
//!
//! Nothing goes up before the handshake is done, and nothing after `close_notify` or a fault. The end
//! of the stream without `close_notify` is a failure unless the user says otherwise, and always one
//! within a record.

use xiom_core::{
    Cause, Channel, Failure, Layer, Phase, Received, Security, Stage, TlsFault, WireBuf,
};

use crate::{Event, Read, TlsEngine};

/// A TLS adapter as one life cycle: open, send, close and their completions, over [`Tls`] alone.
///
/// The states of the adapter's requirements are states of the channel:
///
/// | state | here |
/// |---|---|
/// | closed | [`Channel::is_closed`]; open is accepted |
/// | opening | after open, until [`xiom_core::Action::Opened`]: connecting, then `Opening(TlsHandshake)` |
/// | open | [`Channel::is_open`]; the layer is [`Phase::Open`], or [`Phase::Ended`] after `close_notify` |
/// | closing | after close, until [`xiom_core::Action::Closed`]: what is sealed and `close_notify` leave first |
/// | error | after [`xiom_core::Action::Failed`]; only close is accepted |
///
/// An open that fails takes the socket down by itself and ends closed.
pub type Tlsio<E> = Channel<Tls<E>>;

/// The TLS layer over the engine `E`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Tls<E> {
    engine: E,
    phase: Phase,
    truncated: Truncated,
    /// The peer has begun a record that is not yet complete.
    is_partial: bool,
}

/// What the end of the stream without `close_notify` means (RFC 8446 section 6.1).
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Truncated {
    /// A failure: octets may be missing, and an attacker may have cut them off.
    #[default]
    Refuse,
    /// An end in order, when it comes between records: for a protocol above that frames its own
    /// lengths and so sees what is missing.
    Accept,
}

impl<E: TlsEngine> Tls<E> {
    /// A layer that shakes hands once opened.
    pub const fn new(engine: E) -> Self {
        Self { engine, phase: Phase::Idle, truncated: Truncated::Refuse, is_partial: false }
    }

    /// The same layer, with another judgement of a missing `close_notify`.
    #[must_use]
    pub fn with_truncated(self, truncated: Truncated) -> Self {
        Self { truncated, ..self }
    }

    /// The engine, to look at what was agreed.
    #[must_use]
    pub const fn engine(&self) -> &E {
        &self.engine
    }

    fn fail(&mut self, fault: TlsFault) {
        self.phase = Phase::Failed(self.failure(fault));
    }

    const fn failure(&self, fault: TlsFault) -> Failure {
        Cause::Tls(fault).at(self.phase.stage())
    }
}

impl<E: TlsEngine> Layer for Tls<E> {
    fn open(&mut self, _below: &Security, out: &mut WireBuf) {
        self.phase = Phase::Opening(Stage::TlsHandshake);
        if let Err(fault) = self.engine.read(&mut [], out) {
            //= SRS_TLSIO_30_038
            self.fail(fault);
        }
    }

    //= SRS_TLSIO_50_029
    fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
        if !matches!(self.phase, Phase::Opening(_) | Phase::Open) {
            //= SRS_TLSIO_50_015
            return Received::discard(input);
        }
        let Read { consumed, event } = match self.engine.read(input, out) {
            Ok(read) => read,
            Err(fault) => {
                self.fail(fault);
                return Received::discard(input);
            }
        };
        //= SRS_TLSIO_50_013
        self.is_partial = event == Event::NeedMore && consumed < input.len();
        let mut data = 0..0;
        match event {
            //= SRS_TLSIO_30_102
            Event::NeedMore if consumed == 0 => return None,
            Event::NeedMore => {}
            Event::Established => self.phase = Phase::Open,
            //= SRS_TLSIO_30_100
            Event::Data(range) if matches!(self.phase, Phase::Open) => data = range,
            //= SRS_TLSIO_50_009
            Event::Data(_) => self.fail(TlsFault::Engine),
            //= SRS_TLSIO_50_014
            Event::PeerClosed if self.phase == Phase::Open => self.phase = Phase::Ended,
            //= SRS_TLSIO_50_016
            Event::PeerClosed => self.phase = Phase::Failed(END_IN_HANDSHAKE),
        }
        Some(Received::plain(consumed, data))
    }

    //= SRS_TLSIO_50_008
    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        if let Err(fault) = self.engine.write(octets, out) {
            self.fail(fault);
        }
    }

    fn close(&mut self, out: &mut WireBuf) {
        if matches!(self.phase, Phase::Open | Phase::Ended) {
            self.engine.close_notify(out);
        }
    }

    fn end(&mut self) {
        self.phase = match (self.phase, self.truncated) {
            (phase @ (Phase::Ended | Phase::Failed(_)), _) => phase,
            //= SRS_TLSIO_50_012
            (Phase::Open, Truncated::Accept) if !self.is_partial => Phase::Ended,
            //= SRS_TLSIO_50_011
            (Phase::Open, _) => Phase::Failed(self.failure(TlsFault::Truncated)),
            //= SRS_TLSIO_50_016
            (Phase::Idle | Phase::Opening(_) | Phase::Asking(_) | Phase::Working(_), _) => {
                Phase::Failed(END_IN_HANDSHAKE)
            }
        };
    }

    fn phase(&self) -> Phase {
        self.phase
    }

    fn security(&self) -> Security {
        self.engine.security()
    }
}

const END_IN_HANDSHAKE: Failure = Cause::EndOfStream.at(Stage::TlsHandshake);
