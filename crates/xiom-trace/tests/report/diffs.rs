//! What changed between two runs.

use xiom_trace::report::diff;
use xiom_trace::{Level, Status};

use crate::sample::{requirement, small};

#[test]
fn the_same_evidence_has_no_difference() {
    let diff = diff(&small(), &small());
    assert!(diff.is_empty() && !diff.is_worse());
    assert_eq!(diff.to_string(), "No requirement changed.");
}

#[test]
fn losses_gains_and_texts_are_told_apart() {
    let old = small();
    let mut new = small();
    new.requirements[0].level = Level::L2;
    new.requirements[0].status = Status::Gap;
    new.requirements[1].level = Level::L3;
    new.requirements[1].status = Status::Met;
    new.requirements[2].status = Status::Met;
    new.requirements[3].text_hash = "ba9876543210".into();
    new.requirements.remove(4);
    new.requirements.push(requirement(6, Status::Met, Level::L3));
    let diff = diff(&old, &new);
    let ids = |changes: &[xiom_trace::report::Change]| -> Vec<String> {
        changes.iter().map(|change| change.id.clone()).collect()
    };
    assert_eq!(ids(&diff.lost), ["SRS_GATE_01_001"]);
    assert_eq!(ids(&diff.gained), ["SRS_GATE_01_002"]);
    assert_eq!(ids(&diff.status), ["SRS_GATE_01_003"]);
    assert_eq!(diff.reworded, ["SRS_GATE_01_004"]);
    assert_eq!(diff.removed, ["SRS_GATE_01_005"]);
    assert_eq!(diff.added, ["SRS_GATE_01_006"]);
    assert!(diff.is_worse());
    let markdown = diff.markdown(10);
    assert!(markdown.contains("| lost | `SRS_GATE_01_001` | L3 met | L2 gap |"), "{markdown}");
}

#[test]
fn long_lists_are_counted_instead() {
    let mut old = small();
    old.requirements.clear();
    let mut new = small();
    new.requirements = (0..50).map(|number| requirement(number, Status::Met, Level::L3)).collect();
    let markdown = diff(&old, &new).markdown(3);
    assert!(markdown.contains("and 47 others"), "{markdown}");
}
