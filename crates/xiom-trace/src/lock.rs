//! The lock: the texts, spans and levels that somebody accepted, one line per link.
//!
//! A link whose text or tokens differ from the lock is suspect until it is accepted again, in the same
//! change, so that the change shows it. Formatting and comments are not tokens.

use alloc::collections::BTreeMap;
use core::fmt::Write;
use core::str::FromStr;

use crate::citation::Kind;
use crate::{Finding, Level, Rule};

/// The first line of every lock.
const HEADER: &str = "# Accepted links; written by `trace accept`, never by hand.";

/// What was accepted, by id.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Lock {
    /// Each requirement's accepted state.
    pub entries: BTreeMap<String, Accepted>,
}

/// What was accepted about one requirement.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Accepted {
    /// The hash of its text.
    pub text: String,
    /// The level that its evidence had.
    pub level: Level,
    /// Its links, sorted.
    pub links: Vec<Accord>,
}

/// One accepted link.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Accord {
    /// What the citation claims.
    pub kind: Kind,
    /// File and item.
    pub item: String,
    /// The hash of the tokens.
    pub hash: String,
}

impl Lock {
    /// Reads the lock `file` with the text `text`; what cannot be read goes to `findings`.
    pub(crate) fn parse(file: &str, text: &str, findings: &mut Vec<Finding>) -> Self {
        let mut lock = Self::default();
        for (line, number) in text.lines().zip(1..) {
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if lock.parse_line(line).is_none() {
                let message = "is not a line of a lock".to_owned();
                let finding = Finding::new(Rule::Unreadable, file, number, message);
                findings.push(finding.help("`trace accept --all` writes the lock anew"));
            }
        }
        lock
    }

    fn parse_line(&mut self, line: &str) -> Option<()> {
        let mut words = line.split(' ');
        let (id, kind, item, hash) = (words.next()?, words.next()?, words.next()?, words.next()?);
        if words.next().is_some() {
            return None;
        }
        let entry = self.entries.entry(id.into()).or_default();
        if kind == "text" {
            entry.level = Level::from_str(item).ok()?;
            entry.text = hash.into();
        } else {
            let kind = kind_of(kind)?;
            entry.links.push(Accord { kind, item: item.into(), hash: hash.into() });
        }
        Some(())
    }

    /// The lock as text: sorted, one line per link.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = format!("{HEADER}\n");
        for (id, entry) in &self.entries {
            // Writing to a string cannot fail.
            let _written = writeln!(text, "{id} text {} {}", entry.level, entry.text);
            for link in &entry.links {
                let kind = word(link.kind);
                let _written = writeln!(text, "{id} {kind} {} {}", link.item, link.hash);
            }
        }
        text
    }
}

const fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Code => "code",
        Kind::Test | Kind::Model | Kind::Fuzz | Kind::ByConstruction | Kind::Exception => {
            kind.word()
        }
    }
}

fn kind_of(text: &str) -> Option<Kind> {
    let all =
        [Kind::Code, Kind::Test, Kind::Model, Kind::Fuzz, Kind::ByConstruction, Kind::Exception];
    all.into_iter().find(|kind| word(*kind) == text)
}

/// How the links of one requirement differ from the accepted ones.
pub(crate) fn compare(now: &[Accord], accepted: &[Accord]) -> Vec<(Rule, Accord)> {
    let mut old: Vec<&Accord> = accepted.iter().collect();
    let mut fresh = Vec::new();
    for link in now {
        match old.iter().position(|it| *it == link) {
            Some(index) => {
                old.swap_remove(index);
            }
            None => fresh.push(link),
        }
    }
    let mut differences = Vec::new();
    for link in fresh {
        let same = old.iter().position(|it| it.kind == link.kind && it.item == link.item);
        let rule = match same {
            Some(index) => {
                //= SRS_TRACE_01_020
                old.swap_remove(index);
                if link.kind == Kind::Test { Rule::TestChanged } else { Rule::CodeChanged }
            }
            None => Rule::NewLink,
        };
        differences.push((rule, link.clone()));
    }
    differences.extend(old.into_iter().map(|link| (Rule::StaleLock, link.clone())));
    differences
}
