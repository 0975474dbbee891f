//! What all runs of a target came to: `target/fuzz/ledger.json` adds them up.
//!
//! Invariant: edges are compared within one build only; the processor time since the last new edge begins anew
//! with a program that has another number of edges, for nobody knows what they are.

use alloc::collections::BTreeMap;
use std::fs;

use anyhow::Result;
use serde::{Deserialize, Serialize};

use super::engine::Outcome;
use super::tools::place;

/// The sums of one target with one sanitiser.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Serialize)]
pub(super) struct Sum {
    pub(super) executions: u64,
    pub(super) cpu_seconds: f64,
    /// Edges that the program has.
    pub(super) counters: u64,
    /// Edges that were ever reached.
    pub(super) edges: u64,
    /// Processor time since the last of them was.
    pub(super) quiet_cpu_seconds: f64,
}

impl Sum {
    fn add(&mut self, outcome: &Outcome) {
        if self.counters != outcome.counters {
            *self = Self { counters: outcome.counters, ..Self::default() };
        }
        self.executions = self.executions.saturating_add(outcome.executions);
        self.cpu_seconds += outcome.cpu_seconds;
        self.quiet_cpu_seconds += outcome.cpu_seconds;
        if self.edges < outcome.edges {
            self.edges = outcome.edges;
            self.quiet_cpu_seconds = outcome.cpu_seconds - outcome.last_edge_cpu_seconds;
        }
    }
}

/// Adds `outcomes`, and gives the sums of their targets, in their order.
pub(super) fn add(outcomes: &[Outcome], sanitizer: &str) -> Result<Vec<Sum>> {
    let file = place(&["ledger.json"]);
    // What cannot be read is begun anew.
    let mut all: BTreeMap<String, Sum> = fs::read(&file)
        .ok()
        .and_then(|octets| serde_json::from_slice(&octets).ok())
        .unwrap_or_default();
    let mut sums = Vec::new();
    for outcome in outcomes {
        let sum = all.entry(format!("{} {sanitizer}", outcome.target)).or_default();
        sum.add(outcome);
        sums.push(*sum);
    }
    fs::write(file, serde_json::to_vec_pretty(&all)?)?;
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_time_ends_with_a_new_edge() {
        let outcome = |edges, counters| Outcome {
            executions: 10,
            cpu_seconds: 8.0,
            last_edge_cpu_seconds: 5.0,
            edges,
            counters,
            ..Outcome::default()
        };
        let mut sum = Sum::default();
        for (edges, counters, quiet, executions) in
            [(7, 99, 3.0, 10), (7, 99, 11.0, 20), (8, 99, 3.0, 30), (8, 50, 3.0, 10)]
        {
            sum.add(&outcome(edges, counters));
            assert_eq!((sum.quiet_cpu_seconds, sum.executions), (quiet, executions));
        }
    }
}
