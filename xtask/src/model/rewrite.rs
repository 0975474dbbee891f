//! A copy of the crates that the models run, with every mutant woven in, as a workspace of its own.
//!
//! The switch exists in this copy alone: no build of the project can contain it. A file is written only
//! when it differs, so that a second build compiles what has changed and nothing else.

use alloc::collections::{BTreeMap, BTreeSet};
use std::collections::HashMap;
use std::fs;
use std::path::{Component, Path};

use anyhow::{Context, Result, bail, ensure};
use toml::Table;

use super::list::Mutant;
use super::manifest;
use super::weave::{Place, weave};

/// All files of the copy, by their paths in it, and where the mutants stand in them.
#[derive(Debug)]
pub(super) struct Copy {
    files: BTreeMap<String, Vec<u8>>,
    places: HashMap<String, Vec<Place>>,
}

/// The copy of the project at `root`, in memory.
pub(super) fn copy(root: &Path, mutants: &[Mutant]) -> Result<Copy> {
    let read = |path: &str| {
        fs::read_to_string(root.join(path)).with_context(|| format!("cannot read {path}"))
    };
    let table = |path: &str| {
        toml::from_str::<Table>(&read(path)?).with_context(|| format!("{path} is no manifest"))
    };
    let top = table("Cargo.toml")?;
    let crates = manifest::needed(&top, PACKAGE, |folder| table(&format!("{folder}/Cargo.toml")))?;
    let mut files = BTreeMap::new();
    for (name, (folder, manifest)) in &crates {
        collect(root, &root.join(folder).join("src"), &mut files)?;
        let program = (name == PACKAGE.0 && files.contains_key(MAIN)).then_some(PROGRAM);
        let text = manifest::member(manifest, program).to_string();
        files.insert(format!("{folder}/Cargo.toml"), text.into_bytes());
    }
    let members: Vec<_> = crates.values().map(|(folder, _)| folder.as_str()).collect();
    files.insert("Cargo.toml".into(), manifest::workspace(&top, &members)?.to_string().into());
    files.insert(LOCK.into(), read("Cargo.lock")?.into());
    let places = weave_all(&crates, mutants, &mut files)?;
    add_switch(mutants, &mut files)?;
    Ok(Copy { files, places })
}

/// The files below `folder`, by their paths from `root` with `/`.
fn collect(root: &Path, folder: &Path, files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    let entries = fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()));
    for entry in entries? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
        } else {
            files.insert(name_of(root, &path), fs::read(&path)?);
        }
    }
    Ok(())
}

fn name_of(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path).components();
    let parts = path.filter_map(|part| match part {
        Component::Normal(part) => Some(part.to_string_lossy()),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => {
            None
        }
    });
    parts.collect::<Vec<_>>().join("/")
}

fn weave_all(
    crates: &BTreeMap<String, (String, Table)>,
    mutants: &[Mutant],
    files: &mut BTreeMap<String, Vec<u8>>,
) -> Result<HashMap<String, Vec<Place>>> {
    let mut by_file: BTreeMap<&str, Vec<(usize, &Mutant)>> = BTreeMap::new();
    for (number, mutant) in mutants.iter().enumerate() {
        by_file.entry(&mutant.file).or_default().push((number, mutant));
    }
    let mut places = HashMap::new();
    for (file, here) in by_file {
        let name = here.first().map_or("", |(_, mutant)| &mutant.name);
        let switch = switch_in(crates, file).with_context(|| format!("mutant `{name}`"))?;
        let octets = files
            .get_mut(file)
            .with_context(|| format!("mutant `{name}`: the models run no file {file}"))?;
        let woven = weave(&String::from_utf8_lossy(octets), &here, switch);
        let woven = woven.with_context(|| format!("cannot weave into {file}"))?;
        *octets = woven.text.into_bytes();
        places.insert(file.to_owned(), woven.places);
    }
    Ok(places)
}

/// The path of the switch as `file` can name it.
fn switch_in(crates: &BTreeMap<String, (String, Table)>, file: &str) -> Result<&'static str> {
    let is_in =
        |folder: &str| file.strip_prefix(folder).is_some_and(|rest| rest.starts_with("/src/"));
    let owner = crates.iter().find(|(_, (folder, _))| is_in(folder));
    match owner {
        Some((name, _)) if name == PACKAGE.0 => {
            bail!("{file} is part of the models, which are not what is judged")
        }
        Some((name, _)) if name == CORE => Ok("crate::mutant::is"),
        Some((_, (_, manifest))) => {
            let has_core = manifest.get("dependencies").is_some_and(|it| it.get(CORE).is_some());
            ensure!(has_core, "{file} cannot reach the switch, which is in {CORE}");
            Ok("::xiom_core::mutant::is")
        }
        None => bail!("the models run no file {file}"),
    }
}

