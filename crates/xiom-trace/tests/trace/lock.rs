//! Links are suspect until they are accepted, and only then.

use std::fs;

use tempfile::TempDir;
use xiom_trace::{Level, Rule, Trace};

use crate::{load, manifest, project, rules};

const SPEC: &str = "**SRS_GATE_01_001: [** A gate shall open. **]**\n";
const CODE: &str = "//= SRS_GATE_01_001\nfn open() { one(); }\n\n//= test SRS_GATE_01_001\n#[test]\nfn opens() { open(); }\n";

fn accepted() -> TempDir {
    let folder = project(&[
        ("spec/manifest.toml", &manifest(1)),
        ("spec/gate.md", SPEC),
        ("src/lib.rs", CODE),
    ]);
    let trace = load(&folder);
    assert_eq!(trace.findings.iter().map(|it| it.rule).collect::<Vec<_>>(), [Rule::NewLink]);
    write(&folder, &trace);
    assert_eq!(load(&folder).findings, []);
    folder
}

fn write(folder: &TempDir, trace: &Trace) {
    let mut lock = trace.lock.clone();
    for (_, stated) in trace.requirements() {
        lock.entries.insert(stated.id.clone(), trace.accord(stated, Level::L3));
    }
    fs::write(folder.path().join(trace.lock_file()), lock.render()).unwrap();
}

#[track_caller]
fn after(file: &str, from: &str, to: &str) -> Vec<Rule> {
    let folder = accepted();
    let path = folder.path().join(file);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(from));
    fs::write(&path, text.replace(from, to)).unwrap();
    load(&folder).findings.iter().map(|finding| finding.rule).collect()
}

//= test SRS_TRACE_01_019, SRS_TRACE_01_020
#[test]
fn a_change_is_suspect_on_both_sides() {
    assert_eq!(after("spec/gate.md", "open", "close"), [Rule::TextChanged]);
    assert_eq!(after("src/lib.rs", "one()", "two()"), [Rule::CodeChanged]);
    assert_eq!(after("src/lib.rs", "{ open(); }", "{ open(); open(); }"), [Rule::TestChanged]);
}

//= test SRS_TRACE_01_021
#[test]
fn formatting_comments_and_documentation_are_no_change() {
    assert_eq!(
        after(
            "src/lib.rs",
            "fn open() { one(); }",
            "/// Opens.\nfn open() {\n  // Yes.\n  one(  );\n}"
        ),
        []
    );
    assert_eq!(after("spec/gate.md", "shall open", "shall\n`open`"), []);
}

#[test]
fn a_moved_item_is_a_new_link_and_a_stale_one() {
    let mut rules = after("src/lib.rs", "fn open() {", "fn unlock() {");
    rules.sort();
    assert_eq!(rules, [Rule::NewLink, Rule::StaleLock]);
}

#[test]
fn the_lock_reads_what_it_wrote() {
    let folder = accepted();
    let lock = load(&folder).lock;
    let text = fs::read_to_string(folder.path().join("spec/trace.lock")).unwrap();
    assert_eq!(lock.render(), text);
    assert_eq!(lock.entries["SRS_GATE_01_001"].level, Level::L3);
    assert_eq!(lock.entries["SRS_GATE_01_001"].links.len(), 2);
}

#[test]
fn a_line_that_is_none_is_found() {
    let folder = accepted();
    let path = folder.path().join("spec/trace.lock");
    fs::write(&path, fs::read_to_string(&path).unwrap() + "SRS_GATE_01_001 text L9 abc\n").unwrap();
    assert_eq!(rules(&load(&folder)), [Rule::Unreadable]);
}
