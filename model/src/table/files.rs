//! The files of the tables: written from the code, and compared with it cell by cell.

use alloc::collections::BTreeSet;
use core::fmt::{self, Write as _};
use std::path::Path;
use std::{fs, io};

use super::sheet::{self, Sheet};

/// Where a file says something else than the code does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Difference {
    /// The name of the file.
    pub file: String,
    /// The state and the event, where it is a cell that differs.
    pub cell: Option<(String, String)>,
    /// What the file says; `None`: nothing.
    pub file_says: Option<String>,
    /// What the code says; `None`: nothing.
    pub code_says: Option<String>,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |said: &Option<String>| said.clone().unwrap_or_else(|| "nothing".into());
        write!(f, "{}: ", self.file)?;
        if let Some((state, event)) = &self.cell {
            write!(f, "row `{state}`, event `{event}`: ")?;
        }
        write!(f, "the file says `{}`, ", word(&self.file_says))?;
        write!(f, "the code says `{}`", word(&self.code_says))
    }
}

/// Every file: its name, and what is in it.
#[must_use]
pub fn files(sheets: &[Sheet]) -> Vec<(String, String)> {
    let files = sheets.iter().map(|it| (format!("{}.md", it.slug), it.markdown()));
    files.chain([(INDEX.to_owned(), index(sheets))]).collect()
}

/// Writes every file into `folder`, and removes files that stand for no machine.
///
/// # Errors
///
/// Returns what the file system says.
pub fn write(sheets: &[Sheet], folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let files = files(sheets);
    for name in names(folder)? {
        if files.iter().all(|(file, _)| *file != name) {
            fs::remove_file(folder.join(name))?;
        }
    }
    files.iter().try_for_each(|(name, text)| fs::write(folder.join(name), text))
}

/// Where the files in `folder` differ from the code.
///
/// # Errors
///
/// Returns what the file system says, but for files that are not there: these are differences.
pub fn differences(sheets: &[Sheet], folder: &Path) -> io::Result<Vec<Difference>> {
    let mut differences = Vec::new();
    let there = if folder.is_dir() { names(folder)? } else { BTreeSet::new() };
    let files = files(sheets);
    let whole = |file: &str, file_says: Option<&str>, code_says: Option<&str>| Difference {
        file: file.into(),
        cell: None,
        file_says: file_says.map(str::to_owned),
        code_says: code_says.map(str::to_owned),
    };
    for name in &there {
        if files.iter().all(|(file, _)| file != name) {
            differences.push(whole(name, Some("a machine"), None));
        }
    }
    for (name, text) in &files {
        if !there.contains(name) {
            differences.push(whole(name, None, Some("a machine")));
            continue;
        }
        // A checkout may have changed the ends of lines.
        let old = fs::read_to_string(folder.join(name))?.replace("\r\n", "\n");
        let before = differences.len();
        differences.extend(cells(name, &old, text));
        if before == differences.len()
            && let Some((old, new)) = first_line(&old, text)
        {
            differences.push(whole(name, Some(old), Some(new)));
        }
    }
    Ok(differences)
}

/// The cells in which two texts of one file differ.
fn cells(name: &str, old: &str, new: &str) -> Vec<Difference> {
    let (old, new) = (sheet::read(old), sheet::read(new));
    let all: BTreeSet<_> = old.keys().chain(new.keys()).collect();
    let differ = all.into_iter().filter(|cell| old.get(cell) != new.get(cell));
    let difference = |cell: &(String, String)| Difference {
        file: name.into(),
        cell: Some(cell.clone()),
        file_says: old.get(cell).cloned(),
        code_says: new.get(cell).cloned(),
    };
    differ.map(difference).collect()
}

/// The first line in which two texts differ.
fn first_line<'a>(old: &'a str, new: &'a str) -> Option<(&'a str, &'a str)> {
    if old == new {
        return None;
    }
    let (mut olds, mut news) = (old.lines(), new.lines());
    loop {
        match (olds.next(), news.next()) {
            (Some(old), Some(new)) if old == new => {}
            (None, None) => return Some(("other ends of lines", "")),
            (old, new) => return Some((old.unwrap_or_default(), new.unwrap_or_default())),
        }
    }
}

/// The names of the files in `folder`.
fn names(folder: &Path) -> io::Result<BTreeSet<String>> {
    let entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    let files = entries.iter().filter(|entry| entry.path().is_file());
    Ok(files.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect())
}

fn index(sheets: &[Sheet]) -> String {
    let mut text = format!("# State machines\n\n{}\n\n", sheet::wrapped(LEGEND));
    for line in MARKS {
        let _ = writeln!(text, "{line}");
    }
    let _ = write!(text, "\n| machine | states | events | concrete states |\n|---|---|---|---|\n");
    for Sheet { slug, title, found, .. } in sheets {
        let (states, events) = (found.states.len(), found.events.len());
        let _ = writeln!(text, "| [{title}]({slug}.md) | {states} | {events} | {} |", found.size);
    }
    text
}

const INDEX: &str = "README.md";
const LEGEND: &str = "What every machine does with every event, drawn by running the shipped code: \
    `cargo xtask table` writes these files, and `cargo xtask table --check` compares them with the code. A \
    difference is a change of the design. A row is a state by its name alone: where a cell has more than one \
    answer, what is not shown decides.";
/// What the cells mean.
const MARKS: [&str; 6] = [
    "- `→ State: words` leads to another state, and says the words; without an arrow the state stays.",
    "- `–` changes nothing, and nothing is said.",
    "- `noted` changes only what is not shown, such as that half a record has come.",
    "- `held`: the octets are not taken, and shown again later.",
    "- `refused` is told to the caller, and changes nothing.",
    "- Nothing: the contract with callers rules the event out.",
];
