//! The faults that are seeded, one at a time, and exactly what must be reported for each.

use clap::ValueEnum;

use crate::Rule;

/// What has to be done to see a fault.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(super) enum Sight {
    /// `trace check`.
    Check,
    /// `trace accept --all`, then `trace run`.
    Run,
}

/// One seeded fault.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    pub(super) name: &'static str,
    pub(super) sight: Sight,
    /// File, a text in it, and what it becomes; an empty text is the end of the file.
    pub(super) edits: &'static [(&'static str, &'static str, &'static str)],
    /// The rules that must be reported, and no others; empty where there is no fault.
    pub(super) reported: &'static [Rule],
}

const SPEC: &str = "spec/gate.md";
const MANIFEST: &str = "spec/manifest.toml";
const LOCK: &str = "spec/trace.lock";
const CODE: &str = "src/lib.rs";
const TESTS: &str = "tests/gate.rs";

/// Another document, for faults that concern a whole one.
const SECOND: &str = "\n[[document]]\nname = \"valve\"\nfile = \"valve.md\"\nexpected = 1\n\
    minimum = \"L3\"\nowner = \"gate\"\n";
const PLANNED: &str = "\n[[document]]\nname = \"valve\"\nfile = \"valve.md\"\nexpected = 1\n\
    minimum = \"L3\"\nowner = \"gate\"\nplanned-until = \"2020-01-01\"\n";

/// The proof of the fixture.
const PROOF: &str = "//= by-construction SRS_GATE_01_004: a reference is never null\n\
    const _: fn(&mut Gate) -> Result<(), Refused> = Gate::open;\n";
/// What a test has to name so as to end without writing a profile.
const EXIT: &str = "use gate::{Gate, Refused};\n\nextern \"C\" {\n    fn _exit(code: i32) -> !;\n}";
/// A test that says it passed, and ends before its profile is written.
const LEAVES_NO_PROFILE: &str = r#"    use std::io::Write;
    assert_eq!(Gate::default().open(), Ok(()));
    std::io::stdout().write_all(b"\ntest result: ok. 1 passed;\n").unwrap();
    unsafe { _exit(0) }"#;
/// The same, after a program of another build wrote a profile in its place.
const LEAVES_ANOTHER_PROFILE: &str = r#"    use std::io::Write;
    assert_eq!(Gate::default().open(), Ok(()));
    let own = std::path::PathBuf::from(std::env::var_os("LLVM_PROFILE_FILE").unwrap());
    let folder = own.parent().unwrap();
    std::fs::write(folder.join("other.rs"), "fn main() {}").unwrap();
    let mut rustc = std::process::Command::new("rustc");
    rustc.args(["-Cinstrument-coverage", "other.rs"]).current_dir(folder);
    assert!(rustc.status().unwrap().success());
    assert!(std::process::Command::new(folder.join("other")).status().unwrap().success());
    std::io::stdout().write_all(b"\ntest result: ok. 1 passed;\n").unwrap();
    unsafe { _exit(0) }"#;

/// A fuzz target, its corpus and the test that runs it.
const REPLAY: &str = "tests/paint.rs";
const INPUT: &str = "fuzz/corpus/paint/an-input";
const FUZZ: &str = "\n[fuzz]\ncorpora = \"fuzz/corpus\"\nfile = \"tests/paint.rs\"\ntest = \"corpus_of_{target}\"\n";
const OPENS: &str = "//= fuzz SRS_GATE_01_001\n#[test]\nfn corpus_of_paint() {\n    \
    assert_eq!(std::fs::read(\"fuzz/corpus/paint/an-input\").unwrap(), b\"open\");\n    \
    gate::Gate::default().open().unwrap();\n}\n";
const PAINTS: &str = "//= fuzz SRS_GATE_01_001\n#[test]\nfn corpus_of_paint() {\n    \
    assert_eq!(gate::Gate::default().paint(), \"green\");\n}\n";
const FAILS: &str = "//= fuzz SRS_GATE_01_001\n#[test]\nfn corpus_of_paint() {\n    \
    assert_eq!(gate::Gate::default().open(), Err(gate::Refused));\n}\n";
const IS_NO_TEST: &str = "//= fuzz SRS_GATE_01_001\npub fn corpus_of_paint() {}\n";

const fn check(
    name: &'static str,
    edits: &'static [(&'static str, &'static str, &'static str)],
    reported: &'static [Rule],
) -> Fault {
    Fault { name, sight: Sight::Check, edits, reported }
}

