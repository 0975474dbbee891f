//! Documents of requirements, as the tracer reads them.

use xiom_trace::{Entry, Finding, Level, Specification, is_id};

use crate::dictionary::Dictionary;
use crate::{Seed, Target};

/// Reads any text: every requirement has an id, lines that exist, and the order of the text.
pub const TARGET: Target = Target {
    explain,
    seeds,
    dictionary: Dictionary::Trace,
    memory: 8 << 20,
    longest: 2048,
    ..Target::new(
        "trace_document",
        "documents of requirements: any text, nothing lost in silence",
        run,
    )
};

fn parse(text: &str) -> (Specification, Vec<Finding>) {
    let entry = Entry {
        name: "any".into(),
        file: "any.md".into(),
        expected: 0,
        minimum: Level::L1,
        owner: "any".into(),
        planned_until: None,
    };
    let mut findings = Vec::new();
    let document = Specification::parse(entry, "spec/any.md".into(), text, &mut findings);
    (document, findings)
}

fn run(input: &[u8]) {
    let Ok(text) = str::from_utf8(input) else { return };
    let (document, findings) = parse(text);
    let lines = text.split('\n').count();
    let mut last = 1;
    for stated in &document.requirements {
        assert!(is_id(&stated.id), "{}", stated.id);
        assert!(last <= stated.line && stated.line <= stated.end_line && stated.end_line <= lines);
        assert_eq!(stated.text.trim(), stated.text);
        last = stated.line;
    }
    // Nobody expects a requirement here, so any number of them is a finding, and none is, too.
    assert!(
        !findings.is_empty(),
        "nothing is said of {} requirements",
        document.requirements.len()
    );
    let (again, _) = parse(text);
    let facts = |it: &Specification| -> Vec<_> {
        it.requirements.iter().map(|it| (it.id.clone(), it.line, it.hash.clone())).collect()
    };
    assert_eq!(facts(&again), facts(&document));
}

fn explain(input: &[u8]) -> String {
    let (document, findings) = parse(&String::from_utf8_lossy(input));
    let stated = document.requirements.iter();
    let stated = stated.map(|it| format!("{}-{} {}: {}\n", it.line, it.end_line, it.id, it.text));
    stated.chain(findings.iter().map(|finding| format!("{finding:?}\n"))).collect()
}

fn seeds() -> Vec<Seed> {
    let texts = [
        ("one", "# Title\n\n## Section\n\n**SRS_X_01_001: [** The `a` shall **b**. **]**\n"),
        ("two", "**SRS_X_01_001: [** a **]** **SRS_X_01_002: [** b\nc **]**\n"),
        ("fence", "**SRS_X_01_001: [**\n```c\nint a[1];\n```\n**]**\n"),
        ("open", "**SRS_X_01_001: [** a\n**SRS_X_01_002: [** b **]**\n"),
        ("link", "**`SRS_X_01_001`: [** [words](https://example.com) [a] **]**\n"),
        ("odd", "**SRS_X_01_001 [** a **]**\n**srs_x_1: [** b **]**\n\u{e9}**"),
    ];
    texts.map(|(name, text)| Seed::new(name, text)).to_vec()
}
