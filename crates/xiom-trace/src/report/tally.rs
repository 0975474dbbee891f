//! Counts, and the words for the outcome of a run.

use alloc::collections::BTreeMap;

use crate::{Class, Evidence, Level, Outcome, Requirement, Status, worst};

/// The part of a whole in which a requirement is counted.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) enum Share {
    /// By the level it reached.
    Level(Level),
    /// Waived.
    Waived,
    /// Planned.
    Planned,
}

impl Share {
    /// Where `requirement` is counted.
    pub(super) const fn of(requirement: &Requirement) -> Self {
        match requirement.status {
            Status::Waived => Self::Waived,
            Status::Planned => Self::Planned,
            Status::Met | Status::Gap | Status::Suspect => Self::Level(requirement.level),
        }
    }

    /// Its name: the level, or a word.
    pub(super) fn name(self) -> String {
        match self {
            Self::Level(level) => level.to_string(),
            Self::Waived => "waived".into(),
            Self::Planned => "planned".into(),
        }
    }

    /// Its class in the style sheet.
    pub(super) fn class(self) -> String {
        self.name().to_lowercase()
    }

    /// What it means.
    pub(super) const fn meaning(self) -> &'static str {
        match self {
            Self::Level(level) => level.claim(),
            Self::Waived => "not to be met, for a reason and until a date",
            Self::Planned => "not owed yet",
        }
    }
}

/// How many requirements stand where.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    shares: BTreeMap<Share, usize>,
    states: BTreeMap<Status, usize>,
}

impl Tally {
    /// Counts `requirements`.
    pub(super) fn of<'a>(requirements: impl IntoIterator<Item = &'a Requirement>) -> Self {
        let mut tally = Self::default();
        for requirement in requirements {
            *tally.shares.entry(Share::of(requirement)).or_default() += 1;
            *tally.states.entry(requirement.status).or_default() += 1;
        }
        tally
    }

    /// Counts the requirements of one document.
    pub(super) fn of_document(evidence: &Evidence, name: &str) -> Self {
        Self::of(evidence.requirements.iter().filter(|it| it.document == name))
    }

    pub(super) fn share(&self, share: Share) -> usize {
        self.shares.get(&share).copied().unwrap_or_default()
    }

    pub(super) fn status(&self, status: Status) -> usize {
        self.states.get(&status).copied().unwrap_or_default()
    }

    /// All that were counted.
    pub(super) fn total(&self) -> usize {
        self.states.values().sum()
    }

    /// Those that owe something now.
    pub(super) fn owed(&self) -> usize {
        self.status(Status::Met) + self.status(Status::Gap) + self.status(Status::Suspect)
    }
}

/// The columns of a report on `evidence`: L0 to L3 always, L4 and L5 if something is there.
pub(super) fn shares(evidence: &Evidence) -> Vec<Share> {
    let all = Tally::of(&evidence.requirements);
    let levels = Level::ALL.into_iter().map(Share::Level);
    levels
        .chain([Share::Waived, Share::Planned])
        .filter(|share| match share {
            Share::Level(level) => *level <= Level::L3 || all.share(*share) > 0,
            Share::Waived | Share::Planned => true,
        })
        .collect()
}

/// The outcome of the gate: a mark, a word, a sentence.
pub(super) struct Verdict {
    pub(super) class: Class,
    pub(super) mark: &'static str,
    pub(super) word: &'static str,
    pub(super) sentence: String,
}

/// The outcome of the gate on `evidence`.
pub(super) fn verdict(evidence: &Evidence) -> Verdict {
    let tally = Tally::of(&evidence.requirements);
    let (owed, met) = (tally.owed(), tally.status(Status::Met));
    let (gaps, suspect) = (tally.status(Status::Gap), tally.status(Status::Suspect));
    let class = worst(&evidence.findings);
    let (mark, word, sentence) = match class {
        Class::Note if owed == 0 => ("✓", "Gate holds", "Nothing is owed yet.".into()),
        Class::Note => {
            ("✓", "Gate holds", format!("Each of the {owed} requirements owed has its evidence."))
        }
        Class::Gate => {
            let faults = count(of_class(evidence, Class::Gate), "finding");
            let text = format!(
                "{met} of {owed} requirements owed have their evidence; {gaps} fall short ({faults})."
            );
            ("✗", "Gate fails", text)
        }
        Class::Suspect => {
            let text = format!(
                "{} changed after acceptance and must be looked at again; {met} of {owed} stand.",
                count(suspect, "requirement")
            );
            ("!", "Gate is suspect", text)
        }
        Class::Tool => {
            let faults = count(of_class(evidence, Class::Tool), "input");
            ("✗", "No verdict", format!("{faults} missing, empty or not understood."))
        }
    };
    Verdict { class, mark, word, sentence }
}

fn of_class(evidence: &Evidence, class: Class) -> usize {
    evidence.findings.iter().filter(|it| it.class() == class).count()
}

/// A number with its noun: "1 test", "2 tests".
pub(super) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Whether a test that ended so has passed.
pub(super) const fn passed(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Passed | Outcome::PassedWithoutProfile => true,
        Outcome::NotRun | Outcome::Failed | Outcome::Ignored | Outcome::Gone => false,
    }
}

/// The citing tests of `requirement` that passed.
pub(super) fn passes(requirement: &Requirement) -> usize {
    requirement.tests.iter().filter(|test| passed(test.outcome)).count()
}

/// The cited spans of `requirement` that a citing test executed.
pub(super) fn executed(requirement: &Requirement) -> usize {
    requirement.code.iter().filter(|code| !code.reached_by.is_empty()).count()
}
