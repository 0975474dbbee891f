//! Logins of an AMQP client in memory, against what a server said: create, open, log in, close, drop.
//!
//! The server's header, offer and outcome come in a read each. The security below is asserted, so that PLAIN
//! is let through.
#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "a good run has few of the events; any other one ends it"
)]

use core::hint::black_box;
use core::time::Duration;

use anyhow::{Context as _, Result, ensure};
use xiom_amqp_codec::{Mechanisms, Outcome, Performative, ProtocolHeader, SaslCode};
use xiom_amqp_sasl::{Client, ClientConfig};
use xiom_core::{
    Action, AuthFault, Connection, Fact, Limits, News, OpenResult, Plain, Security, Stack,
};
use xiom_sasl::{Credentials, Policy, client};

use super::Peers;
use super::codec::EIGHT;
use crate::contest::{Contest, Rival, Unit, XIOM};
use crate::counting;

type Ours = Connection<Stack<Client, Plain>>;

/// Measures the rows.
///
/// # Errors
///
/// Returns an error when a login fails.
pub fn run(contest: &mut Contest, peers: &impl Peers) -> Result<()> {
    for (row, mechanism, names) in CASES {
        if !contest.wants(row) {
            continue;
        }
        let said = server_octets(names)?;
        ensure!(log_in(make(mechanism)?, &said).is_some(), "{row}: refused");
        let deed = || make(mechanism).map(|mechanism| log_in(mechanism, &said));
        let mut rivals = vec![Rival::operation(XIOM, deed)];
        rivals.extend(peers.login(mechanism, &said));
        contest.run(row, Unit::Nanoseconds, rivals);
    }
    if contest.wants(HEAP) {
        contest.note(HEAP, XIOM, held()?, Unit::Octets);
    }
    Ok(())
}

/// The client's mechanism of that name.
///
/// # Errors
///
/// Returns an error when its credentials cannot be sent.
pub fn make(mechanism: &str) -> Result<client::Mechanism, AuthFault> {
    Ok(match mechanism {
        "PLAIN" => client::Plain::new(Credentials::new("user", "password"))?.into(),
        _ => client::Anonymous::new("trace")?.into(),
    })
}

/// What a server says that offers `names` and lets the client in.
///
/// # Errors
///
/// Returns an error when a name is no symbol.
pub fn server_octets(names: &[&str]) -> Result<Vec<Vec<u8>>> {
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
#[must_use]
pub fn log_in(mechanism: client::Mechanism, said: &[Vec<u8>]) -> Option<()> {
    let mut told = None;
    let mut connection = open(mechanism, said, &mut told)?;
    connection.close(Duration::ZERO).ok()?;
    drain(&mut connection, &mut told);
    connection.handle(Fact::Ended);
    drain(&mut connection, &mut told);
    (told == Some(Action::Closed)).then_some(())
}

fn open(mechanism: client::Mechanism, said: &[Vec<u8>], told: &mut Option<Action>) -> Option<Ours> {
    let policy = Policy { allow_anonymous: true, ..Policy::default() };
    let sasl = Client::new(vec![mechanism], ClientConfig { policy, ..ClientConfig::default() });
    let below = Plain::asserting(Security { confidential: true, ..Security::default() });
    let mut connection = Connection::new(Limits::default());
    connection.open(Stack::new(sasl, below), Duration::ZERO).ok()?;
    drain(&mut connection, told);
    for octets in said {
        connection.room().get_mut(..octets.len())?.copy_from_slice(octets);
        connection.fill(octets.len());
        drain(&mut connection, told);
    }
    (told.take() == Some(Action::Opened(OpenResult::Ok))).then_some(connection)
}

/// Performs all that is owed over a socket that takes everything, and keeps what was told last.
fn drain(connection: &mut Ours, told: &mut Option<Action>) {
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

/// Octets of an open instance with nothing under way, its own size included.
fn held() -> Result<f64> {
    const INSTANCES: u32 = 100;
    let said = server_octets(&["PLAIN"])?;
    let mut kept = Vec::with_capacity(usize::try_from(INSTANCES)?);
    let before = counting::held();
    for _ in 0..INSTANCES {
        let mut connection =
            Box::new(open(make("PLAIN")?, &said, &mut None).context("the login fails")?);
        connection.release();
        kept.push(connection);
    }
    let octets = u32::try_from(counting::held() - before)?;
    Ok(f64::from(octets) / f64::from(INSTANCES))
}

/// The row of what an instance holds.
const HEAP: &str = "amqp-login/heap of an instance";
const CASES: [(&str, &str, &[&str]); 4] = [
    ("amqp-login/PLAIN, 1 offered", "PLAIN", &["PLAIN"]),
    ("amqp-login/PLAIN, 8 offered", "PLAIN", &EIGHT),
    ("amqp-login/ANONYMOUS, 1 offered", "ANONYMOUS", &["ANONYMOUS"]),
    ("amqp-login/ANONYMOUS, 8 offered", "ANONYMOUS", &EIGHT),
];
