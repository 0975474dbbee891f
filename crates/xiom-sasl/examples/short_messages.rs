//! Shows every message of up to four octets to every parser of the crate: none moves one that it should not.
//!
//! All of ASCII is tried, and of the octets beyond it one of each kind that UTF-8 tells apart, which is all that
//! the parsers ask about them. Takes some minutes: `cargo run --release -p xiom-sasl --features
//! legacy,saslprep --example short_messages`. A message that is taken, but for those of the grammar, or a
//! panic, ends it with an error.

use std::process::ExitCode;
use std::thread;
use std::time::Instant;

use xiom_core::Security;
use xiom_sasl::client::{self, ClientMechanism};
use xiom_sasl::server::{self, LookupAnswer, ServerInput, ServerMechanism, ServerStep};
use xiom_sasl::{Context, Credentials, Decoy, Limits, Nonce, ScramKeys, oauth, scram};

/// A parser: whether it takes `message`.
type Takes = Box<dyn Fn(&Context<'_>, &[u8]) -> bool + Send + Sync>;

fn main() -> ExitCode {
    let parsers = parsers();
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let mut is_good = true;
    for (name, takes, due) in &parsers {
        let start = Instant::now();
        let part = |worker: usize| {
            let octets = alphabet();
            let mine = octets.iter().copied().skip(worker).step_by(workers);
            mine.map(|first| below(takes, &[first], &octets)).sum::<u64>()
        };
        let taken: u64 = thread::scope(|scope| {
            let part = &part;
            let running: Vec<_> =
                (0..workers).map(|worker| scope.spawn(move || part(worker))).collect();
            running.into_iter().map(|it| it.join().unwrap_or(u64::MAX)).sum()
        });
        let empty = u64::from(with_context(|cx| takes(cx, &[])));
        let taken = taken.saturating_add(empty);
        let word = if taken == *due { "ok" } else { "WRONG" };
        println!("{word:6} {name:40} took {taken}, {due} are due, {:.1?}", start.elapsed());
        is_good &= taken == *due;
    }
    if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// ASCII, and an octet of each kind beyond it.
fn alphabet() -> Vec<u8> {
    (0..0x80).chain([0x80, 0xbf, 0xc3, 0xe2, 0xf0, 0xff]).collect()
}

/// How many messages that begin with `start` are taken.
fn below(takes: &Takes, start: &[u8], octets: &[u8]) -> u64 {
    with_context(|cx| {
        let mut count = u64::from(takes(cx, start));
        let mut message = start.to_vec();
        for second in octets {
            message.truncate(1);
            message.push(*second);
            count = count.saturating_add(u64::from(takes(cx, &message)));
            for third in octets {
                message.truncate(2);
                message.push(*third);
                count = count.saturating_add(u64::from(takes(cx, &message)));
                for fourth in octets {
                    message.truncate(3);
                    message.push(*fourth);
                    count = count.saturating_add(u64::from(takes(cx, &message)));
                }
            }
        }
        count
    })
}

fn with_context<T>(deed: impl FnOnce(&Context<'_>) -> T) -> T {
    let security = Security { confidential: true, peer: Some("cn".into()), ..Security::default() };
    let limits = Limits { iterations: 1..=1, ..Limits::default() };
    deed(&Context::new(&security, &limits))
}

/// Each parser, and how many messages of four octets or fewer its grammar has.
fn parsers() -> Vec<(&'static str, Takes, u64)> {
    let mut parsers: Vec<(&'static str, Takes, u64)> = vec![
        ("PLAIN, the server's", begins(server::Plain::new(decoy()).into()), 16_129),
        ("SCRAM, the server's first", begins(scram_server().into()), 0),
        ("OAUTHBEARER, the server's", begins(oauth(oauth::Variant::OAuthBearer)), 0),
        ("XOAUTH2, the server's", begins(oauth(oauth::Variant::XOAuth2)), 0),
        ("MSSBCBS, the server's", begins(server::Mssbcbs::new().into()), 1),
    ];
    if let (Some(client), Some(last)) = (scram_client(), scram_last()) {
        parsers.push(("SCRAM, the client's first", answers(client.into()), 0));
        parsers.push(("SCRAM, the server's last", responds(last), 0));
    }
    #[cfg(feature = "legacy")]
    parsers.extend(legacy());
    parsers
}

fn oauth(variant: oauth::Variant) -> server::Mechanism {
    server::OAuth::new(variant).into()
}

#[cfg(feature = "legacy")]
fn legacy() -> Vec<(&'static str, Takes, u64)> {
    let nonce = || Nonce::new([1; Nonce::ENTROPY]);
    let credentials = Credentials::new("user", "pencil");
    let mut parsers = Vec::new();
    if let Ok(client) = client::DigestMd5::new(credentials.clone(), "s", "h", nonce()) {
        parsers.push(("DIGEST-MD5, the client's", answers(client.into()), 0));
    }
    if let Ok(client) = client::CramMd5::new(credentials) {
        // A message identifier has five octets at least.
        parsers.push(("CRAM-MD5, the client's", answers(client.into()), 0));
    }
    parsers
}

/// A server whose first message it is.
fn begins(server: server::Mechanism) -> Takes {
    Box::new(move |cx, message| {
        let input = ServerInput::Initial(Some(message));
        let step = server.clone().step(cx, input, &mut Vec::new());
        !matches!(step, ServerStep::Failure { .. })
    })
}

/// A server that awaits a response.
fn responds(server: server::Mechanism) -> Takes {
    Box::new(move |cx, message| {
        let step = server.clone().step(cx, ServerInput::Response(message), &mut Vec::new());
        !matches!(step, ServerStep::Failure { .. })
    })
}

/// A client that awaits its first challenge.
fn answers(mut client: client::Mechanism) -> Takes {
    let started = with_context(|cx| client.start(cx, &mut Vec::new()).is_ok());
    Box::new(move |cx, message| {
        let mut client = client.clone();
        !started || client.challenge(cx, message, &mut Vec::new()).is_ok()
    })
}

fn decoy() -> Decoy {
    Decoy::new([3; 32], 1, 16)
}

fn scram_client() -> Option<client::Scram> {
    let credentials = Credentials::new("user", "pencil");
    client::Scram::new(scram::Variant::Sha256, credentials, Nonce::new([1; 24])).ok()
}

fn scram_server() -> server::Scram {
    server::Scram::new(scram::Variant::Sha256, decoy(), Nonce::new([2; Nonce::ENTROPY]))
}

/// A server that awaits the client's last message.
fn scram_last() -> Option<server::Mechanism> {
    let keys = ScramKeys::derive(scram::Hash::Sha256, "pencil", b"salt", 1).ok()?;
    with_context(|cx| {
        let first = ServerInput::Initial(Some(b"n,,n=user,r=abc"));
        let ServerStep::Lookup(server, _) = scram_server().step(cx, first, &mut Vec::new()) else {
            return None;
        };
        let answer = ServerInput::Lookup(LookupAnswer::Scram(&keys));
        let ServerStep::Challenge(server) = server.step(cx, answer, &mut Vec::new()) else {
            return None;
        };
        Some(server.into())
    })
}
