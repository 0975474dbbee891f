//! Instructions instead of time: exact, so that a small growth is seen on any machine.
//!
//! valgrind counts what runs within one function of the benchmark `instructions`; the counts are kept in
//! `benches/instructions.toml`, for one toolchain.

use alloc::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail, ensure};
use serde::{Deserialize, Serialize};

use crate::step::{self, root, step};

/// What is kept.
#[derive(Debug, Default, Deserialize, Serialize)]
struct Kept {
    /// The compiler that the counts belong to, and the machine that it builds for.
    toolchain: String,
    /// Instructions of one operation of each case.
    counts: BTreeMap<String, u64>,
}

/// Counts every case, or those whose names contain a filter, and compares or records.
pub(super) fn run(record: bool, filters: &[String]) -> Result<ExitCode> {
    if !has_valgrind() {
        eprintln!("valgrind cannot be had here: nothing is counted");
        return Ok(ExitCode::from(NO_VALGRIND));
    }
    ensure!(!record || filters.is_empty(), "only all counts can be recorded");
    let program = step("build the benchmark", build)?;
    let cases = cases(&program)?;
    let wanted = |name: &&str| filters.is_empty() || filters.iter().any(|it| name.contains(it));
    let mut counts = BTreeMap::new();
    for name in cases.lines().filter(wanted) {
        counts.insert(name.to_owned(), count(&program, name)?);
    }
    let now = Kept { toolchain: toolchain()?, counts };
    let file = root().join("benches").join("instructions.toml");
    if record {
        fs::write(&file, format!("{HEAD}{}", toml::to_string(&now)?))?;
        println!("{} counts are recorded", now.counts.len());
        return Ok(ExitCode::SUCCESS);
    }
    let kept = fs::read_to_string(&file).context("nothing is recorded: add --record")?;
    let kept: Kept = toml::from_str(&kept)?;
    let grown = compare(&kept, &now);
    if kept.toolchain == now.toolchain {
        return Ok(ExitCode::from(u8::from(grown != 0)));
    }
    println!(
        "the counts are those of {}, and this is {}: they are only shown",
        kept.toolchain, now.toolchain
    );
    Ok(ExitCode::SUCCESS)
}

/// Prints all, and gives how many have grown too much.
fn compare(kept: &Kept, now: &Kept) -> usize {
    let mut grown = 0;
    println!("{:<44} {:>12} {:>12} {:>8}", "instructions", "recorded", "now", "");
    for (name, &count) in &now.counts {
        let Some(&before) = kept.counts.get(name) else {
            println!("{name:<44} {:>12} {count:>12}      new", "–");
            continue;
        };
        let is_grown = has_grown(before, count);
        grown += usize::from(is_grown);
        let percent = 100.0 * (float(count) / float(before) - 1.0);
        let word = if is_grown { "GROWN" } else { "" };
        println!("{name:<44} {before:>12} {count:>12} {percent:>+6.1} %  {word}");
    }
    grown
}

/// Whether `count` is more than three percent above `before`.
fn has_grown(before: u64, count: u64) -> bool {
    before.saturating_mul(103) < count.saturating_mul(100)
}

fn float(count: u64) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}

fn has_valgrind() -> bool {
    let is_there = || step::output(&["valgrind", "--version"]).is_some();
    is_there() || (step::output(&["apt-get", "install", "-y", "valgrind"]).is_some() && is_there())
}

/// Builds the program as it is measured, and tells where it lies.
fn build() -> Result<PathBuf> {
    let words = ["cargo", "bench", "--package", "xiom-benches", "--bench", "instructions"];
    let told = step::output(&[&words[..], &["--no-run", "--message-format", "json"]].concat());
    let told = told.context("the benchmark does not compile")?;
    let program = told.lines().rev().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).ok()?;
        message.get("executable")?.as_str().map(PathBuf::from)
    });
    program.context("cargo tells no program")
}

fn cases(program: &Path) -> Result<String> {
    let told = Command::new(program).arg("--list").output()?;
    ensure!(told.status.success(), "the benchmark does not run");
    Ok(String::from_utf8(told.stdout)?)
}

/// Instructions of one operation of the case.
fn count(program: &Path, name: &str) -> Result<u64> {
    let out = tempfile::NamedTempFile::new()?;
    let told = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no", "--toggle-collect=*xiom_measured*"])
        .arg(format!("--callgrind-out-file={}", out.path().display()))
        .arg(program)
        .args(["--case", name])
        // What the environment says may not change what is counted.
        .env_clear()
        .output()
        .context("cannot start valgrind")?;
    if !told.status.success() {
        bail!("{name}: {}", String::from_utf8_lossy(&told.stderr));
    }
    let text = fs::read_to_string(out.path())?;
    let sum = text
        .lines()
        .find_map(|line| line.strip_prefix("summary: ").or_else(|| line.strip_prefix("totals: ")));
    let sum: u64 = sum.context("nothing was counted")?.trim().parse()?;
    ensure!(sum != 0, "{name}: nothing was counted");
    Ok(sum / OPERATIONS)
}

fn toolchain() -> Result<String> {
    let told = step::output(&["rustc", "--version", "--verbose"]).context("no rustc")?;
    let field = |name: &str| told.lines().find_map(|line| line.strip_prefix(name));
    let (release, host) = (field("release: "), field("host: "));
    Ok(format!("{} {}", release.context("no release")?, host.context("no host")?))
}

/// Operations that the program does of a case within what is counted.
const OPERATIONS: u64 = 100;
/// The exit code where valgrind cannot be had.
const NO_VALGRIND: u8 = 4;
const HEAD: &str = "\
# Instructions of one operation, counted by `cargo xtask bench --instructions`; written by `--record`.

";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_percent_are_let_through() {
        assert!(!has_grown(100, 103));
        assert!(has_grown(100, 104));
        assert!(!has_grown(100, 50));
    }

    #[test]
    fn growth_is_counted() {
        let kept = |count| Kept { toolchain: String::new(), counts: [("a".into(), count)].into() };
        assert_eq!(compare(&kept(100), &kept(200)), 1);
        assert_eq!(compare(&kept(200), &kept(100)), 0);
        assert_eq!(compare(&Kept::default(), &kept(100)), 0);
    }
}
