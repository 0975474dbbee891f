//! The TLS adapter alone: `Channel` over `Tls`, with a toy engine that fails when it seals too much.

use xiom_core::{Limits, Security, TlsFault, WireBuf};
use xiom_testing::{GOODBYE, HELLO, HELLO_BACK, RECORD, ToyEngine, seal};
use xiom_tls::{Read, Tls, TlsEngine, Truncated};

use super::{Size, limits};
use crate::world::{Bounds, ChannelModel, End, Script, Setup, Spent, Tap, Unit};

/// The toy engine, which gives up when it has sealed so many messages: a lower layer that fails in the
/// middle of a send.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Frail {
    engine: ToyEngine,
    left: u8,
}

impl TlsEngine for Frail {
    fn read(&mut self, input: &mut [u8], out: &mut WireBuf) -> Result<Read, TlsFault> {
        self.engine.read(input, out)
    }

    fn write(&mut self, plain: &[u8], out: &mut WireBuf) -> Result<(), TlsFault> {
        self.left = self.left.checked_sub(1).ok_or(TlsFault::Engine)?;
        self.engine.write(plain, out)
    }

    fn close_notify(&mut self, out: &mut WireBuf) {
        self.engine.close_notify(out);
    }

    fn security(&self) -> Security {
        self.engine.security()
    }
}

/// The client's adapter, which takes a missing goodbye for a failure; few messages may be pending.
#[must_use]
pub fn client(size: Size) -> ChannelModel<Tls<Frail>> {
    let limits = Limits { messages: 3, queued: 100, ..limits() };
    let spent = Spent { opens: 1, closes: 1, sends: 4, faults: 1, ..Spent::default() };
    let bounds = match size {
        Size::Small => Bounds { spent, units: 2, pairs: false },
        Size::Review => Bounds { spent: Spent { finishes: 1, ..spent }, units: 3, pairs: false },
        Size::Nightly => {
            let spent = Spent { opens: 2, closes: 2, finishes: 1, drops: 1, ..spent };
            Bounds { spent, units: 3, pairs: false }
        }
    };
    let setup = setup("tlsio", self::layers, HELLO_BACK, false);
    ChannelModel::new(Setup { limits, ..setup }, bounds)
}

/// The same with connections one after the other.
#[must_use]
pub fn again(size: Size) -> ChannelModel<Tls<Frail>> {
    let spent = Spent { opens: 2, closes: 2, finishes: 1, sends: 1, faults: 1, ..Spent::default() };
    let bounds = match size {
        Size::Small => Bounds { spent, units: 2, pairs: false },
        Size::Review => {
            Bounds { spent: Spent { sends: 2, drops: 1, ..spent }, units: 2, pairs: false }
        }
        Size::Nightly => {
            let spent = Spent { opens: 3, closes: 3, sends: 2, ..spent };
            Bounds { spent, units: 3, pairs: false }
        }
    };
    ChannelModel::new(setup("tlsio-again", self::layers, HELLO_BACK, false), bounds)
}

/// The server's adapter, which takes a missing goodbye between records for an end; few octets may wait.
#[must_use]
pub fn server(size: Size) -> ChannelModel<Tls<Frail>> {
    let layers = || {
        let tls = Tls::new(Frail { engine: ToyEngine::server(), left: 2 });
        tls.with_truncated(Truncated::Accept)
    };
    let spent = Spent { opens: 1, closes: 1, finishes: 1, sends: 3, faults: 1, ..Spent::default() };
    let bounds = match size {
        Size::Small => Bounds { spent, units: 3, pairs: false },
        Size::Review => Bounds { spent: Spent { closes: 2, ..spent }, units: 3, pairs: true },
        Size::Nightly => {
            let spent = Spent { opens: 2, closes: 2, drops: 1, ..spent };
            Bounds { spent, units: 3, pairs: true }
        }
    };
    ChannelModel::new(setup("tlsio-server", layers, HELLO, true), bounds)
}

fn layers() -> Tls<Frail> {
    Tls::new(Frail { engine: ToyEngine::client(), left: 3 })
}

fn setup(
    name: &'static str,
    layers: fn() -> Tls<Frail>,
    hello: u8,
    end_is_goodbye: bool,
) -> Setup<Tls<Frail>> {
    Setup {
        name,
        about: "The TLS adapter alone, over an engine that gives up after a few messages.",
        layers,
        limits: limits(),
        units: vec![
            Unit::data("a record", seal(b"d"), End::None),
            Unit::data("goodbye", vec![GOODBYE], End::Goodbye),
            Unit::data("garbage", vec![0], End::None),
            Unit::data("half a record", vec![RECORD, 1], End::Partial),
            Unit::new("hello", "h", vec![hello]),
        ],
        answers: Vec::new(),
        scripts: vec![Script {
            said: "h",
            answers: String::new(),
            wrote: Vec::new(),
            opens: true,
            works: false,
        }],
        tap: Tap::sealed(0),
        secret: b"",
        rounds: 0,
        end_is_goodbye,
        frame: 0,
    }
}
