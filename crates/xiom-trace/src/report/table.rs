//! One line of comma-separated values per requirement, as RFC 4180 has them.

use core::fmt::Display;

use super::tally::{executed, passes};
use super::{Format, untellable};
use crate::{Evidence, Finding, Requirement, Strength};

const COLUMNS: [&str; 16] = [
    "id",
    "document",
    "line",
    "strength",
    "status",
    "level",
    "owed",
    "code",
    "executed",
    "tests",
    "passed",
    "proofs",
    "witnesses",
    "waived until",
    "next",
    "text",
];

pub(super) fn csv(evidence: &Evidence) -> Result<String, Finding> {
    let fault = |error: &dyn Display| untellable(Format::Csv, &error.to_string());
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(COLUMNS).map_err(|error| fault(&error))?;
    for requirement in &evidence.requirements {
        writer.write_record(record(requirement)).map_err(|error| fault(&error))?;
    }
    let octets = writer.into_inner().map_err(|error| fault(&error))?;
    String::from_utf8(octets).map_err(|error| fault(&error))
}

fn record(it: &Requirement) -> [String; COLUMNS.len()] {
    [
        it.id.clone(),
        it.document.clone(),
        it.line.to_string(),
        strength(it.strength).into(),
        it.status.word().into(),
        it.level.to_string(),
        it.owed.to_string(),
        it.code.len().to_string(),
        executed(it).to_string(),
        it.tests.len().to_string(),
        passes(it).to_string(),
        it.proofs.len().to_string(),
        it.witnesses.len().to_string(),
        it.waiver.as_ref().map(|waiver| waiver.until.clone()).unwrap_or_default(),
        it.next.clone(),
        it.text.clone(),
    ]
}

/// The word for it.
pub(super) const fn strength(strength: Strength) -> &'static str {
    match strength {
        Strength::Shall => "shall",
        Strength::Should => "should",
        Strength::May => "may",
    }
}
