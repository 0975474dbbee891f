//! `cargo xtask trace`: the commands of `xiom-trace` for this project, and its gate in `test`.

use std::process::ExitCode;

use anyhow::{Result, bail};
use xiom_trace::cli::{self, Arguments};

use crate::step::root;

/// Runs a command of `xiom-trace` in the root of the project.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    cli::main(arguments, Some(root().into()))
}

/// Judges documents, citations and lock; runs nothing.
pub(crate) fn check() -> Result<()> {
    if cli::check(root(), "spec") == ExitCode::SUCCESS {
        return Ok(());
    }
    bail!("`cargo xtask trace check` says what is missing")
}
