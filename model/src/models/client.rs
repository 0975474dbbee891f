//! The AMQP SASL client with PLAIN: alone, in clear, over TLS, and over TLS that a header announces.

use xiom_amqp_codec::SaslCode;
use xiom_amqp_sasl::{Client, ClientConfig, HeaderExchange};
use xiom_core::{Plain, Security, Stack};
use xiom_sasl::Credentials;
use xiom_sasl::client::{Anonymous, Mechanism, Plain as PlainMechanism};
use xiom_testing::{GOODBYE, HELLO_BACK, ToyEngine, seal};
use xiom_tls::Tls;

use super::exchange::PASSWORD;
use super::{Size, limits};
use crate::world::words::{challenge, header, init, mechanisms, outcome, tls_header};
use crate::world::{Bounds, ChannelModel, End, Layers, Script, Setup, Spent, Tap, Unit};

/// The client over a channel that is said to be confidential, or not.
pub type Alone = Stack<Client, Plain>;
/// The client over TLS, as it ships but for the engine.
pub type OverTls = Stack<Client, Tls<ToyEngine>>;
/// The client over TLS that the AMQP-TLS header announces.
pub type OverHeader = Stack<Client, Stack<Tls<ToyEngine>, HeaderExchange>>;

/// PLAIN on a channel that is confidential; ANONYMOUS is configured, too, and never steps in.
#[must_use]
pub fn plain(size: Size) -> ChannelModel<Alone> {
    let about = "The SASL client with PLAIN, and ANONYMOUS that must not step in for it.";
    let layers = || {
        let confidential = Security { confidential: true, ..Security::default() };
        Stack::new(client(), Plain::asserting(confidential))
    };
    // Here the channel is confidential by itself: the tap sees what is written in clear.
    let setup = Setup { secret: b"", ..setup("client", about, layers, Below::Nothing) };
    ChannelModel::new(setup, bounds(size, 5))
}

/// PLAIN on a channel that is not confidential: nobody may hear the password.
#[must_use]
pub fn clear(size: Size) -> ChannelModel<Alone> {
    let about = "The SASL client with PLAIN on a channel that anybody can read.";
    let layers = || Stack::new(client(), Plain::default());
    let refused =
        |said| Script { said, answers: String::new(), wrote: header(), opens: false, works: false };
    let scripts = ["HP", "HA", "HO", "T"].map(refused).to_vec();
    let setup = setup("client-in-clear", about, layers, Below::Nothing);
    ChannelModel::new(Setup { scripts, ..setup }, bounds(size, 5))
}

/// The composed stack: SASL over TLS over a socket.
#[must_use]
pub fn over_tls(size: Size) -> ChannelModel<OverTls> {
    let about = "The composed stack as it ships, SASL over TLS over a socket, but for the engine.";
    let layers = || Stack::new(client(), Tls::new(ToyEngine::client()));
    ChannelModel::new(setup("client-stack", about, layers, Below::Tls), bounds(size, 6))
}

/// The composed stack, with TLS announced by the AMQP-TLS header.
#[must_use]
pub fn over_header(size: Size) -> ChannelModel<OverHeader> {
    let about = "SASL over TLS that the AMQP-TLS header announces, over a socket.";
    let layers = || {
        let tls = Stack::new(Tls::new(ToyEngine::client()), HeaderExchange::tls_client());
        Stack::new(client(), tls)
    };
    let mut bounds = bounds(size, 6);
    match size {
        // Other models have them.
        Size::Small => bounds.spent.faults = 0,
        Size::Review => bounds.spent.opens = 1,
        Size::Nightly => bounds.pairs = false,
    }
    ChannelModel::new(setup("client-header", about, layers, Below::Header), bounds)
}

fn client() -> Client {
    let plain = PlainMechanism::new(Credentials::new("u", PASSWORD)).ok().map(Mechanism::from);
    let anonymous = Anonymous::new("").ok().map(Mechanism::from);
    Client::new(plain.into_iter().chain(anonymous).collect(), ClientConfig::default())
}

