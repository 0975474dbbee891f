//! Execution: builds the tests of a workspace with coverage, runs each citing test in a process of its own, and
//! says which cited spans it executed.
//!
//! It needs the stable toolchain alone: the profiles are read here. What cannot be read, built or started
//! is a finding, and never counts as executed.

use core::time::Duration;

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::{Finding, Outcome, Span};

mod build;
mod canary;
mod count;
mod coverage;
mod docs;
mod list;
mod mapping;
mod object;
mod octets;
mod pool;
mod process;
mod profile;
mod setting;
mod source;
mod sources;
mod tests;
mod text;
mod workspace;
mod wrapper;

use setting::Setting;
pub use wrapper::act_as_rustc_if_asked;

/// A span of code whose execution is wanted.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WantedSpan {
    /// The file, relative to the root, with `/`.
    pub file: String,
    /// The span.
    pub span: Span,
    /// The part whose execution counts; without one, nothing is said of the span.
    pub principal: Option<Span>,
}

/// A test that is to run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WantedTest {
    /// The file, relative to the root, with `/`.
    pub file: String,
    /// The function, with the modules around it in that file: `tests::name` or `name`.
    pub item: String,
    /// The spans that it may execute, as indices into [`Request::spans`].
    pub spans: Vec<usize>,
}

/// Documentation with an example that must not compile.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct WantedDoc {
    /// The file, relative to the root, with `/`.
    pub file: String,
    /// The first line of the documentation.
    pub first_line: usize,
    /// Its last line.
    pub last_line: usize,
}

/// What is to be built, run and measured.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    /// The directory that all files are relative to, in or at the root of a cargo workspace.
    pub root: &'a Path,
    /// The tests.
    pub tests: Vec<WantedTest>,
    /// The spans.
    pub spans: Vec<WantedSpan>,
    /// The documentation.
    pub docs: Vec<WantedDoc>,
    /// Files whose targets are built although no wanted test is in them, relative to the root.
    pub builds: Vec<String>,
    /// Packages that are never built, such as the running program itself.
    pub exclude: &'a [String],
    /// More arguments for cargo, such as `--all-features`.
    pub features: &'a [String],
    /// How many tests run at a time; as many as there are processors by default.
    pub jobs: Option<usize>,
    /// Whether to measure what is executed, and not only what passes.
    pub cover: bool,
    /// The program whose `main` calls [`act_as_rustc_if_asked`]; the running one by default.
    pub wrapper: Option<PathBuf>,
}

/// What is happening.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// Cargo begins to build.
    Building,
    /// Cargo has built a target, or found it built.
    Compiled {
        /// The target.
        name: String,
    },
    /// All is built.
    Built {
        /// How long it took.
        seconds: f64,
        /// The number of test programs.
        programs: usize,
    },
    /// A test has ended.
    Test {
        /// The number of tests that have ended.
        done: usize,
        /// The number of all tests.
        total: usize,
        /// Its name.
        name: String,
    },
    /// Cargo begins to test the documentation.
    Documentation,
}

/// What was run, and what it executed.
#[derive(Clone, Debug, PartialEq)]
pub struct Execution {
    /// The wanted tests, in their order.
    pub tests: Vec<Ran>,
    /// The regions of each wanted span, also those that no test executed; none where no code is known.
    pub spans: Vec<Vec<Span>>,
    /// For each wanted documentation, whether all its examples that must not compile do not, and there is one.
    pub docs: Vec<bool>,
    /// Whether each file of [`Request::builds`] was compiled.
    pub built: Vec<bool>,
    /// What went wrong and concerns no single test.
    pub findings: Vec<Finding>,
    /// The same commands, for people.
    pub commands: Vec<String>,
    /// The compiler, as it names itself.
    pub rustc: String,
    /// How long the build took.
    pub build_seconds: f64,
    /// How long everything else took.
    pub seconds: f64,
}

/// One wanted test.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ran {
    /// How it ended.
    pub outcome: Outcome,
    /// The package it belongs to; empty when none is found.
    pub package: String,
    /// Its test program, as cargo's options name it, such as `lib` or `test wire`; empty when none lists it.
    pub binary: String,
    /// Its full name in there.
    pub name: String,
    /// How long it ran.
    pub milliseconds: u64,
    /// The end of what it printed, if it failed; why its profile cannot be read, if that is so.
    pub output_tail: String,
    /// Whether it left a profile that belongs to no program of this build.
    pub foreign_profile: bool,
    /// What it executed of its wanted spans.
    pub reaches: Vec<Reached>,
}

/// What a test executed of one span.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reached {
    /// The span, as an index into [`Request::spans`].
    pub span: usize,
    /// The executed regions, as indices into that span's regions.
    pub regions: Vec<usize>,
    /// Whether the principal part was executed.
    pub principal: bool,
}

/// Builds, runs and measures what `request` asks for.
///
/// # Errors
///
/// A [`Finding`] of the class [`Tool`](crate::Class::Tool) when the workspace cannot be read or built: then nothing
/// at all is known.
pub fn execute(
    request: &Request<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Execution, Finding> {
    let started = Instant::now();
    let setting = Setting::find(request)?;
    let mut execution = Execution {
        tests: Vec::new(),
        spans: vec![Vec::new(); request.spans.len()],
        docs: vec![false; request.docs.len()],
        built: vec![false; request.builds.len()],
        findings: Vec::new(),
        commands: Vec::new(),
        rustc: setting.rustc_version.clone(),
        build_seconds: 0.0,
        seconds: 0.0,
    };
    let mut cover = request.cover && !request.tests.is_empty();
    if cover && let Err(finding) = setting.try_reader() {
        execution.findings.push(finding);
        cover = false;
    }
    setting.run_tests(request, cover, &mut execution, progress)?;
    if !request.docs.is_empty() {
        progress(Progress::Documentation);
        setting.test_docs(request, &mut execution);
    }
    execution.seconds = started.elapsed().as_secs_f64() - execution.build_seconds;
    Ok(execution)
}

/// A command of cargo as people would give it.
fn command(arguments: &[String], cover: bool) -> String {
    let flags =
        if cover { format!("RUSTFLAGS='{}' ", wrapper::FLAGS.join(" ")) } else { String::new() };
    format!("{flags}cargo {}", arguments.join(" "))
}

/// How long a process may run.
const GUARD: Duration = Duration::from_mins(10);
