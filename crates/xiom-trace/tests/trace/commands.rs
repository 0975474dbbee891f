//! The program's commands, as a user types them.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

use crate::{manifest, project};

const SPEC: &str = "# Gate\n\n**SRS_GATE_01_001: [** A closed gate shall open. **]**\n";
const CODE: &str = "//! A gate.\n\n//= SRS_GATE_01_001\npub fn open() -> bool {\n    true\n}\n\n\
    #[cfg(test)]\nmod tests {\n    //= test SRS_GATE_01_001\n    #[test]\n    fn opens() {\n        \
    assert!(super::open());\n    }\n}\n";

fn gate() -> TempDir {
    project(&[("spec/manifest.toml", &manifest(1)), ("spec/gate.md", SPEC), ("src/lib.rs", CODE)])
}

fn trace(root: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_xiom-trace"))
        .current_dir(root)
        .args(arguments)
        .env_remove("CARGO_TARGET_DIR")
        .output()
        .unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn check_accept_check() {
    let folder = gate();
    let first = trace(folder.path(), &["check"]);
    assert_eq!(first.status.code(), Some(2), "{}", err(&first));
    assert!(err(&first).contains("spec/gate.md:3: suspect[XT033] SRS_GATE_01_001"));
    let accept = trace(folder.path(), &["accept", "SRS_GATE_01_001"]);
    assert_eq!(accept.status.code(), Some(0), "{}", err(&accept));
    let second = trace(folder.path(), &["check", "--json"]);
    assert_eq!(second.status.code(), Some(0), "{}", err(&second));
    let evidence: Value = serde_json::from_str(&out(&second)).unwrap();
    assert_eq!(evidence["requirements"][0]["level"], "L1");
    assert_eq!(evidence["requirements"][0]["tests"][0]["item"], "tests::opens");
}

#[test]
fn explain_says_where_and_what_next() {
    let folder = gate();
    let output = trace(folder.path(), &["explain", "SRS_GATE_01_001"]);
    let text = out(&output);
    assert!(text.contains("A closed gate shall open."), "{text}");
    assert!(
        text.contains("code  src/lib.rs:4 open") || text.contains("code  src/lib.rs:3 open"),
        "{text}"
    );
    assert!(text.contains("not run as it stands now"), "{text}");
}

#[test]
fn an_unknown_id_names_the_nearest() {
    let folder = gate();
    for command in ["explain", "new", "accept"] {
        let output = trace(folder.path(), &[command, "SRS_GATE_01_011"]);
        assert_eq!(output.status.code(), Some(3));
        assert!(err(&output).contains("did you mean SRS_GATE_01_001?"), "{}", err(&output));
    }
}

#[test]
fn new_prints_what_can_be_pasted() {
    let output = trace(gate().path(), &["new", "SRS_GATE_01_001"]);
    let text = out(&output);
    assert!(
        text.contains("//= test SRS_GATE_01_001\n#[test]\nfn a_closed_gate_shall_open() {"),
        "{text}"
    );
}

#[test]
fn diff_shows_what_changed_against_a_revision() {
    let folder = gate();
    let git = |arguments: &[&str]| {
        let status = Command::new("git")
            .current_dir(folder.path())
            .args(["-c", "user.name=Gate", "-c", "user.email=gate@example.invalid"])
            .args(arguments)
            .output()
            .unwrap()
            .status;
        assert!(status.success(), "{arguments:?}");
    };
    git(&["init", "--quiet"]);
    git(&["add", "."]);
    git(&["commit", "--quiet", "--message", "first"]);
    let spec = format!("{SPEC}\n**SRS_GATE_01_002: [** An open gate shall close. **]**\n");
    std::fs::write(folder.path().join("spec/gate.md"), spec).unwrap();
    std::fs::write(folder.path().join("spec/manifest.toml"), manifest(2)).unwrap();
    let output = trace(folder.path(), &["diff", "HEAD"]);
    assert_eq!(output.status.code(), Some(0), "{}", err(&output));
    assert!(out(&output).contains("SRS_GATE_01_002"), "{}", out(&output));
    assert!(!out(&output).contains("SRS_GATE_01_001"), "{}", out(&output));
    let output = trace(folder.path(), &["diff", "no-such-revision"]);
    assert_eq!(output.status.code(), Some(3));
    let output = trace(folder.path(), &["diff", "HEAD", "--spec", "src"]);
    assert_eq!(output.status.code(), Some(3));
    std::fs::rename(folder.path().join("spec"), folder.path().join("demands")).unwrap();
    let output = trace(folder.path(), &["diff", "HEAD", "--spec", "demands"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(err(&output).contains("HEAD has no manifest in `demands`"), "{}", err(&output));
}

#[test]
fn wrong_arguments_are_no_verdict() {
    let output = trace(gate().path(), &["chekc"]);
    assert_eq!(output.status.code(), Some(3));
    let output = trace(gate().path(), &["report"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(err(&output).contains("trace run"), "{}", err(&output));
    let help = trace(gate().path(), &["--help"]);
    assert_eq!(help.status.code(), Some(0));
    assert!(out(&help).contains("Exit codes"));
}

//= test SRS_TRACE_01_007, SRS_TRACE_01_017, SRS_TRACE_01_018
#[test]
fn every_fault_that_needs_no_run_is_found() {
    let output = trace(gate().path(), &["selftest", "--sight", "check"]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
    assert!(out(&output).contains("as demanded"));
}

//= test SRS_TRACE_01_022
#[test]
fn accepting_again_keeps_the_level_of_what_is_the_same() {
    let folder = gate();
    let accept = |level: &str| {
        assert!(trace(folder.path(), &["accept", "--all"]).status.success());
        let lock = std::fs::read_to_string(folder.path().join("spec/trace.lock")).unwrap();
        assert!(lock.contains(&format!("SRS_GATE_01_001 text {level} ")), "{lock}");
        lock
    };
    let lock = accept("L0");
    let path = folder.path().join("spec/trace.lock");
    std::fs::write(&path, lock.replace(" L0 ", " L3 ")).unwrap();
    accept("L3");
    let code = folder.path().join("src/lib.rs");
    let text = std::fs::read_to_string(&code).unwrap();
    std::fs::write(&code, text.replace("    true\n", "    !false\n")).unwrap();
    accept("L0");
}

/// Seeds the faults whose names contain `part`, which builds and runs a project for each.
fn seeded(part: &str) {
    let output = trace(gate().path(), &["selftest", "--only", part]);
    assert_eq!(output.status.code(), Some(0), "{}", out(&output));
}

//= test SRS_TRACE_01_028, SRS_TRACE_01_029
#[test]
fn tests_that_never_run_are_found() {
    seeded("test ignored");
    seeded("test not compiled");
}

//= test SRS_TRACE_01_030, SRS_TRACE_01_031
#[test]
fn tests_that_reach_nothing_are_found() {
    seeded("hollow test");
    seeded("second cited span never reached");
}

//= test SRS_TRACE_01_032, SRS_TRACE_01_023
#[test]
fn lost_levels_and_profiles_are_found() {
    seeded("level lost");
    seeded("profile missing");
}

//= test SRS_TRACE_50_001, SRS_TRACE_50_002, SRS_TRACE_50_003
#[test]
fn corpora_that_show_nothing_are_found() {
    seeded("corpus that executes the cited code");
    seeded("hollow corpus");
    seeded("fuzz target without a corpus");
    seeded("corpus fails");
    seeded("corpus that nothing runs");
}
