//! The AMQP SASL server, alone and over TLS, with an application that answers in every way.

use xiom_amqp_codec::SaslCode;
use xiom_amqp_sasl::{Server, ServerConfig};
use xiom_core::{Limits, Plain, Security, Stack};
use xiom_sasl::Decoy;
use xiom_sasl::server::{Anonymous, External, Mechanism, Plain as PlainMechanism};
use xiom_testing::{GOODBYE, HELLO, ToyEngine, seal};
use xiom_tls::Tls;

use super::answers::{Asked, answers};
use super::exchange::{self, BOSS, Exchange, PASSWORD};
use super::{Size, limits, verdicts};
use crate::world::words::{challenge, header, init, mechanisms, outcome, response};
use crate::world::{Bounds, ChannelModel, End, Script, Setup, Spent, Tap, Unit};

/// The server over a channel that is said to be confidential.
pub type Alone = Stack<Server, Plain>;
/// The server over TLS, as it ships but for the engine.
pub type OverTls = Stack<Server, Tls<ToyEngine>>;

/// PLAIN and ANONYMOUS.
#[must_use]
pub fn plain(size: Size) -> ChannelModel<Alone> {
    let about = "The SASL server with PLAIN and ANONYMOUS, whose application answers in every way.";
    let layers = || Stack::new(plain_server(), Plain::asserting(security()));
    let setup = setup("server", about, layers, Below::Nothing, &plain_words());
    ChannelModel::new(setup, bounds(size, 4))
}

/// The same with connections one after the other.
#[must_use]
pub fn again(size: Size) -> ChannelModel<Alone> {
    let about =
        "The SASL server, connection after connection, with answers to questions that are over.";
    let layers = || Stack::new(plain_server(), Plain::asserting(security()));
    let mut setup = setup("server-again", about, layers, Below::Nothing, &plain_words());
    setup.units.retain(|unit| ["-", "H", "I", "A"].contains(&unit.means));
    setup.answers.truncate(2);
    let spent = Spent { opens: 2, closes: 1, sends: 1, strays: 1, ..Spent::default() };
    let bounds = match size {
        Size::Small => Bounds { spent, units: 2, pairs: false },
        Size::Review => Bounds { spent: Spent { closes: 2, ..spent }, units: 3, pairs: false },
        Size::Nightly => {
            Bounds { spent: Spent { closes: 2, faults: 1, ..spent }, units: 3, pairs: true }
        }
    };
    ChannelModel::new(setup, bounds)
}

/// PLAIN and ANONYMOUS below which is TLS.
#[must_use]
pub fn over_tls(size: Size) -> ChannelModel<OverTls> {
    let about = "The server's composed stack, SASL over TLS over a socket, but for the engine.";
    let layers = || {
        let engine = ToyEngine::server().with_security(security());
        Stack::new(plain_server(), Tls::new(engine))
    };
    let setup = setup("server-stack", about, layers, Below::Tls, &plain_words());
    ChannelModel::new(setup, bounds(size, 4))
}

/// SCRAM with keys that the application looks up.
#[must_use]
pub fn scram(size: Size) -> ChannelModel<Alone> {
    let about = "The SASL server with SCRAM, and clients that skip, repeat and forge.";
    let layers = || {
        let (limits, mechanism) = (exchange::limits(), Mechanism::from(exchange::server()));
        let config = ServerConfig { limits, ..ServerConfig::default() };
        Stack::new(Server::new(vec![mechanism], config), Plain::default())
    };
    let setup = setup("server-scram", about, layers, Below::Nothing, &scram_words());
    let mut bounds = bounds(size, 5);
    if size == Size::Small {
        // Other models have them.
        bounds.spent.faults = 0;
    }
    if size == Size::Review {
        // Computing in slices makes many states: one connection.
        bounds.spent.opens = 1;
    }
    ChannelModel::new(Setup { rounds: 2, ..setup }, bounds)
}

fn plain_server() -> Server {
    let decoy = Decoy::new([1; 32], exchange::ITERATIONS, 16);
    let mechanisms: Vec<Mechanism> =
        vec![PlainMechanism::new(decoy).into(), External::new().into(), Anonymous::new().into()];
    Server::new(mechanisms, ServerConfig::default())
}

/// A channel on which the client has shown a certificate.
fn security() -> Security {
    Security { confidential: true, peer: Some("cn".into()), ..Security::default() }
}

fn bounds(size: Size, units: u8) -> Bounds {
    let spent = Spent { opens: 1, closes: 1, sends: 1, faults: 1, strays: 1, ..Spent::default() };
    let again = Spent { opens: 2, ..spent };
    let more = Spent { closes: 2, drops: 1, finishes: 1, ..again };
    match size {
        Size::Small => Bounds { spent, units: units - 1, pairs: false },
        // Connections one after the other have a model of their own.
        Size::Review => Bounds { spent, units, pairs: false },
        Size::Nightly => Bounds { spent: more, units, pairs: false },
    }
}

/// What lies below the server.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Below {
    Nothing,
    Tls,
}

/// What a client says in the octets of the server's layer, and exchanges whose end is known.
struct Words {
    units: Vec<(&'static str, &'static str, Vec<u8>)>,
    /// Each with the client's hello before it.
    scripts: Vec<Script>,
}

