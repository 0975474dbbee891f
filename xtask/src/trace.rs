//! `cargo xtask trace`: the commands of `xiom-trace` for this project, and its gate in `test`.

use std::process::ExitCode;

use anyhow::{Result, bail};
use xiom_trace::cli::{self, Arguments};

use crate::step::root;

/// Runs a command of `xiom-trace` in the root of the project.
pub(crate) fn run(arguments: Arguments) -> ExitCode {
    cli::main(arguments, Some(root().into()))
}

/// The projects that are traced, by their roots: this one, and the tool itself.
const TRACED: [&str; 2] = [".", "crates/xiom-trace"];

/// Judges documents, citations and locks; runs nothing.
pub(crate) fn check() -> Result<()> {
    for project in TRACED {
        if cli::check(&root().join(project), "spec") != ExitCode::SUCCESS {
            bail!("`cargo xtask trace check --root {project}` says what is missing");
        }
    }
    Ok(())
}
