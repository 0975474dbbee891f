//! `cargo xtask table`: the tables of the machines in `spec/tables`, drawn from the shipped code.
//!
//! What a table says is decided by the program `xiom-model`, which runs the machines; this builds it as
//! `cargo xtask model` does, into the same folder, and passes its answer on.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};
use clap::Args;

use crate::USAGE;
use crate::step::root;

/// Whether to write or to compare.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Compare the files with the code, and say where they differ.
    #[arg(long)]
    check: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo xtask table             write spec/tables anew; what git shows then is a change of the design
  cargo xtask table --check     are the files what the code does? Names the machine, row and event if not

Exit code: 0 written or equal, 1 something differs, 3 the arguments cannot be understood.";

/// Builds the program, and lets it write or compare.
pub(crate) fn run(arguments: &Arguments) -> Result<ExitCode> {
    let status = command(arguments).status().context("cannot start cargo")?;
    // Cargo has codes of its own, such as for sources that do not compile.
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    let code = code.filter(|code| [0, USAGE].contains(code)).unwrap_or(1);
    Ok(ExitCode::from(code))
}

fn command(arguments: &Arguments) -> Command {
    let mut command = Command::new("cargo");
    command.args(["run", "--quiet", "--profile", "model", "--package", "xiom-model"]);
    command.args(["--bin", "xiom-model", "--target-dir", "target/model/build"]);
    command.args(["--", "--tables", "spec/tables"]).current_dir(root());
    command.args(arguments.check.then_some("--check"));
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(check: bool) -> String {
        let command = command(&Arguments { check });
        let words = command.get_args().map(|word| word.to_string_lossy().into_owned());
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn the_program_is_told_what_to_do() {
        assert!(words(false).ends_with("-- --tables spec/tables"));
        assert!(words(true).ends_with("-- --tables spec/tables --check"));
    }
}