pub(super) fn bounds(size: Size, units: u8) -> Bounds {
    let spent = Spent { opens: 1, closes: 1, sends: 1, faults: 1, ..Spent::default() };
    let again = Spent { opens: 2, closes: 2, ..spent };
    let more = Spent { drops: 1, finishes: 1, ..again };
    match size {
        Size::Small => Bounds { spent, units: units - 1, pairs: false },
        Size::Review => Bounds { spent: again, units, pairs: false },
        Size::Nightly => Bounds { spent: more, units, pairs: true },
    }
}

/// What lies below the client.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Below {
    Nothing,
    Tls,
    Header,
}

impl Below {
    /// The octets of the client's layer as the peer puts them on the wire.
    fn wrap(self, octets: &[u8]) -> Vec<u8> {
        if self == Self::Nothing { octets.to_vec() } else { seal(octets) }
    }

    fn tap(self) -> Tap {
        match self {
            Self::Nothing => Tap::clear(),
            Self::Tls => Tap::sealed(0),
            Self::Header => Tap::sealed(8),
        }
    }

    /// How many letters of a script come before the client's layer, and are not said here.
    const fn skipped(self) -> usize {
        match self {
            Self::Header => 0,
            Self::Tls => 1,
            Self::Nothing => 2,
        }
    }
}

fn setup<L: Layers>(
    name: &'static str,
    about: &'static str,
    layers: fn() -> L,
    below: Below,
) -> Setup<L> {
    Setup {
        name,
        about,
        layers,
        limits: limits(),
        units: units(below),
        answers: Vec::new(),
        scripts: scripts(below),
        tap: below.tap(),
        secret: PASSWORD.as_bytes(),
        rounds: 0,
        end_is_goodbye: below == Below::Nothing,
        frame: 0,
    }
}

fn units(below: Below) -> Vec<Unit> {
    let plain = mechanisms(&["PLAIN", "ANONYMOUS"]);
    let ok = outcome(SaslCode::Ok, None);
    let say = |name, means, octets: &[u8]| Unit::new(name, means, below.wrap(octets));
    let mut units = vec![
        Unit::data("data", below.wrap(b"d"), End::None),
        say("the header", "H", &header()),
        say("an offer of PLAIN", "P", &plain),
        say("an offer of ANONYMOUS", "A", &mechanisms(&["ANONYMOUS"])),
        say("an offer of X", "O", &mechanisms(&["X"])),
        say("outcome ok", "K", &ok),
        say("outcome auth", "R", &outcome(SaslCode::Auth, None)),
        say("a challenge", "C", &challenge(b"")),
        say("outcome ok with data behind", "K-", &[&ok[..], b"dd"].concat()),
        say("header and offer", "HP", &[&header()[..], &plain].concat()),
        say("a frame beyond the limit", "-", &[0x7F; 4]),
        say("the header of AMQP without SASL", "T", b"AMQP\x00\x01\x00\x00"),
    ];
    if below != Below::Nothing {
        units.push(Unit::new("hello", "h", vec![HELLO_BACK]));
        units.push(Unit::data("goodbye", vec![GOODBYE], End::Goodbye));
        units.push(Unit::data("garbage", vec![0], End::None));
    }
    if below == Below::Header {
        units.push(Unit::new("the header of TLS", "t", tls_header()));
    }
    units
}

fn scripts(below: Below) -> Vec<Script> {
    let init = init("PLAIN", Some(&[b"\0u\0", PASSWORD.as_bytes()].concat()));
    let login = [header(), init].concat();
    let script = |said: &'static str, wrote: &[u8], opens| Script {
        said: said.get(below.skipped()..).unwrap_or_default(),
        answers: String::new(),
        wrote: wrote.to_vec(),
        opens,
        works: false,
    };
    vec![
        script("thHPK", &login, true),
        script("thHPR", &login, false),
        script("thHPC", &login, false),
        script("thHA", &header(), false),
        script("thHO", &header(), false),
        script("thT", &header(), false),
    ]
}
