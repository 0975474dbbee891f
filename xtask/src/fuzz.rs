//! `cargo xtask fuzz`: smoke, campaigns, corpora, and inputs that fail.
//!
//! The engine is libFuzzer, which needs a nightly toolchain; the targets are listed, seeded, replayed and
//! explained by the program `xiom-fuzz`, which does not. Everything but corpora, regressions and dictionaries
//! lies below `target/fuzz`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Subcommand, ValueEnum};

mod campaign;
mod corpus;
mod cover;
mod engine;
mod ledger;
mod line;
mod page;
mod pick;
mod report;
#[cfg(test)]
mod scripts;
mod selftest;
mod tools;
mod triage;

/// What to do with the targets.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    deed: Deed,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask fuzz smoke                            every target for 6 seconds
  cargo xtask fuzz run amqp_value --seconds 600     one target for ten minutes
  cargo xtask fuzz campaign --seconds 1200 --sanitizer address
  cargo xtask fuzz triage target/fuzz/crashes/amqp_value/crash-0a1b --name odd-map
  cargo xtask fuzz cover                            requirements that the committed corpora execute
  cargo xtask fuzz selftest                         planted mistakes, and after how many runs each is found
  cargo xtask fuzz promote && cargo xtask fuzz cmin keep what was found, and no more

The report of smoke, run and campaign is target/fuzz/report.html, and report.json for machines.
Exit code: 0 nothing was found, 1 something was, or could not be run; of selftest, 1 a mistake was missed.";

#[derive(Debug, Subcommand)]
enum Deed {
    /// Every target for a few seconds, with a fixed seed.
    Smoke(Budget),
    /// One target.
    Run {
        /// The target.
        target: String,
        #[command(flatten)]
        budget: Budget,
    },
    /// Every target, for as long as it takes.
    Campaign(Budget),
    /// Minimises the committed corpora: of the inputs, few stay that reach as many edges as all.
    Cmin {
        /// The target; every target by default.
        target: Option<String>,
    },
    /// Adds what campaigns found to the committed corpora, where it reaches something new.
    Promote,
    /// Which requirements the committed corpora execute; needs no nightly toolchain.
    Cover {
        /// JSON, and no words.
        #[arg(long)]
        json: bool,
    },
    /// Plants mistakes in a copy, and sees that each is found by its target.
    Selftest {
        /// Start from nothing but the dictionary: what the engine finds by itself.
        #[arg(long)]
        without_corpus: bool,
    },
    /// Writes the seeds, which come from the code of the targets, into the corpora.
    Seed,
    /// Writes the dictionaries, and the options of the targets, from the constants of the code.
    Dict {
        /// Compare, and write nothing.
        #[arg(long)]
        check: bool,
    },
    /// Minimises an input that fails, tells it in words, and keeps it.
    Triage {
        /// The input; the folder it lies in is named like its target.
        file: PathBuf,
        /// What went wrong, in lower case with hyphens: keeps the input as a regression of this name.
        #[arg(long)]
        name: Option<String>,
    },
}

/// How long, how many at a time, and how.
#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Budget {
    /// Seconds for each target; 6 for a smoke, 60 for one target, 1200 for a campaign.
    #[arg(long)]
    seconds: Option<u64>,
    /// Targets that run at a time; as many as there are processors by default.
    #[arg(long)]
    jobs: Option<usize>,
    /// What else to watch.
    #[arg(long, value_enum, default_value_t)]
    sanitizer: Sanitizer,
    /// The seed of the engine's choices; 0 lets it choose.
    #[arg(long, default_value_t = 1)]
    seed: u32,
}

/// What the compiler adds to watch for.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum Sanitizer {
    /// Nothing: all of this project's own code is safe Rust.
    #[default]
    None,
    /// Memory errors, which dependencies may have.
    Address,
}

impl Sanitizer {
    const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Address => "address",
        }
    }
}

/// Does what is asked; the code says whether something was found.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    match &arguments.deed {
        Deed::Smoke(budget) => return campaign::run(None, budget, 6),
        Deed::Run { target, budget } => return campaign::run(Some(target), budget, 60),
        Deed::Campaign(budget) => return campaign::run(None, budget, 1200),
        Deed::Selftest { without_corpus } => return selftest::run(!without_corpus),
        Deed::Cover { json } => return cover::run(*json),
        Deed::Cmin { target } => corpus::minimise(target.as_deref())?,
        Deed::Promote => corpus::promote()?,
        Deed::Seed => corpus::seed()?,
        Deed::Dict { check } => corpus::dict(*check)?,
        Deed::Triage { file, name } => triage::run(file, name.as_deref())?,
    }
    Ok(ExitCode::SUCCESS)
}
