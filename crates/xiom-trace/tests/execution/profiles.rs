//! Profiles of any program: what its runs executed, when nothing but their counters is left.

use std::path::{Path, PathBuf};
use std::process::Command;

use xiom_trace::run::reached;

use crate::project::Project;

const CODE: &str = "\
fn main() {
    match std::env::args().nth(1).as_deref() {
        Some(\"open\") => open(),
        _ => shut(),
    }
}
fn open() { println!(\"open\"); }
fn shut() { println!(\"shut\"); }
";

/// Compiles `file` with counters.
fn compile(root: &Path, file: &str) -> PathBuf {
    let program = root.join(file).with_extension(std::env::consts::EXE_EXTENSION);
    let mut rustc = Command::new("rustc");
    rustc.args(["-C", "instrument-coverage", "--edition=2024", file, "-o"]).arg(&program);
    assert!(rustc.current_dir(root).status().unwrap().success());
    program
}

/// The counters of one run of `program`.
fn profile(program: &Path, argument: &str) -> Vec<u8> {
    let path = program.with_extension("profraw");
    let mut command = Command::new(program);
    let output = command.arg(argument).env("LLVM_PROFILE_FILE", &path).output().unwrap();
    assert!(output.status.success());
    std::fs::read(path).unwrap()
}

#[test]
fn each_profile_tells_its_own_run() {
    let mut project = Project::new(&[("gate.rs", CODE), ("other.rs", "fn main() {}")]);
    let open = project.span("gate.rs", "fn open() { println!(\"open\"); }", "println!(\"open\")");
    let shut = project.span("gate.rs", "fn shut() { println!(\"shut\"); }", "println!(\"shut\")");
    let (root, spans) = (project.root(), &project.spans);
    let program = compile(&root, "gate.rs");
    let profiles = [profile(&program, "open"), profile(&program, "shut")];
    assert_eq!(reached(&root, &program, &profiles, spans), Ok(vec![vec![open], vec![shut]]));
    assert_eq!(reached(&root, &program, &[], spans), Ok(Vec::new()));

    // A span of which no principal part is known is never said to be executed.
    let mut vague = spans.clone();
    vague[open].principal = None;
    assert_eq!(reached(&root, &program, &profiles, &vague), Ok(vec![vec![], vec![shut]]));

    let foreign = profile(&compile(&root, "other.rs"), "");
    let refused = reached(&root, &program, &[foreign], spans).unwrap_err();
    assert_eq!(refused, "a profile is of another program");
    assert!(reached(&root, &program, &[b"counters".to_vec()], spans).is_err());
    assert!(reached(&root, &root.join("gate.rs"), &profiles, spans).is_err());
}
