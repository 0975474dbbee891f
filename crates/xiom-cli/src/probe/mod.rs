//! `xiom probe`: whether a server lets us in, and if not, which layer fails and why.
//!
//! Whatever happens, everything that was found out before is reported.

mod chain;
mod plan;
mod report;
mod verdicts;

use core::time::Duration;
use std::io::{self, Read, Write};

use xiom::core::{Cause, Direction, Failure, HeaderFault, Layer, SocketFault, Stage};
use xiom::xio::{Attempts, Blocking, Error, Remote};
use xiom_amqp_codec::{DecodeError, ProtocolHeader, ProtocolId};

use crate::arguments::Probe;
use crate::exit::Exit;
use crate::timeline;
use crate::watch::Watch;
use crate::{Stop, print, print_json};

use plan::Plan;
use report::Report;

/// Probes the server, and prints what was found.
///
/// # Errors
///
/// Returns [`Stop`] when the command line is wrong, or nothing can be printed.
pub(crate) fn run(arguments: &Probe) -> Result<Exit, Stop> {
    let plan = Plan::new(arguments)?;
    let watch = Watch::start(timeline::RESOLVE, plan.trace);
    let mut found = Found::default();
    let failure = probe(&plan, &watch, &mut found)?.err();
    watch.timeline().stop();
    let exit = failure.map_or(Exit::Ok, |failure| failure.layer().into());
    let report = Report::new(&plan, &watch, &found, failure.as_ref(), exit)?;
    if arguments.json {
        print_json(&report)?;
    } else {
        print(&report.text())?;
    }
    Ok(exit)
}

/// What was found besides that which [`Watch`] sees.
#[derive(Debug, Default)]
struct Found {
    attempts: Attempts,
    /// What the server said in its own words when it refused.
    peer_text: Option<Box<str>>,
    /// The header that the server answered to that of AMQP.
    amqp: Option<ProtocolHeader>,
}

/// The outer result is about this program, the inner one about the server.
fn probe(plan: &Plan, watch: &Watch, found: &mut Found) -> Result<Result<(), Failure>, Stop> {
    let (address, config) = (plan.client.address(), plan.config);
    let Ok(remote) = Remote::resolve(address.host(), address.port()) else {
        return Ok(Err(Cause::Socket(SocketFault::NotFound).at(Stage::Connecting)));
    };
    match watch.connect(remote, plan.sasl()?, plan.transport()?, config) {
        Ok(mut stream) => {
            found.attempts = stream.xio().attempts().clone();
            let checked = if plan.amqp { amqp(&mut stream, watch, found, plan) } else { Ok(()) };
            watch.timeline().enter(timeline::CLOSE);
            // A server that does not say goodbye has let us in all the same.
            let _ = stream.close();
            Ok(checked)
        }
        Err(Error::Failed { failure, attempts, peer_text }) => {
            found.attempts = attempts;
            found.peer_text = peer_text;
            Ok(Err(failure))
        }
        Err(error) => Err(Stop::other(error)),
    }
}

/// Exchanges AMQP headers (AMQP 1.0 part 2 section 2.2).
fn amqp<L: Layer>(
    stream: &mut Blocking<L>,
    watch: &Watch,
    found: &mut Found,
    plan: &Plan,
) -> Result<(), Failure> {
    watch.timeline().enter(timeline::AMQP_HEADER);
    stream.set_read_timeout(Some(plan.config.limits.open));
    stream.set_write_timeout(Some(plan.config.limits.open));
    watch.header(Direction::Sent, ProtocolHeader::AMQP);
    let mut octets = [0; ProtocolHeader::LENGTH];
    let exchange = stream
        .write_all(&ProtocolHeader::AMQP.encode())
        .and_then(|()| stream.flush())
        .and_then(|()| stream.read_exact(&mut octets));
    exchange.map_err(|error| failure(&error))?;
    let cause = match ProtocolHeader::decode(&octets) {
        Ok((_, header)) => {
            watch.header(Direction::Received, header);
            found.amqp = Some(header);
            judge(header)
        }
        Err(DecodeError::UnknownProtocol(id)) => Some(HeaderFault::UnknownProtocol(id)),
        Err(_) => Some(HeaderFault::NotAmqp),
    };
    cause.map_or(Ok(()), |fault| Err(Cause::Header(fault).at(Stage::AmqpHeader)))
}

fn judge(header: ProtocolHeader) -> Option<HeaderFault> {
    let ProtocolHeader { id, major, minor, revision } = header;
    match id {
        ProtocolId::Amqp if header == ProtocolHeader::AMQP => None,
        ProtocolId::Amqp => Some(HeaderFault::Version { major, minor, revision }),
        ProtocolId::Sasl => Some(HeaderFault::PeerRequiresSasl),
        ProtocolId::Tls => Some(HeaderFault::PeerRequiresTls),
    }
}

/// The failure within the error that the traits of the standard library want.
fn failure(error: &io::Error) -> Failure {
    let told = xiom::xio::failure_of(error);
    let kind = error.kind();
    let is_late = matches!(kind, io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock);
    let cause = if kind == io::ErrorKind::UnexpectedEof {
        Cause::EndOfStream
    } else if is_late {
        Cause::Deadline
    } else {
        Cause::Socket(xiom::xio::socket_fault(kind))
    };
    told.unwrap_or_else(|| cause.at(Stage::AmqpHeader))
}

/// How long a server may take to say goodbye.
const GOODBYE: Duration = Duration::from_secs(1);