/// Adds what only the copy has: the switch, and the list of what can be switched.
fn add_switch(mutants: &[Mutant], files: &mut BTreeMap<String, Vec<u8>>) -> Result<()> {
    let library = files.get_mut(LIBRARY).with_context(|| format!("{LIBRARY} is not there"))?;
    // At the end, so that no line moves.
    library.extend(b"\n/// The switch of the mutants.\npub mod mutant;\n");
    ensure!(!files.contains_key(SWITCH), "{SWITCH} is there, where the switch is to be");
    files.insert(SWITCH.into(), SWITCH_TEXT.into());
    ensure!(files.contains_key(LIST), "{LIST} is not there");
    files.insert(LIST.into(), list(mutants).into_bytes());
    Ok(())
}

/// The generated list.
fn list(mutants: &[Mutant]) -> String {
    let all = mutants.iter().map(|Mutant { name, file, about, .. }| {
        format!("    Mutant {{ name: {name:?}, file: {file:?}, about: {about:?} }},\n")
    });
    let names = mutants.iter().map(|mutant| format!("    {:?},\n", mutant.name));
    let (all, names) = (all.collect::<String>(), names.collect::<String>());
    format!(
        "//! The mutants woven into this copy; generated.\n\nuse super::Mutant;\n\n\
         pub(super) const ALL: &[Mutant] = &[\n{all}];\npub(super) const NAMES: &[&str] = &[\n{names}];\n\n\
         pub(super) fn switch(number: Option<usize>) {{\n    xiom_core::mutant::switch(number);\n}}\n"
    )
}

impl Copy {
    /// Makes `folder` hold this copy; gives how many files were written.
    pub(super) fn write(&self, folder: &Path) -> Result<usize> {
        let mut written = 0;
        for (name, octets) in &self.files {
            let path = folder.join(name);
            if fs::read(&path).is_ok_and(|there| there == *octets) {
                continue;
            }
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(&path, octets).with_context(|| format!("cannot write {}", path.display()))?;
            if name == LOCK {
                // Of which cargo keeps what the copy needs.
                fs::write(folder.join("Cargo.lock"), octets)?;
            }
            written += 1;
        }
        self.remove_others(folder, folder)?;
        Ok(written)
    }

    /// Removes what this copy does not have: a module that was moved would be there twice.
    fn remove_others(&self, root: &Path, folder: &Path) -> Result<()> {
        let folders: BTreeSet<&Path> =
            self.files.keys().flat_map(|name| Path::new(name).ancestors().skip(1)).collect();
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                if folders.contains(Path::new(&name_of(root, &path))) {
                    self.remove_others(root, &path)?;
                } else {
                    fs::remove_dir_all(&path)?;
                }
            } else if !self.files.contains_key(&name_of(root, &path))
                && path != root.join("Cargo.lock")
            {
                fs::remove_file(&path)?;
            }
        }
        Ok(())
    }

    /// The numbers of the mutants that stand in a line of a file of the copy.
    pub(super) fn mutants_at(&self, file: &str, line: usize) -> Vec<usize> {
        let places = self.places.get(file).into_iter().flatten();
        let here = places.filter(|place| place.lines.contains(&line));
        here.flat_map(|place| place.mutants.iter().copied()).collect()
    }
}

/// The package that runs the models, and its folder.
pub(super) const PACKAGE: (&str, &str) = ("xiom-model", "model");
/// The name that its program has in the copy.
pub(super) const PROGRAM: &str = "xiom-model-mutants";
const CORE: &str = "xiom-core";
const LIBRARY: &str = "crates/xiom-core/src/lib.rs";
const SWITCH: &str = "crates/xiom-core/src/mutant.rs";
const LIST: &str = "model/src/mutant/list.rs";
/// The lock file of the project as it is; that of the copy follows when this one changes.
const LOCK: &str = "project.lock";
const MAIN: &str = "model/src/main.rs";

const SWITCH_TEXT: &str = "\
//! Which mutant is switched on, in this thread; generated.

extern crate std;

use core::cell::Cell;

std::thread_local! {
    static NUMBER: Cell<usize> = const { Cell::new(usize::MAX) };
}

/// Whether the mutant `number` is switched on.
#[inline]
pub fn is(number: usize) -> bool {
    NUMBER.get() == number
}

/// Switches the mutant `number` on, and every other one off.
pub fn switch(number: Option<usize>) {
    NUMBER.set(number.unwrap_or(usize::MAX));
}
";

#[cfg(test)]
mod tests;
