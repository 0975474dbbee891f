//! Documents, citations and lock, as a project sees them; nothing is run here.
#![cfg(test)]

use std::fs;

use jiff::civil::date;
use tempfile::TempDir;
use xiom_trace::{Finding, Kind, Project, Rule, Trace};

mod attach;
mod commands;
mod grammar;
mod laws;
mod lock;
mod spec;

/// A manifest for one document with `expected` requirements.
pub(crate) fn manifest(expected: usize) -> String {
    format!(
        "project = \"Gate\"\nsources = [\"src\"]\n\n[[document]]\nname = \"gate\"\n\
         file = \"gate.md\"\nexpected = {expected}\nminimum = \"L3\"\nowner = \"gate\"\n"
    )
}

/// A project with these files.
pub(crate) fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("src")).unwrap();
    for (file, text) in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// What is known about the project in `folder`.
pub(crate) fn load(folder: &TempDir) -> Trace {
    Trace::load(&Project::new(folder.path(), "spec"), date(2026, 1, 1)).unwrap()
}

/// A trace of one document `spec` and one source file `code`.
pub(crate) fn trace(expected: usize, spec: &str, code: &str) -> Trace {
    let manifest = manifest(expected);
    let files = [("spec/manifest.toml", &*manifest), ("spec/gate.md", spec), ("src/lib.rs", code)];
    load(&project(&files))
}

/// The rules reported, but for links that nobody accepted.
pub(crate) fn rules(trace: &Trace) -> Vec<Rule> {
    let rules = trace.findings.iter().map(|finding| finding.rule);
    rules.filter(|rule| *rule != Rule::NewLink).collect()
}

/// The findings of `rule`.
pub(crate) fn of(trace: &Trace, rule: Rule) -> Vec<&Finding> {
    trace.findings.iter().filter(|finding| finding.rule == rule).collect()
}

/// The text in `code` that the only citation of `SRS_GATE_01_001` covers, and its item.
pub(crate) fn covered(code: &str) -> (String, String) {
    let trace = trace(1, "**SRS_GATE_01_001: [** It opens. **]**", code);
    let [link] = trace.links.get("SRS_GATE_01_001").unwrap().as_slice() else {
        unreachable!("one citation in {code}")
    };
    assert!(matches!(link.kind, Kind::Code | Kind::Test));
    (cut(code, link.place.span), link.place.item.clone())
}

/// The text of `span`.
pub(crate) fn cut(text: &str, span: xiom_trace::Span) -> String {
    let mut out = String::new();
    for (line, number) in text.split_inclusive('\n').zip(1..) {
        for (c, column) in line.chars().zip(1..) {
            if span.holds((number, column)) {
                out.push(c);
            }
        }
    }
    out
}
