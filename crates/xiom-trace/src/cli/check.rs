//! `trace check`: documents, citations and lock, in a fraction of a second.

use super::{Ended, Where, draw, judge};
use crate::evidence::Evidence;
use crate::{Trace, evidence_of};

pub(super) fn run(place: &Where) -> Ended {
    let trace = place.trace()?;
    let evidence = statically(&trace);
    if place.json {
        draw::json(&evidence);
    } else {
        draw::summary(&evidence);
    }
    let class = judge(&evidence.findings);
    draw::verdict(class, evidence.findings.len());
    Ok(class)
}

/// The evidence that needs nothing to run.
pub(super) fn statically(trace: &Trace) -> Evidence {
    evidence_of(trace, None, &[])
}
