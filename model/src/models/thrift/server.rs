//! The Thrift SASL server in a channel, with PLAIN and ANONYMOUS, and an application that answers in every way.

use xiom_core::{Limits, Plain, Security, Stack};
use xiom_sasl::Decoy;
use xiom_sasl::server::{Anonymous, Mechanism, Plain as PlainMechanism};
use xiom_thrift_sasl::{FrameLimit, PayloadLimit, Server, ServerConfig};

use super::client::{LONG, MALFORMED, MECHANISM, ORDER, REFUSAL, bounds};
use super::words::{BAD, COMPLETE, ERROR, OK, START, announced, frame, message};
use crate::models::answers::answers;
use crate::models::exchange::{self, Exchange, PASSWORD};
use crate::models::{Size, limits};
use crate::world::{Bounds, ChannelModel, End, Script, Setup, Spent, Tap, Unit};

/// The server over a channel that is said to be confidential.
pub type Alone = Stack<Server, Plain>;

/// PLAIN and ANONYMOUS.
#[must_use]
pub fn server(size: Size) -> ChannelModel<Alone> {
    let setup = Setup {
        name: "thrift-server",
        about: "The Thrift SASL server with PLAIN and ANONYMOUS, whose application answers in every way.",
        layers,
        limits: Limits { work: 1, ..limits() },
        units: units(),
        answers: answers(),
        scripts: scripts(),
        tap: Tap::thrift(),
        secret: PASSWORD.as_bytes(),
        rounds: 1,
        end_is_goodbye: true,
        frame: 4,
    };
    let bounds = bounds(size);
    let bounds = match size {
        // A login is one unit, and what came in three is explored in small.
        Size::Review => Bounds { units: 2, ..bounds },
        Size::Small | Size::Nightly => {
            Bounds { spent: Spent { strays: 1, ..bounds.spent }, ..bounds }
        }
    };
    ChannelModel::new(setup, bounds)
}

fn layers() -> Alone {
    let decoy = Decoy::new([1; 32], exchange::ITERATIONS, 16);
    let mechanisms: Vec<Mechanism> =
        vec![PlainMechanism::new(decoy).into(), Anonymous::new().into()];
    let config = ServerConfig {
        payload_limit: PayloadLimit::new(64),
        frame_limit: FrameLimit::new(64),
        ..ServerConfig::default()
    };
    let confidential = Security { confidential: true, ..Security::default() };
    Stack::new(Server::new(mechanisms, config), Plain::asserting(confidential))
}

/// SCRAM, where the server speaks more than once, and what a client says to it.
#[must_use]
pub fn scram() -> (Alone, Vec<Unit>) {
    let Exchange { client_first, client_final, .. } = exchange::honest();
    let config = ServerConfig { limits: exchange::limits(), ..ServerConfig::default() };
    let server = Server::new(vec![Mechanism::from(exchange::server())], config);
    let units = vec![
        Unit::new("START with SCRAM", "S", message(START, MECHANISM.as_bytes())),
        Unit::new("client-first", "F", message(OK, &client_first)),
        Unit::new("client-final", "Z", message(OK, &client_final)),
        Unit::new("COMPLETE with client-final", "z", message(COMPLETE, &client_final)),
        Unit::new("BAD", "R", message(BAD, b"")),
    ];
    (Stack::new(server, Plain::default()), units)
}

fn units() -> Vec<Unit> {
    let start = message(START, b"PLAIN");
    let (right, wrong) = (plain(PASSWORD), plain("sailfish"));
    let anonymous = [message(START, b"ANONYMOUS"), message(COMPLETE, b"")].concat();
    let login = [start.clone(), message(COMPLETE, &right)].concat();
    vec![
        Unit::data("data", frame(b"d"), End::None),
        Unit::data("half a frame", b"\0\0\0\x02d".to_vec(), End::Partial),
        Unit::data("a frame beyond the limit", vec![0, 0, 0, 65], End::None),
        Unit::new("START with PLAIN", "P", start.clone()),
        Unit::new("START with ANONYMOUS and COMPLETE", "A", anonymous),
        Unit::new("START with X", "X", message(START, b"X")),
        Unit::new("START with no name", "x", message(START, b"plain")),
        Unit::new("COMPLETE with the password", "K", message(COMPLETE, &right)),
        Unit::new("OK with the password", "O", message(OK, &right)),
        Unit::new("COMPLETE with another password", "W", message(COMPLETE, &wrong)),
        Unit::new("COMPLETE that is malformed", "B", message(COMPLETE, b"u")),
        Unit::new("COMPLETE alone", "o", message(COMPLETE, b"")),
        Unit::new("BAD", "R", message(BAD, b"")),
        Unit::new("ERROR", "E", message(ERROR, b"not understood")),
        Unit::new("another status", "S", message(6, b"")),
        Unit::new("a length beyond the limit", "L", announced(OK, 0x7FFF_FFFF)),
        Unit::new("a whole login", "PK", login.clone()),
        Unit::new("a whole login with data behind", "PK-", [login, frame(b"d")].concat()),
    ]
}

fn plain(password: &str) -> Vec<u8> {
    [b"\0u\0", password.as_bytes()].concat()
}

fn scripts() -> Vec<Script> {
    let (order, bad) = (message(ERROR, ORDER), message(BAD, REFUSAL));
    let (malformed, long) = (message(ERROR, MALFORMED), message(ERROR, LONG));
    let (name, status) =
        (message(BAD, b"mechanism not accepted"), message(ERROR, b"unknown status"));
    let refused = |said, wrote: &[u8]| after(said, "", wrote, false);
    let mut scripts = vec![
        refused("X", &name),
        refused("x", &name),
        refused("K", &order),
        refused("o", &order),
        refused("S", &status),
        refused("L", &long),
        refused("R", b""),
        refused("E", b""),
        refused("PB", &malformed),
        refused("Po", &malformed),
        refused("PP", &order),
        refused("PR", b""),
        refused("PS", &status),
        refused("PL", &long),
    ];
    scripts.extend(permission("A", ""));
    for (said, is_right) in [("PK", true), ("PO", true), ("PW", false)] {
        scripts.extend(no_answer(said, ""));
        scripts.push(after(said, "n", &bad, false));
        // Nobody can tell an unknown user by the time that it takes.
        scripts.push(Script { works: true, ..after(said, "u", &bad, false) });
        scripts.extend(permission(said, "y"));
        if !is_right {
            scripts.push(Script { works: true, ..after(said, "k", &bad, false) });
        }
    }
    for said in ["PK", "PO"] {
        scripts.extend(permission(said, "k"));
    }
    scripts
}

/// What comes of it, after these answers.
fn after(said: &'static str, answers: &str, wrote: &[u8], opens: bool) -> Script {
    Script { said, answers: answers.into(), wrote: wrote.to_vec(), opens, works: false }
}

/// A question that is not answered.
fn no_answer(said: &'static str, before: &str) -> [Script; 2] {
    let unavailable = message(BAD, b"unavailable");
    ["s", "w"].map(|answer| after(said, &[before, answer].concat(), &unavailable, false))
}

/// After the answers `before`, whether the client may come in.
fn permission(said: &'static str, before: &str) -> Vec<Script> {
    let (complete, bad) = (message(COMPLETE, b""), message(BAD, REFUSAL));
    let answers =
        [("y", &complete, true), ("k", &complete, true), ("n", &bad, false), ("u", &bad, false)];
    let decided =
        answers.map(|(answer, wrote, opens)| after(said, &[before, answer].concat(), wrote, opens));
    decided.into_iter().chain(no_answer(said, before)).collect()
}
