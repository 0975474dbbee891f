//! The reports: one [`Evidence`] told to people, to CI services and to spreadsheets.
//!
//! No report holds anything that the evidence does not hold, except the cited source lines and the
//! documents that the page shows.

use alloc::collections::BTreeMap;
use core::fmt;
use core::str::FromStr;
use std::fs;
use std::path::{Component, Path, PathBuf};

use crate::hash::sha256;
use crate::{Evidence, Finding, Rule, SCHEMA};

mod badge;
mod diff;
mod html;
mod junit;
mod lcov;
mod sarif;
mod summary;
mod table;
mod tally;
mod uri;

pub use diff::{Change, Diff, Standing, diff};
pub use summary::summary;

/// A form in which the evidence can be told.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Format {
    /// One page for people: no network, readable without JavaScript.
    Html,
    /// The evidence itself, as `evidence.schema.json` describes it.
    Json,
    /// One test case per requirement, which every CI service shows.
    Junit,
    /// The findings as alerts on lines of the documents and of the code.
    Sarif,
    /// Coverage of the documents: the hits of a line are the level of its requirement.
    Lcov,
    /// Markdown for the summary of a CI job or for a comment, below 64 KiB.
    Summary,
    /// A badge, as the data of a shields endpoint and as an SVG picture.
    Badge,
    /// One line per requirement.
    Csv,
}

impl Format {
    /// All forms.
    pub const ALL: [Self; 8] = [
        Self::Html,
        Self::Json,
        Self::Junit,
        Self::Sarif,
        Self::Lcov,
        Self::Summary,
        Self::Badge,
        Self::Csv,
    ];

    /// Its name on a command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::Json => "json",
            Self::Junit => "junit",
            Self::Sarif => "sarif",
            Self::Lcov => "lcov",
            Self::Summary => "summary",
            Self::Badge => "badge",
            Self::Csv => "csv",
        }
    }

    /// The files it consists of.
    #[must_use]
    pub const fn files(self) -> &'static [&'static str] {
        match self {
            Self::Html => &["index.html"],
            Self::Json => &["evidence.json"],
            Self::Junit => &["junit.xml"],
            Self::Sarif => &["trace.sarif"],
            Self::Lcov => &["lcov.info"],
            Self::Summary => &["summary.md"],
            Self::Badge => &["badge.json", "badge.svg"],
            Self::Csv => &["requirements.csv"],
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        let found = Self::ALL.into_iter().find(|format| format.name() == text);
        found.ok_or_else(|| UnknownFormat(text.into()))
    }
}

/// A word that names no [`Format`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownFormat(pub String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = Format::ALL.into_iter().map(Format::name).collect();
        write!(f, "no report is called `{}`: there are {}", self.0, names.join(", "))
    }
}

impl core::error::Error for UnknownFormat {}

/// Tells `evidence` in `format`: the files, by name.
///
/// `sources` gives the text of a file, named relative to the root of the project; what it does not
/// know is told without its lines.
///
/// # Errors
///
/// Returns a finding when the evidence cannot be written in that form.
pub fn render(
    format: Format,
    evidence: &Evidence,
    sources: &dyn Fn(&str) -> Option<String>,
) -> Result<Vec<(&'static str, String)>, Finding> {
    let texts = match format {
        Format::Html => vec![html::page(evidence, sources)],
        Format::Json => vec![json(evidence)?],
        Format::Junit => vec![junit::junit(evidence)?],
        Format::Sarif => vec![sarif::sarif(evidence)],
        Format::Lcov => vec![lcov::lcov(evidence)],
        Format::Summary => vec![summary(evidence, None)],
        Format::Badge => vec![badge::endpoint(evidence), badge::picture(evidence)],
        Format::Csv => vec![table::csv(evidence)?],
    };
    Ok(format.files().iter().copied().zip(texts).collect())
}

/// Writes `evidence` in each of `formats` into `folder`, which is made if need be; gives the files.
///
/// The source lines are read from below `root`, unless their file changed since the run.
///
/// # Errors
///
/// Returns a finding that names the file that cannot be written.
pub fn write(
    evidence: &Evidence,
    root: &Path,
    folder: &Path,
    formats: &[Format],
) -> Result<Vec<PathBuf>, Finding> {
    let known: BTreeMap<&str, &str> =
        evidence.inputs.iter().map(|it| (it.file.as_str(), it.sha256.as_str())).collect();
    // Lines of a file that changed since the run would be shown with the wrong shades.
    let sources = |file: &str| {
        let text = fs::read_to_string(inside(root, file)?).ok()?;
        //= SRS_TRACE_01_033
        known.get(file).is_none_or(|hash| *hash == sha256(text.as_bytes())).then_some(text)
    };
    fs::create_dir_all(folder).map_err(|error| unwritable(folder, &error))?;
    let mut written = Vec::new();
    for format in formats {
        for (name, contents) in render(*format, evidence, &sources)? {
            let path = folder.join(name);
            fs::write(&path, contents).map_err(|error| unwritable(&path, &error))?;
            written.push(path);
        }
    }
    Ok(written)
}

/// Reads the evidence that an earlier run wrote to `path`.
///
/// # Errors
///
/// Returns a finding, with what to do, when the file cannot be read, is not JSON, or is of a schema
/// that this version does not know.
pub fn read(path: &Path) -> Result<Evidence, Finding> {
    let file = path.display().to_string();
    let fault =
        |message: String, help: &str| Finding::new(Rule::Unreadable, &file, 0, message).help(help);
    let text = fs::read_to_string(path).map_err(|error| {
        fault(format!("the evidence cannot be read: {error}"), "`trace run` writes it")
    })?;
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|error| {
        fault(format!("the evidence is not JSON: {error}"), "write it again with a new run")
    })?;
    let schema = value.get("$schema").and_then(serde_json::Value::as_str).unwrap_or_default();
    //= SRS_TRACE_01_034
    if schema != SCHEMA {
        return Err(fault(
            format!("the schema of the evidence is `{schema}`, and this version reads `{SCHEMA}`"),
            "write it again with this version, or read it with the version that wrote it",
        ));
    }
    serde_json::from_value(value).map_err(|error| {
        fault(
            format!("the evidence does not follow its schema: {error}"),
            "check it against evidence.schema.json, or write it again with a new run",
        )
    })
}

fn json(evidence: &Evidence) -> Result<String, Finding> {
    let mut text = serde_json::to_string_pretty(evidence)
        .map_err(|error| untellable(Format::Json, &error.to_string()))?;
    text.push('\n');
    Ok(text)
}

/// The path of `file` below `root`, unless it leads out of there.
fn inside(root: &Path, file: &str) -> Option<PathBuf> {
    let file = Path::new(file);
    let stays = file.components().all(|part| match part {
        Component::Normal(_) | Component::CurDir => true,
        Component::Prefix(_) | Component::RootDir | Component::ParentDir => false,
    });
    stays.then(|| root.join(file))
}

fn untellable(format: Format, error: &str) -> Finding {
    let file = format.files().first().copied().unwrap_or_default();
    Finding::new(Rule::Unreadable, file, 0, format!("the report cannot be made: {error}"))
        .help("look for an unusual character in the texts and names of the evidence")
}

fn unwritable(path: &Path, error: &std::io::Error) -> Finding {
    let file = path.display().to_string();
    Finding::new(Rule::Unreadable, &file, 0, format!("the report cannot be written: {error}"))
        .help("make room, or name another folder")
}
