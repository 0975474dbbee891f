//! Requirement evidence: the citing test ran, passed and executed the cited code.
//!
//! Requirements are sentences with ids in Markdown. Code and tests cite them in comments. This crate
//! reads both, runs each citing test in a process of its own, reads what it executed without any tool
//! but the compiler, and says of each requirement how far its evidence goes, and why not further.
//!
//! # Requirements
//!
//! A folder, `spec` by default, holds the documents and `manifest.toml`, which is [`Manifest`]:
//!
//! ```toml
//! project = "Gate"
//! sources = ["src", "tests"]      # where citations are looked for
//!
//! [[document]]
//! name = "gate"
//! file = "gate.md"
//! expected = 6                    # another number is an error: a lost requirement is not lost in silence
//! minimum = "L3"                  # what each requirement owes
//! owner = "gate"                  # the package
//! # planned-until = "2027-06-30"  # nothing is owed until then
//! ```
//!
//! A requirement stands anywhere in a document; its text may span lines and hold brackets and code:
//!
//! ```text
//! **SRS_GATE_01_001: [** A closed gate shall open. **]**
//! ```
//!
//! # Citations
//!
//! A citation is a comment on a line of its own. It covers the next item, field, statement, match arm
//! or block, and nothing else:
//!
//! | comment | claim |
//! |---|---|
//! | `//= ID` | this code satisfies it |
//! | `//= test ID` | this test would fail without it |
//! | `//= model ID`, `//= fuzz ID` | this property or target witnesses it |
//! | `//= by-construction ID: reason` | the compiler proves it: above a `const _`, or an item whose documentation has a `compile_fail` example; anywhere else a test is owed, too |
//! | `//= exception ID: reason until=2027-06-30` | it is waived until then |
//! | `/* Codes_ID: [ text ] */`, `/* Tests_ID */` | the habit of C code, for code and test |
//!
//! One citation names at most three ids.
//!
//! # Fuzz targets
//!
//! With these lines in the manifest, `run` also runs the committed inputs of every fuzz target, each target's by a test
//! of its own, and says which cited spans they execute:
//!
//! ```toml
//! [fuzz]
//! corpora = "fuzz/corpus"         # a folder for each target, as cargo-fuzz has it
//! file = "tests/replay.rs"        # where the tests are that run them
//! test = "corpus::{target}"       # the test of one target
//! ```
//!
//! A target is named like the file that cites for it. If its corpus executes no span of a requirement that it cites, that is a
//! finding: the citation would claim what nothing shows.
//!
//! # Levels
//!
//! [`Level`] is a ladder, and a requirement stands on the lowest rung of all that it owes: every cited
//! span has to be executed by one of its citing tests, and every citing test has to execute one of its
//! cited spans. Executed means the part that does the work: the body of a function, of an arm, of a loop,
//! the then-block of an `if`, the else-block of a `let … else`. A pass whose profile is missing counts as
//! unknown, never as covered, and in each run a program with known counts shows that profiles are read
//! rightly.
//!
//! `trace.lock` beside the manifest holds the hash of each text and of the tokens of each link as somebody
//! accepted them; what differs is *suspect* until it is accepted again, in the same change.
//!
//! # Use
//!
//! The program `xiom-trace` has the commands; a task runner takes [`cli::Arguments`] as a subcommand, and
//! its `main` begins with [`act_as_rustc_if_asked`].
//!
//! ```
//! use xiom_trace::{Project, Trace, evidence_of};
//!
//! # let folder = std::env::temp_dir().join(format!("xiom-trace-doc-{}", std::process::id()));
//! # std::fs::create_dir_all(folder.join("spec")).unwrap();
//! # std::fs::create_dir_all(folder.join("src")).unwrap();
//! # std::fs::write(folder.join("spec/manifest.toml"), "project = \"Gate\"\nsources = [\"src\"]\n\
//! # [[document]]\nname = \"gate\"\nfile = \"gate.md\"\nexpected = 1\nminimum = \"L3\"\nowner = \"gate\"\n").unwrap();
//! # std::fs::write(folder.join("spec/gate.md"), "# Gate\n**SRS_GATE_01_001: [** It opens. **]**\n").unwrap();
//! let project = Project::new(&folder, "spec");
//! let trace = Trace::load(&project, jiff::civil::date(2026, 1, 1))?;
//! let evidence = evidence_of(&trace, None, &[]);
//! assert_eq!(evidence.requirements[0].next, "write `//= SRS_GATE_01_001` above the code that satisfies it");
//! # std::fs::remove_dir_all(&folder).unwrap();
//! # Ok::<(), xiom_trace::Finding>(())
//! ```

extern crate alloc;

mod assemble;
mod citation;
#[cfg(feature = "cli")]
pub mod cli;
mod corpus;
mod evidence;
mod finding;
mod gather;
mod hash;
mod level;
mod lock;
mod manifest;
mod plan;
pub mod report;
pub mod run;
mod scan;
mod source;
mod span;
mod spec;
mod target;
mod trace;
mod unexplained;

pub use assemble::Executed;
pub use citation::Kind;
pub use evidence::{
    Code, Corpus, Document, Evidence, Input, Outcome, Place, Proof, Reach, Requirement, Run,
    SCHEMA, Test, Tool, Waiver, Witness,
};
pub use finding::{Class, Finding, Rule, worst};
pub use gather::evidence_of;
pub use level::{Level, Status, Strength};
pub use lock::{Accepted, Accord, Lock};
pub use manifest::{Entry, Fuzz, Manifest, Project};
pub use plan::Plan;
pub use run::act_as_rustc_if_asked;
pub use scan::{Link, citations};
pub use span::Span;
pub use spec::{Specification, Stated, is_id};
pub use trace::Trace;
