//! `cargo xtask fuzz selftest`: mistakes are planted, and each target must find its own.
//!
//! Invariant: the mistakes exist in a copy below `target/fuzz/planted` alone, each behind a switch, all in one build;
//! with all of them off, the same programs must find nothing.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use toml::{Table, Value};

use super::Sanitizer;
use super::engine::{Limit, Outcome, Run};
use super::tools::{self, Target, build_in, kept, place};
use crate::model::list::Mutant;
use crate::model::weave::weave;
use crate::step::{root, step};

/// One mistake.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Plant {
    /// What is wrong, in words.
    name: String,
    /// The target that must find it.
    target: String,
    /// After how many executions at most, from the committed corpus.
    within: u64,
    /// The file, from the root of the project.
    file: String,
    /// Text that occurs in it once.
    find: String,
    /// What takes its place; the word MUTANT in it is true while the mistake is switched on.
    replace: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    planted: Vec<Plant>,
}

/// Plants, builds, runs, tells; the code says whether one was missed.
pub(super) fn run(from_corpus: bool) -> Result<ExitCode> {
    let plants = parse(&fs::read_to_string(kept(&[LIST]))?).context(LIST)?;
    let targets = tools::targets()?;
    let folder = place(&["planted", "source"]);
    step("plant the mistakes", || copy(&plants, &folder))?;
    let programs = build_in(&folder.join("fuzz"), Sanitizer::None, None)?;
    let mut missed = 0_usize;
    for (number, plant) in plants.iter().enumerate() {
        let target = targets.iter().find(|target| target.name == plant.target);
        let target = target.with_context(|| format!("no target is called {}", plant.target))?;
        let control = plant.within.min(CONTROL);
        let without = try_one(&programs, target, None, control, from_corpus)?;
        let with = try_one(&programs, target, Some(number), plant.within, from_corpus)?;
        let is_found = with.crash.is_some() && without.crash.is_none();
        missed = missed.saturating_add(usize::from(!is_found));
        println!(
            "{:<7} {:<16} {:>9} of {:>9}  {}",
            if is_found { "found" } else { "MISSED" },
            plant.target,
            with.executions,
            plant.within,
            plant.name
        );
        for (is_wrong, outcome) in [(without.crash.is_some(), &without), (!is_found, &with)] {
            if is_wrong {
                println!("        {}", outcome.words.join("\n        "));
            }
        }
    }
    println!("{} of {} found", plants.len().saturating_sub(missed), plants.len());
    Ok(if missed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs `target` from nothing that an earlier run has left, with the mistake `number` switched on, if any.
fn try_one(
    programs: &Path,
    target: &Target,
    number: Option<usize>,
    within: u64,
    from_corpus: bool,
) -> Result<Outcome> {
    let folder = tempfile::tempdir()?;
    let mut run = Run::new(programs, target, Limit::Executions(within), 1);
    run.program = programs.join(format!("{PREFIX}{}", target.name));
    folder.path().clone_into(&mut run.place);
    run.from_corpus = from_corpus;
    run.variables.extend(number.map(|number| (VARIABLE, number.to_string())));
    run.run(|_| ())
}

fn parse(text: &str) -> Result<Vec<Plant>> {
    let List { planted } = toml::from_str(text)?;
    ensure!(!planted.is_empty(), "nothing is planted");
    ensure!(planted.iter().all(|it| 0 < it.within), "a target needs executions to find anything");
    Ok(planted)
}

/// Writes the crates and the targets to `folder`, with the mistakes woven in.
fn copy(plants: &[Plant], folder: &Path) -> Result<()> {
    let mut files = Vec::new();
    for part in ["crates", "model", "fuzz/fuzz_targets"] {
        let walk = walkdir::WalkDir::new(root().join(part));
        for entry in walk {
            let entry = entry?;
            if entry.file_type().is_file() {
                let path = entry.path().strip_prefix(root())?.to_owned();
                files.push((path, fs::read(entry.path())?));
            }
        }
    }
    let mutants: Vec<Mutant> = plants.iter().map(Plant::mutant).collect();
    let mut crates = Vec::new();
    for (path, octets) in &mut files {
        let here: Vec<(usize, &Mutant)> =
            mutants.iter().enumerate().filter(|(_, it)| Path::new(&it.file) == path).collect();
        if !here.is_empty() {
            let text = String::from_utf8(octets.clone())?;
            *octets = weave(&text, &here, "xiom_planted::is")?.text.into_bytes();
            crates.extend(path.iter().take(2).nth(1).map(|name| Path::new("crates").join(name)));
        }
    }
    for mutant in &mutants {
        ensure!(
            files.iter().any(|(path, _)| path == Path::new(&mutant.file)),
            "`{}`: there is no file {} in the copy",
            mutant.name,
            mutant.file
        );
    }
    for (path, octets) in &mut files {
        if path.ends_with("Cargo.toml")
            && path.parent().is_some_and(|it| crates.contains(&it.into()))
        {
            octets
                .extend_from_slice(b"\n[dependencies.xiom-planted]\npath = \"../xiom-planted\"\n");
        }
    }
    files.push(("crates/xiom-planted/Cargo.toml".into(), SWITCH_MANIFEST.into()));
    files.push(("crates/xiom-planted/src/lib.rs".into(), SWITCH.into()));
    files.push(("Cargo.toml".into(), workspace(&fs::read_to_string(root().join("Cargo.toml"))?)?));
    let names: Vec<&str> = plants.iter().map(|plant| plant.target.as_str()).collect();
    let manifest = fs::read_to_string(kept(&["Cargo.toml"]))?;
    files.push(("fuzz/Cargo.toml".into(), programs(&manifest, &names)?));
    files.push(("fuzz/Cargo.lock".into(), fs::read(kept(&["Cargo.lock"]))?));
    for (path, octets) in files {
        write(&folder.join(path), &octets)?;
    }
    Ok(())
}

/// Writes a file that differs, so that a second build compiles what has changed and nothing else.
fn write(path: &Path, octets: &[u8]) -> Result<()> {
    if fs::read(path).ok().as_deref() == Some(octets) {
        return Ok(());
    }
    fs::create_dir_all(path.parent().context("a file lies in a folder")?)?;
    fs::write(path, octets).with_context(|| path.display().to_string())
}

/// The manifest of the copy's root: the crates alone.
fn workspace(manifest: &str) -> Result<Vec<u8>> {
    let mut manifest: Table = toml::from_str(manifest)?;
    let workspace = manifest.get_mut("workspace").and_then(Value::as_table_mut);
    let workspace = workspace.context("the root manifest has no workspace")?;
    workspace.insert("members".into(), Value::from(vec![Value::from("crates/*")]));
    workspace.remove("lints");
    let silent = Table::from_iter([("warnings".to_owned(), Value::from("allow"))]);
    let lints = Table::from_iter([("rust".to_owned(), Value::from(silent))]);
    workspace.insert("lints".into(), Value::from(lints));
    Ok(manifest.to_string().into_bytes())
}

/// The manifest of the targets `names`, whose programs get names of their own.
fn programs(manifest: &str, names: &[&str]) -> Result<Vec<u8>> {
    let mut manifest: Table = toml::from_str(manifest)?;
    let package = manifest.get_mut("package").and_then(Value::as_table_mut);
    package.context("no package")?.insert("name".into(), Value::from("xiom-fuzz-planted"));
    let programs = manifest.get_mut("bin").and_then(Value::as_array_mut).context("no program")?;
    let name = |program: &Value| program.get("name").and_then(Value::as_str).map(str::to_owned);
    programs.retain(|program| name(program).is_some_and(|name| names.contains(&&*name)));
    for program in programs.iter_mut() {
        let name = name(program).unwrap_or_default();
        if let Some(program) = program.as_table_mut() {
            program.insert("name".into(), Value::from(format!("{PREFIX}{name}")));
        }
    }
    Ok(manifest.to_string().into_bytes())
}

impl Plant {
    fn mutant(&self) -> Mutant {
        let Self { name, file, find, replace, .. } = self.clone();
        Mutant { name, file, find, replace, about: String::new() }
    }
}

/// Executions with nothing switched on, at most.
const CONTROL: u64 = 20_000;
/// The mistakes, in the folder `fuzz`.
const LIST: &str = "planted.toml";
/// How the names of the programs begin, so that they do not stand in the way of the plain ones.
const PREFIX: &str = "planted_";
/// The variable that names the mistake.
const VARIABLE: &str = "XIOM_PLANTED";

const SWITCH_MANIFEST: &str =
    "[package]\nname = \"xiom-planted\"\nversion = \"0.0.0\"\nedition = \"2024\"\n";
const SWITCH: &str = "\
//! Which mistake is switched on; generated.

use std::sync::LazyLock;

static NUMBER: LazyLock<Option<usize>> =
    LazyLock::new(|| std::env::var(\"XIOM_PLANTED\").ok()?.parse().ok());

/// Whether the mistake `number` is switched on.
pub fn is(number: usize) -> bool {
    *NUMBER == Some(number)
}
";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_fits_the_sources() {
        let plants = parse(&fs::read_to_string(kept(&[LIST])).unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        copy(&plants, folder.path()).unwrap();
        for plant in plants {
            let text = fs::read_to_string(folder.path().join(&plant.file)).unwrap();
            assert!(text.contains("xiom_planted::is("), "{}", plant.file);
            let own = folder.path().join(&plant.file).ancestors().nth(2).unwrap().to_owned();
            let manifest = own.ancestors().map(|it| it.join("Cargo.toml")).find(|it| it.is_file());
            let manifest = fs::read_to_string(manifest.unwrap()).unwrap();
            assert!(manifest.contains("xiom-planted"), "{}", plant.file);
        }
    }

    #[test]
    fn programs_have_names_of_their_own() {
        let manifest = "[package]\nname = 'it'\n[[bin]]\nname = 'a'\n[[bin]]\nname = 'b'\n";
        let told: Table =
            toml::from_str(str::from_utf8(&programs(manifest, &["b"]).unwrap()).unwrap()).unwrap();
        assert_eq!(told["bin"].as_array().unwrap().len(), 1);
        assert_eq!(told["bin"][0]["name"].as_str(), Some("planted_b"));
    }
}
