//! `trace check` over a generated project: a thousand requirements, thirty thousand lines of Rust.

use core::fmt::Write;
use core::hint::black_box;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use xiom_benches::suite::Suite;
use xiom_trace::{Level, Project, Trace};

/// Requirements in all, and in each source file.
const REQUIREMENTS: usize = 1_000;
const PER_FILE: usize = 10;
/// Lines in all.
const LINES: usize = 30_000;
/// What `trace check` may take, in seconds.
const GOAL: f64 = 0.3;

fn main() -> Result<()> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().context("no target folder")?;
    let folder = tempfile::tempdir()?;
    let project = generate(folder.path())?;
    let mut suite = Suite::new(target, "trace");
    suite.case("check", "1000 ids, 30000 lines", None, || black_box(load(&project)));
    let nanoseconds = suite.nanoseconds("check", "1000 ids, 30000 lines").unwrap_or_default();
    suite.finish()?;
    println!("trace check: {:.3} s of CPU time, goal {GOAL} s", nanoseconds / 1e9);
    Ok(())
}

fn load(project: &Project) -> Option<Trace> {
    Trace::load(project, jiff::civil::date(2026, 1, 1)).ok()
}

/// Writes the project and sees that all of it is traced.
fn generate(root: &Path) -> Result<Project> {
    fs::create_dir_all(root.join("spec"))?;
    fs::create_dir_all(root.join("src"))?;
    let manifest = format!(
        "project = \"Generated\"\nsources = [\"src\"]\n\n[[document]]\nname = \"all\"\nfile = \"all.md\"\n\
         expected = {REQUIREMENTS}\nminimum = \"L3\"\nowner = \"generated\"\n"
    );
    fs::write(root.join("spec/manifest.toml"), manifest)?;
    let mut spec = String::from("# All\n");
    for number in 0..REQUIREMENTS {
        writeln!(
            spec,
            "\n**SRS_GENERATED_01_{number:04}: [** Case {number} shall end well. **]**"
        )?;
    }
    fs::write(root.join("spec/all.md"), spec)?;
    let mut lines = 0;
    for file in 0..REQUIREMENTS / PER_FILE {
        let text = source(file)?;
        lines += text.lines().count();
        fs::write(root.join(format!("src/file_{file}.rs")), text)?;
    }
    ensure!(LINES <= lines, "only {lines} lines");
    let project = Project::new(root, "spec");
    let trace = load(&project).context("the generated project cannot be read")?;
    let mut lock = trace.lock.clone();
    for (_, stated) in trace.requirements() {
        lock.entries.insert(stated.id.clone(), trace.accord(stated, Level::L1));
    }
    fs::write(root.join(trace.lock_file()), lock.render())?;
    let trace = load(&project).context("the generated project cannot be read")?;
    ensure!(trace.findings.is_empty(), "{:?}", trace.findings.first());
    ensure!(trace.links.len() == REQUIREMENTS, "only {} ids are cited", trace.links.len());
    Ok(project)
}

/// One file: a machine with an arm for each requirement, its tests, and lines that no one cites.
fn source(file: usize) -> Result<String> {
    let mut text = String::from("//! A generated machine.\n\n");
    let ids = file * PER_FILE..(file + 1) * PER_FILE;
    writeln!(
        text,
        "/// Handles `event`.\npub fn handle(event: usize) -> usize {{\n    match event {{"
    )?;
    for id in ids.clone() {
        writeln!(
            text,
            "        //= SRS_GENERATED_01_{id:04}\n        {id} => other_{id}_0(event),"
        )?;
    }
    writeln!(text, "        other => other,\n    }}\n}}")?;
    for id in ids.clone() {
        for part in 0..3 {
            writeln!(
                text,
                "\n/// Adds to `event`.\nfn other_{id}_{part}(event: usize) -> usize {{\n    \
                 let limit = Some(event).filter(|it| *it < {id}).unwrap_or({part});\n    \
                 if limit == 0 {{\n        return event;\n    }}\n    event.saturating_add(limit)\n}}"
            )?;
        }
    }
    for id in ids {
        writeln!(
            text,
            "\n//= test SRS_GENERATED_01_{id:04}\n#[test]\nfn case_{id}_ends_well() {{\n    \
             assert_eq!(handle({id}), {id});\n}}"
        )?;
    }
    Ok(text)
}
