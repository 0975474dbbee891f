//! One honest SCRAM exchange between the shipped sides, and false words in its place.
//!
//! What is said here is never printed: tables name messages and do not show them.

use xiom_core::Security;
use xiom_sasl::client::{ClientMechanism, Scram as Client};
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{LookupAnswer, Scram as Server, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context, Credentials, Decoy, Limits, Nonce, ScramKeys};

/// What the mechanisms may consult: two iterations are enough for one slice and a rest.
pub(super) fn limits() -> Limits {
    Limits { iterations: ITERATIONS..=ITERATIONS, ..Limits::default() }
}

/// A channel on which every mechanism may run.
pub(super) fn security() -> Security {
    let peer = Some("peer".into());
    Security { confidential: true, certificate: true, peer, ..Security::default() }
}

/// The user's credentials.
pub(super) fn credentials() -> Credentials {
    Credentials::new("user", PASSWORD)
}

/// The user's keys.
pub(super) fn keys() -> ScramKeys {
    ScramKeys::derive(Hash::Sha256, PASSWORD, b"salt", ITERATIONS)
        .unwrap_or_else(|_| unreachable!("the password is printable"))
}

/// What stands for users that do not exist.
pub(super) fn decoy() -> Decoy {
    Decoy::new([1; 32], ITERATIONS, 4)
}

/// The client of the exchange.
pub(super) fn client() -> Client {
    Client::new(Variant::Sha256, credentials(), nonce("a-nonce-of-the-client"))
        .unwrap_or_else(|_| unreachable!("the credentials are printable"))
}

/// The server of the exchange.
pub(super) fn server() -> Server {
    Server::new(Variant::Sha256, decoy(), nonce("a-nonce-of-the-server"))
}

fn nonce(text: &str) -> Nonce {
    Nonce::from_text(text).unwrap_or_else(|| unreachable!("it is printable, and long enough"))
}

/// The messages of one exchange.
#[derive(Clone, Debug, Default)]
pub(super) struct Messages {
    pub(super) client_first: Vec<u8>,
    pub(super) server_first: Vec<u8>,
    pub(super) client_final: Vec<u8>,
    pub(super) server_final: Vec<u8>,
}

/// Lets both sides log in.
pub(super) fn honest() -> Messages {
    exchange().unwrap_or_else(|| unreachable!("both sides are honest"))
}

fn exchange() -> Option<Messages> {
    let (security, limits, keys) = (security(), limits(), keys());
    let cx = Context::new(&security, &limits);
    let (mut said, mut client) = (Messages::default(), client());
    client.start(&cx, &mut said.client_first).ok()?;
    let first = ServerInput::Initial(Some(&said.client_first));
    let ServerStep::Lookup(server, _) = server().step(&cx, first, &mut Vec::new()) else {
        return None;
    };
    let answer = ServerInput::Lookup(LookupAnswer::Scram(&keys));
    let ServerStep::Challenge(server) = server.step(&cx, answer, &mut said.server_first) else {
        return None;
    };
    client.challenge(&cx, &said.server_first, &mut Vec::new()).ok()?;
    client.work(&cx, ITERATIONS, &mut said.client_final).ok()?;
    let last = ServerInput::Response(&said.client_final);
    let ServerStep::Authorize(server, _) = server.step(&cx, last, &mut Vec::new()) else {
        return None;
    };
    server.step(&cx, ServerInput::Authorized(true), &mut said.server_final);
    Some(said)
}

/// `message` with another last octet than that of Base64 before the padding, so that it reads well and lies.
pub(super) fn forge(message: &[u8]) -> Vec<u8> {
    let mut forged = message.to_vec();
    let at = forged.windows(2).rposition(|octets| octets == b"p=" || octets == b"v=");
    if let Some(octet) = at.and_then(|at| forged.get_mut(at.saturating_add(2))) {
        *octet = if *octet == b'A' { b'B' } else { b'A' };
    }
    forged
}

const PASSWORD: &str = "correct-horse";
const ITERATIONS: u32 = 2;
