//! The commands, for a program of this crate and for the task runner of a project.
//!
//! Findings go to standard error, results to standard output; the exit code is the class of the worst
//! finding.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

use clap::{Args, Subcommand};
use jiff::Zoned;

use crate::{Class, Finding, Project, Rule, Trace, worst};

mod accept;
mod check;
mod diff;
mod draw;
mod explain;
mod new;
mod report;
mod run;
mod selftest;

const EXAMPLES: &str = "\
Examples:
  trace check                     documents, citations and lock; runs nothing
  trace run                       run each citing test, see what it executed, judge
  trace report                    write the reports of the last run
  trace explain SRS_TLSIO_30_057  one requirement: text, citations, evidence, what is missing
  trace accept SRS_TLSIO_30_057   accept its text and links as they are now
  trace diff main                 what changed against a revision, as Markdown

Exit codes:
  0  all that is owed is there
  1  gate: evidence is missing or wrong
  2  suspect: a text or a span changed after its link was accepted
  3  tool: an input is missing, empty or not understood; nothing can be said";

/// Requirements with evidence: the citing test ran, passed and executed the cited code.
#[derive(Args, Clone, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    place: Where,
}

#[derive(Args, Clone, Debug)]
pub(crate) struct Where {
    /// The root of the project; all files are named relative to it.
    #[arg(long, global = true, default_value = ".")]
    root: PathBuf,
    /// The folder of the manifest, relative to the root.
    #[arg(long, global = true, default_value = "spec")]
    spec: String,
    /// Print results as JSON on standard output.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Clone, Debug, Subcommand)]
enum Command {
    /// Judge documents, citations and lock; runs nothing.
    Check,
    /// Run each citing test in a process of its own and see what it executed.
    Run(run::Arguments),
    /// Write the reports of the last run.
    Report(report::Arguments),
    /// One requirement: its text, its citations, its evidence, what is missing.
    Explain(explain::Arguments),
    /// Print a citation and a test to begin with.
    New(new::Arguments),
    /// Accept texts and links as they are now.
    Accept(accept::Arguments),
    /// What changed against a revision.
    Diff(diff::Arguments),
    /// Seed each fault into a small project and see that exactly it is found.
    Selftest(selftest::Arguments),
}

/// Runs the command of `arguments`, for the project at `root` unless they name another.
#[must_use]
pub fn main(mut arguments: Arguments, root: Option<PathBuf>) -> ExitCode {
    if let Some(root) = root.filter(|_| arguments.place.root.as_os_str() == ".") {
        arguments.place.root = root;
    }
    let place = &arguments.place;
    let result = match &arguments.command {
        Command::Check => check::run(place),
        Command::Run(it) => run::run(place, it),
        Command::Report(it) => report::run(place, it),
        Command::Explain(it) => explain::run(place, it),
        Command::New(it) => new::run(place, it),
        Command::Accept(it) => accept::run(place, it),
        Command::Diff(it) => diff::run(place, it),
        Command::Selftest(it) => selftest::run(it),
    };
    let class = result.unwrap_or_else(|finding| {
        draw::findings(&[*finding]);
        Class::Tool
    });
    ExitCode::from(class.exit_code())
}

/// Runs `trace check` for the project at `root` whose manifest lies in the folder `spec` of it.
#[must_use]
pub fn check(root: &Path, spec: &str) -> ExitCode {
    let place = Where { root: root.into(), spec: spec.into(), json: false };
    main(Arguments { command: Command::Check, place }, None)
}

/// How a command ends: with a class, or with a finding that ended it.
pub(crate) type Ended = Result<Class, Box<Finding>>;

impl Where {
    fn project(&self) -> Result<Project, Box<Finding>> {
        let root = fs::canonicalize(&self.root).map_err(|error| {
            let root = self.root.display().to_string();
            Finding::new(Rule::Unreadable, &root, 0, format!("is no folder: {error}"))
                .help("name the root of the project with --root")
        })?;
        Ok(Project::new(&root, &self.spec))
    }

    fn trace(&self) -> Result<Trace, Box<Finding>> {
        Ok(Trace::load(&self.project()?, Zoned::now().date())?)
    }

    /// Where evidence and reports are written: beside what cargo builds.
    fn folder(&self) -> Result<PathBuf, Box<Finding>> {
        let root = self.project()?.root;
        let target = env::var_os("CARGO_TARGET_DIR").map(|target| root.join(target));
        // A project may be one package of a workspace, whose lock file lies above it.
        let workspace = root.ancestors().find(|it| it.join("Cargo.lock").is_file());
        let workspace = workspace.unwrap_or(&root);
        let parts = root.strip_prefix(workspace).unwrap_or(&root).iter();
        let name = parts
            .fold("trace".to_owned(), |name, part| format!("{name}-{}", part.to_string_lossy()));
        Ok(target.unwrap_or_else(|| workspace.join("target")).join(name))
    }
}

/// Draws `findings` and gives their class.
fn judge(findings: &[Finding]) -> Class {
    draw::findings(findings);
    worst(findings)
}

/// A finding about `file`, which could not be written.
fn unwritable(file: &str, error: &std::io::Error) -> Finding {
    let finding = Finding::new(Rule::Unreadable, file, 0, format!("cannot be written: {error}"));
    finding.help("make room, or mend its permissions")
}
