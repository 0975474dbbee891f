//! What stays the same in every state: limits, the store, the texts that must not show, an older exchange.
//!
//! The older exchange was an honest one of the same user, with other nonces; the attacker has recorded it.

use xiom_core::Security;
use xiom_sasl::client::{ClientMechanism, Scram as Client};
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{LookupAnswer, Scram as Server, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context, Credentials, Decoy, Limits, Nonce, ScramKeys};

use super::User;
use super::note::value;

/// What stays the same in every state.
#[derive(Clone, Debug)]
pub(super) struct Bench {
    pub(super) limits: Limits,
    /// The keys of the user, and of the attacker's own.
    keys: [Option<ScramKeys>; 2],
    /// The messages of an older exchange: both of the client, both of the server.
    pub(super) old: [Vec<u8>; 4],
    /// The salt that a user who does not exist was once given.
    pub(super) decoy_salt: String,
    /// What may show nowhere.
    pub(super) secrets: Vec<String>,
}

impl Bench {
    pub(super) fn new() -> Self {
        let mut bench = Self {
            limits: Limits { iterations: 1..=ITERATIONS + 1, ..Limits::default() },
            keys: [PASSWORD, INSIDE]
                .map(|it| ScramKeys::derive(Hash::Sha256, it, SALT, ITERATIONS).ok()),
            old: Default::default(),
            decoy_salt: String::new(),
            secrets: secrets(),
        };
        bench.old = record(&bench, USER);
        let [_, challenge, ..] = record(&bench, NOBODY);
        bench.decoy_salt = value(&challenge, 's').unwrap_or_default().into();
        bench
    }

    /// The store's answer.
    pub(super) fn look_up(&self, name: &str) -> LookupAnswer<'_> {
        let [user, insider] = &self.keys;
        let keys = match name {
            USER => user.as_ref(),
            INSIDER => insider.as_ref(),
            _ => None,
        };
        keys.map_or(LookupAnswer::Unknown, LookupAnswer::Scram)
    }
}

/// The client of a fresh exchange.
pub(super) fn client(variant: Variant, user: User, acts: bool, nonce: &str) -> Option<Client> {
    let (name, password) = match user {
        User::Known => (USER, PASSWORD),
        User::Wrong => (USER, WRONG),
        User::Unknown => (NOBODY, PASSWORD),
        User::Insider => (INSIDER, INSIDE),
    };
    let credentials = Credentials::new(name, password);
    let credentials = if acts { credentials.with_authzid(AUTHZID) } else { credentials };
    Client::new(variant, credentials, Nonce::from_text(nonce)?).ok()
}

/// The server of a fresh exchange.
pub(super) fn server(variant: Variant, nonce: &str) -> Option<Server> {
    Some(Server::new(
        variant,
        Decoy::new([3; 32], ITERATIONS, SALT.len()),
        Nonce::from_text(nonce)?,
    ))
}

/// An honest exchange, as far as it comes.
fn record(bench: &Bench, name: &str) -> [Vec<u8>; 4] {
    let security = Security::default();
    let cx = Context::new(&security, &bench.limits);
    let mut said: [Vec<u8>; 4] = Default::default();
    let [first, challenge, last, verifier] = &mut said;
    let client = client(Variant::Sha256, User::Known, false, "an-old-client-nonce");
    let server = server(Variant::Sha256, "an-old-server-nonce");
    let (Some(mut client), Some(server)) = (client, server) else { return said };
    // What fails here shows as a missing message, which the test looks for.
    let _ = client.start(&cx, first);
    let input = ServerInput::Initial(Some(first.as_slice()));
    if let ServerStep::Lookup(server, _) = server.step(&cx, input, &mut Vec::new())
        && let answer = ServerInput::Lookup(bench.look_up(name))
        && let ServerStep::Challenge(server) = server.step(&cx, answer, challenge)
        && client.challenge(&cx, challenge, &mut Vec::new()).is_ok()
        && client.work(&cx, ITERATIONS, last).is_ok()
        && let input = ServerInput::Response(last.as_slice())
        && let ServerStep::Authorize(server, _) = server.step(&cx, input, &mut Vec::new())
    {
        let _ = server.step(&cx, ServerInput::Authorized(true), verifier);
    }
    said
}

/// The passwords as text and as numbers, both nonces, and the keys' first octets as numbers.
fn secrets() -> Vec<String> {
    let numbers = |octets: &[u8]| {
        let parts: Vec<String> = octets.iter().take(6).map(u8::to_string).collect();
        parts.join(", ")
    };
    let keys = ScramKeys::derive(Hash::Sha256, PASSWORD, SALT, ITERATIONS).ok();
    let keys =
        keys.iter().flat_map(|keys| [numbers(keys.stored_key()), numbers(keys.server_key())]);
    [PASSWORD, WRONG, NONCE, SERVER_NONCE]
        .into_iter()
        .flat_map(|text| [String::from(text), numbers(text.as_bytes())])
        .chain(keys)
        .collect()
}

pub(super) const USER: &str = "user";
pub(super) const NOBODY: &str = "nobody";
pub(super) const INSIDER: &str = "mallory";
pub(super) const AUTHZID: &str = "ursel";
const PASSWORD: &str = "pencil-case";
const INSIDE: &str = "marker-case";
const WRONG: &str = "crayon-case";
/// Few, so that a state costs microseconds, and enough to cut the derivation in different ways.
pub(super) const ITERATIONS: u32 = 3;
const SALT: &[u8] = b"sixteen octets!!";
pub(super) const NONCE: &str = "the-client-s-nonce";
pub(super) const SERVER_NONCE: &str = "the-server-s-nonce";
