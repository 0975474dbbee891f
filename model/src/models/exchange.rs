//! One honest SCRAM exchange, made by both shipped sides: what a peer says when it tells the truth.

use xiom_core::Security;
use xiom_sasl::client::{self, ClientMechanism, ClientStep};
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{self, LookupAnswer, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context, Credentials, Decoy, Limits, Nonce, ScramKeys};

/// The user.
pub(super) const USER: &str = "u";
/// The user's password.
pub(super) const PASSWORD: &str = "swordfish";
/// Whom somebody else wants to act as.
pub(super) const BOSS: &str = "boss";
/// The client's nonce.
pub(super) const CLIENT_NONCE: &str = "cccccccccccccccccc";
/// The server's nonce.
const SERVER_NONCE: &str = "ssssssssssssssssss";

/// The messages of one exchange.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Exchange {
    /// `client-first-message`
    pub(super) client_first: Vec<u8>,
    /// `server-first-message`
    pub(super) server_first: Vec<u8>,
    /// `client-final-message`
    pub(super) client_final: Vec<u8>,
    /// `server-final-message`
    pub(super) server_final: Vec<u8>,
}

/// Four iterations are allowed here, and here only: enough for several slices.
pub(super) fn limits() -> Limits {
    Limits { iterations: ITERATIONS..=ITERATIONS, rounds: 2, ..Limits::default() }
}

/// The user's keys.
pub(super) fn keys() -> ScramKeys {
    ScramKeys::derive(Hash::Sha256, PASSWORD, SALT, ITERATIONS)
        .unwrap_or_else(|_| unreachable!("the password is printable"))
}

/// The server's mechanism.
pub(super) fn server() -> server::Scram {
    let nonce = Nonce::from_text(SERVER_NONCE).unwrap_or_else(|| unreachable!("it is printable"));
    server::Scram::new(Variant::Sha256, Decoy::new([1; 32], ITERATIONS, SALT.len()), nonce)
}

/// Lets both sides log in; what one of them refuses stays empty.
pub(super) fn honest() -> Exchange {
    exchange().unwrap_or_default()
}

/// `server-first-message` that demands no iterations.
pub(super) fn without_work() -> Vec<u8> {
    let first = honest().server_first;
    let cut = first.len().saturating_sub(1);
    [first.get(..cut).unwrap_or_default(), b"0"].concat()
}

/// `server-first-message` to a user that does not exist.
pub(super) fn decoy() -> Vec<u8> {
    let (security, limits) = (Security::default(), limits());
    let cx = Context::new(&security, &limits);
    let (first, mut message) = (honest().client_first, Vec::new());
    let initial = ServerInput::Initial(Some(&first));
    if let ServerStep::Lookup(server, _) = server().step(&cx, initial, &mut Vec::new()) {
        server.step(&cx, ServerInput::Lookup(LookupAnswer::Unknown), &mut message);
    }
    message
}

fn exchange() -> Option<Exchange> {
    let (security, limits) = (Security::default(), limits());
    let cx = Context::new(&security, &limits);
    let mut messages = Exchange::default();
    let nonce = Nonce::from_text(CLIENT_NONCE)?;
    let mut client =
        client::Scram::new(Variant::Sha256, Credentials::new(USER, PASSWORD), nonce).ok()?;
    client.start(&cx, &mut messages.client_first).ok()?;
    let initial = ServerInput::Initial(Some(&messages.client_first));
    let ServerStep::Lookup(server, _) = server().step(&cx, initial, &mut Vec::new()) else {
        return None;
    };
    let keys = keys();
    let answer = ServerInput::Lookup(LookupAnswer::Scram(&keys));
    let ServerStep::Challenge(server) = server.step(&cx, answer, &mut messages.server_first) else {
        return None;
    };
    client.challenge(&cx, &messages.server_first, &mut messages.client_final).ok()?;
    // At most: a machine that never ends must not stop its model.
    for _ in 0..ITERATIONS {
        if client.work(&cx, 1, &mut messages.client_final).ok()? != ClientStep::Working {
            break;
        }
    }
    let last = ServerInput::Response(&messages.client_final);
    let ServerStep::Authorize(server, _) = server.step(&cx, last, &mut Vec::new()) else {
        return None;
    };
    server.step(&cx, ServerInput::Authorized(true), &mut messages.server_final);
    Some(messages)
}

pub(super) const ITERATIONS: u32 = 4;
const SALT: &[u8] = b"salt";
