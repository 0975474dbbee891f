//! The packages of the workspace, and which target a source file is a part of.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;

use crate::{Finding, Rule};

/// What `cargo metadata` says.
#[derive(Debug, Deserialize)]
pub(super) struct Workspace {
    pub(super) packages: Vec<Package>,
    #[serde(rename = "workspace_root")]
    pub(super) root: PathBuf,
    pub(super) target_directory: PathBuf,
}

/// A package of the workspace.
#[derive(Debug, Deserialize)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) version: String,
    pub(super) manifest_path: PathBuf,
    pub(super) targets: Vec<Target>,
    #[serde(default)]
    pub(super) authors: Vec<String>,
    pub(super) description: Option<String>,
    pub(super) homepage: Option<String>,
    pub(super) repository: Option<String>,
    pub(super) license: Option<String>,
    pub(super) license_file: Option<String>,
    pub(super) rust_version: Option<String>,
    pub(super) readme: Option<String>,
}

/// A target of a package.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub(super) struct Target {
    pub(super) name: String,
    pub(super) kind: Vec<String>,
    pub(super) src_path: PathBuf,
    #[serde(default)]
    pub(super) test: bool,
}

impl Workspace {
    /// Asks cargo about the workspace at `root`.
    pub(super) fn read(cargo: &Path, root: &Path) -> Result<Self, Finding> {
        let output = Command::new(cargo)
            .args(["metadata", "--no-deps", "--format-version", "1"])
            .current_dir(root)
            .output()
            .map_err(|error| failed(&format!("cargo cannot be started: {error}")))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr);
            return Err(failed(&format!("cargo metadata failed:\n{}", said.trim_end())));
        }
        serde_json::from_slice(&output.stdout).map_err(|error| {
            failed(&format!("what cargo metadata says is not understood: {error}"))
        })
    }

    /// The package that holds `file`: the one whose directory is the nearest above it.
    pub(super) fn package_of(&self, file: &Path) -> Option<(usize, &Package)> {
        self.packages
            .iter()
            .enumerate()
            .filter(|(_, it)| file.starts_with(it.directory()))
            .max_by_key(|(_, it)| it.directory().components().count())
    }
}

impl Package {
    /// The directory of its manifest.
    pub(super) fn directory(&self) -> &Path {
        self.manifest_path.parent().unwrap_or(Path::new(""))
    }

    /// The targets that `file` may be a part of, each with the path of its module; the library first.
    ///
    /// A file belongs to the targets whose root lies the nearest above it: `tests/wire/frames.rs` to
    /// `tests/wire/main.rs`, `tests/common/mod.rs` to every `tests/*.rs`. Which of them declares it is for
    /// the list of tests to say. A module at a place that `#[path]` names is not found.
    pub(super) fn candidates(&self, file: &Path) -> Vec<(&Target, String)> {
        let tested = || self.targets.iter().filter(|it| it.test && it.flag().is_some());
        if let Some(target) = tested().find(|it| it.src_path == file) {
            return vec![(target, String::new())];
        }
        let mut found: Vec<(usize, &Target, String)> = tested()
            .filter_map(|target| {
                let directory = target.src_path.parent()?;
                let module = module_path(file.strip_prefix(directory).ok()?)?;
                Some((directory.components().count(), target, module))
            })
            .collect();
        let nearest = found.iter().map(|it| it.0).max();
        found.retain(|it| Some(it.0) == nearest);
        found.sort_by_key(|(_, target, _)| !target.is_library());
        found.into_iter().map(|(_, target, module)| (target, module)).collect()
    }
}

impl Target {
    /// Whether it is the library of its package.
    pub(super) fn is_library(&self) -> bool {
        self.kind.iter().any(|it| it.ends_with("lib") || it == "proc-macro")
    }

    /// The arguments that make cargo build it, as they also name it to people; `None` for what holds no tests.
    pub(super) fn flag(&self) -> Option<Vec<String>> {
        if self.is_library() {
            return Some(vec!["--lib".into()]);
        }
        let kind = ["bin", "test", "example"]
            .into_iter()
            .find(|kind| self.kind.iter().any(|it| it == kind))?;
        Some(vec![format!("--{kind}"), self.name.clone()])
    }

    /// What it is called in the evidence: `lib`, `bin demo`, `test wire`.
    pub(super) fn label(&self) -> String {
        self.flag().unwrap_or_default().join(" ").trim_start_matches('-').into()
    }
}

/// The path of the module in the file `relative` to the directory of the root module.
fn module_path(relative: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in relative.with_extension("").components() {
        parts.push(part.as_os_str().to_str()?.to_owned());
    }
    if parts.last().is_some_and(|it| it == "mod") {
        parts.pop();
    }
    Some(parts.join("::"))
}

/// A finding about cargo or the compiler.
pub(super) fn failed(message: &str) -> Finding {
    Finding::new(Rule::BuildFailed, "", 0, message.into())
        .help("run the same command by hand; nothing is claimed about execution until it works")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target(kind: &str, name: &str, path: &str) -> Target {
        Target { name: name.into(), kind: vec![kind.into()], src_path: path.into(), test: true }
    }

    fn package(targets: Vec<Target>) -> Package {
        let mut package: Package = serde_json::from_value(serde_json::json!({
            "name": "demo", "id": "demo", "version": "1.2.3", "manifest_path": "demo/Cargo.toml", "targets": [],
        }))
        .unwrap();
        package.targets = targets;
        package
    }

    fn found(package: &Package, file: &str) -> Vec<(String, String)> {
        let candidates = package.candidates(Path::new(file));
        candidates.into_iter().map(|(target, module)| (target.label(), module)).collect()
    }

    fn pair(label: &str, module: &str) -> (String, String) {
        (label.into(), module.into())
    }

    #[test]
    fn files_of_the_sources_belong_to_library_and_programs() {
        let package = package(vec![
            target("bin", "demo", "demo/src/main.rs"),
            target("lib", "demo", "demo/src/lib.rs"),
            target("bin", "tool", "demo/src/bin/tool/main.rs"),
        ]);
        assert_eq!(found(&package, "demo/src/lib.rs"), [pair("lib", "")]);
        assert_eq!(
            found(&package, "demo/src/wire/frame.rs"),
            [pair("lib", "wire::frame"), pair("bin demo", "wire::frame")]
        );
        assert_eq!(found(&package, "demo/src/wire/mod.rs")[0], pair("lib", "wire"));
        assert_eq!(found(&package, "demo/src/bin/tool/options.rs"), [pair("bin tool", "options")]);
    }

    #[test]
    fn files_of_the_tests_belong_to_the_nearest_root() {
        let package = package(vec![
            target("lib", "demo", "demo/src/lib.rs"),
            target("test", "one", "demo/tests/one.rs"),
            target("test", "wire", "demo/tests/wire/main.rs"),
        ]);
        assert_eq!(found(&package, "demo/tests/one.rs"), [pair("test one", "")]);
        assert_eq!(found(&package, "demo/tests/wire/frames.rs"), [pair("test wire", "frames")]);
        assert_eq!(found(&package, "demo/tests/common/mod.rs"), [pair("test one", "common")]);
        assert_eq!(found(&package, "demo/examples/show.rs"), []);
    }
}
