//! The evidence of one run: all that a report needs, as one JSON document.
//!
//! `evidence.schema.json` beside this crate's manifest describes it; fields are only ever added.

use serde::{Deserialize, Serialize};

use crate::{Finding, Level, Span, Status, Strength};

/// The value of `$schema` in every evidence document.
pub const SCHEMA: &str = "xiom-trace/evidence-1";

/// What is known about all requirements at one commit.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Evidence {
    /// Always [`SCHEMA`].
    #[serde(rename = "$schema")]
    pub schema: String,
    /// The name of the project.
    pub project: String,
    /// The program that wrote this.
    pub tool: Tool,
    /// When, where and how it ran.
    pub run: Run,
    /// The documents, in the order of the manifest.
    pub documents: Vec<Document>,
    /// The requirements, in the order of the documents.
    pub requirements: Vec<Requirement>,
    /// The corpora of fuzz targets, by name.
    #[serde(default)]
    pub corpora: Vec<Corpus>,
    /// Everything that is wrong.
    pub findings: Vec<Finding>,
    /// Public functions of traced code that contain no citation and lie in no cited span.
    pub unexplained: Vec<Place>,
    /// Each source file and document that was read, with its SHA-256.
    pub inputs: Vec<Input>,
}

/// The program that wrote the evidence.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Tool {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// When, where and how the evidence came about.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Run {
    /// The commit of the working tree, if it is a git repository.
    pub commit: Option<String>,
    /// Whether the working tree differed from that commit.
    pub dirty: bool,
    /// The base of links to source lines, such as `https://host/owner/name/blob/<commit>/`.
    pub link_base: Option<String>,
    /// The compiler, as it names itself; `None` when nothing was executed.
    pub rustc: Option<String>,
    /// When it began, as RFC 3339 in UTC.
    pub started: String,
    /// How long it took, without the build, in seconds.
    pub seconds: f64,
    /// How long the build took, in seconds.
    pub build_seconds: f64,
    /// The highest level that was looked for.
    pub to: Level,
    /// Test processes that were run.
    pub tests_run: usize,
    /// The commands that were run, to be repeated by hand.
    pub commands: Vec<String>,
}

/// One document of requirements.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Document {
    /// Its short name, such as `tlsio`.
    pub name: String,
    /// Its first heading.
    pub title: String,
    /// The file, relative to the root.
    pub file: String,
    /// The package that owns it.
    pub owner: String,
    /// The number of requirements that the manifest expects.
    pub expected: usize,
    /// The number that was found.
    pub found: usize,
    /// The level that each of its requirements owes.
    pub minimum: Level,
    /// The date, as `YYYY-MM-DD`, until which nothing is owed.
    pub planned_until: Option<String>,
}

/// One requirement and all evidence for it.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Requirement {
    /// The id.
    pub id: String,
    /// The short name of its document.
    pub document: String,
    /// The line on which it begins, from 1.
    pub line: usize,
    /// The line on which it ends.
    pub end_line: usize,
    /// The headings over it, from the outermost.
    pub section: Vec<String>,
    /// How strongly it binds.
    pub strength: Strength,
    /// The text, without markup and with single spaces.
    pub text: String,
    /// The hash of that text.
    pub text_hash: String,
    /// Where it stands.
    pub status: Status,
    /// The highest rung it reached: the minimum over all that it owes.
    pub level: Level,
    /// The level its document demands.
    pub owed: Level,
    /// The code that cites it.
    pub code: Vec<Code>,
    /// The tests that cite it.
    pub tests: Vec<Test>,
    /// Proofs by the compiler.
    pub proofs: Vec<Proof>,
    /// Models and fuzz targets that cite it.
    pub witnesses: Vec<Witness>,
    /// Why it is waived.
    pub waiver: Option<Waiver>,
    /// What to do next; empty when nothing is owed.
    pub next: String,
}

/// A span of code that cites a requirement.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Code {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// The part whose execution counts: the arm's body, the then-block, the function's body.
    pub principal: Option<Span>,
    /// The hash of its tokens.
    pub hash: String,
    /// The regions that coverage knows inside of it; empty when nothing was executed.
    pub regions: Vec<Span>,
    /// The citing tests that executed it, as indices into [`Requirement::tests`].
    pub reached_by: Vec<usize>,
    /// The corpora that executed it, as indices into [`Evidence::corpora`].
    #[serde(default)]
    pub corpora: Vec<usize>,
}

/// A test that cites a requirement.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Test {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// The hash of its tokens.
    pub hash: String,
    /// The package it belongs to; empty when nothing was executed.
    pub package: String,
    /// The test binary it is in; empty when nothing was executed.
    pub binary: String,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it ran, in milliseconds.
    pub milliseconds: u64,
    /// What it executed of the cited code.
    pub reaches: Vec<Reach>,
}

/// How a citing test ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// It was not asked to run.
    NotRun,
    /// It ran, passed and left a profile.
    Passed,
    /// It ran and passed, but left no profile: what it executed is unknown.
    PassedWithoutProfile,
    /// It ran and failed.
    Failed,
    /// It is marked to be ignored.
    Ignored,
    /// No test binary lists it.
    Gone,
}

/// The regions of one cited span that one test executed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reach {
    /// The span, as an index into [`Requirement::code`].
    pub code: usize,
    /// Its executed regions, as indices into [`Code::regions`].
    pub regions: Vec<usize>,
    /// Whether the part whose execution counts was among them.
    pub principal: bool,
}

/// An item whose compilation proves a requirement.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Proof {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// The hash of its tokens.
    pub hash: String,
    /// Why it is a proof.
    pub reason: String,
}

/// A model property or a fuzz target that cites a requirement.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Witness {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// `model` or `fuzz`.
    pub kind: String,
    /// The hash of its tokens.
    pub hash: String,
    /// The corpus of a fuzz target that was run, as an index into [`Evidence::corpora`].
    #[serde(default)]
    pub corpus: Option<usize>,
}

/// The committed inputs of a fuzz target, and the test that runs them.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Corpus {
    /// The target.
    pub target: String,
    /// The package of the test; empty when it was not found.
    pub package: String,
    /// The test binary; empty when it was not found.
    pub binary: String,
    /// The name of the test in there.
    pub test: String,
    /// How it ended.
    pub outcome: Outcome,
    /// How long it ran, in milliseconds.
    pub milliseconds: u64,
}

/// Why a requirement is waived, and until when.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Waiver {
    /// Where.
    #[serde(flatten)]
    pub place: Place,
    /// The reason.
    pub reason: String,
    /// The last day on which it holds, as `YYYY-MM-DD`.
    pub until: String,
}

/// A place in the source.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Place {
    /// The file, relative to the root.
    pub file: String,
    /// The item, such as `client::Session::judge`.
    pub item: String,
    /// The span.
    pub span: Span,
}

/// A file that was read.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Input {
    /// The file, relative to the root.
    pub file: String,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
}
