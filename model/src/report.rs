//! The reports: results told to people and to CI services.
//!
//! A report adds nothing to the results but what only all of them together show: mutants that survive,
//! promises that no mutant breaks, records of models that are gone. Nothing in it asks for anything from
//! outside.

use alloc::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::{Deserialize, Serialize};

use crate::run::{ModelResult, Saved, Subject};

pub mod diagram;
mod html;
mod junit;
mod mutants;
pub mod sequence;
mod svg;

pub use diagram::Diagram;
pub use mutants::{Killed, Mutant};

/// All that a run found.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
pub struct Report {
    /// How much was explored: small, review or nightly.
    pub size: String,
    /// What came of each model.
    pub models: Vec<ModelResult>,
    /// The mutants, where they were measured.
    pub mutants: Option<Vec<Mutant>>,
    /// What only all results together show to be wrong.
    pub failures: Vec<String>,
}

impl Report {
    /// The report of `models`; `mutants` are given to the properties that kill them.
    #[must_use]
    pub fn new(size: &str, models: Vec<ModelResult>, mutants: Option<Vec<Mutant>>) -> Self {
        let mut report = Self { size: size.into(), models, mutants, failures: Vec::new() };
        if report.models.is_empty() {
            report.failures.push("there is no model: green would be vacuous".into());
        }
        mutants::merge(&mut report);
        report
    }

    /// Whether nothing failed.
    #[must_use]
    pub fn is_green(&self) -> bool {
        self.failures().next().is_none()
    }

    /// All that failed, and the model where it did.
    pub fn failures(&self) -> impl Iterator<Item = (Option<&str>, &str)> {
        let models = self.models.iter().flat_map(|it| {
            it.failures.iter().map(|failure| (Some(it.model.as_str()), failure.as_str()))
        });
        models.chain(self.failures.iter().map(|failure| (None, failure.as_str())))
    }

    /// The whole in one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut words = vec![count(self.models.len(), "model")];
        words.push(count(self.models.iter().map(|it| it.states).sum(), "state"));
        let tally = self.tally();
        words.push(if tally.held == tally.promised {
            format!("{} hold", count(tally.held, "property"))
        } else {
            let held = grouped(tally.held);
            format!("{held} of {} hold", count(tally.promised, "property"))
        });
        if 0 < tally.defects {
            words.push(format!("{} of documents found", count(tally.defects, "known defect")));
        }
        if let Some(mutants) = &self.mutants {
            let killed = mutants.iter().filter(|it| it.is_killed()).count();
            words.push(format!("{killed} of {} killed", count(mutants.len(), "mutant")));
        }
        let failures = self.failures().count();
        if 0 < failures {
            words.push(count(failures, "failure"));
        }
        words.join(", ")
    }

    /// How many properties there are, and how they stand.
    fn tally(&self) -> Tally {
        let properties = self.models.iter().flat_map(|it| &it.properties);
        let mut tally = Tally::default();
        for property in properties {
            if property.expected.is_some() {
                tally.defects += usize::from(property.is_right());
            } else {
                tally.promised += 1;
                tally.held += usize::from(property.holds);
            }
        }
        tally
    }

    fn of(&self, subject: Subject) -> impl Iterator<Item = &ModelResult> {
        self.models.iter().filter(move |it| it.subject == subject)
    }
}

#[derive(Default)]
struct Tally {
    /// Properties that are to hold.
    promised: usize,
    /// Those of them that do.
    held: usize,
    /// Defects of documents that were found as they are known.
    defects: usize,
}

/// Writes all forms of `report` into `folder`, which is made if need be; gives the files.
///
/// Counterexamples of an earlier run are removed, so that each file there is of this one.
///
/// # Errors
///
/// Returns what the file system says, or what cannot be written in a form.
pub fn write(report: &Report, folder: &Path) -> io::Result<Vec<PathBuf>> {
    fs::create_dir_all(folder)?;
    let mut files = vec![
        ("report.html".into(), html::page(report)),
        ("report.json".into(), json(report)?),
        ("junit.xml".into(), junit::junit(report).map_err(io::Error::other)?),
    ];
    files.extend(counterexamples(report)?);
    for diagram in diagrams(report) {
        let name = format!("{FOLDER}/machine-{}", slug(&diagram.machine));
        files.push((format!("{name}.svg"), diagram::svg(diagram)));
        files.push((format!("{name}.mmd"), diagram::mermaid(diagram)));
    }
    let pictures = folder.join(FOLDER);
    match fs::remove_dir_all(&pictures) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::create_dir_all(&pictures)?,
    }
    let mut written = Vec::new();
    for (name, contents) in files {
        let path = folder.join(name);
        fs::write(&path, contents)?;
        written.push(path);
    }
    Ok(written)
}

/// Each counterexample: to be played again, and as a picture.
fn counterexamples(report: &Report) -> io::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    for model in &report.models {
        for property in &model.properties {
            let Some(saved) = Saved::new(&model.size, property) else { continue };
            let name = stem(&model.model, &property.name);
            files.push((format!("{name}.json"), json(&saved)?));
            if let Some(it) = &property.counterexample {
                files.push((format!("{name}.svg"), sequence::svg(it)));
                files.push((format!("{name}.mmd"), sequence::mermaid(it)));
            }
            if let Some(it) = &property.contrast {
                files.push((format!("{name}-other.svg"), sequence::svg(it)));
            }
        }
    }
    Ok(files)
}

/// The diagrams of all models, each machine once.
fn diagrams(report: &Report) -> Vec<&Diagram> {
    let mut seen = BTreeSet::new();
    let all = report.models.iter().flat_map(|it| &it.diagrams);
    all.filter(|it| seen.insert(it.machine.as_str())).collect()
}

/// Where the files of a counterexample are, without their endings.
fn stem(model: &str, property: &str) -> String {
    format!("{FOLDER}/{}-{}", slug(model), slug(property))
}

/// `text` as the name of a file or an anchor.
fn slug(text: &str) -> String {
    let mut slug = String::new();
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() {
            slug.push(letter.to_ascii_lowercase());
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.truncate(LONGEST);
    slug.trim_end_matches('-').to_owned()
}

fn json(value: &impl Serialize) -> io::Result<String> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}

/// `number` of the things that `word` names.
pub(crate) fn count(number: usize, word: &str) -> String {
    let words = match (number, word.strip_suffix('y')) {
        (1, _) => word.to_owned(),
        (_, Some(stem)) => format!("{stem}ies"),
        (_, None) => format!("{word}s"),
    };
    format!("{} {words}", grouped(number))
}

/// `number` with a space before each third digit.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if 0 < index && (digits.len() - index).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// The folder of counterexamples and pictures.
const FOLDER: &str = "found";
/// Letters of a file's name.
const LONGEST: usize = 80;
