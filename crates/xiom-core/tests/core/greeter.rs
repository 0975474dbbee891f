//! A layer of four octets that shakes hands, asks, works, fails and says goodbye, all on demand.

use xiom_core::{
    Action, Cause, Channel, Fact, Layer, Limits, OpenResult, Phase, Received, Security, Stage,
    TlsFault, WireBuf,
};

/// Says `h`; `H` opens it, `?` makes it ask, `w` work for three slices, `!` fail with the last words `x`,
/// `.` end in order. It fails to send `fail`.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub(crate) struct Greeter {
    phase: Phase,
    slices: u8,
}

impl Greeter {
    /// The answer to its question.
    pub(crate) fn answer(&mut self, good: bool, out: &mut WireBuf) {
        out.extend(if good { b"y" } else { b"n" });
        self.phase = if good { Phase::Open } else { failed() };
    }
}

/// How it fails.
pub(crate) fn failed() -> Phase {
    Phase::Failed(Cause::Tls(TlsFault::Protocol).at(Stage::TlsHandshake))
}

impl Layer for Greeter {
    fn open(&mut self, _below: &Security, out: &mut WireBuf) {
        self.phase = Phase::Opening(Stage::TlsHandshake);
        out.extend(b"h");
    }

    fn receive(&mut self, input: &mut [u8], out: &mut WireBuf) -> Option<Received> {
        match self.phase {
            Phase::Opening(stage) => {
                self.phase = match input.first()? {
                    b'H' => Phase::Open,
                    b'?' => Phase::Asking(stage),
                    b'w' => Phase::Working(stage),
                    _ => {
                        out.extend(b"x");
                        failed()
                    }
                };
                Some(Received::skip(1))
            }
            Phase::Open if input.first() == Some(&b'!') => {
                out.extend(b"x");
                self.phase = failed();
                Some(Received::skip(1))
            }
            Phase::Open if input.first() == Some(&b'.') => {
                self.phase = Phase::Ended;
                Some(Received::skip(1))
            }
            Phase::Open => Received::pass(input),
            Phase::Asking(_) | Phase::Working(_) | Phase::Idle => None,
            Phase::Ended | Phase::Failed(_) => Received::discard(input),
        }
    }

    fn send(&mut self, octets: &[u8], out: &mut WireBuf) {
        if octets == b"fail" {
            self.phase = failed();
        } else {
            out.extend(octets);
        }
    }

    fn close(&mut self, out: &mut WireBuf) {
        if matches!(self.phase, Phase::Open | Phase::Ended) {
            out.extend(b".");
        }
    }

    fn end(&mut self) {
        self.phase = match self.phase {
            Phase::Ended => Phase::Ended,
            Phase::Idle
            | Phase::Opening(_)
            | Phase::Asking(_)
            | Phase::Working(_)
            | Phase::Open
            | Phase::Failed(_) => Phase::Failed(Cause::EndOfStream.at(self.phase.stage())),
        };
    }

    fn phase(&self) -> Phase {
        self.phase
    }

    fn security(&self) -> Security {
        Security { confidential: true, ..Security::default() }
    }

    fn take_peer_text(&mut self) -> Option<Box<str>> {
        matches!(self.phase, Phase::Failed(_)).then(|| "no".into())
    }

    fn work(&mut self, _iterations: u32, out: &mut WireBuf) {
        self.slices += 1;
        if self.slices == 3 {
            out.extend(b"d");
            self.phase = Phase::Open;
        }
    }
}

/// A channel whose socket is up and which waits for the peer's word.
pub(crate) fn opening<L: Layer>(layers: L, limits: Limits) -> (Channel<L>, WireBuf) {
    let (mut channel, mut wire) = (Channel::new(limits), WireBuf::default());
    channel.open(layers, core::time::Duration::ZERO, &mut wire).unwrap();
    assert_eq!(actions(&mut channel, &mut wire), [Action::Connect]);
    channel.handle(Fact::Connected, &mut wire);
    (channel, wire)
}

/// An open channel over a [`Greeter`], its wire empty.
pub(crate) fn open(limits: Limits) -> (Channel<Greeter>, WireBuf) {
    let (mut channel, mut wire) = opening(Greeter::default(), limits);
    wire.take(1);
    assert_eq!(hear(&mut channel, &mut wire, b"H"), b"");
    assert_eq!(actions(&mut channel, &mut wire), [Action::Opened(OpenResult::Ok)]);
    (channel, wire)
}

/// All deeds that are owed.
pub(crate) fn actions<L: Layer>(channel: &mut Channel<L>, wire: &mut WireBuf) -> Vec<Action> {
    core::iter::from_fn(|| channel.poll_action(wire)).collect()
}

/// Shows `octets` until the channel takes no more; what came up.
pub(crate) fn hear<L: Layer>(
    channel: &mut Channel<L>,
    wire: &mut WireBuf,
    octets: &[u8],
) -> Vec<u8> {
    let (mut input, mut heard) = (octets.to_vec(), Vec::new());
    while let Some(got) = channel.receive(&mut input, wire) {
        heard.extend_from_slice(&input[got.data]);
        input.drain(..got.consumed);
    }
    heard
}
