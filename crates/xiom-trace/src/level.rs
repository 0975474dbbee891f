//! The ladder of evidence, and where a requirement stands on it.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// One rung of the ladder; each rung includes those below it.
#[derive(
    Clone, Copy, Debug, Default, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize,
)]
pub enum Level {
    /// The requirement was parsed and counted.
    #[default]
    L0,
    /// It is cited in code and in a test.
    L1,
    /// The citing tests ran and passed.
    L2,
    /// Each cited span of code was executed by a citing test, and each citing test reached one.
    L3,
    /// A mutant of each cited span is killed by a citing test.
    L4,
    /// An independent witness agrees: a model, a fuzz target, a differential peer.
    L5,
}

impl Level {
    /// All rungs, from the lowest up.
    pub const ALL: [Self; 6] = [Self::L0, Self::L1, Self::L2, Self::L3, Self::L4, Self::L5];

    /// What the rung claims, in a few words.
    #[must_use]
    pub const fn claim(self) -> &'static str {
        match self {
            Self::L0 => "known",
            Self::L1 => "cited in code and test",
            Self::L2 => "citing tests pass",
            Self::L3 => "citing tests execute the cited code",
            Self::L4 => "citing tests kill mutants",
            Self::L5 => "independent witness",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::L0 => "L0",
            Self::L1 => "L1",
            Self::L2 => "L2",
            Self::L3 => "L3",
            Self::L4 => "L4",
            Self::L5 => "L5",
        })
    }
}

impl FromStr for Level {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL.into_iter().find(|level| level.to_string() == text).ok_or(())
    }
}

/// Where a requirement stands, as a reader wants to know it.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// It reached the level that its document demands.
    Met,
    /// It did not; the finding says why.
    Gap,
    /// It did, but a text or a span changed since somebody accepted the link.
    Suspect,
    /// It is waived, with a reason and a date.
    Waived,
    /// Its document is planned: not owed before a date.
    Planned,
}

impl Status {
    /// The word for it.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::Gap => "gap",
            Self::Suspect => "suspect",
            Self::Waived => "waived",
            Self::Planned => "planned",
        }
    }
}

/// How strongly the text of a requirement binds.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Strength {
    /// The text says "shall" or "must", or nothing of the kind.
    Shall,
    /// The text says "should".
    Should,
    /// The text says "may".
    May,
}

impl Strength {
    /// Reads the strength off `text`: the strongest word in it counts.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let has = |word: &str| {
            text.split(|c: char| !c.is_alphanumeric()).any(|it| it.eq_ignore_ascii_case(word))
        };
        if has("shall") || has("must") {
            Self::Shall
        } else if has("should") {
            Self::Should
        } else if has("may") {
            Self::May
        } else {
            Self::Shall
        }
    }
}
