//! Logins in memory: what the machines cost, and what SCRAM costs beside the hashes it cannot do without.
//!
//! One run is everything: credentials, layers, a connection, the exchange, the end. Salt and nonces are fixed,
//! so that one side can be measured alone against the octets that the other one said before.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a good run has few of the events; any other one ends it"
)]

use core::hint::black_box;
use core::time::Duration;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use sha2::block_api::compress256;
use xiom_amqp_codec::{Mechanisms, Outcome, Performative, ProtocolHeader, SaslCode};
use xiom_amqp_sasl::{Client, ClientConfig, Question, Server, ServerConfig};
use xiom_benches::suite::Suite;
use xiom_core::{
    Action, AuthFault, Connection, Fact, Limits, News, OpenResult, Plain, Security, Stack, WireBuf,
};
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{LookupAnswer, LookupRequest};
use xiom_sasl::{Credentials, Decoy, Nonce, Policy, ScramKeys, client, server};
use xiom_testing::{Endpoint, ToyEngine};
use xiom_tls::Tls;

fn main() -> Result<()> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().context("no target folder")?;
    let mut suite = Suite::new(target, "sasl");
    logins(&mut suite)?;
    scram(&mut suite)?;
    let limit = suite.nanoseconds("scram", LIMIT);
    let halves = ["client", "server", "both"].map(|name| (name, suite.nanoseconds("scram", name)));
    suite.finish()?;
    if let Some(limit) = limit {
        println!("SCRAM-SHA-256, 4096 iterations, beside 8192 compressions one after the other:");
        for (name, nanoseconds) in halves {
            let nanoseconds = nanoseconds.unwrap_or_default();
            println!(
                "  {name:<8} {:>6.1} us {:>7.1} %",
                nanoseconds / 1e3,
                100.0 * nanoseconds / limit
            );
        }
    }
    Ok(())
}

/// Logins of a client whose server was written down: header, offer and outcome, each in its own read.
fn logins(suite: &mut Suite) -> Result<()> {
    for (name, names) in [("plain, 1 offered", &["PLAIN"][..]), ("plain, 8 offered", &EIGHT)] {
        let said = server_octets(names)?;
        measure(suite, name, &said, || {
            Ok(client::Plain::new(Credentials::new("user", "password"))?.into())
        })?;
    }
    let cases = [("anonymous, 1 offered", &["ANONYMOUS"][..]), ("anonymous, 8 offered", &EIGHT)];
    for (name, names) in cases {
        let said = server_octets(names)?;
        measure(suite, name, &said, || Ok(client::Anonymous::new("trace")?.into()))?;
    }
    Ok(())
}

fn measure(
    suite: &mut Suite,
    name: &'static str,
    said: &[Vec<u8>],
    mechanism: impl Fn() -> Result<client::Mechanism, AuthFault>,
) -> Result<()> {
    ensure!(log_in(mechanism()?, said).is_some(), "{name} does not log in");
    suite.case("login", name, None, || mechanism().map(|mechanism| log_in(mechanism, said)));
    Ok(())
}

fn server_octets(names: &[&str]) -> Result<Vec<Vec<u8>>> {
    let mut said = vec![ProtocolHeader::SASL.encode().to_vec()];
    let outcome = Outcome { code: SaslCode::Ok, additional_data: None };
    for performative in
        [Performative::Mechanisms(Mechanisms::new(names)?), Performative::Outcome(outcome)]
    {
        let mut frame = Vec::new();
        performative.encode_frame(&mut frame);
        said.push(frame);
    }
    Ok(said)
}

/// Opens, logs in, closes and drops; `None` unless all of it went well.
fn log_in(mechanism: client::Mechanism, said: &[Vec<u8>]) -> Option<()> {
    let policy = Policy { allow_anonymous: true, ..Policy::default() };
    let sasl = Client::new(vec![mechanism], ClientConfig { policy, ..ClientConfig::default() });
    let below = Plain::asserting(Security { confidential: true, ..Security::default() });
    let mut connection = Connection::new(Limits::default());
    connection.open(Stack::new(sasl, below), Duration::ZERO).ok()?;
    let mut told = None;
    drain(&mut connection, &mut told);
    for octets in said {
        connection.room().get_mut(..octets.len())?.copy_from_slice(octets);
        connection.fill(octets.len());
        drain(&mut connection, &mut told);
    }
    if told.take() != Some(Action::Opened(OpenResult::Ok)) {
        return None;
    }
    connection.close(Duration::ZERO).ok()?;
    drain(&mut connection, &mut told);
    connection.handle(Fact::Ended);
    drain(&mut connection, &mut told);
    (told == Some(Action::Closed)).then_some(())
}

