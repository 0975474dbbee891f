//! The results as test results: a suite per model, a case per property.

use core::time::Duration;

use quick_junit::{
    NonSuccessKind, Report as Document, SerializeError, TestCase, TestCaseStatus, TestSuite,
};

use super::Report;
use crate::run::{ModelResult, PropertyResult};

pub(super) fn junit(report: &Report) -> Result<String, SerializeError> {
    let mut document = Document::new("xiom-model");
    document.add_test_suites(report.models.iter().map(suite));
    let mut whole = TestSuite::new("all models");
    whole.add_test_case(case("all models", "is complete", &report.failures));
    document.add_test_suite(whole);
    document.to_string()
}

fn suite(model: &ModelResult) -> TestSuite {
    let mut suite = TestSuite::new(model.model.as_str());
    for (name, number) in
        [("states", model.states), ("transitions", model.transitions), ("depth", model.depth)]
    {
        suite.add_property((name, number.to_string().as_str()));
    }
    suite.add_property(("size", model.size.as_str()));
    let mut whole = case(&model.model, "is green", &model.failures);
    whole.set_time(Duration::try_from_secs_f64(model.seconds).unwrap_or_default());
    suite.add_test_case(whole);
    suite.add_test_cases(model.properties.iter().map(|it| property(model, it)));
    suite
}

fn property(model: &ModelResult, property: &PropertyResult) -> TestCase {
    let mut told = Vec::new();
    if !property.is_right() {
        told.push(format!("`{}` {}", property.name, property.detail));
        let steps = property.counterexample.iter().flat_map(|it| &it.scenario.steps);
        told.extend(steps.cloned());
    }
    case(&model.model, &property.name, &told)
}

/// A case that fails with the first of `told`, and describes it with all of it.
fn case(class: &str, name: &str, told: &[String]) -> TestCase {
    let status = match told.first() {
        None => TestCaseStatus::success(),
        Some(first) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(first.as_str());
            status.set_description(told.join("\n"));
            status
        }
    };
    let mut case = TestCase::new(name, status);
    case.set_classname(class);
    case
}
