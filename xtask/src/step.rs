//! One step of a task: a command that is named, run and timed; the first that fails ends the task.

use core::fmt::Display;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// Prints `name`, does `deed`, prints how long it took.
pub(crate) fn step<T>(name: impl Display, deed: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("==> {name}");
    let start = Instant::now();
    let result = deed().with_context(|| format!("step failed: {name}"))?;
    eprintln!("    {name}: ok, {:.1} s", start.elapsed().as_secs_f64());
    Ok(result)
}

/// Runs the command `words` in the root of the project.
pub(crate) fn run(words: &[&str]) -> Result<()> {
    run_with(words, &[])
}

/// The same, with `variables` in its environment.
pub(crate) fn run_with(words: &[&str], variables: &[(&str, &str)]) -> Result<()> {
    let mut command = command(words)?;
    command.envs(variables.iter().copied());
    let status = command.status().with_context(|| format!("cannot start {words:?}"))?;
    if !status.success() {
        bail!("{} ended with {status}", words.join(" "));
    }
    Ok(())
}

/// What the command `words` prints, or `None` when it fails or cannot be started.
pub(crate) fn output(words: &[&str]) -> Option<String> {
    let output = command(words).ok()?.output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn command(words: &[&str]) -> Result<Command> {
    let (program, arguments) = words.split_first().context("a command without a name")?;
    let mut command = Command::new(program);
    command.args(arguments).current_dir(root());
    Ok(command)
}

/// The root of the project.
pub(crate) fn root() -> &'static Path {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask)
}
