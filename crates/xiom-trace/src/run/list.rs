//! Which tests a program has.

use std::collections::HashSet;
use std::path::Path;

use super::build::Program;
use super::process::{self, Surroundings};
use super::text::tail;
use super::workspace::failed;
use crate::Finding;

/// The names of the tests in one program.
#[derive(Debug, Default)]
pub(super) struct Listed {
    names: Vec<String>,
    ignored: HashSet<String>,
}

impl Listed {
    /// Asks the program itself.
    pub(super) fn of(
        program: &Program,
        surroundings: &Surroundings,
        scratch: &Path,
    ) -> Result<Self, Finding> {
        let ask = |arguments: &[&str]| {
            let label = program.target.label();
            let ended = surroundings
                .run(&program.path, arguments, scratch, super::GUARD)
                .map_err(|error| failed(&format!("`{label}` cannot be started: {error}")))?;
            let output = process::output(scratch);
            if ended.success {
                Ok(names(&output))
            } else {
                Err(failed(&format!("`{label}` does not list its tests:\n{}", tail(&output))))
            }
        };
        let names = ask(&["--list"])?;
        let ignored = ask(&["--list", "--ignored"])?.into_iter().collect();
        Ok(Self { names, ignored })
    }

    /// The tests that `name` stands for: itself, or the cases that it was expanded into.
    ///
    /// None is found for a test that was renamed, that is configured out of this build, whose module no
    /// target declares, or that a macro names otherwise. From the list alone these cannot be told apart, and
    /// for the evidence they are the same: the test did not run.
    pub(super) fn find(&self, name: &str) -> Vec<&str> {
        let all = || self.names.iter().map(String::as_str);
        if let Some(found) = all().find(|it| *it == name) {
            return vec![found];
        }
        let case =
            |it: &&str| it.strip_prefix(name).is_some_and(|rest| rest.starts_with("::case_"));
        all().filter(case).collect()
    }

    /// Whether the test is marked to be ignored.
    pub(super) fn is_ignored(&self, name: &str) -> bool {
        self.ignored.contains(name)
    }
}

fn names(output: &str) -> Vec<String> {
    output.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_whole_or_as_cases() {
        let output = "a::one: test\na::two::case_1: test\na::two::case_2_x: test\nb: bench\n";
        let listed = Listed { names: names(output), ignored: HashSet::new() };
        assert_eq!(listed.find("a::one"), ["a::one"]);
        assert_eq!(listed.find("a::two"), ["a::two::case_1", "a::two::case_2_x"]);
        assert!(listed.find("a").is_empty());
        assert!(listed.find("one").is_empty());
        assert!(listed.find("b").is_empty());
    }
}
