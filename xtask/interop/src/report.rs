//! What was tried, and how it went; progress goes to the standard error as it happens.

use core::fmt::Display;

use anyhow::{Error, Result};
use serde::Serialize;

use crate::check::Success;

/// What the columns of a table are: what each check is tried over.
pub(crate) trait Column: Copy + Display + Eq + Serialize + 'static {
    /// All of them, from left to right; a peer that cannot be started fails in the first.
    const ALL: [Self; 3];
}

/// Everything that was tried.
#[derive(Debug)]
pub(crate) struct Report<C> {
    pub(crate) entries: Vec<Entry<C>>,
}

/// One combination of peer, check and column.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry<C> {
    /// What is at the other end, and on which side of the connection.
    pub(crate) peer: String,
    pub(crate) check: String,
    #[serde(flatten)]
    pub(crate) column: C,
    #[serde(flatten)]
    pub(crate) verdict: Verdict,
}

/// How it went.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "verdict", rename_all = "snake_case")]
pub(crate) enum Verdict {
    Passed { note: String, millis: f64 },
    Failed { why: String },
    Impossible { why: String },
    Absent { why: String },
}

/// The report as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Document<'a, C> {
    passed: usize,
    failed: usize,
    absent: usize,
    entries: &'a [Entry<C>],
}

impl<C> Default for Report<C> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<C: Column> Report<C> {
    /// Records how an attempt went.
    pub(crate) fn tried(
        &mut self,
        peer: &str,
        check: &impl Display,
        column: C,
        result: Result<Success>,
    ) {
        let verdict = match result {
            Ok(Success { note, took }) => {
                Verdict::Passed { note, millis: took.as_secs_f64() * 1000.0 }
            }
            Err(error) => Verdict::Failed { why: words(&error) },
        };
        self.add(peer, check.to_string(), column, verdict);
    }

    /// Records a combination that cannot be tried.
    pub(crate) fn impossible(&mut self, peer: &str, check: &impl Display, column: C, why: &str) {
        self.add(peer, check.to_string(), column, Verdict::Impossible { why: why.to_owned() });
    }

    /// Records a peer that is not installed, and how to get it.
    pub(crate) fn absent(&mut self, peer: &str, why: &str) {
        let [first, ..] = C::ALL;
        self.add(peer, "start".to_owned(), first, Verdict::Absent { why: why.to_owned() });
    }

    /// Records a peer that could not be started.
    pub(crate) fn broken(&mut self, peer: &str, error: &Error) {
        let verdict = Verdict::Failed { why: words(error) };
        let [first, ..] = C::ALL;
        self.add(peer, "start".to_owned(), first, verdict);
    }

    pub(crate) fn passed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Passed { .. }))
    }

    pub(crate) fn failed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Failed { .. }))
    }

    pub(crate) fn absences(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Absent { .. }))
    }

    pub(crate) fn document(&self) -> Document<'_, C> {
        let (passed, failed, absent) = (self.passed(), self.failed(), self.absences());
        Document { passed, failed, absent, entries: &self.entries }
    }

    fn add(&mut self, peer: &str, check: String, column: C, verdict: Verdict) {
        match &verdict {
            Verdict::Passed { note, millis } => {
                eprintln!("{peer}: {check} over {column}: {note}, {millis:.1} ms");
            }
            Verdict::Failed { why } => eprintln!("{peer}: {check} over {column}: FAILED: {why}"),
            Verdict::Absent { why } => eprintln!("{peer}: absent: {why}"),
            Verdict::Impossible { .. } => {}
        }
        self.entries.push(Entry { peer: peer.to_owned(), check, column, verdict });
    }

    fn count(&self, is_counted: impl Fn(&Verdict) -> bool) -> usize {
        self.entries.iter().filter(|entry| is_counted(&entry.verdict)).count()
    }
}

/// The chain of causes; one that only repeats the one before is left out.
fn words(error: &Error) -> String {
    let mut words = error.chain().map(ToString::to_string).collect::<Vec<_>>();
    words.dedup();
    words.join(": ")
}
