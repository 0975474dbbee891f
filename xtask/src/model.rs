//! `cargo xtask model`: the models of the shipped machines, and the mutants that they must see.
//!
//! The mutants are run in a copy of the sources that exists below `target` alone; what is judged and
//! reported is decided by the program `xiom-model`, once they are known.

use core::time::Duration;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use clap::Args;

use crate::step::{root, step};

mod build;
pub(crate) mod list;
mod manifest;
mod rewrite;
pub(crate) mod weave;

/// What to explore, and how to report.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of its own")]
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Millions of states instead of what a review can wait for.
    #[arg(long)]
    nightly: bool,
    /// This model alone, and no mutants.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// Walk through this model by hand.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["only", "record", "json"])]
    explore: Option<String>,
    /// Play a saved scenario, and tell it.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["only", "record"])]
    replay: Option<PathBuf>,
    /// Write the recorded numbers anew.
    #[arg(long)]
    record: bool,
    /// Print the report as JSON.
    #[arg(long)]
    json: bool,
    /// Leave the mutants out.
    #[arg(long)]
    no_mutants: bool,
    /// Switch this mutant on, to see what it breaks; small models suffice.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["explore", "replay", "record", "nightly"])]
    mutant: Option<String>,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask model                           every model, and every mutant they must see
  cargo xtask model --only NAME               one model, while it is written; no mutants
  cargo xtask model --explore NAME            the next step is yours; with --replay FILE, from there
  cargo xtask model --replay FILE             a saved scenario as a sequence diagram
  cargo xtask model --mutant NAME --only NAME what a mistake would do to one model
  cargo xtask model --nightly --json          all there is, for a machine

Mutants are listed in model/mutants.toml, and woven into a copy of the sources below target/model.
Exit code: 0 all holds, 1 something does not, 3 the arguments cannot be understood.";

/// Builds, runs the mutants, runs the models, tells how long that took.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let place = root().join("target").join("model");
    fs::create_dir_all(&place)?;
    let target = place.join("build");
    if arguments.mutant.is_some() {
        let status = arguments.command(&build_woven(&place, &target)?, None)?.status()?;
        return Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let program =
        step("build the models", || build::build(root(), &target, rewrite::PACKAGE.0, |_| None))?;
    let woven = arguments.runs_mutants().then(|| build_woven(&place, &target)).transpose()?;
    let start = Instant::now();
    let results = woven.map(|woven| run_mutants(&woven, &place, arguments)).transpose()?;
    let mutants = start.elapsed();
    let status = arguments.command(&program, results.as_deref())?.status();
    let status = status.with_context(|| format!("cannot start {}", program.display()))?;
    if arguments.explore.is_none() {
        tell(mutants, start.elapsed());
    }
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Weaves the mutants into a copy of the sources, and builds it.
fn build_woven(place: &Path, target: &Path) -> Result<PathBuf> {
    let folder = place.join("mutants");
    let (copy, mutants) = step("weave the mutants", || {
        let text = fs::read_to_string(root().join(MUTANTS)).with_context(|| MUTANTS.to_owned())?;
        let mutants = list::parse(&text).context(MUTANTS)?;
        let copy = rewrite::copy(root(), &mutants)?;
        let written = copy.write(&folder)?;
        eprintln!("    {} mutants; files that differed: {written}", mutants.len());
        Ok((copy, mutants))
    })?;
    step("build the mutants", || {
        let blame = |message: &_| build::blame(&copy, &mutants, message);
        build::build(&folder, target, rewrite::PROGRAM, blame)
    })
}

/// Runs every mutant; gives the file with what became of them.
fn run_mutants(program: &Path, place: &Path, arguments: &Arguments) -> Result<PathBuf> {
    let results = place.join("mutants.json");
    step("run the mutants", || {
        let mut command = Command::new(program);
        // What is printed belongs to the models.
        command.arg("--try-mutants").arg(&results).stdout(io::stderr());
        let flags = [("--nightly", arguments.nightly), ("--record", arguments.record)];
        command.args(flags.into_iter().filter_map(|(flag, is_set)| is_set.then_some(flag)));
        let status = command.current_dir(root()).status();
        let status = status.with_context(|| format!("cannot start {}", program.display()))?;
        ensure!(status.success(), "{} ended with {status}", rewrite::PROGRAM);
        Ok(results)
    })
}

fn tell(mutants: Duration, all: Duration) {
    let (mutants, all) = (mutants.as_secs_f64(), all.as_secs_f64());
    let verdict = if all <= LIMIT.as_secs_f64() { "" } else { ", TOO LONG" };
    let models = all - mutants;
    let limit = LIMIT.as_secs();
    eprintln!("    mutants {mutants:.1} s, models {models:.1} s: {all:.1} s of {limit} s{verdict}");
}

impl Arguments {
    /// Whether mutants have something to say: not where one model or one path is looked at.
    const fn runs_mutants(&self) -> bool {
        let looks = self.only.is_some() || self.explore.is_some() || self.replay.is_some();
        !self.no_mutants && !looks
    }

    /// The call of `program` for these arguments.
    fn command(&self, program: &Path, results: Option<&Path>) -> Result<Command> {
        let mut command = Command::new(program);
        command.current_dir(root()).args(["--out", "target/model"]);
        let flags = [("--nightly", self.nightly), ("--record", self.record), ("--json", self.json)];
        command.args(flags.into_iter().filter_map(|(flag, is_set)| is_set.then_some(flag)));
        for (flag, name) in [("--only", &self.only), ("--explore", &self.explore)] {
            if let Some(name) = name {
                command.args([flag, name]);
            }
        }
        if let Some(name) = &self.mutant {
            command.args(["--small", "--mutant", name]);
        }
        if let Some(file) = &self.replay {
            let file = file.canonicalize();
            let file = file.with_context(|| format!("cannot find {:?}", self.replay))?;
            command.arg("--replay").arg(file);
        }
        if let Some(results) = results {
            command.arg("--mutants").arg(results);
        }
        Ok(command)
    }
}

const MUTANTS: &str = "model/mutants.toml";
/// What both runs may take together, on two cores.
const LIMIT: Duration = Duration::from_mins(1);

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn words(line: &[&str], results: Option<&Path>) -> String {
        let line = Line::try_parse_from(["model"].iter().chain(line)).unwrap();
        let command = line.arguments.command(Path::new("p"), results).unwrap();
        let words = command.get_args().map(|word| word.to_string_lossy().into_owned());
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn arguments_are_passed_on() {
        let all = words(&["--nightly", "--json", "--record"], Some(Path::new("r")));
        assert_eq!(all, "--out target/model --nightly --record --json --mutants r");
        let only = words(&["--only", "stack"], None);
        assert_eq!(only, "--out target/model --only stack");
        assert!(words(&["--explore", "stack"], None).contains("--explore stack"));
    }

    #[test]
    fn mutants_run_unless_one_thing_is_looked_at() {
        let runs = |line: &[&str]| {
            let line = Line::try_parse_from(["model"].iter().chain(line)).unwrap();
            line.arguments.runs_mutants()
        };
        assert!(runs(&[]) && runs(&["--nightly"]) && runs(&["--record", "--json"]));
        assert!(!runs(&["--no-mutants"]) && !runs(&["--only", "a"]));
        assert!(!runs(&["--explore", "a"]) && !runs(&["--replay", "a"]));
    }

    #[test]
    fn what_contradicts_is_refused() {
        assert!(Line::try_parse_from(["model", "--explore", "a", "--only", "b"]).is_err());
        assert!(Line::try_parse_from(["model", "--replay", "a", "--record"]).is_err());
    }
}
