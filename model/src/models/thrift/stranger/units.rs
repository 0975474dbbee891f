//! What a stranger may say: every status, every length that matters, good names and bad ones, and frames.

use super::Side;
use super::sceptic::{FRAME, PAYLOAD};
use crate::models::thrift::script::{NAME, TOKEN};
use crate::models::thrift::words::{BAD, COMPLETE, ERROR, OK, START, announced, frame, message};

/// Something that a stranger says in one piece.
#[derive(Clone, Debug)]
pub(super) struct Unit {
    pub(super) name: String,
    pub(super) octets: Vec<u8>,
}

impl Unit {
    fn new(name: impl Into<String>, octets: Vec<u8>) -> Self {
        Self { name: name.into(), octets }
    }
}

/// All that is said to `side`.
pub(super) fn units(side: Side) -> Vec<Unit> {
    let mut units = vec![
        Unit::new("a frame", frame(b"d")),
        Unit::new("COMPLETE", message(COMPLETE, b"")),
        Unit::new("BAD", message(BAD, b"")),
    ];
    for (status, name) in [(0, "status 0"), (START, "START"), (OK, "OK"), (6, "status 6")] {
        units.push(Unit::new(name, message(status, b"")));
        units.push(Unit::new(format!("{name} with x"), message(status, TOKEN)));
    }
    units.extend([
        Unit::new("COMPLETE with x", message(COMPLETE, TOKEN)),
        Unit::new("BAD with a text that is no UTF-8", message(BAD, b"no\xff ")),
        Unit::new("ERROR", message(ERROR, b"")),
        Unit::new("ERROR with a text", message(ERROR, b"no")),
        Unit::new("a longest OK", message(OK, &longest())),
    ]);
    for (status, name) in [(OK, "OK"), (BAD, "BAD"), (COMPLETE, "COMPLETE")] {
        units.push(Unit::new(format!("{name}, longer"), announced(status, PAYLOAD + 1)));
    }
    for (length, name) in [(0x7FFF_FFFF, "2^31 - 1"), (0x8000_0000, "2^31")] {
        units.push(Unit::new(format!("OK of {name}"), announced(OK, length)));
        units.push(Unit::new(format!("a frame of {name}"), length.to_be_bytes().to_vec()));
    }
    units.extend([
        Unit::new("an empty frame", frame(b"")),
        Unit::new("a longest frame", frame(b"de")),
        Unit::new("a frame, longer", (FRAME + 1).to_be_bytes().to_vec()),
    ]);
    units.extend(match side {
        Side::Client => to_client(),
        Side::Server => to_server(),
    });
    units
}

/// A name of the mechanism, and the rest of what the client's side hears in one read.
fn to_client() -> Vec<Unit> {
    let (ok, complete) = (message(OK, TOKEN), message(COMPLETE, b""));
    let join = |parts: &[&[u8]]| parts.concat();
    vec![
        Unit::new("COMPLETE and a frame", join(&[&complete, &frame(b"d")])),
        Unit::new("COMPLETE twice", join(&[&complete, &complete])),
        Unit::new("OK and COMPLETE with x", join(&[&ok, &message(COMPLETE, TOKEN)])),
    ]
}

/// Names that are accepted or not, and what a client says ahead.
fn to_server() -> Vec<Unit> {
    let named = |name: &[u8]| message(START, name);
    let (start, last) = (named(NAME.as_bytes()), message(COMPLETE, TOKEN));
    let join = |parts: &[&[u8]]| parts.concat();
    vec![
        Unit::new("START with M", start.clone()),
        Unit::new("START with m", named(b"m")),
        Unit::new("START with MM", named(b"MM")),
        Unit::new("START with M and a NUL", named(b"M\0")),
        Unit::new("START with a name too long", named(&[b'M'; 21])),
        Unit::new("START with M, COMPLETE", join(&[&start, &last])),
        Unit::new("START with M, COMPLETE, a frame", join(&[&start, &last, &frame(b"d")])),
        Unit::new("START with M twice", join(&[&start, &start])),
        Unit::new("OK twice", join(&[&message(OK, b""), &message(OK, TOKEN)])),
    ]
}

/// A payload of exactly the bound.
fn longest() -> Vec<u8> {
    (0..PAYLOAD).map(|_| b'x').collect()
}
