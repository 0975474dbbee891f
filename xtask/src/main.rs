//! The tasks of the project, one file each; what CI runs, you run.

use anyhow::Result;
use clap::{Parser, Subcommand};

mod ci;
mod interop;
mod step;
mod test;
mod tidy;

/// The tasks of the project: what CI runs, you run.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", after_help = EXAMPLES)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask test                     everything that needs only the toolchain
  cargo xtask ci                       what needs more: bare-metal builds, deny, features, MSRV
  cargo xtask interop amqp --install   real brokers, installed and started on loopback";

#[derive(Debug, Subcommand)]
enum Task {
    /// Format, house rules, clippy, docs and all tests; needs nothing but the toolchain.
    Test,
    /// What needs more than the toolchain, and installs it: bare-metal builds, deny, features, MSRV.
    Ci,
    /// The house rules that a tool can check; part of `test`.
    Tidy,
    /// Real peers: starts them on loopback, speaks with them, prints a table.
    Interop(interop::Arguments),
}

fn main() -> Result<()> {
    match Arguments::parse().task {
        Task::Test => test::run(),
        Task::Ci => ci::run(),
        Task::Tidy => tidy::run(),
        Task::Interop(arguments) => interop::run(&arguments),
    }
}
