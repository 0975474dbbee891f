//! The program as a compiler: cargo calls it in place of `rustc` for the packages of the workspace.
//!
//! Cargo keeps what a workspace wrapper builds under names of its own, beside the ordinary build in the same
//! target directory, and calls it for no dependency: those are built once, and not instrumented.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{Command, ExitCode};

/// If cargo called this program as a compiler, compiles, and returns the compiler's exit code.
///
/// A program that calls [`execute`](crate::run::execute) calls this first in its `main`, before it looks
/// at its arguments.
///
/// ```no_run
/// fn main() -> std::process::ExitCode {
///     if let Some(code) = xiom_trace::run::act_as_rustc_if_asked() {
///         return code;
///     }
///     // The program itself.
///     std::process::ExitCode::SUCCESS
/// }
/// ```
#[must_use]
pub fn act_as_rustc_if_asked() -> Option<ExitCode> {
    env::var_os(VARIABLE)?;
    let mut arguments = env::args_os().skip(1);
    let mut rustc = Command::new(arguments.next()?);
    let arguments: Vec<OsString> = arguments.collect();
    if is_instrumented(&arguments) {
        rustc.args(FLAGS);
    }
    let status = rustc.args(&arguments).env_remove(VARIABLE).status();
    let code = match status {
        Ok(status) => status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1),
        Err(_) => 1,
    };
    Some(ExitCode::from(code))
}

/// Lets `cargo` call `wrapper` in place of the compiler.
pub(super) fn install(cargo: &mut Command, wrapper: &Path) {
    cargo.env("RUSTC_WORKSPACE_WRAPPER", wrapper).env(VARIABLE, "1");
}

/// Whether the compiler is asked to compile what a test may execute.
///
/// Questions about the compiler name no crate, or `___`. A build script runs during the build. A procedural
/// macro runs in the compiler; its own tests are programs, and those are instrumented.
fn is_instrumented(arguments: &[OsString]) -> bool {
    let has = |wanted: &str| arguments.iter().any(|it| it == OsStr::new(wanted));
    let after = |option: &str| {
        let at = arguments.iter().position(|it| it == OsStr::new(option))?;
        arguments.get(at.saturating_add(1))?.to_str()
    };
    let Some(name) = after("--crate-name") else { return false };
    name != "___"
        && !name.starts_with("build_script_")
        && !arguments.iter().any(|it| it.to_str().is_some_and(|it| it.starts_with("--print")))
        && (has("--test") || after("--crate-type") != Some("proc-macro"))
}

const VARIABLE: &str = "TRACE_AS_RUSTC";

/// What makes a program count. Counters are atomic, so that threads lose no count: a lost one makes a
/// difference of two counters wrong, and a wrong difference shows code as executed that was not.
pub(super) const FLAGS: [&str; 2] =
    ["-Cinstrument-coverage", "-Cllvm-args=-instrprof-atomic-counter-update-all"];

#[cfg(test)]
mod tests {
    use super::*;

    fn instrumented(line: &str) -> bool {
        let arguments: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        is_instrumented(&arguments)
    }

    #[test]
    fn crates_and_tests_are_instrumented() {
        assert!(instrumented("--crate-name demo --edition=2024 src/lib.rs --crate-type lib"));
        assert!(instrumented("--crate-name demo src/lib.rs --test"));
        assert!(instrumented("--crate-name derive src/lib.rs --test --crate-type proc-macro"));
    }

    #[test]
    fn questions_build_scripts_and_macros_are_not() {
        assert!(!instrumented("-vV"));
        assert!(!instrumented("- --crate-name ___ --print=file-names"));
        assert!(!instrumented("--crate-name build_script_build build.rs --crate-type bin"));
        assert!(!instrumented("--crate-name derive src/lib.rs --crate-type proc-macro"));
    }
}
