//! The manifests of the woven copy, derived from those of the project.
//!
//! The copy is a workspace of its own with the same dependencies and profiles, reduced to the crates that
//! the models run; its lints are silent, as mutants are not written for them.

use alloc::collections::BTreeMap;

use anyhow::{Context, Result};
use toml::{Table, Value};

/// The crates of the project by their names, each with its folder, that `package` needs, itself included;
/// `read` gives the manifest in a folder.
pub(super) fn needed(
    root: &Table,
    package: (&str, &str),
    read: impl Fn(&str) -> Result<Table>,
) -> Result<BTreeMap<String, (String, Table)>> {
    let mut crates = BTreeMap::new();
    let mut todo = vec![(package.0.to_owned(), package.1.to_owned())];
    while let Some((name, folder)) = todo.pop() {
        if crates.contains_key(&name) {
            continue;
        }
        let manifest = read(&folder)?;
        let dependencies = manifest.get("dependencies").and_then(Value::as_table);
        for name in dependencies.into_iter().flat_map(Table::keys) {
            todo.extend(own(root, name).map(|folder| (name.clone(), folder.to_owned())));
        }
        crates.insert(name, (folder, manifest));
    }
    Ok(crates)
}

/// The folder of a dependency that is a crate of the project.
fn own<'a>(root: &'a Table, name: &str) -> Option<&'a str> {
    root.get("workspace")?.get("dependencies")?.get(name)?.get("path")?.as_str()
}

/// The manifest of the copy's root, with `members`.
pub(super) fn workspace(root: &Table, members: &[&str]) -> Result<Table> {
    let mut manifest = root.clone();
    let workspace = manifest.get_mut("workspace").and_then(Value::as_table_mut);
    let workspace = workspace.context("the root manifest has no workspace")?;
    let members = members.iter().map(|member| Value::from(*member)).collect::<Vec<_>>();
    workspace.insert("members".into(), Value::from(members));
    // Cargo tells crates apart by name, version and place in the workspace: with the same version the copy
    // and the project would build over each other in one target folder.
    let version = workspace.get_mut("package").and_then(|package| package.get_mut("version"));
    let version = version.context("the root manifest states no version")?;
    *version = Value::from(format!("{}+mutants", version.as_str().unwrap_or_default()));
    let silent = Table::from_iter([("warnings".to_owned(), Value::from("allow"))]);
    let lints = Table::from_iter([("rust".to_owned(), Value::from(silent))]);
    workspace.insert("lints".into(), Value::from(lints));
    Ok(manifest)
}

/// The manifest of a crate of the copy: without what only tests need, and with its program named
/// `program`, if that is given, so that it does not stand in the way of the plain one.
pub(super) fn member(manifest: &Table, program: Option<&str>) -> Table {
    let mut manifest = manifest.clone();
    for part in ["dev-dependencies", "bench", "example", "test"] {
        manifest.remove(part);
    }
    if let Some(program) = program {
        let program = Table::from_iter([
            ("name".to_owned(), Value::from(program)),
            ("path".to_owned(), Value::from("src/main.rs")),
        ]);
        manifest.insert("bin".into(), Value::from(vec![Value::from(program)]));
    }
    manifest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str) -> Table {
        toml::from_str(text).unwrap()
    }

    const ROOT: &str = "[workspace]\nmembers = ['crates/*']\npackage = { version = '0.1.0' }\n[workspace.lints.clippy]\npedantic = 'warn'\n\
        [workspace.dependencies]\na = { path = 'crates/a' }\nb = { path = 'crates/b' }\n\
        c = { path = 'crates/c' }\nserde = '1'\n[profile.model]\ninherits = 'release'\n";

    #[test]
    fn what_is_needed_is_found_by_following_dependencies() {
        let read = |folder: &str| {
            Ok(table(match folder {
                "m" => "[dependencies]\na.workspace = true\nserde.workspace = true",
                "crates/a" => "[dependencies]\nb.workspace = true",
                "crates/b" => "[dev-dependencies]\nc.workspace = true",
                other => panic!("{other}"),
            }))
        };
        let crates = needed(&table(ROOT), ("m", "m"), read).unwrap();
        let folders: Vec<_> = crates.values().map(|(folder, _)| folder.as_str()).collect();
        assert_eq!(folders, ["crates/a", "crates/b", "m"]);
    }

    #[test]
    fn the_copy_keeps_profiles_and_silences_lints() {
        let manifest = workspace(&table(ROOT), &["crates/a", "m"]).unwrap().to_string();
        let manifest = table(&manifest);
        assert_eq!(manifest["workspace"]["members"].as_array().unwrap().len(), 2);
        assert_eq!(manifest["workspace"]["lints"]["rust"]["warnings"].as_str(), Some("allow"));
        assert_eq!(manifest["workspace"]["package"]["version"].as_str(), Some("0.1.0+mutants"));
        assert!(manifest["workspace"]["lints"].get("clippy").is_none());
        assert_eq!(manifest["profile"]["model"]["inherits"].as_str(), Some("release"));
        assert!(workspace(&table("[package]\nname = 'x'"), &[]).is_err());
    }

    #[test]
    fn a_member_loses_what_only_tests_need() {
        let manifest = table(
            "[package]\nname = 'a'\n[dev-dependencies]\nc = '1'\n[dependencies]\nb = '1'\n\
             [[bin]]\nname = 'a'\npath = 'src/main.rs'\n",
        );
        let plain = member(&manifest, None);
        assert!(plain.get("dev-dependencies").is_none() && plain.get("dependencies").is_some());
        assert_eq!(member(&manifest, Some("w"))["bin"][0]["name"].as_str(), Some("w"));
    }
}
