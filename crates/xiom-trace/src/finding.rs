//! What is wrong, where, and what to do about it.
//!
//! Every fault that the tool can meet is a [`Rule`] of its own, with its own message, and belongs to
//! one [`Class`], which is the exit code.

use core::{error, fmt};

use serde::{Deserialize, Serialize};

/// What a finding means for the one who runs the tool; the worst decides the exit code.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Worth knowing; fails nothing.
    Note,
    /// Exit code 2: a text or a span changed after its link was accepted.
    Suspect,
    /// Exit code 1: evidence is missing or wrong.
    Gate,
    /// Exit code 3: nothing can be said, because an input is missing, empty or not understood.
    Tool,
}

impl Class {
    /// The word for it, as it stands before a finding.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Gate => "gate",
            Self::Suspect => "suspect",
            Self::Tool => "error",
        }
    }

    /// The exit code of a run whose worst finding is of this class.
    #[must_use]
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Note => 0,
            Self::Gate => 1,
            Self::Suspect => 2,
            Self::Tool => 3,
        }
    }
}

/// Declares the rules once: variant, code, class, title.
macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $class:ident, $title:literal;)*) => {
        /// One kind of fault; its code never changes its meaning.
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum Rule {
            $($(#[$doc])* $name,)*
        }

        impl Rule {
            /// All rules, in the order of their codes.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The stable code, such as `XT012`.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// What a finding of this rule means for the run.
            #[must_use]
            pub const fn class(self) -> Class {
                match self { $(Self::$name => Class::$class,)* }
            }

            /// The fault in a few words.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

rules! {
    /// The manifest or a document that it names cannot be read.
    Unreadable = "XT001", Tool, "input cannot be read";
    /// A document yields no requirement at all.
    EmptySpec = "XT002", Tool, "document without requirements";
    /// The number of requirements differs from the manifest.
    WrongCount = "XT003", Tool, "count differs from the manifest";
    /// A requirement begins and does not end.
    UnclosedBracket = "XT004", Tool, "unclosed requirement";
    /// One id stands over two texts.
    DuplicateId = "XT005", Tool, "two texts under one id";
    /// One id stands twice over the same text.
    Restated = "XT006", Note, "requirement restated";
    /// A source file is not Rust that can be parsed.
    Unparsable = "XT007", Tool, "source file does not parse";
    /// A planned document is due.
    PlanExpired = "XT008", Gate, "planned document is due";

    /// A citation names an id that no document defines.
    UnknownId = "XT010", Gate, "unknown id";
    /// A citation that cannot be understood.
    MalformedCitation = "XT011", Gate, "malformed citation";
    /// A citation with nothing after it.
    AttachesToNothing = "XT012", Gate, "citation attaches to nothing";
    /// More ids in one citation than can be meant seriously.
    TooManyIds = "XT013", Gate, "too many ids in one citation";
    /// A citation on a module or on a file.
    CitationOnModule = "XT014", Gate, "citation on a module";
    /// A citation that stands in a string literal or in documentation.
    CitationInText = "XT015", Gate, "citation is not a comment";
    /// A test citation on something that is no test.
    NotATest = "XT016", Gate, "test citation on no test";
    /// A code citation inside of test code.
    CodeInTest = "XT017", Gate, "code citation in test code";
    /// One test cites more ids than it can test.
    HeapedTest = "XT018", Note, "test cites many ids";
    /// A by-construction citation on something that proves nothing.
    NoProof = "XT019", Gate, "by-construction without a proof";

    /// No code cites the requirement.
    MissingCode = "XT020", Gate, "no code cites it";
    /// No test cites the requirement.
    MissingTest = "XT021", Gate, "no test cites it";
    /// A waiver has passed its date.
    WaiverExpired = "XT022", Gate, "waiver expired";
    /// A requirement is below the level that its document demands.
    BelowMinimum = "XT023", Gate, "below the demanded level";
    /// A requirement is below the level that the lock records.
    BelowLock = "XT024", Gate, "below the accepted level";

    /// The text of a requirement changed since it was accepted.
    TextChanged = "XT030", Suspect, "text changed";
    /// A cited span of code changed since it was accepted.
    CodeChanged = "XT031", Suspect, "cited code changed";
    /// A citing test changed since it was accepted.
    TestChanged = "XT032", Suspect, "citing test changed";
    /// A link that nobody accepted yet.
    NewLink = "XT033", Suspect, "link not accepted";
    /// The lock records a link that is gone.
    StaleLock = "XT034", Suspect, "accepted link is gone";

    /// A citing test is ignored.
    IgnoredTest = "XT040", Gate, "citing test is ignored";
    /// A citing test is in no test binary.
    GoneTest = "XT041", Gate, "citing test does not exist";
    /// A citing test failed.
    FailedTest = "XT042", Gate, "citing test failed";
    /// A citing test passed and executed no cited span.
    HollowTest = "XT043", Gate, "hollow test";
    /// No citing test executed a cited span.
    UnreachedCode = "XT044", Gate, "cited code not executed";
    /// A test passed and left no profile.
    NoProfile = "XT045", Gate, "passed without a profile";
    /// A profile does not belong to the test's binary.
    ForeignProfile = "XT046", Tool, "foreign profile";
    /// A cited span has no executable code.
    NoRegions = "XT047", Gate, "cited code cannot be executed";
    /// The corpus of a citing fuzz target executed no cited span.
    HollowCorpus = "XT048", Gate, "hollow corpus";
    /// A fuzz target cites and has no corpus.
    MissingCorpus = "XT049", Gate, "citing fuzz target without a corpus";

    /// The canary was not seen: the reader of profiles cannot be trusted.
    CanaryDied = "XT060", Tool, "profile reader failed its canary";
    /// The tests could not be built, listed or started.
    BuildFailed = "XT061", Tool, "tests cannot be built or started";
}

/// One fault at one place.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct Finding {
    /// The kind of fault.
    pub rule: Rule,
    /// The file, relative to the root of the project, with `/`; empty when there is none.
    pub file: String,
    /// The line, from 1; 0 when there is none.
    pub line: usize,
    /// The requirement it concerns.
    pub id: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Finding {
    /// A finding of `rule` at `file` and `line`.
    #[must_use]
    pub fn new(rule: Rule, file: &str, line: usize, message: String) -> Self {
        Self { rule, file: file.into(), line, id: None, message, help: String::new() }
    }

    /// The same, about the requirement `id`.
    #[must_use]
    pub fn about(mut self, id: &str) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The same, with what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = help.into();
        self
    }

    /// What it means for the run.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.rule.class()
    }
}

impl error::Error for Finding {}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.file.is_empty() {
            write!(f, "{}:{}: ", self.file, self.line)?;
        }
        write!(f, "{}[{}] {}", self.class().word(), self.rule.code(), self.message)?;
        if !self.help.is_empty() {
            write!(f, "\n    help: {}", self.help)?;
        }
        Ok(())
    }
}

/// The worst class among `findings`; [`Class::Note`] when there are none.
#[must_use]
pub fn worst(findings: &[Finding]) -> Class {
    findings.iter().map(Finding::class).max().unwrap_or(Class::Note)
}
