//! Building the test programs, and what cargo says about them.

use alloc::collections::BTreeSet;

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::text::tail;
use super::workspace::{Target, Workspace, failed};
use super::{Progress, wrapper};
use crate::Finding;

/// What is to be built.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    pub(super) cargo: &'a Path,
    pub(super) workspace: &'a Workspace,
    /// Packages, by their number in the workspace.
    pub(super) packages: &'a BTreeSet<usize>,
    /// The arguments that select the targets.
    pub(super) targets: &'a BTreeSet<Vec<String>>,
    pub(super) features: &'a [String],
    /// The program that instruments; `None` for an ordinary build.
    pub(super) wrapper: Option<&'a Path>,
    /// A directory for what the build leaves behind.
    pub(super) scratch: &'a Path,
}

/// What was built.
#[derive(Debug, Default)]
pub(super) struct Built {
    /// The test programs.
    pub(super) tests: Vec<Program>,
    /// Other programs and libraries that tests may start or load, with their packages.
    pub(super) others: Vec<Program>,
    /// Archives of objects: what no program contains may still be in one.
    pub(super) archives: Vec<PathBuf>,
    /// By package: what its build script said.
    pub(super) scripts: HashMap<String, Script>,
}

/// A file that can be run or loaded.
#[derive(Debug)]
pub(super) struct Program {
    /// The id of the package.
    pub(super) package: String,
    pub(super) target: Target,
    pub(super) path: PathBuf,
}

/// What a build script leaves for the tests of its package.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Script {
    #[serde(default)]
    pub(super) linked_paths: Vec<String>,
    #[serde(default)]
    pub(super) env: Vec<(String, String)>,
    #[serde(default)]
    pub(super) out_dir: PathBuf,
}

#[derive(Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
enum Message {
    CompilerArtifact {
        package_id: String,
        target: Target,
        profile: Profile,
        filenames: Vec<PathBuf>,
        executable: Option<PathBuf>,
    },
    BuildScriptExecuted {
        package_id: String,
        #[serde(flatten)]
        script: Script,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}

impl Plan<'_> {
    /// The arguments of cargo.
    pub(super) fn arguments(&self) -> Vec<String> {
        let mut arguments = vec!["test".to_owned(), "--no-run".to_owned()];
        for package in self.packages.iter().filter_map(|it| self.workspace.packages.get(*it)) {
            arguments.extend(["-p".to_owned(), package.name.clone()]);
        }
        arguments.extend(self.targets.iter().flatten().cloned());
        arguments.extend(self.features.iter().cloned());
        arguments
    }

    /// Builds.
    pub(super) fn build(&self, progress: &mut dyn FnMut(Progress)) -> Result<Built, Finding> {
        let errors = self.scratch.join("build.log");
        let log = File::create(&errors)
            .map_err(|error| failed(&format!("no temporary file can be written: {error}")))?;
        let mut cargo = Command::new(self.cargo);
        cargo
            .args(self.arguments())
            .arg("--message-format=json-render-diagnostics")
            .current_dir(&self.workspace.root)
            // Build scripts and macros use crates of the workspace, which count: they count into here.
            .env("LLVM_PROFILE_FILE", profile_pattern(self.scratch))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log);
        if let Some(wrapper) = self.wrapper {
            wrapper::install(&mut cargo, wrapper);
        }
        let mut child =
            cargo.spawn().map_err(|error| failed(&format!("cargo cannot be started: {error}")))?;
        let mut built = Built::default();
        if let Some(output) = child.stdout.take() {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                // What is not one of cargo's messages was printed by a build script or a macro.
                if let Ok(message) = serde_json::from_str(&line) {
                    built.note(message, self.workspace, progress);
                }
            }
        }
        match child.wait() {
            Ok(status) if status.success() => Ok(built),
            Ok(_) => Err(failed(&format!("the tests do not build:\n{}", read_tail(&errors)))),
            Err(error) => Err(failed(&format!("cargo was lost: {error}"))),
        }
    }
}

impl Built {
    fn note(
        &mut self,
        message: Message,
        workspace: &Workspace,
        progress: &mut dyn FnMut(Progress),
    ) {
        match message {
            Message::CompilerArtifact { package_id, target, profile, filenames, executable } => {
                if !workspace.packages.iter().any(|it| it.id == package_id) {
                    return;
                }
                progress(Progress::Compiled { name: target.name.clone() });
                let is = |path: &Path, kinds: &[&str]| {
                    path.extension().is_some_and(|it| kinds.iter().any(|kind| it == *kind))
                };
                for path in filenames {
                    let (package, target) = (package_id.clone(), target.clone());
                    if is(&path, &["rlib"]) {
                        self.archives.push(path);
                    } else if is(&path, &["so", "dylib", "dll"]) {
                        self.others.push(Program { package, target, path });
                    }
                }
                if let Some(path) = executable {
                    let list = if profile.test { &mut self.tests } else { &mut self.others };
                    list.push(Program { package: package_id, target, path });
                }
            }
            Message::BuildScriptExecuted { package_id, script } => {
                self.scripts.insert(package_id, script);
            }
            Message::Other => {}
        }
    }
}

/// A name for the profiles of a process and of those that it starts.
pub(super) fn profile_pattern(directory: &Path) -> OsString {
    directory.join("%p.profraw").into_os_string()
}

/// The end of a file that may be long.
pub(super) fn read_tail(path: &Path) -> String {
    let mut octets = Vec::new();
    let read = File::open(path).and_then(|mut file| file.read_to_end(&mut octets));
    read.map_or_else(|_| String::new(), |_| tail(&String::from_utf8_lossy(&octets)))
}
