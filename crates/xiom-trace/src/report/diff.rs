//! What changed between two runs, requirement by requirement.

use alloc::collections::BTreeMap;
use core::fmt::{self, Write as _};

use serde::Serialize;

use super::summary::escape;
use super::tally::count;
use crate::{Evidence, Level, Requirement, Status};

/// Where a requirement stood in one run.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Standing {
    /// Its level.
    pub level: Level,
    /// Its status.
    pub status: Status,
}

impl From<&Requirement> for Standing {
    fn from(requirement: &Requirement) -> Self {
        Self { level: requirement.level, status: requirement.status }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.level, self.status.word())
    }
}

/// One requirement that stands elsewhere than before.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Change {
    /// The requirement.
    pub id: String,
    /// Where it stood.
    pub old: Standing,
    /// Where it stands.
    pub new: Standing,
    /// What to do next; empty when nothing is owed.
    pub next: String,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {} -> {}", self.id, self.old, self.new)
    }
}

/// What changed from one run to another; each requirement is in one list of standings at most.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Diff {
    /// Those that lost a level.
    pub lost: Vec<Change>,
    /// Those whose level is the same, and whose status is not.
    pub status: Vec<Change>,
    /// Those that gained a level.
    pub gained: Vec<Change>,
    /// Those that are new.
    pub added: Vec<String>,
    /// Those that are gone.
    pub removed: Vec<String>,
    /// Those whose text is another.
    pub reworded: Vec<String>,
}

/// What changed from `old` to `new`.
#[must_use]
pub fn diff(old: &Evidence, new: &Evidence) -> Diff {
    let before = by_id(old);
    let after = by_id(new);
    let mut diff = Diff::default();
    for it in &new.requirements {
        match before.get(it.id.as_str()) {
            Some(was) => compare(&mut diff, was, it),
            None => diff.added.push(it.id.clone()),
        }
    }
    let gone = old.requirements.iter().filter(|it| !after.contains_key(it.id.as_str()));
    diff.removed = gone.map(|it| it.id.clone()).collect();
    diff
}

fn by_id(evidence: &Evidence) -> BTreeMap<&str, &Requirement> {
    evidence.requirements.iter().map(|it| (it.id.as_str(), it)).collect()
}

fn compare(diff: &mut Diff, was: &Requirement, is: &Requirement) {
    if was.text_hash != is.text_hash {
        diff.reworded.push(is.id.clone());
    }
    let change =
        Change { id: is.id.clone(), old: was.into(), new: is.into(), next: is.next.clone() };
    if is.level < was.level {
        diff.lost.push(change);
    } else if is.level > was.level {
        diff.gained.push(change);
    } else if is.status != was.status {
        diff.status.push(change);
    }
}

impl Diff {
    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a requirement lost a level or its status "met", or is gone.
    #[must_use]
    pub fn is_worse(&self) -> bool {
        let unmet = |it: &Change| it.old.status == Status::Met && it.new.status != Status::Met;
        !self.lost.is_empty()
            || !self.removed.is_empty()
            || self.status.iter().chain(&self.gained).any(unmet)
    }

    /// The same as Markdown: a sentence, then a table of what was lost and changed before what was
    /// gained. No list shows more than `limit` requirements.
    #[must_use]
    pub fn markdown(&self, limit: usize) -> String {
        let mut out = format!("{}\n", self.headline());
        let changes = self.changes();
        if !changes.is_empty() {
            out.push_str("\n| | Requirement | Before | Now | Next step |\n|---|---|---|---|---|\n");
        }
        for (word, change) in changes.iter().take(limit) {
            let Change { id, old, new, next } = change;
            let next = escape(next);
            // Writing to a string cannot fail.
            let _written = writeln!(out, "| {word} | `{id}` | {old} | {new} | {next} |");
        }
        out.push_str(&rest(changes.len(), limit));
        for (word, ids) in self.lists() {
            let shown: Vec<String> = ids.iter().take(limit).map(|id| format!("`{id}`")).collect();
            if !shown.is_empty() {
                let _written = writeln!(out, "\n**{word}:** {}", shown.join(", "));
                out.push_str(&rest(ids.len(), limit));
            }
        }
        out
    }

    fn headline(&self) -> String {
        if self.is_empty() {
            return "No requirement changed.".into();
        }
        let parts = [
            (self.lost.len(), "lost a level"),
            (self.status.len(), "changed status"),
            (self.gained.len(), "gained a level"),
            (self.added.len(), "added"),
            (self.removed.len(), "removed"),
            (self.reworded.len(), "reworded"),
        ];
        let told: Vec<String> = parts
            .into_iter()
            .filter(|(number, _)| *number > 0)
            .map(|(number, what)| format!("{number} {what}"))
            .collect();
        format!("Requirements: {}.", told.join(", "))
    }

    fn changes(&self) -> Vec<(&'static str, &Change)> {
        let lists = [("lost", &self.lost), ("status", &self.status), ("gained", &self.gained)];
        lists.into_iter().flat_map(|(word, list)| list.iter().map(move |it| (word, it))).collect()
    }

    const fn lists(&self) -> [(&'static str, &Vec<String>); 3] {
        [("Added", &self.added), ("Removed", &self.removed), ("Reworded", &self.reworded)]
    }
}

fn rest(number: usize, limit: usize) -> String {
    match number.saturating_sub(limit) {
        0 => String::new(),
        more => format!("\nand {}\n", count(more, "other")),
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.headline())?;
        for (word, change) in self.changes() {
            write!(f, "\n{word:<9} {change}")?;
        }
        for (word, ids) in self.lists() {
            for id in ids {
                write!(f, "\n{:<9} {id}", word.to_lowercase())?;
            }
        }
        Ok(())
    }
}
