//! `cargo xtask interop`: real peers, installed and started on loopback.
//!
//! The peers live in `xtask/peers`, the program that speaks with them in `xtask/interop`.

use anyhow::Result;
use clap::Args;

use crate::step;

/// Which peers, and how to report.
#[derive(Args, Debug)]
pub(crate) struct Arguments {
    /// The protocol whose peers are started.
    #[arg(value_parser = ["amqp", "sasl", "thrift", "spark"])]
    protocol: String,
    /// Install what the peers need first: Debian packages, a Python environment, npm packages.
    #[arg(long)]
    install: bool,
    /// Only the peers of this name; may be given several times.
    #[arg(long, value_name = "NAME")]
    peer: Vec<String>,
    /// Print the table as JSON.
    #[arg(long)]
    json: bool,
    /// A peer that is not installed is no failure.
    #[arg(long)]
    allow_absent: bool,
}

/// Installs, starts, speaks, stops and reports.
pub(crate) fn run(arguments: &Arguments) -> Result<()> {
    let cache = step::root().join("target").join("peers");
    let cache = cache.to_str().unwrap_or("target/peers").to_owned();
    if arguments.install {
        let words = ["sh", "xtask/peers/install.sh", &cache, &arguments.protocol];
        step::step("install peers", || step::run(&words))?;
    }
    // In the profile of the tests, so that nothing is built twice.
    let mut words = vec!["cargo", "run", "--quiet", "--package", "xiom-interop", "--"];
    words.extend([arguments.protocol.as_str(), "--cache", &cache]);
    words.extend(arguments.json.then_some("--json"));
    words.extend(arguments.allow_absent.then_some("--allow-absent"));
    words.extend(arguments.peer.iter().flat_map(|name| ["--peer", name]));
    step::step("interop", || step::run(&words))
}