const fn run(
    name: &'static str,
    edits: &'static [(&'static str, &'static str, &'static str)],
    reported: &'static [Rule],
) -> Fault {
    Fault { name, sight: Sight::Run, edits, reported }
}

/// All of them; those without a report are there to catch false alarms.
pub(super) const FAULTS: &[Fault] = &[
    check("nothing wrong", &[], &[]),
    check(
        "code and spec formatted anew",
        &[
            (
                CODE,
                "if self.is_open { return Err(Refused) }",
                "if self.is_open {\n            return Err(Refused)\n        }",
            ),
            (
                SPEC,
                "A gate shall count, in\nan array like `[0]`,",
                "A gate shall count,\nin an array like **[0]**,",
            ),
        ],
        &[],
    ),
    check(
        "citation in a nested comment and unknown ids in prose",
        &[(
            CODE,
            "\"green\"",
            "/* outer /* //= SRS_GATE_01_001 */ done */ // see SRS_GATE_01_999\n        \"green\"",
        )],
        &[],
    ),
    check(
        "empty document",
        &[(MANIFEST, "", SECOND), ("spec/valve.md", "", "# Valve\n")],
        &[Rule::EmptySpec],
    ),
    check("document missing", &[(MANIFEST, "", SECOND)], &[Rule::Unreadable, Rule::EmptySpec]),
    check("manifest misspelt", &[(MANIFEST, "expected = 6", "expectd = 6")], &[Rule::Unreadable]),
    check(
        "manifest without documents",
        &[(MANIFEST, "[[document]]", "[ignored]")],
        &[Rule::Unreadable],
    ),
    check("requirement lost", &[(MANIFEST, "expected = 6", "expected = 7")], &[Rule::WrongCount]),
    check(
        "unclosed bracket",
        &[(SPEC, "", "\n**SRS_GATE_01_007: [** Never closed.\n")],
        &[Rule::UnclosedBracket],
    ),
    check(
        "two texts under one id",
        &[
            (SPEC, "", "\n**SRS_GATE_01_006: [** A gate shall be green. **]**\n"),
            (MANIFEST, "expected = 6", "expected = 7"),
        ],
        &[Rule::DuplicateId],
    ),
    check(
        "one text twice",
        &[
            (SPEC, "", "\n**SRS_GATE_01_006: [** A *gate* shall close. **]**\n"),
            (MANIFEST, "expected = 6", "expected = 7"),
        ],
        &[Rule::Restated],
    ),
    check(
        "planned document is due",
        &[
            (MANIFEST, "", PLANNED),
            ("spec/valve.md", "", "# Valve\n\n**SRS_GATE_02_001: [** A valve shall turn. **]**\n"),
        ],
        &[Rule::PlanExpired, Rule::MissingCode, Rule::MissingTest, Rule::NewLink],
    ),
    check(
        "id misspelt in code",
        &[(CODE, "//= SRS_GATE_01_006", "//= SRS_GATE_01_060")],
        &[Rule::UnknownId, Rule::MissingCode, Rule::StaleLock],
    ),
    check(
        "kind misspelt",
        &[(TESTS, "//= test SRS_GATE_01_001", "//= tset SRS_GATE_01_001")],
        &[Rule::MalformedCitation, Rule::MissingTest, Rule::StaleLock],
    ),
    check(
        "waiver without a date",
        &[(CODE, " until=2999-12-31", "")],
        &[Rule::MalformedCitation, Rule::MissingCode, Rule::MissingTest, Rule::StaleLock],
    ),
    check(
        "citation behind code",
        &[(CODE, "self.count[0]", "self.count[0] //= SRS_GATE_01_001")],
        &[Rule::MalformedCitation, Rule::AttachesToNothing],
    ),
    check(
        "citation on nothing",
        &[(CODE, "\"green\"", "\"green\"\n        //= SRS_GATE_01_001")],
        &[Rule::AttachesToNothing],
    ),
    check(
        "four ids in one citation",
        &[(
            CODE,
            "self.count[0]",
            "//= SRS_GATE_01_001, SRS_GATE_01_002, SRS_GATE_01_003, SRS_GATE_01_006\n        self.count[0]",
        )],
        &[Rule::TooManyIds, Rule::NewLink],
    ),
    check(
        "citation on a module",
        &[(CODE, "//! A gate.\n", "//! A gate.\n\n//= SRS_GATE_01_001\nmod inner {}\n")],
        &[Rule::CitationOnModule],
    ),
    check(
        "citation in a string",
        &[(CODE, "\"green\"", "\"//= SRS_GATE_01_001\"")],
        &[Rule::CitationInText],
    ),
    check(
        "citation in a raw string",
        &[(CODE, "\"green\"", "r#\"\n//= SRS_GATE_01_001\n\"#")],
        &[Rule::CitationInText],
    ),
    check(
        "citation in documentation",
        &[(CODE, "/// Nothing is said", "/// //= SRS_GATE_01_001\n    /// Nothing is said")],
        &[Rule::CitationInText],
    ),
    check(
        "test citation on a helper",
        &[(TESTS, "", "\n//= test SRS_GATE_01_001\nfn helper() {}\n")],
        &[Rule::NotATest],
    ),
    check(
        "code citation in a test",
        &[(
            TESTS,
            "    assert_eq!(Gate::default()",
            "    //= SRS_GATE_01_006\n    assert_eq!(Gate::default()",
        )],
        &[Rule::CodeInTest],
    ),
    check(
        "citation on a declaration",
        &[(CODE, "    is_open: bool", "    //= SRS_GATE_01_001\n    is_open: bool")],
        &[Rule::NoRegions],
    ),
    check(
        "by-construction without a proof",
        &[(
            CODE,
            "const _: fn(&mut Gate) -> Result<(), Refused> = Gate::open;",
            "pub struct Lock;",
        )],
        &[Rule::NoProof, Rule::StaleLock, Rule::NewLink],
    ),
    check(
        "thirty ids on one test",
        &[(
            TESTS,
            "//= test SRS_GATE_01_001",
            "//= test SRS_GATE_01_001, SRS_GATE_01_002\n//= test SRS_GATE_01_003, SRS_GATE_01_004\n//= test SRS_GATE_01_005, SRS_GATE_01_006",
        )],
        &[Rule::HeapedTest, Rule::NewLink],
    ),
    check(
        "code citation deleted",
        &[(CODE, "//= SRS_GATE_01_006", "//")],
        &[Rule::MissingCode, Rule::StaleLock],
    ),
    check(
        "test citation deleted",
        &[(TESTS, "//= test SRS_GATE_01_001", "//")],
        &[Rule::MissingTest, Rule::StaleLock],
    ),
    check(
        "waiver expired",
        &[(CODE, "until=2999-12-31", "until=2020-01-01")],
        &[Rule::WaiverExpired, Rule::MissingCode, Rule::MissingTest],
    ),
    check(
        "source does not parse",
        &[(CODE, "pub fn paint(&self)", "pub fn paint(&self")],
        &[Rule::Unparsable, Rule::MissingCode, Rule::MissingTest, Rule::StaleLock],
    ),
    check(
        "text changed",
        &[(SPEC, "A closed gate shall open.", "A closed gate shall open at once.")],
        &[Rule::TextChanged],
    ),
    check("cited code changed", &[(CODE, "*count += 1;", "*count += 2;")], &[Rule::CodeChanged]),
    check(
        "citing test changed",
        &[(TESTS, "assert_eq!(gate.open(), Err(Refused));", "assert!(gate.open().is_err());")],
        &[Rule::TestChanged],
    ),
    check(
        "new citation",
        &[(CODE, "\"green\"", "//= SRS_GATE_01_001\n        \"green\"")],
        &[Rule::NewLink],
    ),
    check(
        "one of two citing tests gone",
        &[(TESTS, "//= test SRS_GATE_01_003\n#[test]\nfn a_refused", "#[test]\nfn a_refused")],
        &[Rule::StaleLock],
    ),
    check("lock with another line", &[(LOCK, "", "an old line\n")], &[Rule::Unreadable]),
    check(
        "lock of a requirement that is gone",
        &[(LOCK, "", "SRS_GATE_01_099 text L0 0123456789ab\n")],
        &[Rule::StaleLock],
    ),
    check(
        "fuzz target without a corpus",
        &[(MANIFEST, "", FUZZ), (REPLAY, "", OPENS)],
        &[Rule::MissingCorpus, Rule::NewLink],
    ),
    run("nothing wrong", &[], &[]),
    run(
        "test ignored",
        &[(
            TESTS,
            "//= test SRS_GATE_01_001\n#[test]",
            "//= test SRS_GATE_01_001\n#[test]\n#[ ignore ]",
        )],
        &[Rule::IgnoredTest],
    ),
    run(
        "test not compiled",
        &[(
            TESTS,
            "//= test SRS_GATE_01_001\n#[test]",
            "//= test SRS_GATE_01_001\n#[cfg(never)]\n#[test]",
        )],
        &[Rule::GoneTest],
    ),
    run(
        "test fails",
        &[(
            TESTS,
            "assert_eq!(Gate::default().open(), Ok(()));",
            "assert_eq!(Gate::default().open(), Err(Refused));",
        )],
        &[Rule::FailedTest],
    ),
    run(
        "hollow test",
        &[(TESTS, "    assert_eq!(Gate::default().open(), Ok(()));", "")],
        &[Rule::HollowTest, Rule::UnreachedCode],
    ),
    run(
        "citations of two tests exchanged",
        &[
            (TESTS, "//= test SRS_GATE_01_001", "//= test SRS_GATE_01_902"),
            (TESTS, "//= test SRS_GATE_01_002", "//= test SRS_GATE_01_001"),
            (TESTS, "//= test SRS_GATE_01_902", "//= test SRS_GATE_01_002"),
        ],
        &[Rule::HollowTest, Rule::UnreachedCode],
    ),
    run(
        "one of two citing tests hollow",
        &[(
            TESTS,
            "    let mut gate = Gate::default();\n    gate.open().unwrap();\n    gate.open().unwrap_err();\n    assert_eq!(gate.count(), 1);",
            "    assert_eq!(Gate::default().count(), 0);",
        )],
        &[Rule::HollowTest],
    ),
    run(
        "guard on one line never taken",
        &[(
            TESTS,
            "    gate.open().unwrap();\n    assert_eq!(gate.open(), Err(Refused));",
            "    assert_eq!(gate.open(), Ok(()));",
        )],
        &[Rule::HollowTest, Rule::UnreachedCode],
    ),
    run(
        "second cited span never reached",
        &[(CODE, "false => {}", "//= SRS_GATE_01_006\n            false => self.count[0] = 0,")],
        &[Rule::UnreachedCode],
    ),
    run(
        "profile missing",
        &[
            (TESTS, "    assert_eq!(Gate::default().open(), Ok(()));", LEAVES_NO_PROFILE),
            (TESTS, "use gate::{Gate, Refused};", EXIT),
        ],
        &[Rule::NoProfile, Rule::UnreachedCode],
    ),
    run(
        "profile of another program",
        &[
            (TESTS, "    assert_eq!(Gate::default().open(), Ok(()));", LEAVES_ANOTHER_PROFILE),
            (TESTS, "use gate::{Gate, Refused};", EXIT),
        ],
        &[Rule::ForeignProfile, Rule::UnreachedCode],
    ),
    run(
        "proof in a file that no crate has",
        &[(CODE, PROOF, ""), ("src/orphan.rs", "", PROOF)],
        &[Rule::NoProof],
    ),
    run(
        "level lost",
        &[
            (LOCK, "SRS_GATE_01_001 text L0", "SRS_GATE_01_001 text L3"),
            (TESTS, "    assert_eq!(Gate::default().open(), Ok(()));", ""),
        ],
        &[Rule::BelowLock, Rule::HollowTest, Rule::UnreachedCode],
    ),
    run(
        "corpus that executes the cited code",
        &[(MANIFEST, "", FUZZ), (INPUT, "", "open"), (REPLAY, "", OPENS)],
        &[],
    ),
    run(
        "hollow corpus",
        &[(MANIFEST, "", FUZZ), (INPUT, "", "open"), (REPLAY, "", PAINTS)],
        &[Rule::HollowCorpus],
    ),
    run(
        "corpus fails",
        &[(MANIFEST, "", FUZZ), (INPUT, "", "open"), (REPLAY, "", FAILS)],
        &[Rule::FailedTest],
    ),
    run(
        "corpus that nothing runs",
        &[(MANIFEST, "", FUZZ), (INPUT, "", "open"), (REPLAY, "", IS_NO_TEST)],
        &[Rule::GoneTest],
    ),
    run(
        "tests do not compile",
        &[(TESTS, "", "\nfn broken() -> u32 { \"\" }\n")],
        &[Rule::BuildFailed],
    ),
];
