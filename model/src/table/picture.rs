//! What was found as a diagram: an edge for each change of state, and none for what changes nothing.

use foldhash::fast::FixedState;
use indexmap::{IndexMap, IndexSet};

use super::explore::{Found, Outcome};
use super::sheet::{POLL, View};
use crate::report::Diagram;

/// The picture of `view`, states in the order in which they were found.
pub(super) fn picture(found: &Found, view: &View) -> Diagram {
    let mut states: IndexSet<String, FixedState> = IndexSet::default();
    states.extend(found.states.iter().map(|state| (view.part)(state)));
    let mut edges: IndexMap<(usize, usize), IndexSet<String, FixedState>, FixedState> =
        IndexMap::default();
    for ((from, event), outcomes) in &found.cells {
        for outcome in outcomes {
            let Outcome::Took { to, said } = outcome else { continue };
            let (from, to) = ((view.part)(from), (view.part)(to));
            // What stays, and is no deed, is in the table.
            if from == to {
                continue;
            }
            let label = if event == POLL && !said.is_empty() { said } else { event };
            if let (Some(from), Some(to)) = (states.get_index_of(&from), states.get_index_of(&to)) {
                edges.entry((from, to)).or_default().insert(label.clone());
            }
        }
    }
    let edges =
        edges.into_iter().map(|((from, to), labels)| (from, to, labels.into_iter().collect()));
    let edges = edges.collect();
    Diagram { machine: view.name.into(), states: states.into_iter().collect(), initial: 0, edges }
}

/// The same with few labels at each edge, and how many more there are.
pub(super) fn folded(diagram: Diagram) -> Diagram {
    let fold = |(from, to, mut labels): (usize, usize, Vec<String>)| {
        let more = labels.len().saturating_sub(LABELS);
        // One that is left out takes as much room as its number.
        if 1 < more {
            labels.truncate(LABELS);
            labels.push(format!("and {more} more"));
        }
        (from, to, labels)
    };
    let edges = diagram.edges.into_iter().map(fold).collect();
    Diagram { edges, ..diagram }
}

/// Labels at an edge.
const LABELS: usize = 3;
