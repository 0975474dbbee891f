//! Evidence made by hand: every status, every outcome, and texts that want to be markup.

use xiom_trace::{
    Code, Corpus, Document, Evidence, Finding, Input, Level, Outcome, Place, Proof, Reach,
    Requirement, Rule, Run, SCHEMA, Span, Status, Strength, Test, Tool, Waiver, Witness,
};

/// A text that must be shown as it is.
pub(crate) const MARKUP: &str = "A <script>alert(1)</script> & \"quoted\" 'text' shall | stay.";

/// The one source file, and the one document of the small sample.
pub(crate) fn source(file: &str) -> Option<String> {
    match file {
        "src/<gate>.rs" => Some("fn open() {\n    if a {\n        b();\n    }\n}\n".repeat(300)),
        "spec/gate.md" => Some(format!(
            "# Gate <b>\n\n**SRS_GATE_01_001: [** {MARKUP} **]**\n\n[away](https://example.org/) <img src=x>\n"
        )),
        _ => None,
    }
}

pub(crate) fn place(item: &str, line: usize, lines: usize) -> Place {
    let span = Span { line, column: 1, end_line: line + lines, end_column: 2 };
    Place { file: "src/<gate>.rs".into(), item: item.into(), span }
}

fn code(line: usize, reached_by: Vec<usize>) -> Code {
    let place = place("Gate::open", line, 4);
    let region = |line, column, end_column| Span { line, column, end_line: line, end_column };
    let regions = vec![region(line + 1, 8, 9), region(line + 2, 9, 12)];
    Code {
        principal: Some(place.span),
        place,
        hash: "0123456789ab".into(),
        regions,
        reached_by,
        corpora: vec![0],
    }
}

fn test(outcome: Outcome, reaches: bool) -> Test {
    let reach = Reach { code: 0, regions: vec![0], principal: true };
    Test {
        place: place("tests::a_gate_opens", 21, 3),
        hash: "0123456789ab".into(),
        package: "gate".into(),
        binary: "gate".into(),
        outcome,
        milliseconds: 12,
        reaches: if reaches { vec![reach] } else { Vec::new() },
    }
}

pub(crate) fn requirement(number: usize, status: Status, level: Level) -> Requirement {
    Requirement {
        id: format!("SRS_GATE_01_{number:03}"),
        document: "gate".into(),
        line: number * 2 + 1,
        end_line: number * 2 + 1,
        section: vec!["Gate <b>".into()],
        strength: Strength::Shall,
        text: MARKUP.into(),
        text_hash: "0123456789ab".into(),
        status,
        level,
        owed: Level::L3,
        code: vec![code(1, vec![0])],
        tests: vec![test(Outcome::Passed, true)],
        proofs: Vec::new(),
        witnesses: Vec::new(),
        waiver: None,
        next: String::new(),
    }
}

/// One requirement of each status, with tests of each outcome.
fn requirements() -> Vec<Requirement> {
    let mut met = requirement(1, Status::Met, Level::L3);
    met.proofs = vec![Proof {
        place: place("_", 31, 0),
        hash: "0123456789ab".into(),
        reason: "a reference is never null".into(),
    }];
    met.witnesses = vec![Witness {
        place: place("never_twice", 41, 2),
        kind: "fuzz".into(),
        hash: "0123456789ab".into(),
        corpus: Some(0),
    }];
    let mut gap = requirement(2, Status::Gap, Level::L1);
    let outcomes = [
        Outcome::Passed,
        Outcome::PassedWithoutProfile,
        Outcome::Failed,
        Outcome::Ignored,
        Outcome::Gone,
        Outcome::NotRun,
    ];
    gap.code = vec![code(1, Vec::new())];
    gap.tests = outcomes.into_iter().map(|outcome| test(outcome, false)).collect();
    gap.next = "write a test, that says more".into();
    let suspect = requirement(3, Status::Suspect, Level::L3);
    let mut waived = requirement(4, Status::Waived, Level::L0);
    waived.waiver = Some(Waiver {
        place: place("Gate", 51, 1),
        reason: "there is no clock".into(),
        until: "2027-06-30".into(),
    });
    let planned = requirement(5, Status::Planned, Level::L0);
    vec![met, gap, suspect, waived, planned]
}

/// A finding of each class, and all that a run knows.
pub(crate) fn small() -> Evidence {
    let finding = |rule, id: &str| Finding::new(rule, "src/<gate>.rs", 7, MARKUP.into()).about(id);
    Evidence {
        schema: SCHEMA.into(),
        project: "Gate & Co".into(),
        tool: Tool { name: "xiom-trace".into(), version: "0.1.0".into() },
        run: Run {
            commit: Some("0123456789abcdef".into()),
            dirty: true,
            link_base: Some("https://example.org/blob/0123456789abcdef/".into()),
            rustc: Some("rustc 1.95.0".into()),
            started: "2026-01-01T00:00:00Z".into(),
            seconds: 1.5,
            build_seconds: 2.5,
            to: Level::L3,
            tests_run: 7,
            commands: vec!["cargo test <all>".into()],
        },
        documents: vec![Document {
            name: "gate".into(),
            title: "Gate <b>".into(),
            file: "spec/gate.md".into(),
            owner: "gate".into(),
            expected: 5,
            found: 5,
            minimum: Level::L3,
            planned_until: None,
        }],
        requirements: requirements(),
        corpora: vec![Corpus {
            target: "never_twice".into(),
            package: "gate".into(),
            binary: "test replay".into(),
            test: "never_twice".into(),
            outcome: Outcome::Passed,
            milliseconds: 3,
        }],
        findings: vec![
            finding(Rule::HollowTest, "SRS_GATE_01_002").help("test what it does"),
            finding(Rule::CodeChanged, "SRS_GATE_01_003"),
            Finding::new(Rule::WrongCount, "spec/gate.md", 1, "holds 5, expects 6".into()),
            Finding::new(Rule::HeapedTest, "src/<gate>.rs", 21, "cites 6".into()),
        ],
        unexplained: vec![place("Gate::paint", 61, 2)],
        inputs: vec![Input { file: "src/<gate>.rs".into(), sha256: "0".repeat(64) }],
    }
}

/// `count` requirements that are met, each with `spans` of code and `tests`.
pub(crate) fn large(count: usize, spans: usize, tests: usize) -> Evidence {
    let mut evidence = small();
    evidence.findings.clear();
    evidence.requirements = (1..=count)
        .map(|number| {
            let mut it = requirement(number, Status::Met, Level::L3);
            it.text = format!(
                "Case {number} shall end as the source demands, and nothing else shall follow."
            );
            it.code = (0..spans).map(|span| code(number + 5 * span, vec![0])).collect();
            it.tests = (0..tests).map(|_| test(Outcome::Passed, true)).collect();
            it
        })
        .collect();
    evidence
}
