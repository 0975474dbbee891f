//! The program `xiom-model`, built plain and as the woven copy; an error in the copy names the mutant.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::list::Mutant;
use super::rewrite::{Copy, PACKAGE};

/// Builds `program` of the workspace in `folder` into `target`, and tells where it lies; `explain` turns a
/// message of the compiler into words of ours.
pub(super) fn build(
    folder: &Path,
    target: &Path,
    program: &str,
    explain: impl Fn(&Value) -> Option<String>,
) -> Result<PathBuf> {
    let mut command = Command::new("cargo");
    command.args(["build", "--quiet", "--profile", "model", "--package", PACKAGE.0]);
    command.args(["--bin", program, "--message-format", "json", "--target-dir"]).arg(target);
    command.current_dir(folder).stdout(Stdio::piped());
    let mut child = command.spawn().context("cannot start cargo")?;
    let output = child.stdout.take().context("cargo has no output")?;
    let (mut executable, mut words) = (None, Vec::new());
    for line in BufReader::new(output).lines() {
        let Ok(message) = serde_json::from_str::<Value>(&line?) else { continue };
        executable = executable.or_else(|| program_of(&message, program));
        if let Some(rendered) = rendered(&message) {
            eprintln!("{rendered}");
            words.extend(explain(&message));
        }
    }
    let status = child.wait()?;
    words.dedup();
    match executable {
        Some(executable) if status.success() => Ok(executable),
        _ if words.is_empty() => bail!("cargo ended with {status}"),
        _ => bail!("{}", words.join("\n")),
    }
}

/// Where `program` was put, if `message` says so.
fn program_of(message: &Value, program: &str) -> Option<PathBuf> {
    let is_it = message.get("target")?.get("name")?.as_str()? == program;
    is_it.then(|| message.get("executable")?.as_str().map(PathBuf::from)).flatten()
}

/// The words of the compiler, where it complains.
fn rendered(message: &Value) -> Option<&str> {
    message.get("message")?.get("rendered")?.as_str()
}

/// Which of `mutants` does not compile, as far as a message of the compiler tells.
pub(super) fn blame(copy: &Copy, mutants: &[Mutant], message: &Value) -> Option<String> {
    let message = message.get("message")?;
    if message.get("level")?.as_str()? != "error" {
        return None;
    }
    let spans: Vec<_> = message.get("spans")?.as_array()?.iter().filter_map(place).collect();
    let numbers = spans.iter().map(|(file, line)| copy.mutants_at(file, *line));
    let numbers = numbers.into_iter().find(|numbers| !numbers.is_empty())?;
    let here = numbers.iter().filter_map(|number| mutants.get(*number));
    let names: Vec<_> = here.map(|mutant| format!("`{}`", mutant.name)).collect();
    let said = message.get("message").and_then(Value::as_str).unwrap_or_default();
    Some(format!("mutant {} does not compile: {said}", names.join(" or ")))
}

/// The file and the line of a span.
fn place(span: &Value) -> Option<(String, usize)> {
    let file = span.get("file_name")?.as_str()?.replace('\\', "/");
    Some((file, usize::try_from(span.get("line_start")?.as_u64()?).ok()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::model::{list, rewrite};
    use crate::step::root;

    const LIST: &str = "[[mutant]]\nname = 'it'\nfile = 'crates/xiom-core/src/stack.rs'\n\
        find = 'self.lower.close(out);'\nreplace = 'if !MUTANT { self.lower.close(out); }'\n";

    #[test]
    fn an_error_in_a_mutants_line_names_it() {
        let mutants = list::parse(LIST).unwrap();
        let copy = rewrite::copy(root(), &mutants).unwrap();
        let file = "crates/xiom-core/src/stack.rs";
        let line = (1..999).find(|line| !copy.mutants_at(file, *line).is_empty()).unwrap();
        let message = |level: &str, line: usize| {
            let span = json!({ "file_name": file, "line_start": line });
            json!({ "message": { "level": level, "message": "no", "spans": [span] } })
        };
        let blame = |level, line| blame(&copy, &mutants, &message(level, line));
        assert_eq!(blame("error", line).unwrap(), "mutant `it` does not compile: no");
        assert_eq!(blame("error", line + 1), None);
        assert_eq!(blame("warning", line), None);
    }
}