fn setup<L: Asked>(
    name: &'static str,
    about: &'static str,
    layers: fn() -> L,
    below: Below,
    words: &Words,
) -> Setup<L> {
    let is_sealed = below == Below::Tls;
    let wrap = |octets: &[u8]| if is_sealed { seal(octets) } else { octets.to_vec() };
    let say = |(name, means, octets): &(&'static str, &'static str, Vec<u8>)| {
        Unit::new(name, means, wrap(octets))
    };
    let mut units = vec![Unit::data("data", wrap(b"d"), End::None)];
    units.extend(words.units.iter().map(say));
    if is_sealed {
        units.push(Unit::new("hello", "h", vec![HELLO]));
        units.push(Unit::data("goodbye", vec![GOODBYE], End::Goodbye));
        units.push(Unit::data("garbage", vec![0], End::None));
    }
    let scripts = words.scripts.iter().map(|script| {
        let skipped = usize::from(!is_sealed);
        Script { said: script.said.get(skipped..).unwrap_or_default(), ..script.clone() }
    });
    Setup {
        name,
        about,
        layers,
        limits: Limits { work: 1, ..limits() },
        units,
        answers: answers(),
        scripts: scripts.collect(),
        tap: if is_sealed { Tap::sealed(0) } else { Tap::clear() },
        secret: PASSWORD.as_bytes(),
        rounds: 1,
        end_is_goodbye: !is_sealed,
        frame: 0,
    }
}

fn plain_words() -> Words {
    let message = [b"\0u\0", PASSWORD.as_bytes()].concat();
    let plain = init("PLAIN", Some(&message));
    let units = vec![
        ("the header", "H", header()),
        ("init with PLAIN", "I", plain.clone()),
        ("init with PLAIN and nothing", "J", init("PLAIN", None)),
        ("init with ANONYMOUS", "A", init("ANONYMOUS", Some(b""))),
        ("init with EXTERNAL for the boss", "E", init("EXTERNAL", Some(BOSS.as_bytes()))),
        ("init with PLAIN and another password", "W", init("PLAIN", Some(b"\0u\0sailfish"))),
        ("init with X", "X", init("X", None)),
        ("init with PLAIN that is malformed", "B", init("PLAIN", Some(b"u"))),
        ("a response", "R", response(&message)),
        ("outcome ok", "-", outcome(SaslCode::Ok, None)),
        ("init with data behind", "I-", [&plain[..], b"d"].concat()),
        ("header and init", "HI", [&header()[..], &plain].concat()),
        ("a frame beyond the limit", "-", vec![0x7F; 4]),
        ("the header of AMQP without SASL", "T", b"AMQP\x00\x01\x00\x00".to_vec()),
    ];
    Words { units, scripts: plain_scripts() }
}

fn plain_scripts() -> Vec<Script> {
    let offer = [header(), mechanisms(&["PLAIN", "EXTERNAL", "ANONYMOUS"])].concat();
    let asked = [&offer[..], &challenge(b"")].concat();
    let auth = outcome(SaslCode::Auth, None);
    let ok = outcome(SaslCode::Ok, None);
    let mut scripts = vec![
        verdicts::refused("hHX", &[&offer, &auth]),
        verdicts::refused("hHB", &[&offer, &auth]),
        verdicts::refused("hT", &[&header()]),
    ];
    for said in ["hHE", "hHA"] {
        scripts.extend(verdicts::permission(said, "", &[&offer], &ok));
    }
    for (said, wrote, is_right) in
        [("hHI", &offer, true), ("hHW", &offer, false), ("hHJR", &asked, true)]
    {
        scripts.extend(verdicts::password(said, &[wrote], is_right));
    }
    scripts
}

fn scram_words() -> Words {
    let Exchange { client_first, server_first, client_final, server_final } = exchange::honest();
    let name = "SCRAM-SHA-256";
    let both = [init(name, Some(&client_first)), response(&client_final)].concat();
    let units = vec![
        ("the header", "H", header()),
        ("init with client-first", "I", init(name, Some(&client_first))),
        ("init without client-first", "J", init(name, None)),
        ("init with client-final", "L", init(name, Some(&client_final))),
        ("init with X", "X", init("X", None)),
        ("client-first", "F", response(&client_first)),
        ("client-final", "Z", response(&client_final)),
        ("a forged client-final", "z", response(&forge(&client_final))),
        ("init and client-final", "IZ", both),
    ];
    let offer = [header(), mechanisms(&[name])].concat();
    let asked = [&offer[..], &challenge(b"")].concat();
    let auth = outcome(SaslCode::Auth, None);
    let ok = outcome(SaslCode::Ok, Some(&server_final));
    let (first, decoy) = (challenge(&server_first), challenge(&exchange::decoy()));
    let mut scripts = vec![
        verdicts::refused("hHL", &[&offer, &auth]),
        verdicts::refused("hHX", &[&offer, &auth]),
        verdicts::refused("hHJZ", &[&asked, &auth]),
        verdicts::refused("hHJz", &[&asked, &auth]),
    ];
    for (said, wrote, right, wrong) in
        [("hHI", &offer, "hHIZ", ["hHIz", "hHIF"]), ("hHJF", &asked, "hHJFZ", ["hHJFz", "hHJFF"])]
    {
        scripts.extend(verdicts::no_answer(said, &[wrote]));
        for known in ["y", "k"] {
            scripts.extend(verdicts::permission(right, known, &[wrote, &first], &ok));
            let refused = |said| verdicts::refused_after(said, known, &[wrote, &first, &auth]);
            scripts.extend(wrong.map(refused));
        }
        for unknown in ["n", "u"] {
            let refused = |said| verdicts::refused_after(said, unknown, &[wrote, &decoy, &auth]);
            scripts.push(refused(right));
            scripts.extend(wrong.map(refused));
        }
    }
    Words { units, scripts }
}

/// The same message with another proof.
fn forge(message: &[u8]) -> Vec<u8> {
    let mut forged = message.to_vec();
    let at = forged.windows(3).position(|octets| octets == b",p=").map(|at| at + 3);
    if let Some(octet) = at.and_then(|at| forged.get_mut(at)) {
        *octet = if *octet == b'A' { b'B' } else { b'A' };
    }
    forged
}
