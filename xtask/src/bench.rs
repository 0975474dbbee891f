//! `cargo xtask bench`: what Xiom costs, beside its limits and beside other implementations, in one table.
//!
//! The programs that measure are in `benches` and `xtask/peers/bench`; this builds and runs them, joins their
//! figures by the rows that are declared here, and judges. What could not be measured is told with the
//! reason, and never as held.

use std::path::PathBuf;
use std::process::ExitCode;
use std::{env, fs};

use anyhow::Result;
use clap::Args;

use crate::step::{root, step};

mod figure;
mod goal;
mod instructions;
mod join;
mod machine;
mod page;
mod programs;
mod realm;
mod report;
mod rows;
mod size;

use join::Table;
use machine::Machine;

/// What to measure, and beside whom.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(crate) struct Arguments {
    /// Only rows whose names contain one of these, such as `tls-memory` or `connect/tls`.
    #[arg(value_name = "ROW-FILTER")]
    filters: Vec<String>,
    /// Fewer and shorter rounds: a first look, in five minutes.
    #[arg(long)]
    quick: bool,
    /// Beside other implementations, which are built below the target folder.
    #[arg(long)]
    peers: bool,
    /// Install what the peers need first: Debian packages, a JDK, a Python environment.
    #[arg(long, requires = "peers")]
    install: bool,
    /// Print the table as JSON.
    #[arg(long)]
    json: bool,
    /// Print the table as Markdown.
    #[arg(long, conflicts_with = "json")]
    markdown: bool,
    /// Count instructions instead, with valgrind, and compare them with `benches/instructions.toml`.
    #[arg(long, conflicts_with_all = ["quick", "peers", "json", "markdown"])]
    instructions: bool,
    /// Write the counts down.
    #[arg(long, requires = "instructions")]
    record: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask bench --quick                   a first look at Xiom and its limits
  cargo xtask bench --peers --install         everything, beside every peer
  cargo xtask bench --peers tls connect/tls   only TLS
  cargo xtask bench --instructions            has anything become slower? Exact, on any machine

The report is target/xiom-benches/report.html, and report.json for machines.
Exit code: 0 all that was measured is held, 1 something is behind or failed, 4 valgrind cannot be had.";

/// Measures, prints, writes; the code says whether anything is behind.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    if arguments.instructions {
        return instructions::run(arguments.record, &arguments.filters);
    }
    let folder = place();
    fs::create_dir_all(&folder)?;
    if arguments.install {
        step("install peers", programs::install)?;
    }
    programs::build(arguments)?;
    let before = Machine::look();
    before.warn();
    let measured = programs::run_all(arguments, &folder);
    let table = Table::join(measured, arguments, before, &Machine::look());
    fs::write(folder.join("report.json"), serde_json::to_vec_pretty(&table)?)?;
    let page = folder.join("report.html");
    fs::write(&page, page::page(&table))?;
    if arguments.json {
        println!("{}", serde_json::to_string_pretty(&table)?);
    } else if arguments.markdown {
        print!("{}", report::markdown(&table));
    } else {
        print!("{}", report::text(&table));
        println!("report: {}", page.display());
    }
    Ok(ExitCode::from(u8::from(table.behind() != 0)))
}

/// Where cargo puts what it builds.
fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Where the reports lie.
fn place() -> PathBuf {
    target().join("xiom-benches")
}
