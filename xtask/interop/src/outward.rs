//! Xiom as the client: every check against one server.

use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use xiom::core::{Cause, Failure, HeaderFault, OutcomeCode, SaslFault, SocketFault, Stage};
use xiom::rustls::ClientEngine;
use xiom::sasl::PeerProof;
use xiom::{Client, Error, Stream, TlsStyle};

use crate::amqp;
use crate::check::{Check, SILENCE_DEADLINE, Success, Transport, bounded};
use crate::report::{Column, Report};
use crate::target::{Port, Target};

/// Tries everything that can be tried with `target`.
pub(crate) async fn speak(target: &Target, report: &mut Report<Transport>) {
    for check in Check::ALL {
        for transport in Transport::ALL {
            let port = target.port(transport);
            let offer = port.map(|port| port.mechanisms.as_slice());
            match (check.is_expected(transport, offer), port) {
                (Ok(()), Some(port)) => {
                    let result = bounded(Box::pin(attempt(target, check, transport, port))).await;
                    report.tried(&target.name, &check, transport, result);
                }
                (Ok(()), None) => {
                    report.impossible(&target.name, &check, transport, "no such port");
                }
                (Err(why), _) => report.impossible(&target.name, &check, transport, why),
            }
        }
    }
}

async fn attempt(
    target: &Target,
    check: Check,
    transport: Transport,
    port: &Port,
) -> Result<Success> {
    let client = target.client(port.number, style(transport))?;
    match check {
        Check::Login(mechanism) => {
            let login = target.login(mechanism, &target.password);
            let client = client.only_mechanisms([mechanism]).login(login).build()?;
            let address = format!("{}-{mechanism}-{}", target.address, port.number);
            log_in(&client, mechanism, transport, &address).await
        }
        Check::WrongPassword(mechanism) => {
            let login = target.login(mechanism, "not the password");
            let client = client.only_mechanisms([mechanism]).login(login).build()?;
            refused(&client, "refused (auth)", is_outcome_auth).await
        }
        Check::HeaderWithoutTls => {
            let client = client.tls(TlsStyle::Header).deadline(SILENCE_DEADLINE).build()?;
            refused(&client, "", |failure| failure.stage == Stage::TlsHeader).await
        }
        Check::PlainToTls => {
            // The login is EXTERNAL, which nobody can offer here.
            let client = target.client(port.number, None)?.deadline(SILENCE_DEADLINE).build()?;
            refused(&client, "", is_without_tls).await
        }
    }
}

fn style(transport: Transport) -> Option<TlsStyle> {
    match transport {
        Transport::Tcp => None,
        Transport::Tls => Some(TlsStyle::Direct),
        Transport::Header => Some(TlsStyle::Header),
    }
}

async fn log_in(
    client: &Client,
    mechanism: &str,
    transport: Transport,
    address: &str,
) -> Result<Success> {
    let start = Instant::now();
    let stream = client.connect().await?;
    let took = start.elapsed();
    prove(&stream, mechanism, transport)?;
    amqp::round_trip(stream, address).await.context("logged in, but amqp failed")?;
    Ok(Success { note: "ok".to_owned(), took })
}

/// Checks that the stream knows what was proven: the server by SCRAM, the binding, TLS.
fn prove(stream: &Stream, mechanism: &str, transport: Transport) -> Result<()> {
    let layers = stream.channel().layers().context("the open channel has no layers")?;
    let proof = layers.upper().established().context("the login left no proof")?;
    let is_scram = mechanism.starts_with("SCRAM");
    ensure!((proof.peer() == PeerProof::Verified) == is_scram, "another mechanism was used");
    ensure!(proof.bound().is_some() == mechanism.ends_with("-PLUS"), "the binding is wrong");
    let has_tls = layers.lower().engine().and_then(ClientEngine::facts).is_some();
    ensure!(has_tls == (transport != Transport::Tcp), "there is TLS where none should be, or none");
    Ok(())
}

/// The connection must fail, and in the way that `is_right` says.
async fn refused(
    client: &Client,
    note: &str,
    is_right: impl Fn(&Failure) -> bool,
) -> Result<Success> {
    let start = Instant::now();
    let Err(error) = client.connect().await else { bail!("was let in") };
    let took = start.elapsed();
    match error.failure() {
        Some(failure) if is_right(&failure) => {
            let note = if note.is_empty() { describe(&failure) } else { note.to_owned() };
            Ok(Success { note, took })
        }
        _ => Err(wrong(error)),
    }
}

fn wrong(error: Error) -> anyhow::Error {
    anyhow::Error::new(error).context("failed, but in another way than expected")
}

fn is_outcome_auth(failure: &Failure) -> bool {
    failure.cause == Cause::Sasl(SaslFault::Refused(OutcomeCode::Auth))
}

/// The port takes no plain text, or takes it and cannot offer EXTERNAL there, as Proton's does.
fn is_without_tls(failure: &Failure) -> bool {
    failure.stage == Stage::SaslHeader || failure.cause == Cause::Sasl(SaslFault::NoCommonMechanism)
}

/// A failure in one word or two.
fn describe(failure: &Failure) -> String {
    let known = WORDS.iter().find(|(cause, _)| *cause == failure.cause);
    known.map_or_else(|| failure.cause.to_string(), |(_, word)| (*word).to_owned())
}

/// What the peers of today do.
const WORDS: [(Cause, &str); 6] = [
    (Cause::Deadline, "silence"),
    (Cause::EndOfStream, "closed"),
    (Cause::Socket(SocketFault::Reset), "reset"),
    (Cause::Header(HeaderFault::PeerWithoutTls), "peer without tls"),
    (Cause::Header(HeaderFault::NotAmqp), "not amqp"),
    (Cause::Sasl(SaslFault::NoCommonMechanism), "no external"),
];
