//! The findings as SARIF 2.1.0, so that a code host shows them at their lines.

use alloc::collections::BTreeMap;

use serde_json::{Value, json};

use super::uri;
use crate::{Class, Evidence, Finding, Requirement, Rule, worst};

pub(super) fn sarif(evidence: &Evidence) -> String {
    let mut seen = BTreeMap::new();
    let results: Vec<Value> =
        evidence.findings.iter().map(|finding| result(evidence, finding, &mut seen)).collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": evidence.tool.name,
                "version": evidence.tool.version,
                "rules": Rule::ALL.iter().map(|it| rule(*it)).collect::<Vec<Value>>(),
            }},
            "invocations": [{
                "executionSuccessful": worst(&evidence.findings) != Class::Tool,
                "startTimeUtc": evidence.run.started,
            }],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn rule(rule: Rule) -> Value {
    json!({
        "id": rule.code(),
        "name": format!("{rule:?}"),
        "shortDescription": { "text": rule.title() },
        "defaultConfiguration": { "level": level(rule.class()) },
    })
}

const fn level(class: Class) -> &'static str {
    match class {
        Class::Note => "note",
        Class::Gate | Class::Tool => "error",
        Class::Suspect => "warning",
    }
}

/// The result stands at the requirement if there is one, else at the finding's own place.
fn result(evidence: &Evidence, finding: &Finding, seen: &mut BTreeMap<String, usize>) -> Value {
    let requirement = finding.id.as_ref().and_then(|id| {
        evidence.requirements.iter().find(|it| it.id == *id).and_then(|it| spec(evidence, it))
    });
    let own =
        (!finding.file.is_empty()).then(|| location(&finding.file, finding.line, finding.line));
    let (places, related) = match (requirement, own) {
        (Some(spec), own) => (vec![spec], own),
        (None, Some(own)) => (vec![own], None),
        (None, None) => (Vec::new(), None),
    };
    let mut value = json!({
        "ruleId": finding.rule.code(),
        "ruleIndex": Rule::ALL.iter().position(|it| *it == finding.rule),
        "level": level(finding.class()),
        "message": { "text": message(finding) },
        "locations": places,
        "partialFingerprints": { "xiomTrace/v1": fingerprint(finding, seen) },
    });
    if let (Some(map), Some(mut related)) = (value.as_object_mut(), related) {
        if let Some(place) = related.as_object_mut() {
            place.insert("id".into(), json!(0));
            place.insert("message".into(), json!({ "text": finding.rule.title() }));
        }
        map.insert("relatedLocations".into(), json!([related]));
    }
    value
}

fn message(finding: &Finding) -> String {
    let about = finding.id.as_ref().map(|id| format!("{id}: ")).unwrap_or_default();
    let help = if finding.help.is_empty() { String::new() } else { format!("\n{}", finding.help) };
    format!("{about}{}{help}", finding.message)
}

/// Id and rule, so that an alert survives moved lines; a second one like it gets a number.
fn fingerprint(finding: &Finding, seen: &mut BTreeMap<String, usize>) -> String {
    let subject = finding.id.as_ref().unwrap_or(&finding.file);
    let key = format!("{subject}+{}", finding.rule.code());
    let number = seen.entry(key.clone()).and_modify(|it| *it += 1).or_insert(1);
    if *number == 1 { key } else { format!("{key}+{number}") }
}

fn spec(evidence: &Evidence, requirement: &Requirement) -> Option<Value> {
    let document = evidence.documents.iter().find(|it| it.name == requirement.document)?;
    Some(location(&document.file, requirement.line, requirement.end_line))
}

fn location(file: &str, line: usize, end_line: usize) -> Value {
    let artifact = json!({ "uri": uri::encode(file), "uriBaseId": "%SRCROOT%" });
    let region = json!({ "startLine": line.max(1), "endLine": end_line.max(line).max(1) });
    json!({ "physicalLocation": { "artifactLocation": artifact, "region": region } })
}
