//! Xiom against real AMQP 1.0 peers, in both directions: the program behind `cargo xtask interop`.
//!
//! What must work is computed from what each peer offers on the wire, so that nothing passes by being left
//! out. Every attempt has a deadline, and every peer that was started is stopped, whatever happens.
#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Parser, ValueEnum};
use tokio::signal::unix::{SignalKind, signal};

mod amqp;
mod broker;
mod check;
mod foreign;
mod outward;
mod report;
mod server;
mod table;
mod target;

use broker::Broker;
use foreign::Foreign;
use report::Report;
use server::Servers;

/// Speaks with real AMQP 1.0 peers and prints what worked.
#[derive(Debug, Parser)]
#[command(name = "xiom-interop")]
struct Arguments {
    /// The protocol of the peers.
    #[arg(value_parser = ["amqp"])]
    protocol: String,
    /// Where `xtask/peers/install.sh` has put the peers.
    #[arg(long, value_name = "DIR")]
    cache: PathBuf,
    /// Only the peers of this name; may be given several times.
    #[arg(long, value_name = "NAME")]
    peer: Vec<Peer>,
    /// Print a JSON document instead of the table.
    #[arg(long)]
    json: bool,
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
}

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let arguments = Arguments::parse();
    let mut report = Report::default();
    // Dropping the run drops the guards in it, which stop what was started.
    tokio::select! {
        result = run(&arguments, &mut report) => result?,
        signal = interrupted() => {
            eprintln!("{}; the peers were stopped", signal?);
            return Ok(ExitCode::FAILURE);
        }
    }
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&report.document())?);
    } else {
        print!("{}", table::draw(&report));
    }
    Ok(if report.failed() == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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

async fn run(arguments: &Arguments, report: &mut Report) -> Result<()> {
    let cache = arguments.cache.canonicalize().unwrap_or_default();
    if !cache.join("stamp").exists() {
        bail!(
            "no peers in {}: run `cargo xtask interop amqp --install`",
            arguments.cache.display()
        );
    }
    for peer in Peer::value_variants() {
        if arguments.peer.is_empty() || arguments.peer.contains(peer) {
            speak(*peer, &cache, report).await;
        }
    }
    Ok(())
}

/// All checks with `peer`; what cannot even start is a failure of its own.
async fn speak(peer: Peer, cache: &Path, report: &mut Report) {
    match peer {
        Peer::Rabbitmq => with_broker("rabbitmq", cache, report).await,
        Peer::Proton => {
            with_broker("proton", cache, report).await;
            with_client(&Foreign::proton(cache), report).await;
        }
        Peer::Rhea => {
            with_broker("rhea", cache, report).await;
            with_client(&Foreign::rhea(cache), report).await;
        }
        Peer::Xiom => match Servers::start().await {
            Ok(servers) => outward::speak(servers.target(), report).await,
            Err(error) => report.broken("xiom", &error),
        },
    }
}

async fn with_broker(name: &str, cache: &Path, report: &mut Report) {
    eprintln!("starting {name}");
    match Broker::start(name, cache).await {
        Ok(broker) => outward::speak(&broker.target, report).await,
        Err(error) => report.broken(name, &error),
    }
}

async fn with_client(client: &Foreign, report: &mut Report) {
    match Servers::start().await {
        Ok(mut servers) => foreign::speak(client, &mut servers, report).await,
        Err(error) => report.broken(client.name, &error),
    }
}
