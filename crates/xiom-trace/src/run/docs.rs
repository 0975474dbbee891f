//! Examples in the documentation that must not compile, and do not.

use alloc::collections::BTreeSet;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::WantedDoc;
use super::text::tail;
use super::workspace::{Workspace, failed};
use crate::Finding;

/// What `cargo test --doc` said of one example that must not compile.
#[derive(Debug, Eq, PartialEq)]
struct Example {
    file: PathBuf,
    line: usize,
    passed: bool,
}

/// The arguments of cargo that test the documentation of `packages`.
pub(super) fn arguments(
    workspace: &Workspace,
    packages: &BTreeSet<usize>,
    features: &[String],
) -> Vec<String> {
    let mut arguments = vec!["test".to_owned(), "--doc".to_owned(), "--no-fail-fast".to_owned()];
    for package in packages.iter().filter_map(|it| workspace.packages.get(*it)) {
        arguments.extend(["-p".to_owned(), package.name.clone()]);
    }
    arguments.extend(features.iter().cloned());
    arguments
}

/// Tests the documentation; for each of `wanted`, whether all of its examples are refused by the compiler.
///
/// Without examples the answer is no.
pub(super) fn test(
    cargo: &Path,
    workspace: &Workspace,
    arguments: &[String],
    root: &Path,
    wanted: &[WantedDoc],
) -> Result<Vec<bool>, Finding> {
    let output = Command::new(cargo)
        .args(arguments)
        .current_dir(&workspace.root)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| failed(&format!("cargo cannot be started: {error}")))?;
    let said = String::from_utf8_lossy(&output.stdout);
    // Examples that fail are no failure here: only the wanted ones count.
    if !output.status.success() && !said.contains("test result:") {
        let errors = String::from_utf8_lossy(&output.stderr);
        return Err(failed(&format!("the documentation cannot be tested:\n{}", tail(&errors))));
    }
    let examples: Vec<Example> = said.lines().filter_map(read).collect();
    let passes = |doc: &WantedDoc| {
        let file = root.join(&doc.file);
        let mut its = examples
            .iter()
            .filter(|it| (doc.first_line..=doc.last_line).contains(&it.line))
            .filter(|it| {
                // The compiler names files by the directory it works in.
                let bases = workspace.packages.iter().map(super::workspace::Package::directory);
                let mut bases = bases.chain([workspace.root.as_path()]);
                bases.any(|base| base.join(&it.file) == file)
            })
            .peekable();
        its.peek().is_some() && its.all(|it| it.passed)
    };
    Ok(wanted.iter().map(passes).collect())
}

/// Reads `test src/lib.rs - item (line 7) - compile fail ... ok`.
fn read(line: &str) -> Option<Example> {
    let (place, passed) = line.strip_prefix("test ")?.rsplit_once(" - compile fail ... ")?;
    let (file, rest) = place.split_once(" - ")?;
    let (_, number) = rest.rsplit_once("(line ")?;
    Some(Example {
        file: file.into(),
        line: number.strip_suffix(')')?.parse().ok()?,
        passed: passed == "ok",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_of_the_test_program_are_read() {
        let example = |line, passed| Some(Example { file: "src/lib.rs".into(), line, passed });
        assert_eq!(read("test src/lib.rs - a::B (line 7) - compile fail ... ok"), example(7, true));
        assert_eq!(
            read("test src/lib.rs - (line 12) - compile fail ... FAILED"),
            example(12, false)
        );
        assert_eq!(read("test src/lib.rs - a (line 7) ... ok"), None);
        assert_eq!(read("test result: ok. 1 passed; 0 failed"), None);
    }
}
