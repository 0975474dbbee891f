//! Where everything is, and the order in which it is used.

use alloc::collections::BTreeSet;

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::build::{Built, Plan};
use super::coverage::Coverage;
use super::pool::Pool;
use super::process::{Surroundings, Tools};
use super::tests::{Listable, Tests};
use super::workspace::{Workspace, failed};
use super::{Execution, Progress, Request, canary, command, docs, sources};
use crate::{Finding, Outcome};

/// Where everything is.
pub(super) struct Setting {
    root: PathBuf,
    workspace: Workspace,
    cargo: PathBuf,
    rustc: PathBuf,
    pub(super) rustc_version: String,
    libraries: PathBuf,
    wrapper: PathBuf,
    temporary: tempfile::TempDir,
}

impl Setting {
    /// Asks cargo and the compiler.
    pub(super) fn find(request: &Request<'_>) -> Result<Self, Finding> {
        let no_file = |error: std::io::Error| failed(&format!("no temporary directory: {error}"));
        let root = request
            .root
            .canonicalize()
            .map_err(|error| failed(&format!("the root cannot be read: {error}")))?;
        let program = |variable: &str, name: &str| {
            env::var_os(variable).map_or_else(|| PathBuf::from(name), PathBuf::from)
        };
        let (cargo, rustc) = (program("CARGO", "cargo"), program("RUSTC", "rustc"));
        let wrapper = match &request.wrapper {
            Some(wrapper) => wrapper.clone(),
            None => env::current_exe()
                .map_err(|error| failed(&format!("the running program is unknown: {error}")))?,
        };
        let sysroot = ask(&rustc, &["--print", "sysroot"], &root)?;
        Ok(Self {
            workspace: Workspace::read(&cargo, &root)?,
            rustc_version: ask(&rustc, &["-V"], &root)?,
            libraries: Path::new(&sysroot).join(if cfg!(windows) { "bin" } else { "lib" }),
            temporary: tempfile::tempdir().map_err(no_file)?,
            root,
            cargo,
            rustc,
            wrapper,
        })
    }

    /// Lets the canary sing.
    pub(super) fn try_reader(&self) -> Result<(), Finding> {
        canary::sing(&self.rustc, &self.root, &self.scratch())
    }

    /// A directory that is removed at the end, under its real name.
    fn scratch(&self) -> PathBuf {
        let path = self.temporary.path();
        path.canonicalize().unwrap_or_else(|_| path.into())
    }

    /// Builds, runs and measures the wanted tests.
    pub(super) fn run_tests(
        &self,
        request: &Request<'_>,
        cover: bool,
        execution: &mut Execution,
        progress: &mut dyn FnMut(Progress),
    ) -> Result<(), Finding> {
        let mut tests = Tests::place(&self.workspace, &self.root, request);
        let scratch = self.scratch();
        let plan = Plan {
            cargo: &self.cargo,
            workspace: &self.workspace,
            packages: &tests.packages,
            targets: &tests.targets,
            features: request.features,
            wrapper: cover.then_some(&*self.wrapper),
            scratch: &scratch,
        };
        let mut built = Built::default();
        if !plan.packages.is_empty() {
            progress(Progress::Building);
            let began = Instant::now();
            execution.commands.push(command(&plan.arguments(), cover));
            built = plan.build(progress)?;
            execution.build_seconds = began.elapsed().as_secs_f64();
            let compiled = sources::compiled(&built, &self.root);
            let is_compiled = |file: &String| compiled.contains(&self.root.join(file));
            execution.built = request.builds.iter().map(is_compiled).collect();
            let seconds = execution.build_seconds;
            progress(Progress::Built { seconds, programs: built.tests.len() });
        }
        let coverage = cover.then(|| self.coverage(request, &built, &mut execution.findings));
        let tools =
            Tools { cargo: &self.cargo, workspace: &self.workspace, libraries: &self.libraries };
        let mut programs = Vec::new();
        for (number, program) in built.tests.iter().enumerate() {
            let package = self.workspace.packages.iter().find(|it| it.id == program.package);
            let Some(package) = package else { continue };
            let surroundings = Surroundings::of(package, program, &built, &tools);
            programs.push(Listable { number, file: program, package: &package.name, surroundings });
        }
        tests.find(&programs, &scratch, &mut execution.findings);
        let pool = Pool {
            scratch: &scratch,
            coverage: coverage.as_ref(),
            unmeasured: if request.cover { Outcome::PassedWithoutProfile } else { Outcome::Passed },
            jobs: request.jobs,
        };
        let done = pool.run(&tests.jobs(&programs), progress);
        execution.commands.extend(tests.commands(&programs, request.features));
        execution.tests = tests.judge(&programs, &done);
        if let Some(coverage) = coverage {
            execution.spans = coverage.regions();
        }
        Ok(())
    }

    /// Reads the coverage maps of all that was built; test programs come first, in their order.
    fn coverage(
        &self,
        request: &Request<'_>,
        built: &Built,
        findings: &mut Vec<Finding>,
    ) -> Coverage {
        let mut coverage = Coverage::new(&self.root, &request.spans);
        let mut add = |coverage: &mut Coverage, path: &Path| {
            if let Err(why) = coverage.add(path) {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                let message = format!("the coverage map of `{name}` cannot be read: {why}");
                findings.push(failed(&message));
            }
        };
        for program in built.tests.iter().chain(&built.others) {
            add(&mut coverage, &program.path);
        }
        coverage.resolve();
        // The linker leaves out what no test program uses; the libraries still know its regions.
        if coverage.is_incomplete() {
            for archive in &built.archives {
                add(&mut coverage, archive);
            }
            coverage.resolve();
        }
        coverage
    }

    /// Tests the wanted documentation.
    pub(super) fn test_docs(&self, request: &Request<'_>, execution: &mut Execution) {
        let packages: BTreeSet<usize> = request
            .docs
            .iter()
            .filter_map(|doc| self.workspace.package_of(&self.root.join(&doc.file)))
            .filter(|(_, package)| !request.exclude.contains(&package.name))
            .map(|(index, _)| index)
            .collect();
        if packages.is_empty() {
            return;
        }
        let arguments = docs::arguments(&self.workspace, &packages, request.features);
        execution.commands.push(command(&arguments, false));
        match docs::test(&self.cargo, &self.workspace, &arguments, &self.root, &request.docs) {
            Ok(passed) => execution.docs = passed,
            Err(finding) => execution.findings.push(finding),
        }
    }
}

/// What `program` prints when it is asked with `arguments`.
fn ask(program: &Path, arguments: &[&str], directory: &Path) -> Result<String, Finding> {
    let output = Command::new(program)
        .args(arguments)
        .current_dir(directory)
        .output()
        .map_err(|error| failed(&format!("the compiler cannot be started: {error}")))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(failed(&format!("the compiler does not answer:\n{}", said.trim_end())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().into())
}
