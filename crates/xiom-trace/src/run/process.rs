//! One process: where it runs, what it is told, when it is ended.

use core::time::Duration;

use std::collections::HashMap;
use std::env;
use std::ffi::OsString;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Instant;

use super::build::{Built, Program, profile_pattern, read_tail};
use super::workspace::{Package, Workspace};

/// What cargo sets for the tests of a package.
#[derive(Debug)]
pub(super) struct Surroundings {
    directory: PathBuf,
    variables: Vec<(String, OsString)>,
}

/// How a process ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) success: bool,
    /// Whether it was ended because it ran for too long.
    pub(super) too_long: bool,
    pub(super) milliseconds: u64,
}

impl Surroundings {
    pub(super) fn of(
        package: &Package,
        program: &Program,
        built: &Built,
        tools: &Tools<'_>,
    ) -> Self {
        let mut variables = package_variables(package);
        variables.push(("CARGO".into(), tools.cargo.into()));
        for other in built.others.iter().filter(|it| it.package == package.id) {
            variables.push((format!("CARGO_BIN_EXE_{}", other.target.name), (&other.path).into()));
        }
        let mut libraries: Vec<PathBuf> = Vec::new();
        for script in built.scripts.values() {
            let paths = script.linked_paths.iter();
            let paths = paths.map(|it| PathBuf::from(it.split_once('=').map_or(&**it, |it| it.1)));
            libraries.extend(paths.filter(|it| it.starts_with(&tools.workspace.target_directory)));
        }
        if let Some(script) = built.scripts.get(&package.id) {
            let set = script.env.iter().map(|(name, value)| (name.clone(), value.into()));
            variables.extend(set);
            variables.push(("OUT_DIR".into(), (&script.out_dir).into()));
        }
        libraries.extend(program.path.ancestors().skip(1).take(2).map(Path::to_owned));
        libraries.push(tools.libraries.into());
        if let Some(inherited) = env::var_os(LIBRARIES) {
            libraries.extend(env::split_paths(&inherited));
        }
        if let Ok(joined) = env::join_paths(libraries) {
            variables.push((LIBRARIES.into(), joined));
        }
        Self { directory: package.directory().into(), variables }
    }

    /// Runs `program` with `arguments`; it writes its output and its profiles into `scratch`.
    pub(super) fn run(
        &self,
        program: &Path,
        arguments: &[&str],
        scratch: &Path,
        limit: Duration,
    ) -> io::Result<Ended> {
        let output = File::create(scratch.join(OUTPUT))?;
        let mut command = Command::new(program);
        command
            .args(arguments)
            .current_dir(&self.directory)
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .env("LLVM_PROFILE_FILE", profile_pattern(scratch))
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output);
        let started = Instant::now();
        let mut child = command.spawn()?;
        let mut pause = Duration::from_micros(200);
        let mut too_long = false;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            if started.elapsed() >= limit {
                too_long = true;
                child.kill()?;
                break child.wait()?;
            }
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(5));
        };
        let milliseconds = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        Ok(Ended { success: status.success() && !too_long, too_long, milliseconds })
    }
}

/// All that the process in `scratch` printed.
pub(super) fn output(scratch: &Path) -> String {
    fs::read(scratch.join(OUTPUT))
        .map_or_else(|_| String::new(), |octets| String::from_utf8_lossy(&octets).into_owned())
}

/// The end of what the process in `scratch` printed.
pub(super) fn output_tail(scratch: &Path) -> String {
    read_tail(&scratch.join(OUTPUT))
}

/// What is the same for all processes of a run.
#[derive(Debug)]
pub(super) struct Tools<'a> {
    pub(super) cargo: &'a Path,
    pub(super) workspace: &'a Workspace,
    /// The directory of the compiler's own libraries.
    pub(super) libraries: &'a Path,
}

fn package_variables(package: &Package) -> Vec<(String, OsString)> {
    let text = |text: &Option<String>| OsString::from(text.clone().unwrap_or_default());
    let mut numbers = package.version.splitn(2, ['-', '+']);
    let mut parts = numbers.next().unwrap_or_default().split('.').map(OsString::from);
    let mut part = || parts.next().unwrap_or_default();
    let (_, pre) = package.version.split_once('-').unwrap_or_default();
    let pre = pre.split('+').next().unwrap_or_default();
    let named: HashMap<&str, OsString> = HashMap::from([
        ("VERSION", OsString::from(&package.version)),
        ("VERSION_MAJOR", part()),
        ("VERSION_MINOR", part()),
        ("VERSION_PATCH", part()),
        ("VERSION_PRE", pre.into()),
        ("NAME", OsString::from(&package.name)),
        ("AUTHORS", OsString::from(package.authors.join(":"))),
        ("DESCRIPTION", text(&package.description)),
        ("HOMEPAGE", text(&package.homepage)),
        ("REPOSITORY", text(&package.repository)),
        ("LICENSE", text(&package.license)),
        ("LICENSE_FILE", text(&package.license_file)),
        ("RUST_VERSION", text(&package.rust_version)),
        ("README", text(&package.readme)),
    ]);
    let mut variables: Vec<(String, OsString)> =
        named.into_iter().map(|(name, value)| (format!("CARGO_PKG_{name}"), value)).collect();
    variables.push(("CARGO_MANIFEST_DIR".into(), package.directory().into()));
    variables.push(("CARGO_MANIFEST_PATH".into(), (&package.manifest_path).into()));
    variables
}

const OUTPUT: &str = "output";

/// The variable that names the directories in which a program looks for libraries.
const LIBRARIES: &str = if cfg!(windows) {
    "PATH"
} else if cfg!(target_os = "macos") {
    "DYLD_FALLBACK_LIBRARY_PATH"
} else {
    "LD_LIBRARY_PATH"
};
