//! What was tried, and how it went; progress goes to the standard error as it happens.

use anyhow::{Error, Result};
use serde::Serialize;

use crate::check::{Check, Success, Transport};

/// Everything that was tried.
#[derive(Debug, Default)]
pub(crate) struct Report {
    pub(crate) entries: Vec<Entry>,
}

/// One combination of peer, check and transport.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    /// What is at the other end, and on which side of the connection.
    pub(crate) peer: String,
    pub(crate) check: String,
    pub(crate) transport: Transport,
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
}

/// The report as JSON.
#[derive(Debug, Serialize)]
pub(crate) struct Document<'a> {
    passed: usize,
    failed: usize,
    entries: &'a [Entry],
}

impl Report {
    /// Records how an attempt went.
    pub(crate) fn tried(
        &mut self,
        peer: &str,
        check: Check,
        transport: Transport,
        result: Result<Success>,
    ) {
        let verdict = match result {
            Ok(Success { note, took }) => {
                Verdict::Passed { note, millis: took.as_secs_f64() * 1000.0 }
            }
            Err(error) => Verdict::Failed { why: words(&error) },
        };
        self.add(peer, check.to_string(), transport, verdict);
    }

    /// Records a combination that cannot be tried.
    pub(crate) fn impossible(&mut self, peer: &str, check: Check, transport: Transport, why: &str) {
        self.add(peer, check.to_string(), transport, Verdict::Impossible { why: why.to_owned() });
    }

    /// Records a peer that could not be started.
    pub(crate) fn broken(&mut self, peer: &str, error: &Error) {
        let verdict = Verdict::Failed { why: words(error) };
        self.add(peer, "start".to_owned(), Transport::Tcp, verdict);
    }

    pub(crate) fn passed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Passed { .. }))
    }

    pub(crate) fn failed(&self) -> usize {
        self.count(|verdict| matches!(verdict, Verdict::Failed { .. }))
    }

    pub(crate) fn document(&self) -> Document<'_> {
        Document { passed: self.passed(), failed: self.failed(), entries: &self.entries }
    }

    fn add(&mut self, peer: &str, check: String, transport: Transport, verdict: Verdict) {
        match &verdict {
            Verdict::Passed { note, millis } => {
                eprintln!("{peer}: {check} over {transport}: {note}, {millis:.1} ms");
            }
            Verdict::Failed { why } => eprintln!("{peer}: {check} over {transport}: FAILED: {why}"),
            Verdict::Impossible { .. } => {}
        }
        self.entries.push(Entry { peer: peer.to_owned(), check, transport, verdict });
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
