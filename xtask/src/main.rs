//! The tasks of the project, one file each; what CI runs, you run.

extern crate alloc;

use std::process::ExitCode;

use anyhow::Result;
use clap::error::ErrorKind;
use clap::{Parser, Subcommand};

mod attacks;
mod bench;
mod ci;
mod fuzz;
mod interop;
mod model;
mod page;
mod step;
mod table;
mod test;
mod tidy;
mod trace;

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
  cargo xtask model                    every model of the machines, and every mutant they must see
  cargo xtask table --check            the tables of the machines, compared with the code
  cargo xtask trace run                requirements with evidence: each citing test, what it executed
  cargo xtask fuzz smoke               every fuzz target for a few seconds; needs a nightly toolchain
  cargo xtask bench --quick            what Xiom costs, beside its limits; --peers: beside others, too
  cargo xtask interop amqp --install   real brokers, installed and started on loopback
  cargo xtask interop sasl --install   SASL libraries, mechanism by mechanism
  cargo xtask interop thrift --install SASL transports of Thrift for Java and Python
  cargo xtask interop spark --install  the Thrift server of Spark, 370 MB";

#[derive(Debug, Subcommand)]
enum Task {
    /// Format, house rules, citations, clippy, docs and all tests; needs nothing but the toolchain.
    Test,
    /// What needs more than the toolchain, and installs it: bare-metal builds, deny, features, MSRV.
    Ci,
    /// The house rules that a tool can check; part of `test`.
    Tidy,
    /// Requirements with evidence; `trace check` is part of `test`.
    Trace(xiom_trace::cli::Arguments),
    /// Models that drive the shipped machines, and the mutants that they must see.
    Model(model::Arguments),
    /// Tables and diagrams of every machine, drawn from the shipped code into `spec/tables`.
    Table(table::Arguments),
    /// Fuzz targets: smoke, campaigns, corpora, and inputs that fail.
    Fuzz(fuzz::Arguments),
    /// What Xiom costs: one table beside limits and other implementations.
    Bench(bench::Arguments),
    /// Real peers: starts them on loopback, speaks with them, prints a table.
    Interop(interop::Arguments),
}

/// The exit code for arguments that cannot be understood; 1 and 2 say something about the project.
const USAGE: u8 = 3;

fn main() -> ExitCode {
    if let Some(code) = xiom_trace::act_as_rustc_if_asked() {
        return code;
    }
    let task = match Arguments::try_parse() {
        Ok(arguments) => arguments.task,
        Err(error) => {
            let is_help =
                matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
            // There is nobody left to tell when this fails.
            let _printed = error.print();
            return ExitCode::from(if is_help { 0 } else { USAGE });
        }
    };
    match run(task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:?}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    match task {
        Task::Test => test::run()?,
        Task::Ci => ci::run()?,
        Task::Tidy => tidy::run()?,
        Task::Trace(arguments) => return Ok(trace::run(arguments)),
        Task::Model(arguments) => return model::run(&arguments),
        Task::Table(arguments) => return table::run(&arguments),
        Task::Fuzz(arguments) => return fuzz::run(&arguments),
        Task::Bench(arguments) => return bench::run(&arguments),
        Task::Interop(arguments) => interop::run(&arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}
