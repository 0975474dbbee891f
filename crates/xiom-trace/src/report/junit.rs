//! The evidence as test results: a suite per document, a case per requirement.

use core::time::Duration;

use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

use super::{Format, untellable};
use crate::{Document, Evidence, Finding, Requirement, Status};

pub(super) fn junit(evidence: &Evidence) -> Result<String, Finding> {
    let mut report = Report::new(evidence.project.as_str());
    for document in &evidence.documents {
        report.add_test_suite(suite(evidence, document));
    }
    report.to_string().map_err(|error| untellable(Format::Junit, &error.to_string()))
}

fn suite(evidence: &Evidence, document: &Document) -> TestSuite {
    let mut suite = TestSuite::new(document.name.as_str());
    suite.add_property(("document", document.file.as_str()));
    suite.add_property(("minimum", document.minimum.to_string().as_str()));
    let cases = evidence.requirements.iter().filter(|it| it.document == document.name);
    suite.add_test_cases(cases.map(|requirement| case(evidence, requirement)));
    suite
}

fn case(evidence: &Evidence, requirement: &Requirement) -> TestCase {
    let mut case = TestCase::new(requirement.id.as_str(), status(evidence, requirement));
    case.set_classname(requirement.document.as_str());
    let spent = requirement.tests.iter().map(|test| test.milliseconds).sum();
    case.set_time(Duration::from_millis(spent));
    case.add_property(("verifies", requirement.id.as_str()));
    case.add_property(("level", requirement.level.to_string().as_str()));
    case
}

fn status(evidence: &Evidence, requirement: &Requirement) -> TestCaseStatus {
    match requirement.status {
        Status::Met => TestCaseStatus::success(),
        Status::Waived => {
            let reason = requirement.waiver.as_ref().map_or("", |waiver| waiver.reason.as_str());
            skipped(&format!("waived: {reason}"))
        }
        Status::Planned => skipped("planned: not owed yet"),
        Status::Gap | Status::Suspect => failure(evidence, requirement),
    }
}

fn skipped(message: &str) -> TestCaseStatus {
    let mut status = TestCaseStatus::skipped();
    status.set_message(message);
    status
}

/// A failure of the kind of the worst finding about `requirement`.
fn failure(evidence: &Evidence, requirement: &Requirement) -> TestCaseStatus {
    let about = |it: &&Finding| it.id.as_ref() == Some(&requirement.id);
    let findings: Vec<&Finding> = evidence.findings.iter().filter(about).collect();
    let worst = findings.iter().rev().max_by_key(|it| it.class());
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    status.set_type(worst.map_or(requirement.status.word(), |it| it.rule.code()));
    status.set_message(worst.map_or(requirement.next.as_str(), |it| it.message.as_str()));
    let mut lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    lines.push(format!("next: {}", requirement.next));
    status.set_description(lines.join("\n"));
    status
}
