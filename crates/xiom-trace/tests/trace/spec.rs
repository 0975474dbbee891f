//! How requirements are read from Markdown.

use xiom_trace::{Manifest, Rule, Specification, Strength};

use crate::{manifest, of, rules, trace};

//= test SRS_TRACE_01_001
#[test]
fn all_forms_of_the_sources_are_read() {
    let spec = "\
# Gate

## Opening

**SRS_GATE_01_001: [** A gate shall `open`. **]**
**SRS_GATE_01_002 [** No colon. **]**  **SRS_GATE_01_003:[**Two on a line.**]**
**`SRS_GATE_01_004`: [**In code marks.**]**

### Inner

**SRS_GATE_01_005: [** Over lines,
with `a[0]` and a [link](#there \"tip\")
```c
int gate[1];
```
**]**

## Closing

|**SRS_GATE_01_006: [**in a table**]**|
";
    let trace = trace(6, spec, "");
    let stated: Vec<_> = trace.requirements().map(|(_, stated)| stated).collect();
    let texts: Vec<&str> = stated.iter().map(|stated| stated.text.as_str()).collect();
    assert_eq!(
        texts,
        [
            "A gate shall open.",
            "No colon.",
            "Two on a line.",
            "In code marks.",
            "Over lines, with a[0] and a link c int gate[1];",
            "in a table",
        ]
    );
    assert_eq!(stated[4].section, ["Gate", "Opening", "Inner"]);
    assert_eq!((stated[4].line, stated[4].end_line), (11, 16));
    assert_eq!(stated[5].section, ["Gate", "Closing"]);
    assert_eq!(trace.documents[0].title, "Gate");
}

//= test SRS_TRACE_01_003
#[test]
fn markup_and_line_breaks_are_no_change_of_the_text() {
    let plain = trace(1, "**SRS_GATE_01_001: [** A gate shall open. **]**", "");
    let marked = trace(1, "**SRS_GATE_01_001: [**A *gate*\nshall  `open`.**]**", "");
    let other = trace(1, "**SRS_GATE_01_001: [** A gate shall close. **]**", "");
    let hash = |it: &xiom_trace::Trace| it.requirements().next().unwrap().1.hash.clone();
    assert_eq!(hash(&plain), hash(&marked));
    assert_ne!(hash(&plain), hash(&other));
}

//= test SRS_TRACE_01_006
#[test]
fn a_requirement_in_a_code_fence_is_an_example() {
    let spec =
        "**SRS_GATE_01_001: [** One. **]**\n```text\n**SRS_GATE_01_002: [** Two. **]**\n```\n";
    assert_eq!(trace(1, spec, "").requirements().count(), 1);
}

//= test SRS_TRACE_01_002
#[test]
fn an_unclosed_requirement_swallows_nothing() {
    let spec = "**SRS_GATE_01_001: [** One.\n\n**SRS_GATE_01_002: [** Two. **]**\n";
    let trace = trace(1, spec, "");
    assert_eq!(
        trace.requirements().map(|(_, it)| it.id.as_str()).collect::<Vec<_>>(),
        ["SRS_GATE_01_002"]
    );
    let [finding] = of(&trace, Rule::UnclosedBracket)[..] else { unreachable!() };
    assert_eq!((finding.line, finding.id.as_deref()), (1, Some("SRS_GATE_01_001")));
}

//= test SRS_TRACE_01_008, SRS_TRACE_01_015
#[test]
fn mentions_of_unknown_ids_in_documents_are_found() {
    let manifest = crate::manifest(1).replace("sources", "mentions = [\"deviations.md\"]\nsources");
    let files = [
        ("spec/manifest.toml", &*manifest),
        ("spec/gate.md", "**SRS_GATE_01_001: [** One. **]**"),
        ("spec/deviations.md", "# SRS_GATE_01_001\n\nNot SRS_GATE_01_010, and not HTTP_2."),
    ];
    let trace = crate::load(&crate::project(&files));
    let [finding] = of(&trace, Rule::UnknownId)[..] else { unreachable!() };
    assert_eq!((finding.file.as_str(), finding.line), ("spec/deviations.md", 3));
    assert_eq!(finding.help, "did you mean SRS_GATE_01_001?");
}

#[test]
fn the_strongest_word_binds() {
    assert_eq!(Strength::of("It may, but it shall."), Strength::Shall);
    assert_eq!(Strength::of("It SHOULD."), Strength::Should);
    assert_eq!(Strength::of("It may."), Strength::May);
    assert_eq!(Strength::of("It opens."), Strength::Shall);
    assert_eq!(Strength::of("It shallow-copies and maybe more."), Strength::Shall);
}

//= test SRS_TRACE_01_005
#[test]
fn a_wrong_count_names_both_numbers() {
    let trace = trace(2, "**SRS_GATE_01_001: [** One. **]**", "");
    assert_eq!(rules(&trace)[0], Rule::WrongCount);
    let [finding] = of(&trace, Rule::WrongCount)[..] else { unreachable!() };
    assert_eq!(finding.message, "holds 1 requirements, the manifest expects 2");
}

#[test]
fn a_document_is_read_without_a_project() {
    let text = "# Gate\n\n**SRS_GATE_01_001: [** A gate shall open. **]**\n";
    let mut manifest: Manifest = toml::from_str(&manifest(2)).unwrap();
    let entry = manifest.documents.remove(0);
    let mut findings = Vec::new();
    let alone = Specification::parse(entry, "spec/gate.md".to_owned(), text, &mut findings);
    let project = trace(2, text, "");
    assert_eq!(format!("{alone:?}"), format!("{:?}", project.documents[0]));
    assert_eq!(alone.requirements[0].text, "A gate shall open.");
    // One requirement where two are expected.
    let [finding] = &findings[..] else { panic!("{findings:?}") };
    assert_eq!(finding.rule, Rule::WrongCount);
    assert_eq!(of(&project, Rule::WrongCount), [finding]);
}
