//! Logins in memory: what the machines cost, and what SCRAM costs beside the hashes it cannot do without.
//!
//! One run is everything: credentials, layers, a connection, the exchange, the end. Salt and nonces are fixed,
//! so that one side can be measured alone against the octets that the other one said before.

use core::hint::black_box;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use sha2::block_api::compress256;
use xiom_amqp_sasl::{Client, ClientConfig, Question, Server, ServerConfig};
use xiom_benches::rows::codec::EIGHT;
use xiom_benches::rows::login::{log_in, make, server_octets};
use xiom_benches::suite::Suite;
use xiom_core::{Action, AuthFault, Stack, WireBuf};
use xiom_sasl::scram::{Hash, Variant};
use xiom_sasl::server::{LookupAnswer, LookupRequest};
use xiom_sasl::{Credentials, Decoy, Nonce, ScramKeys, client, server};
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
    measure(suite, "plain, 1 offered", "PLAIN", &["PLAIN"])?;
    measure(suite, "plain, 8 offered", "PLAIN", &EIGHT)?;
    measure(suite, "anonymous, 1 offered", "ANONYMOUS", &["ANONYMOUS"])?;
    measure(suite, "anonymous, 8 offered", "ANONYMOUS", &EIGHT)
}

fn measure(suite: &mut Suite, name: &'static str, mechanism: &str, names: &[&str]) -> Result<()> {
    let said = server_octets(names)?;
    ensure!(log_in(make(mechanism)?, &said).is_some(), "{name} does not log in");
    suite.case("login", name, None, || make(mechanism).map(|it| log_in(it, &said)));
    Ok(())
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
