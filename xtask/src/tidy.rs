//! `cargo xtask tidy`: the house rules that a tool can check.
//!
//! Each Rust file opens with `//!`, silences nothing by `allow`, leaves nothing unfinished, ignores no
//! test, and keeps within the lengths of CONTRIBUTING.md or is named there.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::attacks;
use crate::step::root;

/// Words that mark unfinished or silenced code; split so that this file does not contain them.
const WORDS: [(&str, &str); 6] = [
    ("to", "do!("),
    ("unimple", "mented!("),
    ("FIX", "ME"),
    ("TO", "DO"),
    ("#[al", "low("),
    ("#[ig", "nore"),
];
/// Lines that a file should not exceed.
const LINES: usize = 500;

/// Checks every Rust file of the project.
pub(crate) fn run() -> Result<()> {
    let mut files = Vec::new();
    for folder in ["crates", "model", "benches", "xtask"] {
        collect(&root().join(folder), &mut files)?;
    }
    let mut faults = Vec::new();
    for file in &files {
        check(file, &fs::read_to_string(file)?, &mut faults);
    }
    faults.extend(attacks::faults(root())?);
    if faults.is_empty() && !files.is_empty() {
        return Ok(());
    }
    bail!("{} files, {} faults\n{}", files.len(), faults.len(), faults.join("\n"))
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default();
        if path.is_dir() && name != "target" && name != "node_modules" {
            collect(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn check(file: &Path, text: &str, faults: &mut Vec<String>) {
    let name = file.strip_prefix(root()).unwrap_or(file).display();
    if !text.starts_with("//!") {
        faults.push(format!("{name}:1: no `//!` that says what the file is"));
    }
    let lines = text.lines().count();
    if LINES < lines {
        faults.push(format!("{name}: {lines} lines, split it by subject"));
    }
    for (number, line) in text.lines().enumerate() {
        for (head, tail) in WORDS {
            let word = format!("{head}{tail}");
            if line.contains(&word) {
                faults.push(format!("{name}:{}: `{word}`", number.saturating_add(1)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_found() {
        let mut faults = Vec::new();
        check(Path::new("good.rs"), "//! Good.\nfn good() {}\n", &mut faults);
        assert_eq!(faults, [""; 0]);
        let long = "\n".repeat(LINES + 1);
        check(
            Path::new("bad.rs"),
            &format!("fn bad() {{ {}{}) }}{long}", "to", "do!("),
            &mut faults,
        );
        assert_eq!(faults.len(), 3, "{faults:?}");
    }
}