/// Performs all that is owed over a socket that takes everything, and keeps what was told last.
fn drain(connection: &mut Connection<Stack<Client, Plain>>, told: &mut Option<Action>) {
    loop {
        while let Some(news) = connection.poll() {
            let News::Action(action) = news else { continue };
            match action {
                Action::Connect => connection.handle(Fact::Connected),
                Action::Disconnect => connection.handle(Fact::Disconnected),
                _ => *told = Some(action),
            }
        }
        let count = black_box(connection.pending()).len();
        if count == 0 {
            return;
        }
        connection.take(count);
    }
}

type ClientEnd = Endpoint<Stack<Client, Tls<ToyEngine>>>;
type ServerEnd = Endpoint<Stack<Server, Tls<ToyEngine>>>;

fn scram(suite: &mut Suite) -> Result<()> {
    let keys = ScramKeys::derive(Hash::Sha256, "password", b"0123456789abcdef", ITERATIONS)?;
    let said = converse(&keys)?;
    suite.case("scram", LIMIT, None, || {
        let mut state = black_box([7_u32; 8]);
        for _ in 0..2 * ITERATIONS {
            compress256(&mut state, black_box(&[[0x5A; 64]]));
        }
        state
    });
    suite.case("scram", "both", None, || converse(&keys).is_ok());
    suite.case("scram", "client", None, || {
        let mut end = client_end().ok()?;
        end.take();
        for (_, down) in &said {
            end.feed(down);
            black_box(end.take());
        }
        end.channel.is_open().then_some(())
    });
    suite.case("scram", "server", None, || {
        let mut end = server_end();
        for (up, _) in &said {
            end.feed(up);
            answer(&mut end, &keys);
            black_box(end.take());
        }
        end.channel.is_open().then_some(())
    });
    Ok(())
}

fn client_end() -> Result<ClientEnd, AuthFault> {
    let credentials = Credentials::new("user", "password");
    let nonce = Nonce::new([1; Nonce::ENTROPY]);
    let scram = client::Scram::new(Variant::Sha256, credentials, nonce)?;
    let sasl = Client::new(vec![scram.into()], ClientConfig::default());
    Ok(Endpoint::open(Stack::new(sasl, Tls::new(ToyEngine::client()))))
}

fn server_end() -> ServerEnd {
    let decoy = Decoy::new([3; 32], ITERATIONS, 16);
    let scram = server::Scram::new(Variant::Sha256, decoy, Nonce::new([2; Nonce::ENTROPY]));
    let sasl = Server::new(vec![scram.into()], ServerConfig::default());
    Endpoint::open(Stack::new(sasl, Tls::new(ToyEngine::server())))
}

/// A whole login: what the client said, and what the server answered, in turns.
fn converse(keys: &ScramKeys) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
    let (mut client, mut server) = (client_end()?, server_end());
    let mut said = Vec::new();
    loop {
        let up = client.take();
        server.feed(&up);
        answer(&mut server, keys);
        let down = server.take();
        client.feed(&down);
        if up.is_empty() && down.is_empty() {
            ensure!(client.channel.is_open() && server.channel.is_open(), "the login does not end");
            return Ok(said);
        }
        said.push((up, down));
    }
}

/// Answers all questions, as an application that knows its only user.
fn answer(end: &mut ServerEnd, keys: &ScramKeys) {
    let mut seen = 0;
    while let Some(action) = end.told.get(seen).copied() {
        seen += 1;
        let Action::Ask(id) = action else { continue };
        let deed = |stack: &mut Stack<Server, Tls<ToyEngine>>, out: &mut WireBuf| {
            stack.with_upper(out, |server, out| reply(server, keys, out));
        };
        // A question of an earlier flight was answered then.
        if end.channel.answer(id, &mut end.wire, deed).is_ok() {
            end.feed(&[]);
        }
    }
}

fn reply(server: &mut Server, keys: &ScramKeys, out: &mut WireBuf) {
    match server.question() {
        Some(Question::Lookup(LookupRequest::Scram { .. })) => {
            server.lookup(LookupAnswer::Scram(keys), out);
        }
        Some(Question::Lookup(_)) => server.lookup(LookupAnswer::Unknown, out),
        Some(Question::Authorize(_)) => server.authorize(true, out),
        None => {}
    }
}

const LIMIT: &str = "limit, 8192 hashes";
const ITERATIONS: u32 = 4096;
const EIGHT: [&str; 8] = [
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-256",
    "SCRAM-SHA-512",
    "EXTERNAL",
    "PLAIN",
    "ANONYMOUS",
    "GSSAPI",
    "XOAUTH2",
];
