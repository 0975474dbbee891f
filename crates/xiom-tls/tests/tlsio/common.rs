//! Adapters over the toy engine in every state, and engines with a flaw.

use core::time::Duration;

use xiom_core::{Action, Channel, Fact, Layer, Limits, Security, TlsFault, WireBuf};
use xiom_testing::{HELLO_BACK, ToyEngine};
use xiom_tls::{Read, Tls, TlsEngine};

pub(crate) type Adapter = xiom_tls::Tlsio<ToyEngine>;

pub(crate) const NOW: Duration = Duration::from_secs(100);
/// Little room: a record with octets fills the wire, and two messages may wait behind it.
pub(crate) const TIGHT: Limits =
    Limits { wire: 4, queued: 8, messages: 3, message: 6, ..Limits::CLIENT };

pub(crate) fn layers() -> Tls<ToyEngine> {
    Tls::new(ToyEngine::client())
}

/// An adapter whose socket is up, and whose hello was taken.
pub(crate) fn opening() -> (Adapter, WireBuf) {
    opening_over(layers(), Limits::CLIENT)
}

pub(crate) fn opening_over<L: Layer>(layers: L, limits: Limits) -> (Channel<L>, WireBuf) {
    let (mut channel, mut wire) = (Channel::new(limits), WireBuf::default());
    channel.open(layers, Duration::ZERO, &mut wire).unwrap();
    assert_eq!(deeds(&mut channel, &mut wire), [Action::Connect]);
    channel.handle(Fact::Connected, &mut wire);
    wire.take(1);
    (channel, wire)
}

/// An adapter whose handshake is done, which its user does not know.
pub(crate) fn opened(limits: Limits) -> (Adapter, WireBuf) {
    let (mut adapter, mut wire) = opening_over(layers(), limits);
    assert_eq!(hear(&mut adapter, &mut wire, &[HELLO_BACK]), b"");
    (adapter, wire)
}

/// An open adapter with nothing on its wire.
pub(crate) fn open(limits: Limits) -> (Adapter, WireBuf) {
    let (mut adapter, mut wire) = opened(limits);
    assert_eq!(deeds(&mut adapter, &mut wire).len(), 1);
    assert!(adapter.is_open() && wire.is_empty());
    (adapter, wire)
}

/// An adapter that has told its user that it broke.
pub(crate) fn broken() -> (Adapter, WireBuf) {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    adapter.handle(Fact::Lost(xiom_core::SocketFault::Reset), &mut wire);
    assert!(matches!(deeds(&mut adapter, &mut wire)[..], [Action::Failed(_)]));
    (adapter, wire)
}

/// An open adapter that is about to close, and has said so to its peer.
pub(crate) fn closing() -> (Adapter, WireBuf) {
    let (mut adapter, mut wire) = open(Limits::CLIENT);
    adapter.close(NOW, &mut wire).unwrap();
    wire.take(1);
    assert_eq!(deeds(&mut adapter, &mut wire), [Action::Shutdown]);
    (adapter, wire)
}

/// All deeds that are owed.
pub(crate) fn deeds<L: Layer>(channel: &mut Channel<L>, wire: &mut WireBuf) -> Vec<Action> {
    core::iter::from_fn(|| channel.poll_action(wire)).collect()
}

/// Takes the socket down if that is owed; all deeds, with those that follow.
pub(crate) fn settle<L: Layer>(channel: &mut Channel<L>, wire: &mut WireBuf) -> Vec<Action> {
    let mut told = deeds(channel, wire);
    if told.contains(&Action::Disconnect) {
        channel.handle(Fact::Disconnected, wire);
        told.extend(deeds(channel, wire));
    }
    told
}

/// Shows `octets` until the adapter takes no more; what came up.
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

/// The toy engine with a flaw.
pub(crate) struct Flawed(ToyEngine, Flaw);

#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum Flaw {
    /// It has no randomness for its first words.
    CannotBegin,
    /// It cannot seal the message `fail`, nor an empty one.
    CannotSeal,
}

impl Flawed {
    pub(crate) fn layers(flaw: Flaw) -> Tls<Self> {
        Tls::new(Self(ToyEngine::client(), flaw))
    }
}

impl TlsEngine for Flawed {
    fn read(&mut self, input: &mut [u8], out: &mut WireBuf) -> Result<Read, TlsFault> {
        match self.1 {
            Flaw::CannotBegin => Err(TlsFault::Engine),
            Flaw::CannotSeal => self.0.read(input, out),
        }
    }

    fn write(&mut self, plain: &[u8], out: &mut WireBuf) -> Result<(), TlsFault> {
        let is_flawed = plain.is_empty() || plain == b"fail";
        if is_flawed { Err(TlsFault::Engine) } else { self.0.write(plain, out) }
    }

    fn close_notify(&mut self, out: &mut WireBuf) {
        self.0.close_notify(out);
    }

    fn security(&self) -> Security {
        self.0.security()
    }
}
