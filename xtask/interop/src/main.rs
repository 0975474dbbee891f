//! Xiom against real peers, in both directions: the program behind `cargo xtask interop`.
//!
//! Every attempt has a deadline, and every peer that was started is stopped, whatever happens. A peer that is
//! not installed is a failure, unless the caller says otherwise.
#![forbid(unsafe_code)]

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::{Parser, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

mod amqp;
mod broker;
mod brokers;
mod check;
mod foreign;
mod layered;
mod outward;
mod realm;
mod report;
mod sasl;
mod server;
mod spark;
mod table;
mod target;
mod thrift;

use realm::Realm;
use report::{Column, Report};

/// Speaks with real peers and prints what worked.
#[derive(Debug, Parser)]
#[command(name = "xiom-interop")]
struct Arguments {
    /// The protocol of the peers.
    protocol: Protocol,
    /// Where `xtask/peers/install.sh` has put the peers.
    #[arg(long, value_name = "DIR")]
    cache: PathBuf,
    /// Only the peers of this name; may be given several times.
    #[arg(long, value_name = "NAME")]
    peer: Vec<Peer>,
    /// Print a JSON document instead of the table.
    #[arg(long)]
    json: bool,
    /// A peer that is not installed is no failure.
    #[arg(long)]
    allow_absent: bool,
}

/// What is spoken with the peers.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Protocol {
    /// AMQP 1.0, over TLS and SASL.
    Amqp,
    /// SASL mechanisms alone, step by step.
    Sasl,
    /// The SASL transport of Thrift.
    Thrift,
    /// The same, with a server that people use.
    Spark,
}

/// The peers, each of them both a server and a client where there is such a program.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
enum Peer {
    /// The `RabbitMQ` broker.
    Rabbitmq,
    /// The Qpid Proton broker and client, with Cyrus SASL.
    Proton,
    /// The rhea broker and client.
    Rhea,
    /// Xiom itself, on both sides.
    Xiom,
    /// The mechanisms of GNU SASL.
    Gnu,
    /// The mechanisms of Cyrus SASL.
    Cyrus,
    /// The mechanisms of the Java platform.
    Java,
    /// The mechanisms of scramp, a Python package.
    Scramp,
    /// The two servers and the client of Thrift for Java.
    Libthrift,
    /// The client of Thrift for Python.
    PyThrift,
    /// The client of `thrift_sasl`, a Python package, over Cyrus SASL.
    ThriftSasl,
    /// The Thrift server of Apache Spark.
    Spark,
}

impl Peer {
    /// The protocol it is a peer of.
    const fn protocol(self) -> Protocol {
        match self {
            Self::Rabbitmq | Self::Proton | Self::Rhea | Self::Xiom => Protocol::Amqp,
            Self::Gnu | Self::Cyrus | Self::Java | Self::Scramp => Protocol::Sasl,
            Self::Libthrift | Self::PyThrift | Self::ThriftSasl => Protocol::Thrift,
            Self::Spark => Protocol::Spark,
        }
    }
}

impl Arguments {
    /// The peers to speak with.
    fn peers(&self) -> impl Iterator<Item = Peer> {
        Peer::value_variants().iter().copied().filter(|peer| {
            peer.protocol() == self.protocol && (self.peer.is_empty() || self.peer.contains(peer))
        })
    }

    /// Prints the report; tells whether all is well.
    fn conclude<C: Column>(&self, report: &Report<C>) -> Result<ExitCode> {
        if self.json {
            println!("{}", serde_json::to_string_pretty(&report.document())?);
        } else {
            print!("{}", table::draw(report));
        }
        let is_complete = self.allow_absent || report.absences() == 0;
        let is_well = is_complete && report.failed() == 0;
        Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    ensure!(
        arguments.peer.iter().all(|peer| peer.protocol() == arguments.protocol),
        "such a peer speaks another protocol"
    );
    // Dropping the run drops the guards in it, which stop what was started.
    tokio::select! {
        result = run(&arguments) => result,
        signal = interrupted() => {
            eprintln!("{}; the peers were stopped", signal?);
            Ok(ExitCode::FAILURE)
        }
    }
}

async fn run(arguments: &Arguments) -> Result<ExitCode> {
    let cache = arguments.cache.canonicalize().unwrap_or_default();
    match arguments.protocol {
        Protocol::Amqp => {
            let mut report = Report::default();
            brokers::speak(arguments.peers(), &cache, &mut report).await;
            arguments.conclude(&report)
        }
        Protocol::Sasl => {
            let mut report = Report::default();
            if let Some(code) = inside_realm(None, &mut report, sasl::HINT).await? {
                return Ok(code);
            }
            sasl::speak(arguments.peers(), &cache, &mut report).await?;
            arguments.conclude(&report)
        }
        Protocol::Thrift => {
            let mut report = Report::default();
            if let Some(code) = inside_realm(Some("hive"), &mut report, thrift::HINT).await? {
                return Ok(code);
            }
            thrift::speak(arguments.peers(), &cache, &mut report).await;
            arguments.conclude(&report)
        }
        Protocol::Spark => {
            let mut report = Report::default();
            if let Some(code) = inside_realm(Some("hive"), &mut report, spark::HINT).await? {
                return Ok(code);
            }
            spark::speak(&cache, &mut report).await;
            arguments.conclude(&report)
        }
    }
}

/// Runs this program inside of a realm whose key of `service` it has, and gives its status; gives none when that is
/// where this is, or there can be no realm, of which the report then tells.
async fn inside_realm<C: Column>(
    service: Option<&str>,
    report: &mut Report<C>,
    hint: &str,
) -> Result<Option<ExitCode>> {
    if Realm::is_here() {
        return Ok(None);
    }
    match Realm::start().await {
        Ok(realm) => return realm.rerun(service).await.map(Some),
        Err(error) if error.to_string().contains("run install.sh") => {
            report.absent("kerberos", &format!("{error}; {hint}"));
        }
        Err(error) => report.broken("kerberos", &error),
    }
    Ok(None)
}

/// Waits for a signal that asks this program to end.
async fn interrupted() -> Result<&'static str> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::select! {
        result = tokio::signal::ctrl_c() => Ok(result.map(|()| "interrupted")?),
        _ = terminate.recv() => Ok("terminated"),
        _ = hangup.recv() => Ok("hung up"),
    }
}
