//! The forms that machines read.

use std::fs;

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;
use xiom_trace::report::{Format, read, render, write};
use xiom_trace::{Evidence, Level, Rule};

use crate::sample::{small, source};

fn told(format: Format) -> String {
    render(format, &small(), &source).unwrap().into_iter().next().unwrap().1
}

fn schema() -> Value {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/evidence.schema.json");
    serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap()
}

#[test]
fn the_evidence_follows_its_schema() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let evidence: Value = serde_json::from_str(&told(Format::Json)).unwrap();
    let faults: Vec<String> = validator.iter_errors(&evidence).map(|it| it.to_string()).collect();
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn the_schema_refuses_what_is_no_evidence() {
    let validator = jsonschema::validator_for(&schema()).unwrap();
    let good: Value = serde_json::from_str(&told(Format::Json)).unwrap();
    for (pointer, wrong) in [
        ("/$schema", Value::from("other")),
        ("/requirements/0/level", Value::from("L9")),
        ("/requirements/1/tests/0/outcome", Value::from("fine")),
        ("/requirements/0/code/0/span/line", Value::from(0)),
        ("/findings/0/rule", Value::from("hollow")),
        ("/inputs/0/sha256", Value::from("abc")),
    ] {
        let mut evidence = good.clone();
        *evidence.pointer_mut(pointer).unwrap() = wrong;
        assert!(!validator.is_valid(&evidence), "{pointer}");
    }
}

#[test]
fn the_schema_knows_every_rule() {
    let schema = schema();
    let known = schema.pointer("/$defs/finding/properties/rule/enum").unwrap();
    let rules: Vec<Value> =
        Rule::ALL.iter().map(|rule| serde_json::to_value(rule).unwrap()).collect();
    assert_eq!(known, &Value::from(rules));
}

#[test]
fn what_was_written_is_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let files = write(&small(), folder.path(), folder.path(), &Format::ALL).unwrap();
    assert_eq!(files.len(), Format::ALL.iter().map(|it| it.files().len()).sum::<usize>());
    assert_eq!(read(&folder.path().join("evidence.json")).unwrap(), small());
}

//= test SRS_TRACE_01_034
#[test]
fn foreign_evidence_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("evidence.json");
    for (text, word) in [
        ("{", "not JSON"),
        ("{\"$schema\": \"xiom-trace/evidence-2\"}", "xiom-trace/evidence-2"),
        ("{\"$schema\": \"xiom-trace/evidence-1\"}", "does not follow"),
    ] {
        fs::write(&file, text).unwrap();
        let finding = read(&file).unwrap_err();
        assert!(finding.message.contains(word), "{finding}");
        assert!(!finding.help.is_empty());
    }
}

#[test]
fn junit_has_a_case_for_each_requirement() {
    let xml = told(Format::Junit);
    let mut reader = Reader::from_str(&xml);
    let (mut cases, mut failures, mut skipped, mut properties) = (0, 0, 0, Vec::new());
    loop {
        let event = reader.read_event().unwrap();
        if event == Event::Eof {
            break;
        }
        let (Event::Start(it) | Event::Empty(it)) = event else { continue };
        match it.name().as_ref() {
            "testcase" => cases += 1,
            "failure" => failures += 1,
            "skipped" => skipped += 1,
            "property" => {
                let of = |name: &str| {
                    let value = it.try_get_attribute(name).unwrap().unwrap();
                    value.value.to_string()
                };
                properties.push((of("name"), of("value")));
            }
            _ => {}
        }
    }
    assert_eq!((cases, skipped), (5, 2));
    assert_eq!(failures, 2, "a gap and a suspect");
    let verifies = properties.iter().filter(|(name, _)| name == "verifies");
    assert_eq!(verifies.map(|(_, id)| id.as_str()).next(), Some("SRS_GATE_01_001"));
}

#[test]
fn sarif_points_at_the_requirement() {
    let sarif: Value = serde_json::from_str(&told(Format::Sarif)).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().unwrap();
    assert_eq!(results.len(), small().findings.len());
    let hollow = results.iter().find(|it| it["ruleId"] == "XT043").unwrap();
    let place = &hollow["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "spec/gate.md");
    assert_eq!(place["region"]["startLine"], 5);
    assert_eq!(hollow["level"], "error");
    assert!(hollow["partialFingerprints"]["xiomTrace/v1"].is_string());
    let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
    for result in results {
        assert!(rules.iter().any(|rule| rule["id"] == result["ruleId"]), "{result}");
    }
}

#[test]
fn lcov_counts_levels_on_lines_of_the_document() {
    let lcov = told(Format::Lcov);
    assert!(lcov.contains("SF:spec/gate.md\n"));
    assert!(lcov.contains("DA:3,3\n"), "the first requirement is at L3: {lcov}");
    assert!(lcov.contains("DA:5,1\n"), "the second at L1: {lcov}");
    assert_eq!(lcov.matches("end_of_record").count(), 1);
}

#[test]
fn csv_has_a_line_for_each_requirement() {
    let text = told(Format::Csv);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let headers = reader.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 5);
    let column = |name: &str| headers.iter().position(|it| it == name).unwrap();
    assert_eq!(&rows[0][column("id")], "SRS_GATE_01_001");
    assert_eq!(&rows[0][column("level")], "L3");
    assert_eq!(&rows[1][column("status")], "gap");
}

#[test]
fn the_summary_is_short_and_leads_with_the_verdict() {
    let mut evidence = small();
    let finding = evidence.findings[0].clone();
    evidence.findings = (0..5_000).map(|_| finding.clone()).collect();
    let text = &render(Format::Summary, &evidence, &source).unwrap()[0].1;
    assert!(text.len() < 65_536, "{} octets", text.len());
    assert!(text.starts_with("## "));
    assert!(!text.contains("<script>"), "markup in a comment");
}

#[test]
fn badges_say_how_many_are_met() {
    let of = |evidence: &Evidence| render(Format::Badge, evidence, &source).unwrap();
    // Nothing is counted while the tool itself could not see everything.
    assert!(of(&small())[0].1.contains("no verdict"));
    let mut evidence = small();
    evidence.findings.retain(|finding| finding.rule != Rule::WrongCount);
    let files = of(&evidence);
    let badge: Value = serde_json::from_str(&files[0].1).unwrap();
    assert_eq!(badge["schemaVersion"], 1);
    assert_eq!(badge["label"], "requirements");
    assert!(badge["message"].as_str().unwrap().contains("1 of 3"), "{badge}");
    assert!(files[1].1.starts_with("<svg") && files[1].1.contains("<title>"));
    let mut reader = Reader::from_str(&files[1].1);
    while reader.read_event().unwrap() != Event::Eof {}
}

#[test]
fn levels_sort_and_read_as_they_are_written() {
    for level in Level::ALL {
        assert_eq!(level.to_string().parse(), Ok(level));
    }
    assert!("L6".parse::<Level>().is_err());
    for format in Format::ALL {
        assert_eq!(format.name().parse::<Format>().unwrap(), format);
    }
    assert!("pdf".parse::<Format>().unwrap_err().to_string().contains("html"));
}
