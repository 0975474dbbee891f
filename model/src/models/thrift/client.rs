//! The Thrift SASL client in a channel, with SCRAM: a server may prove itself early, late, falsely or not at
//! all, and refuse in every way.

use xiom_core::{Limits, Plain, Stack};
use xiom_sasl::client::{Mechanism, Scram};
use xiom_sasl::scram::Variant;
use xiom_sasl::{Credentials, Nonce};
use xiom_thrift_sasl::{Client, ClientConfig, FrameLimit, PayloadLimit};

use super::words::{BAD, COMPLETE, ERROR, OK, START, announced, frame, message};
use crate::models::exchange::{self, Exchange};
use crate::models::{Size, limits};
use crate::world::{Bounds, ChannelModel, End, Script, Setup, Spent, Tap, Unit};

/// The client over a channel that anybody can read.
pub type Alone = Stack<Client, Plain>;

/// SCRAM-SHA-256.
#[must_use]
pub fn client(size: Size) -> ChannelModel<Alone> {
    ChannelModel::new(setup(), bounds(size))
}

/// The same, and of all exchanges those alone that open: what is cut begins so.
#[must_use]
pub fn opening(size: Size) -> ChannelModel<Alone> {
    let mut setup = setup();
    setup.scripts.retain(|script| script.opens);
    ChannelModel::new(setup, bounds(size))
}

fn setup() -> Setup<Alone> {
    let messages = exchange::honest();
    Setup {
        name: "thrift-client",
        about: "The Thrift SASL client with SCRAM, and a server that proves itself early, late or falsely.",
        layers,
        limits: Limits { work: 1, ..limits() },
        units: units(&messages),
        answers: Vec::new(),
        scripts: scripts(&messages),
        tap: Tap::thrift(),
        secret: exchange::PASSWORD.as_bytes(),
        rounds: 3,
        end_is_goodbye: true,
        frame: 4,
    }
}

pub(super) const fn bounds(size: Size) -> Bounds {
    let spent =
        Spent { opens: 1, closes: 1, finishes: 0, sends: 1, drops: 0, faults: 1, strays: 0 };
    let again = Spent { opens: 2, closes: 2, ..spent };
    let more = Spent { drops: 1, finishes: 1, ..again };
    match size {
        Size::Small => Bounds { spent, units: 3, pairs: false },
        // A socket that fails has been met in small, and the channel's own models have it.
        Size::Review => {
            Bounds { spent: Spent { opens: 2, faults: 0, ..spent }, units: 3, pairs: false }
        }
        Size::Nightly => Bounds { spent: more, units: 4, pairs: true },
    }
}

fn layers() -> Alone {
    let credentials = Credentials::new(exchange::USER, exchange::PASSWORD);
    let scram = Nonce::from_text(exchange::CLIENT_NONCE)
        .and_then(|nonce| Scram::new(Variant::Sha256, credentials, nonce).ok())
        .unwrap_or_else(|| unreachable!("name, password and nonce are printable"));
    let limits = xiom_sasl::Limits { rounds: 2, ..exchange::limits() };
    let config = ClientConfig {
        limits,
        payload_limit: PayloadLimit::new(256),
        frame_limit: FrameLimit::new(64),
        ..ClientConfig::default()
    };
    Stack::new(Client::new(Mechanism::from(scram), config), Plain::default())
}

fn units(messages: &Exchange) -> Vec<Unit> {
    let Exchange { server_first, server_final, .. } = messages;
    let complete = message(COMPLETE, server_final);
    vec![
        Unit::data("data", frame(b"d"), End::None),
        Unit::data("half a frame", b"\0\0\0\x02d".to_vec(), End::Partial),
        Unit::data("a frame beyond the limit", vec![0, 0, 0, 65], End::None),
        Unit::new("server-first", "F", message(OK, server_first)),
        Unit::new("server-first with no iterations", "f", message(OK, &exchange::without_work())),
        Unit::new("server-final as a challenge", "V", message(OK, server_final)),
        Unit::new("a false server-final as a challenge", "v", message(OK, FALSE)),
        Unit::new("COMPLETE with server-final", "K", complete.clone()),
        Unit::new("COMPLETE with a false server-final", "k", message(COMPLETE, FALSE)),
        Unit::new("COMPLETE alone", "o", message(COMPLETE, b"")),
        Unit::new("BAD", "R", message(BAD, b"")),
        Unit::new("ERROR", "E", message(ERROR, b"not understood")),
        Unit::new("START", "S", message(START, MECHANISM.as_bytes())),
        Unit::new("another status", "-", message(6, b"")),
        Unit::new("a length beyond the limit", "L", announced(OK, 0x7FFF_FFFF)),
        Unit::new("COMPLETE beyond the limit", "l", announced(COMPLETE, 257)),
        Unit::new("server-first and COMPLETE", "Fo", {
            [message(OK, server_first), message(COMPLETE, b"")].concat()
        }),
        Unit::new("COMPLETE with data behind", "K-", [complete, frame(b"d")].concat()),
    ]
}

fn scripts(messages: &Exchange) -> Vec<Script> {
    let first =
        [message(START, MECHANISM.as_bytes()), message(OK, &messages.client_first)].concat();
    let last = [first.clone(), message(OK, &messages.client_final)].concat();
    let verified = [last.clone(), message(COMPLETE, b"")].concat();
    let script = |said, wrote: &[u8], opens| Script {
        said,
        answers: String::new(),
        wrote: wrote.to_vec(),
        opens,
        works: false,
    };
    let refused =
        |said, wrote: &[u8], refusal: &[u8]| script(said, &[wrote, refusal].concat(), false);
    let (order, bad) = (message(ERROR, ORDER), message(BAD, REFUSAL));
    let long = message(ERROR, LONG);
    vec![
        script("FK", &last, true),
        script("FVo", &verified, true),
        script("FVR", &verified, false),
        refused("FVV", &verified, &order),
        script("Fo", &last, false),
        script("Fk", &last, false),
        refused("Fv", &last, &bad),
        script("FR", &last, false),
        script("FE", &last, false),
        script("Fl", &last, false),
        refused("FL", &last, &long),
        refused("FS", &last, &order),
        refused("f", &first, &message(ERROR, MALFORMED)),
        script("o", &first, false),
        script("K", &first, false),
        script("R", &first, false),
        script("E", &first, false),
        script("l", &first, false),
        refused("L", &first, &long),
        refused("S", &first, &order),
        refused("V", &first, &message(ERROR, MALFORMED)),
    ]
}

pub(super) const MECHANISM: &str = "SCRAM-SHA-256";
pub(super) const ORDER: &[u8] = b"message out of order";
pub(super) const LONG: &[u8] = b"message too large";
pub(super) const MALFORMED: &[u8] = b"malformed message of the mechanism";
pub(super) const REFUSAL: &[u8] = b"authentication failed";
/// `server-final-message` of somebody who does not know the keys.
const FALSE: &[u8] = b"v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
