//! What fuzzing needs: the list of targets, a nightly toolchain, cargo-fuzz, and the engine's programs.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::Sanitizer;
use crate::ci;
use crate::step::{self, root};

/// One target, as the program `xiom-fuzz` lists it.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Target {
    pub(super) name: String,
    pub(super) about: String,
    /// The name of its dictionary.
    pub(super) dictionary: Option<String>,
    /// Octets of the longest input.
    pub(super) longest: usize,
    /// Whether it tells which states and events an input meets.
    pub(super) machine: bool,
}

impl Target {
    /// The one that does nothing, and is in no list.
    pub(super) fn empty() -> Self {
        let (about, dictionary) = (String::new(), None);
        Self { name: "empty".to_owned(), about, dictionary, longest: 4096, machine: false }
    }
}

/// What the program `xiom-fuzz` prints.
pub(super) fn ask(words: &[&str]) -> Result<String> {
    let cargo = ["cargo", "run", "--quiet", "--package", "xiom-fuzz", "--"];
    let words: Vec<&str> = cargo.iter().chain(words).copied().collect();
    step::output(&words).with_context(|| format!("{} failed", words.join(" ")))
}

/// Every target.
pub(super) fn targets() -> Result<Vec<Target>> {
    let targets: Vec<Target> = serde_json::from_str(&ask(&["list"])?)?;
    ensure!(!targets.is_empty(), "there is no target");
    Ok(targets)
}

/// The target of that name, or every target.
pub(super) fn some(only: Option<&str>) -> Result<Vec<Target>> {
    let mut targets = targets()?;
    if let Some(name) = only {
        targets.retain(|target| target.name == name);
        ensure!(!targets.is_empty(), "no target is called {name}");
    }
    Ok(targets)
}

/// Where a file of fuzzing lies that is not committed.
pub(super) fn place(parts: &[&str]) -> PathBuf {
    parts.iter().fold(root().join("target").join("fuzz"), |path, part| path.join(part))
}

/// Where a file of fuzzing lies that is committed.
pub(super) fn kept(parts: &[&str]) -> PathBuf {
    parts.iter().fold(root().join("fuzz"), |path, part| path.join(part))
}

pub(super) fn text(path: &Path) -> Result<&str> {
    path.to_str().with_context(|| format!("{} is not UTF-8", path.display()))
}

/// Builds the engine's program of the target `only`, or all, and tells the folder they lie in.
pub(super) fn build(sanitizer: Sanitizer, only: Option<&str>) -> Result<PathBuf> {
    build_in(&kept(&[]), sanitizer, only)
}

/// The same, with the targets of the folder `fuzz`.
pub(super) fn build_in(fuzz: &Path, sanitizer: Sanitizer, only: Option<&str>) -> Result<PathBuf> {
    ensure!(
        step::output(&["cargo", "+nightly", "--version"]).is_some()
            || step::output(&["rustup", "toolchain", "install", "--profile", "minimal", "nightly"])
                .is_some(),
        "libFuzzer needs a nightly toolchain, and none can be had here: \
         `cargo test --package xiom-fuzz` replays the committed inputs without one"
    );
    let tool = ci::tool("cargo-fuzz", "0.13.2")?;
    let folder = place(&["engine", sanitizer.word()]);
    let host = host()?;
    // The debug assertions come from the profile, so that an optimised build has them, too.
    let program =
        [tool.as_str(), "build", "--fuzz-dir", text(fuzz)?, "--release"].map(str::to_owned);
    let flags =
        ["--sanitizer", sanitizer.word(), "--target", &host, "--target-dir", text(&folder)?];
    let words: Vec<String> = program.into_iter().chain(flags.map(str::to_owned)).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).chain(only).collect();
    step::step(format!("build the targets, sanitizer {}", sanitizer.word()), || {
        step::run_with(&words, &[("RUSTUP_TOOLCHAIN", "nightly")])
    })?;
    Ok(folder.join(host).join("release"))
}

/// The triple of this machine.
fn host() -> Result<String> {
    let told = step::output(&["rustc", "--version", "--verbose"]).context("no rustc")?;
    let host = told.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not tell its host")
}
