//! The manifest: which documents there are, how many requirements each holds, and what each owes.
//!
//! The expected counts are what keeps a run from being green about nothing.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;

use crate::{Finding, Level, Rule};

/// What a project says about its requirements; see the crate's documentation for the format.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Manifest {
    /// The name of the project.
    pub project: String,
    /// Folders with source files, relative to the root of the project.
    pub sources: Vec<String>,
    /// Folders and files among them that are left out.
    #[serde(default)]
    pub exclude: Vec<String>,
    /// Packages that are never built for a run, such as the task runner itself.
    #[serde(default)]
    pub exclude_packages: Vec<String>,
    /// Documents that mention ids and define none, relative to the manifest.
    #[serde(default)]
    pub mentions: Vec<String>,
    /// The base of links to source lines, with `{commit}` in it.
    pub link_base: Option<String>,
    /// How the committed inputs of fuzz targets are run; without it, nothing is asked of them.
    pub fuzz: Option<Fuzz>,
    /// The documents.
    #[serde(rename = "document")]
    pub documents: Vec<Entry>,
}

/// One document of the manifest.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Entry {
    /// Its short name.
    pub name: String,
    /// Its file, relative to the manifest.
    pub file: String,
    /// How many requirements it holds.
    pub expected: usize,
    /// The level that each of them owes.
    pub minimum: Level,
    /// The package that owns it.
    pub owner: String,
    /// Nothing is owed until this day, written `YYYY-MM-DD`.
    pub planned_until: Option<Date>,
}

/// How the committed inputs of fuzz targets are run: each target's by a test of its own.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Fuzz {
    /// The folder with a folder of inputs for each target, relative to the root.
    pub corpora: String,
    /// The file with the tests that run them, relative to the root.
    pub file: String,
    /// The test that runs the inputs of one target, with `{target}` for its name.
    pub test: String,
}

/// Where a project and its manifest lie.
#[derive(Clone, Debug)]
pub struct Project {
    /// The root of the project; all files are named relative to it.
    pub root: PathBuf,
    /// The folder of the manifest, relative to the root, such as `spec`.
    pub folder: String,
}

impl Project {
    /// The file `name` beside the manifest, relative to the root.
    #[must_use]
    pub fn beside(&self, name: &str) -> String {
        format!("{}/{name}", self.folder)
    }

    /// Reads `file`, which is relative to the root.
    ///
    /// # Errors
    ///
    /// Returns a finding of [`Rule::Unreadable`].
    pub fn read(&self, file: &str) -> Result<String, Finding> {
        fs::read_to_string(self.root.join(file)).map_err(|error| {
            Finding::new(Rule::Unreadable, file, 0, format!("cannot be read: {error}"))
                .help("restore the file, or take it out of the manifest")
        })
    }

    /// Whether there is a manifest at all.
    #[must_use]
    pub fn has_manifest(&self) -> bool {
        self.root.join(self.beside(MANIFEST)).is_file()
    }

    /// Reads the manifest.
    ///
    /// # Errors
    ///
    /// Returns a finding of [`Rule::Unreadable`].
    pub fn manifest(&self) -> Result<Manifest, Finding> {
        let file = self.beside(MANIFEST);
        let text = self.read(&file)?;
        let manifest: Manifest = toml::from_str(&text).map_err(|error| {
            let line = error.span().map_or(0, |span| line_of(&text, span.start));
            Finding::new(Rule::Unreadable, &file, line, error.message().to_owned())
                .help("the fields are described in the documentation of `Manifest`")
        })?;
        if manifest.documents.is_empty() {
            return Err(Finding::new(Rule::EmptySpec, &file, 0, "names no document".into())
                .help("add a [[document]]: a run about nothing would always be green"));
        }
        Ok(manifest)
    }

    /// The project whose root is `root` and whose manifest lies in `folder`.
    #[must_use]
    pub fn new(root: &Path, folder: &str) -> Self {
        Self { root: root.into(), folder: folder.trim_end_matches('/').into() }
    }
}

/// The file of the manifest, in its folder.
const MANIFEST: &str = "manifest.toml";

/// The line, from 1, of the octet `offset` of `text`.
pub(crate) fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|octet| *octet == b'\n').count().saturating_add(1)
}
